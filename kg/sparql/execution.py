"""Asking: parameters bound as terms, answers as tables or SPARQL 1.1 JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import ParameterError
from kg.model.identifiers import ID, NAMESPACE, VOCABULARY, code_iri, node_iri
from kg.model.tables import ResultTable
from kg.sparql.catalogue import stored_query
from kg.store.dataset import run_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.model.graph import KnowledgeGraph
    from kg.model.tables import Cell
    from kg.sparql.catalogue import StoredQuery

Term = ox.NamedNode | ox.Literal


def query(
    graph: KnowledgeGraph, store: ox.Store, name: str, parameters: Mapping[str, str] | None = None
) -> ResultTable:
    """Ask a stored question.

    Args:
        graph: The graph, for finding the nodes that parameters name.
        store: Its triples.
        name: The question's name.
        parameters: A text for each parameter; nodes may be given in any of their names.

    Raises:
        UnknownQueryError: If there is no such question.
        ParameterError: If a parameter is missing or not one of the question's.
        UnknownNodeError: If a parameter names no node.
    """
    stored, bound = bind(graph, name, parameters)
    table = ask(store, stored.text, bound, shown=shown_name(stored))
    return ResultTable(*hide_parameters(stored, table.columns, table.rows))


def shown_name(stored: StoredQuery) -> str:
    """Return what errors call a stored question."""
    return f"queries/{stored.name}.rq"


def bind(
    graph: KnowledgeGraph, name: str, parameters: Mapping[str, str] | None = None
) -> tuple[StoredQuery, dict[str, Term]]:
    """Find a stored question and turn its parameters into terms; raises as `query` does."""
    stored = stored_query(name)
    given = dict(parameters or {})
    for wrong in sorted(set(given) ^ set(stored.params)):
        what = "is missing" if wrong in stored.params else "is not one of this question"
        raise ParameterError(
            "parameter",
            f"the parameter {wrong!r} {what}",
            hint=f"{name} takes: " + (", ".join(stored.params) or "no parameters"),
        )
    return stored, {key: _term(graph, stored.params[key][0], value) for key, value in given.items()}


def hide_parameters(
    stored: StoredQuery, columns: tuple[str, ...], rows: Iterable[tuple[Cell, ...]]
) -> tuple[tuple[str, ...], tuple[tuple[Cell, ...], ...]]:
    """Leave out the columns of parameters.

    They are projected, because they are bound as terms; they are no part of the answer.
    """
    keep = [place for place, column in enumerate(columns) if column not in stored.params]
    return (
        tuple(columns[place] for place in keep),
        tuple(tuple(row[place] for place in keep) for row in rows),
    )


def _term(graph: KnowledgeGraph, kind: str, value: str) -> Term:
    if kind == "node":
        return ox.NamedNode(node_iri(graph.node(value).id))
    if kind == "code":
        scheme, _, code = value.partition("#")
        if not code:
            raise ParameterError(
                "parameter",
                f"{value!r} is not a code",
                hint="write scheme#code, such as basis#stated",
            )
        return ox.NamedNode(code_iri(scheme, code))
    return ox.Literal(value)


def ask(
    store: ox.Store, text: str, bound: Mapping[str, Term] | None = None, *, shown: str = "the query"
) -> ResultTable:
    """Run SPARQL and return a table; IRIs of the project are shortened.

    Raises:
        QueryError: If the query cannot be run.
    """
    result = run_query(store, text, bound, shown=shown)
    if isinstance(result, ox.QueryBoolean):
        return ResultTable(("answer",), ((bool(result),),))
    if isinstance(result, ox.QueryTriples):
        rows = sorted((shorten(t.subject), shorten(t.predicate), shorten(t.object)) for t in result)
        return ResultTable(("subject", "predicate", "object"), tuple(rows))
    names = tuple(variable.value for variable in result.variables)
    return ResultTable(
        names,
        tuple(tuple(None if row[n] is None else shorten(row[n]) for n in names) for row in result),
    )


def ask_json(store: ox.Store, text: str, *, shown: str = "the query") -> str:
    """Run SPARQL and return the SPARQL 1.1 Query Results JSON; a graph comes back as N-Triples.

    Raises:
        QueryError: If the query cannot be run.
    """
    result = run_query(store, text, shown=shown)
    if isinstance(result, ox.QueryTriples):
        return (result.serialize(format=ox.RdfFormat.N_TRIPLES) or b"").decode()
    written = json.loads(result.serialize(format=ox.QueryResultsFormat.JSON) or b"{}")
    return json.dumps(written, ensure_ascii=False, indent=2) + "\n"


def shorten(term: object) -> str:
    """Write a term for people: local ids and CURIEs for what is ours.

    Example:
        >>> shorten(ox.NamedNode("https://w3id.org/policy-lineage/id/new-horizons"))
        'new-horizons'
    """
    value = str(getattr(term, "value", term))
    if isinstance(term, ox.NamedNode):
        if value.startswith(ID):
            return value[len(ID) :]
        if value.startswith(NAMESPACE):
            return "lin:" + value[len(NAMESPACE) :]
        if value.startswith(VOCABULARY):
            return value[len(VOCABULARY) :].rsplit("#", maxsplit=1)[-1]
    return value
