"""What an analysis is: a table, how to read it, and what it does not show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.errors import SettingsError
from kg.model.levels import ELEMENTS
from kg.model.table import NATIONAL
from kg.model.tables import ResultTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.model.graph import KnowledgeGraph

DRAFTING: Final = "Counts measure drafting, not effect."
WORK: Final = ("Commitment", "Action", "Activity")
"""The classes of what a plan undertakes: what may serve something and may be led."""


@dataclass(frozen=True, slots=True)
class Analysis(ResultTable):
    """A table of results that says how it is read, and what must not be read out of it.

    Example:
        >>> import kg
        >>> kg.analyse(kg.load(), "coverage").does_not_show.startswith("Counts measure drafting")
        True
    """

    shows: str = ""
    does_not_show: str = ""

    @property
    def reading(self) -> str:
        """How to read the table, and what it does not show, in two paragraphs."""
        return f"{self.shows}\n\nIt does not show: {self.does_not_show}"


class Plan(NamedTuple):
    """A plan: its name, its number in the graph (none for a flat table), what it sets out."""

    name: str
    number: int | None
    nodes: Sequence[int]


def plans_of(graph: KnowledgeGraph) -> list[Plan]:
    """List the plans: instruments that set out elements and are not national; or the flat table.

    What does not count on the graph's day is left out.

    Example:
        >>> import kg
        >>> [plan.name for plan in plans_of(kg.load())][:2]
        ['derby-2014', 'dundee-2016']
    """
    table = graph.table
    elements = table.codes(ELEMENTS)
    if graph.flat:
        targets = set(table.targets)
        inside = [n for n, cls in enumerate(table.cls) if cls in elements and n not in targets]
        return [Plan(next(iter(graph.documents), ""), None, inside)]
    found = []
    for number in range(len(table.ids)):
        if table.set_out_start[number] == table.set_out_start[number + 1]:
            continue
        if table.flags[number] & NATIONAL or not graph.live(number):
            continue
        inside = [n for n in table.set_out_by(number) if table.cls[n] in elements and graph.live(n)]
        if inside:
            found.append(Plan(table.ids[number], number, inside))
    return found


def work_of(graph: KnowledgeGraph, plan: Plan, classes: Iterable[str] = WORK) -> list[int]:
    """List the items of some classes that a plan sets out.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> len(work_of(graph, plans_of(graph)[0], ["Action"]))
        16
    """
    wanted = graph.table.codes(classes)
    return [node for node in plan.nodes if graph.table.cls[node] in wanted]


def plan_named(graph: KnowledgeGraph, name: str) -> list[Plan]:
    """Return the plan of a name, or all plans of the place that has it.

    Raises:
        UnknownNodeError: If nothing answers to the name.
        SettingsError: If what does is no plan.

    Example:
        >>> import kg
        >>> [plan.name for plan in plan_named(kg.load(), "Dundee")]
        ['dundee-2016', 'dundee-2019']
    """
    plans = plans_of(graph)
    wanted = name.strip().casefold()
    there = [
        plan
        for plan in plans
        if plan.number is not None and graph.nodes[plan.name].place.casefold() == wanted
    ]
    if wanted and there:
        return there
    found = [plan for plan in plans if plan.name == name] or [
        plan for plan in plans if plan.name == graph.node(name).id
    ]
    if found:
        return found
    known = ", ".join(plan.name for plan in plans) or "there are none"
    raise SettingsError(
        "no-plan", f"{graph.node(name).id} is no plan that was read", hint=f"plans: {known}"
    )
