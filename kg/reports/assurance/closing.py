"""The last sections: changes, defects of the sources, judgements, method; and the summary."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.lineage.reasons import TIERS
from kg.model.bases import DEFAULT
from kg.reports.assurance.drafting import MOST, code_words, counted, is_, listing, said
from kg.reports.assurance.records import AUDIT, Name, Section, Table
from kg.resources import VERSION

if TYPE_CHECKING:
    from kg.reports.assurance.drafting import Draft
    from kg.reports.assurance.records import Cell, Paragraph

BASES = {
    "stated": "the row or sentence says it",
    "inherited": "an empty cell of a visibly merged column; the row above says it",
    "inferred": "a published rule concludes it from other links, which are kept with it",
    "interpreted": "a reader's judgement, with confidence and reason; counted only on request",
    "suggested": "a candidate that nobody has accepted; never counted",
}


def changes(draft: Draft) -> Section:
    """Say what changed since an earlier graph, if there is one."""
    since = draft.inquiry.setting.since
    if draft.inquiry.before is None:
        text = (
            "No earlier graph was given to compare with, so nothing can be said of changes. "
            "The option --since names one."
        )
        return Section("changes", "Changes", (said(text),))
    total = draft.figure("changes/all", "Changes since the earlier graph", "changes")
    paragraphs = (said("Compared with ", Name(since), ", there are ", total, " changes."),)
    if not total.value:
        return Section("changes", "Changes", paragraphs)
    rows: list[tuple[Cell, ...]] = []
    for what in draft.values("changes", "what"):
        for change in draft.values("changes", "change", is_("what", what)):
            here = (is_("what", what), is_("change", change))
            title = f"Changes: {what} {change}"
            rows.append(
                (what, change, draft.figure(f"changes/{what}/{change}", title, "changes", *here))
            )
    about = (
        "One row for each kind of change. A broken thread is an element that has become an orphan."
    )
    table = Table("Changes by kind", ("What", "Change", "Number"), tuple(rows), about)
    columns = {
        "what": "What",
        "change": "Change",
        "item": "Which",
        "before": "Before",
        "after": "After",
    }
    listed = listing("Every change", total, "Each change with the words before and after.", columns)
    return Section("changes", "Changes", paragraphs, (table,), (listed,))


def defects(draft: Draft) -> Section:
    """Say what is damaged or contradictory in the texts themselves."""
    total = draft.figure("defects/all", "Defects of the sources", "defects")
    paragraphs: list[Paragraph] = [
        said("A text can be damaged or contradict itself, and a reader who does not know that is "
             "misled. Defects noted while reading: ", total, ". Lost is never taken for no.")
    ]  # fmt: skip
    if not total.value:
        return Section("defects", "Defects of the sources", tuple(paragraphs))
    rows: list[tuple[Cell, ...]] = []
    for kind in draft.commonest("defects", "kind"):
        found = draft.figure(
            f"defects/kind/{kind}", f"Defects: {kind}", "defects", is_("kind", kind)
        )
        rows.append((kind.replace("-", " "), code_words("defect-kind", kind), found))
    about = "One row for each kind of defect, what it means, and how many there are."
    kinds = Table("Defects by kind", ("Kind", "What it means", "Defects"), tuple(rows), about)
    plans = draft.values("defects", "plan")
    by_plan = counted(
        draft, "defects", "Defects by plan", "Plan or thing", "plan", plans[:MOST], "defects/plan"
    )
    columns = {
        "plan": "Plan",
        "kind": "Kind",
        "says": "What is wrong",
        "quotation": "The words",
        "lines": "Lines",
    }
    listed = listing("Every defect", total, "Each defect with the words that show it.", columns)
    return Section(
        "defects", "Defects of the sources", tuple(paragraphs), (kinds, by_plan), (listed,)
    )


def judgements(draft: Draft) -> Section:
    """List the links that rest on a reader's judgement."""
    total = draft.figure("judgements/all", "Links that rest on a reader's judgement", "judgements")
    paragraphs = (
        said("Where a document does not say something but a reader holds it, the link is marked "
             "as interpreted, with a confidence and a reason. There are ", total, " such links. They are "
             "shown apart, and count only where they were asked for."),
    )  # fmt: skip
    if not total.value:
        return Section("judgements", "Readers’ judgements", paragraphs)
    columns = {
        "subject": "From",
        "predicate": "Link",
        "object": "To",
        "confidence": "Confidence",
        "because": "Because",
        "lines": "Lines",
    }
    listed = listing("Every judgement", total, "Each interpreted link with its reason.", columns)
    return Section("judgements", "Readers’ judgements", paragraphs, (), (listed,))


def method(draft: Draft, date: str, release: str) -> Section:
    """Say how it was read and counted, what the counts do not show, and how to count again."""
    setting = draft.inquiry.setting
    again = Name(f"kg report verify DIR{' -g ' + setting.graph if setting.graph else ''}")
    paragraphs = (
        said("Drawn up on ", Name(date), " from ", Name(release), " with policy lineage ", Name(VERSION),
             *((", as the graph stood on ", Name(setting.day)) if setting.day else ()), "."),
        said("How it was read: people read each document and wrote down what its rows and "
             "sentences say, with the words and the lines where they stand. The program checks "
             "that every quotation stands in its document, and refuses to go on where one does not. "
             "It adds links only by published rules, and keeps with each what it rests on.")
        if not draft.flat
        else said("How it was read: from one table, a row an item. Each row is its own evidence; "
                  "nothing was added to what the rows say."),
        said("Bases that count in this report: ", Name(setting.bases.replace(",", ", ")), "."),
        said("What the counts do not show: whether a row of work was carried out, whether it had "
             "any effect, whether an objective is well served, or whether a plan is good. A count "
             "of rows measures how a document was drafted. A plan that draws on a policy does not "
             "thereby make each of its rows serve it, and being part of something is not serving "
             "what that serves. Amounts of different natures are not added up."),
        said("How to count again: every figure carries a number in square brackets. The annex of "
             "figures gives, for each, the command that answers its question, which rows of the "
             "answer count and how, and the file of this pack that holds those rows. The command ",
             again, " counts all of them again and says which differ. The file SHA256SUMS lists "
             "the checksum of every file of the pack."),
    )  # fmt: skip
    tables = [_bases(draft)]
    if not draft.flat:
        tiers = tuple((f"Tier {tier}", words) for tier, words in TIERS.items())
        about = "Each tier, from one to four, and what it means."
        tables.append(Table("Tiers", ("Tier", "What it means"), tiers, about))
    return Section("method", "Method", paragraphs, tuple(tables))


def _bases(draft: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for basis, words in BASES.items():
        counts = draft.figure(f"links/{basis}", f"Accepted links that are {basis}", "links",
                              is_("basis", basis), count="sum:links")  # fmt: skip
        used = "yes" if basis in draft.inquiry.setting.bases.split(",") else "no"
        rows.append((basis, words, used, counts))
    about = "Each basis, what it means, whether it counts in this report, and its links."
    columns = ("Basis", "What it means", "Counts here", "Links")
    return Table("Bases of links", columns, tuple(rows), about)


def summary(draft: Draft, sections: list[Section]) -> Section:
    """Say the main things in a page, in figures that the sections explain."""
    figures = {figure.key: figure for figure in draft.figures}
    paragraphs: list[Paragraph] = [
        said("This report says which rows of work have a line of sight to what they are meant to "
             "serve, which have none, and what the documents leave open. It counts rows of "
             "documents; it does not measure effect."),
    ]  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (title, figures[key])
        for key, title in (
            ("coverage/rows", "Rows of work"),
            ("coverage/reach", f"of which reach a {draft.objective}"),
            ("coverage/nothing", "of which have no line of sight"),
            ("orphans/all", "Orphans of every kind, aims and outcomes included"),
            ("objectives/all", draft.objectives[:1].upper() + draft.objectives[1:]),
            ("objectives/without", "of which no action reaches"),
            ("audit/no-lead", "Rows without a lead"),
            ("audit/no-date", "Rows without a date"),
            ("audit/single-thread", "Single threads"),
            ("audit/date-conflict", "Conflicts of dates"),
            ("audit/money-conflict", "Conflicts of money"),
            ("audit/suspect-link", "Suspect links"),
            ("audit/status/waived", "Findings that are waived"),
            ("changes/all", "Changes since the earlier graph"),
            ("defects/all", "Defects noted in the sources"),
            ("judgements/all", "Links that rest on a reader's judgement"),
        )
        if key in figures
    ]
    total = draft.figure("audit/all", "All findings of the audit", AUDIT)
    rows.append(("All findings of the audit", total))
    paragraphs += _by_plan(draft)
    used = set(draft.inquiry.bases)
    paragraphs.append(
        said("Bases that count: ", Name(draft.inquiry.setting.bases.replace(",", ", ")),
             "; no reader's judgement is counted." if used <= DEFAULT else ".")
    )  # fmt: skip
    about = "The main figures of the report; each is explained in its section."
    table = Table("Main figures", ("What", "Figure"), tuple(rows), about)
    del sections
    return Section("summary", "Summary", tuple(paragraphs), (table,))


def _by_plan(draft: Draft) -> list[Paragraph]:
    """Say of each plan how much of its work has a line of sight."""
    made: list[Paragraph] = []
    for plan in draft.values("coverage", "plan")[:MOST]:
        here = is_("plan", plan)
        rows = draft.figure(f"plan/{plan}/rows", f"Rows of work of {plan}", "coverage", here)
        some = draft.figure(
            f"plan/{plan}/objective", f"Rows of {plan} that reach a {draft.objective}",
            "coverage", here, is_("reaches", "objective"),
        )  # fmt: skip
        none = draft.figure(
            f"plan/{plan}/nothing", f"Rows of {plan} without a line of sight",
            "coverage", here, is_("reaches", "nothing"),
        )  # fmt: skip
        reach = "reach" if draft.flat else "reach a numbered national objective"
        made.append(
            said(Name(draft.title_of(plan)), ": ", rows, " rows of work, of which ", some,
                 f" {'reach a top-level item' if draft.flat else reach} and ", none,
                 " have no line of sight.")
        )  # fmt: skip
    return made
