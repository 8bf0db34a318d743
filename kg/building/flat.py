"""A release from one flat table."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Final

from kg.building.governance import read_governance
from kg.building.merging import LineSorter
from kg.building.meter import Meter
from kg.building.releasing import Content, release
from kg.errors import BuildError
from kg.lineage.reach import Selection
from kg.model.bases import Basis
from kg.model.identifiers import node_iri, term_iri
from kg.model.table import allowed_mask
from kg.registers.flat import read_flat_table
from kg.store.dataset import vocabulary_quads
from kg.store.quads import document_statements, encode_line, statements_of
from kg.store.rdf import INFERRED, iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.building.inputs import Inputs
    from kg.building.options import Options
    from kg.registers.flat_graph import FlatGraph
    from kg.store.release_writing import ReleaseWriter
    from kg.store.releases import Release

HELD: Final = 2_000_000
"""Ancestors held for the nodes that others lead to, before they are looked up again."""
_LINES: Final = 30
"""Statements that a row gives, more or less."""
_CONTRIBUTES: Final = term_iri("contributesTo")
_TRACES: Final = term_iri("tracesTo")


def build_flat(table: Path, writer: ReleaseWriter, inputs: Inputs, options: Options) -> Release:
    """Build a release from one flat table and make it the one in use.

    Nothing is inferred but what the links themselves entail: that serving is contributing,
    and that every link is a step of `lin:tracesTo`. These are written as plain triples, in
    the graph of what is inferred; the chain behind each is found with `kg trace`. Faults of
    single rows are kept in the release, for `kg audit`.

    Args:
        table: The CSV.
        writer: Where to write.
        inputs: The files that it is made from.
        options: How the release is written.

    Raises:
        LoadError: If the file is no such table.
        BuildError: If a row of its waivers or reviews is none.
        KgError: If the release cannot be written.
    """
    meter = Meter(options.progress, "reading the table", 1)
    graph = read_flat_table(table)
    inputs.hold([str(table)])
    reviews, errors = read_governance(inputs)
    if errors:
        raise BuildError(errors)
    meter.end()
    content = Content(
        nodes=graph.nodes.values(),
        claims=graph.claims,
        facts=(),
        documents=graph.documents.values(),
        blocks=lambda folder: _blocks(graph, folder, options),
        records=len(graph.nodes) + len(graph.claims),
        lines=_LINES * len(graph.nodes),
        problems=graph.problems,
        flat=True,
        reviews=reviews,
    )
    return release(writer, content, inputs, options, lambda *_: False)


def _blocks(graph: FlatGraph, folder: Path, options: Options) -> Iterator[list[bytes]]:
    with LineSorter(folder) as sorter:
        sorter.extend(f"{line}\n".encode() for line in vocabulary_quads())
        meter = Meter(options.progress, "making triples", len(graph.nodes))
        for lines in graph_lines(graph):
            sorter.extend(lines)
            meter.step()
        meter.end()
        yield from sorter.sorted()


def graph_lines(graph: FlatGraph) -> Iterator[list[bytes]]:
    """Yield the lines of each node: its words, its links, and what these entail."""
    ancestors = _Ancestors(graph)
    for number, node in enumerate(graph.nodes.values()):
        links = graph.claims_from(node.id)
        found = [encode_line(s) for s in statements_of(graph, node, links)]
        subject = node_iri(node.id)
        found += [
            encode_line((subject, _CONTRIBUTES, iri(node_iri(link.object)), INFERRED))
            for link in links
            if link.predicate == "serves"
        ]
        found += [
            encode_line((subject, _TRACES, iri(other), INFERRED)) for other in ancestors.of(number)
        ]
        yield found
    yield [encode_line(s) for d in graph.documents.values() for s in document_statements(d)]


class _Ancestors:
    """What stands above each node; kept for the nodes that others lead to."""

    def __init__(self, graph: FlatGraph) -> None:
        table = graph.table
        self._table = table
        self._links = Selection(table, table.tracing, allowed_mask([Basis.STATED]))
        self._held: dict[int, list[str]] = {}
        self._size = 0

    def of(self, node: int) -> Iterable[str]:
        """Return the IRIs of everything above a node, itself left out."""
        parents = [self._table.object[link] for link in self._links.up(node)]
        if not parents:
            return ()
        found = dict.fromkeys(chain.from_iterable(map(self._with, parents)))
        found.pop(node_iri(self._table.ids[node]), None)
        return found

    def _with(self, node: int) -> list[str]:
        """Return the IRIs of a node and of everything above it."""
        held = self._held.get(node)
        if held is None:
            if self._size > HELD:
                self._held.clear()
                self._size = 0
            held = [node_iri(self._table.ids[other]) for other in self._links.above(node)]
            self._held[node] = held
            self._size += len(held)
        return held
