"""Going back to an earlier release, once every byte of it is verified."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.errors import LoadError
from kg.store.files import replace_text
from kg.store.history import Entry, read_history, way_back
from kg.store.locking import build_lock
from kg.store.release_writing import damage_of, in_use, refusal
from kg.store.releases import POINTER, Release, again, back, open_folder, pointed, read_pointer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class RolledBack:
    """What a rollback did."""

    release: Release
    entry: Entry
    left: str
    """The release that was in use until then; empty when the pointer was damaged."""


def roll_back(
    home: Path,
    name: str = "",
    *,
    wait: float = 0.0,
    tell: Callable[[str], None] | None = None,
) -> RolledBack:
    """Make an earlier release the one in use, once every byte of it is verified.

    Args:
        home: The folder of releases.
        name: The release; left out, the one that was in use before the present one was built.
        wait: Seconds to wait for a build that holds the lock.
        tell: Told in words when there is something to wait for.

    Raises:
        LoadError: If there is no such release, or it is damaged.
        KgError: If the pointer cannot be written.
    """
    left = entry = None
    try:
        if not read_history(home):
            pointed(home)  # which says that there is none
        with build_lock(home, wait=wait, tell=tell):
            entries = read_history(home)
            left = read_pointer(home)
            entry = _way(home, name, left, entries)
            faults = damage_of(home / entry.name)
            if faults:
                found = f"the release {entry.name} is damaged: {'; '.join(faults)}"
                raise _no_way(home, found, entries)
            release = open_folder(home, entry.name)
            replace_text(home / POINTER, f"{entry.name}\n")
            return RolledBack(release, entry, left)
    except OSError as error:
        swapped = entry is not None and in_use(home) == entry.name != left
        raise refusal(home, error, swapped=swapped) from error


def _way(home: Path, name: str, used: str, entries: list[Entry]) -> Entry:
    """Return the release to go back to: the named one, or the one before the one in use."""
    if name:
        for entry in entries:
            if entry.name == name:
                return entry
        raise _no_way(home, f"there is no release {name!r}", entries)
    way = way_back(used, entries)
    if not way:
        raise _no_way(home, "there is no earlier release", entries)
    return way[0]


def _no_way(home: Path, message: str, entries: list[Entry]) -> LoadError:
    whole = [each.name for each in reversed(entries) if not damage_of(home / each.name)]
    hint = f"whole are: {', '.join(whole)}; choose one with: {back(home)} NAME"
    if not whole:
        hint = f"no release there is whole; make one with: {again(home)}"
    elif len(entries) == 1:
        hint = f"{whole[0]} is the only release there is"
    return LoadError("rollback", f"{message} in {home}", hint=hint)
