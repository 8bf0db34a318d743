"""Any plan, from one flat table: a row an item, and the row itself is the evidence.

The table stays as it is, one text; what is held beside it is columns, about a hundred bytes a
row. Records are made from the rows when they are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.errors import KgError, LoadError, Place
from kg.model.levels import ELEMENTS, class_of, level_words
from kg.model.records import Document, Problem
from kg.model.table import TableBuilder
from kg.registers.flat_graph import FlatGraph, FlatTable
from kg.registers.tables import RawRow, decode, open_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model.table import GraphTable

REQUIRED: Final = ("id", "level", "text")
OPTIONAL: Final = ("title", "serves", "lead", "status")


def read_flat_table(path: Path, shown: str = "") -> FlatGraph:
    """Read a plan from one CSV with the columns `id, level, text`.

    Optional columns are `title`, `serves` (ids separated by `;` or spaces), `lead` and
    `status`; others are ignored. Faults of single rows become problems of the graph, which
    `audit` reports; the other rows are read all the same.

    Args:
        path: The table.
        shown: What to call it; its path when left out.

    Raises:
        LoadError: If the file cannot be read as a table with those columns.
    """
    shown = shown or str(path)
    text = decode(path, shown)
    errors: list[KgError] = []
    sheet, rows = open_sheet(text, shown, errors)
    place = {column.lower(): number for number, column in enumerate(sheet.header)}
    if len(place) < len(set(sheet.header)):
        raise LoadError(
            "load-csv",
            "two columns of the header differ only in capitals",
            hint="give every column its own name",
            place=Place(shown, 1, 1),
        )
    missing = [column for column in REQUIRED if column not in place]
    if missing:
        raise LoadError(
            "missing-column",
            f"the header has no column {', '.join(repr(name) for name in missing)}",
            hint=f"a flat table has {', '.join(REQUIRED)}, and may have {', '.join(OPTIONAL)}",
            place=Place(shown, 1, 1),
        )
    from kg.registers.governance import governance_files  # noqa: PLC0415 - reads schemas

    document = Document(path.stem, shown, "", title=shown)
    reader = _Reader(FlatTable(document, text, sheet, place))
    if "serves" not in place:
        unread = [column for column in sheet.header if column.lower() not in REQUIRED + OPTIONAL]
        also = f"; not read: {', '.join(unread)}" if unread else ""
        reader.remarks.append(f"the table has no column 'serves', so nothing links upwards{also}")
    reader.governance = governance_files(path)
    for row in rows:
        reader.add(row)
    reader.problems.extend(
        Problem(
            "unreadable-row",
            f"row {error.place.line if error.place else 0}",
            error.message,
            error.place or Place(shown),
        )
        for error in errors
    )
    return reader.graph()


def _targets(columns: GraphTable) -> list[str]:
    """Say what chains should reach, when that is all there is."""
    if not len(columns.ids):
        return ["the table has no items"]
    items = [cls for cls in columns.cls if columns.classes[cls] in ELEMENTS]
    if len(columns.targets) < len(items):
        return []
    level = columns.classes[columns.cls[columns.targets[0]]]
    return [f"all items are of one level ({level}), so that nothing can be missing above them"]


class _Reader:
    """The items read so far, and what was wrong with single rows."""

    def __init__(self, table: FlatTable) -> None:
        self.table = table
        self.problems: list[Problem] = []
        self.remarks: list[str] = []
        self.governance: dict[str, tuple[Path, str]] = {}
        self._builder = TableBuilder()
        self._classes: dict[str, str | None] = {}
        self._repeated: set[int] = set()
        """Items whose id stands in several rows, which may state the same link twice."""
        self._served: list[tuple[int, int, str]] = []
        self._led: list[tuple[int, int, str]] = []
        column = table.column
        self._id, self._level = column["id"], column["level"]
        self._text = column["text"]
        self._serves, self._lead = column.get("serves", -1), column.get("lead", -1)

    def add(self, row: RawRow) -> None:
        """Read one row: one item, its links and its lead."""
        cells = row.cells
        name = cells[self._id].strip()
        if not name:
            if not any(map(str.strip, cells)):
                return  # the empty rows that a spreadsheet leaves at the end
            self._problem("missing-id", f"row {row.line}", "the row has no id", row, "id")
            return
        level = cells[self._level]
        if level not in self._classes:
            self._classes[level] = class_of(level.strip())
        cls = self._classes[level]
        if cls is None:
            level = level.strip()
            said = f"the level {level!r} is not known" if level else "no level"
            words = f"{said}; levels are {', '.join(level_words()[:11])} and some others"
            self._problem("unknown-level", name, words, row, "level")
            return
        number = self._builder.number.get(name)
        at = self.table.hold(row)
        if number is None:
            number = self._builder.node(name, cls)
            self.table.items.append(at)
            if not cells[self._text].strip():
                self._problem("empty-text", name, "the item has no text", row, "text")
        else:
            self._repeated.add(number)
            first = self.table.line[self.table.items[number]]
            self._problem("duplicate-id", name, f"the id stands in row {first} already", row, "id")
        if self._serves >= 0 and cells[self._serves]:
            self._served.append((number, at, cells[self._serves]))
        if self._lead >= 0 and (lead := cells[self._lead].strip()):
            self._led.append((number, at, lead))

    def graph(self) -> FlatGraph:
        """Resolve the links and return the graph."""
        pairs: set[tuple[int, int]] = set()
        for number, at, cell in self._served:
            self._serve(number, at, self._named(cell), pairs)
        bodies: dict[str, int] = {}
        leads: set[tuple[int, int]] = set()
        for number, at, lead in self._led:
            key = "body/" + "-".join(lead.lower().split())
            body = bodies.get(key)
            if body is None:
                name = key
                while name in self._builder.number:  # an item is called so
                    name += "-lead"
                body = bodies[key] = self._builder.node(name, "Organization")
                self.table.items.append(at)
                self.table.leads.append(lead)
            if (number, body) not in leads:
                leads.add((number, body))
                self._link(number, "ledBy", body, at)
        columns = self._builder.finish(flat=True)
        return FlatGraph(
            self.table,
            columns,
            tuple(self.problems),
            (*self.remarks, *_targets(columns)),
            self.governance,
        )

    def _named(self, cell: str) -> list[str]:
        """Return the ids in a cell: the whole of it, what `;` separates, or else its words."""
        cell = cell.strip()
        if cell in self._builder.number:
            return [cell]
        found = []
        for part in map(str.strip, cell.split(";")):
            found += [part] if part in self._builder.number else part.split()
        return found

    def _serve(self, number: int, at: int, served: list[str], pairs: set[tuple[int, int]]) -> None:
        numbers, items = self._builder.number, len(self.table.items)
        seen: set[str] = set()
        for target in served:
            other = numbers.get(target)
            if target in seen:
                said = f"the link to {target!r} stands twice"
                self._late("duplicate-link", number, said, at)
            elif other == number:
                self._late("self-link", number, "the item serves itself", at)
            elif other is None or other >= items:
                comma = "; separate ids by ; or spaces" if target.endswith(",") else ""
                self._late("dangling-link", number, f"no item is called {target!r}{comma}", at)
            elif number not in self._repeated or (number, other) not in pairs:
                if number in self._repeated:
                    pairs.add((number, other))
                self._link(number, "serves", other, at)
            seen.add(target)

    def _link(self, subject: int, predicate: str, object_: int, at: int) -> None:
        place = len(self.table.link_row)
        self._builder.link(subject, predicate, object_, 1, 0, place)
        self.table.link_subject.append(subject)
        self.table.link_object.append(object_)
        self.table.link_row.append(at)
        if predicate == "serves":
            self.table.serving = place + 1

    def _late(self, rule: str, number: int, message: str, at: int) -> None:
        row = self.table.raw(at)
        self._problem(rule, self._builder.ids[number], message, row, "serves")

    def _problem(self, rule: str, node: str, message: str, row: RawRow, column: str) -> None:
        place = self.table.row(row).place(column)
        self.problems.append(Problem(rule, node, message, place))
