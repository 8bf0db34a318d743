"""Asking: parameters bound as terms, answers as tables or SPARQL 1.1 JSON."""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

import pyoxigraph as ox

from kg.errors import ParameterError
from kg.model.bases import WORDS
from kg.model.identifiers import ID, NAMESPACE, VOCABULARY, code_iri, node_iri
from kg.model.tables import ResultTable
from kg.model.times import is_day
from kg.sparql.catalogue import stored_query
from kg.store.stores import as_store, mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from kg.model.records import Node
    from kg.model.tables import Cell
    from kg.sparql.catalogue import StoredQuery
    from kg.store.stores import Answer, TripleStore

Term = ox.NamedNode | ox.Literal
_ORDER: Final = re.compile(r"ORDER\s+BY((?:\s+\?\w+)+)\s*$", re.IGNORECASE)
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS: Final = frozenset(_XSD + name for name in ("integer", "decimal", "double", "float"))
_NUMBER: Final = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")


class Names(Protocol):
    """What finds the node that a name means: a graph does."""

    def node(self, name: str) -> Node:
        """Find the one node that a name means."""


def query(
    graph: Names,
    store: ox.Store | TripleStore,
    name: str,
    parameters: Mapping[str, str] | None = None,
) -> ResultTable:
    """Ask a stored question.

    The rows come in the same order from every store: by what the question orders them by,
    then by their other columns.

    Args:
        graph: What finds the nodes that parameters name.
        store: The triples.
        name: The question's name.
        parameters: A text for each parameter; nodes may be given in any of their names.

    Raises:
        UnknownQueryError: If there is no such question.
        ParameterError: If a parameter is missing or not one of the question's.
        UnknownNodeError: If a parameter names no node.
    """
    stored, bound = bind(graph, name, parameters)
    answer = as_store(store).answer(stored.text, bound, shown=shown_name(stored))
    rows = _in_order(stored.text, answer.columns, list(answer.rows))
    cells = (tuple(map(_cell, row)) for row in rows)
    return ResultTable(*hide_parameters(stored, answer.columns, cells))


def shown_name(stored: StoredQuery) -> str:
    """Return what errors call a stored question."""
    return f"queries/{stored.name}.rq"


def bind(
    graph: Names, name: str, parameters: Mapping[str, str] | None = None
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


def _in_order(
    text: str, columns: Sequence[str], rows: list[tuple[object, ...]]
) -> list[tuple[object, ...]]:
    """Sort rows by the columns that a question names; engines differ where the words are equal."""
    found = _ORDER.search(mask(text))
    if not found:
        return rows
    named = [columns.index(name[1:]) for name in found[1].split() if name[1:] in columns]
    return sorted(rows, key=lambda row: [_rank(row[p]) for p in (*named, *range(len(columns)))])


def _rank(term: object) -> tuple[int, float, str]:
    """Return the place of a term: nothing, blank nodes, IRIs, numbers, then words."""
    if term is None:
        return 0, 0.0, ""
    value = str(getattr(term, "value", term))
    if isinstance(term, ox.Literal):
        if term.datatype.value in _NUMBERS:
            with contextlib.suppress(ValueError):
                return 3, float(value), value
        return 4, 0.0, value
    return 2 if isinstance(term, ox.NamedNode) else 1, 0.0, value


def _cell(term: object) -> str | None:
    return None if term is None else shorten(term)


def _term(graph: Names, kind: str, value: str) -> Term:
    if kind == "node":
        return ox.NamedNode(node_iri(graph.node(value).id))
    if kind == "code":
        scheme, _, code = value.partition("#")
        if not code:
            raise _not_a(value, "code", "write scheme#code, such as basis#stated")
        return ox.NamedNode(code_iri(scheme, code))
    if kind == "basis":
        if value not in WORDS:
            raise _not_a(value, "basis", f"write one of {', '.join(WORDS)}")
        return ox.NamedNode(code_iri("basis", value))
    if kind == "date":
        if not is_day(value):
            raise _not_a(value, "day", "write a day of the calendar as 2011-02-28")
        return ox.Literal(value, datatype=ox.NamedNode(_XSD + "date"))
    if kind == "number":
        if not _NUMBER.fullmatch(value):
            raise _not_a(value, "number", "write digits, such as 12 or 0.85")
        # A decimal of one value has no precision for Virtuoso, which then cannot hold it.
        name = "double" if "." in value else "integer"
        return ox.Literal(value, datatype=ox.NamedNode(_XSD + name))
    return ox.Literal(value)


def _not_a(value: str, kind: str, hint: str) -> ParameterError:
    return ParameterError("parameter", f"{value!r} is not a {kind}", hint=hint)


def ask(
    store: ox.Store | TripleStore,
    text: str,
    bound: Mapping[str, Term] | None = None,
    *,
    shown: str = "the query",
) -> ResultTable:
    """Run SPARQL and return a table; IRIs of the project are shortened.

    Raises:
        QueryError: If the query cannot be run.
        StoreError: If the store is a server that does not answer as it should.
    """
    answer = as_store(store).answer(text, bound, shown=shown)
    if answer.form == "ask":
        return ResultTable(("answer",), ((answer.truth,),))
    rows = (tuple(_cell(term) for term in row) for row in answer.rows)
    if answer.form == "graph":
        return ResultTable(answer.columns, tuple(sorted(rows, key=str)))
    return ResultTable(answer.columns, tuple(rows))


def ask_json(store: ox.Store | TripleStore, text: str, *, shown: str = "the query") -> str:
    """Run SPARQL and return the SPARQL 1.1 Query Results JSON; a graph comes back as N-Triples.

    Raises:
        QueryError: If the query cannot be run.
        StoreError: If the store is a server that does not answer as it should.
    """
    answer = as_store(store).answer(text, shown=shown)
    if answer.form == "graph":
        return "".join("{} {} {} .\n".format(*row) for row in answer.rows)
    return json.dumps(_results(answer), ensure_ascii=False, indent=2) + "\n"


def _results(answer: Answer) -> dict[str, Any]:
    if answer.form == "ask":
        return {"head": {}, "boolean": answer.truth}
    bindings = [
        {
            name: _binding(term)
            for name, term in zip(answer.columns, row, strict=True)
            if term is not None
        }
        for row in answer.rows
    ]
    return {"head": {"vars": list(answer.columns)}, "results": {"bindings": bindings}}


def _binding(term: object) -> dict[str, Any]:
    if isinstance(term, ox.Triple):
        parts = {"subject": term.subject, "predicate": term.predicate, "object": term.object}
        return {"type": "triple", "value": {name: _binding(part) for name, part in parts.items()}}
    if not isinstance(term, ox.Literal):
        kind = "uri" if isinstance(term, ox.NamedNode) else "bnode"
        return {"type": kind, "value": str(getattr(term, "value", term))}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
    elif not term.datatype.value.endswith("XMLSchema#string"):
        found["datatype"] = term.datatype.value
    return found


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
