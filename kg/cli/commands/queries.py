"""`kg queries`."""

from __future__ import annotations

import click

from kg.cli.options import format_option


@click.command
@click.argument("name", required=False)
@click.option(
    "--role",
    type=click.Choice(["officer", "auditor", "researcher"]),
    help="Only the questions of an officer, an auditor or a researcher.",
)
@format_option
def command(name: str | None, role: str | None, form: str | None) -> None:
    """List the stored questions by who asks them, or print one with its header.

    A question of more than one role stands under each.

    Example: kg queries objectives-of-action
    """
    from kg.cli.rendering import emit_dicts
    from kg.sparql.catalogue import ROLES, stored_queries, stored_query

    if name:
        click.echo(stored_query(name).text, nl=False)
        return
    rows = [
        {
            "role": asker,
            "name": stored.name,
            "parameters": ", ".join(f"{key} ({kind})" for key, (kind, _) in stored.params.items()),
            "summary": stored.summary,
        }
        for asker in ROLES
        if role in (None, asker)
        for stored in stored_queries().values()
        if asker in stored.roles
    ]
    emit_dicts(rows, ("role", "name", "parameters", "summary"), form)
