"""`kg publish`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import format_option, server_options

if TYPE_CHECKING:
    from kg.store.publishing import Published

COLUMNS = ("graph", "statements", "sha256", "state")


@click.command
@server_options
@click.option(
    "--chunk",
    default=20_000,
    show_default=True,
    type=click.IntRange(min=1),
    help="Statements of one call.",
)
@click.option("-q", "--quiet", is_flag=True, help="Say nothing while all goes well.")
@click.option(
    "-g",
    "--graph",
    "path",
    metavar="FOLDER",
    default=None,
    help="A folder of releases. Default: .kg here, else the bundled data.",
)
@format_option
def command(
    target: str,
    update_url: str,
    graph_store: str,
    path: str | None,
    form: str | None,
    *,
    chunk: int,
    quiet: bool,
) -> None:
    """Load a release into a SPARQL server, and prove by counts and hashes that it arrived.

    Graphs of an earlier release are replaced, those that this one does not have are removed.
    Broken off, it goes on where it stopped when it is run again.

    Example: kg publish --store http://127.0.0.1:7878/query --graph-store http://127.0.0.1:7878/store
    """
    from kg.cli.rendering import emit_dicts, plural
    from kg.opening import publish

    def say(one: Published) -> None:
        if not quiet:
            click.echo(f"{one.state} {one.graph} ({plural(one.statements, 'statement')})", err=True)

    done = publish(
        target,
        update_url=update_url,
        graph_store=graph_store,
        path=path,
        chunk=chunk,
        say=say,
    )
    emit_dicts([one._asdict() for one in done], COLUMNS, form)
    if not quiet:
        total = sum(one.statements for one in done)
        click.echo(
            f"{plural(total, 'statement is', 'statements are')} there: "
            "counts and hashes read back agree",
            err=True,
        )
