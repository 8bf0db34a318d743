"""What differs between two graphs, as text for people."""

from __future__ import annotations

import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Final

from kg.checks.changes import DIFFERENCES, SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.checks.changes import Change, Changes

_SHOWN: Final = 20
"""Rows of a section that are shown unless it is asked for."""
_WIDTH: Final = 96
_SIGNS: Final = {"added": "+", "removed": "-", "appeared": "+", "disappeared": "-"}
_BESIDE: Final = frozenset({"links", "inferred", "moved", "changed", "documents", "relabelled"})
"""Sections whose values before and after are short, and stand side by side."""
_ORPHANS: Final = {
    "became-orphan": "became an orphan",
    "ceased-orphan": "is no orphan any more",
    "added-orphan": "is new, and an orphan",
}
_EXCUSED: Final = {
    "waived": "now waived",
    "waived-otherwise": "waived otherwise",
    "counts-again": "no longer waived",
}


def lines(changes: Changes, only: Iterable[str] = ()) -> Iterator[str]:
    """Yield the lines: a summary, then every section that has anything, or only some sections.

    Example:
        >>> import kg
        >>> list(lines(kg.compare(kg.load(), kg.load())))
        ['no differences']
    """
    if changes.same:
        yield "no differences"
        return
    chosen = set(only)
    if not chosen:
        yield from _summary(changes)
    for name in SECTIONS:
        rows = changes.of(name) if not chosen or name in chosen else []
        if rows:
            if not chosen or name != next(n for n in SECTIONS if n in chosen):
                yield ""
            yield f"{SECTIONS[name]} ({len(rows)})"
            yield from _section(name, rows, full=bool(chosen))


def _section(name: str, rows: list[Change], *, full: bool) -> Iterator[str]:
    # A line that was added above moves all that stands below it; that must not hide the rest.
    shifted = [] if full else [row for row in rows if row.field == "lines"]
    rest = [row for row in rows if full or row.field != "lines"]
    shown = rest if full else rest[:_SHOWN]
    for row in shown:
        for line in _row(name, row):
            yield "".join(
                sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line
            )
    if len(shown) < len(rest):
        yield f"  … and {len(rest) - len(shown)} more (--only {name})"
    if shifted:
        noun = "1 stands" if len(shifted) == 1 else f"{len(shifted)} stand"
        yield f"  … and {noun} only on other lines of the document (--only {name})"


def _summary(changes: Changes) -> Iterator[str]:
    counts, followed = changes.summary(), changes.followed
    parts = [
        f"{counts[name]} {name.removesuffix('s') if counts[name] == 1 else name}"
        for name in DIFFERENCES
        if name in counts
    ]
    yield from _filled("Differences: " + (", ".join(parts) or "none"), "")
    before, after = followed.orphans
    yield from _filled(
        f"Orphans: {before} before, {after} after; {len(followed.became)} became one, "
        f"{len(followed.ceased)} ceased to be one, {len(followed.arrived)} added as one",
        "",
    )
    others = len(followed.targets) - len(followed.lost) - len(followed.gained)
    yield from _filled(
        f"Targets: {len(followed.lost)} lost the last action, {len(followed.gained)} gained a "
        f"first one, {others} others are reached by more or fewer",
        "",
    )
    was, now = followed.total.words
    yield f"Coverage: {was} before, {now} after"
    happened = Counter(row.change for row in changes.of("findings"))
    parts = [f"{happened[what]} {what}" for what in ("appeared", "disappeared")]
    parts += [f"{happened[what]} {words}" for what, words in _EXCUSED.items() if happened[what]]
    yield from _filled("Findings: " + ", ".join(parts), "")


def _row(name: str, row: Change) -> Iterator[str]:
    """Yield the lines of one row."""
    place = f"  {row.file}:{row.line}" if row.file and row.line else f"  {row.file}".rstrip()
    sign = _SIGNS.get(row.change, "~")
    if name == "renumbered":
        yield f"  {row.before} → {row.after}  {row.kind}{place}"
    elif name == "coverage":
        yield f"  {row.id or 'the plan'}: {row.before} → {row.after}"
    elif name == "objectives":
        what = "" if row.change == "reach" else f"  {row.change.replace('-', ' ')}"
        yield f"  {row.id}: {row.before} → {row.after}{what}"
    elif name == "orphans":
        yield f"  {row.id}  {row.kind}: {_ORPHANS[row.change]}{place}"
        yield from _values(row, "", "")
    elif name == "findings":
        excused = _EXCUSED.get(row.change, "")
        yield f"  {sign} {row.id}  {row.field}{place}" + (f"  {excused}" if excused else "")
        if excused:
            yield from _values(row, "", "")
        else:
            yield from _filled(row.after or row.before)
    elif name in _BESIDE:
        what = "" if row.field in ("", "basis") else f"  {row.field}"
        yield f"  {sign} {row.id}{what}{place}"
        says = f"{row.before or '(nothing)'} → {row.after or '(nothing)'}"
        yield from _filled(says if sign == "~" else row.after or row.before)
    elif name == "facts":
        yield f"  {sign} {row.id}  {row.kind} {row.field}".rstrip() + place
        yield from _values(row, "", "")
    else:
        respelled = "  (case or punctuation only)" if row.change == "respelled" else ""
        yield f"  {sign} {row.id}  {row.kind}{place}{respelled}"
        yield from _values(row, "“", "”")


def _values(row: Change, opening: str, closing: str) -> Iterator[str]:
    """Yield what was and what is, each on lines of its own; one alone without a word before it."""
    both = bool(row.before and row.after)
    for word, value in (("was ", row.before), ("now ", row.after)):
        if value:
            yield from _filled(f"{word if both else ''}{opening}{value}{closing}")


def _filled(text: str, indent: str = "      ") -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent or "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
