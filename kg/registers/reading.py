"""From the registers to verified records; every error of a run is collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import LoadError, Place
from kg.model.records import Node

if TYPE_CHECKING:
    from pathlib import Path

    from kg.registers.tables import Row

from kg.registers.linking import add_successions, expand_sets, read_fact, read_link
from kg.registers.rows import (
    BIBLIOGRAPHY,
    FOLDER_TABLES,
    Reading,
    listed,
    passages_of,
    read_documents,
    rows_of,
)


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
    read_documents(reading)
    for row in rows_of(reading, "instruments", "instruments.csv"):
        _read_instrument(reading, row)
    for row in rows_of(reading, "bodies", "bodies.csv"):
        _read_body(reading, row)
    registers = folder / "registers"
    plans = sorted(path.name for path in registers.iterdir() if path.is_dir())
    pending: list[tuple[str, str, Row]] = []
    for plan in plans:
        if plan not in reading.nodes:
            reading.errors.append(
                LoadError(
                    "unknown-id",
                    f"no instrument is called {plan!r}",
                    hint="name the folder by an id of instruments.csv",
                    place=Place(f"registers/{plan}"),
                )
            )
        for table in FOLDER_TABLES:
            name = f"registers/{plan}/{table}.csv"
            if (folder / name).is_file():
                for row in rows_of(reading, table, name):
                    if table == "elements":
                        _read_element(reading, plan, row)
                    elif table == "sets":
                        _read_set(reading, plan, row)
                    else:
                        pending.append((plan, table, row))
    for plan, table, row in pending:
        if table == "links":
            read_link(reading, plan, row)
        else:
            read_fact(reading, plan, table, row)
    expand_sets(reading)
    add_successions(reading)
    return reading


def _read_instrument(reading: Reading, row: Row) -> None:
    own = row["id"]
    passages = passages_of(reading, row, own)
    if (row["issued"] or row["supersedes"]) and not row["source_quote"]:
        reading.errors.append(
            LoadError(
                "empty-cell",
                "a date of issue or a succession needs its source",
                hint="quote the bibliography in source_quote",
                place=row.place("issued"),
            )
        )
    sources = passages_of(reading, row, BIBLIOGRAPHY, "source_quote", "-")
    cls = "FundingStream" if row["kind"] == "funding-stream" else "Instrument"
    reading.nodes[own] = Node(
        own,
        cls,
        row["title"],
        text=row["title"],
        kind=row["kind"],
        passages=passages + sources,
        alternatives=listed(row["alternative_titles"]),
        level=row["level"],
        jurisdiction=row["jurisdiction"],
        place=row["place"],
        issued=row["issued"],
        supersedes=row["supersedes"],
        note=row["note"],
        origin=row.place(),
    )


def _read_body(reading: Reading, row: Row) -> None:
    reading.nodes[row["id"]] = Node(
        row["id"],
        row["class"],
        row["label"],
        text=row["label"],
        kind="body",
        passages=passages_of(reading, row, ""),
        alternatives=listed(row["alternative_labels"]),
        jurisdiction=row["jurisdiction"],
        place=row["place"],
        note=row["note"],
        origin=row.place(),
    )


def _read_element(reading: Reading, plan: str, row: Row) -> None:
    if not row["id"].startswith(plan + "/"):
        reading.errors.append(
            LoadError(
                "malformed-cell",
                f"the id {row['id']!r} does not begin with {plan}/",
                hint="an element belongs to the instrument of its folder",
                place=row.place("id"),
            )
        )
    passages = passages_of(reading, row, plan)
    if bool(row["text"]) != (row["repaired"] == "yes"):
        reading.errors.append(
            LoadError(
                "malformed-cell",
                "text and repaired go together",
                place=row.place("text"),
                hint="leave text empty unless the words were put back together; then say yes",
            )
        )
    words = row["text"] or " ".join(passage.words for passage in passages[:1])
    reading.nodes[row["id"]] = Node(
        row["id"],
        row["class"],
        row["label"],
        text=words,
        kind=row["kind"],
        instrument=plan,
        passages=passages,
        called_in_source=row["called_in_source"],
        number=row["number"],
        repaired=row["repaired"] == "yes",
        confidence=row["confidence"],
        note=row["note"],
        origin=row.place(),
    )


def _read_set(reading: Reading, plan: str, row: Row) -> None:
    reading.nodes[row["id"]] = Node(
        row["id"],
        "ElementSet",
        row["label"],
        text=row["label"],
        kind="set",
        instrument=plan,
        passages=passages_of(reading, row, plan),
        members=listed(row["members"]),
        note=row["note"],
        origin=row.place(),
    )
