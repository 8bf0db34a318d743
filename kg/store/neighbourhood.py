"""The surroundings of one node on a server: enough to trace its thread, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import StoreError
from kg.model.graph import ENTAILED_RULES, STRUCTURE, TRACING
from kg.model.identifiers import RULE, code_iri, local_id, node_iri, term_iri
from kg.store.rebuilding import rebuild
from kg.store.remote import value

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.store.rebuilding import Triple
    from kg.store.stores import Term, TripleStore

BATCH: Final = 100
"""Things that are asked about in one question."""
NAMING: Final = (
    "cites",
    "supportsInstrument",
    "drawsOn",
    "implements",
    "servesPrimarily",
    "serves",
)
"""Links by which words name an instrument."""
_CLAIM: Final = (
    f"?claim <{term_iri('subject')}> ?s ; <{term_iri('object')}> ?o ; "
    f"<{term_iri('predicate')}> ?p ; "
    f"<{term_iri('decision')}> <{code_iri('decision', 'accepted')}> ."
)
_REPEATING: Final = " && ".join(f"?rule != <{RULE}{rule}>" for rule in sorted(ENTAILED_RULES))
_NO_REPETITION: Final = (
    f"OPTIONAL {{ ?claim <{term_iri('byRule')}> ?rule }} FILTER(!BOUND(?rule) || ({_REPEATING}))"
)
"""Claims that only repeat others are no steps, and there are very many."""


def read_neighbourhood(
    store: TripleStore, node: str, *, to: str | None = None, down: bool = False
) -> KnowledgeGraph:
    """Read what the thread of one node runs through.

    That is every chain up from it (and up to it, when walking down), the nodes and instruments
    on them, the gaps that explain where they stop, and what its plan names.

    Args:
        store: The server.
        node: The id of a node.
        to: The id of the node that is to be reached.
        down: Whether to walk down as well.

    Raises:
        StoreError: If no whole release is published there, or the server does not answer.
    """
    near = Neighbourhood(store)
    near.walk(node, down=False)
    if down:
        near.walk(node, down=True)
    plan = near.instrument_of(node)
    near.names_of(plan)
    aims = []
    if to is not None:
        aims = [to, near.instrument_of(to)]
        near.nearest(plan, aims[1])
    ends = {name for s, _, o in near.claims.values() for name in (s, o)} | {node, plan, *aims}
    said = near.describe(node_iri(name) for name in ends)
    instruments = {o for _, p, o in said if p == term_iri("setOutIn")}
    near.describe(instruments)
    near.describe_with_words(
        near.linked("absenceOf", {*instruments, *(node_iri(name) for name in ends)})
    )
    near.describe_with_words(near.claims)
    near.premises()
    for name in dict.fromkeys((node, plan, *aims)):  # dates of instruments are explained by theirs
        near.words_of(node_iri(name))
    near.describe(near.texts())
    return near.graph()


class Neighbourhood:
    """What is known of the surroundings of some nodes, fetched batch by batch.

    Args:
        store: The server.
    """

    def __init__(self, store: TripleStore) -> None:
        self._store = store
        self._triples: list[Triple] = []
        self._described: set[str] = set()
        self.claims: dict[str, Triple] = {}
        """Subject, predicate and object of every claim found so far."""

    def graph(self) -> KnowledgeGraph:
        """Put together what was fetched."""
        return rebuild(self._triples)

    def _ask(self, text: str) -> Iterator[tuple[Term | None, ...]]:
        return iter(self._store.answer(text).rows)

    def describe(self, subjects: Iterable[str]) -> list[Triple]:
        """Fetch all that is said of some things, once, and return what is new."""
        new = sorted(set(subjects) - self._described)
        self._described.update(new)
        found = [triple for batch in _batches(new) for triple in self._described_in(batch)]
        self._triples += found
        return found

    def _described_in(self, batch: list[str]) -> list[Triple]:
        """Ask what is said of some things; of half of them where the answer is too long."""
        text = f"SELECT DISTINCT ?s ?p ?o WHERE {{ {_values('s', batch)} ?s ?p ?o }}"
        try:
            return [(value(s), value(p), value(o)) for s, p, o in self._ask(text)]
        except StoreError as error:
            half = len(batch) // 2
            if error.code != "store-truncated" or not half:
                raise
            return self._described_in(batch[:half]) + self._described_in(batch[half:])

    def describe_with_words(self, subjects: Iterable[str]) -> list[Triple]:
        """Fetch all that is said of some things, with the passages that they rest on."""
        found = self.describe(subjects)
        self._passages(o for _, p, o in found if p == term_iri("evidence"))
        self.describe(o for _, p, o in found if p == term_iri("hasDecision"))
        return found

    def _passages(self, names: Iterable[str]) -> None:
        passages = set(names)
        selectors = {name.replace("/passage/", "/selector/") for name in passages}
        self.describe(passages | selectors)

    def words_of(self, subject: str) -> None:
        """Fetch the passages of a thing that is described already."""
        evidence = term_iri("evidence")
        self._passages(o for s, p, o in self._triples if s == subject and p == evidence)

    def walk(self, start: str, *, down: bool) -> None:
        """Fetch every claim on a chain that leads up from a node, or up to it."""
        steps = TRACING if down else TRACING | {STRUCTURE}
        seen, frontier = {start}, {start}
        while frontier:
            links = self._claims("o" if down else "s", frontier)
            frontier = {(s if down else o) for s, p, o in links if p in steps} - seen
            seen |= frontier

    def _claims(self, end: str, names: Collection[str]) -> list[Triple]:
        """Fetch the accepted claims with some things at one end, and return their links."""
        return [
            link
            for batch in _batches(sorted(node_iri(name) for name in names))
            for link in self._links(f"{_values(end, batch)} {_CLAIM} {_NO_REPETITION}")
        ]

    def _links(self, where: str) -> list[Triple]:
        """Note the claims that a pattern finds, and return their links."""
        found = {
            value(claim): (
                local_id(value(s)),
                value(p).removeprefix(term_iri("")),
                local_id(value(o)),
            )
            for claim, s, p, o in self._ask(f"SELECT DISTINCT ?claim ?s ?p ?o WHERE {{ {where} }}")
        }
        self.claims |= found
        return list(found.values())

    def names_of(self, plan: str) -> None:
        """Fetch examples of claims by which a plan names a national instrument.

        One of each basis is enough: of the plan itself, and of what it seeks and finds.
        """
        kinds = ", ".join(f"<{term_iri(name)}>" for name in NAMING)
        wide = ", ".join(f"<{term_iri(name)}>" for name in ("Intent", "Context"))
        set_out = (
            f"{_values('plan', [node_iri(plan)])} ?s <{term_iri('setOutIn')}> ?plan ; a ?wide . "
            f"FILTER(?wide IN ({wide}))"
        )
        found = set()
        for whose in (
            _values("s", [node_iri(plan)]),
            set_out,
        ):
            where = (
                f"{whose} {_CLAIM} ?claim <{term_iri('basis')}> ?basis . "
                f"?o <{term_iri('level')}> <{code_iri('level', 'national')}> . "
                f"OPTIONAL {{ ?claim <{term_iri('byRule')}> ?rule }} "
                f"OPTIONAL {{ ?o a ?stream . FILTER(?stream = <{term_iri('FundingStream')}>) }} "
                f"FILTER(?p IN ({kinds})) FILTER(!BOUND(?rule) && !BOUND(?stream))"
            )
            rows = self._ask(
                f"SELECT ?basis (MIN(STR(?claim)) AS ?one) WHERE {{ {where} }} GROUP BY ?basis"
            )
            found |= {value(one) for _, one in rows}
        if found:
            self._links(f"{_values('claim', sorted(found))} {_CLAIM}")

    def nearest(self, plan: str, instrument: str) -> None:
        """Fetch the claims of a plan, and of what it sets out, on an instrument."""
        end = _values("o", [node_iri(instrument)])
        self._links(f"{end} {_values('s', [node_iri(plan)])} {_CLAIM} {_NO_REPETITION}")
        self._links(
            f"{end} {_values('plan', [node_iri(plan)])} {_CLAIM} "
            f"?s <{term_iri('setOutIn')}> ?plan . {_NO_REPETITION}"
        )

    def premises(self) -> None:
        """Fetch the claims that those described so far rest on, at any depth."""
        premise = term_iri("premise")
        waiting = {o for _, p, o in self._triples if p == premise}
        while waiting:
            found = self.describe_with_words(waiting)
            waiting = {o for _, p, o in found if p == premise} - self._described

    def instrument_of(self, node: str) -> str:
        """Return the instrument that sets a node out, or the node itself."""
        text = f"SELECT DISTINCT ?i WHERE {{ <{node_iri(node)}> <{term_iri('setOutIn')}> ?i }}"
        return next((local_id(value(row[0])) for row in self._ask(text)), node)

    def linked(self, predicate: str, ends: Collection[str]) -> set[str]:
        """Return what a property leads from, to some things."""
        return {
            value(row[0])
            for batch in _batches(sorted(ends))
            for row in self._ask(
                "SELECT DISTINCT ?s WHERE "
                f"{{ {_values('o', batch)} ?s <{term_iri(predicate)}> ?o }}"
            )
        }

    def texts(self) -> set[str]:
        """Return the IRIs of all source texts."""
        text = f"SELECT DISTINCT ?s WHERE {{ ?s a <{term_iri('SourceText')}> }}"
        return {value(row[0]) for row in self._ask(text)}


def _values(name: str, iris: Iterable[str]) -> str:
    return f"VALUES ?{name} {{ {' '.join(f'<{iri}>' for iri in iris)} }}"


def _batches(names: list[str]) -> Iterator[list[str]]:
    return (names[i : i + BATCH] for i in range(0, len(names), BATCH))
