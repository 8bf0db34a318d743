"""Shapes find what they should, rules infer what they may and nothing that they may not."""

import pyoxigraph as ox
import pytest
from pyshacl import validate
from rdflib import RDF, SH, Graph
from rdflib.compare import isomorphic, to_canonical_graph

from kg.building.rules import infer
from kg.checks.shapes import shape_files
from kg.errors import Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Node
from kg.registers.linking import asserted_claim
from kg.resources import ontology_folder
from kg.store.quads import write_quads
from kg.store.writing import PREFIXES as OURS

ALIGNED = {
    "cids": "https://ontology.commonapproach.org/cids#",
    "cv": "http://data.europa.eu/m8g/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "frapo": "http://purl.org/cerif/frapo/",
    "gist": "https://w3id.org/semanticarts/ns/ontology/gist/",
    "oslc_rm": "http://open-services.net/ns/rm#",
    "p-plan": "http://purl.org/net/p-plan#",
    "sdgo": "http://metadata.un.org/sdg/ontology#",
}
EXAMPLES = ontology_folder() / "examples"
VOCABULARIES = [path.stem for path in (ontology_folder() / "vocabularies").glob("*.ttl")]
PREFIXES = {
    **OURS,
    **{
        f"v{n}": f"https://w3id.org/policy-lineage/vocab/{name}#"
        for n, name in enumerate(sorted(VOCABULARIES))
    },
    "vocab": "https://w3id.org/policy-lineage/vocab/",
    "home": "https://w3id.org/policy-lineage/",
    "lins": "https://w3id.org/policy-lineage/shapes#",
    "rdf": str(RDF),
    "sh": str(SH),
    "vann": "http://purl.org/vocab/vann/",
    "obo": "http://purl.obolibrary.org/obo/",
    "semapv": "https://w3id.org/semapv/vocab/",
    **ALIGNED,
}
SHAPES = "https://w3id.org/policy-lineage/shapes#"


def shapes():
    graph = Graph()
    for path in shape_files():
        graph.parse(path)
    return graph


def failed(path):
    rules = shapes()
    _, report, _ = validate(Graph().parse(path), shacl_graph=rules)
    found = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        source = report.value(result, SH.sourceShape)
        owner = next(rules.subjects(SH.property, source), source)
        found.add(str(owner).removeprefix(SHAPES))
    return found


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.ttl")), ids=lambda p: p.stem)
def test_good_example(path):
    assert failed(path) == set()


@pytest.mark.parametrize("path", sorted((EXAMPLES / "bad").glob("*.ttl")), ids=lambda p: p.stem)
def test_bad_example_fails_exactly_its_shape(path):
    expected = path.read_text().splitlines()[0].removeprefix("# fails: ")
    assert failed(path) == {expected}


def test_there_are_bad_examples_for_every_shape():
    named = {
        p.read_text().splitlines()[0].removeprefix("# fails: ")
        for p in (EXAMPLES / "bad").glob("*.ttl")
    }
    declared = {str(s).removeprefix(SHAPES) for s in shapes().subjects(RDF.type, SH.NodeShape)}
    assert named == declared


def canonical(graph):
    found = Graph(bind_namespaces="none")
    for prefix, namespace in sorted(PREFIXES.items()):
        found.bind(prefix, namespace)
    for triple in to_canonical_graph(graph):
        found.add(triple)
    lines = found.serialize(format="turtle").splitlines()
    # Names beyond ours get numbers in the order in which a hash meets them: leave them whole.
    assert not [line for line in lines if line.startswith("@prefix ns")]
    return "\n".join(lines)


@pytest.mark.parametrize("path", sorted(ontology_folder().rglob("*.ttl")), ids=lambda p: p.stem)
def test_turtle_round_trips(path):
    first = Graph().parse(path)
    text = canonical(first)
    second = Graph().parse(data=text, format="turtle")
    assert isomorphic(first, second)
    assert canonical(second) == text
    assert len(list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))) == len(first)


NODES = {
    "nat": Node("nat", "Instrument", "National", level="national", jurisdiction="England"),
    "old": Node("old", "Instrument", "Old", level="national", jurisdiction="England"),
    "loc": Node("loc", "Instrument", "Local", level="local", jurisdiction="England"),
    **{
        f"nat/objective/{n}": Node(f"nat/objective/{n}", "Objective", "O", instrument="nat")
        for n in (1, 2)
    },
    "old/objective/1": Node("old/objective/1", "Objective", "O", instrument="old"),
    "loc/objective/1": Node("loc/objective/1", "Objective", "O", instrument="loc"),
    "loc/outcome/1": Node("loc/outcome/1", "Outcome", "O", instrument="loc"),
    "loc/workstream/1": Node("loc/workstream/1", "Workstream", "W", instrument="loc"),
    "loc/action/1": Node("loc/action/1", "Action", "A", instrument="loc"),
    "loc/action/2": Node("loc/action/2", "Action", "A", instrument="loc"),
    "b1": Node("b1", "Organization", "B"),
    "b2": Node("b2", "Organization", "B"),
    "money": Node("money", "FundingStream", "M"),
    "all": Node("all", "GenericGroup", "All"),
}
A1, A2, W = "loc/action/1", "loc/action/2", "loc/workstream/1"
N1, N2, L1, OUT = "nat/objective/1", "nat/objective/2", "loc/objective/1", "loc/outcome/1"


def inferred(*triples):
    claims = [asserted_claim(*t, Basis.STATED, (), origin=Place("t")) for t in triples]
    structure = write_quads(KnowledgeGraph(NODES, ()))
    return {(c.subject, c.predicate, c.object): c for c in infer(claims, structure, "2026-01-01")}


def test_r0_to_r5_and_p1_p2():
    found = inferred((A1, "servesPrimarily", N1))
    assert {
        (A1, "serves", N1),
        (A1, "contributesTo", N1),
        (A1, "tracesTo", N1),
        (A1, "supportsInstrument", "nat"),
    } <= set(found)
    assert (A1, "serves", N1) in inferred((A1, "serves", L1), (L1, "restates", N1))
    assert (W, "contributesTo", N1) in inferred((A1, "partOf", W), (A1, "serves", N1))
    assert (A1, "governedBy", "b1") in inferred((A1, "partOf", W), (W, "governedBy", "b1"))
    assert (A1, "mayServe", N1) in inferred((A1, "partOf", W), (W, "serves", N1))
    assert (A1, "mayServe", N1) in inferred((A1, "contributesTo", OUT), (OUT, "serves", N1))
    assert ("nat", "succeeds", "old") in inferred(("nat", "supersedes", "old"))


def test_inferred_claims_keep_their_premises():
    found = inferred((A1, "partOf", W), (W, "governedBy", "b1"))
    claim = found[A1, "governedBy", "b1"]
    assert len(claim.premises) == 2
    assert claim.rule == "r4"
    assert claim.support == {Basis.STATED}


def test_r4_yields_to_what_is_stated():
    found = inferred((A1, "partOf", W), (W, "governedBy", "b1"), (A1, "governedBy", "b2"))
    assert (A1, "governedBy", "b1") not in found


FORBIDDEN = {
    "N1 serving one objective is not serving the others": (
        [(A1, "serves", N1)],
        [(A1, "serves", N2), (A1, "mayServe", N2)],
    ),
    "N1 supporting an instrument is serving no given intent": (
        [(A1, "supportsInstrument", "nat")],
        [(A1, "serves", N1), (A1, "mayServe", N1)],
    ),
    "N2 and N4 nothing joins what only stands side by side or sounds alike": (
        [(A1, "partOf", W)],
        [(W, "serves", L1), (L1, "restates", N1)],
    ),
    "N3 the same lead is no link": (
        [(A1, "ledBy", "b1"), (A2, "ledBy", "b1"), (A1, "serves", N1)],
        [(A2, "serves", N1)],
    ),
    "N3 the same money is no link": (
        [(A1, "fundedFrom", "money"), (A2, "fundedFrom", "money"), (A1, "serves", N1)],
        [(A2, "serves", N1), (A2, "mayServe", N1)],
    ),
    "N5 no link is no link": ([(A1, "serves", N1)], [(A2, "tracesTo", N1)]),
    "N6 links do not migrate to a successor": (
        [(A1, "serves", "old/objective/1"), ("nat", "supersedes", "old")],
        [(A1, "serves", N1), (A1, "supportsInstrument", "nat"), (A1, "tracesTo", "nat")],
    ),
    "N7 money of the whole is not money of the part": (
        [(A1, "partOf", W), (W, "fundedFrom", "money")],
        [(A1, "fundedFrom", "money")],
    ),
    "N9 citing is not implementing": (
        [("loc", "cites", "nat")],
        [("loc", "implements", "nat"), ("loc", "tracesTo", "nat")],
    ),
    "N9 drawing on is not implementing": (
        [("loc", "drawsOn", "nat")],
        [("loc", "implements", "nat")],
    ),
    "N10 parts of what serves do not serve": (
        [(A1, "partOf", W), (W, "serves", N1)],
        [(A1, "serves", N1), (A1, "tracesTo", N1)],
    ),
    "N10 a plan's background does not flow down": (
        [("loc", "drawsOn", "nat"), (A1, "partOf", W)],
        [(A1, "tracesTo", "nat")],
    ),
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_prohibition(name):
    given, never = FORBIDDEN[name]
    found = inferred(*given)
    for triple in never:
        assert triple not in found


def test_n8_n11_n13_n14_in_the_bundled_graph(graph):
    predicates = {claim.predicate for claim in graph.claims}
    assert not predicates & {"rating", "sameAs"}  # N8 and N11
    for fact in graph.facts:  # N13: none identified is no nought
        if fact["nature"] == "none-identified":
            assert not fact["amount"]
    everyone = graph.nodes["telford-all"]  # N14: All is never expanded
    assert everyone.cls == "GenericGroup"
    assert not graph.outgoing.get("telford-all")
