"""Decisions on links: who accepted or rejected what, when and why; the last one holds.

The register of links keeps what its reader decided; the register of decisions beside it only
grows, so that a rejection and its author stay, whatever is decided later.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from kg.errors import LoadError
from kg.model.bases import Basis
from kg.model.records import Decision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.records import Claim
    from kg.registers.rows import Reading
    from kg.registers.tables import Row

ADDED: Final = "added"
"""The decision of whoever wrote the link down: it is theirs, and counts."""
Link = tuple[str, str, str, str]
"""Subject, predicate, object and basis."""


def link_of(claim: Claim) -> Link:
    """Return what a row of decisions names a claim by.

    Example:
        >>> from kg.model.records import Claim
        >>> link_of(Claim("1", "a", "serves", "b", Basis.STATED))
        ('a', 'serves', 'b', 'stated')
    """
    return claim.subject, claim.predicate, claim.object, claim.basis.word


def decided(claim: Claim, reader: str, taken: Iterable[Decision]) -> Claim:
    """Return a claim with its history, and with the last decision as the one that holds.

    A suggestion stays open when somebody takes it up: what counts is the interpreted link that
    they wrote beside it.

    Args:
        claim: The claim as it was read.
        reader: The name of whoever read it.
        taken: The decisions that followed, in order; at least one.

    Example:
        >>> from kg.model.records import Claim
        >>> claim = Claim("1", "a", "serves", "b", Basis.STATED, by="r", on="2026-01-01")
        >>> later = decided(claim, "A reader", [Decision("rejected", "Ann", "2026-02-02", "no")])
        >>> later.decision, [(d.decision, d.by) for d in later.decisions]
        ('rejected', [('accepted', 'A reader'), ('rejected', 'Ann')])
    """
    history = list(taken)
    last = history[-1].decision
    holds = "accepted" if last == ADDED else last
    if claim.basis is Basis.SUGGESTED and holds == "accepted":
        holds = "open"
    if history[0].decision == ADDED:
        # It is not of the reading of the document: whoever added it answers for it.
        own = history[0]
        return replace(claim, decision=holds, by=own.by, on=own.on, decisions=tuple(history))
    first = Decision(claim.decision, reader, claim.on, claim.rationale, claim.origin)
    return replace(claim, decision=holds, decisions=(first, *history))


def read_decisions(reading: Reading, plan: str, rows: Iterable[Row]) -> None:
    """Read the decisions of a folder, and apply them to the links that stand in it.

    Args:
        reading: What was read so far, the links of the folder among it.
        plan: The folder.
        rows: The rows of its register of decisions.
    """
    own = f"registers/{plan}/links.csv"
    links: dict[Link, list[Claim]] = {}
    for claim in reading.claims.values():
        if claim.origin.path == own:
            links.setdefault(link_of(claim), []).append(claim)
    taken: dict[str, list[Decision]] = {}
    for row in rows:
        found = _claim_of(reading, links, row)
        if found is None:
            continue
        history = taken.setdefault(found.id, [])
        if _fits(reading, row, found, history):
            said = row["decision"], row["by"], row["on"], row["reason"], row.place()
            history.append(Decision(*said))
    for name, history in taken.items():
        if history:
            claim = reading.claims[name]
            reader = reading.nodes.get(claim.by)
            by = reader.label if reader else claim.by
            reading.claims[name] = decided(claim, by, history)


def _claim_of(reading: Reading, links: dict[Link, list[Claim]], row: Row) -> Claim | None:
    """Return the claim that a row decides about, or report that there is none."""
    subject, predicate, object_, basis = (
        row[column] for column in ("subject", "predicate", "object", "basis")
    )
    held = links.get((subject, predicate, object_, basis), [])
    found = [claim for claim in held if row["claim"] in ("", claim.id)]
    if len(found) == 1:
        return found[0]
    words = f"{subject} {predicate} {object_}, {basis}"
    column = "claim"
    if found:
        code, message = "ambiguous-link", f"{len(found)} links are: {words}"
        hint = f"say which in the column claim: {', '.join(claim.id for claim in found)}"
    elif held:
        code, message = "unknown-link", f"no link with this id is: {words}"
        hint = (
            "the words that it rests on were changed since; look at the decision again, and "
            f"give the id of now: {', '.join(claim.id for claim in held)}"
        )
    else:
        code, message = "unknown-link", f"no link of this folder is: {words}"
        hint = "keep the link in links.csv, or correct the row"
        column = "subject"
    reading.errors.append(LoadError(code, message, hint=hint, place=row.place(column)))
    return None


def _fits(reading: Reading, row: Row, claim: Claim, history: list[Decision]) -> bool:
    """Tell whether a decision can follow those before it; what is wrong is reported."""
    before = len(reading.errors)

    def wrong(message: str, hint: str, column: str) -> None:
        place = row.place(column)
        reading.errors.append(LoadError("malformed-cell", message, hint=hint, place=place))

    try:
        date.fromisoformat(row["on"])
    except ValueError:
        wrong(f"on is {row['on']!r}, which is no day", "write a day as 2026-11-24", "on")
    if history and row["on"] < history[-1].on:
        wrong(
            f"it was decided before the decision above it, of {history[-1].on}",
            "keep the decisions on a link in the order in which they were taken",
            "on",
        )
    if row["decision"] == ADDED and (history or claim.decision != "open"):
        wrong(
            "only the first decision on a link that stands open can be that it was added",
            "say accepted, rejected or open",
            "decision",
        )
    return len(reading.errors) == before
