"""The last step of every build: records and sorted lines become one release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.building.governance import KEPT, keep_governance
from kg.building.inputs import code_hash, wants_store
from kg.building.meter import Meter
from kg.lineage.index import vectors
from kg.lineage.reach import is_large
from kg.model.bases import Basis
from kg.model.identifiers import digest
from kg.resources import VERSION
from kg.store.columns import ColumnWriter
from kg.store.dataset import bulk_load
from kg.store.index import IndexWriter
from kg.store.releases import INDEX, QUADS, STORE
from kg.store.stored_graph import REACH, read_index

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from pathlib import Path

    from kg.building.inputs import Inputs
    from kg.building.options import Options
    from kg.model.governance import Review
    from kg.model.records import Claim, Document, Fact, Node, Problem
    from kg.store.release_writing import Files, ReleaseWriter
    from kg.store.releases import Release


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
    """How many lines there are, more or less."""
    problems: Iterable[Problem] = ()
    flat: bool = False
    reviews: Collection[Review] | None = None
    """The reviews of its links, if there is a register of them."""


def release(
    writer: ReleaseWriter,
    content: Content,
    inputs: Inputs,
    options: Options,
    check: Callable[[Path, int], bool],
) -> Release:
    """Write a release aside and swap it in.

    Args:
        writer: Where to write.
        content: What it is made of.
        inputs: The files that it is made from.
        options: How it is written.
        check: Given the N-Quads and their number, tells whether the shapes were checked;
            what it raises ends the build.

    Raises:
        KgError: If the disk refuses; the release in use stays.
    """
    index, quads = writer.path(INDEX), writer.path(QUADS)
    counts = _write_index(index, content, options)
    _write_reach(index)
    keep_governance(writer, inputs, content.reviews)
    counts["statements"] = _write_lines(quads, content, writer.folder, options)
    shapes = check(quads, counts["statements"])
    if wants_store(counts["statements"], options.store):
        meter = Meter(options.progress, "loading triples", counts["statements"])
        bulk_load(writer.path(STORE), quads)
        meter.end()
    facts: dict[str, Any] = {
        "version": VERSION,
        "code": code_hash(),
        "inputs": inputs.hashes,
        "source": inputs.source,
        "governance": {name: shown for name, (_, shown) in inputs.governance.items()},
        "counts": counts,
        "shapes": shapes,
    }
    return writer.commit(_name, facts)


def _name(files: Files) -> str:
    """Return the name of a release: the same version and content have the same name."""
    own = [f"{name} {files[name]['sha256']}" for name in KEPT if name in files]
    return digest([VERSION, files[INDEX]["sha256"], files[QUADS]["sha256"], *own])


def _write_index(path: Path, content: Content, options: Options) -> dict[str, int]:
    counts = {"nodes": 0, "claims": 0, "facts": 0, "inferred": 0}
    meter = Meter(options.progress, "indexing records", content.records)
    with IndexWriter(path) as writer:
        for document in content.documents:
            writer.document(document)
        for node in content.nodes:
            writer.node(node)
            counts["nodes"] += 1
            meter.step()
        for claim in content.claims:
            writer.claim(claim)
            counts["claims"] += 1
            counts["inferred"] += claim.basis is Basis.INFERRED
            meter.step()
        for fact in content.facts:
            writer.fact(fact)
            counts["facts"] += 1
            meter.step()
        for problem in content.problems:
            writer.problem(problem)
        writer.close(flat=content.flat)
    meter.end()
    return counts


def _write_reach(index: Path) -> None:
    """Keep the links by level, and what they reach, beside the index of a large graph."""
    table = read_index(index).table
    if not is_large(table):
        return
    with ColumnWriter(index.with_suffix(REACH)) as writer:
        for name, (code, values) in vectors().kept_columns(table).items():
            writer.column(name, code, values)
        writer.finish({})


def _write_lines(path: Path, content: Content, folder: Path, options: Options) -> int:
    """Write the lines as they come, and return their number."""
    count = 0
    meter = Meter(options.progress, "writing statements", content.lines)
    with path.open("wb") as stream:
        for block in content.blocks(folder):
            stream.writelines(block)
            count += len(block)
            meter.reach(count)
    meter.end()
    return count
