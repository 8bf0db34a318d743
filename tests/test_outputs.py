"""Findings in every form: valid for their readers, safe whatever they say, in little memory."""

import csv
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
import tracemalloc
from pathlib import Path
from urllib.parse import unquote, urlparse

import jsonschema
import pytest
import xmlschema
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Failure, JUnitXml, Skipped
from sarif.loader import load_sarif_file

import kg
from kg.checks.catalogue import RULES
from kg.cli import main
from kg.cli.findings import FORMS
from kg.model.findings import FIELDS, Finding, Severity
from kg.reports.forms import Root, rule_texts, summary, table
from kg.reports.github import github
from kg.reports.junit import junit
from kg.reports.sarif import sarif
from kg.resources import data_folder
from kg.store.files import write_text

SCHEMAS = Path(__file__).parent / "schemas"
GUIDE = Path(kg.__file__).parent.parent / "docs" / "how-to" / "gate-a-pull-request.md"
XSD = xmlschema.XMLSchema(SCHEMAS / "junit-10.xsd")
SARIF = jsonschema.Draft4Validator(json.loads((SCHEMAS / "sarif-2.1.0.json").read_text()))
E, W, I = Severity.ERROR, Severity.WARNING, Severity.INFO  # noqa: E741 - info
HERE = Root(Path("/repo/data"), Path("/repo"))
EVIL = 'a\n::error::x\r\n::set-output name=y::z,%0A]]><b a="\x00\x1b[2J\u202e\ud800'
MIXED = [
    Finding("cycle", E, "p/a", "p/a stands on a circle", "Cut it.", "sources/p.txt", 7),
    Finding("unserved", W, "p/b", "nothing serves it", "Serve it.", "sources/p.txt", 9),
    Finding("unserved", I, "p/c", "it is quoted", "Nothing.", "", 0),
    Finding("level-skip", W, "p/d", "skips", "Fix.", "x.csv", 2, "k", "p/e", "waived", "by A: old"),
    Finding("level-skip", W, "p/f", "skips", "Fix.", "x.csv", 3, status="known"),
    Finding("own-rule", W, EVIL, EVIL, EVIL, EVIL, 1, EVIL, EVIL),
]


def text(pieces):
    return "".join(pieces)


def log_of(findings, root=HERE, **options):
    log = json.loads(text(sarif(findings, rule_texts(), root, **options)))
    SARIF.validate(log)
    return log["runs"][0]


# --- SARIF --------------------------------------------------------------------------------


def test_sarif_says_all_of_a_finding():
    run = log_of(MIXED, exit_code=1)
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules[:-1]] == list(RULES)
    circle, served, quoted, waived, known, evil = run["results"]
    assert (circle["ruleId"], rules[circle["ruleIndex"]]["id"]) == ("cycle", "cycle")
    assert rules[evil["ruleIndex"]]["id"] == "own-rule"
    assert [r["level"] for r in (circle, served, quoted)] == ["error", "warning", "note"]
    assert circle["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "data/sources/p.txt", "uriBaseId": "SRCROOT"},
        "region": {"startLine": 7},
    }
    assert circle["locations"][0]["logicalLocations"] == [{"fullyQualifiedName": "p/a"}]
    assert "physicalLocation" not in quoted["locations"][0]
    assert circle["partialFingerprints"] == {"findingId/v1": "cycle:p/a"}
    assert circle["message"]["text"] == "p/a stands on a circle"
    assert served["message"]["text"] == "p/b: nothing serves it"
    assert waived["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "by A: old"}
    ]
    assert [r["baselineState"] for r in (circle, waived, known)] == ["new", "new", "unchanged"]
    assert "suppressions" not in known
    assert run["invocations"] == [{"executionSuccessful": True, "exitCode": 1}]


def test_sarif_without_a_baseline_says_nothing_of_one():
    assert "baselineState" not in log_of(MIXED[:2])["results"][0]
    assert log_of(MIXED[:2], baseline=True)["results"][0]["baselineState"] == "new"


def test_the_schema_would_notice():
    log = json.loads(text(sarif(MIXED, rule_texts(), HERE)))
    log["runs"][0]["results"][0]["level"] = "grave"
    assert list(SARIF.iter_errors(log))
    with pytest.raises(xmlschema.XMLSchemaException):
        XSD.validate(text(junit(MIXED, rule_texts())).replace(' failures="', ' failed="'))


@pytest.mark.parametrize("here", [data_folder().parent, Path("/nowhere")])
def test_every_place_in_sarif_leads_to_a_line(graph, here):
    run = log_of(kg.audit(graph).findings, Root(data_folder(), here))
    base = run["originalUriBaseIds"]["SRCROOT"]["uri"]
    assert len(run["results"]) > 300
    lengths = {}
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        uri = base + place["artifactLocation"]["uri"]
        file = Path(unquote(urlparse(uri).path))
        if file not in lengths:
            lengths[file] = len(file.read_text(encoding="utf-8").splitlines())
        assert 1 <= place["region"]["startLine"] <= lengths[file]
    prints = [result["partialFingerprints"]["findingId/v1"] for result in run["results"]]
    assert len(set(prints)) == len(prints)


def test_another_reader_counts_the_same(tmp_path, graph):
    report = kg.audit(graph)
    target = tmp_path / "audit.sarif"
    target.write_text(text(sarif(report.findings, rule_texts(), HERE)), encoding="utf-8")
    read = load_sarif_file(str(target))
    counts = read.get_report().get_issue_count_for_severity
    assert counts("error") == sum(f.severity is E for f in report)
    assert counts("warning") == sum(f.severity is W for f in report)


def test_paths_are_those_of_the_checkout_where_it_holds_the_data():
    assert HERE.path("a b.txt") == "data/a b.txt"
    assert HERE.uri("a b.txt") == "data/a%20b.txt"
    away = Root(Path("/data"), Path("/repo"))
    assert (away.base, away.uri("a.txt")) == (Path("/data"), "a.txt")
    table_ = Root(Path("/repo"), Path("/repo"))
    assert table_.path("plan.csv") == "plan.csv"
    assert table_.uri("/else/plan.csv") == "file:///else/plan.csv"
    assert "uri" not in log_of(MIXED, Root())["originalUriBaseIds"]["SRCROOT"]


# --- JUnit --------------------------------------------------------------------------------


def test_junit_as_its_readers_see_it():
    made = text(junit(MIXED, rule_texts(["cycle", "unserved", "level-skip", "self-link"])))
    XSD.validate(made)
    read = JUnitXml.fromstring(made.encode())
    suites = {suite.name: suite for suite in read}
    assert list(suites) == ["unserved", "cycle", "level-skip", "self-link", "own-rule"]
    counts = {name: (s.tests, s.failures, s.skipped) for name, s in suites.items()}
    assert counts == {
        "unserved": (2, 1, 0),
        "cycle": (1, 1, 0),
        "self-link": (1, 0, 0),
        "level-skip": (2, 0, 2),
        "own-rule": (1, 1, 0),
    }
    assert (read.tests, read.failures) == (7, 3)
    (case,) = suites["cycle"]
    (result,) = case.result
    assert isinstance(result, Failure)
    assert (case.classname, case.name) == ("cycle", "p/a")
    assert result.text == "p/a stands on a circle\nat sources/p.txt:7\nCut it."
    waived, known = suites["level-skip"]
    assert [type(case.result[0]) for case in (waived, known)] == [Skipped, Skipped]
    assert [case.result[0].message for case in (waived, known)] == ["waived: by A: old", "known"]
    assert waived.name == "p/d (p/e)"
    (evil,) = suites["own-rule"]
    assert evil.name.startswith("a\n::error::x\\x0d\n")
    assert "\\x00\\x1b[2J\\u202e\\ud800" in evil.name
    assert next(iter(suites["self-link"])).name == "no findings"


def test_junit_of_the_bundled_data(graph):
    report = kg.audit(graph)
    made = text(junit(report.findings, rule_texts()))
    XSD.validate(made)
    read = JUnitXml.fromstring(made.encode())
    assert {suite.name for suite in read} == set(RULES)
    # What only informs passes.
    assert read.failures == sum(found.severity > Severity.INFO for found in report)
    assert read.failures < len(report)
    for suite in read:
        assert len(list(suite)) == suite.tests == max(len(report.of(suite.name)), 1)


# --- GitHub -------------------------------------------------------------------------------


COMMAND = re.compile(r"::(error|warning|notice) ((?:file|line|title)=[^:,\n]*,?)+::[^\r\n]*")


@settings(max_examples=200)
@given(st.lists(st.text(st.characters(), max_size=30), min_size=5, max_size=5))
def test_no_text_becomes_a_command_of_its_own(texts):
    rule, node, message, fix, file = texts
    made = text(github([Finding(rule, E, node, message, fix, file, 3)], HERE))
    assert made.endswith("\n")
    assert len(re.split(r"[\r\n]", made[:-1])) == 1
    assert COMMAND.fullmatch(made[:-1])


def test_annotations_of_what_counts():
    made = text(github(MIXED, HERE)).splitlines()
    assert made[:3] == [
        (
            "::error file=data/sources/p.txt,line=7,title=cycle%3A p/a::"
            "p/a stands on a circle%0ACut it."
        ),
        (
            "::warning file=data/sources/p.txt,line=9,title=unserved%3A p/b::"
            "nothing serves it%0AServe it."
        ),
        "::notice title=unserved%3A p/c::it is quoted%0ANothing.",
    ]
    assert len(made) == 4
    assert made[3].startswith("::warning file=data/a%0A%3A%3Aerror%3A%3Ax%0D%0A%3A%3Aset-output ")


# --- for people ---------------------------------------------------------------------------


def test_the_table_groups_by_rule_and_says_the_same_words_once():
    two = [
        Finding("unserved", W, node, "Aim: nothing stands below it", "Find it.", "p.txt", line)
        for node, line in (("p/aim/1", 3), ("p/aim/12", 4))
    ]
    assert text(table([*two, MIXED[3]])).splitlines() == [
        "WARNING unserved: Nothing stands below it. 2 findings",
        "  To do: Find it.",
        "",
        "  Aim: nothing stands below it",
        "    p/aim/1   p.txt:3",
        "    p/aim/12  p.txt:4",
        "",
        "WARNING (waived) level-skip: A link passes over a level that the plan uses. 1 finding",
        "  To do: Fix.",
        "",
        "  skips",
        "  Excused: by A: old",
        "    p/d  x.csv:2",
    ]


def test_the_table_fits_and_shows_what_is_hidden(graph):
    lines = text(table(kg.audit(graph).findings)).splitlines()
    assert max(map(len, lines)) <= 100
    evil = text(table([MIXED[-1]]))
    assert not set(evil) & set(map(chr, [0, 0x1B, 0x202E, 0xD800, 13]))
    assert text(table([])) == "No findings.\n"


def test_the_summary_counts_what_counts():
    assert summary(MIXED, of=" on 6 nodes") == [
        "4 findings on 6 nodes: 1 error, 2 warnings, 1 info",
        "  error    cycle       1",
        "  warning  unserved    1",
        "  warning  own-rule    1",
        "  info     unserved    1",
        "  warning  level-skip  1 known, does not count",
        "  warning  level-skip  1 waived, does not count",
    ]
    assert summary([]) == ["no findings"]


# --- the command --------------------------------------------------------------------------


@pytest.fixture
def plan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "plan.csv"
    path.write_text("id,level,text,serves\n=o,Objective,x,\na,Action,y,\n", encoding="utf-8")
    return path.name


@pytest.mark.parametrize("form", FORMS)
def test_every_form_has_the_same_findings(plan, capsys, form):
    assert main(["audit", "-g", plan, "-f", form]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("2 findings on 2 nodes: 1 error, 1 warning\n")
    out = said.out
    found = {
        "table": lambda: re.findall(r"^    (\S+) ", out, re.MULTILINE),
        "tsv": lambda: [row.split("\t")[3] for row in out.splitlines()[1:]],
        "csv": lambda: [row["node"].lstrip("'") for row in csv.DictReader(io.StringIO(out))],
        "json": lambda: [row["node"] for row in json.loads(out)],
        "jsonl": lambda: [json.loads(row)["node"] for row in out.splitlines()],
        "sarif": lambda: [r["properties"]["node"] for r in json.loads(out)["runs"][0]["results"]],
        "junit": lambda: [c.name for s in JUnitXml.fromstring(out.encode()) for c in s if c.result],
        "github": lambda: re.findall(r"title=[a-z]+%3A (\S+?)::", out),
    }[form]()
    assert sorted(found) == ["=o", "a"]
    assert ("'=o" in out) == (form == "csv")


def test_records_have_every_field(plan, capsys):
    main(["audit", "-g", plan, "-f", "json"])
    rows = json.loads(capsys.readouterr().out)
    assert [tuple(row) for row in rows] == [FIELDS, FIELDS]
    assert tuple(Finding("r", E, "n", "m", "f").as_dict()) == FIELDS
    assert (rows[0]["id"], rows[0]["file"], rows[0]["line"]) == ("unlinked:a", "plan.csv", 3)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--fail-on", "error"], 1),
        (["--rule", "unserved", "--fail-on", "error"], 0),
        (["--rule", "unserved"], 1),
        (["--fail-on", "never"], 0),
        (["--rule", "nothing-of-that-name"], 2),
        (["-f", "xml"], 2),
        (["-o", "no/such/folder/x.json"], 2),
        (["--list-rules"], 0),
        (["--list-rules", "-f", "sarif"], 2),
    ],
)
def test_exit_codes(plan, capsys, arguments, code):
    assert main(["audit", "-g", plan, "-f", "json", *arguments]) == code
    assert "Traceback" not in capsys.readouterr().err


def test_what_is_waived_does_not_fail_a_run(plan, monkeypatch, capsys):
    from kg.checks import auditing
    from kg.model.findings import Report

    report = Report(tuple(f for f in MIXED if not f.counts), 2)
    monkeypatch.setattr(auditing, "audit", lambda *_, **__: report)
    assert main(["audit", "-g", plan, "-f", "sarif"]) == 0
    run = json.loads(capsys.readouterr().out)["runs"][0]
    assert run["invocations"][0]["exitCode"] == 0
    assert len(run["results"]) == 2


def test_list_rules_names_each_with_its_sentence(capsys):
    assert main(["audit", "--list-rules", "-f", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(r["id"], r["sentence"]) for r in listed] == [
        (r.id, r.sentence) for r in RULES.values()
    ]


def test_a_file_is_whole_or_as_before(plan, tmp_path, capsys):
    target = tmp_path / "audit.json"
    assert main(["audit", "-g", plan, "-f", "json", "-o", "audit.json"]) == 1
    assert capsys.readouterr().out == ""
    before = target.read_text(encoding="utf-8")
    assert len(json.loads(before)) == 2

    def breaks():
        yield "half"
        raise KeyError

    with pytest.raises(KeyError):
        write_text(target, breaks())
    assert target.read_text(encoding="utf-8") == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["audit.json", "plan.csv"]


def test_the_table_that_is_read_is_never_written_over(plan, tmp_path, capsys):
    before = (tmp_path / plan).read_bytes()
    (tmp_path / "link.csv").symlink_to(plan)
    for name in (plan, "link.csv", str(tmp_path / plan)):
        assert main(["audit", "-g", plan, "-f", "csv", "-o", name]) == 2
    assert "export-over-input" in capsys.readouterr().err
    assert (tmp_path / plan).read_bytes() == before


@pytest.mark.parametrize("make", [sarif, junit, github, table])
def test_many_findings_take_little_memory(make):
    count = 10_000
    many = [
        Finding("unlinked", E, f"p/action/{n}", f"no link from {n}", "Add one.", "p.csv", n)
        for n in range(count)
    ]
    ready = {
        sarif: lambda: sarif(many, rule_texts(), HERE),
        junit: lambda: junit(many, rule_texts()),
        github: lambda: github(many, HERE),
        table: lambda: table(many),
    }[make]
    tracemalloc.start()
    size = sum(len(piece) for piece in ready())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 40 * count
    # Lists of references, but never the text: a table also keeps what it groups by.
    assert peak < (400 if make is table else 40) * count


def test_forms_import_nothing_heavy():
    heavy = "rdflib pyshacl pyoxigraph networkx jinja2 docx openpyxl shacl xml.etree.ElementTree"
    for form in ("sarif", "junit", "github", "table"):
        program = (
            "import sys; from kg.cli import main;"
            f"main(['audit','--fail-on','never','-f','{form}']);"
            f"print(*[m for m in {heavy.split()} if m in sys.modules], file=sys.stderr)"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        assert done.stderr.endswith("\n\n"), done.stderr[-200:]


def test_the_reference_names_every_form_and_field():
    reference = (GUIDE.parent.parent / "reference" / "audit-output.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", reference, re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`([a-z]+)`", row)]
    assert named == [*FORMS, *FIELDS]


# --- the guide ----------------------------------------------------------------------------


def commands():
    found = re.findall(
        r"^ +(?:- run: |- )?(kg .*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return list(dict.fromkeys(found))


def test_the_guide_has_its_commands():
    assert len(commands()) == 7


def test_the_commands_of_the_guide_run(tmp_path, monkeypatch, capsys):
    shutil.copytree(data_folder(), tmp_path / "data")
    monkeypatch.chdir(tmp_path)
    told = {}
    for command in commands():
        words = shlex.split(command.partition(" | ")[0])
        told[command] = main(words[1:]), capsys.readouterr()
    # The bundled plans have orphans, so that a gate for errors does not let them pass.
    codes = {command: code for command, (code, _) in told.items()}
    assert {c: n for c, n in codes.items() if n} == {
        c: 1 for c in commands() if "--fail-on error" in c
    }
    run = json.loads((tmp_path / "audit.sarif").read_text(encoding="utf-8"))
    SARIF.validate(run)
    first = run["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert (tmp_path / first["uri"]).is_file()
    XSD.validate((tmp_path / "audit.xml").read_text(encoding="utf-8"))
    lines = told['kg audit -g .kg -f jsonl --fail-on never | grep \'"rule": "unlinked"\''][1].out
    assert '"rule": "unlinked"' in lines
    annotated = told["kg audit -g .kg -f github --fail-on error"][1].out
    file = re.search(r"file=([^,]*),", annotated)[1]
    assert (tmp_path / file).is_file()
