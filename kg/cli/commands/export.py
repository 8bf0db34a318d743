"""`kg export`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import as_of_option, graph_option


@click.command
@click.option(
    "-o", "--output", default="", metavar="FILE", help="File to write; with --all, a new folder."
)
@click.option(
    "-f",
    "--format",
    "form",
    default="",
    metavar="FORMAT",
    help="One of the formats of --list. Default: the file's ending.",
)
@click.option("--list", "listed", is_flag=True, help="List the formats, and what each leaves out.")
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Write every format into a folder, with a description (DCAT, VoID), a citation and "
    "SHA-256 checksums.",
)
@click.option(
    "--context",
    type=click.Choice(["embed", "file"]),
    default="embed",
    show_default=True,
    help="Where JSON-LD has its context: inside, or in context.jsonld beside it.",
)
@as_of_option
@graph_option
def command(
    *,
    output: str,
    form: str,
    listed: bool,
    everything: bool,
    context: str,
    path: str | None,
    as_of: str | None,
) -> None:
    """Write the graph for other tools, or list the formats.

    Example: kg export -o lineage.ttl
    """
    if listed:
        _print_formats()
        return
    if not output:
        message = "say where to write with -o, or see the formats with --list"
        raise click.UsageError(message)
    if everything:
        if form:
            message = "--all writes every format; leave out --format"
            raise click.UsageError(message)
        _export_all(Path(output), path, as_of)
        return
    from kg.exporting import export

    target = export(Path(output), form, path, as_of=as_of, context=context)
    click.echo(f"wrote {target}", err=True)


def _print_formats() -> None:
    from kg.reports.formats import FORMATS

    for known in FORMATS.values():
        endings = ", ".join(f".{ending}" for ending in known.endings)
        kind = "whole: can be read back" if known.lossless else "in part"
        shown = f"{known.name}  ({'; '.join(filter(None, (endings, kind)))})"
        click.echo(f"{shown}\n  {known.sentence}")
        for loss in known.losses:
            click.echo(f"  left out: {loss}")
        click.echo()


def _export_all(folder: Path, path: str | None, as_of: str | None) -> None:
    from kg.exporting import export_all

    package = export_all(folder, path, as_of=as_of)
    for name in package.files:
        click.echo(f"wrote {package.folder / name}", err=True)
    for name, reason in package.left_out:
        click.echo(f"left out {name}: {reason}", err=True)
