"""The triples of a graph, whatever it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kg.building.dated import dated_records
from kg.building.flat import graph_lines
from kg.model.dating import DatedGraph
from kg.registers.flat_graph import FlatGraph
from kg.store.dataset import vocabulary_quads
from kg.store.files import read_lines
from kg.store.quads import write_quads
from kg.store.rdflib_dataset import dataset_of
from kg.store.stored_graph import StoredGraph

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph


def lines_of(graph: KnowledgeGraph) -> list[str]:
    """Return the N-Quads lines of a graph, the vocabulary included, sorted.

    Those of a release are read; those of any other graph are made, as a build would.

    Args:
        graph: The graph; of a dated one what is in force on its day is given.

    Example:
        >>> import kg
        >>> lines_of(kg.load())[0].endswith(" .")
        True
    """
    if isinstance(graph, DatedGraph):
        return lines_of(dated_records(graph) if graph.changed else graph.base)
    kept = graph.quads if isinstance(graph, StoredGraph) else None
    if kept is not None and kept.is_file():
        return read_lines(kept)
    if not isinstance(graph, FlatGraph):
        return sorted({*write_quads(graph), *vocabulary_quads()})
    own = {str(line, "utf-8").removesuffix("\n") for part in graph_lines(graph) for line in part}
    return sorted({*own, *vocabulary_quads()})


def to_rdflib(graph: KnowledgeGraph) -> Any:  # noqa: ANN401 - the library belongs below
    """Return the triples of a graph as an rdflib dataset, named graph by named graph.

    They are parsed strictly by another library first. The prefixes `lin:` and `id:` are bound,
    and a query that names no graph is asked of all of them together. rdflib holds everything
    in memory: for millions of statements `kg export` and a store are the better way.

    Args:
        graph: The graph, as `load` gives it; of a dated graph what is in force.

    Raises:
        LoadError: If the triples that belong to it are damaged.

    Example:
        >>> import kg
        >>> objective = "<" + kg.iri("no-health-without-mental-health/objective/6") + ">"
        >>> found = kg.to_rdflib(kg.load())
        >>> len(found.query(f"SELECT ?action {{ ?action lin:servesPrimarily {objective} }}"))
        3
    """
    return dataset_of(lines_of(graph))
