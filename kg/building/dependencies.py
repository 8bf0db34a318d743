"""Which folder's conclusions depend on which other folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.lineage.components import components

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Graph = dict[str, set[str]]


def dependency_graph(links: Iterable[tuple[str, str, bool]]) -> Graph:
    """Return the directed graph of what depends on what.

    The vertices are instruments (a folder of `registers/` is its instrument) and the other
    shared nodes; an element stands at the instrument that sets it out. A claim whose subject
    stands at X and whose object stands at Y gives X → Y, and `partOf` gives Y → X too.

    *Why that is enough.* Let S be a set of vertices that the edges do not leave. Every rule
    concludes something about its `?s` from

    - claims whose subject is `?s` (all rules), and their absence (R0, R2, R4);
    - claims whose subject is the object of such a claim: what the intent served restates
      (R1), what the whole serves and who leads it (P1, R4), what the outcome serves (P2);
    - claims whose subject is a part of `?s`, and their absence (R3): `partOf` leads back;
    - the class or the instrument of `?s` or of such an object (R2, P2);
    - for R5, chains of claims upwards from `?s`.

    So a conclusion about a subject in S needs only claims whose subject is in S. What it says
    leads to an object in S again: the object is that of one of its premises, or the instrument
    at which that object stands (R2). No rule concludes `partOf`. By induction over the rounds
    of the rules, what is held about subjects in S after any number of rounds is the same
    whether the rules ran on all claims or on those with a subject in S; so are the premises
    that each round chooses, and therefore the names of the conclusions.

    Args:
        links: Vertex of the subject, vertex of the object, and whether it is `partOf`, of each
            claim that counts.

    Example:
        >>> sorted(dependency_graph([("a", "b", True), ("b", "c", False)])["b"])
        ['a', 'c']
    """
    graph: Graph = {}
    for subject, object_, part in links:
        graph.setdefault(subject, set()).add(object_)
        graph.setdefault(object_, set())
        if part:
            graph[object_].add(subject)
    return graph


def reach(graph: Mapping[str, Iterable[str]], start: Iterable[str]) -> set[str]:
    """Return all vertices that some vertices lead to, these included.

    Example:
        >>> sorted(reach({"a": ["b"], "b": ["a"], "c": ["a"]}, ["a"]))
        ['a', 'b']
    """
    found = set(start)
    queue = list(found)
    while queue:
        for other in graph.get(queue.pop(), ()):
            if other not in found:
                found.add(other)
                queue.append(other)
    return found


def circles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """Return the strongly connected components, each sorted, what is depended on first.

    Example:
        >>> circles({"a": ["b"], "b": ["a"], "c": ["a"]})
        [['a', 'b'], ['c']]
    """
    ordered = {name: sorted(graph[name]) for name in sorted(graph)}
    return [sorted(members) for members in components(ordered)]
