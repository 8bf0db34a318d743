"""What reaches each other: strongly connected components, found without recursion."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Mapping

    Node = TypeVar("Node", bound=Hashable)


def components(onward: Mapping[Node, Iterable[Node]]) -> Iterator[list[Node]]:
    """Yield the strongly connected components, what is led to before what leads there (Tarjan).

    Args:
        onward: What each node leads to; a node that leads nowhere may be left out of the keys.

    Example:
        >>> list(components({"a": ["b"], "b": ["a"], "c": ["a"]}))
        [['a', 'b'], ['c']]
    """
    number: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    waiting: set[Node] = set()
    for root in onward:
        if root in number:
            continue
        work = [(root, iter(onward[root]))]
        number[root] = low[root] = len(number)
        stack.append(root)
        waiting.add(root)
        while work:
            here, rest = work[-1]
            for other in rest:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    waiting.add(other)
                    work.append((other, iter(onward.get(other, ()))))
                    break
                if other in waiting:
                    low[here] = min(low[here], number[other])
            else:
                work.pop()
                if work:
                    above = work[-1][0]
                    low[above] = min(low[above], low[here])
                if low[here] == number[here]:
                    members: list[Node] = []
                    while not members or members[-1] != here:
                        members.append(stack.pop())
                        waiting.discard(members[-1])
                    yield members[::-1]
