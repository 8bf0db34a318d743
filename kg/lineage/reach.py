"""Reachability over the columns of a graph: which targets each node reaches, as sets of bits.

Small graphs use Python's integers and import nothing; large ones use numpy, one machine word for
64 targets (`kg.lineage.vectors`). Both are exact at any depth, recurse nowhere and are safe on
cycles.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from kg.model.table import GraphTable

SMALL: Final = 50_000
"""Links from which numpy, its import included, is faster than Python's integers for a matrix, which
closes a graph three times; for closing once it is so from twice as many (`benchmarks`, ways)."""


def is_large(table: GraphTable) -> bool:
    """Tell whether a graph has so many links that numpy pays for its import."""
    return len(table.subject) > SMALL


class Reach(Protocol):
    """What each node reaches, of some targets, over some links."""

    targets: Sequence[int]

    def bits(self, node: int) -> int:
        """Return the targets that a node reaches, bit i for target i."""

    def any(self, node: int) -> bool:
        """Tell whether a node reaches any target."""


@dataclass(frozen=True)
class Selection:
    """The links that count: those of some predicates whose need lies within the bases allowed.

    Example:
        >>> from kg.model.table import TableBuilder
        >>> builder = TableBuilder()
        >>> a, b = builder.node("a", "Action"), builder.node("b", "Objective")
        >>> builder.link(a, "serves", b, 1, 0, 0)
        >>> table = builder.finish(flat=True)
        >>> [Selection(table, table.tracing, allowed).admits(0) for allowed in (1, 2)]
        [True, False]
    """

    table: GraphTable
    predicates: frozenset[int]
    allowed: int

    def admits(self, link: int) -> bool:
        """Tell whether a link counts."""
        table = self.table
        return (
            table.predicate[link] in self.predicates and not table.need[link] & ~self.allowed & 0xFF
        )

    def up(self, node: int) -> Iterator[int]:
        """Yield the links that count and have a node as subject."""
        return (link for link in self.table.out(node) if self.admits(link))

    def down(self, node: int) -> Iterator[int]:
        """Yield the links that count and have a node as object."""
        return (link for link in self.table.into(node) if self.admits(link))

    def above(self, start: int) -> list[int]:
        """List a node and everything above it, nearest first."""
        objects = self.table.object
        found = {start: None}
        queue = deque([start])
        while queue:
            for link in self.up(queue.popleft()):
                other = objects[link]
                if other not in found:
                    found[other] = None
                    queue.append(other)
        return list(found)

    def below(self, start: int) -> dict[int, int]:
        """Return a node and everything below it, nearest first, with the number of hops."""
        subjects = self.table.subject
        found = {start: 0}
        queue = deque([start])
        while queue:
            node = queue.popleft()
            for link in self.down(node):
                other = subjects[link]
                if other not in found:
                    found[other] = found[node] + 1
                    queue.append(other)
        return found


class SmallReach:
    """Reach as one Python integer a node, spread from the targets until nothing changes.

    Args:
        selection: The links that count.
        targets: The numbers of the nodes to reach.
        within: The nodes to look at; all when left out. Given everything above a node, the
            answer for that node is exact at a cost that does not depend on the graph's size.
    """

    def __init__(
        self,
        selection: Selection,
        targets: Sequence[int],
        within: Collection[int] | None = None,
    ) -> None:
        self.targets = targets
        own = {target: 1 << place for place, target in enumerate(targets)}
        down = self._down(selection, within)
        bits: dict[int, int] = {}
        queue = deque(target for target in targets if target in down)
        waiting = set(queue)
        while queue:
            node = queue.popleft()
            waiting.discard(node)
            carried = bits.get(node, 0) | own.get(node, 0)
            for child in down.get(node, ()):
                held = bits.get(child, 0)
                if carried | held != held:
                    bits[child] = carried | held
                    if child not in waiting:
                        waiting.add(child)
                        queue.append(child)
        self._bits = bits

    @staticmethod
    def _down(selection: Selection, within: Collection[int] | None) -> dict[int, list[int]]:
        table, allowed, predicates = selection.table, selection.allowed, selection.predicates
        down: dict[int, list[int]] = {}
        if within is None:
            columns = (table.subject, table.object, table.predicate, table.need)
            for subject, object_, predicate, need in zip(*columns, strict=True):
                if predicate in predicates and not need & ~allowed and subject != object_:
                    down.setdefault(object_, []).append(subject)
            return down
        objects = table.object
        for node in within:
            for link in selection.up(node):
                if objects[link] != node:
                    down.setdefault(objects[link], []).append(node)
        return down

    def bits(self, node: int) -> int:
        """Return the targets that a node reaches, bit i for target i."""
        return self._bits.get(node, 0)

    def any(self, node: int) -> bool:
        """Tell whether a node reaches any target."""
        return node in self._bits
