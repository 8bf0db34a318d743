"""The closure alone: the product's code against bare numpy, on the same arrays.

    python -m benchmarks.inside closure plan.csv

Bare numpy is what one would write who knows that the links are sorted by level, that every
link counts and that no basis is asked about: the floor below any honest implementation.
"""

from __future__ import annotations

import csv
import statistics
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_WORD: Final = 64
_TURNS: Final = 9
_LONG: Final = 3.0


def bare(count: int, child: Any, parent: Any, starts: Any, targets: Any) -> Any:  # noqa: ANN401
    """Close links that are sorted by the level of their child, level by level.

    Args:
        count: The number of nodes.
        child: The lower end of each link.
        parent: The upper end of each link.
        starts: Where each level starts.
        targets: The nodes to reach.

    Returns:
        One row of 64-bit words a node: the targets that it reaches.

    Example:
        >>> links = np.array([1, 2]), np.array([0, 1])
        >>> bare(3, *links, np.array([0, 1, 2]), np.array([0]))[:, 0].tolist()
        [0, 1, 1]
    """
    wide = max(1, -(-len(targets) // _WORD))
    carried = np.zeros((count, wide), dtype=np.uint64)
    places = np.arange(len(targets))
    carried[targets, places // _WORD] = np.uint64(1) << (places % _WORD).astype(np.uint64)
    own = carried[targets]
    for first, last in pairwise(starts.tolist()):
        if last > first:
            below, above = child[first:last], parent[first:last]
            heads = np.flatnonzero(np.concatenate(([True], below[1:] != below[:-1])))
            merged = np.bitwise_or.reduceat(carried[above], heads, axis=0)
            carried[below[heads]] |= merged
    # Links in level order are no circles: a target does not reach itself.
    carried[targets] &= ~own
    return carried


def race(table: Path) -> dict[str, Any]:
    """Time both sides in turns, in this process, and compare what they found."""
    from kg.lineage.reach import Selection
    from kg.lineage.vectors import large_reach, order_links
    from kg.model.table import TableBuilder

    builder = TableBuilder()
    served: list[tuple[int, str]] = []
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            number = builder.node(row["id"], row["level"])
            served.extend((number, name) for name in row["serves"].split())
    for place, (number, name) in enumerate(served):
        builder.link(number, "serves", builder.number[name], 1, 0, place)
    graph = builder.finish(flat=True)
    selection = Selection(graph, graph.tracing, 0b0111)
    targets = list(graph.targets)

    began = time.process_time()
    order = order_links(graph)
    ordering = time.process_time() - began
    # In the type that numpy indexes with: the floor should not pay for a conversion.
    child = np.asarray(graph.subject)[order.link].astype(np.intp)
    parent = np.asarray(graph.object)[order.link].astype(np.intp)
    starts = np.concatenate((order.starts, [len(child)]))
    starts = np.unique(np.concatenate(([0], starts)))

    def ours() -> Any:  # noqa: ANN401
        return large_reach(selection, order, targets).words

    def theirs() -> Any:  # noqa: ANN401
        return bare(len(graph.ids), child, parent, starts, np.asarray(targets))

    return {"links": len(child), "ordering": ordering, **duel(ours, theirs)}


def duel(ours: Callable[[], Any], theirs: Callable[[], Any]) -> dict[str, Any]:
    """Time two functions in turns; each must find the same array as the other."""
    times: tuple[list[float], list[float]] = ([], [])
    same = bool((ours() == theirs()).all())
    began = time.process_time()
    while len(times[1]) < _TURNS and (len(times[1]) < 1 or time.process_time() - began < _LONG):
        for function, taken in zip((ours, theirs), times, strict=True):
            started = time.process_time()
            function()
            taken.append(time.process_time() - started)
    return {
        "same": same,
        "ours": statistics.median(times[0]),
        "bare": statistics.median(times[1]),
        "turns": len(times[1]),
    }
