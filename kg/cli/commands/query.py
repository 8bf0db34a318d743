"""`kg query`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from kg.cli.options import format_option, graph_option, store_option


@click.command
@click.argument("name")
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of a stored question (repeatable).",
)
@store_option
@graph_option
@format_option
def command(
    name: str, params: tuple[str, ...], path: str | None, store: str | None, form: str | None
) -> None:
    """Ask a stored question, a file of SPARQL, or standard input (-).

    With --format json a file or standard input gives SPARQL 1.1 JSON results.

    Example: kg query objectives-of-action -p action=telford-2011/action/4
    """
    from kg.cli.rendering import emit
    from kg.errors import LoadError, SettingsError
    from kg.opening import connect, open_triples, query
    from kg.sparql.execution import ask, ask_json

    given = dict(part.split("=", 1) for part in params if "=" in part)
    if len(given) != len(params):
        raise SettingsError(
            "parameter",
            "a parameter is not written NAME=VALUE, or stands twice",
            hint="write -p action=telford-2011/action/4",
        )
    if name != "-" and not name.endswith(".rq"):
        emit(query(name, given, path, store=store), form)
        return
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(
            "load-file", f"cannot read {name}: {error}", hint="check the path"
        ) from error
    shown = "standard input" if name == "-" else name
    with connect(store) if store else nullcontext(open_triples(path)) as triples:
        if form == "json":
            click.echo(ask_json(triples, text, shown=shown), nl=False)
        else:
            emit(ask(triples, text, shown=shown), form)
