"""Bridges: the single links and nodes on which the tie of a plan to a national instrument hangs."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Final

import networkx as nx

from kg.lineage.analyses.analysis import DRAFTING, Analysis, plans_of
from kg.lineage.reach import Selection
from kg.model.bases import DEFAULT, Basis
from kg.model.levels import ELEMENTS
from kg.model.table import NATIONAL, allowed_mask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.graph import KnowledgeGraph
    from kg.model.tables import Cell

FLOW_LIMIT: Final = 20_000
"""Links between a plan and an instrument up to which the least cut is worked out."""

_TIES: Final = (
    "A tie is every chain of links from a plan or anything it sets out to a national "
    "instrument or anything that sets out. `least_cut` is the smallest number of links "
    "whose loss leaves no chain at all (Menger: as many chains share no link); with 1 the "
    "link is a bridge and is named with the lines of its words, and so is a node on the way "
    "that every chain passes. Links that rules infer are left out, because they fall with "
    f"what they rest on. The cut is left empty beyond {FLOW_LIMIT} links."
)
_NO_STRENGTH: Final = (
    f"{DRAFTING} A tie of one link may be the plainest sentence of the document, and one of "
    "forty a column filled in by habit: the number is of links, not how strong the tie is in "
    "practice. Nor are links independent readings: those inherited from one merged cell fall "
    "together, and so do all that rest on one identification of a target (--basis stated counts "
    "none that is inherited). No path stands for influence."
)


def bridges(graph: KnowledgeGraph, *, bases: frozenset[Basis] = DEFAULT) -> Analysis:
    """Find, for each plan and national instrument that it reaches, what the tie hangs on.

    Args:
        graph: The graph.
        bases: The bases to admit.

    Returns:
        Columns `plan, instrument, starts, links, least_cut, single_links, single_nodes,
        lines`: how many things of the plan a chain starts from; how many links lie on any
        chain; how many of them would have to fall to cut the tie; the one link, or one node on
        the way, whose loss would do it alone, if there is one; where the words of those links
        stand. Nodes of the plan and of the instrument are no nodes on the way. A flat table,
        which is one plan with its own top level, has no ties.

    Example:
        >>> import kg
        >>> {row["instrument"]: row["least_cut"] for row in bridges(kg.load())
        ...  if row["plan"] == "telford-2011"}
        {'no-health-without-mental-health': 44}
    """
    table = graph.table
    # What a rule infers falls with what it rests on, and joins nothing that this does not.
    links = Selection(table, table.tracing, allowed_mask(bases - {Basis.INFERRED}))
    elements = table.codes(ELEMENTS)
    goals: dict[int, list[int]] = {}
    for goal in table.targets:
        if table.flags[goal] & NATIONAL:
            inside = [n for n in table.set_out_by(goal) if table.cls[n] in elements]
            goals[goal] = [goal, *inside]
    rows: list[tuple[Cell, ...]] = []
    for plan in plans_of(graph):
        if plan.number is None:
            continue
        own = {plan.number, *plan.nodes}
        above = _ways(links, own, down=False)
        for instrument, ends in goals.items():
            if above.isdisjoint(ends):
                continue
            tie = _Tie(links, own, set(ends), above)
            lines = "; ".join(filter(None, (_lines(graph, link) for link in tie.single_links)))
            rows.append(
                (
                    *(plan.name, table.ids[instrument], len(tie.starts), len(tie.links)),
                    tie.least_cut(),
                    "; ".join(_named(graph, link) for link in tie.single_links),
                    "; ".join(table.ids[node] for node in tie.single_nodes),
                    lines,
                )
            )
    return Analysis(
        (
            *("plan", "instrument", "starts", "links", "least_cut", "single_links"),
            *("single_nodes", "lines"),
        ),
        tuple(rows),
        _TIES,
        _NO_STRENGTH,
    )


class _Tie:
    """The links on chains from some nodes to some others."""

    def __init__(
        self, selection: Selection, own: set[int], ends: set[int], above: set[int]
    ) -> None:
        self._selection, self._table = selection, selection.table
        self._own, self._ends = own, ends
        below = _ways(selection, ends, down=True) & above
        objects = self._table.object
        self.links = [
            link
            for node in sorted(below)
            if node not in ends
            for link in selection.up(node)
            if objects[link] in below and objects[link] not in own
        ]
        subjects = {self._table.subject[link] for link in self.links}
        self.starts = sorted(subjects & own)
        self._out: dict[int, list[int]] = {}
        for link in self.links:
            self._out.setdefault(self._table.subject[link], []).append(link)
        path = self._path()
        self.single_links = [link for link in path if not self._path(without_link=link)]
        inner = [objects[link] for link in path if objects[link] not in ends]
        self.single_nodes = [node for node in inner if not self._path(without_node=node)]

    def _path(self, *, without_link: int = -1, without_node: int = -1) -> list[int]:
        """Return a shortest chain as links, avoiding one link or node; empty if there is none."""
        objects, came = self._table.object, dict.fromkeys(self.starts, -1)
        queue = deque(self.starts)
        while queue:
            for link in self._out.get(queue.popleft(), ()):
                other = objects[link]
                if link == without_link or other == without_node or other in came:
                    continue
                came[other] = link
                if other in self._ends:
                    return self._back(came, other)
                queue.append(other)
        return []

    def _back(self, came: dict[int, int], end: int) -> list[int]:
        path = []
        while came[end] >= 0:
            path.append(came[end])
            end = self._table.subject[came[end]]
        return path[::-1]

    def least_cut(self) -> int | None:
        """Return the smallest number of links whose loss cuts every chain."""
        if len(self.links) > FLOW_LIMIT:
            return None
        net: nx.DiGraph[Any] = nx.DiGraph()
        objects, subjects = self._table.object, self._table.subject
        for link in self.links:
            tail = "plan" if subjects[link] in self._own else subjects[link]
            head = "instrument" if objects[link] in self._ends else objects[link]
            held = net.get_edge_data(tail, head, {"capacity": 0})["capacity"]
            net.add_edge(tail, head, capacity=held + 1)
        return int(nx.maximum_flow_value(net, "plan", "instrument"))


def _ways(selection: Selection, starts: Iterable[int], *, down: bool) -> set[int]:
    """Return some nodes and all above, or all below them."""
    table = selection.table
    follow, other = (selection.down, table.subject) if down else (selection.up, table.object)
    found = set(starts)
    queue = list(found)
    while queue:
        for link in follow(queue.pop()):
            if other[link] not in found:
                found.add(other[link])
                queue.append(other[link])
    return found


def _named(graph: KnowledgeGraph, link: int) -> str:
    table = graph.table
    ends = table.ids[table.subject[link]], table.ids[table.object[link]]
    return f"{ends[0]} {table.predicates[table.predicate[link]]} {ends[1]}"


def _lines(graph: KnowledgeGraph, link: int) -> str:
    found = graph.claims[graph.table.claim[link]].evidence
    return ", ".join(f"{passage.document}:{passage.lines}" for passage in found)
