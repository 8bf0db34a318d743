"""Which instruments have been superseded, and by what."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph


def superseded_by(graph: KnowledgeGraph) -> dict[str, str]:
    """Return the instruments that another one supersedes, with the one that does.

    Example:
        >>> import kg
        >>> superseded_by(kg.load())
        {'new-horizons': 'no-health-without-mental-health'}
    """
    table = graph.table
    if "supersedes" not in table.predicates:
        return {}
    wanted = table.predicates.index("supersedes")
    found = {}
    for link, predicate in enumerate(table.predicate):
        if predicate == wanted:
            claim = graph.claims[table.claim[link]]
            if claim.accepted:
                found[claim.object] = claim.subject
    return found
