"""Locks that die with their holder: one builder at a time, and no pruning under a reader.

The system keeps the locks (`flock`, or `msvcrt` on Windows), so that a file left behind by
a process that was killed is no lock. What the file says is only for people: who holds it.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import KgError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOCK: Final = "lock"
_PAUSE: Final = 0.05
_LOOKS: Final = 5
_LONGEST: Final = 200
_SPOKEN_BYTES: Final = 4096
_NO_LOCKS: Final = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP, errno.EINVAL)
_FAR: Final = 1 << 30
"""Where Windows locks a byte: beyond the text, which others must be able to read."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, as far as the lock says.

    Example:
        >>> print(Holder(12, "desk", "ann", "2026-01-05T09:00:00+00:00", "kg build"))
        kg build, process 12 of ann on desk, since 2026-01-05T09:00:00+00:00
    """

    pid: int
    host: str
    user: str
    started: str
    command: str

    def __str__(self) -> str:
        """Say it in words."""
        return (
            f"{self.command}, process {self.pid} of {self.user} on {self.host}, "
            f"since {self.started}"
        )


@contextlib.contextmanager
def build_lock(
    home: Path, *, wait: float = 0.0, tell: Callable[[str], None] | None = None
) -> Iterator[None]:
    """Hold the lock of a folder of releases: one process writes there at a time.

    Args:
        home: The folder of releases.
        wait: Seconds to wait for whoever holds it.
        tell: Told once, in words, when there is something to wait for.

    Raises:
        KgError: `build-running` when it is still held after that; `no-locks` when the file
            system cannot lock.
    """
    path = home / LOCK
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    descriptor = os.open(path, flags, 0o666)
    try:
        deadline = time.monotonic() + wait
        told = False
        while not _try_lock(descriptor, home):
            holder = _read_holder(path)
            left = deadline - time.monotonic()
            if left <= 0:
                raise KgError(
                    "build-running",
                    f"another build is writing to {home}: {holder}",
                    hint="try again when it has ended, or give the same command with --wait 600",
                )
            if tell and not told:
                tell(f"waiting up to {wait:g} s for another build in {home}: {holder}")
                told = True
            time.sleep(min(_PAUSE, left))
        # Who holds it is a courtesy: a full disk must fail where it loses something, not here.
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, (json.dumps(asdict(_me())) + "\n").encode())
        try:
            yield
        finally:
            # The file stays: deleting it could give two builds two locks of the same name.
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, 0)
            with contextlib.suppress(OSError):  # closing it does the same
                _unlock(descriptor)
    finally:
        os.close(descriptor)


class Hold:
    """A reader's hold on a folder: while it exists, the folder is not pruned."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def __reduce__(self) -> tuple[type, tuple[()]]:
        """Leave the hold behind in copies: two owners of one descriptor would close it twice."""
        return type(None), ()

    def __del__(self) -> None:
        """Let go."""
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


def hold(folder: Path) -> Hold | None:
    """Hold a folder for reading; nothing where the system cannot do that.

    Raises:
        FileNotFoundError: If it is gone, or about to be.
    """
    if sys.platform == "win32":
        return None  # an open file cannot be deleted there: no need for more
    else:  # noqa: RET505 - a type checker for either system reads only its branch
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        held = Hold(descriptor)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise FileNotFoundError(errno.ENOENT, "being removed", str(folder)) from error
        except OSError:
            return held  # a file system without locks: readers there cannot be known
        if not os.path.samestat(os.fstat(descriptor), folder.stat()):
            raise FileNotFoundError(errno.ENOENT, "replaced", str(folder))
        return held


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[bool]:
    """Tell whether no reader holds a folder, and keep new ones out meanwhile."""
    if sys.platform == "win32":
        yield True
    else:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            unread = True
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                unread = False
            except OSError:
                unread = True  # a file system without locks: readers there cannot be known
            yield unread
        finally:
            os.close(descriptor)


def _try_lock(descriptor: int, home: Path) -> bool:
    try:
        if sys.platform == "win32":
            os.lseek(descriptor, _FAR, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EDEADLK):
            return False
        if error.errno not in _NO_LOCKS:
            raise
        raise KgError(
            "no-locks",
            f"the file system of {home} has no locks: {error.strerror or error}",
            hint="choose a folder on a local disk with: kg build -o FOLDER",
        ) from error
    return True


def _unlock(descriptor: int) -> None:
    if sys.platform == "win32":
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def _me() -> Holder:
    # Only who writes needs them; whoever reads a release starts without.
    import getpass  # noqa: PLC0415
    import platform  # noqa: PLC0415
    from datetime import UTC, datetime  # noqa: PLC0415

    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = "an unknown user"
    # Only the words before the options: an option may hold what is nobody else's business.
    program = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else "python"
    words = ["kg" if program == "__main__.py" else program, *sys.argv[1:2]]
    command = " ".join(word for word in words if word.replace(".", "").isalnum()) or "python"
    started = datetime.now(UTC).isoformat(timespec="seconds")
    return Holder(os.getpid(), platform.node(), user, started, command)


def _read_holder(path: Path) -> str:
    """Say who holds a lock; a lock that was taken this moment says so a moment later."""
    for _ in range(_LOOKS):
        if said := _said(path):
            return said
        time.sleep(_PAUSE / _LOOKS)
    return "a process that does not say who it is"


def _said(path: Path) -> str:
    """Return what a lock says of its holder; the file may be empty, half written or not ours."""
    try:
        with path.open("rb") as stream:
            said = json.loads(stream.read(_SPOKEN_BYTES))
        holder = Holder(
            int(said["pid"]), *(_plain(said[k]) for k in ("host", "user", "started", "command"))
        )
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return ""
    return str(holder)


def _plain(value: object) -> str:
    text = "".join(character for character in str(value) if character.isprintable())
    return text[:_LONGEST]
