"""Which conclusions are left when some of what they rest on is taken away."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg.model.bases import Basis
from kg.model.identifiers import digest
from kg.model.records import Claim
from kg.model.table import NEVER, NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.graph import KnowledgeGraph

_SUGGESTED: Final = 1 << Basis.SUGGESTED
_EXACTER: Final = {
    "serves": "servesPrimarily",
    "contributesTo": "serves",
    "drawsOn": "implements",
}
"""The more exact property from which rule R0 concludes each of these."""
Triple = tuple[str, str, str]


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """One way to hold a triple: a claim that somebody asserts, or one that rests on parts."""

    claim: Claim
    parts: tuple[Triple, ...] = ()
    """The triples of its premises, in their order."""

    @property
    def triple(self) -> Triple:
        return triple_of(self.claim)


def triple_of(claim: Claim) -> Triple:
    """Return what a claim says."""
    return claim.subject, claim.predicate, claim.object


class Standing:
    """Which claims are left when some nodes are removed and others have ended.

    A conclusion is left as long as there is a way to draw it: the least fixpoint over what it
    rests on, computed for each triple once, from what it may rest on alone. A claim whose own
    premises are lost, but which can be drawn from others, is made anew from the strongest.

    Args:
        graph: The graph.
        removed: The numbers of the nodes without which it is seen.
        ended: The numbers of the nodes that lead nowhere any more.
    """

    def __init__(
        self, graph: KnowledgeGraph, removed: frozenset[int], ended: frozenset[int]
    ) -> None:
        self._graph = graph
        self._removed, self._ended = removed, ended
        self._held: dict[Triple, list[Claim]] = {}
        self._result: dict[str, Claim | None] = {}

    def stands(self, claim: Claim) -> Claim | None:
        """Return an inferred claim as it stands now, None when it falls."""
        triple = triple_of(claim)
        if triple not in self._held:
            self._settle(triple)
        return self._result.get(claim.id)

    def _settle(self, wanted: Triple) -> None:
        """Decide a triple and all that it may rest on."""
        ways = self._ways(wanted)
        order = self._firing(ways)
        changed = self._changed(order)
        for triple, own in ways.items():
            self._held[triple] = []
            self._result.update((way.claim.id, None) for way in own)
        for way in order:
            if way not in changed:
                self._held[way.triple].append(way.claim)
                self._result[way.claim.id] = way.claim
        for way in order:
            if way in changed:
                made = self._draw(way)
                self._held[way.triple].append(made)
                self._result[way.claim.id] = made

    def _ways(self, wanted: Triple) -> dict[Triple, list[_Way]]:
        """Return what a triple may rest on, at any depth, but for what is decided already."""
        found: dict[Triple, list[_Way]] = {}
        waiting = [wanted]
        while waiting:
            triple = waiting.pop()
            if triple not in found and triple not in self._held:
                found[triple] = self._ways_of(triple)
                waiting.extend(part for way in found[triple] for part in way.parts)
        return found

    def _ways_of(self, triple: Triple) -> list[_Way]:
        """Return the ways to hold a triple that its ends leave open."""
        graph, table = self._graph, self._graph.table
        name, predicate, other = triple
        subject, object_ = table.number.get(name, NOTHING), table.number.get(other, NOTHING)
        if NOTHING in (subject, object_) or not self._removed.isdisjoint((subject, object_)):
            return []
        codes = {code for code, known in enumerate(table.predicates) if known == predicate}
        if subject in self._ended and not table.upward.isdisjoint(codes):
            return []
        found = [
            self._way(graph.claims[table.claim[link]])
            for link in table.out(subject)
            if table.object[link] == object_
            and table.predicate[link] in codes
            and table.need[link] != NEVER
            and not table.need[link] & _SUGGESTED
        ]
        if predicate in _EXACTER:
            exacter = self._ways_of((name, _EXACTER[predicate], other))
            found += [self._repetition(triple, exacter)] if exacter else []
        return found

    def _way(self, claim: Claim) -> _Way:
        premises = self._graph.claim
        return _Way(claim, tuple(triple_of(premises[name]) for name in claim.premises))

    @staticmethod
    def _repetition(triple: Triple, exacter: Iterable[_Way]) -> _Way:
        """Return what rule R0 makes of a more exact triple."""
        best = _strongest(way.claim for way in exacter)
        empty = Claim("", *triple, Basis.INFERRED, rule="r0", by=best.by, on=best.on)
        return _Way(_conclude(empty, [best]), (triple_of(best),))

    def _firing(self, ways: dict[Triple, list[_Way]]) -> list[_Way]:
        """Return the ways that hold, each after something that holds each of its parts."""
        resting: dict[Triple, list[_Way]] = {}
        lacking: dict[_Way, int] = {}
        ready: deque[_Way] = deque()
        for own in ways.values():
            for way in own:
                # A part that was decided before waits for nothing; if it fell, it never comes.
                parts = [part for part in set(way.parts) if not self._held.get(part)]
                lacking[way] = len(parts)
                for part in parts:
                    resting.setdefault(part, []).append(way)
                if not parts:
                    ready.append(way)
        order: list[_Way] = []
        held: set[Triple] = set()
        while ready:
            way = ready.popleft()
            order.append(way)
            if way.triple not in held:
                held.add(way.triple)
                for above in resting.get(way.triple, ()):
                    lacking[above] -= 1
                    if not lacking[above]:
                        ready.append(above)
        return order

    def _changed(self, order: list[_Way]) -> set[_Way]:
        """Return the ways that hold, but not, or not all the way down, on their own premises."""
        holding = {way.claim.id for way in order}
        resting: dict[str, list[_Way]] = {}
        waiting = []
        for way in order:
            for name in way.claim.premises:
                resting.setdefault(name, []).append(way)
                earlier = self._result.get(name)
                if name not in holding and (earlier is None or earlier.id != name):
                    waiting.append(way)
        found: set[_Way] = set()
        while waiting:
            way = waiting.pop()
            if way not in found:
                found.add(way)
                waiting.extend(resting.get(way.claim.id, ()))
        return found

    def _draw(self, way: _Way) -> Claim:
        """Draw a conclusion from what is held now."""
        chosen = []
        for name, part in zip(way.claim.premises, way.parts, strict=True):
            own = self._result.get(name)
            chosen.append(own or _strongest(self._held[part]))
        return _conclude(way.claim, chosen)


def _strongest(claims: Iterable[Claim]) -> Claim:
    return min(claims, key=lambda claim: (claim.strength, claim.id))


def _conclude(claim: Claim, premises: Iterable[Claim]) -> Claim:
    """Return a conclusion on other premises, named as a build names it."""
    support: frozenset[Basis] = frozenset()
    names = set()
    for premise in premises:
        support |= premise.support or {premise.basis}
        names.add(premise.id)
    ordered = tuple(sorted(names))
    key = [*triple_of(claim), "inferred", claim.rule, *ordered]
    return replace(claim, id=digest(key), premises=ordered, support=support)
