"""JSON-LD 1.1 with the context of the ontology: named graphs kept, one thing a line.

The compact form is made from the context directly. What a term of it does not say of a value
(another language, another datatype) is said beside the value, so that every statement comes
back as it was; a processor needs the context and nothing else.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import ExportError
from kg.resources import ontology_folder
from kg.store.files import write_text
from kg.store.rdf import RDF, XSD
from kg.store.rdf_exports import quads

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CONTEXT: Final = "context.jsonld"
"""The name of the context's file, in the ontology and beside an export."""
_INTEGER: Final = re.compile(r"0|-?[1-9][0-9]{0,14}")
"""Integers that every reader of JSON keeps as they are."""
_TYPE: Final = RDF + "type"
_REMEMBERED: Final = 100_000
"""Short forms that are kept while writing."""


def context_text() -> str:
    """Return the context as it is published.

    Example:
        >>> '"@version": 1.1' in context_text()
        True
    """
    return (ontology_folder() / CONTEXT).read_text(encoding="utf-8")


def write_beside(where: str, target: Path) -> None:
    """Write the context beside a document, when it is to stand there.

    Args:
        where: `file`, or `embed` for a context inside the document: then nothing is done.
        target: The document.

    Raises:
        ExportError: If neither is asked for, or another file of that name is there.
    """
    if where not in ("file", "embed"):
        raise ExportError(
            "export-context",
            f"{where!r} is no place for the context of JSON-LD",
            hint="choose embed or file",
        )
    if where == "embed":
        return
    place, text = target.parent / CONTEXT, context_text()
    if place.exists() and place.read_bytes() != text.encode():
        raise ExportError(
            "export-exists",
            f"{place} is another file than the context of this version",
            hint="move it away, or leave out --context file",
        )
    write_text(place, text)


class Compactor:
    """Writes terms of RDF as a context abbreviates them.

    Args:
        context: The context: prefixes, and terms with the kind of their values.

    Example:
        >>> write = Compactor({"e": "http://e/", "by": {"@id": "e:by", "@type": "@id"}})
        >>> write.name("http://e/x"), write.key("http://e/by"), write.key("http://other/p")
        ('e:x', 'by', 'http://other/p')
    """

    def __init__(self, context: dict[str, Any]) -> None:
        self._prefixes = {
            value: name
            for name, value in context.items()
            if isinstance(value, str) and value[-1] in "#/" and not name.startswith("@")
        }
        self._schemes = frozenset(self._prefixes.values())
        self._terms: dict[str, tuple[str, dict[str, str]]] = {}
        for name, value in context.items():
            if isinstance(value, dict) or (
                isinstance(value, str) and name not in self._schemes and name[0] != "@"
            ):
                said = value if isinstance(value, dict) else {"@id": value}
                self._terms[self._whole(context, said["@id"])] = (
                    name,
                    {key: self._whole(context, kind) for key, kind in said.items()},
                )
        self._seen: dict[str, str] = {}

    @staticmethod
    def _whole(context: dict[str, Any], name: str) -> str:
        prefix, colon, local = name.partition(":")
        return context[prefix] + local if colon and prefix in context else name

    def name(self, iri: str) -> str:
        """Return an IRI as short as the context allows.

        Raises:
            ExportError: If JSON-LD would read the IRI as a short form of another one.
        """
        found = self._seen.get(iri)
        if found is None:
            if len(self._seen) > _REMEMBERED:
                self._seen.clear()
            found = self._seen[iri] = self._short(iri)
        return found

    def _short(self, iri: str) -> str:
        end = max(iri.rfind("#"), iri.rfind("/")) + 1
        while end:
            prefix, local = self._prefixes.get(iri[:end]), iri[end:]
            if prefix and local and not local.startswith("//"):
                return f"{prefix}:{local}"
            end = max(iri.rfind("#", 0, end - 1), iri.rfind("/", 0, end - 1)) + 1
        scheme, _, rest = iri.partition(":")
        if scheme in self._schemes and not rest.startswith("//"):
            raise ExportError(
                "export-name",
                f"<{iri}> begins with a prefix of the JSON-LD context and would be misread",
                hint="choose another format, such as nq or trig",
            )
        return iri

    def key(self, iri: str) -> str:
        """Return what a property, or a class, is called."""
        term = self._terms.get(iri)
        return term[0] if term else self.name(iri)

    def node(self, term: Any) -> str:  # noqa: ANN401 - an IRI or a blank node
        """Return what a thing is called."""
        return f"_:{term.value}" if isinstance(term, ox.BlankNode) else self.name(term.value)

    def value(self, predicate: str, term: Any) -> Any:  # noqa: ANN401 - any term, any JSON
        """Return a value of a property."""
        said = self._terms.get(predicate, ("", {}))[1]
        kind = said.get("@type", "")
        if not isinstance(term, ox.Literal):
            return self.node(term) if kind == "@id" else {"@id": self.node(term)}
        datatype, text = term.datatype.value, term.value
        if term.language:
            # Tags are compared in lower case, but are kept as they are written.
            plain = said.get("@language") == term.language
            return text if plain else {"@value": text, "@language": term.language}
        if datatype == XSD + "string":
            return {"@value": text} if kind or "@language" in said else text
        if datatype == kind:
            integer = kind == XSD + "integer" and _INTEGER.fullmatch(text)
            return int(text) if integer else text
        return {"@value": text, "@type": self.name(datatype)}


def write_json_ld(groups: Iterable[tuple[str, Iterable[str]]], context: str = "") -> Iterator[str]:
    """Yield JSON-LD for lines of N-Quads, graph by graph.

    Args:
        groups: The name of each graph with its sorted lines; an empty name for the default one.
        context: The name of a file beside the document; left empty, the context is written
            into it.

    Example:
        >>> groups = [("", ['<http://e/s> <http://e/p> "o" .'])]
        >>> print("".join(write_json_ld(groups, "c.jsonld")), end="")
        {"@context":"c.jsonld",
        "@graph":[
        {"@id":"http://e/s","http://e/p":"o"}
        ]}
    """
    text = context_text()
    held = json.loads(text)["@context"]
    write = Compactor(held)
    yield '{"@context":' + _dump(context or held) + ',\n"@graph":[\n'
    between = ""
    for name, lines in groups:
        opening, closing = between, ""
        if name:
            graph = name if name.startswith("_:") else write.name(_iri(name))
            opening += '{"@id":' + _dump(graph) + ',"@graph":[\n'
            closing = "\n]}"
        for thing in _things(lines, write):
            yield opening + _dump(thing)
            opening = ",\n"
        yield closing
        between = ",\n"
    yield "\n]}\n"


def _iri(written: str) -> str:
    """Return an IRI that N-Quads write, its escapes read."""
    return next(quads([f"<{_TYPE}> {written} <{_TYPE}> ."])).predicate.value


def _things(lines: Iterable[str], write: Compactor) -> Iterator[dict[str, Any]]:
    for subject, group in itertools.groupby(quads(lines), key=lambda quad: quad.subject):
        thing: dict[str, Any] = {"@id": write.node(subject)}
        for quad in group:
            predicate, value = quad.predicate.value, quad.object
            if predicate == _TYPE and isinstance(value, ox.NamedNode | ox.BlankNode):
                named = isinstance(value, ox.NamedNode)
                name = write.key(value.value) if named else write.node(value)
                thing.setdefault("@type", []).append(name)
            else:
                key = write.key(predicate)
                thing.setdefault(key, []).append(write.value(predicate, value))
        order = ("@id", "@type") if "@type" in thing else ("@id",)
        rest = (key for key in thing if key not in order)
        yield {key: _one(thing[key]) for key in (*order, *rest)}


def _one(values: Any) -> Any:  # noqa: ANN401 - any JSON
    return values[0] if isinstance(values, list) and len(values) == 1 else values


def _dump(value: Any) -> str:  # noqa: ANN401 - any JSON
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
