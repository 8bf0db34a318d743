"""Decisions on links: what is written, what is refused, and what of it the graph says."""

import csv
import dataclasses
import io
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from register_sets import write_data

import kg
from kg.building import curation
from kg.building.build import build, read_graph, run_build, survey
from kg.cli import main
from kg.errors import KgError
from kg.model.bases import Basis
from kg.registers.editing import insert_row
from kg.registers.tables import read_rows
from kg.resources import data_folder
from kg.store.dataset import read_store
from kg.store.locking import alone
from kg.store.rebuilding import rebuild

STIGMA = "no-health-without-mental-health/objective/6"
ACTION = "telford-2011/action/4"
SERVES = (ACTION, "servesPrimarily", STIGMA)
WHO = {"by": "Ann Other", "reason": "The cell says something else."}
TODAY = date(2027, 3, 1)
CAMPAIGN = {
    # Line 58 of the document: "… campaigns such as Time to Change."
    "quote": "supporting national and local 'reducing stigma' campaigns such as Time to Change",
    "basis": "interpreted",
    "rationale": "to support a campaign is to support what it is the campaign of",
    "confidence": "0.6",
}


@pytest.fixture
def data(tmp_path):
    return shutil.copytree(data_folder(), tmp_path / "data")


def contents(folder):
    return {p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def register(data, plan, table):
    return data / "registers" / plan / f"{table}.csv"


def decide(data, claim, decision, **more):
    return kg.decide_claim(data, claim, decision, **{**WHO, "today": TODAY, **more})


def add(data, *link, **more):
    return kg.add_claim(data, *link, **{**WHO, "today": TODAY, **more})


def held(graph, link, basis="stated"):
    found = [c for c in graph.claims_from(link[0]) if c.predicate == link[1]]
    (claim,) = [c for c in found if c.object == link[2] and c.basis.word == basis]
    return claim


def asserted(graph):
    return {(c.id, c.decision) for c in graph.claims if not c.rule}


# --- rejecting and accepting ----------------------------------------------------------------


def test_what_would_strand_an_item_is_not_written_unless_forced(data):
    before = contents(data)
    with pytest.raises(KgError) as caught:
        decide(data, SERVES, "rejected")
    assert caught.value.code == "edit-strands"
    assert ACTION in caught.value.message
    assert contents(data) == before
    edit = decide(data, SERVES, "rejected", dry_run=True)
    assert not edit.written
    assert edit.stranded == (ACTION,)
    assert contents(data) == before
    assert decide(data, SERVES, "rejected", force=True).written
    after = contents(data)
    changed = {name.as_posix() for name in after if after[name] != before.get(name)}
    assert changed == {"registers/telford-2011/decisions.csv", "datapackage.json"}
    assert set(before) <= set(after)


def test_an_orphan_of_a_rejection_is_not_said_to_be_one_of_silence(data):
    """Lines 58-64 state the objective; that somebody rejected the link is why it reaches none."""
    decide(data, SERVES, "rejected", force=True)
    graph = kg.load(data)
    (found,) = (f for f in kg.audit(graph, rules=["stranded"]) if f.node == ACTION)
    assert found.kind == "rejected"
    assert "was rejected by Ann Other on 2027-03-01: The cell says something else." in found.message
    assert "no document says" not in found.message
    assert kg.why_not(graph, ACTION, STIGMA).reason.code == "rejected"
    # Of another target nobody ever read a link.
    assert kg.why_not(graph, ACTION, "new-horizons").reason.code == "not-stated"


def test_a_rejection_stays_when_it_is_overruled(data, tmp_path, graph, capsys):
    home = tmp_path / "home"
    build(data, home, shapes=False)
    decide(data, SERVES, "rejected", on="2027-01-05", force=True)
    rejected = kg.load(run_build(data, home, shapes=False).release.folder.parent)
    assert kg.trace(rejected, ACTION).tier != 1
    orphans = {f.node for f in kg.audit(rejected, rules=["unlinked", "stranded"])}
    assert orphans - {f.node for f in kg.audit(graph, rules=["unlinked", "stranded"])} == {ACTION}
    assert not [c for c in rejected.claims if c.rule and held(rejected, SERVES).id in c.premises]
    reason = "It does: line 62 of the plan."
    decide(data, SERVES, "accepted", by="Bo Other", reason=reason, on="2027-02-01")
    again = run_build(data, home, shapes=False)
    assert again.read == ("telford-2011",)
    found = kg.load(home)
    assert asserted(found) == asserted(graph)
    assert kg.trace(found, ACTION).paths[0].target == STIGMA
    claim = held(found, SERVES)
    assert [(d.decision, d.by, d.on, d.reason) for d in claim.decisions] == [
        ("accepted", "The policy lineage editors", "2026-11-24", ""),
        ("rejected", "Ann Other", "2027-01-05", WHO["reason"]),
        ("accepted", "Bo Other", "2027-02-01", reason),
    ]
    assert str(claim.decisions[1].origin) == "registers/telford-2011/decisions.csv:2:1"
    assert main(["show", ACTION, "-g", str(home), "-f", "tsv"]) == 0
    assert f"by Ann Other on 2027-01-05: {WHO['reason']}" in capsys.readouterr().out
    asked = kg.query("decisions-on-links", {"thing": ACTION}, home)
    history = [row for row in asked if row["by"]]
    words = [row["decided"].rpartition("#")[2].rpartition(":")[2] for row in history]
    assert words == ["accepted", "rejected", "accepted"]


def test_what_is_built_of_decisions_is_the_same_in_every_way(data, tmp_path):
    home = tmp_path / "home"
    build(data, home, shapes=False)
    decide(data, SERVES, "rejected", force=True)
    add(data, ACTION, "supportsInstrument", "time-to-change", **CAMPAIGN)
    run_build(data, home, shapes=False)
    fresh = build(data, tmp_path / "fresh", shapes=False)
    for name in ("lineage.index", "lineage.nq"):
        one, two = ((home / fresh.name / name).read_bytes(), (fresh.folder / name).read_bytes())
        assert one == two
    here, direct = kg.load(home), read_graph(data)
    assert list(here.claims) == list(direct.claims)
    quads = read_store(fresh.quads)
    again = rebuild((q.subject.value, q.predicate.value, q.object.value) for q in quads)
    assert list(again.claims) == list(here.claims)
    # Without the register of decisions nothing counts that nobody answers for.
    register(data, "telford-2011", "decisions").unlink()
    without = kg.load(run_build(data, home, shapes=False).release.folder.parent)
    assert held(without, SERVES).decision == "accepted"
    campaign = (ACTION, "supportsInstrument", "time-to-change")
    assert held(without, campaign, "interpreted").decision == "open"


OPEN = (
    ("telford-2011/action/19", "fundedFrom", "wm-sha-non-recurring-funding"),
    ("worcestershire-2009/intention/6", "supportsInstrument", "iapt"),
    ("worcestershire-2009/activity/48", "supportsInstrument", "worcestershire-dementia-strategy"),
    ("worcestershire-2009/intention/19", "fundedFrom", "worcestershire-placement-budget"),
)


def test_the_four_open_links_are_listed(capsys):
    assert main(["claim", "list", "--open", "-f", "tsv"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()[1:]]
    assert {tuple(row[1:4]) for row in rows} == set(OPEN)
    assert {row[5] for row in rows} == {"open"}
    assert {row[7] for row in rows} == {"The policy lineage editors"}


def test_an_open_link_counts_once_somebody_accepts_it(data, graph):
    link = OPEN[1]
    assert kg.trace(graph, link[0]).tier == 2
    edit = decide(data, held(graph, link).id[:6], "accepted")
    assert [c.decision for c in edit.claims] == ["accepted"]
    assert edit.stranded == ()
    after = read_graph(data)
    assert "iapt" in {path.target for path in kg.trace(after, link[0]).paths}
    assert asserted(after) ^ asserted(graph) == {
        (held(graph, link).id, "open"),
        (held(graph, link).id, "accepted"),
    }
    claim = held(after, link)
    assert claim.by == "policy-lineage-editors"
    assert [d.decision for d in claim.decisions] == ["open", "accepted"]


# --- adding ---------------------------------------------------------------------------------


def test_an_added_link_is_that_of_who_added_it(data, graph):
    link = (ACTION, "supportsInstrument", "time-to-change")
    before = register(data, "telford-2011", "links").read_bytes().splitlines(keepends=True)
    edit = add(data, *link, **CAMPAIGN, on="2027-02-28")
    assert edit.files == (
        "registers/telford-2011/links.csv",
        "registers/telford-2011/decisions.csv",
    )
    after = register(data, "telford-2011", "links").read_bytes().splitlines(keepends=True)
    (new,) = [line for line in after if line not in before]
    place = after.index(new)
    assert after[:place] + after[place + 1 :] == before
    assert after[place - 1].startswith(ACTION.encode() + b",")
    assert not after[place + 1].startswith(ACTION.encode() + b",")
    found = read_graph(data)
    claim = held(found, link, "interpreted")
    assert (claim.by, claim.on, claim.decision) == ("Ann Other", "2027-02-28", "accepted")
    assert claim.rationale == CAMPAIGN["rationale"]
    # The row of the action, and the words that are quoted: both stand on line 58.
    assert [p.lines for p in claim.evidence] == ["58", "58"]
    assert [d.decision for d in claim.decisions] == ["added"]
    assert asserted(found) - asserted(graph) == {(claim.id, "accepted")}
    paths = kg.trace(found, ACTION, bases=kg.parse_bases("all")).paths
    assert "time-to-change" in {path.target for path in paths}
    assert "time-to-change" not in {path.target for path in kg.trace(found, ACTION).paths}
    rejected = decide(data, claim.id, "rejected", by="Bo Other")
    assert [d.by for d in rejected.claims[0].decisions] == ["Ann Other", "Bo Other"]
    with pytest.raises(KgError) as caught:
        add(data, *link, **CAMPAIGN)
    assert caught.value.code == "link-rejected"


STATED = {"basis": "stated", "quote": "Tackle the stigma and discrimination experienced"}
NATIONAL = "no-health-without-mental-health"
REFUSED = {
    "an invented quotation": (
        (ACTION, "supportsInstrument", "time-to-change"),
        {**CAMPAIGN, "quote": "supporting Time to Change in every school"},
        "quotation-not-found",
    ),
    "words that stand at several places": (
        (ACTION, "supportsInstrument", "time-to-change"),
        {**CAMPAIGN, "quote": "More people will have good mental health"},
        "quotation-ambiguous",
    ),
    "an unknown end": ((ACTION, "serves", f"{NATIONAL}/objective/7"), STATED, "unknown-node"),
    "an unknown kind of link": ((ACTION, "helps", STIGMA), STATED, "unknown-code"),
    "a succession": ((NATIONAL, "supersedes", "new-horizons"), STATED, "unknown-code"),
    "an unknown document": (
        (ACTION, "serves", STIGMA),
        {**STATED, "document": "telford-2012"},
        "unknown-id",
    ),
    "a border": (
        # Scotland does not serve an objective for England; its own words are quoted.
        ("dundee-2019/action/18", "serves", STIGMA),
        {"basis": "stated", "quote": "peer recovery support model"},
        "jurisdiction",
    ),
    "a later policy": (
        # The programme is of 2009, the strategy of 2011.
        ("worcestershire-2009/intention/6", "supportsInstrument", NATIONAL),
        {"basis": "stated", "quote": "see IAPT work programme and dashboard"},
        "anachronism",
    ),
    "the wrong way down": (
        ("telford-2011/outcome/8", "contributesTo", "telford-2011/action/19"),
        {"basis": "stated", "quote": "One year pilot project to be explored"},
        "wrong-direction",
    ),
    "the same once more": (
        SERVES,
        {
            "basis": "stated",
            "quote": "Primary National Objective | "
            "Objective 6 Fewer people will experience stigma and discrimination",
            "line": "- | 62",
        },
        "duplicate-link",
    ),
    "no reason": ((ACTION, "serves", STIGMA), {**STATED, "reason": "  "}, "empty-cell"),
    "nobody": ((ACTION, "serves", STIGMA), {**STATED, "by": "4 2"}, "empty-cell"),
    "a name on two lines": ((ACTION, "serves", STIGMA), {**STATED, "by": "A\nB"}, "malformed-cell"),
    "a day to come": (
        (ACTION, "serves", STIGMA),
        {**STATED, "on": "2027-03-02"},
        "malformed-cell",
    ),
    "a day that is none": (
        (ACTION, "serves", STIGMA),
        {**STATED, "on": "2027-02-30"},
        "malformed-cell",
    ),
    "a judgement without a reason": (
        (ACTION, "serves", STIGMA),
        {**STATED, "basis": "interpreted"},
        "empty-cell",
    ),
    "a confidence in what is stated": (
        (ACTION, "serves", STIGMA),
        {**STATED, "rationale": "I think so", "confidence": "1"},
        "malformed-cell",
    ),
    "a confidence that is none": (
        (ACTION, "supportsInstrument", "time-to-change"),
        {**CAMPAIGN, "confidence": "60%"},
        "malformed-cell",
    ),
    "a suggestion": ((ACTION, "serves", STIGMA), {**STATED, "basis": "suggested"}, "unknown-code"),
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return shutil.copytree(data_folder(), tmp_path_factory.mktemp("claims") / "data")


def codes(error):
    return {found.code for found in getattr(error, "errors", [error])}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name, shared):
    link, more, code = REFUSED[name]
    before = contents(shared)
    with pytest.raises(KgError) as caught:
        add(shared, *link, **more)
    assert code in codes(caught.value)
    assert caught.value.hint or getattr(caught.value, "errors", ())
    assert contents(shared) == before


def test_decisions_that_are_none(shared, graph):
    before = contents(shared)
    inferred = next(c for c in graph.claims if c.rule == "r2")
    succession = next(c for c in graph.claims if c.predicate == "supersedes")
    for claim, decision, more, code in (
        (SERVES, "accepted", {}, "already-decided"),
        (SERVES, "rejected", {"confidence": "0.5", "force": True}, "malformed-cell"),
        (inferred.id, "rejected", {}, "claim-inferred"),
        (succession.id, "rejected", {}, "claim-elsewhere"),
        ("000000", "rejected", {}, "unknown-claim"),
        ("abc", "rejected", {}, "unknown-claim"),
        ((ACTION, "serves"), "rejected", {}, "unknown-claim"),
        ((ACTION, "ledBy", "nobody-at-all"), "rejected", {}, "unknown-node"),
    ):
        with pytest.raises(KgError) as caught:
            decide(shared, claim, decision, **more)
        assert caught.value.code == code, claim
    assert contents(shared) == before


def test_a_decision_cannot_come_before_the_last_one(data):
    decide(data, OPEN[0], "accepted", on="2027-02-01")
    with pytest.raises(KgError) as caught:
        decide(data, OPEN[0], "rejected", on="2027-01-31")
    assert "2027-02-01" in caught.value.message


def test_the_beginning_of_several_ids_is_ambiguous(graph):
    from kg.building.finding import find_claim

    one = next(iter(graph.claims))
    twin = dataclasses.replace(one, id=one.id[:8] + "f" * 16)
    two = dataclasses.replace(graph_of(graph), claims=(one, twin))
    with pytest.raises(KgError) as caught:
        find_claim(two, one.id[:8])
    assert caught.value.code == "ambiguous-claim"
    assert find_claim(two, "https://w3id.org/policy-lineage/id/claim/" + one.id).id == one.id


def graph_of(graph):
    return kg.KnowledgeGraph(graph.nodes, ())


def test_rejecting_mends_registers_that_do_not_build(data):
    path = register(data, "dundee-2019", "links")
    row = (
        f"dundee-2019/action/18,serves,{STIGMA},stated,peer recovery support model,,,accepted,,,\n"
    )
    source = (data / "sources" / "dundee-2019.txt").read_text()
    assert source.count("peer recovery support model") == 1
    path.write_bytes(path.read_bytes() + row.encode())
    with pytest.raises(KgError) as caught:
        read_graph(data)
    assert codes(caught.value) == {"jurisdiction"}
    decide(data, ("dundee-2019/action/18", "serves", STIGMA), "rejected", force=True)
    assert kg.trace(read_graph(data), "dundee-2019/action/18", to=STIGMA).paths == ()


# --- the register of decisions --------------------------------------------------------------

HEADER = "subject,predicate,object,basis,claim,decision,by,on,reason\n"
ROW = ",".join((*SERVES, "stated"))


@pytest.mark.parametrize(
    ("rows", "code", "line"),
    [
        ("a/b,serves,c,stated,,rejected,Ann Other,2027-01-01,no\n", "unknown-link", 2),
        (f"{ROW},000000000000000000000000,rejected,Ann Other,2027-01-01,no\n", "unknown-link", 2),
        (f"{ROW},,rejected,,2027-01-01,no\n", "empty-cell", 2),
        (f"{ROW},,rejected,7,2027-01-01,no\n", "malformed-cell", 2),
        (f"{ROW},,rejected,Ann Other,2027-01-01,\n", "empty-cell", 2),
        (f"{ROW},,maybe,Ann Other,2027-01-01,no\n", "unknown-code", 2),
        (f"{ROW},,rejected,Ann Other,2027-02-30,no\n", "malformed-cell", 2),
        (f"{ROW},,added,Ann Other,2027-01-01,no\n", "malformed-cell", 2),
        (
            f"{ROW},,rejected,Ann Other,2027-01-02,no\n{ROW},,accepted,Bo,2027-01-01,yes\n",
            "malformed-cell",
            3,
        ),
    ],
)
def test_a_faulty_decision_is_an_error_at_its_row(shared, rows, code, line):
    path = register(shared, "telford-2011", "decisions")
    path.write_text(HEADER + rows)
    try:
        with pytest.raises(KgError) as caught:
            read_graph(shared)
    finally:
        path.unlink()
    assert {(e.code, e.place.path, e.place.line) for e in caught.value.errors} == {
        (code, "registers/telford-2011/decisions.csv", line)
    }


def small(tmp_path, links):
    plans = {
        "nat": {
            "instrument": {"level": "national"},
            "elements": [("nat/objective/1", "Objective")],
        },
        "a": {"elements": [("a/action/1", "Action")], "links": links},
    }
    return write_data(tmp_path / "small", plans)


LINK = ("a/action/1", "serves", "nat/objective/1")
CELLS = dict(zip(("subject", "predicate", "object"), LINK, strict=True))


def test_one_of_several_claims_of_a_link_is_decided_alone(tmp_path):
    data = small(tmp_path, [CELLS, CELLS])
    first, second = read_graph(data).claims_from(LINK[0])[:2]
    with pytest.raises(KgError) as caught:
        decide(data, LINK, "rejected")
    assert caught.value.code == "ambiguous-claim"
    edit = decide(data, second.id, "rejected")
    assert edit.stranded == ()
    found = read_graph(data).claim
    assert (found[first.id].decision, found[second.id].decision) == ("accepted", "rejected")
    path = register(data, "a", "decisions")
    path.write_text(path.read_text().replace(second.id, ""))
    with pytest.raises(KgError) as caught:
        read_graph(data)
    assert codes(caught.value) == {"ambiguous-link"}
    # Other words: it is another claim now, and the decision has to be looked at again.
    path.write_text(path.read_text().replace(",,rejected", f",{'0' * 24},rejected"))
    with pytest.raises(KgError) as caught:
        read_graph(data)
    assert first.id in caught.value.errors[0].hint


# --- suggestions ----------------------------------------------------------------------------


def suggest(data, *, basis="suggested", score="0.83", model="matcher 2", decision="open"):
    path = register(data, "a", "links")
    rows = list(csv.DictReader(io.StringIO(path.read_text())))
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, [*rows[0], "score", "model"], lineterminator="\n")
        writer.writeheader()
        made = {"basis": basis, "score": score, "model": model, "decision": decision}
        writer.writerows({**row, **made} for row in rows)
    return data


def with_note(data):
    """Give the register of links a column for notes, empty in every row."""
    path = register(data, "a", "links")
    head, *rows = path.read_text().splitlines()
    path.write_text("\n".join([head + ",note", *(row + "," for row in rows)]) + "\n")
    return data


def test_a_suggestion_never_counts_until_somebody_takes_it_up(tmp_path):
    data = with_note(suggest(small(tmp_path, [CELLS])))
    graph = read_graph(data)
    (claim,) = graph.claims
    assert (claim.basis, claim.decision) == (Basis.SUGGESTED, "open")
    assert (claim.score, claim.model) == ("0.83", "matcher 2")
    for bases in (None, "all"):
        chosen = {} if bases is None else {"bases": kg.parse_bases(bases)}
        assert kg.trace(graph, LINK[0], **chosen).paths == ()
    with pytest.raises(KgError) as caught:
        decide(data, LINK, "accepted")
    assert caught.value.code == "empty-cell"
    edit = decide(data, LINK, "accepted", confidence="0.7", reason="Both name schools.")
    suggestion, taken_up = edit.claims
    assert (suggestion.id, suggestion.decision) == (claim.id, "open")
    assert [d.decision for d in suggestion.decisions] == ["open", "accepted"]
    assert (taken_up.basis, taken_up.decision) == (Basis.INTERPRETED, "accepted")
    assert (taken_up.by, taken_up.confidence) == ("Ann Other", "0.7")
    assert taken_up.rationale == "Both name schools."
    assert claim.id in taken_up.note
    assert taken_up.evidence == claim.evidence
    release = build(data, tmp_path / "home", shapes=True)  # the shapes hold the law
    after = release.graph()
    assert kg.trace(after, LINK[0]).paths == ()
    paths = kg.trace(after, LINK[0], bases=kg.parse_bases("all")).paths
    assert LINK[2] in {path.target for path in paths}
    quads = read_store(release.quads)
    again = rebuild((q.subject.value, q.predicate.value, q.object.value) for q in quads)
    assert list(again.claims) == list(after.claims)
    assert len(kg.query("negative/suggestions-that-count", path=release.folder.parent)) == 0
    with pytest.raises(KgError) as caught:
        decide(data, claim.id, "accepted", confidence="0.7")
    assert caught.value.code == "already-decided"
    decide(data, claim.id, "rejected")
    assert read_graph(data).claim[claim.id].decision == "rejected"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"score": ""}, "empty-cell"),
        ({"model": ""}, "empty-cell"),
        ({"score": "83"}, "malformed-cell"),
        ({"basis": "stated"}, "malformed-cell"),
        ({"decision": "accepted"}, "suggestion-accepted"),
    ],
)
def test_a_suggestion_says_whose_it_is_and_is_not_accepted_as_it_stands(tmp_path, cells, code):
    data = suggest(small(tmp_path, [CELLS]), **cells)
    with pytest.raises(KgError) as caught:
        read_graph(data)
    assert codes(caught.value) == {code}


# --- bytes ----------------------------------------------------------------------------------

HOSTILE = st.text(
    st.sampled_from("ab,;\"'\n\u2028\u2029\ufeff=+-@|é\t ") | st.characters(codec="utf-8"),
    max_size=12,
).map(lambda text: "".join(c for c in text if c not in "\r\0").strip())
WORDS = st.sampled_from(["a", "b", "c", "d"])


@st.composite
def registers(draw):
    """A register as somebody's editor leaves it, its rows, and one row more."""
    delimiter = draw(st.sampled_from(",;"))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    rows = draw(st.lists(st.tuples(WORDS, HOSTILE, HOSTILE), max_size=5))
    if draw(st.booleans()):
        rows.sort(key=lambda row: row[0])
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerow(("key", "one", "two"))
    for row in rows:
        writer.writerow(row)
        if draw(st.integers(0, 5)) == 0:
            stream.write(end)  # a blank line
    text = draw(st.sampled_from(["", "\ufeff"])) + stream.getvalue()
    if draw(st.booleans()):
        text = text.removesuffix(end)
    return text, rows, draw(st.tuples(WORDS, HOSTILE, HOSTILE))


def cells_of(text):
    errors = []
    found = read_rows(text.removeprefix("\ufeff"), "t.csv", errors)
    rows = [(row["key"], row["one"], row["two"]) for row in found]
    assert not errors
    return rows


@settings(max_examples=300, deadline=None, derandomize=True)
@given(registers(), st.booleans())
def test_a_row_more_and_no_other_byte(made, ordered):
    text, rows, new = made
    cells = dict(zip(("key", "one", "two"), new, strict=True))
    after = insert_row(text, "t.csv", cells, ["key"], ordered=ordered)
    before_new = common(text, after)
    inserted = len(after) - len(text)
    assert inserted > 0
    # What was there stands before and behind the new row, byte for byte.
    assert any(after[:at] + after[at + inserted :] == text for at in range(before_new, -1, -1))
    assert cells_of(text) == rows
    found = cells_of(after)
    places = [
        n for n in range(len(found)) if found[:n] + found[n + 1 :] == rows and found[n] == new
    ]
    assert places
    if new[0] in {row[0] for row in rows}:
        last = max(n for n, row in enumerate(rows) if row[0] == new[0])
        assert last + 1 in places
    elif not ordered or all(row[0] <= new[0] for row in rows):
        assert len(rows) in places
    else:
        assert next(n for n, row in enumerate(rows) if row[0] > new[0]) in places


def common(one, two):
    count = 0
    while count < min(len(one), len(two)) and one[count] == two[count]:
        count += 1
    return count


def test_hostile_words_come_back_as_they_were(tmp_path):
    data = small(tmp_path, [CELLS, CELLS])
    reason = '=1+1, "so"\nand\u2028so; \u202eon | 日本'
    claim = read_graph(data).claims_from(LINK[0])[0]
    decide(data, claim.id, "rejected", by='@Zoë O\'Brien, "CMO"', reason=reason)
    last = read_graph(data).claim[claim.id].decisions[-1]
    assert (last.by, last.reason) == ('@Zoë O\'Brien, "CMO"', reason)
    release = build(data, tmp_path / "home", shapes=False)
    assert release.graph().claim[claim.id].decisions[-1] == last
    quads = read_store(release.quads)
    again = rebuild((q.subject.value, q.predicate.value, q.object.value) for q in quads)
    assert again.claim[claim.id].decisions[-1] == last


# --- writing --------------------------------------------------------------------------------

KILLED = """
import os, pathlib, signal, sys
from kg.building import adding
at, data = int(sys.argv[1]), pathlib.Path(sys.argv[2])
done, replace = [0], pathlib.Path.replace
def fatal(self, target):
    done[0] += 1
    if done[0] == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return replace(self, target)
pathlib.Path.replace = fatal
adding.add_claim(data, "a/action/1", "serves", "nat/objective/1", basis="stated",
                   quote="The instrument a.", by="Ann Other", reason="it says so")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
@pytest.mark.parametrize("at", [1, 2])
def test_killed_in_the_middle_the_registers_are_whole(tmp_path, at):
    data = small(tmp_path, [])
    before = contents(data)
    done = subprocess.run([sys.executable, "-c", KILLED, str(at), str(data)], check=False)
    assert done.returncode == -9
    after = contents(data)
    whole = {name: text for name, text in after.items() if not name.name.startswith(".swapping-")}
    assert {n for n in whole if whole[n] != before.get(n)} == (
        set() if at == 1 else {Path("registers/a/links.csv")}
    )
    # Nothing counts that nobody answers for.
    assert not [c for c in read_graph(data).claims if c.accepted]


def test_a_full_disk_is_said_and_nothing_is_half_written(tmp_path, monkeypatch):
    data = small(tmp_path, [CELLS, CELLS])
    before = contents(data)
    claim = read_graph(data).claims_from(LINK[0])[0]

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kg.store.files.os.fsync", full)
    with pytest.raises(KgError) as caught:
        decide(data, claim.id, "rejected")
    assert caught.value.code == "file-write"
    assert contents(data) == before


def test_one_writer_at_a_time(tmp_path):
    data = small(tmp_path, [CELLS, CELLS])
    claim = read_graph(data).claims_from(LINK[0])[0]
    with alone(data / "registers") as free:
        assert free
        with pytest.raises(KgError) as caught:
            decide(data, claim.id, "rejected")
        assert caught.value.code == "registers-busy"
        assert not decide(data, claim.id, "rejected", dry_run=True).written
    assert decide(data, claim.id, "rejected").written


def test_what_somebody_saves_meanwhile_is_not_lost(tmp_path, monkeypatch):
    data = small(tmp_path, [CELLS, CELLS])
    claim = read_graph(data).claims_from(LINK[0])[0]
    decide(data, claim.id, "rejected")
    path = register(data, "a", "decisions")
    check = curation.check

    def saved(*arguments):
        path.write_bytes(path.read_bytes() + b"\n")
        return check(*arguments)

    monkeypatch.setattr(curation, "check", saved)
    with pytest.raises(KgError) as caught:
        decide(data, claim.id, "accepted")
    assert caught.value.code == "input-changed"
    assert survey(data).claim[claim.id].decision == "rejected"


def test_installed_data_are_not_edited(monkeypatch, tmp_path):
    monkeypatch.setattr(curation, "share", lambda: Path("/somewhere/kg/_share"))
    with pytest.raises(KgError) as caught:
        decide(data_folder(), SERVES, "rejected", force=True, dry_run=True)
    assert caught.value.code == "data-installed"
    with pytest.raises(KgError) as caught:
        decide(tmp_path, SERVES, "rejected")
    assert caught.value.code == "no-data"
    data = small(tmp_path, [CELLS])
    (data / "schemas" / "decisions.json").unlink()
    with pytest.raises(KgError) as caught:
        decide(data, LINK, "rejected", force=True)
    assert caught.value.code == "no-schema"


@pytest.mark.skipif(sys.platform == "win32", reason="no such permissions there")
def test_permissions_and_links_of_files_stay(tmp_path):
    data = small(tmp_path, [CELLS, CELLS])
    path = register(data, "a", "decisions")
    claims = read_graph(data).claims_from(LINK[0])[:2]
    decide(data, claims[0].id, "rejected")
    path.chmod(0o600)
    elsewhere = path.rename(tmp_path / "elsewhere.csv")
    path.symlink_to(elsewhere)
    decide(data, claims[1].id, "rejected", force=True)
    assert path.is_symlink()
    assert elsewhere.stat().st_mode & 0o777 == 0o600
    assert len(elsewhere.read_text().splitlines()) == 3


# --- the command line -----------------------------------------------------------------------


def test_the_commands(tmp_path, monkeypatch, capsys):
    data = small(tmp_path, [CELLS])
    claim = held(read_graph(data), LINK)
    who = ["--by", "Ann Other", "--reason", "it says so"]
    monkeypatch.chdir(tmp_path)
    assert main(["claim", "reject", *LINK, *who]) == 2
    assert "no data folder here" in capsys.readouterr().err
    data.rename(tmp_path / "data")
    assert main(["claim", "reject", *LINK, *who]) == 2
    assert "error[edit-strands]" in capsys.readouterr().err
    assert main(["claim", "reject", *LINK, *who, "--dry-run"]) == 0
    said = capsys.readouterr()
    assert "+++ b/registers/a/decisions.csv\n" in said.out
    assert f"+{','.join(LINK)},stated,{claim.id},rejected,Ann Other," in said.out
    assert "reaches no target any more: a/action/1" in said.err
    assert main(["claim", "reject", claim.id[:6], *who, "--force", "--on", "2026-01-02"]) == 0
    assert "rejected: a/action/1 —serves→ nat/objective/1" in capsys.readouterr().err
    assert main(["claim", "list", LINK[0], "-g", "data", "-f", "tsv"]) == 0
    rows = [line.split("\t")[5:] for line in capsys.readouterr().out.splitlines()[1:]]
    assert rows == [
        ["rejected", "accepted", "A reader", "2026-01-01", ""],
        ["rejected", "rejected", "Ann Other", "2026-01-02", "it says so"],
    ]
    assert main(["claim", "list", LINK[0], "--data", "data", "-f", "tsv"]) == 0
    assert [line.split("\t")[5:] for line in capsys.readouterr().out.splitlines()[1:]] == rows
    server = ["--store", "http://127.0.0.1:9/query"]
    assert main(["claim", "list", LINK[0], "--data", "data", *server]) == 2
    assert "error[two-graphs]" in capsys.readouterr().err
    words = ["--basis", "stated", "--quote", "The instrument a."]
    assert main(["claim", "add", LINK[0], "cites", "nat", *words, *who]) == 0
    assert "added: a/action/1 —cites→ nat [stated]" in capsys.readouterr().err
    assert main(["claim", "accept", *LINK, *who]) == 0
    assert main(["claim", "list"]) == 2
    assert main(["claim", "accept", *LINK, "--by", "Ann Other"]) == 2
    assert "--reason" in capsys.readouterr().err


def test_the_page_for_users_does_as_it_says(data, monkeypatch, capsys):
    import shlex

    page = Path(__file__).parent.parent / "docs" / "how-to" / "decide-about-links.md"
    lines = [x.strip() for x in page.read_text().splitlines() if x.startswith("    kg claim ")]
    assert len(lines) == 5
    monkeypatch.chdir(data.parent)
    for line in lines:
        assert main(shlex.split(line)[1:]) == 0, line
    capsys.readouterr()
    found = read_graph(data)
    assert held(found, OPEN[1]).decisions[-1].by == "Ann Other"
    assert held(found, SERVES).decisions == ()
    campaign = (ACTION, "supportsInstrument", "time-to-change")
    assert held(found, campaign, "interpreted").accepted
