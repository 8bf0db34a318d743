"""Findings as JUnit XML, which GitLab, Jenkins and others show as tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.findings import Severity
from kg.reports.forms import RuleText, place, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.model.findings import Finding

_ESCAPES: Final = {
    ord("&"): "&amp;",
    ord("<"): "&lt;",
    ord(">"): "&gt;",
    ord('"'): "&quot;",
    ord("\t"): "&#9;",
    ord("\n"): "&#10;",
}


def junit(findings: Sequence[Finding], rules: Iterable[RuleText]) -> Iterator[str]:
    """Write findings as JUnit XML: a suite a rule, a case a finding.

    A finding that counts is a failure; one that is waived or known is skipped, with the reason;
    one that only informs passes, and a rule without findings is one case that passes.

    Args:
        findings: The findings.
        rules: The rules that ran.

    Yields:
        Text; together XML.

    Example:
        >>> from kg.reports.forms import rule_texts
        >>> "".join(junit([], rule_texts(["cycle"]))).count("<testcase")
        1
    """
    suites: dict[str, list[Finding]] = {rule.id: [] for rule in rules}
    for finding in findings:
        suites.setdefault(finding.rule, []).append(finding)
    cases = sum(max(len(found), 1) for found in suites.values())
    failures = sum(map(_fails, findings))
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="policy lineage" tests="{cases}" failures="{failures}" errors="0">\n'
    for rule, found in suites.items():
        failed, skipped = sum(map(_fails, found)), sum(not f.counts for f in found)
        yield (
            f'  <testsuite name="{_escaped(rule)}" tests="{max(len(found), 1)}" '
            f'failures="{failed}" errors="0" skipped="{skipped}">\n'
        )
        if not found:
            yield f'    <testcase classname="{_escaped(rule)}" name="no findings"/>\n'
        for finding in found:
            yield from _case(finding)
        yield "  </testsuite>\n"
    yield "</testsuites>\n"


def _fails(finding: Finding) -> bool:
    return finding.counts and finding.severity > Severity.INFO


def _case(finding: Finding) -> Iterator[str]:
    name = f"{finding.node} ({finding.about})" if finding.about else finding.node
    yield f'    <testcase classname="{_escaped(finding.rule)}" name="{_escaped(name)}">\n'
    where = place(finding)
    text = _escaped(
        "\n".join(filter(None, (finding.message, where and f"at {where}", finding.fix)))
    )
    if not finding.counts:
        reason = f"{finding.status}: {finding.excuse}" if finding.excuse else finding.status
        yield f'      <skipped type="{_escaped(finding.status)}" message="{_escaped(reason)}"/>\n'
    if _fails(finding):
        yield (
            f'      <failure type="{finding.severity.word}" message="{_escaped(finding.message)}">'
            f"{text}</failure>\n"
        )
    else:
        yield f"      <system-out>{text}</system-out>\n"
    yield "    </testcase>\n"


def _escaped(text: str) -> str:
    return visible(text).translate(_ESCAPES)
