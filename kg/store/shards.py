"""Reading a server's graphs whole, in pieces small enough for servers that limit answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import StoreError
from kg.store.credentials import show_url
from kg.store.remote import value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.store.remote import RemoteStore
    from kg.store.stores import Term

WHOLE: Final = 5_000
"""The most triples of a graph that are asked for in one question."""
Row = tuple["Term | None", ...]


def count(store: RemoteStore, graph: str) -> int:
    """Return how many triples a graph has."""
    rows = list(store.select(f"SELECT (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}"))
    return int(value(rows[0][0])) if rows else 0


def read_graph(store: RemoteStore, graph: str) -> Iterator[Row]:
    """Yield every triple of a graph, and make sure that there are as many as it has.

    A large graph is read property by property; where the answer to one of them is cut off, it
    is read again in pages.

    Raises:
        StoreError: If more or fewer triples come than were counted.
    """
    total = count(store, graph)
    if total <= WHOLE:
        yield from _exactly(
            store, f"SELECT ?s ?p ?o WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }}", total
        )
        return
    text = (
        f"SELECT ?p (COUNT(*) AS ?n) WHERE {{ GRAPH <{graph}> {{ ?s ?p ?o }} }} "
        "GROUP BY ?p ORDER BY ?p"
    )
    for predicate, number in list(store.select(text)):
        name = f"<{value(predicate)}>"
        inner = f"SELECT ?s ?o WHERE {{ GRAPH <{graph}> {{ ?s {name} ?o }} }}"
        for subject, obj in _exactly(store, inner, int(value(number))):
            yield subject, predicate, obj


def _exactly(store: RemoteStore, text: str, wanted: int) -> Iterator[Row]:
    """Yield the rows of a question of which it is known how many there are."""
    rows = list(store.select(text, partial=True))
    if 0 < len(rows) < wanted:
        yield from _pages(store, text, wanted, len(rows))
        return
    _check(store, len(rows), wanted)
    yield from rows


def _pages(store: RemoteStore, text: str, wanted: int, page: int) -> Iterator[Row]:
    """Yield the rows in pages of the size that the server gives."""
    names = " ".join(word for word in text.partition("WHERE")[0].split() if word.startswith("?"))
    got = 0
    while got < wanted:
        # The order is made inside: servers that limit sorted answers limit only the outer rows.
        rows = list(
            store.select(
                f"SELECT {names} WHERE {{ {{ {text} ORDER BY {names} }} }} "
                f"LIMIT {page} OFFSET {got}",
                partial=True,
            )
        )
        if not rows:
            break
        got += len(rows)
        yield from rows
    _check(store, got, wanted)


def _check(store: RemoteStore, got: int, wanted: int) -> None:
    if got != wanted:
        raise StoreError(
            "store-incomplete",
            f"{show_url(store.url)} counts {wanted} rows, and gives {got}",
            hint="raise the server's limit of rows; if something is being published there, wait",
        )
