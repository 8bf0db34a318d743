"""From the registers to verified records; every error of a run is collected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.errors import LoadError, Place
from kg.model.records import Node
from kg.registers.deciding import read_decisions
from kg.registers.linking import expand_set, is_below, read_fact, read_link, successions
from kg.registers.rows import (
    BIBLIOGRAPHY,
    ELEMENT_TABLES,
    STATEMENT_TABLES,
    Reading,
    check_validity,
    listed,
    passages_of,
    read_documents,
    rows_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from kg.model.records import Passage
    from kg.registers.tables import Row


def read_registers(folder: Path, drafts: Mapping[str, str] | None = None) -> Reading:
    """Read all registers below a data folder and verify every quotation in them.

    Args:
        folder: A folder with `documents.csv`, `readers.csv`, `instruments.csv`,
            `bodies.csv`, `schemas/` and one folder an instrument in `registers/`.
        drafts: Texts of registers that are read in place of the files of that name.

    Returns:
        Records and errors; with errors the records are incomplete and must not be used.

    Raises:
        LoadError: If a file cannot be read at all.
    """
    reading = Reading(folder, drafts=drafts or {})
    read_shared(reading)
    plans = plan_names(folder)
    for plan in plans:
        read_elements(reading, plan)
    for plan in plans:
        read_statements(reading, plan)
    nodes = reading.nodes

    def below(prefix: str) -> list[str]:
        return [node.id for node in nodes.values() if is_below(node.id, node.cls, prefix)]

    for node in [node for node in nodes.values() if node.cls == "ElementSet"]:
        nodes[node.id] = expand_set(node, nodes, below, reading.errors)
    bibliography = reading.documents.get(BIBLIOGRAPHY)
    reading.claims.update(successions(nodes.values(), nodes, bibliography, reading.errors))
    return reading


def plan_names(folder: Path) -> list[str]:
    """Return the names of the folders of instruments, in the order in which they are read.

    Raises:
        LoadError: If there is no folder `registers`.

    Example:
        >>> from kg.resources import data_folder
        >>> plan_names(data_folder())[0]
        'derby-2014'
    """
    try:
        return sorted(path.name for path in (folder / "registers").iterdir() if path.is_dir())
    except OSError as error:
        raise LoadError(
            "load-file",
            f"cannot read {folder / 'registers'}: {error.strerror}",
            hint="a data folder has one folder an instrument in registers/",
        ) from error


def read_shared(reading: Reading) -> None:
    """Read what all instruments share: readers, documents, instruments and bodies."""
    read_documents(reading)
    for row in rows_of(reading, "instruments", "instruments.csv"):
        _read_instrument(reading, row)
        reading.tick()
    for row in rows_of(reading, "bodies", "bodies.csv"):
        _read_body(reading, row)
        reading.tick()


def unknown_plan(plan: str) -> LoadError:
    """Return the error for a folder that is named by no instrument.

    Example:
        >>> str(unknown_plan("x").place)
        'registers/x'
    """
    return LoadError(
        "unknown-id",
        f"no instrument is called {plan!r}",
        hint="name the folder by an id of instruments.csv",
        place=Place(f"registers/{plan}"),
    )


def read_elements(reading: Reading, plan: str) -> None:
    """Read what an instrument's folder says that there is: its elements and sets."""
    if plan not in reading.nodes:
        reading.errors.append(unknown_plan(plan))
    for table, row in _rows(reading, plan, ELEMENT_TABLES):
        if table == "elements":
            _read_element(reading, plan, row)
        else:
            _read_set(reading, plan, row)
        reading.tick()


def read_statements(reading: Reading, plan: str) -> None:
    """Read what an instrument's folder says about things: links, decisions on them, and facts."""
    decisions: list[Row] = []
    for table, row in _rows(reading, plan, STATEMENT_TABLES):
        if table == "links":
            read_link(reading, plan, row)
        elif table == "decisions":
            decisions.append(row)
        else:
            read_fact(reading, plan, table, row)
        reading.tick()
    if decisions:
        read_decisions(reading, plan, decisions)


def _rows(reading: Reading, plan: str, tables: tuple[str, ...]) -> Iterator[tuple[str, Row]]:
    for table in tables:
        name = f"registers/{plan}/{table}.csv"
        if name in reading.drafts or (reading.folder / name).is_file():
            for row in rows_of(reading, table, name):
                yield table, row


def _read_instrument(reading: Reading, row: Row) -> None:
    own = row["id"]
    passages = passages_of(reading, row, own)
    sources = _sources(reading, row, ("issued", "supersedes", "valid"))
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
        valid=row["valid"],
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
        passages=passages_of(reading, row, "") + _sources(reading, row, ("valid",)),
        alternatives=listed(row["alternative_labels"]),
        jurisdiction=row["jurisdiction"],
        place=row["place"],
        valid=row["valid"],
        note=row["note"],
        origin=row.place(),
    )


def _sources(reading: Reading, row: Row, dated: tuple[str, ...]) -> tuple[Passage, ...]:
    """Return the words that give the dates of a row; without any, dates are an error."""
    check_validity(reading, row)
    given = next((column for column in dated if row[column]), "")
    if given and not row["source_quote"]:
        reading.errors.append(
            LoadError(
                "empty-cell",
                "a date of issue, a succession or a validity needs its source",
                hint="quote the bibliography in source_quote",
                place=row.place(given),
            )
        )
    return passages_of(reading, row, BIBLIOGRAPHY, "source_quote", "-")


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
