"""Adding links: the words must stand in a document, and somebody answers for it by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.building.curation import LINK, claim_of, curated, named, refuse_known, taken_by
from kg.building.drafts import Drafts, Edit, check
from kg.errors import LoadError, Place, SettingsError
from kg.model.bases import Basis
from kg.registers.deciding import ADDED
from kg.registers.documents import read_document
from kg.registers.editing import typed
from kg.registers.rows import SEPARATOR
from kg.registers.schemas import read_schema

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from kg.errors import KgError
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Passage


def add_claim(
    data: Path,
    subject: str,
    predicate: str,
    object_: str,
    *,
    basis: str,
    quote: str,
    by: str,
    reason: str,
    line: str = "",
    document: str = "",
    rationale: str = "",
    confidence: str = "",
    note: str = "",
    on: str = "",
    force: bool = False,
    dry_run: bool = False,
    today: date | None = None,
) -> Edit:
    """Add a link that the words of a document support, as a named person and for a reason.

    Args:
        data: The data folder.
        subject: The thing that the link starts from, by any of its names.
        predicate: The kind of link, a property of the ontology.
        object_: The thing that it leads to, by any of its names.
        basis: `stated`, `inherited` or `interpreted`.
        quote: The words, verbatim but for white space; several passages separated by ` | `.
        by: The name of the person or body who adds it, and answers for it.
        reason: Why it is added.
        line: The line on which the words begin, where they stand at several places.
        document: The id of the document; that of the folder when left out.
        rationale: Why the words are read so; for an interpreted link, and else empty.
        confidence: How sure they are, from 0 to 1; the same.
        note: Anything that a reader should know.
        on: The day, as `2026-11-24`; today when left out.
        force: Write even when items cease to reach anything.
        dry_run: Write nothing; say what would be written.
        today: The day of today.

    Raises:
        KgError: If an end is not known, the words do not stand in the document, the link is
            there already, or the registers would not read with it.

    Example:
        >>> from kg.resources import data_folder
        >>> edit = add_claim(data_folder(), "telford-2011/action/4", "cites", "new-horizons",
        ...                  basis="stated", quote="Establish task group June 2011",
        ...                  by="Ann Other", reason="only to see", dry_run=True)
        >>> [name.rpartition("/")[2] for name in edit.files], edit.written
        (['links.csv', 'decisions.csv'], False)
    """
    taken = taken_by(by, reason, on, today)
    with curated(data, dry_run=dry_run) as graph:
        row = {
            "subject": graph.node(subject).id,
            "predicate": _known(data, "predicate", predicate),
            "object": graph.node(object_).id,
            "basis": _known(data, "basis", basis),
            "quote": _quotation(quote),
            "line": line,
            "decision": "open",  # until the row of decisions beside it says who accepts it
            "rationale": typed(rationale, "the rationale", lines=True) if rationale else "",
            "confidence": confidence,
            "note": typed(note, "the note", lines=True) if note else "",
        }
        _refuse_unfounded(row)
        plan = _folder(graph, data, row["subject"], document)
        source = document or plan
        row["document"] = "" if source == plan else source
        made = claim_of(graph, row, _located(graph, data, source, row["quote"], line))
        refuse_known(graph, made)
        drafts = Drafts(data, plan)
        drafts.add("links", row, ("subject",))
        drafts.add("decisions", {**named(made), "decision": ADDED, **taken}, LINK, ordered=True)
        edit = check(graph, drafts, {made.id: "accepted"})
        return edit if dry_run else drafts.write(edit, force=force)


def _quotation(quote: str) -> str:
    """Return what is quoted as a cell on one line; white space does not matter."""
    passages = typed(quote, "the quotation", letters=0, lines=True).split(SEPARATOR)
    return SEPARATOR.join(" ".join(passage.split()) for passage in passages)


def _refuse_unfounded(row: dict[str, str]) -> None:
    """Refuse a link whose basis does not go with what is said for it."""
    if row["basis"] == Basis.SUGGESTED.word:
        raise SettingsError(
            "unknown-code",
            "a person does not suggest a link, they judge",
            hint="choose stated, inherited or interpreted",
        )
    interpreted = row["basis"] == Basis.INTERPRETED.word
    if interpreted != bool(row["rationale"]) or interpreted != bool(row["confidence"]):
        raise SettingsError(
            "empty-cell" if interpreted else "malformed-cell",
            "an interpreted link needs a rationale and a confidence"
            if interpreted
            else f"a {row['basis']} link is no judgement: it has no rationale or confidence",
            hint="give --rationale and --confidence with --basis interpreted, and only then",
        )


def _known(data: Path, column: str, word: str) -> str:
    """Return a word that the registers of links and decisions both take in a column."""
    takes = [
        next(
            field.choices
            for field in read_schema(data / "schemas", name).fields
            if field.name == column
        )
        for name in ("links", "decisions")
    ]
    word = word.removeprefix("lin:")
    choices = [choice for choice in takes[0] if choice in takes[1]]
    if word not in choices:
        hint = f"choose from {', '.join(choices)}"
        if word == "supersedes":
            hint = "say it in the column supersedes of instruments.csv"
        raise SettingsError("unknown-code", f"no {column} of links is called {word!r}", hint=hint)
    return word


def _folder(graph: KnowledgeGraph, data: Path, subject: str, document: str) -> str:
    """Return the folder whose register a new link belongs to."""
    plans = [graph.instrument_of(subject)]
    if document in graph.documents:
        plans.append(graph.documents[document].instrument)
    for plan in plans:
        if plan and (data / "registers" / plan / "links.csv").is_file():
            return plan
    raise LoadError(
        "load-file",
        f"there is no register of links for {subject}",
        hint="name a document with --document whose instrument has one, "
        f"or make registers/{plans[0]}/links.csv with a header",
    )


def _located(
    graph: KnowledgeGraph, data: Path, name: str, quote: str, line: str
) -> tuple[Passage, ...]:
    """Find the words that a link quotes, as the reading of its row will."""
    document = graph.documents.get(name)
    if document is None:
        raise SettingsError(
            "unknown-id",
            f"no document is called {name!r}",
            hint=f"say which with --document: {', '.join(graph.documents)}",
        )
    errors: list[KgError] = []
    source = read_document(document, data, Place(document.path), errors)
    if errors or source is None:
        raise errors[0]
    quotes = quote.split(SEPARATOR)
    lines = [part.strip() for part in line.split("|")] if line else [""] * len(quotes)
    if len(lines) != len(quotes):
        message = f"{len(quotes)} passages are quoted, but {len(lines)} lines are given"
        raise SettingsError("malformed-cell", message, hint="give one line a passage, - for none")
    return tuple(source.locate(words, at) for words, at in zip(quotes, lines, strict=True))
