"""How often the bundled graph uses each term, and one use of each with the words it rests on."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.store.quads import write_quads
from kg.terms import NAMESPACE, TERMS, ancestors

from .reading import VOCABULARY, Reference, code_anchor, reference

if TYPE_CHECKING:
    from kg.model.graph import KnowledgeGraph

HOME = "https://w3id.org/policy-lineage/"
ID, RULE = HOME + "id/", HOME + "rule/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
MEMBER = "http://www.w3.org/1999/02/22-rdf-syntax-ns#_"
OA = "http://www.w3.org/ns/oa#"
NAMES = ("http://www.w3.org/2000/01/rdf-schema#label", "http://purl.org/dc/terms/title")
IDENTIFIER = "http://purl.org/dc/terms/identifier"
BEST_LENGTH = 60
"""Characters of a quotation that says enough and is read at a glance."""
MOST_WORDS = 160
MOST_QUOTATIONS = 3
TELLING = ("servesPrimarily", "supportsInstrument")
"""Links that show best what a claim is: one that is asserted, and one that is inferred."""


@dataclass(frozen=True, order=True)
class Quotation:
    """Words of a document, white space folded, and where they stand."""

    path: str
    first: int
    last: int
    words: str

    @property
    def lines(self) -> str:
        """The lines as people write them."""
        return (
            f"line {self.first}" if self.first == self.last else f"lines {self.first}–{self.last}"
        )


@dataclass(frozen=True)
class Thing:
    """One end of an example: words for people, and a name for machines or an anchor."""

    words: str
    name: str = ""
    target: str = ""
    described: bool = False
    """Whether it has no label of its own, so that the words are ours."""


@dataclass(frozen=True)
class Example:
    """A use of a term: a thing of a class, or two things and the property between them."""

    subject: Thing
    value: Thing | None
    why: str
    quotations: tuple[Quotation, ...]
    more: int = 0
    """How many more quotations it rests on than are shown."""
    link: str = ""
    """What links the two, where the example is not of that link itself."""
    rank: tuple[int, int] = (0, 0)
    """How telling the subject is: of claims the accepted ones of a usual kind come first, and of
    things without a label those of which most is said."""


class Uses:
    """The bundled graph as triples, seen from the terms that it uses.

    Args:
        graph: The graph.
    """

    def __init__(self, graph: KnowledgeGraph) -> None:
        self.graph = graph
        self._text = "\n".join(write_quads(graph)) + "\n"
        self._store: ox.Store | None = None
        triples = {quad.triple for quad in ox.parse(self._text, format=ox.RdfFormat.N_QUADS)}
        self.pairs: dict[str, list[tuple[str, ox.NamedNode | ox.Literal]]] = defaultdict(list)
        self.about: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in sorted(triples, key=str):
            subject, predicate = triple.subject.value, triple.predicate.value
            self.pairs[predicate].append((subject, triple.object))
            self.about[subject][predicate].append(triple.object.value)
        self.held = {
            value.value: subject
            for term in ("hasPeriod", "hasAllocation")
            for subject, value in self.pairs[NAMESPACE + term]
        }
        self.claims = self._by_triple()
        self.first_in = self._first_passages()

    def _by_triple(self) -> dict[tuple[str, str, str], str]:
        """Return the best claim behind each triple: asserted before inferred."""
        found: dict[tuple[str, str, str], tuple[bool, str]] = {}
        for name, said in self.about.items():
            if NAMESPACE + "Claim" not in said.get(RDF_TYPE, ()):
                continue
            if not self._one(name, "decision").endswith("#accepted"):
                continue
            key = (
                self._one(name, "subject"),
                self._one(name, "predicate"),
                self._one(name, "object"),
            )
            rank = (bool(said.get(NAMESPACE + "byRule")), name)
            found[key] = min(found.get(key, rank), rank)
        return {key: name for key, (_, name) in found.items()}

    def _first_passages(self) -> dict[str, str]:
        """Return the first quoted words of each text."""
        found: dict[str, tuple[int, int, str]] = {}
        for passage, text in self.pairs[OA + "hasSource"]:
            selector = self.about[passage][OA + "hasSelector"][0]
            at = (
                int(self._one(selector, "firstLine")),
                int(self._one(selector, "lastLine")),
                passage,
            )
            found[text.value] = min(found.get(text.value, at), at)
        return {text: passage for text, (_, _, passage) in found.items()}

    def _one(self, subject: str, term: str) -> str:
        values = self.about[subject].get(NAMESPACE + term) if subject in self.about else None
        return values[0] if values else ""

    # -- counting --------------------------------------------------------------

    def count(self, name: str) -> int:
        """Return how many things are of a class, or how many statements use a property."""
        if TERMS[name].kind == "class":
            return sum(value.value == NAMESPACE + name for _, value in self.pairs.get(RDF_TYPE, ()))
        return len(self.pairs.get(NAMESPACE + name, ()))

    def spread(self, name: str) -> list[tuple[str, int]]:
        """Return a count by what tells most: basis of links, instrument of elements."""
        found: Counter[str] = Counter()
        if TERMS[name].kind == "class":
            for subject, value in self.pairs.get(RDF_TYPE, ()):
                if value.value == NAMESPACE + name and (home := self._one(subject, "setOutIn")):
                    found[home.removeprefix(ID)] += 1
        else:
            for subject, value in self.pairs.get(NAMESPACE + name, ()):
                claim = self.claims.get((subject, NAMESPACE + name, value.value))
                if claim:
                    found[self._one(claim, "basis").partition("#")[2]] += 1
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))

    def codes(self) -> Counter[str]:
        """Return how many statements have each code as their value."""
        return Counter(
            value.value
            for found in self.pairs.values()
            for _, value in found
            if value.value.startswith(VOCABULARY)
        )

    def by_rule(self) -> Counter[str]:
        """Return how many claims each rule has made."""
        return Counter(
            value.value.removeprefix(RULE) for _, value in self.pairs[NAMESPACE + "byRule"]
        )

    def foreign(self) -> dict[str, tuple[int, list[str]]]:
        """Return the terms of other vocabularies in the data: how often, and on what classes."""
        counts: Counter[str] = Counter()
        on: dict[str, set[str]] = defaultdict(set)
        for predicate, pairs in self.pairs.items():
            if predicate.startswith(NAMESPACE):
                continue
            key = MEMBER + "1" if predicate.startswith(MEMBER) else predicate
            for subject, value in pairs:
                counts[key] += 1
                if predicate != RDF_TYPE:
                    on[key] |= self._classes(subject)
                elif not value.value.startswith(NAMESPACE):
                    counts[value.value] += 1
        return {iri: (number, sorted(on[iri])) for iri, number in counts.items()}

    def _classes(self, subject: str) -> set[str]:
        """Return the most exact classes of a thing, by their short names."""
        every = [reference(iri).text for iri in self.about[subject].get(RDF_TYPE, ())]
        above = {up for name in every if name in TERMS for up in ancestors(name)}
        ours = {name for name in every if name in TERMS} - above
        return ours or set(every)

    def answers(self, sparql: str) -> int:
        """Return how many rows a question finds."""
        if self._store is None:
            self._store = ox.Store()
            self._store.extend(ox.parse(self._text, format=ox.RdfFormat.N_QUADS))
        found = self._store.query(sparql, use_default_graph_as_union=True)
        return sum(1 for _ in found)

    # -- examples --------------------------------------------------------------

    def example(self, name: str) -> Example | None:
        """Return the use of a term that is read most easily; None where there is none."""
        iri = NAMESPACE + name
        if TERMS[name].kind == "class":
            things = [s for s, value in self.pairs.get(RDF_TYPE, ()) if value.value == iri]
            return min((self._of_class(s) for s in things), key=_ease, default=None)
        found = (self._of_property(s, iri, value) for s, value in self.pairs.get(iri, ()))
        return min(found, key=_ease, default=None)

    def example_of_rule(self, name: str) -> Example | None:
        """Return a conclusion of a rule with what it rests on."""
        found = (
            self._concluded(claim)
            for claim, value in self.pairs[NAMESPACE + "byRule"]
            if value.value == RULE + name
        )
        return min(found, key=_ease, default=None)

    def _concluded(self, claim: str) -> Example:
        end = self.thing(ox.NamedNode(self._one(claim, "object")))
        words = TERMS[self._one(claim, "predicate").removeprefix(NAMESPACE)].label
        start = self.thing(ox.NamedNode(self._one(claim, "subject")))
        found = self._use(claim, start, end, self._why(claim), self.quotations(claim))
        return replace(found, link=words)

    def _of_class(self, subject: str) -> Example:
        start = self.thing(ox.NamedNode(subject))
        return self._use(subject, start, None, "", self.quotations(subject))

    def _of_property(self, subject: str, iri: str, value: ox.NamedNode | ox.Literal) -> Example:
        claim = self.claims.get((subject, iri, value.value), "")
        quoted = self.quotations(claim or subject) or self.quotations(value.value)
        why = self._why(claim) if claim else ""
        return self._use(subject, self.thing(ox.NamedNode(subject)), self.thing(value), why, quoted)

    def _use(
        self,
        subject: str,
        start: Thing,
        end: Thing | None,
        why: str,
        quoted: tuple[Quotation, ...],
    ) -> Example:
        rank = (1, 0)
        if "Claim" in self._classes(subject):
            link = self._one(subject, "predicate").removeprefix(NAMESPACE)
            accepted = self._one(subject, "decision").endswith("#accepted")
            telling = TELLING.index(link) if link in TELLING else 1 + len(TELLING)
            rank = (telling if accepted else 9, 0)
        elif start.described:
            rank = (1, -len(self.about[subject]))
        shown = quoted[:MOST_QUOTATIONS]
        return Example(start, end, why, shown, more=len(quoted) - len(shown), rank=rank)

    def _why(self, claim: str) -> str:
        basis = self._one(claim, "basis").partition("#")[2]
        rule = self._one(claim, "byRule").removeprefix(RULE)
        return f"{basis} by rule {rule.upper()}; it rests on these words" if rule else basis

    def quotations(self, subject: str) -> tuple[Quotation, ...]:
        """Return the words that a thing rests on: its own, or those of what it belongs to."""
        found: list[Quotation] = []
        seen: set[str] = set()
        waiting = [subject]
        while waiting:
            name = waiting.pop(0)
            if name in seen or name not in self.about:
                continue
            seen.add(name)
            said = self.about[name]
            found += [self._quotation(p) for p in said.get(NAMESPACE + "evidence", ())]
            if OA + "hasSelector" in said:
                found.append(self._quotation(name))
            if found and not said.get(NAMESPACE + "premise"):
                continue
            waiting += said.get(NAMESPACE + "premise", ())
            if OA + "exact" in said:
                waiting.append(name.replace("/selector/", "/passage/"))
            elif name in self.first_in:
                waiting.append(self.first_in[name])
            elif name.endswith(("/period", "/issued")):
                waiting.append(name.rpartition("/")[0])
        return tuple(dict.fromkeys(found))

    def _quotation(self, passage: str) -> Quotation:
        said = self.about[passage]
        selector = said[OA + "hasSelector"][0]
        return Quotation(
            self.about[said[OA + "hasSource"][0]][IDENTIFIER][0],
            int(self._one(selector, "firstLine")),
            int(self._one(selector, "lastLine")),
            " ".join(self.about[selector][OA + "exact"][0].split()),
        )

    def thing(self, value: ox.NamedNode | ox.Literal) -> Thing:
        """Return what people call a thing, and its name or where it is explained."""
        text = value.value
        if isinstance(value, ox.Literal):
            return Thing(_short(text))
        if text.startswith(RULE):
            name = text.removeprefix(RULE)
            return Thing(f"rule {name.upper()}", target=f"#rule-{name}")
        if text.startswith(VOCABULARY):
            scheme, _, code = text.removeprefix(VOCABULARY).partition("#")
            return Thing(code, target=f"#{code_anchor(scheme, code)}")
        if not text.startswith(ID):
            known: Reference = reference(text)
            return Thing(known.text, target=known.target)
        label = next((self.about[text][n][0] for n in NAMES if self.about[text].get(n)), "")
        words = _short(label) if label else self._described(text)
        return Thing(words, text.removeprefix(ID), described=not label)

    def _described(self, text: str) -> str:
        """Return words for a thing without a label: its claim, or its class."""
        if "Claim" in self._classes(text):
            said = self._one(text, "predicate").removeprefix(NAMESPACE)
            start = self.thing(ox.NamedNode(self._one(text, "subject"))).words
            end = self.thing(ox.NamedNode(self._one(text, "object"))).words
            return f"the claim that “{start}” {TERMS[said].label} “{end}”"
        if OA + "exact" in self.about[text]:
            return "the place of a quotation"
        classes = sorted(self._classes(text))
        known = [TERMS[name].label for name in classes if name in TERMS]
        owner = self._owner(text)
        words = known[0] if known else "period" if "dcterms:PeriodOfTime" in classes else "thing"
        article = "an" if words[0] in "aeiou" else "a"
        return f"{article} {words}" + (f" of “{owner}”" if owner else "")

    def _owner(self, text: str) -> str:
        """Return the label of what a fact is about, from the ways facts are attached."""
        for term in ("absenceOf", "affects", "observedIn"):
            if owner := self._one(text, term):
                return self._label(owner)
        owner = self.held.get(text, "")
        return self._label(owner) if owner else ""

    def _label(self, text: str) -> str:
        return next((self.about[text][n][0] for n in NAMES if self.about[text].get(n)), "")


def _ease(example: Example) -> tuple[object, ...]:
    """Order examples: words there, few of them, the value among them, of middling length."""
    words = [quotation.words for quotation in example.quotations]
    size = sum(map(len, words))
    value = example.value
    literal = value is not None and not value.name and not value.target
    shown = not literal or any(value.words in one for one in words)
    return (
        not words,
        "inferred" in example.why,
        example.rank[0],
        not shown,
        example.rank[1],
        len(words) + example.more,
        example.subject.words.endswith("…"),
        abs(size - BEST_LENGTH),
        example.subject.name,
        value.words if value else "",
        value.name if value else "",
    )


def _short(text: str) -> str:
    """Return words that fit a line or two, cut between words."""
    folded = " ".join(text.split())
    return folded if len(folded) <= MOST_WORDS else folded[:MOST_WORDS].rsplit(" ", 1)[0] + " …"
