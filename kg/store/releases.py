"""Releases: one immutable folder a build, and a pointer to the one in use.

A release is written aside, under a name that says its content, and then swapped in by
replacing one small file. Readers see the old release or the new one, never half of either.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.errors import KgError, LoadError
from kg.store.stored_graph import read_index

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph

FOLDER: Final = ".kg"
POINTER: Final = "current"
MANIFEST: Final = "manifest.json"
INDEX: Final = "lineage.index"
QUADS: Final = "lineage.nq"
_CHUNK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Release:
    """A finished build on disk."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def name(self) -> str:
        """The release's name: the first digits of the hash of what it was built from."""
        return self.folder.name

    @property
    def quads(self) -> Path:
        """The path of the canonical N-Quads."""
        return self.folder / QUADS

    def graph(self) -> KnowledgeGraph:
        """Read the release's graph.

        Raises:
            LoadError: If the index is missing or broken.
        """
        return read_index(self.folder / INDEX)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    total = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            total.update(chunk)
    return total.hexdigest()


def write_release(home: Path, name: str, files: dict[str, bytes], facts: dict[str, Any]) -> Release:
    """Write a release aside and swap it in.

    Args:
        home: The folder of releases (`.kg`), made when missing.
        name: The name of the release; the same content has the same name.
        files: The content of each file.
        facts: What the manifest says beside the hashes of the files.

    Raises:
        KgError: `release-write` when the disk refuses; the release in use stays as it was.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        target = home / name
        manifest = {**facts, "files": {key: _hash(text) for key, text in sorted(files.items())}}
        written = json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        if not _is_whole(target, written):
            aside = Path(tempfile.mkdtemp(prefix=".building-", dir=home))
            try:
                for key, text in files.items():
                    _write_through(aside / key, text)
                _write_through(aside / MANIFEST, written.encode())
                aside.chmod(0o755)
                if target.exists():
                    # Only a broken folder of the same name is ever replaced.
                    shutil.rmtree(target)
                aside.rename(target)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        _point(home, name)
    except OSError as error:
        raise KgError(
            "release-write",
            f"the release cannot be written to {home}: {error.strerror or error}",
            hint="the release in use is as it was; free space, or choose a folder with -o",
        ) from error
    return Release(target, manifest)


def _is_whole(folder: Path, manifest: str) -> bool:
    """Tell whether a folder holds exactly the release that this manifest describes."""
    try:
        if (folder / MANIFEST).read_text(encoding="utf-8") != manifest:
            return False
        files = json.loads(manifest)["files"]
        return all(hash_file(folder / key) == value for key, value in files.items())
    except (OSError, ValueError):
        return False


def open_release(home: Path) -> Release:
    """Open the release in use.

    Raises:
        LoadError: If there is none, or it is not whole.
    """
    try:
        name = (home / POINTER).read_text(encoding="utf-8").strip()
        folder = home / name
        if not name or folder.parent != home:
            raise LoadError(
                "release-broken",
                f"the pointer {home / POINTER} is damaged",
                hint="build it again with: kg build",
            )
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except OSError as error:
        raise LoadError(
            "no-release", f"there is no release in {home}", hint="make one with: kg build"
        ) from error
    except ValueError as error:
        raise LoadError(
            "release-broken",
            f"the manifest in {home} cannot be read: {error}",
            hint="build it again with: kg build",
        ) from error
    return Release(folder, manifest)


def has_release(home: Path) -> bool:
    """Tell whether a folder has a release in use."""
    return (home / POINTER).is_file()


def write_text(path: Path, text: str) -> None:
    """Write a file so that it is never seen half written.

    Raises:
        KgError: `file-write` when the disk refuses.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_text(Path(folder) / "a.txt", "yes")
        ...     (Path(folder) / "a.txt").read_text()
        'yes'
    """
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="", dir=path.parent, prefix=".writing-", delete=False
        ) as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        made = Path(stream.name)
        made.chmod(0o644)
        made.replace(path)
    except OSError as error:
        raise KgError(
            "file-write",
            f"cannot write {path}: {error.strerror or error}",
            hint="check that the folder exists and has space",
        ) from error


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_through(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _point(home: Path, name: str) -> None:
    """Make a release the one in use."""
    handle, made = tempfile.mkstemp(prefix=".pointing-", dir=home)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            stream.write(name + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        Path(made).chmod(0o644)
        Path(made).replace(home / POINTER)
    except OSError:
        with contextlib.suppress(OSError):
            Path(made).unlink()
        raise
