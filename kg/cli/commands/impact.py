"""`kg impact`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option
from kg.cli.rendering import plural
from kg.errors import SettingsError

if TYPE_CHECKING:
    from kg.checks.whatif import WhatIf
    from kg.model.bases import Basis
    from kg.model.tables import ResultTable


@click.command
@click.argument("node")
@click.option(
    "--remove", is_flag=True, help="Say what would follow if it, and what it sets out, were gone."
)
@click.option(
    "--expire",
    metavar="DATE",
    default="",
    help="Say what would follow if it ended on that day (2026-03-31, 2026-03 or 2026).",
)
@click.option(
    "--fail-on-orphans", is_flag=True, help="Exit with 1 when anything would become an orphan."
)
@basis_option
@as_of_option
@graph_option
@format_option
def command(
    node: str,
    path: str | None,
    form: str | None,
    expire: str,
    bases: frozenset[Basis],
    *,
    as_of: str | None,
    remove: bool,
    fail_on_orphans: bool,
) -> int:
    """List everything that leads up to a node, and what would be left without it.

    "only this way" says that the item reaches national objectives or instruments through
    this node alone: without it, it would be an orphan. After what stands below the node comes
    what else would lose a link, a lead or a route with it.

    With --remove or --expire the list says what would follow: orphans, objectives without
    any action, and coverage before and after. Nothing is changed.

    Example: kg impact no-health-without-mental-health/objective/2 --remove
    """
    from kg.cli.rendering import emit
    from kg.opening import load

    if remove and expire:
        raise SettingsError(
            "two-questions", "both --remove and --expire are given", hint="leave one of them out"
        )
    graph = load(path, as_of=as_of)
    if remove or expire:
        from kg.checks.whatif import what_if

        found = what_if(graph, node, expire=expire, bases=bases)
        emit(found.table(), form)
        _say(found)
        return int(fail_on_orphans and bool(found.followed.became))
    from kg.lineage.impact import impact

    table = impact(graph, node, bases=bases)
    emit(table, form)
    return int(fail_on_orphans and bool(_tell(table)))


def _tell(table: ResultTable) -> int:
    """Say how much was listed, and return how much reaches targets only this way."""
    alone = sum(row["only_this_way"] is True for row in table)
    below = sum(row["how"] == "downstream" for row in table)
    others = len(table) - below
    lead, depend = plural(below, "item leads", "items lead"), plural(others, "depends", "depend")
    click.echo(
        f"{lead} up to it and {depend} on it otherwise; {alone} of them only this way",
        err=True,
    )
    return alone


def _say(found: WhatIf) -> None:
    followed = found.followed
    was, now = followed.total.words
    became = plural(
        len(followed.became), "item would become an orphan", "items would become orphans"
    )
    lost = plural(len(followed.lost), "target would lose its", "targets would lose their")
    click.echo(
        f"{became}, {lost} last action; coverage {was} now, {now} then",
        err=True,
    )
