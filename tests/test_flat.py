"""Planted faults in a clean flat table are named; a clean table gives none."""

import csv
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.registers import tables

FULL = Path("/dev/full")


def clean():
    rows = [("o1", "Objective", "Good lives", "")]
    rows += [(f"p{i}", "Priority", "A priority", "o1") for i in range(3)]
    rows += [(f"u{i}", "Outcome", "An outcome", f"p{i % 3}") for i in range(12)]
    rows += [(f"w{i}", "Workstream", "Work", f"u{i % 12}") for i in range(24)]
    rows += [(f"a{i}", "Action", "An action", f"w{i % 24}") for i in range(160)]
    return [list(row) for row in rows]


def findings(tmp_path, rows):
    path = tmp_path / "plan.csv"
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([["id", "level", "text", "serves"], *rows])
    return kg.audit(kg.load(path))


def test_clean_table(tmp_path):
    rows = clean()
    assert len(rows) == 200
    assert len(findings(tmp_path, rows)) == 0


FAULTS = {
    "unlinked": ("a5", lambda r: r.__setitem__(3, "")),
    "dangling-link": ("a5", lambda r: r.__setitem__(3, r[3] + " nowhere")),
    "self-link": ("a5", lambda r: r.__setitem__(3, r[3] + ";a5")),
    "duplicate-link": ("a5", lambda r: r.__setitem__(3, f"{r[3]} {r[3]}")),
    "empty-text": ("a5", lambda r: r.__setitem__(2, "")),
    "level-skip": ("a5", lambda r: r.__setitem__(3, r[3] + " u1")),
    "wrong-direction": ("w5", lambda r: r.__setitem__(3, r[3] + " a0")),
}


@pytest.mark.parametrize("rule", FAULTS)
def test_planted(tmp_path, rule):
    name, plant = FAULTS[rule]
    rows = clean()
    row = next(row for row in rows if row[0] == name)
    plant(row)
    found = findings(tmp_path, rows).of(rule)
    assert [(f.node, f.line) for f in found] == [(name, rows.index(row) + 2)]


def test_stranded_unserved_hollow_cycle_duplicate_id(tmp_path):
    rows = clean()
    rows += [
        ["w90", "Workstream", "x", ""],
        ["z90", "Action", "x", "w90"],
        ["w91", "Workstream", "x", "u1"],
        ["u92", "Outcome", "x", "p1"],
        ["w92", "Workstream", "x", "u92"],
        ["w93", "Workstream", "x", "w94 u1"],
        ["w94", "Workstream", "x", "w93"],
        ["z93", "Action", "x", "w93"],
        ["a0", "Action", "again", "w0"],
    ]
    report = findings(tmp_path, rows)
    named = {
        rule: {f.node for f in report.of(rule)}
        for rule in ("unlinked", "stranded", "unserved", "hollow", "cycle", "duplicate-id")
    }
    assert named == {
        "unlinked": {"w90"},
        "stranded": {"z90"},
        "unserved": {"w91", "w92"},
        "hollow": {"u92"},
        "cycle": {"w93", "w94"},
        "duplicate-id": {"a0"},
    }


def test_twelve_levels_and_many_parents_are_exact(tmp_path):
    words = [
        "Objective",
        "Priority",
        "Priority",
        "Outcome",
        "Outcome",
        "Outcome",
        "Workstream",
        "Workstream",
        "Workstream",
        "Workstream",
        "Action",
        "Activity",
    ]
    rows = [
        [f"n{d}-{i}", level, "x", f"n{d - 1}-{i} n{d - 1}-{(i + 1) % 4}" if d else ""]
        for d, level in enumerate(words)
        for i in range(4)
    ]
    assert len(findings(tmp_path, rows)) == 0
    graph = kg.load(tmp_path / "plan.csv")
    # Two parents at each of ten steps: from n10-i one reaches every one of the four objectives.
    pairs = {(row["action"], row["objective"]) for row in kg.matrix(graph)}
    assert pairs == {(f"n{d}-{i}", f"n0-{j}") for d in (10, 11) for i in range(4) for j in range(4)}


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("id,level,text\na,Spaceship,x\nb,Objective,x\n", "unknown-level"),
        ("id,level,text\n,Action,x\nb,Objective,x\n", "missing-id"),
        ('id,level,text\na,Action,"x\nb,Objective,x\n', "unreadable-row"),
        ("id,level,text\na,Action\nb,Objective,x\n", "unreadable-row"),
    ],
)
def test_one_bad_row_hides_nothing(tmp_path, text, rule):
    path = tmp_path / "t.csv"
    path.write_text(text)
    graph = kg.load(path)
    assert "b" in graph.nodes
    assert next(iter(kg.audit(graph))).rule == rule


@pytest.mark.parametrize(
    "data",
    [b"", b"\xff\xfei\x00", b"id,level\na,b\n", b"id,level,text\n\xe9", b"id,id,text\n", b"\0"],
)
def test_unreadable_tables_are_errors_with_a_hint(tmp_path, data, capsys):
    from kg.cli import main

    path = tmp_path / "t.csv"
    path.write_bytes(data)
    assert main(["audit", "-g", str(path)]) == 2
    said = capsys.readouterr().err
    assert "error[" in said
    assert "hint:" in said


def test_formulas_and_exits(tmp_path, capsys):
    from kg.cli import main

    path = tmp_path / "t.csv"
    path.write_text("id,level,text,serves\n=o,Objective,x,\n=a,Action,x,\n")
    assert main(["audit", "-g", str(path), "-f", "csv"]) == 1
    assert "'=a" in capsys.readouterr().out
    assert main(["audit", "-g", str(path), "--fail-on", "never"]) == 0
    assert main(["trace", "nothing-like-it"]) == 2
    assert main(["audit", "--rule", "nonsense"]) == 2


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@settings(deadline=None, max_examples=200)
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), max_size=12),
    delimiter=st.sampled_from([",", ";", "\t"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoted=st.booleans(),
)
def test_any_cells_come_back_at_their_place(rows, delimiter, end, quoted):
    if not quoted:  # the writer of the library leaves a lone line end bare
        rows = [tuple(re.sub(r"[\r\n]", " ", cell) for cell in row) for row in rows]
    stream = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([["a", "b", "c"], *rows])
    text = stream.getvalue()
    errors = []
    found = list(tables.read_rows(text, "t.csv", errors))
    assert not errors
    kept = [tuple(row.cells.values()) for row in found]
    assert [row for row in kept if "".join(row).strip()] == [
        row for row in rows if "".join(row).strip()
    ]
    for row in found:
        assert text[row.start : row.start + len(row.raw)] == row.raw


def test_lone_quotation_marks_cost_time_in_proportion():
    one = 'x,"y\n' + "a,b\n" * 50_000
    errors = []
    rows = list(tables.read_rows("h,i\n" + one, "t.csv", errors))
    assert len(rows) == 50_000
    assert [error.place.line for error in errors] == [2]


def test_a_repeated_id_states_a_link_once(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,level,text,serves\no,Objective,x,\na,Action,x,o\na,Action,y,o\n")
    graph = kg.load(path)
    assert len(graph.claims) == 1
    assert [p.rule for p in graph.problems] == ["duplicate-id"]
    assert graph.nodes["a"].text == "x"


def audited(tmp_path, capsys, text):
    from kg.cli import main

    path = tmp_path / "t.csv"
    path.write_text(text)
    return main(["audit", "-g", str(path)]), capsys.readouterr().err


def test_what_a_table_lacks_as_a_whole_is_said(tmp_path, capsys):
    code, said = audited(tmp_path, capsys, "id,level,text,supports\no,Objective,x,\na,Action,x,o\n")
    assert code == 1
    assert "no column 'serves', so nothing links upwards; not read: supports" in said
    code, said = audited(tmp_path, capsys, "id,level,text,serves\na,Action,x,\n")
    assert code == 0
    assert "all items are of one level (Action)" in said
    code, said = audited(tmp_path, capsys, "id,level,text,serves\n")
    assert code == 0
    assert "the table has no items" in said
    whole = "id,level,text,serves\no,Objective,x,\na,Action,x,o\nb,Action,x,o\n"
    code, said = audited(tmp_path, capsys, whole)
    assert (code, "kg:" in said) == (0, False)


def test_empty_rows_of_a_spreadsheet_are_no_fault(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,level,text,serves\no,Objective,x,\na,Action,x,o\n,,,\n , ,,\n")
    assert not kg.load(path).problems
    path.write_text('id,level,text,serves\no,Objective,x,\na,Action,x,"o, o2"\n')
    assert "separate ids by ; or spaces" in kg.load(path).problems[0].message


def test_output_goes_nowhere_it_should_not(tmp_path, capsys):
    from kg.cli import main

    path = tmp_path / "t.csv"
    path.write_text("id,level,text,serves\no,Objective,x,\na,Action,x,o\n")
    before = path.read_bytes()
    assert main(["export", "-g", str(path), "-o", str(path)]) == 2
    assert path.read_bytes() == before
    link = tmp_path / "link.csv"
    link.symlink_to(tmp_path / "real.csv")
    assert main(["export", "-g", str(path), "-o", str(link)]) == 0
    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_text().startswith("claim,")
    assert main(["validate", "-g", str(path)]) == 2
    assert "kg audit" in capsys.readouterr().err
    assert main(["build", "--data", str(tmp_path / "none"), "-o", str(tmp_path / "home")]) == 2
    assert "does not exist" in capsys.readouterr().err


@pytest.mark.skipif(not FULL.exists(), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output_is_no_bug_of_ours(tmp_path):
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "kg", "stats"], stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert b"error[output]" in done.stderr
