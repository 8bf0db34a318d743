"""Answering the questions of a report, each in the same rows that its command prints."""

from __future__ import annotations

import shlex
from datetime import date
from functools import cached_property
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from kg.checks.auditing import audit
from kg.errors import SettingsError
from kg.lineage.coverage import matrix_counts, stats
from kg.model.bases import parse_bases
from kg.model.findings import FIELDS
from kg.model.tables import ResultTable
from kg.reports.assurance import rows as plain
from kg.reports.assurance.changes import change_rows
from kg.reports.assurance.records import AUDIT, MATRIX, STATS, Question, Way
from kg.reports.assurance.scope import narrowed, objective_counts
from kg.reports.assurance.text import cell_text
from kg.reports.assurance.threads import orphan_rows, stop_rows, unserved_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kg.model.bases import Basis
    from kg.model.findings import Report
    from kg.model.graph import KnowledgeGraph
    from kg.reports.assurance.records import Setting

BY_BASES: Final = {
    "coverage": plain.coverage,
    "orphans": orphan_rows,
    "stops": stop_rows,
    "unserved": unserved_rows,
    "asked": plain.asked,
}
BY_GRAPH: Final = {
    "texts": plain.texts,
    "defects": plain.defects,
    "judgements": plain.judgements,
}
CHANGES: Final = "changes"
LINKS: Final = "links"
FINDINGS: Final = "findings"
OBJECTIVES: Final = "objectives"
TABLES: Final = (*BY_BASES, *BY_GRAPH, LINKS, FINDINGS, OBJECTIVES, CHANGES)
"""The tables that `kg report table` gives."""
FINDING: Final = (*(name for name in FIELDS if name != "id"), "id")


def report_table(
    graph: KnowledgeGraph,
    name: str,
    bases: frozenset[Basis],
    before: KnowledgeGraph | None = None,
    plans: tuple[str, ...] = (),
) -> ResultTable:
    """Return one of the tables of the report.

    Args:
        graph: The graph.
        name: One of `TABLES`.
        bases: The bases to admit.
        before: The earlier graph, for `changes`.
        plans: The ids of the plans whose rows are wanted; all when there are none.

    Raises:
        SettingsError: If there is no such table, or `changes` has nothing to compare with.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> report_table(kg.load(), "links", DEFAULT).columns
        ('predicate', 'basis', 'links')
    """
    if name == LINKS:
        return plain.links(graph, plans)
    if name == OBJECTIVES:
        return objective_counts(graph, bases, plans)
    found = _whole(graph, name, bases, before)
    return narrowed(graph, name, found, plans, before) if plans else found


def _whole(
    graph: KnowledgeGraph, name: str, bases: frozenset[Basis], before: KnowledgeGraph | None
) -> ResultTable:
    """Return a table of the report for all plans."""
    if name in BY_BASES:
        return BY_BASES[name](graph, bases)
    if name in BY_GRAPH:
        return BY_GRAPH[name](graph)
    if name == FINDINGS:
        return _findings(audit(graph, bases=bases))
    if name != CHANGES:
        raise SettingsError(
            "report-table",
            f"the report has no table {name!r}",
            hint=f"tables: {', '.join(TABLES)}",
        )
    if before is None:
        raise SettingsError(
            "report-since",
            "there is nothing to compare with",
            hint="give the earlier graph with --since",
        )
    return change_rows(before, graph, bases)


def _findings(report: Report) -> ResultTable:
    told = (finding.as_dict() for finding in report)
    return ResultTable(FINDING, tuple(tuple(row[c] for c in FINDING) for row in told))


def _narrow(question: Question, setting: Setting) -> Question:
    """Return the question that a report on some plans alone asks in place of one on all."""
    told = {AUDIT: FINDINGS, MATRIX: OBJECTIVES}
    if setting.plans and question.ask in told:
        return Question(told[question.ask])
    return question


def command_line(question: Question, setting: Setting) -> str:
    """Write the command that answers a question, as it is typed.

    Example:
        >>> from kg.reports.assurance.records import Question, Setting
        >>> command_line(Question("matrix", "telford-2011"), Setting())
        'kg matrix --count --from telford-2011 --basis stated,inherited,inferred -f csv'
    """
    words, question = ["kg"], _narrow(question, setting)
    if question.ask == AUDIT:
        words += ["audit", "--fail-on", "never"]
    elif question.ask == MATRIX:
        words += ["matrix", "--count", *(["--from", question.plan] if question.plan else [])]
    elif question.ask == STATS:
        words += ["stats"]
    else:
        words += ["report", "table", question.ask]
    if question.ask == CHANGES:
        words += ["--since", setting.since]
    if question.ask != STATS:
        words += [word for plan in setting.plans for word in ("--plan", plan)]
    if question.ask not in (STATS, LINKS, *BY_GRAPH):
        words += ["--basis", setting.bases]
    if setting.day:
        words += ["--as-of", setting.day]
    if setting.graph:
        words += ["-g", setting.graph]
    return shlex.join([*words, "-f", "csv"])


class Inquiry:
    """A graph that is asked, each question once.

    Args:
        graph: The graph.
        setting: What it was made from, and which bases count.
        before: The earlier graph, if changes are to be told.
        auditor: What makes the findings, waivers and all; the plain audit when left out.

    Example:
        >>> import kg
        >>> from kg.reports.assurance.records import Question, Setting
        >>> inquiry = Inquiry(kg.load(), Setting())
        >>> inquiry.count(Question("orphans"), Way())[0] > 0
        True
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        setting: Setting,
        before: KnowledgeGraph | None = None,
        auditor: Callable[[KnowledgeGraph, frozenset[Basis]], Report] | None = None,
    ) -> None:
        self.graph = graph
        self.setting = setting
        self.before = before
        self.bases = parse_bases(setting.bases)
        today = date.fromisoformat(setting.today) if setting.today else None
        self._auditor = auditor or (lambda graph, bases: audit(graph, bases=bases, today=today))
        self._answers: dict[Question, ResultTable] = {}
        self._places: dict[tuple[Question, str], dict[str, list[int]]] = {}

    def answer(self, question: Question) -> ResultTable:
        """Return the rows that answer a question, every cell as text."""
        if question not in self._answers:
            found, short = self._ask(question), self._names
            text = tuple(
                tuple(short.get(cell, cell) for cell in map(cell_text, row)) for row in found.rows
            )
            self._answers[question] = ResultTable(found.columns, text)
        return self._answers[question]

    @cached_property
    def _names(self) -> dict[str, str]:
        """The path of a flat table, and its name: a report goes to others, its folder does not."""
        documents = self.graph.documents.values() if self.graph.flat else ()
        return {document.path: PurePath(document.path).name for document in documents}

    def _ask(self, question: Question) -> ResultTable:
        setting = self.setting
        if question.ask == AUDIT:
            found = _findings(self._auditor(self.graph, self.bases))
            if not setting.plans:
                return found
            return narrowed(self.graph, FINDINGS, found, setting.plans)
        if question.ask == STATS:
            return stats(self.graph)
        if question.ask == MATRIX and not setting.plans:
            source = question.plan or None
            return matrix_counts(self.graph, source=source, bases=self.bases)[0]
        ask = _narrow(question, setting).ask
        return report_table(self.graph, ask, self.bases, self.before, setting.plans)

    def values(self, question: Question, column: str) -> list[str]:
        """List the different values of a column, in the order in which they appear."""
        return list(self._by_value(question, column))

    def _by_value(self, question: Question, column: str) -> dict[str, list[int]]:
        key = question, column
        if key not in self._places:
            table = self.answer(question)
            place, found = table.columns.index(column), dict[str, list[int]]()
            for number, row in enumerate(table.rows):
                found.setdefault(str(row[place]), []).append(number)
            self._places[key] = found
        return self._places[key]

    def select(self, question: Question, way: Way) -> ResultTable:
        """Return the rows of an answer that a way keeps, in their order."""
        table = self.answer(question)
        kept: set[int] | None = None
        for condition in way.where:
            by_value = self._by_value(question, condition.column)
            these = {row for value in condition.values for row in by_value.get(value, ())}
            kept = these if kept is None else kept & these
        if kept is None:
            return table
        return ResultTable(table.columns, tuple(table.rows[number] for number in sorted(kept)))

    def count(self, question: Question, way: Way) -> tuple[int, ResultTable]:
        """Return a figure and the rows that it counts."""
        rows = self.select(question, way)
        return measure(rows.columns, [tuple(map(str, row)) for row in rows.rows], way), rows


def measure(columns: Sequence[str], rows: Sequence[Sequence[str]], way: Way) -> int:
    """Count rows, different values or a sum, as a way says.

    Example:
        >>> measure(("a",), [("1",), ("1",)], Way(count="distinct:a"))
        1
        >>> measure(("a",), [("1",), ("2",)], Way(count="sum:a"))
        3
    """
    what, _, column = way.count.partition(":")
    if what == "rows":
        return len(rows)
    place = columns.index(column)
    if what == "distinct":
        return len({row[place] for row in rows})
    return sum(int(row[place] or 0) for row in rows)
