"""Writing a graph for other tools: Turtle, TriG, N-Quads, JSON-LD, CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import ExportError
from kg.model.tables import inert
from kg.store.dataset import open_store
from kg.store.releases import write_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph

PREFIXES: Final = {
    "lin": "https://w3id.org/policy-lineage/ns#",
    "id": "https://w3id.org/policy-lineage/id/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
FORMATS: Final = ("ttl", "trig", "nq", "jsonld", "csv")


def write_export(graph: KnowledgeGraph, lines: Sequence[str], target: Path, form: str = "") -> Path:
    """Write a graph to a file, aside first.

    Raises:
        ExportError: If the format is not known.
    """
    chosen = (form or target.suffix.removeprefix(".")).lower()
    if chosen not in FORMATS:
        raise ExportError(
            "unknown-format",
            f"{chosen or 'no ending'!r} is not a format",
            hint=f"one of {', '.join(FORMATS)}",
        )
    write_text(target, export_text(graph, lines, chosen))
    return target


def export_text(graph: KnowledgeGraph, lines: Sequence[str], form: str) -> str:
    """Return a graph as text in one of the formats.

    CSV holds the claims, one a row, and so leaves out everything that is no link; Turtle
    leaves out the named graphs.
    """
    if form == "nq":
        return "\n".join(lines) + "\n"
    if form == "csv":
        return claims_csv(graph)
    quads = list(open_store(lines))
    quads.sort(key=str)
    if form == "ttl":
        triples = sorted({quad.triple for quad in quads}, key=str)
        data = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES)
    else:
        known = {"trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}[form]
        data = ox.serialize(quads, format=known, prefixes=PREFIXES)
    return (data or b"").decode()


def claims_csv(graph: KnowledgeGraph) -> str:
    """Return every claim as a row of CSV; no cell runs as a formula."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(
        [
            "claim",
            "subject",
            "predicate",
            "object",
            "basis",
            "decision",
            "rule",
            "document",
            "lines",
            "quotation",
            "rationale",
        ]
    )
    for claim in graph.claims:
        evidence = claim.evidence
        writer.writerow(
            [
                inert(cell)
                for cell in (
                    claim.id,
                    claim.subject,
                    claim.predicate,
                    claim.object,
                    claim.basis.word,
                    claim.decision,
                    claim.rule,
                    evidence[0].document if evidence else "",
                    ", ".join(p.lines for p in evidence),
                    " | ".join(p.words for p in evidence),
                    claim.rationale,
                )
            ]
        )
    return stream.getvalue()
