"""Facts as RDF: periods, amounts, gaps, values and defects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.identifiers import code_iri, node_iri, term_iri
from kg.store.rdf import (
    DCTERMS,
    INFERRED,
    RDF,
    RDFS,
    SCHEMA,
    SKOS,
    XSD,
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
    from collections.abc import Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Fact, Passage
    from kg.store.rdf import Statement


def fact_statements(
    graph: KnowledgeGraph, fact: Fact, passages: dict[str, Passage]
) -> Iterator[Statement]:
    """Yield what is said of one fact, and note its passages to be described once."""
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
    if fact.kind == "Period":
        if fact["edtf"]:
            yield from edtf_statements(subject, fact["edtf"], where)
    elif fact["edtf"] or fact["period_words"]:
        period = subject + "/period"
        yield subject, term_iri("hasPeriod"), iri(period), where
        yield period, RDF + "type", iri(DCTERMS + "PeriodOfTime"), where
        if fact["edtf"]:
            yield from edtf_statements(period, fact["edtf"], where)
        if fact["period_words"]:
            yield period, term_iri("verbatim"), literal(fact["period_words"]), where
    yield from evidence_statements(subject, fact.passages, passages, where)
    yield from record_statement(subject, fact.origin, where)


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
        yield subject, term_iri("defectIn"), iri(text_iri(passage.document))


_FACTS: Final = {
    "Period": _period,
    "Allocation": _allocation,
    "StatedAbsence": _absence,
    "Observation": _observation,
    "SourceDefect": _defect,
}
