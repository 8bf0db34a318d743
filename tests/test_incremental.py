"""What is built from what an earlier build knew equals what is built from nothing."""

import copy
import hashlib
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from register_sets import write_data

import kg
import kg.building.build as building
import kg.building.inputs as inputs_module
from kg.building.build import build, read_graph, run_build
from kg.building.cache import FOLDER, Cache
from kg.building.dependencies import circles, dependency_graph, reach
from kg.building.inputs import hash_inputs, release_in_use, unchanged
from kg.building.rules import infer
from kg.cli import main
from kg.errors import BuildError, KgError
from kg.model.bases import Basis
from kg.resources import data_folder
from kg.store.dataset import vocabulary_quads
from kg.store.index import write_index
from kg.store.quads import write_quads, write_structure
from kg.store.releases import INDEX, QUADS

PLANS = ("a", "b", "nat")
CLASSES = ("Action", "Outcome")
BODIES = ("body",)
PREDICATES = (
    *("partOf", "partOf", "serves", "servesPrimarily", "contributesTo", "restates"),
    *("supportsInstrument", "drawsOn", "implements", "ledBy", "governedBy", "cites", "supersedes"),
)
NODES = tuple(f"{plan}/{cls.lower()}/1" for plan in PLANS for cls in CLASSES)
ENDS = (*NODES, *PLANS, "programme", *BODIES)
PATTERNS = (
    (("s", "partOf", "w"), ("s", "serves", "o")),
    (("s", "partOf", "w"), ("w", "servesPrimarily", "o"), ("w", "ledBy", "body")),
    (("s", "serves", "w"), ("w", "restates", "o")),
    (("s", "contributesTo", "w"), ("w", "serves", "o")),
)
"""What rules look for; by chance alone it would seldom come together."""


@st.composite
def links(draw, plan, *, acyclic):
    """Some links of a plan, at times about things of other plans."""
    found = []
    for _ in range(draw(st.integers(1, 3))):
        ends = st.lists(st.sampled_from(ENDS), min_size=3, max_size=3)
        s, w, o = draw(ends.map(lambda e: sorted(e, key=rank)) if acyclic else ends)
        if draw(st.booleans()):
            s = f"{plan}/action/1"
        names = {"s": s, "w": w, "o": o, "body": "body"}
        single = st.sampled_from(PREDICATES).map(lambda p: (("s", p, "o"),))
        for subject, predicate, object_ in draw(st.sampled_from(PATTERNS) | single):
            link = {"subject": names[subject], "predicate": predicate, "object": names[object_]}
            link["basis"] = draw(st.sampled_from(["stated", "stated", "inherited", "interpreted"]))
            link["decision"] = draw(st.sampled_from(["accepted"] * 4 + ["rejected", "open"]))
            if draw(st.integers(0, 4)) == 0:
                # Words of another document: evidence holds passages of foreign nodes, and
                # equal claims can stand in two folders.
                link |= {"document": "nat", "quote": "The instrument nat."}
            if not acyclic or rank(link["subject"]) <= rank(link["object"]):
                found.append(link)
    return found


def rank(end):
    head = end.split("/")[0]
    return (*PLANS, "programme", *BODIES).index(head)


@st.composite
def one_plan(draw, name, *, acyclic):
    plan = {"elements": [(f"{name}/{cls.lower()}/1", cls) for cls in CLASSES]}
    if draw(st.booleans()):
        plan["elements"].append((f"{name}/outcome/2", "Outcome"))
    plan["links"] = draw(links(name, acyclic=acyclic))
    numbers = st.integers(0, max(len(plan["links"]) - 1, 0))
    taken = st.tuples(numbers, st.sampled_from(["rejected", "accepted", "open"]))
    if plan["links"] and draw(st.booleans()):
        plan["decisions"] = draw(st.lists(taken, min_size=1, max_size=3))
    plan["absences"] = draw(st.lists(st.sampled_from(ENDS), max_size=2))
    if draw(st.booleans()):
        members = draw(st.sampled_from([f"{name}/action/*", "b/outcome/*", "a/outcome/1"]))
        plan["sets"] = [(f"{name}/set/1", members)]
    plan["instrument"] = {
        "issued": draw(st.sampled_from(["", "", "", "2010", "2012-05"])),
        "supersedes": draw(st.sampled_from(["", "", "programme", *PLANS])),
        "jurisdiction": draw(st.sampled_from(["", "", "", "England", "Scotland"])),
    }
    return plan


@st.composite
def register_sets(draw, *, acyclic=None):
    acyclic = draw(st.sampled_from([True, True, False])) if acyclic is None else acyclic
    plans = {"programme": {"folder": False, "instrument": {"kind": "programme"}}}
    return plans | {name: draw(one_plan(name, acyclic=acyclic)) for name in PLANS}


@st.composite
def changes(draw):
    """Two register sets that differ in one instrument, and the date of the second."""
    acyclic = draw(st.booleans())
    first = draw(register_sets(acyclic=acyclic))
    second = copy.deepcopy(first)
    name = draw(st.sampled_from(PLANS))
    other = draw(one_plan(name, acyclic=acyclic))
    parts = [
        "links",
        "links",
        "decisions",
        "decisions",
        "absences",
        "sets",
        "instrument",
        "elements",
    ]
    for key in draw(st.sets(st.sampled_from(parts), max_size=2)):
        second[name].pop(key, None)
        if key == "links":
            second[name].pop("decisions", None)  # they are of other links
        if key in other:
            second[name][key] = other[key]
    taken = second[name].pop("decisions", [])
    if last := len(second[name].get("links", [])):
        second[name]["decisions"] = [(min(number, last - 1), what) for number, what in taken]
    return first, second, draw(st.sampled_from(["2026-01-01", "2026-01-01", "2026-02-02"]))


def outcome(make):
    """Return what came out: errors as people see them, or nothing."""
    try:
        return make()
    except BuildError as error:
        return str(error)


def one_pass(data):
    """Return index and quads as one pass over everything in memory makes them."""
    graph = read_graph(data)
    quads = sorted({*write_quads(graph), *vocabulary_quads()})
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / INDEX
        write_index(index, graph)
        return index.read_bytes(), ("\n".join(quads) + "\n").encode()


def built(data, home):
    release = build(data, home, shapes=False)
    return tuple((release.folder / name).read_bytes() for name in (INDEX, QUADS))


SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)


@SETTINGS
@given(register_sets())
def test_folder_by_folder_equals_one_pass(plans):
    with tempfile.TemporaryDirectory() as name:
        data = write_data(Path(name) / "data", plans, bodies=BODIES)
        assert outcome(lambda: built(data, Path(name) / "home")) == outcome(lambda: one_pass(data))


@SETTINGS
@given(changes())
def test_incremental_equals_full(change):
    first, second, date = change
    with tempfile.TemporaryDirectory() as name:
        data, home = Path(name) / "data", Path(name) / "home"
        write_data(data, first, bodies=BODIES)
        before = outcome(lambda: built(data, home))
        shutil.rmtree(data)
        write_data(data, second, bodies=BODIES, read_on=date)
        after = outcome(lambda: built(data, home))
        assert after == outcome(lambda: one_pass(data))
        assert after == outcome(lambda: built(data, Path(name) / "fresh"))
        shutil.rmtree(data)
        write_data(data, first, bodies=BODIES)
        assert outcome(lambda: built(data, home)) == before


def three_plans():
    serves = {"predicate": "serves", "object": "nat/objective/1"}
    return {
        "nat": {
            "instrument": {"level": "national"},
            "elements": [("nat/objective/1", "Objective"), ("nat/outcome/1", "Outcome")],
        },
        "a": {
            "elements": [("a/action/1", "Action")],
            "links": [{"subject": "a/action/1", **serves}],
        },
        "b": {
            "elements": [("b/action/1", "Action"), ("b/objective/1", "Objective")],
            "links": [
                {"subject": "b/objective/1", "predicate": "restates", "object": "nat/objective/1"},
                {"subject": "b/action/1", "predicate": "serves", "object": "b/objective/1"},
            ],
        },
        "c": {
            "elements": [("c/action/1", "Action"), ("c/workstream/1", "Workstream")],
            "links": [{"subject": "c/action/1", "predicate": "partOf", "object": "c/workstream/1"}],
        },
    }


@pytest.fixture
def three(tmp_path):
    """A built release of three plans, and a way to build it anew after a change."""
    plans, home = three_plans(), tmp_path / "home"

    def again():
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        return run_build(write_data(tmp_path / "data", plans), home, shapes=False)

    first = again()
    assert first.read == ("a", "b", "c", "nat")
    assert first.inferred == ("a", "b", "c")
    return plans, again


def test_what_others_do_not_use_is_read_alone(three):
    plans, again = three
    plans["nat"]["absences"] = ["nat/outcome/1"]
    built = again()
    assert (built.read, built.inferred) == (("nat",), ())


def test_a_new_link_runs_the_rules_where_it_can_matter(three):
    plans, again = three
    link = {"subject": "nat/objective/1", "predicate": "contributesTo", "object": "nat/outcome/1"}
    plans["nat"]["links"] = [link]
    built = again()
    assert (built.read, built.inferred) == (("nat",), ("a", "b", "nat"))
    traced = kg.load(built.release.folder.parent)
    assert any(
        claim.object == "nat/outcome/1" and claim.predicate == "tracesTo"
        for claim in traced.claims
        if claim.subject == "b/action/1"
    )


def test_a_plan_that_nothing_depends_on_is_done_alone(three):
    plans, again = three
    plans["a"]["links"][0]["object"] = "nat/outcome/1"
    built = again()
    assert (built.read, built.inferred) == (("a",), ("a",))
    assert not built.unchanged
    assert again().unchanged


def test_the_words_of_a_thing_elsewhere_are_evidence_here(three, tmp_path):
    plans, again = three
    about = {"subject": "nat/outcome/1", "predicate": "serves", "object": "b/objective/1"}
    plans["a"]["links"] = [{**about, "document": "nat", "quote": "The instrument nat."}]
    again()
    register = tmp_path / "data" / "registers" / "nat" / "elements.csv"
    text = register.read_text(encoding="utf-8")
    register.write_text(
        text.replace("nat/outcome/1 as such;", "nat/outcome/1 as"), encoding="utf-8"
    )
    built = run_build(tmp_path / "data", tmp_path / "home", shapes=False)
    assert built.read == ("a", "nat")
    assert built.release.name == build(tmp_path / "data", tmp_path / "fresh", shapes=False).name


def test_a_succession_that_a_row_states_too_is_one_claim(three, tmp_path):
    plans, again = three
    plans["a"]["instrument"] = {"supersedes": "c", "issued": "2012"}
    words = {"document": "bibliography", "quote": "Entry of a."}
    plans["b"]["links"].append({"subject": "a", "predicate": "supersedes", "object": "c", **words})
    data = tmp_path / "data"
    for supersedes in ("c", "", "c"):
        plans["a"]["instrument"]["supersedes"] = supersedes
        built = again()
        index = (built.release.folder / INDEX).read_bytes()
        quads = built.release.quads.read_bytes()
        assert (index, quads) == one_pass(data)
        stated = [c for c in kg.load(tmp_path / "home").claims if c.predicate == "supersedes"]
        origin = "instruments.csv" if supersedes else "registers/b/links.csv"
        assert [claim.origin.path for claim in stated] == [origin]


def test_a_set_of_what_stands_elsewhere_follows_it(three, tmp_path):
    plans, again = three
    plans["a"]["sets"] = [("a/set/1", "b/action/*")]
    assert kg.load(again().release.folder.parent).nodes["a/set/1"].members == ("b/action/1",)
    plans["b"]["elements"].append(("b/action/2", "Action"))
    built = again()
    assert built.read == ("a", "b")
    members = kg.load(tmp_path / "home").nodes["a/set/1"].members
    assert members == ("b/action/1", "b/action/2")


def test_a_newer_reading_dates_all_conclusions_and_runs_no_rule(three, tmp_path):
    register = tmp_path / "data" / "documents.csv"
    text = register.read_text(encoding="utf-8").replace("2026-01-01", "2027-03-04", 1)
    register.write_text(text, encoding="utf-8")
    built = run_build(tmp_path / "data", tmp_path / "home", shapes=False)
    assert built.inferred == ()
    graph = kg.load(tmp_path / "home")
    assert {c.on for c in graph.claims if c.basis is Basis.INFERRED} == {"2027-03-04"}
    assert built.release.name == build(tmp_path / "data", tmp_path / "fresh", shapes=False).name


def test_a_new_plan_leaves_the_others(three):
    plans, again = three
    link = {"subject": "d/action/1", "predicate": "serves", "object": "b/objective/1"}
    plans["d"] = {"elements": [("d/action/1", "Action")], "links": [link]}
    built = again()
    assert (built.read, built.inferred) == (("d",), ("d",))


def test_a_part_elsewhere_makes_its_whole_depend_on_it(three):
    plans, again = three
    link = {"subject": "a/action/1", "predicate": "partOf", "object": "c/workstream/1"}
    plans["a"]["links"].append(link)
    assert again().inferred == ("a", "c")
    plans["a"]["links"][0]["object"] = "nat/outcome/1"
    built = again()
    assert (built.read, built.inferred) == (("a",), ("a", "c"))
    found = {(c.subject, c.object) for c in kg.load(built.release.folder.parent).claims}
    assert ("c/workstream/1", "nat/outcome/1") in found
    assert ("c/workstream/1", "nat/objective/1") not in found


def test_one_edited_row_of_the_bundled_registers_reads_one_folder(tmp_path):
    data = tmp_path / "data"
    shutil.copytree(data_folder(), data)
    build(data, tmp_path / "home", shapes=False)
    path = data / "registers" / "derby-2014" / "periods.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-1]), encoding="utf-8")
    built_again = run_build(data, tmp_path / "home", shapes=False)
    assert (built_again.read, built_again.inferred) == (("derby-2014",), ())
    assert built_again.release.name == build(data, tmp_path / "fresh", shapes=False).name


def spoil_end(path):
    path.write_bytes(path.read_bytes()[:-1])


def spoil_middle(path):
    content = bytearray(path.read_bytes() or b"x")
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("spoil", [spoil_end, spoil_middle, Path.unlink])
def test_what_is_damaged_is_made_again(three, tmp_path, spoil):
    _, again = three
    home = tmp_path / "home"
    name = release_in_use(home).name
    for path in sorted((home / FOLDER).rglob("*")):
        if path.is_file() and (path.stat().st_size or spoil is not spoil_end):
            spoil(path)
    (home / "current").unlink()
    built = again()
    assert built.release.name == name
    assert built.read == ("a", "b", "c", "nat")


def reseal(folder):
    """Give a folder a seal that fits whatever is in it now."""
    path = folder / "seal.json"
    content = json.loads(path.read_text(encoding="utf-8").partition("\n")[2])
    for name in content["files"]:
        content["files"][name] = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    body = json.dumps(content)
    total = hashlib.sha256(body.encode()).hexdigest()
    path.write_text(f"{total}\n{body}", encoding="utf-8")


@pytest.mark.parametrize("row", ["[]", "{", "[1, 2, 3]", '["a"]', "\x00", "7"])
def test_what_is_no_record_is_never_believed(three, tmp_path, row):
    _, again = three
    home = tmp_path / "home"
    name = release_in_use(home).name
    spoilt = 0
    for path in sorted((home / FOLDER).glob("*/*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        if lines:
            path.write_text("\n".join([row, *lines[1:]]) + "\n", encoding="utf-8")
            reseal(path.parent)
            spoilt += 1
    assert spoilt > 10
    (home / "current").unlink()
    assert again().release.name == name


def test_the_cache_holds_what_the_last_build_used(three, tmp_path):
    plans, again = three
    folder = tmp_path / "home" / FOLDER
    before = {path.name for path in folder.iterdir()}
    (folder / ".writing-left-behind").mkdir()
    plans["a"]["links"][0]["object"] = "nat/outcome/1"
    again()
    after = {path.name for path in folder.iterdir()}
    assert len(after) == len(before)
    # Of the folder that changed: what is said and what follows. And its document is another.
    assert len(before - after) >= 2
    assert ".writing-left-behind" not in after


def test_a_failed_build_keeps_what_it_read(three, tmp_path):
    plans, again = three
    name = release_in_use(tmp_path / "home").name
    fault = {"subject": "nat/objective/1", "predicate": "serves", "object": "nowhere"}
    plans["a"]["links"][0]["object"] = "nat/outcome/1"
    plans["nat"]["links"] = [fault]
    with pytest.raises(BuildError) as caught:
        again()
    assert [str(error.place) for error in caught.value.errors] == ["registers/nat/links.csv:2:24"]
    assert release_in_use(tmp_path / "home").name == name
    with pytest.raises(BuildError):
        again()
    plans["nat"]["links"] = []
    assert again().read == ("nat",)


def test_ids_and_links_that_stand_in_two_folders(tmp_path):
    plans = three_plans()
    plans["a"]["sets"] = [("shared/set/1", "a/action/1")]
    plans["b"]["sets"] = [("shared/set/1", "b/action/1")]
    plans["b"]["defects"] = [("some/defect/1", "b/action/1")]
    plans["c"]["defects"] = [("some/defect/1", "c/action/1"), ("c/action/1", "c/action/1")]
    same = {"subject": "nat/outcome/1", "predicate": "cites", "object": "nat"}
    for plan in ("a", "c", "nat"):
        quoted = {**same, "document": "nat", "quote": "The instrument nat."}
        plans[plan].setdefault("links", []).append(quoted)
    data = write_data(tmp_path / "data", plans)
    with pytest.raises(BuildError) as caught:
        build(data, tmp_path / "home", shapes=False)
    found = [(e.code, str(e.place), e.hint) for e in caught.value.errors]
    taken = "; give every row an id of its own"
    assert found == [
        (
            "duplicate-id",
            "registers/b/sets.csv:2:1",
            "it stands at registers/a/sets.csv:2:1" + taken,
        ),
        (
            "duplicate-id",
            "registers/c/defects.csv:2:1",
            "it stands at registers/b/defects.csv:2:1" + taken,
        ),
        (
            "duplicate-id",
            "registers/c/defects.csv:3:1",
            "it stands at registers/c/elements.csv:2:1" + taken,
        ),
        (
            "duplicate-link",
            "registers/c/links.csv:3:1",
            "delete one; the other is at registers/a/links.csv:3:1",
        ),
        (
            "duplicate-link",
            "registers/nat/links.csv:2:1",
            "delete one; the other is at registers/c/links.csv:3:1",
        ),
    ]
    with pytest.raises(BuildError) as whole:
        read_graph(data)
    assert str(whole.value) == str(caught.value)


def test_a_file_that_changes_under_the_reader_ends_the_build(tmp_path, monkeypatch):
    data = write_data(tmp_path / "data", three_plans())
    path = data / "registers" / "a" / "links.csv"
    hash_all = building.hash_inputs

    def meanwhile(*args):
        found = hash_all(*args)
        path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        return found

    monkeypatch.setattr(building, "hash_inputs", meanwhile)
    with pytest.raises(KgError) as caught:
        build(data, tmp_path / "home", shapes=False)
    assert caught.value.code == "input-changed"
    assert release_in_use(tmp_path / "home") is None


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A data folder with a document of an unusual ending, and its release."""
    folder = tmp_path_factory.mktemp("whole")
    data, home = write_data(folder / "data", three_plans()), folder / "home"
    (data / "sources" / "a.txt").rename(data / "sources" / "a.md")
    register = data / "documents.csv"
    text = register.read_text(encoding="utf-8").replace("sources/a.txt", "sources/a.md")
    register.write_text(text, encoding="utf-8")
    build(data, home, shapes=False)
    return data, home


def is_unchanged(data, home):
    last = release_in_use(home)
    return unchanged(last, hash_inputs(data, last.manifest["inputs"]), shapes=False)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_change_of_an_input_is_noticed(whole, draw):
    data, home = whole
    files = sorted(path for path in data.rglob("*") if path.is_file())
    path = draw.draw(st.sampled_from(files))
    kind = draw.draw(st.sampled_from(["edit", "append", "empty", "remove", "rename", "add"]))
    before, state = path.read_bytes(), path.stat()
    other = path.with_name("other-" + path.name)
    if kind == "edit":
        place = draw.draw(st.integers(0, len(before) - 1))
        changed = before[:place] + bytes([before[place] ^ 1]) + before[place + 1 :]
        path.write_bytes(changed)
        # Size and time are the same: only the bytes tell.
        os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    elif kind == "append":
        path.write_bytes(before + b"\n")
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "remove":
        path.unlink()
    elif kind == "rename":
        path.rename(other)
    else:
        shutil.copyfile(path, other.with_suffix(".csv"))
    try:
        assert not is_unchanged(data, home)
    finally:
        for made in (other, other.with_suffix(".csv")):
            made.unlink(missing_ok=True)
        path.write_bytes(before)
    assert is_unchanged(data, home)


def test_a_disk_that_forgets_is_said_to(tmp_path, monkeypatch):
    data = write_data(tmp_path / "data", three_plans())

    def forget(self, folder, *args):
        entry = seal(self, folder, *args)
        (entry.folder / "nodes.jsonl").unlink(missing_ok=True)
        return entry

    seal = Cache._seal
    monkeypatch.setattr(Cache, "_seal", forget)
    with pytest.raises(KgError) as caught:
        build(data, tmp_path / "home", shapes=False)
    assert caught.value.code == "cache-damaged"
    assert release_in_use(tmp_path / "home") is None
    monkeypatch.setattr(Cache, "_seal", seal)
    assert build(data, tmp_path / "home", shapes=False).manifest["counts"]["nodes"]


def test_touching_files_changes_nothing(whole):
    data, home = whole
    for path in data.rglob("*"):
        os.utime(path)
    assert run_build(data, home, shapes=False).unchanged


def test_other_code_builds_again(whole, monkeypatch):
    data, home = whole
    monkeypatch.setattr(inputs_module, "code_hash", lambda: "other")
    assert not is_unchanged(data, home)


@pytest.mark.parametrize("name", [QUADS, INDEX, "manifest.json"])
def test_a_damaged_release_is_built_again(three, tmp_path, name):
    _, again = three
    last = release_in_use(tmp_path / "home")
    before = last.quads.read_bytes()
    spoil_end(last.folder / name)
    if name == "manifest.json":
        (last.folder / name).write_text("[]", encoding="utf-8")
    built = again()
    assert not built.unchanged
    assert built.release.name == last.name
    assert built.release.quads.read_bytes() == before
    assert again().unchanged


def test_shapes_that_were_not_checked_are_checked_when_asked_for(three, tmp_path, capsys):
    data, home = tmp_path / "data", tmp_path / "home"
    assert not release_in_use(home).manifest["shapes"]
    built = run_build(data, home)
    assert not built.unchanged
    assert built.shapes
    assert built.release.manifest["shapes"]
    assert run_build(data, home).unchanged
    assert run_build(data, home, shapes=False).unchanged


def test_shapes_of_many_statements_are_checked_only_when_asked_for(tmp_path, capsys, monkeypatch):
    data, home = write_data(tmp_path / "data", three_plans()), tmp_path / "home"
    for module in (building, inputs_module):
        monkeypatch.setattr(module, "SHAPES_LIMIT", 10)
    asked = ["build", "--data", str(data), "-o", str(home)]
    assert main(asked) == 0
    said = capsys.readouterr().err
    assert "the shapes were not checked" in said
    assert "kg build --shapes" in said
    assert main(asked) == 0
    assert "nothing has changed" in capsys.readouterr().err
    assert main([*asked, "--shapes"]) == 0
    said = capsys.readouterr().err
    assert "not checked" not in said
    assert "nothing has changed" not in said


def test_violated_shapes_fail_the_build(tmp_path, monkeypatch):
    from kg.checks import shapes

    data, home = write_data(tmp_path / "data", three_plans()), tmp_path / "home"
    validate = shapes.validate
    broken = "<http://e/x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    broken += "<https://w3id.org/policy-lineage/ns#Claim> <http://e/g> ."
    monkeypatch.setattr(shapes, "validate", lambda lines: validate([*lines, broken]))
    with pytest.raises(BuildError) as caught:
        build(data, home)
    assert {error.code for error in caught.value.errors} == {"shape"}
    assert release_in_use(home) is None


def cost(arguments):
    """Return the processor seconds of our command, start of the interpreter included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "kg", *arguments], check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_unchanged_input_costs_at_most_a_fifth(tmp_path):
    arguments = ["build", "--no-shapes", "-o", str(tmp_path / "home")]
    full = cost(arguments)
    assert min(cost(arguments) for _ in range(3)) <= full / 5


LINKS = st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.booleans())


@given(st.lists(LINKS, max_size=12))
def test_circles_are_what_reach_each_other(links):
    graph = dependency_graph(links)
    around = {name: reach(graph, [name]) for name in graph}
    for subject, other, part in links:
        assert other in around[subject]
        assert not part or subject in around[other]
    for members in circles(graph):
        for name in graph:
            both = name in around[members[0]] and members[0] in around[name]
            assert (name in members) == both
    assert sorted(name for members in circles(graph) for name in members) == sorted(graph)


def test_conclusions_about_some_are_those_about_all_that_are_about_them(graph):
    asserted = [claim for claim in graph.claims if claim.basis is not Basis.INFERRED]
    structure = write_structure(graph)
    wanted = {node for node in graph.nodes if node.startswith("telford-2011")}
    about = infer(asserted, structure, "2026-11-24", about=wanted)
    whole = infer(asserted, structure, "2026-11-24")
    assert about == [claim for claim in whole if claim.subject in wanted]
    assert 0 < len(about) < len(whole)
