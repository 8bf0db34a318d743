"""`kg audit`: every rule over one graph, as findings in a stable order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.catalogue import RULES
from kg.checks.links import bound_problems, cycle_problems, level_problems
from kg.errors import Place, SettingsError
from kg.lineage.index import LineageIndex
from kg.lineage.reasons import TIERS, explain, tier_of
from kg.model.bases import DEFAULT, Basis
from kg.model.findings import Finding, Report
from kg.model.levels import ACTION_RANK, DELIVERY, INTENT, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Node, Problem


def audit(
    graph: KnowledgeGraph,
    *,
    bases: frozenset[Basis] = DEFAULT,
    rules: Iterable[str] | None = None,
) -> Report:
    """Look for orphans, gaps and faulty links.

    Args:
        graph: The graph.
        bases: The bases whose links count for reach.
        rules: The ids of the rules to run; all when left out.

    Returns:
        Findings, worst first, then by rule and in the order of the graph.

    Raises:
        SettingsError: If a rule is not known.

    Example:
        >>> import kg
        >>> report = audit(kg.load(), rules=["cycle", "jurisdiction"])
        >>> len(report)
        0
    """
    chosen = set(RULES if rules is None else rules)
    unknown = sorted(chosen - set(RULES))
    if unknown:
        raise SettingsError(
            "unknown-rule",
            f"no audit rule is called {unknown[0]!r}",
            hint=f"rules: {', '.join(RULES)}",
        )
    index = LineageIndex(graph, bases)
    found = [
        *map(_from_problem, graph.problems),
        *_empty(graph),
        *map(_from_problem, bound_problems(graph)),
        *map(_from_problem, level_problems(graph)),
        *map(_from_problem, cycle_problems(graph)),
        *_orphans(index),
        *_gaps(index),
    ]
    order = {name: place for place, name in enumerate(RULES)}
    kept = [finding for finding in found if finding.rule in chosen]
    kept.sort(key=lambda f: (-f.severity, order[f.rule]))
    return Report(tuple(kept), len(graph.nodes))


def _finding(rule: str, node: str, message: str, place: Place) -> Finding:
    known = RULES[rule]
    return Finding(rule, known.severity, node, message, known.fix, place.path, place.line)


def _from_problem(problem: Problem) -> Finding:
    return _finding(problem.rule, problem.node, problem.message, problem.place)


def place_of(graph: KnowledgeGraph, node: Node) -> Place:
    """Return where a node's words stand: document and line; its register row at the least."""
    for passage in node.passages:
        document = graph.documents.get(passage.document)
        if document:
            return Place(document.path, passage.first_line)
    return node.origin


def _empty(graph: KnowledgeGraph) -> Iterator[Finding]:
    if graph.flat:
        return  # the table's own reading reports its rows
    for node in graph.elements():
        if not node.text:
            yield _finding("empty-text", node.id, "it has no words", node.origin)


def _orphans(index: LineageIndex) -> Iterator[Finding]:
    """Find what reaches no target: unlinked and stranded elements."""
    graph = index.graph
    targets = set(index.targets)
    for node in graph.nodes.values():
        wanted = node.cls in INTENT or node.cls in DELIVERY or graph.flat
        if not wanted or node.kind == "body" or node.id in targets or index.bits.get(node.id):
            continue
        # A national framework's own intents are where chains end, not where they begin.
        if not graph.flat and graph.is_national(node.instrument):
            continue
        linked = any(claim.object != node.id for claim in index.upward(node.id))
        rule = "stranded" if linked else "unlinked"
        tier = tier_of(index, node.id)
        reason = explain(graph, node.id)
        if graph.flat:
            says = "no chain reaches a top-level item" if linked else "no link leads up from it"
        else:
            says = (
                "no chain reaches a national objective or instrument"
                if linked
                else "no link leads up from it"
            ) + f"; tier {tier}: {TIERS[tier]}; {reason.code}: {reason.sentence}"
        yield _finding(rule, node.id, f"{node.cls}: {says}", place_of(graph, node))


def _gaps(index: LineageIndex) -> Iterator[Finding]:
    """Find what stands above action level without anything, or any action, below it."""
    graph = index.graph
    has_action = _above_actions(index)
    for node in graph.nodes.values():
        if rank(node.cls) >= ACTION_RANK:
            continue
        below = [claim for claim in index.below(node.id) if claim.subject != node.id]
        reason = explain(graph, node.id)
        why = f" ({reason.sentence})" if reason.code == "folded" else ""
        if not below:
            message = f"{node.cls}: nothing stands below it{why}"
            yield _finding("unserved", node.id, message, place_of(graph, node))
        elif node.id not in has_action:
            message = f"{node.cls}: {len(below)} below it, but no action at any depth{why}"
            yield _finding("hollow", node.id, message, place_of(graph, node))


def _above_actions(index: LineageIndex) -> set[str]:
    """Return every node that some action or activity stands below, structure included."""
    graph = index.graph
    queue = [n.id for n in graph.nodes.values() if n.cls in ("Action", "Activity")]
    seen = set(queue)
    while queue:
        for claim in index.upward(queue.pop()):
            if claim.object not in seen:
                seen.add(claim.object)
                queue.append(claim.object)
    return seen
