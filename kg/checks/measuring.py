"""By what the work is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.context import absence, has_gap, missing_words
from kg.checks.finding import finding, place_of
from kg.model.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.checks.context import Context
    from kg.model.findings import Finding
    from kg.model.records import Fact, Node


def no_measure(context: Context) -> Iterator[Finding]:
    """Find the work that has no measure, no milestone and no deferral of them."""
    for node, gap, count in _measures(context):
        if count or (gap and gap["kind"] == "deferred"):
            continue
        kind, words = missing_words(context.graph, gap)
        severity = Severity.INFO if kind == "folded" else None
        message = f"{node.cls}: no measure or milestone; {words}"
        place = place_of(context.graph, node)
        yield finding("no-measure", node.id, message, place, kind=kind, severity=severity)


def deferred_measure(context: Context) -> Iterator[Finding]:
    """Find the work whose measure is left to another document, wholly or partly."""
    for node, gap, count in _measures(context):
        if gap is None or gap["kind"] != "deferred":
            continue
        words = " / ".join(f"“{passage.words}”" for passage in gap.passages)
        message = f"{node.cls}: its measure is left to another document: {words}"
        if count:
            message += f"; beside it stand {count} measures or milestones"
        yield finding(
            "deferred-measure",
            node.id,
            message.replace("stand 1 measures or milestones", "stands one measure or milestone"),
            place_of(context.graph, node),
            kind="partly" if count else "deferred",
            severity=Severity.INFO if count else None,
        )


def _measures(context: Context) -> Iterator[tuple[Node, Fact | None, int]]:
    """Yield what must answer, with the gap of its measure and how many measures it has."""
    if context.graph.flat:
        return
    graph = context.graph
    found = context.objects(context.links("measuredBy", "hasMilestone"))
    for number in context.answerable:
        count = len(found.get(number, ()))
        if count and not has_gap(graph, number):
            continue
        node = graph.nodes[graph.table.ids[number]]
        yield node, absence(graph, node, "measuredBy"), count
