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
