"""`kg audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option, store_option

if TYPE_CHECKING:
    from kg.model.bases import Basis

COLUMNS = (
    "rule",
    "severity",
    "node",
    "kind",
    "message",
    "fix",
    "file",
    "line",
    "status",
    "id",
)


@click.command
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="warning",
    show_default=True,
    help="Severity from which to exit with 1.",
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule (repeatable).")
@basis_option
@store_option
@as_of_option
@graph_option
@format_option
def command(
    fail_on: str,
    rules: tuple[str, ...],
    path: str | None,
    store: str | None,
    form: str | None,
    bases: frozenset[Basis],
    *,
    as_of: str | None,
) -> int:
    """Look for orphans, gaps and faulty links.

    Exits with 1 when there are findings of the asked severity.

    Example: kg audit --rule unlinked --fail-on never
    """
    from kg.checks.auditing import audit
    from kg.cli.rendering import emit_dicts, plural
    from kg.model.findings import Severity
    from kg.opening import load

    graph = load(path, tolerant=True, store=store, as_of=as_of)
    report = audit(graph, bases=bases, rules=rules or None)
    emit_dicts([finding.as_dict() for finding in report], COLUMNS, form)
    counts = {s: sum(f.severity is s for f in report) for s in reversed(Severity)}
    said = ", ".join(f"{number} {severity.word}" for severity, number in counts.items())
    found, looked_at = plural(len(report), "finding"), plural(report.checked, "node")
    click.echo(f"{found} ({said}) on {looked_at}", err=True)
    for remark in graph.remarks:
        click.echo(f"kg: {remark}", err=True)
    return int(fail_on != "never" and report.reaches(Severity[fail_on.upper()]))
