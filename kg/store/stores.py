"""Stores behind one interface: an embedded one, and any SPARQL 1.1 server (`kg.store.remote`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Protocol

import pyoxigraph as ox

from kg.errors import QueryError
from kg.store.dataset import STRIPPED, run_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Form = Literal["select", "ask", "graph"]
_FORM: Final = re.compile(r"(?<![?$:\w-])(SELECT|ASK|CONSTRUCT|DESCRIBE)(?![:\w-])", re.IGNORECASE)
_BODY: Final = re.compile(r"(?<![?$:\w-])WHERE(?![:\w-])|\{", re.IGNORECASE)
_FORMS: Final[dict[str, Form]] = {
    "SELECT": "select",
    "ASK": "ask",
    "CONSTRUCT": "graph",
    "DESCRIBE": "graph",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a store answers; its rows can be read once, as they come."""

    form: Form
    columns: tuple[str, ...]
    rows: Iterable[tuple[Term | None, ...]]
    truth: bool = False
    """The answer to an ASK."""


class TripleStore(Protocol):
    """Where triples are; every question is asked of all its graphs as one."""

    def answer(
        self,
        text: str,
        bindings: Mapping[str, ox.NamedNode | ox.Literal] | None = None,
        *,
        shown: str = "the query",
    ) -> Answer:
        """Ask a SPARQL query, with parameters bound as terms."""


class EmbeddedStore:
    """A store of this process.

    Example:
        >>> from kg.store.dataset import open_store
        >>> store = EmbeddedStore(open_store(["<http://e/s> <http://e/p> <http://e/o> ."]))
        >>> list(store.answer("SELECT ?o { ?s ?p ?o }").rows)
        [(<NamedNode value=http://e/o>,)]
    """

    def __init__(self, store: ox.Store) -> None:
        self.store = store

    def answer(
        self,
        text: str,
        bindings: Mapping[str, ox.NamedNode | ox.Literal] | None = None,
        *,
        shown: str = "the query",
    ) -> Answer:
        """Ask a SPARQL query, with parameters bound as terms.

        Raises:
            QueryError: If the query cannot be run.
        """
        return as_answer(run_query(self.store, text, bindings, shown=shown))


def as_answer(result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples) -> Answer:
    """Return what the library answers in the form that every store answers in."""
    if isinstance(result, ox.QueryBoolean):
        return Answer("ask", ("answer",), (), bool(result))
    if isinstance(result, ox.QueryTriples):
        return Answer(
            "graph",
            ("subject", "predicate", "object"),
            ((t.subject, t.predicate, t.object) for t in result),
        )
    names = tuple(variable.value for variable in result.variables)
    return Answer("select", names, (tuple(row[name] for name in names) for row in result))


def as_store(store: ox.Store | TripleStore) -> TripleStore:
    """Return a store of the library behind the interface; others come back as they are."""
    return EmbeddedStore(store) if isinstance(store, ox.Store) else store


def mask(text: str) -> str:
    """Blank out IRIs, strings and comments of a query; keywords and variables stay.

    Example:
        >>> mask("ASK { <a#b> ?p '{' } # {")
        'ASK {       ?p     }    '
    """
    return STRIPPED.sub(
        lambda match: match[0] if match[0][0] in "?$" else re.sub(r"[^\n]", " ", match[0]), text
    )


def form_of(text: str) -> Form:
    """Return the form of a query: what kind of answer it gets.

    Example:
        >>> form_of("PREFIX ask: <http://e/> SELECT * { ?s ask:x ?o }")
        'select'
    """
    found = _FORM.search(mask(text))
    return _FORMS[found[1].upper()] if found else "select"


def bind(text: str, bindings: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    r"""Bind parameters in the text of a SELECT or ASK query, as a table of values.

    The table stands first in the outermost group: so everything in that group is joined with
    it, what is optional too. A parameter that stands only in an inner group is not seen by a
    filter of that group; our stored questions have none such, and a test compares them all.

    Args:
        text: The query.
        bindings: Terms, which are written as N-Triples, never pasted as they were given.

    Example:
        >>> bind("SELECT ?s WHERE { ?s ?p ?o }", {"o": ox.Literal('say "no" }')})
        'SELECT ?s WHERE { VALUES ?o { "say \\"no\\" }" } ?s ?p ?o }'
    """
    if not bindings:
        return text
    bare = mask(text)
    start = bare.find("{")
    if start < 0 or form_of(text) == "graph":
        raise QueryError(
            "query-parameters",
            "parameters can only be bound in SELECT and ASK queries",
            hint="ask it without parameters",
        )
    values = " ".join(f"VALUES ?{name} {{ {term} }}" for name, term in bindings.items())
    return f"{text[: start + 1]} {values}{text[start + 1 :]}"


def solutions_of(text: str) -> str:
    """Return a SELECT query with the solutions that a CONSTRUCT or DESCRIBE query works on.

    Empty for a DESCRIBE query that names what it describes.

    Example:
        >>> solutions_of("CONSTRUCT { ?s <http://e/p> ?o } WHERE { ?s ?p ?o } LIMIT 3")
        'SELECT ?s ?o WHERE { ?s ?p ?o } LIMIT 3'
        >>> solutions_of("CONSTRUCT WHERE { ?s ?p ?o }"), solutions_of("DESCRIBE <http://e/s>")
        ('SELECT * WHERE { ?s ?p ?o }', '')
    """
    bare = mask(text)
    found = _FORM.search(bare)
    if not found:
        return ""
    start = end = found.end()
    if found[1].upper() == "DESCRIBE":
        rest = _BODY.search(bare, start)
        end = rest.start() if rest else len(text)
    elif bare[start:].lstrip().startswith("{"):
        depth = 0
        for place in range(start, len(bare)):
            depth += {"{": 1, "}": -1}.get(bare[place], 0)
            if bare[place] == "}" and depth == 0:
                end = place + 1
                break
    if not bare[end:].strip():
        return ""
    names = dict.fromkeys(re.findall(r"[?$]\w+", bare[start:end]))
    return f"{text[: found.start()]}SELECT {' '.join(names) or '*'} {text[end:].strip()}"
