"""Counting every figure of a pack again, as an auditor would."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from kg.errors import LoadError, Place
from kg.reports.assurance.asking import CHANGES, TABLES, command_line, measure
from kg.reports.assurance.folder import FIGURES, FORMAT
from kg.reports.assurance.records import (
    AUDIT,
    MATRIX,
    STATS,
    Condition,
    Question,
    Setting,
    Way,
)
from kg.reports.assurance.text import as_csv, from_csv

if TYPE_CHECKING:
    from pathlib import Path

    from kg.reports.assurance.asking import Inquiry

SAME: Final = "same"
DIFFERS: Final = "differs"
DAMAGED: Final = "damaged"
NOT_RUN: Final = "not rerun"
_ID: Final = re.compile(r"F[1-9][0-9]{0,8}")
_COUNT: Final = re.compile(r"rows|(distinct|sum):.+", re.DOTALL)
_TEXTS: Final = ("id", "title", "command", "rows", "sha256", "ask", "plan", "count")
_SETTING: Final = ("graph", "bases", "since", "day", "today")


@dataclass(frozen=True, slots=True)
class Recorded:
    """A figure as a pack records it."""

    id: str
    title: str
    value: int
    command: str
    sha256: str
    question: Question
    way: Way


@dataclass(frozen=True, slots=True)
class Check:
    """What came of counting a figure again."""

    id: str
    title: str
    recorded: int
    now: int | None
    state: str
    note: str


def read_record(folder: Path) -> tuple[Setting, list[Recorded]]:
    """Read what a pack says of its figures, believing none of it.

    Raises:
        LoadError: If the folder is no pack, or its record is not what it should be.
    """
    path = folder / FIGURES
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise _no_pack(path, f"cannot be read ({type(error).__name__})") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise _no_pack(path, f"is not {FORMAT!r}")
    given = content.get("setting")
    if not isinstance(given, dict) or not all(isinstance(given.get(k), str) for k in _SETTING):
        raise _no_pack(path, "does not say what the pack was made from")
    plans = given.get("plans", [])
    if not isinstance(plans, list) or not all(isinstance(plan, str) for plan in plans):
        raise _no_pack(path, "does not say which plans it is on")
    try:
        if given["today"]:
            date.fromisoformat(given["today"])
    except ValueError as error:
        raise _no_pack(path, "bears no day") from error
    figures = content.get("figures")
    if not isinstance(figures, list):
        raise _no_pack(path, "lists no figures")
    setting = Setting(**{key: given[key] for key in _SETTING}, plans=tuple(plans))
    return setting, [_recorded(path, number, entry) for number, entry in enumerate(figures, 1)]


def _recorded(path: Path, number: int, entry: Any) -> Recorded:  # noqa: ANN401 - hostile
    fits = (
        isinstance(entry, dict)
        and all(isinstance(entry.get(key), str) for key in _TEXTS)
        and type(entry.get("value")) is int
        and _ID.fullmatch(entry["id"])
        and entry["rows"] == f"rows/{entry['id']}.csv"
        and entry["ask"] in (AUDIT, MATRIX, STATS, *TABLES)
        and _COUNT.fullmatch(entry["count"])
        and isinstance(entry.get("where"), dict)
        and all(
            isinstance(values, list) and all(isinstance(value, str) for value in values)
            for values in entry["where"].values()
        )
    )
    if not fits:
        raise _no_pack(path, f"has a figure that cannot be understood, number {number}")
    where = tuple(Condition(column, tuple(values)) for column, values in entry["where"].items())
    return Recorded(
        entry["id"],
        entry["title"],
        entry["value"],
        entry["command"],
        entry["sha256"],
        Question(entry["ask"], entry["plan"]),
        Way(where, entry["count"]),
    )


def _no_pack(path: Path, what: str) -> LoadError:
    return LoadError(
        "report-pack",
        f"the record of the pack {what}",
        hint="give the folder that kg report assurance has written",
        place=Place(str(path)),
    )


def verify(
    folder: Path, inquiry: Inquiry, setting: Setting, figures: list[Recorded]
) -> list[Check]:
    """Count every figure of a pack again: from its own rows, and from the graph.

    Args:
        folder: The pack.
        inquiry: The graph that is asked now.
        setting: What the pack says that it was made from.
        figures: What the pack says of its figures.

    Returns:
        A check a figure, in the order of the report.
    """
    return [_check(folder, inquiry, setting, figure) for figure in figures]


def _check(folder: Path, inquiry: Inquiry, setting: Setting, figure: Recorded) -> Check:
    def result(state: str, note: str = "", now: int | None = None) -> Check:
        return Check(figure.id, figure.title, figure.value, now, state, note)

    fault = _own_fault(folder, figure)
    if fault:
        return result(DAMAGED, fault)
    if figure.command != command_line(figure.question, setting):
        return result(DAMAGED, "its command is not that of its question")
    if figure.question.ask == CHANGES and inquiry.before is None:
        return result(NOT_RUN, "give the earlier graph with --since")
    columns = inquiry.answer(figure.question).columns
    lacking = [name for name in _columns(figure.way) if name not in columns]
    if lacking:
        return result(DIFFERS, f"its answer has no column {lacking[0]}")
    now, rows = inquiry.count(figure.question, figure.way)
    if now != figure.value:
        return result(DIFFERS, "another number", now)
    data = as_csv(rows.columns, rows.rows).encode("utf-8", "backslashreplace")
    if hashlib.sha256(data).hexdigest() != figure.sha256:
        return result(DIFFERS, "the same number, of other rows", now)
    return result(SAME, "", now)


def _columns(way: Way) -> list[str]:
    counted = way.count.partition(":")[2]
    return [*(condition.column for condition in way.where), *([counted] if counted else [])]


def _own_fault(folder: Path, figure: Recorded) -> str:
    """Say what is wrong with the rows of a figure themselves; nothing when all is well."""
    try:
        data = (folder / "rows" / f"{figure.id}.csv").read_bytes()
        columns, rows = from_csv(data.decode())
    except (OSError, ValueError) as error:
        return f"its rows cannot be read ({type(error).__name__})"
    if hashlib.sha256(data).hexdigest() != figure.sha256:
        return "its rows were altered"
    if any(name not in columns for name in _columns(figure.way)):
        return "its rows lack a column"
    if any(len(row) != len(columns) for row in rows):
        return "its rows are not a table"
    for condition in figure.way.where:
        place = columns.index(condition.column)
        if any(row[place] not in condition.values for row in rows):
            return f"its rows are not only those where {condition.words}"
    try:
        found = measure(columns, rows, figure.way)
    except ValueError:
        return "its rows hold no numbers to add up"
    return "" if found == figure.value else f"its rows give {found}"
