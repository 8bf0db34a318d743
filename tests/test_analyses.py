"""The analyses against figures counted in the documents, and against slower ways to count."""

import csv
import re
from collections import Counter
from itertools import combinations
from pathlib import Path

import networkx as nx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.cli import cli
from kg.errors import SettingsError, UnknownNodeError
from kg.lineage.analyses import ANALYSES
from kg.model.bases import DEFAULT, Basis, parse_bases
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Fact, Node
from kg.model.table import TRACING

DATA = Path(kg.__file__).parent.parent / "data"
NHWMH = "no-health-without-mental-health"
OBJECTIVES = [f"{NHWMH}/objective/{n}" for n in range(1, 7)]


def rows(graph, name, *places, **wanted):
    return list(kg.analyse(graph, name, *places, **wanted))


def one(found, **cells):
    (row,) = [r for r in found if all(r[key] == value for key, value in cells.items())]
    return row


def test_coverage_of_the_documents(graph):
    """Telford's 44 rows all have or inherit an objective; Derby's and Dundee's have none."""
    found = rows(graph, "coverage")
    telford = one(found, plan="telford-2011")
    assert (telford["items"], telford["objective"], telford["share"]) == (44, 44, 1.0)
    stated = one(rows(graph, "coverage", bases="stated"), plan="telford-2011")
    assert (stated["objective"], stated["neither"]) == (24, 20)
    derby = one(found, plan="derby-2014")
    assert (derby["items"], derby["neither"], derby["share"]) == (16, 16, 0.0)
    # The one Scottish plan that an action names: the Transitional Care Plan (Dundee 2019).
    dundee = one(found, plan="dundee-2019", **{"class": "Action"})
    assert (dundee["items"], dundee["instrument"], dundee["neither"]) == (
        20,
        1,
        19,
    )
    assert one(found, **{"class": "Activity"})["items"] == 83
    # Derby's drivers are the plan's, and are not passed on to its actions (rule 5).
    assert derby["as_plan"] > 0


def test_telford_by_objective_and_basis(graph):
    """The figures of the column «Primary National Objective»: stated, then with merged cells."""
    found = [row for row in rows(graph, "sensitivity") if row["conclusion"] == "items-reaching-it"]
    assert [row["about"] for row in found] == OBJECTIVES
    assert [row["stated"] for row in found] == [6, 6, 1, 8, 2, 1]
    assert [row["inherited"] for row in found] == [10, 8, 4, 16, 3, 3]
    assert [row["interpreted"] for row in found] == [10, 8, 4, 16, 3, 3]
    assert {row["changes_with"] for row in found} == {"inherited"}
    derby = one(rows(graph, "sensitivity"), about="derby-2014", conclusion="items-reaching-nothing")
    assert (derby["stated"], derby["interpreted"], derby["changes_with"]) == (16, 16, "")


def test_leads_of_telford_counted_in_the_register(graph):
    """Six rows have an empty lead cell; the shares are those of the register's own rows."""
    found = one(rows(graph, "lead-concentration"), plan="telford-2011")
    assert (found["items"], found["blank"], found["folded"], found["no_column"]) == (44, 6, 0, 0)
    assert found["named"] + found["collective_only"] + found["blank"] == 44
    with (DATA / "registers/telford-2011/links.csv").open(encoding="utf-8") as file:
        leads = {
            (row["subject"], row["object"])
            for row in csv.DictReader(file)
            if row["predicate"] == "ledBy"
        }
    groups = {node.id for node in graph.nodes.values() if node.cls == "GenericGroup"}
    named = Counter(body for _, body in leads if body not in groups)
    assert found["mentions"] == sum(named.values())
    assert found["bodies"] == len(named)
    body, most = named.most_common(1)[0]
    assert found["largest"] == body
    assert found["largest_share"] == round(most / sum(named.values()), 4)
    assert found["herfindahl"] == round(
        sum((n / sum(named.values())) ** 2 for n in named.values()), 4
    )


def test_a_plan_without_a_column_for_leads_has_no_share(graph):
    derby = one(rows(graph, "lead-concentration"), plan="derby-2014")
    assert (derby["no_column"], derby["blank"]) == (16, 0)
    assert (derby["mentions"], derby["largest_share"], derby["herfindahl"]) == (0, None, None)
    worcester = one(
        rows(graph, "lead-concentration"), plan="worcestershire-2009", **{"class": "Commitment"}
    )
    assert worcester["folded"] == 3  # self-care, equitable community services, early-onset dementia


def test_leads_given_by_a_rule_are_told_apart(graph):
    """No activity of Worcestershire names its lead: all come from the intention above it."""
    asked = {"plan": "worcestershire-2009", "class": "Activity"}
    assert one(rows(graph, "lead-concentration"), **asked)["named"] == 21
    table = kg.analyse(graph, "lead-concentration", bases=parse_bases("stated,inherited"))
    assert one([dict(row) for row in table], **asked)["named"] == 0
    assert "a rule gives it the lead of what it is part of" in table.reading


def test_sensitivity_says_what_each_conclusion_counts(graph):
    table = kg.analyse(graph, "sensitivity")
    for conclusion in {row["conclusion"] for row in table}:
        assert f"`{conclusion}`" in table.reading


def test_an_empty_set_of_instruments_is_not_said_to_be_silence(graph):
    """Telford cites the strategy that Derby draws on (line 596): not counted, yet named."""
    cited = {
        c.object for c in graph.claims if (c.subject, c.predicate) == ("telford-2011", "cites")
    }
    assert NHWMH in cited
    table = kg.analyse(graph, "similarity")
    pair = one([dict(row) for row in table], plan_a="derby-2014", plan_b="telford-2011")
    assert (pair["instruments_b"], pair["instruments_jaccard"]) == (0, None)
    assert "only cites are not counted" in table.reading


def test_links_of_merged_cells_are_not_sold_as_independent(graph):
    """Of Telford's 44 links 20 are inherited from the cell of a row above, and fall with it."""
    table = kg.analyse(graph, "bridges", bases=parse_bases("stated"))
    assert one([dict(row) for row in table], plan="telford-2011")["least_cut"] == 24
    assert "inherited from one merged cell fall together" in table.reading


def test_bridges_of_the_documents(graph):
    found = rows(graph, "bridges")
    telford = one(found, plan="telford-2011")
    assert (telford["instrument"], telford["starts"], telford["least_cut"]) == (NHWMH, 44, 44)
    assert telford["single_links"] == ""
    concordat = one(found, plan="derby-2014", instrument="crisis-concordat")
    assert concordat["least_cut"] == 1
    assert concordat["single_links"] == "derby-2014 drawsOn crisis-concordat"
    # Two ways lead there: its own driver, and Closing the Gap, which says that it builds on it.
    both = one(found, plan="derby-2014", instrument=NHWMH)
    assert (both["links"], both["least_cut"], both["single_links"]) == (3, 2, "")
    assert not [
        row for row in found if row["plan"].startswith("dundee") and row["instrument"] == NHWMH
    ]


def test_lines_of_a_bridge_hold_its_words(graph):
    row = one(rows(graph, "bridges"), plan="derby-2014", instrument="crisis-concordat")
    document = graph.documents["derby-2014"]
    text = (DATA / document.path.removeprefix("data/")).read_text(encoding="utf-8").splitlines()
    lines = [int(n) for n in re.findall(r"derby-2014:(\d+)", row["lines"])]
    assert any("Concordat" in text[line - 1] for line in lines)


def test_places_on_one_framework(graph):
    found = rows(graph, "compare", "telford-2011", "Dundee", NHWMH)
    assert [row["objective"] for row in found] == [*OBJECTIVES, NHWMH]
    assert [row["first"] for row in found] == [10, 8, 4, 16, 3, 3, 44]
    assert [row["first_stated"] for row in found] == [6, 6, 1, 8, 2, 1, 24]
    assert {row["second"] for row in found} == {0}
    assert {row["second_why"] for row in found} == {"jurisdiction"}
    other = rows(graph, "compare", "Derby", "telford-2011", NHWMH)
    assert {(row["first"], row["first_why"]) for row in other} == {(0, "no-such-column")}
    later = rows(graph, "compare", "worcestershire-2009", "derby-2014", "crisis-concordat")
    assert later[-1]["first_why"] == "time"


def test_no_statement_is_no_zero(graph):
    found = rows(graph, "similarity")
    assert len(found) == 10
    assert {row["objectives_jaccard"] for row in found} == {None}
    pair = one(found, plan_a="derby-2014", plan_b="worcestershire-2009")
    assert (pair["instruments_a"], pair["instruments_shared"], pair["instruments_jaccard"]) == (
        7,
        0,
        0.0,
    )
    assert one(found, plan_a="dundee-2016", plan_b="dundee-2019")["instruments_jaccard"] is None


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (("compare", "telford-2011"), "analysis-arguments"),
        (("coverage", "telford-2011"), "analysis-arguments"),
        (("ranking",), "unknown-analysis"),
        (("compare", "telford-2011", "telford-2011", NHWMH), "same-plan"),
        (("compare", "telford-2011", NHWMH, NHWMH), "no-plan"),
    ],
)
def test_what_cannot_be_asked(graph, asked, code):
    with pytest.raises(SettingsError) as caught:
        kg.analyse(graph, *asked)
    assert caught.value.code == code
    assert caught.value.hint


def test_an_unknown_place(graph):
    with pytest.raises(UnknownNodeError):
        kg.analyse(graph, "compare", "Atlantis", "telford-2011", NHWMH)


def test_every_analysis_says_what_it_does_not_show(graph):
    for name, kind in ANALYSES.items():
        places = ("telford-2011", "derby-2014", NHWMH) if kind.takes else ()
        found = kg.analyse(graph, name, *places)
        assert "measure drafting, not effect" in found.does_not_show
        assert found.shows.endswith(".")
        assert found.reading == f"{found.shows}\n\nIt does not show: {found.does_not_show}"
        assert len(found) > 0
        assert len(set(found.columns)) == len(found.columns)


def test_on_a_day_before_the_objectives(graph):
    """In 2010 there was no such strategy, so nothing could serve it."""
    before = kg.as_of(graph, "2010-06-30")
    assert not [row for row in rows(before, "coverage") if row["objective"]]


def test_a_flat_table_is_one_plan(tmp_path):
    table = tmp_path / "plan.csv"
    table.write_text(
        "id,level,text,serves,lead\no1,Objective,Top,,\na1,Action,Do,o1,Ann\na2,Action,No,,\n"
    )
    flat = kg.load(table)
    (row,) = rows(flat, "coverage")
    assert (row["plan"], row["items"], row["objective"], row["share"]) == ("plan", 2, 1, 0.5)
    (lead,) = rows(flat, "lead-concentration")
    assert (lead["named"], lead["blank"], lead["herfindahl"]) == (1, 1, 1.0)
    assert rows(flat, "bridges") == rows(flat, "similarity") == []


def test_the_command(graph):
    run = CliRunner()
    listed = run.invoke(cli, ["analyse", "-f", "tsv"])
    assert [line.split("\t")[0] for line in listed.stdout.splitlines()[1:]] == list(ANALYSES)
    shown = run.invoke(cli, ["analyse", "coverage", "-f", "csv"])
    assert "telford-2011,England,Action,44,44,0,0,1.0,0" in shown.stdout.splitlines()
    assert "measure drafting, not effect" in shown.stderr
    told = run.invoke(cli, ["analyse", "coverage", "--explain"])
    assert "It does not show:" in told.stdout


# Small graphs of every shape: two plans, a local instrument between, a national one with two goals.
PLANS = {"p": ["p/1", "p/2", "p/3"], "q": ["q/1", "q/2"]}
GOALS = ["n/1", "n/2"]
ALL = [*PLANS, *PLANS["p"], *PLANS["q"], "m", "n", *GOALS]


@st.composite
def small_graphs(draw):
    nodes = [
        Node(name, "Instrument", name, level="local", jurisdiction="England")
        for name in ("p", "q", "m")
    ]
    nodes.append(Node("n", "Instrument", "n", level="national", jurisdiction="England"))
    nodes += [Node(i, "Action", i, instrument=p) for p, items in PLANS.items() for i in items]
    nodes += [Node(goal, "Objective", goal, instrument="n") for goal in GOALS]
    ends = st.tuples(st.sampled_from(ALL), st.sampled_from(ALL)).filter(
        lambda pair: pair[0] != pair[1]
    )
    links = draw(
        st.lists(st.tuples(ends, st.sampled_from([0, 1, 3])), max_size=14, unique_by=lambda x: x[0])
    )
    claims = [
        Claim(f"c{i}", a, "drawsOn" if a in ("p", "q", "m") else "serves", b, Basis(basis))
        for i, ((a, b), basis) in enumerate(links)
    ]
    return KnowledgeGraph({node.id: node for node in nodes}, claims)


def below(graph, bases):
    """Return the links as NetworkX reads them."""
    return graph.to_networkx(bases, lineage_only=True)


@settings(deadline=None, max_examples=80)
@given(graph=small_graphs())
def test_counts_agree_with_networkx(graph):
    for words in ("stated", "stated,inherited", "all"):
        view = below(graph, words)
        found = rows(graph, "coverage", bases=words)
        for plan, items in PLANS.items():
            row = one(found, plan=plan)
            above = [nx.descendants(view, item) - {item} for item in items]
            full = sum(bool(set(GOALS) & up) for up in above)
            other = sum(not set(GOALS) & up and "n" in up for up in above)
            assert (row["objective"], row["instrument"]) == (full, other)
            assert row["neither"] == len(items) - full - other
        alike = one(rows(graph, "similarity", bases=words), plan_a="p", plan_b="q")
        sets = [
            {g for item in items for g in nx.descendants(view, item) if g in GOALS}
            for items in PLANS.values()
        ]
        index = len(sets[0] & sets[1]) / len(sets[0] | sets[1]) if all(sets) else None
        assert alike["objectives_jaccard"] == (None if index is None else round(index, 4))
    changed = rows(graph, "sensitivity")
    steps = [
        parse_bases(w) for w in ("stated", "stated,inherited", "stated,inherited,inferred", "all")
    ]
    for goal in GOALS:
        row = one(changed, about=goal)
        counts = [
            sum(
                goal in nx.descendants(below(graph, s), i)
                for items in PLANS.values()
                for i in items
            )
            for s in steps
        ]
        assert list(row.values())[2:6] == counts


@settings(deadline=None, max_examples=120)
@given(graph=small_graphs())
def test_bridges_agree_with_taking_each_away(graph):
    """A link is a bridge when nothing is joined without it; no smaller cut than the least."""
    found = {
        row["plan"]: row for row in rows(graph, "bridges", bases="all") if row["instrument"] == "n"
    }
    for plan, items in PLANS.items():
        view = below(graph, "all")
        own, ends = {plan, *items}, {"n", *GOALS}

        def joined(net, own=own, ends=ends):
            return any(nx.has_path(net, a, b) for a in own for b in ends if a in net and b in net)

        assert (plan in found) == joined(view)
        if plan not in found:
            continue
        row, edges = found[plan], list(view.edges(keys=True))

        def without(gone, view=view):
            left = view.copy()
            left.remove_edges_from(gone)
            return left

        single = {
            f"{a} {key.partition(':')[0]} {b}"
            for a, b, key in edges
            if not joined(without([(a, b, key)]))
        }
        assert set(filter(None, row["single_links"].split("; "))) == single
        assert (row["least_cut"] == 1) == bool(single)
        least = next(
            size
            for size in range(1, len(edges) + 1)
            if any(not joined(without(gone)) for gone in combinations(edges, size))
        )
        assert row["least_cut"] == least
        nodes = {
            node for node in set(view) - own - ends if not joined(view.subgraph(set(view) - {node}))
        }
        assert set(filter(None, row["single_nodes"].split("; "))) == nodes


@pytest.mark.parametrize("words", ["stated", "stated,inherited,inferred", "all"])
def test_large_graphs_are_counted_alike(graph, monkeypatch, words):
    """With numpy, as beyond 50 000 links, every table is the same."""
    places = {"compare": ("Telford and Wrekin", "Derby", NHWMH)}

    def tables():
        return {
            name: kg.analyse(graph, name, *places.get(name, ()), bases=words) for name in ANALYSES
        }

    small = tables()
    monkeypatch.setattr("kg.lineage.reach.SMALL", -1)
    assert tables() == small


def test_what_rules_infer_joins_no_plan_that_was_not_joined(graph):
    """Leaving inferred links out of ties loses none: every default chain has an asserted one."""
    view = graph.to_networkx(DEFAULT, lineage_only=True)
    found = {(row["plan"], row["instrument"]) for row in rows(graph, "bridges")}
    plans = {row["plan"] for row in rows(graph, "coverage")}
    joined = set()
    for plan in plans:
        own = {plan, *(node.id for node in graph.set_out_by(plan))}
        above = set().union(*(nx.descendants(view, name) for name in own if name in view))
        for name in above:
            instrument = graph.instrument_of(name)
            if graph.nodes[instrument].cls == "Instrument" and graph.is_national(instrument):
                joined.add((plan, instrument))
    assert found == joined


def test_a_planted_second_lead_changes_the_shares():
    """Three items, bodies x x y: shares 2/3 and 1/3, so 4/9 + 1/9; a group has no share."""
    nodes = [Node("p", "Instrument", "p", level="local")]
    nodes += [Node(f"p/{n}", "Action", "a", instrument="p") for n in range(5)]
    nodes += [
        Node("x", "Organization", "x"),
        Node("y", "Organization", "y"),
        Node("g", "GenericGroup", "g"),
    ]
    pairs = [(0, "x"), (1, "x"), (1, "g"), (2, "y"), (3, "g")]
    claims = [Claim(f"c{n}{b}", f"p/{n}", "ledBy", b, Basis.STATED) for n, b in pairs]
    claims.append(Claim("open", "p/4", "ledBy", "y", Basis.STATED, decision="open"))
    blank = Fact("f", "StatedAbsence", "p/4", {"property": "ledBy", "kind": "blank"})
    made = KnowledgeGraph({node.id: node for node in nodes}, claims, [blank])
    (row,) = rows(made, "lead-concentration")
    assert (row["named"], row["collective_only"], row["blank"]) == (3, 1, 1)
    assert (row["mentions"], row["largest"], row["largest_share"]) == (3, "x", 0.6667)
    assert row["herfindahl"] == 0.5556
    assert "ledBy" not in TRACING
