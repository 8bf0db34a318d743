"""The index of a release says what the records say, and a damaged one is refused."""

import dataclasses
import tempfile
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building.build import read_graph
from kg.errors import LoadError, Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Document, Fact, Node, Passage
from kg.resources import data_folder
from kg.store.columns import ColumnFile, ColumnWriter
from kg.store.index import write_index
from kg.store.stored_graph import read_index


@pytest.fixture(scope="module")
def records():
    return read_graph(data_folder())


@pytest.fixture(scope="module")
def path(records, tmp_path_factory):
    path = tmp_path_factory.mktemp("index") / "lineage.index"
    write_index(path, records)
    return path


def test_every_record_comes_back(records, path):
    stored = read_index(path)
    assert dict(stored.nodes) == dict(records.nodes)
    assert list(stored.nodes) == list(records.nodes)
    assert list(stored.claims) == list(records.claims)
    assert list(stored.facts) == list(records.facts)
    assert stored.documents == records.documents
    assert stored.targets == records.targets
    assert list(stored.links) == list(records.links)


def test_every_look_up_agrees(records, path):
    stored = read_index(path)
    for name in records.nodes:
        assert stored.claims_from(name) == [
            c for c in records.claims if c.subject == name and c.rule not in ("r0", "r5")
        ]
        assert stored.claims_to(name) == [
            c for c in records.claims if c.object == name and c.rule not in ("r0", "r5")
        ]
        assert stored.facts_of.get(name, []) == [f for f in records.facts if f.subject == name]
        assert [n.id for n in stored.set_out_by(name)] == [
            n.id for n in records.nodes.values() if n.instrument == name
        ]
    for claim in records.claims:
        assert stored.claim[claim.id] == claim
    assert "no-such-node" not in stored.nodes
    with pytest.raises(KeyError):
        stored.claim["no-such-claim"]


def test_every_answer_agrees(records, path):
    stored = read_index(path)
    assert kg.matrix(stored) == kg.matrix(records)
    assert kg.audit(stored) == kg.audit(records)
    assert kg.stats(stored) == kg.stats(records)
    for name in records.nodes:
        assert kg.trace(stored, name) == kg.trace(records, name)
        assert kg.trace(stored, name, down=True) == kg.trace(records, name, down=True)


TEXT = st.text(max_size=12)
NAME = st.text(min_size=1, max_size=8)
PASSAGES = st.lists(
    st.builds(Passage, NAME, st.integers(0, 9), st.integers(10, 99), st.just(1), st.just(2), TEXT),
    max_size=2,
).map(tuple)


@settings(deadline=None, max_examples=60)
@given(
    names=st.lists(NAME, min_size=1, max_size=6, unique=True),
    texts=st.lists(TEXT, min_size=6, max_size=6),
    passages=PASSAGES,
    data=st.data(),
)
def test_any_text_comes_back(names, texts, passages, data):
    nodes = {
        name: Node(name, "Action", texts[0], text=texts[1], note=texts[2], passages=passages)
        for name in names
    }
    claims = tuple(
        Claim(
            f"{number}",
            data.draw(st.sampled_from(names)),
            "serves",
            data.draw(st.sampled_from(names)),
            data.draw(st.sampled_from(list(Basis))),
            decision=data.draw(st.sampled_from(["accepted", "rejected"])),
            evidence=passages,
            rationale=texts[3],
            support=frozenset(data.draw(st.lists(st.sampled_from(list(Basis)), max_size=2))),
            origin=Place(texts[4], number, 3),
        )
        for number in range(4)
    )
    facts = (Fact("f", "Period", names[0], {texts[5]: texts[0]}, passages),)
    graph = KnowledgeGraph(nodes, claims, facts, {"d": Document("d", "d.txt", "")})
    path = Path(tempfile.mkdtemp()) / "x.index"
    write_index(path, graph)
    stored = read_index(path)
    assert dict(stored.nodes) == nodes
    assert tuple(stored.claims) == claims
    assert tuple(stored.facts) == facts
    assert {name: stored.claims_from(name) for name in names} == {
        name: graph.claims_from(name) for name in names
    }


def test_a_cut_off_index_is_refused(path, tmp_path):
    whole = path.read_bytes()
    cut = tmp_path / "cut.index"
    for size in [0, 1, 24, 25, 100, *range(1000, len(whole), len(whole) // 40), len(whole) - 1]:
        cut.write_bytes(whole[:size])
        with pytest.raises(LoadError) as caught:
            read_index(cut)
        assert "kg build" in caught.value.hint


def test_a_wrong_table_of_contents_is_refused(tmp_path):
    for facts in ({"format": 2}, {"format": "3"}, {}):
        path = tmp_path / "x.index"
        with ColumnWriter(path) as writer:
            writer.finish(facts)
        with pytest.raises(LoadError, match="release-format"):
            read_index(path)
    for place in ([10**9, 8, "B"], [32, 3, "I"], [33, 8, "Q"], [32, 8, "d"], [-8, 8, "B"], None):
        path = tmp_path / "y.columns"
        with ColumnWriter(path) as writer:
            writer.column("a", "I", array("I", [1, 2]))
            writer._contents["b"] = place
            writer.finish({"format": 3})
        with pytest.raises(LoadError, match="release-broken"):
            ColumnFile(path)


def test_a_damaged_record_is_named(records, path, tmp_path):
    whole = bytearray(path.read_bytes())
    place = whole.index(b'["policy-lineage-editors"')
    whole[place] = ord("x")
    damaged = tmp_path / "damaged.index"
    damaged.write_bytes(whole)
    with pytest.raises(LoadError, match="one of its nodes is damaged"):
        list(read_index(damaged).nodes.values())


def test_large_and_small_ways_agree_on_the_documents(records, monkeypatch):
    plain = dataclasses.replace(records)
    small = kg.audit(records), kg.matrix(records, bases=kg.parse_bases("all"))
    monkeypatch.setattr("kg.lineage.reach.SMALL", -1)
    assert (kg.audit(plain), kg.matrix(plain, bases=kg.parse_bases("all"))) == small


def test_a_row_with_many_links_is_kept_once(tmp_path):
    from kg.registers.flat import read_flat_table

    sizes = {}
    for count in (500, 1000):
        path = tmp_path / f"{count}.csv"
        served = " ".join(f"o{n}" for n in range(count))
        goals = "".join(f"o{n},Objective,x,\n" for n in range(count))
        path.write_text(f"id,level,text,serves\n{goals}a,Action,x,{served}\n")
        graph = read_flat_table(path)
        write_index(tmp_path / "x.index", graph)
        sizes[count] = (tmp_path / "x.index").stat().st_size
        assert list(read_index(tmp_path / "x.index").claims) == list(graph.claims)
    assert sizes[1000] < 2.2 * sizes[500]
