"""Write kg/terms.py (and data/code-lists.csv) from the ontology; with --check only compare."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef

ROOT = Path(__file__).resolve().parent.parent
NAMESPACE = "https://w3id.org/policy-lineage/ns#"
KINDS = {OWL.Class: "class", OWL.ObjectProperty: "link", OWL.DatatypeProperty: "value"}
HEAD = '''"""The ontology's terms and codes. Generated from `ontology/` by `.ci/make_terms.py`; do not edit."""

from __future__ import annotations

from typing import Final, NamedTuple


class Term(NamedTuple):
    """A term of the ontology."""

    name: str
    kind: str
    """`class`, `link` (to a thing) or `value` (a literal)."""
    label: str
    definition: str
    scope_note: str
    parents: tuple[str, ...]
    alternatives: tuple[str, ...]
    domain: str
    range: str

    @property
    def iri(self) -> str:
        """The term's IRI."""
        return NAMESPACE + self.name


class Code(NamedTuple):
    """A concept of one of the code lists."""

    scheme: str
    code: str
    label: str
    definition: str


NAMESPACE: Final = "https://w3id.org/policy-lineage/ns#"


def ancestors(name: str) -> tuple[str, ...]:
    """Return every class or property of ours above a term, nearest first.

    Example:
        >>> ancestors("Action")
        ('Delivery', 'Element')
    """
    found: list[str] = []
    queue = [name]
    while queue:
        term = TERMS.get(queue.pop(0))
        for parent in term.parents if term else ():
            if parent in TERMS and parent not in found:
                found.append(parent)
                queue.append(parent)
    return tuple(found)


'''


def short(iri: object, graph: Graph) -> str:
    """Return the local name of a term of ours, a CURIE of others."""
    text = str(iri)
    return text[len(NAMESPACE) :] if text.startswith(NAMESPACE) else graph.qname(URIRef(text))


def terms(graph: Graph) -> list[str]:
    """Return the lines of the dictionary of terms, in the order of the file."""
    text = (ROOT / "ontology" / "lineage.ttl").read_text(encoding="utf-8")
    found = {}
    for kind, word in KINDS.items():
        for iri in graph.subjects(RDF.type, kind):
            if str(iri).startswith(NAMESPACE):
                name = short(iri, graph)
                one = lambda p, i=iri: str(graph.value(i, p) or "")  # noqa: E731
                many = lambda p, i=iri: sorted(graph.objects(i, p))  # noqa: E731
                up = RDFS.subClassOf if kind == OWL.Class else RDFS.subPropertyOf
                ends = [short(end, graph) if (end := graph.value(iri, p)) else ""
                        for p in (RDFS.domain, RDFS.range)]
                found[name] = (
                    name, word, one(RDFS.label), one(SKOS.definition), one(SKOS.scopeNote),
                    tuple(short(x, graph) for x in many(up)), tuple(map(str, many(SKOS.altLabel))), *ends,
                )
    order = sorted(found, key=lambda name: text.index(f"\nlin:{name} a "))
    return ["TERMS: Final[dict[str, Term]] = {\n",
            *(f"    {name!r}: Term{found[name]!r},\n" for name in order), "}\n"]


def codes() -> list[tuple[str, str, str, str]]:
    """Return the codes of every list, in the order of their files."""
    rows = []
    for path in sorted((ROOT / "ontology" / "vocabularies").glob("*.ttl")):
        graph, text = Graph().parse(path), path.read_text(encoding="utf-8")
        found = sorted(graph.subjects(RDF.type, SKOS.Concept),
                       key=lambda iri: text.index(f"\n:{str(iri).split('#')[1]} a "))
        rows += [(path.stem, str(iri).split("#")[1], str(graph.value(iri, SKOS.prefLabel)),
                  str(graph.value(iri, SKOS.definition))) for iri in found]
    return rows


def main() -> int:
    """Write or compare the generated files."""
    graph = Graph().parse(ROOT / "ontology" / "lineage.ttl")
    listed = codes()
    python = HEAD + "".join(terms(graph)) + "\nCODES: Final[tuple[Code, ...]] = (\n"
    python += "".join(f"    Code{row!r},\n" for row in listed) + ")\n"
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(["scheme", "code", "label", "definition"])
    writer.writerows(listed)
    wrong = 0
    for path, text in ((ROOT / "kg" / "terms.py", python), (ROOT / "data" / "code-lists.csv", stream.getvalue())):
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                print(f"{path.relative_to(ROOT)} is not what the ontology says: run .ci/make_terms.py")
                wrong = 1
        else:
            path.write_text(text, encoding="utf-8")
    return wrong


if __name__ == "__main__":
    sys.exit(main())
