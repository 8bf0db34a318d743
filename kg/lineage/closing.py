"""What would close a gap: claims that wait for a decision, and kinds of statement that lack."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.lineage.chains import ChainSearch
from kg.lineage.reasons import NATIONS
from kg.model.bases import Basis
from kg.model.levels import DELIVERY, ELEMENTS, INTENT
from kg.model.table import TRACING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.lineage.index import LineageIndex
    from kg.lineage.tracing import Stop
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node

_SERVING: Final = frozenset({"serves", "servesPrimarily"})
SERVES: Final = frozenset((*INTENT, *DELIVERY))
"""What is sought or done; what is found, measured or reported serves nothing itself."""
_LOOKED_AT: Final = 20_000
"""Nodes above one whose undecided claims are looked at."""


@dataclass(frozen=True, slots=True)
class Need:
    """A statement that would close a gap, if a document made it: nothing says that one does."""

    subject: str
    """The id of the node that it would be about."""
    predicate: str
    object: str
    """What it would have to lead to: an id, or a description."""
    where: str
    """The documents in which it would have to stand."""


def undecided(
    index: LineageIndex, start: str, search: ChainSearch, goals: Sequence[str]
) -> tuple[Claim, ...]:
    """List the claims that do not count and would close the gap if they did.

    These are rejected and open ones, those not in force, and what a model suggests. They may
    be about the node, about anything that it reaches, or about its parts (a whole contributes
    to what a part of it serves).

    Args:
        index: The links that count.
        start: The id of the node.
        search: What stands above it.
        goals: The ids to reach.
    """
    wanted = set(goals)
    found = []
    wider = ChainSearch(index.graph, index.bases, start, uncounted=True)
    for goal in filter(wider.reaches, goals):
        found += [hop for hop in wider.strongest(goal).hops if not _counts(hop)]
    for claim in _waiting(index.graph, start, search):
        ends = [claim.object]
        if claim.predicate in _SERVING:
            ends.append(index.graph.instrument_of(claim.object))
        if any(end in wanted or _leads(index, end, wanted) for end in ends):
            found.append(claim)
    return tuple({claim.id: claim for claim in found}.values())


def _waiting(graph: KnowledgeGraph, start: str, search: ChainSearch) -> Iterator[Claim]:
    """Yield the claims upwards that do not count, of what a node reaches and of its parts."""
    for number in search.above[:_LOOKED_AT]:
        for claim in graph.claims_from(graph.table.ids[number]):
            if claim.predicate in TRACING and not _counts(claim):
                yield claim
    for link in graph.claims_to(start)[:_LOOKED_AT]:
        if link.predicate == "partOf" and link.accepted:
            for claim in graph.claims_from(link.subject):
                if claim.predicate in _SERVING and not _counts(claim):
                    yield claim


def _counts(claim: Claim) -> bool:
    return claim.accepted and claim.basis is not Basis.SUGGESTED


def _leads(index: LineageIndex, start: str, wanted: set[str]) -> bool:
    table = index.table
    number = table.number.get(start)
    if number is None:
        return False
    return any(table.ids[above] in wanted for above in index.lineage.above(number))


def what_is_needed(
    graph: KnowledgeGraph,
    start: Node,
    aim: Node | None,
    stops: Sequence[Stop],
    goals: Sequence[str],
) -> tuple[Need, ...]:
    """Say which statements would close a gap, by the levels of the two ends.

    Each is one that the ontology allows between things of those classes. None is said to
    exist; a link that only structure leads to (`partOf`) is not among them, because what a
    whole serves its parts do not thereby serve.

    Args:
        graph: The graph.
        start: The node.
        aim: What it should reach; any target when None.
        stops: Where its chains end.
        goals: The ids that may be reached.
    """
    served = [start]
    for stop in stops:
        node = graph.nodes[stop.node]
        if stop.hops and all(hop.predicate in TRACING for hop in stop.hops):
            served.append(node)
    found: list[Need] = []
    for node in served:
        if node.cls in SERVES or (graph.flat and node.cls in ELEMENTS):
            found += _of_element(graph, node, aim, goals)
        elif node.cls == "Instrument":
            wanted = _instruments(graph, start, aim, goals)
            if wanted:
                found.append(Need(node.id, "drawsOn", wanted, _documents(graph, node)))
    return tuple(found)


def _of_element(
    graph: KnowledgeGraph, node: Node, aim: Node | None, goals: Sequence[str]
) -> Iterator[Need]:
    where = _documents(graph, node)
    intents = _intents(graph, aim, goals)
    if intents:
        if node.cls in INTENT and not graph.flat and _is_other(graph, node, aim):
            yield Need(node.id, "restates", intents, where)
        yield Need(node.id, "serves", intents, where)
    if not graph.flat and (aim is None or aim.cls == "Instrument") and _is_other(graph, node, aim):
        wanted = _instruments(graph, node, aim, goals)
        if wanted:
            yield Need(node.id, "supportsInstrument", wanted, where)


def _is_other(graph: KnowledgeGraph, node: Node, aim: Node | None) -> bool:
    """Tell whether a target is another instrument's: none restates or supports itself."""
    return aim is None or graph.instrument_of(aim.id) != graph.instrument_of(node.id)


def _intents(graph: KnowledgeGraph, aim: Node | None, goals: Sequence[str]) -> str:
    """Describe the intents among the goals."""
    if aim is not None and aim.cls in INTENT:
        return aim.id
    names = [name for name in goals if graph.nodes[name].cls in INTENT]
    if not names:
        return ""
    if graph.flat:
        cls = graph.nodes[names[0]].cls
        if len(names) == 1:
            return f"{names[0]}, or an item that reaches it"
        return (
            f"one of the {len(names)} items of the top level ({cls}), or an item that reaches one"
        )
    frameworks = list(dict.fromkeys(graph.instrument_of(name) for name in names))
    kinds = sorted({graph.nodes[name].kind or graph.nodes[name].cls.lower() for name in names})
    if len(names) == 1:
        return names[0]
    return f"one of the {len(names)} intents ({', '.join(kinds)}) of {', '.join(frameworks)}"


def _instruments(graph: KnowledgeGraph, start: Node, aim: Node | None, goals: Sequence[str]) -> str:
    """Describe the instruments among the goals."""
    if aim is not None:
        return aim.id if aim.cls == "Instrument" else ""
    if not any(graph.nodes[name].cls == "Instrument" for name in goals):
        return ""
    plan = graph.nodes.get(graph.instrument_of(start.id))
    words = "a national instrument"
    if plan is not None and plan.jurisdiction in NATIONS:
        words += f" that applies in {plan.jurisdiction}"
    if plan is not None and plan.issued:
        words += f" and was there by {plan.issued}"
    return words


def _documents(graph: KnowledgeGraph, node: Node) -> str:
    """Name the documents that could say something of a node: its plan's own text."""
    plan = graph.instrument_of(node.id)
    if graph.flat:
        return ", ".join(document.path for document in graph.documents.values())
    paths = [d.path for d in graph.documents.values() if d.instrument == plan]
    return ", ".join(sorted(paths)) or f"the text of {plan}, which is not among those read"
