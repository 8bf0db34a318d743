"""SHACL: the shapes of the ontology over a graph's triples."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
from pyshacl import validate as run_shacl
from rdflib import RDF, SH, Graph

from kg.model.findings import Finding, Severity
from kg.model.identifiers import local_id
from kg.resources import ontology_folder
from kg.store.dataset import parse_turtle

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def shape_files() -> list[Path]:
    """Return the files of shapes.

    Example:
        >>> [path.stem for path in shape_files()]
        ['claims', 'elements', 'evidence', 'instruments']
    """
    return sorted((ontology_folder() / "shapes").glob("*.ttl"))


def validate(lines: Iterable[str]) -> list[Finding]:
    """Check N-Quads lines against the shapes and return one finding a violation.

    Example:
        >>> validate([])
        []
    """
    quads = ox.parse("\n".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    triples = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES)
    data = Graph()
    data.parse(data=triples or b"", format="nt")
    shapes = Graph()
    for path in shape_files():
        parse_turtle(path)  # strictly first: rdflib forgives what others do not
        shapes.parse(path, format="turtle")
    conforms, report, _ = run_shacl(data, shacl_graph=shapes, inference="none", advanced=False)
    if conforms:
        return []
    found = []
    for result in report.subjects(RDF.type, SH.ValidationResult):
        node = local_id(str(report.value(result, SH.focusNode)))
        message = str(report.value(result, SH.resultMessage))
        found.append(
            Finding(
                "shape",
                Severity.ERROR,
                node,
                message,
                "Mend the register row that it comes from, and build again.",
            )
        )
    return sorted(found, key=lambda finding: (finding.message, finding.node))
