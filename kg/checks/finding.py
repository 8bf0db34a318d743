"""Making findings: the words of the catalogue, and the place where a node's words stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.catalogue import RULES
from kg.errors import Place
from kg.model.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.findings import Severity
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Node, Passage, Problem


def finding(
    rule: str,
    node: str,
    message: str,
    place: Place,
    *,
    kind: str = "",
    about: str = "",
    severity: Severity | None = None,
) -> Finding:
    """Return a finding of a rule, with the catalogue's severity unless another is given.

    Example:
        >>> finding("self-link", "a", "it links to itself", Place("plan.csv", 2)).severity.word
        'error'
    """
    known = RULES[rule]
    return Finding(
        rule,
        known.severity if severity is None else severity,
        node,
        message,
        known.fix,
        place.path,
        place.line,
        kind,
        about,
    )


def from_problem(problem: Problem) -> Finding:
    """Return the fault of a row as a finding."""
    return finding(problem.rule, problem.node, problem.message, problem.place)


def place_of(graph: KnowledgeGraph, node: Node) -> Place:
    """Return where a node's words stand: document and line; its register row at the least."""
    return passage_place(graph, node.passages, node.origin)


def passage_place(graph: KnowledgeGraph, passages: Iterable[Passage], origin: Place) -> Place:
    """Return where the first of some passages stands, or else the row that they come from."""
    for passage in passages:
        document = graph.documents.get(passage.document)
        if document:
            return Place(document.path, passage.first_line)
    return origin
