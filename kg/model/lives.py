"""What lives on a day: instruments, bodies and elements, as far as dates say so for sure.

A date that is not exact holds on every day that it may mean, so that nothing is put aside on a
day on which it may still count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.bases import Basis
from kg.model.levels import DELIVERY
from kg.model.table import DATED, NEVER, STRUCTURE
from kg.model.times import Life, admits, bounds, next_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model.graph import KnowledgeGraph

SUPERSEDES: Final = "supersedes"
INSTRUMENTS: Final = ("Instrument", "FundingStream")
_DONE: Final = (*DELIVERY, "Milestone")
"""The classes of what can be due."""
_COVERS: Final = "covers"
_TERM: Final = ("complete", "timescale", "start", "marked-year")
"""Roles of periods that say when something is worked on; `complete` says when it is due."""
_OPEN: Final = ""
_INFERRED: Final = 1 << Basis.INFERRED


class Lives:
    """How the nodes of a graph stand on a day; those of which nothing is dated are left out.

    Args:
        graph: The graph, with all that it says of any time.
        day: An ISO day.

    Attributes:
        found: The life of each node, by number, of which it is not simply that it is in force.
        successions: Of each link that says so, by number, the day from which it surely holds.
    """

    def __init__(self, graph: KnowledgeGraph, day: str) -> None:
        self.graph = graph
        self.day = day
        self.table = graph.table
        self.found: dict[int, Life] = {}
        self.successions: dict[int, str] = {}
        if graph.flat:
            return  # a flat table has no dates
        self._begins: dict[int, tuple[str, str]] = {}
        self._ends: dict[int, str] = {}
        self._terms: dict[int, list[tuple[str, str]]] = {}
        self._read_nodes()
        self._read_periods()
        self._wholes()
        self._elements()
        self._due()

    def life(self, number: int) -> Life:
        """Return how a node stands."""
        own = self.found.get(number)
        owner = self.table.instrument[number]
        if own is None and owner in self.found and owner != number:
            return Life(since=self.found[owner].since, of=self.table.ids[owner])
        return own or Life()

    def _read_nodes(self) -> None:
        for number, flags in enumerate(self.table.flags):
            if flags & DATED:
                node = self.graph.nodes[self.table.ids[number]]
                first = node.valid.split("/", 1)[0] if bounds(node.valid)[0] else node.issued
                self._begins[number] = bounds(first)
                if end := bounds(node.valid)[1]:
                    self._ends[number] = end

    def _read_periods(self) -> None:
        """Read which instruments cover which time, and when elements are due."""
        table = self.table
        if "Period" not in table.kinds:
            return
        wanted = table.kinds.index("Period")
        instruments, done = table.codes(INSTRUMENTS), table.codes(_DONE)
        covered: dict[int, list[str]] = {}
        for place, kind in enumerate(table.fact_kind):
            if kind != wanted:
                continue
            number = table.fact_subject[place]
            cls = table.cls[number] if number < len(table.cls) else -1
            if cls not in instruments and cls not in done:
                continue
            period = self.graph.facts[place]
            role, last = period["role"], bounds(period["edtf"])[1]
            if cls in instruments and role == _COVERS:
                covered.setdefault(number, []).append(last)
            elif cls in done and role in _TERM:
                self._terms.setdefault(number, []).append((role, last))
        for number, lasts in covered.items():
            if _OPEN not in lasts:
                self._ends.setdefault(number, max(lasts))

    def _wholes(self) -> None:
        """Find how instruments and bodies stand: what has dates of its own."""
        successors = self._successors()
        for number in {*self._begins, *self._ends, *successors}:
            begin = self._begins.get(number, ("", ""))[0]
            end = self._ends.get(number, "")
            since, by = successors.get(number, ("", ""))
            if begin > self.day:
                life = Life("not-yet", begin)
            elif by and since <= self.day:
                life = Life("superseded", since, by)
            elif end and end < self.day:
                life = Life("ended", next_day(end))
            else:
                life = Life("in-force", begin)
            self.found[number] = life

    def _successors(self) -> dict[int, tuple[str, str]]:
        """Return, of what is superseded at any time, since when, and by what first."""
        table = self.table
        found: dict[int, tuple[str, str]] = {}
        if SUPERSEDES not in table.predicates:
            return found
        wanted = table.predicates.index(SUPERSEDES)
        dated = set(table.dated_claim)
        for link, (predicate, need) in enumerate(zip(table.predicate, table.need, strict=True)):
            if predicate != wanted or need == NEVER:
                continue
            claim = table.claim[link]
            if claim in dated and not admits(self.graph.claims[claim].valid, self.day):
                continue
            first, last = self._begins.get(table.subject[link], ("", ""))
            since = self.successions[link] = last or first
            entry = (since, table.ids[table.subject[link]])
            older = table.object[link]
            found[older] = min(found.get(older, entry), entry)
        return found

    def _elements(self) -> None:
        """Let what an instrument sets out live as it does, unless its own dates say less."""
        names = self.table.ids
        for owner, life in list(self.found.items()):
            if life.live:
                continue
            shared = Life(life.state, life.since, life.by, names[owner])
            for number in self.table.set_out_by(owner):
                own = self.found.get(number)
                if own is None or own.live:
                    self.found[number] = shared

    def _due(self) -> None:
        """Find what is past its term, and the parts of it that have no times of their own."""
        queue = []
        for number, times in self._terms.items():
            term = _term(times)
            if term and term < self.day and self._lives(number):
                self.found[number] = Life("complete", next_day(term))
                queue.append(number)
        for whole in queue:
            for part in self._parts(whole):
                since = max(self.found[other].since for other in self._wholes_of(part))
                self.found[part] = Life("complete", since, of=self.table.ids[whole])
                queue.append(part)

    def _lives(self, number: int) -> bool:
        return number not in self.found or self.found[number].live

    def _over(self, number: int) -> bool:
        return not self._lives(number) and self.found[number].state != "not-yet"

    def _parts(self, whole: int) -> Iterator[int]:
        """Yield the parts that are due with a whole: without times, in nothing that goes on."""
        table = self.table
        done = table.codes(_DONE)
        for link in table.into(whole):
            part = table.subject[link]
            if (
                self._is_part(link)
                and table.cls[part] in done
                and part not in self._terms
                and self._lives(part)
                and all(map(self._over, self._wholes_of(part)))
            ):
                yield part

    def _wholes_of(self, part: int) -> list[int]:
        table = self.table
        done = table.codes(_DONE)
        above = [table.object[link] for link in table.out(part) if self._is_part(link)]
        return [whole for whole in above if table.cls[whole] in done]

    def _is_part(self, link: int) -> bool:
        table, need = self.table, self.table.need[link]
        return table.predicates[table.predicate[link]] == STRUCTURE and not need & (
            NEVER | _INFERRED
        )


def _term(times: list[tuple[str, str]]) -> str:
    """Return the last day on which something may be worked on; nothing when that is open.

    Example:
        >>> _term([("complete", "2019-12-31"), ("complete", "2021-12-31")])
        '2021-12-31'
        >>> _term([("complete", "2020-12-31"), ("timescale", "")])
        ''
    """
    lasts = [last for role, last in times if last or role != "marked-year"]
    due = any(role == "complete" for role, _ in times)
    return max(lasts) if due and all(lasts) else ""
