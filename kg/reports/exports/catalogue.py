"""Every export of this row: what it is for, how it is written, and what it leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.reports.exports import csvw, gexf, graphml, neo4j, records, sssom, stratml, workbook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph


@dataclass(frozen=True, slots=True)
class Export:
    """A format.

    Args:
        name: What commands call it.
        endings: File endings that choose it, without the dot; none for a folder.
        sentence: What it is and what it is for.
        losses: What it does not carry, a sentence each.
        lossless: Whether reading it back gives equal records.
        write: Writes a graph to a path.
        folder: Whether it is a folder of files.
        media_type: Its media type.
    """

    name: str
    endings: tuple[str, ...]
    sentence: str
    losses: tuple[str, ...]
    lossless: bool
    write: Callable[[KnowledgeGraph, Path], Path]
    folder: bool = False
    media_type: str = ""


_ALL: Final = (
    Export(
        "csvw",
        (),
        "A folder of CSV tables with CSVW metadata: for pandas, R, databases.",
        csvw.LOSSES,
        lossless=True,
        write=csvw.write_csvw,
        folder=True,
        media_type="text/csv",
    ),
    Export(
        "xlsx",
        ("xlsx",),
        "An Excel workbook, a sheet a table: for reading and filtering.",
        workbook.LOSSES,
        lossless=False,
        write=workbook.write_xlsx,
        media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    Export(
        "json",
        ("json",),
        "The records as JSON, with a JSON Schema: for programs.",
        records.LOSSES,
        lossless=True,
        write=records.write_json,
        media_type="application/json",
    ),
    Export(
        "graphml",
        ("graphml",),
        "GraphML: for NetworkX, igraph, yEd, Cytoscape.",
        graphml.GRAPHML_LOSSES,
        lossless=False,
        write=graphml.write_graphml,
        media_type="application/graphml+xml",
    ),
    Export(
        "gexf",
        ("gexf",),
        "GEXF 1.2: for Gephi.",
        gexf.GEXF_LOSSES,
        lossless=False,
        write=gexf.write_gexf,
        media_type="application/gexf+xml",
    ),
    Export(
        "neo4j",
        (),
        "A folder of CSV for the bulk import of Neo4j.",
        neo4j.NEO4J_LOSSES,
        lossless=False,
        write=neo4j.write_neo4j,
        folder=True,
        media_type="text/csv",
    ),
    Export(
        "stratml",
        (),
        "A folder of StratML Part 2, a file a plan: for catalogues of strategic plans.",
        stratml.LOSSES,
        lossless=False,
        write=stratml.write_stratml,
        folder=True,
        media_type="application/xml",
    ),
    Export(
        "sssom",
        ("tsv",),
        "SSSOM, a row a link: for tools that work with mappings.",
        sssom.LOSSES,
        lossless=False,
        write=sssom.write_sssom,
        media_type="text/tab-separated-values",
    ),
)
EXPORTS: Final = {export.name: export for export in _ALL}
"""The exports by name."""
