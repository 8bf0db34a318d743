"""`kg build`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from kg.errors import SettingsError

if TYPE_CHECKING:
    from kg.building.build import Built

_PREVIOUS: Final = "\0previous"
"""What `--rollback` without a name means; nothing that is typed can be equal to it."""


@click.command
@click.option(
    "--data",
    metavar="PATH",
    default=None,
    help="A data folder, or one flat table (CSV). Default: the bundled data.",
)
@click.option(
    "-o", "--output", default=".kg", show_default=True, metavar="FOLDER", help="Folder of releases."
)
@click.option(
    "--shapes/--no-shapes",
    default=None,
    help="Check the SHACL shapes too, which takes most of the time.  "
    "[default: up to 200 000 statements]",
)
@click.option(
    "--keep",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    metavar="N",
    help="Releases to keep, the one in use among them.",
)
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="Wait that long for another build that is writing there.",
)
@click.option(
    "--rollback",
    is_flag=False,
    flag_value=_PREVIOUS,
    default=None,
    metavar="[NAME]",
    # A setting in the environment is for every build; going back is for once.
    allow_from_autoenv=False,
    help="Build nothing: use the release before, or this one, again.",
)
@click.option(
    "--store/--no-store",
    default=None,
    help="Keep the triples in an Oxigraph folder too, ready for SPARQL.  "
    "[default: from 500 000 statements]",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing when all is well.")
def command(
    data: str | None,
    output: str,
    *,
    shapes: bool | None,
    keep: int,
    wait: float,
    rollback: str | None,
    store: bool | None,
    quiet: bool,
) -> None:
    """Build a verified release from registers and documents, or from one flat table (CSV).

    Every quotation is found in its document, or the build fails and names it. What has not
    changed since the last build is not done again.

    Example: kg build
    """
    home = Path(output)
    if rollback is not None:
        _roll_back(home, "" if rollback == _PREVIOUS else rollback, wait, quiet=quiet)
        return
    if data == "":
        raise SettingsError(
            "no-data", "the path after --data is empty", hint="give one, or leave --data out"
        )
    from kg.building.build import run_build
    from kg.building.options import Options
    from kg.cli.progress import shown_progress
    from kg.resources import data_folder

    with shown_progress(quiet=quiet) as progress:
        built = run_build(
            data_folder() if data is None else Path(data),
            home,
            shapes=shapes,
            options=Options(wait=wait, keep=keep, tell=_tell, progress=progress, store=store),
        )
    _report(built, output, asked=shapes, quiet=quiet)


def _report(built: Built, output: str, *, asked: bool | None, quiet: bool) -> None:
    release, counts = built.release, built.release.manifest["counts"]
    graph = release.graph()
    if asked is None and not built.shapes and not graph.flat:
        _tell(
            f"kg: the shapes were not checked: {counts['statements']} statements are many; "
            "check them with: kg build --shapes"
        )
    if graph.problems:
        _tell(f"kg: the rows have {len(graph.problems)} faults; see: kg audit -g {output}")
    if quiet:
        return
    said = (
        "each row is its own evidence" if graph.flat else "every quotation stands in its document"
    )
    if built.unchanged:
        said = "nothing has changed"
    _tell(
        f"release {release.name} in {output}: {counts['nodes']} nodes, "
        f"{counts['claims']} claims ({counts['inferred']} inferred), "
        f"{counts['facts']} facts, {counts['statements']} statements; {said}"
    )


def _tell(message: str) -> None:
    click.echo(message, err=True)


def _roll_back(home: Path, name: str, wait: float, *, quiet: bool) -> None:
    from kg.store.rollback import roll_back

    back = roll_back(home, name, wait=wait, tell=_tell)
    if quiet:
        return
    name = back.release.name
    when = f", built {back.entry.built}" if back.entry.built else ""
    until = "it was in use already" if back.left == name else f"until now it was {back.left}"
    if not back.left:
        until = "until now the pointer was lost or damaged"
    _tell(
        f"in use again in {home}: release {name} (number {back.entry.sequence}{when}), "
        f"every byte verified; {until}"
    )
