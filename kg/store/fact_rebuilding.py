"""Facts from triples: what `kg.store.fact_quads` writes, read back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.bases import WORDS, Basis
from kg.model.identifiers import local_id, term_iri
from kg.model.records import Fact
from kg.store.rdf import DCTERMS, RDFS, SCHEMA, SKOS

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.store.rebuilding import Description

PERIOD: Final = "Period"
FACT_CLASSES: Final = {
    DCTERMS + "PeriodOfTime": PERIOD,
    **{
        term_iri(name): name
        for name in ("Allocation", "StatedAbsence", "Observation", "SourceDefect")
    },
}
"""The classes of facts by IRI."""
_ABOUT: Final = {
    "StatedAbsence": "absenceOf",
    "Observation": "observedIn",
    "SourceDefect": "affects",
}
"""The property that leads to what a fact is about; a period or an amount is led to instead."""


def rebuild_fact(said: Description, subject: str, kind: str) -> Fact:
    """Put one fact together again."""
    about = said.term(subject, _ABOUT[kind]) if kind in _ABOUT else said.owner.get(subject, "")
    values = _VALUES[kind](said, subject)
    return Fact(
        local_id(subject),
        kind,
        local_id(about),
        {name: value for name, value in sorted(values.items()) if value},
        said.passages(subject),
        WORDS.get(said.code(subject, "basis"), Basis.STATED),
        said.one(subject, SKOS + "note"),
        said.place(subject),
    )


def _period(said: Description, subject: str) -> dict[str, str]:
    return {
        "role": said.code(subject, "periodRole"),
        "words": said.term(subject, "verbatim"),
        "edtf": said.term(subject, "edtf"),
        "precision": said.code(subject, "precision"),
        "undated": said.code(subject, "undatedReason"),
    }


def _allocation(said: Description, subject: str) -> dict[str, str]:
    return {
        "amount_words": said.term(subject, "amountAsWritten"),
        "amount": said.one(subject, SCHEMA + "value"),
        "currency": said.one(subject, SCHEMA + "currency"),
        "nature": said.code(subject, "fundingNature"),
        "stream": local_id(said.term(subject, "fromStream")),
        "edtf": said.term(subject + "/period", "edtf"),
        "period_words": said.term(subject + "/period", "verbatim"),
    }


def _absence(said: Description, subject: str) -> dict[str, str]:
    return {
        "property": said.code(subject, "missingProperty"),
        "kind": said.code(subject, "missingKind"),
        "applies_to": said.term(subject, "appliesToClass").removeprefix(term_iri("")),
        "folded_into": local_id(said.term(subject, "foldedInto")),
    }


def _observation(said: Description, subject: str) -> dict[str, str]:
    return {
        "value_words": said.term(subject, "verbatim"),
        "value": said.one(subject, SCHEMA + "value"),
        "unit": said.one(subject, SCHEMA + "unitText"),
    }


def _defect(said: Description, subject: str) -> dict[str, str]:
    return {
        "kind": said.code(subject, "defectKind"),
        "description": said.one(subject, RDFS + "comment"),
        "repair": said.term(subject, "repair"),
        "confidence": said.term(subject, "confidence"),
    }


_VALUES: Final[dict[str, Callable[[Description, str], dict[str, str]]]] = {
    PERIOD: _period,
    "Allocation": _allocation,
    "StatedAbsence": _absence,
    "Observation": _observation,
    "SourceDefect": _defect,
}
