"""How links differ: what was added or removed, and what stands on another basis or decision."""

from __future__ import annotations

from array import array
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from kg.checks.changes import Change
from kg.errors import Place
from kg.model.bases import Basis
from kg.model.dating import NOT_IN_FORCE
from kg.model.records import Claim
from kg.model.table import NEVER, NOTHING, STRUCTURE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.checks.pairing import Pairing
    from kg.model.graph import KnowledgeGraph

_INFERRED: Final = 1 << Basis.INFERRED
_TOLD: Final = frozenset(
    {
        *("id", "subject", "predicate", "object", "basis", "decision", "by", "on"),
        *("rule", "premises", "support", "origin"),
    }
)
"""The fields of a claim that are told otherwise, or with the document whose reading they date."""
_SAID: Final = tuple(each.name for each in fields(Claim) if each.name not in _TOLD)
Said = tuple[str, int, str, bool]
"""What a link says: predicate, number of the object in the new graph, its id in the old one when
it is gone, and whether a rule concludes it."""


def link_changes(pairs: Pairing) -> Iterator[Change]:
    """Yield how the links of two graphs differ, subject by subject.

    What an item is part of is told as its having moved, and not as two links.
    """
    return _Links(pairs).changes()


class _Links:
    def __init__(self, pairs: Pairing) -> None:
        self.pairs, self.old, self.new = pairs, pairs.old, pairs.new
        numbers = self.new.table.number
        self.to_new = array(
            "I",
            (numbers.get(pairs.new_of(name), NOTHING) for name in self.old.table.ids),
        )
        """The number in the new graph of each node of the old one."""

    def changes(self) -> Iterator[Change]:
        """Yield the differences, those of the subjects of the new graph first."""
        earlier = {new: old for old, new in enumerate(self.to_new) if new != NOTHING}
        for number, name in enumerate(self.new.table.ids):
            old = earlier.get(number)
            before = {} if old is None else self._of(self.old, old)
            after = self._of(self.new, number)
            yield from self._subject(name, before, after, known=old is not None)
        for number, other in enumerate(self.to_new):
            if other == NOTHING:
                gone = self._of(self.old, number)
                yield from self._subject(self.old.table.ids[number], gone, {}, known=False)

    def _of(self, graph: KnowledgeGraph, number: int) -> dict[Said, list[int]]:
        """Return the links of a subject, by what they say."""
        table, found = graph.table, dict[Said, list[int]]()
        for link in table.out(number):
            if graph.day and table.need[link] == NEVER and not self._holds(graph, link):
                continue
            object_, gone = table.object[link], ""
            if graph is self.old:
                there = self.to_new[object_]
                if there == NOTHING:
                    gone = table.ids[object_]
                object_ = there
            need = table.need[link]
            inferred = need != NEVER and bool(need & _INFERRED)
            said = (table.predicates[table.predicate[link]], object_, gone, inferred)
            found.setdefault(said, []).append(link)
        return found

    def _holds(self, graph: KnowledgeGraph, link: int) -> bool:
        """Tell whether a link is there at all on the graph's day, whatever was decided."""
        return graph.claims[graph.table.claim[link]].decision != NOT_IN_FORCE

    def _subject(
        self,
        name: str,
        before: dict[Said, list[int]],
        after: dict[Said, list[int]],
        *,
        known: bool,
    ) -> Iterator[Change]:
        if not before and not after:
            return
        moved = False
        if known:
            wholes = [
                [said for said in each if said[0] == STRUCTURE and not said[3]]
                for each in (before, after)
            ]
            moved = set(wholes[0]) != set(wholes[1])
            if moved:
                yield self._moved(name, before, after, wholes)
        for said in dict.fromkeys((*after, *before)):
            first, second = before.get(said, []), after.get(said, [])
            if moved and said[0] == STRUCTURE and not said[3] and not (first and second):
                continue
            yield from self._link(name, said, first, second)

    def _moved(
        self,
        name: str,
        before: dict[Said, list[int]],
        after: dict[Said, list[int]],
        wholes: list[list[Said]],
    ) -> Change:
        """Return what an item was part of, and is."""
        was, now = ("; ".join(self._object(said) for said in each) for each in wholes)
        graph, links, said = (
            (self.new, after, wholes[1][-1]) if wholes[1] else (self.old, before, wholes[0][-1])
        )
        node = self.new.nodes[name]
        place = self._place(graph, links[said][0])
        return Change("moved", "moved", node.cls, name, "part of", was, now, place.path, place.line)

    def _object(self, said: Said) -> str:
        return said[2] or self.new.table.ids[said[1]]

    def _link(self, name: str, said: Said, first: list[int], second: list[int]) -> Iterator[Change]:
        if self._alike(first, second):
            return
        was = [self._state(self.old, link) for link in first]
        now = [self._state(self.new, link) for link in second]
        if said[3]:  # several ways to the same conclusion are one conclusion
            was, now = sorted(set(was)), sorted(set(now))
        change = "removed" if not second else "added" if not first else "changed"
        graph, links = (self.new, second) if second else (self.old, first)
        if sorted(was) != sorted(now):
            says = ", ".join(was), ", ".join(now)
            yield self._row(name, said, change, ("basis", *says), self._place(graph, links[0]))
        elif not said[3] and not self.new.flat:
            for says_more in self._details(first, second):
                yield self._row(name, said, change, says_more, self._place(graph, links[0]))

    def _alike(self, first: list[int], second: list[int]) -> bool:
        """Tell, without reading records, that nothing can differ: most links of a flat table."""
        if not self.new.flat or len(first) != len(second):
            return False
        old, new = self.old.table.need, self.new.table.need
        needs = [old[link] for link in first]
        return needs == [new[link] for link in second] and NEVER not in needs

    def _row(
        self, name: str, said: Said, change: str, says: tuple[str, str, str], place: Place
    ) -> Change:
        section = "inferred" if said[3] else "links"
        link = f"{name} {said[0]} {self._object(said)}"
        return Change(section, change, "link", link, *says, place.path, place.line)

    def _claim(self, graph: KnowledgeGraph, link: int) -> Claim:
        return graph.claims[graph.table.claim[link]]

    def _state(self, graph: KnowledgeGraph, link: int) -> str:
        """Return basis and decision in words; a record is read only where it is not accepted."""
        need = graph.table.need[link]
        if need == NEVER:
            claim = self._claim(graph, link)
            return f"{claim.basis.word} ({claim.decision})"
        words = [basis.word for basis in Basis if need & 1 << basis]
        if need & _INFERRED:
            words.remove("inferred")
            return "inferred from " + " and ".join(words) if words else "inferred"
        return words[0]

    def _place(self, graph: KnowledgeGraph, link: int) -> Place:
        """Return where the words of a link stand; its register row at the least."""
        claim = self._claim(graph, link)
        for passage in claim.evidence:
            document = graph.documents.get(passage.document)
            if document:
                return Place(document.path, passage.first_line)
        return claim.origin

    def _details(self, first: list[int], second: list[int]) -> Iterator[tuple[str, str, str]]:
        """Yield what else is said of links that stand on the same bases as before."""
        was = [self._claim(self.old, link) for link in first]
        now = [self._claim(self.new, link) for link in second]
        for name in _SAID:
            before, after = ([_value(claim, name) for claim in each] for each in (was, now))
            if sorted(before) != sorted(after):
                called = "quotation" if name == "evidence" else name.replace("_", " ")
                yield called, _listed(before), _listed(after)


def _listed(values: list[str]) -> str:
    return "; ".join(sorted(filter(None, values)))


def _value(claim: Claim, name: str) -> str:
    if name == "evidence":
        return " … ".join(passage.words for passage in claim.evidence)
    return str(getattr(claim, name))
