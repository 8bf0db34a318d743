"""Adding rows to registers: one row more, and every other byte as it was."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from kg.errors import LoadError, Place, SettingsError
from kg.registers.tables import RawRow, open_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.registers.tables import Sheet

_END: Final = re.compile(r"\r\n|\r|\n")
_MARK: Final = "\ufeff"
_LAYOUT: Final = "\n\t"
_LONGEST: Final = 10_000
"""Characters of a cell that somebody types; quotations of documents are far shorter."""


def insert_row(
    text: str,
    shown: str,
    cells: Mapping[str, str],
    columns: Sequence[str],
    *,
    ordered: bool = False,
) -> str:
    r"""Return the text of a register with one row more.

    The row stands below the last one that is equal to it in some columns. Where there is none,
    it stands before the first that is greater in an ordered register, and else at the end.

    Args:
        text: The register, with its byte order mark and its line ends.
        shown: Its name, for errors.
        cells: The row by column; columns left out are empty.
        columns: The columns that say where the row belongs.
        ordered: Whether the register is sorted by them.

    Raises:
        LoadError: If the register has no such column, or cannot be read at all.

    Example:
        >>> insert_row("a;b\r\n1;x\r\n2;y", "t.csv", {"a": "1", "b": "u;v"}, ["a"])
        'a;b\r\n1;x\r\n1;"u;v"\r\n2;y'
        >>> insert_row("a,b\n1,x\n3,y\n", "t.csv", {"a": "2"}, ["a"], ordered=True)
        'a,b\n1,x\n2,\n3,y\n'
    """
    mark = _MARK if text.startswith(_MARK) else ""
    body = text.removeprefix(_MARK)
    sheet, found = open_sheet(body, shown, [])
    rows = list(found)
    missing = sorted(name for name, cell in cells.items() if cell and name not in sheet.header)
    if missing:
        raise LoadError(
            "missing-column",
            f"the column {missing[0]!r} is missing",
            hint="add it to the header, and an empty cell to every row",
            place=Place(shown, 1, 1),
        )
    row = sheet.delimiter.join(_quoted(cells.get(name, ""), sheet) for name in sheet.header)
    after, before = _place(sheet, rows, cells, columns, ordered=ordered)
    end = _END.search(body)
    line_end = end[0] if end else "\n"
    if before:
        return mark + body[: before.start] + row + line_end + body[before.start :]
    at = after.start + len(after.raw) if after else len(body)
    closed = _END.match(body, at)
    if closed:
        return mark + body[: closed.end()] + row + closed[0] + body[closed.end() :]
    if at == len(body) and body.endswith(("\n", "\r")):
        return mark + body + row + line_end
    # The last row has no line end, and neither has the file when it has one row more.
    return mark + body + line_end + row


def _place(
    sheet: Sheet,
    rows: Sequence[RawRow],
    cells: Mapping[str, str],
    columns: Sequence[str],
    *,
    ordered: bool,
) -> tuple[RawRow | None, RawRow | None]:
    """Return the row below which, or the one before which, a new row belongs."""
    wanted = tuple(cells.get(column, "") for column in columns)
    keys = [tuple(sheet.row(row)[column] for column in columns) for row in rows]
    equal = [row for row, key in zip(rows, keys, strict=True) if key == wanted]
    if equal:
        return equal[-1], None
    if ordered:
        greater = [row for row, key in zip(rows, keys, strict=True) if key > wanted]
        if greater:
            return None, greater[0]
    return (rows[-1] if rows else None), None


def _quoted(cell: str, sheet: Sheet) -> str:
    if any(mark in cell for mark in (sheet.delimiter, '"', "\n", "\r")):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def typed(text: str, what: str, *, letters: int = 1, lines: bool = False) -> str:
    r"""Return what somebody typed as a cell, or refuse it.

    Args:
        text: The text.
        what: What it is, for the error.
        letters: How many letters it must have.
        lines: Whether it may have several lines.

    Raises:
        SettingsError: If it says nothing, is too long, or holds what is no text.

    Example:
        >>> typed("  Ann Other ", "the name", letters=2)
        'Ann Other'
    """
    cell = text.replace("\r\n", "\n").strip()
    if not cell or sum(character.isalpha() for character in cell) < letters:
        some = "a letter" if letters == 1 else f"at least {letters} letters"
        hint = f"it needs {some}" if cell else "it must say something"
        raise SettingsError("empty-cell", f"{what} is {cell!r}", hint=hint)
    if len(cell) > _LONGEST:
        hint = f"use at most {_LONGEST} characters"
        raise SettingsError("malformed-cell", f"{what} is too long", hint=hint)
    for character in cell:
        allowed = character in _LAYOUT and lines
        if unicodedata.category(character) in ("Cc", "Cs") and not allowed:
            raise SettingsError(
                "malformed-cell",
                f"{what} holds the character {character!a}",
                hint="use letters, digits and signs" + ("" if lines else ", on one line"),
            )
    return cell
