"""Every rule speaks on what it should, is silent otherwise, and counts what the documents say."""

import importlib
import random
import subprocess
import sys
from collections import Counter, deque
from functools import cache
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_sets import write_data

import kg
from kg.building.build import read_graph, survey
from kg.checks.catalogue import RULES, rule_table
from kg.checks.context import Context, facts_of
from kg.checks.finding import finding
from kg.checks.funding import money_by_kind
from kg.checks.links import bound_problems
from kg.checks.timing import is_dated
from kg.lineage.fragility import cuts, shared_by_all
from kg.lineage.reach import Selection
from kg.model.bases import Basis
from kg.model.findings import Severity
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Node
from kg.model.table import TableBuilder
from kg.sparql.catalogue import stored_query

FIXTURES = Path(__file__).parent / "rules"
ROOT = Path(__file__).parent.parent
ALL = kg.parse_bases("all")


@pytest.fixture(scope="module")
def graph():
    return kg.load()


@pytest.fixture(scope="module")
def report(graph):
    return kg.audit(graph)


# --- flat tables: what is found, in tests/rules/<rule>/dirty.csv

FLAT = {
    "unlinked": {"a1"},
    "stranded": {"a1"},
    "unserved": {"u9"},
    "hollow": {"p9"},
    "cycle": {"p1", "u1"},
    "level-skip": {"a1"},
    "wrong-direction": {"p1"},
    "single-thread": {"o2"},
    "no-lead": {"a2"},
    "dangling-link": {"a1"},
    "self-link": {"a1"},
    "duplicate-id": {"a1"},
    "duplicate-link": {"a1"},
    "empty-text": {"a2"},
    "unreadable-row": {"row 10"},
    "missing-id": {"row 10"},
    "unknown-level": {"z9"},
}


@pytest.mark.parametrize("rule", FLAT)
def test_flat_fixture(rule):
    assert len(kg.audit(kg.load(FIXTURES / rule / "clean.csv"))) == 0
    found = kg.audit(kg.load(FIXTURES / rule / "dirty.csv")).of(rule)
    assert {f.node for f in found} == FLAT[rule]
    assert all(f.line for f in found)


# --- what people wrote down of findings and links, beside tests/rules/unlinked/dirty.csv

WAIVER = "rule,node,reason,owner,expiry\nunlinked,{},why,Ann,{}\n"
REVIEW = "subject,predicate,object,subject_words,object_words,by,on,why\n"
WRITTEN = {
    "waiver-expired": ("waivers", WAIVER.format("a1", "9999-12-31"), "a1,why,Ann,2020-01-01"),
    "waiver-unused": ("waivers", WAIVER.format("a1", "9999-12-31"), "a2,why,Ann,9999-12-31"),
    "suspect-link": ("reviews", "", ""),
    "unreviewed-link": ("reviews", "", ""),
}


@pytest.mark.parametrize("rule", WRITTEN)
def test_fixture_of_what_was_written_down(rule, tmp_path):
    from kg.model.governance import fingerprint

    plan = tmp_path / "plan.csv"
    plan.write_bytes((FIXTURES / "unlinked" / "dirty.csv").read_bytes())
    what, clean_text, change = WRITTEN[rule]
    beside = tmp_path / f"plan.{what}.csv"
    read = kg.load(plan)
    links = [(c.subject, c.predicate, c.object) for c in read.claims if c.basis is Basis.STATED]
    row = "{},{},{},{},{},Ann,2026-01-01,read\n"
    reviews = [
        row.format(*link, fingerprint(read, link[0]), fingerprint(read, link[2])) for link in links
    ]
    beside.write_text(clean_text or REVIEW + "".join(reviews))
    assert kg.audit(kg.load(plan)).of(rule) == []
    if rule == "unreviewed-link":
        beside.write_text(REVIEW + "".join(reviews[1:]))
    elif rule == "suspect-link":
        words = [*reversed(reviews[0].split(",")[3:5])]
        beside.write_text(REVIEW + row.format(*links[0], *words) + "".join(reviews[1:]))
    else:
        beside.write_text(clean_text.partition("unlinked,")[0] + f"unlinked,{change}\n")
    found = kg.audit(kg.load(plan)).of(rule)
    assert [f.node for f in found] == [links[0][0] if what == "reviews" else change[:2]]
    assert all(f.file and f.message and f.fix for f in found)


# --- registers: small folders, one fault each

LEAD, GROUP, REPORT = "the-trust", ("all-providers", "GenericGroup"), "the-board"
OBJECTIVE, ONE, TWO = "nat/objective/1", "plan/action/1", "plan/action/2"


def link(subject, predicate, object_, **more):
    return {"subject": subject, "predicate": predicate, "object": object_, **more}


def period(subject, role, edtf, **more):
    return {"subject": subject, "role": role, "words": f"{role} {edtf}", "edtf": edtf, **more}


def money(key, subject, nature="new", **more):
    return {"id": f"plan/allocation/{key}", "subject": subject, "nature": nature, **more}


def clean():
    """Return the parts of a plan in which nothing is wrong, to be made worse."""
    other = ("the-council",)
    links = []
    for action, lead in ((ONE, LEAD), (TWO, other[0])):
        links += [
            link(action, "serves", OBJECTIVE),
            link(action, "ledBy", lead),
            link(action, "reportsTo", REPORT),
            link(action, "measuredBy", f"plan/measure/{action[-1]}"),
        ]
    plan = {
        "elements": [(ONE, "Action"), (TWO, "Action")]
        + [(f"plan/measure/{n}", "Measure") for n in (1, 2)],
        "links": links,
        "periods": [
            period(ONE, "start", "2011-05", precision="month"),
            period(ONE, "complete", "2011-10", precision="month"),
            period(TWO, "timescale", "2012", precision="year"),
        ],
        "allocations": [
            money(1, ONE, amount="5", currency="GBP", edtf="2011-04/2012-03"),
            money(2, TWO, nature="within-existing-budget"),
        ],
        "absences": [],
        "defects": [],
    }
    return {
        "plans": {
            "nat": {
                "instrument": {"level": "national", "issued": "2010"},
                "elements": [(OBJECTIVE, "Objective")],
            },
            "plan": plan,
        },
        "bodies": [LEAD, *other, REPORT, GROUP],
    }


def without(parts, table, keep):
    plan = parts["plans"]["plan"]
    plan[table] = [cells for cells in plan[table] if keep(cells)]
    return plan


def folded(parts):
    gap = {"subject": TWO, "property": "serves", "kind": "folded", "folded_into": ONE}
    parts["plans"]["plan"]["absences"] = [gap]


def weak_only(parts):
    plan = without(parts, "links", lambda c: (c["subject"], c["predicate"]) != (TWO, "serves"))
    plan["links"].append(link(TWO, "serves", OBJECTIVE, basis="interpreted"))


def may_serve(parts):
    plan = without(parts, "links", lambda c: (c["subject"], c["predicate"]) != (TWO, "serves"))
    plan["links"].append(link(TWO, "partOf", ONE))


def only_superseded(parts):
    parts["plans"]["new"] = {
        "instrument": {"level": "national", "issued": "2013", "supersedes": "nat"}
    }


def unserved_policy(parts):
    parts["plans"]["policy"] = {"instrument": {"level": "national", "issued": "2010"}}
    parts["plans"]["plan"]["links"].append(link("plan", "drawsOn", "policy"))


def collective(parts):
    plan = without(parts, "links", lambda c: (c["subject"], c["predicate"]) != (TWO, "ledBy"))
    plan["links"].append(link(TWO, "ledBy", GROUP[0]))


def self_reporting(parts):
    parts["plans"]["plan"]["links"].append(link(TWO, "reportsTo", "the-council"))


def no_lead(parts):
    without(parts, "links", lambda c: (c["subject"], c["predicate"]) != (TWO, "ledBy"))


def no_date(parts):
    without(parts, "periods", lambda c: c["subject"] != TWO)


def no_measure(parts):
    without(parts, "links", lambda c: (c["subject"], c["predicate"]) != (TWO, "measuredBy"))


def deferred_measure(parts):
    no_measure(parts)
    gap = {"subject": TWO, "property": "measuredBy", "kind": "deferred"}
    parts["plans"]["plan"]["absences"] = [gap]


def no_funding(parts):
    without(parts, "allocations", lambda c: c["subject"] != TWO)


def ends_first(parts):
    parts["plans"]["plan"]["periods"].append(period(TWO, "start", "2013-01"))
    parts["plans"]["plan"]["periods"].append(period(TWO, "complete", "2012-12"))


def money_late(parts):
    late = money(3, ONE, amount="7", currency="GBP", edtf="2012-04/2013-03")
    parts["plans"]["plan"]["allocations"].append(late)


def lost_quotation(parts):
    parts["plans"]["plan"]["links"].append(link(TWO, "cites", "nat", quote="nowhere to be found"))


SETS = {
    "folded": (folded, {TWO}),
    "weak-only": (weak_only, {TWO}),
    "only-superseded": (only_superseded, {ONE, TWO}),
    "plan-draws-on-unserved": (unserved_policy, {"plan"}),
    "collective-lead": (collective, {TWO}),
    "self-reporting": (self_reporting, {TWO}),
    "no-lead": (no_lead, {TWO}),
    "no-date": (no_date, {TWO}),
    "no-measure": (no_measure, {TWO}),
    "deferred-measure": (deferred_measure, {TWO}),
    "no-funding": (no_funding, {TWO}),
    "date-conflict": (ends_first, {TWO}),
    "money-conflict": (money_late, {ONE}),
}


@cache
def clean_graph(folder):
    parts = clean()
    return read_graph(write_data(folder / "clean", parts["plans"], bodies=parts["bodies"]))


def made(folder, *changes):
    parts = clean()
    for change in changes:
        change(parts)
    return read_graph(write_data(folder / "data", parts["plans"], bodies=parts["bodies"]))


def test_nothing_is_wrong_with_the_clean_registers(tmp_path):
    assert [f.id for f in kg.audit(clean_graph(tmp_path))] == []


@pytest.mark.parametrize("rule", SETS)
def test_register_fixture(rule, tmp_path):
    plant, expected = SETS[rule]
    found = kg.audit(made(tmp_path, plant)).of(rule)
    assert {f.node for f in found} == expected
    assert all(f.file and f.line and f.fix and f.message for f in found)


def test_quotation_that_stands_nowhere(tmp_path):
    parts = clean()
    assert not survey(write_data(tmp_path / "a", parts["plans"], bodies=parts["bodies"])).problems
    lost_quotation(parts)
    broken = survey(write_data(tmp_path / "b", parts["plans"], bodies=parts["bodies"]))
    assert [f.rule for f in kg.audit(broken) if f.severity is Severity.ERROR] == [
        "quotation-not-found"
    ]


def bounded(jurisdiction, issued):
    own = Node("p", "Instrument", "P", jurisdiction="Scotland", issued="2009", level="local")
    nation = {"jurisdiction": jurisdiction, "issued": issued, "level": "national"}
    nodes = [own, Node("n", "Instrument", "N", **nation), Node("a", "Action", "A", instrument="p")]
    claim = Claim("c", "a", "supportsInstrument", "n", Basis.STATED)
    return KnowledgeGraph({node.id: node for node in nodes}, (claim,))


def test_bounds():
    assert not bound_problems(bounded("Scotland", "2008"))
    found = kg.audit(bounded("England", "2010"), rules=["jurisdiction", "anachronism"])
    assert {(f.rule, f.node) for f in found} == {("jurisdiction", "a"), ("anachronism", "a")}


def test_every_rule_has_a_clean_and_a_dirty_fixture():
    bounds = {"jurisdiction", "anachronism", "quotation-not-found"}
    assert FLAT.keys() | SETS.keys() | WRITTEN.keys() | bounds == RULES.keys()


# --- what the five documents say

NHWMH, WORC = "no-health-without-mental-health", "worcestershire-2009"


def kinds(report, rule, plan):
    return Counter(f.kind for f in report.of(rule) if f.node.startswith(plan + "/"))


def nodes(report, rule, plan, *wanted):
    found = [f for f in report.of(rule) if f.node.startswith(plan + "/")]
    return {f.node.rsplit("/", 1)[1] for f in found if not wanted or f.kind in wanted}


def test_leads(report):
    # Lines 133 to 495 of Telford: six lead cells hold a space; "All" (line 59) is no blank.
    assert nodes(report, "no-lead", "telford-2011") == {"11", "12", "14", "15", "26", "36"}
    assert kinds(report, "no-lead", "telford-2011") == {"blank": 6}
    assert [f.node for f in report.of("collective-lead")] == ["telford-2011/action/4"]
    # Of 21 intentions of Worcestershire 5 have a line "Led by:", and three are folded.
    assert kinds(report, "no-lead", WORC) == {"not-stated": 13, "folded": 3}
    assert nodes(report, "no-lead", WORC, "folded") == {"3", "11", "13"}
    assert kinds(report, "no-lead", "derby-2014") == {"no-such-column": 16}
    # Ten workstreams and twenty actions; the words of action 4 name a lead.
    assert kinds(report, "no-lead", "dundee-2019") == {"no-such-column": 29}
    assert kinds(report, "no-lead", "dundee-2016") == {"no-such-column": 27}
    folds = {f.node: f for f in report.of("no-lead") if f.kind == "folded"}
    assert all(f.severity is Severity.INFO for f in folds.values())
    # CMHT redesign is led by the Trust (line 336); the Dementia Strategy names no lead.
    assert "led by worcestershire-mhpt" in folds[f"{WORC}/intention/11"].message
    assert "names no lead either" in folds[f"{WORC}/intention/13"].message


def test_dates(graph, report):
    telford = kinds(report, "no-date", "telford-2011")
    assert telford == {
        "deferred": 8,  # 1, 3, 6, 27, 34, 35, 38, 40
        "contingent": 3,  # 11, 23, 29
        "recurring": 2,  # 8 (monthly meetings), 39 (quarterly)
        "ongoing": 1,  # 25
        "not-stated": 6,  # 17, 26, 32, 42, 43, 44
    }
    assert sum(telford.values()) == 20
    assert nodes(report, "no-date", "telford-2011", "not-stated") == {
        *("17", "26", "32", "42", "43", "44")
    }
    actions = [n.id for n in graph.set_out_by("dundee-2019", ["Action"])]
    undated = {f.node: f.kind for f in report.of("no-date")}
    assert sum(name not in undated for name in actions) == 11
    assert Counter(undated[name] for name in actions if name in undated) == {
        "ongoing": 3,  # lines 19, 30 and 31
        "deferred": 4,  # lines 17, 18 and 21, the last for two actions
        "to-be-confirmed": 2,  # lines 20 and 25
    }
    assert kinds(report, "no-date", "derby-2014") == {"no-such-column": 16}
    assert kinds(report, "no-date", WORC) == {"folded": 3}


def test_money(graph, report):
    found = money_by_kind(Context(graph, ALL), WORC)
    numbers = {k: {name.rsplit("/", 1)[1] for name in names} for k, names in found.items()}
    assert numbers == {
        "figures": {"5", "6", "8", "9", "10", "14", "17", "18", "19"},
        "source-only": {"1", "2", "12"},
        "none-identified": {"4", "7", "20", "21"},
        "to-be-confirmed": {"15", "16"},
        "no-field": {"3", "11", "13"},
    }
    for plan in (WORC, "dundee-2019", "telford-2011", "dundee-2016", "derby-2014"):
        asked = kg.query("money-by-kind", {"plan": plan}).rows
        sorted_ = money_by_kind(Context(graph, ALL), plan)
        assert {(name, kind) for kind, names in sorted_.items() for name in names} == {
            (element, kind) for element, kind in asked
        }
    assert kinds(report, "no-funding", WORC) == {
        "none-identified": 4,
        "to-be-confirmed": 2,
        "folded": 3,
    }
    # The funding streams of Dundee's workstreams are those of their actions too.
    assert not kinds(report, "no-funding", "dundee-2019")


def test_measures(report):
    deferred = {f.node.rsplit("/", 1)[1]: f.kind for f in report.of("deferred-measure")}
    # Lines 20, 48, 82, 353, 463 and 474 defer and give nothing else; three give something else.
    assert {n for n, kind in deferred.items() if kind == "deferred"} == {
        *("1", "3", "6", "27", "34", "35")
    }
    assert {n for n, kind in deferred.items() if kind == "partly"} == {"13", "37", "40"}
    assert not kinds(report, "no-measure", "telford-2011")
    assert kinds(report, "no-measure", WORC) == {"no-such-column": 18, "folded": 3}


def test_conflicts_and_folds(graph, report):
    assert {(f.node, f.kind) for f in report.of("date-conflict")} == {
        (f"{WORC}/intention/2", "mark-before-completion"),
        (f"{WORC}/intention/4", "mark-before-completion"),
        (f"{WORC}/intention/7", "mark-after-start"),
    }
    # What is left of a mark is a bare bracket (lines 154, 182, 279): a reader must be told.
    assert all("a mark that is probably a tick" in f.message for f in report.of("date-conflict"))
    assert {(f.node, f.kind) for f in report.of("money-conflict")} == {
        (f"{WORC}/intention/5", "after-completion"),
        (f"{WORC}/intention/6", "after-completion"),
        (f"{WORC}/intention/14", "after-completion"),
        (f"{WORC}/intention/4", "recorded"),
        (f"{WORC}/intention/7", "recorded"),
    }
    # Readers recorded the same contradictions; none of theirs about time or money is missed.
    recorded = {
        f.subject
        for f in graph.facts
        if f.kind == "SourceDefect" and f["kind"] == "contradiction" and WORC in f.subject
    }
    found = {f.node for r in ("date-conflict", "money-conflict") for f in report.of(r)}
    assert recorded - found == {f"{WORC}/intention/1", f"{WORC}/activity/4"}
    one = next(f for f in report.of("money-conflict") if f.node.endswith("/5"))
    assert "“Complete by: April 2011” (line 198)" in one.message
    assert "“2011/12 - £1,000,000” (line 209)" in one.message
    assert {f.node for f in report.of("self-reporting")} == {f"{WORC}/intention/1"}
    rows = {f.node for f in report.of("folded")}
    assert rows == {f"{WORC}/intention/{n}" for n in (3, 11, 13)}
    assert not rows & {f.node for rule in ("unlinked", "stranded") for f in report.of(rule)}


def test_policies_that_a_plan_names_and_does_not_serve(graph, report):
    found = {(f.node, f.about): f for f in report.of("plan-draws-on-unserved")}
    case = found[WORC, "new-horizons"]
    assert case.kind == "no-such-column"
    assert "“Many of the above have been identified" in case.message
    assert case.line == 18
    assert (WORC, "worcestershire-mental-health-strategy-2008") not in found  # 14 intentions do
    assert ("telford-2011", NHWMH) not in found  # 44 actions do
    assert ("derby-2014", "crisis-concordat") in found
    level = {f.severity for key, f in found.items() if not graph.is_national(key[1])}
    assert level == {Severity.INFO}
    asked = {tuple(row) for row in kg.query("audit/plan-draws-on-unserved").rows}
    assert asked == found.keys()


def test_no_national_objective_of_telford_hangs_on_one(report):
    """Ten, eight, four, sixteen, three and three actions lead to the six, under several leads."""
    assert not report.of("single-thread")


@pytest.mark.parametrize("rule", [rule.id for rule in RULES.values() if rule.query])
def test_sparql_says_the_same(rule, graph):
    asked = {row["node"] for row in kg.query(RULES[rule].query)}
    found = {f.node for f in kg.audit(graph, bases=ALL, rules=[rule])}
    if rule in ("unlinked", "stranded"):  # the questions ask for work only
        found &= {n.id for n in graph.elements(("Workstream", "Commitment", "Action", "Activity"))}
    assert asked == found
    assert found or rule == "only-superseded"
    stored = stored_query(RULES[rule].query).text
    assert RULES[rule].fix in stored
    assert f"#+ severity: {RULES[rule].severity.word}" in stored


@pytest.mark.parametrize("rule", [r for r in SETS if RULES[r].query])
def test_sparql_finds_the_planted_fault(rule, tmp_path):
    from kg.store.dataset import open_store, run_query
    from kg.store.quads import write_quads

    plant, expected = SETS[rule]
    for changes, wanted in (((), set()), ((plant,), expected)):
        built = made(tmp_path / str(len(changes)), *changes)
        store = open_store(write_quads(built))
        rows = run_query(store, stored_query(RULES[rule].query).text)
        assert {row["node"].value.split("/id/")[1] for row in rows} == wanted


# --- finer points, each with what must not be said beside what must


def of(tmp_path, rule, *changes):
    return [(f.node, f.kind, f.severity) for f in kg.audit(made(tmp_path, *changes)).of(rule)]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"kind": "lost"}, "lost"),
        ({"kind": "blank"}, "blank"),
        ({"kind": "deferred"}, "deferred"),
        ({"kind": "declared-local"}, "declared-local"),
        ({"subject": "plan", "applies_to": "Action", "kind": "no-such-column"}, "no-such-column"),
        ({"subject": "plan", "applies_to": "Workstream", "kind": "no-such-column"}, "not-stated"),
    ],
)
@pytest.mark.parametrize(
    ("rule", "name", "plant"),
    [
        ("no-lead", "ledBy", no_lead),
        ("no-date", "hasPeriod", no_date),
        ("no-funding", "hasAllocation", no_funding),
    ],
)
def test_kinds_of_missing(tmp_path, rule, name, plant, cells, kind):
    def gap(parts):
        parts["plans"]["plan"]["absences"] = [{"subject": TWO, "property": name, **cells}]

    assert of(tmp_path, rule, plant, gap) == [(TWO, kind, Severity.WARNING)]


def test_a_part_takes_what_its_whole_has(tmp_path):
    """A step takes lead, date, money and measure from its action, but not what that serves."""

    def step(parts):
        plan = parts["plans"]["plan"]
        plan["elements"].append(("plan/step/1", "Activity"))
        plan["links"].append(link("plan/step/1", "partOf", ONE))

    found = kg.audit(made(tmp_path, step))
    assert {f.rule for f in found if f.node == "plan/step/1"} == {"stranded", "weak-only"}


OPEN = period(TWO, "timescale", "", undated="deferred")


@pytest.mark.parametrize(
    ("periods", "kind"),
    [
        ([period(TWO, "event", "2012-05")], None),
        ([period(TWO, "marked-year", "2012")], "not-stated"),
        ([period(TWO, "as-at", "2012")], "not-stated"),
        ([period(TWO, "timescale", "", undated="ongoing")], "ongoing"),
        ([period(TWO, "event", "2012"), OPEN], "deferred"),
        ([period("plan/measure/2", "review", "2012-05")], None),
        ([period("plan/measure/2", "review", "", undated="recurring")], "recurring"),
        ([period("plan/measure/2", "covers", "2012")], "not-stated"),
    ],
)
def test_what_dates_an_element(tmp_path, periods, kind):
    def plant(parts):
        no_date(parts)
        parts["plans"]["plan"]["periods"] += periods

    found = [k for _, k, _ in of(tmp_path, "no-date", plant)]
    assert found == ([] if kind is None else [kind])


EARLY, LATE = ("marked-year", "2009-04/2010-03"), ("marked-year", "2010-04/2011-03")


@pytest.mark.parametrize(
    ("periods", "lost", "expected"),
    [
        ([("start", "2010"), ("complete", "2010-03")], False, []),  # may both be right
        ([("start", "2010-10"), ("complete", "2010-03")], False, ["ends-before-start"]),
        ([("complete", "../2010-03"), ("start", "2010-04~")], False, ["ends-before-start"]),
        ([("complete", "2010-10"), EARLY], False, ["mark-before-completion"]),
        ([("complete", "2010-10"), EARLY], True, []),
        ([("start", "2010-10"), EARLY], False, ["mark-before-start"]),
        ([("start", "2009-11"), LATE], False, ["mark-after-start"]),
        ([("start", "2009-11"), LATE], True, []),
        ([("complete", "2010-10"), LATE], False, []),
    ],
)
def test_dates_that_exclude_each_other(tmp_path, periods, lost, expected):
    def plant(parts):
        no_date(parts)
        parts["plans"]["plan"]["periods"] += [period(TWO, role, edtf) for role, edtf in periods]
        kind = "lost" if lost else "blank"
        gap = {"subject": TWO, "property": "markedYear", "kind": kind}
        parts["plans"]["plan"]["absences"] = [gap]

    assert [kind for _, kind, _ in of(tmp_path, "date-conflict", plant)] == expected


@pytest.mark.parametrize(
    ("day", "speaks"), [("2011-11", True), ("2011-10", False), ("2011", False)]
)
def test_a_milestone_after_the_completion(tmp_path, day, speaks):
    def plant(parts):
        plan = parts["plans"]["plan"]
        plan["elements"].append(("plan/milestone/1", "Milestone"))
        plan["links"].append(link(ONE, "hasMilestone", "plan/milestone/1"))
        plan["periods"].append(period("plan/milestone/1", "event", day))

    found = of(tmp_path, "date-conflict", plant)
    assert [kind for _, kind, _ in found] == ["milestone-after-completion"] * speaks


STREAM = {"stream": "nat", "currency": "GBP"}


@pytest.mark.parametrize(
    ("given", "kinds_"),
    [
        # Action 1 is to be complete in October 2011.
        ([money(3, ONE, amount="1", currency="GBP", edtf="2011-11")], ["after-completion"]),
        ([money(3, ONE, amount="1", currency="GBP", edtf="2011-10/2012-09")], ["after-completion"]),
        ([money(3, ONE, amount="1", currency="GBP", edtf="2011-10")], []),
        ([money(3, ONE, amount="1", currency="GBP", edtf="2011-09/2012-08")], []),
        ([money(n, TWO, amount=str(n), edtf="2012", **STREAM) for n in (3, 4)], ["two-amounts"]),
        ([money(n, TWO, amount="3", edtf="2012", **STREAM) for n in (3, 4)], []),
        ([money(n, TWO, amount=str(n), edtf=f"201{n}", **STREAM) for n in (3, 4)], []),
        ([money(n, TWO, amount=str(n), edtf="2012", currency="GBP") for n in (3, 4)], []),
        ([money(3, TWO, "none-identified")], ["two-natures"]),  # beside: within existing budget
    ],
)
def test_money_that_contradicts_itself(tmp_path, given, kinds_):
    def plant(parts):
        parts["plans"]["plan"]["allocations"] += given

    assert [kind for _, kind, _ in of(tmp_path, "money-conflict", plant)] == kinds_


def test_may_serve_is_near_and_an_orphan_all_the_same(tmp_path):
    found = kg.audit(made(tmp_path, may_serve))
    assert [(f.node, f.kind) for f in found.of("weak-only")] == [(TWO, "may-serve")]
    assert [f.node for f in found.of("stranded")] == [TWO]


def test_judgement_alone(tmp_path):
    graph = made(tmp_path, weak_only)
    (found,) = kg.audit(graph).of("weak-only")
    assert found.kind == "interpreted"
    assert OBJECTIVE in found.message
    assert [f.node for f in kg.audit(graph).of("unlinked")] == [TWO]
    wide = kg.audit(graph, bases=ALL)
    assert [f.node for f in wide.of("weak-only")] == [TWO]
    assert not wide.of("unlinked")


def test_a_successor_that_is_served_too_is_enough(tmp_path):
    def both(parts):
        only_superseded(parts)
        parts["plans"]["plan"]["instrument"] = {"issued": "2013"}
        parts["plans"]["plan"]["links"].append(link(ONE, "supportsInstrument", "new"))

    (found,) = kg.audit(made(tmp_path, both)).of("only-superseded")
    assert found.node == TWO
    assert "superseded by new (new) of 2013" in found.message


def test_the_plan_does_not_serve_for_its_elements(tmp_path):
    """What supports the plan itself reaches the policy only through the plan's own link."""

    def plant(parts):
        unserved_policy(parts)
        parts["plans"]["plan"]["links"].append(link(ONE, "supportsInstrument", "plan"))

    assert [node for node, _, _ in of(tmp_path, "plan-draws-on-unserved", plant)] == ["plan"]

    def served(parts):
        plant(parts)
        parts["plans"]["plan"]["links"].append(link(TWO, "supportsInstrument", "policy"))

    assert of(tmp_path / "b", "plan-draws-on-unserved", served) == []


# --- single threads


def flat(tmp_path, rows):
    path = tmp_path / "plan.csv"
    path.write_text("id,level,text,serves,lead\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return [(f.node, f.kind) for f in kg.audit(kg.load(path)).of("single-thread")]


def test_single_threads_of_each_kind(tmp_path):
    goal, two = "o,Objective,x,,", ["u,Outcome,x,o,", "v,Outcome,x,o,"]
    assert flat(tmp_path, [goal, *two, "a,Action,x,u v,A"]) == [("o", "one-action")]
    assert flat(tmp_path, [goal, *two, "a,Action,x,u,A", "b,Action,x,v,B"]) == []
    assert flat(tmp_path, [goal, *two, "a,Action,x,u,A", "b,Action,x,u,B"]) == [
        ("o", "one-element")
    ]
    assert flat(tmp_path, [goal, *two, "a,Action,x,u,A", "b,Action,x,v,A"]) == [("o", "one-lead")]
    assert flat(tmp_path, [goal, *two, "a,Action,x,u,A", "b,Action,x,v,"]) == []
    assert flat(tmp_path, [goal, *two]) == []


def test_a_collective_beside_the_one_lead_is_no_second_lead(tmp_path):
    def one(parts, *groups):
        plan = without(parts, "links", lambda c: c["predicate"] != "ledBy")
        plan["links"] += [link(ONE, "ledBy", LEAD), link(TWO, "ledBy", LEAD)]
        plan["links"] += [link(TWO, "ledBy", group) for group in groups]

    assert [k for _, k, _ in of(tmp_path, "single-thread", one)] == ["one-lead"]
    beside = of(tmp_path / "b", "single-thread", lambda parts: one(parts, GROUP[0]))
    assert [k for _, k, _ in beside] == ["one-lead"]
    named = of(tmp_path / "c", "single-thread", lambda parts: one(parts, "the-council"))
    assert named == []


@st.composite
def webs(draw):
    """Draw links between a few nodes, circles and doubled links among them, and sources."""
    size = draw(st.integers(2, 7))
    pairs = draw(st.lists(st.tuples(*[st.integers(0, size - 1)] * 2), max_size=16))
    sources = draw(st.sets(st.integers(1, size - 1)))
    return size, pairs, sources


def table_of(size, pairs):
    builder = TableBuilder()
    for node in range(size):
        builder.node(f"n{node}", "Action")
    for place, (low, high) in enumerate(pairs):
        builder.link(low, "serves", high, 1, 0, place)
    table = builder.finish(flat=True)
    return table, Selection(table, table.tracing, 1)


def connected(pairs, sources, gone=None):
    """Tell whether a source still reaches node 0 by pairs, without one node."""
    seen = set(sources) - {gone}
    queue = deque(seen)
    while queue:
        node = queue.popleft()
        for low, high in pairs:
            if low == node and high != gone and high not in seen:
                seen.add(high)
                queue.append(high)
    return 0 in seen


@settings(deadline=None, max_examples=400)
@given(web=webs())
def test_cuts_are_what_brute_force_removes(web):
    size, pairs, sources = web
    table, links = table_of(size, pairs)
    found = cuts(links, 0, sources.__contains__)
    if not connected(pairs, sources):
        assert found is None
        return
    nodes_ = {n for n in range(1, size) if not connected(pairs, sources, gone=n)}
    assert set(found.nodes) == nodes_
    assert len(found.nodes) == len(nodes_)
    bridges = {
        place
        for place in range(len(pairs))
        if not connected(pairs[:place] + pairs[place + 1 :], sources)
    }
    assert {table.claim[link] for link in found.links} == bridges
    # Dominators, by another way: of node 0, seen from one source of all sources.
    view = nx.DiGraph([("start", source) for source in sources] + pairs)
    above = nx.immediate_dominators(view, "start")
    chain, node = [], above[0]
    while node != "start":
        chain.append(node)
        node = above[node]
    assert list(found.nodes) == chain


@settings(deadline=None, max_examples=200)
@given(web=webs(), seed=st.integers(0, 99))
def test_what_all_sources_share(web, seed):
    size, pairs, sources = web
    rng = random.Random(seed)
    leads = {n: rng.choice([None, 1, 1, 1, 2]) for n in range(size)}
    _, links = table_of(size, pairs)
    below = {n for n in sources if connected(pairs, {n})}
    values = {leads[n] for n in below}
    expected = values.pop() if len(values) == 1 else None
    assert shared_by_all(links, 0, sources.__contains__, leads.__getitem__) == expected


def test_an_ample_objective_costs_a_few_steps():
    """A hundred thousand actions below it are not looked at to see that it hangs on no one."""
    size = 100_000
    builder = TableBuilder()
    for node in range(size):
        builder.node(f"n{node}", "Action")
    for node in range(1, size):
        builder.link(node, "serves", 0, 1, 0, node)
    table = builder.finish(flat=True)
    asked = []

    def is_source(node):
        asked.append(node)
        return True

    found = cuts(Selection(table, table.tracing, 1), 0, is_source)
    assert found.nodes == ()
    assert len(asked) < 10


# --- the catalogue


def test_the_catalogue_is_complete_and_its_functions_exist():
    for rule in RULES.values():
        module, _, name = rule.found_by.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name)), rule.id
        assert rule.sentence.endswith(".")
        assert rule.fix.endswith(".")
        assert len(rule.why) > 20
        if rule.query:
            assert stored_query(rule.query)
    assert {row["rule"] for row in rule_table()} == set(RULES)


def test_every_function_speaks_only_for_its_rules(graph):
    from kg.checks.auditing import CHECKS

    context = Context(graph, kg.parse_bases("stated, inherited, inferred"))
    for rules, check in CHECKS:
        assert {f.rule for f in check(context)} <= rules
    spoken_for = set().union(*(rules for rules, _ in CHECKS), WRITTEN)
    rest = {"dangling-link", "self-link", "duplicate-id", "duplicate-link", "quotation-not-found"}
    assert spoken_for | rest | {"unreadable-row", "missing-id", "unknown-level"} == RULES.keys()


def test_findings_have_ids_of_their_own(report):
    assert len({f.id for f in report}) == len(report)


def test_pages_are_up_to_date():
    script = ROOT / ".ci" / "make_rules.py"
    done = subprocess.run(
        [sys.executable, str(script), "--check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_is_dated_and_facts(graph):
    assert is_dated(facts_of(graph, "dundee-2019/action/1", "Period"), ())
    assert finding("folded", "a", "m", graph.nodes["telford-2011"].origin).severity.word == "info"
