"""Publishing a release on a server, graph by graph, with proof that all of it arrived.

The graph that says what is published is taken away first and written last: while it is not
there, nobody takes what is half there for the whole. What was done is noted in a journal, so
that a publication that was broken off goes on where it stopped; a graph that was on its way is
sent again from its beginning.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.errors import SettingsError, StoreError
from kg.model.identifiers import GRAPH, digest
from kg.resources import VERSION
from kg.store.credentials import show_url
from kg.store.proving import Sum
from kg.store.rdf import DCAT, DCTERMS, RDF, SCHEMA, XSD, literal
from kg.store.releases import write_text
from kg.store.remote import RELEASE, RELEASE_GRAPH, TRIPLES, RemoteStore, value
from kg.store.shards import count, read_graph
from kg.store.spooling import Part, spool, spool_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.store.transport import Transport

CHUNK: Final = 20_000
"""Triples of one call to a graph store."""
UPDATE_CHUNK: Final = 1_000
"""Triples of one update: servers that compile updates run out of memory at some thousands."""
SENT, KEPT, REMOVED = "sent", "kept", "removed"


@dataclass(frozen=True, slots=True)
class Target:
    """The addresses of a server: where it is asked, and where it is written to."""

    query: str
    update: str = ""
    graph_store: str = ""


class Published(NamedTuple):
    """What was done with one graph."""

    graph: str
    statements: int
    sha256: str
    state: str
    """`sent`; `kept`, when it is still there from an attempt that was broken off; `removed`, when
    it belonged to an earlier release."""


class Journal:
    """What has been proved to have arrived, in a small file beside the releases."""

    def __init__(self, path: Path, release: str, url: str) -> None:
        self._path = path
        self._head = {"release": release, "store": show_url(url)}
        self.arrived: dict[str, str] = {}
        try:
            held = json.loads(path.read_text(encoding="utf-8"))
            if {name: held[name] for name in self._head} == self._head:
                self.arrived = {str(k): str(v) for k, v in held["arrived"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            # A journal that is missing or broken only means that all is sent again.
            self.arrived = {}

    def note(self, graph: str, total: str) -> None:
        """Note that a graph has arrived; an empty sum takes the note back."""
        if total:
            self.arrived[graph] = total
        else:
            self.arrived.pop(graph, None)
        self._write()

    def _write(self) -> None:
        text = json.dumps({**self._head, "arrived": self.arrived}, indent=2, sort_keys=True)
        write_text(self._path, text + "\n")

    def close(self) -> None:
        """Remove the journal: all is done."""
        self._path.unlink(missing_ok=True)


def journal_path(home: Path, url: str) -> Path:
    """Return where the journal of publishing to a server is kept.

    Example:
        >>> from pathlib import Path
        >>> journal_path(Path(".kg"), "http://127.0.0.1/q").name
        '.publishing-e5e345dd63b6.json'
    """
    return home / f".publishing-{digest([url])[:12]}.json"


class Writer:
    """Writing whole graphs: by the Graph Store Protocol, or else by updates.

    Args:
        transport: The connections.
        target: The addresses.
        chunk: Triples of one call.
    """

    def __init__(self, transport: Transport, target: Target, chunk: int = CHUNK) -> None:
        if not target.graph_store and not target.update:
            raise SettingsError(
                "store-setting",
                "it is not said where the server is written to",
                hint="give --graph-store URL or --update-url URL; oxigraph has /store and /update, "
                "Virtuoso /sparql-graph-crud-auth and /sparql-auth",
            )
        self._transport = transport
        self._target = target
        self._chunk = chunk if target.graph_store else min(chunk, UPDATE_CHUNK)

    def put(self, graph: str, part: Part) -> None:
        """Replace a graph by a part of the release."""
        if not self._target.graph_store:
            self.delete(graph)
        for number, lines in enumerate(part.chunks(self._chunk)):
            if self._target.graph_store:
                # The first chunk replaces the graph, the others are added to it. Adding is
                # never tried again by itself: the graph is sent again from its beginning.
                self._store("PUT" if number == 0 else "POST", graph, lines)
            else:
                self._update(f"INSERT DATA {{ GRAPH <{graph}> {{\n{lines}}} }}")

    def delete(self, graph: str) -> None:
        """Remove a graph; it is no error when there is none."""
        if not self._target.graph_store:
            self._update(f"DROP SILENT GRAPH <{graph}>")
            return
        with self._transport.call(
            "DELETE",
            self._target.graph_store,
            accepted=frozenset({404}),
            params={"graph": graph},
        ):
            pass

    def _store(self, method: str, graph: str, lines: str) -> None:
        with self._transport.call(
            method,
            self._target.graph_store,
            params={"graph": graph},
            content=lines.encode(),
            headers={"Content-Type": "application/n-triples"},
        ):
            pass

    def _update(self, text: str) -> None:
        with self._transport.call(
            "POST",
            self._target.update,
            content=text.encode(),
            headers={"Content-Type": "application/sparql-update"},
        ):
            pass


def publish_quads(
    quads: Path,
    name: str,
    target: Target,
    transport: Transport,
    journal: Path,
    *,
    chunk: int = CHUNK,
    say: Callable[[Published], None] = lambda _: None,
) -> list[Published]:
    """Publish the N-Quads of a release, and prove that they arrived.

    Args:
        quads: The file.
        name: The release's name.
        target: The server.
        transport: The connections.
        journal: The file of the journal.
        chunk: Triples of one call.
        say: Called after each graph.

    Returns:
        What was done with each graph.

    Raises:
        SettingsError: If it is not said where the server is written to.
        StoreError: If the server cannot be asked or written to, or if what it then holds is not
            what was sent.
    """
    writer = Writer(transport, target, chunk)
    store = RemoteStore(transport, target.query)
    noted = Journal(journal, name, target.query)
    done: list[Published] = []

    def tell(one: Published) -> None:
        done.append(one)
        say(one)

    with spool(quads) as parts:
        old = sorted(set(_graphs_there(store)) - set(parts) - {RELEASE_GRAPH})
        writer.delete(RELEASE_GRAPH)
        for graph, part in parts.items():
            total = part.sum.hexdigest()
            there = noted.arrived.get(graph) == total and measure(store, graph) == part.sum
            if not there:
                noted.note(graph, "")
                writer.put(graph, part)
                prove(store, graph, part.sum)
                noted.note(graph, total)
            tell(Published(graph, part.sum.count, total, KEPT if there else SENT))
        for graph in old:
            writer.delete(graph)
            tell(Published(graph, 0, "", REMOVED))
        for graph, part in parts.items():
            _check_count(graph, count(store, graph), part.sum.count)
        with spool_lines(_manifest(name, parts)) as part:
            writer.put(RELEASE_GRAPH, part)
            prove(store, RELEASE_GRAPH, part.sum)
    noted.close()
    return done


def measure(store: RemoteStore, graph: str) -> Sum:
    """Read a graph back, and return the number and the sum of its triples."""
    found = Sum()
    for row in read_graph(store, graph):
        found.add(*row)
    return found


def prove(store: RemoteStore, graph: str, expected: Sum) -> None:
    """Read a graph back and compare it with what was sent.

    Raises:
        StoreError: If it is not the same.
    """
    found = measure(store, graph)
    _check_count(graph, found.count, expected.count)
    if found != expected:
        raise StoreError(
            "store-mismatch",
            f"{graph} has as many triples as were sent, but not the same ones",
            hint="does anything else write to that server? publish again when it does not",
        )


def _check_count(graph: str, found: int, expected: int) -> None:
    if found != expected:
        raise StoreError(
            "store-mismatch",
            f"{graph} has {found} triples, not the {expected} that were sent",
            hint="look into the server's log, and publish again",
        )


def _graphs_there(store: RemoteStore) -> Iterator[str]:
    """Yield the graphs on the server whose names are of this project."""
    text = (
        "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } "
        f'FILTER(STRSTARTS(STR(?g), "{GRAPH}")) }} ORDER BY ?g'
    )
    return (value(row[0]) for row in store.select(text))


def _manifest(name: str, parts: dict[str, Part]) -> Iterator[str]:
    """Yield the triples that say which release is published, and of which graphs it is made."""
    release = f"<{RELEASE}{name}>"
    yield f"{release} <{RDF}type> <{DCAT}Dataset> .\n"
    yield f"{release} <{DCTERMS}identifier> {literal(name)} .\n"
    yield f"{release} <{SCHEMA}softwareVersion> {literal(VERSION)} .\n"
    for graph, part in parts.items():
        yield f"{release} <{DCTERMS}hasPart> <{graph}> .\n"
        yield f"<{graph}> <{TRIPLES}> {literal(str(part.sum.count), XSD + 'integer')} .\n"
        yield f"<{graph}> <{SCHEMA}sha256> {literal(part.sum.hexdigest())} .\n"
