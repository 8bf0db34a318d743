"""The pack as a folder: written aside, with the hash of every file, and put in place whole."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import ExportError
from kg.reports.assurance.asking import command_line
from kg.reports.assurance.packing import missing_office
from kg.reports.assurance.page import to_page
from kg.reports.assurance.text import as_csv
from kg.store.files import hash_file, sync_folder, sync_tree

if TYPE_CHECKING:
    from kg.reports.assurance.records import Figure, Pack

FORMAT: Final = "policy-lineage assurance pack 1"
FIGURES: Final = "figures.json"
SUMS: Final = "SHA256SUMS"
_COLUMNS: Final = ("id", "title", "value", "command", "counted", "rows", "sha256", "key")


def write_pack(pack: Pack, target: Path, *, force: bool = False) -> list[Path]:
    """Write a report as a folder: Word, Excel, HTML, the figures, and the rows of each.

    An earlier pack is replaced. Anything else in the way is refused; with `force` it is moved
    aside, and nothing of it is lost.

    Args:
        pack: The report.
        target: The folder.
        force: Whether to move aside what is no pack.

    Returns:
        The folder, and where the one that was there is now, if it was moved.

    Raises:
        ExportError: If the folder is taken or cannot be written.
        InstallationError: If the libraries for office files are not installed.
    """
    place = target.resolve()
    kind = _occupied(place, target, force=force)
    files = _files(pack)
    aside = place.with_name(f".{place.name}.{os.urandom(6).hex()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            path = aside / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        sync_tree(aside)
        return [target, *_put(aside, place, kind)]
    except OSError as error:
        raise ExportError(
            "report-write",
            f"the pack cannot be written to {target}: {error.strerror or error}",
            hint="check that the folder above it exists and has space",
        ) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def check_office() -> None:
    """Refuse at once when office files cannot be written.

    Raises:
        InstallationError: If a library is not installed.
    """
    try:
        import docx  # noqa: F401, PLC0415 - an extra, asked for before any work is done
        import openpyxl  # noqa: F401, PLC0415 - the same
    except ImportError as error:
        raise missing_office(error) from error


def _occupied(place: Path, target: Path, *, force: bool) -> str:
    """Say what is in the way: nothing, a pack of ours, or something else that may be moved."""
    if Path.cwd().resolve().is_relative_to(place):
        raise ExportError(
            "report-folder",
            f"{target} is the folder that you are in",
            hint="name a folder inside it, such as: -o assurance",
        )
    if not os.path.lexists(place):
        return "nothing"
    if place.is_dir() and (not any(place.iterdir()) or is_pack(place)):
        return "ours"
    if force:
        return "theirs"
    raise ExportError(
        "report-folder",
        f"{target} is there already, and is no earlier pack",
        hint="choose another folder with -o, or move it aside with --force",
    )


def is_pack(folder: Path) -> bool:
    """Tell whether a folder is an earlier pack and holds nothing else.

    Example:
        >>> from pathlib import Path
        >>> is_pack(Path("."))
        False
    """
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
        listed = {line[66:] for line in lines}
        marked = FORMAT in (folder / FIGURES).read_text(encoding="utf-8")[:200]
    except (OSError, ValueError):
        return False
    return marked and set(file_names(folder)) == listed | {SUMS}


def file_names(folder: Path) -> list[str]:
    """List the files below a folder by relative name."""
    return sorted(
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()
    )


def _put(aside: Path, place: Path, kind: str) -> list[Path]:
    """Put the new folder in place; the old one goes, or is kept beside it."""
    if kind == "nothing":
        aside.rename(place)
        sync_folder(place.parent)
        return []
    # Between the two renames neither stands in place, but both are whole, beside it.
    old = _free(place) if kind == "theirs" else place.with_name(f"{aside.name}.old")
    place.rename(old)
    try:
        aside.rename(place)
    except OSError:
        with contextlib.suppress(OSError):
            old.rename(place)
        raise
    sync_folder(place.parent)
    if kind == "theirs":
        return [old]
    shutil.rmtree(old, ignore_errors=True)
    return []


def _free(place: Path) -> Path:
    number = 1
    while os.path.lexists(place.with_name(f"{place.name}.before-{number}")):
        number += 1
    return place.with_name(f"{place.name}.before-{number}")


def _files(pack: Pack) -> dict[str, bytes]:
    """Return every file of a pack by its name."""
    check_office()
    from kg.reports.assurance.word import to_word  # noqa: PLC0415 - an extra
    from kg.reports.assurance.workbook import to_workbook  # noqa: PLC0415 - an extra

    rows = {figure.file: rows_of(figure) for figure in pack.figures}
    told = [_told(figure, pack, rows[figure.file]) for figure in pack.figures]
    table = as_csv(_COLUMNS, ([entry[column] for column in _COLUMNS] for entry in told))
    files = {
        "report.html": to_page(pack).encode(),
        "report.docx": to_word(pack),
        "report.xlsx": to_workbook(pack),
        "figures.csv": table.encode(),
        FIGURES: _as_json(pack, told),
        **rows,
    }
    sums = (f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items()))
    return {**files, SUMS: "".join(sums).encode()}


def rows_of(figure: Figure) -> bytes:
    """Return the rows of a figure as CSV."""
    return as_csv(figure.rows.columns, figure.rows.rows).encode("utf-8", "backslashreplace")


def _told(figure: Figure, pack: Pack, rows: bytes) -> dict[str, Any]:
    return {
        "id": figure.id,
        "key": figure.key,
        "title": figure.title,
        "value": figure.value,
        "command": command_line(figure.question, pack.setting),
        "counted": figure.way.words,
        "rows": figure.file,
        "sha256": hashlib.sha256(rows).hexdigest(),
        "ask": figure.question.ask,
        "plan": figure.question.plan,
        "where": {condition.column: list(condition.values) for condition in figure.way.where},
        "count": figure.way.count,
    }


def _as_json(pack: Pack, told: list[dict[str, Any]]) -> bytes:
    setting = pack.setting
    content = {
        "format": FORMAT,
        "title": pack.title,
        "date": pack.date,
        "release": pack.release,
        "setting": {
            "graph": setting.graph,
            "bases": setting.bases,
            "since": setting.since,
            "day": setting.day,
            "today": setting.today,
            "plans": list(setting.plans),
        },
        "figures": told,
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def damaged(folder: Path) -> list[str]:
    """Say which files of a pack are missing, altered or not its own.

    Raises:
        ExportError: If there is no list of checksums.
    """
    try:
        lines = (folder / SUMS).read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise ExportError(
            "report-pack",
            f"{folder} is no assurance pack: {SUMS} cannot be read",
            hint="give the folder that kg report assurance has written",
        ) from error
    listed = {line[66:]: line[:64] for line in lines}
    there = set(file_names(folder)) - {SUMS}
    wrong = [f"{name}: missing" for name in sorted(set(listed) - there)]
    wrong += [f"{name}: not part of the pack" for name in sorted(there - set(listed))]
    for name in sorted(there & set(listed)):
        if hash_file(folder / name) != listed[name]:
            wrong.append(f"{name}: altered since the pack was written")
    return wrong
