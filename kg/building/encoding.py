"""Records as lines of JSON, for what a build keeps between its steps and for the next build.

What is read back is taken for hostile: a line that is no such record raises `DamagedError`, and
whoever meets it makes the records again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kg.errors import Place
from kg.model.bases import Basis
from kg.model.records import Claim, Decision, Document, Fact, Node, Passage
from kg.store.records import NODE_FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from kg.building.cache import Draft

_CLAIM: Final = (
    "id",
    "subject",
    "predicate",
    "object",
    "decision",
    "by",
    "on",
    "rationale",
    "confidence",
    "rule",
    "note",
    "valid",
    "score",
    "model",
)
_BASES: Final = tuple(Basis)
T = TypeVar("T")


class DamagedError(Exception):
    """Something kept for the next build is not what was written; it must be made again."""


def encode_node(node: Node) -> str:
    """Write a node as one line.

    Example:
        >>> decode_node(encode_node(Node("p/action/1", "Action", "A"))).label
        'A'
    """
    return _line(
        [
            *(getattr(node, name) for name in NODE_FIELDS),
            node.repaired,
            list(node.alternatives),
            list(node.members),
            _passages(node.passages),
            _place(node.origin),
        ]
    )


def decode_node(line: str | bytes) -> Node:
    """Read a node from a line.

    Raises:
        DamagedError: If the line is no node.
    """
    *words, repaired, alternatives, members, passages, origin = _parsed(line, len(NODE_FIELDS) + 5)
    if type(repaired) is not bool:
        raise DamagedError
    return Node(
        **dict(zip(NODE_FIELDS, _texts(words), strict=True)),
        repaired=repaired,
        alternatives=_texts(alternatives),
        members=_texts(members),
        passages=_read_passages(passages),
        origin=_read_place(origin),
    )


def encode_claim(claim: Claim) -> str:
    """Write a claim as one line.

    Example:
        >>> claim = Claim("1", "a", "serves", "b", Basis.STATED)
        >>> decode_claim(encode_claim(claim)) == claim
        True
    """
    return _line(
        [
            *(getattr(claim, name) for name in _CLAIM),
            int(claim.basis),
            sorted(map(int, claim.support)),
            list(claim.premises),
            _passages(claim.evidence),
            _place(claim.origin),
            [[d.decision, d.by, d.on, d.reason, _place(d.origin)] for d in claim.decisions],
        ]
    )


def decode_claim(line: str | bytes) -> Claim:
    """Read a claim from a line.

    Raises:
        DamagedError: If the line is no claim.
    """
    found = _parsed(line, len(_CLAIM) + 6)
    *words, basis, support, premises, evidence, origin, decisions = found
    return Claim(
        **dict(zip(_CLAIM, _texts(words), strict=True)),
        basis=_basis(basis),
        support=frozenset(map(_basis, _list(support))),
        premises=_texts(premises),
        evidence=_read_passages(evidence),
        origin=_read_place(origin),
        decisions=tuple(_read_decision(entry) for entry in _list(decisions)),
    )


def encode_fact(fact: Fact) -> str:
    """Write a fact as one line.

    Example:
        >>> decode_fact(encode_fact(Fact("1", "Period", "a", {"role": "start"})))["role"]
        'start'
    """
    return _line(
        [
            fact.id,
            fact.kind,
            fact.subject,
            fact.note,
            [list(item) for item in fact.values.items()],
            int(fact.basis),
            _passages(fact.passages),
            _place(fact.origin),
        ]
    )


def decode_fact(line: str | bytes) -> Fact:
    """Read a fact from a line.

    Raises:
        DamagedError: If the line is no fact.
    """
    name, kind, subject, note, values, basis, passages, origin = _parsed(line, 8)
    pairs = [_texts(pair) for pair in _list(values)]
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - a key and its value
        raise DamagedError
    name, kind, subject, note = _texts([name, kind, subject, note])
    cells = {pair[0]: pair[1] for pair in pairs}
    return Fact(
        name,
        kind,
        subject,
        cells,
        _read_passages(passages),
        _basis(basis),
        note,
        _read_place(origin),
    )


def encode_document(document: Document) -> str:
    """Write a document as one line.

    Example:
        >>> decode_document(encode_document(Document("d", "d.txt", ""))).path
        'd.txt'
    """
    return _line(
        [
            document.id,
            document.path,
            document.sha256,
            document.title,
            document.instrument,
            document.read_by,
            document.read_on,
        ]
    )


def decode_document(line: str | bytes) -> Document:
    """Read a document from a line.

    Raises:
        DamagedError: If the line is no document.
    """
    return Document(*_texts(_parsed(line, 7)))


def write_lines(draft: Draft, name: str, lines: Iterable[str]) -> int:
    """Write lines to a file of a draft and return how many there are."""
    count = 0
    with draft.path(name).open("w", encoding="utf-8", newline="") as stream:
        for line in lines:
            stream.write(line)
            stream.write("\n")
            count += 1
    return count


def read_lines(path: Path, decode: Callable[[bytes], T]) -> Iterator[T]:
    """Read the records of a file one by one.

    Raises:
        DamagedError: If the file cannot be read, or holds anything else.
    """
    try:
        with path.open("rb") as stream:
            for line in stream:
                yield decode(line)
    except OSError as error:
        raise DamagedError(str(error)) from error


def parse_row(line: str | bytes) -> list[Any]:
    """Read a line that holds a list.

    Raises:
        DamagedError: If it holds none.

    Example:
        >>> parse_row('["a", 1]')
        ['a', 1]
    """
    try:
        found = json.loads(line)
    except ValueError as error:
        raise DamagedError(str(error)) from error
    return _list(found)


def _line(content: list[Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _parsed(line: str | bytes, length: int) -> list[Any]:
    found = parse_row(line)
    if len(found) != length:
        raise DamagedError
    return found


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise DamagedError
    return value


def _texts(value: object) -> tuple[str, ...]:
    found = tuple(_list(value))
    for item in found:
        if type(item) is not str:
            raise DamagedError
    return found


def _basis(value: object) -> Basis:
    if type(value) is not int or not 0 <= value < len(_BASES):
        raise DamagedError
    return _BASES[value]


def _passages(passages: tuple[Passage, ...]) -> list[list[str | int]]:
    return [[p.document, p.start, p.end, p.first_line, p.last_line, p.exact] for p in passages]


def _read_passages(value: object) -> tuple[Passage, ...]:
    found = []
    for entry in _list(value):
        if [type(part) for part in _list(entry)] != [str, int, int, int, int, str]:
            raise DamagedError
        found.append(Passage(*entry))
    return tuple(found)


def _read_decision(value: object) -> Decision:
    found = _list(value)
    if len(found) != 5:  # noqa: PLR2004 - four words and a place
        raise DamagedError
    decision, by, on, reason = _texts(found[:4])
    return Decision(decision, by, on, reason, _read_place(found[4]))


def _place(place: Place) -> list[str | int]:
    return [place.path, place.line, place.column]


def _read_place(value: object) -> Place:
    if [type(part) for part in _list(value)] != [str, int, int]:
        raise DamagedError
    path, line, column = _list(value)
    return Place(path, line, column)
