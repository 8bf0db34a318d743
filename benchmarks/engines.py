"""The engines' own property paths, at sizes that they survive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from benchmarks.measuring import NotMeasured, Task, answer, inside, kg
from benchmarks.report import Result, cost, seconds, thousands
from benchmarks.targets import audit_task
from benchmarks.workspace import expect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.run import Bench
    from benchmarks.workspace import Generated

LIMIT: Final = 60.0
"""Seconds on the clock that a query is given."""
LADDER: Final = (1_000, 10_000, 20_000, 30_000)
"""Items at which rdflib is tried, until a query takes longer than it is given."""
_WORDS: Final = {"orphans": "orphans by `NOT EXISTS { serves+ }`", "matrix": "matrix by `serves+`"}
_OURS: Final = {"orphans": "`kg audit`", "matrix": "`kg matrix`"}


def paths(bench: Bench) -> Iterator[Result]:
    """Ask rdflib and pyoxigraph for orphans and the matrix, and kg for the same."""
    for question in _WORDS:
        for items in bench.up_to(*LADDER):
            if bench.quick and (question, items) != ("orphans", LADDER[0]):
                continue
            try:
                yield _against(bench, "rdflib", question, items)
            except NotMeasured as error:
                yield _stopped("rdflib", question, items, error)
                break
        for items in bench.up_to(1_000, 10_000):
            try:
                yield _against(bench, "pyoxigraph", question, items)
            except NotMeasured as error:
                yield _stopped("pyoxigraph", question, items, error)
                break


def _against(bench: Bench, engine: str, question: str, items: int) -> Result:
    plan = bench.space.plan("wide", items=items)
    command = inside("paths", engine, question, plan.table)
    room = bench.space.room(f"paths-{engine}")
    theirs = Task(engine, command, room, check=_checker(plan, question), limit=LIMIT)
    ours, other = bench.compare(_task(bench, plan, question), theirs)
    inner = answer(theirs) if other.wall < bench.patience else {}
    split = f"; loading {seconds(inner['load'])}, query {seconds(inner['query'])}" if inner else ""
    return Result(
        "engines",
        f"{_OURS[question]}, one flat table",
        f"{thousands(items)} items",
        cost(ours),
        against=f"{engine}: {cost(other)}",
        ratio=ours.cpu / other.cpu,
        note=_WORDS[question] + split,
        figures={"ours": vars(ours), "theirs": vars(other)},
    )


def _checker(plan: Generated, question: str) -> Callable[[Path], None]:
    def check(output: Path) -> None:
        found = json.loads(output.read_text(encoding="utf-8"))
        if question == "orphans":
            wanted = plan.orphans("unlinked") | plan.orphans("stranded")
            expect("orphans that differ", len(set(found["items"]) ^ wanted), 0)
        else:
            expect("pairs", found["rows"], plan.truth["pairs"])

    return check


def _task(bench: Bench, plan: Generated, question: str) -> Task:
    """Return our own task for the same question of the same table."""
    if question == "orphans":
        return audit_task(bench, plan)

    def check(output: Path) -> None:
        with output.open(encoding="utf-8") as stream:
            expect("pairs", sum(1 for _ in stream) - 1, plan.truth["pairs"])

    command = kg("matrix", "-g", plan.table, "--format", "tsv")
    return Task("kg matrix", command, bench.space.room("pairs"), check=check)


def _stopped(engine: str, question: str, items: int, error: Exception) -> Result:
    return Result(
        "engines",
        f"{_OURS[question]}, one flat table",
        f"{thousands(items)} items",
        "",
        against=f"{engine}: not measured",
        note=f"{_WORDS[question]}; {error}",
    )
