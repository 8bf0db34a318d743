"""Findings: what rules noticed. They are values, never exceptions."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

OPEN: Final = "open"
FIELDS: Final = (
    "id",
    "rule",
    "severity",
    "node",
    "kind",
    "message",
    "fix",
    "file",
    "line",
    "status",
    "excuse",
)
"""The names of what is written of a finding, in this order; programs rely on them."""
WAIVED: Final = "waived"
KNOWN: Final = "known"


class Severity(enum.IntEnum):
    """How much a finding matters.

    Example:
        >>> Severity.ERROR > Severity.INFO
        True
    """

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        """The word that commands use."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a rule noticed about one node."""

    rule: str
    severity: Severity
    node: str
    message: str
    """What is wrong, in words a policy officer uses."""
    fix: str
    """What to do about it, in one sentence."""
    file: str = ""
    line: int = 0
    kind: str = ""
    """Why, as a code: the kind of missing, the reason why a date is none, why a chain stops."""
    about: str = ""
    """What else the finding is about, where a rule may speak more than once of one node."""
    status: str = OPEN
    """`open`, or why it does not count: `waived`, or `known` from a baseline."""
    excuse: str = ""
    """Of a waived finding: who excused it, why and until when."""

    @property
    def id(self) -> str:
        """Name the finding the same way in every run, whatever its message and line become.

        Example:
            >>> Finding("no-lead", Severity.WARNING, "p/action/1", "m", "f").id
            'no-lead:p/action/1'
        """
        return ":".join(filter(None, (self.rule, self.node, self.about)))

    @property
    def counts(self) -> bool:
        """Whether the finding is neither waived nor known from before."""
        return self.status == OPEN

    def as_dict(self) -> dict[str, str | int]:
        """Return the finding in the form that other tools rely on."""
        return {
            "id": self.id,
            "rule": self.rule,
            "severity": self.severity.word,
            "node": self.node,
            "kind": self.kind,
            "message": self.message,
            "fix": self.fix,
            "file": self.file,
            "line": self.line,
            "status": self.status,
            "excuse": self.excuse,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one run, worst first, and how much was looked at."""

    findings: tuple[Finding, ...]
    checked: int
    """Number of nodes looked at."""
    gone: tuple[str, ...] = ()
    """The ids of findings that a baseline knows and that are no longer there."""
    remarks: tuple[str, ...] = ()
    """What a reader should know of the run as a whole."""

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def of(self, rule: str) -> list[Finding]:
        """Return the findings of one rule.

        Example:
            >>> Report((Finding("cycle", Severity.ERROR, "a", "m", "f"),), 1).of("cycle")[0].node
            'a'
        """
        return [finding for finding in self.findings if finding.rule == rule]

    def reaches(self, severity: Severity) -> bool:
        """Tell whether a finding that counts is at least as severe.

        Example:
            >>> Report((), 1).reaches(Severity.INFO)
            False
        """
        return any(f.counts and f.severity >= severity for f in self.findings)
