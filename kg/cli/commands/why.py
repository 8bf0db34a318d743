"""`kg why`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option, store_option

if TYPE_CHECKING:
    from kg.model.bases import Basis


@click.command
@click.argument("node")
@click.argument("target", required=False)
@click.option(
    "--limit",
    default=20,
    show_default=True,
    type=click.IntRange(min=1),
    help="Number of targets to explain.",
)
@basis_option
@store_option
@as_of_option
@graph_option
@format_option
def command(
    node: str,
    target: str | None,
    path: str | None,
    store: str | None,
    form: str | None,
    *,
    as_of: str | None,
    limit: int,
    bases: frozenset[Basis],
) -> int:
    """Explain why a node serves what it serves, or why it is no orphan.

    Prints the shortest and the strongest chain to TARGET, or to every national objective and
    instrument, with the words that show each hop. Every chain is checked again before it is
    shown. Where there is none, says what `kg why-not` says. Exits with 0 when a target is
    reached, and with 1 when none is.

    Example: kg why telford-2011/action/4
    """
    from kg.cli.explained import answer
    from kg.opening import load, read_texts

    graph = load(path, store=store, as_of=as_of)
    return answer(graph, node, target, read_texts(graph, path), form, bases=bases, limit=limit)
