"""What a command costs: processor time, wall time and peak memory of a process of its own."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

ROOT: Final = Path(__file__).resolve().parent.parent
_LAUNCHER: Final = Path(__file__).with_name("launch.py")
_SHOWN: Final = 200
PATIENCE: Final = 15.0
"""Seconds that the repetitions of one measurement may take beyond the first round."""
REPEATS: Final = 5
"""The most repetitions of one measurement."""
LONG: Final = 3600.0
"""Seconds on the clock after which a build, or the loading of its triples, is ended."""


def cache_folder() -> Path:
    """Return the folder for what benchmarks generate and install: `KG_BENCH_CACHE`, or a default.

    Example:
        >>> cache_folder().is_absolute()
        True
    """
    own = os.environ.get("KG_BENCH_CACHE")
    if own:
        return Path(own).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "policy-lineage-benchmarks"


def environment() -> dict[str, str]:
    """Return the environment of every command: it runs the code beside these benchmarks."""
    path = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    cache = os.environ.get("KG_CACHE") or str(cache_folder() / "kg")
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path), "KG_CACHE": cache}


class NotMeasured(Exception):  # noqa: N818 - it is an outcome to report, not a fault of ours
    """Something could not be measured; the message says why and goes into the table."""


@dataclass(frozen=True)
class Cost:
    """What one run, or the median of several, cost.

    Attributes:
        cpu: Seconds of processor time, user and system, of the process and its children.
        wall: Seconds on the clock.
        peak: Bytes of memory at the peak of the largest process.
        runs: How many runs this is the median of.
    """

    cpu: float
    wall: float
    peak: int
    runs: int = 1


@dataclass(frozen=True)
class Task:
    """One side of a measurement: a command, and how to tell that its answer is right.

    Attributes:
        name: What it is called when it fails.
        command: The command, run in a process of its own.
        folder: Where it runs and leaves its output.
        check: Given the file of standard output; raises `NotMeasured` for a wrong answer.
        before: Run before each repetition, outside the measurement.
        exits: The exit codes that are no failure.
        limit: Seconds on the clock after which it is ended.
        environment: What differs from the environment of all commands.
    """

    name: str
    command: Sequence[str | Path]
    folder: Path
    check: Callable[[Path], None] | None = None
    before: Callable[[], None] | None = None
    exits: tuple[int, ...] = (0,)
    limit: float = 900.0
    environment: Mapping[str, str] = field(default_factory=dict)


def run_once(task: Task) -> Cost:
    """Run a task once, check its answer, and return what it cost.

    Raises:
        NotMeasured: If it fails, takes too long, or gives a wrong answer.
    """
    if task.before:
        task.before()
    task.folder.mkdir(parents=True, exist_ok=True)
    output, report = task.folder / "stdout", task.folder / "cost.json"
    command: list[str | Path] = [
        sys.executable,
        "-I",
        "-S",
        _LAUNCHER,
        report,
        str(task.limit),
        task.folder,
        output,
    ]
    subprocess.run(
        [*command, *task.command],
        check=True,
        env={**environment(), **task.environment},
        stdin=subprocess.DEVNULL,
    )
    found = json.loads(report.read_text(encoding="utf-8"))
    if found["late"]:
        message = f"{task.name}: not finished after {task.limit:.0f} s"
        raise NotMeasured(message)
    if found["exit"] not in task.exits:
        message = f"{task.name}: {_last_words(output)} (exit {found['exit']})"
        raise NotMeasured(message)
    if task.check:
        try:
            task.check(output)
        except (LookupError, ValueError) as error:
            message = f"{task.name}: the answer cannot be read: {error!r}"
            raise NotMeasured(message) from error
    return Cost(found["cpu"], found["wall"], found["peak"])


def compare(*tasks: Task, repeats: int | None = None, patience: float = PATIENCE) -> list[Cost]:
    """Run tasks in turns (A B A B …) and return the median cost of each.

    Args:
        tasks: The sides to compare; one is enough.
        repeats: How many rounds; left out, as many as patience allows, at most `REPEATS`.
        patience: Seconds that all rounds but the first may take.

    Raises:
        NotMeasured: If any of the runs fails.
    """
    rounds = [[run_once(task) for task in tasks]]
    took = sum(cost.wall for cost in rounds[0])
    wanted = repeats or 1 + min(REPEATS - 1, int(patience / max(took, 1e-6)))
    rounds.extend([run_once(task) for task in tasks] for _ in range(wanted - 1))
    return [median(side) for side in zip(*rounds, strict=True)]


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each part of some costs; of memory the highest.

    Example:
        >>> median([Cost(1.0, 1.0, 10), Cost(3.0, 9.0, 30), Cost(2.0, 2.0, 20)])
        Cost(cpu=2.0, wall=2.0, peak=30, runs=3)
    """
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
        max(cost.peak for cost in costs),
        len(costs),
    )


def kg(*arguments: str | Path) -> list[str | Path]:
    """Return the command line of `kg` as the code beside these benchmarks runs it."""
    return [sys.executable, "-m", "kg", *arguments]


def inside(*arguments: str | Path) -> list[str | Path]:
    """Return the command line of one of the programs in `benchmarks.inside`."""
    return [sys.executable, "-m", "benchmarks.inside", *arguments]


def answer(task: Task) -> dict[str, Any]:
    """Run a program that prints one JSON object, and return it.

    Raises:
        NotMeasured: If it fails.
    """
    run_once(task)
    found: dict[str, Any] = json.loads((task.folder / "stdout").read_text(encoding="utf-8"))
    return found


def _last_words(output: Path) -> str:
    """Return the last line that a failed command said, without the paths of this machine."""
    lines = []
    for path in (output.with_name(output.name + ".err"), output):
        text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if lines:
            break
    said = next((line for line in lines if line.startswith(("Error", "error", "kg:"))), "")
    return scrub(said or (lines[-1] if lines else "it said nothing"))[:_SHOWN]


def scrub(text: str) -> str:
    """Return a text without the folders of this machine.

    Example:
        >>> scrub(f"cannot read {ROOT}/data/a.csv, nor {Path.home()}/b.csv")
        'cannot read data/a.csv, nor ~/b.csv'
    """
    text = text.replace(f"{ROOT}/", "").replace(str(Path.home()) + "/", "~/")
    words = []
    for word in text.split(" "):
        head, slash, rest = word.partition("/")
        absolute = slash and not head.strip("'\"(<[=:") and rest.count("/") > 0
        words.append(".../" + word.rsplit("/", 1)[1] if absolute else word)
    return " ".join(words)
