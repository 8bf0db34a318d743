"""Where the chains of a node stop, and for what reason."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.lineage.reasons import Reason, bound, explain
from kg.lineage.tracing import Stop
from kg.model.levels import ELEMENTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.lineage.index import LineageIndex
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node

STOPS: Final = 5
"""Ends of chains that are shown, the furthest first."""
WALKED: Final = 20_000
"""Nodes above one that are looked at for where its chains stop."""


PART_ONLY: Final = Reason(
    "part-only", "it is only part of what leads there, and parts do not thereby serve"
)
"""Of a chain that leads to a target through structure, and so does not count."""


@dataclass(frozen=True, slots=True)
class Barred:
    """A framework of national objectives that the node cannot serve, and why."""

    instrument: Node
    reason: Reason


def not_in_force(graph: KnowledgeGraph, claims: Sequence[Claim]) -> Reason | None:
    """Return the reason of time where links would lead there on another day."""
    if any(claim.decision == "not-in-force" for claim in claims):
        day = getattr(graph, "day", "")
        when = f"on {day}" if day else "on the day that was asked about"
        return Reason("time", f"links that would lead there are not in force {when}")
    return None


def reason_at(graph: KnowledgeGraph, start: Node, stop: Node, target: str | None) -> Reason:
    """Say why a chain goes no further than a node.

    Args:
        graph: The graph.
        start: Where the chain starts.
        stop: Where it stops.
        target: What it should reach; any target when None.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> body = graph.node("worcestershire-jcg")
        >>> reason_at(graph, body, body, None).code
        'body'
    """
    if stop.cls == "FundingStream":
        return Reason("funding", "it is a source of money, and money is no alignment")
    if stop.cls == "ElementSet":
        return Reason("set", "it is a set of elements, and sets are laid side by side, not linked")
    if stop.cls not in ELEMENTS and stop.cls != "Instrument":
        return Reason(
            "body", "it is a body: bodies lead, govern and take part, and serve no objective"
        )
    if stop.cls == "Instrument" and (own := _instrument_stops(graph, stop.id, target)):
        return own
    if stop.id == start.id and target is not None and graph.instrument_of(start.id) == target:
        own = explain(graph, start.id, target)
        if own.code == "not-stated":
            return Reason("own-plan", f"it is set out in {target}, which is not to serve it")
        return own
    return explain(graph, stop.id, target)


def _instrument_stops(graph: KnowledgeGraph, stop: str, target: str | None) -> Reason | None:
    """Say why nothing leads on from an instrument, where that is all there is to say."""
    life = graph.life(stop)
    if graph.day and not life.live:
        return Reason(life.state, f"on {graph.day}: {life.words(stop)}")
    if not any(document.instrument == stop for document in graph.documents.values()):
        return Reason(
            "not-read",
            "its own text is not among the documents that were read, "
            "and none of these says what it serves",
        )
    if stop == target:
        return Reason("own-plan", "it is the instrument that sets this out, and nothing more")
    return None


def stops_of(index: LineageIndex, start: Node, target: str | None) -> tuple[tuple[Stop, ...], int]:
    """Find where the chains from a node end, structure included, the furthest first."""
    graph = index.graph
    came: dict[str, Claim] = {}
    ends: list[str] = []
    last, closing = start.id, None
    queue = deque([start.id])
    while queue and len(came) < WALKED:
        last = queue.popleft()
        if last != start.id and index.is_target(last):
            ends.append(last)  # through structure, or there would be no gap
            continue
        upward = index.upward(last)
        if not upward:
            ends.append(last)
        for claim in upward:
            if claim.object == start.id or claim.object in came:
                closing = claim
            else:
                came[claim.object] = claim
                queue.append(claim.object)

    def hops(node: str) -> tuple[Claim, ...]:
        back: list[Claim] = []
        while node != start.id:
            back.append(came[node])
            node = came[node].subject
        return tuple(reversed(back))

    if not ends and closing is not None:  # every chain runs in a circle
        words = "its links only lead round in a circle, and never out of it"
        round_ = (*hops(closing.subject), closing)
        return (Stop(closing.subject, round_, Reason("cycle", words)),), 0
    found = [
        Stop(
            end,
            hops(end),
            PART_ONLY
            if index.is_target(end) and end != start.id
            else reason_at(graph, start, graph.nodes[end], target),
        )
        for end in ends
    ]
    found.sort(
        key=lambda stop: (
            stop.reason != PART_ONLY,
            -len(stop.hops),
            sum(hop.predicate == "partOf" for hop in stop.hops),
            stop.node,
        )
    )
    return tuple(found[:STOPS]), max(0, len(found) - STOPS)


def barred_by(graph: KnowledgeGraph, start: str) -> Iterator[Barred]:
    """Yield the frameworks of national objectives that jurisdiction or time puts out of reach."""
    seen = set()
    for name in graph.targets:
        framework = graph.nodes[name].instrument
        if framework and framework not in seen:
            seen.add(framework)
            reason = bound(graph, start, framework)
            if reason:
                yield Barred(graph.nodes[framework], reason)
