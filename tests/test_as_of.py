"""What counts on a day: worked out from the documents, planted, and by brute force."""

import csv
import io
import json
import shutil
from array import array
from contextlib import ExitStack, redirect_stdout
from datetime import date
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building.dated import dated_records
from kg.checks.reaching import orphans
from kg.cli import main
from kg.errors import BuildError, SettingsError
from kg.lineage.index import LineageIndex
from kg.lineage.succession import superseded_by
from kg.lineage.vectors import kept_columns
from kg.model.bases import Basis
from kg.model.dating import NOT_IN_FORCE, as_of, life
from kg.model.graph import KnowledgeGraph
from kg.model.levels import DELIVERY
from kg.model.records import Claim, Fact, Node
from kg.model.times import parse_day
from kg.resources import data_folder
from kg.store.dataset import open_store, read_store, run_query
from kg.store.index import write_index
from kg.store.quads import write_quads
from kg.store.rebuilding import rebuild
from kg.store.remote import value
from kg.store.stored_graph import read_index

NH, NHWMH = "new-horizons", "no-health-without-mental-health"
TELFORD = [f"telford-2011/action/{n}" for n in range(1, 45)]


def run(*arguments):
    shown = io.StringIO()
    with redirect_stdout(shown):
        assert main(list(arguments)) == 0
    return shown.getvalue()


# What the documents say ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("node", "day", "state"),
    [
        # bibliography.txt 5-6: New Horizons July 2009, its successor on 2 February 2011
        (NH, "2009-06-30", "not-yet"),
        (NH, "2010-06-01", "in-force"),
        (NH, "2011-02-01", "in-force"),
        (NH, "2011-02-02", "superseded"),
        (f"{NH}/theme/1", "2011-02-02", "superseded"),
        (NHWMH, "2011-02-01", "not-yet"),
        (f"{NHWMH}/objective/1", "2011-02-01", "not-yet"),
        (NHWMH, "2011-02-02", "in-force"),
        # bibliography.txt 7: the concordat of 18 February 2014
        ("crisis-concordat", "2013", "not-yet"),
        ("crisis-concordat", "2014-02-17", "not-yet"),
        ("crisis-concordat", "2014-02-18", "in-force"),
        # bibliography.txt 17: the Telford plan is of 2011, some day of it
        ("telford-2011/action/1", "2010-12-31", "not-yet"),
        ("telford-2011/action/1", "2011-01-01", "in-force"),
        # worcestershire-2009.txt 113-115: years 09/10 to 11/12
        ("worcestershire-2009", "2012-03-31", "in-force"),
        ("worcestershire-2009", "2012-04-01", "ended"),
        ("worcestershire-2009/activity/1", "2013", "ended"),
        # worcestershire-2009.txt 126 and 198: intention 1 by October 2010, 5 by April 2011
        ("worcestershire-2009/intention/1", "2010-10-31", "in-force"),
        ("worcestershire-2009/activity/1", "2010-10-31", "in-force"),
        ("worcestershire-2009/intention/5", "2011-04-30", "in-force"),
        ("worcestershire-2009/intention/5", "2011-05-01", "complete"),
        ("worcestershire-2009/activity/10", "2011-05-01", "complete"),
        # dundee-2019: one cluster by December 2019, all four by 2021; 18 units by early 2020,
        # and more from 2021 to 2024
        ("dundee-2019/action/1", "2020-06", "in-force"),
        ("dundee-2019/action/1", "2022-01-01", "complete"),
        ("dundee-2019/action/8", "2022-01-01", "in-force"),
        ("dundee-2019/action/4", "2024-12-31", "in-force"),
        ("dundee-2019/action/4", "2025-01-01", "ended"),
        # telford-2011: dual diagnosis workers by April 2011; a review in Autumn 2011
        ("telford-2011/milestone/8", "2011-04-30", "in-force"),
        ("telford-2011/milestone/8", "2011-05-01", "complete"),
        ("telford-2011/milestone/25", "2011-11-30", "in-force"),
        ("telford-2011/milestone/25", "2011-12-01", "complete"),
        ("telford-2011/milestone/12", "2015", "in-force"),
        # bibliography.txt 24-25: no primary care trust and no strategic health authority
        ("nhs-worcestershire", "2013-03-31", "in-force"),
        ("nhs-worcestershire", "2013-04-01", "ended"),
        ("wm-sha", "2013-04-01", "ended"),
        ("derby-ccg", "2013-04-01", "in-force"),
    ],
)
def test_what_stands_on_a_day(graph, node, day, state):
    assert life(graph, node, day).state == state


def test_the_marks_of_an_intention_are_its_time_too(graph):
    """Intention 1 is due by October 2010, and its third mark is in the year 10/11."""
    assert life(graph, "worcestershire-2009/intention/1", "2011-03-31").live
    assert life(graph, "worcestershire-2009/intention/1", "2011-04-01").state == "complete"
    assert life(graph, "worcestershire-2009/intention/6", "2010-11-01").state == "complete"


def test_no_telford_action_reaches_anything_before_the_strategy(graph):
    for day in ("2010-06-01", "2011-02-01"):
        index = LineageIndex(as_of(graph, day))
        assert not any(index.reached(action) for action in TELFORD)
    index = LineageIndex(as_of(graph, "2011-02-02"))
    whole = LineageIndex(graph)
    assert [index.reached(a) for a in TELFORD] == [whole.reached(a) for a in TELFORD]


def test_an_empty_answer_says_that_the_day_is_why(graph):
    dated = as_of(graph, "2011-02-01")
    (stop, *_) = kg.trace(dated, "telford-2011/action/1", to=f"{NHWMH}/objective/1").stops
    assert stop.reason.code == "not-yet"
    assert "2011-02-02" in stop.reason.sentence
    (stop, *_) = kg.trace(as_of(graph, "2010-06-01"), "telford-2011/action/1").stops
    assert (stop.reason.code, "2011-01-01" in stop.reason.sentence) == ("not-yet", True)


def test_targets_are_what_is_in_force(graph):
    before, after = as_of(graph, "2011-02-01"), as_of(graph, "2011-02-02")
    assert (NH in before.targets, NHWMH in before.targets) == (True, False)
    assert (NH in after.targets, NHWMH in after.targets) == (False, True)
    assert {f"{NHWMH}/objective/{n}" for n in range(1, 7)} <= set(after.targets)
    assert (before.lapsed, after.lapsed) == ((), (NH,))
    assert superseded_by(before) == {}
    assert superseded_by(after) == superseded_by(graph) == {NH: NHWMH}


def test_no_work_ends_in_new_horizons_at_any_time(graph):
    """Only the programme as a whole names it, and naming is not serving (lines 3-18)."""
    for day in ("2010-06-01", "2011-03-01"):
        dated = as_of(graph, day)
        assert not [row for row in kg.impact(dated, NH) if row["class"] in DELIVERY]
    assert [c.subject for c in dated.incoming[NH] if c.predicate == "cites"] == [
        "worcestershire-2009"
    ]


def test_the_audit_passes_over_what_does_not_count(graph):
    dated, ids = as_of(graph, "2013"), graph.table.ids
    found = {ids[number] for number in orphans(LineageIndex(dated))}
    whole = {ids[number] for number in orphans(LineageIndex(graph))}
    # Worcestershire has ended, Derby and Dundee come later: Telford alone is left, whose
    # actions all reach the strategy in force; its themes and outcomes are what they were.
    assert found == {name for name in whole if name.startswith("telford-2011/")}
    assert found
    assert not found & set(TELFORD)
    report = run("audit", "--as-of", "2013", "--fail-on", "never", "-f", "json")
    nodes = {row["node"] for row in json.loads(report) if row["rule"] != "empty-text"}
    assert {name.split("/")[0] for name in nodes} == {"telford-2011"}
    (remark,) = dated.remarks
    # 16 milestones of Telford are past their term; New Horizons has 8 themes.
    assert "16 complete" in remark
    assert "8 superseded" in remark


@pytest.mark.parametrize("day", ["2010-12-31", "2011-03", "2012-06", "2019-06", "2026-11-24"])
def test_a_day_never_makes_the_audit_say_that_something_is_missing(graph, day):
    """What has not begun or is over has lost its links for the day, and not its lead or money."""
    whole = {found.id for found in kg.audit(graph)}
    dated = as_of(graph, day)
    found = [
        f for f in kg.audit(dated) if f.rule not in ("unlinked", "stranded", "only-superseded")
    ]
    assert found
    assert {f.id for f in found} <= whole
    assert all(dated.live(dated.table.number[f.node]) for f in found)


def test_a_graph_without_dates_is_left_as_it_is(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("id,level,text,serves\no1,Objective,Good lives,\na1,Action,Act,o1\n")
    plain = kg.load(path)
    dated = as_of(plain, "1900")
    assert dated.table is plain.table
    assert dated.claims is plain.claims
    assert kg.matrix(dated) == kg.matrix(plain)
    assert kg.audit(dated).findings == kg.audit(plain).findings


# Days ---------------------------------------------------------------------------------------


def test_today_is_what_the_clock_says(monkeypatch, graph):
    assert parse_day("today", lambda: date(2011, 2, 1)) == "2011-02-01"
    for day, state in ((date(2011, 2, 1), "in-force"), (date(2011, 2, 2), "superseded")):
        monkeypatch.setattr("kg.model.times._today", lambda day=day: day)
        assert as_of(graph, "today").life(NH).state == state
        row = json.loads(run("trace", NH, "--as-of", "today", "-f", "json"))
        assert (row["as_of"], row["state"]) == (day.isoformat(), state)


@pytest.mark.parametrize(
    "text", ["", "2011-13", "2011-02-30", "2011-21", "11", "٢٠١١", "2011/2012", "0000", "now"]
)
def test_no_day(text):
    with pytest.raises(SettingsError) as caught:
        parse_day(text)
    assert caught.value.code == "day"
    assert main(["stats", "--as-of", text]) == 2


# A planted set ------------------------------------------------------------------------------

PLANTED = [
    # subject, predicate, object, quote, line, valid
    ("intention/1", "supportsInstrument", NH, "Led by: Public Health", "", ""),
    (
        "intention/5",
        "serves",
        f"{NH}/theme/1",
        "Implementation of Dementia Strategy (for more detail see Dementia Project plan",
        "",
        "",
    ),
    ("intention/12", "supportsInstrument", NH, "Theme 3", "", "../2010-12-31"),
]


def plant(folder, register, rows):
    """Add rows to a register, given by column."""
    path = folder / register
    with path.open(newline="", encoding="utf-8") as stream:
        old = list(csv.DictReader(stream))
    columns = list(dict.fromkeys([*old[0], *(name for row in rows for name in row)]))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows([*old, *rows])


def copy(folder):
    shutil.copytree(data_folder(), folder)
    return folder


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    folder = copy(tmp_path_factory.mktemp("planted") / "data")
    text = (folder / "sources/worcestershire-2009.txt").read_text(encoding="utf-8").splitlines()
    rows = []
    for subject, predicate, target, quote, line, valid in PLANTED:
        first = next((n for n, words in enumerate(text, 1) if quote.split(" (")[0] in words), "")
        rows.append(
            {
                "subject": f"worcestershire-2009/{subject}",
                "predicate": predicate,
                "object": target,
                "basis": "stated",
                "quote": quote.split(" (")[0],
                "line": line or str(first),
                "decision": "accepted",
                "valid": valid,
            }
        )
    plant(folder, "registers/worcestershire-2009/links.csv", rows)
    home = folder.parent / "home"
    kg.build(folder, home, shapes=False)
    return folder, home


def work(graph, day):
    """Return the live work that ends in New Horizons."""
    dated = as_of(graph, day)
    return {
        row["node"].removeprefix("worcestershire-2009/")
        for row in kg.impact(dated, NH)
        if row["class"] in DELIVERY
    }


def test_which_live_actions_still_end_in_new_horizons(planted):
    graph = kg.load(planted[1])
    assert work(graph, "2010-06-01") == {"intention/1", "intention/5", "intention/12"}
    # The last link is valid until the end of 2010.
    assert work(graph, "2011-03-01") == {"intention/1", "intention/5"}
    # Intention 1 is over with the year 10/11, intention 5 with April 2011.
    assert work(graph, "2011-04-01") == {"intention/5"}
    assert work(graph, "2011-05-01") == set()
    out = run("impact", NH, "-g", str(planted[1]), "--as-of", "2011-04-01", "-f", "jsonl")
    assert "worcestershire-2009/intention/5" in out
    assert "worcestershire-2009/intention/1" not in out


@pytest.mark.parametrize("day", ["2010-06-01", "2011-03-01", "2011-04-01", "2011-05-01"])
def test_the_audit_says_what_reaches_only_what_was_superseded_by_the_day(planted, day):
    report = kg.audit(kg.load(planted[1], as_of=day))
    found = {f.node for f in report.of("only-superseded")}
    ends = work(kg.load(planted[1]), day) if day > "2011-02" else set()
    assert {name.removeprefix("worcestershire-2009/") for name in found} >= ends
    assert bool(found) == bool(ends)
    asked = kg.query("audit/only-superseded", path=planted[1], as_of=day)
    assert found == {row["node"] for row in asked}
    # Such work is an orphan of the day, and that is why; its document has not become silent.
    stranded = {f.node: f for f in report.of("stranded")}
    for name in ends:
        said = stranded[f"worcestershire-2009/{name}"]
        assert said.kind == "superseded"
        assert f"was superseded by {NHWMH} on 2011-02-02" in said.message


def test_a_chain_to_a_superseded_instrument_is_shown_as_such(planted):
    dated = kg.load(planted[1], as_of="2011-03-01")
    found = kg.trace(dated, "worcestershire-2009/intention/5")
    assert not found.paths
    assert [path.target for path in found.lapsed] == [NH]
    assert found.lapsed[0].hops[0].rule == "r2"
    before = kg.trace(as_of(dated, "2011-02-01"), "worcestershire-2009/intention/5")
    assert ([path.target for path in before.paths], before.lapsed) == ([NH], ())
    home = str(planted[1])
    said = run("trace", "worcestershire-2009/intention/5", "-g", home, "--as-of", "2011-03")
    assert f"{NH} was superseded by {NHWMH} on 2011-02-02" in said
    row = json.loads(
        run("trace", "worcestershire-2009/intention/5", "-g", home, "--as-of=2011-03", "-f", "json")
    )
    (lapsed,) = row["lapsed"]
    assert (lapsed["state"], lapsed["since"], lapsed["by"]) == ("superseded", "2011-02-02", NHWMH)


def test_a_day_means_the_same_wherever_the_graph_comes_from(planted):
    """From registers, from a release, and put together again from its triples."""
    folder, home = planted
    ways = [kg.load(folder), kg.load(home)]
    triples = read_store(next(home.rglob("lineage.nq")))
    ways.append(rebuild((value(s), value(p), value(o)) for s, p, o, _ in triples))
    assert sum(bool(claim.valid) for claim in ways[2].claims) == 1
    assert ways[2].nodes["nhs-worcestershire"].valid == "../2013-03-31"
    for day in ("2009-01", "2010-06-01", "2011-02-02", "2011-04-01", "2013-04-01", "2020"):
        dated = [as_of(graph, day) for graph in ways]
        fallen = [{c.id for c in d.claims if c.decision == NOT_IN_FORCE} for d in dated]
        assert fallen[0] == fallen[1] == fallen[2]
        assert fallen[0]
        lives = [[d.life(name) for name in sorted(d.nodes)] for d in dated]
        assert lives[0] == lives[1] == lives[2]
        assert dated[0].targets == dated[1].targets == dated[2].targets


def test_queries_and_exports_leave_out_what_is_not_in_force(planted, tmp_path):
    home = str(planted[1])
    text = "ASK { ?work <https://w3id.org/policy-lineage/ns#tracesTo> <%s> }" % (
        "https://w3id.org/policy-lineage/id/" + NH
    )
    asked = tmp_path / "q.rq"
    asked.write_text(text)
    answers = {
        day: run("query", str(asked), "-g", home, "--as-of", day).split()[-1]
        for day in ("2010-06-01", "2011-04-01", "2011-05-01")
    }
    assert list(answers.values()) == ["true", "true", "false"]
    assert run("query", str(asked), "-g", home).split()[-1] == "true"
    questions = [
        len(kg.query("superseded-targets", path=home, as_of=day))
        for day in ("2011-02-01", "2011-04-01", "2013")
    ]
    # Of what is left in April 2011: the programme names it, intention 5 serves and supports it.
    assert questions[0] == 0
    assert questions[1] > questions[2] == 0
    target = tmp_path / "out.nq"
    run("export", "-o", str(target), "-g", home, "--as-of", "2011-05-01")
    assert NOT_IN_FORCE not in target.read_text()
    assert f"/id/{NHWMH}/objective/1>" in target.read_text()


def test_other_commands_know_the_day(graph):
    stats = kg.stats(as_of(graph, "2010-06-01"))
    plans = {row["instrument"] for row in stats if row["class"] == "Action"}
    assert plans == set(), "Telford, Derby and Dundee come later; Worcestershire has intentions"
    rows = {
        r["node"]: r["state"]
        for r in json.loads(run("search", "crisis concordat", "--as-of", "2013", "-f", "json"))
    }
    assert rows["crisis-concordat"] == "not-yet"
    shown = run("show", NH, "--as-of", "2012", "-f", "tsv")
    assert f"on 2012-12-31\tsuperseded\tit was superseded by {NHWMH} on 2011-02-02" in shown
    counts = run("matrix", "--as-of", "2011-02-01", "--to", NHWMH, "--count", "-f", "json")
    assert [row["rows"] for row in json.loads(counts)] == [0] * 6
    counts = run("matrix", "--as-of", "2011-03", "--to", NHWMH, "--count", "-f", "json")
    # modelling of the plan: stated and inherited rows of objectives 1 to 6
    assert [row["rows"] for row in json.loads(counts)] == [10, 8, 4, 16, 3, 3]
    assert "no-health" not in run("matrix", "--as-of", "2010-06-01", "--count")


@pytest.mark.parametrize(
    ("register", "row", "code", "words"),
    [
        (
            "bodies.csv",
            {
                "id": "x",
                "label": "X",
                "class": "Organization",
                "quote": "NHS Worcestershire",
                "document": "worcestershire-2009",
                "line": "18",
                "valid": "../2013",
            },
            "empty-cell",
            "needs its source",
        ),
        (
            "instruments.csv",
            {
                "id": "x",
                "title": "X",
                "kind": "plan",
                "quote": "QIPPP and BOLD",
                "document": "worcestershire-2009",
                "valid": "2013/2011",
                "source_quote": "Ends of bodies.",
            },
            "malformed-cell",
            "no day is first or last",
        ),
        (
            "registers/worcestershire-2009/links.csv",
            {
                "subject": "worcestershire-2009",
                "predicate": "drawsOn",
                "object": NH,
                "basis": "stated",
                "quote": "QIPPP and BOLD",
                "decision": "accepted",
                "valid": "2011-13",
            },
            "malformed-cell",
            "no day is first or last",
        ),
    ],
)
def test_a_faulty_validity_fails_the_build(tmp_path, register, row, code, words):
    folder = copy(tmp_path / "data")
    plant(folder, register, [row])
    with pytest.raises(BuildError) as caught:
        kg.load(folder)
    (error,) = caught.value.errors
    assert (error.code, words in error.message, str(error.place).split(":")[0]) == (
        code,
        True,
        register,
    )


# By brute force -----------------------------------------------------------------------------

DAYS = ["2009-12-31", "2010-01-01", "2010-03-15", "2010-04-01", "2010-12-31", "2011-01-01"]
DATES = {  # words: first day, the last day on which it may begin, last day
    "": ("", "", ""),
    "2010": ("2010-01-01", "2010-12-31", "2010-12-31"),
    "2010-03": ("2010-03-01", "2010-03-31", "2010-03-31"),
    "2010-03-15": ("2010-03-15", "2010-03-15", "2010-03-15"),
    "../2010-03": ("", "", "2010-03-31"),
    "2010-04-01/..": ("2010-04-01", "2010-04-01", ""),
    "2009/2010-03-15": ("2009-01-01", "2009-12-31", "2010-03-15"),
}
ISSUED = ["", "2010", "2010-03", "2010-03-15"]
DUE = ("Action", "Activity", "Milestone")


@st.composite
def dated_graphs(draw):
    plans = [f"i{n}" for n in range(draw(st.integers(1, 4)))]
    nodes = {
        name: Node(
            name,
            "Instrument",
            name,
            level=draw(st.sampled_from(["national", "local"])),
            issued=draw(st.sampled_from(ISSUED)),
            valid=draw(st.sampled_from(list(DATES))),
        )
        for name in plans
    }
    for n in range(draw(st.integers(0, 6))):
        cls = draw(st.sampled_from(["Objective", "Priority", *DUE]))
        owner = draw(st.sampled_from(plans))
        nodes[f"e{n}"] = Node(f"e{n}", cls, f"e{n}", instrument=owner)
    names = list(nodes)
    claims, some = [], st.sampled_from(names)
    for n in range(draw(st.integers(0, 10))):
        predicate = draw(st.sampled_from(["serves", "supportsInstrument", "partOf", "supersedes"]))
        ends = st.sampled_from(plans) if predicate == "supersedes" else some
        subject, target = draw(ends), draw(ends)
        claims.append(
            Claim(
                f"c{n}",
                subject,
                predicate,
                target,
                Basis.STATED,
                decision=draw(st.sampled_from(["accepted", "accepted", "rejected"])),
                valid=draw(st.sampled_from(["", "", *DATES])),
            )
        )
    for n in range(draw(st.integers(0, 3)) if claims else 0):
        premises = draw(st.lists(st.sampled_from(claims), min_size=1, max_size=2))
        if all(claim.accepted for claim in premises):
            claims.append(
                Claim(
                    f"r{n}",
                    draw(some),
                    "contributesTo",
                    draw(some),
                    Basis.INFERRED,
                    rule="r3",
                    premises=tuple(claim.id for claim in premises),
                    support=frozenset({Basis.STATED}),
                )
            )
    roles = st.sampled_from(["complete", "timescale", "start", "covers", "event"])
    facts = tuple(
        Fact(
            f"f{n}",
            "Period",
            draw(some),
            {"role": draw(roles), "edtf": draw(st.sampled_from(list(DATES)))},
        )
        for n in range(draw(st.integers(0, 6)))
    )
    return KnowledgeGraph(nodes, tuple(claims), facts)


class Plainly:
    """What counts on a day, by the words of docs/explanation/time.md, and by no clever way."""

    def __init__(self, graph, day):
        self.graph, self.day = graph, day
        self.states = {n.id: self.whole(n) for n in graph.nodes.values() if n.cls == "Instrument"}
        for node in graph.nodes.values():
            if node.instrument:
                self.states[node.id] = self.states[node.instrument]
        self.dues = {name: self.times(name) for name in graph.nodes}
        for name, times in self.dues.items():
            terms = [DATES[period["edtf"]][2] for period in times]
            due = any(period["role"] == "complete" for period in times)
            if due and all(terms) and max(terms) < day and self.states[name] == "in-force":
                self.states[name] = "complete"
        while any(self.share(name) for name in graph.nodes):
            pass

    def admitted(self, words):
        first, _, last = DATES[words]
        return (not first or first <= self.day) and (not last or self.day <= last)

    def begins(self, node):
        return DATES[node.valid if DATES[node.valid][0] else node.issued]

    def whole(self, node):
        if self.begins(node)[0] > self.day:
            return "not-yet"
        if any(self.happened(c) for c in self.graph.claims if c.object == node.id):
            return "superseded"
        covers = [
            DATES[f["edtf"]][2]
            for f in self.graph.facts
            if f.subject == node.id and f["role"] == "covers"
        ]
        end = DATES[node.valid][2] or (max(covers) if covers and all(covers) else "")
        return "ended" if end and end < self.day else "in-force"

    def happened(self, claim):
        if claim.predicate != "supersedes" or not claim.accepted or not self.admitted(claim.valid):
            return False
        first, sure, _ = self.begins(self.graph.nodes[claim.subject])
        return (sure or first) <= self.day

    def times(self, name):
        if self.graph.nodes[name].cls not in DUE:
            return []
        roles = ("complete", "timescale", "start")
        return [f for f in self.graph.facts if f.subject == name and f["role"] in roles]

    def share(self, name):
        """Let a part without times be due with its wholes."""
        cls = {n.id: n.cls for n in self.graph.nodes.values()}
        wholes = [
            self.states[c.object]
            for c in self.graph.claims
            if c.subject == name and c.predicate == "partOf" and c.accepted and cls[c.object] in DUE
        ]
        if cls[name] not in DUE or self.dues[name] or self.states[name] != "in-force":
            return False
        if "complete" not in wholes or {"in-force", "not-yet"} & set(wholes):
            return False
        self.states[name] = "complete"
        return True

    def holds(self, claim):
        if not self.alone(claim):
            return False
        by_id = {c.id: c for c in self.graph.claims}
        return all(
            self.holds(p)
            or any(
                self.alone(other)
                for other in self.graph.claims
                if other.accepted
                and p.basis is Basis.STATED
                and (other.subject, other.predicate, other.object, other.basis)
                == (p.subject, p.predicate, p.object, p.basis)
            )
            for p in map(by_id.get, claim.premises)
        )

    def alone(self, claim):
        if not self.admitted(claim.valid) or self.states[claim.object] == "not-yet":
            return False
        if claim.predicate == "supersedes":
            return self.happened(claim)
        return self.states[claim.subject] == "in-force"

    def targets(self):
        nodes = self.graph.nodes
        return {
            n.id
            for n in nodes.values()
            if self.states[n.id] == "in-force"
            and (
                n.level == "national"
                or (n.cls == "Objective" and nodes[n.instrument].level == "national")
            )
        }

    def reach(self):
        steps = {"serves", "supportsInstrument", "contributesTo"}
        links = [c for c in self.graph.claims if c.accepted and c.predicate in steps]
        links = [c for c in links if self.holds(c)]
        found = {name: set() for name in self.graph.nodes}
        for _ in self.graph.nodes:
            for c in links:
                found[c.subject] |= {c.object} | found[c.object]
        return found


@settings(max_examples=150, deadline=None)
@given(dated_graphs(), st.sampled_from(DAYS))
def test_a_day_is_what_brute_force_says(tmp_path_factory, graph, day):
    plainly = Plainly(graph, day)
    path = tmp_path_factory.mktemp("index") / "lineage.index"
    write_index(path, graph)
    reach, targets = plainly.reach(), plainly.targets()
    for given_ in (graph, read_index(path)):
        dated = as_of(given_, day)
        assert {name: dated.life(name).state for name in graph.nodes} == plainly.states
        holding = [plainly.holds(claim) for claim in graph.claims if claim.accepted]
        assert [c.accepted for c in dated.claims if c.decision != "rejected"] == holding
        assert set(dated.targets) == targets
        for large in (False, True):
            with ExitStack() as stack:
                if large:
                    stack.enter_context(patch("kg.lineage.reach.SMALL", -1))
                index = LineageIndex(dated)
                for name in graph.nodes:
                    assert set(index.reached(name)) - {name} == reach[name] & targets - {name}
                    one = LineageIndex(dated, start=name)
                    assert set(one.reached(name)) - {name} == reach[name] & targets - {name}


@settings(max_examples=40, deadline=None)
@given(dated_graphs(), st.sampled_from(DAYS))
def test_sparql_over_a_day_is_what_brute_force_says(graph, day):
    reach = Plainly(graph, day).reach()
    store = open_store(write_quads(dated_records(as_of(graph, day))))
    text = "SELECT ?a ?b WHERE { ?a <https://w3id.org/policy-lineage/ns#tracesTo> ?b }"
    pairs = {tuple(value(term).rsplit("/", 1)[1] for term in row) for row in run_query(store, text)}
    expected = {(a, b) for a, ends in reach.items() for b in ends if a != b}
    assert pairs == expected


class Kept(KnowledgeGraph):
    """A graph that keeps what a release of a large one keeps."""

    @property
    def stored(self):
        return {
            name: array(code, content.ravel().tolist() if len(content) else [])
            for name, (code, content) in kept_columns(self.table).items()
        }


def test_what_a_release_keeps_for_all_times_is_not_used_for_a_day(monkeypatch):
    monkeypatch.setattr("kg.lineage.reach.SMALL", -1)
    nodes = {
        "old": Node("old", "Instrument", "old", level="national"),
        "new": Node("new", "Instrument", "new", level="national", issued="2011-02-02"),
        "plan": Node("plan", "Instrument", "plan", level="local"),
        "act": Node("act", "Action", "act", instrument="plan"),
    }
    claims = (
        Claim("1", "act", "supportsInstrument", "old", Basis.STATED),
        Claim("2", "act", "supportsInstrument", "new", Basis.STATED),
        Claim("3", "new", "supersedes", "old", Basis.STATED),
    )
    graph = Kept(nodes, claims)
    assert LineageIndex(graph).reached("act") == ["old", "new"]
    assert LineageIndex(as_of(graph, "2010")).reached("act") == ["old"]
    assert LineageIndex(as_of(graph, "2012")).reached("act") == ["new"]


def test_supersession_lasts_when_the_successor_has_gone_too():
    nodes = {
        name: Node(name, "Instrument", name, level="national", issued=issued)
        for name, issued in (("a", "2001"), ("b", "2005-05-05"), ("c", "2009"))
    }
    claims = (
        Claim("1", "b", "supersedes", "a", Basis.STATED),
        Claim("2", "c", "supersedes", "b", Basis.STATED),
    )
    dated = as_of(KnowledgeGraph(nodes, claims), "2010")
    assert dated.targets == ("c",)
    assert superseded_by(dated) == {"a": "b", "b": "c"}
    # In the year in which the third one came, the second may still be in force.
    assert as_of(dated, "2009-06").targets == ("b", "c")


def test_what_rests_on_a_link_that_is_asserted_again_holds_on():
    nodes = {name: Node(name, "Instrument", name, level="national") for name in "abc"}
    claims = (
        Claim("1", "a", "serves", "b", Basis.STATED, valid="../2010"),
        Claim("2", "a", "serves", "b", Basis.STATED, valid="2011-03/2011-06"),
        Claim("3", "a", "serves", "b", Basis.INTERPRETED, valid="../2012"),
        Claim("4", "a", "contributesTo", "c", Basis.INFERRED, rule="r3", premises=("1",)),
    )
    graph = KnowledgeGraph(nodes, claims)
    for day, holds in (("2010", True), ("2011-01", False), ("2011-04", True), ("2012", False)):
        assert as_of(graph, day).claim["4"].accepted is holds
        assert [c.id for c in as_of(graph, day).outgoing.get("a", ())].count("4") == holds
