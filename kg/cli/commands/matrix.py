"""`kg matrix`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option, store_option

if TYPE_CHECKING:
    from kg.model.bases import Basis


@click.command
@click.option("--from", "source", default=None, metavar="PLAN", help="Only actions of this plan.")
@click.option(
    "--to",
    "target",
    default=None,
    metavar="NODE",
    help="Only objectives of this instrument, or one objective.",
)
@click.option(
    "--count", is_flag=True, help="Count the actions of each objective instead of listing them."
)
@basis_option
@store_option
@as_of_option
@graph_option
@format_option
def command(
    source: str | None,
    target: str | None,
    path: str | None,
    store: str | None,
    form: str | None,
    bases: frozenset[Basis],
    *,
    as_of: str | None,
    count: bool,
) -> None:
    """List which actions reach which objectives, and on what basis.

    Counts measure drafting, not effect.

    Example: kg matrix --from telford-2011 --to no-health-without-mental-health
    """
    from kg.cli.rendering import emit, plural
    from kg.lineage.coverage import matrix, matrix_counts
    from kg.opening import load

    graph = load(path, store=store, as_of=as_of)
    if not count:
        pairs = matrix(graph, source=source, target=target, bases=bases)
        emit(pairs, form)
        if not len(pairs):
            click.echo("no chain joins them; why not: kg why-not ACTION NODE", err=True)
        return
    table, asked, without = matrix_counts(graph, source=source, target=target, bases=bases)
    emit(table, form)
    click.echo(
        f"{plural(asked, 'action')}, {without} of which reach none of these; "
        "counts measure drafting, not effect",
        err=True,
    )
