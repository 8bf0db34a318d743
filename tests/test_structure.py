"""The layers hold, terms are in step, every stored question runs."""

import ast
import functools
import re
from pathlib import Path

import pytest
from rdflib import Graph
from rdflib.util import from_n3

import kg
from kg.bundled import find_release
from kg.resources import queries_folder
from kg.sparql.catalogue import stored_queries
from kg.sparql.execution import bind
from kg.store.dataset import read_store, run_query
from kg.terms import TERMS

ROOT = Path(kg.__file__).parent
ROWS = [
    ("__main__",),
    ("cli",),
    ("__init__", "revisions"),
    ("exporting",),
    ("opening", "vocabulary"),
    ("bundled", "servers"),
    ("reports",),
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
    "rich": {"cli"},
    "networkx": {"lineage"},
    "pandas": {"lineage"},
    "pyshacl": {"checks"},
    "shacl": {"checks"},
    "rdflib": {"checks", "store"},
    "httpx": {"store"},
    "docx": {"reports"},
    "openpyxl": {"reports"},
    "jinja2": {"reports"},
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
    given = stored.arguments
    assert set(given) == set(stored.params)
    table = kg.query(name, given)
    assert table.columns == tuple(stored.columns)
    assert "ORDER BY" in stored.text
    assert len(table) == len(set(table.rows))
    assert (len(table) == 0) == bool(stored.empty)
    assert stored.empty or not name.startswith("negative/")


def test_there_are_enough_questions():
    assert len(list(queries_folder().glob("*.rq"))) >= 40


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


def test_every_term_serves_a_question_and_is_defined():
    text = "".join(q.text for q in stored_queries().values())
    for term in TERMS.values():
        assert term.definition.endswith("."), term.name
        assert term.label, term.name
        assert re.search(rf"lin:{term.name}\b", text), f"no question uses lin:{term.name}"


@pytest.mark.parametrize("name", sorted(stored_queries()))
def test_rdflib_gives_the_same_rows(name, dataset, graph):
    stored, bound = bind(graph, name, stored_queries()[name].arguments)
    rows = dataset.query(
        stored.text, initBindings={key: from_n3(str(term)) for key, term in bound.items()}
    )
    wanted = [c for c in map(str, rows.vars) if c not in stored.params]
    found = sorted([str(row[c] or "") for c in wanted] for row in rows)
    with_ox = run_query(store(), stored.text, bound)
    expected = sorted([row[c].value if row[c] else "" for c in wanted] for row in with_ox)
    assert found == expected


@functools.cache
def store():
    return read_store(find_release().quads)


@pytest.fixture(scope="session")
def dataset():
    graph = Graph()
    lines = find_release().quads.read_text(encoding="utf-8").splitlines()
    graph.parse(data="\n".join(re.sub(r" <[^>]+> \.$", " .", line) for line in lines), format="nt")
    return graph
