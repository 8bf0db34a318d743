"""What differs between two graphs, and what followed: rows in sections."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.model.tables import Cell, ResultTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.checks.consequences import Consequences

COLUMNS: Final = ("change", "kind", "id", "field", "before", "after", "file", "line")
DIFFERENCES: Final = {
    "added": "Added",
    "removed": "Removed",
    "renumbered": "Renumbered: another id, the same words",
    "reworded": "Reworded",
    "relabelled": "Relabelled",
    "moved": "Moved",
    "changed": "Changed otherwise",
    "links": "Links",
    "inferred": "Links that rules conclude",
    "facts": "Dates, money, gaps and other facts",
    "documents": "Documents",
}
"""The sections of what differs, with their headings."""
FOLLOWED: Final = {
    "orphans": "Orphans",
    "objectives": "Objectives and other targets: actions that reach them",
    "coverage": "Coverage: actions that reach a target",
    "findings": "Findings of the audit",
}
"""The sections of what followed."""
SECTIONS: Final = {**DIFFERENCES, **FOLLOWED}


@dataclass(frozen=True, slots=True)
class Change:
    """One difference, or one consequence of the differences."""

    section: str
    change: str
    """What happened: `added`, `removed`, `reworded` …"""
    kind: str
    """What it happened to: a class, `link`, the kind of a fact, `document`, `finding` …"""
    id: str
    """Its id, the new one where it has two."""
    field: str = ""
    before: str = ""
    after: str = ""
    file: str = ""
    line: int = 0

    def as_row(self) -> tuple[Cell, ...]:
        """Return the cells in the order of `COLUMNS`."""
        return (
            self.change,
            self.kind,
            self.id,
            self.field,
            self.before,
            self.after,
            self.file,
            self.line or None,
        )


@dataclass(frozen=True)
class Changes:
    """Everything that differs between two graphs, and what followed.

    Example:
        >>> import kg
        >>> changes = kg.compare(kg.load(), kg.load())
        >>> changes.same, len(changes.table())
        (True, 0)
    """

    rows: tuple[Change, ...]
    followed: Consequences

    def __iter__(self) -> Iterator[Change]:
        return iter(self.rows)

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.rows

    def of(self, *sections: str) -> list[Change]:
        """Return the rows of some sections, in the order of `SECTIONS`."""
        return [row for name in SECTIONS if name in sections for row in self._by_section[name]]

    @cached_property
    def _by_section(self) -> dict[str, list[Change]]:
        found: dict[str, list[Change]] = {name: [] for name in SECTIONS}
        for row in self.rows:
            found[row.section].append(row)
        return found

    def table(self, sections: Iterable[str] = tuple(SECTIONS)) -> ResultTable:
        """Return the rows of some sections as a table with the columns of `COLUMNS`."""
        return ResultTable(COLUMNS, tuple(row.as_row() for row in self.of(*sections)))

    def summary(self) -> dict[str, int]:
        """Count the rows of each section that has any.

        Example:
            >>> import kg
            >>> kg.compare(kg.load(), kg.load()).summary()
            {}
        """
        found = Counter(row.section for row in self.rows)
        return {name: found[name] for name in SECTIONS if found[name]}

    def as_dict(self, sections: Iterable[str] = tuple(SECTIONS)) -> dict[str, object]:
        """Return everything, or the rows of some sections, as other programs rely on it."""
        total = self.followed.total
        share = ("reaching", "actions")
        return {
            "same": self.same,
            "summary": self.summary(),
            "orphans": dict(zip(("before", "after"), self.followed.orphans, strict=True)),
            "coverage": {
                "before": dict(zip(share, total.before, strict=True)),
                "after": dict(zip(share, total.after, strict=True)),
                "plans": [
                    {
                        "plan": each.plan,
                        "before": dict(zip(share, each.before, strict=True)),
                        "after": dict(zip(share, each.after, strict=True)),
                    }
                    for each in self.followed.coverage
                ],
            },
            "changes": [
                {"section": row.section, **dict(zip(COLUMNS, row.as_row(), strict=True))}
                for row in self.of(*sections)
            ],
        }
