"""`kg audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.findings import (
    TABLES,
    emit_findings,
    findings_options,
    refuse_input,
    root_of,
    say_summary,
)
from kg.cli.options import as_of_option, basis_option, graph_option, store_option

if TYPE_CHECKING:
    from kg.model.bases import Basis


@click.command
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "info", "never"]),
    default="warning",
    show_default=True,
    help="Severity from which to exit with 1.",
)
@click.option("--rule", "rules", multiple=True, metavar="ID", help="Only this rule (repeatable).")
@click.option("--list-rules", is_flag=True, help="List the rules instead of running them.")
@basis_option
@store_option
@as_of_option
@graph_option
@findings_options
def command(
    fail_on: str,
    rules: tuple[str, ...],
    path: str | None,
    store: str | None,
    bases: frozenset[Basis],
    *,
    as_of: str | None,
    form: str | None,
    output: str | None,
    list_rules: bool,
) -> int:
    """Look for orphans, gaps and faulty links.

    Exits with 1 when there are findings of the asked severity that are neither waived nor known.

    Example: kg audit --rule unlinked --fail-on never
    """
    from kg.checks.auditing import audit
    from kg.model.findings import Severity
    from kg.opening import load
    from kg.reports.forms import rule_texts, summary

    if list_rules:
        _list_rules(form, output)
        return 0
    refuse_input(path, output)
    graph = load(path, tolerant=True, store=store, as_of=as_of)
    report = audit(graph, bases=bases, rules=rules or None)
    code = int(fail_on != "never" and report.reaches(Severity[fail_on.upper()]))
    emit_findings(
        report.findings,
        rule_texts(rules),
        root_of(path, store, flat=graph.flat),
        form=form,
        output=output,
        exit_code=code,
    )
    of = f" on {report.checked} node{'' if report.checked == 1 else 's'}"
    say_summary(summary(report.findings, of=of))
    say_summary(f"kg: {remark}" for remark in graph.remarks)
    return code


def _list_rules(form: str | None, output: str | None) -> None:
    """Write what every rule looks for."""
    from kg.cli.rendering import emit_dicts
    from kg.errors import SettingsError
    from kg.reports.forms import rule_texts

    if output is not None or form not in (None, *TABLES):
        raise SettingsError(
            "rules-form",
            "rules are listed as a table, and to standard output",
            hint=f"forms: {', '.join(TABLES)}",
        )
    listed = [{**rule._asdict(), "severity": rule.severity.word} for rule in rule_texts()]
    emit_dicts(listed, ("id", "severity", "sentence", "fix"), form)
