"""Checks of single links: cycles, levels, jurisdiction and time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.lineage.reasons import came_later, same_jurisdiction
from kg.model.bases import Basis
from kg.model.graph import STRUCTURE, TRACING
from kg.model.levels import BELOW, rank
from kg.model.records import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim


def bound_problems(graph: KnowledgeGraph) -> list[Problem]:
    """Find accepted lineage links that cross a jurisdiction or lead to a later policy.

    An interpreted link may look back (a reader may call a plan a forerunner), and is then
    shown as interpreted; stated, inherited and inferred ones may not.

    Example:
        >>> import kg
        >>> bound_problems(kg.load())
        []
    """
    found = []
    for claim in graph.claims:
        lineage = claim.predicate in TRACING or claim.predicate in ("tracesTo", "mayServe")
        if not claim.accepted or not lineage:
            continue
        own = graph.nodes.get(graph.instrument_of(claim.subject))
        other = graph.nodes.get(graph.instrument_of(claim.object))
        if own is None or other is None or own.id == other.id:
            continue
        words = f"{claim.subject} {claim.predicate} {claim.object}"
        if not same_jurisdiction(own.jurisdiction, other.jurisdiction):
            message = f"{words}: {own.jurisdiction} and {other.jurisdiction} share no nation"
            found.append(Problem("jurisdiction", claim.subject, message, claim.origin))
        if claim.basis is not Basis.INTERPRETED and came_later(own.issued, other.issued):
            message = f"{words}: {other.id} ({other.issued}) came after {own.id} ({own.issued})"
            found.append(Problem("anachronism", claim.subject, message, claim.origin))
    return found


def level_problems(graph: KnowledgeGraph) -> Iterator[Problem]:
    """Find links that lead down a level, or that skip a level which their plan uses."""
    used: dict[str, list[int]] = {}
    for node in graph.nodes.values():
        place = rank(node.cls)
        ranks = used.setdefault(node.instrument, [])
        if place < BELOW and place not in ranks:
            ranks.append(place)
    for claim in graph.links:
        if claim.predicate not in TRACING and claim.predicate != STRUCTURE:
            continue
        low, high = graph.nodes.get(claim.subject), graph.nodes.get(claim.object)
        if low is None or high is None or low.instrument != high.instrument:
            continue
        first, second = rank(low.cls), rank(high.cls)
        if second > first:
            message = f"{low.cls} {low.id} leads down to {high.cls} {high.id}"
            yield Problem("wrong-direction", low.id, message, claim.origin)
        elif claim.predicate != STRUCTURE and claim.rule == "" and first < BELOW:
            between = [r for r in used[low.instrument] if second < r < first]
            if between:
                message = f"{low.cls} {low.id} leads to {high.cls} {high.id} past a level in use"
                yield Problem("level-skip", low.id, message, claim.origin)


def cycle_problems(graph: KnowledgeGraph) -> Iterator[Problem]:
    """Find every node that stands on a circle of upward links, and say which circle."""
    for members in _circles(graph):
        ring = " → ".join([*members, members[0]])
        for node in members:
            origin = graph.nodes[node].origin
            yield Problem("cycle", node, f"the links lead in a circle: {ring}", origin)


def _circles(graph: KnowledgeGraph) -> list[list[str]]:
    """Return the strongly connected components of more than one node (Tarjan, no recursion)."""
    up: dict[str, list[str]] = {}
    for claim in graph.links:
        if _is_hop(claim) and claim.subject != claim.object and claim.object in graph.nodes:
            up.setdefault(claim.subject, []).append(claim.object)
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    found = []
    for root in up:
        if root in number:
            continue
        work = [(root, iter(up.get(root, ())))]
        number[root] = low[root] = len(number)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, onward = work[-1]
            for other in onward:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    on_stack.add(other)
                    work.append((other, iter(up.get(other, ()))))
                    break
                if other in on_stack:
                    low[node] = min(low[node], number[other])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    members: list[str] = []
                    while not members or members[-1] != node:
                        members.append(stack.pop())
                        on_stack.discard(members[-1])
                    if len(members) > 1:
                        found.append(members[::-1])
    return found


def _is_hop(claim: Claim) -> bool:
    return claim.rule == "" and (claim.predicate in TRACING or claim.predicate == STRUCTURE)
