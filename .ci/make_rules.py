"""Write the pages of the audit rules: `.ci/make_rules.py`, or `--check` that they are up to date.

Each page says what the rule finds, why it matters, how it is found and how to waive it; the
example is what the rule finds in the bundled documents.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

import kg  # noqa: E402
from kg.checks.catalogue import RULES, Rule  # noqa: E402

if TYPE_CHECKING:
    from kg.model.findings import Finding, Report

FOLDER = ROOT / "docs" / "reference" / "audit-rules"
MADE = "<!-- Made by .ci/make_rules.py from kg/checks; do not edit. -->\n"


WAIVE = (
    "A finding keeps its id from run to run (column `id`). To excuse it, write a row into "
    "`waivers.csv` of the data folder, or compare with a baseline: `kg audit --help`."
)


def overview(report: Report) -> str:
    """Return the page that lists all rules."""
    rows = [
        f"| [`{rule.id}`]({rule.id}.md) | {rule.severity.word} | {rule.sentence} "
        f"| {len(report.of(rule.id)) or ''} |"
        for rule in RULES.values()
    ]
    intro = (
        f"`kg audit` runs {len(RULES)} rules; `--rule ID` chooses. **error** is a fault or a "
        "broken thread, **warning** a gap or a weakness, **info** worth knowing. A single "
        "finding may be milder than its rule: its page says when. The last column counts "
        "findings in the five documents that come with the program, with the usual bases."
    )
    return "\n".join(
        [
            MADE,
            "# Audit rules",
            "",
            intro,
            "",
            "| rule | severity | what it finds | here |",
            "|---|---|---|---:|",
            *rows,
            "",
        ]
    )


def page(rule: Rule, found: list[Finding]) -> str:
    """Return the page of one rule."""
    asked = "no stored question: plain SPARQL over the triples cannot say it"
    if rule.query:
        asked = f"`kg query {rule.query}`, over all accepted links, judgements included"
    return "\n".join(
        [
            MADE,
            f"# {rule.id}",
            "",
            f"**{rule.severity.word}** · {rule.sentence}",
            "",
            rule.why,
            "",
            "## What to do",
            "",
            rule.fix,
            "",
            "## How it is found",
            "",
            f"`kg audit --rule {rule.id}` runs `{rule.found_by}`. In SPARQL: {asked}.",
            "",
            "## In the five documents",
            "",
            *example(found),
            "",
            "## If it is right as it stands",
            "",
            WAIVE,
            "",
        ]
    )


def example(found: list[Finding]) -> list[str]:
    """Return how often a rule speaks in the bundled documents, and the first finding."""
    if not found:
        return ["It finds nothing there."]
    kinds: dict[str, int] = {}
    for finding in found:
        kinds[finding.kind] = kinds.get(finding.kind, 0) + 1
    by_kind = ", ".join(f"{number} `{kind}`" for kind, number in sorted(kinds.items()) if kind)
    said = f"{len(found)} finding{'s' if len(found) > 1 else ''}"
    first = found[0]
    return [
        f"{said}{f' ({by_kind})' if by_kind else ''}. The first:",
        "",
        f"    {first.id}",
        f"    {first.message}",
        f"    {first.file}, line {first.line}",
    ]


def main() -> int:
    """Write the pages, or tell whether they differ from what the rules say."""
    report = kg.audit(kg.load())
    pages = {f"{rule.id}.md": page(rule, report.of(rule.id)) for rule in RULES.values()}
    pages["README.md"] = overview(report)
    held = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    if "--check" in sys.argv:
        wrong = sorted(n for n in pages.keys() | held.keys() if pages.get(n) != held.get(n))
        for name in wrong:
            print(f"{(FOLDER / name).relative_to(ROOT)} is out of date: run .ci/make_rules.py")
        return int(bool(wrong))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in held.keys() - pages.keys():
        (FOLDER / name).unlink()
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
