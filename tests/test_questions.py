"""The stored questions: golden answers read from the documents, typed parameters, the linter."""

import csv
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.bundled import find_release
from kg.errors import LoadError, ParameterError, QueryError
from kg.model.identifiers import ID, NAMESPACE
from kg.sparql.catalogue import ROLES, read_stored, stored_queries
from kg.sparql.execution import ask, bind, query
from kg.sparql.linting import RULES, lint
from kg.sparql.patterns import tokens_of
from kg.store.dataset import read_store

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden" / "questions"
CASES = sorted(
    path.relative_to(GOLDEN).with_suffix("").as_posix() for path in GOLDEN.rglob("*.csv")
)
ABOUT_REGISTERS = {
    "conclusions-on-reader",
    "precision-of-times",
    "repairs",
    "rows-of-thing",
}
"""What no document says by itself: rows of registers, readers, counts over every text."""
PREFIXES = f"PREFIX lin: <{NAMESPACE}> PREFIX x: <{ID}>\n"


def note(case):
    found = {"read": []}
    for line in (GOLDEN / f"{case}.txt").read_text(encoding="utf-8").splitlines():
        key, _, rest = line.partition(": ")
        if key == "read":
            found["read"].append(rest)
        else:
            found[key] = rest
    return found


@pytest.fixture(scope="session")
def triples():
    return read_store(find_release().quads)


@pytest.fixture(scope="session")
def answers(graph, triples):
    return lambda name, given_: query(graph, triples, name, given_)


def name_of(case):
    return re.sub(r"\.\d+$", "", case)


@pytest.mark.parametrize("case", CASES)
def test_answers_are_those_read_in_the_documents(case, answers):
    said = note(case)
    asked = dict(part.split("=", 1) for part in said.get("asked", "").split(",") if part)
    with (GOLDEN / f"{case}.csv").open(encoding="utf-8", newline="") as handle:
        columns, *rows = csv.reader(handle)
    answer = answers(name_of(case), asked)
    places = [answer.columns.index(column) for column in columns]
    found = [["" if row[p] is None else str(row[p]) for p in places] for row in answer.rows]
    if said["listed"] == "all":
        assert sorted(found) == sorted(rows)
        assert len(rows) == int(said["rows"])
    else:
        assert rows
        assert [row for row in rows if row not in found] == []
        if said["rows"] != "not counted":
            assert len(found) == int(said["rows"])


@pytest.mark.parametrize("case", CASES)
def test_the_words_stand_on_the_lines_they_were_read_from(case):
    assert note(case)["read"]
    for read in note(case)["read"]:
        name, number, words = re.fullmatch(r"(\S+\.txt):(\d+) (.+)", read).groups()
        text = (ROOT / "data" / "sources" / name).read_text(encoding="utf-8")
        assert words in text.split("\n")[int(number) - 1], read


def test_every_question_has_a_golden_answer():
    assert {name_of(case) for case in CASES} == stored_queries().keys() - ABOUT_REGISTERS


def test_all_25_competency_questions_are_answered():
    answered = {number for stored in stored_queries().values() for number in stored.answers}
    assert answered == set(range(1, 26))


def test_every_question_says_who_asks_and_an_empty_one_says_why(answers):
    for name, stored in stored_queries().items():
        assert stored.roles, name
        assert bool(stored.empty) == (len(answers(name, stored.arguments)) == 0), name
    assert {role for one in stored_queries().values() for role in one.roles} == set(ROLES)


# --- parameters ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "given_", "hint"),
    [
        ("due-in-period", {"from": "2019-02-30", "until": "2019-12-31"}, "2011-02-28"),
        ("due-in-period", {"from": "2019", "until": "2019-12-31"}, "2011-02-28"),
        ("due-in-period", {"from": "20190101", "until": "2019-12-31"}, "2011-02-28"),
        ("records-of-line", {"plan": "telford-2011", "line": "ten"}, "digits"),
        ("records-of-line", {"plan": "telford-2011", "line": "1e3"}, "digits"),
        ("records-of-line", {"plan": "telford-2011", "line": "\u0661"}, "digits"),
        ("links-of-basis", {"basis": "certain"}, "interpreted"),
        ("defects-of-kind", {"kind": "lost"}, "scheme#code"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_a_hint(name, given_, hint, answers):
    with pytest.raises(ParameterError) as caught:
        answers(name, given_)
    assert hint in str(caught.value)


def test_days_and_numbers_compare_as_such(answers):
    day = {"from": "2021-12-31", "until": "2021-12-31"}
    due = answers("due-in-period", day)
    assert "dundee-2019/action/1" in {row["thing"] for row in due}
    later = {"from": "2022-01-01", "until": "2022-12-31"}
    assert "dundee-2019/action/1" not in {r["thing"] for r in answers("due-in-period", later)}
    # As words 9 would come after 10: the row of line 9 is asked for by number.
    rows = answers("records-of-line", {"plan": "dundee-2019", "line": "9"})
    assert "dundee-2019/workstream/6" in {row["record"] for row in rows}


@pytest.mark.parametrize("text", ['crisis" } #', "\\", "crisis%", "'} UNION {", "\n\n\n\n"])
def test_hostile_words_stay_words(text, answers):
    assert len(answers("elements-by-words", {"words": text})) == 0


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("#+ summary: a\n#+ column x: y\n", "who asks"),
        ("#+ summary: a\n#+ column x: y\n#+ tags: officer\n#+ answers: one\n", "numbers"),
        ("#+ column x: y\n#+ tags: officer\n", "summary"),
        ("#+ param x (year): y\n", "not understood"),
        ("#+ nonsense\n", "not understood"),
    ],
)
def test_headers_are_checked(header, said, tmp_path):
    path = tmp_path / "one.rq"
    path.write_text(header, encoding="utf-8")
    with pytest.raises(LoadError, match=said):
        read_stored("one", path)


# --- what must return nothing, finds a planted fault -----------------------------------------


@pytest.fixture
def planted():
    store = read_store(find_release().quads)

    def plant(name, statements):
        store.update(f"{PREFIXES} INSERT DATA {{ {statements} }}")
        stored = stored_queries()[f"negative/{name}"]
        return {row[:2] for row in ask(store, stored.text).rows}

    return plant


def test_a_link_over_the_border_is_found(planted):
    nhwmh, dundee = "no-health-without-mental-health", "dundee-2019"
    assert planted("border", f"x:{dundee} lin:tracesTo x:{nhwmh}") == {(dundee, nhwmh)}


def test_a_prophecy_is_found(planted):
    plan, after = "worcestershire-2009", "no-health-without-mental-health"
    found = planted("prophecy", f"x:{plan} lin:tracesTo x:{after}")
    assert found == {(plan, after)}


def test_a_paired_column_is_found(planted):
    one, other = "derby-2014/action/1", "derby-2014/desired-state/1"
    assert planted("paired-columns", f"<{ID}{one}> lin:contributesTo <{ID}{other}>") == {
        (one, other)
    }


def test_a_workstream_under_one_priority_is_found(planted):
    one, other = "dundee-2019/workstream/1", "dundee-2019/priority/1"
    assert planted("paired-columns", f"<{ID}{one}> lin:serves <{ID}{other}>") == {(one, other)}


def test_a_rating_is_found(planted):
    found = planted("ratings", f"<{ID}telford-2011/action/1> lin:rating x:green")
    assert found == {("telford-2011/action/1", "green")}


def test_a_judgement_alone_is_found():
    store = read_store(find_release().quads)
    one = f"<{ID}derby-2014/action/1>"
    code = "https://w3id.org/policy-lineage/vocab/"
    store.update(
        f"{PREFIXES} INSERT DATA {{ x:c lin:subject {one} ; lin:predicate lin:serves ; "
        f"lin:object x:o ; lin:basis <{code}basis#interpreted> ; "
        f"lin:decision <{code}decision#accepted> }}"
    )
    text = stored_queries()["actions-anchored-by-judgement"].text
    assert {row[0] for row in ask(store, text).rows} == {"derby-2014/action/1"}


def test_a_shift_without_an_update_is_found(graph):
    store = read_store(find_release().quads)
    store.update(
        f"{PREFIXES} DELETE WHERE {{ GRAPH ?g {{ ?u lin:reportsOn <{ID}dundee-2016/shift/7> }} }}"
    )
    stored, bound = bind(graph, "work-without-progress", {"plan": "dundee-2016"})
    assert [row[1] for row in ask(store, stored.text, bound).rows] == ["dundee-2016/shift/7"]


# --- the linter -----------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_finds_its_trap_and_spares_the_clean_text(rule):
    assert rule in {found.rule.id for found in lint(RULES[rule].dirty)}
    assert lint(RULES[rule].clean) == ()


@pytest.mark.parametrize("name", sorted(stored_queries()))
def test_stored_questions_have_no_traps(name):
    stored = stored_queries()[name]
    assert lint(stored.text, bound=stored.params) == ()


def test_a_syntax_error_has_its_place():
    with pytest.raises(QueryError) as caught:
        lint("SELECT ?s {\n ?s ?p }")
    assert caught.value.place.line == 2


@pytest.mark.parametrize(
    "text",
    [
        "SELECT DISTINCT ?s { ?s ?p ?o FILTER(?o * 2 > 1 + 3) } ORDER BY ?s",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "SELECT DISTINCT ?s { ?s ?p 'a+ b* SERVICE %d # ?x' } ORDER BY ?s # lin:partOf+",
        "SELECT ?s { ?s a lin:Action FILTER NOT EXISTS { ?s lin:serves ?o } } ORDER BY ?s",
        "SELECT DISTINCT ?s { ?s (lin:serves|lin:partOf)+ x:e } ORDER BY ?s",
        "SELECT DISTINCT ?s { ?s lin:serves+ x:e } ORDER BY ?s",
        "SELECT DISTINCT ?s { ?s (lin:partOf/lin:serves)+ x:e } ORDER BY ?s",
        "SELECT ?s { ?s a lin:Aim OPTIONAL { ?s lin:number ?n } FILTER(!BOUND(?n)) } ORDER BY ?s",
        "SELECT ?s (STR(?p) AS ?q) { VALUES (?s ?p) { (x:a x:b) (x:c UNDEF) } } ORDER BY ?s",
        "ASK { ?s lin:number +5 }",
    ],
)
def test_what_only_looks_like_a_trap_is_spared(text):
    assert lint(PREFIXES + text) == ()


@given(st.text(alphabet=" \n#'\"<>{}()[]?$*+/|^.;,:@abSELCTFRO1\\", max_size=60))
def test_tokens_cover_any_text(text):
    for token in tokens_of(text):
        assert text.split("\n")[token.line - 1][token.column - 1 :][:1] == token.text[:1]


@given(st.text(max_size=80))
def test_any_text_is_linted_or_refused(text):
    refused = None
    try:
        lint(text)
    except QueryError as error:
        refused = error
    assert refused is None or refused.hint


def test_the_command_exits_with_1_when_it_finds_something(tmp_path):
    path = tmp_path / "own.rq"
    path.write_text("SELECT ?s { ?s ?p ?o } LIMIT 5\n", encoding="utf-8")
    call = [sys.executable, "-m", "kg", "query", "--lint", "-f", "csv"]
    dirty = subprocess.run([*call, str(path)], capture_output=True, text=True, check=False)
    clean = subprocess.run([*call, "due-in-period"], capture_output=True, text=True, check=False)
    assert (dirty.returncode, clean.returncode) == (1, 0)
    assert ":1:1,no-order,SELECT," in dirty.stdout
    assert "no traps" in clean.stderr


def test_questions_are_listed_by_role():
    call = [sys.executable, "-m", "kg", "queries", "--role", "researcher", "-f", "csv"]
    listed = subprocess.run(call, capture_output=True, text=True, check=True).stdout.splitlines()
    names = [row["name"] for row in csv.DictReader(listed)]
    wanted = [name for name, stored in stored_queries().items() if "researcher" in stored.tags]
    assert names == wanted


def test_the_pages_are_up_to_date(monkeypatch):
    monkeypatch.setattr(sys, "argv", ["make_queries.py", "--check"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(ROOT / ".ci" / "make_queries.py"), run_name="__main__")
    assert ended.value.code == 0
