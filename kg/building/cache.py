"""What one build keeps for the next: sealed folders named by what they were made from.

A folder's name is the hash of what its maker was given; its seal says the hash of each of its
files, and what the maker asked of the rest of the registers with the answer it got (its
*trace*). It is believed only while its files have the hashes of the seal and every question
still has the same answer: then making it again would give the same.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kg.building.encoding import DamagedError
from kg.store.files import hash_file
from kg.store.release_writing import refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER: Final = "units"
_SEAL: Final = "seal.json"
Trace = list[list[str]]
"""Questions with their answers: kind, name, answer."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed folder."""

    folder: Path
    result: str
    """A hash of everything in it, and of the answers that it depends on."""
    facts: dict[str, Any]

    def path(self, name: str) -> Path:
        """Return the path of one of its files."""
        return self.folder / name


@dataclass(slots=True)
class Draft:
    """A folder that is being written."""

    folder: Path
    facts: dict[str, Any] = field(default_factory=dict)
    trace: Trace = field(default_factory=list)
    reusable: bool = True
    """Whether later builds may believe it; what has faults serves this run only."""
    entry: Entry | None = None
    """The sealed folder, once it is."""

    def path(self, name: str) -> Path:
        """Return the path of one of its files."""
        return self.folder / name


class Cache:
    """The sealed folders below a folder of releases.

    Args:
        home: The folder of releases.
    """

    def __init__(self, home: Path) -> None:
        self.folder = home / FOLDER
        self._used: set[str] = set()

    def find(self, key: str, holds: Callable[[Trace], bool]) -> Entry | None:
        """Return a sealed folder if it is whole and its answers still hold.

        Args:
            key: Its name.
            holds: Tells whether every question still has the answer it had.
        """
        folder = self.folder / key
        try:
            seal = (folder / _SEAL).read_text(encoding="utf-8")
            total, _, body = seal.partition("\n")
            if hashlib.sha256(body.encode()).hexdigest() != total:
                return None
            content = json.loads(body)
            if not content["reusable"] or not holds(content["trace"]):
                return None
            for name, value in content["files"].items():
                if hash_file(folder / name) != value:
                    return None
            facts = content["facts"]
        except (OSError, ValueError, KeyError, TypeError, AttributeError, DamagedError):
            # Whatever is wrong with it, it is made again.
            return None
        self._used.add(key)
        return Entry(folder, total, facts)

    @contextlib.contextmanager
    def draft(self, key: str) -> Iterator[Draft]:
        """Give a folder to write in, and seal it under its name at the end.

        Args:
            key: Its name.

        Raises:
            KgError: `release-write` when the disk refuses.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            aside = Path(tempfile.mkdtemp(prefix=".writing-", dir=self.folder))
            try:
                made = Draft(aside)
                yield made
                made.entry = self._seal(key, made)
            finally:
                shutil.rmtree(aside, ignore_errors=True)
        except OSError as error:
            raise refusal(self.folder.parent, error) from error

    def _seal(self, key: str, made: Draft) -> Entry:
        files = {path.name: hash_file(path) for path in sorted(made.folder.iterdir())}
        content = {
            "files": files,
            "trace": made.trace,
            "facts": made.facts,
            "reusable": made.reusable,
        }
        body = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
        total = hashlib.sha256(body.encode()).hexdigest()
        (made.folder / _SEAL).write_text(f"{total}\n{body}", encoding="utf-8")
        made.folder.chmod(0o755)
        target = self.folder / key
        _discard(target)
        made.folder.rename(target)
        self._used.add(key)
        return Entry(target, total, made.facts)

    def sweep(self) -> None:
        """Remove what this build did not use, and what killed builds left behind."""
        for folder in self.folder.iterdir() if self.folder.is_dir() else ():
            if folder.name not in self._used:
                with contextlib.suppress(OSError):
                    _discard(folder)

    def clear(self) -> None:
        """Remove everything."""
        self._used.clear()
        self.sweep()


def _discard(path: Path) -> None:
    """Remove whatever has a name; a link is removed, and never what it leads to."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
