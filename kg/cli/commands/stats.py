"""`kg stats`."""

from __future__ import annotations

import click

from kg.cli.options import as_of_option, format_option, graph_option, store_option


@click.command
@store_option
@as_of_option
@graph_option
@format_option
def command(path: str | None, store: str | None, form: str | None, as_of: str | None) -> None:
    """Count what each instrument sets out, by class of the ontology.

    Example: kg stats --format json
    """
    from kg.cli.rendering import emit
    from kg.lineage.coverage import stats
    from kg.opening import load

    emit(stats(load(path, store=store, as_of=as_of)), form)
