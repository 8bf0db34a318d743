"""A description of a dataset for catalogues: DCAT 3, VoID, PROV and SPDX checksums, as Turtle.

Only what the release or the files themselves say is written. A licence, a creator or a date
that nobody stated is left out, not guessed; and nothing is said of the time of the export, so
that the same release gives the same description.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple
from urllib.parse import quote

from kg.model.identifiers import ID, NAMESPACE, node_iri
from kg.resources import VERSION, data_folder
from kg.store.files import hash_file
from kg.store.rdf import RDF, SOFTWARE, XSD, iri, literal, text_iri
from kg.store.rdf_exports import PREFIXES, split_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.store.formats import Source

LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
LICENCE_ID: Final = "CC-BY-4.0"
RIGHTS: Final = (
    "The ontology and the registers are under CC BY 4.0. The documents, and the words quoted "
    "from them, belong to their publishers."
)
RELEASE: Final = "https://w3id.org/policy-lineage/release/"
MEDIA: Final = "https://www.iana.org/assignments/media-types/"
_DIGITS: Final = 24
_PACKAGE: Final = "datapackage.json"
_NAMESPACES: Final = {
    **{name: PREFIXES[name] for name in ("dcat", "dcterms", "foaf", "lin", "prov", "rdfs", "xsd")},
    "spdx": "http://spdx.org/rdf/terms#",
    "void": "http://rdfs.org/ns/void#",
}
_NAMESPACE: Final = re.compile(r"<(.*[#/])[^#/]*>")


class FileFacts(NamedTuple):
    """What is said of one file of an export."""

    name: str
    form: str
    sentence: str
    losses: tuple[str, ...]
    media_type: str
    size: int
    sha256: str


@dataclass
class Counts:
    """What VoID counts: distinct triples, subjects, and both by class, property and graph."""

    triples: int = 0
    statements: int = 0
    subjects: int = 0
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    graphs: Counter[str] = field(default_factory=Counter)

    def namespaces(self) -> list[str]:
        """Return the namespaces of the properties and classes in use, sorted."""
        found = (_NAMESPACE.fullmatch(name) for name in (*self.classes, *self.properties))
        return sorted({match[1] for match in found if match})


def count(lines: Iterable[str]) -> Counts:
    """Count sorted lines of N-Quads in one pass; terms keep their angle brackets.

    Example:
        >>> found = count(['<e:s> <e:p> "o" <e:g> .', '<e:s> <e:p> "o" <e:h> .'])
        >>> found.triples, found.statements, found.subjects, dict(found.properties)
        (1, 2, 1, {'<e:p>': 1})
    """
    counts = Counts()
    kind = f"<{RDF}type>"
    before = subject_before = ""
    for line in lines:
        triple, graph = split_line(line)
        counts.statements += 1
        counts.graphs[graph] += 1
        if triple == before:
            continue
        before = triple
        subject, predicate, value = triple.split(" ", 2)
        counts.triples += 1
        counts.subjects += subject != subject_before
        subject_before = subject
        counts.properties[predicate] += 1
        if predicate == kind:
            counts.classes[value] += 1
    return counts


def describe(source: Source, files: Iterable[FileFacts] = ()) -> str:
    """Return the description of a dataset as Turtle.

    Args:
        source: The dataset.
        files: The files in which it is given away; their names are relative to the description.
    """
    counts = count(source.lines())
    parts = [
        "".join(f"@prefix {name}: <{value}> .\n" for name, value in sorted(_NAMESPACES.items())),
        _block(dataset_iri(source), _dataset(source, counts, tuple(files))),
    ]
    parts += [
        _block(name.strip("<>"), [("a", "void:Dataset"), ("void:triples", str(number))])
        for name, number in sorted(counts.graphs.items())
        if name.startswith("<")
    ]
    parts += [_block(name, said) for name, said in _texts(source.graph)]
    parts.append(
        _block(
            SOFTWARE,
            [
                ("a", "prov:SoftwareAgent"),
                ("rdfs:label", literal("policy lineage", language="en")),
                ("dcat:version", literal(VERSION)),
            ],
        )
    )
    return "\n".join(parts)


def dataset_iri(source: Source) -> str:
    """Return the name of what is described: a release, or a hash of what was never released."""
    if not source.release:
        made = hashlib.sha256()
        for line in source.lines():
            made.update(f"{line}\n".encode())
        return f"{ID}dataset/{made.hexdigest()[:_DIGITS]}"
    day = source.options.get("as_of", "")
    return RELEASE + source.release + (f"/as-of/{quote(day, safe='')}" if day else "")


def title(source: Source) -> str:
    """Return what a dataset is called."""
    number = len(source.graph.documents)
    name = f"Policy lineage graph of {number} document{'' if number == 1 else 's'}"
    return name + (f", release {source.release}" if source.release else "")


def creators(graph: KnowledgeGraph) -> list[tuple[str, str]]:
    """Return id and name of those who, as the graph says, read the documents."""
    names = {document.read_by for document in graph.documents.values()} - {""}
    held = graph.nodes
    return sorted((name, held[name].label if name in held else name) for name in names)


def licensed(source: Source) -> bool:
    """Tell whether the release was built with the data package that states the licence.

    The licence stands in `datapackage.json` beside the registers; a release knows its SHA-256.
    """
    own = data_folder() / _PACKAGE
    if not own.is_file():
        return False
    packages = {
        value for name, value in source.inputs.items() if name.rpartition("/")[2] == _PACKAGE
    }
    return packages == {hash_file(own)}


Said = list[tuple[str, str]]


def _dataset(source: Source, counts: Counts, files: tuple[FileFacts, ...]) -> Said:
    graph = source.graph
    said: Said = [
        ("a", "dcat:Dataset , void:Dataset , prov:Entity"),
        ("dcterms:title", literal(title(source), language="en")),
        ("dcterms:description", literal(_sentence(graph, source), language="en")),
    ]
    if source.release:
        said.append(("dcterms:identifier", literal(source.release)))
        said.append(("dcat:version", literal(source.release)))
    said += [("dcterms:creator", iri(node_iri(name))) for name, _ in creators(graph)]
    if licensed(source):
        said.append(("dcterms:license", iri(LICENCE)))
        said.append(("dcterms:rights", literal(RIGHTS, language="en")))
    said.append(("dcterms:conformsTo", iri(f"{NAMESPACE.removesuffix('#')}/{VERSION}")))
    said += [("prov:wasDerivedFrom", iri(text_iri(name))) for name in sorted(graph.documents)]
    said.append(("prov:wasGeneratedBy", _activity(source)))
    said += [
        ("void:triples", str(counts.triples)),
        ("void:distinctSubjects", str(counts.subjects)),
        ("void:classes", str(len(counts.classes))),
        ("void:properties", str(len(counts.properties))),
        ("void:uriSpace", literal(ID)),
    ]
    said += [("void:vocabulary", iri(name)) for name in counts.namespaces()]
    said += [
        ("void:classPartition", f"[ void:class {name} ; void:entities {number} ]")
        for name, number in sorted(counts.classes.items())
        if name.startswith("<")
    ]
    said += [
        ("void:propertyPartition", f"[ void:property {name} ; void:triples {number} ]")
        for name, number in sorted(counts.properties.items())
    ]
    said += [("void:subset", name) for name in sorted(counts.graphs) if name.startswith("<")]
    for facts in files:
        said += _file(facts)
    return said


def _sentence(graph: KnowledgeGraph, source: Source) -> str:
    day = source.options.get("as_of", "")
    return (
        f"{len(graph.nodes)} items and {len(graph.claims)} claims about links between them, each "
        "with its basis, and with the words of the documents that it rests on"
        + (f"; as it stands on {day}." if day else ".")
    )


def _activity(source: Source) -> str:
    used = "".join(
        f" ;\n        prov:used [ a prov:Entity ; rdfs:label {literal(name)} ; "
        f"spdx:checksum {_checksum(value)} ]"
        for name, value in sorted(source.inputs.items())
    )
    return f"[ a prov:Activity ; prov:wasAssociatedWith {iri(SOFTWARE)}{used} ]"


def _checksum(sha256: str) -> str:
    return (
        "[ a spdx:Checksum ; spdx:algorithm spdx:checksumAlgorithm_sha256 ; "
        f"spdx:checksumValue {literal(sha256, XSD + 'hexBinary')} ]"
    )


def _file(facts: FileFacts) -> Iterator[tuple[str, str]]:
    """Yield what is said of a file; only files of RDF are dumps in the sense of VoID."""
    name = iri(quote(facts.name))
    parts: Said = [
        ("a", "dcat:Distribution"),
        ("dcterms:title", literal(facts.name)),
        ("dcterms:description", literal(facts.sentence, language="en")),
        *(("rdfs:comment", literal(f"Left out: {loss}", language="en")) for loss in facts.losses),
        ("dcat:downloadURL", name),
        ("dcat:byteSize", literal(str(facts.size), XSD + "nonNegativeInteger")),
        ("spdx:checksum", _checksum(facts.sha256)),
    ]
    if facts.media_type:
        parts.append(("dcat:mediaType", iri(MEDIA + facts.media_type.partition(";")[0])))
    yield "dcat:distribution", "[ " + " ;\n        ".join(f"{p} {o}" for p, o in parts) + " ]"
    if facts.form in DUMPS:
        yield "void:dataDump", name


DUMPS: Final = frozenset({"nq", "nt", "trig", "ttl", "ttl12", "jsonld"})
"""Formats in which a file holds the dataset itself."""


def _texts(graph: KnowledgeGraph) -> Iterator[tuple[str, Said]]:
    for name, document in sorted(graph.documents.items()):
        said: Said = [
            ("a", "lin:SourceText , prov:Entity"),
            ("dcterms:title", literal(document.title or name, language="en")),
        ]
        if document.sha256:
            said.append(("lin:sha256", literal(document.sha256)))
        if document.read_on:
            said.append(("dcterms:date", literal(document.read_on)))
        yield text_iri(name), said
    for name, label in creators(graph):
        yield node_iri(name), [("a", "foaf:Agent"), ("foaf:name", literal(label))]


def _block(subject: str, said: Said) -> str:
    return f"<{subject}>\n    " + " ;\n    ".join(f"{p} {o}" for p, o in said) + " .\n"
