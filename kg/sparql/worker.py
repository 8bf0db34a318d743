"""The process in which people's own SPARQL runs, so that it can be killed.

It opens one graph, says that it is ready, and answers one query after the other: a header
that says what the answer is, pieces of it, and an end that says whether it is whole. The
other side is `kg.sparql.guard`. When that goes away, standard input ends, and so does this.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path
from typing import IO, Any, Final

import pyoxigraph as ox

from kg.errors import KgError, LoadError
from kg.sparql import confinement, protocol, results
from kg.store.dataset import read_store, run_query
from kg.store.releases import QUADS

STORE: Final = "store"
"""The folder of a release that holds it as an on-disk store."""


def open_source(source: Path) -> ox.Store:
    """Open a release folder, an on-disk store or a file of N-Quads, to read only.

    Raises:
        LoadError: If it cannot be read.
    """
    if not source.is_dir():
        return read_store(source)
    folder = source if (source / "CURRENT").is_file() else source / STORE
    if not folder.is_dir():
        return read_store(source / QUADS)
    try:
        return ox.Store.read_only(str(folder))
    except OSError as error:
        raise LoadError(
            "load-file", f"cannot open {folder}: {error}", hint="build it again with: kg build"
        ) from error


def parse_term(text: str) -> Any:  # noqa: ANN401 - any term
    """Read one term as N-Triples writes it.

    Example:
        >>> parse_term('"yes"@en').language
        'en'
    """
    line = f"<x:s> <x:p> {text} ."
    return next(ox.parse(line, format=ox.RdfFormat.N_TRIPLES, rename_blank_nodes=False)).object


class Worker:
    """Answers requests about one store."""

    def __init__(self, store: ox.Store, out: IO[bytes], size: confinement.Size) -> None:
        self._store = store
        self._out = out
        self._size = size

    def send(self, kind: bytes, payload: bytes) -> None:
        """Send one frame at once."""
        self._out.write(protocol.pack(kind, payload))
        self._out.flush()

    def end(self, **content: Any) -> None:  # noqa: ANN401 - whatever JSON can hold
        """Say how an answer ended, and how large this process is now."""
        content["size"] = self._size.bytes()
        self.send(protocol.END, json.dumps(content).encode())

    def answer(self, request: dict[str, Any]) -> None:
        """Answer one query; whatever happens is said in its end."""
        self.send(protocol.REQUEST, b"")  # It has come: from here on it may be what kills this.
        confinement.limit_memory(request["memory"])
        confinement.limit_time(request["seconds"])
        channel = results.Channel(lambda data: self.send(protocol.DATA, data), request["bytes"])
        try:
            cut = self._evaluate(request, channel)
        except KgError as error:
            self.end(outcome="error", error=describe(error))
        except MemoryError:
            self.end(outcome="memory")
        except BrokenPipeError:
            raise
        except (OSError, ValueError, RuntimeError, SyntaxError, results.FullError) as error:
            if channel.full:
                channel.flush()
                self.end(outcome="bytes")
            else:
                message = f"{request['shown']} cannot be run: {error}"
                self.end(outcome="error", error=["QueryError", "query-failed", message, "", None])
        else:
            self.end(outcome="rows" if cut else "whole")

    def _evaluate(self, request: dict[str, Any], channel: results.Channel) -> bool:
        bound = {name: parse_term(text) for name, text in request["bound"].items()}
        result = run_query(self._store, request["text"], bound, shown=request["shown"])
        solutions = isinstance(result, ox.QuerySolutions)
        names = tuple(v.value for v in result.variables) if solutions else ()  # type: ignore[union-attr]
        items = results.Capped(
            () if isinstance(result, ox.QueryBoolean) else result, request["rows"]
        )
        self.send(protocol.HEADER, json.dumps(results.header(result, names)).encode())
        if request["form"] == "rows":
            results.write_rows(result, items, names, channel)
        elif isinstance(result, ox.QueryBoolean):
            results.write_boolean(result, request["form"], channel)
        elif isinstance(result, ox.QueryTriples):
            results.write_graph(items, request["graph_form"], channel)
        else:
            results.write_solutions(items, names, request["form"], channel)
        return items.cut


def describe(error: KgError) -> list[Any]:
    """Take an error apart, to be put together on the other side."""
    place = error.place
    where = [place.path, place.line, place.column] if place else None
    return [type(error).__name__, error.code, error.message, error.hint, where]


def listen(requests: queue.SimpleQueue[dict[str, Any]]) -> None:
    """Take requests in; when no more can come, end this process in the midst of anything."""
    stream = sys.stdin.buffer
    try:
        while frame := protocol.read_frame(stream):
            requests.put(json.loads(frame[1]))
    except MemoryError:
        os.write(2, b"MemoryError\n")
    # Evaluation lets other threads run, but cannot be interrupted: leave without ceremony.
    os._exit(0)


def main() -> None:
    """Serve until standard input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # Nothing but frames may stand in the answer.
    requests: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=listen, args=(requests,), daemon=True).start()
    first = requests.get()
    confinement.confine(first["parent"])
    confinement.limit_memory(first["memory"])
    source = Path(first["source"])
    try:
        store = open_source(source)
    except KgError as error:
        out.write(protocol.pack_json(protocol.END, {"outcome": "error", "error": describe(error)}))
        out.flush()
        return
    size = confinement.Size()
    confinement.close_doors(len(list(source.rglob("*.sst"))) if source.is_dir() else 0)
    worker = Worker(store, out, size)
    worker.send(protocol.READY, json.dumps({"size": size.bytes()}).encode())
    while True:
        worker.answer(requests.get())


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(0)
    except MemoryError:
        os.write(2, b"MemoryError\n")
        os._exit(1)
