"""Why a node serves what it serves, or why it does not: chains that are proven, and gaps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import SettingsError
from kg.lineage.chains import ChainSearch, faults_of
from kg.lineage.closing import SERVES, Need, undecided, what_is_needed
from kg.lineage.index import LineageIndex
from kg.lineage.nearness import Alike, most_alike
from kg.lineage.reasons import Reason, bound, national_names, tier_of
from kg.lineage.stopping import Barred, barred_by, not_in_force, reason_at, stops_of
from kg.lineage.tracing import Path, Stop, named_elsewhere, tier_words, with_elements
from kg.model.bases import DEFAULT, Basis
from kg.model.levels import CONTEXT, ELEMENTS, INTENT, rank

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node

LIMIT: Final = 20
"""Targets whose chains are shown unless more are asked for."""
ALL: Final = frozenset(Basis) - {Basis.SUGGESTED}
COMPARED: Final = 20_000
"""Intents whose words are compared; more would take seconds."""


class UnprovenChainError(Exception):
    """A chain that was found does not stand up when it is looked at afresh: a bug, or a lie."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A target that a node reaches, by its shortest and its strongest chain."""

    target: Node
    shortest: Path
    strongest: Path

    @property
    def chains(self) -> tuple[Path, ...]:
        """The two chains, once when they are the same."""
        if self.shortest == self.strongest:
            return (self.shortest,)
        return self.shortest, self.strongest


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The answer to: why does this count as serving that?"""

    node: Node
    target: Node | None
    """What was asked for; None stands for every target of the graph."""
    bases: frozenset[Basis]
    reached: tuple[Reached, ...]
    more: int
    """How many more targets are reached than are shown."""
    tier_words: str
    is_target: bool
    """Whether the node is a target itself, where chains end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """The answer to: why does this not count as serving that?"""

    node: Node
    target: Node | None
    bases: frozenset[Basis]
    reason: Reason
    """Why there is no chain, seen from the node itself."""
    besides: Reason | None
    """Of a gap that jurisdiction or time makes: what the document shows of it besides."""
    forbidden: bool
    """Whether jurisdiction or time forbids any link: nothing can close the gap."""
    stops: tuple[Stop, ...]
    """Where chains end, structure included, the furthest first."""
    more_stops: int
    barred: tuple[Barred, ...]
    withheld: tuple[Reached, ...]
    """Chains on bases that were not admitted; they do not count here."""
    undecided: tuple[Claim, ...]
    """Claims that do not count and would close the gap if they did."""
    may_serve: tuple[Claim, ...]
    named: tuple[Claim, ...]
    """National instruments that the node's own words name without serving them."""
    elsewhere: tuple[Claim, ...]
    """Where else the same plan names the target."""
    needed: tuple[Need, ...]
    alike: tuple[Alike, ...]
    """Intents whose words resemble the node's: no links."""
    compared: int
    """How many intents were compared for that."""
    tier_words: str


def why(
    graph: KnowledgeGraph,
    node: str,
    target: str | None = None,
    *,
    bases: frozenset[Basis] = DEFAULT,
    limit: int = LIMIT,
    texts: Mapping[str, str] | None = None,
) -> Explanation:
    """Explain what a node serves: the shortest and the strongest chain to each target.

    Every chain is proven afresh from the records before it is returned.

    Args:
        graph: The graph.
        node: Any name of the node.
        target: Any name of what should be reached (an instrument stands for what it sets out
            as well); every target of the graph when left out.
        bases: The bases to admit.
        limit: How many targets to explain.
        texts: The texts of documents by id, in which quotations are looked up again.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to a name.
        SettingsError: If node and target are the same.

    Example:
        >>> import kg
        >>> found = why(kg.load(), "telford-2011/action/4")
        >>> [(one.target.cls, one.strongest.basis.word) for one in found.reached]
        [('Objective', 'stated'), ('Instrument', 'inferred')]
    """
    start, aim, goals = _asked(graph, node, target)
    shown, more = _reached(graph, start, goals, bases, limit, texts)
    return Explanation(
        node=start,
        target=aim,
        bases=bases,
        reached=shown,
        more=more,
        tier_words=_tier(graph, start.id, bases),
        is_target=aim is None and start.id in graph.targets,
    )


def why_not(
    graph: KnowledgeGraph,
    node: str,
    target: str | None = None,
    *,
    bases: frozenset[Basis] = DEFAULT,
    texts: Mapping[str, str] | None = None,
) -> Gap | None:
    """Explain why a node does not serve something: where its chains stop, and what is missing.

    Args:
        graph: The graph.
        node: Any name of the node.
        target: Any name of what should be reached; every target of the graph when left out.
        bases: The bases to admit.
        texts: The texts of documents by id, in which quotations are looked up again.

    Returns:
        The gap; None when there is none, because a chain leads there.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to a name.
        SettingsError: If node and target are the same.

    Example:
        >>> import kg
        >>> why_not(kg.load(), "dundee-2019/action/1", "crisis-concordat").reason.code
        'jurisdiction'
    """
    start, aim, goals = _asked(graph, node, target)
    search = ChainSearch(graph, bases, start.id)
    if any(map(search.reaches, goals)):
        return None
    aim_id = None if aim is None else aim.id
    binding = None if aim_id is None else bound(graph, start.id, aim_id)
    barred = tuple(barred_by(graph, start.id)) if aim is None else ()
    index = LineageIndex(graph, bases, goals, start=start.id)
    stops, more = stops_of(index, start, aim_id)
    waiting = undecided(index, start.id, search, goals)
    closed = {one.instrument.id for one in barred}
    open_goals = [g for g in goals if graph.instrument_of(g) not in closed]
    may = tuple(
        claim
        for claim in graph.outgoing.get(start.id, ())
        if claim.predicate == "mayServe" and claim.object in goals
    )
    alike, compared = ([], 0) if binding else _alike(graph, start, aim, open_goals)
    return Gap(
        node=start,
        target=aim,
        bases=bases,
        reason=binding or not_in_force(graph, waiting) or _own_reason(graph, start, aim_id, stops),
        besides=_besides(graph, start) if binding else None,
        forbidden=binding is not None,
        stops=stops,
        more_stops=more,
        barred=barred,
        withheld=_reached(graph, start, goals, ALL, LIMIT, texts)[0] if bases != ALL else (),
        undecided=waiting,
        may_serve=may,
        named=tuple(
            claim
            for claim in national_names(index, start.id)
            if claim.predicate == "cites" and (aim is None or claim.object in goals)
        ),
        elsewhere=() if aim is None else named_elsewhere(graph, start.id, aim.id),
        needed=() if binding else what_is_needed(graph, start, aim, stops, open_goals),
        alike=tuple(alike),
        compared=compared,
        tier_words=_tier(graph, start.id, bases),
    )


def _asked(
    graph: KnowledgeGraph, node: str, target: str | None
) -> tuple[Node, Node | None, list[str]]:
    """Find what is asked about, and the ids that a chain should reach."""
    start = graph.node(node)
    if target is None:
        return start, None, [name for name in graph.targets if name != start.id]
    aim = graph.node(target)
    if aim.id == start.id:
        raise SettingsError(
            "same-node",
            f"{start.id} is both the node and the target",
            hint="name two different nodes, or leave the target out",
        )
    return start, aim, [name for name in with_elements(graph, aim) if name != start.id]


def _tier(graph: KnowledgeGraph, node: str, bases: frozenset[Basis]) -> str:
    return tier_words(tier_of(LineageIndex(graph, bases, start=node), node), flat=graph.flat)


def _reached(
    graph: KnowledgeGraph,
    start: Node,
    goals: Sequence[str],
    bases: frozenset[Basis],
    limit: int,
    texts: Mapping[str, str] | None,
) -> tuple[tuple[Reached, ...], int]:
    """Find the best chains to each goal, the nearest first, and prove them."""
    search = ChainSearch(graph, bases, start.id)
    wanted = set(goals)
    there = [graph.table.ids[number] for number in search.above]
    found = [name for name in there if name in wanted and search.reaches(name)]
    shown = []
    for name in found[:limit]:
        one = Reached(graph.nodes[name], search.shortest(name), search.strongest(name))
        for chain in one.chains:
            prove(graph, chain, start.id, (name,), bases, texts)
        shown.append(one)
    shown.sort(key=lambda one: (len(one.shortest.hops), one.strongest.basis, one.target.id))
    return tuple(shown), len(found) - len(shown)


def prove(
    graph: KnowledgeGraph,
    path: Path,
    start: str,
    ends: Collection[str],
    bases: frozenset[Basis],
    texts: Mapping[str, str] | None = None,
) -> None:
    """Refuse a chain that is no real path.

    Raises:
        UnprovenChainError: If anything is wrong with it.

    Example:
        >>> import kg
        >>> prove(kg.load(), Path(()), "a", ["b"], DEFAULT)
        Traceback (most recent call last):
        ...
        kg.lineage.explaining.UnprovenChainError: the chain from a cannot be proven: it has no hops
    """
    faults = faults_of(graph, path, start, ends, bases, texts)
    if faults:
        raise UnprovenChainError(f"the chain from {start} cannot be proven: " + "; ".join(faults))


def _own_reason(
    graph: KnowledgeGraph, start: Node, target: str | None, stops: Sequence[Stop]
) -> Reason:
    """Return why there is no chain, seen from the node itself."""
    first = stops[0] if stops else None
    if first and first.reason.code == "cycle":
        return first.reason
    if first and first.hops and graph.flat:
        sought = target or "an item of the top level"
        return Reason("not-stated", f"nothing that it serves leads to {sought}")
    return reason_at(graph, start, start, target)


def _besides(graph: KnowledgeGraph, start: Node) -> Reason | None:
    """Return what the document shows of a gap that would be there in any case."""
    reason = reason_at(graph, start, start, None)
    return None if reason.code == "not-stated" else reason


def _alike(
    graph: KnowledgeGraph, start: Node, aim: Node | None, goals: Sequence[str]
) -> tuple[list[Alike], int]:
    """Compare a node's words with those of what it might serve."""
    if start.cls not in (ELEMENTS if graph.flat else SERVES):
        return [], 0
    table = graph.table
    kinds = ELEMENTS if graph.flat else INTENT
    wanted = {name: None for name in goals if graph.nodes[name].cls in kinds}
    if aim is None:
        for node in _own_intents(graph, start):
            wanted[node] = None
    above = {table.ids[n] for n in LineageIndex(graph).everything.above(table.number[start.id])}
    names = [name for name in wanted if name not in above][:COMPARED]
    return most_alike(start, (graph.nodes[name] for name in names)), len(names)


def _own_intents(graph: KnowledgeGraph, start: Node) -> Iterator[str]:
    """Yield the intents of the same plan; in a flat table, the items of higher levels."""
    table = graph.table
    if not graph.flat:
        yield from (node.id for node in graph.set_out_by(start.instrument, INTENT))
        return
    higher = {
        code
        for code, name in enumerate(table.classes)
        if name in ELEMENTS and name not in CONTEXT and rank(name) < rank(start.cls)
    }
    for number, cls in enumerate(table.cls):
        if cls in higher:
            yield table.ids[number]
