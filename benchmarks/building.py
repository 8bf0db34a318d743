"""Building releases: against a bare load of the same triples, unchanged, and plan by plan."""

from __future__ import annotations

import filecmp
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.measuring import LONG, NotMeasured, Task, answer, inside, kg, median, run_once
from benchmarks.registers import ACTIONS, revise
from benchmarks.report import Result, cost, missing, number, seconds, thousands
from benchmarks.workspace import expect

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measuring import Cost
    from benchmarks.run import Bench
    from benchmarks.workspace import Generated

_KEPT: Final = (10_000, 1_000_000)
"""Sizes whose release later measurements ask questions of."""
_SHORT: Final = 3.0
_LEAST_RATE: Final = 0.4
_MOST_AGAIN: Final = 0.2


def build(bench: Bench) -> Iterator[Result]:
    """Build a release, load its own N-Quads with bare pyoxigraph, and build it again."""
    for actions in bench.up_to(1_000, 10_000, 100_000, 1_000_000):
        size = thousands(actions)
        try:
            yield from _build(bench, actions)
        except NotMeasured as error:
            what = "full build, triples per processor second"
            yield missing("targets", what, size, error, target="≥ 0.4 × bare load")
            yield missing("targets", "build of unchanged input", size, error, target="≤ 0.2 ×")


def _build(bench: Bench, actions: int) -> Iterator[Result]:
    home = bench.space.room(f"build-{actions}") / "kg"
    full = bench.space.build(actions, home)
    first = run_once(full)
    facts = bench.space.facts(home)
    statements = int(facts["statements"])
    load = load_task(bench, facts["quads"], statements)
    pairs = [(first, run_once(load))]
    # At a million actions one build is a quarter of an hour: long runs vary less, too.
    rounds = 0 if first.wall > bench.patience else 1 if first.wall > _SHORT else 2
    for _ in range(rounds):
        shutil.rmtree(home)
        pairs.append((run_once(full), run_once(load)))
    built, bare = (median([pair[side] for pair in pairs]) for side in (0, 1))
    bench.growth["build", actions] = built.cpu
    bench.growth["load", actions] = bare.cpu
    rate = bare.cpu / built.cpu
    yield Result(
        "targets",
        "full build, triples per processor second",
        thousands(actions),
        f"{thousands(round(statements / built.cpu))} ({cost(built)})",
        against=f"bare load {thousands(round(statements / bare.cpu))} ({cost(bare)})",
        ratio=rate,
        target="≥ 0.4 ×",
        met=rate >= _LEAST_RATE,
        note=f"{thousands(statements)} triples; {number(built.wall)} s on the clock, "
        f"bare load {number(bare.wall)} s; {number(built.peak / actions)} bytes an action",
        figures={"build": vars(built), "load": vars(bare), "statements": statements},
    )
    again = median([run_once(full) for _ in range(1 + rounds)])
    yield Result(
        "targets",
        "build of unchanged input",
        thousands(actions),
        cost(again),
        against=f"full build {seconds(built.cpu)}",
        ratio=again.cpu / built.cpu,
        target="≤ 0.2 ×",
        met=again.cpu <= _MOST_AGAIN * built.cpu,
        figures={"again": vars(again), "build": vars(built)},
    )
    if actions in _KEPT:
        bench.space.adopt(actions, home, built)
    else:
        shutil.rmtree(home.parent)


def load_task(bench: Bench, quads: str, statements: int) -> Task:
    """Return the task of loading N-Quads into an empty store on disk, and nothing else."""
    store = bench.space.room("load") / "store"

    def before() -> None:
        shutil.rmtree(store, ignore_errors=True)

    def check(_: Path) -> None:
        counted = answer(Task("count", inside("count", store), store.parent / "count"))
        expect("statements", counted["statements"], statements)

    command = inside("bulk-load", quads, store)
    return Task("bare load", command, store.parent / "run", check=check, before=before, limit=LONG)


def registers(bench: Bench) -> Iterator[Result]:
    """Build registers of many plans: in full, unchanged, and with one plan revised."""
    for plans in bench.up_to(100, 1_000, scale=ACTIONS):
        data = bench.space.registers(plans)
        try:
            yield from _registers(bench, data, plans)
        except NotMeasured as error:
            yield missing("registers", "build", f"{thousands(plans)} plans", error)
        finally:
            shutil.rmtree(data.folder)


def _registers(bench: Bench, data: Generated, plans: int) -> Iterator[Result]:
    truth = data.truth
    size = f"{thousands(plans)} plans, {thousands(truth['nodes'])} nodes"
    room = bench.space.room("registers")

    def task(name: str) -> Task:
        home = room / name / "kg"

        def check(_: Path) -> None:
            expect("nodes", bench.space.facts(home)["nodes"], truth["nodes"])

        command = kg("build", "--data", data.folder, "-o", home, "--no-shapes", "-q")
        return Task("kg build", command, room / name / "run", check=check, limit=LONG)

    full = run_once(task("kept"))
    note = f"{number(full.peak / truth['nodes'])} bytes a node at the peak"
    yield Result("registers", "full build", size, cost(full), note=note, figures=vars(full))
    again = run_once(task("kept"))
    yield _less(size, "nothing changed", again, full, target=_MOST_AGAIN)
    revise(data.folder, plans, 1 + plans // 2)
    revised = run_once(task("kept"))
    anew = run_once(task("anew"))
    kept, whole = (Path(bench.space.facts(room / n / "kg")["quads"]) for n in ("kept", "anew"))
    same = filecmp.cmp(kept, whole, shallow=False)
    expect("whether the release is that of a full build", same, wanted=True)
    yield _less(size, "one plan revised", revised, anew)
    shutil.rmtree(room)


def _less(size: str, what: str, again: Cost, full: Cost, *, target: float | None = None) -> Result:
    """Return the line of a build that should cost less than a full one."""
    return Result(
        "registers",
        what,
        size,
        cost(again),
        against=f"full build {seconds(full.cpu)}",
        ratio=again.cpu / full.cpu,
        target=f"≤ {target} ×" if target else "",
        met=again.cpu <= target * full.cpu if target else None,
        figures={"again": vars(again), "full": vars(full)},
    )
