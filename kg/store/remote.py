"""Any SPARQL 1.1 server as a store: questions over HTTP, answers as they come."""

from __future__ import annotations

import contextlib
from typing import IO, TYPE_CHECKING, Any, Final, cast

import pyoxigraph as ox

from kg.errors import StoreError
from kg.model.identifiers import GRAPH, ID
from kg.store.credentials import show_url
from kg.store.dataset import run_query
from kg.store.rdf import DCTERMS
from kg.store.stores import Answer, as_answer, bind, form_of, solutions_of
from kg.store.transport import Body, Transport

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import httpx

    from kg.store.stores import Form, Term

RELEASE_GRAPH: Final = GRAPH + "release"
"""The graph that says which release is published; it is written last."""
RELEASE: Final = ID + "release/"
MOST_GRAPHS: Final = 200
"""The most graphs that are named in every question; beyond it the server's own union is used."""
TRIPLES: Final = "http://rdfs.org/ns/void#triples"
JSON_TYPES: Final = frozenset({"application/sparql-results+json", "application/json"})
GRAPH_TYPES: Final = frozenset({"application/n-triples", "text/plain", "text/turtle"})
_JSON: Final = "application/sparql-results+json"
_NTRIPLES: Final = "application/n-triples"
_SILENT: Final = "Virtuoso"
"""How a server calls itself that cuts graphs off without a word."""
_SOME: Final = "SELECT ?release ?graph ?n WHERE {{ {where} }}"
_PUBLISHED: Final = f"?release <{DCTERMS}hasPart> ?graph . ?graph <{TRIPLES}> ?n"


class RemoteStore:
    """A server that speaks the SPARQL 1.1 Protocol.

    Questions are asked of the graphs of the release that is published there and of no others,
    whatever else the server holds.

    Args:
        transport: The connections.
        url: The address of the query service.
    """

    def __init__(self, transport: Transport, url: str) -> None:
        self.transport = transport
        self.url = url
        self._graphs: dict[str, int] | None = None
        self._name = ""
        self._named = True
        self._server = ""
        self._empty = ox.Store()

    @property
    def release(self) -> str:
        """The name of the published release."""
        self._open()
        return self._name

    @property
    def graphs(self) -> dict[str, int]:
        """The graphs of the published release, each with its number of triples.

        Raises:
            StoreError: If no whole release is published there.
        """
        return self._open()

    def confirm(self) -> None:
        """Make sure that the release that was read is still the one that is published.

        Raises:
            StoreError: If it is another one, or publishing has begun.
        """
        if self._graphs is not None and self._published() != (self._name, self._graphs):
            raise StoreError(
                "store-changed",
                f"another release was published at {show_url(self.url)} meanwhile",
                hint="ask again",
            )

    def _published(self) -> tuple[str, dict[str, int]]:
        where = f"GRAPH <{RELEASE_GRAPH}> {{ {_PUBLISHED} }}"
        rows = list(self.select(_SOME.format(where=where)))
        names = {value(row[0]).removeprefix(RELEASE) for row in rows}
        if len(names) != 1:
            raise StoreError(
                "store-unpublished",
                f"{show_url(self.url)} holds no whole release",
                hint="publish one, or wait until publishing is done: kg publish --store URL",
            )
        return names.pop(), {value(row[1]): int(value(row[2])) for row in sorted(rows, key=str)}

    def _open(self) -> dict[str, int]:
        if self._graphs is None:
            self._name, graphs = self._published()
            self._named = len(graphs) <= MOST_GRAPHS
            if not self._named and not list(self.select(_SOME.format(where=_PUBLISHED))):
                raise StoreError(
                    "store-not-union",
                    f"{show_url(self.url)} does not read its graphs as one by default",
                    hint="start it so that its default graph is the union of all graphs "
                    "(oxigraph serve --union-default-graph)",
                )
            self._graphs = graphs
        return self._graphs

    def answer(
        self,
        text: str,
        bindings: Mapping[str, ox.NamedNode | ox.Literal] | None = None,
        *,
        shown: str = "the query",
    ) -> Answer:
        """Ask a SPARQL query of the published release, with parameters bound as terms.

        Raises:
            QueryError: If the text is no query, or asks for something outside the store.
            StoreError: If the server does not answer, or gives only a part of the answer.
        """
        # The same grammar everywhere: what the embedded store cannot read is not sent.
        run_query(self._empty, text, shown=shown)
        graphs = self._open()
        fields: dict[str, Any] = {"query": bind(text, bindings or {})}
        if self._named:
            fields["default-graph-uri"] = fields["named-graph-uri"] = list(graphs)
        form = form_of(text)
        if form == "graph" and self._server.startswith(_SILENT) and (probe := solutions_of(text)):
            # It cuts off what graphs are made from and does not say so; of rows it does say so.
            list(self._ask({**fields, "query": probe}, "select").rows)
        return self._ask(fields, form)

    def select(self, text: str, *, partial: bool = False) -> Iterator[tuple[Term | None, ...]]:
        """Ask a SELECT query of everything that the server holds, and yield the rows.

        Args:
            text: The query.
            partial: Whether it is no error when the server cuts the answer short.
        """
        return iter(self._ask({"query": text}, "select", partial=partial).rows)

    def _ask(self, fields: dict[str, Any], form: Form, *, partial: bool = False) -> Answer:
        accept = _NTRIPLES if form == "graph" else _JSON
        stack = contextlib.ExitStack()
        try:
            # A question changes nothing, whatever the method by which it is sent.
            response = stack.enter_context(
                self.transport.call(
                    "POST", self.url, idempotent=True, data=fields, headers={"Accept": accept}
                )
            )
            self._server = response.headers.get("server", "")
            where = show_url(self.url)
            kind = _check_type(response, GRAPH_TYPES if form == "graph" else JSON_TYPES, where)
            if not partial:
                _refuse_partial(response, where)
            answer = _parse(Body(response, self.transport.limits), form, kind, where)
        except BaseException:
            stack.close()
            raise
        return Answer(answer.form, answer.columns, _stream(answer, stack, where), answer.truth)


def value(term: object) -> str:
    """Return the words of a term: its IRI, or what a literal says.

    Example:
        >>> value(ox.Literal("a", language="en")), value(None)
        ('a', '')
    """
    return "" if term is None else str(getattr(term, "value", term))


def _stream(
    answer: Answer, stack: contextlib.ExitStack, where: str
) -> Iterator[tuple[Term | None, ...]]:
    """Yield the rows of an answer, and close the connection behind them.

    The library's rows must be dropped in the thread in which they were made. So no error that
    leaves here may keep hold of them.
    """
    rows = iter(answer.rows)
    del answer
    with stack:
        while True:
            row, error = _next(rows, where)
            if error is not None:
                del rows
                raise error
            if row is None:
                return
            yield row


def _next(
    rows: Iterator[tuple[Term | None, ...]], where: str
) -> tuple[tuple[Term | None, ...] | None, StoreError | None]:
    """Return the next row, nothing at the end, or what is wrong."""
    try:
        return next(rows, None), None
    except (SyntaxError, ValueError) as error:
        return None, _unreadable(error, where)
    except StoreError as error:
        return None, error.with_traceback(None)


def _unreadable(error: Exception, where: str) -> StoreError:
    words = " ".join(str(error.args[0] if error.args else error).split())
    return StoreError(
        "store-answer",
        f"{where} does not answer as SPARQL 1.1 lays down: {words}",
        hint="check that the address is that of a SPARQL query service, and that the answer "
        "is not cut off by a proxy or a time limit",
    )


def _parse(body: Body, form: Form, kind: str, where: str) -> Answer:
    try:
        answer = _parsed(body, form, kind)
    except (SyntaxError, ValueError) as error:
        raise _unreadable(error, where) from error
    if answer.form != form:
        got = answer.form
        del answer
        raise StoreError(
            "store-answer",
            f"{where} answers a question of the form {form} with one of the form {got}",
            hint="check that the address is that of a SPARQL query service",
        )
    return answer


def _parsed(body: Body, form: Form, kind: str) -> Answer:
    stream = cast("IO[bytes]", body)  # it reads like a file, and needs no more
    if form == "graph":
        as_turtle = kind == "text/turtle"
        found = ox.parse(
            stream, format=ox.RdfFormat.TURTLE if as_turtle else ox.RdfFormat.N_TRIPLES
        )
        rows = ((q.subject, q.predicate, q.object) for q in found)
        return Answer("graph", ("subject", "predicate", "object"), rows)
    return as_answer(ox.parse_query_results(stream, format=ox.QueryResultsFormat.JSON))


def _check_type(response: httpx.Response, types: frozenset[str], where: str) -> str:
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in types:
        raise StoreError(
            "store-answer",
            f"{where} answers with {kind or 'no type'}, not {' or '.join(sorted(types))}",
            hint="check that the address is that of a SPARQL query service, not of a page for "
            "people",
        )
    return str(kind)


def _refuse_partial(response: httpx.Response, where: str) -> None:
    """Refuse an answer that the server says is only a part (headers of Virtuoso)."""
    most = response.headers.get("x-sparql-maxrows", "")
    if most or response.headers.get("x-sql-state", ""):
        why = f"after {most} rows" if most else "when its time was up"
        raise StoreError(
            "store-truncated",
            f"{where} cut its answer off {why}",
            hint="ask for less, or raise ResultSetMaxRows and MaxQueryExecutionTime in the "
            "server's settings",
        )
