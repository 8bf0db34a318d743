"""Writing releases: aside, flushed, read back, swapped in by one small file.

Whatever happens meanwhile (a kill, a full disk, a power cut) the release in use stays as it
was, until the pointer is replaced in one step; what was left aside is removed by the next
build that holds the lock.
"""

from __future__ import annotations

import contextlib
import errno
import itertools
import json
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import KgError, LoadError
from kg.store.files import hash_file, replace_text, sync_folder, sync_tree
from kg.store.history import enter, read_history, way_back
from kg.store.locking import alone, build_lock
from kg.store.releases import (
    CACHES,
    FORMAT,
    MANIFEST,
    POINTER,
    Release,
    damage,
    is_name,
    open_folder,
    read_manifest,
    read_pointer,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KEEP: Final = 3
"""How many releases are kept, the one in use among them."""
_ASIDE: Final = ".building-"
_REMOVING: Final = ".removing-"
_LEFT: Final = re.compile(r"\.(?:building|removing|swapping)-[0-9a-f]{12}")
_HINTS: Final = {
    errno.ENOSPC: "the disk is full: free space",
    errno.EDQUOT: "your share of the disk is used up: free space",
    errno.EFBIG: "files may not grow as large as this here: raise the limit (ulimit -f)",
    errno.EROFS: "the folder can only be read",
    errno.EACCES: "the folder is not yours to write",
    errno.EPERM: "the folder is not yours to write",
    errno.EEXIST: "that is a file and no folder",
    errno.ENOTDIR: "that is a file and no folder",
}
_FREE, _DAMAGED, _SAME = "free", "damaged", "same"
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
"""Refusals that only writing meets."""


Files = dict[str, dict[str, Any]]
"""The size and SHA-256 of each file of a release, by its name."""


class ReleaseWriter:
    """A release in the making, in a folder of its own beside the finished ones.

    Args:
        home: The folder of releases.
        folder: Where to write; on the same file system as the releases.
        keep: How many releases to keep once this one is in use.
    """

    def __init__(self, home: Path, folder: Path, keep: int) -> None:
        self.home = home
        self.folder = folder
        self._keep = keep
        self._placed: Path | None = None

    def path(self, name: str) -> Path:
        """Return the path of a file to write, its folder made.

        Raises:
            KgError: `release-name` if it would not lie in the release.
        """
        path = self.folder / name
        if Path(name).is_absolute() or ".." in path.parts or path == self.folder:
            raise KgError(
                "release-name",
                f"{name!r} does not lie in the release",
                hint="give a path inside it",
            )
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def commit(self, name: str | Callable[[Files], str], facts: dict[str, Any]) -> Release:
        """Flush, hash, read back, put in place, swap in and prune.

        Args:
            name: The name of the release; the same content has the same name. It may be made
                from what is known of the files, their hashes among it.
            facts: What the manifest says beside names, sizes and hashes of the files.

        Raises:
            KgError: `release-write` when the disk refuses, `release-unsound` when it gives
                back other bytes than were written; the release in use stays as it was.
                `release-name` when the name cannot be one.
        """
        before = in_use(self.home)
        try:
            folder = self._put(name, facts)
            release = open_folder(self.home, folder.name)
            enter(self.home, folder.name)
            replace_text(self.home / POINTER, f"{folder.name}\n")
        except BaseException as error:
            self._undo()
            if isinstance(error, OSError):
                swapped = in_use(self.home) != before
                raise refusal(self.home, error, swapped=swapped) from error
            raise
        prune(self.home, self._keep)
        return release

    def _undo(self) -> None:
        """Remove what was put in place but is not in use: on a full disk it would be in the way."""
        with contextlib.suppress(OSError):
            if self._placed and self._placed.name != read_pointer(self.home):
                _discard(self._placed)

    def _put(self, name: str | Callable[[Files], str], facts: dict[str, Any]) -> Path:
        """Put the finished folder beside the other releases, and return where it lies."""
        sync_tree(self.folder)
        files, caches = _survey(self.folder)
        if not isinstance(name, str):
            name = name(files)
        if not is_name(name):
            raise KgError(
                "release-name",
                f"{name!r} cannot name a release",
                hint="letters, digits, dots, dashes and underscores; none of the names in use",
            )
        target, state = self._target(name, files)
        said = {"format": FORMAT, "name": target.name, "files": files, "caches": caches}
        manifest = {**facts, **said}
        text = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        replace_text(self.folder / MANIFEST, text)
        faults = damage_of(self.folder)
        if faults:
            raise KgError(
                "release-unsound",
                f"the disk gives back other bytes than were written to {self.home}: "
                + "; ".join(faults),
                hint="the release in use is as it was; check the disk, or choose another folder "
                "with -o",
            )
        if state == _SAME:
            self._refresh(target, text, caches)
        else:
            if state == _DAMAGED:
                # Nothing can be lost here: what is replaced cannot be opened any more.
                _discard(target)
            self.folder.rename(target)
            self._placed = target
        sync_folder(self.home)
        return target

    def _target(self, name: str, files: dict[str, Any]) -> tuple[Path, str]:
        """Return the folder for a name and what is there: never another whole release.

        A name says the content. Should two contents claim one name, the second gets a number.
        """
        for number in itertools.count(1):
            target = self.home / (name if number == 1 else f"{name}-{number}")
            if not os.path.lexists(target):
                return target, _FREE
            if damage_of(target):
                return target, _DAMAGED
            if read_manifest(target)["files"] == files:
                return target, _SAME
        raise AssertionError  # there are more numbers than folders

    def _refresh(self, target: Path, manifest: str, caches: list[str]) -> None:
        """Give the same release, already there, what is new: each in one step."""
        for name in caches:
            if not (target / name).exists():
                (self.folder / name).rename(target / name)
        if (target / MANIFEST).read_text(encoding="utf-8") != manifest:
            replace_text(target / MANIFEST, manifest)
        sync_folder(target)


@contextlib.contextmanager
def write_aside(
    home: Path,
    *,
    wait: float = 0.0,
    keep: int = KEEP,
    tell: Callable[[str], None] | None = None,
) -> Iterator[ReleaseWriter]:
    """Hold the build lock of a folder of releases and write a release aside.

    Left without a commit, nothing has changed.

    Args:
        home: The folder of releases (`.kg`), made when missing.
        wait: Seconds to wait for another build that holds the lock.
        keep: How many releases to keep, the one in use among them.
        tell: Told in words when there is something to wait for.

    Raises:
        KgError: `build-running` when another build holds the lock; `release-write` when the
            disk refuses, in the body too.

    Example:
        >>> import tempfile
        >>> from kg.store.releases import pointed
        >>> with tempfile.TemporaryDirectory() as home:
        ...     with write_aside(Path(home)) as writer:
        ...         _ = writer.path("lineage.nq").write_text("")
        ...         release = writer.commit("1f", {"version": "1"})
        ...     (release.name, in_use(Path(home)))
        ('1f', '1f')
    """
    with contextlib.ExitStack() as stack:
        folder = home / f"{_ASIDE}{os.urandom(6).hex()}"
        try:
            home.mkdir(parents=True, exist_ok=True)
            stack.enter_context(build_lock(home, wait=wait, tell=tell))
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            _sweep(home)
            folder.mkdir()
        except OSError as error:
            raise refusal(home, error) from error
        try:
            yield ReleaseWriter(home, folder, keep)
        except OSError as error:
            if _is_refusal(folder, error):
                raise refusal(home, error) from error
            raise


def write_release(
    home: Path,
    name: str,
    files: dict[str, str | bytes],
    facts: dict[str, Any],
    *,
    wait: float = 0.0,
    keep: int = KEEP,
    tell: Callable[[str], None] | None = None,
) -> Release:
    """Write a release of small files aside and swap it in; see `write_aside`.

    Raises:
        KgError: `release-write` when the disk refuses; the release in use stays as it was.
    """
    with write_aside(home, wait=wait, keep=keep, tell=tell) as writer:
        for key, text in files.items():
            writer.path(key).write_bytes(text.encode() if isinstance(text, str) else text)
        return writer.commit(name, facts)


def prune(home: Path, keep: int) -> None:
    """Remove the releases that are not to be kept.

    Kept are the one in use, then those that rollbacks lead to, then the newest others, and
    damaged ones last. A
    release that a process holds open is left for a later build. One that a process has only
    mapped into memory or opened as a file goes on answering after its names are gone, for
    as long as it stays open: that is how POSIX removes files.
    """
    # What cannot be removed stays listed by `kg releases` and is tried again by the next build.
    with contextlib.suppress(OSError):
        entries, used = read_history(home), read_pointer(home)
        if not used:
            return
        order = [entry.name for entry in way_back(used, entries)]
        order += [entry.name for entry in reversed(entries) if entry.name not in order]
        others = [name for name in order if name != used]
        # A damaged one takes no place of one that can be gone back to.
        others.sort(key=lambda name: not _opens(home / name))
        old = others[max(keep, 1) - 1 :]
        for name in old:
            with contextlib.suppress(OSError, LoadError):
                read_manifest(home / name)  # nothing but a release is ever removed
                with alone(home / name) as unread:
                    if unread:
                        _discard(home / name)


def refusal(home: Path, error: OSError, *, swapped: bool = False) -> KgError:
    """Return a refusal of the disk in the words of this project.

    Args:
        home: The folder of releases.
        error: The refusal.
        swapped: Whether it came after the pointer was replaced.
    """
    known = _HINTS.get(error.errno or 0, "check the disk")
    if "No space left" in str(error):
        known = _HINTS[errno.ENOSPC]
    after = "the release in use is as it was"
    if swapped:
        after = "the other release is in use, but a power cut could still bring back the one before"
    return KgError(
        "release-write",
        f"the release cannot be written to {home}: {error.strerror or error}",
        hint=f"{known}, or choose another folder with -o; {after}",
    )


def in_use(home: Path) -> str:
    """Return the name of the release in use, as far as that can be told at this moment."""
    try:
        return read_pointer(home)
    except OSError:
        return ""


def _opens(folder: Path) -> bool:
    """Tell whether a release is there with all its files in their sizes."""
    try:
        return not damage(folder, read_manifest(folder))
    except LoadError:
        return False


def damage_of(folder: Path) -> list[str]:
    """Return what is wrong with a folder that should be a release, every byte read."""
    try:
        return damage(folder, read_manifest(folder), hashes=True)
    except LoadError as error:
        return [error.message]


def _survey(folder: Path) -> tuple[dict[str, dict[str, Any]], list[str]]:
    """Return the size and hash of every file that is to be verified, and the caches."""
    files = {}
    for path in sorted(folder.rglob("*")):
        key = path.relative_to(folder)
        if key.parts[0] not in CACHES and path.is_file():
            files[key.as_posix()] = {"size": path.stat().st_size, "sha256": hash_file(path)}
    return files, sorted(name for name in CACHES if (folder / name).is_dir())


def _discard(path: Path) -> None:
    """Take a folder out of sight in one step, then remove it."""
    away = path.with_name(f"{_REMOVING}{os.urandom(6).hex()}")
    path.rename(away)
    # Else a power cut could bring it back under its name with half of its files.
    sync_folder(path.parent)
    _remove(away)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _sweep(home: Path) -> None:
    """Remove what builds left that ended too early; whoever holds the lock knows they are dead."""
    for path in list(home.iterdir()):
        if _LEFT.fullmatch(path.name):
            with contextlib.suppress(OSError):
                _remove(path)


def _is_refusal(folder: Path, error: OSError) -> bool:
    """Tell whether an error of the body is the disk's refusal to take the release."""
    if error.errno in _FULL or (error.errno is None and "No space left" in str(error)):
        return True
    return isinstance(error.filename, str) and Path(error.filename).is_relative_to(folder)
