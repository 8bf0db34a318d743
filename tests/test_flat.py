"""Planted faults in a clean flat table are named; a clean table gives none."""

import csv

import pytest

import kg


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
