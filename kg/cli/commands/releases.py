"""`kg releases`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import format_option

COLUMNS = (
    "sequence",
    "release",
    "built",
    "version",
    "nodes",
    "claims",
    "statements",
    "in_use",
    "whole",
)


@click.command
@click.option(
    "-o", "--output", default=".kg", show_default=True, metavar="FOLDER", help="Folder of releases."
)
@click.option("--verify", is_flag=True, help="Read every byte; exit with 1 when one is wrong.")
@format_option
def command(output: str, *, verify: bool, form: str | None) -> int:
    """List the releases that are kept, the newest first.

    Without --verify a release counts as whole when its files are there and have their sizes.

    Example: kg releases --verify
    """
    from kg.cli.rendering import emit_dicts
    from kg.store.history import list_releases

    listed, problems = list_releases(Path(output), hashes=verify)
    rows = [
        {
            "sequence": each.entry.sequence,
            "release": each.entry.name,
            "built": each.entry.built or None,
            "version": each.version,
            **{key: each.count(key) for key in ("nodes", "claims", "statements")},
            "in_use": each.in_use,
            "whole": not each.damage,
        }
        for each in listed
    ]
    emit_dicts(rows, COLUMNS, form)
    problems += [f"{each.entry.name}: {found}" for each in listed for found in each.damage]
    for problem in problems:
        click.echo(problem, err=True)
    return int(verify and bool(problems))
