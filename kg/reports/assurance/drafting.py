"""Drawing up: figures are numbered as they are counted, and none is counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.reports.assurance.records import Condition, Figure, Listing, Name, Question, Table, Way
from kg.reports.assurance.rows import objectives
from kg.terms import CODES, TERMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.reports.assurance.asking import Inquiry
    from kg.reports.assurance.records import Cell, Paragraph

MOST: Final = 40
"""Plans and objectives that get figures of their own; all stand in the rows."""
FEW: Final = 15
"""Leads and places that get figures of their own."""


class Draft:
    """The figures of a report while it is drawn up.

    Args:
        inquiry: The graph that is asked.
    """

    def __init__(self, inquiry: Inquiry) -> None:
        self.inquiry = inquiry
        self.figures: list[Figure] = []
        self._known: dict[tuple[Question, Way], Figure] = {}
        graph = inquiry.graph
        self.flat = graph.flat
        self.objective = "top-level item" if graph.flat else "numbered national objective"
        self.objectives = "top-level items" if graph.flat else "numbered national objectives"
        self.has_objectives = bool(objectives(graph))

    def figure(
        self, key: str, title: str, ask: Question | str, *where: Condition, count: str = "rows"
    ) -> Figure:
        """Count something, and number the figure; the same count gives the same figure.

        Args:
            key: What it is, in the same words in every pack.
            title: What it is, for readers.
            ask: The question, or the table or command that it needs.
            where: Which rows of the answer count.
            count: What is counted: `rows`, `distinct:COLUMN` or `sum:COLUMN`.
        """
        question = Question(ask) if isinstance(ask, str) else ask
        way = Way(where, count)
        if (question, way) not in self._known:
            value, rows = self.inquiry.count(question, way)
            number = len(self.figures) + 1
            made = Figure(f"F{number}", key, title, question, way, value, rows)
            self._known[question, way] = made
            self.figures.append(made)
        return self._known[question, way]

    def values(self, ask: str, column: str, *where: Condition) -> list[str]:
        """List the different values of a column among some rows, in their order."""
        question = Question(ask)
        if not where:
            return self.inquiry.values(question, column)
        table = self.inquiry.select(question, Way(where))
        place = table.columns.index(column)
        return list(dict.fromkeys(str(row[place]) for row in table.rows))

    def commonest(self, ask: str, column: str) -> list[str]:
        """List the values of a column, those of most rows first."""
        found = self.inquiry.values(Question(ask), column)
        sizes = {value: len(self.rows(ask, is_(column, value))) for value in found}
        return sorted(found, key=lambda value: -sizes[value])

    def rows(self, ask: str, *where: Condition) -> Sequence[Sequence[object]]:
        """Return some rows of an answer."""
        return self.inquiry.select(Question(ask), Way(where)).rows

    def title_of(self, name: str) -> str:
        """Return the title of a plan as its text has it, else its words, else its id."""
        graph = self.inquiry.graph
        for document in graph.documents.values():
            if document.title and document.instrument == name:
                return document.title
        node = graph.nodes.get(name)
        return node.label if node else name

    def named(self, name: str) -> str:
        """Return the words by which something is known, and its id behind them."""
        title = self.title_of(name)
        return title if title == name or not name else f"{title} ({name})"

    def plan_title(self, plan: str) -> str:
        """Return the title of a plan, with its id where another plan has the same title."""
        title = self.title_of(plan)
        alike = sum(self.title_of(other) == title for other in self.plans[:MOST])
        return self.named(plan) if alike > 1 else title

    @property
    def plans(self) -> list[str]:
        """The plans that set out rows of work, in their order."""
        return self.values("coverage", "plan")


def is_(column: str, *values: str) -> Condition:
    """Return the condition that a cell is one of some values."""
    return Condition(column, values)


def said(words: str, *parts: Figure | Name) -> Paragraph:
    """Return a paragraph: words of ours, with figures and names in the places marked {}.

    Example:
        >>> said("Read on {}.", Name("a day"))
        ('Read on ', Name(text='a day'), '.')
    """
    between = words.split("{}")
    made: list[str | Figure | Name] = [between[0]]
    for part, text in zip(parts, between[1:], strict=True):
        made += [part, text]
    return tuple(part for part in made if part != "")


def class_words(name: str) -> str:
    """Return the ontology's word for a class.

    Example:
        >>> class_words("StatusReport")
        'status report'
    """
    return TERMS[name].label if name in TERMS else name


def code_words(scheme: str, code: str) -> str:
    """Return what a code of a code list means; the code itself when it is none.

    Example:
        >>> code_words("defect-kind", "noise")
        'Signs that mean nothing.'
    """
    return next((c.definition for c in CODES if (c.scheme, c.code) == (scheme, code)), code)


def counted(
    draft: Draft, ask: str, column: str, title: str, columns: tuple[str, str], most: int = MOST
) -> Table:
    """Return a table that counts the rows of each value of a column, the commonest first."""
    rows: list[tuple[Cell, ...]] = [
        (
            draft.named(value) if value else "(none)",
            draft.figure(f"{ask}/{column}/{value}", f"{title}: {value}", ask, is_(column, value)),
        )
        for value in draft.commonest(ask, column)[:most]
    ]
    about = f"One row for each {columns[0].lower()}, those of most rows first, with their number."
    return Table(title, columns, tuple(rows), about)


def listing(title: str, total: Figure, about: str, columns: Mapping[str, str]) -> Listing:
    """Return the rows of a figure as a list, with the columns to show and their headings."""
    return Listing(title, total, tuple(columns.items()), about)
