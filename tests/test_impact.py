"""What follows when something is taken away: what it strands, exactly and in all ways."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building.rules import infer
from kg.checks.consequences import guard_edit, newly_orphaned, orphan_ids
from kg.cli import main
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


# ---- the five documents ------------------------------------------------------------------------

NHWMH = "no-health-without-mental-health"


def test_without_an_objective(graph):
    """telford-2011.txt 53-80: Objective 6 stands beside three rows (58, 68, 80) of one theme."""
    found = kg.what_if(graph, f"{NHWMH}/objective/6")
    three = {f"telford-2011/action/{n}" for n in (4, 5, 6)}
    assert {each.node for each in found.followed.became} == {*three, "telford-2011/theme/3"}
    assert [(each.target, each.before, each.after) for each in found.followed.targets] == [
        (NHWMH, 44, 41)
    ]
    assert found.followed.total.before == (45, 163)
    assert found.followed.total.after == (42, 163)
    tiers = {each.node: each.after for each in found.followed.became}
    # The words of actions 4 and 6 name Time to Change and Mindful Employer; those of 5 nothing.
    assert tiers["telford-2011/action/4"].startswith("tier 2")
    assert tiers["telford-2011/action/5"].startswith("tier 3")
    assert tiers["telford-2011/action/6"].startswith("tier 2")


def test_an_instrument_goes_with_what_it_sets_out(graph):
    """All 44 actions of Telford name an objective of the strategy; one of Dundee another."""
    found = kg.what_if(graph, NHWMH)
    assert set(found.gone) == {NHWMH, *(f"{NHWMH}/objective/{n}" for n in range(1, 7))}
    assert found.followed.total.after == (1, 163)
    became = {each.node for each in found.followed.became}
    assert {f"telford-2011/action/{n}" for n in range(1, 45)} <= became
    assert became.isdisjoint(found.gone)
    assert became == set(newly_orphaned(graph, found.after))
    # What ends strands the same, judged on the day after: the plan names no end of its own.
    ended = kg.what_if(graph, NHWMH, expire="2011-03-31")
    assert (ended.ends, ended.graph.day) == ("2011-03-31", "2011-04-01")
    assert {each.node for each in ended.followed.became} == became
    assert set(ended.graph.nodes) == set(ended.after.nodes)
    # But what serves it still says so.
    links = {(c.subject, c.object) for c in ended.after.claims if c.object in found.gone}
    assert ("telford-2011/action/4", f"{NHWMH}/objective/6") in links
    assert not any(c.object in found.gone for c in found.after.claims)


def test_coverage_as_of_a_day_counts_what_counts_on_it(graph):
    # In June 2012 Telford's plan alone is in force; its 44 rows reach the strategy's objectives.
    found = kg.what_if(kg.as_of(graph, "2012-06"), f"{NHWMH}/objective/6")
    assert found.followed.total.before == (44, 44)
    assert [cover.plan for cover in found.followed.coverage] == ["telford-2011"]


def test_what_serves_nothing_strands_nothing(graph):
    """derby-2014.txt has no column for what its 16 actions serve: without it none is stranded."""
    found = kg.what_if(graph, "derby-2014")
    assert found.followed.became == ()
    assert found.followed.total.before == (45, 163)
    assert found.followed.total.after == (45, 163 - 16)


def test_who_is_led(graph):
    """telford-2011.txt, column Lead: `All` stands beside action 4 (line 59) and others."""
    rows = {row["node"]: row for row in kg.impact(graph, "telford-all")}
    four = rows["telford-2011/action/4"]
    assert (four["how"], four["loses"], four["hops"]) == ("loses-lead", "ledBy telford-all", None)
    assert not any(row["only_this_way"] for row in rows.values())
    # dundee-2019.txt 4-13: the group governs six workstreams; their actions inherit that.
    name = "dundee-mhw-strategic-commissioning-group"
    rows = {row["node"]: row for row in kg.impact(graph, name)}
    streams = {
        key for key, row in rows.items() if "dundee-2019/workstream/" in key and row["loses"]
    }
    assert streams == {f"dundee-2019/workstream/{n}" for n in (1, 2, 5, 7, 8, 9)}
    inherited = [c for c in graph.claims if c.rule == "r4" and c.object == name]
    assert inherited
    assert {c.subject for c in inherited} <= set(rows)


def test_a_whole_that_contributes_through_one_part(graph):
    """Theme 21 of Telford holds one row (action 44): it contributes to what that row serves."""
    rows = {row["node"]: row for row in kg.impact(graph, "telford-2011/action/44")}
    theme = rows["telford-2011/theme/21"]
    assert theme["how"] == "loses-link"
    assert theme["hops"] is None
    assert theme["only_this_way"] is True
    # Theme 3 holds three rows under one objective, and loses nothing with one of them.
    assert "telford-2011/theme/3" not in {
        row["node"] for row in kg.impact(graph, "telford-2011/action/4")
    }


def test_a_route_that_runs_through_a_conclusion():
    """A whole contributes to what its one part serves; what serves the whole loses that route."""
    nodes = {
        "i": Node("i", "Instrument", "i", text="x", level="national"),
        "o": Node("o", "Objective", "o", text="x", instrument="i"),
        "w": Node("w", "Workstream", "w", text="x", instrument="p"),
        "part": Node("part", "Action", "part", text="x", instrument="p"),
        "z": Node("z", "Action", "z", text="x", instrument="p"),
        "p": Node("p", "Instrument", "p", text="x", level="local"),
    }
    links = [("part", "partOf", "w"), ("part", "serves", "o"), ("z", "serves", "w")]
    graph = built(nodes, [Claim("-".join(link), *link, Basis.STATED) for link in links])
    found = [
        (row["node"], row["hops"], row["how"], row["loses"], row["only_this_way"])
        for row in kg.impact(graph, "part")
    ]
    assert found == [
        ("w", None, "loses-link", "contributesTo o", True),
        ("z", None, "loses-route", "", True),
    ]
    assert newly_orphaned(graph, without(graph, ["part"])) == ["w", "z"]


# ---- the command -------------------------------------------------------------------------------

ROWS = [
    "o1,objective,Be well,,",
    "o2,objective,Be safe,,",
    "p1,priority,Move,o1,",
    "a1,action,Walk,p1,Team A",
    "a2,action,Fit alarms,o2;o1,Team A",
]


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    plan(tmp_path, "plan", ROWS)
    return "plan.csv"


def test_rows_of_what_would_follow(path, capsys):
    assert main(["impact", "-g", path, "p1", "--remove", "-f", "tsv"]) == 0
    said = capsys.readouterr()
    up, down = "reaches a top-level item", "reaches no top-level item"
    assert [line.split("\t") for line in said.out.splitlines()] == [
        ["consequence", "node", "class", "label", "hops", "before", "after"],
        ["removed", "p1", "Priority", "Move", "", "", ""],
        ["downstream", "a1", "Action", "Walk", "1", "serves p1", ""],
        ["becomes-orphan", "a1", "Action", "Walk", "", up, down],
        ["reached-by-fewer", "o1", "Objective", "Be well", "", "2", "1"],
        ["coverage", "", "total", "all actions", "", "2 of 2 (100 %)", "1 of 2 (50 %)"],
    ]
    assert said.err == (
        "1 item would become an orphan, 0 targets would lose their last action; "
        "coverage 2 of 2 (100 %) now, 1 of 2 (50 %) then\n"
    )
    assert main(["impact", "-g", path, "a2", "--expire", "2026-03", "-f", "tsv"]) == 0
    assert "ends\ta2\tAction\tFit alarms\t\t2026-03-31\t" in capsys.readouterr().out
    assert main(["impact", "-g", path, "a2", "--remove", "-f", "tsv"]) == 0
    assert "loses-last-action\to2\tObjective\tBe safe\t\t1\t0" in capsys.readouterr().out


def test_exit_codes(path, capsys):
    ask = ["impact", "-g", path]
    assert main([*ask, "p1"]) == 0
    assert main([*ask, "p1", "--fail-on-orphans"]) == 1
    assert main([*ask, "p1", "--remove", "--fail-on-orphans"]) == 1
    assert main([*ask, "p1", "--expire", "2026", "--fail-on-orphans"]) == 1
    assert main([*ask, "a1", "--remove", "--fail-on-orphans"]) == 0
    capsys.readouterr()
    for options, code in (
        (["p1", "--remove", "--expire", "2026"], "two-questions"),
        (["p1", "--expire", "soon"], "no-date"),
        (["p1", "--expire", "2026-02-30"], "no-date"),
        (["p9", "--remove"], "unknown-node"),
    ):
        assert main([*ask, *options]) == 2
        assert f"error[{code}]" in capsys.readouterr().err
    assert main(["impact", "new-horizons", "--expire", "2008"]) == 2
    assert "error[ends-before-issue]" in capsys.readouterr().err
