"""The golden thread of one node: every path up, or where the chain stops and why."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.lineage.index import LineageIndex
from kg.lineage.reasons import TIERS, Reason, explain, national_names, tier_of
from kg.model.bases import DEFAULT, Basis, weakest

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node

FLAT_TIERS: Final = ("reaches no top-level item", "reaches a top-level item")
MAX_PATHS: Final = 100
MAX_STEPS: Final = 200_000
"""Partial paths looked at before the search says that it stopped."""


@dataclass(frozen=True, slots=True)
class Path:
    """One chain of links from a node to another."""

    hops: tuple[Claim, ...]

    @property
    def target(self) -> str:
        """Where the path ends, seen from the node it was asked for."""
        return self.hops[-1].object

    @property
    def basis(self) -> Basis:
        """The weakest basis on the path: its label."""
        return weakest(hop.strength for hop in self.hops)


@dataclass(frozen=True, slots=True)
class Stop:
    """A place where a chain ends without reaching a target, and why."""

    node: str
    hops: tuple[Claim, ...]
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """The answer to: which national objectives does this serve, and who says so?"""

    node: Node
    paths: tuple[Path, ...]
    stops: tuple[Stop, ...]
    """Where the chains end, when nothing is reached."""
    named: tuple[Claim, ...]
    """National instruments that the node's own words name without serving them."""
    nearest: tuple[Claim, ...]
    """Where else the same plan names the target that was asked for."""
    may_serve: tuple[Claim, ...]
    """What a chain only suggests (rules P1 and P2)."""
    lapsed: tuple[Path, ...] = ()
    """Paths to what was a target before the day of a dated graph, and is none any more."""
    tier: int
    bases: frozenset[Basis]
    down: bool = False
    flat: bool = False
    """Whether the graph is a flat table, whose targets are its top level."""
    truncated: bool = False
    """Whether there are more paths than were asked for."""

    @property
    def tier_words(self) -> str:
        """The tier in words."""
        return tier_words(self.tier, flat=self.flat)


def tier_words(tier: int, *, flat: bool) -> str:
    """Return a tier in words.

    Example:
        >>> tier_words(1, flat=True), tier_words(4, flat=False)
        ('reaches a top-level item', 'nothing names a national instrument')
    """
    return FLAT_TIERS[tier == 1] if flat else TIERS[tier]


def trace(
    graph: KnowledgeGraph,
    node: str,
    *,
    bases: frozenset[Basis] = DEFAULT,
    to: str | None = None,
    down: bool = False,
    limit: int = MAX_PATHS,
) -> Trace:
    """Follow a node up to every national objective or instrument it reaches, or down to its roots.

    Shortest paths come first, then by id, so that the output is stable. A node that reaches
    nothing gives stops with a reason: being an orphan is a finding, not an error.

    Args:
        graph: The graph to walk.
        node: A local id, CURIE, IRI, last part of an id, or words.
        bases: The bases to admit.
        to: The target to reach (a node, or an instrument: then what it sets out counts too);
            the graph's targets when left out.
        down: Walk down instead: every element that leads up to the node.
        limit: The number of paths after which to stop.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to a name.

    Example:
        >>> import kg
        >>> found = trace(kg.load(), "telford-2011/action/4")
        >>> [path.target for path in found.paths][0], found.paths[0].basis.word
        ('no-health-without-mental-health/objective/6', 'stated')
    """
    start = graph.node(node)
    full = LineageIndex(graph, bases, start=start.id)
    if down:
        paths, truncated = _paths_down(full, start.id, limit)
        return Trace(
            node=start,
            paths=paths,
            stops=(),
            named=(),
            nearest=(),
            may_serve=(),
            tier=tier_of(full, start.id),
            bases=bases,
            down=True,
            flat=graph.flat,
            truncated=truncated,
        )
    aim = None if to is None else graph.node(to)
    index = full
    if aim is not None:
        index = LineageIndex(graph, bases, with_elements(graph, aim), start=start.id)
    paths, truncated = _paths_up(index, start.id, limit)
    lapsed = _lapsed(graph, bases, start.id, limit) if aim is None else ()
    stops = () if paths or lapsed else _stops(index, start.id, None if aim is None else aim.id)
    may = tuple(
        claim
        for claim in graph.outgoing.get(start.id, ())
        if claim.predicate == "mayServe"
        and claim.basis in bases
        and claim.support <= bases
        and (aim is None or index.is_target(claim.object))
    )
    named = tuple(claim for claim in national_names(full, start.id) if claim.predicate == "cites")
    return Trace(
        node=start,
        paths=paths,
        stops=stops,
        named=named,
        nearest=() if paths or aim is None else named_elsewhere(graph, start.id, aim.id),
        may_serve=may,
        lapsed=lapsed,
        flat=graph.flat,
        tier=tier_of(full, start.id),
        bases=bases,
        truncated=truncated,
    )


def _lapsed(
    graph: KnowledgeGraph, bases: frozenset[Basis], start: str, limit: int
) -> tuple[Path, ...]:
    """Find the paths to what was superseded or has ended before the graph's day."""
    if not graph.lapsed:
        return ()
    return _paths_up(LineageIndex(graph, bases, graph.lapsed, start=start), start, limit)[0]


def with_elements(graph: KnowledgeGraph, aim: Node) -> list[str]:
    """Return a node's id, and those of all that it sets out when it is an instrument.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> len(with_elements(graph, graph.node("no-health-without-mental-health")))
        7
    """
    table = graph.table
    return [aim.id, *(table.ids[node] for node in table.set_out_by(table.number[aim.id]))]


def named_elsewhere(graph: KnowledgeGraph, start: str, aim: str) -> tuple[Claim, ...]:
    """Return the links by which a node's plan names the instrument of a target elsewhere.

    Example:
        >>> import kg
        >>> found = named_elsewhere(kg.load(), "derby-2014/action/13", "crisis-concordat")
        >>> [claim.subject for claim in found]
        ['derby-2014/aim/12', 'derby-2014/driver/6', 'derby-2014']
    """
    plan = graph.instrument_of(start)
    return tuple(
        claim
        for claim in graph.incoming.get(graph.instrument_of(aim), ())
        if claim.rule == ""
        and claim.subject != start
        and graph.instrument_of(claim.subject) == plan
    )


def _paths_up(index: LineageIndex, start: str, limit: int) -> tuple[tuple[Path, ...], bool]:
    """Find the simple paths to targets, shortest first; nodes that reach none are not entered."""

    def onward(node: str) -> list[tuple[str, Claim]]:
        return sorted(
            (
                (claim.object, claim)
                for claim in index.up(node)
                if index.is_target(claim.object) or index.bits(claim.object)
            ),
            key=lambda pair: (pair[1].strength, pair[0], pair[1].predicate, pair[1].id),
        )

    return _walk(start, onward, index.is_target, limit)


def _paths_down(index: LineageIndex, start: str, limit: int) -> tuple[tuple[Path, ...], bool]:
    """Find the simple paths from every element below up to a node, shortest first."""

    def onward(node: str) -> list[tuple[str, Claim]]:
        return sorted(
            ((claim.subject, claim) for claim in index.down(node)),
            key=lambda pair: (pair[1].strength, pair[0], pair[1].predicate, pair[1].id),
        )

    paths, truncated = _walk(start, onward, lambda _: True, limit)
    return tuple(Path(tuple(reversed(path.hops))) for path in paths), truncated


def _walk(
    start: str,
    onward: Callable[[str], list[tuple[str, Claim]]],
    is_end: Callable[[str], bool],
    limit: int,
) -> tuple[tuple[Path, ...], bool]:
    """Enumerate simple paths breadth first, without recursion."""
    found: list[Path] = []
    queue: deque[tuple[str, tuple[Claim, ...], frozenset[str]]] = deque(
        [(start, (), frozenset({start}))]
    )
    steps = 0
    while queue:
        node, hops, seen = queue.popleft()
        for other, claim in onward(node):
            if other in seen:
                continue
            steps += 1
            longer = (*hops, claim)
            if is_end(other):
                if len(found) == limit:
                    return tuple(found), True
                found.append(Path(longer))
            if steps > MAX_STEPS:
                return tuple(found), True
            queue.append((other, longer, seen | {other}))
    return tuple(found), False


def _stops(index: LineageIndex, start: str, target: str | None) -> tuple[Stop, ...]:
    """Find where the chains from a node end, structure included, and why."""
    stops: list[Stop] = []
    seen = {start}
    queue: deque[tuple[str, tuple[Claim, ...]]] = deque([(start, ())])
    while queue:
        node, hops = queue.popleft()
        upward = index.upward(node)
        for claim in upward:
            if claim.object not in seen:
                seen.add(claim.object)
                queue.append((claim.object, (*hops, claim)))
        if not upward:
            reason = explain(index.graph, start, target)
            if node != start:
                own = explain(index.graph, node, target)
                reason = own if reason.code == "not-stated" else reason
            stops.append(Stop(node, hops, reason))
    if not stops:  # every chain runs in a circle
        stops.append(Stop(start, (), Reason("cycle", "its links only lead in a circle")))
    return tuple(stops)
