"""Opening a graph as it was: files, folders, releases by name, and revisions kept by git."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import weakref
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from kg.errors import LoadError
from kg.model.dating import as_of as dated
from kg.opening import load
from kg.registers.flat import read_flat_table
from kg.store.releases import FOLDER, MANIFEST, has_release, is_name, open_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.model.graph import KnowledgeGraph

GIT: Final = "git:"
DATA: Final = "data"
"""The data folder of a repository, when none is named."""
MOST: Final = 2 << 30
"""Bytes that are taken out of one revision."""
_REVISION: Final = re.compile(r"[^-\x00-\x20:\x7f][^\x00-\x20:\x7f]{0,199}")
"""What may name a commit; nothing that git could take for an option, a range of paths or a file."""
_BLOBS: Final = frozenset({"100644", "100755", "100664"})
_SECONDS: Final = 120
_HEADER: Final = 3
"""What git says before a blob: its name, what it is, and its size."""
_QUIET: Final = {
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "LC_ALL": "C",
}
"""Nothing is written, asked or fetched, and what is read is what the commit holds."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A graph as it was or is, and what to call it."""

    name: str
    graph: KnowledgeGraph

    def on(self, day: str | None) -> Revision:
        """Return it as it stands on a day; as it is when none is given."""
        if day is None:
            return self
        return Revision(f"{self.name} as of {day}", dated(self.graph, day))


def open_pair(
    old: str, new: str, *, as_of: str | None = None, old_as_of: str | None = None
) -> tuple[Revision, Revision]:
    """Open two revisions; one of git without a path takes that of the other.

    Args:
        old: What `open_revision` understands.
        new: The same.
        as_of: The day on which both are taken; left out, dates do not matter.
        old_as_of: Another day for the old one.

    Example:
        >>> from kg.resources import data_folder
        >>> first, second = open_pair(str(data_folder()), str(data_folder()))
        >>> len(first.graph.nodes) == len(second.graph.nodes)
        True
    """
    before, after = open_revision(old, beside=new), open_revision(new, beside=old)
    return before.on(old_as_of or as_of), after.on(as_of)


def open_revision(name: str, *, beside: str = "") -> Revision:
    """Open a graph by the name of a file, a folder, a release, or a revision kept by git.

    Registers with faults are read as far as they go; the faults become problems of the graph.

    Args:
        name: A flat table (CSV), a data folder, a folder of releases (the one in use is
            meant), a release folder or its name in `.kg`, or `git:REV` or `git:REV:PATH`.
        beside: What it is compared with: a path there is the default for `git:REV`.

    Raises:
        LoadError: If there is no graph there.

    Example:
        >>> from kg.resources import data_folder
        >>> open_revision(str(data_folder())).graph.flat
        False
    """
    if name.startswith(GIT):
        return Revision(name, _read_git(name, beside))
    place = Path(name)
    try:
        if (place / MANIFEST).is_file() and not has_release(place):
            own = place.resolve()
            return Revision(name, open_folder(own.parent, own.name).graph())
        if place.exists():
            return Revision(name, load(place, tolerant=True))
        named = is_name(name) and (Path(FOLDER) / name / MANIFEST).is_file()
    except (OSError, ValueError):  # a name that is too long, or holds what no path may
        named = False
    if named:
        return Revision(name, open_folder(Path(FOLDER), name).graph())
    raise LoadError(
        "no-revision",
        f"{name!r} is no file, no folder and no release in {FOLDER}",
        hint="give a flat table (CSV), a data folder, a folder of releases, the name of a release "
        "(kg releases lists them), or git:REV",
    )


def _read_git(name: str, beside: str) -> KnowledgeGraph:
    revision, colon, path = name.removeprefix(GIT).partition(":")
    if not _REVISION.fullmatch(revision):
        raise LoadError(
            "git-revision",
            f"{name!r} names no revision",
            hint="write git:REV or git:REV:PATH, such as git:HEAD~1 or git:v1.2:data/plan.csv",
        )
    other = Path(beside) if beside and not beside.startswith(GIT) else None
    here = Path()
    if other is not None and other.exists():
        here = other if other.is_dir() else other.parent
    repository = _Repository(here)
    if not colon:
        path = DATA
        if other is not None and other.exists():
            path = repository.inside(other)
    with repository.checkout(revision, path) as found:
        if found.is_file():
            return read_flat_table(found, shown=f"{revision}:{path}")
        if not (found / "documents.csv").is_file():
            raise LoadError(
                "git-revision",
                f"{path or '.'} holds no registers in revision {revision}",
                hint="name the data folder or the table: git:REV:PATH, from the root of the "
                "repository",
            )
        return _kept(load(found, tolerant=True))


def _kept(graph: KnowledgeGraph) -> KnowledgeGraph:
    """Keep a graph's waivers and reviews, which are read when they are asked for, as long as it."""
    if not graph.governance:
        return graph
    folder = Path(tempfile.mkdtemp(prefix="policy-lineage-"))
    held = {}
    for name, (path, shown) in graph.governance.items():
        held[name] = (Path(shutil.copy(path, folder / name)), shown)
    kept = replace(graph, governance=held)
    weakref.finalize(kept, shutil.rmtree, folder, ignore_errors=True)
    return kept


class _Repository:
    """A repository of git, of which only objects are read."""

    def __init__(self, here: Path) -> None:
        self._here = here
        program = shutil.which("git")
        if program is None:
            raise LoadError(
                "git-missing",
                "revisions are read with git, which is not installed",
                hint="install git, or compare with a release or a copy of the folder",
            )
        self._program = program
        self.root = Path(self._ask("rev-parse", "--show-toplevel", what="no repository here"))

    def inside(self, path: Path) -> str:
        """Return a path as seen from the root of the repository."""
        try:
            found = path.resolve().relative_to(self.root.resolve())
        except ValueError as error:
            raise _fault("git-path", f"{path} lies outside the repository {self.root}") from error
        return "" if found == Path() else found.as_posix()

    @contextmanager
    def checkout(self, revision: str, path: str) -> Iterator[Path]:
        """Write what a revision holds at a path into a folder of its own while it is read."""
        commit = self._ask(
            "rev-parse",
            "--verify",
            "--quiet",
            "--end-of-options",
            f"{revision}^{{commit}}",
            what=f"there is no revision {revision!r} in {self.root}",
        ).splitlines()[-1]
        parts = PurePosixPath(path).parts
        if any(part in {"..", "/"} for part in parts) or not path.isprintable():
            raise _fault("git-path", f"{path!r} is no path inside the repository")
        clean = "/".join(part for part in parts if part != ".")
        missing = f"revision {revision} holds no {clean or 'files'}"
        # The commit is a hash from here on, so nothing that was typed can be an option.
        found = self._ask("rev-parse", "--verify", "--quiet", f"{commit}:{clean}", what=missing)
        kind = self._ask("cat-file", "-t", found, what=missing)
        with tempfile.TemporaryDirectory(prefix="policy-lineage-") as folder:
            target = Path(folder) / (parts[-1] if kind == "blob" else "data")
            if kind == "blob":
                self._write([(found, target)])
            else:
                target.mkdir()
                self._write(self._entries(found, target, clean))
            yield target

    def _entries(self, tree: str, target: Path, shown: str) -> list[tuple[str, Path]]:
        """Return the files of a tree, and where to write them."""
        listed = self._run("ls-tree", "-r", "-z", "--full-tree", tree).stdout.decode(
            "utf-8", "surrogateescape"
        )
        found = []
        for entry in filter(None, listed.split("\0")):
            facts, _, name = entry.partition("\t")
            mode, _, blob = facts.split(" ")
            parts = PurePosixPath(name).parts
            if mode not in _BLOBS or {"..", "/", ".git"} & set(parts) or "\\" in name:
                said = f"{shown}/{name!r} is a link, another repository or an odd name: not read"
                raise _fault("git-path", said)
            found.append((blob, target.joinpath(*parts)))
        return found

    def _write(self, files: Sequence[tuple[str, Path]]) -> None:
        """Write blobs byte for byte; attributes of the repository change nothing."""
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as given:
            asked.write("".join(f"{blob}\n" for blob, _ in files).encode())
            asked.seek(0)
            self._run("cat-file", "--batch", source=asked, target=given)
            given.seek(0)
            left = MOST
            for _, path in files:
                header = given.readline().split()
                if len(header) != _HEADER or header[1] != b"blob":
                    raise _fault("git-revision", f"the repository lacks {path.name}")
                size = int(header[2])
                left -= size
                if left < 0:
                    raise _fault("git-revision", f"it holds more than {MOST >> 30} GiB")
                _write_file(path, given.read(size))
                given.read(1)

    def _ask(self, *arguments: str, what: str) -> str:
        done = self._run(*arguments, check=False)
        answer = done.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")
        if done.returncode or not answer:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise _fault("git-revision", f"{what} ({said[0]})" if said else what)
        return answer

    def _run(
        self,
        *arguments: str,
        check: bool = True,
        source: IO[bytes] | None = None,
        target: IO[bytes] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        command = [self._program, "-C", str(self._here), "-c", "core.fsmonitor=false", *arguments]
        try:
            return subprocess.run(  # noqa: S603 - no shell; what was typed is held to a pattern
                command,
                check=check,
                stdin=source or subprocess.DEVNULL,
                stdout=target or subprocess.PIPE,
                stderr=subprocess.PIPE,
                timeout=_SECONDS,
                env={**os.environ, **_QUIET},
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise _fault("git-revision", f"git failed: {error}") from error


def _fault(code: str, message: str) -> LoadError:
    return LoadError(
        code,
        message,
        hint="git:REV:PATH names a commit and a path from the root of the repository; "
        "git log lists commits, git ls-tree -r --name-only REV the paths",
    )


def _write_file(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise LoadError(
            "git-spool",
            f"the revision cannot be kept in {path.parent}: {error.strerror or error}",
            hint="free space there, or set TMPDIR",
        ) from error
