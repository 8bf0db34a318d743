"""Writing the lineage index of a release: the graph's columns and records in one file."""

from __future__ import annotations

import hashlib
import tempfile
from array import array
from typing import TYPE_CHECKING, Final, Self

from kg.model.table import COLUMNS, TableBuilder
from kg.store.columns import ColumnWriter
from kg.store.records import (
    Shared,
    encode_claim,
    encode_fact,
    encode_node,
    encode_passage,
    encode_problem,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Document, Fact, Node, Passage, Problem

FORMAT: Final = 4
_RECENT: Final = 4096
"""Passages that are known again when they come again."""
_PIECE: Final = 1 << 20
_STAGES: Final = ("nodes", "claims", "facts", "problems")


class IndexWriter:
    """An index while it is written: nodes, claims, facts, problems, in this order; then `close`.

    Records go to the file as they come; what is held in memory is the ids and the columns.

    Args:
        path: The file, made or replaced.

    Example:
        >>> import tempfile, pathlib
        >>> from kg.model.records import Node
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "lineage.index"
        >>> with IndexWriter(path) as writer:
        ...     writer.node(Node("a", "Action", "An action", text="Act."))
        ...     writer.close()
        >>> from kg.store.stored_graph import read_index
        >>> read_index(path).nodes["a"].label
        'An action'
    """

    def __init__(self, path: Path) -> None:
        self._file = ColumnWriter(path)
        self._table = TableBuilder()
        self._shared = _Written(path.parent)
        self._documents: list[Document] = []
        self._stage = 0
        self._begun = self._file.begin()
        self._offsets = [array("Q", [0]) for _ in _STAGES]
        self._claims = array("Q")

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file; without `close` before, it is no index."""
        self._shared.close()
        self._file.__exit__(kind, error, trace)

    def document(self, document: Document) -> None:
        """Add a document, at any time."""
        self._documents.append(document)

    def node(self, node: Node) -> None:
        """Add a node."""
        self._record(0, encode_node(node, self._shared))
        self._table.add_node(node)

    def claim(self, claim: Claim) -> None:
        """Add a claim, after the nodes."""
        place = len(self._claims)
        self._record(1, encode_claim(claim, self._shared))
        self._claims.append(key_of(claim.id))
        self._table.add_claim(claim, place)

    def fact(self, fact: Fact) -> None:
        """Add a fact, after the claims."""
        self._record(2, encode_fact(fact, self._shared))
        self._table.add_fact(fact)

    def problem(self, problem: Problem) -> None:
        """Add something that was wrong with a row, after the facts."""
        self._record(3, encode_problem(problem, self._shared))

    def _record(self, stage: int, data: bytes) -> None:
        self._reach_stage(stage)
        self._file.write(data)
        offsets = self._offsets[stage]
        offsets.append(offsets[-1] + len(data))

    def _reach_stage(self, stage: int) -> None:
        assert stage >= self._stage, "nodes come first, then claims, facts and problems"
        while self._stage < stage:
            self._file.end(_STAGES[self._stage], self._begun)
            self._stage += 1
            self._begun = self._file.begin()

    def close(self, *, flat: bool = False) -> None:
        """Write the columns and finish the file."""
        self._reach_stage(len(_STAGES) - 1)
        self._file.end(_STAGES[-1], self._begun)
        table = self._table.finish(flat=flat)
        self._ids(table.ids)
        for name, offsets in zip(_STAGES, self._offsets, strict=True):
            self._file.column(f"{name}_at", "Q", offsets)
        begun = self._file.begin()
        for piece in self._shared.pieces():
            self._file.write(piece)
        self._file.end("passages", begun)
        self._file.column("passages_at", "Q", self._shared.offsets)
        self._keys("claim", self._claims)
        for name, code in COLUMNS.items():
            self._file.column(name, code, table.columns[name])
        self._file.finish(
            {
                "format": FORMAT,
                "flat": flat,
                "documents": [
                    [d.id, d.path, d.sha256, d.title, d.instrument, d.read_by, d.read_on]
                    for d in self._documents
                ],
                "names": self._shared.names,
                "codes": [table.classes, table.predicates, table.kinds],
            }
        )

    def _ids(self, ids: Sequence[str]) -> None:
        begun, offsets = self._file.begin(), array("Q", [0])
        for name in ids:
            data = name.encode()
            self._file.write(data)
            offsets.append(offsets[-1] + len(data))
        self._file.end("ids", begun)
        self._file.column("ids_at", "Q", offsets)
        self._keys("id", array("Q", map(key_of, ids)))

    def _keys(self, name: str, keys: array[int]) -> None:
        """Write keys in order, with the number that each belongs to, for bisection."""
        order = sorted(range(len(keys)), key=keys.__getitem__)
        self._file.column(f"{name}_key", "Q", array("Q", map(keys.__getitem__, order)))
        self._file.column(f"{name}_number", "I", array("I", order))


class _Written(Shared):
    """What records share, while an index is written: passages go to a file as they come.

    A passage that comes again soon, as that of a row does whose links are many, is written once.

    Args:
        folder: Where to keep the passages until the records are written.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._stream = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        self.offsets = array("Q", [0])
        self._recent: dict[Passage, int] = {}

    def passage(self, passage: Passage) -> int:
        """Return the number of a passage."""
        found = self._recent.get(passage)
        if found is None:
            if len(self._recent) >= _RECENT:
                self._recent.clear()
            data = encode_passage(passage, self)
            self._stream.write(data)
            found = self._recent[passage] = len(self.offsets) - 1
            self.offsets.append(self.offsets[-1] + len(data))
        return found

    def pieces(self) -> Iterator[bytes]:
        """Yield what was written."""
        self._stream.seek(0)
        while piece := self._stream.read(_PIECE):
            yield piece

    def close(self) -> None:
        """Remove the file."""
        self._stream.close()


def key_of(name: str) -> int:
    """Return 64 bits that stand for a name in a sorted column.

    Example:
        >>> key_of("a") == key_of("a") != key_of("b")
        True
    """
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def write_index(path: Path, graph: KnowledgeGraph) -> None:
    """Write a graph of records as an index."""
    with IndexWriter(path) as writer:
        for document in graph.documents.values():
            writer.document(document)
        for node in graph.nodes.values():
            writer.node(node)
        for claim in graph.claims:
            writer.claim(claim)
        for fact in graph.facts:
            writer.fact(fact)
        for problem in graph.problems:
            writer.problem(problem)
        writer.close(flat=graph.flat)
