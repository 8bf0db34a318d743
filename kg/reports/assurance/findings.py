"""The sections that the audit rules fill by themselves: gaps, weak threads, conflicts, waivers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.checks.catalogue import RULES
from kg.reports.assurance.drafting import is_, listing, said
from kg.reports.assurance.records import AUDIT, Name, Section, Table
from kg.reports.assurance.wording import kind_words, rule_title

if TYPE_CHECKING:
    from kg.reports.assurance.drafting import Draft
    from kg.reports.assurance.records import Cell, Figure, Listing, Paragraph

ELSEWHERE: Final = ("unlinked", "stranded", "unserved", "hollow")
"""Rules that the sections about orphans and objectives tell of."""
GAPS: Final = {
    "no-lead": "lead",
    "no-date": "date",
    "no-measure": "measure",
    "no-funding": "money",
}
"""Rules about what each row of work is asked, and what that is."""
COLUMNS: Final = {
    "node": "Element",
    "kind": "Kind",
    "message": "What was found",
    "file": "File",
    "line": "Line",
    "status": "Status",
}


@dataclass(frozen=True, slots=True)
class Group:
    """A section that some rules of the audit fill."""

    id: str
    title: str
    words: str
    rules: tuple[str, ...]


GROUPS: Final = (
    Group(
        "accountability",
        "Leads, dates, measures and money",
        "A row can be followed up only if somebody leads it, it has a date, and something shows "
        "whether it was done. What is missing is missing in different ways: a blank cell is an "
        "omission, a document without such a column never asked, and what was lost from the text "
        "is unknown. A collective lead such as “All” is a lead, but nobody accountable. Money of "
        "different natures is never added up.",
        (
            "no-lead",
            "collective-lead",
            "self-reporting",
            "no-date",
            "no-measure",
            "deferred-measure",
            "no-funding",
            "folded",
        ),
    ),
    Group(
        "single-threads",
        "Single and weak threads",
        "An objective hangs by a single thread when one action, one lead or one link carries all "
        "that reaches it. A thread is weak when it rests on a reader's judgement, or ends at a "
        "policy that has been superseded.",
        ("single-thread", "weak-only", "only-superseded", "plan-draws-on-unserved"),
    ),
    Group(
        "conflicts",
        "Conflicts",
        "Statements of one document that cannot all be true, found by comparing dates and "
        "amounts, or recorded by a reader. Only sure conflicts are listed; what was lost from a "
        "text is in conflict with nothing.",
        ("date-conflict", "money-conflict"),
    ),
    Group(
        "suspect-links",
        "Suspect links",
        "A link is suspect when the words at one of its ends have changed since a person last "
        "looked at it.",
        ("suspect-link", "unreviewed-link"),
    ),
)


def rule_sections(draft: Draft) -> list[Section]:
    """Return a section for each group of rules, and one for all other rules.

    A group of which the catalogue knows no rule is left out, for nothing was looked for.
    """
    made = []
    for group in GROUPS:
        rules = tuple(rule for rule in group.rules if rule in RULES)
        if rules:
            made.append(_section(draft, group, rules))
    taken = {*ELSEWHERE, *_WAIVER_RULES, *(rule for group in GROUPS for rule in group.rules)}
    rest = tuple(rule for rule in RULES if rule not in taken)
    other = Group(
        "other-findings",
        "Faulty rows and links",
        "Rows that cannot be read as they stand, and links that cannot be right.",
        rest,
    )
    return [*made, _section(draft, other, rest)]


def _section(draft: Draft, group: Group, rules: tuple[str, ...]) -> Section:
    found = {rule: _figure(draft, rule) for rule in rules}
    speaking = {rule: figure for rule, figure in found.items() if figure.value}
    paragraphs: list[Paragraph] = [said(group.words)]
    if not speaking:
        title = f"Findings of the section on {group.title.lower()}"
        every = draft.figure(f"audit/{group.id}", title, AUDIT, is_("rule", *rules))
        sought = "; ".join(f"{_sentence(rule)} ({rule})" for rule in rules)
        paragraphs.append(said("Looked for, with {} findings: {}.", every, Name(sought)))
        return Section(group.id, group.title, tuple(paragraphs))
    listings = [_listing(rule, figure) for rule, figure in speaking.items()]
    tables = [table for table in (_named_by_none(draft, found), _counts(found)) if table]
    if kinds := _kinds(draft, speaking):
        tables.append(kinds)
    return Section(group.id, group.title, tuple(paragraphs), tuple(tables), tuple(listings))


def _sentence(rule: str) -> str:
    return f"“{RULES[rule].sentence.removesuffix('.')}”"


def asked_figure(draft: Draft) -> Figure:
    """Return how many rows of work the rules about leads, dates, measures and money ask."""
    title = "Rows of work asked for a lead, a date, a measure and money"
    return draft.figure("asked/all", title, "asked")


def gaps(draft: Draft) -> dict[str, str]:
    """Return the rules about what a row of work names, with what each asks for.

    A table without a column of leads is not asked for them, nor any table for the rest.
    """
    if not draft.flat:
        return GAPS
    leads = "ledBy" in draft.inquiry.graph.table.predicates
    return {rule: what for rule, what in GAPS.items() if rule == "no-lead" and leads}


def _named_by_none(draft: Draft, found: dict[str, Figure]) -> Table | None:
    """Set the rows that lack something beside the rows asked, folded ones told apart."""
    rows: list[tuple[Cell, ...]] = []
    for rule, what in gaps(draft).items():
        if rule in found:
            here = (is_("rule", rule), is_("kind", "folded"))
            title = f"Rows that name no {what} and are dealt with in another row"
            folded = draft.figure(f"audit/{rule}/folded", title, AUDIT, *here)
            rows.append((f"No {what}", asked_figure(draft), found[rule], folded))
    if not rows:
        return None
    columns = ("What is missing", "Rows asked", "Rows that name none", "Dealt with in another row")
    about = (
        "One row for each thing that is asked; the last column counts those of the rows before it "
        "that their document deals with in another row."
    )
    return Table("What rows of work do not name", columns, tuple(rows), about)


def _figure(draft: Draft, rule: str) -> Figure:
    return draft.figure(f"audit/{rule}", f"{rule_title(rule)} ({rule})", AUDIT, is_("rule", rule))


def _counts(found: dict[str, Figure]) -> Table:
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (RULES[rule].sentence, figure, RULES[rule].severity.word, rule)
        for rule, figure in found.items()
    )
    columns = ("What the audit says of an element", "Findings", "Severity", "Rule")
    about = "One row for each rule of the audit that was run, with the number of its findings."
    return Table("Findings of the audit", columns, rows, about)


def _kinds(draft: Draft, speaking: dict[str, Figure]) -> Table | None:
    """Count the findings of each rule by kind, where a rule tells kinds apart."""
    rows: list[tuple[Cell, ...]] = []
    for rule in speaking:
        for kind in draft.values(AUDIT, "kind", is_("rule", rule)):
            if kind:
                here = (is_("rule", rule), is_("kind", kind))
                title, words = rule_title(rule), kind_words(kind)
                found = draft.figure(f"audit/{rule}/{kind}", f"{title}: {words}", AUDIT, *here)
                rows.append((title, words, found, f"{rule}, {kind}"))
    if not rows:
        return None
    about = "One row for each rule and kind: how the thing is missing, or why it is found."
    columns = ("What was found", "In what way", "Findings", "Rule and kind")
    return Table("Findings by kind", columns, tuple(rows), about)


def _listing(rule: str, figure: Figure) -> Listing:
    return listing(f"{rule_title(rule)} ({rule})", figure, RULES[rule].sentence, COLUMNS)


_WAIVER_RULES: Final = ("waiver-expired", "waiver-unused")


def waivers(draft: Draft) -> Section:
    """Say which findings somebody has excused, and which excuses no longer hold."""
    waived = draft.figure(
        "audit/status/waived", "Findings that are waived", AUDIT, is_("status", "waived")
    )
    paragraphs = [
        said(
            "A waiver excuses one finding: somebody answers for it, for a reason, until a day. A "
            "waived finding stays in every count of this report, and is marked as waived where it "
            "is listed. Waived now: {}.",
            waived,
        )
    ]
    listings = []
    if waived.value:
        columns = {"rule": "Rule", "node": "Element", "excuse": "Who, why and until when"}
        listings.append(listing("Waived findings", waived, "Each waived finding.", columns))
    for rule in _WAIVER_RULES:
        if rule in RULES:
            figure = _figure(draft, rule)
            paragraphs.append(said("{}: {}.", Name(f"{rule_title(rule)} ({rule})"), figure))
            if figure.value:
                listings.append(_listing(rule, figure))
    return Section("waivers", "Waivers", tuple(paragraphs), (), tuple(listings))
