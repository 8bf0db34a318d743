"""`kg terms`."""

from __future__ import annotations

import click

from kg.cli.options import format_option


@click.command
@click.argument("term", required=False)
@format_option
def command(term: str | None, form: str | None) -> None:
    """Explain the ontology's terms and code lists.

    Example: kg terms serves
    """
    from kg.cli.rendering import emit_dicts
    from kg.terms import TERMS, Code
    from kg.vocabulary import define

    found = list(TERMS.values()) if term is None else define(term)
    entries = found if isinstance(found, list) else [found]
    rows = []
    for entry in entries:
        if isinstance(entry, Code):
            rows.append(
                {
                    "term": entry.code,
                    "kind": entry.scheme,
                    "under": "",
                    "definition": entry.definition,
                    "note": "",
                }
            )
        else:
            also = f" Also called: {', '.join(entry.alternatives)}." if entry.alternatives else ""
            rows.append(
                {
                    "term": entry.name,
                    "kind": entry.kind,
                    "under": ", ".join(entry.parents),
                    "definition": entry.definition,
                    "note": (entry.scope_note + also).strip(),
                }
            )
    emit_dicts(rows, ("term", "kind", "under", "definition", "note"), form)
