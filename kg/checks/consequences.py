"""What follows from a change: what ceases to reach anything, and what nothing reaches any more."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.checks.finding import place_of
from kg.checks.pairing import Pairing
from kg.checks.reaching import orphans
from kg.errors import KgError, Place
from kg.lineage.coverage import ACTIONS, matrix_counts
from kg.lineage.index import LineageIndex
from kg.lineage.reasons import TIERS, explain, tier_of
from kg.lineage.tracing import FLAT_TIERS
from kg.model.bases import DEFAULT, Basis
from kg.model.levels import ELEMENTS
from kg.model.table import NOTHING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.model.graph import KnowledgeGraph

_NAMED: Final = 12
"""Stranded items that a refusal names."""
_ALL: Final = 100


def newly_orphaned(
    before: KnowledgeGraph, after: KnowledgeGraph, bases: frozenset[Basis] = DEFAULT
) -> list[str]:
    """List the elements of both graphs that reach a target before and none after.

    Example:
        >>> import kg
        >>> newly_orphaned(kg.load(), kg.load())
        []
    """
    old = set(orphan_ids(before, bases))
    return [name for name in orphan_ids(after, bases) if name not in old and name in before.nodes]


def orphan_ids(graph: KnowledgeGraph, bases: frozenset[Basis] = DEFAULT) -> list[str]:
    """List the elements that should reach a target and do not, in the order of the graph.

    Example:
        >>> import kg
        >>> "derby-2014/action/13" in orphan_ids(kg.load())
        True
    """
    index = LineageIndex(graph, bases)
    return [graph.table.ids[number] for number in orphans(index)]


def guard_edit(
    before: KnowledgeGraph,
    after: KnowledgeGraph,
    bases: frozenset[Basis] = DEFAULT,
    *,
    force: bool = False,
) -> list[str]:
    """Refuse an edit after which items that reached a target would reach none.

    Args:
        before: The graph without the edit.
        after: The graph with it.
        bases: The bases whose links count.
        force: Let the edit pass all the same.

    Returns:
        What the edit strands, which is nothing unless it was forced.

    Raises:
        KgError: `edit-strands`, naming what would be stranded.

    Example:
        >>> import kg
        >>> guard_edit(kg.load(), kg.load())
        []
    """
    stranded = newly_orphaned(before, after, bases)
    if not force:
        refuse_stranding(stranded)
    return stranded


def refuse_stranding(stranded: Sequence[str]) -> None:
    """Refuse what would strand items; nothing happens when there are none.

    Raises:
        KgError: `edit-strands`, naming them.

    Example:
        >>> refuse_stranding([])
    """
    if stranded:
        more = len(stranded) - _NAMED
        rest = f" and {more} more" if more > 0 else ""
        items = "1 item" if len(stranded) == 1 else f"{len(stranded)} items"
        raise KgError(
            "edit-strands",
            f"after this edit {items} would reach no target any more: "
            f"{', '.join(stranded[:_NAMED])}{rest}; nothing was written",
            hint="first give them another link, or go on all the same with --force",
        )


@dataclass(frozen=True, slots=True)
class OrphanChange:
    """An element that became or ceased to be an orphan."""

    node: str
    """Its id, the new one where it has two."""
    cls: str
    label: str
    before: str
    """Tier and reason in the old graph; empty where it is new."""
    after: str
    """Tier and reason in the new graph."""
    place: Place


@dataclass(frozen=True, slots=True)
class TargetChange:
    """A target that another number of actions reaches."""

    target: str
    label: str
    before: int
    after: int
    place: Place


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many actions of one plan there are, and how many reach a target, before and after."""

    plan: str
    """The plan's id; empty for a flat table, and for the sum."""
    before: tuple[int, int]
    """How many reach a target, and how many there are."""
    after: tuple[int, int]

    @property
    def words(self) -> tuple[str, str]:
        """The two shares, as people write them.

        Example:
            >>> Coverage("p", (44, 44), (43, 44)).words
            ('44 of 44 (100 %)', '43 of 44 (98 %)')
            >>> Coverage("p", (0, 0), (0, 3)).words
            ('no actions', '0 of 3 (0 %)')
        """
        return _share(self.before), _share(self.after)


def _share(pair: tuple[int, int]) -> str:
    reaching, there = pair
    return f"{reaching} of {there} ({per_cent(reaching, there)})" if there else "no actions"


def per_cent(part: int, whole: int) -> str:
    """Write a share in whole per cent, rounded half up; nothing and all are said only of these.

    Example:
        >>> per_cent(43, 44), per_cent(45, 163), per_cent(1, 8)
        ('98 %', '28 %', '13 %')
        >>> per_cent(1, 1000), per_cent(999, 1000), per_cent(3, 3), per_cent(0, 3)
        ('under 1 %', 'over 99 %', '100 %', '0 %')
    """
    rounded = (200 * part + whole) // (2 * whole)
    if rounded == 0 and part:
        return "under 1 %"
    if rounded == _ALL and part < whole:
        return "over 99 %"
    return f"{rounded} %"


@dataclass(frozen=True, slots=True)
class Consequences:
    """What follows from the differences between two graphs."""

    became: tuple[OrphanChange, ...]
    """Elements of both that reach a target before and none after."""
    ceased: tuple[OrphanChange, ...]
    """Elements of both that reach none before and one after."""
    arrived: tuple[OrphanChange, ...]
    """Elements that are new, and reach none."""
    targets: tuple[TargetChange, ...]
    """Targets of both that another number of actions reaches."""
    coverage: tuple[Coverage, ...]
    """Of each plan with actions, in the order of the new graph; plans that are gone come last."""
    total: Coverage
    orphans: tuple[int, int]
    """How many orphans there are, before and after."""

    @property
    def lost(self) -> tuple[TargetChange, ...]:
        """The targets that lost their last action."""
        return tuple(each for each in self.targets if not each.after)

    @property
    def gained(self) -> tuple[TargetChange, ...]:
        """The targets that gained their first action."""
        return tuple(each for each in self.targets if not each.before)


def consequences(
    before: KnowledgeGraph,
    after: KnowledgeGraph,
    bases: frozenset[Basis] = DEFAULT,
    pairing: Pairing | None = None,
) -> Consequences:
    """Say what follows from the differences between two graphs.

    Args:
        before: The old graph.
        after: The new graph.
        bases: The bases whose links count.
        pairing: Which node of one is which of the other; those of one id when left out.

    Example:
        >>> import kg
        >>> found = consequences(kg.load(), kg.load())
        >>> found.became, found.targets, found.total.words[0] == found.total.words[1]
        ((), (), True)
    """
    pairs = pairing or Pairing(before, after)
    old, new = _Side(before, bases), _Side(after, bases)
    was = {pairs.new_of(name) for name in old.orphans} - {""}
    now = set(new.orphans)
    became, arrived = [], []
    for name in new.orphans:
        own = pairs.old_of(name)
        if own and name not in was:
            became.append(_change(name, old.says(own), new))
        elif not own:
            arrived.append(_change(name, "", new))
    ceased = []
    for name in old.orphans:
        other = pairs.new_of(name)
        if other and other not in now:
            ceased.append(_change(other, old.says(name), new))
    coverage, total = _coverage(old, new, pairs)
    return Consequences(
        tuple(became),
        tuple(ceased),
        tuple(arrived),
        tuple(_targets(old, new, pairs)),
        coverage,
        total,
        (len(old.orphans), len(new.orphans)),
    )


class _Side:
    """One of the two graphs, and what reaches what in it."""

    def __init__(self, graph: KnowledgeGraph, bases: frozenset[Basis]) -> None:
        self.graph, self.bases = graph, bases
        self.index = LineageIndex(graph, bases)
        self.orphans = [graph.table.ids[number] for number in orphans(self.index)]
        self._plan_names: dict[str, bool] = {}

    def says(self, name: str) -> str:
        """Return tier and reason of one element."""
        if name not in self.graph.nodes:
            return ""
        # One start a time: what all nodes reach of all targets need not fit into memory.
        own = LineageIndex(self.graph, self.bases, start=name)
        own.plan_names = self._plan_names
        tier = tier_of(own, name)
        if self.graph.flat:
            return FLAT_TIERS[own.reach.any(self.graph.table.number[name])]
        said = f"tier {tier}: {TIERS[tier]}"
        if own.bits(name):
            return said
        reason = explain(self.graph, name)
        return f"{said}; {reason.code}: {reason.sentence}"

    def place(self, name: str) -> Place:
        """Return where the words of a node stand."""
        return place_of(self.graph, self.graph.nodes[name])

    def counts(self) -> dict[str, int]:
        """Return how many actions reach each target."""
        table = self.graph.table
        counted, _, _ = matrix_counts(self.graph, bases=self.bases)
        found = {str(row["objective"]): int(row["rows"] or 0) for row in counted}
        elements, doing = table.codes(ELEMENTS), table.codes(ACTIONS)
        for target in table.targets:
            if table.cls[target] not in elements:
                below = self.index.lineage.below(target)
                found[table.ids[target]] = sum(table.cls[node] in doing for node in below)
        return found

    def shares(self) -> dict[str, tuple[int, int]]:
        """Return of each plan how many actions reach a target, and how many there are."""
        table = self.graph.table
        doing, targets = table.codes(ACTIONS), set(table.targets)
        reaches = self.index.any
        there: Counter[int] = Counter()
        reaching: Counter[int] = Counter()
        for number, cls in enumerate(table.cls):
            if cls in doing and number not in targets and self.graph.live(number):
                owner = table.instrument[number]
                there[owner] += 1
                reaching[owner] += reaches(number)
        return {
            "" if owner == NOTHING else table.ids[owner]: (reaching[owner], count)
            for owner, count in sorted(there.items())
        }


def _change(name: str, before: str, new: _Side) -> OrphanChange:
    node = new.graph.nodes[name]
    return OrphanChange(name, node.cls, node.label, before, new.says(name), new.place(name))


def _targets(old: _Side, new: _Side, pairs: Pairing) -> Iterable[TargetChange]:
    """Yield the targets of both graphs that another number of actions reaches.

    What is no target any more, or was none before, is not lost or gained by its actions.
    """
    earlier = {pairs.new_of(name): count for name, count in old.counts().items()}
    for name, count in new.counts().items():
        if earlier.get(name, count) != count:
            label = new.graph.nodes[name].label
            yield TargetChange(name, label, earlier[name], count, new.place(name))


def _coverage(old: _Side, new: _Side, pairs: Pairing) -> tuple[tuple[Coverage, ...], Coverage]:
    none = (0, 0)
    earlier = {pairs.new_of(plan) or plan: share for plan, share in old.shares().items()}
    later = new.shares()
    rows = [Coverage(plan, earlier.get(plan, none), share) for plan, share in later.items()]
    rows += [Coverage(plan, share, none) for plan, share in earlier.items() if plan not in later]
    total = Coverage("", _sum(earlier.values()), _sum(later.values()))
    return tuple(rows), total


def _sum(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    found = list(pairs)
    return sum(pair[0] for pair in found), sum(pair[1] for pair in found)
