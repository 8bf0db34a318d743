"""From sealed folders to the files of a release, record by record."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kg.building.encoding import decode_claim, decode_fact, decode_node, read_lines
from kg.building.inputs import code_hash
from kg.building.merging import merge_files, sort_lines
from kg.building.meter import Meter
from kg.building.rules import order
from kg.building.statements import CLAIMS, FACTS, QUADS
from kg.building.table import NODES
from kg.errors import KgError
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import digest
from kg.resources import VERSION
from kg.store.dataset import ontology_files, vocabulary_quads
from kg.store.index import dump_index
from kg.store.quads import quad_lines
from kg.store.releases import INDEX, hash_file, write_release
from kg.store.releases import QUADS as RELEASE_QUADS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kg.building.cache import Cache, Entry
    from kg.building.meter import Progress
    from kg.building.units import Units
    from kg.model.records import Claim, Document, Fact, Node
    from kg.store.releases import Release

_CHUNK = 1 << 20


class Sink(Protocol):
    """What takes the records of a graph, each kind in the order of the graph."""

    def document(self, document: Document, /) -> None:
        """Take a document."""

    def node(self, node: Node, /) -> None:
        """Take a node."""

    def claim(self, claim: Claim, /) -> None:
        """Take a claim."""

    def fact(self, fact: Fact, /) -> None:
        """Take a fact."""


class IndexFile:
    """Collects the records of a graph and writes its index.

    Args:
        path: The file to write.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._documents: dict[str, Document] = {}
        self._nodes: dict[str, Node] = {}
        self._claims: list[Claim] = []
        self._facts: list[Fact] = []

    def document(self, document: Document) -> None:
        """Take a document."""
        self._documents[document.id] = document

    def node(self, node: Node) -> None:
        """Take a node."""
        self._nodes[node.id] = node

    def claim(self, claim: Claim) -> None:
        """Take a claim."""
        self._claims.append(claim)

    def fact(self, fact: Fact) -> None:
        """Take a fact."""
        self._facts.append(fact)

    def close(self) -> None:
        """Write the file."""
        graph = KnowledgeGraph(
            self._nodes, tuple(self._claims), tuple(self._facts), self._documents
        )
        self._path.write_text(dump_index(graph), encoding="utf-8", newline="")


def send_records(
    units: Units, inferred: Sequence[Entry], sink: Sink, progress: Progress | None = None
) -> dict[str, int]:
    """Send all records to a sink one by one and return how many there are of each kind.

    Args:
        units: What was read.
        inferred: What was concluded.
        sink: What takes them.
        progress: Told how far it has come.
    """
    shared = units.table.shared
    said = list(units.statements.values())
    counts = {
        "nodes": len(shared) + sum(entry.facts["nodes"] for entry in said),
        "facts": sum(entry.facts["facts"] for entry in said),
        "inferred": sum(entry.facts["claims"] for entry in inferred),
    }
    alone = _successions(units)
    counts["claims"] = counts["inferred"] + len(alone)
    counts["claims"] += sum(entry.facts["claims"] for entry in said)
    total = counts["nodes"] + counts["claims"] + counts["facts"]
    meter = Meter(progress, "writing records", total)
    for document in units.documents.values():
        sink.document(document)
    for node in shared.values():
        sink.node(node)
        meter.step()
    for entry in said:
        for node in read_lines(entry.path(NODES), decode_node):
            sink.node(node)
            meter.step()
    for claim in _claims(said, alone, inferred):
        sink.claim(claim)
        meter.step()
    for entry in said:
        for fact in read_lines(entry.path(FACTS), decode_fact):
            sink.fact(fact)
            meter.step()
    meter.end()
    return counts


def _successions(units: Units) -> list[Claim]:
    """Return the claims of succession that no row of a folder makes too."""
    made = {name for entry in units.statements.values() for name in entry.facts["succeeded"]}
    return [claim for claim in units.successions.values() if claim.id not in made]


def _claims(
    said: Sequence[Entry], alone: Sequence[Claim], inferred: Sequence[Entry]
) -> Iterator[Claim]:
    """Yield all claims: as the folders say them, then successions, then what was inferred."""
    for entry in said:
        yield from read_lines(entry.path(CLAIMS), decode_claim)
    yield from alone
    if not inferred:
        return
    with tempfile.TemporaryDirectory(prefix=".claims-", dir=inferred[0].folder.parent) as folder:
        merged = Path(folder) / CLAIMS
        merge_files([entry.path(CLAIMS) for entry in inferred], merged, key=_claim_order)
        yield from read_lines(merged, decode_claim)


def _claim_order(line: bytes) -> tuple[str, ...]:
    return order(decode_claim(line))


def write_quad_file(
    units: Units,
    inferred: Sequence[Entry],
    cache: Cache,
    target: Path,
    progress: Progress | None = None,
) -> int:
    """Merge the N-Quads of all folders into one sorted file; return the number of lines.

    Args:
        units: What was read.
        inferred: What was concluded.
        cache: What earlier builds have written.
        target: The file to write.
        progress: Told how far it has come.
    """
    entries = [_common(units, cache), *units.statements.values(), *inferred]
    total = sum(entry.facts["quads"] for entry in entries)
    meter = Meter(progress, "writing statements", total)
    count = merge_files([entry.path(QUADS) for entry in entries], target, tick=meter.reach)
    meter.end()
    return count


def _common(units: Units, cache: Cache) -> Entry:
    """Return the N-Quads of the ontology and of what all instruments share."""
    alone = _successions(units)
    parts = [code_hash(), "common", units.shared.result, *(claim.id for claim in alone)]
    key = digest([*parts, *map(hash_file, ontology_files())])
    entry = cache.find(key, lambda trace: not trace)
    if entry:
        return entry
    graph = KnowledgeGraph(units.table.shared, tuple(alone), (), units.documents)
    with cache.draft(key) as draft:
        lines = {*quad_lines(graph), *vocabulary_quads()}
        draft.facts["quads"] = sort_lines(lines, draft.path(QUADS))
    assert draft.entry
    return draft.entry


def release_name(paths: Sequence[Path]) -> str:
    """Return the name of a release: the same content has the same name.

    Args:
        paths: Its files, in the order in which they count.
    """
    total = hashlib.sha256(VERSION.encode())
    for path in paths:
        total.update(b"\x1f")
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                total.update(chunk)
    return total.hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class Aside:
    """A folder beside the releases, where the files of the next one are written."""

    home: Path
    folder: Path

    def path(self, name: str) -> Path:
        """Return where to write a file of the release."""
        return self.folder / name

    def commit(self, name: str, facts: dict[str, Any]) -> Release:
        """Make what was written the release in use.

        Raises:
            KgError: `release-write` when the disk refuses.
        """
        files = {key: self.path(key).read_text(encoding="utf-8") for key in (INDEX, RELEASE_QUADS)}
        return write_release(self.home, name, files, facts)


@contextlib.contextmanager
def write_aside(home: Path) -> Iterator[Aside]:
    """Give a folder to write the files of a release in; it is gone afterwards.

    Raises:
        KgError: `release-write` when the disk refuses.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".building-", dir=home))
        try:
            yield Aside(home, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise KgError(
            "release-write",
            f"the release cannot be written to {home}: {error.strerror or error}",
            hint="the release in use is as it was; free space, or choose a folder with -o",
        ) from error
