"""Any plan, from one flat table: a row an item, and the row itself is the evidence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.errors import KgError, LoadError, Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import digest
from kg.model.levels import class_of, level_words
from kg.model.records import Claim, Document, Node, Passage, Problem
from kg.registers.tables import Row, decode, header_of, read_rows

if TYPE_CHECKING:
    from pathlib import Path

REQUIRED: Final = ("id", "level", "text")
OPTIONAL: Final = ("title", "serves", "lead", "status")
_SPLIT: Final = re.compile(r"[;\s]+")
_LABEL: Final = 90


def read_flat_table(path: Path) -> KnowledgeGraph:
    """Read a plan from one CSV with the columns `id, level, text`.

    Optional columns are `title`, `serves` (ids separated by `;` or spaces), `lead` and
    `status`; others are ignored. Faults of single rows become problems of the graph, which
    `audit` reports; the other rows are read all the same.

    Raises:
        LoadError: If the file cannot be read as a table with those columns.
    """
    shown = str(path)
    text = decode(path, shown)
    header = [column.lower() for column in header_of(text)]
    missing = [column for column in REQUIRED if column not in header]
    if missing:
        raise LoadError(
            "missing-column",
            f"the header has no column {', '.join(repr(name) for name in missing)}",
            hint=f"a flat table has {', '.join(REQUIRED)}, and may have {', '.join(OPTIONAL)}",
            place=Place(shown, 1, 1),
        )
    errors: list[KgError] = []
    table = _Table(shown, path.stem)
    for row in read_rows(text, shown, errors):
        cells = {column.lower(): cell for column, cell in row.cells.items()}
        table.add(Row(cells, row.line, row.raw, row.start, shown, row.delimiter))
    table.problems.extend(
        Problem(
            "unreadable-row",
            f"row {error.place.line if error.place else 0}",
            error.message,
            error.place or Place(shown),
        )
        for error in errors
    )
    return table.graph()


class _Table:
    """The items read so far, and what was wrong with single rows."""

    def __init__(self, shown: str, name: str) -> None:
        self.document = Document(name, shown, "", title=shown)
        self.nodes: dict[str, Node] = {}
        self.leads: dict[str, Node] = {}
        self.rows: dict[str, Row] = {}
        self.served: list[tuple[str, list[str], Row]] = []
        self.led: list[tuple[str, str, Row]] = []
        self.problems: list[Problem] = []

    def add(self, row: Row) -> None:
        """Read one row: one item, its links and its lead."""
        name = row["id"]
        if not name:
            self._problem("missing-id", f"row {row.line}", "the row has no id", row, "id")
            return
        cls = class_of(row["level"])
        if cls is None:
            said = f"the level {row['level']!r} is not known" if row["level"] else "no level"
            words = f"{said}; levels are {', '.join(level_words()[:11])} and some others"
            self._problem("unknown-level", name, words, row, "level")
            return
        if name in self.nodes:
            first = self.nodes[name].origin.line
            self._problem("duplicate-id", name, f"the id stands in row {first} already", row, "id")
        else:
            self._item(name, cls, row)
        self.served.append((name, [part for part in _SPLIT.split(row["serves"]) if part], row))
        if row["lead"]:
            self.led.append((name, row["lead"], row))

    def _item(self, name: str, cls: str, row: Row) -> None:
        if not row["text"]:
            self._problem("empty-text", name, "the item has no text", row, "text")
        label = row["title"] or " ".join(row["text"].split())[:_LABEL] or name
        self.rows[name] = row
        self.nodes[name] = Node(
            name,
            cls,
            label,
            text=" ".join(row["text"].split()),
            kind=row["level"],
            passages=(self._passage(row),),
            note=row["status"],
            origin=Place(row.path, row.line, 1),
        )

    def graph(self) -> KnowledgeGraph:
        """Resolve the links and return the graph."""
        claims: dict[str, Claim] = {}
        for name, served, row in self.served:
            seen: set[str] = set()
            for target in served:
                if target in seen:
                    self._problem(
                        "duplicate-link",
                        name,
                        f"the link to {target!r} stands twice",
                        row,
                        "serves",
                    )
                elif target == name:
                    self._problem("self-link", name, "the item serves itself", row, "serves")
                elif target not in self.nodes:
                    self._problem(
                        "dangling-link", name, f"no item is called {target!r}", row, "serves"
                    )
                else:
                    claim = self._claim(name, "serves", target, row)
                    claims.setdefault(claim.id, claim)
                seen.add(target)
        for name, lead, row in self.led:
            body = self._body(lead, row)
            claim = self._claim(name, "ledBy", body.id, row)
            claims.setdefault(claim.id, claim)
        return KnowledgeGraph(
            {**self.nodes, **self.leads},
            tuple(claims.values()),
            documents={self.document.id: self.document},
            problems=tuple(self.problems),
            flat=True,
        )

    def _body(self, lead: str, row: Row) -> Node:
        key = "body/" + "-".join(lead.lower().split())
        if key not in self.leads:
            self.leads[key] = Node(
                key,
                "Organization",
                lead,
                text=lead,
                kind="body",
                passages=(self._passage(row),),
                origin=row.place("lead"),
            )
        return self.leads[key]

    def _claim(self, subject: str, predicate: str, object_: str, row: Row) -> Claim:
        return Claim(
            digest([subject, predicate, object_]),
            subject,
            predicate,
            object_,
            Basis.STATED,
            evidence=(self._passage(row),),
            origin=row.place(predicate),
        )

    def _passage(self, row: Row) -> Passage:
        last = row.line + row.raw.count("\n")
        return Passage(
            self.document.id, row.start, row.start + len(row.raw), row.line, last, row.raw
        )

    def _problem(self, rule: str, node: str, message: str, row: Row, column: str) -> None:
        self.problems.append(Problem(rule, node, message, row.place(column)))
