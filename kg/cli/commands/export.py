"""`kg export`."""

from __future__ import annotations

from pathlib import Path

import click

from kg.cli.options import as_of_option, graph_option


@click.command
@click.option("-o", "--output", required=True, metavar="FILE", help="File to write.")
@click.option(
    "-f",
    "--format",
    "form",
    default="",
    metavar="FORMAT",
    help="ttl, trig, nq, jsonld or csv. Default: the file's ending.",
)
@as_of_option
@graph_option
def command(output: str, form: str, path: str | None, as_of: str | None) -> None:
    """Write the graph for other tools: ttl, trig, nq, jsonld, csv.

    Example: kg export -o lineage.ttl
    """
    from kg.opening import export

    target = export(Path(output), form, path, as_of=as_of)
    click.echo(f"wrote {target}", err=True)
