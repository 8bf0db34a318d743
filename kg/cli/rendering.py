"""Tables as text: for a terminal, a spreadsheet or a program."""

from __future__ import annotations

import csv
import io
import json
import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Final

import click

from kg.model.tables import ResultTable, inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.model.tables import Cell

_GAP: Final = 2
_NARROW: Final = 8


def emit(table: ResultTable, form: str | None) -> None:
    """Write a table to standard output in the form asked for."""
    chosen = form or ("table" if sys.stdout.isatty() else "tsv")
    click.echo(render(table, chosen), nl=False)


def emit_dicts(
    rows: Iterable[Mapping[str, Cell]], columns: tuple[str, ...], form: str | None
) -> None:
    """Write dictionaries as a table."""
    emit(ResultTable(columns, tuple(tuple(row[c] for c in columns) for row in rows)), form)


def render(table: ResultTable, form: str) -> str:
    r"""Write a table as text.

    Example:
        >>> render(ResultTable(("a", "b"), ((1, "x\ty"),)), "tsv")
        'a\tb\n1\tx y\n'
        >>> print(render(ResultTable(("a",), (("=1+1",),)), "csv"), end="")
        a
        '=1+1
    """
    if form == "json":
        return json.dumps(list(table), ensure_ascii=False, indent=2) + "\n"
    if form == "jsonl":
        return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in table)
    rows = [[_text(cell) for cell in row] for row in table.rows]
    if form == "tsv":
        cells = [list(table.columns), *([" ".join(cell.split()) for cell in row] for row in rows)]
        return "".join("\t".join(row) + "\n" for row in cells)
    if form == "csv":
        stream = io.StringIO()
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(table.columns)
        writer.writerows([[inert(cell) for cell in row] for row in rows])
        return stream.getvalue()
    return _columns(table.columns, rows)


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def _columns(names: tuple[str, ...], rows: list[list[str]]) -> str:
    """Lay a table out in columns that fit the terminal, wrapping the widest ones."""
    space = shutil.get_terminal_size((100, 24)).columns - _GAP * (len(names) - 1)
    widths = [max([len(name), *(len(row[i]) for row in rows)]) for i, name in enumerate(names)]
    while sum(widths) > space and max(widths) > _NARROW:
        widths[widths.index(max(widths))] -= 1
    lines = []
    for row in [[name.upper() for name in names], *rows]:
        cells = [
            textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)
        ]
        for number in range(max(map(len, cells))):
            parts = [
                (cell[number] if number < len(cell) else "").ljust(width)
                for cell, width in zip(cells, widths, strict=True)
            ]
            lines.append((" " * _GAP).join(parts).rstrip())
    return "\n".join(lines) + "\n"
