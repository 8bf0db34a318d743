"""What is built from what an earlier build knew equals what is built from nothing."""

import copy
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from register_sets import write_data

from kg.building.build import build, read_graph
from kg.errors import BuildError
from kg.store.dataset import vocabulary_quads
from kg.store.index import dump_index
from kg.store.quads import write_quads
from kg.store.releases import INDEX, QUADS

PLANS = ("a", "b", "c", "nat")
CLASSES = ("Action", "Outcome", "Objective", "Workstream")
BODIES = ("body-1", "body-2")
PREDICATES = (
    *("partOf", "partOf", "serves", "servesPrimarily", "contributesTo", "restates"),
    *("supportsInstrument", "drawsOn", "implements", "ledBy", "governedBy", "cites", "supersedes"),
)
NODES = tuple(f"{plan}/{cls.lower()}/1" for plan in PLANS for cls in CLASSES)
ENDS = (*NODES, *PLANS, "programme", *BODIES)
LINK = st.fixed_dictionaries(
    {
        "subject": st.sampled_from(ENDS),
        "predicate": st.sampled_from(PREDICATES),
        "object": st.sampled_from(ENDS),
        "basis": st.sampled_from(["stated", "stated", "inherited", "interpreted"]),
        "decision": st.sampled_from(["accepted", "accepted", "accepted", "rejected", "open"]),
    },
    # Words of another document, so that evidence holds passages of foreign nodes, and equal
    # claims can stand in two folders.
    optional={
        "document": st.just("nat"),
        "quote": st.just("The instrument nat."),
    },
).filter(lambda link: ("document" in link) == ("quote" in link))
PLAN = st.fixed_dictionaries(
    {
        "elements": st.just(()),
        "links": st.lists(LINK, max_size=7),
        "absences": st.lists(st.sampled_from(ENDS), max_size=2),
    }
)


@st.composite
def register_sets(draw):
    plans = {"programme": {"folder": False, "instrument": {"kind": "programme"}}}
    for name in PLANS:
        plan = draw(PLAN)
        plan["elements"] = [(f"{name}/{cls.lower()}/1", cls) for cls in CLASSES]
        if draw(st.booleans()):
            members = draw(st.sampled_from([f"{name}/action/*", "b/outcome/*", "a/objective/1"]))
            plan["sets"] = [(f"{name}/set/1", members)]
        plan["instrument"] = {
            "issued": draw(st.sampled_from(["", "", "2010", "2012-05"])),
            "supersedes": draw(st.sampled_from(["", "", "programme", *PLANS])),
            "jurisdiction": draw(st.sampled_from(["", "", "England", "Scotland"])),
        }
        plans[name] = plan
    return plans


@st.composite
def changes(draw):
    """Two register sets that differ in one instrument, or in a date that all share."""
    first = draw(register_sets())
    second = copy.deepcopy(first)
    other = draw(register_sets())
    name = draw(st.sampled_from(PLANS))
    for key in draw(st.sets(st.sampled_from(["links", "absences", "sets", "instrument"]))):
        second[name].pop(key, None)
        if key in other[name]:
            second[name][key] = other[name][key]
    return first, second, name, draw(st.sampled_from(["2026-01-01", "2026-01-01", "2026-02-02"]))


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
    return dump_index(graph), "\n".join(quads) + "\n"


def built(data, home):
    release = build(data, home, shapes=False)
    return tuple((release.folder / name).read_text(encoding="utf-8") for name in (INDEX, QUADS))


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
    first, second, _, date = change
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
