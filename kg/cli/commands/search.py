"""`kg search`."""

from __future__ import annotations

import click

from kg.cli.options import as_of_option, format_option, graph_option, store_option


@click.command
@click.argument("words", nargs=-1, required=True)
@click.option("--level", default=None, help="Only this class (or its alternative label).")
@store_option
@as_of_option
@graph_option
@format_option
def command(
    words: tuple[str, ...],
    level: str | None,
    path: str | None,
    store: str | None,
    form: str | None,
    as_of: str | None,
) -> None:
    """Find nodes by words; all of them must occur.

    Example: kg search crisis --level Action
    """
    from kg.cli.rendering import emit_dicts
    from kg.opening import load, search

    graph = load(path, store=store, as_of=as_of)
    classes = None if level is None else [_class(level, graph.table.classes)]
    columns = ("node", "class", "label", "lines", *(("state",) if graph.day else ()))
    rows = [
        {
            "node": n.id,
            "class": n.cls,
            "label": n.label,
            "lines": ", ".join(f"{p.document}:{p.lines}" for p in n.passages),
            "state": graph.life(n.id).state,
        }
        for n in search(graph, " ".join(words), classes)
    ]
    emit_dicts([{name: row[name] for name in columns} for row in rows], columns, form)
    if not rows:
        click.echo("nothing found", err=True)


def _class(word: str, present: tuple[str, ...]) -> str:
    """Return the class that a word means: a level, or another class that the graph has."""
    from kg.errors import SettingsError
    from kg.model.levels import class_of, level_words

    found = class_of(word) or next((c for c in present if c.lower() == word.lower()), None)
    if found is None:
        others = sorted(set(present) - set(level_words()))
        also = f"; other classes here: {', '.join(others)}" if others else ""
        raise SettingsError(
            "unknown-level",
            f"no level is called {word!r}",
            hint=f"levels are {', '.join(level_words())}{also}",
        )
    return found
