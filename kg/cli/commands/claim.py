"""`kg claim`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.cli.options import format_option, registers_option, store_option
from kg.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.building.drafts import Edit
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim
    from kg.model.tables import Cell

F = TypeVar("F", bound="Callable[..., Any]")
COLUMNS = (
    "claim",
    "subject",
    "predicate",
    "object",
    "basis",
    "standing",
    "decided",
    "by",
    "on",
    "reason",
)


@click.group
def command() -> None:
    """List links with their decisions; accept, reject or add one.

    Registers grow by a row and are never rewritten: a rejection and its author stay, whatever
    is decided later. Nothing is written unless all of the data folder reads with it.

    Example: kg claim list --open
    """


@command.command("list")
@click.argument("node", required=False)
@click.option("--open", "undecided", is_flag=True, help="Only those that nobody has decided.")
@store_option
@registers_option
@format_option
def listing(
    node: str | None, path: str | None, store: str | None, form: str | None, *, undecided: bool
) -> None:
    """List links with all decisions on them.

    What rules infer is left out: nobody can decide about it.

    Example: kg claim list telford-2011/action/19
    """
    from kg.cli.rendering import emit_dicts
    from kg.opening import load

    if node is None and not undecided:
        raise SettingsError(
            "no-node",
            "neither a thing nor --open is given",
            hint="kg claim list NODE, or kg claim list --open",
        )
    graph = load(path, store=store)
    emit_dicts(_history(graph, node, undecided=undecided), COLUMNS, form)


def _history(
    graph: KnowledgeGraph, node: str | None, *, undecided: bool
) -> Iterator[dict[str, Cell]]:
    """Yield a row a decision; a claim without a history has the one of its reading."""
    if node is None:
        found: list[Claim] = _undecided(graph)
    else:
        name = graph.node(node).id
        found = [*graph.claims_from(name), *graph.claims_to(name)]
    for claim in found:
        if claim.rule or (undecided and claim.decision != "open"):
            continue
        reader = graph.nodes.get(claim.by)
        own = (claim.decision, reader.label if reader else claim.by, claim.on, claim.rationale)
        history = [(d.decision, d.by, d.on, d.reason) for d in claim.decisions] or [own]
        for decided, by, on, reason in history:
            yield {
                "claim": claim.id,
                "subject": claim.subject,
                "predicate": claim.predicate,
                "object": claim.object,
                "basis": claim.basis.word,
                "standing": claim.decision,
                "decided": decided,
                "by": by,
                "on": on,
                "reason": reason,
            }


def _undecided(graph: KnowledgeGraph) -> list[Claim]:
    """Return the claims that count for nothing, read from the columns of the graph."""
    from kg.model.table import NEVER

    table = graph.table
    return [
        graph.claims[place]
        for place, need in zip(table.claim, table.need, strict=True)
        if need == NEVER
    ]


def _curation_options(function: F) -> F:
    """Add the options that every change of a link has."""
    for option in (
        click.option("--dry-run", is_flag=True, help="Write nothing; print what would change."),
        click.option(
            "--force", is_flag=True, help="Write even when items cease to reach any target."
        ),
        click.option("--on", default="", metavar="DAY", help="The day, as 2026-11-24.  [today]"),
        click.option("--reason", required=True, metavar="TEXT", help="Why."),
        click.option(
            "--by", required=True, metavar="NAME", help="The person or body who answers for it."
        ),
        click.option(
            "--data",
            metavar="PATH",
            default=None,
            help="The data folder whose registers change; a release cannot be changed.  "
            "[default: data, where there is one]",
        ),
    ):
        function = option(function)
    return function


def _data(path: str | None) -> Path:
    """Return the data folder that was named, or the one that stands here."""
    if path:
        return Path(path)
    here = Path("data")
    if (here / "documents.csv").is_file():
        return here
    raise SettingsError(
        "no-data",
        "there is no data folder here",
        hint="say whose registers are to change with --data PATH",
    )


_CLAIM = click.argument("claim", nargs=-1, required=True)


@command.command
@_CLAIM
@click.option("--confidence", default="", metavar="0..1", help="Of a suggestion: how sure.")
@_curation_options
def accept(claim: tuple[str, ...], data: str | None, **options: Any) -> None:  # noqa: ANN401
    """Accept a link, or take up a suggestion.

    A suggestion stays as it is; an interpreted link of one's own is added beside it.

    CLAIM is an id (six characters are enough where no other begins so), or subject, predicate
    and object.

    Example: kg claim accept 4f2a91 --by "Ann Other" --reason "the minutes of May confirm it"
    """
    from kg.building.curation import decide_claim

    place = _data(data)
    _report(decide_claim(place, claim, "accepted", **options), "accepted", place)


@command.command
@_CLAIM
@_curation_options
def reject(claim: tuple[str, ...], data: str | None, **options: Any) -> None:  # noqa: ANN401
    """Reject a link, which stays and counts no more.

    CLAIM is an id (six characters are enough where no other begins so), or subject, predicate
    and object.

    Example: kg claim reject 4f2a91 --by "Ann Other" --reason "the cell names a lead, no aim"
    """
    from kg.building.curation import decide_claim

    place = _data(data)
    _report(decide_claim(place, claim, "rejected", **options), "rejected", place)


@command.command
@click.argument("subject")
@click.argument("predicate")
@click.argument("object_", metavar="OBJECT")
@click.option("--basis", required=True, metavar="BASIS", help="stated, inherited or interpreted.")
@click.option(
    "--quote",
    "quotes",
    required=True,
    multiple=True,
    metavar="TEXT",
    help="The words, verbatim but for white space (repeatable).",
)
@click.option(
    "--line",
    "lines",
    multiple=True,
    metavar="N",
    help="The line on which they begin, where they stand at several places; one for each "
    "--quote, - for none.",
)
@click.option("--document", default="", metavar="ID", help="Default: that of the folder.")
@click.option("--rationale", default="", metavar="TEXT", help="Of interpreted: why read so.")
@click.option("--confidence", default="", metavar="0..1", help="Of interpreted: how sure.")
@click.option("--note", default="", metavar="TEXT", help="Anything a reader should know.")
@_curation_options
def add(
    subject: str,
    predicate: str,
    object_: str,
    data: str | None,
    quotes: tuple[str, ...],
    lines: tuple[str, ...],
    **options: Any,  # noqa: ANN401
) -> None:
    """Add a link whose words stand in a document.

    Example: kg claim add telford-2011/action/4 supportsInstrument time-to-change
    --basis interpreted --quote "campaigns such as Time to Change" --rationale "..."
    --confidence 0.6 --by "Ann Other" --reason "..."
    """
    from kg.building.adding import add_claim

    place = _data(data)
    quote, line = " | ".join(quotes), " | ".join(lines)
    edit = add_claim(place, subject, predicate, object_, quote=quote, line=line, **options)
    _report(edit, "added", place)


def _report(edit: Edit, what: str, data: Path) -> None:
    """Say what was done, or what would be."""
    if not edit.written:
        click.echo(edit.diff, nl=False)
    for name in edit.stranded:
        click.echo(f"reaches no target any more: {name}", err=True)
    claim = edit.claims[-1]
    words = f"{claim.subject} —{claim.predicate}→ {claim.object} [{claim.basis.word}]"
    if not edit.written:
        click.echo(f"would be {what}: {words}, claim {claim.id}; nothing was written", err=True)
        return
    click.echo(f"{what}: {words}, claim {claim.id}, in {' and '.join(edit.files)}", err=True)
    click.echo(f"it holds from the next release on: kg build --data {data}", err=True)
