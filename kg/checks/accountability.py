"""Who leads the work, and to whom it reports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.context import absence, missing_words, named
from kg.checks.finding import finding, place_of
from kg.model.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.checks.context import Context
    from kg.model.findings import Finding

GROUP = "GenericGroup"


def no_lead(context: Context) -> Iterator[Finding]:
    """Find the work of which no lead is named, and say how it is missing."""
    graph, table = context.graph, context.graph.table
    selection = context.links("ledBy")
    if graph.flat and not selection.predicates:
        return  # the table has no column for it, or nobody stands in it
    leads = context.objects(selection)
    for number in context.answerable:
        if number in leads:
            continue
        node = graph.nodes[table.ids[number]]
        if graph.flat:
            message = f"{node.cls}: no lead is named; its cell is blank"
            yield finding("no-lead", node.id, message, place_of(graph, node), kind="blank")
            continue
        gap = absence(graph, node, "ledBy")
        kind, words = missing_words(graph, gap)
        severity = None
        if gap and kind == "folded":
            severity = Severity.INFO
            other = table.number.get(gap["folded_into"], -1)
            bodies = ", ".join(named(graph, table.ids[body]) for body in leads.get(other, ()))
            words += f", which is led by {bodies}" if bodies else ", which names no lead either"
        message = f"{node.cls}: no lead is named; {words}"
        place = place_of(graph, node)
        yield finding("no-lead", node.id, message, place, kind=kind, severity=severity)


def collective_lead(context: Context) -> Iterator[Finding]:
    """Find the work that only a group named by kind leads."""
    graph, table = context.graph, context.graph.table
    groups = table.codes((GROUP,))
    if not groups:
        return
    leads = context.objects(context.links("ledBy"))
    for number in context.answerable:
        bodies = leads.get(number, ())
        if bodies and all(table.cls[body] in groups for body in bodies):
            node = graph.nodes[table.ids[number]]
            words = ", ".join(f"“{graph.nodes[table.ids[body]].label}”" for body in bodies)
            message = f"{node.cls}: led by {words} and no named body"
            yield finding("collective-lead", node.id, message, place_of(graph, node))


def self_reporting(context: Context) -> Iterator[Finding]:
    """Find the work whose lead is also the body that it reports to."""
    graph, table = context.graph, context.graph.table
    reports = context.objects(context.links("reportsTo"))
    if not reports:
        return
    leads = context.objects(context.links("ledBy"))
    for number in context.answerable:
        same = [body for body in leads.get(number, ()) if body in reports.get(number, ())]
        if same:
            node = graph.nodes[table.ids[number]]
            words = ", ".join(named(graph, table.ids[body]) for body in same)
            others = [table.ids[b] for b in reports[number] if b not in same]
            also = f", and also to {', '.join(others)}" if others else ""
            message = f"{node.cls}: {words} leads it and it reports to the same{also}"
            yield finding("self-reporting", node.id, message, place_of(graph, node))
