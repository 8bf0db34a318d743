"""Tables as text: for a terminal, a spreadsheet or a program."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sys
from typing import TYPE_CHECKING, Final

import click

from kg.model.tables import ResultTable, inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from kg.model.records import Decision
    from kg.model.tables import Cell

_GAP: Final = 2
_NARROW: Final = 12
"""The least width at which a column of running text can be read."""
_STEP: Final = 16
"""The least width of a column of names, unless none of their steps is so long."""
_PART: Final = 24
"""The width up to which a part of a name is never broken."""
_STEPS: Final = re.compile(r"[^/]+/*|/+")
"""Steps of a name: what stands between its slashes, as of a path."""
_PARTS: Final = re.compile(r"[^\s/\-:.#]+[/\-:.#]*|[/\-:.#]+")
"""Parts of a name, each with the signs that end it."""


def emit(table: ResultTable, form: str | None) -> None:
    """Write a table to standard output in the form asked for."""
    click.echo(render(table, choose(form)), nl=False)


def choose(form: str | None) -> str:
    """Return the form asked for, else the one that suits where standard output goes."""
    return form or ("table" if sys.stdout.isatty() else "tsv")


def plural(count: int, noun: str, nouns: str = "") -> str:
    """Return a number with its noun, in the singular where there is one.

    Args:
        count: The number.
        noun: The singular.
        nouns: The plural, where it is not made by an s.

    Example:
        >>> plural(1, "finding"), plural(0, "finding"), plural(2, "entry", "entries")
        ('1 finding', '0 findings', '2 entries')
    """
    return f"{count} {noun if count == 1 else nouns or noun + 's'}"


def emit_dicts(
    rows: Iterable[Mapping[str, Cell]], columns: tuple[str, ...], form: str | None
) -> None:
    """Write dictionaries as a table."""
    emit(ResultTable(columns, tuple(tuple(row[c] for c in columns) for row in rows)), form)


def history_line(taken: Decision) -> str:
    """Say who took a decision, when and why.

    Example:
        >>> from kg.model.records import Decision
        >>> history_line(Decision("rejected", "Ann Other", "2026-11-24", "the row says lead only"))
        'by Ann Other on 2026-11-24: the row says lead only'
    """
    when = f" on {taken.on}" if taken.on else ""
    return f"by {taken.by}{when}: {taken.reason or 'as first read'}"


def render(table: ResultTable, form: str) -> str:
    r"""Write a table as text.

    Example:
        >>> render(ResultTable(("a", "b"), ((1, "x\ty"),)), "tsv")
        'a\tb\n1\tx y\n'
        >>> print(render(ResultTable(("a",), (("=1+1",),)), "csv"), end="")
        a
        '=1+1
    """
    return "".join(render_rows(table.columns, table.rows, form))


def render_rows(
    columns: tuple[str, ...], rows: Iterable[Sequence[Cell]], form: str
) -> Iterator[str]:
    r"""Write rows as text as they come; only the form `table` waits for the last one.

    Example:
        >>> list(render_rows(("a",), iter([(1,), (None,)]), "tsv"))
        ['a\n', '1\n', '\n']
    """
    if form == "table":
        yield _columns(columns, [[_text(cell) for cell in row] for row in rows])
    elif form == "json":
        yield from _json_list(dict(zip(columns, row, strict=True)) for row in rows)
    elif form == "jsonl":
        for row in rows:
            yield json.dumps(dict(zip(columns, row, strict=True)), ensure_ascii=False) + "\n"
    elif form == "tsv":
        yield "\t".join(columns) + "\n"
        for row in rows:
            yield "\t".join(" ".join(_text(cell).split()) for cell in row) + "\n"
    else:
        writer = csv.writer(_Line(), lineterminator="\n")
        yield str(writer.writerow(columns))
        for row in rows:
            yield str(writer.writerow([inert(_text(cell)) for cell in row]))


def _json_list(items: Iterable[dict[str, Cell]]) -> Iterator[str]:
    """Write a list as `json.dumps` with an indent of two would."""
    before = "[\n  "
    for item in items:
        yield before + json.dumps(item, ensure_ascii=False, indent=2).replace("\n", "\n  ")
        before = ",\n  "
    yield "\n]\n" if before.startswith(",") else "[]\n"


class _Line:
    """A file whose writing gives back what was written, as `csv.writer` then does too."""

    def write(self, text: str) -> str:
        """Return the text."""
        return text


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell).lower() if isinstance(cell, bool) else str(cell)


def _columns(names: tuple[str, ...], rows: list[list[str]]) -> str:
    """Lay a table out in columns that fit the terminal; rows that do not fit, as blocks."""
    whole = shutil.get_terminal_size((100, 24)).columns
    space = whole - _GAP * (len(names) - 1)
    table = [[name.upper() for name in names], *rows]
    widths = [max(len(row[i]) for row in table) for i in range(len(names))]
    words, parts, readable = _least(table, widths)
    if rows and sum(readable) > space:
        return _blocks(names, rows, whole)
    # Columns are narrowed first as far as no name is broken, then down to the parts of names.
    for least in (words, parts, readable):
        _narrow(widths, least, space)
    lines = []
    for row in table:
        cells = [_wrap(cell, width) for cell, width in zip(row, widths, strict=True)]
        for number in range(max(map(len, cells))):
            parts_ = [
                (cell[number] if number < len(cell) else "").ljust(width)
                for cell, width in zip(cells, widths, strict=True)
            ]
            lines.append((" " * _GAP).join(parts_).rstrip())
    return "\n".join(lines) + "\n"


def _least(table: list[list[str]], widths: list[int]) -> list[list[int]]:
    """Return how narrow columns may be: with no word broken, no part of one, or just readable."""
    found: list[list[int]] = [[], [], []]
    for column, width in enumerate(widths):
        words = {word for row in table for word in row[column].split()}
        step = max((len(step) for word in words for step in _STEPS.findall(word)), default=0)
        part = max((len(part) for word in words for part in _PARTS.findall(word)), default=0)
        readable = max(_NARROW, min(step, _STEP), min(part, _PART))
        longest = max(map(len, words), default=0)
        for least, size in zip(found, (longest, part, 0), strict=True):
            # A column that is narrower by itself stays as it is.
            least.append(min(width, max(readable, size)))
    return found


def _blocks(names: tuple[str, ...], rows: list[list[str]], width: int) -> str:
    r"""Lay each row out as a block, a line or more for each cell, with a blank line between.

    Example:
        >>> print(_blocks(("id", "text"), [["a/1", "Walk to school"], ["a/2", ""]], 18), end="")
        id:   a/1
        text: Walk to
              school
        <BLANKLINE>
        id:   a/2
        text:
    """
    indent = max(map(len, names)) + 2
    beside = indent + _NARROW <= width
    indent = indent if beside else _GAP
    blocks = []
    for row in rows:
        lines = []
        for name, cell in zip(names, row, strict=True):
            first, *more = _wrap(cell, max(_NARROW, width - indent))
            head = [f"{name}:".ljust(indent) + first] if beside else [f"{name}:", "  " + first]
            lines += [*head, *(" " * indent + line for line in more)]
        blocks.append("".join(line.rstrip() + "\n" for line in lines if line.strip()))
    return "\n".join(blocks)


def _narrow(widths: list[int], least: list[int], space: int) -> None:
    """Narrow the widest columns until all fit, none of them below its least width."""
    while sum(widths) > space:
        spare = [i for i, width in enumerate(widths) if width > least[i]]
        if not spare:
            return
        widths[max(spare, key=widths.__getitem__)] -= 1


def _wrap(cell: str, width: int) -> list[str]:
    """Wrap a cell at spaces; what is too long by itself after `/`, `-` and the like.

    Example:
        >>> _wrap("see derby-2014/initiative/16", 18)
        ['see', 'derby-2014/', 'initiative/16']
        >>> _wrap("a b", 8), _wrap("abcdefghij", 8), _wrap("", 8)
        (['a b'], ['abcdefgh', 'ij'], [''])
    """
    lines: list[str] = []
    for word in cell.split():
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += " " + word
            continue
        lines.append("")
        for piece in [word] if len(word) <= width else _PARTS.findall(word):
            part = piece
            if len(lines[-1]) + len(part) > width and lines[-1]:
                lines.append("")
            while len(part) > width:
                lines[-1], part = part[:width], part[width:]
                lines.append("")
            lines[-1] += part
    return lines or [""]
