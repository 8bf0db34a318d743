"""What a plan says of the money for its work, and whether it agrees with itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.checks.context import absence, facts_of, has_facts, missing_words
from kg.checks.finding import finding, place_of
from kg.checks.timing import quoted
from kg.model.findings import Severity
from kg.model.times import bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.checks.context import Context
    from kg.model.findings import Finding
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Fact

FIGURES, SOURCE, NO_FIELD = "figures", "source-only", "no-field"
NONE, TO_CONFIRM = "none-identified", "to-be-confirmed"
_SAID: Final = {
    NONE: "the document says that none is identified",
    TO_CONFIRM: "the document says that it is to be confirmed",
}
_MONTH: Final = len("2011-04")


def money_by_kind(context: Context, plan: str) -> dict[str, list[str]]:
    """Sort the work of a plan by what the plan says of its money.

    Kinds are `figures` (an amount), `source-only` (where it comes from, no amount),
    `none-identified`, `to-be-confirmed` and `no-field` (nothing is said of the element itself).

    Example:
        >>> import kg
        >>> from kg.checks.context import Context
        >>> found = money_by_kind(Context(kg.load(), kg.parse_bases("all")), "worcestershire-2009")
        >>> {kind: len(names) for kind, names in sorted(found.items())}
        {'figures': 9, 'no-field': 3, 'none-identified': 4, 'source-only': 3, 'to-be-confirmed': 2}
    """
    graph = context.graph
    paid = context.objects(context.links("fundedFrom", "fundedBy"))
    number = graph.table.number[plan]
    found: dict[str, list[str]] = {}
    for element in context.answerable:
        if graph.table.instrument[element] == number:
            name = graph.table.ids[element]
            found.setdefault(_money(graph, name, element in paid), []).append(name)
    return found


def _money(graph: KnowledgeGraph, name: str, paid: bool) -> str:  # noqa: FBT001 - one fact
    """Return what is said of an element's own money."""
    given = facts_of(graph, name, "Allocation")
    if any(allocation["amount"] for allocation in given):
        return FIGURES
    natures = {allocation["nature"] for allocation in given}
    if natures and natures <= {NONE, TO_CONFIRM}:
        return NONE if NONE in natures else TO_CONFIRM
    return SOURCE if given or paid else NO_FIELD


def no_funding(context: Context) -> Iterator[Finding]:
    """Find the work for which no money is named, neither its own nor that of its whole."""
    graph = context.graph
    if graph.flat:
        return
    paid = context.objects(context.links("fundedFrom", "fundedBy"))
    for number in context.answerable:
        name = graph.table.ids[number]
        kind = _money(graph, name, number in paid)
        if kind in (FIGURES, SOURCE):
            continue
        node, severity = graph.nodes[name], None
        if kind in _SAID:
            said = facts_of(graph, name, "Allocation")
            words = f"{_SAID[kind]}: {'; '.join(map(quoted, said))}"
        else:
            wholes = [
                _money(graph, whole.id, graph.table.number[whole.id] in paid)
                for whole in context.wholes(name)
            ]
            if any(money in (FIGURES, SOURCE) for money in wholes):
                continue
            kind, words = missing_words(graph, absence(graph, node, "hasAllocation"))
            severity = Severity.INFO if kind == "folded" else None
        message = f"{node.cls}: no money is named; {words}"
        yield finding(
            "no-funding", name, message, place_of(graph, node), kind=kind, severity=severity
        )


def money_conflicts(context: Context) -> Iterator[Finding]:
    """Find what is said of an element's money that contradicts itself or its dates."""
    graph = context.graph
    if graph.flat:
        return
    for name in has_facts(graph, "Allocation"):
        given = facts_of(graph, name, "Allocation")
        found = [
            *_after_completion(graph, name, given),
            *_two_amounts(given),
            *_two_natures(given),
        ]
        known = {about for _, about, _ in found}
        found += _recorded(graph, name, [one for one in given if one.id not in known])
        node = graph.nodes[name]
        for kind, about, words in found:
            yield finding(
                "money-conflict",
                name,
                f"{node.cls}: {words}",
                place_of(graph, node),
                kind=kind,
                about=about,
            )


def _after_completion(
    graph: KnowledgeGraph, name: str, given: Sequence[Fact]
) -> Iterator[tuple[str, str, str]]:
    """Yield money for a period that begins after the completion, or as good as after it."""
    ends = [
        period
        for period in facts_of(graph, name, "Period")
        if period["role"] == "complete" and bounds(period["edtf"])[1]
    ]
    if not ends:
        return
    end = max(ends, key=lambda period: bounds(period["edtf"])[1])
    last = bounds(end["edtf"])[1]
    for allocation in given:
        first, until = bounds(allocation["edtf"])
        in_month = first[:_MONTH] == last[:_MONTH] and until > last and _to_month(end)
        if first and (first > last or in_month):
            words = f"it is to be complete by {quoted(end)} but has money for {quoted(allocation)}"
            yield "after-completion", allocation.id, words


def _to_month(period: Fact) -> bool:
    """Tell whether a time, or its end, is given to the month or the day."""
    first, last = bounds(period["edtf"].split("/")[-1])
    return first[:_MONTH] == last[:_MONTH]


def _two_amounts(given: Sequence[Fact]) -> Iterator[tuple[str, str, str]]:
    """Yield different amounts of one nature for one stream and one period."""
    held: dict[tuple[str, str, str], Fact] = {}
    for allocation in given:
        key = (allocation["stream"], allocation["edtf"], allocation["nature"])
        if not allocation["amount"] or not all(key):
            continue
        other = held.setdefault(key, allocation)
        if other["amount"] != allocation["amount"]:
            words = (
                f"{quoted(other)} and {quoted(allocation)} are different amounts from "
                f"{allocation['stream']} for {allocation['edtf']}"
            )
            yield "two-amounts", allocation.id, words


def _two_natures(given: Sequence[Fact]) -> Iterator[tuple[str, str, str]]:
    """Yield the statement that there is no money, where money is named besides."""
    none = [allocation for allocation in given if allocation["nature"] == NONE]
    for allocation in given:
        if none and allocation["nature"] not in (NONE, TO_CONFIRM):
            words = f"{quoted(none[0])} says that none is identified, but {quoted(allocation)}"
            yield "two-natures", allocation.id, words


def _recorded(
    graph: KnowledgeGraph, name: str, given: Sequence[Fact]
) -> Iterator[tuple[str, str, str]]:
    """Yield contradictions that a reader recorded about the very words of an allocation."""
    for defect in facts_of(graph, name, "SourceDefect"):
        if defect["kind"] != "contradiction":
            continue
        for allocation in given:
            if _overlap(defect, allocation):
                words = f"{defect['description']}: {quoted(allocation)}, as recorded by the reader"
                yield "recorded", allocation.id, words
                break


def _overlap(one: Fact, other: Fact) -> bool:
    """Tell whether two facts quote some of the same words."""
    return any(
        a.document == b.document and a.start < b.end and b.start < a.end
        for a in one.passages
        for b in other.passages
    )
