"""`kg review`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import format_option
from kg.errors import SettingsError
from kg.model.times import is_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model.governance import Review
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

_PARTS = 3


@dataclass(frozen=True, slots=True)
class _Signature:
    """Who has read a link again, when and why."""

    by: str
    on: str
    why: str


@click.command
@click.argument("link", nargs=-1, metavar="[SUBJECT PREDICATE OBJECT]")
@click.option(
    "--data",
    metavar="PATH",
    default=None,
    help="A data folder, or one flat table (CSV); reviews are written beside it. To look at only, "
    "a release folder too (what -g names elsewhere). Default: .kg here, else the bundled data, to "
    "look at only.",
)
@click.option("--by", metavar="NAME", default=None, help="Who has read both ends again.")
@click.option("--why", metavar="TEXT", default=None, help="On what occasion, or what was found.")
@click.option("--on", metavar="DAY", default=None, help="The day (YYYY-MM-DD).  [default: today]")
@click.option("--all", "every", is_flag=True, help="All links that are suspect or unreviewed.")
@click.option("--unreviewed", is_flag=True, help="List the links that nobody has reviewed, too.")
@click.option("--prune", is_flag=True, help="Remove the reviews of links that are gone.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask before all links are cleared.")
@format_option
def command(
    link: tuple[str, ...],
    data: str | None,
    by: str | None,
    why: str | None,
    on: str | None,
    form: str | None,
    *,
    every: bool,
    unreviewed: bool,
    prune: bool,
    yes: bool,
) -> int:
    """List links whose words have changed since somebody reviewed them.

    With SUBJECT PREDICATE OBJECT, show one link: the words of both ends, and what depends on
    it. With --by and --why, write down that it was read again and holds. Exits with 1 when a
    link is suspect.

    Example: kg review telford-2011/action/4 servesPrimarily objective/6
    """
    from kg.opening import load

    signature = _signature(by, on, why)
    _refuse(link, signature, every=every, prune=prune)
    if data is None and (signature or prune):
        raise SettingsError(
            "no-data", "reviews are written beside the data", hint="say where with --data PATH"
        )
    graph = load(data)
    if prune:
        from kg.checks.reviewing import drop_reviews

        count = drop_reviews(Path(data or ""), graph)
        click.echo(f"{count} reviews of links that are gone were removed", err=True)
        return 0
    if signature:
        return _clear(Path(data or ""), _reviews(graph, link, signature), yes=yes or not every)
    if link:
        from kg.checks.reviewing import asserted_link

        return _show(graph, asserted_link(graph, *link), form)
    return _list(graph, form, unreviewed=unreviewed)


def _refuse(link: Sequence[str], signature: _Signature | None, *, every: bool, prune: bool) -> None:
    """Refuse arguments that do not go together."""
    if len(link) not in (0, _PARTS):
        raise SettingsError(
            "which-link",
            f"a link has a subject, a predicate and an object; {len(link)} words are given",
            hint="kg review lists the links that are suspect",
        )
    if bool(link) + every + prune > 1:
        raise SettingsError(
            "which-link", "a link, --all and --prune do not go together", hint="choose one of them"
        )
    if signature and not (link or every):
        raise SettingsError(
            "which-link",
            "--by, --why and --on say nothing without a link",
            hint="name it, or --all",
        )
    if every and not signature:
        raise _unsigned("--by")


def _unsigned(option: str) -> SettingsError:
    return SettingsError(
        "no-signature",
        f"{option} is missing, empty, or holds what cannot be printed",
        hint="a review says who has read the link (--by NAME) and why (--why TEXT)",
    )


def _signature(by: str | None, on: str | None, why: str | None) -> _Signature | None:
    """Return who signs, when and why; nobody when nothing of it is given."""
    if by is None and why is None and on is None:
        return None
    said = {"--by": " ".join((by or "").split()), "--why": " ".join((why or "").split())}
    for option, words in said.items():
        if not words or not words.isprintable():
            raise _unsigned(option)
    day = on or datetime.now().astimezone().date().isoformat()
    if not is_day(day):
        raise SettingsError(
            "day", f"--on is {day!r}", hint="write a day of the calendar as YYYY-MM-DD"
        )
    return _Signature(said["--by"], day, said["--why"])


def _reviews(graph: KnowledgeGraph, link: Sequence[str], signed: _Signature) -> list[Review]:
    """Return the reviews of one link, or of all that are open."""
    from kg.checks.reviewing import all_reviews, asserted_link
    from kg.model.governance import current_review

    if not link:
        return all_reviews(graph, by=signed.by, on=signed.on, why=signed.why)
    claim = asserted_link(graph, *link)
    ends = claim.subject, claim.predicate, claim.object
    return [current_review(graph, ends, by=signed.by, on=signed.on, why=signed.why)]


def _clear(data: Path, reviews: list[Review], *, yes: bool) -> int:
    """Write reviews down, after a question when they are many."""
    from kg.checks.reviewing import write_reviews
    from kg.model.governance import REVIEWS
    from kg.registers.governance import governance_path

    count = len(reviews)
    said = "1 link" if count == 1 else f"{count} links"
    if count and not yes:
        if not sys.stdin.isatty():
            raise SettingsError(
                "no-answer", f"this would clear {said}", hint="say --yes where nobody can be asked"
            )
        if not click.confirm(f"Have you read both ends of {said}?", err=True):
            click.echo("nothing was written", err=True)
            return 2
    write_reviews(data, reviews)
    click.echo(f"{said} reviewed in {governance_path(data, REVIEWS)}", err=True)
    return 0


def _list(graph: KnowledgeGraph, form: str | None, *, unreviewed: bool) -> int:
    from kg.checks.suspects import NO_REVIEWS, has_reviews, review, state_of
    from kg.cli.rendering import emit

    emit(review(graph, unreviewed=unreviewed), form)
    if not has_reviews(graph):
        click.echo(f"kg: {NO_REVIEWS}", err=True)
        return 0
    state = state_of(graph)
    open_ = len(state.unreviewed)
    said = f"{len(state.suspects)} of {state.links} links are suspect"
    said += f", {open_} unreviewed (list them with --unreviewed)" if open_ else ""
    said += f"; {state.gone} reviews are of links that are gone (--prune)" if state.gone else ""
    click.echo(said, err=True)
    return int(bool(state.suspects))


def _show(graph: KnowledgeGraph, claim: Claim, form: str | None) -> int:
    """Show one link: its state, the words of both ends, and what depends on it."""
    from kg.checks.suspects import dependants, reviews_of, state_of
    from kg.cli.rendering import emit
    from kg.model.tables import Cell, ResultTable

    link = claim.subject, claim.predicate, claim.object
    said = next((review for review in reviews_of(graph) if review.link == link), None)
    suspect = next((s for s in state_of(graph).suspects if s.review.link == link), None)
    state = "unreviewed" if said is None else "suspect" if suspect else "reviewed"
    ends = ("subject", claim.subject), ("object", claim.object)
    rows: list[tuple[Cell, ...]] = [("state", state, "", None)]
    if said:
        rows.append(("reviewed", f"by {said.by} on {said.on}", said.why, None))
    if suspect:
        rows.append(
            ("changed", suspect.changed, "its words are not those that were reviewed", None)
        )
    for name, node in ends:
        found = graph.nodes[node]
        rows.append((name, node, found.text or found.label, None))
    rows += [("stands below", node, "", hops) for node, hops in dependants(graph, claim)]
    emit(ResultTable(("what", "value", "more", "hops"), tuple(rows)), form)
    return int(state == "suspect")
