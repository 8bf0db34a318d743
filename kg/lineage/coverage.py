"""Coverage: which actions reach which objectives, and how much there is of everything.

Counts measure drafting, not effect: ten actions under one objective do not make it better
served than four.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.lineage.index import LineageIndex, places_in, vectors
from kg.lineage.reach import is_large
from kg.model.bases import DEFAULT, Basis
from kg.model.levels import ELEMENTS
from kg.model.table import NOTHING
from kg.model.tables import Cell, ResultTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.model.graph import KnowledgeGraph

ACTIONS: Final = ("Action", "Activity")
PAIRS: Final = ("action", "objective", "basis", "lines")
STATS: Final = ("instrument", "class", "count")
COUNTS: Final = ("objective", "stated", "inherited", "inferred", "interpreted", "rows")

_HELD: Final = 100_000
"""Links whose places are kept."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which actions are asked about, and which objectives they should reach."""

    graph: KnowledgeGraph
    rows: list[int]
    goals: list[int]
    bases: frozenset[Basis]

    def steps(self) -> list[Basis]:
        """Return the bases that add links, strongest first: the others change nothing."""
        needs = set(self.graph.table.need)
        found = [b for b in sorted(self.bases) if any(need & 1 << b for need in needs)]
        return found or sorted(self.bases)[:1]

    def index(self, basis: Basis, goals: Sequence[int] | None = None) -> LineageIndex:
        """Return the index over the bases up to one of those admitted."""
        admitted = frozenset(b for b in self.bases if b <= basis)
        wanted = self.goals if goals is None else goals
        standard = list(self.graph.table.targets) == wanted
        names = None if standard else [self.graph.table.ids[goal] for goal in wanted]
        return LineageIndex(self.graph, admitted, names)


def _question(
    graph: KnowledgeGraph,
    source: str | None,
    target: str | None,
    bases: frozenset[Basis],
    classes: Sequence[str],
) -> Question:
    table = graph.table
    wanted = table.codes(classes)
    if source is None:
        rows = [node for node, cls in enumerate(table.cls) if cls in wanted]
    else:
        plan = table.number[graph.node(source).id]
        nodes = sorted([plan, *table.set_out_by(plan)])
        rows = [node for node in nodes if table.cls[node] in wanted]
    rows = [node for node in rows if graph.live(node)]
    return Question(graph, rows, _goals(graph, target), bases)


def matrix(
    graph: KnowledgeGraph,
    *,
    source: str | None = None,
    target: str | None = None,
    bases: frozenset[Basis] = DEFAULT,
    classes: Sequence[str] = ACTIONS,
) -> ResultTable:
    """List the pairs of action and objective that a chain of links joins.

    Args:
        graph: The graph.
        source: The instrument whose actions to take; all when left out.
        target: The instrument whose objectives to reach, or one objective; all targets that
            are no instruments when left out.
        bases: The bases to admit.
        classes: The classes that count as actions.

    Returns:
        Columns `action, objective, basis, lines`: `basis` is the weakest basis of the
        strongest chain; `lines` are the lines of the words behind that chain.

    Raises:
        UnknownNodeError: If source or target is not known.

    Example:
        >>> import kg
        >>> from kg.model.bases import parse_bases
        >>> len(matrix(kg.load(), source="telford-2011", bases=parse_bases("stated")))
        24
    """
    return ResultTable(PAIRS, tuple(pairs(_question(graph, source, target, bases, classes))))


def pairs(question: Question) -> Iterator[tuple[Cell, ...]]:
    """Yield the rows of the matrix, action by action."""
    table, places = question.graph.table, _Places(question.graph)
    indexes = [(basis, question.index(basis)) for basis in question.steps()]
    chains = {basis: Chains(index) for basis, index in indexes}
    own = {goal: 1 << place for place, goal in enumerate(question.goals)}
    for node in question.rows:
        # On a circle a node reaches itself, which is no service to anything.
        known = own.get(node, 0)
        found: dict[int, Basis] = {}
        for basis, index in indexes:
            new = index.reach.bits(node) & ~known
            known |= new
            found.update((place, basis) for place in places_in(new))
        for place in sorted(found):
            basis = found[place]
            chain = chains[basis].to(node, place)
            goal = table.ids[question.goals[place]]
            yield table.ids[node], goal, basis.word, _lines(map(places.of, chain))


def matrix_counts(
    graph: KnowledgeGraph,
    *,
    source: str | None = None,
    target: str | None = None,
    bases: frozenset[Basis] = DEFAULT,
    classes: Sequence[str] = ACTIONS,
) -> tuple[ResultTable, int, int]:
    """Count, for each objective, the actions that reach it, by the weakest basis of their chain.

    Args:
        graph: The graph.
        source: As for `matrix`.
        target: As for `matrix`.
        bases: As for `matrix`.
        classes: As for `matrix`.

    Returns:
        Columns `objective, stated, inherited, inferred, interpreted, rows`, empty for a basis
        that is not admitted; how many actions were asked about; and how many of them reach
        none of the objectives.

    Example:
        >>> import kg
        >>> table, asked, without = matrix_counts(kg.load(), source="telford-2011")
        >>> [row["rows"] for row in table][:6], asked, without
        ([10, 8, 4, 16, 3, 3], 44, 0)
    """
    question = _question(graph, source, target, bases, classes)
    table = graph.table
    if not is_large(table):
        counts, without = _count_small(question)
    else:
        counts, without = _count_large(question)
    rows: list[tuple[Cell, ...]] = []
    for goal, column in zip(question.goals, counts, strict=True):
        by_basis = [column.get(b, 0) if b in bases else None for b in list(Basis)[:4]]
        rows.append((table.ids[goal], *by_basis, sum(column.values())))
    return ResultTable(COUNTS, tuple(rows)), len(question.rows), without


def _count_small(question: Question) -> tuple[list[dict[Basis, int]], int]:
    counts: list[dict[Basis, int]] = [{} for _ in question.goals]
    indexes = [(basis, question.index(basis)) for basis in question.steps()]
    own = {goal: 1 << place for place, goal in enumerate(question.goals)}
    without = 0
    for node in question.rows:
        # On a circle a node reaches itself, which is no service to anything.
        itself = own.get(node, 0)
        known = itself
        for basis, index in indexes:
            new = index.reach.bits(node) & ~known
            known |= new
            for place in places_in(new):
                counts[place][basis] = counts[place].get(basis, 0) + 1
        without += known == itself
    return counts, without


def _count_large(question: Question) -> tuple[list[dict[Basis, int]], int]:
    """Count by columns of bits, a block of objectives at a time, so that memory is bounded."""
    large = vectors()
    block = max(1, large.BLOCK // len(question.graph.table.ids)) * large.WORD
    counts: list[dict[Basis, int]] = [{} for _ in question.goals]
    reached = bytes(len(question.rows))
    for first in range(0, len(question.goals), block):
        goals = question.goals[first : first + block]
        before = [0] * len(goals)
        for basis in question.steps():
            reach = question.index(basis, goals).reach
            total, reached = large.column_counts(reach, question.rows, reached)
            for place, number in enumerate(total):
                if number != before[place]:
                    counts[first + place][basis] = number - before[place]
            before = total
    return counts, reached.count(0)


def _goals(graph: KnowledgeGraph, target: str | None) -> list[int]:
    """Return the objectives to reach: those of an instrument, one node, or all targets."""
    table = graph.table
    elements = table.codes(ELEMENTS)
    if target is None:
        return [goal for goal in table.targets if table.cls[goal] in elements]
    aim = graph.node(target)
    number = table.number[aim.id]
    if aim.cls in ELEMENTS:
        return [number]
    inside = [node for node in table.set_out_by(number) if table.cls[node] in elements]
    objective = table.codes(["Objective"])
    return [node for node in inside if table.cls[node] in objective] or inside or [number]


class Chains:
    """The shortest chains to each target, found from the target downwards, once for all nodes.

    Args:
        index: The links that count.
    """

    def __init__(self, index: LineageIndex) -> None:
        self._index = index
        self._hops: dict[int, dict[int, int]] = {}

    def to(self, start: int, place: int) -> list[int]:
        """Return the links of one shortest chain from a node to a target (empty if none).

        Among equally short chains the strongest, then the one whose ids come first, then the
        one stated first is taken, hop by hop, so that the answer is stable.

        Args:
            start: The number of the node.
            place: The place of the target among those of the index.
        """
        hops = self._hops.get(place)
        if hops is None:
            goal = self._index.reach.targets[place]
            hops = self._hops[place] = self._index.lineage.below(goal)
        table, chain = self._index.table, []
        for left in range(hops.get(start, 0) - 1, -1, -1):
            link = self._best(start, left, hops)
            chain.append(link)
            start = table.object[link]
        return chain

    def _best(self, node: int, left: int, hops: dict[int, int]) -> int:
        """Return the best link from a node to one that is so many hops away."""
        table = self._index.table
        links = [up for up in self._index.lineage.up(node) if hops.get(table.object[up]) == left]
        if len(links) == 1:
            return links[0]
        return min(
            links,
            key=lambda at: (table.strength[at], table.ids[table.object[at]], table.claim[at]),
        )


class _Places:
    """Where the words behind a link stand; the links of upper levels are asked for often."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._held: dict[int, tuple[tuple[str, int, str], ...]] = {}

    def of(self, link: int) -> tuple[tuple[str, int, str], ...]:
        """Return document, first line and lines of every passage behind a link."""
        found = self._held.get(link)
        if found is None:
            if len(self._held) >= _HELD:
                self._held.clear()
            claim = self._graph.claims[self._graph.table.claim[link]]
            found = tuple((p.document, p.first_line, p.lines) for p in claim.evidence)
            self._held[link] = found
        return found


def _lines(chain: Iterable[tuple[tuple[str, int, str], ...]]) -> str:
    """Write the lines behind a chain, by document when there is more than one."""
    found: dict[str, set[tuple[int, str]]] = {}
    for passages in chain:
        for document, first, lines in passages:
            found.setdefault(document, set()).add((first, lines))
    parts = {
        document: ", ".join(lines for _, lines in sorted(places))
        for document, places in found.items()
    }
    if len(parts) == 1:
        return next(iter(parts.values()))
    return "; ".join(f"{document}: {lines}" for document, lines in parts.items())


def stats(graph: KnowledgeGraph) -> ResultTable:
    """Count what each instrument sets out, by class.

    Returns:
        Columns `instrument, class, count`; class is the ontology's local name, the most
        specific one. Bodies, and facts about them, belong to no instrument: theirs is empty,
        and they come last.

    Example:
        >>> import kg
        >>> rows = {(row["instrument"], row["class"]): row["count"] for row in stats(kg.load())}
        >>> rows["telford-2011", "Action"]
        44
    """
    table = graph.table
    counted = table.codes((*ELEMENTS, "ElementSet"))
    found = Counter(
        (owner, cls)
        for node, (owner, cls) in enumerate(zip(table.instrument, table.cls, strict=True))
        if cls in counted and graph.live(node)
    )
    counts = {(owner, table.classes[cls]): number for (owner, cls), number in found.items()}
    instruments = table.codes(("Instrument", "FundingStream"))
    of_facts = Counter(zip(table.fact_subject, table.fact_kind, strict=True))
    for (subject, kind), number in of_facts.items():
        if subject != NOTHING and not graph.live(subject):
            continue
        owner = table.instrument[subject] if subject != NOTHING else NOTHING
        if owner == NOTHING and subject != NOTHING and table.cls[subject] in instruments:
            owner = subject
        key = (owner, table.kinds[kind])
        counts[key] = counts.get(key, 0) + number
    if graph.flat:
        only = next(iter(graph.documents))
        return ResultTable(STATS, tuple((only, cls, n) for (_, cls), n in counts.items()))
    for cls, number in Counter(table.cls).items():
        if cls not in counted and cls not in instruments:
            counts[NOTHING, table.classes[cls]] = number
    rows = sorted(counts.items())
    return ResultTable(
        STATS,
        tuple(
            ("" if owner == NOTHING else table.ids[owner], cls, number)
            for (owner, cls), number in rows
        ),
    )
