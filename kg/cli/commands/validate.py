"""`kg validate`."""

from __future__ import annotations

import click

from kg.cli.findings import emit_findings, findings_options, root_of, say_summary
from kg.cli.options import graph_option


@click.command
@click.option(
    "--engine",
    type=click.Choice(["auto", "pyshacl", "shacl"]),
    default="auto",
    show_default=True,
    help="What checks the shapes; auto takes the faster that is installed. All find the same.",
)
@graph_option
@findings_options
def command(path: str | None, form: str | None, output: str | None, engine: str) -> int:
    """Check a graph against the SHACL shapes; exits with 1 when something violates them.

    Example: kg validate
    """
    from kg.checks.shapes import RULE, validate
    from kg.errors import SettingsError
    from kg.opening import triples
    from kg.reports.forms import rule_texts, summary

    graph, lines = triples(path)
    if graph.flat:
        raise SettingsError(
            "flat-shapes",
            "the shapes are made for registers; a flat table has no documents to quote",
            hint="check it with: kg audit",
        )
    findings = validate(lines, engine=engine)
    code = int(bool(findings))
    emit_findings(
        findings,
        rule_texts([RULE]),
        root_of(path),
        form=form,
        output=output,
        exit_code=code,
        category="shapes",
    )
    say_summary(summary(findings, "violation"))
    return code
