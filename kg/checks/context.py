"""What the rules look at: a graph under a choice of bases, and what several rules ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kg.lineage.index import LineageIndex
from kg.lineage.reach import Selection
from kg.model.levels import DELIVERY
from kg.model.table import NATIONAL, NEVER, NOTHING, allowed_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.model.bases import Basis
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Fact, Node

T = TypeVar("T")
WHOLE_DELIVERY: Final = ("Workstream", "Commitment", "Action")
"""What must say for itself who leads it, by when, how it is judged, with what money."""
MISSING: Final = {
    "folded": "it is dealt with in another row",
    "lost": "what stood there was lost from the text",
    "declared-local": "the document declares it local",
    "deferred": "the document leaves it to another document",
    "blank": "its cell is blank",
    "no-such-column": "the document has no place for it",
    "not-stated": "the document does not say",
}
"""The kinds of missing, in words."""


@dataclass(frozen=True)
class Context:
    """A graph under a choice of bases.

    Attributes:
        graph: The graph.
        bases: The bases whose links count.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> len(Context(kg.load(), DEFAULT).answerable)
        138
    """

    graph: KnowledgeGraph
    bases: frozenset[Basis]

    @cached_property
    def index(self) -> LineageIndex:
        """The upward links."""
        return LineageIndex(self.graph, self.bases)

    @cached_property
    def _kept(self) -> dict[tuple[str, frozenset[Basis]], Any]:
        return {}

    def kept(self, name: str, bases: frozenset[Basis], make: Callable[[], T]) -> T:
        """Return what several rules ask for under a choice of bases, made once."""
        if (name, bases) not in self._kept:
            self._kept[name, bases] = make()
        found: T = self._kept[name, bases]
        return found

    def under(self, bases: frozenset[Basis]) -> LineageIndex:
        """Return the upward links under another choice of bases."""
        if bases == self.bases:
            return self.index
        return self.kept("index", bases, lambda: LineageIndex(self.graph, bases))

    def links(self, *predicates: str) -> Selection:
        """Return the links of some predicates that count."""
        codes = frozenset(i for i, p in enumerate(self.graph.table.predicates) if p in predicates)
        return Selection(self.graph.table, codes, allowed_mask(self.bases))

    def objects(self, selection: Selection) -> dict[int, list[int]]:
        """Return the objects of each subject of some links, each once."""
        return self.kept(
            f"objects {sorted(selection.predicates)}", self.bases, lambda: self._objects(selection)
        )

    def _objects(self, selection: Selection) -> dict[int, list[int]]:
        table, found = self.graph.table, dict[int, list[int]]()
        if selection.predicates:
            wanted, never = selection.predicates, ~selection.allowed & 0xFF
            columns = (table.subject, table.object, table.predicate, table.need)
            for subject, object_, predicate, need in zip(*columns, strict=True):
                if predicate in wanted and not need & (never | NEVER):
                    others = found.setdefault(subject, [])
                    if object_ not in others:
                        others.append(object_)
        return found

    @cached_property
    def answerable(self) -> list[int]:
        """The elements that must say who leads them, by when, how judged, with what money.

        Workstreams, commitments and actions of plans that are not national, and activities
        that are part of none of these. What does not count on the graph's day owes no answer:
        its links do not hold then, and silence about them would be the graph's, not the plan's.
        """
        table, live = self.graph.table, self.graph.live
        wanted = table.codes(WHOLE_DELIVERY)
        steps = table.codes(("Activity",))
        found = []
        for number, (cls, owner) in enumerate(zip(table.cls, table.instrument, strict=True)):
            if owner != NOTHING and table.flags[owner] & NATIONAL:
                continue
            if (cls in wanted or (cls in steps and not self._has_whole(number))) and live(number):
                found.append(number)
        return found

    def _has_whole(self, step: int) -> bool:
        """Tell whether an activity is part of something delivered; in a flat table, serves it."""
        table = self.graph.table
        links = self.index.everything if self.graph.flat else self.index.structure
        delivered = table.codes(DELIVERY)
        return any(table.cls[node] in delivered for node in links.above(step)[1:])

    def wholes(self, node: str) -> list[Node]:
        """List what a node is part of and is delivered too, nearest first."""
        table, graph = self.graph.table, self.graph
        delivered = table.codes(DELIVERY)
        above = self.index.structure.above(table.number[node])[1:]
        return [graph.nodes[table.ids[n]] for n in above if table.cls[n] in delivered]


def has_facts(graph: KnowledgeGraph, kind: str) -> Iterator[str]:
    """Yield the nodes that count and have facts of a kind, in the order of the facts."""
    table = graph.table
    if kind not in table.kinds:
        return
    code = table.kinds.index(kind)
    seen: set[int] = {NOTHING}
    for subject, found in zip(table.fact_subject, table.fact_kind, strict=True):
        if found == code and subject not in seen:
            seen.add(subject)
            if graph.live(subject):
                yield table.ids[subject]


def facts_of(graph: KnowledgeGraph, node: str, kind: str) -> list[Fact]:
    """Return the facts of a kind about a node.

    Example:
        >>> import kg
        >>> len(facts_of(kg.load(), "worcestershire-2009/intention/5", "Allocation"))
        3
    """
    table = graph.table
    if kind not in table.kinds:
        return []
    code = table.kinds.index(kind)
    numbers = table.facts_of(table.number[node])
    return [graph.facts[number] for number in numbers if table.fact_kind[number] == code]


def has_gap(graph: KnowledgeGraph, number: int) -> bool:
    """Tell from the columns whether a document shows of a node that something is missing."""
    table = graph.table
    kinds = {code for code, kind in enumerate(table.kinds) if kind == "StatedAbsence"}
    return any(table.fact_kind[fact] in kinds for fact in table.facts_of(number))


def absence(graph: KnowledgeGraph, node: Node, name: str) -> Fact | None:
    """Return what a document shows of something missing, nearest first.

    The element's own gap comes before the other row that it is folded into, and that before the
    gap of its whole class in the plan.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> absence(graph, graph.node("telford-2011/action/11"), "ledBy")["kind"]
        'blank'
    """
    found = graph.absences_of(node.id)
    own = [fact for fact in found if fact.subject == node.id]
    ways = (
        (fact for fact in own if fact["property"] == name),
        (fact for fact in own if fact["kind"] == "folded"),
        (fact for fact in found if fact["property"] == name),
    )
    return next((fact for way in ways for fact in way), None)


def missing_words(graph: KnowledgeGraph, gap: Fact | None) -> tuple[str, str]:
    """Return the kind of a gap, and the kind in words; without a gap it is not stated."""
    kind = gap["kind"] if gap else "not-stated"
    words = MISSING.get(kind, kind)
    if gap and gap["folded_into"]:
        words = f"it is folded into {named(graph, gap['folded_into'])}"
    return kind, words


def named(graph: KnowledgeGraph, name: str) -> str:
    """Return an id with its label."""
    node = graph.nodes.get(name)
    return f"{name} ({node.label})" if node else name
