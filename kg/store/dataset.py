"""The triples of a release in an embedded store, and SPARQL over them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import LoadError, Place, QueryError
from kg.resources import ontology_folder
from kg.store.parsing import parse_turtle
from kg.store.syntax import explain_syntax

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

VOCABULARY_GRAPH: Final = "https://w3id.org/policy-lineage/graph/vocab"
Store = ox.Store
"""The embedded store, for rows above that do not import the library."""
Solutions = ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples


def ontology_files() -> list[Path]:
    """Return the ontology's own Turtle files: the core, its alignments and the code lists.

    Example:
        >>> ontology_files()[0].name
        'lineage.ttl'
    """
    folder = ontology_folder()
    return [
        folder / "lineage.ttl",
        folder / "alignments.ttl",
        *sorted((folder / "vocabularies").glob("*.ttl")),
    ]


def vocabulary_quads() -> list[str]:
    """Return the N-Quads lines of the ontology and code lists, sorted.

    Raises:
        LoadError: If a file is not Turtle.
    """
    lines: set[str] = set()
    graph = ox.NamedNode(VOCABULARY_GRAPH)
    for number, path in enumerate(ontology_files()):
        names: dict[str, ox.BlankNode] = {}
        for quad in parse_turtle(path):
            triple = ox.Quad(
                _rename(quad.subject, names, number),
                quad.predicate,
                _rename(quad.object, names, number),
                graph,
            )
            lines.add(f"{triple} .")
    return sorted(lines)


def _rename(term: Any, names: dict[str, ox.BlankNode], number: int) -> Any:  # noqa: ANN401 - any term
    """Name blank nodes by their order in their file, so that two builds agree."""
    if isinstance(term, ox.BlankNode):
        return names.setdefault(term.value, ox.BlankNode(f"f{number}n{len(names)}"))
    return term


def open_store(lines: Iterable[str]) -> ox.Store:
    """Load N-Quads lines into a new store in memory.

    Example:
        >>> len(open_store(["<http://e/s> <http://e/p> <http://e/o> <http://e/g> ."]))
        1
    """
    store = ox.Store()
    store.load("\n".join(lines).encode(), format=ox.RdfFormat.N_QUADS)
    return store


def read_store(path: Path) -> ox.Store:
    """Load a file of N-Quads into a new store in memory.

    Raises:
        LoadError: If the file cannot be read or is broken.
    """
    store = ox.Store()
    try:
        store.load(path=str(path), format=ox.RdfFormat.N_QUADS)
    except (OSError, SyntaxError) as error:
        raise LoadError(
            "load-file", f"cannot read {path}: {error}", hint="build it again with: kg build"
        ) from error
    return store


def bulk_load(folder: Path, path: Path) -> None:
    """Load a file of N-Quads into a new store on disk, and flush it."""
    store = ox.Store(str(folder))
    store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    store.flush()


def open_folder_store(folder: Path) -> ox.Store:
    """Open a finished store on disk for reading.

    Raises:
        LoadError: If it is no store, or is damaged.
    """
    try:
        return ox.Store.read_only(str(folder))
    except OSError as error:
        raise LoadError(
            "load-file",
            f"cannot read the store {folder}: {error}",
            hint="build it again with: kg build",
        ) from error


def run_query(
    store: ox.Store,
    text: str,
    bindings: Mapping[str, ox.NamedNode | ox.Literal] | None = None,
    *,
    shown: str = "the query",
) -> Solutions:
    """Run a SPARQL query over the union of all graphs, with parameters bound as terms.

    Raises:
        QueryError: If the text is no query, or asks for something outside the store.
    """
    refuse_outside(text, shown)
    substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
        ox.Variable(name): value for name, value in (bindings or {}).items()
    }
    try:
        return store.query(text, use_default_graph_as_union=True, substitutions=substitutions)
    except SyntaxError as error:
        message, hint, line, column = explain_syntax(str(error), text)
        place = Place(shown, line, column)
        raise QueryError("query-syntax", message, place=place, hint=hint) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise QueryError(
            "query-failed", f"{shown} cannot be run: {error}", hint="simplify the query"
        ) from error


STRIPPED: Final = re.compile(
    r"""
      "{3}(?:[^"\\]|\\.|"(?!"{2}))*"{3} | '{3}(?:[^'\\]|\\.|'(?!'{2}))*'{3}
    | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*'
    | <(?:[^<>"{}|^`\\\s]|\\u[0-9A-F]{4}|\\U[0-9A-F]{8})*>
    | \#[^\r\n]*                                                 # a comment
    | [?$]\w+ | @[a-z]+(?:-[a-z0-9]+)*                           # a variable, a language
    | :(?:[\w:]|%[0-9A-F]{2}|\\.)(?:[\w:.-]|%[0-9A-F]{2}|\\.)*   # a local name
    | \\.                                                        # else x:\# would be a comment
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
"""What in a query is no keyword: names, strings and comments."""
# What is left are keywords, numbers and prefixes, in which the grammar needs no space before
# a keyword: `1SERVICE<…>` and `ASKFROM<…>` are read as two words, `SERVICE:x` as a keyword too.
_OUTSIDE: Final = re.compile(r"SERVICE|FROM", re.IGNORECASE)


def _blank(match: re.Match[str]) -> str:
    """Put spaces for what is no keyword."""
    found = match[0]
    # Of `FILTER(?a<1)SERVICE#>` the part from < to > looks like an IRI, and is a comparison.
    if found[0] == "<" and _OUTSIDE.search(found.partition(")")[2]):
        return found
    return re.sub(r"[^\n]", " ", found)


def refuse_outside(text: str, shown: str) -> None:
    r"""Refuse queries that would leave the dataset: `SERVICE` and `FROM`.

    Raises:
        QueryError: If one of them stands in the query, outside IRIs, strings and comments.

    Example:
        >>> refuse_outside("SELECT * { ?s ?p 'SERVICE' } # FROM", "q")
        >>> refuse_outside("SELECT * { SERVICE <http://e/> { ?s ?p ?o } }", "q")
        Traceback (most recent call last):
        kg.errors.QueryError: q:1:12: error[query-outside]: SERVICE leaves this dataset
          hint: named graphs are reached with GRAPH; a prefix called so needs another name
    """
    bare = STRIPPED.sub(_blank, text)
    found = _OUTSIDE.search(bare)
    if found:
        before = bare[: found.start()]
        place = Place(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise QueryError(
            "query-outside",
            f"{found[0].upper()} leaves this dataset",
            place=place,
            hint="named graphs are reached with GRAPH; a prefix called so needs another name",
        )
