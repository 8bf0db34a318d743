"""Impact: what leads up to a node, and what would reach nothing without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.lineage.reach import Selection
from kg.model.bases import DEFAULT, Basis
from kg.model.table import allowed_mask
from kg.model.tables import Cell, ResultTable

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

_INFERRED: Final = 1 << Basis.INFERRED
COLUMNS: Final = ("node", "class", "label", "hops", "only_this_way")


def impact(graph: KnowledgeGraph, node: str, *, bases: frozenset[Basis] = DEFAULT) -> ResultTable:
    """List everything that leads up to a node, nearest first.

    The cost is that of what stands below the node and above it, whatever the graph's size.

    Args:
        graph: The graph.
        node: Any name of the node.
        bases: The bases to admit.

    Returns:
        Columns `node, class, label, hops, only_this_way`: `hops` is the length of the
        shortest chain; `only_this_way` tells that every chain from there to a target (a
        national objective or instrument; in a flat table, a top-level item) passes this node.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to the name.

    Example:
        >>> import kg
        >>> found = impact(kg.load(), "no-health-without-mental-health/objective/6")
        >>> [(row["node"], row["hops"]) for row in found][:1]
        [('telford-2011/action/4', 1)]
    """
    table = graph.table
    start = table.number[graph.node(node).id]
    links = Selection(table, table.tracing, allowed_mask(bases))
    below = links.below(start)
    rest = Remaining(table, links.predicates, links.allowed, graph, table.ids[start])
    leads = not set(table.targets).isdisjoint(links.above(start))
    safe = _safe(rest, start, below) if leads else set(below)
    rows: list[tuple[Cell, ...]] = []
    for number, hops in below.items():
        if number != start:
            found = graph.nodes[table.ids[number]]
            rows.append((found.id, found.cls, found.label, hops, number not in safe))
    return ResultTable(COLUMNS, tuple(rows))


@dataclass(frozen=True)
class Remaining(Selection):
    """The links that are left without a node: what was inferred from its links falls with it.

    Attributes:
        graph: The graph, for the premises of what is inferred.
        removed: The node.
    """

    graph: KnowledgeGraph
    removed: str
    _fallen: dict[int, bool] = field(default_factory=dict)

    def admits(self, link: int) -> bool:
        """Tell whether a link counts and does not fall with the node."""
        if not super().admits(link):
            return False
        if not self.table.need[link] & _INFERRED:
            return True
        if link not in self._fallen:
            self._fallen[link] = self._falls(self.graph.claims[self.table.claim[link]])
        return not self._fallen[link]

    def _falls(self, claim: Claim) -> bool:
        """Tell whether a claim, or anything that it rests on, is about the node."""
        waiting, seen = [claim], {claim.id}
        while waiting:
            held = waiting.pop()
            if self.removed in (held.subject, held.object):
                return True
            for name in held.premises:
                if name not in seen:
                    seen.add(name)
                    waiting.append(self.graph.claim[name])
        return False


def _safe(links: Selection, removed: int, below: dict[int, int]) -> set[int]:
    """Return the nodes below the removed one that reach a target all the same.

    A node is safe when it is a target, or when a parent is one, or is safe, or reaches a target
    without standing below the removed node.
    """
    table = links.table
    targets = set(table.targets)
    objects = table.object
    parents = {
        node: [objects[link] for link in links.up(node)] for node in below if node != removed
    }
    outside = {parent for above in parents.values() for parent in above if parent not in below}
    reaching = _reaching(links, outside, targets)
    safe = {
        node for node, above in parents.items() if node in targets or not reaching.isdisjoint(above)
    }
    queue = list(safe)
    while queue:
        for link in links.down(queue.pop()):
            child = table.subject[link]
            if child in below and child not in safe and child != removed:
                safe.add(child)
                queue.append(child)
    return safe


def _reaching(links: Selection, start: set[int], targets: set[int]) -> set[int]:
    """Return the nodes that are targets or reach one, among some nodes and what is above them."""
    objects = links.table.object
    children: dict[int, list[int]] = {}
    seen, queue = set(start), list(start)
    while queue:
        node = queue.pop()
        for link in links.up(node):
            other = objects[link]
            children.setdefault(other, []).append(node)
            if other not in seen:
                seen.add(other)
                queue.append(other)
    found = seen & targets
    queue = list(found)
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in found:
                found.add(child)
                queue.append(child)
    return found
