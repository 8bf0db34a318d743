"""How single nodes differ: words, names, places, and everything else that is said of them."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final

from kg.checks.changes import Change
from kg.checks.finding import place_of
from kg.checks.pairing import words_of
from kg.model.levels import ELEMENTS
from kg.model.records import Node

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.checks.pairing import Pairing
    from kg.model.graph import KnowledgeGraph

_TOLD: Final = frozenset(
    {
        *("id", "cls", "label", "text", "instrument", "passages", "alternatives", "number"),
        *("members", "supersedes", "origin"),
    }
)
"""The fields that have words of their own here, or say nothing of the node."""
_OTHER: Final = {
    each.name: each.name.replace("_", " ") for each in fields(Node) if each.name not in _TOLD
}
"""What else is compared, and what it is called; a new field is compared from its first day."""


def node_changes(pairs: Pairing) -> Iterator[Change]:
    """Yield how the nodes of two graphs differ, those of the new one first, in its order."""
    old, new = pairs.old, pairs.new
    for key in new.table.ids:
        name = pairs.old_of(key)
        if not name:
            yield _whole("added", new, new.nodes[key])
        elif name != key:
            node = new.nodes[key]
            yield _row(new, node, "renumbered", "renumbered", "id", (name, key))
            yield from _Pair(pairs, old.nodes[name], node).changes()
        elif key in pairs.differing:
            yield from _Pair(pairs, old.nodes[key], new.nodes[key]).changes()
    for key in old.table.ids:
        if not pairs.new_of(key):
            yield _whole("removed", old, old.nodes[key])


def _row(
    graph: KnowledgeGraph, node: Node, section: str, change: str, what: str, says: tuple[str, str]
) -> Change:
    place = place_of(graph, node)
    return Change(section, change, node.cls, node.id, what, *says, place.path, place.line)


def _whole(change: str, graph: KnowledgeGraph, node: Node) -> Change:
    words = _said(node)
    says = ("", words) if change == "added" else (words, "")
    return _row(graph, node, change, change, "", says)


def _said(node: Node) -> str:
    return " ".join((node.text or node.label).split())


class _Pair:
    """One node, as it was and as it is."""

    def __init__(self, pairs: Pairing, before: Node, after: Node) -> None:
        self.pairs, self.before, self.after = pairs, before, after
        self.flat = pairs.old.flat and pairs.new.flat

    def row(self, section: str, change: str, what: str, *says: str) -> Change:
        """Return one difference."""
        return _row(self.pairs.new, self.after, section, change, what, (says[0], says[1]))

    def changes(self) -> Iterator[Change]:
        """Yield how the node differs."""
        before, after = self.before, self.after
        yield from self._words()
        if before.cls != after.cls:
            yield self.row("changed", "changed", "class", before.cls, after.cls)
        plan = self.pairs.new_of(before.instrument) or before.instrument
        if plan != after.instrument:
            yield self.row("moved", "moved", "plan", before.instrument, after.instrument)
        if before.number != after.number:
            yield self.row("moved", "moved", "number", before.number, after.number)
        yield from self._passages()
        for name, called in _OTHER.items():
            if self.flat and name == "note":
                called = "status"  # noqa: PLW2901 - so the column of a flat table is called
            was, now = str(getattr(before, name)), str(getattr(after, name))
            if " ".join(was.split()) != " ".join(now.split()):
                yield self.row("changed", "changed", called, was, now)
        for name, was_ids, now_ids in (
            ("members", before.members, after.members),
            ("supersedes", before.supersedes.split(), after.supersedes.split()),
        ):
            if [self.pairs.new_of(each) or each for each in was_ids] != list(now_ids):
                says = "; ".join(was_ids), "; ".join(now_ids)
                yield self.row("changed", "changed", name, *says)

    def _words(self) -> Iterator[Change]:
        """Yield what became of words and names; case, space and punctuation are no rewording."""
        before, after = self.before, self.after
        was, now = _said(before), _said(after)
        reworded = words_of(was) != words_of(now)
        named = after.cls not in ELEMENTS
        if was != now:
            section = "relabelled" if named else "reworded"
            yield self.row(section, section if reworded else "respelled", "words", was, now)
        first, second = words_of(before.label), words_of(after.label)
        # The beginning of new words is no other label of its own.
        cut = words_of(was).startswith(first) and words_of(now).startswith(second)
        if first != second and not (reworded and (named or cut)):
            yield self.row("relabelled", "relabelled", "label", before.label, after.label)
        if _folded(before.alternatives) != _folded(after.alternatives):
            says = "; ".join(before.alternatives), "; ".join(after.alternatives)
            yield self.row("relabelled", "relabelled", "other names", *says)

    def _passages(self) -> Iterator[Change]:
        """Yield what became of the passages; a flat table may be sorted anew and says the same."""
        if self.flat:
            return
        first, second = self.before.passages, self.after.passages
        documents = [list(dict.fromkeys(p.document for p in each)) for each in (first, second)]
        if documents[0] != documents[1]:
            says = ("; ".join(each) for each in documents)
            yield self.row("moved", "moved", "document", *says)
        elif [p.lines for p in first] != [p.lines for p in second]:
            says = (", ".join(p.lines for p in each) for each in (first, second))
            yield self.row("moved", "moved", "lines", *says)
        if [p.words for p in first] != [p.words for p in second] and (
            _said(self.before) == _said(self.after)
        ):
            says = (" … ".join(p.words for p in each) for each in (first, second))
            yield self.row("changed", "changed", "quotation", *says)


def _folded(names: Iterable[str]) -> set[str]:
    return {words_of(name) for name in names}
