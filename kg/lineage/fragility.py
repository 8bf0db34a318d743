"""Where a thread is single: what every chain from the work to a target passes.

The question is that of dominators and bridges between one target and all sources together,
answered from the target downwards. One chain is found first; then it is swept from the top, to
see how far down each detour joins it again. What no detour passes by is on every chain. The
sweep ends with the first detour to a source of its own, so that a target with ample support
costs a few steps, and in the worst case one look at each link below the target.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.lineage.reach import Selection


@dataclass(frozen=True, slots=True)
class Cuts:
    """What lies on every chain from any source to a target."""

    nodes: tuple[int, ...]
    """Nodes, a source among them if there is only one way to begin; nearest the target first."""
    links: tuple[int, ...]
    """Links, nearest the target first."""


def cuts(links: Selection, target: int, is_source: Callable[[int], bool]) -> Cuts | None:
    """Find the nodes and links that every chain from a source to a target passes.

    Args:
        links: The links that count.
        target: The number of the target.
        is_source: Tells of a node whether chains begin there.

    Returns:
        The cuts, or None when no source reaches the target.

    Example:
        >>> from kg.lineage.reach import Selection
        >>> from kg.model.table import TableBuilder
        >>> builder = TableBuilder()
        >>> a, b, o = (builder.node(name, "Action") for name in "abo")
        >>> builder.link(a, "serves", b, 1, 0, 0)
        >>> builder.link(b, "serves", o, 1, 0, 1)
        >>> table = builder.finish(flat=True)
        >>> cuts(Selection(table, table.tracing, 1), o, {a}.__contains__)
        Cuts(nodes=(1, 0), links=(1, 0))
    """
    chain = _descent(links, target, is_source)
    if chain is None:
        return None
    subject = links.table.subject
    nodes = [target, *(subject[link] for link in chain)]
    place = {node: number for number, node in enumerate(nodes)}
    seen, farthest = set(nodes), 0
    cut_nodes: list[int] = []
    cut_links: list[int] = []
    for number, node in enumerate(nodes):
        if number:
            if farthest <= number:
                cut_nodes.append(node)
            if farthest < number:
                cut_links.append(chain[number - 1])
        if number == len(chain):
            break
        queue = [node]
        while queue:
            other = queue.pop()
            if other != target and is_source(other):
                return Cuts(tuple(cut_nodes), tuple(cut_links))  # beyond it nothing is cut
            for link in links.down(other):
                child = subject[link]
                if child in place:
                    if link != chain[number] or other != node:
                        farthest = max(farthest, place[child])
                elif child not in seen:
                    seen.add(child)
                    queue.append(child)
    return Cuts(tuple(cut_nodes), tuple(cut_links))


def _descent(links: Selection, target: int, is_source: Callable[[int], bool]) -> list[int] | None:
    """Return the links of one chain from a target down to a source, from the top."""
    table = links.table
    came: dict[int, int] = {}
    queue = [target]
    while queue:
        node = queue.pop()
        if node != target and is_source(node):
            chain: list[int] = []
            while node != target:
                chain.append(came[node])
                node = table.object[came[node]]
            return chain[::-1]
        for link in links.down(node):
            child = table.subject[link]
            if child not in came and child != target:
                came[child] = link
                queue.append(child)
    return None


def shared_by_all(
    links: Selection,
    target: int,
    is_source: Callable[[int], bool],
    value: Callable[[int], int | None],
) -> int | None:
    """Return the number that every source below a target has, or None if they differ.

    The search ends with the first source that has another value, or none.

    Args:
        links: The links that count.
        target: The number of the target.
        is_source: Tells of a node whether chains begin there.
        value: Returns the number that is to be compared of a source, if it has one.

    Example:
        >>> from kg.lineage.reach import Selection
        >>> from kg.model.table import TableBuilder
        >>> builder = TableBuilder()
        >>> a, b, o = (builder.node(name, "Action") for name in "abo")
        >>> builder.link(a, "serves", o, 1, 0, 0)
        >>> builder.link(b, "serves", o, 1, 0, 1)
        >>> table = builder.finish(flat=True)
        >>> links = Selection(table, table.tracing, 1)
        >>> shared_by_all(links, o, {a, b}.__contains__, lambda source: 7)
        7
    """
    subject = links.table.subject
    found: int | None = None
    seen, queue = {target}, [target]
    while queue:
        for link in links.down(queue.pop()):
            node = subject[link]
            if node in seen:
                continue
            seen.add(node)
            queue.append(node)
            if is_source(node):
                own = value(node)
                if own is None or (found is not None and own != found):
                    return None
                found = own
    return found
