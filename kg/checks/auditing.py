"""`kg audit`: every rule over one graph, as findings in a stable order."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from kg.checks.baseline import mark_known
from kg.checks.catalogue import RULES
from kg.checks.finding import from_problem
from kg.checks.links import bound_problems, cycle_problems, level_problems
from kg.checks.reaching import empty, gaps, orphan_findings, orphans
from kg.checks.suspects import NO_REVIEWS, SUSPECT, has_reviews, review_findings
from kg.checks.waiving import excuse, waivers_of
from kg.errors import SettingsError
from kg.lineage.index import LineageIndex
from kg.model.bases import DEFAULT, Basis
from kg.model.findings import Report

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from kg.checks.baseline import Entry
    from kg.model.findings import Finding
    from kg.model.governance import Waiver
    from kg.model.graph import KnowledgeGraph

__all__ = ["audit", "orphans"]


def audit(
    graph: KnowledgeGraph,
    *,
    bases: frozenset[Basis] = DEFAULT,
    rules: Iterable[str] | None = None,
    waivers: Collection[Waiver] | None = None,
    today: date | None = None,
    baseline: Collection[Entry] = (),
) -> Report:
    """Look for orphans, gaps and faulty links.

    Args:
        graph: The graph.
        bases: The bases whose links count for reach.
        rules: The ids of the rules to run; all when left out.
        waivers: Findings that somebody excuses; those that belong to the graph when left out.
        today: The day on which waivers must hold; the present one when left out.
        baseline: Findings that are known from before.

    Returns:
        Findings, worst first, then by rule and in the order of the graph.

    Raises:
        SettingsError: If a rule is not known.
        LoadError: If the graph's register of waivers or reviews cannot be read.

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
        *map(from_problem, graph.problems),
        *empty(graph),
        *map(from_problem, bound_problems(graph)),
        *map(from_problem, level_problems(graph)),
        *map(from_problem, cycle_problems(graph)),
        *orphan_findings(index),
        *gaps(index),
        *review_findings(graph, chosen),
    ]
    kept = [finding for finding in found if finding.rule in chosen]
    excuses = waivers_of(graph) if waivers is None else waivers
    day = today or datetime.now().astimezone().date()
    excused = excuse(kept, excuses, day, rules=chosen, bases=bases)
    return _report(graph, excused, chosen, baseline)


def _report(
    graph: KnowledgeGraph, excused: list[Finding], chosen: set[str], baseline: Collection[Entry]
) -> Report:
    """Return findings as a report: what is waived or known does not count, but stays listed."""
    found, gone = mark_known((f for f in excused if f.rule in chosen), baseline, chosen)
    order = {name: place for place, name in enumerate(RULES)}
    found.sort(key=lambda f: (-f.severity, order[f.rule]))
    begun = graph.flat or graph.governance is None or has_reviews(graph)
    remarks = () if begun or SUSPECT not in chosen else (NO_REVIEWS,)
    return Report(tuple(found), len(graph.nodes), tuple(gone), remarks)
