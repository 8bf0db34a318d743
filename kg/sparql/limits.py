"""What one query may take, and what is said when it takes more or is none."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Any, Final

from kg import errors
from kg.errors import KgError, Place, QueryError, SettingsError
from kg.sparql import protocol

MIB: Final = 1 << 20
FASTER: Final = (
    "faster, as a rule: test a class by FILTER EXISTS, bind one end of a path, "
    "and ask for lin:tracesTo instead of a path of links"
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query may take.

    Example:
        >>> Limits(seconds=5).rows
        1000000
        >>> Limits(seconds=0)
        Traceback (most recent call last):
        kg.errors.SettingsError: error[limit]: the limit of seconds cannot be 0
          hint: give a number above 0
    """

    seconds: float = 60.0
    """Wall-clock time, from the moment the graph is open and the query is sent."""
    rows: int = 1_000_000
    """Rows of a SELECT, triples of a CONSTRUCT or DESCRIBE."""
    bytes: int = 512 * MIB
    """Bytes of the answer, as it is sent."""
    memory: int = 4096 * MIB
    """Bytes that the process may allocate, the graph among them."""

    def __post_init__(self) -> None:
        for name in ("seconds", "rows", "bytes", "memory"):
            value = getattr(self, name)
            most = threading.TIMEOUT_MAX if name == "seconds" else 1 << 60
            if not (math.isfinite(value) and 0 < value <= most):
                raise SettingsError(
                    "limit",
                    f"the limit of {name} cannot be {value}",
                    hint="give a number above 0",
                )


def failure(cause: str, shown: str, limits: Limits) -> QueryError:
    """Say what a limit did to a query, and what to do about it.

    Example:
        >>> failure("rows", "q.rq", Limits(rows=5)).message
        'the answer of q.rq has more than 5 rows and is not whole'
    """
    known = {
        "time": (
            "query-time",
            f"{shown} was stopped after {limits.seconds:g} seconds",
            f"allow it more with --timeout; {FASTER}",
        ),
        "rows": (
            "query-rows",
            f"the answer of {shown} has more than {limits.rows} rows and is not whole",
            "raise --max-rows, write a LIMIT, or keep what was read with --allow-partial",
        ),
        "bytes": (
            "query-bytes",
            f"the answer of {shown} has more than {limits.bytes} bytes and is not whole",
            "raise --max-bytes, ask for fewer columns, or keep what was read with --allow-partial",
        ),
        "memory": (
            "query-memory",
            f"{shown} needs more memory than the {limits.memory // MIB} MiB allowed",
            "raise --max-memory; sorting, grouping and DISTINCT hold their rows in memory",
        ),
        "stopped": ("query-stopped", f"{shown} was stopped", "ask it again"),
    }
    code, message, hint = known.get(
        cause,
        (
            "query-crashed",
            f"the engine {cause} in {shown}",
            "simplify the query; deep nesting of brackets is the usual cause",
        ),
    )
    return QueryError(code, message, hint=hint)


def rebuild(parts: list[Any]) -> KgError:
    """Put an error of the worker together again."""
    name, code, message, hint, where = parts
    cls = getattr(errors, name, QueryError)
    place = Place(*where) if where else None
    made: KgError = cls(code, message, hint=hint, place=place)
    return made


def checked(text: str, shown: str) -> str:
    r"""Return a query that can be sent.

    Raises:
        QueryError: If it is too long, or no text.

    Example:
        >>> checked("ASK { ?s ?p '\ud800' }", "q")
        Traceback (most recent call last):
        kg.errors.QueryError: q:1:14: error[query-text]: half of a surrogate pair is no character
          hint: save the query as UTF-8
    """
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        before = text[: error.start]
        place = Place(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        raise QueryError(
            "query-text",
            "half of a surrogate pair is no character",
            hint="save the query as UTF-8",
            place=place,
        ) from error
    if size > protocol.TEXT_LIMIT:
        raise QueryError(
            "query-text",
            f"{shown} has {size} bytes; a query may have {protocol.TEXT_LIMIT}",
            hint="shorten it",
        )
    return text
