"""The workbook: a sheet for every table and list, and one for the figures."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any, Final

from kg.model.tables import inert
from kg.reports.assurance.asking import command_line
from kg.reports.assurance.packing import missing_office, moment, settled
from kg.reports.assurance.records import Figure, Name
from kg.reports.assurance.text import shortened, shown

try:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
except ImportError as error:
    raise missing_office(error) from error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.reports.assurance.records import Cell, Pack, Paragraph

_MOST_ROWS: Final = 1_000_000
"""A sheet holds little more."""
_MOST_CHARACTERS: Final = 32_000
"""A cell holds little more."""
_NARROW, _WIDE, _PROSE = 8, 50, 100
_FORBIDDEN: Final = re.compile(r"[\[\]:*?/\\']")
_NAME: Final = 31
_A3: Final = 8
_A4: Final = 9
"""Numbers of paper sizes."""
_ROOM: Final = 150
"""Characters that a line of A4 holds on its side."""
_LINE, _TALLEST = 15, 405
_WORDS: Final = Alignment(wrap_text=True, vertical="top")
_NUMBER: Final = Alignment(horizontal="right", vertical="top", indent=1)
_LOOKED_AT: Final = 200
"""Rows by which the width of a column is chosen."""


def to_workbook(pack: Pack) -> bytes:
    """Return a report as an Excel workbook: frozen headers, filters, no formula that runs."""
    book = Workbook(write_only=True)
    properties = book.properties
    properties.title, properties.creator = shown(pack.title), "Policy lineage"
    properties.language, properties.created = "en-GB", moment(pack.date)
    sheets = list(_sheets(pack))
    contents = [(name, section, title, len(rows)) for name, section, title, _, rows in sheets]
    _write(book, pack, "Read me", ("About this report",), _prose(pack))
    _write(book, pack, "Contents", ("Sheet", "Section", "Table or list", "Rows"), contents)
    for name, _, _, columns, rows in sheets:
        _write(book, pack, name, columns, rows)
    stream = io.BytesIO()
    book.save(stream)
    return settled(stream.getvalue(), pack.date)


Sheet = tuple[str, str, str, tuple[str, ...], "list[tuple[Any, ...]]"]


def _sheets(pack: Pack) -> Iterator[Sheet]:
    """Yield name, section, title, columns and rows of every sheet of data."""
    number = 0
    for section in pack.sections:
        for table in section.tables:
            number += 1
            columns = (*table.columns, "Figures")
            rows = [(*map(_plain, row), _ids(row)) for row in table.rows]
            yield _name(number, table.title), section.title, table.title, columns, rows
        for listing in section.listings:
            number += 1
            columns = listing.total.rows.columns
            kept = [tuple(map(_numeric, row)) for row in listing.total.rows.rows]
            yield _name(number, listing.title), section.title, listing.title, columns, kept
    columns = ("Figure", "What it is", "Value", "Command", "What is counted", "Rows", "Key")
    figures = [
        (
            f.id,
            f.title,
            f.value,
            command_line(f.question, pack.setting),
            f.way.words,
            f.file,
            f.key,
        )
        for f in pack.figures
    ]
    yield "Figures", "Annex", "Every figure of the report", columns, figures


def _prose(pack: Pack) -> list[tuple[Any, ...]]:
    lines = [(pack.title,), (pack.drawn,)]
    for section in pack.sections:
        lines.append((section.title.upper(),))
        lines += [(_words(paragraph),) for paragraph in section.paragraphs]
    return lines


def _words(paragraph: Paragraph) -> str:
    parts = []
    for part in paragraph:
        if isinstance(part, Figure):
            parts.append(f"{part.value} [{part.id}]")
        else:
            parts.append(part.text if isinstance(part, Name) else part)
    return "".join(parts)


def _plain(cell: Cell) -> str | int:
    return cell.value if isinstance(cell, Figure) else cell


def _ids(row: Iterable[Cell]) -> str:
    return ", ".join(cell.id for cell in row if isinstance(cell, Figure))


def _numeric(cell: object) -> str | int:
    """Return a cell of the rows, as a number when it is one and nothing else."""
    text = str(cell)
    short = len(text) <= len("123456789")
    whole = text.isascii() and text.isdigit() and (text == "0" or not text.startswith("0"))
    return int(text) if short and whole else text


def _name(number: int, title: str) -> str:
    name = shown(_FORBIDDEN.sub(" ", f"{number} {title}"))
    return name if len(name) <= _NAME else name[: _NAME + 1].rsplit(" ", 1)[0][:_NAME]


def _write(
    book: Workbook, pack: Pack, name: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    sheet = book.create_sheet(name)
    kept = rows[:_MOST_ROWS]
    last, widths = get_column_letter(len(columns)), _widths(columns, kept)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{last}{len(kept) + 1}"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.page_setup.paperSize = _A4 if sum(widths) <= _ROOM else _A3
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddHeader.left.text = _printed(name)
    sheet.oddFooter.left.text = _printed(pack.release)
    sheet.oddFooter.right.text = "Page &P of &N"
    for place, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    head = Font(name="Calibri", size=11, bold=True)
    shade = PatternFill("solid", fgColor="FFE7E7E7")
    sheet.append([_cell(sheet, column, head, shade) for column in columns])
    for number, row in enumerate(kept, 2):
        sheet.row_dimensions[number].height = _height(row, widths)
        sheet.append([_cell(sheet, cell) for cell in row])
    if len(rows) > len(kept):
        note = "The sheet is full; the rows file of the figure holds all of them."
        sheet.append([_cell(sheet, note)])


def _height(row: Sequence[Any], widths: Sequence[int]) -> int:
    """Return the height that the words of a row need; not every program finds it by itself."""
    lines = 1
    for cell, width in zip(row, widths, strict=True):
        if isinstance(cell, str):
            parts = cell.split("\n")
            lines = max(lines, sum(-(-len(part) // width) or 1 for part in parts))
    return min(_TALLEST, _LINE * lines)


def _printed(text: str) -> str:
    """Return words for a header, where an ampersand begins a code."""
    return shortened(shown(text), 100).replace("&", "&&")


def _cell(
    sheet: Any,  # noqa: ANN401 - the library's own class has no types
    value: str | int | None,
    font: Font | None = None,
    fill: PatternFill | None = None,
) -> WriteOnlyCell:
    if isinstance(value, str):
        value = shortened(inert(shown(value)), _MOST_CHARACTERS)
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # whatever the words look like
        cell.quotePrefix = True
        cell.alignment = _WORDS
    else:
        cell.alignment = _NUMBER
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell


def _widths(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[int]:
    found = []
    for place, column in enumerate(columns):
        longest = max((len(str(row[place])) for row in rows[:_LOOKED_AT]), default=0)
        widest = _WIDE if len(columns) > 1 else _PROSE
        found.append(min(widest, max(_NARROW, longest + 2, len(column) + 4)))
    return found
