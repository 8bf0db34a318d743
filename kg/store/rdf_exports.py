"""RDF for other tools, statement by statement: no export holds a large release in memory.

All begin with the sorted lines of N-Quads. Where a format needs the statements graph by graph,
the lines are laid aside in a file a graph first; where the library writes, it writes into a
spool, from which the target is filled in one step.
"""

from __future__ import annotations

import io
import itertools
import os
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import pyoxigraph as ox

from kg.errors import LoadError
from kg.model.identifiers import GRAPH, ID, NAMESPACE, RULE, VOCABULARY, term_iri
from kg.store.rdf import DC, RDF
from kg.terms import CODES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.store.formats import Source

PREFIXES: Final = {
    "lin": NAMESPACE,
    "id": ID,
    "graph": GRAPH,
    "vocab": VOCABULARY,
    "dc": DC,
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": RDF,
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
PLAIN_PREFIXES: Final = {
    **{name: value for name, value in PREFIXES.items() if name not in ("id", "graph", "vocab")},
    **{code.scheme: f"{VOCABULARY}{code.scheme}#" for code in CODES},
    "passage": f"{ID}passage/",
    "selector": f"{ID}selector/",
    "rule": RULE,
}
"""Prefixes after which nothing stands that Turtle would have to escape.

The OWL API, and so Protégé, does not read `id:telford-2011\\/action\\/4`: ids of several parts
are written whole.
"""
_BATCH: Final = 5_000
"""Lines parsed at a time: few enough for memory, many enough for speed."""
_HELD: Final = 100_000
"""Lines held in memory before they are laid aside by graph."""
_CHUNK: Final = 1 << 16
_REIFIES: Final = ox.NamedNode(RDF + "reifies")
_CLAIM: Final = ox.NamedNode(term_iri("Claim"))
_PARTS: Final = tuple(ox.NamedNode(term_iri(name)) for name in ("subject", "predicate", "object"))
_TYPE: Final = ox.NamedNode(RDF + "type")


def quads(lines: Iterable[str]) -> Iterator[ox.Quad]:
    """Yield the statements of lines of N-Quads.

    Raises:
        LoadError: If a line is not N-Quads.

    Example:
        >>> [quad.object.value for quad in quads(['<http://e/s> <http://e/p> "o" <http://e/g> .'])]
        ['o']
    """
    remaining = iter(lines)
    while batch := list(itertools.islice(remaining, _BATCH)):
        data = "\n".join(batch)
        try:
            yield from ox.parse(data, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False)
        except SyntaxError as error:
            raise LoadError(
                "load-syntax",
                f"a statement of the release is not N-Quads: {error.msg}",
                hint="build it again with: kg build",
            ) from error


def triple_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield sorted lines of N-Quads as sorted lines of N-Triples, each once.

    What two graphs say stands in adjacent lines, because a graph is written last.

    Example:
        >>> list(triple_lines(['<e:s> <e:p> "o" <e:g> .', '<e:s> <e:p> "o" <e:h> .']))
        ['<e:s> <e:p> "o" .']
    """
    before = ""
    for line in lines:
        triple = split_line(line)[0]
        if triple != before:
            yield f"{triple} ."
        before = triple


def split_line(line: str) -> tuple[str, str]:
    """Return the triple of a line of N-Quads, and its graph or an empty text.

    Example:
        >>> split_line('<e:s> <e:p> "in <e:x>"@en <e:g> .')
        ('<e:s> <e:p> "in <e:x>"@en', '<e:g>')
        >>> split_line('<e:s> <e:p> "in <e:x>" .')
        ('<e:s> <e:p> "in <e:x>"', '')
    """
    body = line.removesuffix(" .")
    rest = body.split(" ", 2)[2]
    last = rest.rpartition(" ")[2]
    # What follows the closing quotation mark of a literal has no space in it: a last word
    # without that mark is a graph, unless it is all that there is.
    if '"' in last or last == rest:
        return body, ""
    return body[: -len(last) - 1], last


def triples(lines: Iterable[str]) -> Iterator[ox.Triple]:
    """Yield the triples of sorted lines of N-Quads, each once."""
    before = None
    for quad in quads(lines):
        triple = quad.triple
        if triple != before:
            yield triple
        before = triple


def by_graph(lines: Iterable[str]) -> Iterator[tuple[str, Iterator[str]]]:
    """Yield each graph's name, as N-Quads write it, with its lines in their order.

    Example:
        >>> lines = ['<e:a> <e:p> "o" <e:h> .', '<e:b> <e:p> "o" <e:g> .']
        >>> [(name, list(own)) for name, own in by_graph(lines)]
        [('<e:g>', ['<e:b> <e:p> "o" <e:g> .']), ('<e:h>', ['<e:a> <e:p> "o" <e:h> .'])]
    """
    with tempfile.TemporaryDirectory(prefix="policy-lineage-") as folder:
        names: dict[str, Path] = {}
        held: defaultdict[str, list[str]] = defaultdict(list)

        def lay_aside() -> None:
            for name, own in held.items():
                path = names.setdefault(name, Path(folder) / str(len(names)))
                with path.open("a", encoding="utf-8", newline="") as stream:
                    stream.writelines(f"{line}\n" for line in own)
            held.clear()

        for number, line in enumerate(lines, start=1):
            held[split_line(line)[1]].append(line)
            if number % _HELD == 0:
                lay_aside()
        lay_aside()
        for name in sorted(names):
            with names[name].open(encoding="utf-8", newline="\n") as stream:
                yield name, (line.removesuffix("\n") for line in stream)


def _write_nq(source: Source) -> Iterator[str]:
    return (f"{line}\n" for line in source.lines())


def _write_nt(source: Source) -> Iterator[str]:
    return (f"{line}\n" for line in triple_lines(source.lines()))


def _spooled(write: Callable[[IO[bytes]], object]) -> Iterator[str]:
    """Yield what is written into a file of the system's own."""
    with tempfile.TemporaryFile("w+b") as spool:
        write(spool)
        spool.seek(0, os.SEEK_SET)
        with io.TextIOWrapper(spool, encoding="utf-8", newline="") as text:
            yield from iter(lambda: text.read(_CHUNK), "")


def _write_ttl(source: Source) -> Iterator[str]:
    return _serialize(triples(source.lines()), ox.RdfFormat.TURTLE)


def _write_ttl12(source: Source) -> Iterator[str]:
    return _serialize(reified(triples(source.lines())), ox.RdfFormat.TURTLE)


def _write_trig(source: Source) -> Iterator[str]:
    grouped = itertools.chain.from_iterable(own for _, own in by_graph(source.lines()))
    return _serialize(quads(grouped), ox.RdfFormat.TRIG)


def _serialize(statements: Iterable[Any], form: ox.RdfFormat) -> Iterator[str]:
    return _spooled(
        lambda spool: ox.serialize(statements, output=spool, format=form, prefixes=PLAIN_PREFIXES)
    )


def reified(statements: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    """Yield triples, and after those of each claim the triple that it reifies (RDF 1.2).

    The claim itself is the reifier: `claim rdf:reifies <<( subject predicate object )>>`. That
    asserts nothing, so that a claim that was rejected or only suggested may be written too.

    Args:
        statements: Triples, those of one subject together.
    """
    for subject, group in itertools.groupby(statements, key=lambda triple: triple.subject):
        said: dict[Any, Any] = {}
        claim = False
        for triple in group:
            yield triple
            claim = claim or (triple.predicate == _TYPE and triple.object == _CLAIM)
            if triple.predicate in _PARTS:
                said[triple.predicate] = triple.object
        if claim and len(said) == len(_PARTS):
            yield ox.Triple(subject, _REIFIES, ox.Triple(*(said[part] for part in _PARTS)))


def _write_jsonld(source: Source) -> Iterator[str]:
    from kg.store.json_ld import CONTEXT, write_json_ld  # noqa: PLC0415 - only for this format

    beside = source.options.get("context") == "file"
    return write_json_ld(by_graph(source.lines()), CONTEXT if beside else "")


def _write_dcat(source: Source) -> Iterator[str]:
    from kg.store.description import describe  # noqa: PLC0415 - only for this format

    return iter([describe(source)])


def _write_csv(source: Source) -> Iterator[str]:
    from kg.store.writing import claims_csv  # noqa: PLC0415 - only for this format

    return iter([claims_csv(source.graph)])


WRITERS: Final[dict[str, Callable[[Source], Iterator[str]]]] = {
    "nq": _write_nq,
    "nt": _write_nt,
    "trig": _write_trig,
    "ttl": _write_ttl,
    "ttl12": _write_ttl12,
    "jsonld": _write_jsonld,
    "dcat": _write_dcat,
    "csv": _write_csv,
}
"""What yields the text of each format, by its name."""
