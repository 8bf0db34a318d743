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

_PARAM: Final = re.compile(r"^(\w+) \((node|text|code)\): (.+)$")
_NAMED: Final = re.compile(r"^(\w+): (.+)$")


@dataclass(frozen=True, slots=True)
class StoredQuery:
    """A question with a name, ready to be asked."""

    name: str
    path: Path
    text: str
    summary: str
    params: dict[str, tuple[str, str]]
    """Type (`node`, `text` or `code`) and meaning of each parameter."""
    columns: dict[str, str]
    tags: tuple[str, ...]
    example: str


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
        key, rest = re.split(r":? ", line[3:], maxsplit=1)
        if key == "param" and (match := _PARAM.match(rest)):
            params[match[1]] = (match[2], match[3])
        elif key == "column" and (match := _NAMED.match(rest)):
            columns[match[1]] = match[2]
        elif key in ("summary", "tags", "example", "severity", "fix"):
            single[key] = rest
        else:
            raise LoadError(
                "query-header",
                f"header line not understood: {line}",
                hint="see docs/how-to/ask-a-question.md",
                place=Place(str(path), number),
            )
    if "summary" not in single or not columns:
        raise LoadError(
            "query-header",
            "the header needs a summary and its columns",
            hint="add #+ summary: and #+ column lines",
            place=Place(str(path), 1),
        )
    return StoredQuery(
        name,
        path,
        text,
        single["summary"],
        params,
        columns,
        tuple(single.get("tags", "").split()),
        single.get("example", ""),
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
