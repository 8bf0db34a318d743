"""What the ontology's files say, in their order: terms, code lists, rules, shapes, questions."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, URIRef
from rdflib.collection import Collection

from kg.terms import CODES, NAMESPACE, TERMS, Code, Term

ROOT = Path(__file__).resolve().parents[2]
ONTOLOGY = ROOT / "ontology"
VOCABULARY = "https://w3id.org/policy-lineage/vocab/"
SHAPES = "https://w3id.org/policy-lineage/shapes#"
STANDARDS = {
    "rdf": ("RDF", "http://www.w3.org/1999/02/22-rdf-syntax-ns#"),
    "rdfs": ("RDF Schema", "http://www.w3.org/2000/01/rdf-schema#"),
    "owl": ("OWL 2", "http://www.w3.org/2002/07/owl#"),
    "sh": ("SHACL", "http://www.w3.org/ns/shacl#"),
    "xsd": ("XML Schema datatypes", "http://www.w3.org/2001/XMLSchema#"),
    "skos": ("SKOS, code lists", "http://www.w3.org/2004/02/skos/core#"),
    "prov": ("PROV-O, provenance", "http://www.w3.org/ns/prov#"),
    "oa": ("Web Annotation, quotations in texts", "http://www.w3.org/ns/oa#"),
    "org": ("Organization Ontology", "http://www.w3.org/ns/org#"),
    "dcat": ("DCAT, dates of periods", "http://www.w3.org/ns/dcat#"),
    "dcterms": ("DCMI Metadata Terms", "http://purl.org/dc/terms/"),
    "dc": ("Dublin Core elements", "http://purl.org/dc/elements/1.1/"),
    "foaf": ("FOAF, agents", "http://xmlns.com/foaf/0.1/"),
    "schema": ("Schema.org", "https://schema.org/"),
    "vann": ("VANN, names of namespaces", "http://purl.org/vocab/vann/"),
    "obo": ("Evidence & Conclusion Ontology", "http://purl.obolibrary.org/obo/"),
    "semapv": ("Semantic Mapping Vocabulary", "https://w3id.org/semapv/vocab/"),
    "eli": ("European Legislation Identifier", "http://data.europa.eu/eli/ontology#"),
    "cv": ("EU Core Vocabularies", "http://data.europa.eu/m8g/"),
    "cids": ("Common Impact Data Standard", "https://ontology.commonapproach.org/cids#"),
    "sdgo": ("SDG Ontology", "http://metadata.un.org/sdg/ontology#"),
    "gist": ("gist upper ontology", "https://w3id.org/semanticarts/ns/ontology/gist/"),
    "p-plan": ("P-PLAN", "http://purl.org/net/p-plan#"),
    "frapo": ("FRAPO, funding", "http://purl.org/cerif/frapo/"),
    "oslc_rm": ("OSLC Requirements Management", "http://open-services.net/ns/rm#"),
}


class OntologyPageError(Exception):
    """The ontology says something that the page cannot show.

    Args:
        code: A word for the fault.
        message: What is wrong, in a sentence.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")


@dataclass(frozen=True)
class Reference:
    """The name of something, and where to read about it."""

    text: str
    target: str = ""
    """An anchor of the page (`#serves`) or an address; empty when there is none."""


@dataclass
class Entry:
    """A term with all that is said of it."""

    term: Term
    traits: list[str] = field(default_factory=list)
    chains: list[list[Reference]] = field(default_factory=list)
    below: list[Reference] = field(default_factory=list)
    leaving: list[Reference] = field(default_factory=list)
    arriving: list[Reference] = field(default_factory=list)
    aligned: list[tuple[str, Reference]] = field(default_factory=list)
    rules: list[Reference] = field(default_factory=list)
    shapes: list[Reference] = field(default_factory=list)
    questions: list[Reference] = field(default_factory=list)


@dataclass(frozen=True)
class Topic:
    """A part of the ontology's file."""

    anchor: str
    title: str
    names: list[str]


@dataclass(frozen=True)
class Scheme:
    """A code list."""

    name: str
    label: str
    definition: str
    codes: list[Code]
    notes: dict[str, str]
    matches: dict[str, list[Reference]]


@dataclass(frozen=True)
class Rule:
    """A rule of inference."""

    name: str
    summary: str
    conclusions: list[str]
    sparql: str


@dataclass(frozen=True)
class Constraint:
    """One thing that a shape demands."""

    path: Reference
    demands: str
    message: str


@dataclass(frozen=True)
class Shape:
    """A shape, what it looks at, what it demands, and an example that fails it."""

    name: str
    target: Reference
    constraints: list[Constraint]
    choice: str
    alternatives: list[str]
    fails: list[str]


@dataclass(frozen=True)
class Question:
    """A stored question."""

    name: str
    summary: str
    terms: list[str]


def reference(iri: object) -> Reference:
    """Return the short name of an IRI, and where to read about it."""
    text = str(iri)
    if text.startswith(NAMESPACE):
        name = text.removeprefix(NAMESPACE)
        return Reference(name, f"#{name}")
    if text.startswith(VOCABULARY):
        scheme, _, code = text.removeprefix(VOCABULARY).partition("#")
        return Reference(code, f"#{code_anchor(scheme, code)}")
    for prefix, (_, namespace) in STANDARDS.items():
        if text.startswith(namespace):
            return Reference(f"{prefix}:{text.removeprefix(namespace)}", text)
    raise OntologyPageError("unknown-vocabulary", f"{text} is of no vocabulary that the page knows")


def named(name: str) -> Reference:
    """Return the reference of a name as `kg.terms` writes it: local name or CURIE."""
    if ":" not in name:
        return Reference(name, f"#{name}")
    prefix, local = name.split(":", 1)
    return reference(STANDARDS[prefix][1] + local)


def code_anchor(scheme: str, code: str) -> str:
    """Return the anchor of a code; a prohibition has its number, others the list's name first."""
    return code if scheme == "prohibition" else f"vocab-{scheme}-{code}"


def load(name: str) -> Graph:
    """Parse one file of the ontology."""
    return Graph().parse(ONTOLOGY / name)


def topics() -> list[Topic]:
    """Return the parts of the ontology's file that define terms, in its order."""
    text = (ONTOLOGY / "lineage.ttl").read_text(encoding="utf-8")
    pieces = re.split(r"^# -- (.+?) -+\s*$", text, flags=re.MULTILINE)[1:]
    found = []
    for title, body in zip(pieces[::2], pieces[1::2], strict=True):
        names = re.findall(r"^lin:(\w+) a ", body, flags=re.MULTILINE)
        if names:
            slug = re.sub(r"[^a-z]+", "-", title.lower()).strip("-")
            found.append(Topic(f"section-{slug}", title, names))
    if [name for topic in found for name in topic.names] != list(TERMS):
        raise OntologyPageError(
            "out-of-date", "kg/terms.py is not of this ontology: run .ci/make_terms.py"
        )
    return found


def entries(asked: list[Question], rules: list[Rule], shapes: list[Shape]) -> dict[str, Entry]:
    """Return every term with its place in the ontology and who uses it."""
    core, beside = load("lineage.ttl"), load("alignments.ttl")
    found = {name: Entry(term) for name, term in TERMS.items()}
    for name, entry in found.items():
        iri = URIRef(NAMESPACE + name)
        for kind, word in (
            (OWL.FunctionalProperty, "functional: at most one"),
            (OWL.TransitiveProperty, "transitive"),
        ):
            if (iri, RDF.type, kind) in core:
                entry.traits.append(word)
        for chain in core.objects(iri, OWL.propertyChainAxiom):
            entry.chains.append([reference(step) for step in Collection(core, chain)])
        for parent in entry.term.parents:
            if parent in found:
                found[parent].below.append(named(name))
        if entry.term.domain in found:
            found[entry.term.domain].leaving.append(named(name))
        if entry.term.range in found:
            found[entry.term.range].arriving.append(named(name))
        entry.aligned = [
            (word, reference(other))
            for relation, word in RELATIONS.items()
            for other in sorted(beside.objects(iri, relation))
        ]
        entry.questions = [Reference(q.name, f"#query-{q.name}") for q in asked if name in q.terms]
        entry.rules = [
            Reference(r.name.upper(), f"#rule-{r.name}") for r in rules if name in r.conclusions
        ]
        entry.shapes = [
            Reference(s.name, f"#shape-{s.name}")
            for s in shapes
            if s.target.text == name or any(c.path.text == name for c in s.constraints)
        ]
    return found


RELATIONS = {
    RDFS.subClassOf: "narrower than",
    RDFS.subPropertyOf: "narrower than",
    SKOS.closeMatch: "close to",
    SKOS.relatedMatch: "related to",
}
"""How an alignment is read; the first two are what a reasoner may use."""


def alignments() -> list[tuple[Reference, str, Reference, bool]]:
    """Return every alignment: from, relation, to, and whether a reasoner may use it."""
    text = (ONTOLOGY / "alignments.ttl").read_text(encoding="utf-8")
    graph = load("alignments.ttl")
    rows = [
        (
            reference(subject),
            word,
            reference(value),
            relation in (RDFS.subClassOf, RDFS.subPropertyOf),
        )
        for relation, word in RELATIONS.items()
        for subject, value in graph.subject_objects(relation)
    ]
    place = {line.split()[0]: n for n, line in reversed(list(enumerate(text.splitlines()))) if line}
    key = lambda ref: ref.text if ":" in ref.text else f"lin:{ref.text}"  # noqa: E731
    return sorted(rows, key=lambda row: (not row[3], place[key(row[0])], row[1], row[2].text))


def schemes() -> list[Scheme]:
    """Return the code lists by name."""
    found = []
    for name in sorted({code.scheme for code in CODES}):
        graph = load(f"vocabularies/{name}.ttl")
        iri = URIRef(VOCABULARY + name)
        codes = [code for code in CODES if code.scheme == name]
        at = {code.code: URIRef(f"{VOCABULARY}{name}#{code.code}") for code in codes}
        found.append(
            Scheme(
                name,
                str(graph.value(iri, SKOS.prefLabel)),
                str(graph.value(iri, SKOS.definition)),
                codes,
                {c: str(graph.value(i, SKOS.scopeNote) or "") for c, i in at.items()},
                {
                    c: [reference(x) for x in sorted(graph.objects(i, SKOS.closeMatch))]
                    + [reference(x) for x in sorted(graph.objects(i, SKOS.narrower))]
                    for c, i in at.items()
                },
            )
        )
    return found


def rules() -> list[Rule]:
    """Return the rules of inference, those that are certain first."""
    found = []
    for path in (ONTOLOGY / "rules").glob("*.rq"):
        lines = path.read_text(encoding="utf-8").splitlines()
        head = dict(line[3:].split(": ", 1) for line in lines if line.startswith("#+ "))
        body = "\n".join(line for line in lines if not line.startswith("#+ "))
        found.append(Rule(head["rule"], head["summary"], head["conclusion"].split(", "), body))
    return sorted(found, key=lambda rule: (rule.name[0] != "r", rule.name))


DEMANDS = {
    SH.minCount: "at least {}",
    SH.maxCount: "at most {}",
    SH.minLength: "not empty",
    SH.minInclusive: "from {}",
    SH.maxInclusive: "to {}",
    SH.pattern: "matching {}",
}
KINDS = {SH.datatype: "an {}", SH.lessThan: "less than {}", SH.hasValue: "is {}"}


def demands(graph: Graph, node: object) -> str:
    """Return in words what a property shape demands."""
    least, most = graph.value(node, SH.minCount), graph.value(node, SH.maxCount)
    said = []
    for key, words in DEMANDS.items():
        value = graph.value(node, key)
        if value is None:
            continue
        if key == SH.minCount and str(value) == str(most):
            said.append(f"exactly {value}")
        elif key == SH.maxCount and str(value) == "0":
            said.append("none")
        elif key != SH.maxCount or str(value) != str(least):
            said.append(words.format(value))
    if graph.value(node, SH.nodeKind) == SH.IRI:
        said.append("an IRI")
    for key, words in KINDS.items():
        value = graph.value(node, key)
        if value is not None:
            said.append(words.format(reference(value).text))
    listed = graph.value(node, SH["in"])
    if listed is not None:
        said.append("one of " + ", ".join(reference(x).text for x in Collection(graph, listed)))
    return ", ".join(said)


def shapes() -> list[Shape]:
    """Return every shape, in the order of their files."""
    failing: dict[str, list[str]] = {}
    for path in sorted((ONTOLOGY / "examples" / "bad").glob("*.ttl")):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        failing.setdefault(first.removeprefix("# fails: "), []).append(path.name)
    found = []
    for path in sorted((ONTOLOGY / "shapes").glob("*.ttl")):
        graph, text = Graph().parse(path), path.read_text(encoding="utf-8")
        names = re.findall(r"^lins:(\w+) a ", text, flags=re.MULTILINE)
        found += [_shape(graph, name, text, failing.get(name, [])) for name in names]
    return found


def _shape(graph: Graph, name: str, text: str, fails: list[str]) -> Shape:
    iri = URIRef(SHAPES + name)
    rows = [
        Constraint(
            reference(graph.value(node, SH.path)),
            demands(graph, node),
            str(graph.value(node, SH.message) or ""),
        )
        for node in graph.objects(iri, SH.property)
    ]
    rows.sort(key=lambda row: text.index(row.message))
    branches = []
    choice = graph.value(iri, SH.xone)
    for branch in Collection(graph, choice) if choice is not None else ():
        said = sorted(
            f"{reference(graph.value(node, SH.path)).text}: {demands(graph, node)}"
            for node in graph.objects(branch, SH.property)
        )
        branches.append("; ".join(sorted(said, key=lambda words: not words.startswith("basis"))))
    return Shape(
        name,
        reference(graph.value(iri, SH.targetClass)),
        rows,
        str(graph.value(iri, SH.message) or ""),
        branches,
        fails,
    )


def questions() -> list[Question]:
    """Return the stored questions with the terms that each of them uses."""
    found = []
    folder = ROOT / "queries"
    for path in sorted(folder.rglob("*.rq")):
        text = path.read_text(encoding="utf-8")
        summary = re.search(r"^#\+ summary: (.+)$", text, flags=re.MULTILINE)
        body = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
        used = [name for name in TERMS if re.search(rf"\blin:{name}\b(?!-)", body)]
        name = path.relative_to(folder).with_suffix("").as_posix()
        found.append(Question(name, summary[1].strip() if summary else "", used))
    return found
