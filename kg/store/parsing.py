"""Reading RDF of other people's strictly: what is malformed is refused, with line and column."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import LoadError, Place
from kg.model.identifiers import ID
from kg.store.rdf import RDF
from kg.store.rebuilding import rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph

SYNTAXES: Final = {
    "ttl": ox.RdfFormat.TURTLE,
    "ttl12": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "nt": ox.RdfFormat.N_TRIPLES,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}
"""The syntaxes that are read, by the ending of a file."""
_PREAMBLE: Final = re.compile(r"^Parser error at line \d+ (?:column|between columns) [^:]*: ")
_NOWHERE: Final = "http://relative.invalid/"
"""Where names lie that say no place; nothing is there, nor ever will be (RFC 2606)."""
_SHOWN: Final = 80


def parse_turtle(path: Path) -> list[ox.Quad]:
    """Parse a Turtle file strictly.

    Raises:
        LoadError: If it cannot be read or is not Turtle, with line and column.
    """
    return parse_rdf(path, "ttl")


def parse_rdf(path: Path, ending: str = "", *, base: str = "") -> list[ox.Quad]:
    """Parse a file of RDF strictly, without asking the network for anything.

    Args:
        path: The file.
        ending: Its syntax, as the ending that it would have; left out, the one that it has.
        base: What relative names in it are relative to; left out, they are refused.

    Raises:
        LoadError: If it cannot be read or is malformed, with line and column.

    Example:
        >>> import tempfile, pathlib
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = pathlib.Path(folder) / "a.ttl"
        ...     _ = path.write_text("<http://e/s> <http://e/p> 1 .")
        ...     parse_rdf(path)[0].object.value
        '1'
    """
    form = SYNTAXES[(ending or path.suffix.removeprefix(".")).lower()]
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LoadError(
            "load-file",
            f"cannot read {path}: {error.strerror or error}",
            hint="check the path",
        ) from error
    return parse_text(data, form, str(path), base=base)


def parse_text(data: bytes, form: ox.RdfFormat, shown: str, *, base: str = "") -> list[ox.Quad]:
    """Parse RDF strictly.

    Raises:
        LoadError: If it is malformed, with line and column.
    """
    _refuse_bytes(data, shown)
    if form == ox.RdfFormat.JSON_LD:
        data = _with_context(data)
        # JSON-LD drops what has a relative name and no base: say so instead.
        base = base or _NOWHERE
    try:
        found = list(ox.parse(data, format=form, base_iri=base or None, rename_blank_nodes=False))
    except SyntaxError as error:
        raise _malformed(error, form, shown) from error
    if base == _NOWHERE:
        _refuse_relative(found, shown)
    return found


def _refuse_bytes(data: bytes, shown: str) -> None:
    """Refuse what is not UTF-8; the parser itself does not look at comments."""
    try:
        data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        column = len(before[before.rfind(b"\n") + 1 :].decode()) + 1
        raise LoadError(
            "load-encoding",
            f"the file is not UTF-8: {error.reason}",
            place=Place(shown, before.count(b"\n") + 1, column),
            hint="save it as UTF-8",
        ) from error


def _malformed(error: SyntaxError, form: ox.RdfFormat, shown: str) -> LoadError:
    message = _PREAMBLE.sub("", str(error.msg))
    hint = f"mend the {form.name} at that place"
    if "remote context" in message:
        message = "its context lies elsewhere, and nothing is fetched from the network"
        hint = "write the context into the document (kg export does so)"
    return LoadError(
        "load-syntax", message, place=Place(shown, error.lineno or 0, error.offset or 0), hint=hint
    )


def _with_context(data: bytes) -> bytes:
    """Put our own context where a document of JSON-LD names the file beside it."""
    from kg.store.json_ld import CONTEXT, context_text  # noqa: PLC0415 - only for JSON-LD

    try:
        held = json.loads(data)
    except (ValueError, RecursionError):
        return data  # the parser says where
    if not isinstance(held, dict) or held.get("@context") != CONTEXT:
        return data
    held["@context"] = json.loads(context_text())["@context"]
    return json.dumps(held, ensure_ascii=False).encode()


def _refuse_relative(found: list[ox.Quad], shown: str) -> None:
    for quad in found:
        for term in (quad.subject, quad.predicate, quad.object, quad.graph_name):
            if isinstance(term, ox.NamedNode) and term.value.startswith(_NOWHERE):
                name = term.value.removeprefix(_NOWHERE)[:_SHOWN]
                raise LoadError(
                    "load-syntax",
                    f"the name {name!r} is relative, and nothing says to what",
                    place=Place(shown),
                    hint='give the document a base: "@context": {"@base": "https://..."}',
                )


def is_rdf(path: Path) -> bool:
    """Tell whether a file is RDF by its ending.

    Example:
        >>> from pathlib import Path
        >>> is_rdf(Path("a.TRIG")), is_rdf(Path("a.csv"))
        (True, False)
    """
    return path.suffix.removeprefix(".").lower() in SYNTAXES


def read_rdf(path: Path) -> tuple[KnowledgeGraph, list[str]]:
    """Read an export back: its records, and its statements as sorted lines of N-Quads.

    Args:
        path: A file of Turtle, TriG, N-Triples, N-Quads or JSON-LD; the ending says which.

    Raises:
        LoadError: If it cannot be read, is malformed, or holds no record of ours.
    """
    found = [quad for quad in parse_rdf(path) if not _reified(quad, path)]
    graph = rebuild(_triples(found))
    if not graph.nodes:
        raise LoadError(
            "load-foreign",
            f"{path} is RDF, but nothing in it is a record of policy lineage",
            hint="give a file that kg export wrote; look at others with a SPARQL tool",
        )
    return graph, sorted({f"{quad} ." for quad in found})


def _reified(quad: ox.Quad, path: Path) -> bool:
    """Tell whether a statement only repeats, as RDF 1.2 does, what a claim says in RDF 1.1."""
    if not any(isinstance(term, ox.Triple) for term in (quad.subject, quad.object)):
        return False
    if quad.predicate.value != RDF + "reifies" or not _claim(quad.subject):
        raise LoadError(
            "load-foreign",
            f"{path} speaks of a triple that is no claim of policy lineage: {str(quad)[:_SHOWN]}",
            hint="give a file that kg export wrote; look at others with a SPARQL tool",
        )
    return True


def _claim(term: Any) -> bool:  # noqa: ANN401 - any term
    return isinstance(term, ox.NamedNode) and term.value.startswith(f"{ID}claim/")


def _triples(found: list[ox.Quad]) -> Iterator[tuple[str, str, str]]:
    for quad in found:
        parts: list[Any] = [quad.subject, quad.predicate, quad.object]
        subject, predicate, value = (part.value for part in parts)
        yield subject, predicate, value
