"""The upward links of a graph under a choice of bases, and what they reach."""

from __future__ import annotations

import importlib
from functools import cached_property
from typing import TYPE_CHECKING

from kg.lineage.reach import Reach, Selection, SmallReach, is_large
from kg.model.bases import DEFAULT, Basis
from kg.model.table import allowed_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType

    from kg.lineage.vectors import LargeReach, Order
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim


class LineageIndex:
    """The upward links of a graph under a choice of bases, and what they reach.

    Only links under `lin:tracesTo` count for reach: being part of something that serves an
    objective is not serving it. The pass is safe on cycles and exact at any depth.

    Args:
        graph: The graph.
        bases: The bases to admit.
        targets: What is to be reached; the graph's own targets when left out.
        start: The one node that is asked about: then only what stands above it is looked at.

    Example:
        >>> import kg
        >>> index = LineageIndex(kg.load())
        >>> index.reached("telford-2011/action/1")[1]
        'no-health-without-mental-health/objective/1'
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        bases: frozenset[Basis] = DEFAULT,
        targets: Sequence[str] | None = None,
        *,
        start: str | None = None,
    ) -> None:
        self.graph = graph
        self.bases = bases
        self.table = graph.table
        numbers = self.table.number
        self.goals: Sequence[int] = (
            self.table.targets if targets is None else [numbers[target] for target in targets]
        )
        self.standard = targets is None
        """Whether the targets are the graph's own."""
        self.start = None if start is None else numbers[start]
        allowed = allowed_mask(bases)
        self.lineage = Selection(self.table, self.table.tracing, allowed)
        self.structure = Selection(self.table, self.table.structure, allowed)
        self.everything = Selection(self.table, self.table.upward, allowed)
        self.plan_names: dict[str, bool] = {}
        """Whether a plan names a national instrument, kept while the index lives."""

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """The names of what is to be reached."""
        return tuple(self.table.ids[goal] for goal in self.goals)

    @cached_property
    def _goals(self) -> frozenset[int]:
        return frozenset(self.goals)

    @cached_property
    def _place(self) -> dict[int, int]:
        return {goal: place for place, goal in enumerate(self.reach.targets)}

    @cached_property
    def reach(self) -> Reach:
        """Which targets each node reaches; from one start, only what stands above it."""
        if self.start is not None:
            above = self.lineage.above(self.start)
            return SmallReach(self.lineage, sorted(self._goals.intersection(above)), above)
        if not is_large(self.table):
            return SmallReach(self.lineage, self.goals)
        kept = self._kept() if self.standard else None
        return kept or vectors().large_reach(self.lineage, order_of(self.graph), self.goals)

    def _kept(self) -> LargeReach | None:
        """Return the reach that the release keeps for these bases, if it does."""
        column = self.graph.stored.get(f"reach_{self.lineage.allowed}")
        if column is None:
            return None
        kept: LargeReach = vectors().from_words(column, len(self.table.ids), self.goals)
        return kept

    @cached_property
    def any(self) -> Callable[[int], bool]:
        """Tell of each node, by number, whether it reaches any target."""
        if self.start is not None or not is_large(self.table):
            return self.reach.any
        kept = self._kept() if self.standard else None
        reach = kept or vectors().large_reach(
            self.lineage, order_of(self.graph), self.goals, merged=True
        )
        found: bytes = reach.words.any(axis=1).tobytes()
        return lambda node: bool(found[node])

    def bits(self, node: str) -> int:
        """Return the targets that a node reaches, bit i for target i."""
        number = self.table.number.get(node)
        return 0 if number is None else self.reach.bits(number)

    def reaches(self, node: str, target: str) -> bool:
        """Tell whether a chain leads from a node to a target."""
        bits = self.bits(node)
        place = self._place.get(self.table.number.get(target, -1))
        return place is not None and bool(bits >> place & 1)

    def reached(self, node: str) -> list[str]:
        """List the targets that a node reaches, in the order of the targets."""
        targets = self.reach.targets
        return [self.table.ids[targets[place]] for place in places_in(self.bits(node))]

    def is_target(self, node: str) -> bool:
        """Tell whether a node is one of the targets."""
        return self.table.number.get(node, -1) in self._goals

    def up(self, node: str) -> list[Claim]:
        """Return the links under `lin:tracesTo` that lead up from a node."""
        return self._claims(self.lineage.up(self.table.number[node]))

    def down(self, node: str) -> list[Claim]:
        """Return the links under `lin:tracesTo` that lead up to a node."""
        return self._claims(self.lineage.down(self.table.number[node]))

    def upward(self, node: str) -> list[Claim]:
        """Return the admitted links that lead up from a node, structure last."""
        return [*self.up(node), *self._claims(self.structure.up(self.table.number[node]))]

    def _claims(self, links: Iterable[int]) -> list[Claim]:
        return [self.graph.claims[self.table.claim[link]] for link in links]


def vectors() -> ModuleType:
    """Import what needs numpy, which only large graphs pay for."""
    return importlib.import_module("kg.lineage.vectors")


def order_of(graph: KnowledgeGraph) -> Order:
    """Return a graph's links by level: those that its release keeps, or sorted now."""
    module = vectors()
    if "level_link" in graph.stored:
        stored = graph.stored
        found: Order = module.from_columns(graph.table, stored["level_link"], stored["level_start"])
    else:
        found = module.order_links(graph.table)
    return found


def places_in(bits: int) -> Iterator[int]:
    """Yield the places of the bits that are set, lowest first.

    Example:
        >>> list(places_in(0b1010))
        [1, 3]
    """
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low
