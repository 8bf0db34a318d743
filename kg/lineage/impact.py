"""Impact: what leads up to a node, what loses a link with it, and what would reach nothing."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from kg.lineage.reach import Selection
from kg.lineage.removal import Remaining, Removal
from kg.model.bases import DEFAULT, Basis
from kg.model.table import allowed_mask
from kg.model.tables import Cell, ResultTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.graph import KnowledgeGraph

COLUMNS: Final = ("node", "class", "label", "hops", "only_this_way", "how", "loses")
DOWNSTREAM, LOSES_ROUTE, LOSES_LINK, LOSES_LEAD = (
    "downstream",
    "loses-route",
    "loses-link",
    "loses-lead",
)
"""How an item depends on a node: links lead from it to the node; chains from it run through a
link that falls with the node; it has such a link itself; that link says who leads it."""
_LEADS: Final = "ledBy"


def impact(graph: KnowledgeGraph, node: str, *, bases: frozenset[Basis] = DEFAULT) -> ResultTable:
    """List everything that leads up to a node, nearest first, then what else depends on it.

    The cost is that of what stands below the node and above it, whatever the graph's size.

    Args:
        graph: The graph.
        node: Any name of the node.
        bases: The bases to admit.

    Returns:
        Columns `node, class, label, hops, only_this_way, how, loses`: `hops` is the length of
        the shortest chain, none where no chain leads to the node; `only_this_way` tells that
        every chain from there to a target (a national objective or instrument; in a flat
        table, a top-level item) falls with this node; `how` is `downstream`, `loses-route`,
        `loses-link` or `loses-lead`; `loses` names the links of the item that fall.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to the name.

    Example:
        >>> import kg
        >>> found = impact(kg.load(), "no-health-without-mental-health/objective/6")
        >>> [(row["node"], row["hops"]) for row in found][:1]
        [('telford-2011/action/4', 1)]
        >>> [(row["node"], row["loses"]) for row in impact(kg.load(), "nhs-tayside")][:1]
        [('dundee-2016/progress-update/17', 'involvesBody nhs-tayside')]
    """
    return listing(Removal(graph, [graph.node(node).id]), bases)


def listing(removal: Removal, bases: frozenset[Basis] = DEFAULT) -> ResultTable:
    """List what depends on that which is taken away, with the columns of `impact`.

    Args:
        removal: What is taken away, and what falls with it.
        bases: The bases to admit.
    """
    graph, table = removal.graph, removal.graph.table
    links = Selection(table, table.tracing, allowed_mask(bases))
    rest = Remaining(table, links.predicates, links.allowed, removal)
    below = _below(links, sorted(removal.gone))
    lost = _lost_by(removal, allowed_mask(bases))
    through = [
        node
        for node, fallen in lost.items()
        if node not in below and any(links.admits(link) for link in fallen)
    ]
    affected = below | {node: -1 for node in _below(links, through) if node not in below}
    alone = _reaching_below(links, affected, set(table.targets))
    alone -= _reaching_below(rest, affected, set(table.targets) - removal.gone)
    rows: list[tuple[Cell, ...]] = []
    others = sorted(node for node in lost if node not in affected)
    for number in (*affected, *others):
        if number in removal.gone:
            continue
        hops = affected.get(number, -1)
        fallen = lost.get(number, ())
        found = graph.nodes[table.ids[number]]
        names = [table.predicates[table.predicate[link]] for link in fallen]
        how = DOWNSTREAM if hops >= 0 else _how(names)
        loses = "; ".join(
            dict.fromkeys(
                f"{name} {table.ids[table.object[link]]}"
                for name, link in zip(names, fallen, strict=True)
            )
        )
        hop = hops if hops >= 0 else None
        rows.append((found.id, found.cls, found.label, hop, number in alone, how, loses))
    return ResultTable(COLUMNS, tuple(rows))


def _how(predicates: Iterable[str]) -> str:
    fallen = set(predicates)
    if not fallen:
        return LOSES_ROUTE
    return LOSES_LEAD if _LEADS in fallen else LOSES_LINK


def _below(links: Selection, starts: Iterable[int]) -> dict[int, int]:
    """Return some nodes and everything below any of them, with the number of hops."""
    subjects = links.table.subject
    found = dict.fromkeys(starts, 0)
    queue = deque(found)
    while queue:
        node = queue.popleft()
        for link in links.down(node):
            if subjects[link] not in found:
                found[subjects[link]] = found[node] + 1
                queue.append(subjects[link])
    return found


def _lost_by(removal: Removal, allowed: int) -> dict[int, list[int]]:
    """Return the links that fall and counted before, by subject, but for those of what goes.

    A link that another claim still makes does not fall.
    """
    table = removal.graph.table
    found: dict[int, list[int]] = {}
    every = Remaining(table, frozenset(range(len(table.predicates))), allowed, removal)
    for link in sorted(removal.lost | removal.changed.keys()):
        subject = table.subject[link]
        if subject in removal.gone or table.need[link] & ~allowed & 0xFF or every.admits(link):
            continue
        says = (table.predicate[link], table.object[link])
        if says not in ((table.predicate[o], table.object[o]) for o in every.up(subject)):
            found.setdefault(subject, []).append(link)
    return found


def _reaching_below(links: Selection, affected: Iterable[int], targets: set[int]) -> set[int]:
    """Return which of some nodes are targets or reach one, all that leads to them being there.

    What stands above them without being one of them is looked at once.
    """
    inside, objects = set(affected), links.table.object
    parents = {node: [objects[link] for link in links.up(node)] for node in inside}
    outside = {parent for above in parents.values() for parent in above if parent not in inside}
    reaching = _reaching(links, outside, targets)
    found = {
        node for node, above in parents.items() if node in targets or not reaching.isdisjoint(above)
    }
    queue = list(found)
    while queue:
        for link in links.down(queue.pop()):
            child = links.table.subject[link]
            if child in inside and child not in found:
                found.add(child)
                queue.append(child)
    return found


def _reaching(links: Selection, start: set[int], targets: set[int]) -> set[int]:
    """Return the nodes that are targets or reach one, among some nodes and what is above them."""
    objects = links.table.object
    children: dict[int, list[int]] = {}
    seen, queue = set(start), list(start)
    while queue:
        node = queue.pop()
        for link in links.up(node):
            other = objects[link]
            children.setdefault(other, []).append(node)
            if other not in seen:
                seen.add(other)
                queue.append(other)
    found = seen & targets
    queue = list(found)
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in found:
                found.add(child)
                queue.append(child)
    return found
