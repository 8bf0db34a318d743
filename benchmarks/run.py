"""Measure everything and print the table.

python -m benchmarks.run                    the table, all sizes
python -m benchmarks.run --quick            up to 10 000, under two minutes
python -m benchmarks.run --only audit,build
python -m benchmarks.run --write            also docs/explanation/performance.md; with --only,
                                            the lines of other measurements stay as they were
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib.metadata
import json
import os
import platform
import sys
import tempfile
import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks import building, engines, peers, targets
from benchmarks.measuring import PATIENCE, ROOT, Cost, NotMeasured, Task, cache_folder, compare
from benchmarks.report import Result, as_json, as_markdown, as_text, missing
from benchmarks.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
QUICK: Final = 10_000
_HURRY: Final = 3.0
PAGE: Final = ROOT / "docs" / "explanation" / "performance.md"
LATEST: Final = ROOT / "benchmarks" / "results" / "latest.json"
_LIBRARIES: Final = ("pyoxigraph", "rdflib", "numpy", "networkx", "click")


@dataclass
class Bench:
    """What a measurement needs to know of the run that it is part of.

    Attributes:
        space: Plans and releases.
        sizes: The sizes asked for.
        quick: Whether the run should be over soon.
        patience: Seconds above which a run is not repeated.
        growth: Processor seconds by what was done and how much of it, for `growth`.
    """

    space: Workspace
    sizes: tuple[int, ...] = SIZES
    quick: bool = False
    patience: float = PATIENCE
    growth: dict[tuple[str, int], float] = field(default_factory=dict)

    def compare(self, *tasks: Task, repeats: int | None = None) -> list[Cost]:
        """Run tasks in turns, with the patience of this run; the median cost of each."""
        return compare(*tasks, repeats=repeats, patience=self.patience)

    def up_to(self, *sizes: int, scale: int = 1) -> list[int]:
        """Return those of some sizes that this run looks at.

        Args:
            sizes: The sizes that a measurement knows.
            scale: How many actions one of them stands for.

        Example:
            >>> import tempfile
            >>> space = Workspace(Path(tempfile.gettempdir()), Path(tempfile.gettempdir()))
            >>> Bench(space, sizes=(1_000, 100_000)).up_to(1_000, 10_000, 30_000, 100_000, 300_000)
            [1000, 30000, 100000]
        """
        largest = max(self.sizes)
        return [
            size
            for size in sizes
            if size * scale <= largest and (scale > 1 or size not in SIZES or size in self.sizes)
        ]


MEASUREMENTS: Final[dict[str, Callable[[Bench], Iterator[Result]]]] = {
    "cold-trace": targets.cold_trace,
    "audit": targets.audit,
    "build": building.build,
    "release-trace": targets.release_trace,
    "release-matrix": targets.release_matrix,
    "closure": targets.closure,
    "growth": targets.growth,
    "ways": targets.ways,
    "shapes": targets.shapes,
    "registers": building.registers,
    "engines": engines.paths,
    "peers": peers.peers,
}
"""Every measurement, in the order in which they run: later ones use what earlier ones built."""


def run(bench: Bench, names: Sequence[str]) -> Iterator[Result]:
    """Run measurements one after the other; what cannot be measured becomes a line that says so."""
    for name in names:
        began = time.perf_counter()
        print(f"{name} …", file=sys.stderr)
        try:
            for result in MEASUREMENTS[name](bench):
                print("  " + " | ".join(filter(None, result.cells())), file=sys.stderr)
                yield replace(result, measurement=name)
        except NotMeasured as error:
            yield replace(missing("targets", name, "", error), measurement=name)
        print(f"{name}: {time.perf_counter() - began:.0f} s", file=sys.stderr)


def about(commands: Iterable[str]) -> dict[str, str]:
    """Describe the machine, the versions, the date and the commands."""
    versions = [f"{name} {_version(name)}" for name in _LIBRARIES]
    tools = [f"{peer.package} {peer.version() or 'absent'}" for peer in peers.PEERS]
    from kg.resources import VERSION

    return {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "Memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 1e9:.0f} GB",
        "System": _system(),
        "Python": f"{platform.python_implementation()} {platform.python_version()}",
        "policy lineage": VERSION,
        "Libraries": ", ".join(versions),
        "Tools": ", ".join(tools),
        "Date": dt.datetime.now(tz=dt.UTC).date().isoformat(),
        "Commands": "; ".join(f"`{command}`" for command in commands),
    }


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "absent"


def _system() -> str:
    kernel = f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}"
    try:
        return f"{platform.freedesktop_os_release()['PRETTY_NAME']}, {kernel}"
    except OSError:
        return kernel


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2] for line in text.splitlines() if line.startswith("model name")]
    return " ".join(names[0].split()) if names else platform.machine()


def earlier() -> list[Result]:
    """Return the lines that earlier runs have written."""
    if not LATEST.is_file():
        return []
    content = json.loads(LATEST.read_text(encoding="utf-8"))
    return [Result(**result) for result in content["results"]]


def merged(new: Sequence[Result], old: Sequence[Result]) -> list[Result]:
    """Return new lines and, of the measurements that were not run again, the old ones.

    Example:
        >>> old = [Result("targets", "a", "1", "old", measurement="audit"),
        ...        Result("targets", "c", "1", "old", measurement="cold-trace")]
        >>> new = [Result("targets", "b", "1", "new", measurement="audit")]
        >>> [result.what for result in merged(new, old)]
        ['c', 'b']
    """
    again = {result.measurement for result in new}
    kept = [result for result in old if result.measurement not in again]
    order = list(MEASUREMENTS)
    return sorted([*kept, *new], key=lambda result: order.index(result.measurement))


def main() -> int:
    """Measure, print, and with `--write` write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=main.__doc__)
    parser.add_argument("--sizes", default="", help="sizes, separated by commas")
    parser.add_argument("--only", default="", help=f"some of: {', '.join(MEASUREMENTS)}")
    parser.add_argument("--quick", action="store_true", help="up to 10 000, under two minutes")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} and latest.json")
    chosen = parser.parse_args()
    names = [name for name in chosen.only.split(",") if name] or list(MEASUREMENTS)
    unknown = [name for name in names if name not in MEASUREMENTS]
    if unknown:
        parser.error(
            f"no measurement is called {unknown[0]!r}; there are {', '.join(MEASUREMENTS)}"
        )
    sizes = tuple(int(size) for size in chosen.sizes.split(",") if size) or SIZES
    if chosen.quick:
        sizes = tuple(size for size in sizes if size <= QUICK) or (QUICK,)
    cache_folder().mkdir(parents=True, exist_ok=True)
    space = Workspace(cache_folder(), Path(tempfile.mkdtemp(prefix="run-", dir=cache_folder())))
    patience = _HURRY if chosen.quick else PATIENCE
    bench = Bench(space, sizes, quick=chosen.quick, patience=patience)
    try:
        results = list(run(bench, names))
    finally:
        space.close()
    print(as_text(results))
    if chosen.write:
        command = " ".join(["python -m benchmarks.run", *sys.argv[1:]])
        results = merged([replace(result, command=command) for result in results], earlier())
        facts = about(dict.fromkeys(result.command for result in results))
        LATEST.parent.mkdir(exist_ok=True)
        LATEST.write_text(as_json(results, facts), encoding="utf-8")
        PAGE.write_text(as_markdown(results, facts), encoding="utf-8")
    return int(any(result.met is False for result in results))


if __name__ == "__main__":
    sys.exit(main())
