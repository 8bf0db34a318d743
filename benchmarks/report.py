"""The table of results: on the terminal, as JSON, and as a page of the documentation."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from benchmarks.measuring import Cost

GROUPS: Final = {
    "targets": "What was promised",
    "shapes": "The shape of a plan",
    "registers": "Registers with documents",
    "engines": "Property paths of the engines",
    "peers": "Traceability tools on the same tree",
}
COLUMNS: Final = ("what", "size", "measured", "against", "ratio", "target", "met")
_HEADINGS: Final = ("What", "Size", "Measured", "Against", "Ratio", "Target", "Met")
_HUNDRED: Final = 100
_TEN: Final = 10
_TENTH: Final = 0.1
_METHOD: Final = (
    (
        "Every line was measured in one run of a command below, both sides of a ratio in the same "
        "one, and only after the answer had "
        "been compared with the known answer of the generated plan. Seconds are processor "
        "seconds, user and system, of whole new processes with their children; megabytes are "
        "the peak of the largest process. Each figure is the median of up to five runs; where "
        "there are two sides they took turns. Ratios are what was measured over what stands "
        "against it. Read the ratios: seconds belong to the machine."
    ),
    "",
    (
        "A size is a number of actions unless it says otherwise. The shapes: *wide* 60 "
        "objectives and five levels; *deep* twelve levels; *many parents* three to five for "
        "each item; *many objectives* up to 2 000."
    ),
    "",
    (
        "To repeat it: `pip install -e '.[bench]'`, `python -m benchmarks.peers --install` for the "
        "other tools (those that are absent are said to be absent), then the commands below; a "
        "run of some measurements (`--only`) leaves the lines of the others as they are."
    ),
)


@dataclass(frozen=True)
class Result:
    """One line of the table.

    Attributes:
        group: One of `GROUPS`.
        what: What was asked, and of what.
        size: On how much.
        measured: What our side cost, in words.
        against: What the other side is and cost, in words; empty when there is none.
        ratio: Ours over theirs, when there are two sides.
        target: What was promised, in words; empty when nothing was.
        met: Whether it was kept; None when nothing was promised.
        note: What a reader should know, a sentence.
        figures: The numbers behind the words.
        measurement: The name of the measurement that it comes from.
        command: The run that it comes from.
    """

    group: str
    what: str
    size: str
    measured: str
    against: str = ""
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    note: str = ""
    figures: Mapping[str, Any] = field(default_factory=dict)
    measurement: str = ""
    command: str = ""

    def cells(self) -> tuple[str, ...]:
        """Return the line as text, one cell a column."""
        met = {True: "yes", False: "**no**", None: ""}[self.met]
        ratio = "" if self.ratio is None else f"{number(self.ratio)} ×"
        return (
            self.what,
            self.size,
            self.measured,
            self.against,
            ratio,
            self.target,
            met,
        )


def promise(
    what: str,
    size: str,
    found: Cost,
    *,
    seconds_at_most: float,
    bytes_at_most: float | None = None,
) -> Result:
    """Return the line of a promise about one command: its time, and perhaps its memory."""
    kept = found.cpu <= seconds_at_most
    target = f"≤ {seconds_at_most:g} s"
    if bytes_at_most is not None:
        kept = kept and found.peak <= bytes_at_most
        target += f" and ≤ {megabytes(int(bytes_at_most))}"
    return Result(
        "targets",
        what,
        size,
        cost(found),
        target=target,
        met=kept,
        note=f"{seconds(found.wall)} on the clock",
        figures=vars(found),
    )


def missing(group: str, what: str, size: str, error: Exception, *, target: str = "") -> Result:
    """Return the line of something that could not be measured: a promise not kept."""
    met = False if target else None
    return Result(group, what, size, "not measured", target=target, met=met, note=str(error))


def number(value: float) -> str:
    """Return a number with as many digits as its measurement deserves.

    Example:
        >>> number(0.01234), number(1.234), number(12.34), number(1234.5)
        ('0.012', '1.23', '12.3', '1 234')
    """
    if value >= _HUNDRED:
        return f"{value:,.0f}".replace(",", " ")
    if value >= _TEN:
        return f"{value:.1f}"
    if value >= _TENTH:
        return f"{value:.2f}"
    return f"{value:.2g}"


def seconds(value: float) -> str:
    """Return a time in words.

    Example:
        >>> seconds(0.0012), seconds(0.25), seconds(75)
        ('1.20 ms', '0.25 s', '75.0 s')
    """
    if value < _TENTH:
        return f"{number(value * 1000)} ms"
    return f"{number(value)} s"


def megabytes(value: int) -> str:
    """Return an amount of memory in words.

    Example:
        >>> megabytes(120_000_000)
        '120 MB'
    """
    return f"{number(value / 1e6)} MB"


def cost(found: Cost) -> str:
    """Return a cost in words.

    Example:
        >>> from benchmarks.measuring import Cost
        >>> cost(Cost(0.5, 0.6, 50_000_000))
        '0.50 s, 50.0 MB'
    """
    return f"{seconds(found.cpu)}, {megabytes(found.peak)}"


def thousands(value: int) -> str:
    """Return a whole number with thin gaps between the thousands.

    Example:
        >>> thousands(1000000)
        '1 000 000'
    """
    return f"{value:,}".replace(",", " ")


def as_text(results: Sequence[Result]) -> str:
    """Return the table for a terminal.

    Example:
        >>> print(as_text([Result("targets", "audit", "10", "1 s")]))
        What was promised
          audit | 10 | 1 s
        <BLANKLINE>
    """
    lines: list[str] = []
    for group, heading in GROUPS.items():
        rows = [result for result in results if result.group == group]
        if not rows:
            continue
        lines.append(heading)
        for result in rows:
            cells = [cell.strip("*") for cell in result.cells()]
            while not cells[-1]:
                cells.pop()
            lines.append("  " + " | ".join(cells) + (f"  ({result.note})" if result.note else ""))
        lines.append("")
    return "\n".join(lines)


def as_markdown(results: Sequence[Result], about: Mapping[str, str]) -> str:
    """Return the page of the documentation: what was run on what, and every table.

    Args:
        results: The lines.
        about: The machine, the versions, the date and the command.
    """
    lines = [
        "# Performance",
        "",
        "<!-- Written by `python -m benchmarks.run --write`; do not edit. -->",
        "",
        *_METHOD,
        "",
        "| | |",
        "| --- | --- |",
        *(f"| {key} | {value} |" for key, value in about.items()),
        "",
    ]
    for group, heading in GROUPS.items():
        rows = [result for result in results if result.group == group]
        if rows:
            lines += [f"## {heading}", "", *_table(rows), ""]
    return "\n".join(lines)


def _table(rows: Sequence[Result]) -> Iterable[str]:
    used = [
        place
        for place, _ in enumerate(COLUMNS)
        if place < 3 or any(row.cells()[place] for row in rows)  # noqa: PLR2004 - what is always shown
    ]
    noted = any(row.note for row in rows)
    headings = [_HEADINGS[place] for place in used] + (["Note"] if noted else [])
    yield "| " + " | ".join(headings) + " |"
    yield "| " + " | ".join("---" for _ in headings) + " |"
    for row in rows:
        cells = [row.cells()[place] for place in used] + ([row.note] if noted else [])
        yield "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def as_json(results: Sequence[Result], about: Mapping[str, str]) -> str:
    """Return everything as JSON."""
    content = {"about": dict(about), "results": [asdict(result) for result in results]}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
