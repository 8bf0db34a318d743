"""What network tools take: the nodes, and the links that count, with where they stand written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.bases import Basis
from kg.model.identifiers import ID, node_iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node, Passage

SEPARATOR: Final = " | "
"""What stands between the quotations of one thing."""
NODE_COLUMNS: Final = (
    *("iri", "class", "label", "text", "kind", "instrument", "called_in_source", "number"),
    *("level", "jurisdiction", "place", "issued", "valid", "repaired", "confidence", "note"),
    *("alternatives", "lines", "quotation"),
)
LINK_COLUMNS: Final = (
    *("iri", "predicate", "basis", "strength", "by", "on", "rationale", "confidence", "rule"),
    *("premises", "valid", "note", "lines", "quotation"),
)
LOSSES: Final = (
    "Links that do not count: rejected, open and suggested ones.",
    "Links that only repeat others more weakly (rules r0 and r5), such as tracesTo and within.",
    "Facts that are no links: times, amounts, gaps, values and defects of the text.",
    "Documents, except that every quotation names its own.",
    "Where quotations begin and end by character, and their line ends and runs of spaces.",
    "The history of decisions, and the register row that a thing comes from.",
    "Waivers and reviews, which are about findings and readings.",
    "Members of sets of elements.",
    "The words of issue dates, and the fields issuer and supersedes; their links are there.",
)


def counted(graph: KnowledgeGraph) -> Iterator[Claim]:
    """Yield the links that count and are hops of their own.

    Example:
        >>> import kg
        >>> {claim.decision for claim in counted(kg.load())}
        {'accepted'}
    """
    number = graph.table.number
    return (
        claim
        for claim in graph.links
        if claim.basis != Basis.SUGGESTED and claim.subject in number and claim.object in number
    )


def node_cells(node: Node) -> tuple[str | bool, ...]:
    """Return the cells of a node under `NODE_COLUMNS`."""
    return (
        *(node_iri(node.id), node.cls, node.label, node.text, node.kind, node.instrument),
        *(node.called_in_source, node.number, node.level, node.jurisdiction, node.place),
        *(node.issued, node.valid, node.repaired, node.confidence, node.note),
        SEPARATOR.join(node.alternatives),
        lines_of(node.passages),
        words_of(node.passages),
    )


def link_cells(claim: Claim) -> tuple[str, ...]:
    """Return the cells of a link under `LINK_COLUMNS`."""
    return (
        *(f"{ID}claim/{claim.id}", claim.predicate, claim.basis.word, claim.strength.word),
        *(claim.by, claim.on, claim.rationale, claim.confidence, claim.rule),
        *(" ".join(claim.premises), claim.valid, claim.note),
        lines_of(claim.evidence),
        words_of(claim.evidence),
    )


def lines_of(passages: Iterable[Passage]) -> str:
    """Say where passages stand.

    Example:
        >>> from kg.model.records import Passage
        >>> lines_of([Passage("plan", 0, 4, 3, 5, "text")])
        'plan:3-5'
    """
    found = dict.fromkeys(f"{passage.document}:{passage.lines}" for passage in passages)
    return ", ".join(found)


def words_of(passages: Iterable[Passage]) -> str:
    """Return the words of passages, white space folded."""
    return SEPARATOR.join(passage.words for passage in passages)
