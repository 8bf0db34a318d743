"""Files that are whole or absent: hashing, flushing, replacing."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import KgError

if TYPE_CHECKING:
    from collections.abc import Iterable

SWAPPING: Final = ".swapping-"
"""How the name of a file begins that is about to replace another."""
_NO_FOLDER_SYNC: Final = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


def hash_file(path: Path, *, fresh: bool = False) -> str:
    """Return the SHA-256 of a file's bytes.

    Args:
        path: The file, of any size; it is read in pieces.
        fresh: Ask the system to forget what it remembers of the file first, so that the
            disk itself is read where the system allows that.
    """
    with path.open("rb") as stream:
        if fresh and sys.platform == "linux":
            # Advice only: file systems in memory and some others keep their pages.
            with contextlib.suppress(OSError):
                os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_lines(path: Path) -> list[str]:
    """Return the lines of a text; only a line feed ends one, whatever Unicode says of others."""
    return path.read_text(encoding="utf-8").removesuffix("\n").split("\n")


def sync_folder(folder: Path) -> None:
    """Flush a folder's list of names to the disk, where the system has such a thing."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # Some network file systems flush names by themselves and refuse to be asked.
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below a folder, and the folder itself."""
    mode = os.O_RDWR if os.name == "nt" else os.O_RDONLY
    for parent, _, names in os.walk(folder, topdown=False):
        for name in names:
            descriptor = os.open(Path(parent) / name, mode)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(Path(parent))


def replace_text(path: Path, text: str | Iterable[str]) -> None:
    """Put a file in place of another in one step: flushed first, seen old or new, never half.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     replace_text(Path(folder) / "a.txt", "yes")
        ...     [path.name for path in Path(folder).iterdir()]
        ['a.txt']
    """
    made = path.with_name(f"{SWAPPING}{os.urandom(6).hex()}")
    try:
        with made.open("x", encoding="utf-8", newline="") as stream:
            stream.writelines([text] if isinstance(text, str) else text)
            stream.flush()
            os.fsync(stream.fileno())
        made.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            made.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_text(path: Path, text: str | Iterable[str]) -> None:
    """Write a file so that it is never seen half written; what is no file is written into.

    A link is followed, and stays; a pipe or a device is not replaced by a file.

    Args:
        path: The file.
        text: What to write, whole or in pieces that are not kept.

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
        place = path.resolve()
        if place.exists() and not place.is_file():
            with place.open("w", encoding="utf-8", newline="") as stream:
                stream.writelines([text] if isinstance(text, str) else text)
        else:
            replace_text(place, text)
    except OSError as error:
        raise KgError(
            "file-write",
            f"cannot write {path}: {error.strerror or error}",
            hint="check that the folder exists and has space",
        ) from error
