"""Trace, audit, matrix, SPARQL, NetworkX and brute force give the same answer."""

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from kg.errors import Place
from kg.lineage.coverage import matrix_counts
from kg.lineage.index import LineageIndex
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Node
from kg.store.dataset import open_store
from kg.store.quads import write_quads

LADDER = ("Objective", "Priority", "Outcome", "Workstream", "Action")


@st.composite
def graphs(draw):
    size = draw(st.integers(2, 14))
    levels = [0, *draw(st.lists(st.integers(0, 4), min_size=size - 1, max_size=size - 1))]
    pairs = draw(
        st.sets(st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)), max_size=30)
    )
    nodes = {
        f"n{i}": Node(f"n{i}", LADDER[level], f"n{i}", text="x", origin=Place("t.csv", i + 2))
        for i, level in enumerate(levels)
    }
    claims = tuple(
        Claim(f"c{a}-{b}", f"n{a}", "serves", f"n{b}", Basis.STATED)
        for a, b in sorted(pairs)
        if a != b
    )
    return KnowledgeGraph(nodes, claims, flat=True)


def brute_force(graph, removed=None):
    reach = {name: set() for name in graph.nodes}
    links = [c for c in graph.claims if removed not in (c.subject, c.object)]
    changed = True
    while changed:
        changed = False
        for claim in links:
            new = {claim.object} | reach[claim.object]
            if not new <= reach[claim.subject]:
                reach[claim.subject] |= new
                changed = True
    return reach


@pytest.fixture(params=["small", "large"])
def way(request, monkeypatch):
    """Answer with Python's integers, or as a large graph is answered."""
    if request.param == "large":
        monkeypatch.setattr("kg.lineage.reach.SMALL", -1)
    return request.param


@settings(
    deadline=None,
    max_examples=150,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(graph=graphs())
def test_all_ways_agree(way, graph):
    truth = brute_force(graph)
    targets = set(graph.targets)
    index = LineageIndex(graph)
    counted, asked, without = matrix_counts(graph, classes=LADDER)
    view = kg.to_networkx(graph)
    store = open_store(write_quads(graph))
    rows = store.query(
        "PREFIX lin: <https://w3id.org/policy-lineage/ns#> "
        "SELECT DISTINCT ?a ?b { ?a lin:serves+ ?b }",
        use_default_graph_as_union=True,
    )
    sparql = {(r["a"].value.rsplit("/", 1)[1], r["b"].value.rsplit("/", 1)[1]) for r in rows}
    matrix = {(row["action"], row["objective"]) for row in kg.matrix(graph, classes=LADDER)}
    for name, above in truth.items():
        goals = above & targets
        assert set(index.reached(name)) == goals
        assert nx.descendants(view, name) & targets - {name} == goals - {name}
        assert {b for a, b in sparql if a == name} & targets == goals
        assert {b for a, b in matrix if a == name} == goals - {name}
        paths = {path.target for path in kg.trace(graph, name, limit=10_000).paths}
        assert paths - {name} == goals - {name}
    links = [(c.subject, c.object) for c in graph.claims]
    for name in graph.nodes:
        rest = brute_force(graph, removed=name)
        rows = kg.impact(graph, name)
        assert {row["node"] for row in rows} == {n for n in truth if name in truth[n]} - {name}
        for row in rows:
            assert row["hops"] == nx.shortest_path_length(nx.DiGraph(links), row["node"], name)
            alone = row["node"] not in targets and not rest[row["node"]] & targets
            alone = alone and bool(({name} | truth[name]) & targets)
            assert row["only_this_way"] is alone
    orphans = {f.node for f in kg.audit(graph, rules=["unlinked", "stranded"])}
    assert orphans == {n for n, above in truth.items() if n not in targets and not above & targets}
    counts = {row["objective"]: row["rows"] for row in counted}
    others = {name: above & targets - {name} for name, above in truth.items()}
    assert counts == {g: sum(g in above for above in others.values()) for g in graph.targets}
    assert (asked, without) == (len(truth), sum(not above for above in others.values()))
    ring = {n for n, above in truth.items() if n in above}
    assert {f.node for f in kg.audit(graph, rules=["cycle"])} == ring


def test_bundled_audit_agrees_with_sparql(graph):
    from kg.bundled import find_release
    from kg.sparql.catalogue import stored_query
    from kg.store.dataset import read_store, run_query

    store = read_store(find_release().quads)
    delivery = {n.id for n in graph.elements(("Workstream", "Commitment", "Action", "Activity"))}
    for rule in ("unlinked", "stranded"):
        rows = run_query(store, stored_query(f"audit/{rule}").text)
        asked = {row["node"].value.split("/id/")[1] for row in rows}
        found = {f.node for f in kg.audit(graph, bases=kg.parse_bases("all"), rules=[rule])}
        assert asked == found & delivery


def test_impact_is_what_removing_a_node_does(graph):
    """Without a node's own claims the rules are run again; what then reaches nothing is lost."""
    from kg.building.rules import infer
    from kg.store.quads import write_structure

    said = [claim for claim in graph.claims if not claim.rule]
    framework = "no-health-without-mental-health"
    removed = [f"{framework}/objective/{n}" for n in range(1, 7)]
    removed += [framework, "telford-2011/theme/3", "derby-2014/aim/12", "dundee-2019/priority/1"]
    removed += ["telford-2011/action/4", "telford-2011/action/24", "nhs-tayside"]
    whole = LineageIndex(graph)
    for name in removed:
        left = [claim for claim in said if name not in (claim.subject, claim.object)]
        structure = write_structure(graph)
        rest = KnowledgeGraph(graph.nodes, (*left, *infer(left, structure, "2026-01-01")))
        index = LineageIndex(rest)
        for row in kg.impact(graph, name):
            lost = not index.bits(row["node"]) and not index.is_target(row["node"])
            lost = lost and bool(whole.bits(row["node"]))
            assert row["only_this_way"] is lost, (name, row)
