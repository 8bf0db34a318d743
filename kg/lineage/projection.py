"""The graph for NetworkX: every node with its words, every link with its basis and quotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import networkx as nx

from kg.model.bases import DEFAULT, Basis, admits, choice_of
from kg.model.identifiers import node_iri
from kg.model.levels import rank
from kg.model.table import ENTAILED_RULES, TRACING
from kg.store.rdf import claim_iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node, Passage


def to_networkx(
    graph: KnowledgeGraph,
    bases: frozenset[Basis] | str = DEFAULT,
    *,
    lineage_only: bool = False,
    decisions: Iterable[str] = ("accepted",),
) -> nx.MultiDiGraph[Any]:
    """Return the graph as a directed multigraph, one edge a link.

    Links that only repeat others more weakly are left out, as everywhere. A node has `cls`,
    `rank` (0 is the top of the ladder from aims to actions; 6 is off it), `level` (national,
    regional or local, of instruments), `label`, `text`, `number`, `instrument`,
    `jurisdiction`, `iri` and `passages`. An edge has `predicate`, `lineage` (whether it leads
    up), `basis`, `strength` (the weakest basis that it rests on), `claim` and its `iri`,
    `rule`, `by`, `decision`, `lines` and `quotations`. Passages and quotations are lists of
    `document, first_line, last_line, exact`.

    Args:
        graph: The graph.
        bases: The bases to admit, also as words ("stated, inherited").
        lineage_only: Only links under `lin:tracesTo`: those that count for reach.
        decisions: The decisions of links to take; what is not accepted is no link of the plans.

    Raises:
        SettingsError: If a word is no basis that can be chosen.

    Example:
        >>> import kg
        >>> view = kg.to_networkx(kg.load(), lineage_only=True)
        >>> ends = "telford-2011/action/1", "no-health-without-mental-health/objective/1"
        >>> [(e["predicate"], e["basis"]) for e in view.get_edge_data(*ends).values()]
        [('servesPrimarily', 'stated')]
    """
    allowed, taken = choice_of(bases), frozenset(decisions)
    found: nx.MultiDiGraph[Any] = nx.MultiDiGraph()
    for node in graph.nodes.values():
        found.add_node(node.id, **_node(graph, node))
    for claim in graph.claims:
        if claim.rule in ENTAILED_RULES or claim.decision not in taken:
            continue
        if lineage_only and claim.predicate not in TRACING:
            continue
        if claim.subject not in graph.nodes or claim.object not in graph.nodes:
            continue
        if admits(allowed, claim.basis, claim.support):
            key = f"{claim.predicate}:{claim.id}"
            found.add_edge(claim.subject, claim.object, key=key, **_edge(claim))
    return found


def _node(graph: KnowledgeGraph, node: Node) -> dict[str, Any]:
    plan = graph.nodes.get(node.instrument)
    return {
        "cls": node.cls,
        "rank": rank(node.cls),
        "level": node.level,
        "label": node.label,
        "text": node.text,
        "number": node.number,
        "instrument": node.instrument,
        "jurisdiction": node.jurisdiction or (plan.jurisdiction if plan else ""),
        "iri": node_iri(node.id),
        "passages": quotations(node.passages),
    }


def _edge(claim: Claim) -> dict[str, Any]:
    return {
        "predicate": claim.predicate,
        "lineage": claim.predicate in TRACING,
        "basis": claim.basis.word,
        "strength": claim.strength.word,
        "claim": claim.id,
        "iri": claim_iri(claim),
        "rule": claim.rule,
        "by": claim.by,
        "decision": claim.decision,
        "lines": ", ".join(passage.lines for passage in claim.evidence),
        "quotations": quotations(claim.evidence),
    }


def quotations(passages: Iterable[Passage]) -> list[dict[str, Any]]:
    """Return passages as dictionaries.

    Example:
        >>> from kg.model.records import Passage
        >>> quotations([Passage("d", 0, 3, 7, 7, "one")])
        [{'document': 'd', 'first_line': 7, 'last_line': 7, 'exact': 'one'}]
    """
    return [
        {
            "document": passage.document,
            "first_line": passage.first_line,
            "last_line": passage.last_line,
            "exact": passage.exact,
        }
        for passage in passages
    ]
