"""A generated data folder: a national framework and many local plans, each with its document.

Every quotation really stands in the document that it is taken from, on the line that is
given; the schemas are the product's own. Written plan by plan, in constant memory.

    python -m benchmarks.registers 100 data
"""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.measuring import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OBJECTIVES: Final = 20
OUTCOMES: Final = 5
ACTIONS: Final = 40
"""Objectives of the framework; outcomes and actions of a plan."""
FRAMEWORK: Final = "national-framework"
_UNLINKED: Final = 10
"""One action in so many names no outcome."""
_LOST: Final = 4
"""In one plan of so many, the last outcome names no objective."""
_READER: Final = "policy-lineage-editors"
_READ_ON: Final = "2026-01-31"
_COPIED: Final = ("code-lists.csv", "datapackage.json", "readers.csv")
_ELEMENTS: Final = ("id", "class", "kind", "number", "label", "quote", "line")
_LINKS: Final = ("subject", "predicate", "object", "basis", "quote", "line", "decision")


@dataclass
class Folder:
    """The rows of one instrument: its document, and what a reader found there."""

    name: str
    title: str
    lines: list[str] = field(default_factory=list)
    elements: list[tuple[object, ...]] = field(default_factory=list)
    links: list[tuple[object, ...]] = field(default_factory=list)
    findings: list[tuple[str, str]] = field(default_factory=list)

    def say(self, words: str) -> int:
        """Add a line to the document and return its number."""
        self.lines.append(words)
        return len(self.lines)

    def element(self, cls: str, number: int, words: str, *, then: str = "") -> tuple[str, int]:
        """Add an element whose words begin a line of the document; return its id and the line."""
        kind = cls.lower()
        line = self.say(words + then)
        name = f"{self.name}/{kind}/{number}"
        self.elements.append((name, cls, kind, number, words[:90], words, line))
        return name, line

    def link(self, subject: str, object_: str, words: str, line: int) -> None:
        """Add a link that some words on a line state."""
        row = (subject, "contributesTo", object_, "stated", words, line, "accepted")
        self.links.append(row)

    @property
    def text(self) -> str:
        """The document."""
        return "\n".join(self.lines) + "\n"


def framework() -> Folder:
    """Return the national framework: objectives, and nothing above them."""
    made = Folder(FRAMEWORK, "The National Framework for Better Lives")
    made.say(made.title)
    for number in range(1, OBJECTIVES + 1):
        made.element("Objective", number, f"National objective {number}: more people live well.")
    return made


def plan_name(number: int) -> str:
    """Return the id of a plan.

    Example:
        >>> plan_name(7)
        'plan-000007'
    """
    return f"plan-{number:06}"


def local_plan(number: int, *, edition: int = 1) -> Folder:
    """Return one plan, with its planted faults.

    Args:
        number: Which plan, from 1.
        edition: Another edition words one action differently.

    Example:
        >>> plan = local_plan(4)
        >>> len(plan.elements), plan.findings[0]
        (45, ('unlinked', 'plan-000004/outcome/5'))
    """
    made = Folder(plan_name(number), f"Local Action Plan {number}")
    made.say(made.title)
    outcomes: list[str] = []
    for place in range(1, OUTCOMES + 1):
        goal = 1 + (number * 7 + place * 3) % OBJECTIVES
        says = f"It contributes to national objective {goal}."
        lost = place == OUTCOMES and number % _LOST == 0
        words = f"Outcome {place}: people in district {number} recover sooner and stay well."
        name, line = made.element("Outcome", place, words, then="" if lost else " " + says)
        outcomes.append(name)
        if lost:
            made.findings.append(("unlinked", name))
        else:
            made.link(name, f"{FRAMEWORK}/objective/{goal}", says, line)
    for place in range(1, ACTIONS + 1):
        outcome = 1 + place % OUTCOMES
        says = f"It contributes to outcome {outcome}."
        unlinked = place % _UNLINKED == 0
        again = ", as revised" if edition > 1 and place == 1 else ""
        words = f"Action {place}: review the pathway{again}, with partners in district {number}."
        name, line = made.element("Action", place, words, then="" if unlinked else " " + says)
        if unlinked:
            made.findings.append(("unlinked", name))
            continue
        made.link(name, outcomes[outcome - 1], says, line)
        if number % _LOST == 0 and outcome == OUTCOMES:
            made.findings.append(("stranded", name))
    return made


def write_registers(folder: Path, plans: int) -> None:
    """Write a data folder with so many plans, with `truth.json` and `findings.tsv` in it."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(ROOT / "data" / "schemas", folder / "schemas", dirs_exist_ok=True)
    for name in _COPIED:
        shutil.copyfile(ROOT / "data" / name, folder / name)
    header = (ROOT / "data" / "bodies.csv").read_text(encoding="utf-8").splitlines()[0]
    (folder / "bodies.csv").write_text(header + "\n", encoding="utf-8")
    counts = {"unlinked": 0, "stranded": 0}
    nodes, links = 1, 0
    with (
        (folder / "findings.tsv").open("w", encoding="utf-8", newline="") as findings,
        (folder / "instruments.csv").open("w", encoding="utf-8", newline="") as instruments,
    ):
        rows = csv.writer(instruments, lineterminator="\n")
        rows.writerow(("id", "title", "kind", "level", "jurisdiction", "quote", "line"))
        for made in _folders(plans):
            national = made.name == FRAMEWORK
            kind, level = ("strategy", "national") if national else ("plan", "local")
            rows.writerow((made.name, made.title, kind, level, "England", made.title, 1))
            _write_folder(folder, made)
            nodes += 1 + len(made.elements)
            links += len(made.links)
            for rule, name in made.findings:
                counts[rule] += 1
                findings.write(f"{rule}\t{name}\n")
    _write_documents(folder, (made for made in _folders(plans)))
    truth = {"plans": plans, "nodes": nodes, "links": links, "findings": counts}
    text = json.dumps(truth, indent=1) + "\n"
    (folder / "truth.json").write_text(text, encoding="utf-8", newline="")


def revise(folder: Path, plans: int, number: int) -> None:
    """Replace one plan of a data folder by its second edition."""
    _write_folder(folder, local_plan(number, edition=2))
    _write_documents(folder, _folders(plans, revised=number))


def _folders(plans: int, revised: int = 0) -> Iterator[Folder]:
    yield framework()
    for number in range(1, plans + 1):
        yield local_plan(number, edition=2 if number == revised else 1)


def _write_folder(folder: Path, made: Folder) -> None:
    own = folder / "registers" / made.name
    own.mkdir(parents=True, exist_ok=True)
    sources = folder / "sources"
    sources.mkdir(exist_ok=True)
    (sources / f"{made.name}.txt").write_text(made.text, encoding="utf-8", newline="")
    _write_table(own / "elements.csv", _ELEMENTS, made.elements)
    if made.links:
        _write_table(own / "links.csv", _LINKS, made.links)


def _write_documents(folder: Path, made: Iterable[Folder]) -> None:
    header = ("id", "path", "sha256", "title", "instrument", "read_by", "read_on")
    rows = (
        (
            one.name,
            f"sources/{one.name}.txt",
            hashlib.sha256(one.text.encode()).hexdigest(),
            one.title,
            one.name,
            _READER,
            _READ_ON,
        )
        for one in made
    )
    _write_table(folder / "documents.csv", header, rows)


def _write_table(path: Path, header: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    write_registers(Path(sys.argv[2]), int(sys.argv[1]))
