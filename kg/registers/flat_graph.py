"""The graph of a flat table: records that are made from its rows when they are asked for."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, overload

from kg.errors import Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import digest
from kg.model.records import Claim, Node, Passage
from kg.registers.tables import RawRow, Row, Sheet, breaks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model.records import Document, Problem
    from kg.model.table import GraphTable

_LABEL: Final = 90


class FlatTable:
    """The text of a table, and where its rows, items and links stand in it.

    Args:
        document: The table as a document.
        text: Its decoded text.
        sheet: Its header and how rows are cut.
        column: The place of each column, by lower-case name.
    """

    def __init__(
        self, document: Document, text: str, sheet: Sheet, column: Mapping[str, int]
    ) -> None:
        self.document = document
        self.text = text
        self.sheet = sheet
        self.column = column
        self.start, self.size, self.line = array("Q"), array("I"), array("I")
        """Of each row that was read: where it starts, how long it is, on which line."""
        self.items = array("I")
        """The row of each node; a body's is the row that names it first."""
        self.leads: list[str] = []
        """The names of the bodies, which are the last nodes."""
        self.link_subject, self.link_object, self.link_row = array("I"), array("I"), array("I")
        self.serving = 0
        """How many of the links are `serves`; those after them are `ledBy`."""

    def hold(self, row: RawRow) -> int:
        """Remember a row and return its number."""
        self.start.append(row.start)
        self.size.append(len(row.raw))
        self.line.append(row.line)
        return len(self.start) - 1

    def raw(self, at: int) -> RawRow:
        """Cut a row out of the text again."""
        start = self.start[at]
        raw = self.text[start : start + self.size[at]]
        return RawRow(self.line[at], start, raw, self.sheet.parse(raw))

    def row(self, row: RawRow) -> Row:
        """Return a row with its cells by lower-case column."""
        found = self.sheet.row(row)
        cells = {column.lower(): cell for column, cell in found.cells.items()}
        return Row(cells, found.line, found.raw, found.start, found.path, found.delimiter)

    def passage(self, row: RawRow) -> Passage:
        """Return a row as a passage of the table."""
        last = row.line + breaks(row.raw)
        end = row.start + len(row.raw)
        return Passage(self.document.id, row.start, end, row.line, last, row.raw)


class FlatGraph(KnowledgeGraph):
    """The graph of a flat table.

    Args:
        table: The table.
        columns: The graph as columns.
        problems: What was wrong with single rows.
        remarks: What a reader should know of the table as a whole.
        governance: Where its waivers and reviews are written down, with shown names.
    """

    def __init__(
        self,
        table: FlatTable,
        columns: GraphTable,
        problems: tuple[Problem, ...],
        remarks: tuple[str, ...] = (),
        governance: Mapping[str, tuple[Path, str]] | None = None,
    ) -> None:
        super().__init__(
            _Nodes(table, columns),
            _Claims(table, columns),
            documents={table.document.id: table.document},
            problems=problems,
            flat=True,
            governance=governance,
        )
        self.__dict__["table"] = columns
        self.__dict__["remarks"] = remarks


class _Nodes(Mapping[str, Node]):
    """The items and bodies, each made from its row."""

    def __init__(self, table: FlatTable, columns: GraphTable) -> None:
        self._table, self._columns = table, columns
        self._bodies = len(columns.ids) - len(table.leads)
        self._last: tuple[int, Node] | None = None
        """The node that was made last: several things are asked of one node in turn."""

    def __getitem__(self, name: str) -> Node:
        return self._one(self._columns.number[name])

    def __contains__(self, name: object) -> bool:
        return name in self._columns.number

    def __iter__(self) -> Iterator[str]:
        return iter(self._columns.ids)

    def __len__(self) -> int:
        return len(self._columns.ids)

    def values(self) -> Any:  # noqa: ANN401 - a view without look-ups
        """Yield every node in order."""
        return map(self._one, range(len(self)))

    def _one(self, number: int) -> Node:
        if self._last is None or self._last[0] != number:
            self._last = number, self._make(number)
        return self._last[1]

    def _make(self, number: int) -> Node:
        table = self._table
        raw = table.raw(table.items[number])
        row = table.row(raw)
        name = self._columns.ids[number]
        passages = (table.passage(raw),)
        cls = self._columns.classes[self._columns.cls[number]]
        if number >= self._bodies:
            label = table.leads[number - self._bodies]
            origin = row.place("lead")
            return Node(name, cls, label, text=label, kind="body", passages=passages, origin=origin)
        text = " ".join(row["text"].split())
        return Node(
            name,
            cls,
            row["title"] or text[:_LABEL] or name,
            text=text,
            kind=row["level"],
            passages=passages,
            note=row["status"],
            origin=Place(row.path, row.line, 1),
        )


class _Claims(Sequence[Claim]):
    """The links, each made from the row that states it."""

    def __init__(self, table: FlatTable, columns: GraphTable) -> None:
        self._table, self._ids = table, columns.ids

    def __len__(self) -> int:
        return len(self._table.link_row)

    @overload
    def __getitem__(self, place: int) -> Claim: ...
    @overload
    def __getitem__(self, place: slice) -> list[Claim]: ...
    def __getitem__(self, place: int | slice) -> Claim | list[Claim]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        table = self._table
        raw = table.raw(table.link_row[place])
        serves = place < table.serving
        subject = self._ids[table.link_subject[place]]
        object_ = self._ids[table.link_object[place]]
        predicate = "serves" if serves else "ledBy"
        return Claim(
            digest([subject, predicate, object_]),
            subject,
            predicate,
            object_,
            Basis.STATED,
            evidence=(table.passage(raw),),
            origin=table.row(raw).place("serves" if serves else "lead"),
        )
