"""What is malformed is refused, with its line and column: the tests of the W3C.

The files come from the test suites of RDF 1.1 and SPARQL 1.1 (`tests/w3c`, with their licence).
How many cases there are is read from their manifests and written here, so that none is lost.
"""

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
from rdflib import RDF, Graph, Namespace, URIRef

import kg
from kg.errors import LoadError, QueryError
from kg.store.dataset import open_store, run_query
from kg.store.parsing import parse_rdf

HERE = Path(__file__).parent / "w3c"
RDFT = Namespace("http://www.w3.org/ns/rdftest#")
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
BASE = "https://w3c.github.io/rdf-tests/"
SYNTAXES = {
    "rdf-turtle": (RDFT.TestTurtleNegativeSyntax, "ttl", 94),
    "rdf-trig": (RDFT.TestTrigNegativeSyntax, "trig", 115),
    "rdf-n-triples": (RDFT.TestNTriplesNegativeSyntax, "nt", 29),
    "rdf-n-quads": (RDFT.TestNQuadsNegativeSyntax, "nq", 34),
}
"""The kind of the negative tests in a manifest, the ending, and how many there are."""
BAD_QUERIES, GOOD_QUERIES = 31, 63
REFUSED = {
    "syntax-construct-where-02.rq": "query-outside",
    "syntax-select-expr-04.rq": "query-failed",
}
"""Well formed queries that are refused: one says FROM, one calls a function that is not known."""


def cases(suite, kind):
    """Return the files of the tests of a kind that a manifest lists."""
    folder = HERE / suite
    manifest = Graph().parse(folder / "manifest.ttl", publicID=(folder / "manifest.ttl").as_uri())
    found = {
        folder / unquote(str(action)).rpartition("/")[2]
        for test in manifest.subjects(RDF.type, URIRef(kind))
        for action in manifest.objects(test, MF.action)
    }
    return sorted(found)


@pytest.mark.parametrize("suite", SYNTAXES)
def test_every_negative_case_of_rdf_is_refused_with_line_and_column(suite):
    kind, ending, number = SYNTAXES[suite]
    ran = 0
    for path in cases(suite, kind):
        lines = path.read_bytes().split(b"\n")
        with pytest.raises(LoadError) as caught:
            parse_rdf(path, ending, base=BASE)
        place = caught.value.place
        assert caught.value.code == "load-syntax", path.name
        assert str(caught.value).startswith(f"{path}:{place.line}:{place.column}: error[")
        assert "Parser error at" not in caught.value.message
        assert 1 <= place.line <= len(lines), path.name
        assert place.column >= 1, path.name
        ran += 1
    assert ran == number == len(list((HERE / suite).glob(f"*.{ending}"))) - (ending == "ttl")


def test_the_manifests_list_as_many_as_are_run():
    text = {name: (HERE / name / "manifest.ttl").read_text(encoding="utf-8") for name in SYNTAXES}
    for suite, (kind, _, number) in SYNTAXES.items():
        name = kind.removeprefix(RDFT)
        assert len(re.findall(rf"rdft:{name}\b", text[suite])) == number
    queries = (HERE / "sparql11-syntax-query" / "manifest.ttl").read_text(encoding="utf-8")
    assert len(re.findall(r"mf:NegativeSyntaxTest11\b", queries)) == BAD_QUERIES
    assert len(re.findall(r"mf:PositiveSyntaxTest11\b", queries)) == GOOD_QUERIES


def test_every_negative_case_of_sparql_is_refused_with_line_and_column():
    store = open_store([])
    ran = 0
    for path in cases("sparql11-syntax-query", MF.NegativeSyntaxTest11):
        text = path.read_text(encoding="utf-8")
        with pytest.raises(QueryError) as caught:
            run_query(store, text, shown=path.name)
        place = caught.value.place
        assert caught.value.code == "query-syntax", path.name
        assert 1 <= place.line <= text.count("\n") + 1, path.name
        assert place.column >= 1, path.name
        ran += 1
    assert ran == BAD_QUERIES


def test_well_formed_queries_are_not_refused_for_their_syntax():
    # Else a program that refuses everything would pass.
    store = open_store([])
    ran, refused = 0, {}
    for path in cases("sparql11-syntax-query", MF.PositiveSyntaxTest11):
        text = path.read_text(encoding="utf-8")
        try:
            run_query(store, f"BASE <{BASE}>\n{text}", shown=path.name)
        except QueryError as error:
            refused[path.name] = error.code
        ran += 1
    assert ran == GOOD_QUERIES
    assert refused == REFUSED


WELL_FORMED = {
    "ttl": "@prefix e: <http://e/> .\ne:s e:p 'a', [ e:q ( 1 2.0 ) ] .",
    "trig": "@prefix e: <http://e/> .\ne:g { e:s e:p 'a'@en }",
    "nt": "<http://e/s> <http://e/p> _:b .\n# a comment\n",
    "nq": '<http://e/s> <http://e/p> "a" <http://e/g> .\n',
    "jsonld": '{"@id": "http://e/s", "http://e/p": "a"}',
}


@pytest.mark.parametrize("ending", WELL_FORMED)
def test_what_is_well_formed_is_read(ending, tmp_path):
    path = tmp_path / f"a.{ending}"
    path.write_text(WELL_FORMED[ending], encoding="utf-8")
    assert parse_rdf(path)


MALFORMED = {
    "ttl": ("@prefix e: <http://e/> .\ne:s e:p\n  e:o e:x .", 3),
    "trig": ("@prefix e: <http://e/> .\ne:g { e:s e:p e:o .", 2),
    "nt": ("<http://e/s> <http://e/p> _:b .\n<s> <p> .\n", 2),
    "nq": ('<http://e/s> <http://e/p> "a" <http://e/g> .\n<http://e/s> "p" "a" .', 2),
    "jsonld": ('{"@id": "http://e/s",\n "http://e/p": a}', 2),
}


@pytest.mark.parametrize("ending", MALFORMED)
def test_opening_a_malformed_file_names_the_line(ending, tmp_path, capsys):
    from kg.cli import main

    text, line = MALFORMED[ending]
    path = tmp_path / f"a.{ending}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LoadError) as caught:
        kg.load(path)
    assert (caught.value.code, caught.value.place.line) == ("load-syntax", line)
    assert main(["stats", "-g", str(path)]) == 2
    assert f"{path}:{line}:" in capsys.readouterr().err


def test_no_syntax_takes_bytes_that_are_no_text(tmp_path):
    for ending, text in WELL_FORMED.items():
        path = tmp_path / f"a.{ending}"
        path.write_bytes(b"\n" + text.encode().replace(b"a", b"\xff", 1))
        with pytest.raises(LoadError) as caught:
            parse_rdf(path)
        assert caught.value.code == "load-encoding", ending
        assert caught.value.place.line >= 2


def test_names_that_are_relative_to_nothing_are_refused(tmp_path):
    for ending, text in (
        ("ttl", "<s> <http://e/p> 1 ."),
        ("jsonld", '{"@id": "s", "http://e/p": 1}'),  # JSON-LD would drop it without a word
    ):
        path = tmp_path / f"a.{ending}"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(LoadError) as caught:
            parse_rdf(path)
        assert caught.value.code == "load-syntax"


def test_nothing_is_fetched_for_a_context(tmp_path):
    path = tmp_path / "a.jsonld"
    path.write_text('{"@context": "http://127.0.0.1:9/c.jsonld", "@id": "http://e/s", "p": 1}')
    with pytest.raises(LoadError, match="nothing is fetched"):
        parse_rdf(path)


def test_rdf_of_others_is_no_graph(tmp_path):
    path = tmp_path / "a.nt"
    path.write_text(WELL_FORMED["nt"])
    with pytest.raises(LoadError) as caught:
        kg.load(path)
    assert caught.value.code == "load-foreign"
    with pytest.raises(LoadError) as caught:
        kg.load(tmp_path / "none.nq")
    assert caught.value.code == "load-file"
