"""What follows when something is taken away: what it strands, exactly and in all ways."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building.rules import infer
from kg.checks.consequences import guard_edit, newly_orphaned, orphan_ids
from kg.errors import KgError
from kg.lineage.impact import listing
from kg.lineage.index import LineageIndex
from kg.lineage.removal import Removal, without
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Node
from kg.model.table import TRACING
from kg.store.quads import write_structure


def plan(tmp_path, name, rows):
    path = tmp_path / f"{name}.csv"
    lines = ["id,level,text,serves,lead", *rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return kg.load(path)


def test_an_edit_that_strands_is_refused_unless_forced(tmp_path):
    rows = ["o1,objective,Be well,,"]
    rows += [f"a{n},action,Do {n},o1," for n in range(15)]
    before = plan(tmp_path, "before", rows)
    after = plan(tmp_path, "after", [row.replace(",o1,", ",,") for row in rows])
    with pytest.raises(KgError) as caught:
        guard_edit(before, after)
    assert caught.value.code == "edit-strands"
    assert "15 items" in caught.value.message
    assert "a11 and 3 more" in caught.value.message
    assert "a12" not in caught.value.message
    assert guard_edit(before, after, force=True) == [f"a{n}" for n in range(15)]
    # What is deleted is not stranded, and what was an orphan before is not stranded anew.
    assert guard_edit(before, plan(tmp_path, "less", rows[:3])) == []
    assert guard_edit(after, after) == []


LADDER = ("Objective", "Priority", "Outcome", "Workstream", "Action")
CHOICES = ("stated", "stated,inferred", "stated,inherited,inferred", "all")
LINKS = ("serves", "servesPrimarily", "restates", "partOf", "contributesTo", "ledBy")


@st.composite
def asserted(draw):
    """Some plans under a national framework, with links of every kind, circles among them."""
    nodes = {
        f"i{n}": Node(f"i{n}", "Instrument", f"i{n}", text="x", level="local" if n else "national")
        for n in range(3)
    }
    size = draw(st.integers(3, 9))
    for n in range(size):
        cls, owner = draw(st.sampled_from(LADDER)), draw(st.integers(0, 2))
        nodes[f"n{n}"] = Node(f"n{n}", cls, f"n{n}", text="x", instrument=f"i{owner}")
    for n in range(2):
        nodes[f"b{n}"] = Node(f"b{n}", "Organization", f"b{n}", text="x")
    ends = st.integers(0, size - 1)
    rows = draw(
        st.lists(st.tuples(ends, st.sampled_from(LINKS), ends, st.integers(0, 3)), max_size=24)
    )
    claims = {}
    for a, predicate, b, basis in rows:
        other = f"b{b % 2}" if predicate == "ledBy" else f"n{b}"
        if other != f"n{a}":
            kind = (
                Basis.STATED if basis < 2 else Basis.INHERITED if basis < 3 else Basis.INTERPRETED
            )
            name = f"n{a}-{predicate}-{other}-{kind.word}"
            claims[name] = Claim(name, f"n{a}", predicate, other, kind)
    return KnowledgeGraph(nodes, tuple(claims.values()))


def built(nodes, said):
    """Build as a build does: what is said, and what the rules conclude from that alone."""
    alone = KnowledgeGraph(nodes, tuple(said))
    return KnowledgeGraph(nodes, (*said, *infer(said, write_structure(alone), "2026-01-01")))


def links_of(graph, predicates):
    table = graph.table
    rows = zip(table.subject, table.predicate, table.object, table.need, strict=True)
    return {
        (table.ids[s], table.predicates[p], table.ids[o], need)
        for s, p, o, need in rows
        if table.predicates[p] in predicates
    }


def said_by(graph):
    """Say what is held and why, but for the defaults of rule R4, which nothing is put back by."""
    return {(c.subject, c.predicate, c.object, c.rule) for c in graph.links if c.rule != "r4"}


@settings(deadline=None, max_examples=120)
@given(graph=asserted(), data=st.data())
def test_taking_away_is_building_again_without(graph, data):
    before = built(graph.nodes, graph.claims)
    names = sorted(graph.nodes)
    gone = set(data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=2)))
    gone |= {name for name, node in graph.nodes.items() if node.instrument in gone}
    bases = kg.parse_bases(data.draw(st.sampled_from(CHOICES)))
    nodes = {name: node for name, node in graph.nodes.items() if name not in gone}
    said = [c for c in graph.claims if c.subject in nodes and c.object in nodes]
    again = built(nodes, said)
    less = without(before, gone)
    assert list(less.nodes) == list(again.nodes)
    assert less.targets == again.targets
    assert links_of(less, TRACING) == links_of(again, TRACING)
    assert said_by(less) == said_by(again)
    first, second = LineageIndex(less, bases), LineageIndex(again, bases)
    assert all(first.reached(name) == second.reached(name) for name in nodes)
    assert orphan_ids(less, bases) == orphan_ids(again, bases)
    # The list made from the neighbourhood alone says the same.
    whole = LineageIndex(before, bases)
    alone = {
        name
        for name in nodes
        if whole.bits(name) and not second.bits(name) and not second.is_target(name)
    }
    rows = list(listing(Removal(before, gone), bases))
    assert {row["node"] for row in rows if row["only_this_way"]} == alone
    assert len({row["node"] for row in rows}) == len(rows)
    assert gone.isdisjoint(row["node"] for row in rows)


@settings(deadline=None, max_examples=80)
@given(graph=asserted(), data=st.data())
def test_what_has_ended_is_no_target_and_leads_nowhere(graph, data):
    before = built(graph.nodes, graph.claims)
    ended = data.draw(st.sampled_from(sorted(graph.nodes)))
    bases = kg.parse_bases(data.draw(st.sampled_from(CHOICES)))
    upward = {*TRACING, "partOf"}
    said = [c for c in graph.claims if c.subject != ended or c.predicate not in upward]
    again = built(graph.nodes, said)
    # A conclusion about what has ended is void too, even where its premises are not its own.
    left = [c for c in again.claims if c.subject != ended or c.predicate not in upward]
    less = without(before, ended=[ended])
    targets = [name for name in again.targets if name != ended]
    assert list(less.targets) == targets
    assert links_of(less, TRACING) == links_of(KnowledgeGraph(graph.nodes, tuple(left)), TRACING)
    second = LineageIndex(KnowledgeGraph(graph.nodes, tuple(left)), bases, targets)
    whole = LineageIndex(before, bases)
    alone = {
        name
        for name in graph.nodes
        if name != ended
        and whole.bits(name)
        and not second.bits(name)
        and not second.is_target(name)
    }
    rows = listing(Removal(before, ended=[ended]), bases)
    assert {row["node"] for row in rows if row["only_this_way"]} == alone


def test_without_its_last_objective_a_table_has_no_other_top(tmp_path):
    rows = ["o1,objective,Be well,,", "p1,priority,Move,o1,", "a1,action,Walk,p1,"]
    graph = plan(tmp_path, "plan", rows)
    less = without(graph, ["o1"])
    assert less.targets == ()
    assert orphan_ids(less) == ["p1", "a1"]
    assert newly_orphaned(graph, less) == ["p1", "a1"]
