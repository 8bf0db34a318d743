"""Expected values worked out from the documents."""

import subprocess
import sys
from collections import Counter

import pytest

import kg
from kg.building.build import build, read_graph
from kg.errors import BuildError
from kg.resources import data_folder

SIZES = {
    ("dundee-2019", "Aim"): 1,
    ("dundee-2019", "Priority"): 4,
    ("dundee-2019", "Principle"): 3,
    ("dundee-2019", "Outcome"): 3,
    ("dundee-2019", "Workstream"): 10,
    ("dundee-2019", "Action"): 20,
    ("worcestershire-2009", "Priority"): 4,
    ("worcestershire-2009", "Commitment"): 21,
    ("worcestershire-2009", "Activity"): 83,
    ("new-horizons", "Priority"): 8,
    ("telford-2011", "Priority"): 21,
    ("telford-2011", "Outcome"): 26,
    ("telford-2011", "Action"): 44,
    ("no-health-without-mental-health", "Objective"): 6,
    ("dundee-2016", "Priority"): 8,
    ("dundee-2016", "Commitment"): 27,
    ("dundee-2016", "StatusReport"): 67,
    ("derby-2014", "Priority"): 10,
    ("derby-2014", "Aim"): 13,
    ("derby-2014", "Action"): 16,
    ("derby-2014", "Driver"): 19,
    ("derby-2014", "Message"): 30,
    ("derby-2014", "Issue"): 56,
    ("derby-2014", "Initiative"): 26,
    ("derby-2014", "BaselineState"): 12,
    ("derby-2014", "DesiredState"): 12,
}


@pytest.mark.parametrize(("key", "size"), SIZES.items())
def test_size(graph, key, size):
    rows = {(row["instrument"], row["class"]): row["count"] for row in kg.stats(graph)}
    assert rows[key] == size


@pytest.mark.parametrize(
    ("bases", "expected"),
    [("stated,inherited", [10, 8, 4, 16, 3, 3]), ("stated", [6, 6, 1, 8, 2, 1])],
)
def test_telford_rows_per_objective(graph, bases, expected):
    table = kg.matrix(
        graph,
        source="telford-2011",
        target="no-health-without-mental-health",
        bases=kg.parse_bases(bases),
    )
    counts = Counter(row["objective"][-1] for row in table)
    assert [counts[str(n)] for n in range(1, 7)] == expected


def test_nothing_is_stated_to_serve_new_horizons_or_the_concordat(graph):
    serving = {"serves", "servesPrimarily", "contributesTo", "supportsInstrument", "restates"}
    for claim in graph.claims:
        if graph.instrument_of(claim.object) in ("new-horizons", "crisis-concordat"):
            assert claim.predicate not in serving


def test_sets_are_not_rows(graph):
    for claim in graph.claims:
        if claim.subject.startswith("dundee-2019/workstream/"):
            assert not claim.object.startswith(("dundee-2019/priority", "dundee-2019/outcome"))
        if claim.subject.startswith("derby-2014/action/"):
            assert not claim.object.startswith("derby-2014/")


def test_ratings_are_lost(graph):
    lost = [f for f in graph.facts if f["property"] == "rating" and f["kind"] == "lost"]
    assert len(lost) == 44
    assert not [claim for claim in graph.claims if claim.predicate == "rating"]


def test_every_passage_stands_in_its_document(graph):
    texts = {
        d.id: (data_folder() / d.path).read_text(encoding="utf-8") for d in graph.documents.values()
    }
    passages = {p for n in graph.nodes.values() for p in n.passages}
    passages |= {p for c in graph.claims for p in c.evidence}
    assert len(passages) > 800
    for p in passages:
        assert texts[p.document][p.start : p.end] == p.exact
        assert texts[p.document].count("\n", 0, p.start) + 1 == p.first_line


def test_a_changed_letter_in_a_document_fails_the_build(tmp_path):
    import shutil

    data = tmp_path / "data"
    shutil.copytree(data_folder(), data)
    path = data / "sources" / "telford-2011.txt"
    path.write_text(path.read_text().replace("Tackle the stigma", "Tickle the stigma"))
    with pytest.raises(BuildError) as caught:
        read_graph(data)
    codes = {error.code for error in caught.value.errors}
    assert codes == {"document-changed", "quotation-not-found"}


def test_two_builds_are_equal(tmp_path):
    one = build(data_folder(), tmp_path / "a", shapes=False)
    two = build(data_folder(), tmp_path / "b", shapes=False)
    assert one.manifest == two.manifest


def test_cold_commands_stay_light(graph):
    code = (
        "import sys; from kg.cli import main; main(['audit','--fail-on','never','-f','json']);"
        "main(['trace','telford-2011/action/4']);"
        "bad = {'rdflib','networkx','pyvis','numpy'} & set(sys.modules); sys.exit(len(bad))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_node_and_claim_rests_on_words(graph):
    for node in graph.nodes.values():
        assert node.passages or node.kind == "reader", node.id
    for claim in graph.claims:
        if claim.basis.word == "inferred":
            assert claim.premises
            assert all(premise in graph.claim for premise in claim.premises)
        else:
            assert claim.evidence, claim


def test_documents_are_those_that_were_received(graph):
    sums = {
        "dundee-2019": "2d08272ee7c268380836fa7794928a1baf3075acd17cdf855e7bf6f659f9555c",
        "worcestershire-2009": "e02441547f9d77046975db44e0a597da9f10ebf30559fde658b5b2f741ae7969",
        "telford-2011": "defcec4854936cc99ed5a52bad52f33bf4de61bb0490573daf69ce52ea91d72b",
        "dundee-2016": "347ac46ed25d26a61c8af5d0f028a569063914937da62890e7274de8c00267e8",
        "derby-2014": "8a1648e7d263a5d92313413eb79d1206cbdad40be8e957e07ce94867a750d3e3",
    }
    assert {name: graph.documents[name].sha256 for name in sums} == sums


@pytest.mark.parametrize(
    ("node", "target", "code"),
    [
        ("worcestershire-2009/intention/5", "crisis-concordat", "time"),
        ("worcestershire-2009/intention/5", "no-health-without-mental-health", "time"),
        ("dundee-2019/action/2", "crisis-concordat", "jurisdiction"),
        ("derby-2014/action/13", "crisis-concordat", "no-such-column"),
        ("worcestershire-2009/intention/3", "new-horizons", "folded"),
    ],
)
def test_an_empty_answer_says_why(graph, node, target, code):
    found = kg.trace(graph, node, to=target)
    assert not found.paths
    assert {stop.reason.code for stop in found.stops} == {code}


def test_the_nearest_place_is_shown(graph):
    found = kg.trace(graph, "derby-2014/action/13", to="crisis-concordat")
    assert "derby-2014/aim/12" in {claim.subject for claim in found.nearest}


def test_the_data_package_lists_every_file():
    import json

    package = json.loads((data_folder() / "datapackage.json").read_text(encoding="utf-8"))
    listed = {resource["path"] for resource in package["resources"]}
    found = {
        p.relative_to(data_folder()).as_posix()
        for p in data_folder().rglob("*")
        if p.suffix in {".csv", ".txt"}
    }
    assert listed == found


def test_exports_can_be_read_back(tmp_path):
    import pyoxigraph as ox

    sizes = {}
    for form in ("ttl", "trig", "nq", "jsonld"):
        path = kg.export(tmp_path / f"x.{form}")
        kind = ox.RdfFormat.from_extension(form)
        sizes[form] = len(set(map(str, ox.parse(path=str(path), format=kind))))
    assert sizes["trig"] == sizes["nq"] == sizes["jsonld"] > 50_000
    assert sizes["ttl"] <= sizes["nq"]
    assert kg.export(tmp_path / "x.csv").read_text().startswith("claim,subject,predicate")


def test_a_passage_has_one_name(graph):
    from kg.store.quads import write_quads

    passages = {p for n in graph.nodes.values() for p in n.passages}
    passages |= {p for c in graph.claims for p in c.evidence}
    passages |= {p for f in graph.facts for p in f.passages}
    words = "#type> <https://w3id.org/policy-lineage/ns#Passage>"
    typed = [line for line in write_quads(graph) if words in line]
    assert len(typed) == len(passages)


def test_registers_and_their_release_give_the_same_findings(graph):
    assert kg.audit(kg.load(data_folder(), tolerant=True)).findings == kg.audit(graph).findings
