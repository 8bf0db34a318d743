"""Clearing suspect links: writing down who has read both ends of a link, when and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.suspects import reviews_of, state_of
from kg.errors import LoadError, SettingsError, UnknownNodeError
from kg.model.governance import REVIEWS, current_review, reviewable
from kg.registers.governance import (
    governance_path,
    read_reviews,
    with_reviews,
    without_reviews,
)
from kg.registers.tables import decode
from kg.resources import data_folder
from kg.store.files import write_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from pathlib import Path

    from kg.model.governance import Link, Review
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

_SHOWN = 8
_BOM = b"\xef\xbb\xbf"


def asserted_link(graph: KnowledgeGraph, subject: str, predicate: str, object_: str) -> Claim:
    """Find a link that somebody asserts, by any names of its ends.

    Raises:
        UnknownNodeError: If an end, or the link, is not there; the hint lists near ones.

    Example:
        >>> import kg
        >>> asserted_link(kg.load(), "telford-2011/action/4", "servesPrimarily",
        ...               "no-health-without-mental-health/objective/6").basis.word
        'stated'
    """
    low, high = graph.node(subject).id, graph.node(object_).id
    table = graph.table
    named = []
    for row in reviewable(table, table.out(table.number[low])):
        link = link_of(graph, row)
        if link[1:] == (predicate, high):
            return graph.claims[table.claim[row]]
        named.append(" ".join(link[1:]))
    more = f" and {len(named) - _SHOWN} more" if len(named) > _SHOWN else ""
    said = f"from there lead: {'; '.join(named[:_SHOWN])}{more}"
    raise UnknownNodeError(
        "unknown-link",
        f"nobody asserts that {low} {predicate} {high}",
        hint=said if named else "no link that somebody asserts leads from there",
    )


def link_of(graph: KnowledgeGraph, row: int) -> Link:
    """Return subject, predicate and object of a row of the table of links."""
    table = graph.table
    return (
        table.ids[table.subject[row]],
        table.predicates[table.predicate[row]],
        table.ids[table.object[row]],
    )


def all_reviews(graph: KnowledgeGraph, *, by: str, on: str, why: str) -> list[Review]:
    """Return the reviews that clear all links that are suspect, or that nobody has reviewed.

    Args:
        graph: The graph.
        by: Who has read both ends of each.
        on: The day.
        why: On what occasion, or what was found.

    Example:
        >>> import kg
        >>> all_reviews(kg.load(), by="Ann", on="2027-01-01", why="nothing is open")
        []
    """
    reviewed = {review.link for review in reviews_of(graph)}
    reviewed -= {found.review.link for found in state_of(graph).suspects}
    links = (link_of(graph, row) for row in reviewable(graph.table))
    return [
        current_review(graph, link, by=by, on=on, why=why) for link in links if link not in reviewed
    ]


def write_reviews(data: Path, reviews: Collection[Review]) -> int:
    """Write reviews into the register that belongs to some data, and return how many rows changed.

    Args:
        data: The data folder, or the flat table.
        reviews: The reviews; each takes the place of an earlier one of its link.

    Raises:
        SettingsError: If the data are those of an installed package, or no data.
        LoadError: If the register cannot be read, or changes meanwhile.
        KgError: If it cannot be written.
    """
    return _rewrite(data, lambda text: with_reviews(text, reviews))


def drop_reviews(data: Path, graph: KnowledgeGraph) -> int:
    """Remove the reviews of links that are no longer there, and return how many there were.

    Args:
        data: The data folder, or the flat table.
        graph: Its graph.

    Raises:
        SettingsError: If the data are those of an installed package, or no data.
        LoadError: If the register cannot be read, or changes meanwhile.
        KgError: If it cannot be written.
    """
    there = {link_of(graph, row) for row in reviewable(graph.table)}
    gone = {review.link for review in reviews_of(graph)} - there
    return _rewrite(data, lambda text: without_reviews(text, gone)) if gone else 0


def _rewrite(data: Path, change: Callable[[str], tuple[str, int]]) -> int:
    """Put another text in place of a register, unless it changes meanwhile."""
    if data.resolve() == data_folder().resolve() and data_folder().parent.name == "_share":
        raise SettingsError(
            "data-installed",
            f"{data} belongs to the installed package, which the next installation replaces",
            hint="copy the folder and name the copy with --data",
        )
    if data.is_dir() and not (data / "documents.csv").is_file():
        raise SettingsError(
            "no-data-folder",
            f"{data} is no data folder: a release, if it is one, is never changed",
            hint="name the folder with documents.csv from which it was built",
        )
    path = governance_path(data, REVIEWS)
    before = path.read_bytes() if path.is_file() else b""
    text = ""
    if before:
        read_reviews(path, str(path))
        text = decode(path, str(path))
    after, count = change(text)
    if (path.read_bytes() if path.is_file() else b"") != before:
        raise LoadError(
            "input-changed",
            f"{path} changes while it is written",
            hint="wait until nobody else writes it, and try again",
        )
    if count:
        write_text(path, ("\ufeff" if before.startswith(_BOM) else "") + after)
    return count
