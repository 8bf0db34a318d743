"""The graph as one JSON file: the records themselves, described by a JSON Schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.model.identifiers import HOME, ID, node_iri
from kg.store.files import write_text
from kg.store.records import NODE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.errors import Place
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Decision, Document, Fact, Node, Passage, Problem

SCHEMA: Final = HOME + "schema/graph-1.json"
"""The name of the JSON Schema; `json_schema` returns it."""
LOSSES: Final = ("Waivers and reviews, which are about findings and readings.",)
_encode: Final = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode
_CLAIM_TEXTS: Final = (
    *("id", "subject", "predicate", "object", "decision", "by", "on", "rationale", "confidence"),
    *("rule", "note", "valid", "score", "model"),
)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the export.

    Example:
        >>> json_schema()["$id"] == SCHEMA
        True
    """
    text = Path(__file__).with_name("graph.schema.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def write_json(graph: KnowledgeGraph, target: Path) -> Path:
    """Write a graph as JSON: every record, one a line; a field that is empty is left out.

    Args:
        graph: The graph.
        target: The file.

    Returns:
        The file.

    Raises:
        KgError: If the file cannot be written.

    Example:
        >>> import kg, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = write_json(kg.load(), Path(folder) / "lineage.json")
        ...     sorted(json.loads(path.read_text(encoding="utf-8")))
        ['$schema', 'claims', 'documents', 'facts', 'flat', 'nodes', 'problems']
    """
    write_text(target, _pieces(graph))
    return target


def _pieces(graph: KnowledgeGraph) -> Iterator[str]:
    yield f'{{"$schema": {_encode(SCHEMA)},\n"flat": {_encode(graph.flat)},\n'
    yield from _listed("documents", map(_document, graph.documents.values()))
    yield ",\n"
    yield from _listed("nodes", map(_node, graph.nodes.values()))
    yield ",\n"
    yield from _listed("claims", map(_claim, graph.claims))
    yield ",\n"
    yield from _listed("facts", map(_fact, graph.facts))
    yield ",\n"
    yield from _listed("problems", map(_problem, graph.problems))
    yield "}\n"


def _listed(name: str, records: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f'"{name}": ['
    between = "\n"
    for record in records:
        # An unpaired surrogate is no character of UTF-8; JSON has a way to write it.
        line = _encode({key: value for key, value in record.items() if value or value == 0})
        yield between + (line if line.isprintable() else _safe(line))
        between = ",\n"
    yield "\n]"


def _safe(line: str) -> str:
    return "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in line)


def _document(d: Document) -> dict[str, Any]:
    names = ("id", "path", "sha256", "title", "instrument", "read_by", "read_on")
    return {name: getattr(d, name) for name in names}


def _node(node: Node) -> dict[str, Any]:
    plain = {("class" if f == "cls" else f): getattr(node, f) for f in NODE_FIELDS}
    return {
        "iri": node_iri(node.id),
        **plain,
        "repaired": node.repaired or None,
        "alternatives": node.alternatives,
        "members": node.members,
        "passages": _passages(node.passages),
        "origin": _place(node.origin),
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "iri": f"{ID}claim/{claim.id}",
        **{name: getattr(claim, name) for name in _CLAIM_TEXTS},
        "basis": claim.basis.word,
        "support": [basis.word for basis in sorted(claim.support)],
        "premises": claim.premises,
        "evidence": _passages(claim.evidence),
        "origin": _place(claim.origin),
        "decisions": [_decision(d) for d in claim.decisions],
    }


def _decision(d: Decision) -> dict[str, Any]:
    found = {"decision": d.decision, "by": d.by, "on": d.on, "reason": d.reason}
    return {k: v for k, v in {**found, "origin": _place(d.origin)}.items() if v}


def _fact(fact: Fact) -> dict[str, Any]:
    return {
        "id": fact.id,
        "kind": fact.kind,
        "subject": fact.subject,
        "values": fact.values,
        "passages": _passages(fact.passages),
        "basis": fact.basis.word,
        "note": fact.note,
        "origin": _place(fact.origin),
    }


def _problem(problem: Problem) -> dict[str, Any]:
    found = {"rule": problem.rule, "node": problem.node, "message": problem.message}
    return {**found, "place": _place(problem.place)}


def _passages(passages: Iterable[Passage]) -> list[dict[str, Any]]:
    return [
        {
            "document": p.document,
            "start": p.start,
            "end": p.end,
            "first_line": p.first_line,
            "last_line": p.last_line,
            "exact": p.exact,
        }
        for p in passages
    ]


def _place(place: Place) -> dict[str, Any]:
    if not (place.path or place.line or place.column):
        return {}
    return {"path": place.path, "line": place.line, "column": place.column}
