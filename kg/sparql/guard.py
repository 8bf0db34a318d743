"""SPARQL of people's own, in a process that can be killed: limits of time, size and memory.

The engine cannot be interrupted from inside, so a query runs in a worker process; what goes
beyond a limit costs that process and nothing else. An answer that is not whole never looks
whole: whoever reads it to its end meets the error there.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.errors import QueryError
from kg.sparql import protocol
from kg.sparql.limits import MIB, Limits, checked, failure, rebuild
from kg.sparql.process import OPENING_SECONDS, Process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from kg.model.tables import Cell

__all__ = ["Answer", "Guard", "Limits"]
_SLACK: Final = MIB


@dataclass(slots=True)
class Answer:
    """What a query gives, as it comes; made by `Guard.ask`.

    Iterating gives pieces of bytes in the form asked for. The iteration ends with a
    `QueryError` when the answer is not whole. Leaving early kills the worker.
    """

    process: Process
    limits: Limits
    shown: str
    release: Callable[[Process, bool], None]
    kind: str = ""
    """`select`, `ask` or `graph`."""
    columns: tuple[str, ...] = ()
    _ended: bool = field(default=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Leave the answer; a query that still runs is killed."""
        if not self._ended:
            self._ended = True
            self.release(self.process, False)  # noqa: FBT003 - its one question

    def start(self) -> None:
        """Wait for what the answer is."""
        payload = self._next(protocol.HEADER)
        head = json.loads(payload or b"{}")
        self.kind, self.columns = head["kind"], tuple(head["columns"])

    def __iter__(self) -> Iterator[bytes]:
        total = 0
        while (payload := self._next(protocol.DATA)) is not None:
            total += len(payload)
            if total > self.limits.bytes + _SLACK:  # The worker should have seen to it.
                self.close()
                raise failure("bytes", self.shown, self.limits)
            yield payload

    def rows(self) -> Iterator[tuple[Cell, ...]]:
        """Give the rows of an answer asked for in the form `rows`."""
        started: list[bytes] = []  # One row may be as long as many pieces.
        for piece in self:
            lines, newline, rest = piece.rpartition(b"\n")
            if newline:
                whole = b"".join([*started, lines]).replace(b"\n", b",")
                yield from map(tuple, json.loads(b"[%b]" % whole))
                started = []
            started.append(rest)

    def _next(self, wanted: bytes) -> bytes | None:
        """Return a payload, or None at a good end; anything else is an error."""
        if self._ended:
            return None
        frame = self.process.next_frame()
        if frame is None:
            self._ended = True
            cause = self.process.reap()
            self.release(self.process, False)  # noqa: FBT003
            raise failure(cause, self.shown, self.limits)
        kind, payload = frame
        if kind == wanted:
            return payload
        end = json.loads(payload)
        self._ended = True
        self.release(self.process, end["outcome"] != "memory" and self._stayed_small(end["size"]))
        if end["outcome"] == "error":
            raise rebuild(end["error"])
        if end["outcome"] != "whole":
            raise failure(end["outcome"], self.shown, self.limits)
        return None

    def _stayed_small(self, size: int) -> bool:
        """Tell whether the next query would find most of its memory still free."""
        opened = self.process.opened
        return size - opened <= (self.limits.memory - opened) / 2


class Guard:
    """Runs queries against one graph, each within its limits; safe to use from many threads.

    Args:
        source: A release folder, an on-disk store, or a file of N-Quads.
        limits: What a query may take, unless it is asked with limits of its own.
        workers: How many queries may run at once; more wait for their turn.

    Example:
        >>> from kg.bundled import find_release
        >>> with Guard(find_release().folder, Limits(seconds=20)) as guard:
        ...     with guard.ask("ASK { ?thing ?has ?value }") as answer:
        ...         list(answer.rows())
        [(True,)]
    """

    def __init__(self, source: Path, limits: Limits | None = None, *, workers: int = 1) -> None:
        self.source = source.resolve()
        self.limits = limits or Limits()
        self._turn = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[Process] = []
        self._busy: set[Process] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Kill every worker; answers that are being read end with an error."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = list(self._busy)
        for process in busy:
            process.kill("stopped")
        for process in idle:
            process.kill("stopped")
            process.reap()

    def ask(
        self,
        text: str,
        *,
        form: str = "rows",
        graph_form: str = "nt",
        shown: str = "the query",
        bound: Mapping[str, object] | None = None,
        limits: Limits | None = None,
    ) -> Answer:
        """Start a query and return once it is known what its answer is.

        Args:
            text: SPARQL 1.1: SELECT, ASK, CONSTRUCT or DESCRIBE.
            form: `rows`, or one of SPARQL 1.1 results: `json`, `xml`, `csv`, `tsv`.
            graph_form: How the triples of CONSTRUCT and DESCRIBE are written unless as `rows`:
                `nt`, `ttl` or `xml`.
            shown: What errors call the query.
            bound: Terms for variables.
            limits: Limits of this query.

        Raises:
            QueryError: If it is no query, asks for something outside the graph, or meets a limit.
            LoadError: If the graph cannot be opened.
        """
        allowed = limits or self.limits
        request = {
            "text": checked(text, shown),
            "form": form,
            "graph_form": graph_form,
            "shown": shown,
            "bound": {name: str(term) for name, term in (bound or {}).items()},
            "seconds": allowed.seconds,
            "rows": allowed.rows,
            "bytes": allowed.bytes,
            "memory": allowed.memory,
        }
        if not self._turn.acquire(timeout=allowed.seconds):
            raise QueryError(
                "query-busy", "other queries took all the time there was", hint="ask again later"
            )
        try:
            process = self._engage(request, allowed)
        except BaseException:
            self._turn.release()
            raise
        answer = Answer(process, allowed, shown, self._give_back)
        try:
            answer.start()
        except BaseException:  # Ctrl-C too: the query dies at once.
            answer.close()
            raise
        return answer

    def _engage(self, request: dict[str, Any], limits: Limits) -> Process:
        """Give the query to a worker that takes it up; one may have died while it was idle."""
        while True:
            process = self._take(limits, request["shown"])
            try:
                process.ask(request, limits.seconds)
                if process.next_frame() or process.cause or not process.served:
                    return process
            except BaseException:
                self._retire(process)
                raise
            self._retire(process)

    def _take(self, limits: Limits, shown: str) -> Process:
        """Return a worker that is ready."""
        with self._lock:
            if self._closed:
                raise failure("stopped", shown, limits)
            while self._idle:
                process = self._idle.pop()
                if process.alive():
                    self._busy.add(process)
                    return process
                process.reap()
        try:
            process = Process(self.source, limits.memory)
        except OSError as error:
            raise QueryError(
                "query-start",
                f"no process can be started for {shown}: {error.strerror or error}",
                hint="close other programs",
            ) from error
        self._register(process)
        try:
            await_ready(process, limits)
        except BaseException:
            self._retire(process)
            raise
        return process

    def _register(self, process: Process) -> None:
        with self._lock:
            self._busy.add(process)
            if self._closed:  # Closed while it was being started.
                process.kill("stopped")

    def _give_back(self, process: Process, whole: bool) -> None:  # noqa: FBT001 - its one question
        """Keep a worker for the next query, or end it."""
        with self._lock:
            keep = whole and not self._closed and process.alive()
            if keep:
                process.served += 1
                self._busy.discard(process)
                self._idle.append(process)
        if not keep:
            self._retire(process)
        self._turn.release()

    def _retire(self, process: Process) -> None:
        process.kill("stopped")
        process.reap()
        with self._lock:
            self._busy.discard(process)


def await_ready(process: Process, limits: Limits) -> None:
    """Wait until a worker has opened its graph.

    Raises:
        LoadError: If there is no graph.
        QueryError: If opening takes too long or too much memory.
    """
    frame = process.next_frame()
    if frame is None:
        cause = process.reap()
        if cause == "time":
            limits = Limits(OPENING_SECONDS, limits.rows, limits.bytes, limits.memory)
        raise failure(cause, "opening the graph", limits)
    if frame[0] != protocol.READY:
        raise rebuild(json.loads(frame[1])["error"])
    process.opened = json.loads(frame[1])["size"]
