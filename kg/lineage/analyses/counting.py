"""Coverage, leads, and what of them depends on the choice of bases."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from kg.lineage.analyses.analysis import DRAFTING, WORK, Analysis, plans_of, work_of
from kg.lineage.coverage import matrix_counts
from kg.lineage.index import LineageIndex
from kg.lineage.reach import Selection
from kg.model.bases import DEFAULT, Basis, parse_bases
from kg.model.levels import ELEMENTS
from kg.model.table import allowed_mask

if TYPE_CHECKING:
    from kg.lineage.analyses.analysis import Plan
    from kg.model.graph import KnowledgeGraph
    from kg.model.tables import Cell

GROUP: Final = "GenericGroup"
LADDER: Final = {
    "stated": parse_bases("stated"),
    "inherited": parse_bases("stated,inherited"),
    "inferred": parse_bases("stated,inherited,inferred"),
    "interpreted": parse_bases("all"),
}
"""The choices of bases, each wider than the one before."""

_NO_WORKLOAD: Final = (
    f"{DRAFTING} Being named often is not doing much: items differ in size. A body and a "
    "part of it, or the same office under two names, count apart unless the registers join "
    "them. An empty cell is no body that leads, nor a reproach: see how it is empty."
)


def coverage(graph: KnowledgeGraph, *, bases: frozenset[Basis] = DEFAULT) -> Analysis:
    """Count, for each plan and class of its work, how much reaches a national target.

    Of a flat table the targets are the items of its top level.

    Args:
        graph: The graph.
        bases: The bases to admit.

    Returns:
        Columns `plan, nation, class, items, objective, instrument, neither, share, as_plan`. A
        plan without items of a class has no row for it.

    Example:
        >>> import kg
        >>> [row["objective"] for row in coverage(kg.load()) if row["plan"] == "telford-2011"]
        [44]
    """
    table = graph.table
    elements = table.codes(ELEMENTS)
    objectives = [table.ids[goal] for goal in table.targets if table.cls[goal] in elements]
    to_objective = LineageIndex(graph, bases, objectives).any
    to_any = LineageIndex(graph, bases).any
    rows: list[tuple[Cell, ...]] = []
    for plan in plans_of(graph):
        where = "" if plan.number is None else graph.nodes[plan.name].jurisdiction
        above = _drawn_on(graph, plan, bases)
        for cls in WORK:
            items = work_of(graph, plan, (cls,))
            if not items:
                continue
            full = sum(map(to_objective, items))
            other = sum(map(to_any, items)) - full
            none = len(items) - full - other
            share = round((full + other) / len(items), 4)
            counts = (len(items), full, other, none, share, above)
            rows.append((plan.name, where, cls, *counts))
    return Analysis(
        (
            *("plan", "nation", "class", "items", "objective", "instrument", "neither"),
            *("share", "as_plan"),
        ),
        tuple(rows),
        "Of the items of one class in one plan: those from which a chain of links leads to a "
        "national `objective`; those that reach a national `instrument` but no objective; those "
        "that reach `neither`. `share` is of the first two. `as_plan` counts "
        "the national targets that the plan as a whole draws on; that does not flow down to its "
        "items and is no part of the share.",
        f"{DRAFTING} A plan that has no column for national objectives scores nothing, however "
        "well its work fits them; jurisdiction and time bar links too (kg why-not says which). "
        "A higher share is a more explicit document, not a better plan.",
    )


def lead_concentration(graph: KnowledgeGraph, *, bases: frozenset[Basis] = DEFAULT) -> Analysis:
    """Say, for each plan and class of its work, how far the leads are concentrated on few bodies.

    Args:
        graph: The graph.
        bases: The bases to admit.

    Returns:
        Columns `plan, class, items, named, collective_only, blank, no_column, folded,
        not_stated, bodies, mentions, largest, largest_share, herfindahl`. The four last are
        empty where no body is named.

    Example:
        >>> import kg
        >>> [(row["items"], row["blank"]) for row in lead_concentration(kg.load())
        ...  if row["plan"] == "telford-2011"]
        [(44, 6)]
    """
    table = graph.table
    leads = Selection(
        table,
        frozenset(i for i, name in enumerate(table.predicates) if name == "ledBy"),
        allowed_mask(bases),
    )
    groups = table.codes((GROUP,))
    rows: list[tuple[Cell, ...]] = []
    for plan in plans_of(graph):
        for cls in WORK:
            items = work_of(graph, plan, (cls,))
            if not items:
                continue
            states: Counter[str] = Counter()
            mentions: Counter[int] = Counter()
            for item in items:
                bodies = {table.object[link] for link in leads.up(item)}
                named = sorted(body for body in bodies if table.cls[body] not in groups)
                mentions.update(named)
                if bodies:
                    states["named" if named else "collective"] += 1
                else:
                    states[_gap(graph, table.ids[item])] += 1
            kinds = ("named", "collective", "blank", "no-such-column", "folded", "not-stated")
            counted = [states[kind] for kind in kinds]
            rows.append((plan.name, cls, len(items), *counted, *_shares(graph, mentions)))
    return Analysis(
        (
            *("plan", "class", "items", "named", "collective_only", "blank", "no_column"),
            *("folded", "not_stated", "bodies", "mentions", "largest", "largest_share"),
            "herfindahl",
        ),
        tuple(rows),
        "`named`: at least one body or post is named as lead; `collective_only`: only a group "
        "named by kind, such as all providers, which is a lead but no accountable owner; `blank`: "
        "the cell is empty; `no_column`: the document has no such column; `folded`: the lead is "
        "that of another row; `not_stated`: nothing is said. Where inferred links are admitted, an "
        "item for which the document names nobody counts as `named` or `collective_only` when a "
        "rule gives it the lead of what it is part of; leave them out with --basis "
        "stated,inherited. `mentions` counts each body once an "
        "item; `herfindahl` is the sum of the squared shares of mentions: 1 when one body has "
        "all of them, 1/n when n bodies have equally many. Groups and blanks have no share.",
        _NO_WORKLOAD,
    )


def _drawn_on(graph: KnowledgeGraph, plan: Plan, bases: frozenset[Basis]) -> int | None:
    """Count the targets that a plan as a whole reaches; a flat table says nothing as a whole."""
    if plan.number is None:
        return None
    return len(LineageIndex(graph, bases, start=plan.name).reached(plan.name))


def _shares(graph: KnowledgeGraph, mentions: Counter[int]) -> tuple[Cell, ...]:
    total = sum(mentions.values())
    if not total:
        return 0, 0, None, None, None
    table = graph.table
    most = max(mentions.values())
    largest = ", ".join(sorted(table.ids[body] for body, n in mentions.items() if n == most))
    index = sum(n * n for n in mentions.values()) / (total * total)
    return len(mentions), total, largest, round(most / total, 4), round(index, 4)


def _gap(graph: KnowledgeGraph, item: str) -> str:
    """Say how a lead is missing; a flat table that has the column leaves the cell blank."""
    if graph.flat:
        return "blank" if "ledBy" in graph.table.predicates else "no-such-column"
    kinds = {fact["kind"] for fact in graph.absences_of(item) if fact["property"] == "ledBy"}
    known = ("folded", "blank", "no-such-column")
    return next((kind for kind in known if kind in kinds), "not-stated")


def sensitivity(graph: KnowledgeGraph) -> Analysis:
    """Draw each conclusion under every choice of bases, and say where it changes.

    Args:
        graph: The graph.

    Returns:
        Columns `conclusion, about, stated, inherited, inferred, interpreted,
        changes_with`: the last names the choices at which the number differs from the one
        before; empty where the conclusion does not depend on the bases.

    Example:
        >>> import kg
        >>> third = "no-health-without-mental-health/objective/3"
        >>> [(row["stated"], row["inherited"], row["changes_with"])
        ...  for row in sensitivity(kg.load()) if row["about"] == third]
        [(1, 4, 'inherited')]
    """
    plans = plans_of(graph)
    work = [work_of(graph, plan) for plan in plans]
    columns: list[dict[tuple[str, str], int]] = []
    for bases in LADDER.values():
        reaches = LineageIndex(graph, bases).any
        found: dict[tuple[str, str], int] = {}
        for row in matrix_counts(graph, bases=bases, classes=WORK)[0]:
            found["items-reaching-it", str(row["objective"])] = int(row["rows"] or 0)
        for plan, items in zip(plans, work, strict=True):
            without = sum(not reaches(item) for item in items)
            found["items-reaching-nothing", plan.name] = without
            if plan.number is not None:
                above = _drawn_on(graph, plan, bases)
                found["targets-of-the-plan", plan.name] = above or 0
        columns.append(found)
    rows: list[tuple[Cell, ...]] = []
    for conclusion, about in sorted(columns[0]):
        values = [column[conclusion, about] for column in columns]
        pairs = zip(list(LADDER)[1:], values, values[1:], strict=False)
        changes = ", ".join(name for name, before, after in pairs if before != after)
        rows.append((conclusion, about, *values, changes))
    return Analysis(
        ("conclusion", "about", *LADDER, "changes_with"),
        tuple(rows),
        "`items-reaching-it` counts the work from which a chain of links leads to the objective; "
        "`items-reaching-nothing` the work that reaches no national objective or instrument, "
        "though it may have links inside its plan or locality (of a flat table, that reaches no "
        "item of its top level); `targets-of-the-plan` the national targets that the plan as a "
        "whole draws on. The same count, first with links that the documents state in so many "
        "words, then with those an empty cell of a merged column inherits, then with what rules "
        "infer from these, then with judgements of readers; each column holds what those "
        "before it do. `changes_with` names each step at which the count changes: where it is "
        "empty the conclusion rests on what is stated alone.",
        f"{DRAFTING} A conclusion that does not change is not thereby true, nor one that changes "
        "false: the steps say on whose word it rests. Suggestions of models never count.",
    )
