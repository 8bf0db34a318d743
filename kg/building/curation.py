"""Deciding about links, and adding them: registers change by one row, or not at all.

What is written was read first, as all of the data folder would read with it: a quotation that
does not stand in its document, a border that is crossed or a circle that is closed leaves every
register as it was.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from kg.building.drafts import Drafts, Edit, check
from kg.building.finding import find_claim
from kg.errors import LoadError, SettingsError
from kg.model.bases import WORDS, Basis
from kg.model.records import NOWHERE
from kg.registers.deciding import ADDED, link_of
from kg.registers.editing import typed
from kg.registers.linking import asserted_claim, evidence_of
from kg.registers.tables import read_rows
from kg.resources import data_folder, share
from kg.store.locking import alone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Passage

LINK: Final = ("subject", "predicate", "object", "basis", "claim")
_DECISIONS: Final = ("accepted", "rejected")


def decide_claim(
    data: Path,
    claim: str | Sequence[str],
    decision: str,
    *,
    by: str,
    reason: str,
    on: str = "",
    confidence: str = "",
    force: bool = False,
    dry_run: bool = False,
    today: date | None = None,
) -> Edit:
    """Accept or reject a link, as a named person and for a reason.

    The register of decisions gets a row more; nothing that stands in a register is changed.
    Whoever accepts a suggestion takes it up as an interpreted link of their own: a row for it
    is added, and the suggestion stays as it is.

    Args:
        data: The data folder.
        claim: The id of the claim or the beginning of one; or subject, predicate and object.
        decision: `accepted` or `rejected`.
        by: The name of the person or body who decides.
        reason: Why.
        on: The day, as `2026-11-24`; today when left out.
        confidence: How sure they are, from 0 to 1; for a suggestion, and only for one.
        force: Write even when items cease to reach anything.
        dry_run: Write nothing; say what would be written.
        today: The day of today.

    Raises:
        KgError: If there is no such claim, it cannot be decided so, or the registers would not
            read with it.

    Example:
        >>> link = ["telford-2011/action/19", "fundedFrom", "wm-sha-non-recurring-funding"]
        >>> edit = decide_claim(data_folder(), link, "accepted", by="Ann Other",
        ...                     reason="the award letter says so", dry_run=True)
        >>> edit.claims[0].decision, edit.written
        ('accepted', False)
    """
    if decision not in _DECISIONS:
        raise SettingsError(
            "unknown-code",
            f"no decision is called {decision!r}",
            hint=f"choose from {', '.join(_DECISIONS)}",
        )
    taken = taken_by(by, reason, on, today)
    with curated(data, dry_run=dry_run) as graph:
        held = find_claim(graph, claim)
        plan = _plan_of(held)
        _refuse_repeated(held, decision, taken["on"])
        drafts = Drafts(data, plan)
        row = {"decision": decision, **taken}
        if held.basis is Basis.SUGGESTED and decision == "accepted":
            made = _take_up(graph, drafts, held, reason=taken["reason"], confidence=confidence)
            drafts.add("decisions", {**named(held), **row}, LINK, ordered=True)
            drafts.add("decisions", {**named(made), **row, "decision": ADDED}, LINK, ordered=True)
            expected = {held.id: "open", made.id: "accepted"}
        else:
            if confidence:
                raise SettingsError(
                    "malformed-cell",
                    f"a confidence goes with a suggestion, and the link is {held.basis.word}",
                    hint="leave --confidence out",
                )
            drafts.add("decisions", {**named(held), **row}, LINK, ordered=True)
            expected = {held.id: decision}
        edit = check(graph, drafts, expected)
        return edit if dry_run else drafts.write(edit, force=force)


@contextmanager
def curated(data: Path, *, dry_run: bool) -> Iterator[KnowledgeGraph]:
    """Hold the registers of a data folder, and yield what they say.

    They may have faults: to reject a link is how some of them are mended.
    """
    from kg.building.build import survey  # noqa: PLC0415 - what is refused needs none of it

    if not (data / "documents.csv").is_file():
        raise LoadError(
            "no-data",
            f"{data} is no data folder with registers",
            hint="give the folder that holds documents.csv and registers with --data",
        )
    if not (data / "schemas" / "decisions.json").is_file():
        raise LoadError(
            "no-schema",
            f"{data} has no schema for the register of decisions",
            hint=f"copy {data_folder() / 'schemas' / 'decisions.json'} to {data / 'schemas'}",
        )
    if data.resolve() == data_folder().resolve() and share().name == "_share":
        raise SettingsError(
            "data-installed",
            "the data of an installed package are not edited: the next installation undoes it",
            hint=f"copy the folder {data_folder()}, and give the copy with --data",
        )
    if dry_run:
        yield survey(data)
        return
    with alone(data / "registers") as free:
        if not free:
            raise LoadError(
                "registers-busy",
                f"another command is writing to the registers in {data}",
                hint="try again when it has ended",
            )
        yield survey(data)


def taken_by(by: str, reason: str, on: str, today: date | None) -> dict[str, str]:
    """Return who decides, when and why, as cells of a row."""
    now = today or datetime.now(UTC).astimezone().date()
    try:
        day = date.fromisoformat(on) if on else now
    except ValueError as error:
        raise SettingsError(
            "malformed-cell", f"{on!r} is no day", hint="write it as 2026-11-24"
        ) from error
    if day > now:
        raise SettingsError(
            "malformed-cell",
            f"{day} is still to come",
            hint="give the day on which it was decided, or leave --on out for today",
        )
    return {
        "by": typed(by, "the name of who decides", letters=2),
        "on": day.isoformat(),
        "reason": typed(reason, "the reason", lines=True),
    }


def named(claim: Claim) -> dict[str, str]:
    """Return the cells by which a row of decisions names a claim."""
    return dict(zip(LINK, (*link_of(claim), claim.id), strict=True))


def _plan_of(claim: Claim) -> str:
    """Return the folder whose register holds a claim, or say where else it comes from."""
    if claim.rule:
        raise SettingsError(
            "claim-inferred",
            f"the claim follows from others by rule {claim.rule}; nobody can decide about it",
            hint=f"decide about what it rests on: {', '.join(claim.premises)}",
        )
    parts = claim.origin.path.split("/")
    if parts[-1] != "links.csv" or claim.predicate == "supersedes":
        raise SettingsError(
            "claim-elsewhere",
            f"the link is said in {claim.origin.path}, where there are no decisions",
            hint="correct the row itself",
        )
    return parts[1]


def _refuse_repeated(claim: Claim, decision: str, on: str) -> None:
    last = claim.decisions[-1] if claim.decisions else None
    said = last.decision if last else claim.decision
    if decision == ("accepted" if said == ADDED else said):
        who = f" by {last.by} on {last.on}: {last.reason}" if last and last.reason else ""
        raise SettingsError(
            "already-decided", f"the link is {decision} already{who}", hint="there is nothing to do"
        )
    if last and last.reason and on < last.on:
        raise SettingsError(
            "malformed-cell",
            f"{on} is before the last decision on the link, of {last.on}",
            hint="decisions are written down in the order in which they are taken",
        )


def _take_up(
    graph: KnowledgeGraph, drafts: Drafts, held: Claim, *, reason: str, confidence: str
) -> Claim:
    """Add the row of the interpreted link as which somebody takes up a suggestion."""
    if not confidence:
        raise SettingsError(
            "empty-cell",
            "whoever takes up a suggestion judges, and says how sure they are",
            hint="give --confidence from 0 to 1",
        )
    found = read_rows(drafts.text("links"), held.origin.path, [])
    row = next(row for row in found if row.line == held.origin.line)
    cells = {name: row[name] for name in ("subject", "predicate", "object", "quote")}
    cells |= {name: row[name] for name in ("line", "document", "valid") if row[name]}
    cells |= {
        "basis": Basis.INTERPRETED.word,
        "decision": "open",
        "rationale": reason,
        "confidence": confidence,
        "note": f"takes up suggestion {held.id} of {held.model}, score {held.score}",
    }
    made = claim_of(graph, cells, held.evidence)
    refuse_known(graph, made)
    drafts.add("links", cells, ("subject",))
    return made


def claim_of(graph: KnowledgeGraph, row: dict[str, str], passages: tuple[Passage, ...]) -> Claim:
    """Return the claim that a row will be, for its id."""
    evidence = evidence_of(graph.nodes[row["subject"]].passages, passages)
    basis = WORDS[row["basis"]]
    link = (row["subject"], row["predicate"], row["object"])
    return asserted_claim(*link, basis, evidence, origin=NOWHERE)


def refuse_known(graph: KnowledgeGraph, made: Claim) -> None:
    """Refuse a link that is there already, and one that was rejected."""
    for claim in graph.claims_from(made.subject):
        if claim.id == made.id and claim.decision != "rejected":
            raise SettingsError(
                "duplicate-link",
                f"the same link with the same words is there: {claim.decision}, {claim.origin}",
                hint=f"nothing to do, unless to decide: kg claim accept {claim.id}",
            )
        if link_of(claim) == link_of(made) and claim.decision == "rejected":
            raise SettingsError(
                "link-rejected",
                f"the link was rejected, and is not raised again: {claim.origin}",
                hint=f"to overrule the rejection: kg claim accept {claim.id}",
            )
