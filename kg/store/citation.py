"""How to cite a release: CITATION.cff, in the Citation File Format 1.2.0."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from kg.store.description import LICENCE_ID, creators, dataset_iri, licensed, title

if TYPE_CHECKING:
    from kg.store.formats import Source

CITATION: Final = "CITATION.cff"


def citation(source: Source) -> str:
    """Return a citation of a release, or an empty text when the graph names nobody to cite.

    The format demands an author; whoever read the documents is the author of the dataset. A
    graph that does not say who that was gets no citation, rather than an invented one.
    """
    authors = creators(source.graph)
    if not authors:
        return ""
    dates = sorted({d.read_on for d in source.graph.documents.values() if d.read_on})
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        f"title: {_text(title(source))}",
        "message: "
        + _text("Cite the release, and with a finding the claim's IRI and the words it quotes."),
        "authors:",
        *(f"  - name: {_text(label)}" for _, label in authors),
    ]
    if source.release:
        lines.append(f"version: {_text(source.release)}")
    lines += [
        "identifiers:",
        "  - type: other",
        f"    value: {_text(dataset_iri(source))}",
        "    description: The name of this dataset",
    ]
    if dates and len(dates[-1]) == _DAY:
        lines.append(f"date-released: {_text(dates[-1])}")
    if licensed(source):
        lines.append(f"license: {LICENCE_ID}")
    return "\n".join(lines) + "\n"


_DAY: Final = len("2026-11-24")


def _text(words: str) -> str:
    """Write a text so that YAML reads it back: a string of JSON is one of YAML."""
    return json.dumps(words, ensure_ascii=False)
