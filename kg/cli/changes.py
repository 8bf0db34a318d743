"""What differs between two graphs, as text for people."""

from __future__ import annotations

import shutil
import textwrap
from collections import Counter
from typing import TYPE_CHECKING, Final

from kg.checks.changes import DIFFERENCES, SECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.checks.changes import Change, Changes

_SHOWN: Final = 20
"""Rows of a section that are shown unless it is asked for."""
_NARROWEST: Final = 40
"""The width of a terminal below which lines are no longer wrapped for it."""
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
            safe = "".join(
                sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in line
            )
            yield from _broken(safe)
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
    elif name in ("links", "inferred") and row.field == "basis":
        yield f"  {sign} {row.id}{place}"
        yield from _filled(link_words(row))
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


def link_words(row: Change) -> str:
    """Say on what bases a link stands, and what was decided about it, before and after.

    Example:
        >>> from kg.checks.changes import Change
        >>> link = ("changed", "link", "a serves b", "basis")
        >>> link_words(Change("links", *link, "stated", "stated (rejected)"))
        'rejected (was accepted; stated)'
        >>> link_words(Change("links", *link, "stated", "inherited"))
        'stated → inherited'
        >>> ways = "inferred from inherited, inferred from stated and inherited"
        >>> link_words(Change("inferred", *link, ways, "inferred from inherited"))
        'no longer inferred from stated and inherited links; still from inherited links'
    """
    was, now = (list(filter(None, value.split(", "))) for value in (row.before, row.after))
    if row.section == "inferred":
        return _ways(was, now)
    if not was or not now:
        return ", ".join(was or now)
    # Other links of the same words, on which nothing has changed, are no part of the change.
    gone, come = (
        list((Counter(was) - Counter(now)).elements()),
        list((Counter(now) - Counter(was)).elements()),
    )
    if len(gone) == len(come) == 1:
        (basis, decision), (basis_now, decision_now) = map(_state, (*gone, *come))
        if decision != decision_now:
            based = basis if basis == basis_now else f"{basis} → {basis_now}"
            return f"{decision_now} (was {decision}; {based})"
    return f"{', '.join(was)} → {', '.join(now)}"


def _state(words: str) -> tuple[str, str]:
    """Return basis and decision; of what is accepted the decision is not written."""
    basis, _, decision = words.partition(" (")
    return basis, decision.rstrip(")").replace("-", " ") or "accepted"


def _ways(was: list[str], now: list[str]) -> str:
    """Say from what a link is inferred now, from what not any more, and from what still."""
    gone, come = [w for w in was if w not in now], [w for w in now if w not in was]
    kept = [w for w in now if w in was]
    if not was or not now:
        return f"inferred from {_premises(was or now)}"
    said = [f"now {'also ' if kept else ''}inferred from {_premises(come)}"] if come else []
    if gone:
        said.append(f"no longer {'' if come else 'inferred '}from {_premises(gone)}")
    if kept:
        said.append(f"still from {_premises(kept)}")
    return "; ".join(said)


def _premises(ways: list[str]) -> str:
    """Name the links that a conclusion rests on by their bases."""
    bases = [way.removeprefix("inferred").removeprefix(" from ") for way in ways]
    return ", or from ".join(f"{basis or 'inferred'} links" for basis in bases)


def _values(row: Change, opening: str, closing: str) -> Iterator[str]:
    """Yield what was and what is, each on lines of its own; one alone without a word before it."""
    both = bool(row.before and row.after)
    for word, value in (("was ", row.before), ("now ", row.after)):
        if value:
            yield from _filled(f"{word if both else ''}{opening}{value}{closing}")


def _broken(line: str) -> Iterator[str]:
    """Break a line that is too wide where a place or a remark begins, and never in an id."""
    width = _width()
    if len(line) <= width:
        yield line
        return
    indent = line[: len(line) - len(line.lstrip())]
    first, *more = line.strip().split("  ")
    held = indent + first
    for piece in more:
        if len(held) + 2 + len(piece) <= width:
            held += "  " + piece
        else:
            yield held
            held = "      " + piece
    yield held


def _width() -> int:
    return max(_NARROWEST, shutil.get_terminal_size((100, 24)).columns)


def _filled(text: str, indent: str = "      ") -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        _width(),
        initial_indent=indent,
        subsequent_indent=indent or "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
