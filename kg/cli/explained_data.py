"""Explanations as JSON and as rows, for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from kg.cli.page import where
from kg.lineage.chains import support_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.lineage.explaining import Explanation, Gap, Reached
    from kg.lineage.reasons import Reason
    from kg.lineage.tracing import Path
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node, Passage
    from kg.model.tables import Cell

ROWS: Final = (
    "part",
    "number",
    "hop",
    "subject",
    "predicate",
    "object",
    "basis",
    "reason",
    "lines",
)
"""Columns of the forms csv, tsv, table and jsonl."""


def explanation_dict(graph: KnowledgeGraph, found: Explanation) -> dict[str, Any]:
    """Return an explanation in the form that other tools read."""
    return {
        "node": _node(graph, found.node),
        "target": _node(graph, found.target) if found.target else None,
        "bases": sorted(basis.word for basis in found.bases),
        "reaches": bool(found.reached),
        "is_target": found.is_target,
        "tier_words": found.tier_words,
        "reached": [_reached(graph, one) for one in found.reached],
        "more": found.more,
        "gap": None,
    }


def gap_dict(graph: KnowledgeGraph, found: Gap) -> dict[str, Any]:
    """Return a gap in the form that other tools read."""
    return {
        "reason": _reason(graph, found.reason),
        "besides": _reason(graph, found.besides) if found.besides else None,
        "forbidden": found.forbidden,
        "barred": [
            {"instrument": one.instrument.id, **_reason(graph, one.reason)} for one in found.barred
        ],
        "stops": [
            {
                "node": stop.node,
                **_reason(graph, stop.reason),
                "hops": [_hop(graph, hop) for hop in stop.hops],
            }
            for stop in found.stops
        ],
        "more_stops": found.more_stops,
        "with_all_bases": [_reached(graph, one) for one in found.withheld],
        "undecided": [_hop(graph, claim) for claim in found.undecided],
        "may_serve": [_hop(graph, claim) for claim in found.may_serve],
        "named": [_hop(graph, claim) for claim in found.named],
        "elsewhere": [_hop(graph, claim) for claim in found.elsewhere],
        "needed": [
            {
                "subject": need.subject,
                "predicate": need.predicate,
                "object": need.object,
                "where": need.where,
            }
            for need in found.needed
        ],
        "alike_in_words_only": [
            {"node": one.node.id, "likeness": one.likeness, "shared": list(one.shared)}
            for one in found.alike
        ],
        "compared": found.compared,
    }


def _node(graph: KnowledgeGraph, node: Node) -> dict[str, Any]:
    return {
        "id": node.id,
        "class": node.cls,
        "label": node.label,
        "evidence": [_passage(graph, passage) for passage in node.passages],
    }


def _reached(graph: KnowledgeGraph, one: Reached) -> dict[str, Any]:
    def chain(path: Path) -> dict[str, Any]:
        return {"basis": path.basis.word, "hops": [_hop(graph, hop) for hop in path.hops]}

    return {
        "target": one.target.id,
        "class": one.target.cls,
        "label": one.target.label,
        "same": one.shortest == one.strongest,
        "shortest": chain(one.shortest),
        "strongest": chain(one.strongest),
    }


def _reason(graph: KnowledgeGraph, reason: Reason) -> dict[str, Any]:
    return {
        "reason": reason.code,
        "sentence": reason.sentence,
        "evidence": [_passage(graph, passage) for passage in reason.passages],
    }


def _hop(graph: KnowledgeGraph, claim: Claim) -> dict[str, Any]:
    """Return a claim with what it rests on; each premise once, however many steps rest on it."""
    return {
        **_claim(graph, claim),
        "rests_on": [_claim(graph, c) for c in support_of(graph, claim)],
    }


def _claim(graph: KnowledgeGraph, claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "subject": claim.subject,
        "predicate": claim.predicate,
        "object": claim.object,
        "basis": claim.basis.word,
        "decision": claim.decision,
        "by": claim.by,
        "on": claim.on,
        "rule": claim.rule,
        "premises": list(claim.premises),
        "rationale": claim.rationale,
        "confidence": claim.confidence,
        "note": claim.note,
        "evidence": [_passage(graph, passage) for passage in claim.evidence],
    }


def _passage(graph: KnowledgeGraph, passage: Passage) -> dict[str, Any]:
    document = graph.documents.get(passage.document)
    return {
        "document": document.path if document else passage.document,
        "lines": passage.lines,
        "start": passage.start,
        "end": passage.end,
        "quotation": passage.exact,
    }


def explanation_rows(graph: KnowledgeGraph, found: Explanation) -> list[dict[str, Cell]]:
    """Return the hops of an explanation, a row each."""
    rows: list[dict[str, Cell]] = []
    for number, one in enumerate(found.reached, 1):
        names = ("shortest and strongest",) if len(one.chains) == 1 else ("shortest", "strongest")
        for name, path in zip(names, one.chains, strict=True):
            rows += _rows(graph, name, number, path.hops)
    return rows


def gap_rows(graph: KnowledgeGraph, found: Gap) -> list[dict[str, Cell]]:
    """Return the reasons and hops of a gap, a row each."""
    rows = [_row("reason", reason=found.reason.code, subject=found.node.id)]
    for barred in found.barred:
        code = barred.reason.code
        rows.append(
            _row("barred", reason=code, subject=found.node.id, object_=barred.instrument.id)
        )
    for number, stop in enumerate(found.stops, 1):
        rows += _rows(graph, "stop", number, stop.hops)
        rows.append(_row("stops at", number=number, subject=stop.node, reason=stop.reason.code))
    for number, one in enumerate(found.withheld, 1):
        rows += _rows(graph, "with --basis all", number, one.strongest.hops)
    for part, claims in (
        ("undecided", found.undecided),
        ("may serve", found.may_serve),
        ("named", found.named),
        ("named elsewhere", found.elsewhere),
    ):
        rows += _rows(graph, part, None, claims)
    return rows


def _rows(
    graph: KnowledgeGraph, part: str, number: int | None, claims: Sequence[Claim]
) -> Iterator[dict[str, Cell]]:
    for hop, claim in enumerate(claims, 1):
        yield _row(
            part,
            number=number,
            hop=None if number is None else hop,
            subject=claim.subject,
            predicate=claim.predicate,
            object_=claim.object,
            basis=claim.basis.word,
            reason="" if claim.accepted else claim.decision,
            lines=_places(graph, claim.evidence),
        )


def _row(
    part: str,
    *,
    subject: str,
    number: int | None = None,
    hop: int | None = None,
    predicate: str = "",
    object_: str = "",
    basis: str = "",
    reason: str = "",
    lines: str = "",
) -> dict[str, Cell]:
    cells = (part, number, hop, subject, predicate, object_, basis, reason, lines)
    return dict(zip(ROWS, cells, strict=True))


def _places(graph: KnowledgeGraph, passages: Iterable[Passage]) -> str:
    return "; ".join(where(graph, passage) for passage in passages)
