"""Generated plans of several shapes, whose faults are planted and whose answers are known.

An item's parents are a function of the seed, its level and its place, so that a plan of any
size is written row by row in constant memory, and the same seed gives the same bytes.

    python -m benchmarks.generate wide 10000 plans/wide

writes `plan.csv`, `truth.json` (the numbers) and `findings.tsv` (each fault: rule, id).
"""

from __future__ import annotations

import csv
import json
import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

VERSION: Final = 1
"""Changes whenever the same arguments would give other bytes."""
SEED: Final = 20_111
SAMPLES: Final = 100
"""Actions whose objectives `truth.json` lists one by one."""
_EVERY: Final = 20
"""One item in so many is planted without a link; half as many hang on one of those."""
_UNSERVED: Final = 20
_HOLLOW: Final = 40
_REMEMBERED: Final = 1 << 13
"""Items of a level whose reach is remembered; more are worked out again."""
_WORD: Final = (1 << 64) - 1
_OPENINGS: Final = ("Review", "Commission", "Redesign", "Extend", "Pilot", "Evaluate", "Join up")
_MATTERS: Final = (
    "community pathways for recovery",
    "crisis support, day and night",
    "talking therapies in primary care",
    "housing and employment advice",
    "peer support with carers",
    "training on stigma and rights",
    "physical health checks",
)
_ENDINGS: Final = (
    "with partners across the locality, and report to the board",
    "so that more people recover sooner and stay well",
    "together with people who use services, their families and carers",
    "within the resources agreed, by the end of the year",
    "and publish what was learned",
)


@dataclass(frozen=True)
class Shape:
    """What a kind of plan looks like.

    Attributes:
        levels: Prefix of the ids and class of each level, top first; the last are the actions.
        objectives: The most items at the top.
        top_share: One item in so many is at the top, up to that number.
        divisors: One item in so many stands at each level between.
        parents: The least and the most parents of an item.
    """

    levels: tuple[tuple[str, str], ...]
    objectives: int
    top_share: int
    divisors: tuple[int, ...]
    parents: tuple[int, int]


_FIVE: Final = (
    ("OBJ", "Objective"),
    ("PRI", "Priority"),
    ("OUT", "Outcome"),
    ("WRK", "Workstream"),
    ("ACT", "Action"),
)
SHAPES: Final = {
    "wide": Shape(_FIVE, 60, 16, (60, 24, 8), (1, 2)),
    "deep": Shape(
        (
            ("OBJ", "Objective"),
            ("PRA", "Priority"),
            ("PRB", "Principle"),
            ("PRC", "Priority"),
            ("OTA", "Outcome"),
            ("OTB", "DesiredState"),
            ("OTC", "Outcome"),
            ("WKA", "Workstream"),
            ("WKB", "Commitment"),
            ("WKC", "Workstream"),
            ("WKD", "Commitment"),
            ("ACT", "Action"),
        ),
        60,
        40,
        (400, 300, 200, 150, 100, 80, 60, 50, 30, 20),
        (1, 1),
    ),
    "many-parents": Shape(_FIVE, 60, 16, (60, 24, 8), (3, 5)),
    "many-objectives": Shape(
        (("OBJ", "Objective"), ("OUT", "Outcome"), ("ACT", "Action")), 2000, 5, (4,), (1, 2)
    ),
}


@dataclass(frozen=True)
class Level:
    """One level of a plan.

    The first `full` items have work below them, the next `hollow` ones have only items below
    that nothing serves, and nothing serves the rest.
    """

    place: int
    prefix: str
    cls: str
    count: int
    full: int
    hollow: int

    @property
    def unserved(self) -> int:
        """The number of items that nothing serves."""
        return self.count - self.full - self.hollow


class Plan:
    """A plan whose every row can be worked out from its place.

    Args:
        shape: One of `SHAPES`.
        items: The number of rows.
        seed: Another seed gives another plan.

    Example:
        >>> plan = Plan("wide", 1000)
        >>> plan.levels[-1].cls, sum(level.count for level in plan.levels)
        ('Action', 1000)
        >>> next(plan.rows())[:2]
        ('OBJ-1', 'Objective')
    """

    def __init__(self, shape: str, items: int, seed: int = SEED) -> None:
        self.shape = shape
        self.items = items
        self.seed = seed
        self.levels = _levels(SHAPES[shape], items)
        self._steps = [_coprime(level.full) for level in self.levels]
        self._known: list[dict[int, int]] = [{} for _ in self.levels]

    @property
    def actions(self) -> int:
        """The number of actions."""
        return self.levels[-1].count

    def name(self, level: int, place: int) -> str:
        """Return the id of an item."""
        return f"{self.levels[level].prefix}-{place + 1}"

    def parents(self, level: int, place: int) -> tuple[int, ...]:
        """Return the places of an item's parents on the level above."""
        if level == 0:
            return ()
        own, above = self.levels[level], self.levels[level - 1]
        last = place - own.full - own.hollow
        if 0 <= last < above.hollow:
            return (above.full + last,)
        first = above.full
        if place < first:
            found = [(place * self._steps[level - 1] + self.seed) % first]
        else:
            beyond = place - first + self.seed
            if place < own.full and beyond % _EVERY == 0:
                return ()
            if place < own.full and beyond % (2 * _EVERY) == _EVERY // 2:
                lost = self._unlinked(level - 1)
                if lost:
                    return (lost[beyond // _EVERY % len(lost)],)
            found = [self._draw(level, place, 0) % first]
        least, most = SHAPES[self.shape].parents
        wanted = least + self._draw(level, place, 1) % (most - least + 1)
        salt = 1
        while len(found) < min(wanted, first):
            salt += 1
            other = self._draw(level, place, salt) % first
            if other not in found:
                found.append(other)
        return tuple(found)

    def reach(self, level: int, place: int) -> int:
        """Return the objectives that an item reaches, bit i for objective i."""
        if level == 0:
            return 1 << place
        known = self._known[level]
        if place in known:
            return known[place]
        reached = 0
        for parent in self.parents(level, place):
            reached |= self.reach(level - 1, parent)
        if len(known) >= _REMEMBERED:
            known.clear()
        if level < len(self.levels) - 1:
            known[place] = reached
        return reached

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield the rows of the table, top first: id, level, text, serves."""
        for level, own in enumerate(self.levels):
            above = self.levels[level - 1].prefix
            for place in range(own.count):
                served = " ".join(f"{above}-{p + 1}" for p in self.parents(level, place))
                yield f"{own.prefix}-{place + 1}", own.cls, self.text(level, place), served

    def findings(self) -> Iterator[tuple[str, str]]:
        """Yield every planted fault: the audit rule, and the id of the item."""
        for level, own in enumerate(self.levels):
            for place in range(own.count):
                if level and not self.reach(level, place):
                    linked = self.parents(level, place)
                    yield "stranded" if linked else "unlinked", self.name(level, place)
                if place >= own.full + own.hollow:
                    yield "unserved", self.name(level, place)
                elif place >= own.full:
                    yield "hollow", self.name(level, place)

    def text(self, level: int, place: int) -> str:
        """Return the words of an item; no two items have the same."""
        drawn = self._draw(level, place, 99)
        opening = _OPENINGS[drawn % len(_OPENINGS)]
        matter = _MATTERS[drawn // 8 % len(_MATTERS)]
        ending = _ENDINGS[drawn // 64 % len(_ENDINGS)]
        return f"{opening} {matter} ({self.levels[level].cls} {place + 1}) {ending}"

    def _unlinked(self, level: int) -> range:
        """Return the places of the items of a level that are planted without a link."""
        if level == 0:
            return range(0)
        first, last = self.levels[level - 1].full, self.levels[level].full
        return range(first + -self.seed % _EVERY, last, _EVERY)

    def _draw(self, level: int, place: int, salt: int) -> int:
        """Return a number that looks random and depends on nothing else (splitmix64)."""
        value = (self.seed << 20) + (level << 8) + salt + place * 0x9E3779B97F4A7C15 & _WORD
        value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 & _WORD
        value = (value ^ value >> 27) * 0x94D049BB133111EB & _WORD
        return value ^ value >> 31


def items_with(shape: str, actions: int) -> int:
    """Return the fewest items that a plan of a shape needs to have so many actions.

    Example:
        >>> Plan("wide", items_with("wide", 1000)).actions
        1000
    """
    low, high = actions, 3 * actions + 400
    while low < high:
        middle = (low + high) // 2
        if sum(_sizes(SHAPES[shape], middle)[-1:]) < actions:
            low = middle + 1
        else:
            high = middle
    return low


def write_plan(plan: Plan, folder: Path) -> None:
    """Write a plan as `plan.csv`, with `truth.json` and `findings.tsv` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "plan.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("id", "level", "text", "serves"))
        writer.writerows(plan.rows())
    counts = dict.fromkeys(("unlinked", "stranded", "unserved", "hollow"), 0)
    with (folder / "findings.tsv").open("w", encoding="utf-8", newline="") as stream:
        for rule, name in plan.findings():
            counts[rule] += 1
            stream.write(f"{rule}\t{name}\n")
    truth = {"findings": counts, **describe(plan)}
    text = json.dumps(truth, indent=1) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="")


def describe(plan: Plan) -> dict[str, object]:
    """Return what is known of a plan beside its faults: sizes, links, and who reaches what."""
    last = len(plan.levels) - 1
    reaching = [0] * plan.levels[0].count
    pairs = orphans = 0
    samples: dict[str, list[str]] = {}
    stride = max(1, plan.actions // SAMPLES)
    for place in range(plan.actions):
        reached = plan.reach(last, place)
        pairs += reached.bit_count()
        orphans += not reached
        goals = _places(reached)
        for goal in goals:
            reaching[goal] += 1
        if reached and place % stride == 0 and len(samples) < SAMPLES:
            samples[plan.name(last, place)] = [plan.name(0, goal) for goal in goals]
    links = sum(
        len(plan.parents(level, place))
        for level in range(1, len(plan.levels))
        for place in range(plan.levels[level].count)
    )
    return {
        "shape": plan.shape,
        "seed": plan.seed,
        "items": plan.items,
        "actions": plan.actions,
        "links": links,
        "levels": [[level.prefix, level.cls, level.count] for level in plan.levels],
        "pairs": pairs,
        "orphan_actions": orphans,
        "reaching": {plan.name(0, goal): number for goal, number in enumerate(reaching)},
        "samples": samples,
    }


def _places(bits: int) -> list[int]:
    found = []
    while bits:
        low = bits & -bits
        found.append(low.bit_length() - 1)
        bits ^= low
    return found


def _sizes(shape: Shape, items: int) -> list[int]:
    sizes = [max(2, min(shape.objectives, items // shape.top_share))]
    for divisor in shape.divisors:
        sizes.append(max(sizes[-1], items // divisor))
    return [*sizes, items - sum(sizes)]


def _levels(shape: Shape, items: int) -> list[Level]:
    sizes = _sizes(shape, items)
    if sizes[-1] < sizes[-2]:
        message = f"{items} items are too few for this shape"
        raise ValueError(message)
    last = len(sizes) - 1
    levels = []
    for place, ((prefix, cls), count) in enumerate(zip(shape.levels, sizes, strict=True)):
        # What stands below an item of the last level but one are actions: it is never hollow.
        unserved = max(1, count // _UNSERVED) if place < last else 0
        hollow = max(1, count // _HOLLOW) if place < last - 1 and count >= _EVERY else 0
        levels.append(Level(place, prefix, cls, count, count - unserved - hollow, hollow))
    return levels


def _coprime(number: int) -> int:
    """Return a step that visits every place of a level once before any twice."""
    step = max(1, round(number * 0.618))
    while math.gcd(step, number) != 1:
        step += 1
    return step


def main(arguments: list[str]) -> None:
    """Write one plan: SHAPE ITEMS FOLDER [SEED]."""
    shape, items, folder, *seed = arguments
    write_plan(Plan(shape, int(items), *map(int, seed)), Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
