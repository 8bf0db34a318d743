"""What would follow if a node were removed, or ended on some day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg.checks.consequences import Consequences, consequences
from kg.errors import SettingsError
from kg.lineage.impact import COLUMNS as LISTED
from kg.lineage.impact import listing
from kg.lineage.removal import Removal, WhatIfGraph
from kg.model.bases import DEFAULT, Basis
from kg.model.dating import as_of
from kg.model.tables import Cell, ResultTable
from kg.model.times import bounds, next_day

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.model.graph import KnowledgeGraph

COLUMNS: Final = ("consequence", "node", "class", "label", "hops", "before", "after")


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would follow if something were removed or ended."""

    graph: KnowledgeGraph
    """The graph as it is."""
    after: KnowledgeGraph
    """The graph as it would be."""
    gone: tuple[str, ...]
    """What would go: the node, and all that it sets out when it is an instrument."""
    ends: str
    """The last day of what would end; empty for what would be removed."""
    affected: ResultTable
    """What depends on it, with the columns of `kg.impact`."""
    followed: Consequences

    def table(self) -> ResultTable:
        """Return everything as rows, with the columns of `COLUMNS`."""
        return ResultTable(COLUMNS, tuple(self._rows()))

    def _rows(self) -> Iterator[tuple[Cell, ...]]:
        """Yield what goes, what depends on it, and what follows."""
        nodes = self.graph.nodes
        for name in self.gone:
            node = nodes[name]
            word = "ends" if self.ends else "removed"
            yield word, name, node.cls, node.label, None, self.ends or None, None
        for row in self.affected:
            found = dict(row)
            head = (found["how"], found["node"], found["class"], found["label"])
            yield *head, found["hops"], found["loses"] or None, None
        for each in self.followed.became:
            head = ("becomes-orphan", each.node, each.cls, each.label)
            yield *head, None, each.before, each.after
        for target in self.followed.targets:
            word = "reached-by-fewer" if target.after else "loses-last-action"
            cls = nodes[target.target].cls
            yield word, target.target, cls, target.label, None, target.before, target.after
        for cover in self.followed.coverage:
            if cover.plan and cover.before != cover.after:
                label = nodes[cover.plan].label
                yield "coverage", cover.plan, "plan", label, None, *cover.words
        total = self.followed.total
        yield "coverage", "", "total", "all actions", None, *total.words


def what_if(
    graph: KnowledgeGraph,
    node: str,
    *,
    expire: str = "",
    bases: frozenset[Basis] = DEFAULT,
) -> WhatIf:
    """Say what would follow if a node were removed, or ended on some day.

    An instrument goes with everything that it sets out. What has ended is no target on the
    following day and leads nowhere any more, but what serves it still says so; everything else
    is then taken as it stands on that day, too.

    Args:
        graph: The graph.
        node: Any name of the node.
        expire: The last day on which it is in force (`2026-03-31`; a month or a year ends
            with its last day); empty when it is to be removed.
        bases: The bases whose links count.

    Raises:
        SettingsError: If the day is none, or one before the instrument was issued.
        UnknownNodeError: If nothing, or more than one thing, answers to the name.

    Example:
        >>> import kg
        >>> found = what_if(kg.load(), "no-health-without-mental-health/objective/6")
        >>> [each.node for each in found.followed.became][:2]
        ['telford-2011/theme/3', 'telford-2011/action/4']
    """
    start = graph.node(node)
    last = _last_day(graph, start.id, expire) if expire else ""
    if last and not graph.day:
        graph = as_of(graph, next_day(last))
    table = graph.table
    inside = [table.ids[number] for number in table.set_out_by(table.number[start.id])]
    gone = (start.id, *inside)
    removal = Removal(graph, ended=gone) if last else Removal(graph, gone)
    after = WhatIfGraph(removal)
    followed = consequences(graph, after, bases)
    # What has ended serves nothing any more, but that is what ending means.
    stranded = tuple(each for each in followed.became if each.node not in set(gone))
    affected = listing(removal, bases)
    assert affected.columns == LISTED
    return WhatIf(graph, after, gone, last, affected, replace(followed, became=stranded))


def _last_day(graph: KnowledgeGraph, node: str, words: str) -> str:
    """Return the last day that a date means."""
    last = bounds(words.strip())[1]
    try:
        dt.date.fromisoformat(last)
    except ValueError as error:
        raise SettingsError(
            "no-date",
            f"{words!r} is no date",
            hint="write a day, a month or a year: 2026-03-31, 2026-03 or 2026",
        ) from error
    plan = graph.nodes[graph.instrument_of(node)]
    issued = bounds(plan.issued)[0]
    if issued and last < issued:
        raise SettingsError(
            "ends-before-issue",
            f"{plan.id} was issued on {plan.issued}, after {last}",
            hint="give a later day",
        )
    return last
