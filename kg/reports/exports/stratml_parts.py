"""Parts of a StratML file: stakeholders, relationships and remarks of an element."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.bases import Basis
from kg.model.identifiers import node_iri
from kg.model.table import ENTAILED_RULES, STRUCTURE
from kg.reports.exports.links import lines_of
from kg.reports.exports.xml import escaped, xml_id
from kg.terms import TERMS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node

GOALS: Final = frozenset({"Aim", "Priority"})
OBJECTIVES: Final = frozenset(
    {"Objective", "Outcome", "DesiredState", "Workstream", "Commitment", "Action", "Activity"}
)
_TYPES: Final = {"Organization": "Organization", "GenericGroup": "Generic_Group"}
"""The schema's kinds of stakeholders; a post, a unit or a collaboration is none of them."""
_BODIES: Final = frozenset(
    {"Organization", "OrganizationalUnit", "OrganizationalCollaboration", "Post", "Person"}
) | {"GenericGroup"}


def element(tag: str, text: str) -> str:
    """Return an element with a text.

    Example:
        >>> element("Name", "Health & work")
        '<Name>Health &amp; work</Name>'
    """
    return f"<{tag}>{escaped(text)}</{tag}>"


def stakeholders(graph: KnowledgeGraph, name: str) -> Iterator[str]:
    """Yield the bodies that a thing is linked to, each with its role and the basis of the link."""
    for claim in _links(graph, name):
        body = graph.nodes[claim.object]
        if body.cls in _BODIES:
            kind = _TYPES.get(body.cls)
            attribute = f' StakeholderTypeType="{kind}"' if kind else ""
            role = element("Name", _word(claim)) + element("Description", known(claim))
            named = element("Name", body.label)
            yield f"<Stakeholder{attribute}>{named}<Role>{role}</Role></Stakeholder>"


def links_as_relationships(graph: KnowledgeGraph, name: str, inside: set[str]) -> Iterator[str]:
    """Yield an indicator that holds the links of a thing, each with its basis; none for none.

    Args:
        graph: The graph.
        name: The thing.
        inside: What has an identifier in the same file; other ends are named by IRI.
    """
    found = []
    for claim in _links(graph, name):
        end = graph.nodes[claim.object]
        if end.cls in _BODIES:
            continue
        kind = ' RelationshipType="Narrower_Than"' if claim.predicate == STRUCTURE else ""
        referent = xml_id(end.id) if end.id in inside else node_iri(end.id)
        found.append(
            f"<Relationship{kind}>"
            + element("Identifier", f"claim-{claim.id}")
            + element("ReferentIdentifier", referent)
            + element("Name", _word(claim))
            + element("Description", f"{end.label} ({known(claim)})")
            + "</Relationship>"
        )
    if found:
        yield "<PerformanceIndicator><MeasurementDimension/><UnitOfMeasurement/>"
        yield from found
        yield "</PerformanceIndicator>"


def links_as_text(graph: KnowledgeGraph, name: str) -> list[str]:
    """Return the links of a goal as lines, because the schema has no relationships of goals."""
    found = []
    for claim in _links(graph, name):
        end = graph.nodes[claim.object]
        if end.cls not in _BODIES:
            found.append(f"{_word(claim)}: {end.label} <{node_iri(end.id)}> ({known(claim)})")
    return found


def remarks(graph: KnowledgeGraph, node: Node) -> list[str]:
    """Say of an element which class it is of, where it stands, and its times and money."""
    cls = TERMS[node.cls].label if node.cls in TERMS else node.cls
    found = [f"{cls}, {lines_of(node.passages)} <{node_iri(node.id)}>"]
    if node.repaired:
        sure = f", confidence {node.confidence}" if node.confidence else ""
        found.append(f"words put together again from a damaged text{sure}")
    for fact in graph.facts_of.get(node.id, ()):
        if fact.kind == "Period":
            found.append(f"time, {fact['role']}: {fact['words']} ({lines_of(fact.passages)})")
        elif fact.kind == "Allocation":
            nature = f"{fact['amount_words']}, {fact['nature']}".removeprefix(", ")
            found.append(f"money: {nature} ({lines_of(fact.passages)})")
    return found


def known(claim: Claim) -> str:
    """Say how a link is known, and where it stands.

    Example:
        >>> from kg.model.records import Claim
        >>> known(Claim("c", "a", "serves", "b", Basis.INFERRED, rule="r1"))
        'basis: inferred, rule r1'
    """
    parts = [f"basis: {claim.basis.word}"]
    if claim.rule:
        parts.append(f"rule {claim.rule}")
    if claim.strength != claim.basis:
        parts.append(f"rests on {claim.strength.word}")
    if claim.confidence:
        parts.append(f"confidence {claim.confidence}")
    if claim.evidence:
        parts.append(lines_of(claim.evidence))
    return ", ".join(parts)


def _word(claim: Claim) -> str:
    term = TERMS.get(claim.predicate)
    return term.label if term else claim.predicate


def _links(graph: KnowledgeGraph, name: str) -> list[Claim]:
    return [
        claim
        for claim in graph.outgoing.get(name, ())
        if claim.rule not in ENTAILED_RULES
        and claim.basis != Basis.SUGGESTED
        and claim.object in graph.nodes
    ]
