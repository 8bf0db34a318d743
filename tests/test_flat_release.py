"""A release of a flat table answers as the table itself does, on every way of asking."""

import random
import shutil
import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building.build import build
from kg.building.merging import LineSorter
from kg.building.options import Options
from kg.errors import LoadError
from kg.opening import open_triples

LEVELS = ("Objective", "Priority", "Outcome", "Workstream", "Action")


def plan(seed, size, *, cyclic=False):
    draw = random.Random(seed)
    rows = ["id,level,text,serves,lead"]
    for number in range(size):
        level = min(number * len(LEVELS) // size, len(LEVELS) - 1)
        above = [n for n in range(size) if n * len(LEVELS) // size < level]
        if cyclic and draw.random() < 0.3:
            above = list(range(size))
        served = draw.sample(above, min(len(above), draw.randrange(3)))
        links = " ".join(f"n{n}" for n in served if n != number)
        lead = draw.choice(["", "The Trust", "All"])
        rows.append(f'n{number},{LEVELS[level]},"Words {number}, with ""marks"" é",{links},{lead}')
    return "\n".join(rows) + "\n"


FAULTY = """id,level,text,serves
o,Objective,x,
a,Action,,o nowhere o
a,Action,y,o
,Action,z,
b,X,x,
"""
CHOICES = (
    "stated",
    "stated,inherited",
    "stated,inherited,inferred",
    "all",
    "stated,interpreted",
)


@pytest.mark.parametrize("store", [False, True])
@pytest.mark.parametrize("cyclic", [False, True])
def test_a_release_answers_as_its_table(tmp_path, monkeypatch, store, cyclic):
    monkeypatch.setattr("kg.lineage.reach.SMALL", 40)
    table = tmp_path / "plan.csv"
    table.write_text(plan(3, 120, cyclic=cyclic), encoding="utf-8")
    home = tmp_path / "home"
    release = build(table, home, options=Options(store=store))
    assert release.store.is_dir() is store
    direct, stored = kg.load(table), kg.load(home)
    assert stored.stored  # large enough for its reach to be kept
    assert dict(stored.nodes) == dict(direct.nodes)
    assert list(stored.claims) == list(direct.claims)
    assert stored.documents == direct.documents
    for bases in CHOICES:
        chosen = kg.parse_bases(bases)
        assert kg.audit(stored, bases=chosen) == kg.audit(direct, bases=chosen)
        assert kg.matrix(stored, bases=chosen) == kg.matrix(direct, bases=chosen)
        assert kg.matrix_counts(stored, bases=chosen) == kg.matrix_counts(direct, bases=chosen)
    assert kg.stats(stored) == kg.stats(direct)
    for name in direct.nodes:
        assert kg.trace(stored, name) == kg.trace(direct, name)
        assert kg.impact(stored, name) == kg.impact(direct, name)


@pytest.mark.parametrize("cyclic", [False, True])
def test_its_triples_say_the_same(tmp_path, cyclic):
    import networkx as nx

    table = tmp_path / "plan.csv"
    table.write_text(plan(5, 60, cyclic=cyclic), encoding="utf-8")
    build(table, tmp_path / "home", options=Options(store=True))
    graph = kg.load(table)
    links = nx.DiGraph((c.subject, c.object) for c in graph.claims if c.predicate == "serves")
    expected = {(a, b) for a in links for b in nx.descendants(links, a)}
    rows = open_triples(tmp_path / "home").query(
        "PREFIX lin: <https://w3id.org/policy-lineage/ns#> "
        "SELECT DISTINCT ?a ?b { ?a lin:tracesTo ?b }",
        use_default_graph_as_union=True,
    )
    found = {(row["a"].value.split("/id/")[1], row["b"].value.split("/id/")[1]) for row in rows}
    assert found == expected


def test_problems_of_rows_are_kept(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(FAULTY, encoding="utf-8")
    build(table, tmp_path / "home")
    direct = kg.audit(kg.load(table))
    assert kg.audit(kg.load(tmp_path / "home")) == direct
    assert {"duplicate-id", "dangling-link", "duplicate-link", "missing-id", "unknown-level"} <= {
        finding.rule for finding in direct
    }


def test_same_table_same_bytes(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(plan(1, 50), encoding="utf-8")
    one, two = (build(table, tmp_path / name) for name in ("a", "b"))
    assert one.name == two.name
    assert one.manifest["files"] == two.manifest["files"]


def test_its_triples_are_sorted_and_stand_once(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(plan(1, 50), encoding="utf-8")
    lines = build(table, tmp_path / "home").quads.read_bytes().splitlines()
    assert lines == sorted(set(lines))
    assert len(lines) > 1000


def test_a_table_that_cannot_be_read_leaves_the_release(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(plan(1, 20), encoding="utf-8")
    first = build(table, tmp_path / "home")
    table.write_text("no,such,columns\n", encoding="utf-8")
    with pytest.raises(LoadError, match="missing-column"):
        build(table, tmp_path / "home")
    assert kg.load(tmp_path / "home").nodes.keys() == set(kg.load(first.folder.parent).nodes)


@settings(deadline=None, max_examples=80)
@given(
    parts=st.lists(st.lists(st.binary(max_size=6).map(lambda b: b.replace(b"\n", b"-") + b"\n"))),
    room=st.integers(1, 40),
)
def test_lines_come_back_sorted_each_once(parts, room):
    with LineSorter(room=room) as sorter:
        for part in parts:
            sorter.extend(part)
        found = [line for lines in sorter.sorted() for line in lines]
    assert found == sorted({line for part in parts for line in part})


@pytest.mark.skipif(shutil.which("sort") is None, reason="needs the program sort")
def test_the_order_is_that_of_sort(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(plan(9, 40), encoding="utf-8")
    quads = build(table, tmp_path / "home").quads
    done = subprocess.run(
        ["sort", "-c", quads], env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, check=False
    )
    assert done.returncode == 0
