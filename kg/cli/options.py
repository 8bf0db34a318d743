"""Options that mean the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.errors import SettingsError
from kg.model.bases import Basis, parse_bases
from kg.model.times import parse_day

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


def graph_option(function: F) -> F:
    """Add `-g/--graph`."""
    return click.option(
        "-g",
        "--graph",
        "path",
        metavar="PATH",
        default=None,
        callback=_one_graph,
        help="A release folder, a data folder, or one flat table (CSV). "
        "Default: .kg here, else the bundled data.",
    )(function)


def registers_option(function: F) -> F:
    """Add `-g/--graph` under the name `--data` too, where other commands write to that folder."""
    return click.option(
        "-g",
        "--graph",
        "--data",
        "path",
        metavar="PATH",
        default=None,
        callback=_one_graph,
        help="A data folder, as it reads now: the one that `accept`, `reject` and `add` change "
        "with --data. Or, read only: a release folder, or one flat table (CSV). "
        "Default: .kg here, else the bundled data.",
    )(function)


def _one_graph(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Refuse two graphs at once; one of the command line goes before one of the environment."""
    other = "store" if param.name == "path" else "path"
    if value is None or ctx.params.get(other) is None:
        return value
    environment = click.core.ParameterSource.ENVIRONMENT
    if ctx.get_parameter_source(param.name or "") is environment:
        return None
    raise SettingsError(
        "two-graphs", "both --graph and --store are given", hint="leave one of them out"
    )


def store_option(function: F) -> F:
    """Add `--store`, a server that is read from instead of what `graph_option` names."""
    return click.option(
        "--store",
        "store",
        metavar="URL",
        default=None,
        envvar="KG_STORE",
        callback=_one_graph,
        help="A SPARQL 1.1 query service where a release is published; instead of -g. "
        "Credentials: see docs/how-to/use-a-sparql-server.md.",
    )(function)


def server_options(function: F) -> F:
    """Add `--store`, `--update-url` and `--graph-store` of a server that is written to."""
    for option in (
        click.option(
            "--graph-store",
            metavar="URL",
            default="",
            envvar="KG_GRAPH_STORE",
            help="Its graph store (SPARQL 1.1 Graph Store Protocol).",
        ),
        click.option(
            "--update-url",
            metavar="URL",
            default="",
            envvar="KG_UPDATE_URL",
            help="Its update service, where there is no graph store.",
        ),
        click.option(
            "--store",
            "target",
            metavar="URL",
            required=True,
            envvar="KG_STORE",
            help="The server's query service (SPARQL 1.1 Protocol).",
        ),
    ):
        function = option(function)
    return function


def as_of_option(function: F) -> F:
    """Add `--as-of`."""
    return click.option(
        "--as-of",
        metavar="DATE",
        default=None,
        callback=_day,
        help="As things stand on a day: 2011-02-02, 2011-02 or 2011 (its last day), or today. "
        "Left out, dates do not matter.",
    )(function)


def _day(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Read the day once, so that `today` is the same in all that a command does."""
    del ctx, param
    return None if value is None else parse_day(value)


def old_as_of_option(function: F) -> F:
    """Add `--old-as-of`, for what is compared with something newer."""
    return click.option(
        "--old-as-of",
        metavar="DATE",
        default=None,
        callback=_day,
        help="Take OLD as it stands on another day than --as-of.",
    )(function)


def format_option(function: F) -> F:
    """Add `-f/--format`."""
    return click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(["table", "tsv", "csv", "json", "jsonl"]),
        default=None,
        help="Default: table on a terminal, tsv in a pipe.",
    )(function)


def _bases(ctx: click.Context, param: click.Parameter, value: str) -> frozenset[Basis]:
    del ctx, param
    return parse_bases(value)


def basis_option(function: F) -> F:
    """Add `--basis`."""
    return click.option(
        "--basis",
        "bases",
        default="stated,inherited,inferred",
        show_default=True,
        callback=_bases,
        metavar="LIST",
        help="Bases to admit: stated, inherited, inferred, interpreted, or all.",
    )(function)
