"""Waivers and reviews on disk: read with the place of every cell, written with small diffs."""

from __future__ import annotations

import csv
import difflib
import re
from datetime import date
from io import StringIO
from typing import TYPE_CHECKING, Final, TypeVar

from kg.errors import KgError, LoadError, Place
from kg.model.governance import ANY, REVIEWS, WAIVERS, Review, Waiver
from kg.model.tables import inert
from kg.registers.schemas import read_schema
from kg.registers.tables import Row, decode, open_sheet, read_rows
from kg.resources import data_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

R = TypeVar("R", Waiver, Review)
NAMES: Final = (WAIVERS, REVIEWS)
REVIEW_COLUMNS: Final = (
    "subject",
    "predicate",
    "object",
    "subject_words",
    "object_words",
    "by",
    "on",
    "why",
)
_FREE: Final = ("by", "why")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def governance_files(data: Path) -> dict[str, tuple[Path, str]]:
    """Return the registers of waivers and reviews that belong to some data, with shown names.

    In a data folder they are `waivers.csv` and `reviews.csv`; beside a flat table `plan.csv`
    they are `plan.waivers.csv` and `plan.reviews.csv`.

    Example:
        >>> sorted(governance_files(data_folder()))
        ['reviews', 'waivers']
    """
    found = {}
    for name in NAMES:
        path = governance_path(data, name)
        if path.is_file():
            found[name] = path, path.name if data.is_dir() else str(path)
    return found


def governance_path(data: Path, name: str) -> Path:
    """Return where the register of waivers or reviews of some data stands, or would stand.

    Example:
        >>> from pathlib import Path
        >>> governance_path(Path("plan.csv"), "waivers").name
        'plan.waivers.csv'
    """
    return data / f"{name}.csv" if data.is_dir() else data.with_suffix(f".{name}.csv")


def read_waivers(path: Path, shown: str, rules: Collection[str]) -> list[Waiver]:
    """Read a register of waivers.

    Args:
        path: The file.
        shown: Its name as shown to people.
        rules: The rules that can be waived.

    Raises:
        LoadError: If anything in it cannot be read as a waiver, at its place; the hint says how
            many faults there are beside the first.
    """
    return _sound(waivers_and_errors(path, shown, rules))


def read_reviews(path: Path, shown: str) -> list[Review]:
    """Read a register of reviews.

    Raises:
        LoadError: If anything in it cannot be read as a review, at its place.
    """
    return _sound(reviews_and_errors(path, shown))


def waivers_and_errors(
    path: Path, shown: str, rules: Collection[str]
) -> tuple[list[Waiver], list[KgError]]:
    """Read a register of waivers, and return what is wrong with it too."""

    def read(row: Row, errors: list[KgError]) -> Waiver:
        _check_rule(row, rules, errors)
        _check_node(row, errors)
        return Waiver(
            row["rule"],
            row["node"],
            _words(row, "reason", errors),
            _words(row, "owner", errors),
            _day(row, "expiry", errors),
            _words(row, "about", errors),
            row.place(),
        )

    return _read(path, shown, WAIVERS, read, lambda waiver: waiver.key)


def reviews_and_errors(path: Path, shown: str) -> tuple[list[Review], list[KgError]]:
    """Read a register of reviews, and return what is wrong with it too."""

    def read(row: Row, errors: list[KgError]) -> Review:
        words = {name: _words(row, name, errors) for name in REVIEW_COLUMNS}
        return Review(
            row["subject"],
            row["predicate"],
            row["object"],
            words["subject_words"],
            words["object_words"],
            words["by"],
            _day(row, "on", errors).isoformat(),
            words["why"],
            row.place(),
        )

    return _read(path, shown, REVIEWS, read, lambda review: review.link)


def _read(
    path: Path,
    shown: str,
    table: str,
    read: Callable[[Row, list[KgError]], R],
    key: Callable[[R], tuple[str, ...]],
) -> tuple[list[R], list[KgError]]:
    """Read the rows of a register; faulty ones and repetitions become errors."""
    schema = read_schema(data_folder() / "schemas", table)
    try:
        text = decode(path, shown)
        errors: list[KgError] = []
        sheet, _ = open_sheet(text, shown, [])
        wrong = schema.check_header(sheet.header, shown)
        rows = [] if wrong else list(read_rows(text, shown, errors))
    except LoadError as error:
        return [], [error]
    errors += wrong
    found: dict[tuple[str, ...], R] = {}
    for row in rows:
        faults = schema.check_row(row)
        if not faults:
            made = read(row, faults)
            other = found.setdefault(key(made), made)
            if other is not made:
                faults.append(_doubled(row, table, other.place))
        errors += faults
    return list(found.values()), errors


def _sound(outcome: tuple[list[R], list[KgError]]) -> list[R]:
    found, errors = outcome
    if not errors:
        return found
    errors.sort(key=lambda error: error.place or Place(""))
    first, more = errors[0], len(errors) - 1
    if more:
        first.hint += f"; {more} more {'fault' if more == 1 else 'faults'} in this file"
    raise first


def _doubled(row: Row, table: str, other: Place) -> LoadError:
    what = "waiver of the same finding" if table == WAIVERS else "review of the same link"
    return LoadError(
        f"duplicate-{table[:-1]}",
        f"a {what} stands in another row",
        hint=f"delete one; the other is at {other}",
        place=row.place(),
    )


def _check_rule(row: Row, rules: Collection[str], errors: list[KgError]) -> None:
    if row["rule"] not in rules:
        near = difflib.get_close_matches(row["rule"], rules, n=1)
        errors.append(
            LoadError(
                "unknown-rule",
                f"no rule that can be waived is called {row['rule']!r}",
                hint=f"did you mean {near[0]!r}?" if near else f"rules: {', '.join(rules)}",
                place=row.place("rule"),
            )
        )


def _check_node(row: Row, errors: list[KgError]) -> None:
    """Refuse what would excuse more than the elements of one class of one plan."""
    node = row["node"]
    parts = node.removesuffix(ANY).split("/")
    if node == "*" or (node.endswith(ANY) and (len(parts) < 2 or "" in parts)):  # noqa: PLR2004
        errors.append(
            LoadError(
                "waiver-too-wide",
                f"node is {node!r}, which excuses more than one class of one plan",
                hint="name the node, or write plan/class/* (derby-2014/action/*)",
                place=row.place("node"),
            )
        )
    _words(row, "node", errors)


def _words(row: Row, column: str, errors: list[KgError]) -> str:
    """Return the words of a cell with white space folded; what cannot be printed is refused."""
    words = " ".join(row[column].split())
    if not words.isprintable():
        errors.append(
            LoadError(
                "malformed-cell",
                f"{column} holds a character that cannot be printed",
                hint="write it in plain words",
                place=row.place(column),
            )
        )
    return words


def _day(row: Row, column: str, errors: list[KgError]) -> date:
    """Return the day in a cell."""
    try:
        if _DAY.fullmatch(row[column]):
            return date.fromisoformat(row[column])
    except ValueError:
        pass
    errors.append(
        LoadError(
            "malformed-cell",
            f"{column} is {row[column]!r}",
            hint="write a day of the calendar as YYYY-MM-DD",
            place=row.place(column),
        )
    )
    return date.min


def with_reviews(text: str, reviews: Iterable[Review]) -> tuple[str, int]:
    r"""Return the text of a register with reviews written into it, and how many rows changed.

    Rows that are there already stay as they are; new ones go to their place in the order of
    subject, predicate and object.

    Args:
        text: The register, without faults; empty when there is none yet.
        reviews: The reviews; each takes the place of an earlier one of its link.

    Example:
        >>> read = Review("a", "serves", "b", "0" * 12, "1" * 12, "Ann", "2027-01-01", "read")
        >>> print(with_reviews("", [read])[0], end="")
        subject,predicate,object,subject_words,object_words,by,on,why
        a,serves,b,000000000000,111111111111,Ann,2027-01-01,read
    """
    text = text or ",".join(REVIEW_COLUMNS) + "\n"
    new = {review.link: review for review in reviews}
    end = "\r\n" if "\r\n" in text else "\n"
    sheet, _ = open_sheet(text, "", [])
    rows = list(read_rows(text, "", []))
    head = text[: rows[0].start] if rows else text
    head = head if head.endswith(("\n", "\r")) else head + end
    lines = list(_merged(rows, new, sheet.header, sheet.delimiter))
    old = {row.raw for row in rows}
    return head + "".join(line + end for line in lines), sum(line not in old for line in lines)


def without_reviews(text: str, links: Collection[tuple[str, str, str]]) -> tuple[str, int]:
    """Return the text of a register without the reviews of some links, and how many there were.

    Example:
        >>> read = Review("a", "serves", "b", "0" * 12, "1" * 12, "Ann", "2027-01-01", "read")
        >>> without_reviews(with_reviews("", [read])[0], [read.link])[1]
        1
    """
    rows = list(read_rows(text, "", []))
    kept, place, removed = [], 0, 0
    ends = [*(row.start for row in rows[1:]), len(text)] if rows else []
    for row, end in zip(rows, ends, strict=True):
        if _link_of(row) in links:
            kept.append(text[place : row.start])
            place = end
            removed += 1
    kept.append(text[place:])
    return "".join(kept), removed


def _merged(
    rows: Iterable[Row], new: Mapping[tuple[str, str, str], Review], header: list[str], mark: str
) -> Iterator[str]:
    """Yield the lines of a register with reviews put in place of others, or in between."""
    there = list(rows)
    known = {_link_of(row) for row in there}
    waiting = sorted((link for link in new if link not in known), reverse=True)
    for row in there:
        link = _link_of(row)
        while waiting and waiting[-1] < link:
            yield _line(new[waiting.pop()], header, mark)
        yield _line(new[link], header, mark) if link in new else row.raw
    while waiting:
        yield _line(new[waiting.pop()], header, mark)


def _link_of(row: Row) -> tuple[str, str, str]:
    return row["subject"], row["predicate"], row["object"]


def _line(review: Review, header: list[str], mark: str) -> str:
    stream = StringIO()
    cells = [getattr(review, name) if name in REVIEW_COLUMNS else "" for name in header]
    # What somebody types here should not run when somebody else opens it in a spreadsheet.
    cells = [
        inert(cell) if name in _FREE else cell for name, cell in zip(header, cells, strict=True)
    ]
    csv.writer(stream, delimiter=mark, lineterminator="").writerow(cells)
    return stream.getvalue()
