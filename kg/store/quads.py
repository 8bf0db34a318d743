"""Records as RDF: sorted N-Quads, one line a statement, the same bytes for the same records."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg import terms
from kg.model.bases import Basis
from kg.model.identifiers import (
    GRAPH,
    ID,
    RULE,
    code_iri,
    digest,
    node_iri,
    term_iri,
)
from kg.model.levels import ELEMENTS
from kg.model.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Document, Fact, Node, Passage

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
OA: Final = "http://www.w3.org/ns/oa#"
ORG: Final = "http://www.w3.org/ns/org#"
PROV: Final = "http://www.w3.org/ns/prov#"
SCHEMA: Final = "https://schema.org/"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"

CLAIMS: Final = GRAPH + "claims"
ASSERTED: Final = GRAPH + "asserted"
INFERRED: Final = GRAPH + "inferred"
SOFTWARE: Final = ID + "software/policy-lineage"
FOREIGN: Final = {
    "Organization": ORG + "Organization",
    "OrganizationalUnit": ORG + "OrganizationalUnit",
    "OrganizationalCollaboration": ORG + "OrganizationalCollaboration",
    "Post": ORG + "Post",
    "Person": PROV + "Person",
    "Period": DCTERMS + "PeriodOfTime",
}
"""Classes of other vocabularies that records use by their local name."""
_ESCAPES: Final = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SPECIAL: Final = re.compile(r'[\\"\x00-\x1f\x7f]')

Statement = tuple[str, str, str, str]
"""Subject, predicate, object, graph; the object already written as N-Triples."""


def write_quads(graph: KnowledgeGraph) -> list[str]:
    """Return the N-Quads lines of a graph, sorted, without the ontology.

    Example:
        >>> from kg.model.graph import KnowledgeGraph
        >>> from kg.model.records import Node
        >>> nodes = {"p/action/1": Node("p/action/1", "Action", "A")}
        >>> lines = write_quads(KnowledgeGraph(nodes, ()))
        >>> any("ns#Action" in line for line in lines)
        True
    """
    return sorted(set(quad_lines(graph)))


def quad_lines(graph: KnowledgeGraph, nodes: Iterable[Node] | None = None) -> Iterator[str]:
    """Yield the N-Quads lines of a graph in no particular order, some of them twice.

    Args:
        graph: The graph.
        nodes: The nodes to describe, when its others only say where facts belong.
    """
    return map(_line, statements(graph, nodes))


def write_structure(graph: KnowledgeGraph) -> list[str]:
    """Return the N-Quads lines that say what each node is and what sets it out.

    This is what rules need beside the links themselves.
    """
    wanted = {RDF + "type", term_iri("setOutIn")}
    found = (s for node in graph.nodes.values() for s in _node(graph, node, {}))
    return sorted({_line(statement) for statement in found if statement[1] in wanted})


def _line(statement: Statement) -> str:
    subject, predicate, value, graph = statement
    return f"<{subject}> <{predicate}> {value} <{graph}> ."


def statements(graph: KnowledgeGraph, nodes: Iterable[Node] | None = None) -> Iterator[Statement]:
    """Yield every statement that a graph makes, in no particular order.

    Args:
        graph: The graph.
        nodes: The nodes to describe; all when left out.
    """
    passages: dict[str, Passage] = {}
    for document in graph.documents.values():
        yield from _document(document)
    for node in graph.nodes.values() if nodes is None else nodes:
        yield from _node(graph, node, passages)
    for claim in graph.claims:
        yield from _claim(claim, passages)
    for fact in graph.facts:
        yield from _fact(graph, fact, passages)
    for name, passage in passages.items():
        yield from _passage(name, passage)


def literal(text: str, datatype: str = "", language: str = "") -> str:
    r"""Write a literal as N-Triples.

    Example:
        >>> print(literal('say "yes"\n', language="en"))
        "say \"yes\"\n"@en
    """
    escaped = _SPECIAL.sub(lambda match: _ESCAPES.get(match[0], f"\\u{ord(match[0]):04X}"), text)
    if language:
        return f'"{escaped}"@{language}'
    return f'"{escaped}"^^<{datatype}>' if datatype else f'"{escaped}"'


def iri(value: str) -> str:
    """Write an IRI as N-Triples.

    Example:
        >>> iri("http://example.org/")
        '<http://example.org/>'
    """
    return f"<{value}>"


def class_iri(cls: str) -> str:
    """Return the IRI of a record's class, ours or another vocabulary's.

    Example:
        >>> class_iri("Post")
        'http://www.w3.org/ns/org#Post'
    """
    return FOREIGN.get(cls) or term_iri(cls)


def passage_iri(passage: Passage) -> str:
    """Return the IRI of a passage: a name for those words at that place of that text."""
    return ID + "passage/" + digest([passage.document, str(passage.start), str(passage.end)])


def source_graph(graph: KnowledgeGraph, node: str) -> str:
    """Return the named graph that holds what was read about a node.

    It is named after the instrument that sets the node out; instruments and bodies belong to
    the graph of the document that names them.
    """
    found = graph.nodes.get(node)
    name = found.instrument if found else ""
    if not name and found and found.passages:
        name = found.passages[0].document
    return GRAPH + "source/" + node_iri(name or "shared")[len(ID) :]


def _document(document: Document) -> Iterator[Statement]:
    subject = ID + "text/" + document.id
    where = GRAPH + "source/" + node_iri(document.id)[len(ID) :]
    yield subject, RDF + "type", iri(term_iri("SourceText")), where
    yield subject, DCTERMS + "title", literal(document.title or document.id, language="en"), where
    if document.sha256:
        yield subject, term_iri("sha256"), literal(document.sha256), where
    if document.instrument:
        yield subject, term_iri("textOf"), iri(node_iri(document.instrument)), where


def _node(graph: KnowledgeGraph, node: Node, passages: dict[str, Passage]) -> Iterator[Statement]:
    subject = node_iri(node.id)
    where = source_graph(graph, node.id)
    yield subject, RDF + "type", iri(class_iri(node.cls)), where
    for parent in terms.ancestors(node.cls):
        yield subject, RDF + "type", iri(term_iri(parent)), INFERRED
    yield subject, RDFS + "label", literal(node.label, language="en"), where
    for other in node.alternatives:
        yield subject, SKOS + "altLabel", literal(other, language="en"), where
    if node.note:
        yield subject, SKOS + "note", literal(node.note, language="en"), where
    if node.cls in ELEMENTS:
        yield from _element(node, subject, where)
    elif node.cls in ("Instrument", "FundingStream"):
        yield from _instrument(node, subject, where)
    elif node.cls == "ElementSet":
        yield subject, term_iri("setOutIn"), iri(node_iri(node.instrument)), where
        for member in node.members:
            yield subject, term_iri("hasMember"), iri(node_iri(member)), where
    yield from _evidence(subject, node.passages, passages, where)


def _element(node: Node, subject: str, where: str) -> Iterator[Statement]:
    words = "repairedText" if node.repaired else "verbatim"
    if node.text:
        yield subject, term_iri(words), literal(node.text), where
    if node.instrument:
        yield subject, term_iri("setOutIn"), iri(node_iri(node.instrument)), where
        if node.kind:
            yield subject, term_iri("elementKind"), iri(code_iri("element-kind", node.kind)), where
    for name, value in (
        ("calledInSource", node.called_in_source),
        ("number", node.number),
    ):
        if value:
            yield subject, term_iri(name), literal(value), where
    if node.confidence:
        yield subject, term_iri("confidence"), literal(node.confidence, XSD + "decimal"), where


def _instrument(node: Node, subject: str, where: str) -> Iterator[Statement]:
    yield subject, DCTERMS + "title", literal(node.label, language="en"), where
    if node.kind:
        yield (
            subject,
            term_iri("instrumentType"),
            iri(code_iri("instrument-type", node.kind)),
            where,
        )
    if node.level:
        yield subject, term_iri("level"), iri(code_iri("level", node.level)), where
    if node.jurisdiction:
        code = node.jurisdiction.lower().replace(" ", "-")
        yield subject, term_iri("jurisdiction"), iri(code_iri("jurisdiction", code)), where
    if node.issued:
        yield subject, DCTERMS + "issued", literal(node.issued), where
        period = subject + "/issued"
        yield subject, term_iri("hasPeriod"), iri(period), where
        yield period, RDF + "type", iri(DCTERMS + "PeriodOfTime"), where
        yield period, term_iri("periodRole"), iri(code_iri("period-role", "issued")), where
        yield from _edtf(period, node.issued, where)


def _edtf(period: str, edtf: str, where: str) -> Iterator[Statement]:
    yield period, term_iri("edtf"), literal(edtf), where
    first, last = bounds(edtf)
    if first:
        yield period, DCAT + "startDate", literal(first, XSD + "date"), where
    if last:
        yield period, DCAT + "endDate", literal(last, XSD + "date"), where


def _evidence(
    subject: str, found: Iterable[Passage], passages: dict[str, Passage], where: str
) -> Iterator[Statement]:
    """Yield the evidence of a thing, and note its passages to be described once."""
    for passage in found:
        name = passage_iri(passage)
        passages[name] = passage
        yield subject, term_iri("evidence"), iri(name), where


def _claim(claim: Claim, passages: dict[str, Passage]) -> Iterator[Statement]:
    subject = claim_iri(claim)
    yield subject, RDF + "type", iri(term_iri("Claim")), CLAIMS
    yield subject, term_iri("subject"), iri(node_iri(claim.subject)), CLAIMS
    yield subject, term_iri("predicate"), iri(term_iri(claim.predicate)), CLAIMS
    yield subject, term_iri("object"), iri(node_iri(claim.object)), CLAIMS
    yield subject, term_iri("basis"), iri(code_iri("basis", claim.basis.word)), CLAIMS
    yield subject, term_iri("decision"), iri(code_iri("decision", claim.decision)), CLAIMS
    yield from _evidence(subject, claim.evidence, passages, CLAIMS)
    for premise in claim.premises:
        yield subject, term_iri("premise"), iri(ID + "claim/" + premise), CLAIMS
    if claim.rule:
        yield subject, term_iri("byRule"), iri(RULE + claim.rule), CLAIMS
    who = SOFTWARE if claim.basis is Basis.INFERRED else node_iri(claim.by or "reader")
    yield subject, PROV + "wasAttributedTo", iri(who), CLAIMS
    if claim.on:
        when = literal(f"{claim.on}T00:00:00Z", XSD + "dateTime")
        yield subject, PROV + "generatedAtTime", when, CLAIMS
    if claim.rationale:
        yield subject, term_iri("rationale"), literal(claim.rationale), CLAIMS
    if claim.confidence:
        value = literal(claim.confidence, XSD + "decimal")
        yield subject, term_iri("confidence"), value, CLAIMS
    if claim.accepted and claim.basis is not Basis.SUGGESTED:
        where = INFERRED if claim.basis is Basis.INFERRED else ASSERTED
        yield (
            node_iri(claim.subject),
            term_iri(claim.predicate),
            iri(node_iri(claim.object)),
            where,
        )


def claim_iri(claim: Claim) -> str:
    """Return the IRI of a claim."""
    return ID + "claim/" + claim.id


def _passage(name: str, passage: Passage) -> Iterator[Statement]:
    selector = name.replace("/passage/", "/selector/")
    yield name, RDF + "type", iri(term_iri("Passage")), CLAIMS
    yield name, OA + "hasSource", iri(ID + "text/" + passage.document), CLAIMS
    yield name, OA + "hasSelector", iri(selector), CLAIMS
    yield selector, RDF + "type", iri(OA + "TextQuoteSelector"), CLAIMS
    yield selector, RDF + "type", iri(OA + "TextPositionSelector"), CLAIMS
    yield selector, OA + "exact", literal(passage.exact), CLAIMS
    for label, value in (
        (OA + "start", passage.start),
        (OA + "end", passage.end),
        (term_iri("firstLine"), passage.first_line),
        (term_iri("lastLine"), passage.last_line),
    ):
        yield selector, label, literal(str(value), XSD + "integer"), CLAIMS


def _fact(graph: KnowledgeGraph, fact: Fact, passages: dict[str, Passage]) -> Iterator[Statement]:
    subject, about = node_iri(fact.id), node_iri(fact.subject)
    where = source_graph(graph, fact.subject)
    yield subject, RDF + "type", iri(class_iri(fact.kind)), where
    if fact.kind == "Allocation":
        yield subject, RDF + "type", iri(SCHEMA + "MonetaryAmount"), INFERRED
    if fact.note:
        yield subject, SKOS + "note", literal(fact.note, language="en"), where
    if fact.kind in ("Period", "Allocation"):
        yield subject, term_iri("basis"), iri(code_iri("basis", fact.basis.word)), where
    for s, p, o in _FACTS[fact.kind](fact, subject, about):
        yield s, p, o, where
    if fact["edtf"]:
        if fact.kind == "Period":
            yield from _edtf(subject, fact["edtf"], where)
        else:
            yield subject, term_iri("hasPeriod"), iri(subject + "/period"), where
            yield subject + "/period", RDF + "type", iri(DCTERMS + "PeriodOfTime"), where
            yield from _edtf(subject + "/period", fact["edtf"], where)
    yield from _evidence(subject, fact.passages, passages, where)


def _period(fact: Fact, subject: str, about: str) -> Iterator[tuple[str, str, str]]:
    yield about, term_iri("hasPeriod"), iri(subject)
    yield subject, term_iri("verbatim"), literal(fact["words"])
    yield subject, term_iri("periodRole"), iri(code_iri("period-role", fact["role"]))
    if fact["precision"]:
        yield subject, term_iri("precision"), iri(code_iri("precision", fact["precision"]))
    if fact["undated"]:
        yield subject, term_iri("undatedReason"), iri(code_iri("undated-reason", fact["undated"]))


def _allocation(fact: Fact, subject: str, about: str) -> Iterator[tuple[str, str, str]]:
    yield about, term_iri("hasAllocation"), iri(subject)
    yield subject, term_iri("amountAsWritten"), literal(fact["amount_words"])
    yield subject, term_iri("fundingNature"), iri(code_iri("funding-nature", fact["nature"]))
    if fact["amount"]:
        yield subject, SCHEMA + "value", literal(fact["amount"], XSD + "decimal")
    if fact["currency"]:
        yield subject, SCHEMA + "currency", literal(fact["currency"])
    if fact["stream"]:
        yield subject, term_iri("fromStream"), iri(node_iri(fact["stream"]))


def _absence(fact: Fact, subject: str, about: str) -> Iterator[tuple[str, str, str]]:
    yield subject, term_iri("absenceOf"), iri(about)
    yield subject, term_iri("missingProperty"), iri(code_iri("missing-property", fact["property"]))
    yield subject, term_iri("missingKind"), iri(code_iri("missing-kind", fact["kind"]))
    if fact["applies_to"]:
        yield subject, term_iri("appliesToClass"), iri(term_iri(fact["applies_to"]))
    if fact["folded_into"]:
        yield subject, term_iri("foldedInto"), iri(node_iri(fact["folded_into"]))


def _observation(fact: Fact, subject: str, about: str) -> Iterator[tuple[str, str, str]]:
    yield subject, term_iri("observedIn"), iri(about)
    yield subject, term_iri("verbatim"), literal(fact["value_words"])
    if fact["value"]:
        yield subject, SCHEMA + "value", literal(fact["value"])
    if fact["unit"]:
        yield subject, SCHEMA + "unitText", literal(fact["unit"])


def _defect(fact: Fact, subject: str, about: str) -> Iterator[tuple[str, str, str]]:
    yield subject, term_iri("affects"), iri(about)
    yield subject, term_iri("defectKind"), iri(code_iri("defect-kind", fact["kind"]))
    yield subject, RDFS + "comment", literal(fact["description"], language="en")
    if fact["repair"]:
        yield subject, term_iri("repair"), literal(fact["repair"])
    if fact["confidence"]:
        yield subject, term_iri("confidence"), literal(fact["confidence"], XSD + "decimal")
    for passage in fact.passages[:1]:
        yield subject, term_iri("defectIn"), iri(ID + "text/" + passage.document)


_FACTS: Final = {
    "Period": _period,
    "Allocation": _allocation,
    "StatedAbsence": _absence,
    "Observation": _observation,
    "SourceDefect": _defect,
}
