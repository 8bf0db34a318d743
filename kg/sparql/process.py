"""One worker as its parent sees it: started, asked, timed, killed."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from kg.sparql import protocol

OPENING_SECONDS: Final = 600
"""How long a worker may take to open its graph."""
_FRAMES: Final = 32
_WAIT: Final = 0.5
_GRACE: Final = 5
_TAIL: Final = 4096
_ENVIRONMENT: Final = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "LANG", "LC_ALL")
_START: Final = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "runpy.run_module('kg.sparql.worker', run_name='__main__')"
)
_NO_MEMORY: Final = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"length_error")


def _paths() -> list[str]:
    """Say where modules are, without the folder in which somebody happens to stand."""
    package = str(Path(__file__).resolve().parents[2])
    return [package, *(path for path in sys.path if Path(path).is_absolute())]


class Process:
    """A worker process, in a process group of its own.

    Args:
        source: What it is to open.
        memory: Bytes that it may allocate.
    """

    def __init__(self, source: Path, memory: int) -> None:
        self.cause = ""
        """Why this side killed it: `time` or `stopped`, else empty."""
        self.opened = 0
        """Bytes that it held once its graph was open."""
        self.served = 0
        """How many queries it has answered."""
        self._frames: queue.Queue[tuple[bytes, bytes] | None] = queue.Queue(_FRAMES)
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._over = False
        self._tail = b""
        self._popen = subprocess.Popen(  # noqa: S603 - our own module, no shell
            [sys.executable, "-I", "-S", "-c", _START, json.dumps(_paths())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=Path(sys.prefix).anchor,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            start_new_session=True,
        )
        self._threads = [
            threading.Thread(target=self._listen, daemon=True),
            threading.Thread(target=self._collect, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        main = threading.current_thread() is threading.main_thread()
        self.ask(
            {"source": str(source), "memory": memory, "parent": os.getpid() if main else 0},
            OPENING_SECONDS,
        )

    @property
    def pid(self) -> int:
        """The process's number, which is also that of its group."""
        return self._popen.pid

    def alive(self) -> bool:
        """Tell whether it can still be asked."""
        return not self._over and self._popen.poll() is None

    def ask(self, request: dict[str, Any], seconds: float) -> None:
        """Send a request, and let it take so many seconds from now."""
        with self._lock:
            self._timer = threading.Timer(seconds, self._expire)
            self._timer.daemon = True
            self._timer.start()
        assert self._popen.stdin
        with contextlib.suppress(OSError):  # A process that has gone shows when it is read from.
            self._popen.stdin.write(protocol.pack_json(protocol.REQUEST, request))
            self._popen.stdin.flush()

    def next_frame(self) -> tuple[bytes, bytes] | None:
        """Wait for a frame; None when the process has gone."""
        while not self._over:
            # Waiting in short steps, because Windows delivers no Ctrl-C to a waiting thread.
            with contextlib.suppress(queue.Empty):
                frame = self._frames.get(timeout=_WAIT)
                self._over = frame is None
                return frame
        return None

    def kill(self, cause: str = "") -> None:
        """Kill the whole group at once."""
        self.cause = self.cause or cause
        if self._popen.returncode is not None:
            return  # Its number may be somebody else's by now.
        with contextlib.suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(self._popen.pid, signal.SIGKILL)
            else:
                self._popen.kill()

    def reap(self) -> str:
        """Wait until one that was killed, or fell silent, has gone.

        Returns:
            Why: `time`, `stopped`, `memory`, or `crashed` and how.
        """
        self._disarm()
        try:
            self._popen.wait(_GRACE)
        except subprocess.TimeoutExpired:  # It spoke no sense, or closed its mouth and lives on.
            self.kill("crashed")
        while self.next_frame():
            pass
        code = self._popen.wait()
        for thread in self._threads:
            thread.join(_GRACE)
        for stream in (self._popen.stdin, self._popen.stdout, self._popen.stderr):
            with contextlib.suppress(OSError):  # What was not written, nobody waits for.
                if stream:
                    stream.close()
        return self.cause or self._diagnose(code)

    def _diagnose(self, code: int) -> str:
        if any(sign in self._tail for sign in _NO_MEMORY):
            return "memory"
        if code >= 0:
            return f"crashed with exit code {code}"
        if code == -signal.SIGKILL:  # Not from here: the system takes memory back in this way.
            return "memory"
        name = signal.Signals(-code).name
        return "time" if name == "SIGXCPU" else f"crashed with {name}"

    def _expire(self) -> None:
        with self._lock:
            if self._timer is not None:
                self.kill("time")

    def _disarm(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None

    def _listen(self) -> None:
        """Hand frames on; the clock stops when the last one of an answer is here."""
        assert self._popen.stdout
        while frame := protocol.read_frame(self._popen.stdout):
            if frame[0] in (protocol.READY, protocol.END):
                self._disarm()
            self._frames.put(frame)
        self._frames.put(None)

    def _collect(self) -> None:
        """Keep the last words of what goes wrong inside."""
        assert self._popen.stderr
        while piece := self._popen.stderr.read1(_TAIL):  # type: ignore[attr-defined]
            self._tail = (self._tail + piece)[-_TAIL:]
