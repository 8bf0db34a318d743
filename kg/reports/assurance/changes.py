"""What changed since an earlier graph, and which threads broke or were mended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.checks.consequences import orphan_ids
from kg.model.table import NEVER
from kg.model.tables import ResultTable
from kg.reports.assurance.rows import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model.bases import Basis
    from kg.model.graph import KnowledgeGraph

CHANGES: Final = ("what", "change", "item", "before", "after")
Row = tuple[str, str, str, str, str]


def change_rows(
    before: KnowledgeGraph, after: KnowledgeGraph, bases: frozenset[Basis]
) -> ResultTable:
    """List the elements and links that came, went or were reworded, and the orphans that changed.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> len(change_rows(kg.load(), kg.load(), DEFAULT))
        0
    """
    rows = [*_elements(before, after), *_links(before, after), *_orphans(before, after, bases)]
    return ResultTable(CHANGES, tuple(rows))


def _elements(before: KnowledgeGraph, after: KnowledgeGraph) -> Iterator[Row]:
    for name, node in before.nodes.items():
        if name not in after.nodes:
            yield "element", "removed", name, words_of(node), ""
        else:
            old, new = words_of(node), words_of(after.nodes[name])
            if old != new:
                yield "element", "reworded", name, old, new
    for name, node in after.nodes.items():
        if name not in before.nodes:
            yield "element", "added", name, "", words_of(node)


def _links(before: KnowledgeGraph, after: KnowledgeGraph) -> Iterator[Row]:
    old, new = _link_names(before), _link_names(after)
    for name in sorted(old - new):
        yield "link", "removed", name, name, ""
    for name in sorted(new - old):
        yield "link", "added", name, "", name


def _link_names(graph: KnowledgeGraph) -> set[str]:
    """Return the accepted links by their ends and kind."""
    table = graph.table
    columns = (table.subject, table.predicate, table.object, table.need)
    return {
        f"{table.ids[low]} {table.predicates[kind]} {table.ids[high]}"
        for low, kind, high, need in zip(*columns, strict=True)
        if need != NEVER
    }


def _orphans(
    before: KnowledgeGraph, after: KnowledgeGraph, bases: frozenset[Basis]
) -> Iterator[Row]:
    """Compare the orphans of elements that both graphs have."""
    old, new = orphan_ids(before, bases), orphan_ids(after, bases)
    was, now = set(old), set(new)
    for name in new:
        if name not in was and name in before.nodes:
            yield "thread", "broken", name, "reached a target", "reaches none"
    for name in old:
        if name not in now and name in after.nodes:
            yield "thread", "mended", name, "reached none", "reaches a target"
