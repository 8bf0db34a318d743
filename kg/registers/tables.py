"""Reading CSV files that people made, with the place of every cell.

Each row is cut out and parsed on its own, so that one broken row costs only itself.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import KgError, LoadError, Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LINES: Final = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_DELIMITERS: Final = (",", ";", "\t")
_TRIES: Final = 16
"""Lines with quotation marks that are tried for the end of a record."""
MAX_CELL: Final = 1_000_000
"""Characters in one cell; anything longer is a broken file, not a plan."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column, its first line, and its text as it stands."""

    cells: dict[str, str]
    line: int
    raw: str
    start: int
    """Code points before the row in the decoded file."""
    path: str
    delimiter: str = ","

    def __getitem__(self, column: str) -> str:
        """Return a cell without surrounding white space; empty when there is no such column."""
        return self.cells.get(column, "").strip()

    def place(self, column: str = "") -> Place:
        """Return the place of a cell: file, line, and column of its first character."""
        if not column:
            return Place(self.path, self.line, 1)
        index = list(self.cells).index(column) if column in self.cells else 0
        line, char = _cell_position(self.raw, index, self.delimiter)
        return Place(self.path, self.line + line, char)


def decode(path: Path, shown: str) -> str:
    """Read a text file as UTF-8, with or without a byte order mark.

    Raises:
        LoadError: If it is missing, a folder, not UTF-8 or holds NUL characters.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LoadError(
            "load-file",
            f"cannot read {shown}: {error.strerror}",
            hint="check the path",
        ) from error
    hint = "save the file as 'CSV UTF-8' (Excel) or with encoding UTF-8"
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise LoadError("load-encoding", "the file is UTF-16", hint=hint, place=Place(shown, 1, 1))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        place = Place(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        message = f"byte 0x{data[error.start]:02x} is not UTF-8"
        raise LoadError("load-encoding", message, hint=hint, place=place) from error
    if "\0" in text:
        before = text[: text.index("\0")]
        place = Place(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise LoadError("load-encoding", "NUL character: not a text file", hint=hint, place=place)
    return text


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row that was cut out and parsed: where it stands, its text, its cells."""

    line: int
    start: int
    raw: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header of a table, and how its rows are read."""

    header: list[str]
    delimiter: str
    shown: str

    def parse(self, raw: str) -> list[str]:
        """Cut the text of a row into cells.

        Raises:
            csv.Error: If its quotation marks do not fit.
        """
        if '"' not in raw and len(raw) <= MAX_CELL:
            return raw.split(self.delimiter)
        return _parse(raw, self.delimiter)

    def row(self, found: RawRow) -> Row:
        """Return a row with its cells by column."""
        named = dict(zip(self.header, found.cells, strict=True))
        return Row(named, found.line, found.raw, found.start, self.shown, self.delimiter)


def open_sheet(text: str, shown: str, errors: list[KgError]) -> tuple[Sheet, Iterator[RawRow]]:
    """Read the header of a CSV text, and return it with the rows below it.

    Blank lines are skipped; rows that cannot be parsed, or have more or fewer cells than the
    header, are added to `errors` and left out.

    Raises:
        LoadError: If there is no header, or a column stands in it twice.
    """
    records = _records(text)
    first = next(records, None)
    if first is None:
        raise LoadError(
            "load-csv",
            "the file is empty",
            hint="the first line names the columns",
            place=Place(shown, 1, 1),
        )
    line, raw, _ = first
    delimiter = _delimiter_of(raw)
    place = Place(shown, line, 1)
    try:
        header = [name.strip() for name in _parse(raw, delimiter)]
    except csv.Error as error:
        raise LoadError(
            "load-csv",
            f"the header cannot be read: {error}",
            hint='mend its quotation marks; write " inside a name as ""',
            place=place,
        ) from error
    doubled = sorted({name for name in header if name and header.count(name) > 1})
    if doubled:
        message = f"the header names {', '.join(repr(name) for name in doubled)} twice"
        raise LoadError("load-csv", message, hint="give every column its own name", place=place)
    sheet = Sheet(header, delimiter, shown)
    return sheet, _raw_rows(sheet, records, errors)


def _raw_rows(
    sheet: Sheet, records: Iterator[tuple[int, str, int]], errors: list[KgError]
) -> Iterator[RawRow]:
    width = len(sheet.header)
    for line, raw, start in records:
        if not raw or raw.isspace():
            continue
        try:
            cells = sheet.parse(raw)
        except csv.Error as error:
            errors.append(
                LoadError(
                    "load-csv",
                    f"the row cannot be read: {error}",
                    place=Place(sheet.shown, line, 1),
                    hint='close the quotation mark; write " inside a cell as ""',
                )
            )
            continue
        if len(cells) != width:
            message = f"the row has {len(cells)} cells, the header {width}"
            hint = "quote cells that hold the separator, and give every column a cell"
            place = Place(sheet.shown, line, 1)
            errors.append(LoadError("load-csv", message, hint=hint, place=place))
            continue
        yield RawRow(line, start, raw, cells)


def read_rows(text: str, shown: str, errors: list[KgError]) -> Iterator[Row]:
    r"""Yield the rows of a CSV text below its header; blank lines are skipped.

    Rows that cannot be parsed, or have more or fewer cells than the header, are added to
    `errors` and left out.

    Raises:
        LoadError: If there is no header, or a column stands in it twice.

    Example:
        >>> errors = []
        >>> [row["b"] for row in read_rows("a,b\n1,2\n3,x,y\n5,6\n", "t.csv", errors)]
        ['2', '6']
        >>> print(errors[0])
        t.csv:3:1: error[load-csv]: the row has 3 cells, the header 2
          hint: quote cells that hold the separator, and give every column a cell
    """
    sheet, rows = open_sheet(text, shown, errors)
    return map(sheet.row, rows)


def header_of(text: str) -> list[str]:
    r"""Return the column names of a CSV text.

    Example:
        >>> header_of("id;level\n1;Action\n")
        ['id', 'level']
    """
    return open_sheet(text, "", [])[0].header if text.strip() else []


def _records(text: str) -> Iterator[tuple[int, str, int]]:
    """Cut a text into records: line number, raw text without its line end, offset.

    A line that is a record by itself is one, stray quotation marks in it or not. Another goes
    on to the line that closes it. When none does, it is a broken record of its own, and reading
    goes on after it: one bad row never takes others with it.
    """
    number, offset, delimiter = 0, 0, ""
    lines = _LINES.finditer(text)
    ahead: deque[str] = deque()
    while True:
        line = ahead.popleft() if ahead else _next(lines)
        if not line:
            return
        number += 1
        if not delimiter:
            if not line.strip():  # blank lines above the header
                offset += len(line)
                continue
            delimiter = _delimiter_of(line)
        count, raw = 0, line
        if '"' in line and not _is_record(line, delimiter):
            count = _closing(line, lines, ahead, delimiter)
            raw = "".join([line, *(ahead.popleft() for _ in range(count))])
        yield number, raw.rstrip("\r\n"), offset
        offset += len(raw)
        number += count


def _delimiter_of(header: str) -> str:
    return max(_DELIMITERS, key=header.count)


def _is_record(raw: str, delimiter: str) -> bool:
    try:
        _parse(raw.rstrip("\r\n"), delimiter)
    except csv.Error:
        return False
    return True


def _next(lines: Iterator[re.Match[str]]) -> str:
    match = next(lines, None)
    return match[0] if match else ""


def _closing(line: str, lines: Iterator[re.Match[str]], ahead: deque[str], delimiter: str) -> int:
    """Return how many further lines belong to a record that one line does not close; 0 for none.

    Lines that are looked at are kept in `ahead`. Only the next few lines that hold quotation
    marks are tried, so that broken files cost time in proportion to their size.
    """
    raw, place, tries = line, 0, 0
    while len(raw) <= MAX_CELL and tries < _TRIES:
        if place == len(ahead):
            found = _next(lines)
            if not found:
                return 0
            ahead.append(found)
        raw += ahead[place]
        place += 1
        if '"' in ahead[place - 1]:
            if _is_record(raw, delimiter):
                return place
            tries += 1
    return 0


def _parse(raw: str, delimiter: str) -> list[str]:
    csv.field_size_limit(MAX_CELL)
    return next(csv.reader([raw], delimiter=delimiter, strict=True), [])


def _cell_position(raw: str, index: int, delimiter: str) -> tuple[int, int]:
    """Return how many lines below, and at which character, a cell of a record begins."""
    if '"' not in raw:
        place = 0
        for _ in range(index):
            place = raw.index(delimiter, place) + 1
        return 0, place + 1
    quoted, seen, line, char = False, 0, 0, 1
    for place, letter in enumerate(raw):
        if seen == index and not quoted:
            break
        if letter == '"':
            quoted = not quoted
        elif letter == delimiter and not quoted:
            seen += 1
        if letter == "\n" or (letter == "\r" and raw[place + 1 : place + 2] != "\n"):
            line, char = line + 1, 1
        else:
            char += 1
    return line, char


def breaks(raw: str) -> int:
    r"""Count the line ends in a text: line feeds, carriage returns, and the two together.

    Example:
        >>> breaks("a\nb\rc\r\nd")
        3
    """
    return raw.count("\n") + raw.count("\r") - raw.count("\r\n")
