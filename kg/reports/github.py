"""Findings as workflow commands of GitHub Actions, which it shows beside the lines of a change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.findings import Severity
from kg.reports.forms import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.findings import Finding
    from kg.reports.forms import Root

_COMMANDS: Final = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.INFO: "notice",
}
_DATA: Final = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_PROPERTY: Final = {**_DATA, ord(":"): "%3A", ord(","): "%2C"}


def github(findings: Iterable[Finding], root: Root) -> Iterator[str]:
    r"""Write findings that count as annotations, one a line; the rest is for the summary.

    Args:
        findings: The findings.
        root: Where the files are; GitHub looks for them from the root of the checkout.

    Yields:
        Lines.

    Example:
        >>> from kg.model.findings import Finding
        >>> from kg.reports.forms import Root
        >>> one = Finding("cycle", Severity.ERROR, "a:b", "50%\n::set", "Cut it.", "p,q.csv", 2)
        >>> print(*github([one], Root()), end="")
        ::error file=p%2Cq.csv,line=2,title=cycle%3A a%3Ab::50%25%0A::set%0ACut it.
    """
    for finding in findings:
        if not finding.counts:
            continue
        properties = {"title": f"{finding.rule}: {finding.node}"}
        if finding.file:
            file = root.path(finding.file)
            properties = {"file": file, "line": str(finding.line or 1), **properties}
        listed = ",".join(
            f"{name}={_encode(value, _PROPERTY)}" for name, value in properties.items()
        )
        text = _encode(f"{finding.message}\n{finding.fix}", _DATA)
        yield f"::{_COMMANDS[finding.severity]} {listed}::{text}\n"


def _encode(text: str, escapes: dict[int, str]) -> str:
    """Escape first, so that what is then made visible cannot hide a line end."""
    return visible(text.translate(escapes))
