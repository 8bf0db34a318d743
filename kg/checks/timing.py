"""When the work is to be done, and whether its dates agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.checks.context import absence, facts_of, has_facts, missing_words
from kg.checks.finding import finding, place_of
from kg.model.findings import Severity
from kg.model.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from kg.checks.context import Context
    from kg.model.findings import Finding
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Fact, Node

TERMS: Final = ("start", "complete", "timescale")
"""Roles of the times that are terms of the work itself."""
HAPPENINGS: Final = ("event", "review")
"""Roles of the times at which something of the work happens."""
UNDATED: Final = {
    "deferred": "its time is left to another document or body",
    "to-be-confirmed": "its time is to be confirmed",
    "contingent": "its time waits for something else",
    "recurring": "it happens again and again",
    "ongoing": "it goes on throughout",
}
"""Why words give no date, in words; the first of several that are given counts."""
_MEANT: Final = frozenset({"recurring", "ongoing", "folded"})
"""What the document means so: worth knowing, and nothing is missing."""
_SHORT: Final = 90


def no_date(context: Context) -> Iterator[Finding]:
    """Find the work that has no calendar date, and say why."""
    graph = context.graph
    if graph.flat:
        return  # a flat table has no dates
    steps = context.objects(context.links("hasMilestone", "measuredBy"))
    for number in context.answerable:
        own = facts_of(graph, graph.table.ids[number], "Period")
        others = _of_steps(graph, steps, number)
        if is_dated(own, others):
            continue
        node = graph.nodes[graph.table.ids[number]]
        kind, words = _why_undated(graph, node, own, others)
        severity = Severity.INFO if kind in _MEANT else None
        message = f"{node.cls}: no calendar date; {words}"
        yield finding(
            "no-date", node.id, message, place_of(graph, node), kind=kind, severity=severity
        )


def is_dated(own: Sequence[Fact], steps: Sequence[Fact]) -> bool:
    """Tell whether an element has a calendar date.

    Args:
        own: The element's own periods.
        steps: Those of its milestones and measures.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> [is_dated(facts_of(graph, f"dundee-2019/action/{n}", "Period"), ()) for n in (6, 11)]
        [False, True]
    """
    terms = [period for period in own if period["role"] in TERMS]
    if any(period["edtf"] for period in terms):
        return True
    if any(period["edtf"] and period["role"] in (*TERMS, *HAPPENINGS) for period in steps):
        return True
    undetermined = any(period["undated"] for period in terms)
    return not undetermined and any(
        period["edtf"] for period in own if period["role"] in HAPPENINGS
    )


def _of_steps(graph: KnowledgeGraph, steps: Mapping[int, list[int]], number: int) -> list[Fact]:
    """Return the periods of the milestones and measures of an element."""
    ids = graph.table.ids
    return [
        period for step in steps.get(number, ()) for period in facts_of(graph, ids[step], "Period")
    ]


def _why_undated(
    graph: KnowledgeGraph, node: Node, own: Sequence[Fact], steps: Sequence[Fact]
) -> tuple[str, str]:
    """Return why an element has no date, as a code and in words."""
    gap = absence(graph, node, "hasPeriod")
    if gap and gap.subject == node.id:
        return missing_words(graph, gap)
    terms = [period for period in own if period["role"] in TERMS]
    for periods in (terms, own, steps):
        given = [period for period in periods if period["undated"] in UNDATED]
        if given:
            period = min(given, key=lambda found: tuple(UNDATED).index(found["undated"]))
            kind = period["undated"]
            return kind, f"{UNDATED[kind]}: {quoted(period)}"
    return missing_words(graph, gap)


def quoted(fact: Fact) -> str:
    """Return the words of a fact with their lines, cut where they are long.

    Example:
        >>> import kg
        >>> quoted(facts_of(kg.load(), "worcestershire-2009/intention/5", "Allocation")[2])
        '“2011/12 - £1,000,000” (line 209)'
    """
    words = " / ".join(passage.words for passage in fact.passages)
    lines = ", ".join(passage.lines for passage in fact.passages)
    if not words:
        return f"“{fact['words'] or fact['amount_words']}”"
    if len(words) > _SHORT:
        words = fact["words"] or fact["amount_words"] or words
        words = words if len(words) <= _SHORT else words[: _SHORT - 1] + "…"
    return f"“{words}” (line{'s' if '-' in lines or ',' in lines else ''} {lines})"


def date_conflicts(context: Context) -> Iterator[Finding]:
    """Find the dates of one element that surely cannot all be right."""
    graph = context.graph
    if graph.flat:
        return
    milestones = context.objects(context.links("hasMilestone"))
    for name in has_facts(graph, "Period"):
        periods = [period for period in facts_of(graph, name, "Period") if period["edtf"]]
        for kind, first, second in _conflicts(graph, name, periods, milestones):
            node = graph.nodes[name]
            message = f"{node.cls}: {_SAYS[kind].format(_said(first), _said(second))}"
            yield finding(
                "date-conflict", name, message, place_of(graph, node), kind=kind, about=kind
            )


_SAYS: Final = {
    "ends-before-start": "it is to be complete by {} but starts only {}",
    "mark-before-completion": "it is to be complete by {} but the last year marked for it is {}",
    "mark-before-start": "it starts {} but the last year marked for it is {}",
    "mark-after-start": "it starts {} but the first year marked for it is {}",
    "milestone-after-completion": "it is to be complete by {} but a milestone of it is set for {}",
}


def _said(period: Fact) -> str:
    """Return a date with the words that give it; a mark without words is most likely a tick."""
    words = period["words"]
    if period["role"] == "marked-year" and not any(letter.isalnum() for letter in words):
        lines = period.passages[0].lines if period.passages else "?"
        return f"{period['edtf']}, by “{words}” (lines {lines}), a mark that is probably a tick"
    return f"{period['edtf']}, {quoted(period)}"


def _conflicts(
    graph: KnowledgeGraph,
    name: str,
    periods: Sequence[Fact],
    milestones: Mapping[int, list[int]],
) -> Iterator[tuple[str, Fact, Fact]]:
    """Yield the pairs of times that exclude each other, each kind once."""
    by_role: dict[str, list[Fact]] = {}
    for period in periods:
        by_role.setdefault(period["role"], []).append(period)
    start = min(by_role.get("start", ()), key=_first, default=None)
    end = max(by_role.get("complete", ()), key=_last, default=None)
    if start and end and _before(end, start):
        yield "ends-before-start", end, start
    marks = by_role.get("marked-year", ())
    if marks and not _marks_lost(graph, name):
        last, first = max(marks, key=_last), min(marks, key=_first)
        if end and _before(last, end):
            yield "mark-before-completion", end, last
        if start and _before(last, start):
            yield "mark-before-start", start, last
        if start and _before(start, first):
            yield "mark-after-start", start, first
    if end:
        table = graph.table
        for step in milestones.get(table.number[name], ()):
            for period in facts_of(graph, table.ids[step], "Period"):
                dated = period["role"] in (*TERMS, *HAPPENINGS)
                if dated and period["role"] != "start" and _before(end, period):
                    yield "milestone-after-completion", end, period
                    return


def _first(period: Fact) -> str:
    return bounds(period["edtf"])[0]


def _last(period: Fact) -> str:
    return bounds(period["edtf"])[1] or "9999"


def _before(one: Fact, other: Fact) -> bool:
    """Tell whether a time surely ends before another begins."""
    last, first = bounds(one["edtf"])[1], bounds(other["edtf"])[0]
    return bool(last and first and last < first)


def _marks_lost(graph: KnowledgeGraph, name: str) -> bool:
    """Tell whether year cells of a row were lost: then a missing mark is unknown, never no."""
    return any(
        gap["property"] == "markedYear" and gap["kind"] == "lost"
        for gap in facts_of(graph, name, "StatedAbsence")
    )
