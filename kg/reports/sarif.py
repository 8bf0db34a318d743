"""Findings as SARIF 2.1.0, the form that code scanning of GitHub, Azure and editors reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from kg.model.findings import Severity
from kg.reports.forms import RuleText, visible
from kg.resources import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.model.findings import Finding
    from kg.reports.forms import Root

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT: Final = "SRCROOT"
FINGERPRINT: Final = "findingId/v1"
_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_BASELINE: Final = {"known": "unchanged"}


def sarif(
    findings: Sequence[Finding],
    rules: Iterable[RuleText],
    root: Root,
    *,
    exit_code: int = 0,
    baseline: bool | None = None,
    category: str = "audit",
) -> Iterator[str]:
    """Write findings as one SARIF log, piece by piece.

    Args:
        findings: The findings.
        rules: The rules that ran, those without findings included.
        root: Where the files are.
        exit_code: What the command exits with.
        baseline: Whether they were compared with findings of before; left out, they were if one
            of them is known.
        category: What the run was, to tell it from others of the same commit.

    Yields:
        Text; together JSON.

    Example:
        >>> import json
        >>> from kg.reports.forms import Root, rule_texts
        >>> log = json.loads("".join(sarif([], rule_texts(["cycle"]), Root())))
        >>> log["runs"][0]["tool"]["driver"]["rules"][0]["id"]
        'cycle'
    """
    known = {rule.id: rule for rule in rules}
    for finding in findings:
        if finding.rule not in known:
            known[finding.rule] = RuleText(
                finding.rule, finding.severity, finding.rule, finding.fix
            )
    number = {name: place for place, name in enumerate(known)}
    compared = any(f.status in _BASELINE for f in findings) if baseline is None else baseline
    head = json.dumps(_head(known.values(), root, exit_code, category), ensure_ascii=False)
    # The list of results is left open at the end, so that it never stands in memory.
    yield f'{{"$schema": "{SCHEMA}", "version": "2.1.0", "runs": [{head[:-1]}, "results": ['
    before = "\n"
    for finding in findings:
        made = _result(finding, number[finding.rule], root, compared=compared)
        yield before + json.dumps(made, ensure_ascii=False)
        before = ",\n"
    yield "\n]}]}\n"


def _head(rules: Iterable[RuleText], root: Root, exit_code: int, category: str) -> dict[str, Any]:
    """Return a run without its results."""
    base: dict[str, Any] = {"description": {"text": "What paths of files start from."}}
    if root.base:
        base["uri"] = root.base.as_uri().removesuffix("/") + "/"
    return {
        "tool": {
            "driver": {
                "name": "policy lineage",
                "semanticVersion": VERSION,
                "version": VERSION,
                "rules": list(map(_rule, rules)),
            }
        },
        "automationDetails": {"id": f"policy-lineage/{category}/"},
        "invocations": [{"executionSuccessful": True, "exitCode": exit_code}],
        "originalUriBaseIds": {ROOT: base},
        "columnKind": "unicodeCodePoints",
    }


def _rule(rule: RuleText) -> dict[str, Any]:
    return {
        "id": rule.id,
        "name": "".join(part.capitalize() for part in rule.id.split("-")),
        "shortDescription": {"text": rule.sentence},
        "fullDescription": {"text": visible(f"{rule.sentence} {rule.fix}")},
        "help": {"text": visible(rule.fix)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, index: int, root: Root, *, compared: bool) -> dict[str, Any]:
    location: dict[str, Any] = {"logicalLocations": [{"fullyQualifiedName": visible(finding.node)}]}
    if finding.file:
        location["physicalLocation"] = _physical(finding, root)
    made: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": _text(finding)},
        "locations": [location],
        "partialFingerprints": {FINGERPRINT: visible(finding.id)},
        "properties": {
            "node": visible(finding.node),
            "kind": visible(finding.kind),
            "fix": visible(finding.fix),
        },
    }
    if finding.status == "waived":
        made["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": visible(finding.excuse or "waived"),
            }
        ]
    if compared:
        made["baselineState"] = _BASELINE.get(finding.status, "new")
    return made


def _physical(finding: Finding, root: Root) -> dict[str, Any]:
    uri = root.uri(finding.file)
    artifact = {"uri": uri} if uri.startswith("file:") else {"uri": uri, "uriBaseId": ROOT}
    found: dict[str, Any] = {"artifactLocation": artifact}
    if finding.line:
        found["region"] = {"startLine": finding.line}
    return found


def _text(finding: Finding) -> str:
    """Return a finding as one text that names its node, since viewers show nothing else of it."""
    named = finding.message if finding.node in finding.message else None
    return visible(named or f"{finding.node}: {finding.message}")
