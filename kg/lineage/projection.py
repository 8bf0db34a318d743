"""The graph for NetworkX."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from kg.model.bases import DEFAULT, Basis, admits

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph


def to_networkx(graph: KnowledgeGraph, bases: frozenset[Basis] = DEFAULT) -> nx.MultiDiGraph[Any]:
    """Return the accepted links as a directed multigraph, keyed by predicate.

    Nodes carry `cls, label, instrument`; edges `predicate, basis, lines`. Links that only
    repeat others more weakly are left out.

    Example:
        >>> import kg
        >>> kg.to_networkx(kg.load()).has_edge(
        ...     "telford-2011/action/1", "no-health-without-mental-health/objective/1")
        True
    """
    found: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for node in graph.nodes.values():
        found.add_node(node.id, cls=node.cls, label=node.label, instrument=node.instrument)
    for claim in graph.links:
        if admits(bases, claim.basis, claim.support):
            found.add_edge(
                claim.subject,
                claim.object,
                key=f"{claim.predicate}:{claim.id}",
                predicate=claim.predicate,
                basis=claim.basis.word,
                lines=", ".join(p.lines for p in claim.evidence),
            )
    return found
