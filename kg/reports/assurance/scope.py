"""A report on some plans alone: which plans are meant, and which rows are theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import SettingsError
from kg.lineage.coverage import COUNTS, matrix_counts
from kg.model.tables import ResultTable
from kg.reports.assurance.rows import plan_of, work

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from kg.model.bases import Basis
    from kg.model.graph import KnowledgeGraph

OWNER: Final = {
    "coverage": "item",
    "orphans": "item",
    "stops": "item",
    "asked": "item",
    "findings": "node",
    "unserved": "plan",
    "judgements": "subject",
}
"""The column of a table that says whose a row is."""


def plans_with_work(graph: KnowledgeGraph) -> list[str]:
    """List the plans that set out rows of work, in the order of the graph.

    Example:
        >>> import kg
        >>> len(plans_with_work(kg.load()))
        5
    """
    return list(dict.fromkeys(plan_of(graph, number) for number in work(graph)))


def find_plans(graph: KnowledgeGraph, names: Sequence[str]) -> tuple[str, ...]:
    """Return the ids of the plans that some names mean, each once, in the order of the graph.

    Args:
        graph: The graph.
        names: Ids, last parts of ids, or words of titles.

    Raises:
        SettingsError: If a name means no plan with rows of work, or more than one.

    Example:
        >>> import kg
        >>> find_plans(kg.load(), ["telford-2011", "Framework (2019-2024)"])
        ('dundee-2019', 'telford-2011')
    """
    if not names:
        return ()
    if graph.flat:
        raise SettingsError(
            "report-plan",
            "one table is one plan, and --plan has nothing to choose from",
            hint="leave --plan out",
        )
    plans = plans_with_work(graph)
    chosen = {_find(graph, name, plans) for name in names}
    return tuple(plan for plan in plans if plan in chosen)


def _find(graph: KnowledgeGraph, name: str, plans: Sequence[str]) -> str:
    """Return the one plan that a name means: its titles come before all other words."""
    if name in plans:
        return name
    words = name.casefold().split()
    titles = {plan: _titles(graph, plan).casefold() for plan in plans}
    found = [plan for plan, text in titles.items() if words and all(w in text for w in words)]
    if not found:
        node = graph.node(name)
        found = [node.id] if node.id in plans else []
    if len(found) == 1:
        return found[0]
    what = "could be any of several plans" if found else "is no plan with rows of work"
    raise SettingsError(
        "report-plan",
        f"{name!r} {what}",
        hint=f"say which: {', '.join(found or plans)}",
    )


def _titles(graph: KnowledgeGraph, plan: str) -> str:
    """Return all by which a plan is known."""
    node = graph.nodes.get(plan)
    known = (node.label, node.text, *node.alternatives) if node else ()
    texts = (doc.title for doc in graph.documents.values() if doc.instrument == plan)
    return " ".join((plan, *known, *texts))


def narrowed(
    graph: KnowledgeGraph,
    name: str,
    found: ResultTable,
    plans: Collection[str],
    before: KnowledgeGraph | None = None,
) -> ResultTable:
    """Return the rows of a table of the report that belong to some plans.

    Example:
        >>> import kg
        >>> from kg.reports.assurance.rows import texts
        >>> len(narrowed(kg.load(), "texts", texts(kg.load()), ["telford-2011"]))
        2
    """
    if name == "changes":
        rows = [row for row in found.rows if _owner_of_change(graph, before, row) in plans]
    elif name == "defects":
        plan, paths = found.columns.index("plan"), found.columns.index("document")
        own = {d.path for d in graph.documents.values() if d.instrument in plans}
        rows = [r for r in found.rows if r[plan] in plans or own & set(str(r[paths]).split("; "))]
    elif name == "texts":
        # A text of no plan, such as a bibliography, bears on all of them.
        place = found.columns.index("plan")
        rows = [row for row in found.rows if row[place] in ("", *plans)]
    else:
        place = found.columns.index(OWNER[name])
        rows = [row for row in found.rows if graph.instrument_of(str(row[place])) in plans]
    return ResultTable(found.columns, tuple(rows))


def _owner_of_change(
    graph: KnowledgeGraph, before: KnowledgeGraph | None, row: Sequence[object]
) -> str:
    """Return the plan of what changed: of a link, that of its lower end."""
    what, _, item, *_ = row
    name = str(item).split(" ", 1)[0] if what == "link" else str(item)
    owner = graph.instrument_of(name)
    return owner or (before.instrument_of(name) if before else "")


def objective_counts(
    graph: KnowledgeGraph, bases: frozenset[Basis], plans: Sequence[str]
) -> ResultTable:
    """Count the actions of some plans that reach each objective; of all plans without any.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> found = objective_counts(kg.load(), DEFAULT, ["derby-2014", "telford-2011"])
        >>> [row["rows"] for row in found]
        [10, 8, 4, 16, 3, 3]
    """
    if not plans:
        return matrix_counts(graph, bases=bases)[0]
    known = [plan for plan in plans if plan in graph.nodes]
    counted = [matrix_counts(graph, source=plan, bases=bases)[0] for plan in known]
    if not counted:
        return ResultTable(COUNTS, ())  # a record may name plans that a later graph has lost
    rows = []
    for same in zip(*(table.rows for table in counted), strict=True):
        sums = (
            None if cells[0] is None else sum(int(str(cell)) for cell in cells)
            for cells in zip(*(row[1:] for row in same), strict=True)
        )
        rows.append((same[0][0], *sums))
    return ResultTable(COUNTS, tuple(rows))
