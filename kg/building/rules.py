"""Running the rules of the ontology: each conclusion becomes a claim that keeps its premises."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.model.bases import Basis
from kg.model.identifiers import NAMESPACE, digest, local_id, node_iri
from kg.model.records import Claim
from kg.model.table import TRACING
from kg.resources import ontology_folder
from kg.store.dataset import open_store

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from pathlib import Path

ORDER: Final = ("r0", "r1", "r2", "r3", "r4", "p1", "p2")
"""The rules in the order in which they run, once each round until nothing is new."""
TRANSITIVE: Final = {
    "tracesTo": TRACING,
    "within": frozenset({"partOf"}),
    "succeeds": frozenset({"supersedes"}),
}
"""Rule R5: the transitive property, and the links that make its steps."""
Triple = tuple[str, str, str]


def rule_files() -> dict[str, Path]:
    """Return the file of each rule.

    Example:
        >>> sorted(rule_files())
        ['p1', 'p2', 'r0', 'r1', 'r2', 'r3', 'r4', 'r5']
    """
    found = {}
    for path in sorted((ontology_folder() / "rules").glob("*.rq")):
        found[path.stem.split("-")[0]] = path
    return found


def infer(
    claims: Iterable[Claim],
    structure: Iterable[str],
    on: str,
    rules: Sequence[str] = ORDER,
    about: Container[str] | None = None,
) -> list[Claim]:
    """Return the claims that the rules yield from accepted ones.

    Rules match plain triples; premises are then looked up, so that each conclusion says which
    claims it rests on. Everything is computed afresh each time, because rule R4 is a default
    that a new statement can withdraw.

    Args:
        claims: The asserted claims; only accepted ones count.
        structure: N-Quads lines that say which instrument sets out what.
        on: The date of the claims that are made, that of the newest reading.
        rules: The rules to run before R5.
        about: The subjects whose conclusions are wanted; all when left out.
    """
    by_triple: dict[Triple, list[Claim]] = {}
    store = open_store(structure)
    for claim in claims:
        if claim.accepted and claim.basis is not Basis.SUGGESTED:
            _hold(by_triple, store, claim)
    files = rule_files()
    made: dict[str, Claim] = {}
    texts = {rule: files[rule].read_text(encoding="utf-8") for rule in rules}
    while True:
        fresh = [
            claim
            for rule in rules
            for claim in _apply(rule, texts[rule], store, by_triple, on)
            if claim.id not in made
        ]
        if not fresh:
            break
        for claim in fresh:
            if claim.id not in made:
                made[claim.id] = claim
                _hold(by_triple, store, claim)
    for claim in _close(by_triple, on, about):
        made.setdefault(claim.id, claim)
    wanted = (c for c in made.values() if about is None or c.subject in about)
    return sorted(wanted, key=order)


def order(claim: Claim) -> tuple[str, str, str, str, str]:
    """Return what inferred claims are sorted by."""
    return claim.rule, claim.subject, claim.predicate, claim.object, claim.id


def _hold(by_triple: dict[Triple, list[Claim]], store: ox.Store, claim: Claim) -> None:
    triple = (claim.subject, claim.predicate, claim.object)
    by_triple.setdefault(triple, []).append(claim)
    store.add(
        ox.Quad(
            _node(claim.subject), ox.NamedNode(NAMESPACE + claim.predicate), _node(claim.object)
        )
    )


def _node(name: str) -> ox.NamedNode:
    return ox.NamedNode(node_iri(name))


def _apply(
    rule: str, text: str, store: ox.Store, by_triple: dict[Triple, list[Claim]], on: str
) -> list[Claim]:
    """Run one rule once and make a claim of each row whose premises are claims."""
    solutions = store.query(text, use_default_graph_as_union=True)
    assert isinstance(solutions, ox.QuerySolutions)
    names = [variable.value for variable in solutions.variables]
    width = len(names) // 3
    made = []
    for solution in solutions:
        triples: list[Triple] = []
        for place in range(width):
            suffix = str(place) if place else ""
            s, p, o = (solution[letter + suffix] for letter in "spo")
            triples.append((local_id(s.value), p.value.removeprefix(NAMESPACE), local_id(o.value)))
        conclusion, *premises = triples
        held = [by_triple.get(premise) for premise in premises]
        if conclusion in by_triple and rule == "r0":
            # A property that is asserted already needs no weaker repetition of itself.
            continue
        if all(held):
            made.append(
                _claim(rule, conclusion, [_strongest(found) for found in held if found], on)
            )
    return made


def _strongest(claims: Sequence[Claim]) -> Claim:
    return min(claims, key=lambda claim: (claim.strength, claim.id))


def _claim(rule: str, triple: Triple, premises: Sequence[Claim], on: str) -> Claim:
    support: set[Basis] = set()
    for premise in premises:
        support |= premise.support or {premise.basis}
    names = tuple(sorted({premise.id for premise in premises}))
    return Claim(
        digest([*triple, "inferred", rule, *names]),
        *triple,
        Basis.INFERRED,
        rule=rule,
        premises=names,
        support=frozenset(support),
        by="software/policy-lineage",
        on=on,
    )


def _close(
    by_triple: dict[Triple, list[Claim]], on: str, about: Container[str] | None
) -> list[Claim]:
    """Close the three transitive properties (rule R5), breadth first from every node wanted."""
    made: list[Claim] = []
    for predicate, steps in TRANSITIVE.items():
        onward: dict[str, list[Claim]] = {}
        for (subject, step, _), claims in by_triple.items():
            if step in steps:
                onward.setdefault(subject, []).append(_strongest(claims))
        for links in onward.values():
            links.sort(key=lambda claim: (claim.strength, claim.object, claim.id))
        for start in sorted(onward if about is None else filter(about.__contains__, onward)):
            made.extend(
                _claim("r5", (start, predicate, end), chain, on)
                for end, chain in _chains(onward, start).items()
            )
    return made


def _chains(onward: dict[str, list[Claim]], start: str) -> dict[str, list[Claim]]:
    """Return one shortest chain from a node to everything above it; cycles are walked once."""
    came: dict[str, Claim] = {}
    queue = deque([start])
    while queue:
        node = queue.popleft()
        for claim in onward.get(node, ()):
            if claim.object not in came and claim.object != start:
                came[claim.object] = claim
                queue.append(claim.object)
    chains: dict[str, list[Claim]] = {}
    for end in came:
        chain, node = [], end
        while node != start:
            chain.append(came[node])
            node = came[node].subject
        chains[end] = chain[::-1]
    return chains
