"""The ratchet: findings that are known from before do not count, new ones do."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kg.checks.catalogue import RULES
from kg.errors import ExportError, LoadError, Place
from kg.model.findings import KNOWN, Severity
from kg.store.files import write_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from pathlib import Path

    from kg.model.findings import Finding

FORMAT: Final = "policy-lineage baseline 1"
_SEVERITIES: Final = {severity.word: severity for severity in Severity}


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One finding that is known: its id, and how severe it was."""

    id: str
    rule: str
    node: str
    severity: Severity


def read_baseline(path: Path) -> list[Entry]:
    """Read a baseline.

    Raises:
        LoadError: If it is no baseline, at the line that is none.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8"
        raise LoadError(
            "load-file",
            f"cannot read the baseline {path}: {said}",
            hint="make one with: kg audit --write-baseline FILE",
        ) from error
    lines = text.split("\n")
    if _parsed(lines[0]) != {"format": FORMAT}:
        raise _faulty(path, 1, f"the first line does not say {FORMAT!r}")
    entries = []
    for number, line in enumerate(lines[1:], 2):
        if line.strip():
            entry = _entry(_parsed(line))
            if entry is None:
                raise _faulty(path, number, "it names no finding")
            entries.append(entry)
    return entries


def _parsed(line: str) -> Any:  # noqa: ANN401 - whatever somebody wrote
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _entry(said: Any) -> Entry | None:  # noqa: ANN401 - whatever somebody wrote
    if not isinstance(said, dict):
        return None
    cells = [said.get(name) for name in ("id", "rule", "node", "severity")]
    name, rule, node, severity = (cell if isinstance(cell, str) else None for cell in cells)
    if name is None or rule is None or node is None or severity not in _SEVERITIES:
        return None
    return Entry(name, rule, node, _SEVERITIES[severity])


def _faulty(path: Path, line: int, message: str) -> LoadError:
    return LoadError(
        "baseline-malformed",
        message,
        hint="restore the file, or make it again with: kg audit --write-baseline FILE",
        place=Place(str(path), line, 1),
    )


def mark_known(
    findings: Iterable[Finding], baseline: Iterable[Entry], rules: Collection[str] = tuple(RULES)
) -> tuple[list[Finding], list[str]]:
    """Mark the findings that a baseline knows, and list what it knows that is gone.

    As many findings of one id are known as the baseline has, and none that has become more
    severe. Entries of rules that were not run are not gone.

    Args:
        findings: What was found.
        baseline: What was found before.
        rules: The rules that were run.

    Returns:
        The findings, and the ids of the entries that nothing was found for.

    Example:
        >>> entry = Entry("cycle:a", "cycle", "a", Severity.ERROR)
        >>> mark_known([], [entry])
        ([], ['cycle:a'])
    """
    known: dict[str, list[Severity]] = {}
    for entry in baseline:
        if entry.rule in rules:
            known.setdefault(entry.id, []).append(entry.severity)
    marked = []
    for found in findings:
        left = known.get(found.id)
        place = None if left is None else _place(left, found.severity)
        if left is None or place is None:
            marked.append(found)
            continue
        del left[place]
        marked.append(replace(found, status=KNOWN) if found.counts else found)
    return marked, sorted(name for name, left in known.items() for _ in left)


def _place(left: list[Severity], severity: Severity) -> int | None:
    return next((i for i, known in enumerate(left) if known >= severity), None)


def entries_of(findings: Iterable[Finding], *, only_known: bool = False) -> list[Entry]:
    """Return findings as entries of a baseline; waived ones are excused elsewhere.

    Example:
        >>> entries_of([])
        []
    """
    return [
        Entry(found.id, found.rule, found.node, found.severity)
        for found in findings
        if found.status == KNOWN or (found.counts and not only_known)
    ]


def write_baseline(path: Path, entries: Iterable[Entry]) -> int:
    """Write a baseline: a line a finding, sorted, so that differences are small.

    Raises:
        ExportError: If there is a file of that name that is no baseline.
        KgError: If it cannot be written.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "baseline.jsonl"
        >>> write_baseline(path, [Entry("cycle:a", "cycle", "a", Severity.ERROR)])
        1
        >>> read_baseline(path)[0].node
        'a'
    """
    if path.is_file() and path.stat().st_size:
        try:
            read_baseline(path)
        except LoadError as error:
            raise ExportError(
                "export-over-input",
                f"{path} is there and is no baseline",
                hint="choose another name, or remove the file",
            ) from error
    ordered = sorted(entries)
    lines = [{"format": FORMAT}] + [
        {"id": e.id, "rule": e.rule, "node": e.node, "severity": e.severity.word} for e in ordered
    ]
    write_text(path, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines))
    return len(ordered)


def gone_words(gone: Collection[str], total: int) -> str:
    """Say how many entries of a baseline are gone, and which rules they are of.

    Example:
        >>> gone_words(["cycle:a", "cycle:b"], 12)
        '2 of the 12 findings of the baseline are gone (cycle 2)'
    """
    rules = Counter(name.partition(":")[0] for name in gone)
    said = ", ".join(f"{rule} {count}" for rule, count in sorted(rules.items()))
    verb = "is" if len(gone) == 1 else "are"
    return f"{len(gone)} of the {total} findings of the baseline {verb} gone ({said})"
