"""Shapes: messages people understand, the register row they lead to, engines that agree."""

import csv
import json
import re

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rdflib import RDF, SH, Graph
from register_sets import write_data

from kg.building.build import build, read_graph
from kg.checks import shape_engines
from kg.checks.shape_engines import Pyshacl, Shacl, choose_engine
from kg.checks.shape_words import WORDS
from kg.checks.shapes import shape_files, validate
from kg.cli import main
from kg.errors import BuildError, InstallationError, KgError, SettingsError
from kg.model.findings import Severity
from kg.opening import triples
from kg.resources import ontology_folder
from kg.store.quads import write_quads

BAD = sorted((ontology_folder() / "examples" / "bad").glob("*.ttl"))
SHAPES = [path.read_text(encoding="utf-8") for path in shape_files()]
XSD = "http://www.w3.org/2001/XMLSchema#"
CLAIM = "The link from action to objective (servesPrimarily) "
PASSAGE = "A passage quoted by the action action and 1 more "
EXPECTED = {
    "claim-without-evidence": CLAIM + "is stated, but it quotes no words",
    "claim-without-subject": "The link to objective (servesPrimarily) starts from nothing",
    "decision-without-name": "A decision on the link from action to objective (servesPrimarily) "
    "names nobody who took it",
    "element-in-two-plans": "The action action is set out in 2 instruments (other, plan)",
    "element-without-words": "The action action has no words",
    "inferred-without-premise": CLAIM
    + "is inferred, but it does not name one rule and does not name the links that it rests on",
    "instrument-without-type": "The instrument plan is of no type",
    "interpreted-without-rationale": CLAIM
    + "is interpreted, but it does not say why it is read so and does not say how sure the "
    "reader is",
    "money-without-nature": "The sum money does not say of what nature the money is",
    "nobody-answers": CLAIM + "is held by nobody",
    "passage-nowhere": PASSAGE + "stands in no document",
    "selector-backwards": PASSAGE + "begins at 99, which is not before its end (27)",
    "suggestion-accepted": CLAIM + "is suggested, but it counts as accepted",
    "text-without-checksum": "The document text has no checksum",
}


def lines_of(path):
    return [f"{quad.triple} <http://e/g> ." for quad in ox.parse(path=str(path))]


@pytest.mark.parametrize("engine", ["pyshacl", "shacl"])
@pytest.mark.parametrize("path", BAD, ids=lambda p: p.stem)
def test_a_bad_example_says_in_plain_english_what_is_wrong(path, engine):
    (found,) = validate(lines_of(path), engine=engine)
    assert found.message == EXPECTED[path.stem]
    assert found.fix.endswith(".")
    assert (found.rule, found.severity) == ("shape", Severity.ERROR)
    assert not re.search(r"shacl|sh:|minCount|w3id|http", found.message + found.fix, re.IGNORECASE)


def test_every_bad_example_is_expected():
    assert {path.stem for path in BAD} == set(EXPECTED)


def test_every_constraint_has_words_of_its_own_and_a_message_for_others():
    rules = Graph()
    for text in SHAPES:
        rules.parse(data=text, format="turtle")
    asked = set()
    counted = {"minCount", "maxCount", "nodeKind", "in", "datatype", "minLength", "pattern"}
    for owner in rules.subjects(RDF.type, SH.NodeShape):
        for shape in rules.objects(owner, SH.property):
            message = str(rules.value(shape, SH.message))
            what, _, to_do = message.partition(": ")
            assert what, message
            assert to_do.endswith("."), message
            path = re.split(r"[#/]", str(rules.value(shape, SH.path)))[-1]
            for predicate in rules.predicates(shape):
                name = str(predicate).rpartition("#")[2]
                if name in counted | {"lessThan"}:
                    asked.add((path, name[0].upper() + name[1:]))
    assert asked == set(WORDS)


# --- from registers -----------------------------------------------------------------------


def plans():
    return {
        "nat": {
            "instrument": {"level": "national"},
            "elements": [("nat/objective/1", "Objective")],
        },
        "loc": {
            "elements": [("loc/action/1", "Action"), ("loc/action/2", "Action")],
            "links": [
                {"subject": f"loc/action/{n}", "predicate": "serves", "object": "nat/objective/1"}
                for n in (1, 2)
            ],
        },
    }


def lenient(folder):
    """Let reading pass cells that the schemas would refuse: they are part of a data folder."""
    for path in (folder / "schemas").glob("*.json"):
        schema = json.loads(path.read_text(encoding="utf-8"))
        for column in schema["fields"]:
            for name in ("required", "enum", "pattern"):
                column.get("constraints", {}).pop(name, None)
        path.write_text(json.dumps(schema), encoding="utf-8")


def change(path, line, column, value):
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[line - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


# One cell each that reading lets pass: file, line, column, value; node and message.
SECOND = "The link from loc/action/2 to nat/objective/1 (serves) "
ELEMENTS, LINKS = "registers/loc/elements.csv", "registers/loc/links.csv"
BROKEN = [
    ((ELEMENTS, 3), "quote", "", "The action loc/action/2 has no words"),
    ((LINKS, 3), "quote", "", SECOND + "is stated, but it quotes no words"),
    ((LINKS, 3), "decision", "maybe", SECOND + "has the decision maybe"),
    ((LINKS, 3), "decision", "", SECOND + "has the decision (nothing)"),
    (("instruments.csv", 3), "kind", "", "The instrument loc is of no type"),
]


@pytest.mark.parametrize(
    ("row", "column", "value", "message"),
    BROKEN,
    ids=[f"{row[0].rpartition('/')[2]}-{column}-{value}" for row, column, value, _ in BROKEN],
)
def test_a_broken_cell_is_found_at_its_row(tmp_path, row, column, value, message):
    data = write_data(tmp_path / "data", plans())
    lenient(data)
    assert validate(write_quads(read_graph(data))) == []
    change(data / row[0], row[1], column, value)
    (found,) = validate(write_quads(read_graph(data)))
    assert ((found.file, found.line), found.message) == (row, message)
    assert found.node == ("loc" if row[0] == "instruments.csv" else "loc/action/2")


def test_a_document_read_on_no_day_is_said_of_each_link_at_its_row(tmp_path):
    data = write_data(tmp_path / "data", plans())
    lenient(data)
    # documents.csv: nat, loc, bibliography come in another order; take the row by its id.
    rows = (data / "documents.csv").read_text(encoding="utf-8").splitlines()
    line = next(n for n, row in enumerate(rows, start=1) if row.startswith("loc,"))
    change(data / "documents.csv", line, "read_on", "")
    found = validate(write_quads(read_graph(data)))
    own = [f for f in found if "(serves)" in f.message]
    assert [(f.file, f.line) for f in own] == [(LINKS, 2), (LINKS, 3)]
    assert {f.kind for f in found} == {"MinCount"}
    assert "documents.csv (read_on)" in own[0].fix
    # What rules inferred from the two links is led back to their rows.
    assert {(f.file, f.line) for f in found} == {(f.file, f.line) for f in own}
    assert len({f.id for f in found}) == len(found)


def test_the_command_shows_the_row_and_the_build_too(tmp_path, capsys):
    data = write_data(tmp_path / "data", plans())
    lenient(data)
    change(data / "registers/loc/elements.csv", 3, "quote", "")
    assert main(["validate", "-g", str(data), "-f", "json"]) == 1
    said = capsys.readouterr()
    (found,) = json.loads(said.out)
    assert (found["file"], found["line"]) == ("registers/loc/elements.csv", 3)
    assert (found["id"], found["kind"]) == ("shape:loc/action/2:evidence/MinCount", "MinCount")
    assert said.err.splitlines()[0] == "1 violation: 1 error"
    with pytest.raises(BuildError) as caught:
        build(data, tmp_path / "home")
    (error,) = caught.value.errors
    assert str(error.place) == "registers/loc/elements.csv:3"
    assert error.message == "The action loc/action/2 has no words"


# --- engines ------------------------------------------------------------------------------


def as_triples(found):
    return str(ox.serialize(found, format=ox.RdfFormat.N_TRIPLES), "utf-8")


@pytest.fixture(scope="module")
def bundled():
    lines = "\n".join(triples()[1]).encode()
    return [quad.triple for quad in ox.parse(lines, format=ox.RdfFormat.N_QUADS)]


@pytest.fixture(scope="module")
def pieces(bundled):
    """Give some nodes, links and facts of the bundled data, each with what its words stand in."""
    said = {}
    for triple in bundled:
        said.setdefault(str(triple.subject), []).append(triple)
    found = []
    for start in sorted(name for name in said if "/id/" in name)[::37]:
        own, asked = [], [start]
        for name in asked:
            own += said.get(name, ())
            more = {str(t.object) for t in said.get(name, ())} - set(asked)
            asked += sorted(m for m in more if re.search("/id/(passage|selector|text)/", m))
        found.append(own)
    tree = [t for t in bundled if str(t.predicate).endswith("#subClassOf>")]
    return found, tree


ODD = [
    ox.Literal(""),
    ox.Literal("2026-13-45"),
    ox.Literal("a", language="en"),
    ox.BlankNode("someone"),
    ox.NamedNode("http://e/x"),
    *(
        ox.Literal(text, datatype=ox.NamedNode(XSD + datatype))
        for text, datatype in (
            ("x", "integer"),
            ("01", "integer"),
            ("99999999", "integer"),
            ("2.5", "decimal"),
            ("2026-13-45T00:00:00Z", "dateTime"),
            ("2026-01-01T00:00:00", "dateTime"),
        )
    ),
]


def mutate(data, draw):
    """Drop, duplicate, retarget, retype or move one statement."""
    place = draw(st.integers(0, len(data) - 1))
    triple = data[place]
    other = data[draw(st.integers(0, len(data) - 1))]
    what = draw(st.integers(0, 5))
    if what == 0:
        del data[place]
    elif what == 1:
        data.append(ox.Triple(triple.subject, triple.predicate, other.object))
    elif what == 2:
        data[place] = ox.Triple(triple.subject, triple.predicate, draw(st.sampled_from(ODD)))
    elif what == 3:
        data[place] = ox.Triple(other.subject, triple.predicate, triple.object)
    elif what == 4:
        data.append(ox.Triple(triple.subject, other.predicate, triple.object))
    else:
        data[place] = ox.Triple(ox.BlankNode("nobody"), triple.predicate, triple.object)


def outcome(engine, text):
    try:
        return engine.check(text, SHAPES)
    except KgError as error:
        return error.code


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_engines_find_the_same_in_faulty_graphs(pieces, data):
    units, tree = pieces
    chosen = data.draw(st.lists(st.sampled_from(range(len(units))), min_size=1, max_size=4))
    graph = [triple for number in chosen for triple in units[number]]
    for _ in range(data.draw(st.integers(1, 6))):
        if graph:
            mutate(graph, data.draw)
    text = as_triples([*graph, *tree])
    assert outcome(Shacl(), text) == outcome(Pyshacl(), text)


def test_engines_find_the_same_in_all_of_the_bundled_data_with_many_faults(bundled):
    text = as_triples(bundled)
    assert Shacl().check(text, SHAPES) == []
    broken = [t for n, t in enumerate(bundled) if n % 97]
    text = as_triples(broken)
    found = Shacl().check(text, SHAPES)
    assert len(found) > 100
    assert {v.component for v in found} == {"MinCount", "Xone"}
    assert Pyshacl().check(text, SHAPES) == found


def test_the_fast_engine_is_taken_where_it_is_installed_and_proven(monkeypatch):
    assert choose_engine("auto").name == "shacl"
    monkeypatch.setattr(shape_engines, "_installed", lambda _: (0, 4, 0))
    assert choose_engine("auto").name == "pyshacl"
    with pytest.raises(InstallationError, match=r"shacl 0\.4\.0 is installed, whose results"):
        choose_engine("shacl")
    monkeypatch.setattr(shape_engines, "_installed", lambda _: ())
    assert choose_engine("auto").name == "pyshacl"
    with pytest.raises(InstallationError, match="fast-shapes"):
        choose_engine("shacl")
    with pytest.raises(SettingsError):
        choose_engine("quick")


def test_the_command_takes_an_engine(tmp_path, capsys):
    data = write_data(tmp_path / "data", plans())
    lenient(data)
    change(data / "registers/loc/links.csv", 3, "quote", "")
    told = []
    for engine in ("pyshacl", "shacl", "auto"):
        assert main(["validate", "-g", str(data), "--engine", engine, "-f", "jsonl"]) == 1
        told.append(capsys.readouterr().out)
    assert len(set(told)) == 1
