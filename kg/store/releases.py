"""Releases: one immutable folder a build, and a pointer to the one in use.

A release is written aside (`kg.store.release_writing`), under a name that says its content,
and then swapped in by replacing one small file. Readers see the old release or the new
one, never half of either.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from kg.errors import LoadError
from kg.store.files import hash_file, write_text
from kg.store.locking import Hold, hold
from kg.store.stored_graph import read_index

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph

__all__ = [
    "CACHES",
    "FOLDER",
    "HISTORY",
    "INDEX",
    "QUADS",
    "Release",
    "damage",
    "has_release",
    "hash_file",
    "open_folder",
    "open_release",
    "pointed",
    "read_pointer",
    "write_text",
]

FOLDER: Final = ".kg"
POINTER: Final = "current"
HISTORY: Final = "history.jsonl"
MANIFEST: Final = "manifest.json"
INDEX: Final = "lineage.index"
QUADS: Final = "lineage.nq"
FORMAT: Final = "policy-lineage release 1"
STORE: Final = "store"
CACHES: Final = frozenset({STORE})
"""Folders inside a release that can be made again from its files, and are not hashed."""
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_TAKEN: Final = frozenset({POINTER, HISTORY, "lock", "units"})
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_POINTER_BYTES: Final = 200
_TRIES: Final = 1000


@dataclass(frozen=True, slots=True)
class Release:
    """A finished build on disk; while it is referred to, its folder is not pruned."""

    folder: Path
    manifest: dict[str, Any]
    held: Hold | None = field(default=None, compare=False, repr=False)

    @property
    def name(self) -> str:
        """The release's name: the first digits of the hash of what it was built from."""
        return self.folder.name

    @property
    def quads(self) -> Path:
        """The path of the canonical N-Quads."""
        return self.folder / QUADS

    @property
    def store(self) -> Path:
        """The path of the Oxigraph folder, which only a large release carries."""
        return self.folder / STORE

    def graph(self) -> KnowledgeGraph:
        """Read the release's graph.

        Raises:
            LoadError: If the index is missing or broken.
        """
        return read_index(self.folder / INDEX, self._governance())

    def _governance(self) -> dict[str, tuple[Path, str]]:
        """Return where the release keeps waivers and reviews, with the names of their originals.

        Only what the manifest vouches for counts: nobody excuses a finding by adding a file.
        """
        said = self.manifest.get("governance")
        files = self.manifest["files"]
        return {
            name: (self.folder / f"{name}.csv", str(shown))
            for name, shown in (said.items() if isinstance(said, dict) else ())
            if f"{name}.csv" in files
        }


def has_release(home: Path) -> bool:
    """Tell whether a folder holds releases: one in use, or a history that has lost its pointer."""
    try:
        return os.path.lexists(home / POINTER) or (home / HISTORY).is_file()
    except OSError:  # such as a name that is too long
        return False


def open_release(home: Path) -> Release:
    """Open the release in use.

    Raises:
        LoadError: If there is none, or it is not whole: a file is missing or has another size.
    """
    for _ in range(_TRIES):
        before = _swap(home)
        name = pointed(home)
        try:
            return open_folder(home, name)
        except LoadError:
            # A build may have swapped, and pruned what was just read. Then look again.
            if _swap(home) == before:
                raise
    raise LoadError(
        "release-restless",
        f"the release in {home} changes faster than it can be opened",
        hint="try again; something builds there without pause",
    )


def read_pointer(home: Path) -> str:
    """Return the name of the release in use; empty when there is no pointer, or a damaged one.

    Raises:
        OSError: If the pointer is there and cannot be read at this moment.
    """
    try:
        with (home / POINTER).open("rb") as stream:
            name = stream.read(_POINTER_BYTES).decode().removesuffix("\n")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, ValueError):
        return ""
    return name if is_name(name) else ""


def pointed(home: Path) -> str:
    """Return the name of the release in use.

    Raises:
        LoadError: If there is none, or the pointer is damaged.
    """
    path = home / POINTER
    try:
        name = read_pointer(home)
    except OSError as error:
        raise LoadError(
            "load-file",
            f"the pointer {path} cannot be read: {error.strerror or error}",
            hint="check the disk and who may read the folder",
        ) from error
    if name:
        return name
    if not has_release(home):
        raise LoadError(
            "no-release", f"there is no release in {home}", hint=f"make one with: {again(home)}"
        )
    raise LoadError("release-broken", f"the pointer {path} is lost or damaged", hint=mending(home))


def open_folder(home: Path, name: str) -> Release:
    """Open a release by its name, whether or not it is in use.

    Raises:
        LoadError: If it is missing or not whole.
    """
    folder = home / name
    try:
        held = hold(folder)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError | NotADirectoryError)
        raise LoadError(
            "release-broken",
            f"the release {name} in {home} "
            + ("is missing" if gone else f"cannot be read: {error.strerror or error}"),
            hint=mending(home),
        ) from error
    try:
        manifest = read_manifest(folder)
    except LoadError as error:
        raise LoadError(
            "release-broken",
            f"the release {name} in {home} is damaged: {error.message}",
            hint=mending(home),
        ) from error
    found = damage(folder, manifest)
    if found:
        raise LoadError(
            "release-broken",
            f"the release {name} in {home} is damaged: {'; '.join(found)}",
            hint=mending(home),
        )
    return Release(folder, manifest, held)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read what a release says of itself.

    Raises:
        LoadError: If it cannot be read or does not say which files it has.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _faulty(folder, "is missing") from error
    except (OSError, ValueError, RecursionError) as error:
        raise _faulty(folder, f"cannot be read: {error}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise _faulty(folder, "is not that of a release of this version")
    files = manifest.get("files")
    if not isinstance(files, dict) or not files:
        raise _faulty(folder, "names no files")
    for key, entry in files.items():
        if not _is_inside(key) or not _is_entry(entry):
            raise _faulty(folder, f"has a faulty entry for {key!r}")
    return {"caches": [], "counts": {}, "version": "", **manifest}


def damage(folder: Path, manifest: dict[str, Any], *, hashes: bool = False) -> list[str]:
    """Return what is wrong with a release's files, in words; nothing when it is whole.

    Args:
        folder: The release.
        manifest: What it should hold.
        hashes: Read every byte; else only the sizes are compared.
    """
    found = []
    for key, entry in sorted(manifest["files"].items()):
        path = folder / key
        try:
            if not path.is_file():
                found.append(f"{key} is missing")
            elif (size := path.stat().st_size) != entry["size"]:
                found.append(f"{key} has {size} bytes instead of {entry['size']}")
            elif hashes and hash_file(path, fresh=True) != entry["sha256"]:
                found.append(f"{key} has other content than when it was built")
        except OSError as error:
            found.append(f"{key} cannot be read: {error.strerror or error}")
    return found


def is_name(name: str) -> bool:
    """Tell whether a text can name a release.

    Example:
        >>> [is_name(name) for name in ("2f41c", "../other", "lock", "")]
        [True, False, False, False]
    """
    return bool(_NAME.fullmatch(name)) and name not in _TAKEN


def again(home: Path) -> str:
    """Return the command that builds again what a folder of releases holds.

    Example:
        >>> again(Path("nowhere"))
        "kg build -o 'nowhere' (with --data PATH for data of your own)"
    """
    source = _source(home)
    data = f" --data '{source}'" if source else ""
    own = "" if source is not None else " (with --data PATH for data of your own)"
    return f"kg build{data}{_folder(home)}{own}"


def _folder(home: Path) -> str:
    return "" if home == Path(FOLDER) else f" -o '{home}'"


def _source(home: Path) -> str | None:
    """Return what the newest release that can be read was built from; empty: the bundled data."""
    found = []
    with contextlib.suppress(OSError):
        for path in home.iterdir():
            with contextlib.suppress(OSError, ValueError, AttributeError, RecursionError):
                text = (path / MANIFEST).read_text(encoding="utf-8")
                source = json.loads(text).get("source")
                if isinstance(source, str):
                    found.append(((path / MANIFEST).stat().st_mtime_ns, source))
    return max(found)[1] if found else None


def mending(home: Path) -> str:
    """Say what helps when a release is damaged."""
    return f"build it again with: {again(home)}, or go back with: {back(home)}"


def back(home: Path) -> str:
    """Return the command that goes back to an earlier release.

    Example:
        >>> back(Path("plans"))
        "kg build -o 'plans' --rollback"
    """
    return f"kg build{_folder(home)} --rollback"


def _swap(home: Path) -> tuple[int, ...]:
    """Return what changes whenever a release is swapped in."""
    try:
        state = (home / POINTER).stat()
    except OSError:
        return ()
    return (state.st_ino, state.st_mtime_ns, state.st_ctime_ns)


def _faulty(folder: Path, what: str) -> LoadError:
    return LoadError("release-broken", f"{MANIFEST} {what}", hint=mending(folder.parent))


def _is_inside(key: str) -> bool:
    path = PurePosixPath(key)
    return bool(path.parts) and not path.is_absolute() and not {"..", "\\"} & {*path.parts, *key}


def _is_entry(entry: object) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("size"), int)
        and isinstance(entry.get("sha256"), str)
        and bool(_SHA256.fullmatch(entry["sha256"]))
    )
