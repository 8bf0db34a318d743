"""Office files that are the same, byte for byte, whenever the same report is written."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date as day
from datetime import datetime
from typing import Final

from kg.errors import InstallationError

_FIXED: Final = (1980, 1, 1, 0, 0, 0)
"""The oldest time that a ZIP file can hold."""
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
    changed = f"{moment(date).isoformat()}Z".encode()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            content = old.read(entry)
            if entry.filename == _CORE:
                content = _MODIFIED.sub(rb"\g<1>" + changed + rb"\g<2>", content)
            made = zipfile.ZipInfo(entry.filename, _FIXED)
            made.compress_type = zipfile.ZIP_DEFLATED
            made.create_system = 3
            made.external_attr = 0o600 << 16
            new.writestr(made, content)
    return out.getvalue()


def missing_office(error: ImportError) -> InstallationError:
    """Return the error that says how to install what writes office files."""
    return InstallationError(
        "report-library",
        f"Word and Excel files are written by a library that is not installed ({error.name})",
        hint="pip install 'policy-lineage[office]'",
    )
