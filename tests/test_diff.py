"""What differs between two graphs, and what followed, worked out by hand."""

import csv
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building.build import build
from kg.checks.changes import COLUMNS, DIFFERENCES, SECTIONS, Change
from kg.checks.pairing import pair, words_of
from kg.cli import main
from kg.cli.changes import lines, link_words
from kg.cli.commands import diff
from kg.errors import LoadError
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Node, Passage
from kg.resources import data_folder
from kg.revisions import open_pair, open_revision

NHWMH = "no-health-without-mental-health"
HEADER = "id,level,text,serves,lead,status"
PLAN = [
    "o1,objective,Be well,,,",
    "o2,objective,Be safe,,,",
    "p1,priority,Move more,o1,,",
    "a1,action,Walk to work,p1,Team A,",
    "a2,action,Cycle to work,p1,Team A,open",
    "a3,action,Fit smoke alarms,o2,Team B,",
]


def write(path, rows):
    path.write_text("".join(f"{row}\n" for row in (HEADER, *rows)), encoding="utf-8")
    return path


def flat(folder, old, new):
    """Compare two flat tables."""
    return kg.compare(
        kg.load(write(folder / "old.csv", old)), kg.load(write(folder / "new.csv", new))
    )


def rows(changes, *sections):
    return [(row.change, row.id, row.field, row.before, row.after) for row in changes.of(*sections)]


def swap(rows_, old, new):
    """Replace one cell or row, which must be there."""
    text = "\n".join(rows_)
    assert old in text
    return text.replace(old, new).split("\n")


# ---- flat tables -------------------------------------------------------------------------------


def test_the_same_is_the_same_whatever_the_order_of_the_rows(tmp_path):
    changes = flat(tmp_path, PLAN, PLAN[::-1])
    assert changes.same
    assert changes.table().rows == ()
    assert main(["diff", str(tmp_path / "old.csv"), str(tmp_path / "new.csv")]) == 0


def test_a_lost_link_strands_what_stood_on_it(tmp_path):
    changes = flat(tmp_path, PLAN, swap(PLAN, "Move more,o1", "Move more,"))
    assert rows(changes, "links") == [("removed", "p1 serves o1", "basis", "stated", "")]
    before, after = "reaches a top-level item", "reaches no top-level item"
    assert rows(changes, "orphans") == [
        ("became-orphan", name, "tier", before, after) for name in ("p1", "a1", "a2")
    ]
    assert rows(changes, "objectives") == [("lost-last-action", "o1", "actions", "2", "0")]
    assert rows(changes, "coverage") == [
        ("coverage", "", "actions", "3 of 3 (100 %)", "1 of 3 (33 %)")
    ]
    # p1 has no link any more; a1 and a2 have one, which leads nowhere; nothing stands below o1.
    # Where nothing stands below o1, it no longer hangs on p1 alone.
    assert {(row.change, row.id) for row in changes.of("findings")} == {
        ("appeared", "unlinked:p1"),
        ("appeared", "stranded:a1"),
        ("appeared", "stranded:a2"),
        ("appeared", "unserved:o1"),
        ("disappeared", "single-thread:o1"),
    }
    assert changes.summary() == {
        "links": 1,
        "orphans": 3,
        "objectives": 1,
        "coverage": 1,
        "findings": 5,
    }


def test_and_back_again(tmp_path):
    changes = flat(tmp_path, swap(PLAN, "Move more,o1", "Move more,"), PLAN)
    assert [row[:2] for row in rows(changes, "orphans")] == [
        ("ceased-orphan", name) for name in ("p1", "a1", "a2")
    ]
    assert rows(changes, "objectives") == [("gained-first-action", "o1", "actions", "0", "2")]
    assert {(row.change, row.id) for row in changes.of("findings")} == {
        ("disappeared", "unlinked:p1"),
        ("disappeared", "stranded:a1"),
        ("disappeared", "stranded:a2"),
        ("disappeared", "unserved:o1"),
        ("appeared", "single-thread:o1"),
    }


def test_a_finding_that_somebody_excuses_does_not_pass_unseen(tmp_path, capsys):
    """Nothing of the plan differs, only who answers for what it lacks."""
    sides = [tmp_path / name for name in ("bare", "ann", "bob")]
    for side in sides:
        side.mkdir()
        write(side / "plan.csv", swap(PLAN, "Move more,o1", "Move more,"))
    bare, ann, bob = (side / "plan.csv" for side in sides)
    header = "rule,node,reason,owner,expiry\n"
    (sides[1] / "plan.waivers.csv").write_text(header + "unlinked,p1,agreed,Ann Lee,2099-03-31\n")
    (sides[2] / "plan.waivers.csv").write_text(header + "unlinked,p1,agreed,Bob Roe,2099-03-31\n")
    first, second = ("Ann Lee, until 2099-03-31: agreed", "Bob Roe, until 2099-03-31: agreed")
    for old, new, row in (
        (bare, ann, ("waived", "unlinked:p1", "error", "", first)),
        (ann, bob, ("waived-otherwise", "unlinked:p1", "error", first, second)),
        (bob, bare, ("counts-again", "unlinked:p1", "error", second, "")),
    ):
        changes = kg.compare(kg.load(old), kg.load(new))
        assert rows(changes, "findings") == [row]
        assert changes.summary() == {"findings": 1}
    assert main(["diff", str(bare), str(ann)]) == 1
    said = capsys.readouterr().out
    assert "Findings: 0 appeared, 0 disappeared, 1 now waived\n" in said
    assert f"now waived\n      {first}\n" in said
    # A waived finding that appears says so.
    whole = write(tmp_path / "whole.csv", PLAN)
    (found,) = (r for r in kg.compare(kg.load(whole), kg.load(ann)) if r.id == "unlinked:p1")
    assert (found.change, found.after.endswith(f"(waived by {first})")) == ("appeared", True)


def test_rewording_is_told_from_respelling(tmp_path):
    new = swap(PLAN, "Walk to work", "Walk to school")
    new = swap(new, "Cycle to work", "cycle  to work!")
    new = swap(new, "Be safe", "Be   safe")
    changes = flat(tmp_path, PLAN, new)
    assert rows(changes, "reworded") == [
        ("reworded", "a1", "words", "Walk to work", "Walk to school"),
        ("respelled", "a2", "words", "Cycle to work", "cycle to work!"),
    ]
    assert changes.summary() == {"reworded": 2}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("Peer support", " (peer  SUPPORT)…", True),
        ("2014–19", "2014-19", True),
        ("the ‘campaign’", "The 'campaign'", True),
        ("£1.5m", "£15m", False),
        ("£1.5m", "£1-5m", False),
        ("10%", "10", False),
        ("£5", "€5", False),
        ("10²", "102", False),
        ("Café", "Cafe\u0301", True),
    ],
)
def test_what_is_the_same_words(first, second, same):
    assert (words_of(first) == words_of(second)) is same


def test_renumbering_is_no_loss(tmp_path):
    new = swap(PLAN, "a3,action", "a9,action")
    new = swap(new, "p1,priority", "p7,priority")
    new = swap(new, ",p1,Team", ",p7,Team")
    changes = flat(tmp_path, PLAN, new)
    assert rows(changes) == []
    assert rows(changes, "renumbered") == [
        ("renumbered", "p7", "id", "p1", "p7"),
        ("renumbered", "a9", "id", "a3", "a9"),
    ]
    assert changes.summary() == {"renumbered": 2}


def test_an_inserted_row_renumbers_the_ones_below_it(tmp_path):
    """A plan numbered anew from the middle: the new action alone is new, and an orphan."""
    new = [*PLAN[:3], "a1,action,Stand up,,,", *PLAN[3:]]
    new[4:] = ["a2" + new[4][2:], "a3" + new[5][2:], "a4" + new[6][2:]]
    changes = flat(tmp_path, PLAN, new)
    assert rows(changes, "renumbered") == [
        ("renumbered", "a2", "id", "a1", "a2"),
        ("renumbered", "a3", "id", "a2", "a3"),
        ("renumbered", "a4", "id", "a3", "a4"),
    ]
    assert rows(changes, "added", "removed") == [("added", "a1", "", "", "Stand up")]
    assert changes.of("links", "reworded") == []
    assert [row[:2] for row in rows(changes, "orphans")] == [("added-orphan", "a1")]
    assert {row.id for row in changes.of("findings")} == {"unlinked:a1", "no-lead:a1"}


def test_nothing_is_guessed_where_two_could_be_meant(tmp_path):
    twins = [*PLAN, "a4,action,Walk to work,p1,,"]
    new = swap(swap(twins, "a1,action", "b1,action"), "a4,action", "b4,action")
    changes = flat(tmp_path, twins, new)
    assert changes.of("renumbered") == []
    assert [row[1] for row in rows(changes, "added", "removed")] == ["b1", "b4", "a1", "a4"]
    # Items without words are nobody's renumbering, and another class is another thing.
    assert not pair(
        kg.load(write(tmp_path / "e.csv", ["o1,objective,Be,,,", "a1,action,,o1,,"])),
        kg.load(write(tmp_path / "f.csv", ["o1,objective,Be,,,", "a2,action,,o1,,"])),
    ).renumbered
    assert not pair(
        kg.load(write(tmp_path / "e.csv", ["o1,objective,Be,,,", "a1,action,Do,o1,,"])),
        kg.load(write(tmp_path / "f.csv", ["o1,objective,Be,,,", "a2,activity,Do,o1,,"])),
    ).renumbered


def test_status_lead_and_level(tmp_path):
    new = swap(PLAN, "Team A,open", "Team B,done")
    new = swap(new, "a3,action", "a3,activity")
    changes = flat(tmp_path, PLAN, new)
    assert rows(changes, "changed") == [
        ("changed", "a2", "status", "open", "done"),
        ("changed", "a3", "class", "Action", "Activity"),
        ("changed", "a3", "kind", "action", "activity"),
    ]
    assert rows(changes, "links") == [
        ("added", "a2 ledBy body/team-b", "basis", "", "stated"),
        ("removed", "a2 ledBy body/team-a", "basis", "stated", ""),
    ]


def test_removed_items_are_no_orphans(tmp_path):
    changes = flat(tmp_path, PLAN, PLAN[:5])
    assert [row[:2] for row in rows(changes, "removed")] == [
        ("removed", "a3"),
        ("removed", "body/team-b"),
    ]
    assert rows(changes, "objectives") == [("lost-last-action", "o2", "actions", "1", "0")]
    assert changes.of("orphans") == []


# ---- the five documents ------------------------------------------------------------------------


def edited(tmp_path, register, edit):
    """Copy the data and edit the text of one register."""
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    path = folder / "registers" / register
    before = path.read_text(encoding="utf-8")
    after = edit(before)
    assert after != before
    path.write_text(after, encoding="utf-8")
    return kg.load(folder)


@pytest.fixture(scope="module")
def read():
    return kg.load(data_folder())


def test_an_action_that_loses_its_rows(read, tmp_path):
    """telford-2011.txt 58-62: action 4 is one of three under Objective 6, and one of 44."""
    own = "telford-2011/action/4,"
    new = edited(
        tmp_path,
        "telford-2011/links.csv",
        lambda text: "".join(
            line for line in text.splitlines(keepends=True) if not line.startswith(own)
        ),
    )
    changes = kg.compare(read, new)
    assert {row.id for row in changes.of("links")} == {
        f"telford-2011/action/4 {link}"
        for link in (
            "contributesTo telford-2011/outcome/3",
            f"servesPrimarily {NHWMH}/objective/6",
            "ledBy telford-all",
            "hasMilestone telford-2011/milestone/2",
            "involvesBody telford-provider-forum",
            "cites time-to-change",
        )
    }
    assert rows(changes, "moved") == [
        ("moved", "telford-2011/action/4", "part of", "telford-2011/theme/3", "")
    ]
    (orphan,) = changes.of("orphans")
    assert (orphan.change, orphan.id, orphan.file, orphan.line) == (
        "became-orphan",
        "telford-2011/action/4",
        "sources/telford-2011.txt",
        58,
    )
    assert orphan.before.startswith("tier 1")
    assert "tier 3" in orphan.after
    assert "not-stated" in orphan.after
    # The objective is served by the actions on lines 58, 68 and 80; the strategy by all 44.
    assert rows(changes, "objectives") == [
        ("reach", f"{NHWMH}/objective/6", "actions", "3", "2"),
        ("reach", NHWMH, "actions", "44", "43"),
    ]
    assert rows(changes, "coverage") == [
        ("coverage", "telford-2011", "actions", "44 of 44 (100 %)", "43 of 44 (98 %)")
    ]
    # 44 of Telford and one of Dundee 2019, of 44 + 16 + 20 + 83 actions and activities.
    assert changes.followed.total.before == (45, 163)
    assert changes.followed.total.after == (44, 163)
    assert ("appeared", "unlinked:telford-2011/action/4") in {
        (row.change, row.id) for row in changes.of("findings")
    }
    assert {row.id for row in changes.of("inferred")} == {
        f"telford-2011/action/4 supportsInstrument {NHWMH}",
        # The theme still contributes through the other two actions, whose cells are merged.
        f"telford-2011/theme/3 contributesTo {NHWMH}/objective/6",
    }


def test_an_objective_that_loses_its_last_action(read, tmp_path):
    last = f",servesPrimarily,{NHWMH}/objective/6,"
    new = edited(
        tmp_path,
        "telford-2011/links.csv",
        lambda text: "".join(line for line in text.splitlines(keepends=True) if last not in line),
    )
    changes = kg.compare(read, new)
    assert rows(changes, "objectives") == [
        ("lost-last-action", f"{NHWMH}/objective/6", "actions", "3", "0"),
        ("reach", NHWMH, "actions", "44", "41"),
    ]
    assert [each.target for each in changes.followed.lost] == [f"{NHWMH}/objective/6"]
    assert {row.id for row in changes.of("orphans")} == {
        "telford-2011/theme/3",
        *(f"telford-2011/action/{n}" for n in (4, 5, 6)),
    }
    # What is lost in fact is what taking the objective away would lose.
    then = kg.what_if(read, f"{NHWMH}/objective/6")
    assert {each.node for each in then.followed.became} == {row.id for row in changes.of("orphans")}


def test_renumbering_an_action_everywhere_changes_nothing_else(read, tmp_path):
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    for path in (*(folder / "registers" / "telford-2011").glob("*.csv"), folder / "reviews.csv"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(
            "".join(
                ",".join(
                    "telford-2011/action/404" if cell == "telford-2011/action/4" else cell
                    for cell in line.split(",")
                )
                for line in lines
            ),
            encoding="utf-8",
        )
    changes = kg.compare(read, kg.load(folder))
    assert rows(changes, *SECTIONS) == [
        (
            "renumbered",
            "telford-2011/action/404",
            "id",
            "telford-2011/action/4",
            "telford-2011/action/404",
        )
    ]


def test_a_moved_action_another_label_and_another_basis(read, tmp_path):
    def edit(text):
        text = text.replace(
            "telford-2011/action/4,partOf,telford-2011/theme/3,inherited,"
            "Preventing stigma and discrimination,53",
            "telford-2011/action/4,partOf,telford-2011/theme/1,inherited,Wellbeing,15",
        )
        return text.replace(
            f"telford-2011/action/4,servesPrimarily,{NHWMH}/objective/6,stated",
            f"telford-2011/action/4,servesPrimarily,{NHWMH}/objective/6,inherited",
        )

    changes = kg.compare(read, edited(tmp_path, "telford-2011/links.csv", edit))
    assert rows(changes, "moved") == [
        (
            "moved",
            "telford-2011/action/4",
            "part of",
            "telford-2011/theme/3",
            "telford-2011/theme/1",
        )
    ]
    assert rows(changes, "links") == [
        (
            "changed",
            f"telford-2011/action/4 servesPrimarily {NHWMH}/objective/6",
            "basis",
            "stated",
            "inherited",
        )
    ]
    # The theme that it moved to now holds an action under Objective 6 as well.
    assert (
        "added",
        f"telford-2011/theme/1 contributesTo {NHWMH}/objective/6",
        "basis",
        "",
        "inferred from inherited",
    ) in rows(changes, "inferred")
    assert changes.of("orphans", "objectives", "coverage") == []


def test_a_rejected_link_is_a_change_of_decision(read, tmp_path):
    row = f"telford-2011/action/4,servesPrimarily,{NHWMH}/objective/6,stated,"
    new = edited(
        tmp_path,
        "telford-2011/links.csv",
        lambda text: "".join(
            line.replace(",accepted,", ",rejected,") if line.startswith(row) else line
            for line in text.splitlines(keepends=True)
        ),
    )
    changes = kg.compare(read, new)
    assert rows(changes, "links") == [
        (
            "changed",
            f"telford-2011/action/4 servesPrimarily {NHWMH}/objective/6",
            "basis",
            "stated",
            "stated (rejected)",
        )
    ]
    assert [row.id for row in changes.of("orphans")] == ["telford-2011/action/4"]

    text = list(lines(changes, ["links"]))
    assert text[-1].strip() == "rejected (was accepted; stated)"
    back = list(lines(kg.compare(new, read), ["links"]))
    assert back[-1].strip() == "accepted (was rejected; stated)"
    assert "→" not in text[-1]


@pytest.mark.parametrize(
    ("section", "before", "after", "said"),
    [
        ("links", "stated", "inherited", "stated → inherited"),
        ("links", "", "stated (rejected)", "stated (rejected)"),
        ("links", "stated", "inherited (open)", "open (was accepted; stated → inherited)"),
        (
            "links",
            "stated, stated",
            "stated, stated (rejected)",
            "rejected (was accepted; stated)",
        ),
        ("links", "stated, inherited", "stated", "stated, inherited → stated"),
        ("inferred", "", "inferred from stated", "inferred from stated links"),
        (
            "inferred",
            "inferred from inherited, inferred from stated and inherited",
            "inferred from inherited",
            "no longer inferred from stated and inherited links; still from inherited links",
        ),
        (
            "inferred",
            "inferred from stated",
            "inferred from inherited",
            "now inferred from inherited links; no longer from stated links",
        ),
        (
            "inferred",
            "inferred from stated",
            "inferred, inferred from stated",
            "now also inferred from inferred links; still from stated links",
        ),
    ],
)
def test_a_change_of_basis_or_decision_in_words(section, before, after, said):
    change = "changed" if before else "added"
    assert link_words(Change(section, change, "link", "a p b", "basis", before, after)) == said


@pytest.mark.parametrize("width", [60, 80, 100, 140])
def test_the_text_fits_the_terminal(read, tmp_path, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    new = edited(
        tmp_path,
        "telford-2011/links.csv",
        lambda text: text.replace(",accepted,", ",rejected,"),
    )
    text = list(lines(kg.compare(read, new), ["findings"]))
    assert width - 25 < max(map(len, text)) <= width
    # A place that would not stand beside a long id stands below it; the id is whole.
    target = f"telford-2011/action/4 servesPrimarily {NHWMH}/objective/6"
    shown = "\n".join(lines(kg.compare(read, new), ["links"]))
    head, place = f"  ~ {target}", "sources/telford-2011.txt:58"
    beside = len(head) + 2 + len(place) <= width
    assert (f"{head}  {place}\n" if beside else f"{head}\n      {place}\n") in shown


def test_dates_money_and_gaps(read, tmp_path):
    """telford-2011.txt 36: June 2011; a date read otherwise is one change of one period."""
    row = "telford-2011/milestone/1,event,June 2011,2011-06,month"
    new = edited(
        tmp_path,
        "telford-2011/periods.csv",
        lambda text: text.replace(row, row.replace("2011-06,month", "2011,year")),
    )
    changes = kg.compare(read, new)
    assert rows(changes, *SECTIONS) == [
        (
            "changed",
            "telford-2011/milestone/1",
            "event",
            "edtf: 2011-06, precision: month",
            "edtf: 2011, precision: year",
        )
    ]
    (found,) = changes.of("facts")
    assert found.kind == "Period"
    assert found.file == "sources/telford-2011.txt"
    for kind, count in (("StatedAbsence", 0), ("Allocation", 0), ("Observation", 0)):
        assert sum(row.kind == kind for row in changes) == count


def test_lines_that_move_are_told_apart(read, tmp_path):
    """A line put above everything moves each passage of its document, and changes no words."""
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    source = folder / "sources" / "derby-2014.txt"
    content = b"A line of its own.\n" + source.read_bytes()
    source.write_bytes(content)
    register = folder / "documents.csv"
    text = register.read_text(encoding="utf-8")
    with register.open(encoding="utf-8", newline="") as stream:
        old = next(row for row in csv.DictReader(stream) if row["id"] == "derby-2014")["sha256"]
    register.write_text(text.replace(old, hashlib.sha256(content).hexdigest()), encoding="utf-8")
    own = list((folder / "registers" / "derby-2014").glob("*.csv"))
    for path in (*own, folder / "bodies.csv", folder / "instruments.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            lines = list(reader)
        for row in lines:
            if row.get("document") in ("derby-2014", "" if path in own else None):
                # 143.1 is the first occurrence on line 143.
                row["line"] = re.sub(
                    r"(?<![.\d])\d+", lambda found: str(int(found[0]) + 1), row["line"]
                )
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, reader.fieldnames, lineterminator="\n")
            writer.writeheader()
            writer.writerows(lines)
    changes = kg.compare(read, kg.load(folder))
    assert {row.field for row in changes.of("moved")} == {"lines"}
    assert "derby-2014/action/13" in {row.id for row in changes.of("moved")}
    assert [row.field for row in changes.of("documents")] == ["content (SHA-256)"]
    assert changes.of("added", "removed", "reworded", "links", "orphans", "coverage") == []


EVERY = {
    "cls": "Outcome",
    "label": "other",
    "text": "other words",
    "instrument": "q",
    "number": "9",
    "members": ("q",),
    "alternatives": ("also",),
    "passages": (Passage("d", 0, 1, 3, 3, "x"),),
    "repaired": True,
}


@pytest.mark.parametrize("name", [f.name for f in fields(Node) if f.name not in ("id", "origin")])
def test_no_field_of_a_node_changes_in_silence(name):
    plans = {key: Node(key, "Instrument", key, text=key) for key in ("p", "q")}
    before = Node("a", "Action", "label", text="words", instrument="p")
    after = replace(before, **{name: EVERY.get(name, "other")})
    graphs = [KnowledgeGraph({**plans, "a": node}, ()) for node in (before, after)]
    assert {row.id for row in kg.compare(*graphs) if row.section in DIFFERENCES} == {"a"}


# ---- agreement ---------------------------------------------------------------------------------

LADDER = ("Objective", "Priority", "Outcome", "Workstream", "Action")


@st.composite
def tables(draw):
    """A flat table of few ids and fewer words, so that two of them have much in common."""
    size = draw(st.integers(1, 8))
    names = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size, unique=True))
    nodes = {}
    for number in names:
        cls = draw(st.sampled_from(LADDER))
        text = draw(st.sampled_from(["walk", "run", "swim", "rest", "Walk.", "eat", "sit"]))
        nodes[f"n{number}"] = Node(f"n{number}", cls, text, text=text)
    ends = st.sampled_from(sorted(nodes))
    pairs = draw(st.sets(st.tuples(ends, ends), max_size=10))
    claims = tuple(
        Claim(f"{a}-{b}", a, "serves", b, Basis.STATED) for a, b in sorted(pairs) if a != b
    )
    return KnowledgeGraph(nodes, claims, flat=True)


def orphans(graph):
    """Find what reaches no target by walking from each item."""
    found = set()
    for name in graph.nodes:
        seen, queue = {name}, [name]
        while queue:
            node = queue.pop()
            above = {c.object for c in graph.claims if c.subject == node} - seen
            seen |= above
            queue += above
        if not seen & set(graph.targets):
            found.add(name)
    return found


@settings(deadline=None, max_examples=200)
@given(old=tables(), new=tables())
def test_comparing_agrees_with_sets(old, new):
    changes = kg.compare(old, new)
    back = kg.compare(new, old)
    pairs = pair(old, new)
    # One to one, of one class, with the same words.
    there = {name: pairs.new_of(name) for name in old.nodes if pairs.new_of(name)}
    assert len(set(there.values())) == len(there)
    assert all(pairs.old_of(after) == before for before, after in there.items())
    for before, after in pairs.renumbered.items():
        first, second = old.nodes[before], new.nodes[after]
        assert first.cls == second.cls
        assert words_of(first.text) == words_of(second.text)
    assert {row.id for row in changes.of("added")} == set(new.nodes) - set(there.values())
    assert {row.id for row in changes.of("removed")} == set(old.nodes) - set(there)
    # Links, by the names that they have now.
    named = {(there.get(c.subject), there.get(c.object)) for c in old.claims}
    now = {(c.subject, c.object) for c in new.claims}
    added = {f"{a} serves {b}" for a, b in now - named}
    assert {row.id for row in changes.of("links") if row.change == "added"} == added
    gone = [c for c in old.claims if (there.get(c.subject), there.get(c.object)) not in now]
    assert sum(row.change == "removed" for row in changes.of("links")) == len(gone)
    # Orphans, by walking.
    first, second = {there.get(name) for name in orphans(old)}, orphans(new)
    kept = set(there.values())
    found = {(row.change, row.id) for row in changes.of("orphans")}
    assert found == {
        *(("became-orphan", name) for name in second & kept - first),
        *(("ceased-orphan", name) for name in first & kept - second),
        *(("added-orphan", name) for name in second - kept),
    }
    # And the other way round it is the other way round.
    turned = {"added": "removed", "removed": "added"}
    assert {(turned[row.change], row.id) for row in back.of("added", "removed")} == {
        (row.change, row.id) for row in changes.of("added", "removed")
    }
    assert back.same == changes.same
    assert kg.compare(old, old).same


# ---- what OLD and NEW may be -------------------------------------------------------------------


def git(folder, *arguments):
    subprocess.run(
        ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a table and a data folder, and one earlier revision of both."""
    folder = tmp_path / "repository"
    (folder / "plans").mkdir(parents=True)
    git(tmp_path, "init", "-q", "-b", "main", str(folder))
    # Attributes must not change what is read: git archive would drop and rewrite these files.
    (folder / ".gitattributes").write_text("*.csv export-ignore text eol=crlf\n")
    write(folder / "plans" / "plan.csv", PLAN)
    shutil.copytree(data_folder(), folder / "data")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "tag", "v1")
    write(folder / "plans" / "plan.csv", swap(PLAN, "Walk to work", "Walk to school"))
    links = folder / "data" / "registers" / "telford-2011" / "links.csv"
    text = links.read_text(encoding="utf-8")
    own = "telford-2011/action/4,ledBy,"
    kept = [line for line in text.splitlines(keepends=True) if not line.startswith(own)]
    links.write_text("".join(kept), encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "second")
    monkeypatch.chdir(folder)
    return folder


def between(old, new):
    first, second = open_pair(old, new)
    return kg.compare(first.graph, second.graph)


def test_revisions_of_git(repository):
    table = between("git:v1:plans/plan.csv", "git:HEAD:plans/plan.csv")
    assert [row[1] for row in rows(table, "reworded")] == ["a1"]
    assert table.of("reworded")[0].file == "HEAD:plans/plan.csv"
    # Without a path it is that of the other side, from wherever one stands; else data.
    assert between("git:HEAD~1", "plans/plan.csv").summary() == table.summary()
    for old, new in (
        ("git:HEAD~1", "data"),
        ("git:v1", "git:main"),
        ("git:v1:data", "git:HEAD:data/"),
        ("git:v1:data", "git:HEAD:./data"),
    ):
        changes = between(old, new)
        assert rows(changes, "links") == [
            ("removed", "telford-2011/action/4 ledBy telford-all", "basis", "stated", "")
        ]
    assert between("git:HEAD", "data").same
    assert between("git:HEAD", "plans/plan.csv").same


def test_the_default_path_holds_from_another_folder(repository, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert between("git:HEAD", str(repository / "data")).same
    with pytest.raises(LoadError) as caught:
        open_revision("git:HEAD")
    assert caught.value.code == "git-revision"


@pytest.mark.parametrize(
    "name",
    [
        "git:",
        "git:-h",
        "git:--output=stolen",
        "git:--git-dir=/etc",
        "git: HEAD",
        "git:HEAD\n",
        "git:no-such-branch",
        "git:v1..HEAD",
        "git:HEAD:no/such/folder",
        "git:HEAD:plans",
        "git:HEAD:../data",
        "git:HEAD:/etc",
        "git:HEAD:data\x00",
        "no-such-thing",
        "x" * 5000,
        "\x00",
        "../.kg",
    ],
)
def test_what_cannot_be_opened_is_said(repository, name, capsys):
    assert main(["diff", name, "data"]) == 2
    said = capsys.readouterr().err
    assert said.startswith("error[")
    assert "hint:" in said
    assert sorted(path.name for path in repository.iterdir()) == [
        ".git",
        ".gitattributes",
        "data",
        "plans",
    ]


def test_links_in_a_revision_are_not_followed(repository):
    (repository / "data" / "stolen.csv").symlink_to("/etc/passwd")
    git(repository, "add", "-A")
    git(repository, "commit", "-q", "-m", "a link")
    with pytest.raises(LoadError, match="is a link"):
        open_revision("git:HEAD:data")


def test_without_git_it_says_so(repository, monkeypatch):
    monkeypatch.setenv("PATH", str(repository))
    with pytest.raises(LoadError) as caught:
        open_revision("git:HEAD")
    assert caught.value.code == "git-missing"


def test_releases_by_folder_and_by_name(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    first = build(write(tmp_path / "plan.csv", PLAN), Path(".kg"))
    second = build(
        write(tmp_path / "plan.csv", swap(PLAN, "Walk to work", "Walk to school")), Path(".kg")
    )
    for old, new in (
        (first.name, second.name),
        (f".kg/{first.name}", ".kg"),
        (first.name, "plan.csv"),
        (str(tmp_path / ".kg" / first.name), str(tmp_path / ".kg" / second.name)),
    ):
        assert between(old, new).summary() == {"reworded": 1}
    assert between(".kg", "plan.csv").same
    assert main(["diff", first.name, ".kg", "--format", "tsv"]) == 1
    assert capsys.readouterr().out.split("\n")[1].startswith("reworded\tAction\ta1\twords\t")


def test_faulty_registers_are_compared_as_far_as_they_go(read, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder)
    path = folder / "registers" / "telford-2011" / "links.csv"
    text = path.read_text(encoding="utf-8")
    quoted = "telford-2011/action/1,partOf,telford-2011/theme/1,inherited,Wellbeing,15"
    assert quoted in text
    path.write_text(text.replace(quoted, quoted.replace("Wellbeing,15", "Wellness,")))
    assert main(["diff", str(data_folder()), str(folder)]) == 1
    said = capsys.readouterr()
    assert "telford-2011/action/1 partOf telford-2011/theme/1  quotation" in said.out
    assert "Wellbeing → (nothing)" in said.out
    assert "+ quotation-not-found:" in said.out
    assert "has 1 fault; see: kg audit" in said.err


# ---- the command -------------------------------------------------------------------------------

GOLDEN = """\
Differences: 1 added, 1 reworded, 2 links
Orphans: 0 before, 4 after; 3 became one, 0 ceased to be one, 1 added as one
Targets: 1 lost the last action, 0 gained a first one, 0 others are reached by more or fewer
Coverage: 3 of 3 (100 %) before, 1 of 4 (25 %) after
Findings: 5 appeared, 1 disappeared

Added (1)
  + a4  Action  new.csv:8
      “Rest”

Reworded (1)
  ~ a1  Action  new.csv:5
      was “Walk to work”
      now “Walk to school”

Links (2)
  - p1 serves o1  old.csv:4
      stated
  + a4 ledBy body/team-b  new.csv:8
      stated

Orphans (4)
  p1  Priority: became an orphan  new.csv:4
      was reaches a top-level item
      now reaches no top-level item
  a1  Action: became an orphan  new.csv:5
      was reaches a top-level item
      now reaches no top-level item
  a2  Action: became an orphan  new.csv:6
      was reaches a top-level item
      now reaches no top-level item
  a4  Action: is new, and an orphan  new.csv:8
      reaches no top-level item

Objectives and other targets: actions that reach them (1)
  o1: 2 → 0  lost last action

Coverage: actions that reach a target (1)
  the plan: 3 of 3 (100 %) → 1 of 4 (25 %)

Findings of the audit (6)
  + unlinked:p1  error  new.csv:4
      Priority: no link leads up from it
  + unlinked:a4  error  new.csv:8
      Action: no link leads up from it
  + stranded:a1  error  new.csv:5
      Action: no chain reaches a top-level item
  + stranded:a2  error  new.csv:6
      Action: no chain reaches a top-level item
  + unserved:o1  warning  new.csv:2
      Objective: nothing stands below it
  - single-thread:o1  warning  old.csv:2
      Objective: every chain from an action to it passes p1 (Move more); the link p1 serves o1 is
      the only one at its place
"""


@pytest.fixture
def two(tmp_path, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "old.csv", PLAN)
    new = swap(PLAN, "Move more,o1", "Move more,")
    new = swap(new, "Walk to work", "Walk to school")
    write(tmp_path / "new.csv", [*new, "a4,action,Rest,,Team B,"])


def test_text_for_people(two, capsys):
    assert main(["diff", "old.csv", "new.csv"]) == 1
    assert capsys.readouterr().out == GOLDEN


def test_one_section(two, capsys):
    assert main(["diff", "old.csv", "new.csv", "--only", "objectives"]) == 1
    assert capsys.readouterr().out == (
        "Objectives and other targets: actions that reach them (1)\n  o1: 2 → 0  lost last action\n"
    )
    # A section without rows is no sameness.
    assert main(["diff", "old.csv", "new.csv", "--only", "facts"]) == 1
    assert capsys.readouterr().out == ""


def test_formats_say_the_same(two, capsys):
    def out(*options):
        assert main(["diff", "old.csv", "new.csv", *options]) == 1
        return capsys.readouterr().out

    whole = json.loads(out("-f", "json"))
    assert (whole["old"], whole["new"], whole["same"]) == ("old.csv", "new.csv", False)
    assert whole["coverage"]["before"] == {"reaching": 3, "actions": 3}
    assert whole["coverage"]["after"] == {"reaching": 1, "actions": 4}
    assert whole["orphans"] == {"before": 0, "after": 4}
    cells = [{key: row[key] for key in COLUMNS} for row in whole["changes"]]
    assert [json.loads(line) for line in out("-f", "jsonl").splitlines()] == cells
    for form, mark in (("tsv", "\t"), ("csv", ",")):
        header, *lines = out("-f", form).splitlines()
        assert header.split(mark) == list(COLUMNS)
        assert len(lines) == len(cells)
    assert len(json.loads(out("-f", "json", "--only", "links"))["changes"]) == 2


def test_words_run_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "old.csv", PLAN)
    write(tmp_path / "new.csv", [*PLAN, "a4,action,=1+1 \x1b[2J,o1,,"])
    assert main(["diff", "old.csv", "new.csv", "-f", "csv"]) == 1
    assert ",'=1+1" in capsys.readouterr().out
    assert main(["diff", "old.csv", "new.csv"]) == 1
    assert "\x1b" not in capsys.readouterr().out


def test_the_sections_of_the_command_are_those_of_the_changes():
    assert tuple(SECTIONS) == diff.SECTIONS


def test_small_plans_are_compared_without_heavy_libraries(two):
    code = (
        "import sys, kg.cli; kg.cli.main(['diff', 'old.csv', 'new.csv']);"
        "kg.cli.main(['impact', '-g', 'old.csv', 'o1', '--remove']);"
        "heavy = {'rdflib', 'networkx', 'numpy', 'pyoxigraph', 'pyshacl', 'jinja2'};"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    environment = {"PYTHONPATH": str(Path(kg.__file__).parent.parent)}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **environment},
    )
    assert done.stderr.strip().splitlines()[-1] == "[]"


def test_the_guide_says_what_the_commands_print(tmp_path, monkeypatch, capsys):
    """Every table and every command with its answer in the guide is tried."""
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    guide = Path(kg.__file__).parent.parent / "docs" / "how-to" / "see-what-changed.md"
    blocks, lines = [], []
    for line in [*guide.read_text(encoding="utf-8").split("\n"), "end"]:
        if line.startswith("    ") or (lines and not line):
            lines.append(line.removeprefix("    "))
        elif lines:
            blocks.append("\n".join(lines).rstrip("\n") + "\n")
            lines = []
    plans = [block for block in blocks if block.startswith("id,level,text")]
    for name, block in zip(("old.csv", "new.csv"), plans, strict=True):
        (tmp_path / name).write_text(block, encoding="utf-8")
    asked = [block.split("\n", 1) for block in blocks if block.startswith("$ kg ")]
    assert len(asked) == 2
    for command, answer in asked:
        main(command.removeprefix("$ kg ").split())
        assert capsys.readouterr().out == answer


def test_what_time_alone_has_changed(capsys):
    data = str(data_folder())
    days = ["--old-as-of", "2011-02-01", "--as-of", "2011-02-02"]
    assert main(["diff", data, data, *days, "-f", "json"]) == 1
    found = json.loads(capsys.readouterr().out)
    # No Health Without Mental Health was published on 2 February 2011 and took the place of
    # New Horizons; all 44 rows of Telford's plan, held to be of 2011, name its objectives.
    changes = [row for row in found["changes"] if row["section"] == "links"]
    links = [row["id"] for row in changes if row["change"] == "added"]
    assert "no-health-without-mental-health supersedes new-horizons" in links
    assert sum(" servesPrimarily " in link for link in links) == 44
    removed = {row["id"] for row in changes if row["change"] == "removed"}
    assert removed == {"new-horizons issuedBy department-of-health"}
    action = "telford-2011/action/"
    ceased = {
        row["id"]
        for row in found["changes"]
        if row["section"] == "orphans" and row["change"] == "ceased-orphan" and action in row["id"]
    }
    assert ceased == {f"telford-2011/action/{n}" for n in range(1, 45)}
    assert main(["diff", data, data, "--as-of", "2011-02-02"]) == 0
