"""Triples for rdflib: parsed strictly first, then handed over graph by graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import LoadError
from kg.model.identifiers import ID, NAMESPACE, VOCABULARY
from kg.store.rdf import DCTERMS, OA, PROV, SKOS

if TYPE_CHECKING:
    from collections.abc import Iterable

    import rdflib

_PREFIXES: Final = {
    "lin": NAMESPACE,
    "id": ID,
    "vocab": VOCABULARY,
    "prov": PROV,
    "oa": OA,
    "dcterms": DCTERMS,
    "skos": SKOS,
}


def dataset_of(lines: Iterable[str]) -> rdflib.Dataset:
    """Return N-Quads lines as an rdflib dataset, with the project's prefixes bound.

    Its default graph is the union of the named ones, as for every other question. Literals
    keep the form in which they are written.

    Args:
        lines: The lines.

    Raises:
        LoadError: If they are no N-Quads; nothing is handed over then.

    Example:
        >>> found = dataset_of(["<http://e/s> <http://e/p> 'o' <http://e/g> .".replace("'", '"')])
        >>> [str(quad[2]) for quad in found.quads()]
        ['o']
    """
    import rdflib  # noqa: PLC0415 - heavy, and few need it

    try:
        quads = list(ox.parse("\n".join(lines).encode(), format=ox.RdfFormat.N_QUADS))
    except SyntaxError as error:
        raise LoadError(
            "load-syntax",
            f"line {error.lineno or 0}: {error.msg}",
            hint="build it again with: kg build",
        ) from error
    dataset = rdflib.Dataset(default_union=True)
    for prefix, iri in _PREFIXES.items():
        dataset.bind(prefix, iri)
    graphs: dict[str, rdflib.Graph] = {}
    for quad in quads:
        name = str(getattr(quad.graph_name, "value", ""))
        if name not in graphs:
            named = rdflib.URIRef(name) if name else None
            graphs[name] = dataset.graph(named) if named else dataset.default_graph
        graphs[name].add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return dataset


def _term(term: Any) -> Any:  # noqa: ANN401 - any term, of two libraries
    import rdflib  # noqa: PLC0415 - heavy, and few need it

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise LoadError(
            "load-syntax",
            "rdflib has no triple terms (RDF 1.2)",
            hint="export RDF 1.1: kg export -o graph.nq",
        )
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    plain = term.datatype.value.endswith("XMLSchema#string")
    datatype = None if plain else rdflib.URIRef(term.datatype.value)
    return rdflib.Literal(term.value, datatype=datatype, normalize=False)
