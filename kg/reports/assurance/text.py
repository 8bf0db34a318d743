"""Words on their way out: nothing hidden, nothing that runs, nothing without end."""

from __future__ import annotations

import csv
import io
import re
from datetime import date as day
from typing import TYPE_CHECKING, Final

from kg.model.tables import inert

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.model.tables import Cell

_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)
"""What XML forbids, what no eye sees, and what turns the direction of the text round."""
LONGEST: Final = 600
"""Characters of one cell in print; the whole words stand in the rows."""
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
CUT: Final = " … [cut; whole in the rows]"


def shown(text: str) -> str:
    r"""Make characters visible that would hide, reorder or break what is printed.

    Example:
        >>> shown("a\x00b\u202ec"), shown("two\nlines")
        ('a[U+0000]b[U+202E]c', 'two\nlines')
    """
    return _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def shortened(text: str, longest: int = LONGEST) -> str:
    """Return words short enough for print, saying so where some are left out.

    Example:
        >>> shortened("abcdef", 3)
        'abc … [cut; whole in the rows]'
    """
    return text if len(text) <= longest else text[:longest].rstrip() + CUT


def cell_text(cell: Cell) -> str:
    """Return a cell as the CSV forms of all commands write it.

    Example:
        >>> cell_text(None), cell_text(True), cell_text("=1+1")
        ('', 'true', "'=1+1")
    """
    if cell is None:
        return ""
    return inert(str(cell).lower() if isinstance(cell, bool) else str(cell))


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    r"""Write rows as CSV, formulas inert.

    Example:
        >>> as_csv(("a",), [("=1",), (2,)])
        "a\n'=1\n2\n"
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(list(map(cell_text, row)) for row in rows)
    return stream.getvalue()


def from_csv(text: str) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    r"""Read CSV that `as_csv` has written: the columns, and the rows as text.

    Example:
        >>> from_csv("a,b\n1,2\n")
        (('a', 'b'), [('1', '2')])
    """
    rows = [tuple(row) for row in csv.reader(io.StringIO(text, newline=""))]
    return (rows[0], rows[1:]) if rows else ((), [])


def day_words(date: str) -> str:
    """Write an ISO day as people write it.

    Example:
        >>> day_words("2026-01-31")
        '31 January 2026'
    """
    parsed = day.fromisoformat(date)
    return f"{parsed.day} {_MONTHS[parsed.month - 1]} {parsed.year}"
