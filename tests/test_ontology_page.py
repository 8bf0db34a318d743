"""The page of the ontology says what the ontology says, and quotes what the documents say."""

import base64
import hashlib
import html
import importlib
import importlib.util
import re
import shutil
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pyoxigraph as ox
import pytest
from rdflib import RDF, SKOS, Graph

from kg.resources import data_folder, ontology_folder
from kg.store.quads import write_quads
from kg.terms import CODES, NAMESPACE, TERMS

ROOT = Path(__file__).parent.parent
SCRIPT = ROOT / ".ci" / "make_ontology_page.py"
PAGE = ROOT / "docs" / "reference" / "ontology" / "index.html"
VOID = {"meta", "link", "br", "hr", "img", "input"}
CLOSED_ALONE = {"rect", "polyline", "polygon"}


class Reader(HTMLParser):
    """Keeps elements with their attributes, text and depth, and what is not well nested."""

    def __init__(self):
        super().__init__()
        self.open, self.elements, self.faults = [], [], []

    def handle_starttag(self, tag, attrs):
        held = {"tag": tag, "at": dict(attrs), "text": "", "inside": [e["tag"] for e in self.open]}
        self.elements.append(held)
        if tag not in VOID:
            self.open.append(held)

    def handle_startendtag(self, tag, attrs):
        self.elements.append(
            {"tag": tag, "at": dict(attrs), "text": "", "inside": [e["tag"] for e in self.open]}
        )

    def handle_endtag(self, tag):
        if not self.open or self.open[-1]["tag"] != tag:
            self.faults.append((tag, self.getpos()))
        else:
            self.open.pop()

    def handle_data(self, data):
        for held in self.open:
            held["text"] += data


def parsed(text):
    reader = Reader()
    reader.feed(text)
    assert not reader.faults
    assert not reader.open
    return reader.elements


@pytest.fixture(scope="module")
def text():
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def elements(text):
    return parsed(text)


@pytest.fixture(scope="module")
def by_id(elements):
    return {e["at"]["id"]: e for e in elements if "id" in e["at"]}


@pytest.fixture(scope="module")
def entries(text):
    """The HTML of each term's entry."""
    found = re.findall(r'<article class="entry" id="([^"]+)"(.*?)</article>', text, re.DOTALL)
    return dict(found)


def folded(words):
    return " ".join(words.split())


def plain(fragment):
    return folded(html.unescape(re.sub(r"<[^>]+>", "", fragment)))


def check(folder):
    return subprocess.run(
        [sys.executable, str(folder / ".ci" / "make_ontology_page.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )


def test_page_is_up_to_date():
    done = check(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_check_sees_a_changed_page(tmp_path):
    """The script looks at the page beside it: a copy with one word changed is out of date."""
    for name in (".ci", "kg", "ontology", "queries", "data"):
        if name == ".ci":
            shutil.copytree(
                ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            (tmp_path / name).symlink_to(ROOT / name)
    copy = tmp_path / "docs" / "reference" / "ontology" / "index.html"
    copy.parent.mkdir(parents=True)
    copy.write_text(
        PAGE.read_text(encoding="utf-8").replace("is no accountable", "is an accountable")
    )
    done = check(tmp_path)
    assert done.returncode == 1
    assert "out of date" in done.stdout


def test_every_term_has_its_anchor_definition_and_note(entries):
    core = Graph().parse(ontology_folder() / "lineage.ttl")
    found = 0
    for iri, definition in core.subject_objects(SKOS.definition):
        name = str(iri).removeprefix(NAMESPACE)
        entry = entries[name]
        assert f'<p class="definition">{html.escape(str(definition), quote=False)}' in (
            entry.replace("&#39;", "'").replace("&#34;", '"')
        )
        for note in core.objects(iri, SKOS.scopeNote):
            assert f"{note}" in plain(re.search(r'<p class="note">(.*?)</p>', entry)[1])
        assert f"lin:{name}</code>" in entry
        found += 1
    assert found == len(TERMS)


def test_every_code_has_its_anchor_and_definition(by_id):
    seen = 0
    for path in sorted((ontology_folder() / "vocabularies").glob("*.ttl")):
        graph = Graph().parse(path)
        for iri in graph.subjects(RDF.type, SKOS.Concept):
            code = str(iri).split("#")[1]
            anchor = code if path.stem == "prohibition" else f"vocab-{path.stem}-{code}"
            assert str(graph.value(iri, SKOS.definition)) in by_id[anchor]["text"]
            seen += 1
    assert seen == len(CODES)


def test_the_fourteen_prohibitions_stand_in_order(by_id):
    names = [name for name in by_id if re.fullmatch(r"N\d+", name)]
    assert names == [f"N{n}" for n in range(1, 15)]
    for code, question in {
        "N2": "paired-columns",
        "N4": "suggestions-that-count",
    }.items():
        assert folded(by_id[code]["text"]).endswith(f"negative/{question}: nothing")


def test_every_rule_has_its_anchor_summary_and_sparql(entries):
    paths = sorted((ontology_folder() / "rules").glob("*.rq"))
    assert len(paths) == 8
    for path in paths:
        lines = path.read_text(encoding="utf-8").splitlines()
        entry = entries[f"rule-{path.name.split('-')[0]}"]
        shown = html.unescape(re.search(r"<pre><code>(.*?)</code></pre>", entry, re.DOTALL)[1])
        assert shown.splitlines() == [line for line in lines if not line.startswith("#+ ")]
        ox.Store().query(shown)
        summary = next(line for line in lines if line.startswith("#+ summary: "))
        assert summary.removeprefix("#+ summary: ") in plain(entry)


def test_every_shape_has_its_anchor_and_messages(entries):
    from rdflib import SH

    count = 0
    for path in (ontology_folder() / "shapes").glob("*.ttl"):
        graph = Graph().parse(path)
        for shape in graph.subjects(RDF.type, SH.NodeShape):
            shown = plain(entries[f"shape-{str(shape).split('#')[1]}"])
            messages = [*graph.objects(shape, SH.message)]
            for node in graph.objects(shape, SH.property):
                messages += graph.objects(node, SH.message)
                assert str(graph.value(node, SH.path)).replace("#", "/").rpartition("/")[2] in shown
            assert messages
            for message in messages:
                assert folded(message) in shown
                count += 1
    assert count == 23  # counted in the four files


def test_every_quotation_stands_in_its_document(text, entries):
    quoted = re.findall(
        r'<blockquote data-document="([^"]+)" data-first="(\d+)" data-last="(\d+)">'
        r'<span class="words">(.*?)</span> <cite>(.*?)</cite>',
        text,
    )
    assert text.count("<blockquote") == len(quoted)
    for document, first, last, words, place in quoted:
        lines = (data_folder() / document).read_text(encoding="utf-8").split("\n")
        stretch = folded(" ".join(lines[int(first) - 1 : int(last)]))
        assert folded(html.unescape(words)) in stretch
        # The quotation needs its first line and its last.
        assert folded(html.unescape(words)) not in folded(" ".join(lines[int(first) : int(last)]))
        assert folded(html.unescape(words)) not in folded(
            " ".join(lines[int(first) - 1 : int(last) - 1])
        )
        said = f"line {first}" if first == last else f"lines {first}–{last}"
        assert place == f"{document}, {said}"
    for name in TERMS:
        entry = entries[name]
        assert ("<blockquote" in entry) != ("No use in these documents" in entry), name


def test_an_example_of_a_property_is_of_that_property(entries):
    for name, term in TERMS.items():
        links = re.findall(r"<em>(.*?)</em>", entries[name])
        used = "<blockquote" in entries[name]
        assert links == ([term.label] if used and term.kind != "class" else []), name
    assert re.findall(r"<em>(.*?)</em>", entries["rule-r2"]) == ["supports instrument"]


def test_the_example_of_a_claim_is_a_link_to_a_national_objective(graph, entries):
    shown = re.search(r"<code>claim/([0-9a-f]+)</code>", entries["Claim"])[1]
    claim = next(c for c in graph.claims if c.id == shown)
    assert claim.predicate == "servesPrimarily"
    assert claim.basis.word == "stated"


def counts(graph):
    """Count uses by SPARQL, apart from how the page counts them."""
    store = ox.Store()
    store.extend(ox.parse("\n".join(write_quads(graph)) + "\n", format=ox.RdfFormat.N_QUADS))
    found = Counter()
    for question in (
        "SELECT ?t (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ?t } GROUP BY ?t",
        "SELECT ?t (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?t ?o { ?s ?t ?o } } GROUP BY ?t",
    ):
        for row in store.query(question, use_default_graph_as_union=True):
            found[row["t"].value.removeprefix(NAMESPACE)] += int(row["n"].value)
    return found


def test_uses_are_what_sparql_counts(graph, entries):
    expected = counts(graph)
    for name in TERMS:
        shown = plain(re.search(r'<dd class="uses">(.*?)</dd>', entries[name])[1])
        assert int(shown.split(":")[0]) == expected[name], name
        if ":" in shown and TERMS[name].kind != "class":
            assert sum(map(int, re.findall(r"\d+", shown.split(":")[1]))) == expected[name]


def test_uses_are_those_of_a_reading_of_the_documents(entries):
    """The figures of a full reading: rows, intentions, shifts, objectives, links by basis."""
    uses = {
        name: plain(re.search(r'<dd class="uses">(.*?)</dd>', entry)[1])
        for name, entry in entries.items()
        if name in TERMS
    }
    assert uses["Action"] == "80: telford-2011 44, dundee-2019 20, derby-2014 16"
    assert uses["Commitment"] == "48: dundee-2016 27, worcestershire-2009 21"
    assert uses["Activity"] == "83: worcestershire-2009 83"
    assert uses["Workstream"] == "10: dundee-2019 10"
    assert uses["StatusReport"] == "67: dundee-2016 67"
    assert uses["Objective"] == "6: no-health-without-mental-health 6"
    assert uses["servesPrimarily"] == "44: stated 24, inherited 20"
    assert uses["rating"] == "0"


def test_no_example_shows_what_is_not_accepted(graph, text):
    shown = set(re.findall(r"<code>claim/([0-9a-f]+)</code>", text))
    claims = {claim.id: claim for claim in graph.claims}
    assert len(shown) > 1
    assert {claims[name].decision for name in shown} == {"accepted"}
    assert [claim for claim in graph.claims if not claim.accepted]  # there are some to leave out


def test_links_inside_resolve_and_names_are_single(elements, by_id):
    names = [e["at"]["id"] for e in elements if "id" in e["at"]]
    assert [name for name, number in Counter(names).items() if number > 1] == []
    inside = [
        e["at"]["href"] for e in elements if e["tag"] == "a" and e["at"]["href"].startswith("#")
    ]
    assert len(inside) > 1000
    assert [href for href in inside if href[1:] not in by_id] == []
    for e in elements:
        for key in ("aria-labelledby", "aria-describedby"):
            if key in e["at"]:
                assert e["at"][key] in by_id
    outside = {
        e["at"]["href"] for e in elements if e["tag"] == "a" and not e["at"]["href"].startswith("#")
    }
    assert all(re.match(r"https?://[\w.-]+/", href) for href in outside)


def test_every_question_is_listed_with_its_terms(elements, by_id):
    folder = ROOT / "queries"
    for path in folder.rglob("*.rq"):
        name = path.relative_to(folder).with_suffix("").as_posix()
        row = by_id[f"query-{name}"]["text"]
        body = re.sub(r"^\s*#.*$", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        for term in set(re.findall(r"\blin:(\w+)", body)):
            assert re.search(rf"\b{term}\b", row), (name, term)


def test_every_foreign_term_of_the_data_stands_among_the_standards(graph, text):
    section = text[text.index('id="section-standards"') : text.index('id="section-alignments"')]
    linked = set(re.findall(r'href="([^"]+)"', section))
    member = "http://www.w3.org/1999/02/22-rdf-syntax-ns#_"
    for quad in ox.parse("\n".join(write_quads(graph)) + "\n", format=ox.RdfFormat.N_QUADS):
        for iri in (quad.predicate.value, quad.object.value):
            if iri == quad.object.value and not quad.predicate.value.endswith("#type"):
                continue
            if not iri.startswith(NAMESPACE):
                assert (member + "1" if iri.startswith(member) else iri) in linked


def test_every_alignment_is_told(text):
    section = plain(text[text.index('id="section-alignments"') :].replace("<", " <"))
    lines = (ontology_folder() / "alignments.ttl").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if re.match(r"\w+:\w+\s+(rdfs:sub|skos:\w+Match )", line)]
    rows = [line for line in rows if " a owl:" not in line]
    assert len(rows) == 25
    for line in rows:
        ours, relation, others = re.match(r"(\S+)\s+(\S+)\s+(.*?) \.$", line).groups()
        for other in others.split(" , "):
            word = {"skos:closeMatch": "close to", "skos:relatedMatch": "related to"}.get(
                relation, "narrower than"
            )
            said = f"{ours.removeprefix('lin:')} {word} {other}"
            answer = "yes" if word == "narrower than" else "no"
            assert f"{said} {answer}" in re.sub(r"\s+", " ", section)


def test_nothing_is_asked_of_the_network_and_nothing_runs(text, elements):
    assert not {e["tag"] for e in elements} & {
        *("script", "link", "img", "iframe", "object", "embed", "form", "base", "use", "image"),
    }
    for e in elements:
        assert not {key for key in e["at"] if key.startswith("on")} | (
            {"src", "style"} & {*e["at"]}
        )
    assert "url(" not in text
    assert "@import" not in text
    policy = next(
        e["at"]["content"]
        for e in elements
        if e["at"].get("http-equiv") == "Content-Security-Policy"
    )
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    assert len(text.encode()) < 600_000


def test_headings_landmarks_and_tables_are_in_order(elements):
    levels = [int(e["tag"][1]) for e in elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in pairwise(levels))
    tags = Counter(e["tag"] for e in elements)
    assert (tags["main"], tags["nav"], tags["header"], tags["footer"]) == (1, 1, 1, 1)
    assert tags["caption"] == tags["table"] > 0
    assert all(e["at"].get("scope") in ("col", "row") for e in elements if e["tag"] == "th")
    assert next(e for e in elements if e["tag"] == "html")["at"]["lang"] == "en-GB"
    for e in elements:
        if e["at"].get("role") == "region":
            assert e["at"]["tabindex"] == "0"
            assert e["at"]["aria-label"]
        if e["tag"] == "a":
            assert e["text"].strip()


def test_drawings_have_titles_words_and_legible_letters(elements, by_id, text):
    drawings = [e for e in elements if e["tag"] == "svg"]
    assert len(drawings) == 2
    for drawing in drawings:
        assert by_id[drawing["at"]["aria-labelledby"]]["text"]
        assert len(by_id[drawing["at"]["aria-describedby"]]["text"]) > 100
        # As wide as drawn, so that a letter of 13 px is one on the screen.
        assert drawing["at"]["viewbox"].split()[2:] == [
            drawing["at"]["width"],
            drawing["at"]["height"],
        ]
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    sizes = re.findall(r"\.drawing[^{]*\{[^}]*font-size:(\d+)px", style)
    assert sizes
    assert all(int(size) >= 12 for size in sizes)
    colours = re.findall(r"\.drawing[^{]*\{([^}]*)\}", style)
    assert not re.search(r"#[0-9a-f]{3,6}|rgb|hsl", " ".join(colours))  # ink and paper only


def channel(value):
    value /= 255
    return value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4


def contrast(a, b):
    def light(colour):
        digits = colour if len(colour) == 6 else "".join(c * 2 for c in colour)
        parts = [channel(int(digits[n : n + 2], 16)) for n in (0, 2, 4)]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    high, low = sorted((light(a), light(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_colours_can_be_read_by_day_by_night_and_on_paper(text):
    style = re.search(r"<style>(.*?)</style>", text, re.DOTALL)[1]
    schemes = re.findall(r":root\{color-scheme:[^}]*\}", style)
    night = re.search(r"dark\)\{:root\{([^}]*)\}", style)[1]
    sets = [dict(re.findall(r"--(\w+):#([0-9a-f]+)", one)) for one in (*schemes, night)]
    assert len(sets) == 3
    for colours in sets:
        for ink in ("ink", "soft", "link"):
            assert contrast(colours[ink], colours["paper"]) >= 4.5
            assert contrast(colours[ink], colours["head"]) >= 4.5
        assert contrast(colours["line"], colours["paper"]) >= 3


@pytest.fixture
def maker(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    yield importlib.import_module("ontology_page.drawing")
    for name in [name for name in sys.modules if name.startswith("ontology_page")]:
        del sys.modules[name]


def test_a_drawing_cannot_say_what_the_ontology_does_not(maker, monkeypatch):
    wrong = maker.Arrow("Workstream", ("restates",), "Objective")
    monkeypatch.setattr(maker, "ARROWS", (*maker.ARROWS, wrong))
    with pytest.raises(maker.OntologyPageError, match="Workstream restates Objective"):
        maker.overview()


def test_words_of_documents_cannot_become_markup(maker, graph, monkeypatch):
    """A label with markup in it is shown as it is written."""
    from dataclasses import replace

    from kg.model.graph import KnowledgeGraph

    spec = importlib.util.spec_from_file_location("make_ontology_page", SCRIPT)
    made = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec.loader.exec_module(made)
    evil = '<script>alert(1)</script><a href="javascript:x">'
    nodes = {
        name: replace(node, label=evil + node.label) if node.cls == "Vision" else node
        for name, node in graph.nodes.items()
    }
    changed = KnowledgeGraph(nodes, graph.claims, graph.facts, graph.documents)
    monkeypatch.setattr(made.kg, "load", lambda: changed)
    shown = made.page()
    assert html.escape(evil) in shown.replace("&#34;", "&quot;")
    tags = {e["tag"] for e in parsed(shown)}
    assert "script" not in tags
