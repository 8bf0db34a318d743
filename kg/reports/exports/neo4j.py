"""The graph as CSV for Neo4j's bulk import."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from kg.model.identifiers import ID
from kg.reports.exports.folder import write_folder
from kg.reports.exports.links import (
    LINK_COLUMNS,
    LOSSES,
    NODE_COLUMNS,
    counted,
    lines_of,
    link_cells,
    node_cells,
    words_of,
)
from kg.reports.exports.sheets import guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph

_CHUNK: Final = 2_000
_NODES: Final = tuple(name for name in NODE_COLUMNS if name not in {"alternatives", "repaired"})
_LINKS: Final = tuple(name for name in LINK_COLUMNS if name != "premises")
_FACTS: Final = ("basis", "note", "lines", "quotation")
_DOCUMENTS: Final = ("path", "sha256", "title", "instrument", "read_by", "read_on")
FACT: Final = ID + "fact/"
DOCUMENT: Final = ID + "text/"
"""What stands before the ids of facts and documents, so that they are no node's."""
NEO4J_LOSSES: Final = (
    *(loss for loss in LOSSES if not loss.startswith(("Facts", "Documents", "Members"))),
    "A semicolon in another name of a node: it is made full-width, as lists part at semicolons.",
    "The faults of a flat table's single rows.",
)
_README: Final = """Neo4j

Import into an empty database of Neo4j 5 (with the server stopped), in this folder:

  neo4j-admin database import full neo4j --multiline-fields=true --id-type=string \\
    --nodes=nodes.csv --nodes=facts.csv --nodes=documents.csv \\
    --relationships=links.csv --relationships=about.csv --relationships=members.csv

Labels are the classes of the ontology, types of relationships its properties. A cell that would
begin like a formula (= + - @, tab, carriage return) has an apostrophe before it.
"""


def write_neo4j(graph: KnowledgeGraph, target: Path) -> Path:
    """Write a graph as a folder of CSV for `neo4j-admin database import`.

    Args:
        graph: The graph.
        target: The folder; an unchanged earlier export there is replaced.

    Returns:
        The folder.

    Raises:
        ExportError: If the folder is taken or cannot be written.

    Example:
        >>> import kg, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     made = write_neo4j(kg.load(), Path(folder) / "neo4j")
        ...     (made / "about.csv").read_text().splitlines()[0]
        ':START_ID,:END_ID,:TYPE'
    """
    names = list(dict.fromkeys(name for fact in graph.facts for name in fact.values))
    files: dict[str, Iterable[str]] = {
        "nodes.csv": _csv(
            (":ID", "id", ":LABEL", *_NODES, "repaired:boolean", "alternatives:string[]"),
            _node_rows(graph),
        ),
        "facts.csv": _csv(
            (":ID", ":LABEL", *_FACTS, *(f"value_{name}" for name in names)),
            _fact_rows(graph, names),
        ),
        "documents.csv": _csv((":ID", "id", ":LABEL", *_DOCUMENTS), _document_rows(graph)),
        "links.csv": _csv(
            (":START_ID", ":END_ID", ":TYPE", "claim", *_LINKS, "premises:string[]"),
            _link_rows(graph),
        ),
        "about.csv": _csv(
            (":START_ID", ":END_ID", ":TYPE"),
            ((FACT + f.id, f.subject, "about") for f in graph.facts if f.subject in graph.nodes),
        ),
        "members.csv": _csv((":START_ID", ":END_ID", ":TYPE", "place:int"), _member_rows(graph)),
    }
    return write_folder(target, _README, files)


def _node_rows(graph: KnowledgeGraph) -> Iterator[tuple[str, ...]]:
    for node in graph.nodes.values():
        cells = dict(zip(NODE_COLUMNS, node_cells(node), strict=True))
        plain = (str(cells[name]) for name in _NODES)
        repaired = "true" if node.repaired else "false"
        yield node.id, node.id, node.cls, *plain, repaired, _array(node.alternatives)


def _link_rows(graph: KnowledgeGraph) -> Iterator[tuple[str, ...]]:
    for claim in counted(graph):
        cells = dict(zip(LINK_COLUMNS, link_cells(claim), strict=True))
        plain = (cells[name] for name in _LINKS)
        ends = claim.subject, claim.object, claim.predicate
        yield *ends, claim.id, *plain, _array(claim.premises)


def _fact_rows(graph: KnowledgeGraph, names: list[str]) -> Iterator[tuple[str, ...]]:
    for fact in graph.facts:
        where = lines_of(fact.passages), words_of(fact.passages)
        values = (fact[name] for name in names)
        yield FACT + fact.id, f"Fact;{fact.kind}", fact.basis.word, fact.note, *where, *values


def _document_rows(graph: KnowledgeGraph) -> Iterator[tuple[str, ...]]:
    for document in graph.documents.values():
        plain = (str(getattr(document, name)) for name in _DOCUMENTS)
        yield DOCUMENT + document.id, document.id, "Document", *plain


def _member_rows(graph: KnowledgeGraph) -> Iterator[tuple[str, ...]]:
    for node in graph.nodes.values():
        for place, member in enumerate(node.members, 1):
            if member in graph.nodes:
                yield node.id, member, "hasMember", str(place)


def _array(values: Iterable[str]) -> str:
    return ";".join(value.replace(";", "；") for value in values)


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    stream = io.StringIO()
    # Of line ends in cells Python 3.11 quotes those that occur in its own: so both must.
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(header)
    for number, row in enumerate(rows, 1):
        writer.writerow(map(guarded, row))  # ids too: different ones stay different
        if number % _CHUNK == 0:
            yield stream.getvalue()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue()
