"""Write the page of the ontology: `.ci/make_ontology_page.py`, or `--check` that it is up to date.

Everything on it comes from the files of the ontology, the stored questions and the bundled
graph; nothing is written by hand but the sentences of the template.
"""

from __future__ import annotations

import base64
import hashlib
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent / "ontology_page"
sys.path[:0] = [str(ROOT), str(HERE.parent)]

from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: E402
from ontology_page import drawing, reading  # noqa: E402
from ontology_page.examples import MEMBER, Uses  # noqa: E402
from rdflib import RDF, Graph, URIRef  # noqa: E402

import kg  # noqa: E402
from kg.terms import NAMESPACE, TERMS, ancestors  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "ontology" / "index.html"
HELD = {
    "N2": "negative/paired-columns",
    "N4": "negative/suggestions-that-count",
}
"""Prohibitions that a stored question can look for; it must find nothing."""
UNUSED = {
    "mayServe": ": rules P1 and P2 conclude nothing from them",
    "restates": ": no claim says that one of their intents sets out another again",
    "rating": ": the grades of the one plan that has them were colours, and are lost",
    "Decision": ": nothing was decided on a claim after its reading",
    "hasDecision": ": nothing was decided on a claim after its reading",
    "score": ": no model has suggested a link",
    "model": ": no model has suggested a link",
}
FILES = {
    "lineage.ttl": "ontology",
    "vocabularies/*.ttl": "code lists",
    "shapes/*.ttl": "shapes",
}


def standards(uses: Uses) -> list[dict[str, Any]]:
    """Return every term of another vocabulary that ontology, code lists, shapes or data use."""
    within: dict[str, list[reading.Reference]] = defaultdict(list)
    for term in TERMS.values():
        for name in (*term.parents, term.domain, term.range):
            if ":" in name:
                within[reading.named(name).target].append(reading.named(term.name))
    for pattern, word in FILES.items():
        graph = Graph()
        for path in sorted((reading.ONTOLOGY).glob(pattern)):
            graph.parse(path)
        found = {str(p) for _, p, _ in graph} | {
            str(o) for _, p, o in graph if isinstance(o, URIRef) and p != RDF.rest
        }
        for iri in sorted(found):
            within[iri].append(reading.Reference(word))
    foreign = uses.foreign()
    groups = []
    for prefix, (title, namespace) in reading.STANDARDS.items():
        rows = [
            {
                "ref": reading.Reference("rdf:_1, _2 …", iri)
                if iri == MEMBER + "1"
                else reading.reference(iri),
                "within": list(dict.fromkeys(within.get(iri, []))),
                "on": [reading.named(name) for name in foreign.get(iri, (0, []))[1]],
                "count": foreign.get(iri, (0, []))[0],
            }
            for iri in sorted({*within, *foreign})
            if iri.startswith(namespace) and iri != namespace
        ]
        if rows:
            groups.append({"prefix": prefix, "title": title, "namespace": namespace, "rows": rows})
    return groups


def tree(kind: str, uses: Uses) -> list[dict[str, Any]]:
    """Return classes or properties as they stand under one another, foreign tops included."""
    chosen = [t for t in TERMS.values() if (t.kind == "class") == (kind == "class")]
    below: dict[str, list[str]] = defaultdict(list)
    for term in chosen:
        for parent in term.parents:
            below[parent].append(term.name)

    def node(name: str) -> dict[str, Any]:
        return {
            "ref": reading.named(name),
            "count": uses.count(name) if name in TERMS else None,
            "below": [node(child) for child in below.get(name, [])],
        }

    inner = {child for children in below.values() for child in children}
    return [node(name) for name in below if name not in inner]


def ends(name: str) -> tuple[reading.Reference | str, ...]:
    """Return from what a property leads to what, and which wider property says so."""
    found: list[reading.Reference | str] = []
    said: list[reading.Reference | str] = []
    for side in ("domain", "range"):
        for holder in (name, *ancestors(name)):
            value = getattr(TERMS[holder], side)
            if value:
                found.append(reading.named(value))
                said.append("" if holder == name else reading.named(holder))
                break
        else:
            found.append("")
            said.append("")
    return (*found, *said)


def lists_of(uses: Uses) -> dict[str, list[reading.Reference]]:
    """Return which code list each property takes its values from, as the data show it."""
    found: dict[str, list[reading.Reference]] = {}
    for name in TERMS:
        schemes = {
            value.value.removeprefix(reading.VOCABULARY).partition("#")[0]
            for _, value in uses.pairs.get(NAMESPACE + name, ())
            if value.value.startswith(reading.VOCABULARY)
        }
        found[name] = [reading.Reference(s, f"#vocab-{s}") for s in sorted(schemes)]
    return found


def said_of_itself() -> dict[str, str]:
    """Return what the ontology says of itself, by the last part of each property's name."""
    core = reading.load("lineage.ttl")
    iri = URIRef(NAMESPACE.removesuffix("#"))
    return {
        str(p).replace("#", "/").rpartition("/")[2]: str(o) for p, o in core.predicate_objects(iri)
    }


def breaches(uses: Uses) -> dict[str, tuple[reading.Reference, int]]:
    """Return the question that looks for breaches of a prohibition, and how many it finds."""
    return {
        code: (
            reading.Reference(name, f"#query-{name}"),
            uses.answers((ROOT / "queries" / f"{name}.rq").read_text(encoding="utf-8")),
        )
        for code, name in HELD.items()
    }


def content() -> dict[str, Any]:
    """Return all that the template shows."""
    graph = kg.load()
    uses = Uses(graph)
    asked, rules, shapes = reading.questions(), reading.rules(), reading.shapes()
    entries = reading.entries(asked, rules, shapes)
    schemes = reading.schemes()
    counts = uses.codes()
    examples = {name: uses.example(name) for name in TERMS}
    if wrong := [name for name in UNUSED if examples[name]]:
        raise reading.OntologyPageError("used-now", f"these are used now: {', '.join(wrong)}")
    head, held = said_of_itself(), breaches(uses)
    return {
        "title": head["title"],
        "description": head["description"],
        "version": head["versionInfo"],
        "created": head["created"],
        "licence": head["license"],
        "namespace": NAMESPACE,
        "documents": {5: "five", 6: "six", 7: "seven"}.get(
            len(graph.documents), str(len(graph.documents))
        ),
        "overview": drawing.overview(),
        "lineage": drawing.lineage(),
        "class_tree": tree("class", uses),
        "property_tree": tree("property", uses),
        "topics": reading.topics(),
        "entries": entries,
        "parents": {n: [reading.named(p) for p in t.parents] for n, t in TERMS.items()},
        "ends": {name: ends(name) for name in TERMS},
        "code_lists": lists_of(uses),
        "uses": {name: (uses.count(name), uses.spread(name)) for name in TERMS},
        "examples": examples,
        "unused": {name: UNUSED.get(name, "") for name in TERMS},
        "schemes": schemes,
        "prohibitions": next(s for s in schemes if s.name == "prohibition"),
        "code_uses": {
            f"{s.name}#{c.code}": counts[f"{reading.VOCABULARY}{s.name}#{c.code}"]
            for s in schemes
            for c in s.codes
        },
        "rules": rules,
        "concluded": {r.name: [reading.named(n) for n in r.conclusions] for r in rules},
        "by_rule": uses.by_rule(),
        "rule_examples": {rule.name: uses.example_of_rule(rule.name) for rule in rules},
        "held": {code.code: held.get(code.code) for s in schemes for code in s.codes},
        "shapes": shapes,
        "questions": asked,
        "standards": standards(uses),
        "alignments": reading.alignments(),
    }


def page() -> str:
    """Return the page."""
    style = (HERE / "page.css").read_text(encoding="utf-8").strip()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    # The style is ours and its hash must match, so it alone goes in as it stands.
    shown = drawing.Markup(style)
    template = environment.get_template("page.html.j2")
    return template.render(style=shown, style_hash=f"sha256-{digest}", **content()).lstrip()


def main() -> int:
    """Write the page, or tell whether it differs from what the ontology says."""
    made = page()
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != made:
            print(f"{PAGE.relative_to(ROOT)} is out of date: run .ci/make_ontology_page.py")
            return 1
        return 0
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
