"""Reachability: which targets each node reaches, as one integer of bits a node."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from kg.model.bases import DEFAULT, Basis, admits
from kg.model.graph import STRUCTURE, TRACING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    ) -> None:
        self.graph = graph
        self.bases = bases
        self.targets = tuple(graph.targets if targets is None else targets)
        self._bit = {target: 1 << place for place, target in enumerate(self.targets)}
        self.up: dict[str, list[Claim]] = {}
        self.down: dict[str, list[Claim]] = {}
        self.structure_up: dict[str, list[Claim]] = {}
        self.structure_down: dict[str, list[Claim]] = {}
        for claim in graph.links:
            if not admits(bases, claim.basis, claim.support):
                continue
            if claim.predicate in TRACING:
                self.up.setdefault(claim.subject, []).append(claim)
                self.down.setdefault(claim.object, []).append(claim)
            elif claim.predicate == STRUCTURE:
                self.structure_up.setdefault(claim.subject, []).append(claim)
                self.structure_down.setdefault(claim.object, []).append(claim)
        self.plan_names: dict[str, bool] = {}
        """Whether a plan names a national instrument, kept while the index lives."""
        self.bits = self._propagate()

    def _propagate(self) -> dict[str, int]:
        """Spread the targets' bits down the links until nothing changes."""
        bits: dict[str, int] = {}
        queue = deque(target for target in self.targets if target in self.down)
        waiting = set(queue)
        while queue:
            node = queue.popleft()
            waiting.discard(node)
            carried = bits.get(node, 0) | self._bit.get(node, 0)
            for claim in self.down.get(node, ()):
                child = claim.subject
                merged = bits.get(child, 0) | carried
                if merged != bits.get(child, 0):
                    bits[child] = merged
                    if child not in waiting:
                        waiting.add(child)
                        queue.append(child)
        return bits

    def reaches(self, node: str, target: str) -> bool:
        """Tell whether a chain leads from a node to a target."""
        return bool(self.bits.get(node, 0) & self._bit.get(target, 0))

    def reached(self, node: str) -> list[str]:
        """List the targets that a node reaches, in the order of the targets."""
        return self.decode(self.bits.get(node, 0))

    def decode(self, bits: int) -> list[str]:
        """List the targets that stand in a set of bits."""
        found = []
        while bits:
            low = bits & -bits
            found.append(self.targets[low.bit_length() - 1])
            bits ^= low
        return found

    def mask(self, targets: Iterable[str]) -> int:
        """Return the bits of some targets."""
        value = 0
        for target in targets:
            value |= self._bit.get(target, 0)
        return value

    def upward(self, node: str) -> list[Claim]:
        """Return the admitted links that lead up from a node, structure last."""
        return [*self.up.get(node, ()), *self.structure_up.get(node, ())]

    def below(self, node: str) -> list[Claim]:
        """Return the admitted links that lead up to a node, structure last."""
        return [*self.down.get(node, ()), *self.structure_down.get(node, ())]
