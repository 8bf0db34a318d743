"""Checks of single links: cycles, levels, jurisdiction and time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.lineage.components import components
from kg.lineage.index import vectors
from kg.lineage.reach import is_large
from kg.lineage.reasons import came_later, same_jurisdiction
from kg.model.bases import Basis
from kg.model.levels import BELOW, rank
from kg.model.records import Problem
from kg.model.table import NEVER, TRACING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.table import GraphTable

_INFERRED: Final = 1 << Basis.INFERRED
_SHOWN: Final = 12
"""Members of a circle that its message names."""


def bound_problems(graph: KnowledgeGraph) -> list[Problem]:
    """Find accepted lineage links that cross a jurisdiction or lead to a later policy.

    An interpreted link may look back (a reader may call a plan a forerunner), and is then
    shown as interpreted; stated, inherited and inferred ones may not.

    Example:
        >>> import kg
        >>> bound_problems(kg.load())
        []
    """
    if graph.flat or graph.verified:
        return []  # a flat table has no instruments; a release was checked when it was built
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
    table = graph.table
    ranks = [rank(name) for name in table.classes]
    used: dict[int, set[int]] = {}
    for cls, owner in zip(table.cls, table.instrument, strict=True):
        if ranks[cls] < BELOW:
            used.setdefault(owner, set()).add(ranks[cls])
    columns = (table.subject, table.object, table.predicate, table.need)
    for link, (low, high, predicate, need) in enumerate(zip(*columns, strict=True)):
        if predicate not in table.upward or need == NEVER:
            continue
        owner = table.instrument[low]
        if owner != table.instrument[high]:
            continue
        first, second = ranks[table.cls[low]], ranks[table.cls[high]]
        if second > first:
            yield _level_problem(graph, link, "wrong-direction", "leads down to")
        elif (
            predicate in table.tracing
            and not need & _INFERRED
            and first < BELOW
            and any(second < place < first for place in used[owner])
        ):
            yield _level_problem(graph, link, "level-skip", "leads past a level in use to")


def _level_problem(graph: KnowledgeGraph, link: int, rule: str, says: str) -> Problem:
    table = graph.table
    low, high = table.ids[table.subject[link]], table.ids[table.object[link]]
    first = table.classes[table.cls[table.subject[link]]]
    second = table.classes[table.cls[table.object[link]]]
    origin = graph.claims[table.claim[link]].origin
    return Problem(rule, low, f"{first} {low} {says} {second} {high}", origin)


def cycle_problems(graph: KnowledgeGraph) -> Iterator[Problem]:
    """Find every node that stands on a circle of upward links, and say which circle."""
    ids = graph.table.ids
    for members in circles(graph.table):
        names = [ids[node] for node in members]
        ring = " → ".join(
            [*names[:_SHOWN], "…", names[0]] if len(names) > _SHOWN else [*names, names[0]]
        )
        for name in names:
            origin = graph.nodes[name].origin
            yield Problem("cycle", name, f"the links lead in a circle: {ring}", origin)


def circles(table: GraphTable) -> list[list[int]]:
    """Return the strongly connected components of more than one node (Tarjan, no recursion).

    Only links that somebody asserts count: what rules add follows from them.
    """
    up: dict[int, list[int]] = {}
    if is_large(table):
        candidates: Iterable[int] = vectors().below_circles(table)
    else:
        candidates = range(len(table.ids))
    for node in candidates:
        above = [
            table.object[link]
            for link in table.out(node)
            if table.predicate[link] in table.upward
            and table.need[link] != NEVER
            and not table.need[link] & _INFERRED
            and table.object[link] != node
        ]
        if above:
            up[node] = above
    return [members for members in components(up) if len(members) > 1]
