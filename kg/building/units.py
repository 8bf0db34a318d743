"""Reading registers folder by folder; what is read lies on disk, and is kept for the next build.

Shared registers (readers, documents, instruments, bodies) stay in memory, and every id in a
few dozen bytes; of everything else, one folder at a time.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from kg.building.encoding import (
    DamagedError,
    decode_document,
    decode_node,
    encode_document,
    encode_node,
    parse_row,
    read_lines,
    write_lines,
)
from kg.building.inputs import code_hash
from kg.building.meter import Meter
from kg.building.statements import ids_row, write_statements
from kg.building.table import IDS, NODES, Declared, NodeTable, OwnAndOthers
from kg.model.identifiers import digest
from kg.registers.documents import Texts, input_changed
from kg.registers.linking import successions
from kg.registers.reading import plan_names, read_elements, read_shared, read_statements
from kg.registers.rows import (
    BIBLIOGRAPHY,
    ELEMENT_TABLES,
    SHARED_TABLES,
    STATEMENT_TABLES,
    Reading,
    Watched,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.building.cache import Cache, Draft, Entry, Trace
    from kg.building.inputs import Inputs
    from kg.building.meter import Progress
    from kg.errors import KgError, Place
    from kg.model.records import Claim, Document, Node
    from kg.registers.schemas import Schema

DOCUMENTS: Final = "documents.jsonl"


@dataclass
class Units:
    """Everything that was read: shared records here, the rest in sealed folders."""

    documents: dict[str, Document]
    texts: Texts
    table: NodeTable
    shared: Entry
    elements: dict[str, Entry] = field(default_factory=dict)
    statements: dict[str, Entry] = field(default_factory=dict)
    """The sealed folder of each folder of registers, in the order in which they are read."""
    successions: dict[str, Claim] = field(default_factory=dict)
    errors: list[KgError] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    """The folders that had to be read, because no earlier build had read the same."""


def read_units(inputs: Inputs, cache: Cache, progress: Progress | None = None) -> Units:
    """Read all registers below a data folder and verify every quotation in them.

    Args:
        inputs: The files of the data folder by hash.
        cache: What earlier builds have read.
        progress: Told how far it has come.

    Raises:
        LoadError: If a file cannot be read at all.
        DamagedError: If what was kept turns out to be damaged.
    """
    plans = plan_names(inputs.data)
    meter = Meter(progress, "reading rows", _rows(inputs.data, plans) if progress else 0)
    reader = _Reader(inputs, cache, meter)
    units = reader.shared()
    for plan in plans:
        reader.elements(units, plan)
    bibliography = units.documents.get(BIBLIOGRAPHY)
    nodes = units.table.shared.values()
    units.successions = successions(nodes, units.table, bibliography, units.errors)
    answers = _Answers(inputs, units)
    taken: dict[str, Path] = {}
    for plan in plans:
        reader.statements(units, plan, answers, taken)
    meter.end()
    return units


def _rows(data: Path, plans: Iterable[str]) -> int:
    """Count the lines of all registers, about as many as rows."""
    names = [f"{table}.csv" for table in SHARED_TABLES[2:]]
    names += [f"registers/{p}/{t}.csv" for p in plans for t in ELEMENT_TABLES + STATEMENT_TABLES]
    total = 0
    for name in names:
        path = data / name
        if path.is_file():
            with path.open("rb") as stream:
                total += max(
                    sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(1 << 20), b""))
                    - 1,
                    0,
                )
    return total


class _Answers:
    """What the registers answer to questions that a reading asked beyond its own folder."""

    def __init__(self, inputs: Inputs, units: Units) -> None:
        self._inputs = inputs
        self._units = units

    def trace(self, questions: Iterable[tuple[str, str]]) -> Trace:
        """Return questions with their answers."""
        return [[kind, name, self._answer(kind, name)] for kind, name in sorted(questions)]

    def hold(self, trace: Trace) -> bool:
        """Tell whether every question still has the answer it had."""
        return all(self._answer(kind, name) == said for kind, name, said in trace)

    def _answer(self, kind: str, name: str) -> str:
        table = self._units.table
        if kind == "document":
            document = self._units.documents.get(name)
            if document is None or name not in self._units.texts:
                return ""
            return digest([encode_document(document), *self._inputs.of([document.path])])
        if kind == "owner":
            return table.owner(name)
        if kind == "record":
            return digest([encode_node(table[name])]) if name in table else ""
        if kind == "below":
            return digest(table.below(name))
        if kind == "shared-below":
            return digest(table.shared_below(name))
        raise DamagedError(kind)


class _Reader:
    """Reads one folder after the other, or finds it read already."""

    def __init__(self, inputs: Inputs, cache: Cache, meter: Meter) -> None:
        self._data = inputs.data
        self._inputs = inputs
        self._cache = cache
        self._meter = meter
        self._schemas: dict[str, Schema] = {}

    def _files(self, plan: str, tables: Iterable[str]) -> list[str]:
        below = f"registers/{plan}/" if plan else ""
        return [n for table in tables for n in (f"schemas/{table}.json", f"{below}{table}.csv")]

    def _key(self, plan: str, tables: tuple[str, ...], *more: str) -> str:
        hashes = self._inputs.of(self._files(plan, tables))
        return digest([code_hash(), plan, *tables, *hashes, *more])

    def _reading(self, units: Units | None) -> Reading:
        reading = Reading(self._data, schemas=self._schemas, tick=self._meter.step)
        if units:
            reading.documents = Watched(units.documents)
            reading.texts = Watched(units.texts)
        return reading

    def shared(self) -> Units:
        """Read what all instruments share."""
        inputs = self._inputs

        def holds(trace: Trace) -> bool:
            for _, path, _ in trace:
                inputs.add(path)
            return all(inputs.of([path]) == [said] for _, path, said in trace)

        key = self._key("", SHARED_TABLES)
        entry = self._cache.find(key, holds)
        if entry:
            documents = {d.id: d for d in read_lines(entry.path(DOCUMENTS), decode_document)}
            nodes = {n.id: n for n in read_lines(entry.path(NODES), decode_node)}
            texts = Texts(self._data)
            for document in documents.values():
                texts.add(document)
            self._meter.step(len(nodes))
            return Units(documents, texts, NodeTable(nodes, entry.path(IDS)), entry)
        reading = self._reading(None)
        read_shared(reading)
        documents, nodes = dict(reading.documents), dict(reading.nodes)
        for document in documents.values():
            inputs.add(document.path)
            if not reading.errors and inputs.of([document.path]) != [document.sha256]:
                raise input_changed(document.path)
        inputs.hold(self._files("", SHARED_TABLES))
        with self._cache.draft(key) as draft:
            write_lines(draft, DOCUMENTS, map(encode_document, documents.values()))
            write_lines(draft, NODES, map(encode_node, nodes.values()))
            write_lines(draft, IDS, (ids_row(n, "", 0, at) for n, at in reading.seen.items()))
            paths = [document.path for document in documents.values()]
            draft.trace = [["file", p, h] for p, h in zip(paths, inputs.of(paths), strict=True)]
            draft.reusable = not reading.errors
        assert draft.entry
        assert isinstance(reading.texts, Texts)
        table = NodeTable(nodes, draft.entry.path(IDS))
        return Units(documents, reading.texts, table, draft.entry, errors=reading.errors)

    def elements(self, units: Units, plan: str) -> None:
        """Read what there is in one folder."""
        key = self._key(plan, ELEMENT_TABLES)
        answers = _Answers(self._inputs, units)
        entry = self._cache.find(key, answers.hold)
        if entry and any(row[0] in units.table for row in read_lines(entry.path(IDS), parse_row)):
            entry = None
        if entry:
            self._meter.step(entry.facts["rows"])
        else:
            entry = self._read_elements(units, plan, key, answers)
        units.elements[plan] = entry
        rows = read_lines(entry.path(IDS), parse_row)
        units.table.add_unit(plan, entry, ((row[0], row[1], row[2]) for row in rows))

    def _read_elements(self, units: Units, plan: str, key: str, answers: _Answers) -> Entry:
        units.fresh.append(plan)
        reading = self._reading(units)
        nodes = OwnAndOthers(plan, {}, units.table)
        declared = Declared(units.table, {})
        reading.nodes, reading.seen = nodes, declared
        read_elements(reading, plan)
        self._inputs.hold(self._files(plan, ELEMENT_TABLES))
        with self._cache.draft(key) as draft:
            _write_elements(draft, nodes.own, declared.own)
            draft.facts["rows"] = len(nodes.own)
            draft.trace = answers.trace({*_documents(reading), *nodes.questions()})
            draft.reusable = not reading.errors
        units.errors += reading.errors
        assert draft.entry
        return draft.entry

    def statements(
        self, units: Units, plan: str, answers: _Answers, taken: dict[str, Path]
    ) -> None:
        """Read what is said in one folder.

        Args:
            units: What has been read so far.
            plan: The folder.
            answers: What the registers answer.
            taken: The ids of facts, with the file that says where they stand; added to.
        """
        key = self._key(plan, STATEMENT_TABLES, units.elements[plan].result)
        entry = self._cache.find(key, answers.hold)
        if entry and any(
            row[0] in units.table or row[0] in taken
            for row in read_lines(entry.path(IDS), parse_row)
        ):
            entry = None
        if entry:
            self._meter.step(entry.facts["claims"] + entry.facts["facts"])
        else:
            entry = self._read_statements(units, plan, key, answers, taken)
        units.statements[plan] = entry
        path = entry.path(IDS)
        taken.update((row[0], path) for row in read_lines(path, parse_row))

    def _read_statements(
        self, units: Units, plan: str, key: str, answers: _Answers, taken: dict[str, Path]
    ) -> Entry:
        if plan not in units.fresh:
            units.fresh.append(plan)
        own: dict[str, Node] = {
            node.id: node for node in read_lines(units.elements[plan].path(NODES), decode_node)
        }
        reading = self._reading(units)
        nodes = OwnAndOthers(plan, own, units.table)
        declared = Declared(units.table, taken)
        reading.nodes, reading.seen = nodes, declared
        read_statements(reading, plan)
        nodes.expand(reading.errors)
        self._inputs.hold(self._files(plan, STATEMENT_TABLES))
        reading.seen = declared.own
        with self._cache.draft(key) as draft:
            write_statements(draft, plan, reading, nodes, units.successions)
            # A row that states a succession has asked for all that the succession comes from:
            # the record of its subject, its object, and the bibliography.
            draft.trace = answers.trace({*_documents(reading), *nodes.questions()})
            draft.reusable = not reading.errors
        units.errors += reading.errors
        assert draft.entry
        return draft.entry


def _documents(reading: Reading) -> set[tuple[str, str]]:
    """Return the questions that a reading asked about documents."""
    assert isinstance(reading.documents, Watched)
    assert isinstance(reading.texts, Watched)
    return {("document", name) for name in reading.documents.asked | reading.texts.asked}


def _write_elements(draft: Draft, own: dict[str, Node], places: dict[str, Place]) -> None:
    """Write the nodes of a folder, and where in the file each of them begins."""
    rows = []
    offset = 0
    with draft.path(NODES).open("wb") as stream:
        for node in own.values():
            line = encode_node(node).encode() + b"\n"
            rows.append(ids_row(node.id, node.cls, offset, places[node.id]))
            stream.write(line)
            offset += len(line)
    write_lines(draft, IDS, rows)
