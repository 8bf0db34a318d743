"""The last step of every build: records and sorted lines become one release."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.lineage.index import vectors
from kg.lineage.reach import is_large
from kg.model.bases import Basis
from kg.model.identifiers import digest
from kg.resources import VERSION
from kg.store.columns import ColumnWriter
from kg.store.dataset import bulk_load
from kg.store.files import hash_file
from kg.store.index import IndexWriter
from kg.store.release_writing import KEEP
from kg.store.releases import INDEX, QUADS, STORE
from kg.store.stored_graph import REACH, read_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from kg.model.records import Claim, Document, Fact, Node, Problem
    from kg.store.release_writing import ReleaseWriter
    from kg.store.releases import Release

STORE_FROM: Final = 500_000
"""Statements from which a release carries an Oxigraph folder; fewer are read in a second."""
_STEP: Final = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a release is made of; records come in the order of the graph, lines sorted."""

    nodes: Iterable[Node]
    claims: Iterable[Claim]
    facts: Iterable[Fact]
    documents: Iterable[Document]
    blocks: Callable[[Path], Iterable[list[bytes]]]
    """Given a folder to sort in, the N-Quads lines in sorted blocks, each line once."""
    inputs: Mapping[str, str]
    """The SHA-256 of every file that the release was made from."""
    problems: Iterable[Problem] = ()
    flat: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a release is written."""

    wait: float = 0.0
    """Seconds to wait for another build."""
    keep: int = KEEP
    """How many releases to keep."""
    tell: Callable[[str], None] | None = None
    """Told in words when there is something to wait for."""
    progress: Callable[[str, int, int], None] | None = None
    store: bool | None = None
    """Whether the release carries an Oxigraph folder; from a size on when left out."""

    def report(self, stage: str, done: int, total: int = 0) -> None:
        """Tell how far the work is."""
        if self.progress is not None:
            self.progress(stage, done, total)


def release(writer: ReleaseWriter, content: Content, options: Options) -> Release:
    """Write a release aside and swap it in.

    Args:
        writer: Where to write.
        content: What it is made of.
        options: How it is written.

    Raises:
        KgError: If the disk refuses; the release in use stays.
    """
    index, quads = writer.path(INDEX), writer.path(QUADS)
    counts = _write_index(index, content, options)
    _write_reach(index)
    lines = content.blocks(writer.folder)
    counts["statements"], sum_of_quads = _write_lines(quads, lines, options)
    wanted = options.store
    if wanted or (wanted is None and counts["statements"] >= STORE_FROM):
        options.report("loading the triples", 0, counts["statements"])
        bulk_load(writer.path(STORE), quads)
        options.report("loading the triples", counts["statements"], counts["statements"])
    name = digest([VERSION, hash_file(index), sum_of_quads])
    facts: dict[str, Any] = {
        "version": VERSION,
        "inputs": dict(content.inputs),
        "counts": counts,
    }
    return writer.commit(name, facts)


def _write_index(path: Path, content: Content, options: Options) -> dict[str, int]:
    counts = {"nodes": 0, "claims": 0, "facts": 0, "inferred": 0}
    with IndexWriter(path) as writer:
        for document in content.documents:
            writer.document(document)
        for node in content.nodes:
            writer.node(node)
            counts["nodes"] += 1
            if not counts["nodes"] % _STEP:
                options.report("indexing", counts["nodes"])
        for claim in content.claims:
            writer.claim(claim)
            counts["claims"] += 1
            counts["inferred"] += claim.basis is Basis.INFERRED
            if not counts["claims"] % _STEP:
                options.report("indexing", counts["nodes"] + counts["claims"])
        for fact in content.facts:
            writer.fact(fact)
            counts["facts"] += 1
        for problem in content.problems:
            writer.problem(problem)
        writer.close(flat=content.flat)
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


def _write_lines(path: Path, blocks: Iterable[list[bytes]], options: Options) -> tuple[int, str]:
    """Write the lines as they come; return their number and the SHA-256 of the file."""
    total, count = hashlib.sha256(), 0
    with path.open("wb") as stream:
        for block in blocks:
            data = b"".join(block)
            total.update(data)
            stream.write(data)
            count += len(block)
            options.report("writing statements", count)
    return count, total.hexdigest()
