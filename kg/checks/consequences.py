"""What follows from a change: which elements cease to reach anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.reaching import orphans
from kg.lineage.index import LineageIndex
from kg.model.bases import DEFAULT, Basis

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph


def newly_orphaned(
    before: KnowledgeGraph, after: KnowledgeGraph, bases: frozenset[Basis] = DEFAULT
) -> list[str]:
    """List the elements of both graphs that reach a target before and none after.

    Example:
        >>> import kg
        >>> newly_orphaned(kg.load(), kg.load())
        []
    """
    old = set(orphan_ids(before, bases))
    return [name for name in orphan_ids(after, bases) if name not in old and name in before.nodes]


def orphan_ids(graph: KnowledgeGraph, bases: frozenset[Basis] = DEFAULT) -> list[str]:
    """List the elements that should reach a target and do not, in the order of the graph.

    Example:
        >>> import kg
        >>> "derby-2014/action/13" in orphan_ids(kg.load())
        True
    """
    index = LineageIndex(graph, bases)
    return [graph.table.ids[number] for number in orphans(index)]
