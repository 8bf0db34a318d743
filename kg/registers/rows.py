"""Rows of registers, checked against their schema, with the passages that they quote."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from kg.errors import KgError, LoadError, Place
from kg.model.records import Claim, Document, Fact, Node, Passage
from kg.model.times import is_interval
from kg.registers.documents import SourceText, Texts, read_document
from kg.registers.schemas import Schema, read_schema
from kg.registers.tables import Row, decode, header_of, read_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, MutableMapping
    from pathlib import Path

V = TypeVar("V")
SEPARATOR: Final = " | "
BIBLIOGRAPHY: Final = "bibliography"
SHARED_TABLES: Final = ("readers", "documents", "instruments", "bodies")
"""The registers that all instruments share, in the order in which they are read."""
ELEMENT_TABLES: Final = ("elements", "sets")
"""The registers of an instrument's folder that say what there is."""
STATEMENT_TABLES: Final = (
    "links",
    "decisions",
    "periods",
    "allocations",
    "absences",
    "observations",
    "defects",
)
"""Those that say something about it; they may name what any other folder holds."""
FACT_KINDS: Final = {
    "periods": "Period",
    "allocations": "Allocation",
    "absences": "StatedAbsence",
    "observations": "Observation",
    "defects": "SourceDefect",
}


class Watched(Mapping[str, V]):
    """A mapping that notes which names are asked for.

    Example:
        >>> documents = Watched({})
        >>> documents.get("a"), documents.asked
        (None, {'a'})
    """

    def __init__(self, inner: Mapping[str, V]) -> None:
        self._inner = inner
        self.asked: set[str] = set()

    def __getitem__(self, name: str) -> V:
        """Return what has a name."""
        self.asked.add(name)
        return self._inner[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._inner)

    def __len__(self) -> int:
        return len(self._inner)


def _still() -> None:
    """Take no notice of a row."""


@dataclass
class Reading:
    """What has been read so far, and every error met on the way.

    Nodes, documents, texts and ids seen may be views of more than is in memory.
    """

    folder: Path
    errors: list[KgError] = field(default_factory=list)
    documents: Mapping[str, Document] = field(default_factory=dict)
    texts: Mapping[str, SourceText] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    nodes: MutableMapping[str, Node] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    doubled: dict[str, Place] = field(default_factory=dict)
    """Of each claim that stands in several rows, the first of them."""
    facts: list[Fact] = field(default_factory=list)
    seen: MutableMapping[str, Place] = field(default_factory=dict)
    drafts: Mapping[str, str] = field(default_factory=dict)
    """Texts of registers that are read in place of the files of that name."""
    schemas: dict[str, Schema] = field(default_factory=dict)
    tick: Callable[[], None] = _still
    """Called after every row, for whoever shows progress."""


def rows_of(reading: Reading, table: str, name: str) -> list[Row]:
    """Read one register and check it against its schema; faulty rows are left out."""
    schema = reading.schemas.get(table)
    if schema is None:
        schema = reading.schemas[table] = read_schema(reading.folder / "schemas", table)
    text = reading.drafts[name] if name in reading.drafts else decode(reading.folder / name, name)
    wrong = schema.check_header(header_of(text), name)
    reading.errors.extend(wrong)
    if wrong:
        return []
    rows = []
    unique = next((item.name for item in schema.fields if item.unique), "")
    for row in read_rows(text, name, reading.errors):
        errors = schema.check_row(row)
        reading.errors.extend(errors)
        if unique and not errors and not _is_new(reading, row, unique):
            continue
        if not errors:
            rows.append(row)
    return rows


def _is_new(reading: Reading, row: Row, column: str) -> bool:
    """Register an id; report it when it stands in another row already."""
    key = row[column]
    if key in reading.seen:
        reading.errors.append(
            LoadError(
                "duplicate-id",
                f"the id {key!r} is taken",
                place=row.place(column),
                hint=f"it stands at {reading.seen[key]}; give every row an id of its own",
            )
        )
        return False
    reading.seen[key] = row.place(column)
    return True


def read_documents(reading: Reading) -> None:
    """Read the registers of readers and documents, and every document's text."""
    for row in rows_of(reading, "readers", "readers.csv"):
        reading.readers[row["id"]] = row["label"]
        reading.nodes[row["id"]] = Node(
            row["id"],
            row["class"],
            row["label"],
            kind="reader",
            note=row["note"],
            origin=row.place(),
        )
    readers = dict(reading.seen)
    texts = Texts(reading.folder)
    documents: dict[str, Document] = {}
    for row in rows_of(reading, "documents", "documents.csv"):
        document = Document(
            row["id"],
            row["path"],
            row["sha256"],
            row["title"],
            row["instrument"],
            row["read_by"],
            row["read_on"],
        )
        documents[document.id] = document
        if document.read_by not in reading.readers:
            reading.errors.append(unknown(document.read_by, reading.readers, row, "read_by"))
        before = len(reading.errors)
        source = read_document(document, reading.folder, row.place("path"), reading.errors)
        if source:
            texts.add(document, source, faulty=len(reading.errors) > before)
    reading.documents, reading.texts = documents, texts
    # An id of a document may be that of its instrument: they are different things.
    reading.seen = readers


def quotations(row: Row, quote: str = "quote", line: str = "line") -> list[tuple[str, str]]:
    """Return the passages that a row quotes, each with its line or an empty text."""
    quotes = [part.strip() for part in row[quote].split(SEPARATOR)]
    lines = [part.strip() for part in row[line].split("|")] if row[line] else [""] * len(quotes)
    if len(lines) != len(quotes):
        message = f"{len(quotes)} passages are quoted, but {len(lines)} lines are given"
        raise LoadError(
            "malformed-cell",
            message,
            place=row.place(line),
            hint="give one line a passage, - for a passage that needs none",
        )
    return [(words, "" if at == "-" else at) for words, at in zip(quotes, lines, strict=True)]


def passages_of(
    reading: Reading, row: Row, own: str, quote: str = "quote", line: str = "line"
) -> tuple[Passage, ...]:
    """Find the quoted words; errors are collected and the passages found are returned."""
    if not row[quote]:
        return ()
    document = row["document"] or own
    if quote != "quote":
        document = row["source_document"] or BIBLIOGRAPHY
    source = reading.texts.get(document)
    if source is None:
        if document in reading.documents:
            return ()  # it cannot be read, and that was said once, at its own row
        reading.errors.append(unknown(document, reading.texts, row, "document"))
        return ()
    found = []
    try:
        for words, at in quotations(row, quote, line):
            try:
                found.append(source.locate(words, at))
            except KgError as error:
                error.place = row.place(quote)
                reading.errors.append(error)
    except LoadError as error:
        reading.errors.append(error)
    return tuple(found)


def check_validity(reading: Reading, row: Row) -> None:
    """Report a validity that is no interval: it would otherwise hold on every day."""
    if row["valid"] and not is_interval(row["valid"]):
        reading.errors.append(
            LoadError(
                "malformed-cell",
                f"valid is {row['valid']!r}, in which no day is first or last",
                hint="write ../2013-03-31, 2011/2014 or 2011-02/..",
                place=row.place("valid"),
            )
        )


def listed(cell: str) -> tuple[str, ...]:
    """Return the items of a cell that holds a list."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def unknown(name: str, known: Iterable[str], row: Row, column: str) -> KgError:
    """Return the error for an id that nothing has, with the nearest one that something has."""
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "add it to its register first"
    return LoadError(
        "unknown-id",
        f"{column} names {name!r}, which is not known",
        hint=hint,
        place=row.place(column),
    )
