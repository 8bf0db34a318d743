"""Everything that people can get wrong, as one tree of exceptions.

::

    KgError
    ├── LoadError             a file that cannot be read as what it should be
    ├── BuildError            one or more errors found in registers or documents, reported together
    ├── SettingsError         an option that does not fit
    ├── UnknownNodeError      nothing, or more than one thing, has that name
    ├── UnknownQueryError     no stored question of that name (also LookupError)
    ├── UnknownTermError      no term of that name in the ontology (also LookupError)
    ├── ParameterError        a parameter that does not fit
    ├── QueryError            SPARQL that cannot be run
    ├── ExportError           a format or a target that does not work
    ├── StoreError            a server that cannot be asked, or answers with something else
    └── InstallationError     the package's own files are missing

Findings (orphans, failed checks) are values, never exceptions. A `KgError` means that
the work could not be done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: a file, and a 1-based line and column when known (0: unknown).

    Example:
        >>> str(Place("data/bodies.csv", 12, 3))
        'data/bodies.csv:12:3'
        >>> str(Place("data/bodies.csv"))
        'data/bodies.csv'
    """

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        """Write the place as editors and compilers do."""
        parts = [self.path]
        if self.line:
            parts.append(str(self.line))
            if self.column:
                parts.append(str(self.column))
        return ":".join(parts)


class KgError(Exception):
    """Something that a person caused and can mend.

    Args:
        code: A slug, also an anchor in `docs/reference/errors.md`.
        message: What is wrong, in one sentence.
        hint: What to do about it.
        place: Where it is, when it is somewhere.

    Example:
        >>> print(KgError("load-csv", "too few cells", hint="add one", place=Place("a.csv", 2, 1)))
        a.csv:2:1: error[load-csv]: too few cells
          hint: add one
    """

    def __init__(
        self, code: str, message: str, *, hint: str = "", place: Place | None = None
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        """Write place, code, message and hint in the one form that every command prints."""
        where = f"{self.place}: " if self.place else ""
        text = f"{where}error[{self.code}]: {self.message}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text


class LoadError(KgError):
    """A file cannot be read as what it should be."""


class BuildError(KgError):
    """Errors found in registers or documents, all those of one run together.

    Example:
        >>> error = BuildError([LoadError("a", "first"), LoadError("b", "second")])
        >>> print(error)
        error[a]: first
        error[b]: second
        error[build-failed]: 2 errors; nothing was written
    """

    def __init__(self, errors: Iterable[KgError]) -> None:
        self.errors = sorted(errors, key=lambda e: (e.place or Place(""), e.code, e.message))
        count = len(self.errors)
        noun = "error" if count == 1 else "errors"
        super().__init__("build-failed", f"{count} {noun}; nothing was written")

    def __str__(self) -> str:
        """List every error on lines of its own, then the total."""
        return "\n".join([*map(str, self.errors), f"error[{self.code}]: {self.message}"])


class SettingsError(KgError):
    """An option does not fit."""


class UnknownNodeError(KgError, LookupError):
    """Nothing, or more than one thing, answers to a name."""


class UnknownQueryError(KgError, LookupError):
    """No stored question has that name."""


class UnknownTermError(KgError, LookupError):
    """The ontology has no term of that name."""


class ParameterError(KgError, ValueError):
    """A parameter is missing, unknown or of the wrong type."""


class QueryError(KgError):
    """A SPARQL query cannot be run."""


class ExportError(KgError):
    """A format or a target does not work."""


class StoreError(KgError):
    """A server cannot be asked, or does not answer as it should."""


class InstallationError(KgError):
    """The package's own files are missing."""
