"""The graph as one Excel workbook: the tables of the CSV export, a sheet each."""

from __future__ import annotations

import re
import tempfile
from typing import TYPE_CHECKING, Any, Final

from kg.reports.assurance.packing import NO_DAY, missing_office, moment, settle
from kg.reports.exports.folder import write_aside
from kg.reports.exports.sheets import SHEETS, Column, guarded
from kg.reports.exports.xml import shown_cell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph

_MOST_ROWS: Final = 1_000_000
"""Rows of one sheet; Excel holds little more."""
_MOST_CHARACTERS: Final = 32_000
"""Characters of one cell; Excel holds 32 767."""
CUT: Final = " … [cut; whole in the other formats]"
_ESCAPE_LIKE: Final = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""What Excel would take for an escaped character."""
LOSSES: Final = (
    "Waivers and reviews, which are about findings and readings.",
    "Words beyond 32 000 characters in one cell; such a cell ends in a note.",
    "Characters that XML forbids, and carriage returns; they are shown as [U+000D].",
)
_WIDTH: Final = 24


def write_xlsx(graph: KnowledgeGraph, target: Path) -> Path:
    """Write a graph as an Excel workbook.

    Args:
        graph: The graph.
        target: The file.

    Returns:
        The file.

    Raises:
        ExportError: If the file cannot be written.
        InstallationError: If the library for office files is not installed.

    Example:
        >>> import kg, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_xlsx(kg.load(), Path(folder) / "lineage.xlsx").name
        'lineage.xlsx'
    """
    try:
        from openpyxl import Workbook  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_office(error) from error
    book = Workbook(write_only=True)
    book.properties.title, book.properties.creator = "Policy lineage", "Policy lineage"
    columns = tuple(map(Column, ("table", "column", "holds"), ("", "", "")))
    _fill(book, "Read me", columns, _about())
    for sheet in SHEETS:
        _fill(book, sheet.name, sheet.columns, sheet.rows(graph))
    book.properties.created = moment(NO_DAY)

    def save(path: Path) -> None:
        with tempfile.TemporaryFile(dir=path.parent) as stream:
            book.save(stream)
            settle(stream, path)

    return write_aside(target, save)


def _about() -> Iterator[tuple[str, ...]]:
    for sheet in SHEETS:
        yield sheet.name, "", sheet.holds
        for column in sheet.columns:
            yield sheet.name, column.name, column.holds


def _fill(
    book: Any,  # noqa: ANN401 - the library's own class has no types
    name: str,
    columns: tuple[Column, ...],
    rows: Iterator[Any],
) -> None:
    """Write a table, on as many sheets as it needs."""
    part, room, sheet = 1, 0, None
    for row in rows:
        if sheet is None or not room:
            sheet = _begin(book, name if part == 1 else f"{name} {part}", columns)
            part, room = part + 1, _MOST_ROWS
        sheet.append([shown_value(value) for value in row])
        room -= 1
    if sheet is None:
        _begin(book, name, columns)


def _begin(
    book: Any,  # noqa: ANN401 - the library's own class has no types
    name: str,
    columns: tuple[Column, ...],
) -> Any:  # noqa: ANN401 - the same
    sheet = book.create_sheet(name)
    sheet.freeze_panes = "A2"
    for place in range(len(columns)):
        sheet.column_dimensions[_letter(place)].width = _WIDTH
    sheet.append([column.name for column in columns])
    return sheet


def _letter(place: int) -> str:
    first, second = divmod(place, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def shown_value(value: str | int) -> str | int:
    r"""Return a value as Excel can keep it, and never as a formula.

    Example:
        >>> shown_value("=1+1"), shown_value("a\x00b"), shown_value(7)
        ("'=1+1", 'a[U+0000]b', 7)
    """
    if not isinstance(value, str):
        return value
    text = _ESCAPE_LIKE.sub("_x005F_", shown_cell(guarded(value)))
    return text if len(text) <= _MOST_CHARACTERS else text[: _MOST_CHARACTERS - len(CUT)] + CUT
