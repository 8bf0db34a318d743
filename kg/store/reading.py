"""Graphs from a server: all of one, or only what its nodes are called."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import StoreError
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import local_id, node_iri, term_iri
from kg.model.records import Node
from kg.store.credentials import show_url
from kg.store.ordering import node_order
from kg.store.rdf import ASSERTED, INFERRED, RDF, RDFS, SKOS
from kg.store.rebuilding import NODE_CLASSES, parse_place, rebuild
from kg.store.remote import value
from kg.store.shards import read_graph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store.rebuilding import Triple
    from kg.store.remote import RemoteStore

VOCABULARY: Final = "/graph/vocab"


def read_remote(store: RemoteStore) -> KnowledgeGraph:
    """Read the whole published graph.

    Plain links and the ontology are left out: claims say the same and more.

    Raises:
        StoreError: If no whole release is published there, or not all of it comes.
    """
    graph = rebuild(_everything(store))
    if not graph.nodes:
        raise StoreError(
            "store-unpublished",
            f"{show_url(store.url)} holds no records",
            hint="publish a release: kg publish --store URL",
        )
    return graph


def _everything(store: RemoteStore) -> Iterator[Triple]:
    for graph in store.graphs:
        if graph not in (ASSERTED, INFERRED) and not graph.endswith(VOCABULARY):
            for subject, predicate, obj in read_graph(store, graph):
                yield value(subject), value(predicate), value(obj)


def read_names(store: RemoteStore) -> KnowledgeGraph:
    """Read only what nodes are called, for finding one by its words."""
    wanted = {
        RDFS + "label": "label",
        SKOS + "altLabel": "alternatives",
        term_iri("verbatim"): "text",
        term_iri("repairedText"): "text",
        term_iri("recordedIn"): "row",
        RDF + "type": "class",
    }
    found: dict[str, dict[str, list[str]]] = {}
    triples = (
        triple
        for graph in store.graphs
        if "/graph/source/" in graph
        for triple in read_graph(store, graph)
    )
    for s, p, o in triples:
        if value(p) in wanted:
            found.setdefault(value(s), {}).setdefault(wanted[value(p)], []).append(value(o))
    nodes = []
    for subject, said in found.items():
        classes = [NODE_CLASSES[cls] for cls in said.get("class", ()) if cls in NODE_CLASSES]
        if classes and "label" in said:
            label = said["label"][0]
            nodes.append(
                Node(
                    local_id(subject),
                    classes[0],
                    label,
                    text=next(iter(said.get("text", ())), label),
                    alternatives=tuple(sorted(said.get("alternatives", ()))),
                    origin=parse_place(next(iter(said.get("row", ())), "")),
                )
            )
    return KnowledgeGraph({node.id: node for node in sorted(nodes, key=node_order)}, ())


class RemoteNames:
    """The names of nodes on a server, for parameters of stored questions."""

    def __init__(self, store: RemoteStore) -> None:
        self._store = store

    def node(self, name: str) -> Node:
        """Find the one node that a name means; of it only the id is known.

        Raises:
            UnknownNodeError: If nothing, or more than one thing, answers to the name.
        """
        return Node(resolve(self._store, name), "", "")


def resolve(store: RemoteStore, name: str) -> str:
    """Return the id of the one node that a name means; what nodes are called is read if need be.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to the name.
    """
    wanted = local_id(name)
    text = f"SELECT ?class WHERE {{ <{node_iri(wanted)}> a ?class }}"
    if any(value(row[0]) in NODE_CLASSES for row in store.answer(text).rows):
        return wanted
    return read_names(store).node(name).id
