"""Where generated plans and finished releases are kept while benchmarks run."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from benchmarks import generate, registers
from benchmarks.measuring import LONG, Cost, NotMeasured, Task, answer, inside, kg, run_once

if TYPE_CHECKING:
    from pathlib import Path

UNPLANTED: Final = frozenset(
    {"single-thread", "no-lead", "no-date", "no-measure", "no-funding"},
)
"""Rules that generated plans make no promise about: no lead, date, measure or money is written."""


@dataclass(frozen=True)
class Generated:
    """A generated plan on disk, with what is known of it."""

    folder: Path

    @property
    def table(self) -> Path:
        """The plan as one flat table."""
        return self.folder / "plan.csv"

    @cached_property
    def truth(self) -> dict[str, Any]:
        """The numbers that an answer must agree with."""
        found: dict[str, Any] = json.loads((self.folder / "truth.json").read_text(encoding="utf-8"))
        return found

    @cached_property
    def findings(self) -> set[tuple[str, str]]:
        """The planted faults: rule and id."""
        with (self.folder / "findings.tsv").open(encoding="utf-8") as stream:
            return {tuple(line.rstrip("\n").split("\t")) for line in stream}  # type: ignore[misc]

    def orphans(self, rule: str) -> set[str]:
        """Return the ids of the items with one of the planted faults."""
        return {name for known, name in self.findings if known == rule}


class Workspace:
    """The plans and releases of one run.

    Args:
        home: The cache folder.
        scratch: A folder for this run alone, removed by `close`.
    """

    def __init__(self, home: Path, scratch: Path) -> None:
        self.home = home
        self.scratch = scratch
        self._releases: dict[str, tuple[Path, Cost]] = {}

    def plan(self, shape: str, *, items: int = 0, actions: int = 0) -> Generated:
        """Return a plan with so many items, or so many actions, written when it is missing."""
        wanted = items or generate.items_with(shape, actions)
        folder = self.home / f"plans-{generate.VERSION}" / f"{shape}-{wanted}"
        if not (folder / "truth.json").is_file():
            aside = folder.with_name(f".{folder.name}-{os.getpid()}")
            generate.write_plan(generate.Plan(shape, wanted), aside)
            shutil.rmtree(folder, ignore_errors=True)
            aside.rename(folder)
        return Generated(folder)

    def registers(self, instruments: int) -> Generated:
        """Return a data folder with so many plans, written anew."""
        folder = self.scratch / f"registers-{instruments}"
        shutil.rmtree(folder, ignore_errors=True)
        registers.write_registers(folder, instruments)
        return Generated(folder)

    def room(self, name: str) -> Path:
        """Return an empty folder of this run."""
        folder = self.scratch / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def release(self, actions: int) -> tuple[Path, Cost]:
        """Return a release of the wide plan with so many actions, and what building it cost.

        Raises:
            NotMeasured: If it cannot be built.
        """
        key = str(actions)
        if key not in self._releases:
            home = self.room(f"release-{actions}") / "kg"
            self._releases[key] = (home, run_once(self.build(actions, home)))
        return self._releases[key]

    def adopt(self, actions: int, home: Path, cost: Cost) -> None:
        """Keep a release that a measurement built, for those that ask questions of it."""
        self._releases[str(actions)] = (home, cost)

    def build(self, actions: int, home: Path) -> Task:
        """Return the task of building a release of the wide plan with so many actions."""
        plan = self.plan("wide", actions=actions)

        def check(_: Path) -> None:
            expect("nodes", self.facts(home)["nodes"], plan.truth["items"])

        return Task(
            "kg build",
            kg("build", "--data", plan.table, "-o", home, "--no-shapes", "-q"),
            home.parent / "run",
            check=check,
            limit=LONG,
        )

    def facts(self, home: Path) -> dict[str, Any]:
        """Return what a finished release says of itself: quads, statements, nodes, links."""
        return answer(Task("release", inside("facts", home), home.parent / "facts"))

    def close(self) -> None:
        """Remove everything of this run."""
        shutil.rmtree(self.scratch, ignore_errors=True)


def expect(what: str, found: object, wanted: object) -> None:
    """Hold an answer against the truth.

    Raises:
        NotMeasured: If they differ: a wrong answer has no speed.

    Example:
        >>> expect("pairs", 3, 4)
        Traceback (most recent call last):
        benchmarks.measuring.NotMeasured: wrong answer: pairs: 3, not 4
    """
    if found != wanted:
        message = f"wrong answer: {what}: {found}, not {wanted}"
        raise NotMeasured(message)
