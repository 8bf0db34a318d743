"""Office files that are the same, byte for byte, whenever the same report is written."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from datetime import date as day
from datetime import datetime
from typing import IO, TYPE_CHECKING, Final

from kg.errors import InstallationError

if TYPE_CHECKING:
    from pathlib import Path

_FIXED: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a ZIP file can hold."""
NO_DAY: Final = "1980-01-01"
"""The day of what has none: the same content gives the same file on any day."""
_CORE: Final = "docProps/core.xml"
_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")


def moment(date: str) -> datetime:
    """Return the first moment of a day, for the properties of a file.

    Example:
        >>> moment("2020-01-31").isoformat()
        '2020-01-31T00:00:00'
    """
    parsed = day.fromisoformat(date)
    return datetime(parsed.year, parsed.month, parsed.day)  # noqa: DTZ001 - Word's have no zone


def settled(data: bytes, date: str) -> bytes:
    """Write a ZIP file again with fixed times, and the day of the report as its last change."""
    out = io.BytesIO()
    settle(io.BytesIO(data), out, date)
    return out.getvalue()


def settle(source: IO[bytes] | Path, target: IO[bytes] | Path, date: str = NO_DAY) -> None:
    """Write a ZIP file again with fixed times, piece by piece, however large its parts are.

    Args:
        source: The file as a library wrote it.
        target: Where to write it again.
        date: The day that it gives as its last change.
    """
    changed = f"{moment(date).isoformat()}Z".encode()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for entry in old.infolist():
            made = zipfile.ZipInfo(entry.filename, _FIXED)
            made.compress_type = zipfile.ZIP_DEFLATED
            made.create_system = 3
            made.external_attr = 0o600 << 16
            if entry.filename == _CORE:
                new.writestr(made, _MODIFIED.sub(rb"\g<1>" + changed + rb"\g<2>", old.read(entry)))
                continue
            made.file_size = entry.file_size  # Excel refuses ZIP64 where it is not needed
            with old.open(entry) as content, new.open(made, "w") as copy:
                shutil.copyfileobj(content, copy, 1 << 20)


def missing_office(error: ImportError) -> InstallationError:
    """Return the error that says how to install what writes office files."""
    return InstallationError(
        "report-library",
        f"Word and Excel files are written by a library that is not installed ({error.name})",
        hint="pip install 'policy-lineage[office]'",
    )
