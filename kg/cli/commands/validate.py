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
    from kg.cli.rendering import emit_dicts
    from kg.opening import triples

    _, lines = triples(path)
    findings = validate(lines)
    columns = ("rule", "severity", "node", "message", "fix", "file", "line")
    emit_dicts([finding.as_dict() for finding in findings], columns, form)
    click.echo(f"{len(findings)} violations", err=True)
    return int(bool(findings))
