"""Other traceability tools from PyPI, each in an environment of its own, on the same tree.

    python -m benchmarks.peers --install

Every tool is asked the nearest question that it can answer; what it was asked, and how many
of the planted orphans it named, stands beside its time.
"""

from __future__ import annotations

import argparse
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from benchmarks import converting
from benchmarks.measuring import NotMeasured, Task, cache_folder, run_once
from benchmarks.report import Result, cost, thousands
from benchmarks.targets import audit_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from benchmarks.run import Bench
    from benchmarks.workspace import Generated

SIZES: Final = (1_000, 10_000, 100_000)
LIMIT: Final = 60.0
"""Seconds on the clock that a tool is given."""
_STRICTDOC: Final = "(node.is_requirement() and not node.has_parent_requirements)"


@dataclass(frozen=True)
class Peer:
    """One tool.

    Attributes:
        package: Its name on PyPI.
        asks: The question that it is asked, in words.
        convert: Writes a flat table in its native format, into a folder that is not there yet.
        command: The command line, given the folder of its programs, its input and its output.
        named: The ids of orphans in what it said, given standard output and its output folder.
        exits: The exit codes with which it says that it is done.
        inside: Whether it must be started in the folder of its input.
    """

    package: str
    asks: str
    convert: Callable[[Path, Path], None]
    command: Callable[[Path, Path, Path], list[str | Path]]
    named: Callable[[str, Path], set[str]]
    exits: tuple[int, ...] = (0,)

    def home(self) -> Path:
        """Return the folder of its environment."""
        return cache_folder() / "peers" / self.package

    def version(self) -> str:
        """Return the version installed, or an empty text."""
        python = self.home() / "bin" / "python"
        if not python.exists():
            return ""
        ask = f"import importlib.metadata as m; print(m.version({self.package!r}))"
        done = subprocess.run([python, "-c", ask], check=False, capture_output=True, text=True)
        return done.stdout.strip()


def _throughline(said: str, out: Path) -> set[str]:
    del out
    return set(re.findall(r"^\[ERROR\] (\S+) +orphan ", said, flags=re.MULTILINE))


def _doorstop(said: str, out: Path) -> set[str]:
    del out
    return set(re.findall(r"^WARNING: \S+: (\S+): no links to parent", said, flags=re.MULTILINE))


def _sphinx_needs(said: str, out: Path) -> set[str]:
    del out
    found = re.search(r"orphan: failed\s+failed needs: \d+ \(([^)]*)\)", said)
    return set(found.group(1).split(", ")) if found else set()


def _strictdoc(said: str, out: Path) -> set[str]:
    del said
    named: set[str] = set()
    for path in (out / "sdoc").rglob("*.sdoc"):
        text = path.read_text(encoding="utf-8")
        named.update(re.findall(r"^UID: (\S+)$", text, flags=re.MULTILINE))
    return named


PEERS: Final = (
    Peer(
        "throughline",
        "`tl check`: every rule; an item that reaches no root is an orphan",
        converting.to_throughline,
        lambda bin_, tree, _: [bin_ / "tl", "-C", tree, "check"],
        _throughline,
        exits=(1,),
    ),
    Peer(
        "sphinx-needs",
        "`sphinx-build -b needs` with two filters: items without a link up, or down",
        converting.to_sphinx_needs,
        lambda bin_, tree, out: [bin_ / "sphinx-build", "-b", "needs", "-q", tree, out],
        _sphinx_needs,
    ),
    Peer(
        "doorstop",
        "`doorstop -F -S -W`: validation alone, no file rewritten, no review asked for",
        converting.to_doorstop,
        lambda bin_, tree, _: [bin_ / "doorstop", "-F", "-S", "-W", "-j", tree],
        _doorstop,
    ),
    Peer(
        "strictdoc",
        "`strictdoc export --formats sdoc` of the items without a parent",
        converting.to_strictdoc,
        lambda bin_, tree, out: [
            *(bin_ / "strictdoc", "export", "--formats", "sdoc"),
            *("--filter-nodes", _STRICTDOC, "--output-dir", out, tree),
        ],
        _strictdoc,
    ),
)


def peers(bench: Bench) -> Iterator[Result]:
    """Ask every tool that is installed for the orphans of the same tree."""
    for peer in PEERS:
        version = peer.version()
        if not version:
            yield Result("peers", peer.package, "", "", against="absent", note="not installed")
            continue
        for items in bench.up_to(*SIZES[: 1 if bench.quick else None]):
            plan = bench.space.plan("wide", items=items)
            size = f"{thousands(items)} items"
            try:
                yield _against(bench, peer, version, plan, size)
            except NotMeasured as error:
                said = f"{peer.package} {version}: not measured"
                yield Result("peers", "`kg audit`", size, "", against=said, note=str(error))
                break


def _against(bench: Bench, peer: Peer, version: str, plan: Generated, size: str) -> Result:
    """Run our audit and a tool's check in turns on one plan."""
    room = bench.space.room(f"peer-{peer.package}")
    tree, out = room / "tree", room / "out"
    peer.convert(plan.table, tree)
    named: set[str] = set()

    def before() -> None:
        shutil.rmtree(out, ignore_errors=True)

    def check(output: Path) -> None:
        errors = output.with_name(output.name + ".err")
        texts = [path.read_text(encoding="utf-8", errors="replace") for path in (output, errors)]
        named.clear()
        named.update(peer.named("\n".join(texts), out))

    theirs = Task(
        peer.package,
        peer.command(peer.home() / "bin", tree, out),
        room / "run",
        check=check,
        before=before,
        exits=peer.exits,
        limit=LIMIT,
        environment={"PYTHONPATH": ""},
    )
    # Our side is repeated beside theirs only where theirs lets us: the first run may be long.
    first = run_once(theirs)
    ours, other = (
        bench.compare(audit_task(bench, plan), theirs)
        if first.wall < bench.patience / 3
        else (bench.compare(audit_task(bench, plan))[0], first)
    )
    unlinked, stranded = plan.orphans("unlinked"), plan.orphans("stranded")
    top = {name for name in named if name.startswith(plan.truth["levels"][0][0] + "-")}
    wrong = len(named - unlinked - stranded - top)
    note = (
        f"{peer.asks}; named {thousands(len(named & unlinked))} of {thousands(len(unlinked))} "
        f"items without a link and {thousands(len(named & stranded))} of "
        f"{thousands(len(stranded))} stranded ones"
    )
    note += f", and {thousands(len(top))} objectives" if top else ""
    note += f", and {thousands(wrong)} that are no orphans" if wrong else ""
    shutil.rmtree(room)
    return Result(
        "peers",
        "`kg audit`",
        size,
        cost(ours),
        against=f"{peer.package} {version}: {cost(other)}",
        ratio=ours.cpu / other.cpu,
        note=note,
        figures={"ours": vars(ours), "theirs": vars(other), "named": len(named)},
    )


def install(names: list[str]) -> int:
    """Install tools, each into an environment of its own; return how many failed."""
    failed = 0
    for peer in PEERS:
        if names and peer.package not in names:
            continue
        if not peer.version():
            venv.create(peer.home(), with_pip=True, clear=True)
            command: list[str | Path] = [
                peer.home() / "bin" / "python",
                "-m",
                "pip",
                "install",
                "-q",
                peer.package,
            ]
            failed += subprocess.run(command, check=False).returncode != 0
        print(f"{peer.package} {peer.version() or 'not installed'}")
    return failed


def main() -> int:
    """Install the tools, or say which are there."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=main.__doc__)
    parser.add_argument("--install", action="store_true", help="install what is missing")
    parser.add_argument("names", nargs="*", help="only these (all when left out)")
    chosen = parser.parse_args()
    if chosen.install:
        return min(1, install(chosen.names))
    for peer in PEERS:
        print(f"{peer.package} {peer.version() or 'not installed'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
