"""What commands that find something share: their forms, where they write, what they sum up."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.model.findings import Finding
    from kg.reports.forms import Root, RuleText

F = TypeVar("F", bound="Callable[..., Any]")
TABLES: Final = ("table", "tsv", "csv", "json", "jsonl")
FORMS: Final = (*TABLES, "sarif", "junit", "github")


def findings_options(function: F) -> F:
    """Add `-f/--format` with the forms that other programs read, and `-o/--output`."""
    for option in (
        click.option(
            "-o",
            "--output",
            metavar="FILE",
            default=None,
            help="Write there instead of to standard output; whole or not at all.",
        ),
        click.option(
            "-f",
            "--format",
            "form",
            type=click.Choice(FORMS),
            default=None,
            help="Default: table on a terminal or with -o, tsv in a pipe.",
        ),
    ):
        function = option(function)
    return function


def emit_findings(
    findings: Sequence[Finding],
    rules: Iterable[RuleText],
    root: Root,
    *,
    form: str | None,
    output: str | None = None,
    exit_code: int = 0,
    baseline: bool | None = None,
    category: str = "audit",
) -> None:
    """Write findings in the form asked for, to standard output or into a file.

    Args:
        findings: The findings.
        rules: The rules that ran.
        root: Where the files are that findings name.
        form: One of `FORMS`; none chooses by where it goes.
        output: A file to be written in one step.
        exit_code: What the command will exit with.
        baseline: Whether they were compared with those of before; left out, if one is known.
        category: What the run was.

    Raises:
        KgError: `file-write` when the file cannot be written.
    """
    from kg.cli.rendering import choose

    chosen = form or ("table" if output else choose(None))
    if chosen == "sarif":
        from kg.reports.sarif import sarif

        pieces = sarif(
            findings, rules, root, exit_code=exit_code, baseline=baseline, category=category
        )
    else:
        pieces = _pieces(findings, rules, root, chosen)
    if output is None:
        # Not click.echo, which flushes every piece of a million.
        sys.stdout.writelines(pieces)
        sys.stdout.flush()
        return
    from kg.store.files import write_text

    write_text(Path(output), pieces)


def _pieces(
    findings: Sequence[Finding],
    rules: Iterable[RuleText],
    root: Root,
    form: str,
) -> Iterator[str]:
    if form == "junit":
        from kg.reports.junit import junit

        return junit(findings, rules)
    if form == "github":
        from kg.reports.github import github

        return github(findings, root)
    if form == "table":
        from kg.reports.forms import table

        return table(findings, shutil.get_terminal_size((100, 24)).columns)
    from kg.cli.rendering import render_rows
    from kg.model.findings import FIELDS

    return render_rows(FIELDS, map(_row, findings), form)


def _row(finding: Finding) -> tuple[str | int, ...]:
    """Return the fields of a finding; a file's name that is no Unicode with its bytes shown."""
    cells = finding.as_dict()
    cells["file"] = finding.file.encode(errors="backslashreplace").decode()
    return tuple(cells.values())


def refuse_input(path: str | None, output: str | None) -> None:
    """Refuse to write over the table that is read.

    Raises:
        ExportError: `export-over-input`.

    Example:
        >>> refuse_input("plan.csv", "audit.csv")
    """
    if path is None or output is None or Path(path).is_dir():
        return
    if Path(path).resolve() == Path(output).resolve():
        from kg.errors import ExportError

        raise ExportError(
            "export-over-input",
            f"{output} is the table that is read",
            hint="choose another name with -o",
        )


def root_of(path: str | None, store: str | None = None, *, flat: bool = False) -> Root:
    """Return where the files are that findings of a graph name.

    Args:
        path: The graph, as `kg.load` takes it.
        store: The address of a server, of whose files nothing is known.
        flat: Whether the graph is one flat table, whose path was given from here.
    """
    from kg.reports.forms import Root

    if store is not None:
        return Root()
    here = Path.cwd()
    if flat:
        return Root(here, here)
    if path is not None and (Path(path) / "documents.csv").is_file():
        return Root(Path(path), here)
    if path is not None and Path(path).is_file():
        return Root()  # an export says which registers it is from, and not where they lie
    from kg.bundled import find_release
    from kg.resources import data_folder

    source = str(find_release(path).manifest.get("source", ""))
    folder = Path(source) if source else data_folder()
    return Root(folder, here) if folder.is_dir() else Root()


def say_summary(lines: Iterable[str]) -> None:
    """Write what was found in a few lines to standard error."""
    for line in lines:
        click.echo(line, err=True)
