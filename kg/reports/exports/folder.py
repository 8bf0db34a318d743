"""An export that is a folder, or a file of bytes: written aside, flushed, put in place whole."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import ExportError
from kg.store.files import hash_file, sync_folder, sync_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

MARK: Final = "Policy lineage export: "
"""How the README of every exported folder begins."""
README: Final = "README.txt"
SUMS: Final = "SHA256SUMS"


def write_folder(target: Path, readme: str, files: Mapping[str, Iterable[str]]) -> Path:
    """Write an export of several files as a folder, with the SHA-256 of each.

    An earlier export of the same kind in the folder is replaced; anything else is refused.

    Args:
        target: The folder.
        readme: What it is; the first line names the format.
        files: The pieces of each file by its name; they are not kept.

    Returns:
        The folder.

    Raises:
        ExportError: If the folder is taken or cannot be written.
    """
    place = target.resolve()
    _check_free(place, target, readme)
    aside = place.with_name(f".{place.name}.{os.urandom(6).hex()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir()
        sums = [
            f"{_write(aside / name, pieces)}  {name}\n"
            for name, pieces in {README: [MARK + readme], **files}.items()
        ]
        _write(aside / SUMS, sums)
        sync_tree(aside)
        _put(aside, place)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return target


def write_aside(target: Path, save: Callable[[Path], object]) -> Path:
    """Let a library write a file aside, and put it in place whole.

    Args:
        target: The file.
        save: Writes to the path that it is given.

    Raises:
        ExportError: If the file cannot be written.
    """
    place = target.resolve()
    aside = place.with_name(f".{place.name}.{os.urandom(6).hex()}")
    try:
        save(aside)
        with aside.open("rb+") as stream:
            os.fsync(stream.fileno())
        aside.replace(place)
        sync_folder(place.parent)
    except OSError as error:
        raise _refused(target, error) from error
    finally:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
    return target


def is_export(folder: Path, readme: str) -> bool:
    """Tell whether a folder is an earlier export of a kind, whole, and holds nothing else.

    Example:
        >>> from pathlib import Path
        >>> is_export(Path("."), "CSVW")
        False
    """
    first = MARK + readme.split("\n", 1)[0]
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        listed = {line[66:]: line[:64] for line in lines}
        marked = (folder / README).read_text(encoding="utf-8").split("\n", 1)[0] == first
        names = {path.name for path in folder.iterdir()}
        return (
            marked
            and names == {*listed, SUMS}
            and all(hash_file(folder / name) == value for name, value in listed.items())
        )
    except (OSError, ValueError):
        return False


def _check_free(place: Path, target: Path, readme: str) -> None:
    if Path.cwd().resolve().is_relative_to(place):
        raise ExportError(
            "export-folder",
            f"{target} is the folder that you are in",
            hint="name a folder inside it, such as: -o export",
        )
    if not os.path.lexists(place):
        return
    if place.is_dir() and (not any(place.iterdir()) or is_export(place, readme)):
        return
    raise ExportError(
        "export-folder",
        f"{target} is there already, and is no unchanged earlier export of this kind",
        hint="choose another folder with -o",
    )


def _write(path: Path, pieces: Iterable[str]) -> str:
    digest = hashlib.sha256()
    with path.open("xb") as stream:
        for piece in pieces:
            data = piece.encode("utf-8", "backslashreplace")
            digest.update(data)
            stream.write(data)
    return digest.hexdigest()


def _put(aside: Path, place: Path) -> None:
    """Put the new folder in place; between the two renames both are whole, beside it."""
    old = place.with_name(f"{aside.name}.old")
    taken = os.path.lexists(place)
    if taken:
        place.rename(old)
    try:
        aside.rename(place)
    except OSError:
        if taken:
            with contextlib.suppress(OSError):
                old.rename(place)
        raise
    sync_folder(place.parent)
    shutil.rmtree(old, ignore_errors=True)


def _refused(target: Path, error: OSError) -> ExportError:
    return ExportError(
        "file-write",
        f"cannot write {target}: {error.strerror or error}",
        hint="check that the folder exists and has space",
    )
