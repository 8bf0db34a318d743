"""`kg impact`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option

if TYPE_CHECKING:
    from kg.model.bases import Basis


@click.command
@click.argument("node")
@basis_option
@as_of_option
@graph_option
@format_option
def command(
    node: str, path: str | None, form: str | None, bases: frozenset[Basis], as_of: str | None
) -> None:
    """List everything that leads up to a node, and what would be left without it.

    "only this way" says that the item reaches national objectives or instruments through
    this node alone: without it, it would be an orphan.

    Example: kg impact no-health-without-mental-health/objective/2
    """
    from kg.cli.rendering import emit, plural
    from kg.lineage.impact import impact
    from kg.opening import load

    table = impact(load(path, as_of=as_of), node, bases=bases)
    emit(table, form)
    alone = sum(row["only_this_way"] is True for row in table)
    lead = plural(len(table), "item leads", "items lead")
    click.echo(f"{lead} up to it, {alone} of them only this way", err=True)
