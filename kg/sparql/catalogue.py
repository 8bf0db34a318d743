"""The stored questions: plain SPARQL files whose header says what they ask."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.errors import LoadError, Place, UnknownQueryError
from kg.resources import queries_folder

if TYPE_CHECKING:
    from pathlib import Path

_PARAM: Final = re.compile(r"^(\w+) \((node|text|code|basis|date|number)\): (.+)$")
_NAMED: Final = re.compile(r"^(\w+): (.+)$")
ROLES: Final = {
    "officer": "Officers: what is planned, who leads it, what it serves",
    "auditor": "Auditors: what is missing, what it rests on, what is wrong",
    "researcher": "Researchers: counts, comparisons, how we know",
}
"""Who asks, in the order in which questions are listed."""
_GIVEN: Final = re.compile(r"-p (\w+)=(\S+)")
_SINGLE: Final = ("summary", "tags", "example", "severity", "fix", "answers", "empty")


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A question with a name, ready to be asked."""

    name: str
    path: Path
    text: str
    summary: str
    params: dict[str, tuple[str, str]]
    """Type (`node`, `text`, `code`, `basis`, `date`, `number`) and meaning of each parameter."""
    columns: dict[str, str]
    tags: tuple[str, ...]
    example: str
    answers: tuple[int, ...] = ()
    """The competency questions that it answers, by number."""
    empty: str = ""
    """Why it has no answer in the five documents, if it has none there."""

    @property
    def roles(self) -> tuple[str, ...]:
        """Who asks it, in the usual order."""
        return tuple(role for role in ROLES if role in self.tags)

    @property
    def arguments(self) -> dict[str, str]:
        """The parameters of the example."""
        return dict(_GIVEN.findall(self.example))


def stored_queries() -> dict[str, StoredQuery]:
    """Return the stored questions by name.

    Raises:
        LoadError: If a header is incomplete.

    Example:
        >>> "objectives-of-action" in stored_queries()
        True
    """
    folder = queries_folder()
    found = {}
    for path in sorted(folder.rglob("*.rq")):
        name = path.relative_to(folder).with_suffix("").as_posix()
        found[name] = read_stored(name, path)
    return found


def read_stored(name: str, path: Path) -> StoredQuery:
    """Read one stored question and check its header.

    Raises:
        LoadError: If summary or columns are missing, or a header line is not understood.
    """
    text = path.read_text(encoding="utf-8")
    params: dict[str, tuple[str, str]] = {}
    columns: dict[str, str] = {}
    single: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.startswith("#+ "):
            continue
        key, _, rest = line[3:].partition(" ")
        key = key.removesuffix(":")
        if key == "param" and (match := _PARAM.match(rest)):
            params[match[1]] = (match[2], match[3])
        elif key == "column" and (match := _NAMED.match(rest)):
            columns[match[1]] = match[2]
        elif key in _SINGLE:
            single[key] = rest
        else:
            raise LoadError(
                "query-header",
                f"header line not understood: {line}",
                hint="see docs/how-to/ask-a-question.md",
                place=Place(str(path), number),
            )
    tags = tuple(single.get("tags", "").split())
    numbers = single.get("answers", "").split()
    for wrong, said, hint in (
        (
            "summary" not in single or not columns,
            "the header needs a summary and its columns",
            "add #+ summary: and #+ column lines",
        ),
        (
            not ROLES.keys() & set(tags),
            "the tags name nobody who asks",
            f"write #+ tags: with one or more of {', '.join(ROLES)}",
        ),
        (
            not all(number.isdecimal() for number in numbers),
            "what it answers is no list of numbers",
            "write #+ answers: 3 8",
        ),
    ):
        if wrong:
            raise LoadError("query-header", said, hint=hint, place=Place(str(path), 1))
    return StoredQuery(
        name,
        path,
        text,
        single["summary"],
        params,
        columns,
        tags,
        single.get("example", ""),
        tuple(map(int, numbers)),
        single.get("empty", ""),
    )


def stored_query(name: str) -> StoredQuery:
    """Return one stored question.

    Raises:
        UnknownQueryError: If there is none of that name.

    Example:
        >>> stored_query("orphaned-actions").summary
        'Which actions and activities reach no national objective or instrument?'
    """
    known = stored_queries()
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "list them with: kg queries"
    raise UnknownQueryError("unknown-query", f"no stored question is called {name!r}", hint=hint)
