"""Exports are read back, by programs that are not ours where there are any."""

import csv
import dataclasses
import json
import os
import re
import warnings
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree as ET

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from read_exports import (
    Neo4jError,
    assert_same,
    read_csvw,
    read_json,
    read_neo4j,
)

import kg
from kg.errors import ExportError, KgError, Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import node_iri
from kg.model.records import Claim, Decision, Document, Fact, Node, Passage, Problem
from kg.reports.exports.catalogue import EXPORTS
from kg.reports.exports.csvw import metadata
from kg.reports.exports.records import json_schema
from kg.reports.exports.sheets import SHEETS, guarded, unguarded
from kg.reports.exports.xml import xml_id

PLANS = {"telford-2011", "worcestershire-2009", "dundee-2016", "dundee-2019", "derby-2014"}
STRATML = "{urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport}"
XSD = os.environ.get("STRATML_XSD", str(Path(__file__).parent / "schemas" / "stratml-part2.xsd"))
NASTY = '=1+1 <b a="x">&amp; ]]> \x00\x0b\r\n\ttab ; | \'é\u2028 \U0001f600'


@pytest.fixture(scope="module")
def graph():
    return kg.load()


@pytest.fixture(scope="module")
def made(graph, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exports")
    for export in EXPORTS.values():
        ending = "" if export.folder else f".{export.endings[0]}"
        export.write(graph, folder / f"{export.name}{ending}")
    return folder


def hostile(text=NASTY):
    """Make a graph whose every text is hostile."""
    quoted = (Passage(text, 0, len(text), 1, 2, text), Passage(text, 3, 4, 1, 1, text[:1]))
    place = Place(text, 3, 1)
    node = Node(
        text, "Action", text, text, text, text, quoted, (text, "b;c"), text, text,
        repaired=True, confidence=text, level=text, jurisdiction=text, place=text, issued=text,
        issued_words=text, supersedes=text, valid=text, issuer=text, members=("b", text),
        note=text, origin=place,
    )  # fmt: skip
    other = Node("b", "Objective", "", "", repaired=False)
    decided = (Decision("open", text, text, text, place), Decision("accepted", text, text))
    claims = [
        Claim("c1", text, "serves", "b", Basis.STATED, "accepted", quoted, text, text, text,
              text, "", (), frozenset(), text, place, text, decided),
        Claim("c2", "b", "serves", text, Basis.INFERRED, premises=("c1", "c1"), rule="r1",
              support=frozenset({Basis.STATED, Basis.INTERPRETED})),
        Claim("c3", "b", "serves", text, Basis.SUGGESTED, "open", score="0.5", model=text),
    ]  # fmt: skip
    facts = [Fact("f1", "Period", "b", {"words": text, "role": ""}, quoted, Basis.STATED, text)]
    documents = {text: Document(text, text, text, text, text, text, text)}
    problems = [Problem("missing-id", text, text, place)]
    return KnowledgeGraph({text: node, "b": other}, claims, facts, documents, problems)


def hops(graph):
    """List the links that count, by brute force over the records."""
    return [
        claim
        for claim in graph.claims
        if claim.decision == "accepted"
        and claim.rule not in {"r0", "r5"}
        and claim.basis != Basis.SUGGESTED
    ]


def shown(text):
    forbidden = "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]"
    return re.sub(forbidden, lambda found: f"[U+{ord(found[0]):04X}]", text)


# -- tables ------------------------------------------------------------------------------


def test_csv_and_json_give_the_same_records(graph, made):
    assert_same(read_csvw(made / "csvw"), graph)
    assert_same(read_json(made / "json.json"), graph)


def test_hostile_records_come_back(tmp_path):
    bad = hostile()
    assert_same(read_csvw(EXPORTS["csvw"].write(bad, tmp_path / "tables")), bad)
    path = EXPORTS["json"].write(bad, tmp_path / "a.json")
    assert_same(read_json(path), bad)
    validate_json(path)


@settings(max_examples=15, deadline=None)
@given(st.text(st.characters(codec="utf-8"), min_size=2))
def test_any_text_comes_back(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("any")
    bad = hostile(text if text != "b" else "bb")
    assert_same(read_csvw(EXPORTS["csvw"].write(bad, folder / "tables")), bad)
    assert_same(read_json(EXPORTS["json"].write(bad, folder / "a.json")), bad)


@given(st.text(st.sampled_from("'=+-@\t\ra")))
def test_no_cell_runs_and_every_cell_comes_back(text):
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.parametrize("text", ["0\r", "a\rb", "a\n", "\r\n", '"', ",", "''=x"])
def test_line_ends_within_cells_come_back(tmp_path, text):
    bad = hostile(text)
    assert_same(read_csvw(EXPORTS["csvw"].write(bad, tmp_path / "tables")), bad)
    nodes, _ = read_neo4j(EXPORTS["neo4j"].write(bad, tmp_path / "neo4j"))
    assert nodes[guarded(text)]["text"] == guarded(text)


def test_a_flat_table_comes_back(tmp_path):
    path = tmp_path / "plan.csv"
    path.write_text("id,level,text,serves\no1,Objective,Good,\na1,Action,=x,o1\na2,Action,y,o9\n")
    flat = kg.load(path)
    assert flat.problems
    found = read_csvw(EXPORTS["csvw"].write(flat, tmp_path / "tables"), flat=True)
    assert_same(found, flat)
    assert_same(read_json(EXPORTS["json"].write(flat, tmp_path / "a.json")), flat)


def validate_json(path):
    from jsonschema import Draft202012Validator

    Draft202012Validator.check_schema(json_schema())
    Draft202012Validator(json_schema()).validate(json.loads(path.read_text(encoding="utf-8")))


def test_json_keeps_to_its_schema(made):
    validate_json(made / "json.json")


@pytest.mark.parametrize("fault", ["extra", "missing", "basis"])
def test_the_schema_sees_faults(made, fault):
    from jsonschema import Draft202012Validator

    content = json.loads((made / "json.json").read_text(encoding="utf-8"))
    claim = content["claims"][0]
    if fault == "extra":
        claim["surprise"] = "x"
    elif fault == "missing":
        del claim["object"]
    else:
        claim["basis"] = "guessed"
    assert not Draft202012Validator(json_schema()).is_valid(content)


def csvw_faults(folder):
    CSVW = pytest.importorskip("csvw").CSVW  # noqa: N806 - a class

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            valid = CSVW(str(folder / "csv-metadata.json"), validate=True).is_valid
        except ValueError as error:  # it says so of some faults
            return [str(error)]
        return [] if valid else [str(w.message) for w in caught] or ["invalid"]


def test_csvw_is_valid_for_another_program(made):
    assert csvw_faults(made / "csvw") == []


@pytest.mark.parametrize("fault", ["key", "join", "number"])
def test_the_csvw_validator_sees_faults(tmp_path, fault):
    folder = EXPORTS["csvw"].write(hostile("some words"), tmp_path / "tables")
    assert csvw_faults(folder) == []
    path = folder / ("premises.csv" if fault != "number" else "quotations.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    if fault == "key":
        lines.append(lines[1])
    elif fault == "join":
        lines.append("nowhere,1,nothing\n")
    else:
        lines.append("node,x,1,some words,many,2,1,1,word\n")
    path.write_text("".join(lines), encoding="utf-8")
    assert csvw_faults(folder)


def test_csvw_describes_every_column(made):
    described = json.loads((made / "csvw" / "csv-metadata.json").read_text(encoding="utf-8"))
    assert described == metadata(flat=False)
    for table in described["tables"]:
        with (made / "csvw" / table["url"]).open(encoding="utf-8", newline="") as stream:
            header = next(csv.reader(stream))
        assert [column["titles"] for column in table["tableSchema"]["columns"]] == header
        assert all(c["dc:description"].endswith(".") for c in table["tableSchema"]["columns"])


def test_the_workbook_holds_the_same_rows(graph, made):
    from openpyxl import load_workbook

    book = load_workbook(made / "xlsx.xlsx", read_only=True)
    assert book.sheetnames == ["Read me", *(sheet.name for sheet in SHEETS)]
    for sheet in SHEETS:
        rows = book[sheet.name].iter_rows(values_only=True)
        assert list(next(rows)) == [column.name for column in sheet.columns]
        for found, row in zip(rows, sheet.rows(graph), strict=True):
            wanted = [guarded(v) if isinstance(v, str) else v for v in row]
            assert [v if v is not None else "" for v in found] == wanted
    claims = {row[0]: row for row in book["claims"].iter_rows(min_row=2, values_only=True)}
    served = [
        r for r in claims.values() if r[2].startswith("telford-") and r[3] == "servesPrimarily"
    ]
    assert Counter(row[5] for row in served) == {"stated": 24, "inherited": 20}


def test_no_cell_of_a_workbook_is_a_formula(tmp_path):
    from openpyxl import load_workbook

    bad = dataclasses.replace(hostile(), claims=[])
    long = Node("long", "Action", "x" * 40_000)
    bad = dataclasses.replace(bad, nodes={**bad.nodes, "long": long})
    book = load_workbook(EXPORTS["xlsx"].write(bad, tmp_path / "a.xlsx"))
    kinds = Counter(c.data_type for s in book for row in s.iter_rows() for c in row)
    assert "f" not in kinds
    assert book["nodes"]["A2"].value.startswith("'=1+1 ")
    assert "[U+0000][U+000B][U+000D]\n\ttab" in book["nodes"]["A2"].value
    assert book["nodes"]["D4"].value.endswith("[cut; whole in the other formats]")


# -- networks ----------------------------------------------------------------------------


def node_attributes(node):
    words = " | ".join(" ".join(p.exact.split()) for p in node.passages)
    lines = dict.fromkeys(f"{p.document}:{p.lines}" for p in node.passages)
    found = {
        "iri": node_iri(node.id), "class": node.cls, "label": node.label, "text": node.text,
        "kind": node.kind, "instrument": node.instrument, "number": node.number,
        "called_in_source": node.called_in_source, "level": node.level, "place": node.place,
        "jurisdiction": node.jurisdiction, "issued": node.issued, "valid": node.valid,
        "confidence": node.confidence, "note": node.note, "lines": ", ".join(lines),
        "alternatives": " | ".join(node.alternatives), "quotation": words,
    }  # fmt: skip
    return {"repaired": node.repaired} | {k: shown(v) for k, v in found.items() if v}


def link_attributes(claim):
    words = " | ".join(" ".join(p.exact.split()) for p in claim.evidence)
    lines = dict.fromkeys(f"{p.document}:{p.lines}" for p in claim.evidence)
    found = {
        "iri": node_iri(f"claim/{claim.id}"), "predicate": claim.predicate,
        "basis": claim.basis.word, "strength": max([claim.basis, *claim.support]).word,
        "by": claim.by, "on": claim.on, "rationale": claim.rationale, "valid": claim.valid,
        "confidence": claim.confidence, "rule": claim.rule, "note": claim.note,
        "premises": " ".join(claim.premises), "lines": ", ".join(lines), "quotation": words,
    }  # fmt: skip
    return {k: shown(v) for k, v in found.items() if v}


def check_network(found, graph):
    """Compare what NetworkX read with the records."""
    assert isinstance(found, nx.MultiDiGraph)
    assert dict(found.nodes(data=True)) == {
        shown(name): node_attributes(node) for name, node in graph.nodes.items()
    }
    edges = {key: (s, t, data) for s, t, key, data in found.edges(keys=True, data=True)}
    wanted = {c.id: (shown(c.subject), shown(c.object), link_attributes(c)) for c in hops(graph)}
    assert edges == wanted


def read_gexf(path):
    """Read with NetworkX, and put right what it names in its own way."""
    found = nx.read_gexf(path)
    plain = nx.MultiDiGraph()
    for name, data in found.nodes(data=True):
        plain.add_node(name, **{k: v for k, v in data.items() if v != "" or k != "label"})
    for start, end, data in found.edges(data=True):
        assert data.pop("label") == data["predicate"]
        plain.add_edge(start, end, key=data.pop("id"), **data)
    return plain


def test_networkx_reads_the_networks(graph, made):
    check_network(nx.read_graphml(made / "graphml.graphml", force_multigraph=True), graph)
    check_network(read_gexf(made / "gexf.gexf"), graph)


def test_networkx_reads_hostile_networks(tmp_path):
    bad = hostile()
    path = EXPORTS["graphml"].write(bad, tmp_path / "a.graphml")
    check_network(nx.read_graphml(path, force_multigraph=True), bad)
    check_network(read_gexf(EXPORTS["gexf"].write(bad, tmp_path / "a.gexf")), bad)


def test_igraph_reads_the_network(graph, made):
    igraph = pytest.importorskip("igraph")
    found = igraph.Graph.Read_GraphML(str(made / "graphml.graphml"))
    assert found.is_directed()
    assert found.vs["id"] == list(graph.nodes)
    assert found.vs["text"] == [node.text for node in graph.nodes.values()]
    ends = [(found.vs[e.source]["id"], found.vs[e.target]["id"], e["basis"]) for e in found.es]
    assert ends == [(c.subject, c.object, c.basis.word) for c in hops(graph)]
    served = found.es.select(predicate="servesPrimarily")
    assert Counter(served["basis"]) == {"stated": 24, "inherited": 20}


# -- Neo4j -------------------------------------------------------------------------------


def test_neo4j_takes_the_folder(graph, made):
    nodes, links = read_neo4j(made / "neo4j")
    assert len(nodes) == len(graph.nodes) + len(graph.facts) + len(graph.documents)
    for name, node in graph.nodes.items():
        assert nodes[name][":LABEL"] == [node.cls]
        assert nodes[name]["text"] == guarded(node.text)
        assert tuple(nodes[name]["alternatives:string[]"]) == node.alternatives
    hops_found = {row["claim"]: row for row in links if "claim" in row}
    assert set(hops_found) == {claim.id for claim in hops(graph)}
    for claim in hops(graph):
        row = hops_found[claim.id]
        ends = row[":START_ID"], row[":END_ID"], row[":TYPE"]
        assert ends == (claim.subject, claim.object, claim.predicate)
        assert tuple(row["premises:string[]"]) == claim.premises
    about = [row for row in links if row[":TYPE"] == "about"]
    assert len(about) == len(graph.facts)
    members = Counter(row[":START_ID"] for row in links if row[":TYPE"] == "hasMember")
    assert members == {n.id: len(n.members) for n in graph.nodes.values() if n.members}


def test_neo4j_takes_hostile_texts(tmp_path):
    folder = EXPORTS["neo4j"].write(hostile(), tmp_path / "neo4j")
    nodes, links = read_neo4j(folder)
    assert nodes[guarded(NASTY)]["text"] == guarded(NASTY)
    assert nodes[guarded(NASTY)]["alternatives:string[]"][-1] == "b；c"
    assert {row["claim"] for row in links if "claim" in row} == {"c1", "c2"}


@pytest.mark.parametrize("fault", ["end", "twice", "fields", "header"])
def test_the_reader_of_neo4j_sees_faults(graph, tmp_path, fault):
    folder = EXPORTS["neo4j"].write(graph, tmp_path / "neo4j")
    path = folder / ("nodes.csv" if fault == "twice" else "about.csv")
    text = path.read_text(encoding="utf-8")
    last = text.splitlines()[-1]
    changed = {
        "end": text + "nowhere,derby-2014,about\n",
        "twice": text + last + "\n",
        "fields": text + "a,b\n",
        "header": text.replace(":START_ID", ":FROM", 1),
    }[fault]
    path.write_text(changed, encoding="utf-8")
    with pytest.raises(Neo4jError):
        read_neo4j(folder)


# -- StratML -----------------------------------------------------------------------------


def trees(made):
    return {p.stem: ET.parse(p).getroot() for p in (made / "stratml").glob("*.xml")}  # noqa: S314


def texts(root, path):
    return [found.text or "" for found in root.findall(path.replace("/", f"/{STRATML}"))]


@pytest.fixture(scope="module")
def schema():
    if not Path(XSD).is_file():
        pytest.skip("the official schema of StratML Part 2 is not here: name it in STRATML_XSD")
    import xmlschema

    return xmlschema.XMLSchema(XSD)


def test_stratml_is_valid(made, schema):
    assert {p.stem for p in (made / "stratml").glob("*.xml")} >= PLANS
    for path in (made / "stratml").glob("*.xml"):
        schema.validate(str(path))


def test_hostile_stratml_is_valid(tmp_path, schema):
    bad = hostile()
    for flat in (False, True):
        folder = EXPORTS["stratml"].write(dataclasses.replace(bad, flat=flat), tmp_path / str(flat))
        (path,) = folder.glob("*.xml")
        schema.validate(str(path))


def test_a_long_name_is_a_short_file(tmp_path):
    folder = EXPORTS["stratml"].write(hostile("é/" * 200), tmp_path / "a")
    assert len(list(folder.glob("*.xml"))) == 1


def test_the_schema_of_stratml_sees_faults(made, schema):
    text = (made / "stratml" / "derby-2014.xml").read_text(encoding="utf-8")
    assert schema.is_valid(text)
    assert not schema.is_valid(text.replace("<UnitOfMeasurement/>", ""))
    assert not schema.is_valid(text.replace(' Type="', ' Kind="'))


def test_stratml_puts_elements_where_the_documents_do(made):
    roots = trees(made)
    goals = {
        name: [len(texts(goal, "./Objective")) for goal in root.iter(f"{STRATML}Goal")]
        for name, root in roots.items()
    }
    # Eight priorities with 27 shifts; nothing else is sought or done in the report.
    assert goals["dundee-2016"] == [3, 5, 3, 1, 2, 2, 9, 2]
    # 21 intentions and their 83 steps stand under four themes; the aims stand beside them.
    assert sum(goals["worcestershire-2009"]) == 21 + 83
    # Six national objectives, that stand under no goal.
    assert goals["no-health-without-mental-health"] == [6]
    derby = list(roots["derby-2014"].iter(f"{STRATML}Goal"))
    # 13 aims and 10 themes, and no line that puts an action or a desired state under one.
    assert len(derby) == 13 + 10 + 1
    assert goals["derby-2014"][-1] == 16 + 12
    assert not any(goals["derby-2014"][:-1])
    assert texts(derby[-1], "./Name") == texts(derby[-1], "./Description") == [""]
    assert texts(derby[-1], "./OtherInformation") == ["The document places these under no goal."]


def test_stratml_says_no_word_that_the_records_do_not(graph, made):
    words = {text for n in graph.nodes.values() for text in (n.label, n.text)}
    words |= {shown(" ".join(w.split())) for w in words} | {""}
    for root in trees(made).values():
        for tag in ("Name", "Description"):
            for kind in ("Goal", "Objective", "Value", "Organization", "Stakeholder"):
                for found in root.iter(f"{STRATML}{kind}"):
                    for text in texts(found, f"./{tag}"):
                        known = text in words or text.startswith("Issued it: ")
                        assert known, text
        # No date, measure or result is said that was not a date of a day.
        assert not list(root.iter(f"{STRATML}MeasurementInstance"))
        assert {e.text for e in root.iter(f"{STRATML}MeasurementDimension")} <= {None}
    published = texts(trees(made)["derby-2014"], "./AdministrativeInformation/PublicationDate")
    assert published == []  # the document says 2014, and no day


def test_stratml_relationships_name_their_basis(graph, made):
    root = trees(made)["telford-2011"]
    found = {}
    for objective in root.iter(f"{STRATML}Objective"):
        for relation in objective.iter(f"{STRATML}Relationship"):
            name, said = texts(relation, "./Name")[0], texts(relation, "./Description")[0]
            if name == "serves primarily":
                found[texts(objective, "./Identifier")[0]] = (
                    texts(relation, "./ReferentIdentifier")[0],
                    re.search(r"basis: (\w+)", said)[1],
                )
    assert Counter(basis for _, basis in found.values()) == {"stated": 24, "inherited": 20}
    wanted = {
        xml_id(c.subject): (node_iri(c.object), c.basis.word)
        for c in hops(graph)
        if c.predicate == "servesPrimarily"
    }
    assert found == wanted


def test_stratml_relationships_name_their_target_as_its_own_lines_do(graph, made):
    """Line 608 has «with have»; a link whose words stand on lines 24-26 is not said in those."""
    links = trees(made)["telford-2011"].iter(f"{STRATML}Relationship")
    said = [text for link in links for text in texts(link, "./Description")]
    first = [text for text in said if "telford-2011:24-26" in text]
    assert first
    assert all(text.startswith("More people will have good mental health (") for text in first)


def test_stratml_says_which_words_are_repaired(graph, made):
    repaired = {xml_id(n.id) for n in graph.nodes.values() if n.repaired and n.instrument in PLANS}
    said = {
        texts(objective, "./Identifier")[0]
        for root in trees(made).values()
        for kind in ("Objective", "Goal")
        for objective in root.iter(f"{STRATML}{kind}")
        if "put together again" in texts(objective, "./OtherInformation")[0]
    }
    there = {
        texts(found, "./Identifier")[0]
        for root in trees(made).values()
        for kind in ("Objective", "Goal")
        for found in root.iter(f"{STRATML}{kind}")
        if texts(found, "./Identifier")
    }
    assert said == repaired & there
    assert said


# -- SSSOM -------------------------------------------------------------------------------


def read_tsv(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    body = [line for line in lines if not line.startswith("#")]
    return list(csv.DictReader(body, delimiter="\t", strict=True))


def test_sssom_is_valid_for_another_program(graph, made):
    pytest.importorskip("sssom")
    from sssom.constants import SchemaValidationType
    from sssom.parsers import parse_sssom_table
    from sssom.validators import validate

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = parse_sssom_table(str(made / "sssom.tsv"))
        validate(
            found, [SchemaValidationType.JsonSchema, SchemaValidationType.PrefixMapCompleteness]
        )
    assert len(found.df) == len(hops(graph))
    assert found.metadata["license"] == "https://w3id.org/sssom/license/unspecified"


def test_sssom_says_how_each_link_is_known(graph, made):
    rows = {row["record_id"]: row for row in read_tsv(made / "sssom.tsv")}
    assert len(rows) == len(hops(graph))
    for claim in hops(graph):
        row = rows[f"claim:{claim.id}"]
        ends = row["subject_id"], row["predicate_id"], row["object_id"]
        assert ends == (f"id:{claim.subject}", f"lin:{claim.predicate}", f"id:{claim.object}")
        read = "LogicalReasoning" if claim.basis == Basis.INFERRED else "ManualMappingCuration"
        assert row["mapping_justification"] == f"semapv:{read}"
        assert f"basis={claim.basis.word}; " in row["other"]
    served = [r for r in rows.values() if r["predicate_id"] == "lin:servesPrimarily"]
    assert len(served) == 44


def test_hostile_sssom_stays_a_table(tmp_path):
    rows = read_tsv(EXPORTS["sssom"].write(hostile(), tmp_path / "a.tsv"))
    assert [row["record_id"] for row in rows] == ["claim:c1", "claim:c2"]
    assert rows[0]["comment"].startswith('\'=1+1 <b a="x">')
    assert rows[1]["mapping_justification"] == "semapv:LogicalReasoning"


# -- losses, targets, alignments ---------------------------------------------------------


def test_every_format_says_its_losses():
    for export in EXPORTS.values():
        assert export.sentence.endswith(".")
        assert all(loss.endswith(".") for loss in export.losses)
        assert export.folder == (not export.endings)
        # Even the lossless ones leave out what is no record of the graph.
        assert any("aivers and reviews" in loss for loss in export.losses)
    assert {name for name, export in EXPORTS.items() if export.lossless} == {"csvw", "json"}


def everything(path):
    files = sorted(path.glob("*")) if path.is_dir() else [path]
    return "".join(f.read_text(encoding="utf-8") for f in files if f.name != "SHA256SUMS")


@pytest.mark.parametrize("name", ["graphml", "gexf", "neo4j", "stratml", "sssom"])
def test_losses_are_true(graph, made, name):
    """What a format says it leaves out is nowhere in it; what it does not say is there."""
    export = EXPORTS[name]
    said = " ".join(export.losses)
    text = everything(made / (name if export.folder else f"{name}.{export.endings[0]}"))
    open_ = [claim.id for claim in graph.claims if claim.decision == "open"]
    repeated = [claim.id for claim in graph.claims if claim.rule in {"r0", "r5"}]
    assert len(open_) == 4
    premises = {p for claim in hops(graph) for p in claim.premises}
    assert not [c for c in open_ if f"{c}</Identifier" in text or f"/claim/{c}" in text]
    assert "Links that do not count" in said
    assert not [c for c in set(repeated) - premises if c in text]
    assert "only repeat others more weakly" in said
    facts = [fact.id for fact in graph.facts]
    assert any(f in text for f in facts) == (name == "neo4j")
    sums = [d.sha256 for d in graph.documents.values()]
    assert {s in text for s in sums} == {name == "neo4j"}
    drivers = [n.id for n in graph.nodes.values() if n.cls == "Driver"]
    assert any(node_iri(d) in text for d in drivers) == (name in {"graphml", "gexf", "neo4j"})


@pytest.mark.parametrize("name", EXPORTS)
def test_writing_again_gives_the_same(tmp_path, name):
    export, bad = EXPORTS[name], hostile()
    target = tmp_path / "a"
    export.write(bad, target)
    export.write(bad, target)  # an export of ours gives way
    assert list(tmp_path.iterdir()) == [target]
    if name != "xlsx":  # which holds the time of writing
        assert everything(target) == everything(export.write(bad, tmp_path / "b"))


@pytest.mark.parametrize("name", [name for name, export in EXPORTS.items() if export.folder])
@pytest.mark.parametrize("change", ["other", "edited", "added", "file"])
def test_folders_of_others_stay(tmp_path, name, change):
    bad = hostile()
    target = tmp_path / "out"
    if change == "file":
        target.write_text("mine")
    elif change == "other":
        target.mkdir()
        (target / "thesis.txt").write_text("mine")
    else:
        EXPORTS[name].write(bad, target)
        changed = next(target.glob("*.*ml" if name == "stratml" else "*.csv"))
        if change == "edited":
            changed.write_text(changed.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        else:
            (target / "notes.txt").write_text("mine")
    before = everything(target)
    with pytest.raises(ExportError, match="export-folder"):
        EXPORTS[name].write(bad, target)
    assert everything(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("name", EXPORTS)
def test_nothing_half_written_stays(tmp_path, name, monkeypatch):
    def full(self, name):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(KgError, match="No space left"):
        EXPORTS[name].write(hostile(), tmp_path / "out")
    assert not list(tmp_path.iterdir())


def cids_statements(graph):
    """Return the predicates of all statements in which the foreign vocabulary occurs."""
    return {p for triple in graph for p in triple[1:2] if "commonapproach.org" in str(triple)}


def test_nothing_of_cids_is_taken_over():
    from rdflib import OWL, SKOS, Graph, URIRef

    root = Path(kg.__file__).parent.parent / "ontology"
    found = Graph()
    for path in root.rglob("*.ttl"):
        found.parse(path)
    assert cids_statements(found) == {SKOS.closeMatch}
    home = "https://ontology.commonapproach.org/cids#"
    mine = URIRef("https://w3id.org/policy-lineage/ns#Outcome")
    assert (mine, SKOS.closeMatch, URIRef(home + "Outcome")) in found
    for wrong in (OWL.imports, OWL.equivalentClass):  # the check sees what it looks for
        planted = Graph().add((mine, wrong, URIRef(home)))
        assert cids_statements(planted) == {wrong}


def test_the_guide_is_true(graph, tmp_path, monkeypatch, capsys):
    guide = Path(__file__).parents[1] / "docs/how-to/open-in-other-tools.md"
    monkeypatch.chdir(tmp_path)
    text = guide.read_text(encoding="utf-8")
    names = {}
    pieces = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    assert len(pieces) == 4
    pytest.importorskip("pandas")
    for piece in pieces:
        exec(piece, names)  # noqa: S102 - our own guide
    said = capsys.readouterr().out
    assert "{'stated': 24, 'inherited': 20}" in said
    assert "Offender pathway" in said
    for name in EXPORTS:
        assert f"| `{name}` |" in text
    command = text.split("in the folder `neo4j`:\n\n")[1].split("\n\n")[0]
    for part in re.findall(r"--\w+=(\w+\.csv)", command):
        assert (tmp_path / "neo4j" / part).is_file()
