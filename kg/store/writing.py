"""Writing a graph for other tools, in any of the formats of a registry."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from kg.model.tables import inert
from kg.store.formats import FORMATS, find_format
from kg.store.rdf_exports import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph
    from kg.store.formats import Format, Source

__all__ = ["PREFIXES", "claims_csv", "write_export"]


def write_export(
    source: Source, target: Path, form: str = "", formats: Mapping[str, Format] = FORMATS
) -> Path:
    """Write a graph to a file, aside first.

    Args:
        source: What to write.
        target: The file; its ending is the format unless `form` says another.
        form: The format.
        formats: The formats that are known.

    Raises:
        ExportError: If the format is not known.
    """
    find_format(formats, form, target.suffix).writer(source, target)
    return target


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
