"""From the registers to verified records; every error of a run is collected."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.errors import KgError, LoadError, Place
from kg.model.bases import WORDS, Basis
from kg.model.identifiers import digest
from kg.model.records import Claim, Document, Fact, Node, Passage
from kg.registers.documents import SourceText, read_document
from kg.registers.schemas import read_schema
from kg.registers.tables import Row, decode, header_of, read_rows

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SEPARATOR: Final = " | "
BIBLIOGRAPHY: Final = "bibliography"
FOLDER_TABLES: Final = (
    "elements", "sets", "links", "periods", "allocations", "absences", "observations", "defects",
)
FACT_KINDS: Final = {
    "periods": "Period",
    "allocations": "Allocation",
    "absences": "StatedAbsence",
    "observations": "Observation",
    "defects": "SourceDefect",
}


@dataclass
class Reading:
    """What has been read so far, and every error met on the way."""

    folder: Path
    errors: list[KgError] = field(default_factory=list)
    documents: dict[str, Document] = field(default_factory=dict)
    texts: dict[str, SourceText] = field(default_factory=dict)
    readers: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, Node] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)
    seen: dict[str, Place] = field(default_factory=dict)


def read_registers(folder: Path) -> Reading:
    """Read all registers below a data folder and verify every quotation in them.

    Args:
        folder: A folder with `documents.csv`, `readers.csv`, `instruments.csv`,
            `bodies.csv`, `schemas/` and one folder an instrument in `registers/`.

    Returns:
        Records and errors; with errors the records are incomplete and must not be used.

    Raises:
        LoadError: If a file cannot be read at all.
    """
    reading = Reading(folder)
    _read_documents(reading)
    for row in _rows(reading, "instruments", "instruments.csv"):
        _read_instrument(reading, row)
    for row in _rows(reading, "bodies", "bodies.csv"):
        _read_body(reading, row)
    registers = folder / "registers"
    plans = sorted(path.name for path in registers.iterdir() if path.is_dir())
    pending: list[tuple[str, str, Row]] = []
    for plan in plans:
        if plan not in reading.nodes:
            reading.errors.append(
                LoadError("unknown-id", f"no instrument is called {plan!r}",
                          hint="name the folder by an id of instruments.csv",
                          place=Place(f"registers/{plan}"))
            )
        for table in FOLDER_TABLES:
            name = f"registers/{plan}/{table}.csv"
            if (folder / name).is_file():
                for row in _rows(reading, table, name):
                    if table == "elements":
                        _read_element(reading, plan, row)
                    elif table == "sets":
                        _read_set(reading, plan, row)
                    else:
                        pending.append((plan, table, row))
    for plan, table, row in pending:
        if table == "links":
            _read_link(reading, plan, row)
        else:
            _read_fact(reading, plan, table, row)
    _expand_sets(reading)
    _add_successions(reading)
    return reading


def _rows(reading: Reading, table: str, name: str) -> list[Row]:
    """Read one register and check it against its schema; faulty rows are left out."""
    schema = read_schema(reading.folder / "schemas", table)
    text = decode(reading.folder / name, name)
    wrong = schema.check_header(header_of(text), name)
    reading.errors.extend(wrong)
    if wrong:
        return []
    rows = []
    for row in read_rows(text, name, reading.errors):
        errors = schema.check_row(row)
        reading.errors.extend(errors)
        unique = next((item.name for item in schema.fields if item.unique), "")
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
            LoadError("duplicate-id", f"the id {key!r} is taken", place=row.place(column),
                      hint=f"it stands at {reading.seen[key]}; give every row an id of its own")
        )
        return False
    reading.seen[key] = row.place(column)
    return True


def _read_documents(reading: Reading) -> None:
    for row in _rows(reading, "readers", "readers.csv"):
        reading.readers[row["id"]] = row["label"]
        reading.nodes[row["id"]] = Node(row["id"], row["class"], row["label"], kind="reader",
                                        note=row["note"], origin=row.place())
    for row in _rows(reading, "documents", "documents.csv"):
        document = Document(row["id"], row["path"], row["sha256"], row["title"], row["instrument"],
                            row["read_by"], row["read_on"])
        reading.documents[document.id] = document
        if document.read_by not in reading.readers:
            reading.errors.append(_unknown(document.read_by, reading.readers, row, "read_by"))
        source = read_document(document, reading.folder, row.place("path"), reading.errors)
        if source:
            reading.texts[document.id] = source
    # An id of a document may be that of its instrument: they are different things.
    reading.seen.clear()


def quotations(row: Row, quote: str = "quote", line: str = "line") -> list[tuple[str, str]]:
    """Return the passages that a row quotes, each with its line or an empty text."""
    quotes = [part.strip() for part in row[quote].split(SEPARATOR)]
    lines = [part.strip() for part in row[line].split("|")] if row[line] else [""] * len(quotes)
    if len(lines) != len(quotes):
        message = f"{len(quotes)} passages are quoted, but {len(lines)} lines are given"
        raise LoadError("malformed-cell", message, place=row.place(line),
                        hint="give one line a passage, - for a passage that needs none")
    return [(words, "" if at == "-" else at) for words, at in zip(quotes, lines, strict=True)]


def _passages(reading: Reading, row: Row, own: str, quote: str = "quote",
              line: str = "line") -> tuple[Passage, ...]:
    """Find the quoted words; errors are collected and the passages found are returned."""
    if not row[quote]:
        return ()
    document = row["document"] or own
    if quote != "quote":
        document = row["source_document"] or BIBLIOGRAPHY
    source = reading.texts.get(document)
    if source is None:
        reading.errors.append(_unknown(document, reading.texts, row, "document"))
        return ()
    found = []
    try:
        for words, at in quotations(row, quote, line):
            try:
                found.append(source.locate(words, at, row.place(quote)))
            except KgError as error:
                reading.errors.append(error)
    except LoadError as error:
        reading.errors.append(error)
    return tuple(found)


def _read_instrument(reading: Reading, row: Row) -> None:
    own = row["id"]
    passages = _passages(reading, row, own)
    if (row["issued"] or row["supersedes"]) and not row["source_quote"]:
        reading.errors.append(
            LoadError("empty-cell", "a date of issue or a succession needs its source",
                      hint="quote the bibliography in source_quote", place=row.place("issued"))
        )
    sources = _passages(reading, row, BIBLIOGRAPHY, "source_quote", "-")
    cls = "FundingStream" if row["kind"] == "funding-stream" else "Instrument"
    reading.nodes[own] = Node(
        own, cls, row["title"], text=row["title"], kind=row["kind"], passages=passages + sources,
        alternatives=_list(row["alternative_titles"]), level=row["level"],
        jurisdiction=row["jurisdiction"], place=row["place"], issued=row["issued"],
        supersedes=row["supersedes"], note=row["note"], origin=row.place(),
    )


def _read_body(reading: Reading, row: Row) -> None:
    reading.nodes[row["id"]] = Node(
        row["id"], row["class"], row["label"], text=row["label"], kind="body",
        passages=_passages(reading, row, ""), alternatives=_list(row["alternative_labels"]),
        jurisdiction=row["jurisdiction"], place=row["place"], note=row["note"], origin=row.place(),
    )


def _read_element(reading: Reading, plan: str, row: Row) -> None:
    if not row["id"].startswith(plan + "/"):
        reading.errors.append(
            LoadError("malformed-cell", f"the id {row['id']!r} does not begin with {plan}/",
                      hint="an element belongs to the instrument of its folder",
                      place=row.place("id"))
        )
    passages = _passages(reading, row, plan)
    if bool(row["text"]) != (row["repaired"] == "yes"):
        reading.errors.append(
            LoadError("malformed-cell", "text and repaired go together", place=row.place("text"),
                      hint="leave text empty unless the words were put back together; then say yes")
        )
    words = row["text"] or " ".join(passage.words for passage in passages[:1])
    reading.nodes[row["id"]] = Node(
        row["id"], row["class"], row["label"], text=words, kind=row["kind"], instrument=plan,
        passages=passages, called_in_source=row["called_in_source"], number=row["number"],
        repaired=row["repaired"] == "yes", confidence=row["confidence"], note=row["note"],
        origin=row.place(),
    )


def _read_set(reading: Reading, plan: str, row: Row) -> None:
    reading.nodes[row["id"]] = Node(
        row["id"], "ElementSet", row["label"], text=row["label"], kind="set", instrument=plan,
        passages=_passages(reading, row, plan), members=_list(row["members"]), note=row["note"],
        origin=row.place(),
    )


def _read_link(reading: Reading, plan: str, row: Row) -> None:
    known = True
    for column in ("subject", "object"):
        if row[column] not in reading.nodes:
            reading.errors.append(_unknown(row[column], reading.nodes, row, column))
            known = False
    if row["basis"] == "interpreted" and not (row["rationale"] and row["confidence"]):
        reading.errors.append(
            LoadError("empty-cell", "an interpreted link needs a rationale and a confidence",
                      hint="say why you read it so, and how sure you are from 0 to 1",
                      place=row.place("rationale"))
        )
    quoted = _passages(reading, row, plan)
    if known:
        document = reading.documents.get(row["document"] or plan)
        own = reading.nodes[row["subject"]].passages
        where = {passage.document for passage in quoted}
        evidence = tuple(
            dict.fromkeys([*(p for p in own if p.document in where), *quoted])
        )
        _add_claim(reading, row, document, evidence)


def _add_claim(reading: Reading, row: Row, document: Document | None,
               evidence: tuple[Passage, ...]) -> None:
    claim = asserted_claim(
        row["subject"], row["predicate"], row["object"], WORDS[row["basis"]], evidence,
        decision=row["decision"], document=document, rationale=row["rationale"],
        confidence=row["confidence"], note=row["note"], origin=row.place(),
    )
    if claim.id in reading.claims:
        reading.errors.append(
            LoadError("duplicate-link", "the same link with the same evidence stands twice",
                      hint=f"delete one; the other is at {reading.claims[claim.id].origin}",
                      place=row.place())
        )
    reading.claims[claim.id] = claim


def asserted_claim(
    subject: str, predicate: str, object_: str, basis: Basis, evidence: tuple[Passage, ...], *,
    decision: str = "accepted", document: Document | None = None, rationale: str = "",
    confidence: str = "", note: str = "", origin: Place,
) -> Claim:
    """Make a claim that a reader asserts, with its deterministic id."""
    places = sorted(f"{p.document}:{p.start}-{p.end}" for p in evidence)
    return Claim(
        digest([subject, predicate, object_, basis.word, *places]), subject, predicate, object_,
        basis, decision, evidence, by=document.read_by if document else "",
        on=document.read_on if document else "", rationale=rationale, confidence=confidence,
        note=note, origin=origin,
    )


def _read_fact(reading: Reading, plan: str, table: str, row: Row) -> None:
    subject = row["subject"]
    if subject and subject not in reading.nodes:
        reading.errors.append(_unknown(subject, reading.nodes, row, "subject"))
    for column in ("stream", "folded_into"):
        if row[column] and row[column] not in reading.nodes:
            reading.errors.append(_unknown(row[column], reading.nodes, row, column))
    passages = _passages(reading, row, plan)
    skip = {"id", "subject", "quote", "line", "document", "basis", "note"}
    values = {key: row[key] for key in row.cells if key not in skip and row[key]}
    cells = [f"{key}={value}" for key, value in sorted(values.items())]
    places = [f"{p.document}:{p.start}" for p in passages]
    name = row["id"] or f"{plan}/{table.removesuffix('s')}/" + digest([subject, *cells, *places])
    reading.facts.append(
        Fact(name, FACT_KINDS[table], subject or plan, values, passages,
             WORDS.get(row["basis"], Basis.STATED), row["note"], row.place())
    )


def _expand_sets(reading: Reading) -> None:
    """Replace `prefix/*` in the members of sets by the elements that it stands for."""
    for node in [node for node in reading.nodes.values() if node.cls == "ElementSet"]:
        members: list[str] = []
        for member in node.members:
            if member.endswith("/*"):
                prefix = member[:-1]
                members.extend(
                    other.id for other in reading.nodes.values()
                    if other.id.startswith(prefix) and other.id.count("/") == member.count("/")
                    and other.cls != "ElementSet"
                )
            elif member in reading.nodes:
                members.append(member)
            else:
                reading.errors.append(
                    LoadError("unknown-id", f"the member {member!r} of {node.id} is not known",
                              hint="use ids of elements, or a prefix with /*", place=node.origin)
                )
        reading.nodes[node.id] = Node(
            node.id, node.cls, node.label, text=node.text, kind=node.kind,
            instrument=node.instrument, passages=node.passages, members=tuple(members),
            note=node.note, origin=node.origin,
        )


def _add_successions(reading: Reading) -> None:
    """Turn the supersedes column of instruments into claims on the bibliography's words."""
    document = reading.documents.get(BIBLIOGRAPHY)
    for node in list(reading.nodes.values()):
        evidence = tuple(p for p in node.passages if p.document == BIBLIOGRAPHY)
        for older in _list(node.supersedes):
            if older not in reading.nodes:
                reading.errors.append(
                    LoadError("unknown-id", f"{node.id} supersedes {older!r}, which is not known",
                              hint="use ids of instruments", place=node.origin)
                )
                continue
            claim = asserted_claim(node.id, "supersedes", older, Basis.STATED, evidence,
                                   document=document, origin=node.origin)
            reading.claims[claim.id] = claim


def _list(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def _unknown(name: str, known: Iterable[str], row: Row, column: str) -> KgError:
    near = difflib.get_close_matches(name, list(known), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "add it to its register first"
    return LoadError("unknown-id", f"{column} names {name!r}, which is not known", hint=hint,
                     place=row.place(column))
