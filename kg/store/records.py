"""Records as one JSON array each: how a release keeps nodes, claims and facts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kg.errors import Place
from kg.model.bases import Basis
from kg.model.records import Claim, Fact, Node, Passage, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

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
_BASES: Final = tuple(Basis)
_encode: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False
).encode
_decode: Final = json.JSONDecoder().decode


class Names:
    """Texts that many records share, such as documents and files, by number."""

    def __init__(self, names: Sequence[str] = ()) -> None:
        self.names = list(names)
        self._number = {name: place for place, name in enumerate(self.names)}

    def number(self, name: str) -> int:
        """Return the number of a name, a new one for a new name."""
        found = self._number.get(name)
        if found is None:
            found = self._number[name] = len(self.names)
            self.names.append(name)
        return found


def encode_node(node: Node, names: Names) -> bytes:
    """Write a node as JSON."""
    content = [
        *(getattr(node, name) for name in _NODE),
        int(node.repaired),
        node.alternatives,
        node.members,
        _passages(node.passages, names),
        _place(node.origin, names),
    ]
    return _encode(content).encode()


def decode_node(data: bytes, names: Sequence[str]) -> Node:
    """Read a node from JSON.

    Example:
        >>> names = Names()
        >>> node = Node("a", "Action", "An action", passages=(Passage("d", 1, 5, 1, 1, "text"),))
        >>> decode_node(encode_node(node, names), names.names) == node
        True
    """
    *plain, repaired, alternatives, members, passages, origin = _decode(str(data, "utf-8"))
    return Node(
        **dict(zip(_NODE, plain, strict=True)),
        repaired=bool(repaired),
        alternatives=tuple(alternatives),
        members=tuple(members),
        passages=_read_passages(passages, names),
        origin=_read_place(origin, names),
    )


def encode_claim(claim: Claim, names: Names) -> bytes:
    """Write a claim as JSON."""
    content = [
        claim.id,
        claim.subject,
        claim.predicate,
        claim.object,
        claim.basis,
        claim.decision,
        _passages(claim.evidence, names),
        claim.by,
        claim.on,
        claim.rationale,
        claim.confidence,
        claim.rule,
        claim.premises,
        sorted(claim.support),
        claim.note,
        _place(claim.origin, names),
    ]
    return _encode(content).encode()


def decode_claim(data: bytes, names: Sequence[str]) -> Claim:
    """Read a claim from JSON.

    Example:
        >>> names = Names()
        >>> claim = Claim("c", "a", "serves", "b", Basis.STATED, rationale="as said")
        >>> decode_claim(encode_claim(claim, names), names.names) == claim
        True
    """
    e = _decode(str(data, "utf-8"))
    return Claim(
        e[0],
        e[1],
        e[2],
        e[3],
        _BASES[e[4]],
        e[5],
        _read_passages(e[6], names),
        e[7],
        e[8],
        e[9],
        e[10],
        e[11],
        tuple(e[12]),
        frozenset(_BASES[i] for i in e[13]),
        e[14],
        _read_place(e[15], names),
    )


def encode_fact(fact: Fact, names: Names) -> bytes:
    """Write a fact as JSON."""
    content = [
        fact.id,
        fact.kind,
        fact.subject,
        fact.values,
        _passages(fact.passages, names),
        fact.basis,
        fact.note,
        _place(fact.origin, names),
    ]
    return _encode(content).encode()


def decode_fact(data: bytes, names: Sequence[str]) -> Fact:
    """Read a fact from JSON.

    Example:
        >>> names = Names()
        >>> fact = Fact("f", "Period", "a", {"words": "2019"})
        >>> decode_fact(encode_fact(fact, names), names.names) == fact
        True
    """
    e = _decode(str(data, "utf-8"))
    return Fact(
        e[0],
        e[1],
        e[2],
        e[3],
        _read_passages(e[4], names),
        _BASES[e[5]],
        e[6],
        _read_place(e[7], names),
    )


def encode_problem(problem: Problem, names: Names) -> bytes:
    """Write a problem as JSON."""
    content = [problem.rule, problem.node, problem.message, _place(problem.place, names)]
    return _encode(content).encode()


def decode_problem(data: bytes, names: Sequence[str]) -> Problem:
    """Read a problem from JSON.

    Example:
        >>> names = Names()
        >>> problem = Problem("missing-id", "row 3", "the row has no id", Place("t.csv", 3, 1))
        >>> decode_problem(encode_problem(problem, names), names.names) == problem
        True
    """
    rule, node, message, place = _decode(str(data, "utf-8"))
    return Problem(rule, node, message, _read_place(place, names))


def _passages(passages: Sequence[Passage], names: Names) -> list[list[Any]]:
    return [
        [names.number(p.document), p.start, p.end, p.first_line, p.last_line, p.exact]
        for p in passages
    ]


def _read_passages(found: list[list[Any]], names: Sequence[str]) -> tuple[Passage, ...]:
    return tuple(Passage(names[entry[0]], *entry[1:]) for entry in found)


def _place(place: Place, names: Names) -> list[int]:
    return [names.number(place.path), place.line, place.column]


def _read_place(found: list[int], names: Sequence[str]) -> Place:
    return Place(names[found[0]], found[1], found[2])
