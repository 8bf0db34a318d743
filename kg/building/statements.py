"""What the rows of one folder say, written to files; and what only shows across folders."""

from __future__ import annotations

import hashlib
import itertools
import json
from typing import TYPE_CHECKING, Any, Final, cast

from kg.building.encoding import (
    decode_claim,
    encode_claim,
    encode_fact,
    encode_node,
    parse_row,
    read_lines,
    write_lines,
)
from kg.building.merging import sort_lines
from kg.building.table import IDS, NODES
from kg.checks.links import bound_problems
from kg.errors import KgError, Place
from kg.lineage.reasons import came_later, same_jurisdiction
from kg.model.bases import Basis
from kg.model.graph import STRUCTURE, TRACING, KnowledgeGraph
from kg.registers.linking import duplicate_link
from kg.store.quads import quad_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping
    from pathlib import Path

    from kg.building.cache import Draft, Entry
    from kg.building.table import NodeTable, OwnAndOthers
    from kg.model.records import Claim, Node, Problem
    from kg.registers.rows import Reading

CLAIMS: Final = "claims.jsonl"
FACTS: Final = "facts.jsonl"
HOPS: Final = "hops.jsonl"
"""Of each claim that rules may use: id, subject, predicate, object, basis."""
FOREIGN: Final = "foreign.jsonl"
"""Of each claim about another folder's node: id, the owner of its subject, path, line, column."""
QUADS: Final = "quads.nq"
_LINEAGE: Final = TRACING | {"tracesTo", "mayServe"}


def counts(claim: Claim) -> bool:
    """Tell whether rules may use a claim."""
    return claim.accepted and claim.basis is not Basis.SUGGESTED


def write_statements(
    draft: Draft,
    plan: str,
    reading: Reading,
    nodes: OwnAndOthers,
    successions: Mapping[str, Claim],
) -> None:
    """Write what the rows of one folder say, and what others need to know of it.

    Args:
        draft: The folder to write to.
        plan: The name of the folder of registers.
        reading: What was read.
        nodes: Its nodes, with all others behind them.
        successions: Claims that stand in for equal ones of rows.
    """
    claims = [successions.get(claim.id, claim) for claim in reading.claims.values()]
    used = [claim for claim in claims if counts(claim)]
    owner = nodes.owner
    foreign = [claim for claim in claims if owner(claim.subject) != plan]
    write_lines(draft, NODES, map(encode_node, nodes.own.values()))
    write_lines(draft, CLAIMS, map(encode_claim, claims))
    write_lines(draft, FACTS, map(encode_fact, reading.facts))
    write_lines(draft, HOPS, map(_hop, used))
    write_lines(draft, FOREIGN, (_foreign(claim, owner(claim.subject)) for claim in foreign))
    write_lines(draft, IDS, (ids_row(name, "", 0, at) for name, at in reading.seen.items()))
    about = {fact.subject for fact in reading.facts if fact.subject in nodes}
    known = {**nodes.own, **{name: nodes[name] for name in sorted(about)}}
    graph = KnowledgeGraph(known, tuple(claims), tuple(reading.facts))
    lines = sort_lines(quad_lines(graph, nodes.own.values()), draft.path(QUADS))
    used_by_rules = hashlib.sha256(draft.path(HOPS).read_bytes())
    for node in nodes.own.values():
        used_by_rules.update(f"\n{node.id} {node.cls}".encode())
    draft.facts = {
        "nodes": len(nodes.own),
        "claims": len(claims),
        "facts": len(reading.facts),
        "quads": lines,
        "hops": len(used),
        "foreign": len(foreign),
        "doubled": {n: [at.path, at.line, at.column] for n, at in reading.doubled.items()},
        "succeeded": [claim.id for claim in claims if claim.id in successions],
        "relevant": used_by_rules.hexdigest(),
        "edges": _distinct(
            [owner(c.subject), owner(c.object), c.predicate == STRUCTURE] for c in used
        ),
        "crossings": crossings(claims, owner),
    }


def ids_row(name: str, cls: str, offset: int, place: Place) -> str:
    """Write the line of an id that must be unique."""
    return _json([name, cls, offset, place.path, place.line, place.column])


def crossings(claims: Iterable[Claim], owner: Callable[[str], str]) -> list[list[str]]:
    """Return the pairs of different instruments between which lineage is claimed."""
    return _distinct(
        [owner(claim.subject), owner(claim.object)]
        for claim in claims
        if claim.accepted
        and claim.predicate in _LINEAGE
        and owner(claim.subject) != owner(claim.object)
    )


def bound_errors(
    table: NodeTable, entries: Iterable[Entry], replaced: Container[tuple[Path, str]] = ()
) -> list[KgError]:
    """Find links that cross a jurisdiction or lead to a later policy.

    Only the pairs of instruments are looked at; the claims themselves are read where a pair
    is out of bounds.

    Args:
        table: All nodes.
        entries: Folders with claims.
        replaced: Claims that stand in a later folder too, by folder and id.
    """
    found: list[KgError] = []
    for entry in entries:
        if any(_out_of_bounds(table, *pair) for pair in entry.facts["crossings"]):
            claims = tuple(
                claim
                for claim in read_lines(entry.path(CLAIMS), decode_claim)
                if (entry.folder, claim.id) not in replaced
            )
            graph = KnowledgeGraph(cast("dict[str, Node]", table), claims)
            found += [bound_error(problem) for problem in bound_problems(graph)]
    return found


def bound_error(problem: Problem) -> KgError:
    """Return the error for a link out of bounds."""
    return KgError(
        problem.rule,
        problem.message,
        place=problem.place,
        hint="reject the link, or correct jurisdiction or date",
    )


def _out_of_bounds(table: NodeTable, subject: str, object_: str) -> bool:
    own, other = table.shared.get(subject), table.shared.get(object_)
    if own is None or other is None:
        return False
    return not same_jurisdiction(own.jurisdiction, other.jurisdiction) or came_later(
        own.issued, other.issued
    )


def double_links(
    entries: Mapping[str, Entry],
) -> tuple[list[KgError], set[tuple[Path, str]]]:
    """Find links that stand in two folders with the same evidence.

    A claim's name holds its subject, so that only claims about another folder's nodes can
    stand twice; they are few.

    Args:
        entries: The folders in the order in which they are read.

    Returns:
        The errors, and the claims that stand in a later folder too, by folder and id.
    """
    found: dict[str, list[tuple[int, Place, Place]]] = {}
    owners = set()
    order = {plan: number for number, plan in enumerate(entries)}

    def add(plan: str, name: str, last: Place) -> None:
        first = entries[plan].facts["doubled"].get(name)
        found.setdefault(name, []).append((order[plan], Place(*first) if first else last, last))

    for plan, entry in entries.items():
        if entry.facts["foreign"]:
            for name, owner, *place in read_lines(entry.path(FOREIGN), parse_row):
                add(plan, name, Place(*place))
                owners.add(owner)
    for owner in owners & set(entries):
        for claim in read_lines(entries[owner].path(CLAIMS), decode_claim):
            if claim.id in found and all(order[owner] != at for at, _, _ in found[claim.id]):
                add(owner, claim.id, claim.origin)
    errors: list[KgError] = []
    plans = list(entries)
    replaced: set[tuple[Path, str]] = set()
    for name, places in found.items():
        places.sort()
        replaced.update((entries[plans[at]].folder, name) for at, _, _ in places[:-1])
        errors += [
            duplicate_link(first, last)
            for (_, _, last), (_, first, _) in itertools.pairwise(places)
        ]
    return errors, replaced


def _hop(claim: Claim) -> str:
    return _json([claim.id, claim.subject, claim.predicate, claim.object, int(claim.basis)])


def _foreign(claim: Claim, owner: str) -> str:
    at = claim.origin
    return _json([claim.id, owner, at.path, at.line, at.column])


def _json(content: list[Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _distinct(rows: Iterable[list[Any]]) -> list[list[Any]]:
    return [list(row) for row in sorted({tuple(row) for row in rows})]
