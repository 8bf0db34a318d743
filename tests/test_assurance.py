"""The assurance pack: every figure counted again, three readable forms, nothing that runs."""

import csv
import hashlib
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

import kg
from kg.bundled import find_release
from kg.checks.auditing import audit
from kg.checks.catalogue import RULES
from kg.checks.consequences import per_cent
from kg.cli import main
from kg.errors import ExportError, LoadError
from kg.lineage.coverage import ACTIONS
from kg.lineage.reasons import explain
from kg.model.bases import DEFAULT, Basis
from kg.model.findings import Finding, Report
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Node
from kg.reports.assurance import asking, findings, folder
from kg.reports.assurance.asking import Inquiry
from kg.reports.assurance.drawing_up import draw_up
from kg.reports.assurance.folder import write_pack
from kg.reports.assurance.records import Figure, Name, Setting
from kg.reports.assurance.rows import coverage
from kg.reports.assurance.verifying import read_record, verify
from kg.reports.assurance.wording import KINDS

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
DAY = "2026-01-31"
NHWMH = "no-health-without-mental-health/objective"
PLAN = """id,level,text,title,serves,lead
o1,Objective,Fewer falls,,,
o2,Objective,Better sleep,,,
p1,Priority,Safe homes,,o1,
a1,Action,Fit rails,,p1,Jo
a2,Action,Run a class,,o1,
a3,Action,Write a leaflet,,,Providers
"""
HOSTILE = [
    ["id", "level", "text", "title", "serves", "lead"],
    ["o1", "Objective", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "", ""],
    ["p1", "Priority", "=1+1", "<b>b</b>", "o1", "@SUM(1)"],
    ["a1", "Action", "x" * 10_000, "", "p1", "-1+1"],
    [
        "a2",
        "Action",
        "\u202eevil\u200f {{ 7*7 }} {% raw %}",
        "+1",
        "",
        "<img src=x onerror=alert(1)>",
    ],
    [
        "a3",
        "Action",
        "<script>alert(1)</script> bell\x07 esc\x1b nel\x85 sep\u2028 end",
        "",
        "",
        "",
    ],
    ["a5", "Action", "=cmd|' /C calc'!A0", "", "", ""],
    ["=a4", "Action", ']]> & &amp; "quoted"', "", "zz", "'=2"],
]


def make(target, *options):
    code = main(["report", "assurance", "-o", str(target), "--date", DAY, *options])
    assert code == 0
    return target


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    return make(tmp_path_factory.mktemp("five") / "pack")


@pytest.fixture(scope="module")
def figures(pack):
    return {entry["key"]: entry for entry in record(pack)["figures"]}


@pytest.fixture(scope="module")
def drawn(graph):
    return draw_up(Inquiry(graph, Setting()), date=DAY, release="a release")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    home = tmp_path_factory.mktemp("hostile")
    with (home / "plan.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(HOSTILE)
    return make(home / "pack", "-g", str(home / "plan.csv"), "--title", "=1+1 <i>T</i>\u202e")


def record(pack):
    return json.loads((pack / "figures.json").read_text(encoding="utf-8"))


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text, newline="")))


def count_again(entry, rows):
    """Count a figure from the rows that its command printed, knowing only what the pack says."""
    kept = [
        row
        for row in rows
        if all(row[column] in values for column, values in entry["where"].items())
    ]
    what, _, column = entry["count"].partition(":")
    if what == "rows":
        return len(kept), kept
    if what == "distinct":
        return len({row[column] for row in kept}), kept
    return sum(int(row[column] or 0) for row in kept), kept


def check_by_commands(pack, capsys):
    answers = {}
    for entry in record(pack)["figures"]:
        command = entry["command"]
        if command not in answers:
            capsys.readouterr()
            words = shlex.split(command)
            assert words[0] == "kg"
            assert main(words[1:]) == 0
            answers[command] = rows_of(capsys.readouterr().out)
        value, kept = count_again(entry, answers[command])
        assert value == entry["value"], entry
        data = (pack / entry["rows"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"]
        held = rows_of(data.decode())
        assert len(held) == len(kept), entry
        for mine, theirs in zip(held, kept, strict=True):
            shared = mine.keys() & theirs.keys()
            assert set(entry["where"]) <= shared
            assert {c: mine[c] for c in shared} == {c: theirs[c] for c in shared}
    return answers


# --- every figure


def test_every_figure_is_counted_again_by_its_command(pack, capsys):
    answers = check_by_commands(pack, capsys)
    asked = {shlex.split(command)[1] for command in answers}
    assert asked == {"audit", "matrix", "stats", "report"}
    assert len(record(pack)["figures"]) > 200


def test_every_figure_of_a_flat_table_too(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("plan.csv").write_text(PLAN, encoding="utf-8")
    Path("old.csv").write_text(PLAN.replace("a2,Action,Run a class,,o1", "a2,Action,Run,,"))
    pack = make(tmp_path / "pack", "-g", "plan.csv", "--since", "old.csv", "--basis", "stated")
    check_by_commands(pack, capsys)
    found = {entry["key"]: entry["value"] for entry in record(pack)["figures"]}
    # a1 by p1 and a2 directly reach o1; a3 reaches nothing; nothing reaches o2
    assert (found["coverage/rows"], found["coverage/reach"], found["coverage/nothing"]) == (3, 2, 1)
    assert (found["objectives/all"], found["objectives/without"]) == (2, 1)
    assert (found["orphans/all"], found["orphans/lead/Providers"]) == (1, 1)
    # a2 was reworded, and its link to o1 mended its thread
    changes = {key: value for key, value in found.items() if key.startswith("changes/")}
    assert changes == {
        "changes/all": 3,
        "changes/element/reworded": 1,
        "changes/link/added": 1,
        "changes/thread/mended": 1,
    }


def test_every_figure_of_a_hostile_table_too(hostile, monkeypatch, capsys):
    monkeypatch.chdir(hostile.parent)
    check_by_commands(hostile, capsys)


def test_figures_worked_out_from_the_documents(figures):
    value = {key: entry["value"] for key, entry in figures.items()}
    # telford-2011.txt: 44 rows, of which 24 state their objective and 20 stand under a merged cell
    telford = "coverage/telford-2011/Action"
    assert value[f"{telford}/rows"] == 44
    assert [value[f"{telford}/{basis}"] for basis in ("stated", "inherited", "inferred")] == [
        24,
        44,
        44,
    ]
    assert [value[f"objectives/{NHWMH}/{n}/rows"] for n in range(1, 7)] == [10, 8, 4, 16, 3, 3]
    assert [value[f"objectives/{NHWMH}/{n}/stated"] for n in range(1, 7)] == [6, 6, 1, 8, 2, 1]
    # derby-2014.txt 174-189: 16 actions; only line 184 names a national scheme (PBR)
    derby = [value[f"orphans/derby-2014/Action/tier/{tier}"] for tier in (2, 3, 4)]
    assert derby == [1, 15, 0]
    # dundee-2016.txt: 27 shifts; nothing in it names a national instrument that they would serve
    assert value["coverage/dundee-2016/Commitment/nothing"] == 27
    # worcestershire-2009.txt: 21 intentions, 83 activities
    assert value["scope/worcestershire-2009/Commitment"] == 21
    assert value["scope/worcestershire-2009/Activity"] == 83
    # three are folded into other rows (lines 162, 359 and 385): told of as orphans or as folded
    assert value.get("stops/reason/folded", value.get("audit/folded")) == 3
    # dundee-2019.txt: 10 workstreams, 20 actions; Scottish, and the six objectives are English
    assert value["scope/dundee-2019/Workstream"] == 10
    assert value["scope/dundee-2019/Action"] == 20
    assert value["unserved/dundee-2019/jurisdiction"] == 6
    assert value["unserved/worcestershire-2009/time"] == 6
    assert value["scope/texts"] == 6


def test_defects_are_those_of_the_registers(figures):
    data = find_release().graph().documents
    assert data
    registers = sorted((Path(kg.__file__).parents[1] / "data/registers").glob("*/defects.csv"))
    counts = {path.parent.name: len(rows_of(path.read_text("utf-8-sig"))) for path in registers}
    assert sum(counts.values()) == figures["defects/all"]["value"]
    kinds = [row["kind"] for path in registers for row in rows_of(path.read_text("utf-8-sig"))]
    assert kinds.count("lost-glyph") == figures["defects/kind/lost-glyph"]["value"]


def test_sparql_counts_the_same(graph, figures):
    orphaned = kg.query("orphaned-actions")
    rows = asking.report_table(graph, "orphans", DEFAULT)
    mine = {row["item"] for row in rows if row["class"] in ACTIONS}
    assert mine == {row["action"] for row in orphaned}
    by_basis = {"stated": 0, "interpreted": 0, "inherited": 0}
    for row in kg.query("claims-by-basis"):
        word = str(row["basis"]).rpartition(":")[2].rpartition("#")[2]
        if word in by_basis:
            by_basis[word] += int(row["claims"])
    for word, number in by_basis.items():
        assert figures[f"links/{word}"]["value"] == number
    for plan in ("telford-2011", "derby-2014", "dundee-2016"):
        asked = kg.query("unserved-objectives", {"plan": plan})
        told = [e["value"] for k, e in figures.items() if k.startswith(f"unserved/{plan}/")]
        assert sum(told) == len(asked)
    assert len(
        {row["defect"] for row in kg.query("defects-of-text", {"instrument": "telford-2011"})}
    ) == len(
        [
            r
            for r in asking.report_table(graph, "defects", DEFAULT)
            if "telford" in str(r["document"])
        ]
    )


def test_the_audit_counts_the_same_orphans(graph, figures):
    report = audit(graph)
    orphans = {finding.node for rule in ("unlinked", "stranded") for finding in report.of(rule)}
    rows = asking.report_table(graph, "orphans", DEFAULT)
    assert {row["item"] for row in rows} == orphans
    assert figures["audit/all"]["value"] == len(report)


def test_a_chain_by_way_of_a_whole_stops_where_it_is_only_part(graph):
    rows = {row["item"]: row for row in asking.report_table(graph, "orphans", DEFAULT)}
    outcome = rows["telford-2011/outcome/10"]
    assert (outcome["stops_at"], outcome["reason"]) == ("telford-2011/outcome/10", "part-only")
    assert "telford-2011/theme/8" in outcome["why"]
    assert rows["derby-2014/action/13"]["lead"] == "no lead: no such column"


LINKS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), max_size=24)


@settings(max_examples=60, deadline=None)
@given(LINKS)
def test_coverage_is_what_brute_force_finds(links):
    names = [f"n{number}" for number in range(10)]
    classes = ["Objective"] * 2 + ["Priority"] * 2 + ["Action"] * 6
    nodes = {n: Node(n, cls, n, text=n) for n, cls in zip(names, classes, strict=True)}
    claims = [
        Claim(f"c{i}", names[low], "serves", names[high], Basis(basis))
        for i, (low, high, basis) in enumerate(links)
        if low != high
    ]
    table = coverage(KnowledgeGraph(nodes, claims, flat=True), DEFAULT)
    for row in table:
        for allowed, word in enumerate(("stated", "inherited", "inferred", "interpreted")):
            seen, queue = {row["item"]}, [row["item"]]
            while queue:
                here = queue.pop()
                up = [c.object for c in claims if c.subject == here and c.basis <= allowed]
                new = [node for node in up if node not in seen]
                seen.update(new)
                queue += new
            reaches = bool(seen & {"n0", "n1"})
            told = (
                row["objective_on"]
                in ("stated", "inherited", "inferred", "interpreted")[: allowed + 1]
            )
            assert reaches == told, (row, word)
    assert {row["item"] for row in table} == set(names[4:])


def test_no_number_stands_in_the_prose_but_figures(drawn):
    for section in drawn.sections:
        for paragraph in section.paragraphs:
            for part in paragraph:
                assert isinstance(part, (str, Figure, Name))
                if isinstance(part, str):
                    assert not re.search(r"\d", part), part
        for table in section.tables:
            assert all(isinstance(cell, (str, Figure)) for row in table.rows for cell in row)
            numbers = [c for row in table.rows for c in row if isinstance(c, str) and c.isdigit()]
            assert all(len(number) == 4 for number in numbers), table.title  # years of issue


def test_the_bases_decide(graph):
    judged = draw_up(
        Inquiry(graph, Setting(bases="stated,inherited,inferred,interpreted")),
        date=DAY,
        release="r",
    )
    stated = draw_up(Inquiry(graph, Setting(bases="stated")), date=DAY, release="r")
    value = {f.key: f.value for f in stated.figures}
    assert value["coverage/reach"] == 24
    text = str(judged.sections[0].paragraphs)
    assert "No reader's judgement" not in text
    assert "No reader's judgement" in str(stated.sections[0].paragraphs)


# --- sections that rules and waivers fill


def test_a_rule_that_the_catalogue_gains_fills_its_section(graph, monkeypatch):
    titles = [group.title for group in findings.GROUPS if not set(group.rules) & set(RULES)]
    pack = draw_up(Inquiry(graph, Setting()), date=DAY, release="r")
    assert not set(titles) & {section.title for section in pack.sections}
    told = []
    for group in findings.GROUPS:
        rule = replace(RULES["unserved"], id=group.rules[0])
        monkeypatch.setitem(RULES, rule.id, rule)
        told.append(Finding(rule.id, rule.severity, "derby-2014/action/1", "m", "f", kind="blank"))
    made = draw_up(
        Inquiry(graph, Setting(), auditor=lambda *_: Report(tuple(told), 1)),
        date=DAY,
        release="r",
    )
    sections = {section.id: section for section in made.sections}
    for group in findings.GROUPS:
        section = sections[group.id]
        assert [listing.total.value for listing in section.listings] == [1]
        kinds = section.tables[-1]
        assert kinds.rows[0][1] == "the cell is there and empty"
        assert kinds.rows[0][2].value == 1
        assert kinds.rows[0][3] == f"{group.rules[0]}, blank"
    assert "other-findings" in sections


def test_every_rule_is_counted_somewhere(figures):
    assert {f"audit/{rule}" for rule in RULES if rule not in ("unlinked", "stranded")} <= set(
        figures
    )


def test_waived_findings_are_listed_with_their_excuse(graph):
    def auditor(graph, bases):
        report = audit(graph, bases=bases)
        first = replace(report.findings[0], status="waived", excuse="Jo, until 2027: agreed")
        return Report((first, *report.findings[1:]), report.checked)

    pack = draw_up(Inquiry(graph, Setting(), auditor=auditor), date=DAY, release="r")
    section = next(section for section in pack.sections if section.id == "waivers")
    listing = section.listings[0]
    assert listing.total.value == 1
    assert listing.cells()[0][2] == "Jo, until 2027: agreed"
    value = {figure.key: figure.value for figure in pack.figures}
    assert value["audit/all"] == len(audit(graph))  # a waiver hides nothing


# --- the folder


def tree(place):
    return {
        p.relative_to(place).as_posix(): p.read_bytes() for p in place.rglob("*") if p.is_file()
    }


def test_the_same_graph_and_day_give_the_same_bytes(pack, tmp_path):
    again = make(tmp_path / "again")
    assert tree(pack) == tree(again)
    with zipfile.ZipFile(again / "report.docx") as file:
        assert {entry.date_time for entry in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for name in ("report.docx", "report.xlsx"):
        with zipfile.ZipFile(again / name) as file:
            assert b"2026-01-31T00:00:00" in file.read("docProps/core.xml")


def test_another_day_gives_another_pack(pack, tmp_path):
    other = make(tmp_path / "other", "--date", "2026-02-01")
    assert (other / "report.html").read_bytes() != (pack / "report.html").read_bytes()
    assert (other / "figures.csv").read_bytes() == (pack / "figures.csv").read_bytes()


def test_checksums_are_those_of_the_files(pack):
    lines = (pack / "SHA256SUMS").read_text().splitlines()
    listed = dict(reversed(line.split("  ", 1)) for line in lines)
    files = {name: hashlib.sha256(data).hexdigest() for name, data in tree(pack).items()}
    assert files.pop("SHA256SUMS")
    assert files == listed


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text(PLAN, encoding="utf-8")
    return path


def test_a_pack_replaces_a_pack_and_nothing_else(plan, tmp_path, capsys):
    target = make(tmp_path / "pack", "-g", str(plan))
    make(target, "-g", str(plan), "--title", "Second")
    assert "Second" in (target / "report.html").read_text()
    (target / "notes.txt").write_text("mine")
    options = ["report", "assurance", "-o", str(target), "--date", DAY, "-g", str(plan)]
    assert main(options) == 2
    assert "error[report-folder]" in capsys.readouterr().err
    assert (target / "notes.txt").read_text() == "mine"
    assert main([*options, "--force"]) == 0
    assert (tmp_path / "pack.before-1" / "notes.txt").read_text() == "mine"
    assert not (target / "notes.txt").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pack", "pack.before-1", "plan.csv"]


def test_an_empty_folder_is_filled_and_the_current_one_refused(plan, tmp_path, monkeypatch, capsys):
    (tmp_path / "empty").mkdir()
    make(tmp_path / "empty", "-g", str(plan))
    monkeypatch.chdir(tmp_path / "empty")
    assert main(["report", "assurance", "-o", ".", "-g", str(plan)]) == 2
    assert "folder that you are in" in capsys.readouterr().err


def test_what_fails_leaves_the_old_pack_whole(plan, tmp_path, monkeypatch):
    target = make(tmp_path / "pack", "-g", str(plan))
    before = tree(target)
    inquiry = Inquiry(kg.load(plan), Setting())
    other = draw_up(inquiry, date=DAY, release="r", title="Other")

    def full(path):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "sync_tree", full)
    with pytest.raises(ExportError, match="No space left"):
        write_pack(other, target)
    assert tree(target) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["pack", "plan.csv"]


def test_a_missing_library_is_said_before_any_work(plan, tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "docx", None)
    assert main(["report", "assurance", "-o", str(tmp_path / "p"), "-g", str(plan)]) == 2
    said = capsys.readouterr().err
    assert "error[report-library]" in said
    assert "pip install 'policy-lineage[office]'" in said
    assert not (tmp_path / "p").exists()


@pytest.mark.parametrize("day", ["31 January", "2026-13-01", "", "=1"])
def test_a_day_that_is_none_is_refused(day, plan, tmp_path, capsys):
    options = ["report", "assurance", "-o", str(tmp_path / "p"), "-g", str(plan), "--date", day]
    assert main(options) == 2
    assert "error[report-date]" in capsys.readouterr().err


# --- verifying


def check(pack, *options):
    return main(["report", "verify", str(pack), "-f", "csv", *options])


def test_verify_finds_all_the_same(pack, capsys):
    assert check(pack) == 0
    printed = rows_of(capsys.readouterr().out)
    assert {row["result"] for row in printed} == {"same"}
    assert len(printed) == len(record(pack)["figures"])


def test_verify_finds_that_the_graph_has_changed(plan, tmp_path, capsys):
    target = make(tmp_path / "pack", "-g", str(plan))
    plan.write_text(PLAN.replace("a2,Action,Run a class,,o1", "a2,Action,Run a class,,"))
    capsys.readouterr()
    assert check(target, "-g", str(plan)) == 1
    rows = {row["title"]: row for row in rows_of(capsys.readouterr().out)}
    line = rows["Rows of work that reach a top-level item"]
    assert (line["recorded"], line["now"], line["result"]) == ("2", "1", "differs")
    assert rows["Rows of work"]["note"] == "the same number, of other rows"
    assert rows["Pairs of a plan and an objective it misses"]["result"] == "same"


def falsify(pack, key, **changed):
    content = record(pack)
    entry = next(entry for entry in content["figures"] if entry["key"] == key)
    entry.update(changed)
    (pack / "figures.json").write_text(json.dumps(content), encoding="utf-8")
    return entry["id"]


def test_verify_finds_every_forgery(plan, tmp_path, capsys):
    genuine = make(tmp_path / "genuine", "-g", str(plan))

    def results(forge):
        shutil.rmtree(tmp_path / "pack", ignore_errors=True)
        shutil.copytree(genuine, tmp_path / "pack")
        forged = forge(tmp_path / "pack")
        capsys.readouterr()
        assert check(tmp_path / "pack", "-g", str(plan)) == 1
        told = capsys.readouterr()
        by_id = {row["figure"]: (row["result"], row["note"]) for row in rows_of(told.out)}
        return by_id[forged], told.err

    found, said = results(lambda pack: falsify(pack, "coverage/reach", value=3))
    assert found == ("damaged", "its rows give 2")
    assert "figures.json: altered" in said
    found, _ = results(lambda pack: falsify(pack, "coverage/reach", command="kg stats -f csv"))
    assert found == ("damaged", "its command is not that of its question")
    found, _ = results(lambda pack: falsify(pack, "coverage/reach", where={"reaches": ["nothing"]}))
    assert found == ("damaged", "its rows are not only those where reaches is nothing")

    def rows(pack):
        path = pack / "rows" / "F3.csv"
        path.write_text(path.read_text() + "plan,a9,Action,Invented,stated,stated,objective,,,\n")
        return "F3"

    assert results(rows)[0] == ("damaged", "its rows were altered")

    def consistent(pack):
        """Rows, number and checksum agree with one another, and with no graph."""
        path = pack / "rows" / "F3.csv"
        path.write_text(path.read_text() + "plan,a9,Action,Invented,stated,stated,objective,,,\n")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return falsify(pack, "coverage/reach", value=3, sha256=digest)

    assert results(consistent)[0] == ("differs", "another number")

    def gone(pack):
        (pack / "rows" / "F3.csv").unlink()
        return "F3"

    found, said = results(gone)
    assert found[0] == "damaged"
    assert "rows/F3.csv: missing" in said


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "[" * 100_000,
        '{"format": "policy-lineage assurance pack 1"}',
        '{"format": "policy-lineage assurance pack 1", "setting": {}, "figures": []}',
        json.dumps(
            {
                "format": folder.FORMAT,
                "setting": {"graph": "", "bases": "stated", "since": "", "day": ""},
                "figures": [{"id": "../../etc/passwd", "rows": "/etc/passwd"}],
            }
        ),
    ],
)
def test_a_hostile_record_is_refused(content, tmp_path):
    (tmp_path / "figures.json").write_text(content)
    with pytest.raises(LoadError, match="record of the pack"):
        read_record(tmp_path)


def test_changes_are_rerun_only_with_the_earlier_graph(plan, tmp_path, capsys):
    old = tmp_path / "old.csv"
    old.write_text(PLAN.replace("p1,Priority,Safe homes,,o1", "p1,Priority,Safe homes,,"))
    target = make(tmp_path / "pack", "-g", str(plan), "--since", str(old))
    capsys.readouterr()
    assert check(target, "-g", str(plan)) == 1
    rows = [row for row in rows_of(capsys.readouterr().out) if row["result"] != "same"]
    assert rows
    assert {row["result"] for row in rows} == {"not rerun"}
    assert check(target, "-g", str(plan), "--since", str(old)) == 0


def test_verify_in_python(graph, pack):
    setting, recorded = read_record(pack)
    checks = verify(pack, Inquiry(graph, setting), setting, recorded)
    assert {one.state for one in checks} == {"same"}


def test_tables_by_name(capsys):
    assert main(["report", "table", "coverage", "-f", "csv"]) == 0
    assert len(rows_of(capsys.readouterr().out)) == 221
    assert main(["report", "table", "nonsense"]) == 2
    assert "tables: coverage, orphans" in capsys.readouterr().err
    assert main(["report", "table", "changes"]) == 2
    assert "--since" in capsys.readouterr().err


# --- three forms


def docx(pack, part="word/document.xml"):
    with zipfile.ZipFile(pack / "report.docx") as file:
        return etree.fromstring(file.read(part))


def words(element):
    """Return the words of a document, a paragraph a line."""
    lines = element.iter(f"{W}p")
    return "\n".join("".join(t.text or "" for t in line.iter(f"{W}t")) for line in lines)


def test_word_has_headings_in_order_and_a_language(pack):
    body = docx(pack)
    levels = []
    for paragraph in body.iter(f"{W}p"):
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        name = "" if style is None else style.get(f"{W}val")
        if name.startswith("Heading"):
            levels.append(int(name[-1]))
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert levels.count(1) > 10
    styles = docx(pack, "word/styles.xml")
    assert {e.get(f"{W}val") for e in styles.iter(f"{W}lang")} == {"en-GB"}
    core = docx(pack, "docProps/core.xml")
    told = {etree.QName(e).localname: e.text for e in core}
    assert told["title"] == "Assurance report on the golden thread"
    assert told["language"] == "en-GB"


def test_word_tables_repeat_their_header_and_have_alternative_text(pack):
    tables = list(docx(pack).iter(f"{W}tbl"))
    assert len(tables) > 20
    for table in tables:
        properties = table.find(f"{W}tblPr")
        assert properties.find(f"{W}tblDescription").get(f"{W}val").strip()
        assert properties.find(f"{W}tblCaption").get(f"{W}val").strip()
        rows = table.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in rows)
        assert not any(row.find(f"{W}trPr/{W}tblHeader") is not None for row in rows[1:])
        columns = len(rows[0].findall(f"{W}tc"))
        assert all(len(row.findall(f"{W}tc")) == columns for row in rows)


def test_word_figures_lead_to_the_annex(pack):
    body = docx(pack)
    marks = [mark.get(f"{W}name") for mark in body.iter(f"{W}bookmarkStart")]
    ids = [mark.get(f"{W}id") for mark in body.iter(f"{W}bookmarkStart")]
    assert len(marks) == len(set(marks))
    assert len(ids) == len(set(ids))
    anchors = [link.get(f"{W}anchor") for link in body.iter(f"{W}hyperlink")]
    assert set(anchors) <= set(marks)
    assert {entry["id"] for entry in record(pack)["figures"]} <= set(marks)
    # each figure printed beside its number has the value that the record gives
    values = {entry["id"]: entry["value"] for entry in record(pack)["figures"]}
    printed = re.findall(r"(\d+)\u00a0\[(F\d+)\]", words(body))
    assert len(printed) > 200
    assert all(values[name] == int(number) for number, name in printed)


def test_word_pages_are_a4_numbered_and_turned_for_wide_tables(pack):
    sizes = [(s.get(f"{W}w"), s.get(f"{W}orient")) for s in docx(pack).iter(f"{W}pgSz")]
    assert sizes[0][1] in (None, "portrait")
    assert sizes[-1][1] == "landscape"
    with zipfile.ZipFile(pack / "report.docx") as file:
        footers = [
            file.read(n).decode() for n in file.namelist() if "footer" in n and "rels" not in n
        ]
    assert any("PAGE" in footer and find_release().name in footer for footer in footers)


def test_a_short_table_stays_on_one_page_and_a_list_runs_on(pack):
    tables = docx(pack).findall(".//{*}tbl")
    for table, stays in ((tables[0], True), (tables[-1], False)):
        kept = [row.find(".//{*}keepNext") is not None for row in table.findall("{*}tr")]
        assert kept[0]  # the heads stay with the first row
        assert set(kept[1:-1]) == {stays}
        assert not kept[-1]


def test_long_lists_are_cut_in_word_and_whole_in_the_workbook(pack):
    text = words(docx(pack))
    assert "the first 100 are printed here; the file rows/" in text
    assert "worcestershire-2009/activity/83" not in text
    shared = strings(pack)
    assert "worcestershire-2009/activity/83" in shared


def strings(pack):
    return [
        "".join(t.text or "" for t in item.iter(f"{S}t"))
        for sheet in sheets(pack)
        for item in sheet.iter(f"{S}is")
    ]


def sheets(pack):
    with zipfile.ZipFile(pack / "report.xlsx") as file:
        return [
            etree.fromstring(file.read(name))
            for name in file.namelist()
            if name.startswith("xl/worksheets/sheet")
        ]


def test_workbook_sheets_are_frozen_filtered_and_printable(pack):
    found = sheets(pack)
    assert len(found) > 20
    for sheet in found:
        pane = sheet.find(f"{S}sheetViews/{S}sheetView/{S}pane")
        assert (pane.get("state"), pane.get("topLeftCell")) == ("frozen", "A2")
        assert sheet.find(f"{S}autoFilter") is not None
        assert sheet.find(f"{S}pageSetup").get("orientation") == "landscape"
        assert not list(sheet.iter(f"{S}f"))
    with zipfile.ZipFile(pack / "report.xlsx") as file:
        names = file.namelist()
        book = file.read("xl/workbook.xml").decode()
    assert not [name for name in names if "external" in name.lower() or "vba" in name.lower()]
    assert book.count("_xlnm.Print_Titles") == len(found)


def test_workbook_holds_every_figure(pack):
    from openpyxl import load_workbook

    book = load_workbook(pack / "report.xlsx", read_only=True)
    rows = list(book["Figures"].iter_rows(values_only=True))
    told = {row[0]: row[2] for row in rows[1:]}
    assert told == {entry["id"]: entry["value"] for entry in record(pack)["figures"]}
    contents = [row[0] for row in book["Contents"].iter_rows(min_row=2, values_only=True)]
    assert contents == book.sheetnames[2:]
    assert all(len(name) <= 31 for name in book.sheetnames)
    book.close()


class Page(HTMLParser):
    """What a page consists of."""

    VOID = frozenset({"meta", "link", "br", "img", "hr", "input"})

    def __init__(self, text):
        super().__init__()
        self.tags, self.open, self.words, self.styles = [], [], [], []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        (self.styles if self.open and self.open[-1] == "style" else self.words).append(data)

    def of(self, tag):
        return [attrs for name, attrs in self.tags if name == tag]


@pytest.fixture(scope="module")
def page(pack):
    return Page((pack / "report.html").read_text(encoding="utf-8"))


def test_page_is_offline_and_runs_nothing(page):
    names = {name for name, _ in page.tags}
    assert not names & {"script", "link", "img", "iframe", "object", "form", "base"}
    for _, attrs in page.tags:
        assert not [name for name in attrs if name.startswith("on") or name == "style"]
        assert attrs.get("href", "#").startswith("#")
    policy = next(m["content"] for m in page.of("meta") if "http-equiv" in m)
    import base64

    digest = base64.b64encode(hashlib.sha256("".join(page.styles).encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_page_can_be_read_by_everybody(page):
    assert page.of("html")[0]["lang"] == "en-GB"
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch(r"h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for landmark in ("header", "nav", "main", "footer"):
        assert len(page.of(landmark)) == 1
    assert len(page.of("caption")) == len(page.of("table")) > 20
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.of("th"))
    ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    assert {attrs["href"][1:] for attrs in page.of("a")} <= set(ids)
    assert {
        attrs["aria-labelledby"] for _, attrs in page.tags if "aria-labelledby" in attrs
    } <= set(ids)
    style = "".join(page.styles)
    for needed in ("@media print", "prefers-color-scheme:dark", "overflow-x:auto"):
        assert needed in style


def test_page_and_word_say_the_same_figures(pack, page):
    on_page = re.findall(r"(\d+) \n\[(F\d+)\]", "\n".join(page.words))
    in_word = re.findall(r"(\d+)\u00a0\[(F\d+)\]", words(docx(pack)))
    assert len(on_page) > 200
    assert set(on_page) == set(in_word)


def contrast(first, second):
    def light(colour):
        full = colour * 2 if len(colour) == 3 else colour
        if len(colour) == 3:
            full = "".join(c * 2 for c in colour)
        parts = [int(full[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        lin = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * lin[0] + 0.7152 * lin[1] + 0.0722 * lin[2]

    high, low = sorted((light(first), light(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_have_contrast_in_light_and_dark(page):
    blocks = re.findall(r":root\{[^}]*--ink[^}]*\}", "".join(page.styles))
    assert len(blocks) == 3
    for block in blocks:
        colours = dict(re.findall(r"--(\w+):#(\w+)", block))
        for ink in ("ink", "link"):
            for paper in ("paper", "head"):
                assert contrast(colours[ink], colours[paper]) >= 7, block
        assert contrast(colours["line"], colours["paper"]) >= 3


# --- hostile words


def test_hostile_words_are_inert_on_the_page(hostile):
    text = (hostile / "report.html").read_text(encoding="utf-8")
    page = Page(text)
    assert not {name for name, _ in page.tags} & {"script", "img", "i", "b"}
    said = "\n".join(page.words)
    assert "<script>alert(1)</script>" in said
    assert "{{ 7*7 }} {% raw %}" in said
    assert "49" not in re.findall(r"evil\S* (\d+)", said)
    assert "[U+202E]evil[U+200F]" in said
    assert "bell[U+0007] esc[U+001B]" in said
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e]", text)
    assert "x" * 601 not in text
    assert "[cut; whole in the rows]" in said


def test_hostile_words_are_inert_in_word(hostile):
    body = docx(hostile)
    said = words(body)
    assert "<script>alert(1)</script>" in said
    assert "[U+202E]evil" in said
    assert not list(body.iter(f"{W}fldChar"))
    assert {e.get(f"{W}instr") for e in body.iter(f"{W}fldSimple")} == set()
    with zipfile.ZipFile(hostile / "report.docx") as file:
        links = [n for n in file.namelist() if n.endswith(".rels") and b"External" in file.read(n)]
    assert links == []


def test_hostile_words_are_inert_in_the_workbook_and_the_rows(hostile):
    formula = ("=", "+", "-", "@", "\t", "\r")
    for sheet in sheets(hostile):
        assert not list(sheet.iter(f"{S}f"))
        assert {cell.get("t") for cell in sheet.iter(f"{S}c")} <= {"inlineStr", "n", None}
    texts = strings(hostile)
    assert [text for text in texts if text.startswith(formula)] == []
    assert "'=cmd|' /C calc'!A0" in texts
    assert "x" * 10_000 in texts
    with zipfile.ZipFile(hostile / "report.xlsx") as file:
        assert b'quotePrefix="1"' in file.read("xl/styles.xml")
        assert b"hyperlink" not in b"".join(file.read(n) for n in file.namelist() if "sheet" in n)
    for path in [hostile / "figures.csv", *(hostile / "rows").glob("*.csv")]:
        for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")):
            assert not [cell for cell in row if cell.startswith(formula)], path


def test_no_local_path_stands_in_a_pack(hostile):
    for name, data in tree(hostile).items():
        assert str(hostile.parent).encode() not in data, name


def test_office_opens_both_files(pack, hostile, tmp_path):
    soffice = shutil.which("soffice")
    if soffice is None and not os.environ.get("CI"):
        pytest.skip("LibreOffice is not installed (libreoffice-writer, libreoffice-calc)")
    assert soffice, "LibreOffice must be there in continuous integration"
    copies = []
    for name, source in (("five", pack), ("hostile", hostile)):
        for form in ("docx", "xlsx"):
            copies.append(tmp_path / f"{name}-{form}.{form}")
            shutil.copy(source / f"report.{form}", copies[-1])
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [soffice, "--headless", home, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, *map(str, copies)], check=True, capture_output=True, timeout=240)
    for copy in copies:
        assert copy.with_suffix(".pdf").read_bytes().startswith(b"%PDF")


def test_help_imports_nothing_heavy():
    code = (
        "import sys, kg.cli\n"
        "kg.cli.main(['report', 'assurance', '--help'])\n"
        "print(sorted({'docx', 'openpyxl', 'jinja2', 'lxml', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_commands_of_the_guide_run(tmp_path, monkeypatch, capsys):
    guide = Path(__file__).parents[1] / "docs/how-to/write-an-assurance-report.md"
    lines = [line.strip() for line in guide.read_text(encoding="utf-8").splitlines()]
    commands = [line for line in lines if line.startswith("kg ")]
    assert len(commands) > 6
    monkeypatch.chdir(tmp_path)
    Path("plan.csv").write_text(PLAN, encoding="utf-8")
    Path("old.csv").write_text(PLAN.replace("Fit rails", "Fit rail"), encoding="utf-8")
    for command in commands:
        assert main(shlex.split(command)[1:]) == 0, command
    assert "kg report verify" in capsys.readouterr().err
    tables = set(re.findall(r"`(\w+)`", guide.read_text(encoding="utf-8")))
    assert set(asking.TABLES) <= tables


def test_a_cell_is_no_formula_even_without_the_quotation_mark(hostile, monkeypatch):
    from kg.reports.assurance import workbook

    monkeypatch.setattr(workbook, "inert", lambda text: text)
    path = hostile.parent / "plan.csv"
    drawn = draw_up(Inquiry(kg.load(path), Setting()), date=DAY, release="r", title="=1+1")
    with zipfile.ZipFile(io.BytesIO(workbook.to_workbook(drawn))) as file:
        sheets = [etree.fromstring(file.read(n)) for n in file.namelist() if "/sheet" in n]
    texts = [
        "".join(t.text or "" for t in i.iter(f"{S}t")) for s in sheets for i in s.iter(f"{S}is")
    ]
    assert "=1+1" in texts
    assert not [f for sheet in sheets for f in sheet.iter(f"{S}f")]


def test_a_link_that_is_rejected_is_a_link_removed():
    nodes = {"a": Node("a", "Action", "A"), "o": Node("o", "Objective", "O")}
    held = Claim("c", "a", "serves", "o", Basis.STATED)
    before = KnowledgeGraph(nodes, [held], flat=True)
    after = KnowledgeGraph(nodes, [replace(held, decision="rejected")], flat=True)
    rows = asking.report_table(after, "changes", DEFAULT, before)
    told = {(row["what"], row["change"], row["item"]) for row in rows}
    assert told == {("link", "removed", "a serves o"), ("thread", "broken", "a")}


def test_the_day_of_the_report_decides_about_waivers(tmp_path, capsys):
    path = tmp_path / "plan.csv"
    path.write_text(PLAN, encoding="utf-8")
    (tmp_path / "plan.waivers.csv").write_text(
        "rule,node,reason,owner,expiry\nunlinked,a3,a leaflet is enough,Jo,2026-01-31\n"
    )
    held = make(tmp_path / "held", "-g", str(path))
    past = make(tmp_path / "past", "-g", str(path), "--date", "2026-02-01")
    value = [
        {entry["key"]: entry["value"] for entry in record(pack)["figures"]} for pack in (held, past)
    ]
    assert [one["audit/status/waived"] for one in value] == [1, 0]
    assert [one["audit/waiver-expired"] for one in value] == [0, 1]
    capsys.readouterr()
    assert check(held, "-g", str(path)) == 0
    assert check(past, "-g", str(path)) == 0


def test_a_report_as_of_a_day_is_rerun_as_of_that_day(tmp_path, capsys):
    pack = make(tmp_path / "pack", "--as-of", "2011-03")
    check_by_commands(pack, capsys)
    assert "It shows the links in force on 2011-03-31." in (pack / "report.html").read_text()
    assert check(pack) == 0


def test_work_that_does_not_count_on_the_day_is_no_row_without_a_line_of_sight(tmp_path):
    # Worcestershire's programme is of 2009 to 2012, those of Dundee and Derby are of 2014 and
    # later: of the five plans Telford's alone is in force in June 2012, with its 44 rows.
    pack = make(tmp_path / "pack", "--as-of", "2012-06")
    value = {entry["key"]: entry["value"] for entry in record(pack)["figures"]}
    keys = ("coverage/rows", "coverage/reach", "coverage/nothing")
    assert [value[key] for key in keys] == [44, 44, 0]


# --- one plan alone


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    return make(tmp_path_factory.mktemp("one") / "pack", "--plan", "dundee framework")


def test_a_report_on_one_plan_is_counted_again_by_its_commands(alone, capsys):
    answers = check_by_commands(alone, capsys)
    narrow = [command for command in answers if not command.startswith("kg stats")]
    assert all("--plan dundee-2019" in command for command in narrow)
    assert {shlex.split(command)[1] for command in answers} == {"report", "stats"}
    assert check(alone) == 0
    assert record(alone)["setting"]["plans"] == ["dundee-2019"]


def test_a_report_on_one_plan_holds_that_plan_alone(alone):
    title = "Assurance report on the golden thread: Dundee Mental Health & Wellbeing"
    assert record(alone)["title"].startswith(title)
    value = {entry["key"]: entry["value"] for entry in record(alone)["figures"]}
    # dundee-2019.txt: 10 workstreams and 20 actions; the six objectives are of England
    assert (value["coverage/rows"], value["asked/all"]) == (30, 30)
    assert (value["objectives/all"], value["objectives/without"]) == (6, 6)
    assert value["unserved/all"] == value["unserved/dundee-2019/jurisdiction"] == 6
    others = ("derby-2014", "dundee-2016", "telford-2011", "worcestershire-2009")
    for entry in record(alone)["figures"]:
        for row in rows_of((alone / entry["rows"]).read_text(encoding="utf-8")):
            names = [row.get(column, "") for column in ("plan", "item", "node", "instrument")]
            assert not [name for name in names if name.split("/")[0] in others], entry["key"]
    method = words(docx(alone))
    assert "alone" in method
    assert "Left out are the rows, findings, links and defects of: The future of" in method


def test_plans_apart_add_up_to_the_whole(graph, figures):
    plans = ("derby-2014", "dundee-2016", "dundee-2019", "telford-2011", "worcestershire-2009")
    for name, whole in (
        ("coverage", figures["coverage/rows"]["value"]),
        ("orphans", figures["orphans/all"]["value"]),
        ("asked", figures["asked/all"]["value"]),
        ("unserved", figures["unserved/all"]["value"]),
        ("defects", figures["defects/all"]["value"]),
    ):
        each = [len(asking.report_table(graph, name, DEFAULT, None, (plan,))) for plan in plans]
        together = len(asking.report_table(graph, name, DEFAULT, None, plans))
        assert sum(each) == together, name
        assert together == whole or (name == "defects" and together < whole), name
    counts = asking.report_table(graph, "objectives", DEFAULT, None, plans[:4])
    assert [row["rows"] for row in counts] == [10, 8, 4, 16, 3, 3]
    found = asking.report_table(graph, "findings", DEFAULT, None, ("telford-2011",))
    mine = [f for f in audit(graph) if graph.instrument_of(f.node) == "telford-2011"]
    assert [row["id"] for row in found] == [f.id for f in mine]


def test_links_of_plans_are_those_of_their_elements(graph):
    found = asking.report_table(graph, "links", DEFAULT, None, ("telford-2011",))
    count = {(row["predicate"], row["basis"]): row["links"] for row in found}
    # telford-2011.txt: 24 rows state their objective, 20 stand under a merged cell
    assert count["servesPrimarily", "stated"] == 24
    assert count["servesPrimarily", "inherited"] == 20


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("dundee", "could be any of several plans"),
        ("new-horizons", "is no plan with rows of work"),
        ("telford-2011/action/1", "is no plan with rows of work"),
        ("zzzz", "nothing answers to"),
        ("", "nothing answers to"),
    ],
)
def test_what_is_no_plan_is_refused(name, says, tmp_path, capsys):
    target = tmp_path / "pack"
    assert main(["report", "assurance", "-o", str(target), "--plan", name]) == 2
    said = capsys.readouterr().err
    assert "hint: " in said
    assert says in said
    assert not target.exists()


def test_a_flat_table_has_no_plans_to_choose_from(plan, tmp_path, capsys):
    options = ["-g", str(plan), "--plan", "p1"]
    assert main(["report", "assurance", "-o", str(tmp_path / "pack"), *options]) == 2
    assert "error[report-plan]" in capsys.readouterr().err


def test_verify_finds_that_the_plans_were_changed(alone, tmp_path, capsys):
    pack = tmp_path / "pack"
    shutil.copytree(alone, pack)
    path = pack / "figures.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["setting"]["plans"] = ["telford-2011"]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert check(pack) == 1
    assert "its command is not that of its question" in capsys.readouterr().out
    content["setting"]["plans"] = "telford-2011"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(LoadError, match="which plans"):
        read_record(pack)


# --- what a committee reads


def prose(paragraph):
    made = ""
    for part in paragraph:
        made += str(part.value) if isinstance(part, Figure) else getattr(part, "text", part)
    return made


def test_the_summary_says_why_rows_reach_nothing(drawn):
    told = [prose(paragraph) for paragraph in drawn.sections[0].paragraphs]

    def of(words):
        return next(text for text in told if words in text)

    # bibliography.txt: the two Dundee plans are Scottish, and the policy with the six numbered
    # objectives is England's, of February 2011; Worcestershire's programme is of 2009
    for words in ("DIJB54-2016", "Commissioning Framework"):
        assert "the plan applies to Scotland, the objectives to England" in of(words)
    assert "the objectives came later: the plan is of 2009" in of("Worcestershire")
    # derby-2014.txt 174-189: columns for the action, its place and its time, none for a link
    assert "no place where a link upwards could stand" in of("Derby")
    framework = of("Commissioning Framework")
    assert "rows of work 30, of which 0 reach a numbered national objective" in framework
    assert "1 reaches only a national policy and no numbered national objective" in framework
    telford = of("Telford")
    assert telford.endswith("44 reach a numbered national objective and 0 have no line of sight.")


def test_a_basis_that_is_not_counted_is_no_gap_of_the_document(graph):
    drawn = draw_up(Inquiry(graph, Setting(bases="stated")), date=DAY, release="r")
    told = next(t for t in map(prose, drawn.sections[0].paragraphs) if "Telford" in t)
    # telford-2011.txt: 24 rows state their objective, 20 stand under a merged cell
    assert "of which 24 reach a numbered national objective" in told
    assert "20 have no line of sight (the row reaches one only on a basis that is not" in told
    rows = asking.report_table(graph, "coverage", frozenset({Basis.STATED}))
    whys = {row["why"] for row in rows if row["no_objective"] == "basis"}
    assert whys == {"it reaches one only when links that are inherited count too"}


def test_plans_that_a_graph_has_lost_have_no_rows(graph):
    for name in set(asking.TABLES) - {"changes", "texts"}:
        assert len(asking.report_table(graph, name, DEFAULT, None, ("gone",))) == 0, name


def test_reasons_are_those_of_the_rows(graph):
    for row in asking.report_table(graph, "coverage", DEFAULT):
        if row["reaches"] == "objective":
            assert (row["no_objective"], row["nothing"], row["why"]) == ("", "", "")
            continue
        reason = explain(graph, row["item"], f"{NHWMH}/1")
        assert (row["no_objective"], row["why"]) == (reason.code, reason.sentence)
        own = explain(graph, row["item"]).code if row["reaches"] == "nothing" else ""
        assert row["nothing"] == own


def test_what_is_missing_stands_beside_what_was_asked(drawn, figures):
    # 16 actions of Derby, 27 shifts, 10 workstreams and 20 actions of Dundee, 44 actions of
    # Telford and 21 intentions of Worcestershire; their 83 activities are parts of these
    assert figures["asked/all"]["value"] == 16 + 27 + 10 + 20 + 44 + 21
    section = next(s for s in drawn.sections if s.id == "accountability")
    rows = {row[0]: [cell.value for cell in row[1:]] for row in section.tables[0].rows}
    assert set(rows) == {"No lead", "No date", "No measure", "No money"}
    for asked, lacking, folded in rows.values():
        # three intentions are folded into others (lines 162, 359 and 385)
        assert (asked, folded) == (138, 3)
        assert folded < lacking < asked
    main_table = {row[0]: row[2] for row in drawn.sections[0].tables[0].rows}
    assert main_table["Rows of work asked for money that name none"].value == 138
    assert main_table["Rows of work without a line of sight"].value == 221


def test_no_table_is_noughts_alone(drawn):
    for section in drawn.sections:
        for table in section.tables:
            values = [cell.value for row in table.rows for cell in row if isinstance(cell, Figure)]
            assert not values or any(values), table.title
    faulty = next(s for s in drawn.sections if s.id == "other-findings")
    assert not faulty.tables
    assert "“It links to itself” (self-link)" in prose(faulty.paragraphs[-1])
    assert [part.value for part in faulty.paragraphs[-1] if isinstance(part, Figure)] == [0]


def test_codes_stand_behind_words(drawn):
    for section in drawn.sections:
        for table in section.tables:
            for row in table.rows:
                assert row[0] not in RULES, table.title
                assert "/" not in re.sub(r" / | \(.*", "", str(row[0])), table.title
                assert str(row[0]) not in {"derby-2014", "telford-2011"}, table.title
        for listing in section.listings:
            assert listing.title.split(":")[0] not in RULES
            assert not re.search(r"\.\)?$", listing.title)
    kinds = {fact.kind for fact in audit(kg.load()) if fact.kind}
    assert kinds <= set(KINDS), kinds - set(KINDS)


def test_tables_of_page_and_word_bear_the_same_numbers(pack):
    page = (pack / "report.html").read_text(encoding="utf-8")
    on_page = re.findall(r"<caption id=[^>]*>(Table \d+)\. ([^<]*)\.<span", page)
    in_word = re.findall(r"^(Table \d+)\. (.*)$", "\n".join(captions(pack)), re.MULTILINE)
    assert [number for number, _ in on_page] == [f"Table {n}" for n in range(1, len(on_page) + 1)]
    assert on_page == in_word


def captions(pack):
    style = f"{W}pPr/{W}pStyle[@{W}val='Caption']"
    return [words(p) for p in docx(pack).iter(f"{W}p") if p.find(style) is not None]


def test_what_is_asked_of_the_committee_is_counted(drawn, graph):
    section = drawn.sections[1]
    assert section.title == "What this asks of the committee"
    value = {figure.key: figure.value for figure in drawn.figures}
    rows = asking.report_table(graph, "orphans", DEFAULT)
    led = [row["lead"] for row in rows if " lead" not in row["lead"]]
    assert (value["asks/led"], value["asks/leads"]) == (len(led), len(set(led)))
    missing = [f for f in audit(graph) if f.rule == "no-lead" and f.kind != "folded"]
    assert value["asks/no-lead"] == len(missing)
    for paragraph in section.paragraphs[1:]:
        assert all(part.value for part in paragraph if isinstance(part, Figure))


def test_nothing_is_asked_where_nothing_is_open(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("id,level,text,serves\no1,Objective,Fewer falls,\na1,Action,Fit rails,o1\n")
    drawn = draw_up(Inquiry(kg.load(path), Setting()), date=DAY, release="r")
    assert "asks" not in [section.id for section in drawn.sections]


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_shares_are_rounded_half_up_and_never_to_all_or_nothing(part, whole):
    part = min(part, whole)
    said = per_cent(part, whole)
    exact = Fraction(100 * part, whole)
    if said == "under 1 %":
        assert 0 < exact < Fraction(1, 2)
    elif said == "over 99 %":
        assert Fraction(199, 2) <= exact < 100
    else:
        number = int(said.removesuffix(" %"))
        assert number - Fraction(1, 2) <= exact < number + Fraction(1, 2)
        assert (number == 100) == (part == whole)
        assert (number == 0) == (part == 0)
