"""`kg build`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command
@click.option("--data", metavar="FOLDER", default=None, help="Default: the bundled data.")
@click.option(
    "-o", "--output", default=".kg", show_default=True, metavar="FOLDER", help="Folder of releases."
)
@click.option(
    "--shapes/--no-shapes", default=True, show_default=True, help="Check the SHACL shapes too."
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all is well.")
def command(data: str | None, output: str, *, shapes: bool, quiet: bool) -> None:
    """Build a verified release from registers and documents.

    Every quotation is found in its document, or the build fails and names it.

    Example: kg build
    """
    from kg.building.build import build
    from kg.resources import data_folder

    release = build(Path(data) if data else data_folder(), Path(output), shapes=shapes)
    if not quiet:
        counts = release.manifest["counts"]
        click.echo(
            f"release {release.name} in {output}: {counts['nodes']} nodes, "
            f"{counts['claims']} claims ({counts['inferred']} inferred), "
            f"{counts['facts']} facts, {counts['statements']} statements; "
            "every quotation stands in its document",
            err=True,
        )
