"""Options that mean the same everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import click

from kg.model.bases import Basis, parse_bases

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
        help="A release folder, a data folder, or one flat table (CSV). "
        "Default: .kg here, else the bundled data.",
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
