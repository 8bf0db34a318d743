"""Reachability for large graphs: the links by level, closed with numpy one level at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kg.lineage.reach import Selection
from kg.model.bases import Basis
from kg.model.table import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model.table import Column, GraphTable

BASIS_SETS: Final = (0b0001, 0b0011, 0b0111, 0b1111)
"""The choices of bases whose reach a release keeps: stated; with inherited; the default; all."""
KEPT_WORDS: Final = 16
"""Words a node up to which a release keeps reach; beyond, it is computed when it is asked for."""
WORD: Final = 64
"""Targets in one machine word."""
BLOCK: Final = 1 << 24
"""Words held at once for many targets: they are taken in blocks, so that memory stays bounded."""


class LargeReach:
    """Reach as rows of 64-bit words.

    Args:
        words: Unsigned words, one row a node.
        targets: The numbers of the nodes that the bits stand for.
    """

    def __init__(self, words: Any, targets: Sequence[int]) -> None:  # noqa: ANN401 - numpy array
        self.words = words
        self.targets = targets

    def bits(self, node: int) -> int:
        """Return the targets that a node reaches, bit i for target i."""
        return int.from_bytes(self.words[node].astype("<u8").tobytes(), "little")

    def any(self, node: int) -> bool:
        """Tell whether a node reaches any target."""
        return bool(self.words[node].any())


@dataclass(frozen=True)
class Steps:
    """The links of a closure in the order in which they are taken.

    Attributes:
        parent: The upper end of each link; links of one lower end stand together.
        heads: Where the links of each lower end start.
        owner: The lower end that starts there.
        levels: For each level, where its links and its heads start and end; None when there
            are cycles.
    """

    parent: Any
    heads: Any
    owner: Any
    levels: list[tuple[int, int, int, int]] | None


class Order:
    """Lineage links sorted so that one pass over them, level by level, is a closure.

    Args:
        table: The graph as columns.
        link: The number of each link, by level of its subject.
        starts: Where each level starts; None when there are cycles.
    """

    def __init__(self, table: GraphTable, link: Any, starts: Any) -> None:  # noqa: ANN401 - arrays
        self.table = table
        self.link = link
        self.starts = starts

    @cached_property
    def child(self) -> Any:  # noqa: ANN401 - numpy array
        """The subject of each link."""
        return as_array(self.table.subject)[self.link].astype(np.intp)

    @cached_property
    def parent(self) -> Any:  # noqa: ANN401 - numpy array
        """The object of each link."""
        return as_array(self.table.object)[self.link].astype(np.intp)

    @cached_property
    def need(self) -> Any:  # noqa: ANN401 - numpy array
        """The bases that each link needs."""
        return as_array(self.table.need)[self.link]

    @cached_property
    def all(self) -> Steps:
        """The steps over all links."""
        return _steps(self.child, self.parent, self.starts)

    def steps(self, selection: Selection) -> Steps:
        """Return the steps over the links that count."""
        counts = (self.need & np.uint8(~selection.allowed & 0xFF)) == 0
        if selection.predicates != self.table.tracing:
            codes = as_array(self.table.predicate)[self.link]
            counts &= np.isin(codes, sorted(selection.predicates))
        if counts.all():
            return self.all
        starts = self.starts
        if starts is not None:
            starts = np.concatenate(([0], np.cumsum(counts)))[starts]
        return _steps(self.child[counts], self.parent[counts], starts)


def _steps(child: Any, parent: Any, starts: Any) -> Steps:  # noqa: ANN401 - numpy arrays
    changes = np.flatnonzero(child[1:] != child[:-1]) + 1
    heads = np.concatenate(([0], changes)) if len(child) else changes
    levels = None
    if starts is not None:
        spans = zip(
            pairwise(starts.tolist()),
            pairwise(np.searchsorted(heads, starts).tolist()),
            strict=True,
        )
        levels = [(*links, *those) for links, those in spans if links[0] < links[1]]
    return Steps(parent, heads, child[heads], levels)


def order_links(table: GraphTable) -> Order:
    """Sort the lineage links by level: those of nodes whose parents are all done come first.

    Levels are computed over all accepted links, so that they hold for every choice of bases.
    """
    child, parent = as_array(table.subject), as_array(table.object)
    keep = np.isin(as_array(table.predicate), sorted(table.tracing))
    link = np.flatnonzero(keep & (as_array(table.need) != NEVER) & (child != parent))
    level, left = peel(child[link], parent[link], len(table.ids))
    if left:
        return Order(table, link, None)
    of_link = level[child[link]]
    order = np.argsort(of_link, kind="stable")
    deepest = int(of_link.max()) if len(of_link) else 0
    starts = np.searchsorted(of_link[order], np.arange(1, deepest + 2))
    return Order(table, link[order], starts)


def peel(child: Any, parent: Any, count: int) -> tuple[Any, list[int]]:  # noqa: ANN401 - arrays
    """Take nodes away from the top, level by level (Kahn's method).

    Args:
        child: The subject of each link, as an array of numbers.
        parent: The object of each link.
        count: The number of nodes.

    Returns:
        The longest way up from each node; and the nodes that are never taken, because they
        stand on a circle or below one.
    """
    level = np.zeros(count, dtype=np.int32)
    waiting = np.bincount(child, minlength=count)
    by_parent = np.argsort(parent, kind="stable")
    below = child[by_parent]
    first = np.searchsorted(parent[by_parent], np.arange(count + 1))
    done = np.flatnonzero(waiting == 0)
    depth = 0
    while len(done):
        depth += 1
        sizes = first[done + 1] - first[done]
        places = np.repeat(first[done] - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        touched, hits = np.unique(below[places], return_counts=True)
        waiting[touched] -= hits
        done = touched[waiting[touched] == 0]
        level[done] = depth
    return level, np.flatnonzero(waiting > 0).tolist()


def as_array(column: Column) -> Any:  # noqa: ANN401 - numpy array
    """Return a column as a numpy array, without copying it."""
    return np.asarray(column)


def large_reach(
    selection: Selection, order: Order, targets: Sequence[int], *, merged: bool = False
) -> LargeReach:
    """Close the links that count, one word for 64 targets a node.

    Args:
        selection: The links that count.
        order: All lineage links by level.
        targets: The numbers of the nodes to reach.
        merged: Let one bit stand for all targets: enough to know whether any is reached.
    """
    steps = order.steps(selection)
    wide = 1 if merged else width(targets)
    rows = np.asarray(targets, dtype=np.intp)
    places = np.zeros(len(rows), dtype=np.intp) if merged else np.arange(len(rows))
    own = np.uint64(1) << (places % WORD).astype(np.uint64)
    carried = np.zeros((len(selection.table.ids), wide), dtype=np.uint64)
    carried[rows, places // WORD] = own
    if steps.levels is None:
        return LargeReach(_sweep(steps, carried), targets)
    view = carried[:, 0] if wide == 1 else carried
    for first, last, low, high in steps.levels:
        heads = steps.heads[low:high] - first
        gathered = np.bitwise_or.reduceat(view[steps.parent[first:last]], heads, axis=0)
        view[steps.owner[low:high]] |= gathered
    if merged:
        carried[rows] = _gathered(steps, carried)[rows]
    else:
        # Where there are no circles, a target does not reach itself.
        carried[rows, places // WORD] &= ~own
    return LargeReach(carried, targets)


def _gathered(steps: Steps, carried: Any) -> Any:  # noqa: ANN401 - numpy arrays
    """Return what the parents of each node carry."""
    reached = np.zeros_like(carried)
    if len(steps.heads):
        reached[steps.owner] = np.bitwise_or.reduceat(carried[steps.parent], steps.heads, axis=0)
    return reached


def _sweep(steps: Steps, carried: Any) -> Any:  # noqa: ANN401 - numpy arrays
    """Carry all links at once until nothing changes: exact on cycles too."""
    reached = _gathered(steps, carried)
    while (more := reached & ~carried).any():
        carried |= more
        reached = _gathered(steps, carried)
    return reached


def from_words(column: Column, count: int, targets: Sequence[int]) -> LargeReach:
    """Return reach from the words that a release keeps, without copying them."""
    return LargeReach(as_array(column).reshape(count, width(targets)), targets)


def from_columns(table: GraphTable, link: Column, start: Column) -> Order:
    """Return the links by level from the columns that a release keeps."""
    return Order(table, as_array(link), as_array(start) if len(start) else None)


def width(targets: Sequence[int]) -> int:
    """Return the number of words a node that so many targets need."""
    return max(1, -(-len(targets) // WORD))


def kept_columns(table: GraphTable) -> dict[str, tuple[str, Any]]:
    """Return what a release keeps for a large graph: links by level, and reach a basis set.

    Returns:
        Type code and content of each column.
    """
    order = order_links(table)
    starts = [] if order.starts is None else order.starts
    found = {
        "level_link": ("I", np.ascontiguousarray(order.link, dtype=np.uint32)),
        "level_start": ("I", np.ascontiguousarray(starts, dtype=np.uint32)),
    }
    if width(table.targets) <= KEPT_WORDS:
        for allowed in BASIS_SETS:
            selection = Selection(table, table.tracing, allowed)
            found[f"reach_{allowed}"] = ("Q", large_reach(selection, order, table.targets).words)
    return found


def column_counts(reach: LargeReach, rows: Sequence[int], before: bytes) -> tuple[list[int], bytes]:
    """Count, for each target, the rows that reach it.

    Args:
        reach: What each node reaches.
        rows: The numbers of the nodes to count, in order.
        before: For each row, whether it has reached anything so far.

    Returns:
        The count of each target, and `before` with what these targets add.
    """
    numbers = np.asarray(rows, dtype=np.intp)
    words = reach.words[numbers]
    # On a circle a node reaches itself, which is no service to anything.
    targets = np.asarray(reach.targets, dtype=np.intp)
    at = np.minimum(np.searchsorted(numbers, targets), max(len(numbers) - 1, 0))
    places = np.flatnonzero(numbers[at] == targets) if len(numbers) else at[:0]
    words[at[places], places // WORD] &= ~(np.uint64(1) << (places % WORD).astype(np.uint64))
    step = 1 << 16
    total = np.zeros(words.shape[1] * WORD, dtype=np.int64)
    for first in range(0, len(words), step):
        part = np.ascontiguousarray(words[first : first + step]).view(np.uint8)
        total += np.unpackbits(part, axis=1, bitorder="little").sum(axis=0, dtype=np.int64)
    reached = np.frombuffer(before, dtype=np.uint8) | words.any(axis=1)
    return total[: len(reach.targets)].tolist(), reached.astype(np.uint8).tobytes()


def below_circles(table: GraphTable) -> list[int]:
    """Return the nodes on circles of asserted links, and below them; none where all is well."""
    need, child = as_array(table.need), as_array(table.subject)
    keep = np.isin(as_array(table.predicate), sorted(table.upward))
    keep &= (need & (NEVER | 1 << Basis.INFERRED)) == 0
    keep &= child != as_array(table.object)
    return peel(child[keep], as_array(table.object)[keep], len(table.ids))[1]
