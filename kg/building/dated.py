"""The records of a graph as it stands on a day, ready to be written as triples."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.building.rules import infer
from kg.model.dating import in_force

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph


def dated_records(graph: KnowledgeGraph) -> KnowledgeGraph:
    """Return the records of a dated graph, without what is not in force or rests on it.

    The transitive properties are closed anew over the links in force: of the chains that join
    two things a graph keeps one, and another may hold where that one does not.

    Example:
        >>> import kg
        >>> from kg.model.dating import as_of
        >>> held = dated_records(as_of(kg.load(), "2010"))
        >>> any(claim.object.startswith("no-health") for claim in held.claims)
        False
    """
    held = in_force(graph)
    steps = tuple(claim for claim in held.claims if claim.rule != "r5")
    newest = max((document.read_on for document in graph.documents.values()), default="")
    return replace(held, claims=(*steps, *infer(steps, (), newest, ())))
