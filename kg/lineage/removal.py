"""What falls when something is taken away: its links, and what rules concluded from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar, overload

from kg.lineage.reach import Selection
from kg.lineage.standing import Standing
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Fact, Node
from kg.model.table import ENTAILED_RULES, NEVER, NOTHING, GraphTable, TableBuilder, need_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.records import Claim
    from kg.model.times import Life

_INFERRED: Final = 1 << Basis.INFERRED
T = TypeVar("T")


class Removal:
    """What falls with some nodes, found from them alone, whatever the graph's size.

    A conclusion falls when no way to draw it is left; where another way is left it stands on
    that. Nothing is added: where a default of rule R4 was withheld only by a statement that
    falls, it is not put in its place.

    Args:
        graph: The graph.
        removed: The ids of what is taken away, with every link to and from it.
        ended: The ids of what ends: it is no target and leads nowhere any more, but what
            serves it still says so.

    Example:
        >>> import kg
        >>> removal = Removal(kg.load(), ["no-health-without-mental-health/objective/6"])
        >>> table = removal.graph.table
        >>> sorted({table.ids[table.subject[link]] for link in removal.lost})[-1]
        'telford-2011/theme/3'
    """

    def __init__(
        self, graph: KnowledgeGraph, removed: Iterable[str] = (), ended: Iterable[str] = ()
    ) -> None:
        self.graph = graph
        table = graph.table
        self.removed = frozenset(table.number[name] for name in removed)
        self.ended = frozenset(table.number[name] for name in ended)
        self.lost: set[int] = set()
        """The links that fall."""
        self.need: dict[int, int] = {}
        """The need of links that stand on other premises than before."""
        self.changed: dict[int, Claim] = {}
        """The claims behind those links, as they stand now."""
        self._standing = Standing(graph, self.removed, self.ended)
        for node in self.removed:
            self.lost.update(table.out(node))
            self.lost.update(table.into(node))
        for node in self.ended:
            self.lost.update(
                link for link in table.out(node) if table.predicate[link] in table.upward
            )
        if not graph.flat:  # nothing is concluded from a flat table
            self._spread()

    @property
    def gone(self) -> frozenset[int]:
        """What is no target any more."""
        return self.removed | self.ended

    def stands(self, claim: Claim) -> bool:
        """Tell whether an inferred claim is left, on its own premises or on others."""
        return self._standing.stands(claim) is not None

    def _spread(self) -> None:
        """Follow what falls to what was concluded from it.

        Every rule concludes something about the subject of one of its premises or about a
        neighbour of it.
        """
        table, judged = self.graph.table, set(self.lost)
        waiting = [table.subject[link] for link in self.lost]
        seen = set(waiting)
        while waiting:
            node = waiting.pop()
            near = {node, *(table.object[link] for link in table.out(node))}
            near.update(table.subject[link] for link in table.into(node))
            for other in sorted(near):
                for link in table.out(other):
                    need = table.need[link]
                    if link in judged or need == NEVER or not need & _INFERRED:
                        continue
                    judged.add(link)
                    if not self._judge(link) and other not in seen:
                        seen.add(other)
                        waiting.append(other)

    def _judge(self, link: int) -> bool:
        """Tell whether nothing changes for what is concluded from a link, and remember it."""
        claim = self.graph.claims[self.graph.table.claim[link]]
        now = self._standing.stands(claim)
        if now is None:
            self.lost.add(link)
        elif now.id != claim.id:
            self.changed[link] = now
            self.need[link] = need_of(now)
        return now is not None and now.id == claim.id


@dataclass(frozen=True)
class Remaining(Selection):
    """The links that are left after a removal.

    Attributes:
        removal: What falls.
    """

    removal: Removal

    def admits(self, link: int) -> bool:
        """Tell whether a link counts and does not fall."""
        removal = self.removal
        if link in removal.lost or self.table.predicate[link] not in self.predicates:
            return False
        need = removal.need.get(link, self.table.need[link])
        return not need & ~self.allowed & 0xFF


class WhatIfGraph(KnowledgeGraph):
    """A graph without some of it; what counts as the top level of a flat table stays.

    Args:
        removal: What falls.
    """

    def __init__(self, removal: Removal) -> None:
        graph, table = removal.graph, removal.graph.table
        hidden = frozenset(table.ids[number] for number in removal.removed)
        places = _claims_left(removal)
        facts = [i for i, node in enumerate(table.fact_subject) if node not in removal.removed]
        changed = {table.claim[link]: claim for link, claim in removal.changed.items()}
        super().__init__(
            _Nodes(graph.nodes, hidden),
            _Some(graph.claims, places, changed),
            _Some(graph.facts, facts, {}),
            graph.documents,
            graph.problems,
            flat=graph.flat,
        )
        self.__dict__["_whole"] = graph
        self.__dict__["table"] = _table_left(removal, places, facts)

    if TYPE_CHECKING:
        _whole: KnowledgeGraph

    @property
    def day(self) -> str:
        """The day for which the whole graph is drawn."""
        return self._whole.day

    @property
    def lapsed(self) -> tuple[str, ...]:
        """What the whole graph no longer holds for a target on that day, as far as it is left."""
        return tuple(name for name in self._whole.lapsed if name in self.nodes)

    def live(self, number: int) -> bool:
        """Tell of a node, by number, whether it counts on that day."""
        if not self._whole.day:
            return True
        return self._whole.live(self._whole.table.number[self.table.ids[number]])

    def life(self, name: str) -> Life:
        """Return how a node stands on that day."""
        return self._whole.life(name)


def without(
    graph: KnowledgeGraph, removed: Iterable[str] = (), ended: Iterable[str] = ()
) -> KnowledgeGraph:
    """Return a graph without some nodes and without what falls with them.

    Claims that only repeat others (rule R5) are left out.

    Args:
        graph: The graph.
        removed: The ids of what is taken away.
        ended: The ids of what is no target and leads nowhere any more.

    Example:
        >>> import kg
        >>> less = without(kg.load(), ["no-health-without-mental-health/objective/6"])
        >>> len(kg.load().targets) - len(less.targets)
        1
    """
    return WhatIfGraph(Removal(graph, removed, ended))


def _claims_left(removal: Removal) -> list[int]:
    """Return the numbers of the claims that are left, in their order."""
    graph, table = removal.graph, removal.graph.table
    if graph.flat:
        return sorted(place for link, place in enumerate(table.claim) if link not in removal.lost)
    lost = {table.claim[link] for link in removal.lost}
    return [
        place
        for place, claim in enumerate(graph.claims)
        if place not in lost
        and (claim.rule not in ENTAILED_RULES or (claim.rule == "r0" and removal.stands(claim)))
    ]


def _table_left(removal: Removal, places: Sequence[int], facts: Sequence[int]) -> GraphTable:
    table, builder = removal.graph.table, TableBuilder()
    for number, (name, cls) in enumerate(zip(table.ids, table.cls, strict=True)):
        if number not in removal.removed:
            owner = table.instrument[number]
            plan = "" if owner == NOTHING or owner in removal.removed else table.ids[owner]
            flags = table.flags[number]
            builder.node(name, table.classes[cls], flags=flags, instrument=plan)
    moved = {old: new for new, old in enumerate(places)}
    number_of = builder.number
    for link, place in enumerate(table.claim):
        if link not in removal.lost:
            builder.link(
                number_of[table.ids[table.subject[link]]],
                table.predicates[table.predicate[link]],
                number_of[table.ids[table.object[link]]],
                removal.need.get(link, table.need[link]),
                table.strength[link]
                if link not in removal.changed
                else removal.changed[link].strength,
                moved[place],
            )
    for fact in facts:
        node = table.fact_subject[fact]
        subject = "" if node == NOTHING else table.ids[node]
        builder.add_fact(Fact("", table.kinds[table.fact_kind[fact]], subject))
    made = builder.finish(flat=table.flat)
    # What chains should reach is what they should have reached before, as far as it is left:
    # without its last objective a plan does not serve its themes instead.
    targets = [number_of[table.ids[t]] for t in table.targets if t not in removal.gone]
    names = (made.classes, made.predicates, made.kinds)
    columns = {**made.columns, "targets": targets}
    return GraphTable(made.ids, made.number, names, columns, flat=table.flat)


class _Nodes(Mapping[str, Node]):
    """The nodes but for some."""

    def __init__(self, nodes: Mapping[str, Node], hidden: frozenset[str]) -> None:
        self._nodes, self._hidden = nodes, hidden

    def __getitem__(self, name: str) -> Node:
        if name in self._hidden:
            raise KeyError(name)
        return self._nodes[name]

    def __contains__(self, name: object) -> bool:
        return name not in self._hidden and name in self._nodes

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._nodes if name not in self._hidden)

    def __len__(self) -> int:
        return len(self._nodes) - len(self._hidden)


class _Some(Sequence[T]):
    """Some records of a sequence, a few of them replaced."""

    def __init__(
        self, records: Sequence[T], places: Sequence[int], replaced: Mapping[int, T]
    ) -> None:
        self._records, self._places, self._replaced = records, places, replaced

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> list[T]: ...
    def __getitem__(self, place: int | slice) -> T | list[T]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        own = self._places[place]
        found = self._replaced.get(own)
        return self._records[own] if found is None else found
