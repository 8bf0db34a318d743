"""How things are written as RDF: namespaces, terms as N-Triples, and the names of things."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.model.identifiers import GRAPH, ID, digest, node_iri, term_iri
from kg.model.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.errors import Place
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Passage

RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
DCTERMS: Final = "http://purl.org/dc/terms/"
DC: Final = "http://purl.org/dc/elements/1.1/"
DCAT: Final = "http://www.w3.org/ns/dcat#"
FOAF: Final = "http://xmlns.com/foaf/0.1/"
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

TEXT: Final = "text/"
"""What stands before a document's id in the local id of its text: a plan is no text of it."""
READER: Final = "reader"
"""Who holds a claim of which no register says whose it is."""
MEMBER: Final = RDF + "_"
"""What stands before the number of a container's member: the order of passages, from 1."""

Statement = tuple[str, str, str, str]
"""Subject, predicate, object, graph; the object already written as N-Triples."""


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


def text_iri(document: str) -> str:
    """Return the IRI of a document's text.

    Example:
        >>> text_iri("my plan")
        'https://w3id.org/policy-lineage/id/text/my%20plan'
    """
    return node_iri(TEXT + document)


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


def claim_iri(claim: Claim) -> str:
    """Return the IRI of a claim."""
    return ID + "claim/" + claim.id


def edtf_statements(period: str, edtf: str, where: str) -> Iterator[Statement]:
    """Yield a date as EDTF, with its first and last day where it has them."""
    yield period, term_iri("edtf"), literal(edtf), where
    first, last = bounds(edtf)
    if first:
        yield period, DCAT + "startDate", literal(first, XSD + "date"), where
    if last:
        yield period, DCAT + "endDate", literal(last, XSD + "date"), where


def evidence_statements(
    subject: str, found: Iterable[Passage], passages: dict[str, Passage], where: str
) -> Iterator[Statement]:
    """Yield the evidence of a thing, and note its passages to be described once.

    Where the passages are not quoted in the order in which they stand in the texts, their order
    is written too.
    """
    quoted = tuple(found)
    for passage in quoted:
        name = passage_iri(passage)
        passages[name] = passage
        yield subject, term_iri("evidence"), iri(name), where
    if list(quoted) != sorted(quoted):
        for place, passage in enumerate(quoted, start=1):
            yield subject, f"{MEMBER}{place}", iri(passage_iri(passage)), where


def record_statement(subject: str, origin: Place, where: str) -> Iterator[Statement]:
    """Yield the register row that a thing comes from, if it comes from one."""
    if origin.path:
        yield subject, term_iri("recordedIn"), literal(str(origin)), where
