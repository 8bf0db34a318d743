"""The layers hold, terms are in step, every stored question runs."""

import ast
import re
from pathlib import Path

import pytest

import kg
from kg.resources import queries_folder
from kg.sparql.catalogue import stored_queries

ROOT = Path(kg.__file__).parent
ROWS = [
    ("__main__",),
    ("cli",),
    ("__init__", "opening", "vocabulary"),
    ("building",),
    ("checks",),
    ("sparql", "lineage"),
    ("store", "registers"),
    ("model",),
    ("errors", "terms", "resources"),
]
RANK = {name: place for place, row in enumerate(ROWS) for name in row}
FENCES = {
    "click": {"cli"},
    "networkx": {"lineage"},
    "pyshacl": {"checks"},
    "rdflib": {"checks", "store"},
    "pyoxigraph": {"store", "sparql", "building", "checks"},
}


def imports():
    for path in ROOT.rglob("*.py"):
        if "_share" in path.parts:
            continue
        own = path.relative_to(ROOT).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = (
                [a.name for a in node.names]
                if isinstance(node, ast.Import)
                else [node.module]
                if isinstance(node, ast.ImportFrom) and node.module
                else []
            )
            for name in names:
                yield own, name, path


def test_layers():
    seen = 0
    for own, name, path in imports():
        head, _, rest = name.partition(".")
        if head == "kg" and own != "__init__":
            other = rest.split(".")[0] or "__init__"
            if other != own and not (own == "store" and name == "kg"):
                if other in {"__init__", "terms"}:
                    continue
                assert RANK[own] <= RANK[other], f"{path}: {own} imports {name}"
                bottom = RANK["errors"]
                assert RANK[own] < RANK[other] or RANK[own] == bottom, f"{path}: {own} -> {name}"
                seen += 1
        if head in FENCES:
            assert own in FENCES[head], f"{path} imports {name}"
    assert seen > 50


def test_modules_are_small():
    for path in ROOT.rglob("*.py"):
        if path.name != "terms.py":
            assert len(path.read_text(encoding="utf-8").splitlines()) <= 400, path


@pytest.mark.parametrize("name", sorted(stored_queries()))
def test_stored_question_runs_its_example(name):
    stored = stored_queries()[name]
    given = dict(re.findall(r"-p (\w+)=(\S+)", stored.example))
    assert set(given) == set(stored.params)
    table = kg.query(name, given)
    assert table.columns == tuple(stored.columns)
    assert "ORDER BY" in stored.text
    assert len(table) == len(set(table.rows))
    if name != "unserved-objectives":
        assert len(table) > 0


def test_there_are_enough_questions():
    assert len(list(queries_folder().glob("*.rq"))) >= 12


def test_answers_worked_out_by_hand():
    answer = kg.query("objectives-of-action", {"action": "telford-2011/action/4"})
    assert answer.rows == (
        (
            "no-health-without-mental-health/objective/6",
            "Fewer people will experience stigma and discrimination",
            "stated",
        ),
    )
    blank = kg.query("actions-without-lead", {"plan": "telford-2011"})
    assert {row["action"].rsplit("/", 1)[1] for row in blank} == {
        "11",
        "12",
        "14",
        "15",
        "26",
        "36",
    }
    stigma = kg.query(
        "actions-of-objective", {"objective": "no-health-without-mental-health/objective/6"}
    )
    assert [row["action"] for row in stigma] == [f"telford-2011/action/{n}" for n in (4, 5, 6)]
    money = kg.query("money-of-plan", {"plan": "worcestershire-2009"})
    dementia = {row["amount"] for row in money if row["thing"] == "worcestershire-2009/intention/5"}
    assert dementia == {"300000", "750000", "1000000"}
