"""`kg why-not`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option, store_option

if TYPE_CHECKING:
    from kg.model.bases import Basis


@click.command(name="why-not")
@click.argument("node")
@click.argument("target", required=False)
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
    bases: frozenset[Basis],
) -> int:
    """Explain why a node does not serve something, and what would be needed.

    Prints where its chains stop and the reason: jurisdiction, time, or what the document shows
    of the gap; claims that wait for a decision; what kind of statement is missing; and intents
    with similar words, which are no links. Where a chain does lead to TARGET, shows it. Exits
    as `kg why` does: with 0 when a target is reached, and with 1 when none is.

    Example: kg why-not dundee-2019/action/1 no-health-without-mental-health
    """
    from kg.cli.explained import answer
    from kg.opening import load, read_texts

    graph = load(path, store=store, as_of=as_of)
    return answer(graph, node, target, read_texts(graph, path), form, bases=bases, doubted=True)
