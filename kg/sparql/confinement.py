"""What a worker forbids itself before it reads anything that is not ours.

Where the operating system has no such limits (Windows) or does not keep them (memory on
macOS), the limit of time, which the other process keeps, is what remains.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import math
import os
import signal
import sys
from typing import Any, Final

_SPARE_SECONDS: Final = 2
_PDEATHSIG: Final = 1
_STANDARD_STREAMS: Final = 3


def _limits() -> Any:  # noqa: ANN401 - a module, or nothing on Windows
    found = importlib.util.find_spec("resource")
    return importlib.import_module("resource") if found else None


def _lower(name: str, soft: int, *, for_good: bool = False) -> None:
    """Set one limit, as far as the platform has it and its own bound permits."""
    resource = _limits()
    kind = getattr(resource, name, None)
    if kind is None:
        return
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(kind, (soft, soft if for_good else hard))


def confine(parent: int) -> None:
    """Give up writing files, core dumps, and outliving the parent.

    Args:
        parent: The parent's process number when its main thread started this process, else 0:
            Linux sends the signal when the *thread* ends, so other threads must not ask for it.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _lower("RLIMIT_CORE", 0, for_good=True)
    _lower("RLIMIT_FSIZE", 0, for_good=True)
    if parent and sys.platform == "linux":
        import ctypes  # noqa: PLC0415 - only here

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:  # It died before it could be watched.
            os._exit(0)


def limit_memory(count: int) -> None:
    """Let allocations fail above so many bytes.

    On Linux the data segment is limited, which leaves out what is only reserved or mapped from
    files: an on-disk store reserves far more addresses than it fills.
    """
    _lower("RLIMIT_DATA" if sys.platform == "linux" else "RLIMIT_AS", count)


def limit_time(seconds: float) -> None:
    """Let the kernel end this process when it has computed longer than it may take from now.

    This is for the case that the parent, which keeps the wall clock, is gone or stopped.
    """
    resource = _limits()
    if resource is not None:
        used = resource.getrusage(resource.RUSAGE_SELF)
        total = used.ru_utime + used.ru_stime + seconds
        _lower("RLIMIT_CPU", math.ceil(total) + _SPARE_SECONDS)


class Size:
    """Tells how much memory this process holds, also once it may open no file; else 0."""

    def __init__(self) -> None:
        self._file = -1
        with contextlib.suppress(OSError):
            self._file = os.open("/proc/self/statm", os.O_RDONLY)

    def bytes(self) -> int:
        """Return the bytes in memory now.

        The peak is not told by the kernel: a new process inherits that of its parent.
        """
        if self._file < 0:
            return 0
        pages = int(os.pread(self._file, 200, 0).split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")


def close_doors(tables: int) -> None:
    """Forbid new files and sockets: whatever a query says, it reaches no network.

    Args:
        tables: How many files an on-disk store has; a large one must open them as it goes.
    """
    resource = _limits()
    if resource is not None:
        open_at_once = (resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 48) // 4
        if tables <= open_at_once:
            _lower("RLIMIT_NOFILE", _STANDARD_STREAMS, for_good=True)
