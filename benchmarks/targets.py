"""What was promised: each measurement is one function that yields lines of the table."""

from __future__ import annotations

import csv
import re
import statistics
from typing import TYPE_CHECKING, Final

from benchmarks.measuring import NotMeasured, Task, answer, inside, kg, run_once
from benchmarks.report import Result, cost, missing, number, promise, seconds, thousands
from benchmarks.workspace import UNPLANTED, expect

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.run import Bench
    from benchmarks.workspace import Generated

ACTION: Final = "telford-2011/action/4"
"""The action of the bundled graph that is traced; it serves one national objective."""
GOAL: Final = "no-health-without-mental-health/objective/6"
AUDIT_LIMITS: Final = {
    1_000: (1.0, 120e6),
    10_000: (1.0, 120e6),
    100_000: (6.0, 2e9),
    1_000_000: (60.0, 2e9),
}
"""Seconds and bytes that an audit of so many items may take."""
OPEN: Final = 300_000
"""Actions of the release that single questions are asked of."""
_SMALL, _LARGE = 10_000, 1_000_000
_LINEAR: Final = 1.2
_TRACE: Final = 2e-3
_SHAPE_SIZE: Final = 100_000
_TURNS: Final = 5


def cold_trace(bench: Bench) -> Iterator[Result]:
    """Trace one action of the bundled graph, in a new process."""

    def check(output: Path) -> None:
        reached = f"Path 1 to {GOAL} " in output.read_text(encoding="utf-8")
        expect("whether the path is shown", reached, wanted=True)

    task = Task("kg trace", kg("trace", ACTION), bench.space.room("trace"), check=check)
    run_once(task)  # builds the bundled release at the very first use
    (found,) = bench.compare(task, repeats=9)
    yield promise(
        "`kg trace ACTION`, bundled graph, new process", "bundled", found, seconds_at_most=0.15
    )


def audit(bench: Bench) -> Iterator[Result]:
    """Audit one flat table, in a new process."""
    for items in bench.up_to(1_000, 10_000, 100_000, 1_000_000):
        plan = bench.space.plan("wide", items=items)
        limit, memory = AUDIT_LIMITS[items]
        what = "`kg audit`, one flat table, new process"
        try:
            (found,) = bench.compare(audit_task(bench, plan))
        except NotMeasured as error:
            yield missing(
                "targets", what, f"{thousands(items)} items", error, target=f"≤ {limit:g} s"
            )
            continue
        bench.growth["audit", items] = found.cpu
        yield promise(
            what,
            f"{thousands(items)} items",
            found,
            seconds_at_most=limit,
            bytes_at_most=memory,
        )


def audit_task(bench: Bench, plan: Generated) -> Task:
    """Return the task of auditing a plan; its findings must be exactly the planted ones."""

    def check(output: Path) -> None:
        with output.open(encoding="utf-8", newline="") as stream:
            rows = csv.DictReader(stream, dialect="excel-tab", quoting=csv.QUOTE_NONE)
            found = {(row["rule"], row["node"]) for row in rows}
        found = {(rule, node) for rule, node in found if rule not in UNPLANTED}
        expect("findings that differ", len(found ^ plan.findings), 0)

    command = kg("audit", "-g", plan.table, "--format", "tsv")
    return Task("kg audit", command, bench.space.room("audit"), check=check, exits=(1,))


def release_trace(bench: Bench) -> Iterator[Result]:
    """Trace single actions of an open release, evidence included, at two sizes."""
    medians: dict[int, float] = {}
    for actions in bench.up_to(_SMALL, OPEN):
        home, _ = bench.space.release(actions)
        truth = bench.space.plan("wide", actions=actions).folder / "truth.json"
        task = Task("traces", inside("traces", home, truth, "5"), bench.space.room("traces"))
        found = answer(task)
        expect("wrong traces", found["wrong"], 0)
        medians[actions] = found["median"]
        yield Result(
            "targets",
            "one trace with its evidence, open release",
            thousands(actions),
            f"{seconds(medians[actions])} (95 in 100: {seconds(found['p95'])})",
            target="≤ 2 ms",
            met=medians[actions] <= _TRACE,
            note=f"opening takes {seconds(found['open'])}; on the clock, inside the process",
            figures=found,
        )
    if len(medians) > 1:
        small, large = medians[_SMALL], medians[OPEN]
        yield Result(
            "targets",
            "the same, size against size",
            f"{thousands(OPEN)} : {thousands(_SMALL)}",
            seconds(large),
            against=seconds(small),
            ratio=large / small,
            target="independent of size (≤ 1.5 ×)",
            met=large <= 1.5 * small,
        )


def release_matrix(bench: Bench) -> Iterator[Result]:
    """Count actions under objectives, and orphans, from a finished release."""
    what = "matrix and orphans from a finished release, new process"
    for actions in bench.up_to(_SMALL, OPEN, _LARGE):
        try:
            home, _ = bench.space.release(actions)
            (found,) = bench.compare(matrix_task(bench, home, actions))
        except NotMeasured as error:
            yield missing("targets", what, thousands(actions), error, target="≤ 0.5 s")
            continue
        bench.growth["matrix", actions] = found.cpu
        if actions == OPEN:
            yield promise(what, thousands(actions), found, seconds_at_most=0.5)
        else:
            yield Result("targets", what, thousands(actions), cost(found), figures=vars(found))


def matrix_task(bench: Bench, home: Path, actions: int) -> Task:
    """Return the task of counting a release's matrix; every number must be the planted one."""
    truth = bench.space.plan("wide", actions=actions).truth

    def check(output: Path) -> None:
        with output.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, dialect="excel-tab", quoting=csv.QUOTE_NONE))
        counted = {row["objective"]: int(row["rows"]) for row in rows}
        wanted = truth["reaching"]
        wrong = sum(counted.get(goal, 0) != number for goal, number in wanted.items())
        expect("objectives with a wrong number", wrong, 0)
        said = output.with_name(output.name + ".err").read_text(encoding="utf-8")
        orphans = re.search(r"(\d+) actions, (\d+) of them reach none", said)
        found = [int(part) for part in orphans.groups()] if orphans else []
        expect("actions and orphans", found, [truth["actions"], truth["orphan_actions"]])

    command = kg("matrix", "--count", "-g", home, "--format", "tsv")
    return Task("kg matrix --count", command, bench.space.room("matrix"), check=check)


def closure(bench: Bench) -> Iterator[Result]:
    """Close the same arrays with the product's code and with bare numpy."""
    sizes = [("wide", actions) for actions in bench.up_to(_SMALL, OPEN)]
    others = ("deep", "many-parents", "many-objectives")
    sizes += [(shape, max(bench.up_to(1_000, _SHAPE_SIZE))) for shape in others]
    for shape, actions in sizes:
        plan = bench.space.plan(shape, actions=actions)
        task = Task("closure", inside("closure", plan.table), bench.space.room("closure"))
        what = f"closure alone, {shape.replace('-', ' ')}"
        target = "≤ 1.3 ×" if shape == "wide" and actions == OPEN else ""
        try:
            found = answer(task)
            expect("same closure", found["same"], wanted=True)
        except NotMeasured as error:
            yield missing("targets", what, thousands(actions), error, target=target)
            continue
        ours, bare = found["ours"], found["bare"]
        yield Result(
            "targets",
            what,
            thousands(actions),
            seconds(ours),
            against=f"bare numpy {seconds(bare)}",
            ratio=ours / bare,
            target=target,
            met=ours <= 1.3 * bare if target else None,
            note="links in level order on both sides; ordering them once takes "
            + seconds(found["ordering"]),
            figures=found,
        )


def ways(bench: Bench) -> Iterator[Result]:
    """Close plans on Python's integers and with numpy: where does its import pay for itself?"""
    from kg.lineage.reach import SMALL

    for items in bench.up_to(10_000, 30_000, 60_000, 100_000):
        plan = bench.space.plan("wide", items=items)
        taken: dict[str, list[float]] = {"integers": [], "numpy": []}
        for _ in range(_TURNS):
            for name, times in taken.items():
                task = Task(name, inside("way", name, plan.table), bench.space.room("ways"))
                times.append(answer(task)["seconds"])
        ours, other = (statistics.median(times) for times in taken.values())
        yield Result(
            "shapes",
            "closing once: Python's integers against numpy and its import",
            f"{thousands(plan.truth['links'])} links",
            seconds(ours),
            against=seconds(other),
            ratio=ours / other,
            note=f"numpy is used from {thousands(SMALL)} links",
            figures={"integers": ours, "numpy": other},
        )


def growth(bench: Bench) -> Iterator[Result]:
    """Hold the cost of a hundred times the size against a hundred times the cost."""
    for what in ("build", "audit", "matrix"):
        small, large = bench.growth.get((what, _SMALL)), bench.growth.get((what, _LARGE))
        size = f"{thousands(_SMALL)} to {thousands(_LARGE)}"
        if small is None or large is None:
            if not bench.quick:
                why = NotMeasured("one of the two sizes was not measured")
                yield missing("targets", f"growth of {what}", size, why, target="≤ 1.2 ×")
            continue
        ratio = large / small / (_LARGE / _SMALL)
        note = ""
        if what == "build" and ("load", _LARGE) in bench.growth:
            load = bench.growth["load", _LARGE] / bench.growth["load", _SMALL]
            note = f"the bare load of the same triples grows {number(load / (_LARGE / _SMALL))} ×"
        yield Result(
            "targets",
            f"growth of {what}",
            size,
            f"{seconds(small)} to {seconds(large)}",
            against="a hundred times the smaller",
            ratio=ratio,
            target=f"≤ {_LINEAR} × linear",
            met=ratio <= _LINEAR,
            note=note,
        )


def shapes(bench: Bench) -> Iterator[Result]:
    """Audit plans of every shape, against the wide one of the same size."""
    items = max(bench.up_to(1_000, 10_000, _SHAPE_SIZE))
    wide = bench.space.plan("wide", items=items)
    for shape in ("deep", "many-parents", "many-objectives"):
        plan = bench.space.plan(shape, items=items)
        ours, base = bench.compare(audit_task(bench, plan), audit_task(bench, wide))
        yield Result(
            "shapes",
            f"`kg audit`, {shape.replace('-', ' ')}",
            f"{thousands(items)} items, {thousands(plan.truth['links'])} links",
            cost(ours),
            against=f"wide, {thousands(wide.truth['links'])} links: {cost(base)}",
            ratio=ours.cpu / base.cpu,
            figures={"ours": vars(ours), "wide": vars(base)},
        )
