"""Analyses that mean something here, each with what it does not show."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from kg.errors import SettingsError
from kg.model.bases import DEFAULT, Basis, choice_of

if TYPE_CHECKING:
    from kg.lineage.analyses.analysis import Analysis
    from kg.model.graph import KnowledgeGraph


class Kind(NamedTuple):
    """An analysis: where it is, what it says in a line, and what it asks for."""

    module: str
    function: str
    line: str
    takes: tuple[str, ...] = ()
    bases: bool = True


ANALYSES: Final = {
    "coverage": Kind("counting", "coverage", "How much of each plan's work reaches a target."),
    "lead-concentration": Kind(
        "counting", "lead_concentration", "Who leads, on how few bodies, and where nobody is named."
    ),
    "bridges": Kind(
        "bridging", "bridges", "The links on which a plan's tie to national instruments hangs."
    ),
    "compare": Kind(
        "comparing",
        "compare_localities",
        "Two places on one framework, objective by objective.",
        ("first", "second", "framework"),
    ),
    "similarity": Kind(
        "comparing", "similarity", "Which plans reach the same objectives or draw on the same."
    ),
    "sensitivity": Kind(
        "counting", "sensitivity", "Which conclusions depend on the bases admitted.", bases=False
    ),
}
"""The analyses by name."""


def analyse(
    graph: KnowledgeGraph, name: str, *places: str, bases: frozenset[Basis] | str = DEFAULT
) -> Analysis:
    """Run one of the analyses.

    Args:
        graph: The graph.
        name: `coverage`, `lead-concentration`, `bridges`, `compare`, `similarity` or
            `sensitivity`.
        *places: For `compare`: two plans or places, and the framework.
        bases: The bases to admit, also as words; `sensitivity` takes every choice in turn.

    Returns:
        A table of results with its `reading`: how it is read, and what it does not show.

    Raises:
        SettingsError: If there is no such analysis, or it asks for something else.
        UnknownNodeError: If a name is not known.

    Example:
        >>> import kg
        >>> [row["inherited"] for row in kg.analyse(kg.load(), "sensitivity")
        ...  if row["conclusion"] == "items-reaching-it"][:6]
        [10, 8, 4, 16, 3, 3]
    """
    if name not in ANALYSES:
        raise SettingsError(
            "unknown-analysis",
            f"there is no analysis {name!r}",
            hint=f"choose from {', '.join(ANALYSES)}",
        )
    kind = ANALYSES[name]
    if len(places) != len(kind.takes):
        wanted = " ".join(part.upper() for part in kind.takes) or "nothing more"
        raise SettingsError(
            "analysis-arguments",
            f"{name} asks for {wanted}, not for {len(places)} names",
            hint="kg analyse compare telford-2011 derby-2014 no-health-without-mental-health",
        )
    made: Any = getattr(
        importlib.import_module(f"kg.lineage.analyses.{kind.module}"), kind.function
    )
    wanted_bases = {"bases": choice_of(bases)} if kind.bases else {}
    found: Analysis = made(graph, *places, **wanted_bases)
    return found
