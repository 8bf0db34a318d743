"""`kg diff`: what differs between two graphs, and what followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.auditing import audit
from kg.checks.changes import Change, Changes
from kg.checks.compared_facts import document_changes, fact_changes
from kg.checks.compared_links import link_changes
from kg.checks.compared_nodes import node_changes
from kg.checks.consequences import consequences
from kg.checks.pairing import pair
from kg.model.bases import DEFAULT, Basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kg.checks.consequences import Consequences
    from kg.checks.pairing import Pairing
    from kg.model.findings import Finding
    from kg.model.graph import KnowledgeGraph


def compare(
    old: KnowledgeGraph, new: KnowledgeGraph, *, bases: frozenset[Basis] = DEFAULT
) -> Changes:
    """Say what differs between two graphs, and what followed from it.

    Nodes are the same when they have one id; what has another id but the same class and words
    was renumbered, where only one fits. Then neither its links nor its findings are new.

    Args:
        old: The graph as it was.
        new: The graph as it is.
        bases: The bases whose links count for reach.

    Example:
        >>> import kg
        >>> compare(kg.load(), kg.load()).same
        True
    """
    pairs = pair(old, new)
    followed = consequences(old, new, bases, pairs)
    rows = [
        *node_changes(pairs),
        *link_changes(pairs),
        *fact_changes(pairs),
        *document_changes(old, new),
        *_followed(followed),
        *_findings(pairs, bases),
    ]
    return Changes(tuple(rows), followed)


def _followed(found: Consequences) -> Iterator[Change]:
    """Yield what followed as rows."""
    for change, group in (
        ("became-orphan", found.became),
        ("ceased-orphan", found.ceased),
        ("added-orphan", found.arrived),
    ):
        for each in group:
            place = each.place
            yield Change(
                "orphans",
                change,
                each.cls,
                each.node,
                "tier",
                each.before,
                each.after,
                place.path,
                place.line,
            )
    for target in found.targets:
        change = "reach"
        if not target.after:
            change = "lost-last-action"
        elif not target.before:
            change = "gained-first-action"
        place = target.place
        yield Change(
            "objectives",
            change,
            "target",
            target.target,
            "actions",
            str(target.before),
            str(target.after),
            place.path,
            place.line,
        )
    for cover in found.coverage:
        if cover.before != cover.after:
            yield Change("coverage", "coverage", "plan", cover.plan, "actions", *cover.words)


def _findings(pairs: Pairing, bases: frozenset[Basis]) -> Iterator[Change]:
    """Yield the findings that appeared, those excused otherwise, and those that disappeared."""
    earlier: dict[str, list[Finding]] = {}
    for finding in audit(pairs.old, bases=bases):
        earlier.setdefault(_name(finding, pairs), []).append(finding)
    for finding in audit(pairs.new, bases=bases):
        known = earlier.get(finding.id)
        if not known:
            yield _finding("appeared", finding, ("", _said(finding)))
            continue
        before = known.pop(0)
        if before.excuse != finding.excuse:
            yield _excused(before, finding)
    for left in earlier.values():
        for finding in left:
            yield _finding("disappeared", finding, (_said(finding), ""))


def _name(finding: Finding, pairs: Pairing) -> str:
    """Return the id that an old finding has if it is still there."""
    ids = (pairs.new_of(name) or name for name in (finding.node, finding.about))
    return ":".join(filter(None, (finding.rule, *ids)))


def _said(finding: Finding) -> str:
    return f"{finding.message} (waived by {finding.excuse})" if finding.excuse else finding.message


def _excused(before: Finding, after: Finding) -> Change:
    """Return that somebody excuses a finding, or no longer, or in other words."""
    if not before.excuse:
        change = "waived"
    else:
        change = "waived-otherwise" if after.excuse else "counts-again"
    return _finding(change, after, (before.excuse, after.excuse))


def _finding(change: str, finding: Finding, says: tuple[str, str]) -> Change:
    severity, file, line = finding.severity.word, finding.file, finding.line
    return Change("findings", change, "finding", finding.id, severity, *says, file, line)
