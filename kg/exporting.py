"""Exporting a graph, wherever it is opened: one file, or everything with its description."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.bundled import find_release
from kg.errors import ExportError, InstallationError
from kg.opening import triples
from kg.reports.formats import FORMATS
from kg.store.files import hash_file, sync_folder, sync_tree, write_text
from kg.store.formats import Source, find_format
from kg.store.releases import has_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.store.description import FileFacts
    from kg.store.releases import Release

STEM: Final = "lineage"
DESCRIPTION: Final = "description.ttl"
MANIFEST: Final = "manifest.sha256"


class Package(NamedTuple):
    """What an export of everything has written, and what it could not."""

    folder: Path
    files: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    """Name and reason of each format that was not written."""


def export(
    target: str | Path,
    form: str = "",
    path: str | Path | None = None,
    *,
    as_of: str | None = None,
    context: str = "embed",
) -> Path:
    """Write a graph to a file in one of the formats that `kg export --list` explains.

    Args:
        target: The file; its ending is the format unless `form` says another.
        form: The format.
        path: The graph, as for `load`.
        as_of: A day: then claims not in force, and what rests on them, are left out.
        context: Where JSON-LD has its context: `embed`, or `file` for a file beside it.

    Returns:
        Where it was written.

    Raises:
        ExportError: If the format is not known, or the target is the file that is read.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     load_again = export(Path(folder) / "lineage.nq")
        ...     load_again.name
        'lineage.nq'
    """
    place = Path(target)
    known = find_format(FORMATS, form, place.suffix)
    if path is not None and Path(path).is_file() and place.resolve() == Path(path).resolve():
        raise ExportError(
            "export-over-input",
            f"{target} is the file that is read",
            hint="choose another name with -o",
        )
    known.writer(open_source(path, as_of=as_of, options={"context": context}), place)
    return place


def open_source(
    path: str | Path | None = None,
    *,
    as_of: str | None = None,
    options: Mapping[str, str] | None = None,
) -> Source:
    """Open what is to be exported; a release is read line by line, as often as needed."""
    chosen = dict(options or {})
    if as_of is not None:
        chosen["as_of"] = as_of
    release = find_release(path) if path is None or has_release(Path(path)) else None
    name = release.name if release else ""
    inputs = _inputs(release)
    if release is not None and as_of is None:
        quads = release.quads
        return Source(release.graph, lambda: _stream(quads), chosen, name, inputs)
    graph, lines = triples(path, as_of=as_of)
    return Source(lambda: graph, lambda: iter(lines), chosen, name, inputs)


def _inputs(release: Release | None) -> dict[str, str]:
    """Return the files from which a release was built, with their hashes."""
    said = release.manifest.get("inputs") if release else None
    return {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}


def _stream(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8", newline="\n") as stream:
        for line in stream:
            yield line.removesuffix("\n")


def export_all(
    folder: str | Path, path: str | Path | None = None, *, as_of: str | None = None
) -> Package:
    """Write a graph in every format, with a description, a citation and checksums.

    The folder appears in one step when all is written. `sha256sum -c manifest.sha256` in it
    proves later that nothing has changed.

    Args:
        folder: The folder to make.
        path: The graph, as for `load`.
        as_of: A day, as for `export`.

    Returns:
        What was written; formats that need an extra which is not installed are named as left
        out, with the reason.

    Raises:
        ExportError: If there is something at that place already, or the disk refuses.
    """
    place = Path(folder)
    if os.path.lexists(place) and not (place.is_dir() and not any(place.iterdir())):
        raise ExportError(
            "export-exists",
            f"{place} is there already",
            hint="choose a folder that does not exist, or remove that one",
        )
    source = open_source(path, as_of=as_of)
    aside = place.with_name(f".exporting-{os.urandom(6).hex()}")
    try:
        aside.mkdir(parents=True)
        left_out = (*_write_formats(source, aside), *_describe(source, aside))
        names = _manifest(aside)
        sync_tree(aside)
        if place.is_dir():
            place.rmdir()
        aside.rename(place)
        sync_folder(place.absolute().parent)
    except OSError as error:
        raise ExportError(
            "export-write",
            f"cannot write {place}: {error.strerror or error}",
            hint="check that the folder above it exists and has space",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return Package(place, names, left_out)


def _write_formats(source: Source, folder: Path) -> tuple[tuple[str, str], ...]:
    left_out: list[tuple[str, str]] = []
    for known in FORMATS.values():
        if known.name == "dcat":
            continue  # the description is written last, because it describes the others
        name = known.name if known.folder else f"{STEM}.{known.ending}"
        try:
            known.writer(source, folder / name)
        except InstallationError as error:
            left_out.append((known.name, f"{error.message}: {error.hint}"))
    return tuple(left_out)


def _describe(source: Source, folder: Path) -> Iterator[tuple[str, str]]:
    """Write description and citation; yield what cannot be said, with the reason."""
    from kg.store.citation import CITATION, citation  # noqa: PLC0415 - needs the store
    from kg.store.description import describe  # noqa: PLC0415 - the same

    if words := citation(source):
        write_text(folder / CITATION, words)
    else:
        yield CITATION, "the graph does not say who read its documents, so there is nobody to cite"
    write_text(folder / DESCRIPTION, describe(source, _facts(folder)))


def _facts(folder: Path) -> Iterable[FileFacts]:
    from kg.store.description import FileFacts  # noqa: PLC0415 - needs the store

    endings = {known.ending: known for known in FORMATS.values() if not known.folder}
    folders = {known.name: known for known in FORMATS.values() if known.folder}
    for path in _files(folder):
        name = path.relative_to(folder).as_posix()
        head = name.partition("/")[0]
        known = folders.get(head) if head != name else endings.get(path.suffix.removeprefix("."))
        if known:
            yield FileFacts(
                name,
                known.name,
                known.sentence,
                known.losses,
                known.media_type,
                path.stat().st_size,
                hash_file(path),
            )


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _manifest(folder: Path) -> tuple[str, ...]:
    """Write the checksums of all files, as `sha256sum` does."""
    files = _files(folder)
    names = [path.relative_to(folder).as_posix() for path in files]
    write_text(
        folder / MANIFEST,
        "".join(f"{hash_file(path)}  {name}\n" for path, name in zip(files, names, strict=True)),
    )
    return (*names, MANIFEST)
