"""`kg audit`: every rule over one graph, as findings in a stable order."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from kg.checks.accountability import collective_lead, no_lead, self_reporting
from kg.checks.baseline import mark_known
from kg.checks.catalogue import RULES
from kg.checks.context import Context
from kg.checks.finding import from_problem
from kg.checks.funding import money_conflicts, no_funding
from kg.checks.links import bound_problems, cycle_problems, level_problems
from kg.checks.measuring import deferred_measure, no_measure
from kg.checks.reaching import empty, folded_rows, gaps, orphan_findings, orphans
from kg.checks.strength import only_superseded, plans_unserving, single_threads, weak_only
from kg.checks.suspects import NO_REVIEWS, SUSPECT, has_reviews, review_findings
from kg.checks.timing import date_conflicts, no_date
from kg.checks.waiving import excuse, waivers_of
from kg.errors import SettingsError
from kg.model.bases import DEFAULT, Basis
from kg.model.findings import Report

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from kg.checks.baseline import Entry
    from kg.model.findings import Finding
    from kg.model.governance import Waiver
    from kg.model.graph import KnowledgeGraph

__all__ = ["CHECKS", "audit", "orphans"]

CHECKS: Final[tuple[tuple[frozenset[str], Callable[[Context], Iterable[Finding]]], ...]] = tuple(
    (frozenset(rules.split()), check)
    for rules, check in (
        ("empty-text", lambda context: empty(context.graph)),
        ("anachronism jurisdiction", lambda c: map(from_problem, bound_problems(c.graph))),
        ("level-skip wrong-direction", lambda c: map(from_problem, level_problems(c.graph))),
        ("cycle", lambda context: map(from_problem, cycle_problems(context.graph))),
        ("unlinked stranded", orphan_findings),
        ("folded", lambda context: folded_rows(context.graph)),
        ("unserved hollow", lambda context: gaps(context.index)),
        ("weak-only", weak_only),
        ("only-superseded", only_superseded),
        ("single-thread", single_threads),
        ("plan-draws-on-unserved", plans_unserving),
        ("no-lead", no_lead),
        ("collective-lead", collective_lead),
        ("self-reporting", self_reporting),
        ("no-date", no_date),
        ("date-conflict", date_conflicts),
        ("no-measure", no_measure),
        ("deferred-measure", deferred_measure),
        ("no-funding", no_funding),
        ("money-conflict", money_conflicts),
    )
)
"""Which rules each function speaks for; a function runs only when one of them is asked for."""


def audit(
    graph: KnowledgeGraph,
    *,
    bases: frozenset[Basis] = DEFAULT,
    rules: Iterable[str] | None = None,
    waivers: Collection[Waiver] | None = None,
    today: date | None = None,
    baseline: Collection[Entry] = (),
) -> Report:
    """Look for orphans, gaps, weak threads, contradictions and faulty links.

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
    context = Context(graph, bases)
    found = [from_problem(problem) for problem in graph.problems]
    for names, check in CHECKS:
        if names & chosen:
            found.extend(check(context))
    found.extend(review_findings(graph, chosen))
    kept = [finding for finding in found if finding.rule in chosen]
    excuses = waivers_of(graph) if waivers is None else waivers
    day = today or datetime.now().astimezone().date()
    excused = excuse(kept, excuses, day, rules=chosen, bases=bases, day=graph.day)
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
