"""Write ontology/context.jsonld from the ontology's terms; with --check only compare.

A term of the context stands for one property or class, with the kind of its values: a thing, a
text in English, a number or a date. The names of properties of ours are their own; those of
other vocabularies keep their prefix, so that nothing has two meanings.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from kg.store.rdf_exports import PREFIXES  # noqa: E402 - found beside this file
from kg.terms import TERMS  # noqa: E402 - the same

PAGE = ROOT / "ontology" / "context.jsonld"
ENGLISH = {
    "label": "rdfs:label",
    "comment": "rdfs:comment",
    "altLabel": "skos:altLabel",
    "prefLabel": "skos:prefLabel",
    "definition": "skos:definition",
    "scopeNote": "skos:scopeNote",
    "example": "skos:example",
    "note": "skos:note",
    "title": "dcterms:title",
}
PLAIN = {
    "creator": "dc:creator",
    "identifier": "dcterms:identifier",
    "issued": "dcterms:issued",
    "valid": "dcterms:valid",
    "coverage": "dcterms:coverage",
    "name": "foaf:name",
    "exact": "oa:exact",
    "notation": "skos:notation",
}
THINGS = {
    "contributor": "dcterms:contributor",
    "hasSource": "oa:hasSource",
    "hasSelector": "oa:hasSelector",
    "wasAttributedTo": "prov:wasAttributedTo",
    "broader": "skos:broader",
    "inScheme": "skos:inScheme",
    "closeMatch": "skos:closeMatch",
    "subClassOf": "rdfs:subClassOf",
    "subPropertyOf": "rdfs:subPropertyOf",
    "domain": "rdfs:domain",
    "range": "rdfs:range",
}
TYPED = {
    "start": ("oa:start", "xsd:integer"),
    "end": ("oa:end", "xsd:integer"),
    "startDate": ("dcat:startDate", "xsd:date"),
    "endDate": ("dcat:endDate", "xsd:date"),
    "generatedAtTime": ("prov:generatedAtTime", "xsd:dateTime"),
}


def context() -> dict[str, Any]:
    """Return the context."""
    found: dict[str, Any] = {"@version": 1.1, **PREFIXES}
    for name, term in TERMS.items():
        if term.kind == "class":
            found[name] = f"lin:{name}"
        elif term.kind == "link":
            found[name] = {"@id": f"lin:{name}", "@type": "@id"}
        elif term.range in ("", "xsd:string"):
            found[name] = {"@id": f"lin:{name}"}
        else:
            found[name] = {"@id": f"lin:{name}", "@type": term.range}
    others = {
        **{name: {"@id": iri, "@language": "en"} for name, iri in ENGLISH.items()},
        **{name: {"@id": iri} for name, iri in PLAIN.items()},
        **{name: {"@id": iri, "@type": "@id"} for name, iri in THINGS.items()},
        **{name: {"@id": iri, "@type": kind} for name, (iri, kind) in TYPED.items()},
    }
    taken = sorted(set(others) & set(found))
    if taken:
        sys.exit(f"these names have two meanings in the context: {', '.join(taken)}")
    return {"@context": {**found, **others}}


def main() -> int:
    """Write the context, or tell whether it is what it should be."""
    text = json.dumps(context(), ensure_ascii=False, indent=2) + "\n"
    if "--check" in sys.argv[1:]:
        same = PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text
        return 0 if same else 1
    PAGE.write_text(text, encoding="utf-8", newline="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
