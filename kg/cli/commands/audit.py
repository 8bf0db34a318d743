"""`kg audit`."""

from __future__ import annotations

from pathlib import Path
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
from kg.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.checks.baseline import Entry
    from kg.model.bases import Basis
    from kg.model.findings import Report
    from kg.model.governance import Waiver
    from kg.model.graph import KnowledgeGraph


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
@click.option(
    "--waivers",
    "waiver_files",
    multiple=True,
    metavar="FILE",
    help="Excuse what this register of waivers lists, too (repeatable).",
)
@click.option("--no-waivers", is_flag=True, help="Excuse nothing.")
@click.option(
    "--baseline", metavar="FILE", default=None, help="Count only what this baseline does not list."
)
@click.option(
    "--write-baseline",
    metavar="FILE",
    default=None,
    help="Write what is found as a baseline; with --baseline, what of it is still found. "
    "Not together with --as-of.",
)
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
    waiver_files: tuple[str, ...],
    no_waivers: bool,
    baseline: str | None,
    write_baseline: str | None,
) -> int:
    """Look for orphans, gaps and faulty links.

    Exits with 1 when there are findings of the asked severity that are neither waived nor in
    the baseline.

    Example: kg audit --rule unlinked --fail-on never
    """
    from kg.checks.auditing import audit
    from kg.checks.baseline import read_baseline
    from kg.model.findings import Severity
    from kg.opening import load
    from kg.reports.forms import rule_texts, summary

    if list_rules:
        _list_rules(form, output)
        return 0
    refuse_input(path, output)
    if write_baseline and as_of:
        # What is passed over on one day, for instance because a link is not yet in force, is
        # not gone; a baseline that was tightened on that day would have lost it.
        raise SettingsError(
            "baseline-as-of",
            "--write-baseline does not go with --as-of, under which findings are passed over",
            hint="write the baseline without --as-of; --baseline alone goes with it",
        )
    graph = load(path, tolerant=True, store=store, as_of=as_of)
    known = read_baseline(Path(baseline)) if baseline else []
    waivers = _waivers(graph, waiver_files, none=no_waivers)
    report = audit(graph, bases=bases, rules=rules or None, waivers=waivers, baseline=known)
    code = int(fail_on != "never" and report.reaches(Severity[fail_on.upper()]))
    if write_baseline and not baseline:
        code = 0  # all that was found is known from now on
    emit_findings(
        report.findings,
        rule_texts(rules),
        root_of(path, store, flat=graph.flat),
        form=form,
        output=output,
        exit_code=code,
        baseline=True if baseline else None,
    )
    of = f" on {report.checked} node{'' if report.checked == 1 else 's'}"
    say_summary(summary(report.findings, of=of))
    say_summary(f"kg: {remark}" for remark in (*graph.remarks, *report.remarks))
    if baseline and not write_baseline and not as_of:
        _say_gone(report, known, baseline)
    if write_baseline:
        _write(Path(write_baseline), report, known if baseline else None, rules)
    return code


def _list_rules(form: str | None, output: str | None) -> None:
    """Write what every rule looks for."""
    from kg.cli.rendering import emit_dicts
    from kg.reports.forms import rule_texts

    if output is not None or form not in (None, *TABLES):
        raise SettingsError(
            "rules-form",
            "rules are listed as a table, and to standard output",
            hint=f"forms: {', '.join(TABLES)}",
        )
    listed = [{**rule._asdict(), "severity": rule.severity.word} for rule in rule_texts()]
    emit_dicts(listed, ("id", "severity", "sentence", "fix"), form)


def _waivers(graph: KnowledgeGraph, files: tuple[str, ...], *, none: bool) -> list[Waiver]:
    """Return the waivers that belong to a graph, and those of further files."""
    from kg.checks.waiving import read_waiver_file, waivers_of

    if none and files:
        raise SettingsError(
            "waivers", "both --waivers and --no-waivers are given", hint="leave one of them out"
        )
    if none:
        return []
    return [
        *waivers_of(graph),
        *(found for file in files for found in read_waiver_file(Path(file))),
    ]


def _say_gone(report: Report, known: Sequence[Entry], baseline: str) -> None:
    """Say what of a baseline is not found any more, and how to tighten it."""
    from kg.checks.baseline import gone_words

    if report.gone:
        words = gone_words(report.gone, len(known))
        again = f"kg audit --baseline {baseline} --write-baseline {baseline}"
        say_summary([f"kg: {words}: tighten it with: {again}"])


def _write(path: Path, report: Report, known: list[Entry] | None, rules: tuple[str, ...]) -> None:
    """Write a baseline; what a run of some rules did not look at stays in one that is tightened."""
    from kg.checks.baseline import entries_of, write_baseline

    entries = entries_of(report, only_known=known is not None)
    entries += [entry for entry in known or () if rules and entry.rule not in rules]
    count = write_baseline(path, entries)
    say_summary([f"kg: {path} lists {count} finding{'' if count == 1 else 's'}"])
