"""Why a chain stops, and how near an orphan comes: reasons and tiers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING, Final

from kg.model.bases import DEFAULT, Basis
from kg.model.dating import NOT_IN_FORCE
from kg.model.levels import CONTEXT, INTENT
from kg.model.table import NATIONAL, NEVER, TRACING
from kg.model.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.lineage.index import LineageIndex
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Fact, Passage

NATIONS: Final = {
    "England": frozenset({"England"}),
    "Wales": frozenset({"Wales"}),
    "Scotland": frozenset({"Scotland"}),
    "Northern Ireland": frozenset({"Northern Ireland"}),
    "England and Wales": frozenset({"England", "Wales"}),
    "Great Britain": frozenset({"England", "Wales", "Scotland"}),
    "United Kingdom": frozenset({"England", "Wales", "Scotland", "Northern Ireland"}),
}
NAMING: Final = frozenset(
    {"cites", "supportsInstrument", "drawsOn", "implements", "servesPrimarily", "serves"}
)
BIBLIOGRAPHY: Final = "bibliography"
"""The document that gives dates and jurisdictions of instruments."""
WITHHELD: Final = frozenset({"rejected", "open"})
"""The decisions of links that somebody read in a document and that do not count."""
UPWARD_GAPS: Final = frozenset({"serves", "supportsInstrument", "contributesTo", "partOf"})
"""What may be missing when an upward link is."""
_KIND_REASON: Final = {
    "folded": ("folded", "it is folded into another row"),
    "lost": ("lost", "the link was lost from the text"),
    "declared-local": ("declared-local", "the document declares it local"),
    "no-such-column": ("no-such-column", "the document has no column that links it upwards"),
    "blank": ("blank", "its cell is blank"),
    "deferred": ("deferred", "the document defers it to another document"),
    "not-stated": ("not-stated", "the document does not say"),
}
_ORDER: Final = tuple(_KIND_REASON)
TIERS: Final = {
    1: "reaches a numbered national objective",
    2: "its own words name a national instrument",
    3: "only its plan or set names a national instrument",
    4: "nothing names a national instrument",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a chain stops: a code, a sentence, and the words that show it (if any)."""

    code: str
    sentence: str
    passages: tuple[Passage, ...] = ()


def same_jurisdiction(first: str, second: str) -> bool:
    """Tell whether two jurisdictions share a nation; an unknown one is held to.

    Example:
        >>> same_jurisdiction("England", "Scotland")
        False
        >>> same_jurisdiction("England", "England and Wales")
        True
    """
    if first not in NATIONS or second not in NATIONS:
        return True
    return bool(NATIONS[first] & NATIONS[second])


def came_later(older: str, newer: str) -> bool:
    """Tell whether something issued at `newer` surely came after `older` (EDTF texts).

    Example:
        >>> came_later("2009", "2011-02"), came_later("2011", "2011-02")
        (True, False)
    """
    last, first = bounds(older)[1], bounds(newer)[0]
    return bool(last and first and last < first)


def explain(graph: KnowledgeGraph, node: str, target: str | None = None) -> Reason:
    """Say why a node does not reach a target, or any target.

    The order is: another jurisdiction, a policy that came later, what does not count on the day
    of a dated graph, what the document shows of
    the gap (folded, lost, local, no such column…), the same of the whole that it is part
    of, a link that was rejected or left open, and at last: not stated.

    Example:
        >>> import kg
        >>> explain(kg.load(), "dundee-2019/action/1", "crisis-concordat").code
        'jurisdiction'
    """
    if target is not None:
        binding = bound(graph, node, target)
        if binding:
            return binding
    lapse = _lapse(graph, node, target)
    if lapse:
        return lapse
    for place in chain((node,), _wholes(graph, node)):
        shown = shown_by(graph.absences_of(place))
        if shown and place != node:
            words = f"of the whole that it is part of ({place}): {shown.sentence}"
            return replace(shown, sentence=words)
        if shown:
            return shown
    if graph.flat:
        return Reason("not-stated", "its row names nothing that it serves")
    sought = "a national objective" if target is None else target
    silent = Reason("not-stated", f"no document says that it serves {sought}")
    return _withheld(graph, node, target) or silent


def _withheld(graph: KnowledgeGraph, node: str, target: str | None) -> Reason | None:
    """Return the reason why a link that somebody read in a document does not count, if any."""
    for claim in graph.claims_from(node):
        goals = (claim.object, graph.instrument_of(claim.object))
        read = claim.predicate in TRACING and not claim.rule and claim.basis is not Basis.SUGGESTED
        if read and claim.decision in WITHHELD and target in (None, *goals):
            last = claim.decisions[-1] if claim.decisions else None
            by, on = (last.by, last.on) if last else (claim.by, claim.on)
            verb = "was rejected" if claim.decision == "rejected" else "was left open"
            who = f" by {by}" if by else ""
            words = f"its link to {claim.object} {verb}{who}{f' on {on}' if on else ''}"
            why = f": {last.reason}" if last and last.reason else ""
            return Reason(claim.decision, words + why, claim.evidence)
    return None


def shown_by(absences: Iterable[Fact]) -> Reason | None:
    """Return the reason that the gaps which a document shows give for a missing upward link.

    Example:
        >>> import kg
        >>> shown_by(kg.load().absences_of("worcestershire-2009/intention/1")).code
        'no-such-column'
    """
    gaps = [
        fact
        for fact in absences
        if fact["property"] in UPWARD_GAPS and fact["kind"] in _KIND_REASON
    ]
    if not gaps:
        return None
    gap = min(gaps, key=lambda fact: _ORDER.index(fact["kind"]))
    code, sentence = _KIND_REASON[gap["kind"]]
    if gap["folded_into"]:
        sentence = f"it is folded into {gap['folded_into']}"
    return Reason(code, sentence, gap.passages)


def bound(graph: KnowledgeGraph, node: str, target: str) -> Reason | None:
    """Return the reason of jurisdiction or time for which a node cannot lead to a target, if any.

    Example:
        >>> import kg
        >>> bound(kg.load(), "worcestershire-2009/intention/1", "crisis-concordat").code
        'time'
    """
    own = graph.nodes.get(graph.instrument_of(node))
    other = graph.nodes.get(graph.instrument_of(target))
    if own is None or other is None or own.id == other.id:
        return None
    words = tuple(
        passage
        for instrument in (own, other)
        for passage in instrument.passages
        if passage.document == BIBLIOGRAPHY
    )
    if not same_jurisdiction(own.jurisdiction, other.jurisdiction):
        return Reason(
            "jurisdiction",
            f"{own.id} applies to {own.jurisdiction}, {other.id} to {other.jurisdiction}",
            words,
        )
    if came_later(own.issued, other.issued):
        return Reason(
            "time", f"{other.id} ({other.issued}) came after {own.id} ({own.issued})", words
        )
    return None


def _lapse(graph: KnowledgeGraph, node: str, target: str | None) -> Reason | None:
    """Return the reason why something does not count on the day of a dated graph."""
    if not graph.day:
        return None
    own, other = graph.life(node), graph.life(target or node)
    if not own.live:
        return Reason(own.state, f"on {graph.day}: {own.words(node)}")
    if target is not None and other.state == "not-yet":
        return Reason(other.state, f"on {graph.day}: {other.words(target)}")
    for claim in graph.claims_from(node):
        if claim.decision == NOT_IN_FORCE and claim.predicate in TRACING and not claim.rule:
            ahead = graph.life(claim.object)
            why = (
                ahead.words(claim.object)
                if ahead.state == "not-yet"
                else f"it is valid {claim.valid}"
            )
            words = f"on {graph.day} the link of {node} to {claim.object} does not hold: {why}"
            return Reason(NOT_IN_FORCE, words, claim.evidence)
        counts = claim.accepted and claim.basis in DEFAULT and not claim.rule
        if target is None and counts and claim.predicate in TRACING:
            ahead = graph.life(claim.object)
            if graph.instrument_of(claim.object) in graph.lapsed and ahead.lapsed:
                over = ahead.words(claim.object)
                words = f"on {graph.day} it leads to what is no longer in force: {over}"
                return Reason(ahead.state, words, claim.evidence)
    return None


def _wholes(graph: KnowledgeGraph, node: str) -> Iterator[str]:
    """Yield what a node is part of, at any depth, nearest first."""
    table = graph.table
    number = table.number.get(node)
    queue = [] if number is None else [number]
    found: set[int] = set()
    while queue:
        for link in table.out(queue.pop(0)):
            other = table.object[link]
            part = table.predicate[link] in table.structure and table.need[link] != NEVER
            if part and other not in found:
                found.add(other)
                queue.append(other)
                yield table.ids[other]


def national_names(index: LineageIndex, node: str) -> list[Claim]:
    """Return the links by which a node's own words name a national instrument."""
    graph, table = index.graph, index.table
    # The columns tell which few links to read: this is asked of every orphan of a graph.
    found = [
        graph.claims[table.claim[link]]
        for link in table.out(table.number[node])
        if table.flags[table.object[link]] & NATIONAL
        and table.predicates[table.predicate[link]] in NAMING
    ]
    return [
        claim
        for claim in found
        if claim.accepted and claim.rule == "" and claim.basis in index.bases
    ]


def tier_of(index: LineageIndex, node: str) -> int:
    """Return the tier of a node, 1 to 4 (`TIERS`).

    Example:
        >>> import kg
        >>> from kg.lineage.index import LineageIndex
        >>> tier_of(LineageIndex(kg.load()), "telford-2011/action/1")
        1
    """
    graph = index.graph
    reached = index.reached(node)
    if any(graph.nodes[target].cls == "Objective" or graph.flat for target in reached):
        return 1
    if reached or national_names(index, node):
        return 2
    plan = graph.nodes[node].instrument if node in graph.nodes else ""
    if plan and _plan_names(index, plan):
        return 3
    return 4


def _plan_names(index: LineageIndex, plan: str) -> bool:
    """Tell whether a plan itself, or what it says of its intents and context, names one."""
    if plan not in index.plan_names:
        graph = index.graph
        index.plan_names[plan] = bool(national_names(index, plan)) or any(
            national_names(index, node.id) for node in graph.set_out_by(plan, (*INTENT, *CONTEXT))
        )
    return index.plan_names[plan]
