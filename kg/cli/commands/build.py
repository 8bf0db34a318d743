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
    "--shapes/--no-shapes",
    default=None,
    help="Check the SHACL shapes too, which takes most of the time.  "
    "[default: up to 200 000 statements]",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all is well.")
def command(data: str | None, output: str, *, shapes: bool | None, quiet: bool) -> None:
    """Build a verified release from registers and documents.

    Every quotation is found in its document, or the build fails and names it. What has not
    changed since the last build is not done again.

    Example: kg build
    """
    from kg.building.build import run_build
    from kg.cli.progress import shown_progress
    from kg.resources import data_folder

    with shown_progress(quiet=quiet) as progress:
        built = run_build(
            Path(data) if data else data_folder(), Path(output), shapes=shapes, progress=progress
        )
    release, counts = built.release, built.release.manifest["counts"]
    if shapes is None and not built.shapes:
        click.echo(
            f"kg: the shapes were not checked: {counts['statements']} statements are many; "
            "check them with: kg build --shapes",
            err=True,
        )
    if not quiet:
        said = (
            "nothing has changed" if built.unchanged else "every quotation stands in its document"
        )
        click.echo(
            f"release {release.name} in {output}: {counts['nodes']} nodes, "
            f"{counts['claims']} claims ({counts['inferred']} inferred), "
            f"{counts['facts']} facts, {counts['statements']} statements; {said}",
            err=True,
        )
