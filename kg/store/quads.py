"""Records as RDF: sorted N-Quads, one line a statement, the same bytes for the same records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg import terms
from kg.model.bases import Basis
from kg.model.identifiers import (
    GRAPH,
    ID,
    RULE,
    code_iri,
    node_iri,
    term_iri,
)
from kg.model.levels import ELEMENTS
from kg.store.fact_quads import fact_statements
from kg.store.rdf import (
    ASSERTED,
    CLAIMS,
    DC,
    DCTERMS,
    FOAF,
    INFERRED,
    OA,
    PROV,
    RDF,
    RDFS,
    READER,
    SKOS,
    SOFTWARE,
    XSD,
    claim_iri,
    class_iri,
    edtf_statements,
    evidence_statements,
    iri,
    literal,
    record_statement,
    source_graph,
    text_iri,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Document, Node, Passage
    from kg.store.rdf import Statement


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
        yield from document_statements(document)
    for node in graph.nodes.values() if nodes is None else nodes:
        yield from _node(graph, node, passages)
    for claim in graph.claims:
        yield from _claim(claim, passages)
    for fact in graph.facts:
        yield from fact_statements(graph, fact, passages)
    for name, passage in passages.items():
        yield from _passage(name, passage)


def statements_of(
    graph: KnowledgeGraph, node: Node, claims: Iterable[Claim]
) -> Iterator[Statement]:
    """Yield what a graph says of one node and of some claims about it, passages included."""
    passages: dict[str, Passage] = {}
    yield from _node(graph, node, passages)
    for claim in claims:
        yield from _claim(claim, passages)
    for name, passage in passages.items():
        yield from _passage(name, passage)


def encode_line(statement: Statement) -> bytes:
    r"""Write a statement as a line of N-Quads, with its line end.

    Example:
        >>> encode_line(("http://e/s", "http://e/p", '"o"', "http://e/g"))
        b'<http://e/s> <http://e/p> "o" <http://e/g> .\n'
    """
    subject, predicate, value, graph = statement
    return f"<{subject}> <{predicate}> {value} <{graph}> .\n".encode()


def document_statements(document: Document) -> Iterator[Statement]:
    """Yield what is said of a document."""
    subject = text_iri(document.id)
    where = GRAPH + "source/" + node_iri(document.id)[len(ID) :]
    yield subject, RDF + "type", iri(term_iri("SourceText")), where
    yield subject, DCTERMS + "title", literal(document.title or document.id, language="en"), where
    if document.sha256:
        yield subject, term_iri("sha256"), literal(document.sha256), where
    if document.instrument:
        yield subject, term_iri("textOf"), iri(node_iri(document.instrument)), where
    yield subject, DCTERMS + "identifier", literal(document.path), where
    if document.read_by:
        yield subject, DCTERMS + "contributor", iri(node_iri(document.read_by)), where
    if document.read_on:
        yield subject, DCTERMS + "date", literal(document.read_on), where


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
    if node.jurisdiction:
        code = node.jurisdiction.lower().replace(" ", "-")
        yield subject, term_iri("jurisdiction"), iri(code_iri("jurisdiction", code)), where
    if node.place:
        yield subject, DCTERMS + "coverage", literal(node.place), where
    if node.valid:
        yield subject, DCTERMS + "valid", literal(node.valid), where
    yield from evidence_statements(subject, node.passages, passages, where)
    yield from record_statement(subject, node.origin, where)


def _element(node: Node, subject: str, where: str) -> Iterator[Statement]:
    words = "repairedText" if node.repaired else "verbatim"
    if node.text:
        yield subject, term_iri(words), literal(node.text), where
    if node.instrument:
        yield subject, term_iri("setOutIn"), iri(node_iri(node.instrument)), where
        if node.kind:
            yield subject, term_iri("elementKind"), iri(code_iri("element-kind", node.kind)), where
    elif node.kind:
        # In a table of somebody's own the kind is a word of theirs, not a code of ours.
        yield subject, DCTERMS + "type", literal(node.kind), where
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
    if node.issued:
        yield subject, DCTERMS + "issued", literal(node.issued), where
        period = subject + "/issued"
        yield subject, term_iri("hasPeriod"), iri(period), where
        yield period, RDF + "type", iri(DCTERMS + "PeriodOfTime"), where
        yield period, term_iri("periodRole"), iri(code_iri("period-role", "issued")), where
        yield from edtf_statements(period, node.issued, where)


def _claim(claim: Claim, passages: dict[str, Passage]) -> Iterator[Statement]:
    subject = claim_iri(claim)
    yield subject, RDF + "type", iri(term_iri("Claim")), CLAIMS
    yield subject, term_iri("subject"), iri(node_iri(claim.subject)), CLAIMS
    yield subject, term_iri("predicate"), iri(term_iri(claim.predicate)), CLAIMS
    yield subject, term_iri("object"), iri(node_iri(claim.object)), CLAIMS
    yield subject, term_iri("basis"), iri(code_iri("basis", claim.basis.word)), CLAIMS
    yield subject, term_iri("decision"), iri(code_iri("decision", claim.decision)), CLAIMS
    yield from evidence_statements(subject, claim.evidence, passages, CLAIMS)
    for premise in claim.premises:
        yield subject, term_iri("premise"), iri(ID + "claim/" + premise), CLAIMS
    if claim.rule:
        yield subject, term_iri("byRule"), iri(RULE + claim.rule), CLAIMS
    who = SOFTWARE if claim.basis is Basis.INFERRED else node_iri(claim.by or READER)
    yield subject, PROV + "wasAttributedTo", iri(who), CLAIMS
    if claim.on:
        when = literal(f"{claim.on}T00:00:00Z", XSD + "dateTime")
        yield subject, PROV + "generatedAtTime", when, CLAIMS
    if claim.rationale:
        yield subject, term_iri("rationale"), literal(claim.rationale), CLAIMS
    if claim.confidence:
        value = literal(claim.confidence, XSD + "decimal")
        yield subject, term_iri("confidence"), value, CLAIMS
    for name, text, datatype in (
        ("score", claim.score, XSD + "decimal"),
        ("model", claim.model, ""),
    ):
        if text:
            yield subject, term_iri(name), literal(text, datatype), CLAIMS
    if claim.note:
        yield subject, SKOS + "note", literal(claim.note, language="en"), CLAIMS
    if claim.valid:
        yield subject, DCTERMS + "valid", literal(claim.valid), CLAIMS
    yield from record_statement(subject, claim.origin, CLAIMS)
    yield from _decisions(claim, subject)
    if claim.accepted and claim.basis is not Basis.SUGGESTED:
        where = INFERRED if claim.basis is Basis.INFERRED else ASSERTED
        yield (
            node_iri(claim.subject),
            term_iri(claim.predicate),
            iri(node_iri(claim.object)),
            where,
        )


def _decisions(claim: Claim, subject: str) -> Iterator[Statement]:
    """Yield the history of a claim; the numbers in the names keep its order."""
    for number, taken in enumerate(claim.decisions, start=1):
        name = f"{subject}/decision/{number}"
        yield subject, term_iri("hasDecision"), iri(name), CLAIMS
        yield name, RDF + "type", iri(term_iri("Decision")), CLAIMS
        yield name, term_iri("decision"), iri(code_iri("decision", taken.decision)), CLAIMS
        # A name as people write it, and no identity: two of the same name may be two people.
        yield name, DC + "creator", literal(taken.by), CLAIMS
        if taken.on:
            yield name, DCTERMS + "date", literal(taken.on, XSD + "date"), CLAIMS
        if taken.reason:
            yield name, SKOS + "note", literal(taken.reason), CLAIMS
        yield from record_statement(name, taken.origin, CLAIMS)
    if claim.decisions and claim.decisions[0].decision == "added":
        yield node_iri(claim.by), FOAF + "name", literal(claim.by), CLAIMS


def _passage(name: str, passage: Passage) -> Iterator[Statement]:
    selector = name.replace("/passage/", "/selector/")
    yield name, RDF + "type", iri(term_iri("Passage")), CLAIMS
    yield name, OA + "hasSource", iri(text_iri(passage.document)), CLAIMS
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
