"""`kg audit`: every rule over one graph, as findings in a stable order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.catalogue import RULES
from kg.checks.finding import from_problem
from kg.checks.links import bound_problems, cycle_problems, level_problems
from kg.checks.reaching import empty, gaps, orphan_findings, orphans
from kg.errors import SettingsError
from kg.lineage.index import LineageIndex
from kg.model.bases import DEFAULT, Basis
from kg.model.findings import Report

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.graph import KnowledgeGraph

__all__ = ["audit", "orphans"]


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
        *map(from_problem, graph.problems),
        *empty(graph),
        *map(from_problem, bound_problems(graph)),
        *map(from_problem, level_problems(graph)),
        *map(from_problem, cycle_problems(graph)),
        *orphan_findings(index),
        *gaps(index),
    ]
    order = {name: place for place, name in enumerate(RULES)}
    kept = [finding for finding in found if finding.rule in chosen]
    kept.sort(key=lambda f: (-f.severity, order[f.rule]))
    return Report(tuple(kept), len(graph.nodes))
