"""Write the pages of the stored questions: `.ci/make_queries.py`, or `--check` them.

The overview lists the questions by who asks; one page maps the competency questions to the
files that answer them; one lists the rules of the linter.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from kg.sparql.catalogue import ROLES, StoredQuery, stored_queries  # noqa: E402
from kg.sparql.linting import RULES  # noqa: E402

FOLDER = ROOT / "docs" / "reference" / "queries"
MADE = "<!-- Made by .ci/make_queries.py from queries/ and kg/sparql; do not edit. -->\n"
COMPETENCY = (
    "Which national objectives does an action serve, and on what basis?",
    "Which actions serve a national objective, or an instrument?",
    "What is the exact quotation, file and offset behind each step of a path?",
    "Which actions have no upward link at all?",
    "Which actions are only locally anchored?",
    "Which actions reach anything only through a judgement or a possibility?",
    "Which national objectives have no action in a locality?",
    "Which instruments does a plan draw on, implement or merely cite?",
    "What superseded an instrument, and which live links still end in a superseded one?",
    "Which plans lead to a policy issued after them?",
    "Which priorities does a plan set out, in order, and which work stands under each?",
    "What progress was reported on a shift, and which shifts got none?",
    "Who leads, governs or is reported to?",
    "Which actions have no lead, or only a generic group?",
    "What does a body lead, govern, or have reported to it?",
    "What money is stated for an element, by year, stream and status?",
    "Which elements say that there is no money, which that it is to be confirmed, which nothing?",
    "What falls due in a period, and which words did the source use?",
    "Which commitments have no timescale, or an open one?",
    "Which outcomes have no measure; which measures have no reported value?",
    "What rating does the source give?",
    "For one link: which claims, by whom, when, with which reasons and decisions?",
    "What rests on a link, or on the readings of one reader?",
    "Where do two localities serve the same objective, or speak of the same matter?",
    "How many links per basis and instrument, and what changes when only the stated count?",
)
"""The questions that the ontology was made to answer, by number from 1."""


def link(stored: StoredQuery) -> str:
    """Return a link to the file of a question."""
    return f"[`{stored.name}`](../../../queries/{stored.name}.rq)"


def overview(found: dict[str, StoredQuery]) -> str:
    """Return the page that lists the questions by who asks."""
    lines = [
        MADE,
        "# Stored questions",
        "",
        (
            f"{len(found)} questions, each a file of plain SPARQL 1.1 with a header. `kg queries` "
            "lists them, `kg queries NAME` prints one, `kg query NAME -p parameter=value` asks it. "
            "A question of more than one role stands under each. Those under `negative/` must "
            "return nothing; those under `audit/` say in SPARQL what a rule of "
            "[`kg audit`](../audit-rules/README.md) finds. See also: "
            "[competency questions](competency.md), [traps](linting.md)."
        ),
    ]
    for role, heading in ROLES.items():
        lines += ["", f"## {heading}", "", "| question | parameters | asks |", "|---|---|---|"]
        for stored in found.values():
            if role in stored.roles:
                names = ", ".join(f"{name} ({kind})" for name, (kind, _) in stored.params.items())
                lines.append(f"| {link(stored)} | {names} | {stored.summary} |")
    lines += ["", "## Questions that have no answer in the five documents, and why", ""]
    lines += [f"- {link(one)}: {one.empty}." for one in found.values() if one.empty]
    return "\n".join([*lines, ""])


def competency(found: dict[str, StoredQuery]) -> str:
    """Return the page that maps the competency questions to files."""
    lines = [
        MADE,
        "# Competency questions",
        "",
        "What the ontology must be able to answer, and the stored questions that answer it.",
        "",
        "| | question | asked by |",
        "|---:|---|---|",
    ]
    for number, sentence in enumerate(COMPETENCY, start=1):
        links = ", ".join(link(one) for one in found.values() if number in one.answers)
        lines.append(f"| {number} | {sentence} | {links} |")
    return "\n".join([*lines, ""])


def linting() -> str:
    """Return the page of the linter's rules."""
    lines = [
        MADE,
        "# Traps in SPARQL",
        "",
        (
            "`kg query FILE --lint` looks for them in a query of your own, or "
            "`kg query NAME --lint` "
            "in a stored one, without asking it; it exits with 1 if it finds any."
        ),
    ]
    for rule in RULES.values():
        lines += ["", f"## {rule.id}", "", f"{rule.sentence} {rule.why}", "", rule.fix, ""]
        lines += [f"    # falls into it\n    {rule.dirty}", f"    # does not\n    {rule.clean}"]
    return "\n".join([*lines, ""])


def main() -> int:
    """Write the pages, or tell whether they differ from what the questions say."""
    found = stored_queries()
    pages = {
        "README.md": overview(found),
        "competency.md": competency(found),
        "linting.md": linting(),
    }
    held = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    if "--check" in sys.argv:
        wrong = sorted(n for n in pages.keys() | held.keys() if pages.get(n) != held.get(n))
        for name in wrong:
            print(f"{(FOLDER / name).relative_to(ROOT)} is out of date: run .ci/make_queries.py")
        return int(bool(wrong))
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
