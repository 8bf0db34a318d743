"""Links and facts: from checked rows to claims with evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from kg.errors import LoadError, Place
from kg.model.bases import WORDS, Basis
from kg.model.identifiers import digest
from kg.model.records import Claim, Document, Fact, Passage
from kg.registers.rows import (
    BIBLIOGRAPHY,
    FACT_KINDS,
    Reading,
    check_validity,
    listed,
    passages_of,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from kg.errors import KgError
    from kg.model.records import Node
    from kg.registers.tables import Row


def read_link(reading: Reading, plan: str, row: Row) -> None:
    """Read one link, verify its words, and hold it as a claim."""
    known = True
    for column in ("subject", "object"):
        if row[column] not in reading.nodes:
            reading.errors.append(unknown(row[column], reading.nodes, row, column))
            known = False
    if row["basis"] == "interpreted" and not (row["rationale"] and row["confidence"]):
        reading.errors.append(
            LoadError(
                "empty-cell",
                "an interpreted link needs a rationale and a confidence",
                hint="say why you read it so, and how sure you are from 0 to 1",
                place=row.place("rationale"),
            )
        )
    check_validity(reading, row)
    _check_suggestion(reading, row)
    quoted = passages_of(reading, row, plan)
    if known:
        document = reading.documents.get(row["document"] or plan)
        own = reading.nodes[row["subject"]].passages
        _add_claim(reading, row, document, evidence_of(own, quoted))


def evidence_of(own: Iterable[Passage], quoted: Iterable[Passage]) -> tuple[Passage, ...]:
    """Return what a link rests on: the words of its subject in the same text, then its own.

    Args:
        own: The passages of the subject.
        quoted: The passages that the link quotes.

    Example:
        >>> row, cell = Passage("d", 0, 9, 1, 1, "An action"), Passage("d", 10, 14, 1, 1, "Goal")
        >>> evidence_of([row, Passage("e", 0, 1, 1, 1, "A")], [cell]) == (row, cell)
        True
    """
    found = tuple(quoted)
    where = {passage.document for passage in found}
    return tuple(dict.fromkeys([*(p for p in own if p.document in where), *found]))


def _check_suggestion(reading: Reading, row: Row) -> None:
    """Report a suggestion without its model and score, and any that is taken for a link."""
    suggested = row["basis"] == "suggested"
    for column in ("score", "model"):
        if suggested != bool(row[column]):
            reading.errors.append(
                LoadError(
                    "empty-cell" if suggested else "malformed-cell",
                    "a suggested link needs a score and a model"
                    if suggested
                    else f"only a suggested link has a {column}",
                    hint="say which model suggested it, and how sure it says it is from 0 to 1"
                    if suggested
                    else "how sure a reader is stands in the column confidence",
                    place=row.place(column),
                )
            )
    if suggested and row["decision"] == "accepted":
        reading.errors.append(
            LoadError(
                "suggestion-accepted",
                "a suggestion is open or rejected, never accepted as it stands",
                hint="leave it open, and take it up with: kg claim accept",
                place=row.place("decision"),
            )
        )


def _add_claim(
    reading: Reading, row: Row, document: Document | None, evidence: tuple[Passage, ...]
) -> None:
    claim = asserted_claim(
        row["subject"],
        row["predicate"],
        row["object"],
        WORDS[row["basis"]],
        evidence,
        decision=row["decision"],
        document=document,
        rationale=row["rationale"],
        confidence=row["confidence"],
        note=row["note"],
        origin=row.place(),
        valid=row["valid"],
    )
    if claim.basis is Basis.SUGGESTED:
        claim = replace(claim, score=row["score"], model=row["model"])
    if claim.id in reading.claims:
        other = reading.claims[claim.id].origin
        reading.doubled.setdefault(claim.id, other)
        reading.errors.append(duplicate_link(row.place(), other))
    reading.claims[claim.id] = claim


def duplicate_link(place: Place, other: Place) -> LoadError:
    """Return the error for a link that stands twice.

    Example:
        >>> duplicate_link(Place("a.csv", 3, 1), Place("a.csv", 2, 1)).hint
        'delete one; the other is at a.csv:2:1'
    """
    return LoadError(
        "duplicate-link",
        "the same link with the same evidence stands twice",
        hint=f"delete one; the other is at {other}",
        place=place,
    )


def asserted_claim(
    subject: str,
    predicate: str,
    object_: str,
    basis: Basis,
    evidence: tuple[Passage, ...],
    *,
    decision: str = "accepted",
    document: Document | None = None,
    rationale: str = "",
    confidence: str = "",
    note: str = "",
    origin: Place,
    valid: str = "",
) -> Claim:
    """Make a claim that a reader asserts, with its deterministic id."""
    places = sorted(f"{p.document}:{p.start}-{p.end}" for p in evidence)
    return Claim(
        digest([subject, predicate, object_, basis.word, *places]),
        subject,
        predicate,
        object_,
        basis,
        decision,
        evidence,
        by=document.read_by if document else "",
        on=document.read_on if document else "",
        rationale=rationale,
        confidence=confidence,
        note=note,
        origin=origin,
        valid=valid,
    )


def read_fact(reading: Reading, plan: str, table: str, row: Row) -> None:
    """Read one period, allocation, absence, observation or defect."""
    subject = row["subject"]
    if subject and subject not in reading.nodes:
        reading.errors.append(unknown(subject, reading.nodes, row, "subject"))
    for column in ("stream", "folded_into"):
        if row[column] and row[column] not in reading.nodes:
            reading.errors.append(unknown(row[column], reading.nodes, row, column))
    passages = passages_of(reading, row, plan)
    skip = {"id", "subject", "quote", "line", "document", "basis", "note"}
    values = {key: row[key] for key in row.cells if key not in skip and row[key]}
    cells = [f"{key}={value}" for key, value in sorted(values.items())]
    places = [f"{p.document}:{p.start}-{p.end}" for p in passages]
    name = row["id"] or f"{plan}/{table.removesuffix('s')}/" + digest([subject, *cells, *places])
    reading.facts.append(
        Fact(
            name,
            FACT_KINDS[table],
            subject or plan,
            values,
            passages,
            WORDS.get(row["basis"], Basis.STATED),
            row["note"],
            row.place(),
        )
    )


def expand_set(
    node: Node,
    known: Container[str],
    below: Callable[[str], Iterable[str]],
    errors: list[KgError],
) -> Node:
    """Replace `prefix/*` in the members of a set by the elements that it stands for.

    Args:
        node: The set.
        known: Every id.
        below: Gives the elements right below a prefix, in the order of the graph.
        errors: Errors are added here.
    """
    members: list[str] = []
    for member in node.members:
        if member.endswith("/*"):
            members.extend(below(member[:-1]))
        elif member in known:
            members.append(member)
        else:
            errors.append(
                LoadError(
                    "unknown-id",
                    f"the member {member!r} of {node.id} is not known",
                    hint="use ids of elements, or a prefix with /*",
                    place=node.origin,
                )
            )
    return replace(node, members=tuple(members))


def is_below(name: str, cls: str, prefix: str) -> bool:
    """Tell whether `prefix*` in a set means an element of that id and class.

    Example:
        >>> is_below("p/action/1", "Action", "p/action/"), is_below("p/a/1/2", "Action", "p/a/")
        (True, False)
    """
    return name.startswith(prefix) and name.count("/") == prefix.count("/") and cls != "ElementSet"


def successions(
    nodes: Iterable[Node],
    known: Container[str],
    document: Document | None,
    errors: list[KgError],
) -> dict[str, Claim]:
    """Turn the supersedes column of instruments into claims on the bibliography's words.

    Args:
        nodes: The nodes to look at.
        known: Every id.
        document: The bibliography.
        errors: Errors are added here.
    """
    found = {}
    for node in nodes:
        evidence = tuple(p for p in node.passages if p.document == BIBLIOGRAPHY)
        for older in listed(node.supersedes):
            if older not in known:
                errors.append(
                    LoadError(
                        "unknown-id",
                        f"{node.id} supersedes {older!r}, which is not known",
                        hint="use ids of instruments",
                        place=node.origin,
                    )
                )
                continue
            claim = asserted_claim(
                node.id,
                "supersedes",
                older,
                Basis.STATED,
                evidence,
                document=document,
                origin=node.origin,
            )
            found[claim.id] = claim
    return found
