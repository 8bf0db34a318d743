"""How facts and documents differ: dates, money, gaps, values, defects, and the texts themselves."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from kg.checks.changes import Change
from kg.errors import Place
from kg.model.records import NOWHERE, Document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.checks.pairing import Pairing
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Fact

_NAMING: Final = {"Period": ("role",), "StatedAbsence": ("applies_to", "property")}
"""The cells that say which fact of its kind it is; the others have ids of their own."""
_NODES: Final = ("stream", "folded_into")
"""The cells that hold ids of nodes."""
_OF_DOCUMENTS: Final = tuple(each.name for each in fields(Document) if each.name != "id")
Key = tuple[str, str, str]
Content = tuple[object, ...]


def fact_changes(pairs: Pairing) -> Iterator[Change]:
    """Yield how the facts of two graphs differ; where several could be meant none is paired."""
    old: dict[Key, list[Fact]] = {}
    new: dict[Key, list[Fact]] = {}
    for fact in pairs.old.facts:
        subject = pairs.new_of(fact.subject) or fact.subject
        old.setdefault((subject, fact.kind, _which(fact)), []).append(fact)
    for fact in pairs.new.facts:
        new.setdefault((fact.subject, fact.kind, _which(fact)), []).append(fact)
    for key in dict.fromkeys((*new, *old)):
        was, now = _unequal(pairs, old.get(key, []), new.get(key, []))
        if len(was) == len(now) == 1:
            yield _row(pairs.new, key, "changed", now[0], _differing(was[0], now[0]))
            continue
        for fact in was:
            yield _row(pairs.old, key, "removed", fact, (_words(fact), ""))
        for fact in now:
            yield _row(pairs.new, key, "added", fact, ("", _words(fact)))


def _which(fact: Fact) -> str:
    naming = _NAMING.get(fact.kind)
    return fact.id if naming is None else " ".join(filter(None, (fact[name] for name in naming)))


def _content(fact: Fact, pairs: Pairing | None) -> Content:
    """Return what a fact says; on which line, and in which row of a register, is no part of it."""
    values = dict(fact.values)
    for name in _NODES:
        if pairs and name in values:
            values[name] = pairs.new_of(values[name]) or values[name]
    words = tuple(passage.words for passage in fact.passages)
    return tuple(sorted(values.items())), words, fact.basis, fact.note


def _unequal(pairs: Pairing, old: list[Fact], new: list[Fact]) -> tuple[list[Fact], list[Fact]]:
    """Return the facts of each side that the other does not have."""
    left: dict[Content, list[Fact]] = {}
    for fact in old:
        left.setdefault(_content(fact, pairs), []).append(fact)
    now = []
    for fact in new:
        equal = left.get(_content(fact, None))
        if equal:
            equal.pop(0)
        else:
            now.append(fact)
    return [fact for facts in left.values() for fact in facts], now


def _cells(fact: Fact) -> dict[str, str]:
    quoted = " … ".join(passage.words for passage in fact.passages)
    more = {"quotation": quoted, "basis": fact.basis.word, "note": fact.note}
    return {**fact.values, **{key: value for key, value in more.items() if value}}


def _words(fact: Fact) -> str:
    skip = {*_NAMING.get(fact.kind, ()), "basis", "note"}
    cells = {key: value for key, value in _cells(fact).items() if key not in skip}
    if len(cells) > 1:
        cells.pop("quotation", None)
    return ", ".join(f"{key}: {value}" for key, value in sorted(cells.items()))


def _differing(was: Fact, now: Fact) -> tuple[str, str]:
    first, second = _cells(was), _cells(now)
    keys = sorted(key for key in {*first, *second} if first.get(key) != second.get(key))
    return (
        ", ".join(f"{key}: {first[key]}" for key in keys if key in first),
        ", ".join(f"{key}: {second[key]}" for key in keys if key in second),
    )


def _row(graph: KnowledgeGraph, key: Key, change: str, fact: Fact, says: tuple[str, str]) -> Change:
    place = NOWHERE
    for passage in fact.passages[:1]:
        document = graph.documents.get(passage.document)
        place = Place(document.path, passage.first_line) if document else NOWHERE
    if not place.path:
        place = fact.origin
    return Change("facts", change, key[1], fact.subject, key[2], *says, place.path, place.line)


def document_changes(old: KnowledgeGraph, new: KnowledgeGraph) -> Iterator[Change]:
    """Yield how the documents differ; a flat table is its own document, and has another name."""
    if old.flat or new.flat:
        return
    for name, document in new.documents.items():
        before = old.documents.get(name)
        if before is None:
            yield _document("added", document, "", ("", document.title or document.path))
            continue
        for what in _OF_DOCUMENTS:
            was, now = str(getattr(before, what)), str(getattr(document, what))
            if was != now:
                called = "content (SHA-256)" if what == "sha256" else what.replace("_", " ")
                yield _document("changed", document, called, (was, now))
    for name, document in old.documents.items():
        if name not in new.documents:
            yield _document("removed", document, "", (document.title or document.path, ""))


def _document(change: str, document: Document, what: str, says: tuple[str, str]) -> Change:
    return Change("documents", change, "document", document.id, what, *says, document.path)
