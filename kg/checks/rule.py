"""What an audit rule is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.model.findings import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One audit rule."""

    id: str
    severity: Severity
    """Of its findings, unless one says otherwise."""
    sentence: str
    """What it finds, in one plain sentence about the node."""
    fix: str
    why: str
    """Why it matters, what it does not show, and what was decided where documents differ."""
    found_by: str
    """The function that finds it."""
    query: str = ""
    """The stored question that finds the same with SPARQL, where plain SPARQL can say it."""
