"""What violates a shape, in plain English: what is wrong, with what, and what to do.

A result of SHACL names an IRI, a property and a constraint. The people who mend a register know
rows, columns and ids.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from kg.checks.shape_words import WORDS
from kg.errors import Place
from kg.model.identifiers import HOME, NAMESPACE, digest, local_id, term_iri
from kg.store.rdf import OA, TEXT
from kg.terms import TERMS, ancestors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from kg.checks.shape_engines import Violation
    from kg.store.rebuilding import Description

DOCUMENTS: Final = "documents.csv"
_QUOTED: Final = {"Passage", "TextPositionSelector", "TextQuoteSelector"}
MEND: Final = "Mend the register row that it comes from, and build again."
_SHOWN: Final = 3
_LONG: Final = 60


class Thing(NamedTuple):
    """What a violation is about, as people know it."""

    node: str
    words: str
    place: Place
    about: str = ""
    """Its own local id where that is not the node."""


def explain(violation: Violation, said: Description, thing: Thing) -> tuple[str, str]:
    """Return what is wrong in one sentence, and what to do.

    Args:
        violation: The result.
        said: What the triples say of its focus.
        thing: What the focus is.
    """
    path = _name(violation.path)
    if violation.component == "Xone":
        wrong, fix = _lacking(said, violation.focus)
        return f"{thing.words} {wrong}", fix
    known = WORDS.get((path, violation.component))
    if known is None:
        rule = violation.message or f"it does not meet {violation.component} of {path or 'a shape'}"
        return f"{thing.words}: {rule}", MEND
    values = said.all(violation.focus, violation.path)
    wrong = known[0].format(
        number=len(values),
        values=_listed(values),
        value=_shown(violation.value),
        end=_listed(said.all(violation.focus, OA + "end")),
    )
    return f"{thing.words} {wrong}", known[1]


def about(violation: Violation, thing: Thing) -> str:
    """Return what tells a violation from others of the same node, the same in every run."""
    parts = [thing.about, _name(violation.path), violation.component]
    if violation.value and violation.path:
        named = _shown(violation.value)
        parts.append(named if named == local_id(violation.value) else digest([violation.value]))
    return "/".join(filter(None, parts))


def describe(focus: str, said: Description, holders: Mapping[str, Sequence[str]]) -> Thing:
    """Return what the focus of a violation is.

    Args:
        focus: Its IRI.
        said: What the triples say of it and of what holds it.
        holders: What holds a passage or a selector, by IRI.
    """
    classes = {_name(cls) for cls in said.classes(focus)}
    name, place = local_id(focus), said.place(focus)
    if "Claim" in classes:
        return _link(focus, said)
    if classes & _QUOTED:
        return _passage(focus, said, holders)
    if "Decision" in classes:
        return _decision(focus, said, holders)
    if "SourceText" in classes:
        return Thing(name, f"The document {name.removeprefix(TEXT)}", Place(DOCUMENTS))
    if "Allocation" in classes:
        return Thing(name, f"The sum {name}", place)
    return Thing(name, f"The {_class_words(classes)} {name}", place)


def _link(focus: str, said: Description) -> Thing:
    """Describe a link by its ends, as far as it has them; it belongs to what it starts from."""
    start, end = (local_id(said.term(focus, end)) for end in ("subject", "object"))
    ends = f"{f' from {start}' if start else ''}{f' to {end}' if end else ''}"
    kind = _name(said.term(focus, "predicate"))
    name = local_id(focus)
    words = f"The link{ends}{f' ({kind})' if kind else ''}" if ends else f"The link {name}"
    place = _row(focus, said)
    return Thing(start, words, place, name) if start else Thing(name, words, place)


def _row(link: str, said: Description) -> Place:
    """Return the register row of a link; of an inferred one, the first that it rests on."""
    asked = [link]
    seen = {link}
    for one in asked:  # grows: premises may be inferred too
        if (place := said.place(one)).path:
            return place
        more = [name for name in said.all(one, term_iri("premise")) if name not in seen]
        asked += more
        seen.update(more)
    return Place("")


def _passage(focus: str, said: Description, holders: Mapping[str, Sequence[str]]) -> Thing:
    """Describe a passage by what quotes it: first a thing that it sets out, then a link."""
    name = local_id(focus)
    quoting: list[Thing] = []
    asked = [focus]
    for one in asked:  # grows: a selector is held by passages, and those by what quotes them
        for holder in holders.get(one, ()):
            if {_name(cls) for cls in said.classes(holder)} & _QUOTED:
                asked.append(holder)
            else:
                quoting.append(describe(holder, said, {}))
    quoting.sort(key=lambda thing: (bool(thing.about), thing.place, thing.node))
    if not quoting:
        return Thing(name, f"The passage {name}", Place(""))
    first, more = quoting[0], len(quoting) - 1
    others = f" and {more} more" if more else ""
    words = f"A passage quoted by {first.words[0].lower()}{first.words[1:]}{others}"
    return Thing(first.node, words, first.place, name)


def _decision(focus: str, said: Description, holders: Mapping[str, Sequence[str]]) -> Thing:
    """Describe a decision by the link that was decided about, and its own row."""
    links = [_link(holder, said) for holder in holders.get(focus, ())]
    name, place = local_id(focus), said.place(focus)
    if not links:
        return Thing(name, f"The decision {name}", place)
    first = links[0]
    words = f"A decision on {first.words[0].lower()}{first.words[1:]}"
    return Thing(first.node, words, place if place.path else first.place, name)


def _class_words(classes: set[str]) -> str:
    """Return what people call the most specific of some classes."""
    above = {parent for cls in classes for parent in ancestors(cls)} if classes else set()
    own = sorted(classes - above) or ["thing"]
    return TERMS[own[0]].label.lower() if own[0] in TERMS else _spaced(own[0])


def _spaced(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


_NEEDED: Final = {
    "stated": ("evidence",),
    "inherited": ("evidence",),
    "interpreted": ("evidence", "rationale", "confidence"),
    "inferred": ("byRule", "premise"),
    "suggested": ("score", "model"),
}
"""What a link must say on each basis."""
_FORBIDDEN: Final = {
    "stated": ("premise",),
    "inherited": ("premise",),
    "interpreted": ("premise",),
    "inferred": ("evidence",),
    "suggested": (),
}
_LACKS: Final = {
    "evidence": ("it quotes no words", "Quote the words that say so in the column quote."),
    "rationale": (
        "it does not say why it is read so",
        "Give the reason in the column rationale.",
    ),
    "confidence": (
        "it does not say how sure the reader is",
        "Give a number from 0 to 1 in the column confidence.",
    ),
    "byRule": ("it does not name one rule", "Build again: rules are applied by the build."),
    "premise": (
        "it does not name the links that it rests on",
        "Build again: rules are applied by the build.",
    ),
    "score": ("it has no score from 0 to 1", "Give the score that the model gave."),
    "model": ("it does not name the model", "Name the model and its version."),
}
_HAS: Final = {
    "premise": ("it rests on other links", "Drop the premises, or say that a rule inferred it."),
    "evidence": ("it quotes words of its own", "Drop the quotation, or say that it is stated."),
}
_REVIEW: Final = "Let somebody accept it as a link of their own, with the words that say so."


def _lacking(said: Description, focus: str) -> tuple[str, str]:
    """Return what a link lacks that its basis asks for, or has that its basis rules out."""
    bases = said.all(focus, term_iri("basis"))
    if not bases:
        return "does not say on what basis it is held", "Fill the column basis."
    basis = _name(bases[0])
    if len(bases) > 1 or basis not in _NEEDED:
        known = f"Keep one of {', '.join(_NEEDED)} in the column basis."
        which = f"{len(bases)} bases" if len(bases) > 1 else "an unknown basis"
        return f"is held on {which} ({_listed(bases)})", known
    faults = [_LACKS[name] for name in _NEEDED[basis] if not _given(said, focus, name)]
    faults += [_HAS[name] for name in _FORBIDDEN[basis] if said.term(focus, name)]
    if basis == "suggested" and said.code(focus, "decision") not in {"open", "rejected"}:
        faults.append(("it counts as accepted", _REVIEW))
    if not faults:
        return "does not meet what its basis asks for", MEND
    wrong = " and ".join(fault.removeprefix("it ") for fault, _ in faults)
    return f"is {basis}, but it {wrong}", " ".join(dict.fromkeys(fix for _, fix in faults))


def _given(said: Description, focus: str, name: str) -> bool:
    """Tell whether a link says what its basis asks for."""
    values = said.all(focus, term_iri(name))
    if name == "score":
        return bool(values) and all(map(_is_share, values))
    return len(values) == 1 if name == "byRule" else bool(values)


def _is_share(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False


def _name(iri: str) -> str:
    """Return the last part of an IRI of a term."""
    return iri.removeprefix(NAMESPACE).rpartition("#")[2].rpartition("/")[2]


def _shown(value: str) -> str:
    """Return a value as people know it, and no more of it than a line holds."""
    name = local_id(value)
    if name == value and value.startswith(HOME):
        name = value.rpartition("#")[2]
    folded = " ".join(name.split()) or "(nothing)"
    return folded if len(folded) <= _LONG else folded[: _LONG - 1] + "…"


def _listed(values: Sequence[str]) -> str:
    more = len(values) - _SHOWN
    shown = ", ".join(map(_shown, values[:_SHOWN]))
    return f"{shown} and {more} more" if more > 0 else shown
