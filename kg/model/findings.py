"""Findings: what rules noticed. They are values, never exceptions."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


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

    def as_dict(self) -> dict[str, str | int]:
        """Return the finding in the form that other tools rely on."""
        return {
            "rule": self.rule,
            "severity": self.severity.word,
            "node": self.node,
            "message": self.message,
            "fix": self.fix,
            "file": self.file,
            "line": self.line,
        }


@dataclass(frozen=True, slots=True)
class Report:
    """The findings of one run, worst first, and how much was looked at."""

    findings: tuple[Finding, ...]
    checked: int
    """Number of nodes looked at."""

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
        """Tell whether a finding is at least as severe.

        Example:
            >>> Report((), 1).reaches(Severity.INFO)
            False
        """
        return any(finding.severity >= severity for finding in self.findings)
