"""`kg show`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, format_option, graph_option, store_option

if TYPE_CHECKING:
    from kg.model.records import Claim


@click.command
@click.argument("node")
@store_option
@as_of_option
@graph_option
@format_option
def command(
    node: str, path: str | None, store: str | None, form: str | None, as_of: str | None
) -> None:
    """Show one node: its words, links, dates, money and gaps.

    Example: kg show worcestershire-2009/intention/5
    """
    from kg.cli.rendering import emit_dicts, history_line
    from kg.opening import load, show

    graph = load(path, store=store, as_of=as_of)
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
            "valid",
            "confidence",
            "note",
        )
        if (value := getattr(found, name))
    )
    if graph.day:
        how = graph.life(found.id)
        rows.append((f"on {graph.day}", how.state, how.words()))
    rows += [("also called", other, "") for other in found.alternatives]
    rows += [("stands at", f"{p.document}:{p.lines}", p.words) for p in found.passages]
    rows += [(c.predicate, c.object, _standing(c)) for c in graph.claims_from(found.id)]
    rows += [(f"is {c.predicate} of", c.subject, _standing(c)) for c in graph.claims_to(found.id)]
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


def _standing(claim: Claim) -> str:
    """Say on what basis a link stands, what was decided about it, and when it is valid."""
    valid = f", valid {claim.valid}" if claim.valid else ""
    return f"{claim.basis.word}, {claim.decision}{valid}"
