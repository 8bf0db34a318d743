"""From sealed folders to the files of a release, record by record."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from kg.building.encoding import decode_claim, decode_fact, decode_node, read_lines
from kg.building.inputs import code_hash
from kg.building.merging import merged_blocks, sort_lines
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
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from kg.building.cache import Cache, Entry
    from kg.building.inference import Inferred
    from kg.building.meter import Progress
    from kg.building.units import Units
    from kg.model.records import Claim, Document, Fact, Node
    from kg.store.releases import Release

_CHUNK: Final = 1 << 20
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a release is made of; records come in the order of the graph, lines sorted."""

    nodes: Iterable[Node]
    claims: Iterable[Claim]
    facts: Iterable[Fact]
    documents: Iterable[Document]
    blocks: Callable[[Path], Iterable[list[bytes]]]
    """Given a folder to sort in, the N-Quads lines in sorted blocks, each line once."""
    records: int
    """How many nodes, claims and facts there are."""
    lines: int
    """How many lines there are at most."""
    inferred: int
    """How many of the claims are inferred."""


def assemble(units: Units, inferred: Inferred, cache: Cache) -> Content:
    """Return what was read and concluded as the content of a release, record by record.

    Args:
        units: What was read.
        inferred: What was concluded.
        cache: What earlier builds have written.
    """
    said = list(units.statements.values())
    made = {name for entry in said for name in entry.facts["succeeded"]}
    # A row of a folder may make the same claim as the column of instruments; it is one claim.
    alone = [claim for claim in units.successions.values() if claim.id not in made]
    parts = [_common(units, alone, cache), *said, *inferred.entries]
    records = [len(units.table.shared), len(alone)]
    for entry in said:
        records += [entry.facts[kind] for kind in ("nodes", "claims", "facts")]
    concluded = sum(entry.facts["claims"] for entry in inferred.entries)
    return Content(
        nodes=_nodes(units, said),
        claims=_claims(said, alone, inferred.entries),
        facts=_records(said, FACTS, decode_fact),
        documents=units.documents.values(),
        blocks=lambda folder: merged_blocks([entry.path(QUADS) for entry in parts], folder),
        records=sum(records) + concluded,
        lines=sum(entry.facts["quads"] for entry in parts),
        inferred=concluded,
    )


def _records(
    entries: Iterable[Entry], name: str, decode: Callable[[bytes], Record]
) -> Iterator[Record]:
    for entry in entries:
        yield from read_lines(entry.path(name), decode)


def _nodes(units: Units, said: Iterable[Entry]) -> Iterator[Node]:
    yield from units.table.shared.values()
    yield from _records(said, NODES, decode_node)


def _claims(
    said: Sequence[Entry], alone: Sequence[Claim], inferred: Sequence[Entry]
) -> Iterator[Claim]:
    """Yield all claims: as the folders say them, then successions, then what was inferred."""
    yield from _records(said, CLAIMS, decode_claim)
    yield from alone
    if inferred:
        paths = [entry.path(CLAIMS) for entry in inferred]
        for block in merged_blocks(paths, inferred[0].folder.parent, key=_claim_order):
            yield from map(decode_claim, block)


def _claim_order(line: bytes) -> tuple[str, ...]:
    return order(decode_claim(line))


def _common(units: Units, alone: Sequence[Claim], cache: Cache) -> Entry:
    """Return the N-Quads of the ontology and of what all instruments share."""
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


def write_content(
    home: Path,
    content: Content,
    facts: Mapping[str, Any],
    check: Callable[[Path, int], Mapping[str, Any]],
    progress: Progress | None = None,
) -> Release:
    """Write a release aside and swap it in.

    Args:
        home: The folder of releases.
        content: What it is made of.
        facts: What its manifest says beside counts and hashes.
        check: Given the N-Quads and their number, what the manifest says of their being
            checked; what it raises ends the build.
        progress: Told how far it has come.

    Raises:
        KgError: `release-write` when the disk refuses; the release in use stays as it was.
    """
    with _write_aside(home) as folder:
        index, quads = folder / INDEX, folder / RELEASE_QUADS
        counts = _write_index(index, content, progress)
        counts["statements"] = _write_quads(quads, content, folder, progress)
        checked = check(quads, counts["statements"])
        files = {path.name: path.read_text(encoding="utf-8") for path in (index, quads)}
        name = _name([index, quads])
        return write_release(home, name, files, {**facts, **checked, "counts": counts})


def _write_index(path: Path, content: Content, progress: Progress | None) -> dict[str, int]:
    meter = Meter(progress, "indexing records", content.records)
    nodes: dict[str, Node] = {}
    claims: list[Claim] = []
    facts: list[Fact] = []
    for node in content.nodes:
        nodes[node.id] = node
        meter.step()
    for claim in content.claims:
        claims.append(claim)
        meter.step()
    for fact in content.facts:
        facts.append(fact)
        meter.step()
    documents = {document.id: document for document in content.documents}
    graph = KnowledgeGraph(nodes, tuple(claims), tuple(facts), documents)
    path.write_text(dump_index(graph), encoding="utf-8", newline="")
    meter.end()
    return {
        "nodes": len(nodes),
        "claims": len(claims),
        "facts": len(facts),
        "inferred": content.inferred,
    }


def _write_quads(path: Path, content: Content, folder: Path, progress: Progress | None) -> int:
    meter = Meter(progress, "writing statements", content.lines)
    count = 0
    with path.open("wb") as stream:
        for block in content.blocks(folder):
            stream.writelines(block)
            count += len(block)
            meter.reach(count)
    meter.end()
    return count


def _name(paths: Sequence[Path]) -> str:
    """Return the name of a release: the same content has the same name."""
    total = hashlib.sha256(VERSION.encode())
    for path in paths:
        total.update(b"\x1f")
        with path.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                total.update(chunk)
    return total.hexdigest()[:24]


@contextlib.contextmanager
def _write_aside(home: Path) -> Iterator[Path]:
    try:
        home.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".building-", dir=home))
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    except OSError as error:
        raise KgError(
            "release-write",
            f"the release cannot be written to {home}: {error.strerror or error}",
            hint="the release in use is as it was; free space, or choose a folder with -o",
        ) from error
