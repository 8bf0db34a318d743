"""What an assurance pack is made of: questions, figures, tables and sections.

A figure is never typed in. It is the answer to a question that can be asked again, counted in
a stated way over rows that the pack holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.reports.assurance.text import day_words

if TYPE_CHECKING:
    from kg.model.tables import ResultTable

AUDIT: Final = "audit"
MATRIX: Final = "matrix"
STATS: Final = "stats"
"""Questions that commands of their own answer; all others are tables of `kg report table`."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked: a command, and the plan it was narrowed to."""

    ask: str
    """`audit`, `matrix` (the count of each objective), `stats`, or a table of the report."""
    plan: str = ""
    """Of `matrix`: the plan whose actions are asked about; all when empty."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Which rows of an answer count: those whose cell is one of the values."""

    column: str
    values: tuple[str, ...]
    """As the cells stand in the CSV."""

    @property
    def words(self) -> str:
        """The condition as people read it.

        Example:
            >>> Condition("basis", ("stated", "inherited")).words
            'basis is stated or inherited'
        """
        return f"{self.column} is {' or '.join(value or '(empty)' for value in self.values)}"


@dataclass(frozen=True, slots=True)
class Way:
    """How a figure follows from an answer: which rows are kept, and what is counted."""

    where: tuple[Condition, ...] = ()
    count: str = "rows"
    """`rows`, `distinct:COLUMN` or `sum:COLUMN`."""

    @property
    def words(self) -> str:
        """The way in one sentence.

        Example:
            >>> Way((Condition("rule", ("unlinked",)),), "distinct:node").words
            'number of different values of node, where rule is unlinked'
        """
        what, _, column = self.count.partition(":")
        said = {
            "rows": "number of rows",
            "distinct": f"number of different values of {column}",
            "sum": f"sum of {column}",
        }[what]
        kept = " and ".join(condition.words for condition in self.where)
        return f"{said}, where {kept}" if kept else said


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report, with all that is needed to count it again."""

    id: str
    """As printed: F1, F2 and so on, in the order of the report."""
    key: str
    """What it is, in the same words in every pack, so that two packs can be compared."""
    title: str
    question: Question
    way: Way
    value: int
    rows: ResultTable = field(repr=False)
    """The rows that were counted, as text."""

    @property
    def file(self) -> str:
        """The file of the pack that holds the rows."""
        return f"rows/{self.id}.csv"


@dataclass(frozen=True, slots=True)
class Name:
    """Words that come from the data, such as a title or an id."""

    text: str


Part = str | Figure | Name
"""A piece of prose: our words (never a number), a figure, or words of the data."""
Paragraph = tuple[Part, ...]
Cell = str | int | Figure


@dataclass(frozen=True, slots=True)
class Table:
    """A small table of the report; its numbers are figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    about: str = ""
    """What the table shows, for those who cannot see it."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The rows behind a figure, printed as a list; long ones are cut where space is short."""

    title: str
    total: Figure
    columns: tuple[tuple[str, str], ...]
    """Column of the rows, and its heading."""
    about: str = ""

    def cells(self) -> list[tuple[str, ...]]:
        """Return the rows in the columns that are shown."""
        places = [self.total.rows.columns.index(column) for column, _ in self.columns]
        return [tuple(str(row[place]) for place in places) for row in self.total.rows.rows]

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings of the columns that are shown."""
        return tuple(heading for _, heading in self.columns)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the report."""

    id: str
    title: str
    paragraphs: tuple[Paragraph, ...] = ()
    tables: tuple[Table, ...] = ()
    listings: tuple[Listing, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """What a pack was made from, as its commands have to name it."""

    graph: str = ""
    """The name of the graph as given with `-g`; empty for the one found by itself."""
    bases: str = "stated,inherited,inferred"
    since: str = ""
    """The name of the earlier graph, where one was given."""
    day: str = ""
    """The day as of which the graph is read, where one was given."""
    today: str = ""
    """The day on which waivers must hold: that of the report; the present one when empty."""
    plans: tuple[str, ...] = ()
    """The ids of the plans that it is on; all of the graph when there are none."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A whole report, in no particular form yet."""

    title: str
    date: str
    """ISO day on which it was drawn up."""
    release: str
    """Which release or table it was drawn from, in words."""
    setting: Setting
    sections: tuple[Section, ...]
    figures: tuple[Figure, ...]

    @property
    def drawn(self) -> str:
        """When and from what it was drawn up, in words."""
        return f"Drawn up on {day_words(self.date)} from {self.release}"
