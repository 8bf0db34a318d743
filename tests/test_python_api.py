"""The graph in other libraries says what the graph says, no more and no less."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from pyoxigraph import RdfFormat, parse

import kg
from kg.bundled import find_release
from kg.errors import InstallationError, LoadError, ParameterError, SettingsError
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Node
from kg.model.table import ENTAILED_RULES, TRACING
from kg.store.rdflib_dataset import dataset_of

NHWMH = "no-health-without-mental-health"
DATA = Path(kg.__file__).parent.parent / "data"


@pytest.fixture(scope="module")
def view(graph):
    return graph.to_networkx("all")


@pytest.fixture(scope="module")
def dataset(graph):
    return graph.to_rdflib()


def test_networkx_has_every_node_and_every_counting_link(graph, view):
    assert set(view) == set(graph.nodes)
    counted = {c.id for c in graph.links if Basis.SUGGESTED not in {c.basis, *c.support}}
    assert Counter(e["claim"] for _, _, e in view.edges(data=True)) == Counter(counted)


def test_telfords_links_by_basis(graph):
    """24 rows state their objective and 20 stand under a merged cell."""
    for words, number in (("stated", 24), ("inherited", 20), ("stated,inherited", 44)):
        net = graph.to_networkx(words, lineage_only=True)
        found = [e for _, _, e in net.edges(data=True) if e["predicate"] == "servesPrimarily"]
        assert len(found) == number
        assert {e["basis"] for e in found} == set(words.split(","))


def test_quotations_stand_where_they_are_said_to(graph, view):
    """Every quotation of every link is in its document, at its lines, word for word."""
    texts = {
        d.id: (DATA / d.path.removeprefix("data/")).read_text(encoding="utf-8").split("\n")
        for d in graph.documents.values()
    }
    seen = 0
    for _, _, edge in view.edges(data=True):
        for quotation in edge["quotations"]:
            lines = texts[quotation["document"]]
            stretch = "\n".join(lines[quotation["first_line"] - 1 : quotation["last_line"]])
            assert quotation["exact"] in stretch
            seen += 1
        assert edge["quotations"] or edge["rule"]
    assert seen > 1000


def test_a_node_and_an_edge_in_networkx(view):
    node = view.nodes["telford-2011/action/4"]
    assert (node["cls"], node["rank"], node["jurisdiction"]) == ("Action", 4, "England")
    assert node["iri"] == kg.iri("telford-2011/action/4")
    assert node["passages"][0]["first_line"] == 58
    assert (view.nodes["telford-2011"]["level"], view.nodes["telford-2011"]["rank"]) == ("local", 6)
    (edge,) = (
        e
        for e in view.get_edge_data("telford-2011/action/4", f"{NHWMH}/objective/6").values()
        if e["predicate"] == "servesPrimarily"
    )
    assert (edge["basis"], edge["strength"], edge["lineage"]) == ("stated", "stated", True)
    assert any("stigma and discrimination" in q["exact"] for q in edge["quotations"])


def made(decision="accepted", basis=Basis.STATED, **more):
    nodes = [Node("a", "Action", "A"), Node("b", "Objective", "B")]
    claim = Claim("c", "a", "serves", "b", basis, decision=decision, **more)
    return KnowledgeGraph({node.id: node for node in nodes}, [claim])


def test_what_is_not_accepted_is_asked_for_by_name():
    graph = made("rejected")
    assert graph.to_networkx().number_of_edges() == 0
    (edge,) = (e for _, _, e in graph.to_networkx(decisions=("rejected",)).edges(data=True))
    assert edge["decision"] == "rejected"


def test_interpreted_and_suggested_links_do_not_slip_in():
    assert made(basis=Basis.INTERPRETED).to_networkx().number_of_edges() == 0
    assert made(basis=Basis.INTERPRETED).to_networkx("all").number_of_edges() == 1
    assert made(basis=Basis.SUGGESTED).to_networkx("all").number_of_edges() == 0
    rests = made(basis=Basis.INFERRED, support=frozenset({Basis.INTERPRETED}))
    assert rests.to_networkx().number_of_edges() == 0
    assert made(rule=min(ENTAILED_RULES)).to_networkx().number_of_edges() == 0
    with pytest.raises(SettingsError):
        made().to_networkx("suggested")


def test_a_link_to_nothing_makes_no_node():
    graph = KnowledgeGraph(
        {"a": Node("a", "Action", "A")}, [Claim("c", "a", "serves", "gone", Basis.STATED)]
    )
    assert list(graph.to_networkx()) == ["a"]


def test_rdflib_has_the_same_statements(graph, dataset):
    """Quad for quad what another parser reads in the release."""
    quads = {
        (str(q.subject), str(q.predicate), str(q.object), q.graph_name.value)
        for q in parse(path=str(find_release().quads), format=RdfFormat.N_QUADS)
    }
    mine = {(s.n3(), p.n3(), o.n3(), str(c)) for s, p, o, c in dataset.quads()}
    assert len(mine) == len(quads)
    assert {quad[3] for quad in mine} == {quad[3] for quad in quads}
    plain = {q for q in quads if q[2].startswith("<") and not q[0].startswith("_:")}
    assert plain <= mine


def test_rdflib_answers_as_the_arrays_do(dataset):
    rows = dataset.query(
        "SELECT ?objective (COUNT(DISTINCT ?action) AS ?n) "
        "{ ?action lin:servesPrimarily ?objective } GROUP BY ?objective ORDER BY ?objective"
    )
    found = [(str(row[0]), int(row[1])) for row in rows]
    numbers = (10, 8, 4, 16, 3, 3)
    assert found == [(kg.iri(f"{NHWMH}/objective/{n}"), k) for n, k in enumerate(numbers, 1)]


def test_rdflib_of_other_graphs(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text("id,level,text,serves\no1,Objective,Top,\na1,Action,Do,o1\n")
    flat = kg.load(table).to_rdflib()
    assert flat.query(f"ASK {{ <{kg.iri('a1')}> lin:serves <{kg.iri('o1')}> }}").askAnswer
    ask = f"ASK {{ ?action lin:servesPrimarily <{kg.iri(NHWMH + '/objective/6')}> }}"
    assert not kg.load(as_of="2010-06-30").to_rdflib().query(ask).askAnswer
    assert kg.load(as_of="2011-12-31").to_rdflib().query(ask).askAnswer


@pytest.mark.parametrize(
    "line",
    [
        "<http://e/s> <http://e/p> <http://e/o>",
        '<http://e/s> "p" <http://e/o> <http://e/g> .',
        "<s> <http://e/p> <http://e/o> <http://e/g> .",
        "<http://e/s> <http://e/p> <<( <http://e/a> <http://e/b> <http://e/c> )>> <http://e/g> .",
    ],
)
def test_rdflib_gets_nothing_that_is_no_quad(line):
    with pytest.raises(LoadError):
        dataset_of(["<http://e/s> <http://e/p> <http://e/o> <http://e/g> .", line])


def test_literals_keep_their_form():
    number = '"007"^^<http://www.w3.org/2001/XMLSchema#integer>'
    lines = [f"<http://e/s> <http://e/p> {o} <http://e/g> ." for o in (number, '"e"@en', '"x\\ny"')]
    assert {o.n3() for _, _, o, _ in dataset_of(lines).quads()} == {
        '"007"^^<http://www.w3.org/2001/XMLSchema#integer>',
        '"e"@en',
        '"""x\ny"""',
    }


def test_pandas_tables(graph):
    frames = graph.to_pandas()
    assert len(frames["nodes"]) == len(graph.nodes)
    assert len(frames["links"]) == sum(c.rule not in ENTAILED_RULES for c in graph.claims)
    assert len(frames["facts"]) == sum(len(f.values) for f in graph.facts)
    nodes, links = frames["nodes"], frames["links"]
    actions = nodes[nodes["cls"] == "Action"].groupby("instrument", observed=True).size()
    assert actions.to_dict() == {"derby-2014": 16, "dundee-2019": 20, "telford-2011": 44}
    served = links[(links["predicate"] == "servesPrimarily") & (links["decision"] == "accepted")]
    by_objective = served.groupby("object", observed=True).size()
    assert by_objective.tolist() == [10, 8, 4, 16, 3, 3]
    assert set(links.loc[links["lineage"], "predicate"]) <= TRACING


def test_pandas_types_and_what_is_missing(graph):
    nodes = graph.to_pandas("nodes")
    assert str(nodes["first_line"].dtype) == "Int64"
    assert str(nodes["cls"].dtype) == "category"
    assert nodes["text"].dtype == "string"
    body = nodes[nodes["cls"] == "GenericGroup"].iloc[0]
    assert pd.isna(body["instrument"])
    assert not (nodes.select_dtypes("string") == "").any().any()
    with pytest.raises(SettingsError):
        graph.to_pandas("edges")


def test_results_become_frames():
    frame = kg.query("actions-of-objective", objective=f"{NHWMH}/objective/4").to_pandas()
    assert len(frame) == 16
    analysis = kg.analyse(kg.load(), "similarity").to_pandas()
    assert analysis["objectives_jaccard"].isna().all()
    assert str(analysis["objectives_a"].dtype) == "Int64"


def test_pandas_is_an_extra(graph, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(InstallationError) as caught:
        graph.to_pandas("nodes")
    assert "policy-lineage[pandas]" in str(caught.value)


def test_parameters_by_name(graph):
    name = f"{NHWMH}/objective/3"
    plain = kg.query("actions-of-objective", {"objective": name})
    assert len(plain) == 4
    assert kg.query("actions-of-objective", objective=name) == plain
    assert kg.query("actions-of-objective", objective=graph.node(name)) == plain
    assert kg.query("actions-of-objective", objective=kg.iri(name)) == plain


def test_a_parameter_that_is_a_word_of_python():
    stored = kg.queries()["evidence-of-link"]
    values = dict.fromkeys(stored.params, "telford-2011/action/4")
    named = {f"{k}_" if k == "from" else k: v for k, v in values.items()}
    assert kg.query(stored.name, **named) == kg.query(stored.name, values)


@pytest.mark.parametrize(
    ("mapping", "named"),
    [({"objective": "x"}, {"objective": "x"}), ({}, {"objectiv": "x"}), ({}, {})],
)
def test_parameters_that_do_not_fit(mapping, named):
    with pytest.raises(ParameterError):
        kg.query("actions-of-objective", mapping, **named)


def test_loading_imports_none_of_the_libraries():
    """The forms are made on request: opening and tracing stay light."""
    code = (
        "import sys, kg; kg.trace(kg.load(), 'telford-2011/action/4');"
        "print({'networkx','rdflib','pandas','numpy','pyoxigraph'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
