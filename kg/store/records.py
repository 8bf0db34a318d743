"""Records as one JSON array each: how a release keeps nodes, claims and facts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from kg.errors import Place
from kg.model.bases import Basis
from kg.model.records import Claim, Decision, Fact, Node, Passage, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

NODE_FIELDS: Final = (
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
    "issued_words",
    "supersedes",
    "valid",
    "issuer",
    "note",
)
"""The fields of a node that are plain texts."""
_BASES: Final = tuple(Basis)
_PLAIN_CLAIM: Final = 17
"""How many entries a claim has without a history of decisions."""
_encode: Final = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False
).encode
_decode: Final = json.JSONDecoder().decode


class Shared:
    """What many records share, by number: texts such as the names of files, and passages.

    Args:
        names: The texts.
        passages: The passages.
    """

    def __init__(
        self, names: Sequence[str] = (), passages: Sequence[Passage] | None = None
    ) -> None:
        self.names = list(names)
        self._number = {name: place for place, name in enumerate(self.names)}
        self._held: list[Passage] = []
        self.passages: Sequence[Passage] = self._held if passages is None else passages

    def number(self, name: str) -> int:
        """Return the number of a text, a new one for a new text."""
        found = self._number.get(name)
        if found is None:
            found = self._number[name] = len(self.names)
            self.names.append(name)
        return found

    def passage(self, passage: Passage) -> int:
        """Return the number of a passage."""
        self._held.append(passage)
        return len(self._held) - 1


def encode_node(node: Node, shared: Shared) -> bytes:
    """Write a node as JSON."""
    content = [
        *(getattr(node, name) for name in NODE_FIELDS),
        int(node.repaired),
        node.alternatives,
        node.members,
        _passages(node.passages, shared),
        _place(node.origin, shared),
    ]
    return _encode(content).encode()


def decode_node(data: bytes, shared: Shared) -> Node:
    """Read a node from JSON.

    Example:
        >>> shared = Shared()
        >>> node = Node("a", "Action", "An action", passages=(Passage("d", 1, 5, 1, 1, "text"),))
        >>> decode_node(encode_node(node, shared), shared) == node
        True
    """
    *plain, repaired, alternatives, members, passages, origin = _decode(str(data, "utf-8"))
    return Node(
        **dict(zip(NODE_FIELDS, plain, strict=True)),
        repaired=bool(repaired),
        alternatives=tuple(alternatives),
        members=tuple(members),
        passages=_read_passages(passages, shared),
        origin=_read_place(origin, shared),
    )


def encode_claim(claim: Claim, shared: Shared) -> bytes:
    """Write a claim as JSON."""
    content = [
        claim.id,
        claim.subject,
        claim.predicate,
        claim.object,
        claim.basis,
        claim.decision,
        _passages(claim.evidence, shared),
        claim.by,
        claim.on,
        claim.rationale,
        claim.confidence,
        claim.rule,
        claim.premises,
        sorted(claim.support),
        claim.note,
        _place(claim.origin, shared),
        claim.valid,
    ]
    if claim.decisions or claim.score or claim.model:
        # Few claims have a history; the others do without the room for one.
        decisions = [
            [d.decision, d.by, d.on, d.reason, _place(d.origin, shared)] for d in claim.decisions
        ]
        content.append([decisions, claim.score, claim.model])
    return _encode(content).encode()


def decode_claim(data: bytes, shared: Shared) -> Claim:
    """Read a claim from JSON.

    Example:
        >>> shared = Shared()
        >>> claim = Claim("c", "a", "serves", "b", Basis.STATED, valid="2011/..")
        >>> decode_claim(encode_claim(claim, shared), shared) == claim
        True
    """
    e = _decode(str(data, "utf-8"))
    decisions, score, model = e[17] if len(e) > _PLAIN_CLAIM else ((), "", "")
    return Claim(
        e[0],
        e[1],
        e[2],
        e[3],
        _BASES[e[4]],
        e[5],
        _read_passages(e[6], shared),
        e[7],
        e[8],
        e[9],
        e[10],
        e[11],
        tuple(e[12]),
        frozenset(_BASES[i] for i in e[13]),
        e[14],
        _read_place(e[15], shared),
        e[16],
        tuple(Decision(d[0], d[1], d[2], d[3], _read_place(d[4], shared)) for d in decisions),
        score,
        model,
    )


def encode_fact(fact: Fact, shared: Shared) -> bytes:
    """Write a fact as JSON."""
    content = [
        fact.id,
        fact.kind,
        fact.subject,
        fact.values,
        _passages(fact.passages, shared),
        fact.basis,
        fact.note,
        _place(fact.origin, shared),
    ]
    return _encode(content).encode()


def decode_fact(data: bytes, shared: Shared) -> Fact:
    """Read a fact from JSON.

    Example:
        >>> shared = Shared()
        >>> fact = Fact("f", "Period", "a", {"words": "2019"})
        >>> decode_fact(encode_fact(fact, shared), shared) == fact
        True
    """
    e = _decode(str(data, "utf-8"))
    return Fact(
        e[0],
        e[1],
        e[2],
        e[3],
        _read_passages(e[4], shared),
        _BASES[e[5]],
        e[6],
        _read_place(e[7], shared),
    )


def encode_problem(problem: Problem, shared: Shared) -> bytes:
    """Write a problem as JSON."""
    content = [problem.rule, problem.node, problem.message, _place(problem.place, shared)]
    return _encode(content).encode()


def decode_problem(data: bytes, shared: Shared) -> Problem:
    """Read a problem from JSON.

    Example:
        >>> shared = Shared()
        >>> problem = Problem("missing-id", "row 3", "the row has no id", Place("t.csv", 3, 1))
        >>> decode_problem(encode_problem(problem, shared), shared) == problem
        True
    """
    rule, node, message, place = _decode(str(data, "utf-8"))
    return Problem(rule, node, message, _read_place(place, shared))


def encode_passage(passage: Passage, shared: Shared) -> bytes:
    """Write a passage as JSON."""
    p = passage
    document = shared.number(p.document)
    return _encode([document, p.start, p.end, p.first_line, p.last_line, p.exact]).encode()


def decode_passage(data: bytes, shared: Shared) -> Passage:
    """Read a passage from JSON.

    Example:
        >>> shared = Shared()
        >>> passage = Passage("d", 1, 5, 1, 1, "text")
        >>> decode_passage(encode_passage(passage, shared), shared) == passage
        True
    """
    document, *rest = _decode(str(data, "utf-8"))
    return Passage(shared.names[document], *rest)


def _passages(passages: Sequence[Passage], shared: Shared) -> list[int]:
    return [shared.passage(passage) for passage in passages]


def _read_passages(found: list[int], shared: Shared) -> tuple[Passage, ...]:
    return tuple(shared.passages[number] for number in found)


def _place(place: Place, shared: Shared) -> list[int]:
    return [shared.number(place.path), place.line, place.column]


def _read_place(found: list[int], shared: Shared) -> Place:
    return Place(shared.names[found[0]], found[1], found[2])
