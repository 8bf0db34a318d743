"""What people decided about findings and links: waivers, reviews, and what has changed since."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.model.bases import Basis
from kg.model.records import NOWHERE
from kg.model.table import NOTHING, allowed_mask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from kg.errors import Place
    from kg.model.graph import KnowledgeGraph
    from kg.model.table import GraphTable

WAIVERS: Final = "waivers"
REVIEWS: Final = "reviews"
ASSERTED: Final = allowed_mask((Basis.STATED, Basis.INHERITED, Basis.INTERPRETED))
"""The bases of links that somebody read in a document; the others follow from these."""
SUBJECT, OBJECT = 1, 2
"""Which ends of a link have changed, as bits."""
ANY: Final = "/*"
"""Ending of a node pattern that means everything one step below."""
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_TOKENS: Final = re.compile(r"[£$€<>≤≥±+](?=\s*\d)|(?<=\d)\s*[%‰]|[^\W\d_]+|\d+")
Link = tuple[str, str, str]
"""Subject, predicate and object."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Why a finding does not count, who answers for that, and until when."""

    rule: str
    node: str
    """The node, or `plan/class/*` for every element of one class of a plan."""
    reason: str
    owner: str
    expiry: date
    """The last day on which it holds."""
    about: str = ""
    """Only the finding about this; empty for all findings of the rule about the node."""
    place: Place = NOWHERE

    @property
    def excuse(self) -> str:
        """Who excuses it, until when and why."""
        return f"{self.owner}, until {self.expiry.isoformat()}: {self.reason}"

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is about: a register holds one waiver of it."""
        return self.rule, self.node, self.about


@dataclass(frozen=True, slots=True)
class Review:
    """That somebody read both ends of a link, and in which state they were then."""

    subject: str
    predicate: str
    object: str
    subject_words: str
    """Fingerprint of the words of the subject."""
    object_words: str
    by: str
    on: str
    why: str
    place: Place = NOWHERE

    @property
    def link(self) -> Link:
        """The link that was read."""
        return self.subject, self.predicate, self.object


@dataclass(frozen=True, slots=True)
class Suspect:
    """A link of which an end has changed since somebody read both."""

    claim: int
    """The place of the claim in the graph."""
    ends: int
    """The ends that have changed, as bits."""
    review: Review

    @property
    def changed(self) -> str:
        """The ends that have changed, in words."""
        return {SUBJECT: "subject", OBJECT: "object"}.get(self.ends, "subject and object")


@dataclass(frozen=True, slots=True)
class ReviewState:
    """What reviews say of the links of a graph."""

    links: int
    """How many links somebody asserts."""
    suspects: Sequence[Suspect] = ()
    unreviewed: Sequence[int] = ()
    """The places of the claims that nobody has reviewed, in plans where others are."""
    gone: int = 0
    """How many reviews are of links that are no longer there."""


def fingerprint_of(text: str) -> str:
    r"""Return 12 hexadecimal digits that change when words or numbers change, and only then.

    White space, case, punctuation and typographic variants (ligatures, hyphens at line ends)
    change nothing; a figure, its decimals, currency and per cent do.

    Example:
        >>> fingerprint_of("Co-operate, NOW.") == fingerprint_of("cooperate\n now")
        True
        >>> fingerprint_of("by 1.5%") == fingerprint_of("by 15%")
        False
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    tokens = _TOKENS.findall(_THOUSANDS.sub("", unicodedata.normalize("NFKC", folded)))
    return hashlib.sha256("".join(_joined(map(str.strip, tokens))).encode()).hexdigest()[:12]


def _joined(tokens: Iterable[str]) -> Iterator[str]:
    """Yield tokens with a space between two numbers, which would else be one."""
    last = ""
    for token in tokens:
        if last.isdecimal() and token.isdecimal():
            yield " "
        yield token
        last = token


def fingerprint(graph: KnowledgeGraph, node: str) -> str:
    """Return the fingerprint of a node's normative words.

    These are its text, for an instrument its title and for a body its name; notes, numbers of
    lines and ids are not among them.

    Example:
        >>> import kg
        >>> len(fingerprint(kg.load(), "telford-2011/action/4"))
        12
    """
    found = graph.nodes[node]
    return fingerprint_of(found.text or found.label)


def reviewable(table: GraphTable, rows: Iterable[int] | None = None) -> Iterator[int]:
    """Yield one row of each link that somebody asserts and that counts, in order.

    A link that several passages state is one link.

    Args:
        table: The columns of a graph.
        rows: The rows to look at, in order; all when left out.
    """
    seen: tuple[int, set[tuple[int, int]]] = (NOTHING, set())
    for row in range(len(table.subject)) if rows is None else rows:
        if table.need[row] & ~ASSERTED:  # what does not count needs what no choice of bases has
            continue
        subject, predicate, object_ = table.subject[row], table.predicate[row], table.object[row]
        if seen[0] != subject:
            seen = subject, set()
        if (predicate, object_) not in seen[1]:
            seen[1].add((predicate, object_))
            yield row


class _Words:
    """The fingerprints of the nodes, each made once."""

    def __init__(self, graph: KnowledgeGraph) -> None:
        self._graph = graph
        self._held: dict[int, str] = {}

    def of(self, number: int) -> str:
        if number not in self._held:
            self._held[number] = fingerprint(self._graph, self._graph.table.ids[number])
        return self._held[number]


def review_state(graph: KnowledgeGraph, reviews: Iterable[Review]) -> ReviewState:
    """Compare the links of a graph with the state in which somebody has read them.

    Links of a plan of which nothing has been reviewed are left alone: there it has not begun.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> links = review_state(graph, []).links
        >>> len(list(reviewable(graph.table))) == links
        True
    """
    table, words = graph.table, _Words(graph)
    held = {review.link: review for review in reviews}
    begun = {_plan(table, number) for link in held if (number := _number(table, link)) != NOTHING}
    links, met = 0, 0
    suspects: list[Suspect] = []
    unreviewed: list[int] = []
    for row in reviewable(table):
        links += 1
        low, high = table.subject[row], table.object[row]
        link = table.ids[low], table.predicates[table.predicate[row]], table.ids[high]
        review = held.get(link)
        if review is None:
            if _plan(table, low) in begun:
                unreviewed.append(table.claim[row])
            continue
        met += 1
        ends = SUBJECT * (words.of(low) != review.subject_words)
        ends |= OBJECT * (words.of(high) != review.object_words)
        if ends:
            suspects.append(Suspect(table.claim[row], ends, review))
    return ReviewState(links, suspects, unreviewed, len(held) - met)


def _number(table: GraphTable, link: Link) -> int:
    return table.number.get(link[0], NOTHING)


def _plan(table: GraphTable, number: int) -> int:
    """Return the instrument that sets a node out, or the node; a flat table is one plan."""
    if table.flat:
        return NOTHING
    owner = table.instrument[number]
    return number if owner == NOTHING else owner


def current_review(graph: KnowledgeGraph, link: Link, *, by: str, on: str, why: str) -> Review:
    """Return the review that says: both ends of a link were read as they are now.

    Example:
        >>> import kg
        >>> link = ("telford-2011/action/4", "servesPrimarily",
        ...         "no-health-without-mental-health/objective/6")
        >>> current_review(kg.load(), link, by="Ann", on="2027-01-01", why="read").by
        'Ann'
    """
    subject, predicate, object_ = link
    ends = fingerprint(graph, subject), fingerprint(graph, object_)
    return Review(subject, predicate, object_, *ends, by, on, why)
