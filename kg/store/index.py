"""A graph as one JSON text: what `trace`, `audit`, `matrix`, `show` and `search` read.

Reading it needs nothing but the standard library, so that the first answer comes at once;
the triples beside it say the same to everything that speaks RDF.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kg.errors import LoadError, Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Document, Fact, Node, Passage

if TYPE_CHECKING:
    from pathlib import Path

FORMAT: Final = 1
_NODE: Final = (
    "id",
    "cls",
    "label",
    "text",
    "kind",
    "instrument",
    "called_in_source",
    "number",
    "confidence",
    "level",
    "jurisdiction",
    "place",
    "issued",
    "supersedes",
    "note",
)


def dump_index(graph: KnowledgeGraph) -> str:
    """Write a graph as JSON, with fixed order and form.

    Example:
        >>> graph = KnowledgeGraph({"a": Node("a", "Action", "A")}, ())
        >>> load_index(dump_index(graph), "x.json").nodes["a"].label
        'A'
    """
    passages = sorted(
        {p for n in graph.nodes.values() for p in n.passages}
        | {p for c in graph.claims for p in c.evidence}
        | {p for f in graph.facts for p in f.passages}
    )
    number = {passage: place for place, passage in enumerate(passages)}
    content = {
        "format": FORMAT,
        "documents": [
            [d.id, d.path, d.sha256, d.title, d.instrument, d.read_by, d.read_on]
            for d in graph.documents.values()
        ],
        "passages": [
            [p.document, p.start, p.end, p.first_line, p.last_line, p.exact] for p in passages
        ],
        "nodes": [
            [
                *(getattr(n, name) for name in _NODE),
                int(n.repaired),
                list(n.alternatives),
                list(n.members),
                [number[p] for p in n.passages],
                _place(n.origin),
            ]
            for n in graph.nodes.values()
        ],
        "claims": [
            [
                c.id,
                c.subject,
                c.predicate,
                c.object,
                int(c.basis),
                c.decision,
                [number[p] for p in c.evidence],
                c.by,
                c.on,
                c.rationale,
                c.confidence,
                c.rule,
                list(c.premises),
                sorted(map(int, c.support)),
                c.note,
                _place(c.origin),
            ]
            for c in graph.claims
        ],
        "facts": [
            [
                f.id,
                f.kind,
                f.subject,
                f.values,
                [number[p] for p in f.passages],
                int(f.basis),
                f.note,
                _place(f.origin),
            ]
            for f in graph.facts
        ],
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True) + "\n"


def load_index(text: str, shown: str) -> KnowledgeGraph:
    """Read a graph from the JSON that `dump_index` wrote.

    Raises:
        LoadError: If the text is not such a JSON, or of another format.
    """
    try:
        content: dict[str, Any] = json.loads(text)
        if content["format"] != FORMAT:
            raise LoadError(
                "release-format",
                f"{shown} has format {content['format']}, not {FORMAT}",
                hint="build it again with: kg build",
            )
        return _graph(content)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise LoadError(
            "release-broken",
            f"{shown} cannot be read: {error}",
            hint="build it again with: kg build",
        ) from error


def read_index(path: Path) -> KnowledgeGraph:
    """Read a graph from a file.

    Raises:
        LoadError: If the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise LoadError(
            "load-file",
            f"cannot read {path}: {error.strerror}",
            hint="build it again with: kg build",
        ) from error
    return load_index(text, str(path))


def _graph(content: dict[str, Any]) -> KnowledgeGraph:
    passages = [Passage(*entry) for entry in content["passages"]]
    bases = tuple(Basis)
    nodes = {}
    for entry in content["nodes"]:
        *plain, repaired, alternatives, members, places, origin = entry
        node = Node(
            **dict(zip(_NODE, plain, strict=True)),
            repaired=bool(repaired),
            alternatives=tuple(alternatives),
            members=tuple(members),
            passages=tuple(passages[i] for i in places),
            origin=Place(*origin),
        )
        nodes[node.id] = node
    claims = tuple(
        Claim(
            e[0],
            e[1],
            e[2],
            e[3],
            bases[e[4]],
            e[5],
            tuple(passages[i] for i in e[6]),
            e[7],
            e[8],
            e[9],
            e[10],
            e[11],
            tuple(e[12]),
            frozenset(bases[i] for i in e[13]),
            e[14],
            Place(*e[15]),
        )
        for e in content["claims"]
    )
    facts = tuple(
        Fact(
            e[0],
            e[1],
            e[2],
            e[3],
            tuple(passages[i] for i in e[4]),
            bases[e[5]],
            e[6],
            Place(*e[7]),
        )
        for e in content["facts"]
    )
    documents = {e[0]: Document(*e) for e in content["documents"]}
    return KnowledgeGraph(nodes, claims, facts, documents)


def _place(place: Place) -> list[str | int]:
    return [place.path, place.line, place.column]
