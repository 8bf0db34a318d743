"""A graph as it stands on a day: `--as-of`.

What does not count on that day is still there and can be looked at, but its links are decided
`not-in-force`, so that whoever asks for accepted links asks for those in force.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, overload

from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.levels import ELEMENTS
from kg.model.lives import SUPERSEDES, Lives
from kg.model.table import NEVER, GraphTable
from kg.model.times import Life, admits, parse_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model.records import Claim
    from kg.model.table import Column

__all__ = ["NOT_IN_FORCE", "DatedGraph", "Life", "as_of", "in_force", "life", "parse_day"]
NOT_IN_FORCE: Final = "not-in-force"
"""The decision of a claim that is accepted, and does not hold on the day."""
_LASTING: Final = (SUPERSEDES, "succeeds")
"""What has happened stays so, even when what did it has gone too."""
_INFERRED: Final = 1 << Basis.INFERRED
_TIMELESS: Final = "reach_"
"""Beginning of the names of columns that a release keeps for links of all times."""


def as_of(graph: KnowledgeGraph, day: str) -> KnowledgeGraph:
    """Return a graph as it stands on a day.

    Args:
        graph: The graph, with all that it says of any time.
        day: A day, month, year or `today`, as `parse_day` reads it.

    Returns:
        The same nodes and facts; claims that do not hold on the day are `not-in-force`, and
        only national instruments in force, with their objectives, are targets.

    Raises:
        SettingsError: If the day is none.

    Example:
        >>> import kg
        >>> dated = as_of(kg.load(), "2011-03")
        >>> dated.life("new-horizons").state, "new-horizons" in dated.targets
        ('superseded', False)
    """
    base = graph.base if isinstance(graph, DatedGraph) else graph
    return DatedGraph(base, parse_day(day))


def life(graph: KnowledgeGraph, node: str, day: str) -> Life:
    """Return how a node stands on a day.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to the name.

    Example:
        >>> import kg
        >>> life(kg.load(), "crisis-concordat", "2013").words("it")
        'it begins on 2014-02-18 at the earliest'
    """
    return as_of(graph, day).life(graph.node(node).id)


def in_force(graph: KnowledgeGraph) -> KnowledgeGraph:
    """Return the records of a graph without the claims that are not in force.

    Example:
        >>> import kg
        >>> held = in_force(as_of(kg.load(), "2010"))
        >>> any(claim.predicate == "supersedes" for claim in held.claims)
        False
    """
    return KnowledgeGraph(
        graph.nodes,
        tuple(claim for claim in graph.claims if claim.decision != NOT_IN_FORCE),
        graph.facts,
        graph.documents,
        graph.problems,
        graph.flat,
        governance=graph.governance,
    )


class DatedGraph(KnowledgeGraph):
    """A graph as it stands on a day.

    Args:
        base: The graph, with all that it says of any time.
        day: An ISO day.
    """

    def __init__(self, base: KnowledgeGraph, day: str) -> None:
        lives = Lives(base, day)
        holding = _Holding(base, lives)
        need = holding.needs()
        self.__dict__["base"] = base
        self.__dict__["_lives"] = lives
        self.__dict__["_holding"] = holding
        self.__dict__["_gone"] = {n for n, found in lives.found.items() if not found.live}
        self.__dict__["changed"] = need is not None
        claims: Sequence[Claim] = base.claims
        if need is not None:
            claims = _Claims(base.claims, holding)
        self.__dict__["table"] = self._dated(base.table, need)
        super().__init__(
            base.nodes,
            claims,
            base.facts,
            base.documents,
            base.problems,
            base.flat,
            governance=base.governance,
        )

    if TYPE_CHECKING:
        base: KnowledgeGraph
        changed: bool
        _lives: Lives
        _holding: _Holding
        _gone: set[int]

    def _dated(self, table: GraphTable, need: array[int] | None) -> GraphTable:
        """Return the columns with the links and targets of the day; the same when all hold."""
        targets = array("I", (goal for goal in table.targets if goal not in self._gone))
        if need is None and len(targets) == len(table.targets):
            return table
        columns = {**table.columns, "targets": targets}
        if need is not None:
            columns["need"] = need
        names = (table.classes, table.predicates, table.kinds)
        return GraphTable(table.ids, table.number, names, columns, flat=table.flat)

    @property
    def day(self) -> str:
        """The day for which the graph is drawn."""
        return self._lives.day

    @cached_property
    def lapsed(self) -> tuple[str, ...]:
        """What was a target before that day and is none now: superseded or ended."""
        table, found = self.base.table, self._lives.found
        return tuple(table.ids[n] for n in table.targets if n in found and found[n].lapsed)

    @cached_property
    def claim(self) -> Mapping[str, Claim]:
        """Every claim by its id."""
        return _ById(self.base.claim, self._holding) if self.changed else self.base.claim

    def live(self, number: int) -> bool:
        """Tell of a node, by number, whether it counts on the graph's day."""
        return number not in self._gone

    def life(self, name: str) -> Life:
        """Return how a node stands on the graph's day."""
        number = self.table.number.get(name)
        return Life() if number is None else self._lives.life(number)

    @property
    def stored(self) -> Mapping[str, Column]:
        """Columns that a release keeps beside the table, but those that hold for all times."""
        kept = self.base.stored
        if self.table is self.base.table:
            return kept
        return {name: kept[name] for name in kept if not name.startswith(_TIMELESS)}

    @property
    def verified(self) -> bool:
        """Whether the graph is a finished release, whose links were checked when it was built."""
        return self.base.verified

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know: how many elements do not count on the day, and why."""
        table = self.table
        elements = table.codes(ELEMENTS)
        states = Counter(
            self._lives.found[number].state
            for number in self._gone
            if table.cls[number] in elements
        )
        said = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
        if not said:
            return (*self.base.remarks, f"as of {self.day}: every element counts")
        total = states.total()
        return (*self.base.remarks, f"as of {self.day}: {total} elements do not count ({said})")


class _Holding:
    """Which claims hold on a day: on their own dates, those of their ends, and their premises.

    Args:
        graph: The graph of all times.
        lives: How its nodes stand.
    """

    def __init__(self, graph: KnowledgeGraph, lives: Lives) -> None:
        self._graph = graph
        self._lives = lives
        self._known: dict[str, bool] = {}

    def needs(self) -> array[int] | None:
        """Return the needs of the links, NEVER for those that do not hold; None if all do."""
        table = self._graph.table
        gone = [link for link in self._ended() if table.need[link] != NEVER]
        if not gone:
            return None
        need = array("B", table.need)
        for link in gone:
            need[link] = NEVER
        for link, needed in enumerate(need):
            inferred = needed & _INFERRED and needed != NEVER
            if inferred and not self.holds(self._graph.claims[table.claim[link]]):
                need[link] = NEVER
        return need

    def _ended(self) -> Iterator[int]:
        """Yield the links that do not hold on their own, some of them twice."""
        table, lives = self._graph.table, self._lives
        lasting = {code for code, name in enumerate(table.predicates) if name in _LASTING}
        for number, found in lives.found.items():
            if found.live:
                continue
            yield from (link for link in table.out(number) if table.predicate[link] not in lasting)
            if found.state == "not-yet":
                yield from table.into(number)
        for link, since in lives.successions.items():
            if since > lives.day:
                yield link
        for place in table.dated_claim:
            claim = self._graph.claims[place]
            if not admits(claim.valid, lives.day):
                links = table.out(table.number[claim.subject])
                yield from (link for link in links if table.claim[link] == place)

    def holds(self, claim: Claim) -> bool:
        """Tell whether an accepted claim holds on the day: without recursion."""
        known = self._known
        stack, opened = [claim], set()
        while stack:
            held = stack[-1]
            if held.id in known:
                stack.pop()
            elif not self._alone(held):
                known[held.id] = False
            else:
                premises = [self._graph.claim[p] for p in held.premises if p in self._graph.claim]
                missing = [premise for premise in premises if premise.id not in known]
                if missing and held.id not in opened:
                    opened.add(held.id)
                    stack += missing
                else:  # a circle of premises, which damage alone makes, supports nothing
                    known[held.id] = all(known.get(p.id) or self._again(p) for p in premises)
        return known[claim.id]

    def _alone(self, claim: Claim) -> bool:
        """Tell whether a claim holds as far as its own dates and those of its ends go."""
        number, lives = self._graph.table.number, self._lives
        if not admits(claim.valid, lives.day):
            return False
        subject = lives.found.get(number.get(claim.subject, -1))
        object_ = lives.found.get(number.get(claim.object, -1))
        if object_ is not None and object_.state == "not-yet":
            return False
        if claim.predicate == SUPERSEDES:
            return self._happened(claim)
        return subject is None or subject.live or claim.predicate in _LASTING

    def _happened(self, claim: Claim) -> bool:
        table, lives = self._graph.table, self._lives
        links = table.out(table.number[claim.subject]) if claim.subject in table.number else ()
        return all(
            lives.successions[link] <= lives.day
            for link in links
            if link in lives.successions and self._graph.claims[table.claim[link]].id == claim.id
        )

    def _again(self, premise: Claim) -> bool:
        """Tell whether the same link is asserted once more, on as good a basis, and holds."""
        if premise.basis is Basis.INFERRED:
            return False
        return any(
            other.accepted
            and (other.predicate, other.object) == (premise.predicate, premise.object)
            and other.basis is premise.basis
            and self._alone(other)
            for other in self._graph.claims_from(premise.subject)
        )


def _judged(claim: Claim, holding: _Holding) -> Claim:
    if not claim.accepted or holding.holds(claim):
        return claim
    return replace(claim, decision=NOT_IN_FORCE)


class _Claims(Sequence["Claim"]):
    """The claims, each judged when it is read."""

    def __init__(self, claims: Sequence[Claim], holding: _Holding) -> None:
        self._claims, self._holding = claims, holding

    def __len__(self) -> int:
        return len(self._claims)

    @overload
    def __getitem__(self, place: int) -> Claim: ...
    @overload
    def __getitem__(self, place: slice) -> list[Claim]: ...
    def __getitem__(self, place: int | slice) -> Claim | list[Claim]:
        if isinstance(place, slice):
            return [_judged(claim, self._holding) for claim in self._claims[place]]
        return _judged(self._claims[place], self._holding)

    def __iter__(self) -> Iterator[Claim]:
        return (_judged(claim, self._holding) for claim in self._claims)


class _ById(Mapping[str, "Claim"]):
    """The claims by id, each judged when it is read."""

    def __init__(self, claims: Mapping[str, Claim], holding: _Holding) -> None:
        self._claims, self._holding = claims, holding

    def __getitem__(self, name: str) -> Claim:
        return _judged(self._claims[name], self._holding)

    def __contains__(self, name: object) -> bool:
        return name in self._claims

    def __iter__(self) -> Iterator[str]:
        return iter(self._claims)

    def __len__(self) -> int:
        return len(self._claims)
