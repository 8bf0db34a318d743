"""The history of a folder of releases: which was built when, after which, and which is whole.

The sequence number decides the order, never the clock: a clock that is set back does no harm.
What differs between two equal builds stands here, so that the releases themselves are equal.
"""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from kg.errors import LoadError
from kg.store.files import replace_text
from kg.store.releases import HISTORY, damage, is_name, pointed, read_manifest, read_pointer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One release in the history."""

    sequence: int
    name: str
    built: str = ""
    """When, in UTC; empty when the history was lost and the release was found on disk."""
    before: str = ""
    """The release that was in use when this one was built: where a rollback leads."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One release as `kg releases` shows it."""

    entry: Entry
    manifest: dict[str, Any]
    in_use: bool
    damage: tuple[str, ...]

    @property
    def version(self) -> str:
        """The version of the program that built it, as far as the manifest says."""
        return str(self.manifest.get("version", ""))

    def count(self, key: str) -> int | None:
        """Return one of the counts, if the manifest says it."""
        counts = self.manifest.get("counts")
        number = counts.get(key) if isinstance(counts, dict) else None
        return number if type(number) is int else None


def list_releases(home: Path, *, hashes: bool = False) -> tuple[list[Listed], list[str]]:
    """Return the releases on disk, the newest first, and what is wrong with pointer or history.

    Args:
        home: The folder of releases.
        hashes: Read every byte of every file; else only sizes are compared.

    Raises:
        LoadError: If there is none, or the folder cannot be read.
    """
    try:
        entries, used = read_history(home), read_pointer(home)
        faulty = _read_lines(home)[1]
    except OSError as error:
        raise LoadError(
            "load-file",
            f"{home} cannot be read: {error.strerror or error}",
            hint="check the disk and who may read the folder",
        ) from error
    problems = []
    try:
        pointed(home)
    except LoadError as error:
        if not entries:
            raise
        problems.append(f"{error.message}; {error.hint}")
    if faulty:
        problems.append(f"{home / HISTORY} cannot be read on line {', '.join(map(str, faulty))}")
    found = []
    for entry in sorted(entries, reverse=True):
        folder = home / entry.name
        manifest: dict[str, Any] = {}
        try:
            manifest = read_manifest(folder)
            faults = tuple(damage(folder, manifest, hashes=hashes))
        except LoadError as error:
            faults = (error.message,)
        # A build that ran meanwhile may have pruned it: that is no damage.
        if folder.is_dir() or entry.name == used:
            found.append(Listed(entry, manifest, entry.name == used, faults))
    return found, problems


def read_history(home: Path) -> list[Entry]:
    """Return the history of the releases on disk, the oldest first.

    A line that cannot be read is left out; its release, if it is there, is entered again
    among the oldest. The release in use is always in the history, even if its folder is gone.

    Raises:
        OSError: If the folder or the history cannot be read at this moment.
    """
    known = _read_lines(home)[0]
    present = _on_disk(home, set(known))
    if used := read_pointer(home):
        present.setdefault(used, 0)
    lost = sorted((when, name) for name, when in present.items() if name not in known)
    first = min((entry.sequence for entry in known.values()), default=len(lost) + 1)
    found, before = [], ""
    for number, (_, name) in enumerate(lost, start=first - len(lost)):
        found.append(Entry(number, name, "", before))
        before = name
    return sorted([*found, *_without(known, set(known) - set(present))])


def way_back(used: str, entries: Iterable[Entry]) -> list[Entry]:
    """Return the releases that rollbacks lead to from the one in use, one after the other.

    From no release (a pointer that is lost or damaged) the way leads to the newest first.

    Example:
        >>> entries = [Entry(1, "a"), Entry(2, "b", "", "a"), Entry(3, "c", "", "a")]
        >>> [entry.name for entry in way_back("c", entries)]
        ['a']
        >>> [entry.name for entry in way_back("", entries)]
        ['c', 'a']
    """
    by_name = {entry.name: entry for entry in entries}
    newest = max(by_name.values(), default=Entry(0, ""))
    here = by_name.get(used) or Entry(sys.maxsize, "", before=newest.name)
    way = []
    # A rollback always leads to a lower number: no history, however odd, makes it go in circles.
    while (after := by_name.get(here.before)) and after.sequence < here.sequence:
        way.append(after)
        here = after
    return way


def enter(home: Path, name: str) -> Entry:
    """Enter a release that was just built as the newest, and write the history.

    Raises:
        OSError: If the disk refuses; the history is then as it was.
    """
    # The folder of the new release is there already, but in no history yet.
    found = [entry for entry in read_history(home) if entry.name != name or entry.built]
    entries = {entry.name: entry for entry in found}
    used = read_pointer(home)
    newest = max(entries.values(), default=Entry(0, ""))
    if name == used == newest.name and newest.built:
        return newest
    # With the pointer lost, the newest release is the best guess of what was in use.
    before = used or newest.name
    if before == name and name in entries:
        before = entries[name].before
    rest = _without(entries, {name})
    if before == name or before not in {entry.name for entry in rest}:
        before = ""
    entry = Entry(max(newest.sequence, 0) + 1, name, now(), before)
    lines = [json.dumps(asdict(each), ensure_ascii=False) for each in [*rest, entry]]
    replace_text(home / HISTORY, "".join(f"{line}\n" for line in lines))
    return entry


def now() -> str:
    """Return the time as the history writes it: in UTC, by a clock that nothing relies on."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def _read_lines(home: Path) -> tuple[dict[str, Entry], list[int]]:
    """Return the entries of the file by name, and the numbers of the lines that are none."""
    known: dict[str, Entry] = {}
    faulty = []
    try:
        text = (home / HISTORY).read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError):
        text = ""
    for number, line in enumerate(text.splitlines(), start=1):
        entry = _parse(line)
        if entry:
            known[entry.name] = entry
        else:
            faulty.append(number)
    return known, faulty


def _without(entries: dict[str, Entry], names: set[str]) -> list[Entry]:
    """Return entries without some; what came after those then comes after what was before."""
    kept = []
    for entry in entries.values():
        if entry.name in names:
            continue
        before, seen = entry.before, set[str]()
        while before in names and before in entries and before not in seen:
            seen.add(before)
            before = entries[before].before
        kept.append(replace(entry, before="" if before in names else before))
    return kept


def _on_disk(home: Path, known: set[str]) -> dict[str, int]:
    """Return the names of the folders that hold a release, with the time of their last change."""
    found: dict[str, int] = {}
    try:
        names = [path.name for path in home.iterdir() if is_name(path.name)]
    except (FileNotFoundError, NotADirectoryError):
        return found
    for name in names:
        folder = home / name
        # A folder that no history knows is a release only if it says so: it may be anybody's.
        if folder.is_dir() and (name in known or _is_release(folder)):
            with contextlib.suppress(FileNotFoundError):  # pruned at this moment
                found[name] = folder.stat().st_mtime_ns
    return found


def _is_release(folder: Path) -> bool:
    try:
        read_manifest(folder)
    except LoadError:
        return False
    return True


def _parse(line: str) -> Entry | None:
    try:
        said = json.loads(line)
        entry = Entry(*(said[key] for key in ("sequence", "name", "built", "before")))
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    texts = (entry.name, entry.built, entry.before)
    if type(entry.sequence) is not int or not all(isinstance(text, str) for text in texts):
        return None
    return entry if is_name(entry.name) else None
