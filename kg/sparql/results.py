"""Results as bytes, row by row, so that a large answer takes no more memory than a small one."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.sparql.execution import shorten
from kg.sparql.protocol import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SOLUTION_FORMS: Final = {
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMS: Final = {
    "nt": ox.RdfFormat.N_TRIPLES,
    "ttl": ox.RdfFormat.TURTLE,
    "xml": ox.RdfFormat.RDF_XML,
}
_HOLD_SECONDS: Final = 0.2
_LINE: Final = json.JSONEncoder(ensure_ascii=False)
_INDENTED: Final = json.JSONEncoder(ensure_ascii=False, indent=2)
_NODES: Final = {ox.NamedNode: "uri", ox.BlankNode: "bnode"}


class FullError(Exception):
    """The answer has as many bytes as it may have."""


class Channel:
    """Collects an answer and sends it on in pieces.

    Args:
        send: What takes a piece.
        most: Bytes that may be written.
    """

    def __init__(self, send: Callable[[bytes], None], most: int) -> None:
        self._send = send
        self._left = most
        self._held = bytearray()
        self._since = time.monotonic()
        self.full = False

    def write(self, data: bytes) -> int:
        """Take bytes.

        Raises:
            FullError: If they are more than may be written; none of them is.
        """
        if len(data) > self._left:
            self.full = True
            raise FullError
        self._left -= len(data)
        self._held += data
        if len(self._held) >= CHUNK or time.monotonic() - self._since > _HOLD_SECONDS:
            self.flush()
        return len(data)

    def finish(self, data: bytes) -> None:
        """Take the closing bytes, which are sent even when the answer is full."""
        self._held += data
        self.flush()

    def flush(self) -> None:
        """Send what is held."""
        self._since = time.monotonic()
        held, self._held = self._held, bytearray()
        for start in range(0, len(held), CHUNK):
            self._send(bytes(held[start : start + CHUNK]))


class Capped:
    """Lets so many items through, and remembers whether there were more.

    Example:
        >>> items = Capped("abc", 2)
        >>> list(items), items.cut, items.count
        (['a', 'b'], True, 2)
        >>> items = Capped("ab", 2)
        >>> list(items), items.cut
        (['a', 'b'], False)
    """

    def __init__(self, items: Iterable[Any], most: int) -> None:
        self._items = iter(items)
        self._most = most
        self.count = 0
        self.cut = False

    def __iter__(self) -> Iterator[Any]:
        for item in self._items:
            if self.count == self._most:
                self.cut = True
                return
            self.count += 1
            yield item


def header(result: Any, names: tuple[str, ...]) -> dict[str, Any]:  # noqa: ANN401 - one of three
    """Say what an answer is: its kind and its columns."""
    if isinstance(result, ox.QueryBoolean):
        return {"kind": "ask", "columns": ["answer"]}
    if isinstance(result, ox.QueryTriples):
        return {"kind": "graph", "columns": ["subject", "predicate", "object"]}
    return {"kind": "select", "columns": names}


def write_rows(result: Any, items: Capped, names: tuple[str, ...], channel: Channel) -> None:  # noqa: ANN401
    """Write one JSON array a row, its terms shortened for people."""
    rows: Iterable[Iterable[Any]]
    if isinstance(result, ox.QueryBoolean):
        rows = [(bool(result),)]
    elif isinstance(result, ox.QueryTriples):
        rows = sorted((shorten(t.subject), shorten(t.predicate), shorten(t.object)) for t in items)
    else:
        rows = ([None if row[n] is None else shorten(row[n]) for n in names] for row in items)
    for row in rows:
        channel.write(_LINE.encode(list(row)).encode() + b"\n")
    channel.finish(b"")


def write_graph(items: Capped, form: str, channel: Channel) -> None:
    """Write the triples of a CONSTRUCT or DESCRIBE."""
    ox.serialize(iter(items), channel, format=GRAPH_FORMS[form])  # type: ignore[arg-type]
    channel.finish(b"")


def write_boolean(result: ox.QueryBoolean, form: str, channel: Channel) -> None:
    """Write the answer of an ASK."""
    if form == "json":
        content = {"head": {}, "boolean": bool(result)}
        channel.write(json.dumps(content, indent=2).encode() + b"\n")
    else:
        channel.write(result.serialize(format=SOLUTION_FORMS[form]) or b"")
    channel.finish(b"")


def write_solutions(items: Capped, names: tuple[str, ...], form: str, channel: Channel) -> None:
    """Write the rows of a SELECT in one of the forms of SPARQL 1.1."""
    if form == "json":
        opening, closing = json_frame(names)
        channel.write(opening)
        try:
            for piece in _bindings(items, names):
                channel.write(piece)
        except FullError:
            channel.finish(closing)
            raise
        channel.finish(closing)
        return
    source = _Pieces(_document(items, names))
    parsed = ox.parse_query_results(source, format=ox.QueryResultsFormat.JSON)  # type: ignore[arg-type]
    parsed.serialize(output=channel, format=SOLUTION_FORMS[form])  # type: ignore[arg-type]
    channel.finish(b"")


def json_frame(names: tuple[str, ...]) -> tuple[bytes, bytes]:
    r"""Return what stands before and after the bindings of a JSON result.

    Example:
        >>> json_frame(("a",))[1]
        b']\n  }\n}\n'
    """
    empty = {"head": {"vars": list(names)}, "results": {"bindings": []}}
    before, _, after = json.dumps(empty, ensure_ascii=False, indent=2).rpartition("]")
    return before.encode(), f"]{after}\n".encode()


def _bindings(items: Capped, names: tuple[str, ...]) -> Iterator[bytes]:
    separator = "\n      "
    for row in items:
        bound = {n: binding(row[n]) for n in names if row[n] is not None}
        written = _INDENTED.encode(bound).replace("\n", "\n      ")
        yield (separator + written).encode()
        separator = ",\n      "
    if items.count:
        yield b"\n    "


def _document(items: Capped, names: tuple[str, ...]) -> Iterator[bytes]:
    opening, closing = json_frame(names)
    yield opening
    yield from _bindings(items, names)
    yield closing


def binding(term: Any) -> dict[str, Any]:  # noqa: ANN401 - any term
    """Write a term as SPARQL 1.1 JSON results do.

    Example:
        >>> binding(ox.Literal("yes", language="en"))
        {'type': 'literal', 'value': 'yes', 'xml:lang': 'en'}
    """
    if isinstance(term, ox.Triple):
        parts = {p: binding(getattr(term, p)) for p in ("subject", "predicate", "object")}
        return {"type": "triple", "value": parts}
    if not isinstance(term, ox.Literal):
        return {"type": _NODES[type(term)], "value": term.value}
    written = {"type": "literal", "value": term.value}
    if term.language:
        written["xml:lang"] = term.language
        if term.direction:
            written["its:dir"] = term.direction.value
    elif term.datatype.value != "http://www.w3.org/2001/XMLSchema#string":
        written["datatype"] = term.datatype.value
    return written


class _Pieces:
    """A file to read from, made of pieces that are produced as they are asked for."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def read(self, count: int = -1) -> bytes:
        """Return up to so many bytes, and nothing only at the end."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held = piece
        count = len(self._held) if count < 0 else count
        given, self._held = self._held[:count], self._held[count:]
        return given
