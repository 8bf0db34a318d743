"""Waivers excuse findings until a day; a baseline keeps known ones from counting."""

import json
import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.building.build import build, run_build
from kg.checks.baseline import Entry, entries_of, mark_known, read_baseline, write_baseline
from kg.checks.catalogue import RULES
from kg.checks.waiving import excuse, read_waiver_file, waivers_of
from kg.cli import main
from kg.errors import BuildError, ExportError, KgError, LoadError
from kg.model.findings import Finding, Severity
from kg.model.governance import Waiver
from kg.registers.governance import waivers_and_errors
from kg.resources import data_folder

PLAN = """id,level,text,serves
o1,Objective,Better health,
o2,Objective,Less harm,
a1,Action,Do this,o1
a0,Action,Do this too,o1
a2,Action,Do that,
a3,Action,Do more,
"""
HEADER = "rule,node,reason,owner,expiry,about\n"
BASE = '{"format": "policy-lineage baseline 1"}\n'
TODAY = date(2027, 1, 15)


@pytest.fixture
def plan(tmp_path):
    """A plan in which a2 and a3 serve nothing, nothing serves o2, and two actions serve o1."""
    path = tmp_path / "plan.csv"
    path.write_text(PLAN)
    return path


def waive(plan, *rows, name="plan.waivers.csv"):
    path = plan.with_name(name)
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


def audited(plan, today=TODAY, **more):
    report = kg.audit(kg.load(plan), today=today, **more)
    return {found.id: found.status for found in report}, report


ALL_OPEN = {"unlinked:a2": "open", "unlinked:a3": "open", "unserved:o2": "open"}


def test_what_the_plan_lacks_without_any_waiver(plan):
    assert audited(plan)[0] == ALL_OPEN


def test_a_waived_finding_stays_listed_and_does_not_count(plan):
    waive(plan, "unlinked,a2,kept for the review of 2027,Ann Lee,2027-06-30,")
    states, report = audited(plan)
    assert states == ALL_OPEN | {"unlinked:a2": "waived"}
    (found,) = (f for f in report if f.node == "a2")
    assert found.excuse == "Ann Lee, until 2027-06-30: kept for the review of 2027"
    assert found.as_dict()["status"] == "waived"
    assert report.reaches(Severity.ERROR)  # a3 still counts
    waive(plan, *(f"unlinked,{n},why,Ann,2027-06-30," for n in ("a2", "a3")))
    report = audited(plan)[1]
    assert not report.reaches(Severity.ERROR)
    assert report.reaches(Severity.WARNING)


@pytest.mark.parametrize(
    ("today", "status"),
    [("2027-01-14", "waived"), ("2027-01-15", "waived"), ("2027-01-16", "open")],
)
def test_a_waiver_holds_on_its_last_day_and_not_on_the_next(plan, today, status):
    waive(plan, "unlinked,a2,why,Ann,2027-01-15,")
    states, report = audited(plan, date.fromisoformat(today))
    assert states.pop("unlinked:a2") == status
    expired = report.of("waiver-expired")
    assert len(expired) == (status == "open")
    for found in expired:
        assert (found.node, found.file, found.line) == (
            "a2",
            str(plan.with_name("plan.waivers.csv")),
            2,
        )
        assert "Ann" in found.message
        assert "2027-01-15" in found.message
    assert not report.of("waiver-unused")


def test_the_day_is_the_present_one_unless_another_is_given(plan):
    waive(plan, "unlinked,a2,why,Ann,9999-12-31,", "unlinked,a3,why,Ann,2020-01-01,")
    states = {found.id: found.status for found in kg.audit(kg.load(plan))}
    assert states["unlinked:a2"] == "waived"
    assert states["unlinked:a3"] == "open"
    assert states["waiver-expired:a3:unlinked"] == "open"


def test_an_unused_waiver_is_a_finding_where_its_rule_was_run(plan):
    waive(plan, "unlinked,a1,it is linked,Ann,2027-06-30,", "cycle,zz,no such node,Ann,2027-06-30,")
    states, report = audited(plan)
    unused = {"waiver-unused:a1:unlinked": "open", "waiver-unused:zz:cycle": "open"}
    assert states == ALL_OPEN | unused
    assert {found.line for found in report.of("waiver-unused")} == {2, 3}
    chosen = audited(plan, rules=["unlinked", "waiver-unused"])[0]
    assert "waiver-unused:a1:unlinked" in chosen
    assert "waiver-unused:zz:cycle" not in chosen  # its rule was not run
    assert set(audited(plan, rules=["unlinked"])[0]) == {"unlinked:a2", "unlinked:a3"}
    assert audited(plan, bases=kg.parse_bases("all"))[0] == ALL_OPEN  # other reach, no verdict


def test_a_pattern_excuses_one_class_of_one_plan_and_nothing_beside_it():
    derby = Waiver("unlinked", "derby-2014/action/*", "no such column", "Ann", TODAY)
    names = ["derby-2014/action/1", "derby-2014/aim/1", "derby-2014/action/1/step/2", "x/action/1"]
    found = [Finding("unlinked", Severity.ERROR, name, "m", "f") for name in names]
    found.append(Finding("hollow", Severity.WARNING, names[0], "m", "f"))
    states = [f.status for f in excuse(found, [derby], TODAY)]
    assert states == ["waived", "open", "open", "open", "open"]


def test_all_actions_of_derby_can_be_waived_at_once(graph):
    # modelling.md: none of the 16 actions of Derby has a column that links it upwards.
    waiver = Waiver("unlinked", "derby-2014/action/*", "no such column", "Ann", TODAY)
    report = kg.audit(graph, waivers=[waiver], today=TODAY)
    stranded = Waiver("stranded", "derby-2014/action/*", "no such column", "Ann", TODAY)
    report = kg.audit(graph, waivers=[waiver, stranded], today=TODAY)
    waived = [f.node for f in report if f.status == "waived"]
    assert sorted(waived) == sorted(f"derby-2014/action/{n}" for n in range(1, 17))
    plain = kg.audit(graph, waivers=[])
    assert {f.id for f in report} - {f.id for f in plain} <= {
        "waiver-unused:derby-2014/action/*:unlinked",
        "waiver-unused:derby-2014/action/*:stranded",
    }


def test_a_waiver_is_not_called_unused_on_a_day_on_which_what_it_excuses_does_not_count(graph):
    # Worcestershire's intention 2 has no "Led by"; its programme has ended by 2013.
    waiver = Waiver("no-lead", "worcestershire-2009/intention/2", "asked", "Ann", TODAY)
    mended = Waiver("no-lead", "worcestershire-2009/intention/1", "asked", "Ann", TODAY)
    found = {f.id: f.status for f in kg.audit(graph, waivers=[waiver, mended], today=TODAY)}
    assert found["no-lead:worcestershire-2009/intention/2"] == "waived"
    assert found["waiver-unused:worcestershire-2009/intention/1:no-lead"] == "open"
    dated = kg.audit(kg.as_of(graph, "2013"), waivers=[waiver, mended], today=TODAY)
    assert not [f for f in dated if f.rule == "waiver-unused"]


def test_a_waiver_may_name_one_of_several_findings_about_a_node():
    links = [
        Finding("suspect-link", Severity.WARNING, "a", "m", "f", about=f"serves {o}") for o in "xy"
    ]
    waiver = Waiver("suspect-link", "a", "why", "Ann", TODAY, "serves y")
    assert [f.status for f in excuse(links, [waiver], TODAY)] == ["open", "waived"]


FAULTS = [
    ("unliked,a2,why,Ann,2027-01-01,", "unknown-rule", 2, 1, "unlinked"),
    ("waiver-unused,a2,why,Ann,2027-01-01,", "unknown-rule", 2, 1, ""),
    ("unlinked,,why,Ann,2027-01-01,", "empty-cell", 2, 10, ""),
    ("unlinked,a2,,Ann,2027-01-01,", "empty-cell", 2, 13, ""),
    ("unlinked,a2,why,,2027-01-01,", "empty-cell", 2, 17, ""),
    ("unlinked,a2,why,Ann,,", "empty-cell", 2, 21, ""),
    ("unlinked,a2,why,Ann,2027-02-30,", "malformed-cell", 2, 21, "YYYY-MM-DD"),
    ("unlinked,a2,why,Ann,20270101,", "malformed-cell", 2, 21, "YYYY-MM-DD"),
    ("unlinked,a2,why,Ann,2027-W01-1,", "malformed-cell", 2, 21, "YYYY-MM-DD"),
    ("unlinked,*,why,Ann,2027-01-01,", "waiver-too-wide", 2, 10, "plan/class/*"),
    ("unlinked,derby-2014/*,why,Ann,2027-01-01,", "waiver-too-wide", 2, 10, "plan/class/*"),
    ("unlinked,/action/*,why,Ann,2027-01-01,", "waiver-too-wide", 2, 10, "plan/class/*"),
    ("unlinked,a2,wh\x1b[2Jy,Ann,2027-01-01,", "malformed-cell", 2, 13, ""),
    ("unlinked,a2,why,Ann,2027-01-01", "load-csv", 2, 1, ""),
]


@pytest.mark.parametrize(("row", "code", "line", "column", "hint"), FAULTS)
def test_a_malformed_waiver_is_refused_at_its_place(plan, row, code, line, column, hint):
    path = waive(plan, row)
    with pytest.raises(LoadError) as error:
        audited(plan)
    assert error.value.code == code
    assert str(error.value.place) == f"{path}:{line}:{column}"
    assert hint in error.value.hint
    with pytest.raises(BuildError) as failed:
        build(plan, plan.parent / "home")
    assert [e.code for e in failed.value.errors] == [code]
    assert not (plan.parent / "home" / "current").exists()


def test_every_fault_of_a_file_is_counted_and_a_build_lists_them_all(plan):
    waive(plan, *(row for row, *_ in FAULTS[:5]))
    with pytest.raises(LoadError, match="4 more faults"):
        audited(plan)
    with pytest.raises(BuildError) as failed:
        build(plan, plan.parent / "home")
    assert len(failed.value.errors) == 5


def test_two_waivers_of_one_finding_are_refused(plan):
    waive(plan, "unlinked,a2,why,Ann,2027-01-01,", "unlinked,a2,other,Ben,2028-01-01,")
    with pytest.raises(LoadError) as error:
        audited(plan)
    assert error.value.code == "duplicate-waiver"
    assert error.value.place.line == 3


@pytest.mark.parametrize("column", ["rule", "node", "reason", "owner", "expiry"])
def test_every_column_but_about_is_mandatory(plan, column):
    path = plan.with_name("plan.waivers.csv")
    values = ["unlinked", "a2", "why", "Ann", "2027-01-01", ""]
    cells = dict(zip(HEADER.strip().split(","), values, strict=True))
    del cells[column]
    path.write_text(",".join(cells) + "\n" + ",".join(cells.values()) + "\n")
    with pytest.raises(LoadError) as error:
        audited(plan)
    assert error.value.code == "missing-column"
    assert column in error.value.message


def test_a_release_keeps_the_waivers_and_only_those(plan):
    home = plan.parent / "home"
    bare = build(plan, home)
    waive(plan, "unlinked,a2,why,Ann,2027-06-30,")
    made = run_build(plan, home)
    assert not made.unchanged
    assert made.release.name != bare.name
    assert "-" not in made.release.name + bare.name  # other content, not a second of one name
    assert "waivers.csv" in made.release.manifest["files"]
    assert run_build(plan, home).unchanged
    direct, stored = audited(plan)[1], audited(home)[1]
    assert stored == direct
    waive(plan, "unlinked,a3,why,Ann,2027-06-30,")  # not in the release
    assert audited(home)[0]["unlinked:a3"] == "open"
    second = run_build(plan, home)
    assert not second.unchanged
    assert audited(home)[0]["unlinked:a3"] == "waived"
    plan.with_name("plan.waivers.csv").unlink()
    assert run_build(plan, home).release.name == bare.name
    shutil.copy(waive(plan, "unlinked,a2,why,Ann,2027-06-30,"), bare.folder / "waivers.csv")
    assert audited(home)[0] == ALL_OPEN  # what the manifest does not vouch for excuses nothing
    said = {"governance": {"waivers": "plan.waivers.csv"}}
    for files, there in (({}, False), ({"waivers.csv": {}}, True)):
        known = replace(bare, manifest=bare.manifest | said | {"files": files})
        assert bool(waivers_of(known.graph())) == there


def test_a_data_folder_and_its_release_excuse_the_same(tmp_path):
    data = shutil.copytree(data_folder(), tmp_path / "data")
    (data / "waivers.csv").write_text(
        HEADER + "stranded,derby-2014/vision/1,x,Ann,2027-06-30,\n"
        "unlinked,derby-2014/vision/1,x,Ann,2027-06-30,\nhollow,derby-2014/vision/1,x,Ann,2026-01-01,\n"
    )
    build(data, tmp_path / "home", shapes=False)
    direct = kg.audit(kg.load(data, tolerant=True), today=TODAY)
    stored = kg.audit(kg.load(tmp_path / "home"), today=TODAY)
    assert stored == direct
    assert [f.rule for f in stored if f.status == "waived"] == ["unlinked"]
    assert [f.line for f in stored.of("waiver-expired")] == [4]
    assert {f.file for f in stored.of("waiver-expired")} == {"waivers.csv"}
    assert [f.line for f in stored.of("waiver-unused")] == [2]


def test_the_bundled_data_excuse_nothing(graph):
    assert waivers_of(graph) == []
    assert all(found.counts for found in kg.audit(graph))
    assert (data_folder() / "waivers.csv").read_text() == HEADER


def test_the_schemas_are_table_schemas_and_agree_with_the_code():
    schema = json.loads((data_folder() / "schemas" / "waivers.json").read_text())
    assert ",".join(f["name"] for f in schema["fields"]) + "\n" == HEADER
    required = [f["name"] for f in schema["fields"] if f.get("constraints", {}).get("required")]
    assert required == ["rule", "node", "reason", "owner", "expiry"]


@settings(deadline=None, max_examples=150)
@given(st.text(alphabet='unlinked,a2*"/\n\r;\t-07=+\x00é', max_size=60), st.booleans())
def test_no_text_of_waivers_breaks_the_reading(tmp_path_factory, text, headed):
    path = tmp_path_factory.getbasetemp() / f"any-{os.getpid()}.csv"
    path.write_text(HEADER * headed + text, newline="")
    waivers, errors = waivers_and_errors(path, "w.csv", ["unlinked"])
    assert all(isinstance(error, KgError) and error.place for error in errors)
    for waiver in waivers:
        assert waiver.rule == "unlinked"
        assert waiver.reason
        assert waiver.owner


def brute(findings, waivers, today):
    """The statuses as their definition says them: every waiver tried on every finding."""
    found = []
    for f in findings:
        waived = False
        for w in waivers:
            prefix = w.node[:-1] if w.node.endswith("/*") else None
            names = f.node == w.node or (
                prefix and f.node.startswith(prefix) and "/" not in f.node[len(prefix) :]
            )
            waived |= bool(
                names and w.rule == f.rule and w.about in ("", f.about) and today <= w.expiry
            )
        found.append("waived" if waived else "open")
    return found


SOME_NODES = st.sampled_from(["p/a/1", "p/a/2", "p/a/1/s/1", "p/b/1", "q/a/1", "x"])


@settings(deadline=None)
@given(
    st.lists(
        st.builds(
            Finding,
            st.sampled_from(["unlinked", "hollow"]),
            st.just(Severity.ERROR),
            SOME_NODES,
            st.just("m"),
            st.just("f"),
            about=st.sampled_from(["", "serves x"]),
        ),
        max_size=12,
    ),
    st.lists(
        st.builds(
            Waiver,
            st.sampled_from(["unlinked", "hollow"]),
            SOME_NODES | st.sampled_from(["p/a/*", "q/a/*", "p/a/1/s/*"]),
            st.just("why"),
            st.just("Ann"),
            st.dates(date(2027, 1, 13), date(2027, 1, 17)),
            st.sampled_from(["", "serves x"]),
        ),
        max_size=6,
        unique_by=lambda w: w.key,
    ),
)
def test_waiving_equals_trying_every_waiver_on_every_finding(findings, waivers):
    marked = excuse(findings, waivers, TODAY)
    assert [f.status for f in marked[: len(findings)]] == brute(findings, waivers, TODAY)
    said = {f.rule for f in marked[len(findings) :]}
    assert said <= {"waiver-expired", "waiver-unused"}
    expired = sum(f.rule == "waiver-expired" for f in marked)
    assert expired == sum(w.expiry < TODAY for w in waivers)
    unused = [
        w for w in waivers if w.expiry >= TODAY and "waived" not in brute(findings, [w], TODAY)
    ]
    assert sum(f.rule == "waiver-unused" for f in marked) == len(unused)


def run(capsys, *arguments):
    code = main(["audit", *map(str, arguments)])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_the_command_excuses_what_files_say(plan, capsys):
    assert run(capsys, "-g", plan)[0] == 1
    rows = [
        f"{rule},{n},why,Ann,9999-12-31," for rule, n in (("unlinked", "a2"), ("unlinked", "a3"))
    ]
    waive(plan, rows[0])
    other = waive(plan, rows[1], "unserved,o2,why,Ben,9999-12-31,", name="more.csv")
    code, out, err = run(capsys, "-g", plan, "--waivers", other, "-f", "json")
    assert code == 0
    assert [row["status"] for row in json.loads(out)] == ["waived"] * 3
    assert json.loads(out)[2]["excuse"] == "Ben, until 9999-12-31: why"
    assert "no findings that count on 6 nodes" in err
    assert "unlinked  2 waived, does not count" in err
    code, out, _ = run(capsys, "-g", plan, "--no-waivers", "-f", "json")
    assert code == 1
    assert [row["status"] for row in json.loads(out)] == ["open"] * 3
    code, _, err = run(capsys, "-g", plan, "--no-waivers", "--waivers", other)
    assert code == 2
    assert "error[waivers]" in err
    code, _, err = run(capsys, "-g", plan, "--waivers", plan.with_name("none.csv"))
    assert code == 2
    assert "none.csv" in err


def test_no_baseline_is_written_as_of_a_day(plan, capsys):
    base = plan.with_name("base.jsonl")
    day = ["-g", plan, "--as-of", "2012"]
    code, out, err = run(capsys, *day, "--write-baseline", base)
    assert (code, out, base.exists()) == (2, "", False)
    assert "error[baseline-as-of]" in err
    assert "hint: write the baseline without --as-of" in err
    assert run(capsys, "-g", plan, "--write-baseline", base)[0] == 0
    written = base.read_bytes()
    code, _, err = run(capsys, *day, "--baseline", base, "--write-baseline", base)
    assert (code, "error[baseline-as-of]" in err, base.read_bytes()) == (2, True, written)
    # To count by a baseline as of a day is no harm; to tighten it then is not proposed.
    plan.write_text(PLAN.replace("a2,", "b2,"))
    code, _, err = run(capsys, *day, "--baseline", base)
    assert code == 1
    assert "--write-baseline" not in err
    assert "--write-baseline" in run(capsys, "-g", plan, "--baseline", base)[2]


def test_a_baseline_counts_only_what_is_new(plan, capsys):
    base = plan.with_name("base.jsonl")
    code, _, err = run(capsys, "-g", plan, "--write-baseline", base)
    assert (code, f"{base} lists 3 findings" in err) == (0, True)
    written = base.read_bytes()
    lines = written.decode().splitlines()
    assert json.loads(lines[0]) == {"format": "policy-lineage baseline 1"}
    assert [json.loads(line)["id"] for line in lines[1:]] == sorted(ALL_OPEN)
    run(capsys, "-g", plan, "--write-baseline", base)
    assert base.read_bytes() == written
    code, out, err = run(capsys, "-g", plan, "--baseline", base, "-f", "json")
    assert code == 0
    assert {row["status"] for row in json.loads(out)} == {"known"}
    assert "no findings that count on 6 nodes" in err
    assert "unlinked  2 known, does not count" in err
    plan.write_text(PLAN + "a4,Action,New and lost,\n")
    code, out, _ = run(capsys, "-g", plan, "--baseline", base, "-f", "json")
    assert code == 1
    assert [row["id"] for row in json.loads(out) if row["status"] == "open"] == ["unlinked:a4"]
    assert run(capsys, "-g", plan, "--baseline", base, "--fail-on", "never")[0] == 0


def test_a_baseline_is_tightened_and_never_widened(plan, capsys):
    base = plan.with_name("base.jsonl")
    run(capsys, "-g", plan, "--write-baseline", base)
    # a2 is mended, a4 is new.
    plan.write_text(PLAN.replace("a2,Action,Do that,", "a2,Action,Do that,o1") + "a4,Action,x,\n")
    code, _, err = run(capsys, "-g", plan, "--baseline", base)
    assert code == 1
    assert "1 of the 3 findings of the baseline is gone (unlinked 1)" in err
    assert f"kg audit --baseline {base} --write-baseline {base}" in err
    code, _, _ = run(capsys, "-g", plan, "--baseline", base, "--write-baseline", base)
    assert code == 1  # a4 is new still
    assert [e.id for e in read_baseline(base)] == ["unlinked:a3", "unserved:o2"]
    # A run of one rule says nothing of the others, and leaves them in.
    _, _, err = run(capsys, "-g", plan, "--baseline", base, "--rule", "cycle")
    assert "gone" not in err
    run(capsys, "-g", plan, "--baseline", base, "--rule", "cycle", "--write-baseline", base)
    assert [e.id for e in read_baseline(base)] == ["unlinked:a3", "unserved:o2"]


def test_waived_findings_are_no_part_of_a_baseline(plan, capsys):
    waive(plan, "unlinked,a2,why,Ann,9999-12-31,")
    base = plan.with_name("base.jsonl")
    run(capsys, "-g", plan, "--write-baseline", base)
    assert [e.id for e in read_baseline(base)] == ["unlinked:a3", "unserved:o2"]
    # So that the finding counts on the day on which nobody excuses it any more.
    code, _, _ = run(capsys, "-g", plan, "--baseline", base, "--no-waivers")
    assert code == 1


def test_a_finding_that_has_become_worse_or_more_counts():
    warning = Finding("level-skip", Severity.WARNING, "a", "m", "f")
    error = Finding("level-skip", Severity.ERROR, "a", "m", "f")
    known = entries_of([warning])
    assert [f.status for f in mark_known([error], known)[0]] == ["open"]
    assert [f.status for f in mark_known([warning], entries_of([error]))[0]] == ["known"]
    assert [f.status for f in mark_known([warning, warning], known)[0]] == ["known", "open"]
    assert mark_known([], known * 2) == ([], ["level-skip:a"] * 2)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("not json\n", 1),
        ('{"format": "other"}\n', 1),
        ("[" * 100_000, 1),
        (BASE + '{"id": "a"}\n', 2),
        (BASE + '{"id": "a", "rule": "cycle", "node": "a", "severity": "dire"}\n', 2),
        (BASE + "\n[]\n", 3),
    ],
)
def test_a_malformed_baseline_is_refused_at_its_line(plan, capsys, text, line):
    base = plan.with_name("base.jsonl")
    base.write_text(text)
    code, _, err = run(capsys, "-g", plan, "--baseline", base)
    assert code == 2
    assert f"{base}:{line}:1: error[baseline-malformed]" in err


def test_no_other_file_is_overwritten_by_a_baseline(plan, capsys):
    before = plan.read_bytes()
    code, _, err = run(capsys, "-g", plan, "--write-baseline", plan)
    assert code == 2
    assert "is no baseline" in err
    assert plan.read_bytes() == before
    with pytest.raises(ExportError):
        write_baseline(plan, [])
    with pytest.raises(KgError):
        write_baseline(plan.parent / "no" / "folder.jsonl", [])
    code, _, err = run(capsys, "-g", plan, "--baseline", plan.parent)
    assert code == 2
    assert "cannot read the baseline" in err


def test_the_bundled_audit_against_its_own_baseline(capsys, tmp_path):
    base = tmp_path / "base.jsonl"
    run(capsys, "--write-baseline", base)
    code, out, _ = run(capsys, "--baseline", base, "-f", "jsonl")
    assert code == 0
    assert {json.loads(line)["status"] for line in out.splitlines()} == {"known"}


def test_every_rule_can_stand_in_a_baseline():
    entries = [Entry(f"{rule}:n", rule, "n", RULES[rule].severity) for rule in RULES]
    assert mark_known([], entries)[1] == sorted(e.id for e in entries)


def test_a_waiver_file_without_rows_excuses_nothing(tmp_path):
    path = Path(tmp_path / "w.csv")
    path.write_text(HEADER)
    assert read_waiver_file(path) == []
