"""Two localities on one framework, and how alike plans are in what they reach."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

from kg.errors import SettingsError
from kg.lineage.analyses.analysis import DRAFTING, Analysis, plan_named, plans_of, work_of
from kg.lineage.index import LineageIndex, places_in
from kg.lineage.reach import Selection
from kg.lineage.reasons import bound, explain
from kg.model.bases import DEFAULT, Basis
from kg.model.levels import ELEMENTS
from kg.model.table import allowed_mask

if TYPE_CHECKING:
    from kg.lineage.analyses.analysis import Plan
    from kg.model.graph import KnowledgeGraph
    from kg.model.tables import Cell

_COMPARED: Final = (
    *("objective", "label", "first", "first_stated", "first_why"),
    *("second", "second_stated", "second_why"),
)
_SIDES: Final = (
    "`first` is {}; `second` is {}. Each number counts commitments, actions and activities from "
    "which a chain of links leads to the objective; `stated` those whose chain needs no merged "
    "cell and no reader's judgement. Where there are none, the reason stands beside: "
    "`jurisdiction` and `time` bar any link, `no-such-column` says that the document could not "
    "state one, `not-stated` that it does not. The last row is the framework itself."
)
_NO_RANKING: Final = (
    f"{DRAFTING} Ten rows do not serve an objective better than four; documents of other "
    "kinds, lengths and years cut their work differently. Nothing where a plan may not or "
    "cannot link is no shortfall of the place."
)
_DRAWN: Final = frozenset({"drawsOn", "implements"})


def compare_localities(
    graph: KnowledgeGraph,
    first: str,
    second: str,
    framework: str,
    *,
    bases: frozenset[Basis] = DEFAULT,
) -> Analysis:
    """Compare how the work of two places reaches each objective of one framework.

    Args:
        graph: The graph.
        first: A plan, or a place that has plans.
        second: Another.
        framework: The instrument whose objectives are asked about.
        bases: The bases to admit.

    Returns:
        Columns `objective, label, first, first_stated, first_why, second, second_stated,
        second_why`: items that reach it, those of them that do so by stated links alone,
        and the reason where there are none. The last row is the framework as a whole.

    Raises:
        UnknownNodeError: If a name is not known.
        SettingsError: If one is no plan, or both are the same.

    Example:
        >>> import kg
        >>> found = compare_localities(
        ...     kg.load(), "telford-2011", "Dundee", "no-health-without-mental-health")
        >>> [row["first"] for row in found][:6], found.rows[0][7]
        ([10, 8, 4, 16, 3, 3], 'jurisdiction')
    """
    sides = [plan_named(graph, first), plan_named(graph, second)]
    if {plan.name for plan in sides[0]} & {plan.name for plan in sides[1]}:
        raise SettingsError(
            "same-plan", f"{first!r} and {second!r} name the same plan", hint="name two places"
        )
    table = graph.table
    aim = graph.node(framework).id
    elements = table.codes(ELEMENTS)
    inside = [n for n in table.set_out_by(table.number[aim]) if table.cls[n] in elements]
    goals = [*(table.ids[node] for node in inside), aim]
    wide = LineageIndex(graph, bases, goals)
    narrow = LineageIndex(graph, bases & {Basis.STATED, Basis.INFERRED}, goals)
    work = [[item for plan in side for item in work_of(graph, plan)] for side in sides]
    rows: list[tuple[Cell, ...]] = []
    for place, goal in enumerate(goals):
        cells: list[Cell] = []
        for side, items in zip(sides, work, strict=True):
            reaching = sum(wide.reach.bits(item) >> place & 1 for item in items)
            stated = sum(narrow.reach.bits(item) >> place & 1 for item in items)
            why = "" if reaching else _why_none(graph, side, items, goal)
            cells += [reaching, stated, why]
        rows.append((goal, graph.nodes[goal].label, *cells))
    names = (", ".join(plan.name for plan in side) for side in sides)
    return Analysis(_COMPARED, tuple(rows), _SIDES.format(*names), _NO_RANKING)


def _why_none(graph: KnowledgeGraph, side: list[Plan], items: list[int], goal: str) -> str:
    """Name the reasons why nothing reaches a goal, by the plans, then by what items lack."""
    ids = graph.table.ids
    bars = [bound(graph, plan.name, goal) for plan in side]
    if all(bars):
        return ", ".join(sorted({bar.code for bar in bars if bar}))
    if not items:
        return "no-items"
    return ", ".join(sorted({explain(graph, ids[item], goal).code for item in items}))


def similarity(graph: KnowledgeGraph, *, bases: frozenset[Basis] = DEFAULT) -> Analysis:
    """Say how alike plans are in the objectives they reach and the instruments they draw on.

    Args:
        graph: The graph.
        bases: The bases to admit.

    Returns:
        Columns `plan_a, plan_b, objectives_a, objectives_b, objectives_shared,
        objectives_jaccard, instruments_a, instruments_b, instruments_shared,
        instruments_jaccard, shared`. An index is empty where one of the sets is.

    Example:
        >>> import kg
        >>> rows = similarity(kg.load())
        >>> [row["objectives_jaccard"] for row in rows if row["plan_a"] == "derby-2014"]
        [None, None, None, None]
    """
    table = graph.table
    elements = table.codes(ELEMENTS)
    goals = [table.ids[goal] for goal in table.targets if table.cls[goal] in elements]
    index = LineageIndex(graph, bases, goals)
    predicates = frozenset(i for i, name in enumerate(table.predicates) if name in _DRAWN)
    drawn = Selection(table, predicates, allowed_mask(bases))
    plans = plans_of(graph)
    reached: dict[str, frozenset[str]] = {}
    used: dict[str, frozenset[str]] = {}
    for plan in plans:
        bits = 0
        for item in work_of(graph, plan):
            bits |= index.reach.bits(item)
        reached[plan.name] = frozenset(goals[place] for place in places_in(bits))
        above = () if plan.number is None else drawn.up(plan.number)
        used[plan.name] = frozenset(table.ids[table.object[link]] for link in above)
    rows: list[tuple[Cell, ...]] = []
    for a, b in combinations([plan.name for plan in plans], 2):
        shared = sorted(reached[a] & reached[b]) + sorted(used[a] & used[b])
        cells = (*_alike(reached[a], reached[b]), *_alike(used[a], used[b]))
        rows.append((a, b, *cells, "; ".join(shared)))
    return Analysis(
        (
            *("plan_a", "plan_b", "objectives_a", "objectives_b", "objectives_shared"),
            *("objectives_jaccard", "instruments_a", "instruments_b", "instruments_shared"),
            *("instruments_jaccard", "shared"),
        ),
        tuple(rows),
        "Two sets a plan: the national objectives that its work reaches, and the instruments that "
        "the plan as a whole draws on or implements. The Jaccard index is what two plans share, "
        "divided by what either has: 1 for the same set, 0 for two sets without a common member. "
        "It is empty where one set is: there is nothing to compare. Instruments that a plan only "
        "cites are not counted, so that a plan with an empty set may still name some.",
        "Likeness of purpose, wording or work: only of what the documents link to. Plans of two "
        "nations, or of other years, often could not link to the same instruments. "
        f"{DRAFTING}",
    )


def _alike(first: frozenset[str], second: frozenset[str]) -> tuple[Cell, ...]:
    both = len(first & second)
    index = round(both / len(first | second), 4) if first and second else None
    return len(first), len(second), both, index
