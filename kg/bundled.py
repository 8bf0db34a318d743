"""The release of the bundled data: made at first use, kept in the user's cache."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from kg.errors import InstallationError, LoadError
from kg.model.identifiers import digest
from kg.resources import data_folder, share
from kg.store.releases import FOLDER, Release, has_release, open_release

_BUILD_SECONDS: Final = 600
_STATE: Final = frozenset({".csv", ".txt", ".ttl", ".rq", ".py", ".json"})
"""Endings of the files on which the bundled release depends."""


def cache_folder() -> Path:
    """Return the folder for the release of the bundled data, one for each state of the data.

    Example:
        >>> cache_folder().parent.name
        'policy-lineage'
    """
    base = os.environ.get("KG_CACHE") or os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base else Path.home() / ".cache"
    package = Path(__file__).parent
    folders = [share() / name for name in ("data", "ontology")]
    folders += [package / name for name in ("model", "store", "building", "registers")]
    parts = []
    for folder in folders:
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in _STATE:
                state = path.stat()
                parts.append(f"{path.relative_to(folder)}:{state.st_size}:{state.st_mtime_ns}")
    return home / "policy-lineage" / digest(parts)


def bundled_release() -> Release:
    """Return the release of the bundled data, building it at first use.

    The build runs in a process of its own, so that whoever asks stays small.

    Raises:
        InstallationError: If the bundled data cannot be built.
    """
    home = cache_folder()
    if not _opens(home):
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            [
                sys.executable,
                "-P",  # A folder called kg in which somebody stands is not ours.
                "-m",
                "kg",
                "build",
                "--data",
                str(data_folder()),
                "-o",
                str(home),
                "--no-shapes",
                "--wait",
                str(_BUILD_SECONDS),
                "--keep",
                "1",
                "-q",
            ],
            check=False,
            capture_output=True,
            text=True,
            timeout=2 * _BUILD_SECONDS,  # it may wait for another build first
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(
                    [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
                ),
            },
        )
        if done.returncode:
            raise InstallationError(
                "bundled-build",
                "the bundled data cannot be built:\n" + done.stderr.strip(),
                hint=f"set KG_CACHE to a folder that can be written ({home.parent} is used now); "
                "if that does not help, install the package again",
            )
    return open_release(home)


def _opens(home: Path) -> bool:
    """Tell whether a release is there and whole; what can be made again is made again."""
    try:
        open_release(home)
    except LoadError:
        return False
    return True


def find_release(path: str | Path | None = None) -> Release:
    """Return a release: the one asked for, one's own in `.kg`, or that of the bundled data.

    Raises:
        LoadError: If the folder asked for holds no release.
    """
    if path is not None:
        return open_release(Path(path))
    own = Path(FOLDER)
    return open_release(own) if has_release(own) else bundled_release()
