"""Coverage: which actions reach which objectives, and how much there is of everything.

Counts measure drafting, not effect: ten actions under one objective do not make it better
served than four.
"""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING, Final

from kg.lineage.index import LineageIndex
from kg.model.bases import DEFAULT, Basis
from kg.model.levels import ELEMENTS
from kg.model.tables import Cell, ResultTable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

ACTIONS: Final = ("Action", "Activity")


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
    plan = None if source is None else graph.node(source).id
    goals = _goals(graph, target)
    rows: list[tuple[Cell, ...]] = []
    indexes = [
        (basis, LineageIndex(graph, frozenset(b for b in bases if b <= basis), goals))
        for basis in sorted(bases)
    ]
    for node in graph.elements(classes):
        if plan is not None and plan not in (node.instrument, node.id):
            continue
        known = 0
        pairs: dict[str, tuple[Basis, LineageIndex]] = {}
        for basis, index in indexes:
            new = index.bits.get(node.id, 0) & ~known
            known |= new
            pairs.update((goal, (basis, index)) for goal in index.decode(new))
        for goal in sorted(pairs, key=goals.index):
            basis, index = pairs[goal]
            rows.append((node.id, goal, basis.word, _lines(shortest(index, node.id, goal))))
    return ResultTable(("action", "objective", "basis", "lines"), tuple(rows))


def _goals(graph: KnowledgeGraph, target: str | None) -> list[str]:
    """Return the objectives to reach: those of an instrument, one node, or all targets."""
    if target is None:
        return [goal for goal in graph.targets if graph.nodes[goal].cls in ELEMENTS]
    aim = graph.node(target)
    if aim.cls in ELEMENTS:
        return [aim.id]
    inside = [node.id for node in graph.elements() if node.instrument == aim.id]
    objectives = [name for name in inside if graph.nodes[name].cls == "Objective"]
    return objectives or inside or [aim.id]


def shortest(index: LineageIndex, start: str, goal: str) -> list[Claim]:
    """Return the links of one shortest chain from a node to a target (empty if there is none).

    Among equally short chains the one whose ids come first is taken, so that the answer is
    stable.
    """
    came: dict[str, Claim] = {}
    queue = deque([start])
    seen = {start}
    while queue and goal not in came:
        node = queue.popleft()
        for claim in sorted(index.up.get(node, ()), key=lambda c: (c.strength, c.object, c.id)):
            if claim.object not in seen and (
                claim.object == goal or index.reaches(claim.object, goal)
            ):
                seen.add(claim.object)
                came[claim.object] = claim
                queue.append(claim.object)
    chain: list[Claim] = []
    node = goal
    while node in came and node != start:
        chain.append(came[node])
        node = came[node].subject
    return chain[::-1]


def _lines(chain: Sequence[Claim]) -> str:
    """Write the lines behind a chain, by document when there is more than one."""
    found: dict[str, dict[str, int]] = {}
    for claim in chain:
        for passage in claim.evidence:
            found.setdefault(passage.document, {})[passage.lines] = passage.first_line
    parts = {
        document: ", ".join(sorted(lines, key=lambda text: (lines[text], text)))
        for document, lines in found.items()
    }
    if len(parts) == 1:
        return next(iter(parts.values()))
    return "; ".join(f"{document}: {lines}" for document, lines in parts.items())


def stats(graph: KnowledgeGraph) -> ResultTable:
    """Count what each instrument sets out, by class.

    Returns:
        Columns `instrument, class, count`; class is the ontology's local name, the most
        specific one.

    Example:
        >>> import kg
        >>> rows = {(row["instrument"], row["class"]): row["count"] for row in stats(kg.load())}
        >>> rows["telford-2011", "Action"]
        44
    """
    counts: Counter[tuple[str, str]] = Counter()
    for node in graph.nodes.values():
        if node.cls in ELEMENTS or node.cls == "ElementSet":
            counts[node.instrument, node.cls] += 1
    for fact in graph.facts:
        counts[graph.instrument_of(fact.subject), fact.kind] += 1
    if graph.flat:
        return ResultTable(
            ("instrument", "class", "count"),
            tuple((next(iter(graph.documents)), cls, n) for (_, cls), n in counts.items()),
        )
    order = {name: place for place, name in enumerate(graph.nodes)}
    rows = sorted(counts.items(), key=lambda item: (order.get(item[0][0], -1), item[0][1]))
    return ResultTable(
        ("instrument", "class", "count"),
        tuple((instrument, cls, number) for (instrument, cls), number in rows),
    )
