"""Records come back from triples as they were; what does not is listed here."""

import dataclasses
import re

import pyoxigraph as ox
import pytest

import kg
from kg.bundled import find_release
from kg.cli.commands.trace import _lines, as_dict
from kg.model.graph import KnowledgeGraph
from kg.sparql.catalogue import stored_queries
from kg.store.dataset import open_store, read_store
from kg.store.neighbourhood import read_neighbourhood
from kg.store.quads import write_quads
from kg.store.rebuilding import parse_place, rebuild
from kg.store.stores import EmbeddedStore, bind

UNORDERED = {"alternatives"}
"""Alternative labels have no order in SKOS: they come back in alphabetical order."""


def values(quads):
    return [(q.subject.value, q.predicate.value, q.object.value) for q in quads]


def bundled():
    """Return the release after a store has had it in its hands."""
    return rebuild(values(read_store(find_release().quads)))


def differences(there, here):
    """Return the names of the fields in which two lists of records differ."""
    assert len(there) == len(here)
    return {
        field.name
        for one, two in zip(there, here, strict=True)
        for field in dataclasses.fields(one)
        if getattr(one, field.name) != getattr(two, field.name)
    }


def test_records_of_the_bundled_release(graph):
    again = bundled()
    assert list(again.nodes) == list(graph.nodes)
    nodes = list(again.nodes.values()), list(graph.nodes.values())
    assert differences(*nodes) == UNORDERED
    for one, two in zip(*nodes, strict=True):
        assert one.alternatives == tuple(sorted(two.alternatives))
    assert list(again.claims) == list(graph.claims)
    assert list(again.facts) == list(graph.facts)
    assert dict(again.documents) == dict(graph.documents)
    assert not again.flat
    assert not again.problems


def test_the_order_of_cells_comes_back(graph):
    # `show` prints them one after the other.
    assert [list(f.values) for f in bundled().facts] == [list(f.values) for f in graph.facts]


TABLE = """id,level,text,title,serves,lead,status
o 1,Objective,Good lives,,,,
p1,theme,A priority,First,o 1;o1,Ann,done
o1,Objective,Other lives,,,,
a1,Action,An action,,p1,Ann,begun
a2,Action,Another,,p1 o1 o1,"Bob, the second",
"""


@pytest.fixture
def flat(tmp_path):
    path = tmp_path / "my plan.csv"
    path.write_text(TABLE)
    return kg.load(path)


def test_records_of_a_flat_table(flat):
    again = rebuild(values(open_store(write_quads(flat))))
    assert again.flat
    assert list(again.nodes.values()) == list(flat.nodes.values())
    assert again.documents == flat.documents
    # The links of one cell come in the order of what they lead to.
    order = [claim.id for claim in again.claims]
    assert sorted(flat.claims, key=lambda claim: order.index(claim.id)) == list(again.claims)
    assert kg.matrix(again) == kg.matrix(flat)
    # What was wrong with single rows is no statement of the graph.
    assert flat.problems
    assert not again.problems
    kept = KnowledgeGraph(flat.nodes, flat.claims, documents=flat.documents, flat=True)
    assert kg.audit(again) == kg.audit(kept)


@pytest.mark.parametrize("text", ["a.csv", "a.csv:2", "a.csv:2:3", "c:/x y.csv:2:3", ""])
def test_places_are_read_as_they_are_written(text):
    assert str(parse_place(text)) == text


def test_triples_of_others_are_passed_over(graph):
    extra = [
        ("http://e/s", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "http://e/C"),
        ("http://e/s", "http://www.w3.org/2000/01/rdf-schema#label", "x"),
    ]
    assert not rebuild(extra).nodes


class Counting(EmbeddedStore):
    asked = 0

    def answer(self, *arguments, **more):
        self.asked += 1
        return super().answer(*arguments, **more)


@pytest.fixture(scope="module")
def store():
    return Counting(read_store(find_release().quads))


def same(graph, near, node, **more):
    there, here = kg.trace(near, node, **more), kg.trace(graph, node, **more)
    assert as_dict(near, there) == as_dict(graph, here)
    assert _lines(near, there) == _lines(graph, here)


def test_the_surroundings_of_every_node_are_enough_to_trace_it(graph, store):
    for node in graph.nodes:
        near = read_neighbourhood(store, node)
        same(graph, near, node)
        same(graph, near, node, bases=kg.parse_bases("all"))
        assert len(near.claims) < 300


@pytest.mark.parametrize("to", ["crisis-concordat", "no-health-without-mental-health/objective/6"])
def test_and_to_trace_it_to_a_target_or_downwards(graph, store, to):
    for node in list(graph.nodes)[::12]:
        same(graph, read_neighbourhood(store, node, to=to), node, to=to)
        same(graph, read_neighbourhood(store, node, down=True), node, down=True)


def test_the_number_of_questions_does_not_grow_with_the_graph(store):
    store.asked = 0
    read_neighbourhood(store, "telford-2011/action/4")
    assert store.asked < 25


@pytest.mark.parametrize("name", sorted(stored_queries()))
def test_values_bind_as_substitutions_do(name, store):
    from kg.model.identifiers import node_iri

    stored = stored_queries()[name]
    given = dict(re.findall(r"-p (\w+)=(\S+)", stored.example))
    bound = {key: ox.NamedNode(node_iri(value)) for key, value in given.items()}
    substituted = store.answer(stored.text, bound)
    inserted = store.answer(bind(stored.text, bound))
    assert inserted.columns == substituted.columns
    assert sorted(map(str, inserted.rows)) == sorted(map(str, substituted.rows))


HOSTILE = ['"} } INSERT', "\\", 'a"b\nc', "}", "?x", "' . ?s ?p ?o . '"]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text):
    store = EmbeddedStore(ox.Store())
    answer = store.answer(bind("SELECT ?x WHERE { }", {"x": ox.Literal(text)}))
    assert [row[0].value for row in answer.rows] == [text]
