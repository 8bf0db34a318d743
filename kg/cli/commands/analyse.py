"""`kg analyse`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option, store_option

if TYPE_CHECKING:
    from kg.model.bases import Basis


@click.command
@click.argument("name", required=False)
@click.argument("places", nargs=-1)
@click.option("--explain", is_flag=True, help="Say only how the table is read.")
@basis_option
@store_option
@as_of_option
@graph_option
@format_option
def command(
    name: str | None,
    places: tuple[str, ...],
    path: str | None,
    store: str | None,
    form: str | None,
    bases: frozenset[Basis],
    *,
    as_of: str | None,
    explain: bool,
) -> None:
    """Analyse the whole graph: coverage, leads, bridges, likeness, sensitivity.

    Without a NAME the analyses are listed. What a table does not show is said after it, on
    standard error. `compare` takes two plans or places and a framework.

    Example: kg analyse compare telford-2011 derby-2014 no-health-without-mental-health
    """
    import textwrap

    from kg.cli.rendering import emit
    from kg.lineage.analyses import ANALYSES, analyse
    from kg.model.tables import ResultTable
    from kg.opening import load

    if name is None:
        rows = tuple((key, kind.line) for key, kind in ANALYSES.items())
        emit(ResultTable(("analysis", "says"), rows), form)
        return
    found = analyse(load(path, store=store, as_of=as_of), name, *places, bases=bases)
    if explain:
        click.echo("\n\n".join(textwrap.fill(part, 96) for part in found.reading.split("\n\n")))
        return
    emit(found, form)
    click.echo(textwrap.fill(f"It does not show: {found.does_not_show}", 96), err=True)
