"""`kg queries`."""

from __future__ import annotations

import click

from kg.cli.options import format_option


@click.command
@click.argument("name", required=False)
@format_option
def command(name: str | None, form: str | None) -> None:
    """List the stored questions, or print one with its header.

    Example: kg queries objectives-of-action
    """
    from kg.cli.rendering import emit_dicts
    from kg.sparql.catalogue import stored_queries, stored_query

    if name:
        click.echo(stored_query(name).text, nl=False)
        return
    rows = [
        {"name": q.name, "parameters": ", ".join(q.params), "summary": q.summary}
        for q in stored_queries().values()
    ]
    emit_dicts(rows, ("name", "parameters", "summary"), form)
