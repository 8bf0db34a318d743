"""A failed or killed build leaves the release as it was; every kind of error has its place."""

import csv
import shutil
import signal
import subprocess
import sys
import time

import pytest

import kg
from kg.building.build import build, read_graph
from kg.checks.links import bound_problems
from kg.errors import BuildError, Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Document, Node
from kg.registers.documents import SourceText
from kg.resources import data_folder
from kg.store.releases import open_release


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    return folder


def edit(path, row, column, value):
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.reader(stream))
    rows[row][rows[0].index(column)] = value
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


FAULTS = {
    "quotation-not-found": ("links", 1, "quote", "words that stand nowhere"),
    "unknown-id": ("links", 1, "object", "no-such-thing"),
    "unknown-code": ("links", 1, "basis", "guessed"),
    "empty-cell": ("links", 1, "subject", ""),
    "malformed-cell": ("elements", 1, "id", "Not An Id"),
    "quotation-ambiguous": ("links", 1, "quote", "mental health"),
}


@pytest.mark.parametrize("code", FAULTS)
def test_fault_in_a_register_is_named_at_its_place(data, code):
    table, row, column, value = FAULTS[code]
    edit(data / "registers" / "telford-2011" / f"{table}.csv", row, column, value)
    if code == "quotation-ambiguous":
        edit(data / "registers" / "telford-2011" / f"{table}.csv", row, "line", "")
    with pytest.raises(BuildError) as caught:
        read_graph(data)
    places = {e.code: e.place for e in caught.value.errors if e.place}
    assert code in places
    assert places[code].path == f"registers/telford-2011/{table}.csv"
    assert places[code].line == row + 1
    assert places[code].column > 0


def test_all_errors_of_a_run_come_together(data):
    edit(data / "registers" / "telford-2011" / "links.csv", 1, "quote", "nowhere at all")
    edit(data / "registers" / "derby-2014" / "links.csv", 1, "quote", "nor here at all")
    with pytest.raises(BuildError) as caught:
        read_graph(data)
    assert len({e.place.path for e in caught.value.errors}) == 2


def test_failed_build_keeps_the_release(data, tmp_path):
    home = tmp_path / "home"
    first = build(data, home, shapes=False)
    edit(data / "registers" / "telford-2011" / "links.csv", 1, "quote", "nowhere at all")
    with pytest.raises(BuildError):
        build(data, home, shapes=False)
    assert open_release(home).name == first.name


@pytest.mark.parametrize("delay", [0.05, 0.15, 0.25, 0.35, 0.45, 0.55])
def test_killed_build_keeps_the_release(data, tmp_path, delay):
    home = tmp_path / "home"
    first = build(data, home, shapes=False)
    (data / "bodies.csv").write_text(
        (data / "bodies.csv").read_text(encoding="utf-8").replace("Samaritans", "Samaritans ", 1),
        encoding="utf-8",
    )
    started = subprocess.Popen(
        [sys.executable, "-m", "kg", "build", "--data", str(data), "-o", str(home), "--no-shapes"],
        stderr=subprocess.DEVNULL,
    )
    time.sleep(delay)
    started.send_signal(signal.SIGKILL)
    started.wait()
    release = open_release(home)
    assert release.name == first.name or release.graph().nodes
    assert "telford-2011/action/1" in release.graph().nodes


def graph_with(subject_plan, object_plan):
    nodes = {
        "a": subject_plan,
        "b": object_plan,
        "a/action/1": Node("a/action/1", "Action", "A", instrument="a"),
        "b/objective/1": Node("b/objective/1", "Objective", "O", instrument="b"),
    }
    claim = Claim("c", "a/action/1", "serves", "b/objective/1", Basis.STATED, origin=Place("t"))
    return KnowledgeGraph(nodes, (claim,))


def test_borders_and_prophecy_are_found():
    scottish = Node("a", "Instrument", "A", jurisdiction="Scotland", issued="2019")
    older = Node("a", "Instrument", "A", jurisdiction="England", issued="2009")
    national = Node(
        "b", "Instrument", "B", level="national", jurisdiction="England", issued="2011-02"
    )
    assert [p.rule for p in bound_problems(graph_with(scottish, national))] == ["jurisdiction"]
    assert [p.rule for p in bound_problems(graph_with(older, national))] == ["anachronism"]


def test_where_words_differ_is_said():
    source = SourceText(Document("d", "d.txt", ""), "the quick brown fox")
    with pytest.raises(Exception, match="quotation-not-found") as caught:
        source.locate("the quick brawn fox")
    assert "'brown fox'" in caught.value.hint
    assert "'brawn'" in caught.value.hint


def test_audit_names_a_quotation_that_does_not_stand(data):
    edit(data / "registers" / "telford-2011" / "links.csv", 1, "quote", "nowhere at all")
    found = kg.audit(kg.load(data, tolerant=True), rules=["quotation-not-found"])
    assert [(f.file, f.line) for f in found] == [("registers/telford-2011/links.csv", 2)]
    assert len(kg.audit(kg.load(data_folder(), tolerant=True), rules=["quotation-not-found"])) == 0
