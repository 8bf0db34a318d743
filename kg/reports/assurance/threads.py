"""Where threads break: orphans and their leads, where chains stop, unserved objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.checks.auditing import orphans
from kg.lineage.index import LineageIndex, places_in
from kg.lineage.reasons import TIERS, Reason, explain, tier_of
from kg.lineage.tracing import FLAT_TIERS, trace
from kg.model.bases import admits
from kg.model.levels import INTENT
from kg.model.table import STRUCTURE
from kg.model.tables import ResultTable
from kg.reports.assurance.rows import objectives, place_text, plan_of, words_of, work

if TYPE_CHECKING:
    from kg.lineage.tracing import Stop
    from kg.model.bases import Basis
    from kg.model.graph import KnowledgeGraph

ORPHANS: Final = (
    "plan",
    "item",
    "class",
    "words",
    "tier",
    "tier_words",
    "lead",
    "stops_at",
    "reason",
    "why",
    "file",
    "line",
)
STOPS: Final = ("plan", "item", "stops_at", "reason", "why", "words", "document", "lines")
UNSERVED: Final = ("plan", "objective", "words", "reason", "why")
INTENT_LEAD: Final = "an intent, for which no lead is named"
PART: Final = "part-only"
"""Why a chain stops that goes on only from the whole that a row is part of."""
_LEAD: Final = "ledBy"


def orphan_rows(graph: KnowledgeGraph, bases: frozenset[Basis]) -> ResultTable:
    """List what should reach a national objective or policy and does not.

    Returns:
        One row an element: its tier, its lead (or why it has none), and where its chains stop
        and why; several stops are joined by `; `.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> found = orphan_rows(kg.load(), DEFAULT)
        >>> sum(row["plan"] == "derby-2014" and row["class"] == "Action" for row in found)
        16
    """
    index = LineageIndex(graph, bases)
    goals = frozenset(graph.targets)
    rows = []
    for number in orphans(index):
        node = graph.nodes[index.table.ids[number]]
        tier = tier_of(index, node.id)
        stops = [_stop(stop, goals) for stop in trace(graph, node.id, bases=bases).stops]
        rows.append(
            (
                plan_of(graph, number),
                node.id,
                node.cls,
                words_of(node),
                tier,
                FLAT_TIERS[tier == 1] if graph.flat else TIERS[tier],
                lead_of(graph, node.id, bases),
                *("; ".join(dict.fromkeys(said)) for said in zip(*map(_said, stops), strict=True)),
                *place_text(graph, node),
            )
        )
    return ResultTable(ORPHANS, tuple(rows))


def _said(stop: tuple[str, Reason]) -> tuple[str, str, str]:
    return stop[0], stop[1].code, stop[1].sentence


def stop_rows(graph: KnowledgeGraph, bases: frozenset[Basis]) -> ResultTable:
    """List every place where the chain of an orphan stops, with the words that show why.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> found = stop_rows(kg.load(), DEFAULT)
        >>> {row["reason"] for row in found if row["plan"] == "derby-2014"}
        {'no-such-column'}
    """
    index = LineageIndex(graph, bases)
    goals = frozenset(graph.targets)
    rows = []
    for number in orphans(index):
        name = index.table.ids[number]
        for stop in trace(graph, name, bases=bases).stops:
            place, reason = _stop(stop, goals)
            paths = (graph.documents.get(p.document) for p in reason.passages)
            rows.append(
                (
                    plan_of(graph, number),
                    name,
                    place,
                    reason.code,
                    reason.sentence,
                    " […] ".join(passage.words for passage in reason.passages),
                    "; ".join(dict.fromkeys(found.path for found in paths if found)),
                    "; ".join(passage.lines for passage in reason.passages),
                )
            )
    return ResultTable(STOPS, tuple(rows))


def _stop(stop: Stop, goals: frozenset[str]) -> tuple[str, Reason]:
    """Return where a chain stops and why.

    A chain that ends at a target has gone there by way of a whole that the row is part of,
    which carries no thread: it stops where it would have had to go on by itself.
    """
    if stop.node in goals and stop.hops:
        parts = [place for place, hop in enumerate(stop.hops) if hop.predicate == STRUCTURE]
        if parts:
            hop = stop.hops[parts[0]]
            sentence = (
                f"it is part of {hop.object}, which leads on to {stop.node}; being part of "
                "something is not serving what that serves"
            )
            return hop.subject, Reason(PART, sentence, hop.evidence)
    return stop.node, stop.reason


def lead_of(graph: KnowledgeGraph, node: str, bases: frozenset[Basis]) -> str:
    """Return who leads an element: names, collective groups as such, or how the lead is missing.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> lead_of(kg.load(), "derby-2014/action/1", DEFAULT)
        'no lead: no such column'
    """
    names = []
    for claim in graph.outgoing.get(node, ()):
        if claim.predicate == _LEAD and admits(bases, claim.basis, claim.support):
            body = graph.nodes.get(claim.object)
            label = body.label if body else claim.object
            collective = body is not None and body.cls == "GenericGroup"
            names.append(f"{label} (collective)" if collective else label)
    if names:
        return "; ".join(sorted(dict.fromkeys(names)))
    kinds = [fact["kind"] for fact in graph.absences_of(node) if fact["property"] == _LEAD]
    if not kinds and graph.nodes[node].cls in INTENT:
        return INTENT_LEAD
    return f"no lead: {(kinds[0] if kinds else 'not-stated').replace('-', ' ')}"


def unserved_rows(graph: KnowledgeGraph, bases: frozenset[Basis]) -> ResultTable:
    """List, for each plan with rows of work, the national objectives that none of them reaches.

    Returns:
        Columns `plan, objective, words, reason, why`: an objective of another jurisdiction, or
        of a policy that came later, could not have been served.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> found = unserved_rows(kg.load(), DEFAULT)
        >>> {row["reason"] for row in found if row["plan"] == "dundee-2019"}
        {'jurisdiction'}
    """
    table, goals = graph.table, objectives(graph)
    index = LineageIndex(graph, bases, [table.ids[goal] for goal in goals])
    reached: dict[str, int] = {}
    for number in work(graph):
        plan = plan_of(graph, number)
        reached[plan] = reached.get(plan, 0) | index.reach.bits(number)
    every = (1 << len(goals)) - 1
    rows = []
    for plan, bits in reached.items():
        for place in places_in(every & ~bits):
            node = graph.nodes[table.ids[goals[place]]]
            reason = (
                Reason("not-stated", "no row of work leads up to it")
                if graph.flat or plan not in graph.nodes
                else explain(graph, plan, node.id)
            )
            rows.append((plan, node.id, words_of(node), reason.code, reason.sentence))
    return ResultTable(UNSERVED, tuple(rows))
