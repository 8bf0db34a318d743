"""Suspect links: an end has changed since somebody read both; and what depends on them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.checks.finding import finding
from kg.lineage.reach import Selection
from kg.model.governance import ASSERTED, REVIEWS, ReviewState, review_state
from kg.model.tables import Cell, ResultTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from kg.model.findings import Finding
    from kg.model.governance import Review, Suspect
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

SUSPECT, UNREVIEWED = "suspect-link", "unreviewed-link"
RULES_HERE: Final = frozenset({SUSPECT, UNREVIEWED})
NO_REVIEWS: Final = (
    "no link has been reviewed, so that none can be suspect; begin with: kg review --all"
)
COLUMNS: Final = (
    "state",
    "subject",
    "predicate",
    "object",
    "changed",
    "dependants",
    "by",
    "on",
    "why",
)


def reviews_of(graph: KnowledgeGraph) -> list[Review]:
    """Return the reviews that belong to a graph.

    Raises:
        LoadError: If a row of the register is no review.

    Example:
        >>> import kg
        >>> reviews_of(kg.load())[0].by
        'The policy lineage editors'
    """
    if not has_reviews(graph):
        return []
    from kg.registers.governance import read_reviews  # noqa: PLC0415 - only where there are any

    assert graph.governance
    return read_reviews(*graph.governance[REVIEWS])


def has_reviews(graph: KnowledgeGraph) -> bool:
    """Tell whether somebody has reviewed links of a graph.

    Example:
        >>> import kg
        >>> has_reviews(kg.load())
        True
    """
    return bool(graph.governance) and REVIEWS in (graph.governance or {})


def state_of(graph: KnowledgeGraph) -> ReviewState:
    """Return what reviews say of a graph's links: as its release keeps it, else worked out now.

    Example:
        >>> import kg
        >>> list(state_of(kg.load()).suspects)
        []
    """
    return graph.review_state or review_state(graph, reviews_of(graph))


def dependants(graph: KnowledgeGraph, claim: Claim) -> list[tuple[str, int]]:
    """List what stands below a link, nearest first, with the number of hops to its subject.

    Every link counts that somebody asserts, structure included: whoever is part of what has
    changed should look too.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> served = graph.claims_from("worcestershire-2009/intention/5")[0]
        >>> dependants(graph, served)[0]
        ('worcestershire-2009/activity/10', 1)
    """
    table = graph.table
    below = Selection(table, table.upward, ASSERTED).below(table.number[claim.subject])
    return [(table.ids[number], hops) for number, hops in below.items() if hops]


class _Below:
    """How many nodes stand below each subject, counted once."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._held: dict[str, int] = {}

    def count(self, claim: Claim) -> int:
        if claim.subject not in self._held:
            self._held[claim.subject] = len(dependants(self._graph, claim))
        return self._held[claim.subject]


def review_findings(graph: KnowledgeGraph, rules: Collection[str]) -> Iterator[Finding]:
    """Find links of which an end has changed since somebody read both, and unreviewed ones."""
    if not has_reviews(graph) or RULES_HERE.isdisjoint(rules):
        return
    state, below = state_of(graph), _Below(graph)
    for suspect in state.suspects:
        claim = graph.claims[suspect.claim]
        yield finding(
            SUSPECT,
            claim.subject,
            _suspect_words(suspect, claim, below.count(claim)),
            claim.origin,
            kind=suspect.changed.replace(" ", "-"),
            about=f"{claim.predicate} {claim.object}",
        )
    for place in state.unreviewed:
        claim = graph.claims[place]
        about = f"{claim.predicate} {claim.object}"
        message = f"{claim.subject} {about}: nobody has reviewed the link"
        yield finding(UNREVIEWED, claim.subject, message, claim.origin, about=about)


def _suspect_words(suspect: Suspect, claim: Claim, count: int) -> str:
    review = suspect.review
    ends = {"subject": claim.subject, "object": claim.object}
    changed = ends.get(suspect.changed, "both ends")
    depend = "nothing stands" if not count else "1 stands" if count == 1 else f"{count} stand"
    return (
        f"{claim.subject} {claim.predicate} {claim.object}: the words of {changed} have changed "
        f"since {review.by} reviewed the link on {review.on}; {depend} below it"
    )


def review(graph: KnowledgeGraph, *, unreviewed: bool = False) -> ResultTable:
    """List the links of which an end has changed since somebody reviewed them.

    Args:
        graph: The graph.
        unreviewed: Whether to list those that nobody has reviewed, too.

    Example:
        >>> import kg
        >>> len(review(kg.load()))
        0
    """
    state, below = state_of(graph), _Below(graph)
    rows: list[tuple[Cell, ...]] = []
    for suspect in state.suspects:
        claim, said = graph.claims[suspect.claim], suspect.review
        count = below.count(claim)
        rows.append(("suspect", *said.link, suspect.changed, count, said.by, said.on, said.why))
    for place in state.unreviewed if unreviewed else ():
        claim = graph.claims[place]
        link = claim.subject, claim.predicate, claim.object
        rows.append(("unreviewed", *link, "", below.count(claim), "", "", ""))
    return ResultTable(COLUMNS, tuple(rows))
