"""`kg show`."""

from __future__ import annotations

import click

from kg.cli.options import format_option, graph_option, store_option


@click.command
@click.argument("node")
@store_option
@graph_option
@format_option
def command(node: str, path: str | None, store: str | None, form: str | None) -> None:
    """Show one node: its words, links, dates, money and gaps.

    Example: kg show worcestershire-2009/intention/5
    """
    from kg.cli.rendering import emit_dicts, history_line
    from kg.opening import load, show

    graph = load(path, store=store)
    found = show(graph, node)
    rows = [("class", found.cls, ""), ("label", found.label, "")]
    if found.text and found.text != found.label:
        rows.append(("words (repaired)" if found.repaired else "words", found.text, ""))
    rows.extend(
        (name.replace("_", " "), value, "")
        for name in (
            "kind",
            "instrument",
            "called_in_source",
            "number",
            "level",
            "jurisdiction",
            "issued",
            "confidence",
            "note",
        )
        if (value := getattr(found, name))
    )
    rows += [("also called", other, "") for other in found.alternatives]
    rows += [("stands at", f"{p.document}:{p.lines}", p.words) for p in found.passages]
    rows += [
        (c.predicate, c.object, f"{c.basis.word}, {c.decision}")
        for c in graph.claims_from(found.id)
    ]
    rows += [
        (f"is {c.predicate} of", c.subject, f"{c.basis.word}, {c.decision}")
        for c in graph.claims_to(found.id)
    ]
    rows += [
        (
            f.kind,
            ", ".join(f"{k}: {v}" for k, v in f.values.items()),
            "; ".join(f"{p.document}:{p.lines}" for p in f.passages),
        )
        for f in graph.facts_of.get(found.id, ())
    ]
    rows += [
        (f"{c.predicate} {taken.decision}", c.object, history_line(taken))
        for c in (*graph.claims_from(found.id), *graph.claims_to(found.id))
        for taken in c.decisions
    ]
    columns = ("what", "value", "more")
    emit_dicts([dict(zip(columns, row, strict=True)) for row in rows], columns, form)
