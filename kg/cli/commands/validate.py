"""`kg validate`."""

from __future__ import annotations

import click

from kg.cli.options import format_option, graph_option


@click.command
@graph_option
@format_option
def command(path: str | None, form: str | None) -> int:
    """Check a graph against the SHACL shapes; exits with 1 when something violates them.

    Example: kg validate
    """
    from kg.checks.shapes import validate
    from kg.cli.rendering import emit_dicts, plural
    from kg.errors import SettingsError
    from kg.opening import triples

    graph, lines = triples(path)
    if graph.flat:
        raise SettingsError(
            "flat-shapes",
            "the shapes are made for registers; a flat table has no documents to quote",
            hint="check it with: kg audit",
        )
    findings = validate(lines)
    columns = ("rule", "severity", "node", "message", "fix", "file", "line")
    emit_dicts([finding.as_dict() for finding in findings], columns, form)
    click.echo(f"{plural(len(findings), 'violation')}", err=True)
    return int(bool(findings))
