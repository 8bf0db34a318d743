"""What reaches nothing, what nothing reaches, and what has no words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.context import facts_of, has_facts, has_gap, named
from kg.checks.finding import finding, place_of
from kg.lineage.reasons import TIERS, UPWARD_GAPS, explain, tier_of
from kg.model.levels import ACTION_RANK, DELIVERY, ELEMENTS, INTENT, rank
from kg.model.table import NATIONAL, NOTHING, WORDLESS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.checks.context import Context
    from kg.lineage.index import LineageIndex
    from kg.model.findings import Finding
    from kg.model.graph import KnowledgeGraph


def empty(graph: KnowledgeGraph) -> Iterator[Finding]:
    """Find elements without words."""
    if graph.flat:
        return  # the table's own reading reports its rows
    table = graph.table
    elements = table.codes(ELEMENTS)
    for number, (cls, flags) in enumerate(zip(table.cls, table.flags, strict=True)):
        if cls in elements and flags & WORDLESS:
            node = graph.nodes[table.ids[number]]
            yield finding("empty-text", node.id, "it has no words", node.origin)


def orphan_findings(context: Context) -> Iterator[Finding]:
    """Find what reaches no target: unlinked and stranded elements."""
    graph, index = context.graph, context.index
    for number in context.kept("orphans", context.bases, lambda: orphans(index)):
        node = graph.nodes[index.table.ids[number]]
        linked, kind = _is_linked(index, number), ""
        rule = "stranded" if linked else "unlinked"
        if graph.flat:
            says = "no chain reaches a top-level item" if linked else "no link leads up from it"
        else:
            tier = tier_of(index, node.id)
            reason = explain(graph, node.id)
            kind = reason.code
            says = (
                "no chain reaches a national objective or instrument"
                if linked
                else "no link leads up from it"
            ) + f"; tier {tier}: {TIERS[tier]}; {reason.code}: {reason.sentence}"
        yield finding(rule, node.id, f"{node.cls}: {says}", place_of(graph, node), kind=kind)


def orphans(index: LineageIndex) -> list[int]:
    """List the numbers of the elements that should reach a target and do not.

    A national framework's own intents are where chains end, not where they begin; a row that is
    folded into another is reported as such.
    """
    graph, table = index.graph, index.table
    wanted = table.codes(ELEMENTS if graph.flat else (*INTENT, *DELIVERY))
    reaches, targets = index.any, set(table.targets)
    found = []
    for number, cls in enumerate(table.cls):
        if cls not in wanted or reaches(number) or number in targets or not graph.live(number):
            continue
        owner = table.instrument[number]
        if owner != NOTHING and table.flags[owner] & NATIONAL:
            continue
        found.append(number)
    return [number for number in found if not _is_folded(graph, number)]


def _is_folded(graph: KnowledgeGraph, number: int) -> bool:
    """Tell whether an element's upward link is that of the row that it is folded into."""
    return has_gap(graph, number) and any(
        gap["kind"] == "folded" and gap["property"] in UPWARD_GAPS
        for gap in facts_of(graph, graph.table.ids[number], "StatedAbsence")
    )


def folded_rows(graph: KnowledgeGraph) -> Iterator[Finding]:
    """Find the rows that are folded into others, and name the others."""
    for name in has_facts(graph, "StatedAbsence"):
        gaps_of = facts_of(graph, name, "StatedAbsence")
        fold = next((gap for gap in gaps_of if gap["kind"] == "folded"), None)
        if fold is None:
            continue
        node = graph.nodes[name]
        into = named(graph, fold["folded_into"]) if fold["folded_into"] else "another row"
        words = " / ".join(f"“{passage.words}”" for passage in fold.passages)
        message = f"{node.cls}: it is folded into {into}: {words}"
        yield finding("folded", name, message, place_of(graph, node))


def _is_linked(index: LineageIndex, number: int) -> bool:
    """Tell whether a link leads up from a node to another, structure included."""
    table = index.table
    return any(table.object[link] != number for link in index.everything.up(number))


def gaps(index: LineageIndex) -> Iterator[Finding]:
    """Find what stands above action level without anything, or any action, below it."""
    graph, table = index.graph, index.table
    high = table.codes(name for name in table.classes if rank(name) < ACTION_RANK)
    places = [n for n, cls in enumerate(table.cls) if cls in high and graph.live(n)]
    has_action = _above_actions(index)
    for number in places:
        below = sum(table.subject[link] != number for link in index.everything.down(number))
        if below and has_action[number]:
            continue
        node = graph.nodes[table.ids[number]]
        reason = explain(graph, node.id)
        why = f" ({reason.sentence})" if reason.code == "folded" else ""
        if not below:
            message = f"{node.cls}: nothing stands below it{why}"
            yield finding("unserved", node.id, message, place_of(graph, node))
        else:
            message = f"{node.cls}: {below} below it, but no action at any depth{why}"
            yield finding("hollow", node.id, message, place_of(graph, node))


def _above_actions(index: LineageIndex) -> bytearray:
    """Mark every node that some action or activity stands below, structure included."""
    table, admitted = index.table, index.everything
    doing = table.codes(("Action", "Activity"))
    seen = bytearray(len(table.ids))
    stack = [number for number, cls in enumerate(table.cls) if cls in doing]
    for number in stack:
        seen[number] = 1
    while stack:
        for link in admitted.up(stack.pop()):
            other = table.object[link]
            if not seen[other]:
                seen[other] = 1
                stack.append(other)
    return seen
