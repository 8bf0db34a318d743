"""`kg audit`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import basis_option, format_option, graph_option, store_option
from kg.errors import SettingsError
from kg.model.findings import KNOWN, WAIVED

if TYPE_CHECKING:
    from kg.checks.baseline import Entry
    from kg.model.bases import Basis
    from kg.model.findings import Report
    from kg.model.governance import Waiver
    from kg.model.graph import KnowledgeGraph

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
    "excuse",
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
    help="Write what is found as a baseline; with --baseline, what of it is still found.",
)
@basis_option
@store_option
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
    from kg.checks.baseline import gone_words, read_baseline
    from kg.cli.rendering import emit_dicts
    from kg.model.findings import Severity
    from kg.opening import load

    graph = load(path, tolerant=True, store=store)
    known = read_baseline(Path(baseline)) if baseline else []
    waivers = _waivers(graph, waiver_files, none=no_waivers)
    report = audit(graph, bases=bases, rules=rules or None, waivers=waivers, baseline=known)
    emit_dicts([finding.as_dict() for finding in report], COLUMNS, form)
    counts = {s: sum(f.severity is s for f in report) for s in reversed(Severity)}
    said = ", ".join(f"{number} {severity.word}" for severity, number in counts.items())
    click.echo(
        f"{len(report)} findings ({said}) on {report.checked} nodes{_set_by(report)}", err=True
    )
    for remark in (*graph.remarks, *report.remarks):
        click.echo(f"kg: {remark}", err=True)
    if report.gone and not write_baseline:
        click.echo(
            f"kg: {gone_words(report.gone, len(known))}: tighten it with: "
            f"kg audit --baseline {baseline} --write-baseline {baseline}",
            err=True,
        )
    if write_baseline:
        _write(Path(write_baseline), report, known if baseline else None, rules)
        if not baseline:
            return 0  # all that was found is known from now on
    return int(fail_on != "never" and report.reaches(Severity[fail_on.upper()]))


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


def _set_by(report: Report) -> str:
    """Say how many findings do not count."""
    counts = {s: sum(f.status == s for f in report) for s in (WAIVED, KNOWN)}
    said = ", ".join(f"{number} {status}" for status, number in counts.items() if number)
    return f"; of these {said}" if said else ""


def _write(path: Path, report: Report, known: list[Entry] | None, rules: tuple[str, ...]) -> None:
    """Write a baseline; what a run of some rules did not look at stays in one that is tightened."""
    from kg.checks.baseline import entries_of, write_baseline

    entries = entries_of(report, only_known=known is not None)
    entries += [entry for entry in known or () if rules and entry.rule not in rules]
    count = write_baseline(path, entries)
    click.echo(f"kg: {path} lists {count} finding{'' if count == 1 else 's'}", err=True)
