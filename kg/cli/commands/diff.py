"""`kg diff`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import click

from kg.cli.options import as_of_option, basis_option, old_as_of_option

if TYPE_CHECKING:
    from kg.model.bases import Basis

SECTIONS: Final = (
    "added",
    "removed",
    "renumbered",
    "reworded",
    "relabelled",
    "moved",
    "changed",
    "links",
    "inferred",
    "facts",
    "documents",
    "orphans",
    "objectives",
    "coverage",
    "findings",
)
"""Those of `kg.checks.changes`, to which a test holds them equal; help should not load that."""


@click.command
@click.argument("old")
@click.argument("new")
@click.option(
    "--only",
    multiple=True,
    type=click.Choice(SECTIONS),
    metavar="SECTION",
    help=f"Only this section, all of it (repeatable): {', '.join(SECTIONS)}.",
)
@basis_option
@as_of_option
@old_as_of_option
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(["text", "tsv", "csv", "json", "jsonl"]),
    default="text",
    show_default=True,
    help="Text for people, rows, or one JSON document.",
)
def command(
    old: str,
    new: str,
    only: tuple[str, ...],
    bases: frozenset[Basis],
    form: str,
    *,
    as_of: str | None,
    old_as_of: str | None,
) -> int:
    """Say what differs between OLD and NEW, and what followed.

    OLD and NEW are flat tables (CSV), data folders, folders of releases (the one in use is
    meant), releases or their names in .kg, or git:REV or git:REV:PATH. Exits with 1 when
    anything differs. Give the same graph twice with --old-as-of and --as-of to see what time
    alone has changed.

    Example: kg diff git:HEAD~1 data
    """
    from kg.checks.comparison import compare
    from kg.cli.changes import lines
    from kg.cli.rendering import render_rows
    from kg.revisions import open_pair

    before, after = open_pair(old, new, as_of=as_of, old_as_of=old_as_of)
    changes = compare(before.graph, after.graph, bases=bases)
    if form == "text":
        for line in lines(changes, only):
            click.echo(line)
    elif form == "json":
        found = {"old": before.name, "new": after.name, **changes.as_dict(only or SECTIONS)}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        table = changes.table(only or SECTIONS)
        for piece in render_rows(table.columns, table.rows, form):
            click.echo(piece, nl=False)
    for revision in (before, after):
        if faults := len(revision.graph.problems):
            noun = "1 fault" if faults == 1 else f"{faults} faults"
            click.echo(f"{revision.name} has {noun}; see: kg audit", err=True)
    return int(not changes.same)
