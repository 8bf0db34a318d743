"""Records from triples: what `kg.store.quads` writes, read back.

Five things do not come back, because triples do not hold them: the problems of a flat table's
single rows; the order of alternative names (they come in alphabetical order) and of links that
one cell of a register names (they come in the order of what they lead to); an empty title of a
document (its id stands in for it); and the zeros at the end of a decimal number, which stores
drop.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg import terms
from kg.errors import Place
from kg.model.bases import WORDS, Basis
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import ID, RULE, VOCABULARY, local_id, term_iri
from kg.model.levels import ELEMENTS
from kg.model.records import NOWHERE, Claim, Decision, Document, Node, Passage
from kg.store.fact_rebuilding import FACT_CLASSES, PERIOD, rebuild_fact
from kg.store.ordering import claim_order, fact_order, node_order
from kg.store.rdf import (
    DC,
    DCTERMS,
    FOREIGN,
    MEMBER,
    OA,
    PROV,
    RDF,
    RDFS,
    READER,
    SKOS,
    TEXT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.records import Fact

Triple = tuple[str, str, str]
"""Subject, predicate and object; of a literal only its words."""
NODE_CLASSES: Final = {
    **{term_iri(name): name for name in (*ELEMENTS, "Instrument", "FundingStream")},
    term_iri("ElementSet"): "ElementSet",
    term_iri("GenericGroup"): "GenericGroup",
    **{value: name for name, value in FOREIGN.items() if name != "Period"},
}
"""The classes of nodes by IRI."""
READERS: Final = "readers.csv"
_SELECTOR: Final = "/selector/"
_PLACE: Final = re.compile(r"^(.*?)(?::([0-9]+))?(?::([0-9]+))?$", re.DOTALL)


class Description:
    """What triples say, by subject and predicate, with a look-up of who owns a fact.

    Example:
        >>> said = Description([("s", "p", "b"), ("s", "p", "a")])
        >>> said.all("s", "p"), said.one("s", "q")
        (['a', 'b'], '')
    """

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.said: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.owner: dict[str, str] = {}
        owning = {term_iri("hasPeriod"), term_iri("hasAllocation")}
        for subject, predicate, value in triples:
            self.said[subject][predicate].add(value)
            if predicate in owning:
                self.owner[value] = subject

    def all(self, subject: str, predicate: str) -> list[str]:
        """Return every value, in a fixed order."""
        return sorted(self.said.get(subject, {}).get(predicate, ()))

    def one(self, subject: str, predicate: str) -> str:
        """Return the one value, or an empty text."""
        return next(iter(self.all(subject, predicate)), "")

    def term(self, subject: str, name: str) -> str:
        """Return the one value of a property of ours."""
        return self.one(subject, term_iri(name))

    def code(self, subject: str, name: str) -> str:
        """Return the code that a property of ours has, without its list."""
        return self.term(subject, name).removeprefix(VOCABULARY).rpartition("#")[2]

    def classes(self, subject: str) -> list[str]:
        """Return the IRIs of the classes of a thing."""
        return self.all(subject, RDF + "type")

    def place(self, subject: str) -> Place:
        """Return the register row that a thing comes from."""
        return parse_place(self.term(subject, "recordedIn"))

    def passages(self, subject: str) -> tuple[Passage, ...]:
        """Return the evidence of a thing, in the order in which it is quoted.

        Passages of which nothing is said are left out.
        """
        said = self.said.get(subject, {})
        found = {
            name: passage
            for name in said.get(term_iri("evidence"), ())
            if (passage := self._passage(name))
        }
        order: dict[str, int] = {}
        for predicate, values in said.items():
            number = predicate.removeprefix(MEMBER)
            if number != predicate and number.isdigit():
                order.update(dict.fromkeys(values, int(number)))
        return tuple(
            found[name] for name in sorted(found, key=lambda n: (order.get(n, 0), found[n]))
        )

    def _passage(self, name: str) -> Passage | None:
        selector = name.replace("/passage/", _SELECTOR)
        if selector not in self.said:
            return None
        numbers = [
            int(self.one(selector, predicate) or 0)
            for predicate in (
                OA + "start",
                OA + "end",
                term_iri("firstLine"),
                term_iri("lastLine"),
            )
        ]
        document = local_id(self.one(name, OA + "hasSource")).removeprefix(TEXT)
        start, end, first, last = numbers
        return Passage(document, start, end, first, last, self.one(selector, OA + "exact"))


def parse_place(text: str) -> Place:
    """Read a place as `Place` writes it.

    Example:
        >>> parse_place("registers/x/links.csv:12:1")
        Place(path='registers/x/links.csv', line=12, column=1)
        >>> parse_place("") == NOWHERE
        True
    """
    match = _PLACE.match(text)
    if not text or not match:
        return NOWHERE
    return Place(match[1], int(match[2] or 0), int(match[3] or 0))


def rebuild(triples: Iterable[Triple]) -> KnowledgeGraph:
    """Put a graph together again from its triples; what is no record of ours is passed over.

    Example:
        >>> from kg.store.quads import statements
        >>> graph = KnowledgeGraph({"p": Node("p", "Instrument", "Plan", text="Plan")}, ())
        >>> again = rebuild((s, p, o.strip('<>"').removesuffix('"@en'))
        ...                 for s, p, o, _ in statements(graph))
        >>> again.nodes == graph.nodes
        True
    """
    said = Description(triples)
    documents: dict[str, Document] = {}
    nodes: list[Node] = []
    claims: list[Claim] = []
    facts: list[Fact] = []
    for subject in list(said.said):
        classes = said.classes(subject)
        if term_iri("SourceText") in classes:
            document = _document(said, subject)
            documents[document.id] = document
        elif term_iri("Claim") in classes:
            claims.append(_claim(said, subject))
        elif kind := _fact_kind(said, subject, classes):
            facts.append(rebuild_fact(said, subject, kind))
        elif cls := _node_class(classes):
            nodes.append(_node(said, subject, cls))
    nodes.sort(key=node_order)
    held = {node.id: node for node in nodes}
    claims = _with_support(claims)
    claims.sort(key=claim_order)
    facts.sort(key=fact_order)
    held = dict(_completed(held, claims))
    return KnowledgeGraph(
        held,
        tuple(claims),
        tuple(facts),
        dict(sorted(documents.items())),
        flat=_is_flat(held, documents),
    )


def _node_class(classes: Iterable[str]) -> str:
    """Return the most specific class of a node, or an empty text for what is no node."""
    names = [NODE_CLASSES[cls] for cls in classes if cls in NODE_CLASSES]
    above = {parent for name in names for parent in terms.ancestors(name)}
    return next((name for name in names if name not in above), "")


def _fact_kind(said: Description, subject: str, classes: Iterable[str]) -> str:
    """Return the class of a fact, or an empty text.

    Of the periods only those are facts that say both whose time they are and in which words;
    the others belong to an amount or repeat a date of issue.
    """
    kind = next((FACT_CLASSES[cls] for cls in classes if cls in FACT_CLASSES), "")
    if kind == PERIOD and not (
        said.term(subject, "periodRole") and term_iri("verbatim") in said.said[subject]
    ):
        return ""
    return kind


def _document(said: Description, subject: str) -> Document:
    return Document(
        local_id(subject).removeprefix(TEXT),
        said.one(subject, DCTERMS + "identifier"),
        said.term(subject, "sha256"),
        said.one(subject, DCTERMS + "title"),
        local_id(said.term(subject, "textOf")),
        local_id(said.one(subject, DCTERMS + "contributor")),
        said.one(subject, DCTERMS + "date"),
    )


def _node(said: Description, subject: str, cls: str) -> Node:
    origin = said.place(subject)
    label = said.one(subject, RDFS + "label")
    repaired = said.term(subject, "repairedText")
    text = repaired or said.term(subject, "verbatim")
    kind = said.code(subject, "elementKind") or said.one(subject, DCTERMS + "type")
    if cls not in ELEMENTS:
        reader = origin.path.rpartition("/")[2] == READERS
        text = "" if reader else label
        kind = READER if reader else "body"
        if cls in ("Instrument", "FundingStream"):
            kind = said.code(subject, "instrumentType")
        elif cls == "ElementSet":
            kind = "set"
    words = said.code(subject, "jurisdiction").replace("-", " ").title()
    return Node(
        local_id(subject),
        cls,
        label,
        text=text,
        kind=kind,
        instrument=local_id(said.term(subject, "setOutIn")),
        passages=said.passages(subject),
        alternatives=tuple(said.all(subject, SKOS + "altLabel")),
        called_in_source=said.term(subject, "calledInSource"),
        number=said.term(subject, "number"),
        repaired=bool(repaired),
        confidence=said.term(subject, "confidence"),
        level=said.code(subject, "level"),
        jurisdiction=words.replace(" And ", " and "),
        place=said.one(subject, DCTERMS + "coverage"),
        issued=said.one(subject, DCTERMS + "issued"),
        valid=said.one(subject, DCTERMS + "valid"),
        members=tuple(local_id(name) for name in said.all(subject, term_iri("hasMember"))),
        note=said.one(subject, SKOS + "note"),
        origin=origin,
    )


def _claim(said: Description, subject: str) -> Claim:
    who = local_id(said.one(subject, PROV + "wasAttributedTo"))
    return Claim(
        subject.removeprefix(ID + "claim/"),
        local_id(said.term(subject, "subject")),
        said.term(subject, "predicate").removeprefix(term_iri("")),
        local_id(said.term(subject, "object")),
        WORDS.get(said.code(subject, "basis"), Basis.SUGGESTED),
        said.code(subject, "decision"),
        said.passages(subject),
        by="" if who == READER else who,
        on=said.one(subject, PROV + "generatedAtTime")[: len("2000-01-01")],
        rationale=said.term(subject, "rationale"),
        confidence=said.term(subject, "confidence"),
        rule=said.term(subject, "byRule").removeprefix(RULE),
        premises=tuple(
            premise.removeprefix(ID + "claim/")
            for premise in said.all(subject, term_iri("premise"))
        ),
        note=said.one(subject, SKOS + "note"),
        origin=said.place(subject),
        valid=said.one(subject, DCTERMS + "valid"),
        decisions=_decisions(said, subject),
        score=said.term(subject, "score"),
        model=said.term(subject, "model"),
    )


def _decisions(said: Description, subject: str) -> tuple[Decision, ...]:
    """Return the history of a claim, in the order of the numbers in its names."""
    found = {}
    for name in said.all(subject, term_iri("hasDecision")):
        number = name.rpartition("/")[2]
        if name in said.said and number.isascii() and number.isdigit():
            found[int(number)] = Decision(
                said.code(name, "decision"),
                said.one(name, DC + "creator"),
                said.one(name, DCTERMS + "date"),
                said.one(name, SKOS + "note"),
                said.place(name),
            )
    return tuple(found[number] for number in sorted(found))


def _with_support(claims: list[Claim]) -> list[Claim]:
    """Work out which bases the inferred claims rest on, through all their premises."""
    known = {claim.id: claim for claim in claims}
    support: dict[str, frozenset[Basis]] = {}
    for claim in claims:
        stack = [claim.id]
        waiting: set[str] = set()
        while stack:
            name = stack[-1]
            held = known.get(name)
            if held is None or name in support:
                stack.pop()
                continue
            missing = [p for p in held.premises if p in known and p not in support]
            if missing and name not in waiting:
                waiting.add(name)
                stack.extend(missing)
                continue
            stack.pop()
            support[name] = frozenset(
                basis
                for premise in held.premises
                if premise in known
                for basis in (support.get(premise) or {known[premise].basis})
            )
    return [replace(claim, support=support[claim.id]) for claim in claims]


def _completed(nodes: dict[str, Node], claims: Iterable[Claim]) -> Iterator[tuple[str, Node]]:
    """Yield the nodes with what only the graph as a whole says: members in order, successions."""
    place = {name: number for number, name in enumerate(nodes)}
    older: dict[str, list[str]] = {}
    for claim in claims:
        if claim.predicate == "supersedes" and not claim.rule:
            older.setdefault(claim.subject, []).append(claim.object)
    for name, node in nodes.items():
        if node.members or name in older:
            members = sorted(node.members, key=lambda m: (place.get(m, len(place)), m))
            yield (
                name,
                replace(node, members=tuple(members), supersedes=" | ".join(older.get(name, ()))),
            )
        else:
            yield name, node


def _is_flat(nodes: dict[str, Node], documents: dict[str, Document]) -> bool:
    """Tell whether the one document is itself the table in which all is recorded."""
    paths = {node.origin.path for node in nodes.values()}
    return len(documents) == 1 and paths == {next(iter(documents.values())).path}
