"""The last sections: changes, defects of the sources, judgements and method."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.lineage.reasons import TIERS
from kg.reports.assurance.drafting import code_words, counted, is_, listing, said
from kg.reports.assurance.records import Name, Section, Table
from kg.reports.assurance.scope import plans_with_work
from kg.reports.assurance.text import day_words
from kg.resources import VERSION

if TYPE_CHECKING:
    from kg.reports.assurance.drafting import Draft
    from kg.reports.assurance.records import Cell, Paragraph

BASES: Final = {
    "stated": "the row or sentence says it",
    "inherited": "an empty cell of a visibly merged column; the row above says it",
    "inferred": "a published rule concludes it from other links, which are kept with it",
    "interpreted": "a reader's judgement, with confidence and reason; counted only on request",
    "suggested": "a candidate that nobody has accepted; never counted",
}
_CHANGES: Final = {
    "what": "What",
    "change": "Change",
    "item": "Which",
    "before": "Before",
    "after": "After",
}
_DEFECTS: Final = {
    "plan": "Plan",
    "kind": "Kind",
    "says": "What is wrong",
    "quotation": "The words",
    "lines": "Lines",
}
_JUDGEMENTS: Final = {
    "subject": "From",
    "predicate": "Link",
    "object": "To",
    "confidence": "Confidence",
    "because": "Because",
    "lines": "Lines",
}
_READ: Final = (
    "How it was read: readers wrote down what the rows and sentences of each document say, with "
    "the words and the lines where they stand. The program checks that every quotation stands in "
    "its document, and refuses to go on where one does not. It adds links only by published "
    "rules, and keeps with each what it rests on."
)
_READ_FLAT: Final = (
    "How it was read: from one table, a row an item. Each row is its own evidence; nothing was "
    "added to what the rows say."
)
_NOT_SHOWN: Final = (
    "What the counts do not show: whether a row of work was carried out, whether it had any "
    "effect, whether an objective is well served, or whether a plan is good. A count of rows "
    "measures how a document was drafted. A plan that draws on a policy does not thereby make "
    "each of its rows serve it, and being part of something is not serving what that serves. "
    "Amounts of different natures are not added up."
)


def changes(draft: Draft) -> Section:
    """Say what changed since an earlier graph, if there is one."""
    if draft.inquiry.before is None:
        text = (
            "No earlier graph was given to compare with, so nothing can be said of changes. "
            "The option --since names one."
        )
        return Section("changes", "Changes", (said(text),))
    total = draft.figure("changes/all", "Changes since the earlier graph", "changes")
    since = Name(draft.inquiry.setting.since)
    paragraphs = (said("Changes since the earlier graph ({}): {}.", since, total),)
    if not total.value:
        return Section("changes", "Changes", paragraphs)
    rows: list[tuple[Cell, ...]] = []
    for what in draft.values("changes", "what"):
        for change in draft.values("changes", "change", is_("what", what)):
            here = (is_("what", what), is_("change", change))
            key, title = f"changes/{what}/{change}", f"Changes: {what} {change}"
            rows.append((what, change, draft.figure(key, title, "changes", *here)))
    about = "Each kind of change. A broken thread is an element that has become an orphan."
    table = Table("Changes by kind", ("What", "Change", "Number"), tuple(rows), about)
    about = "Each change with the words before and after."
    listed = listing("Every change", total, about, _CHANGES)
    return Section("changes", "Changes", paragraphs, (table,), (listed,))


def defects(draft: Draft) -> Section:
    """Say what is damaged or contradictory in the texts themselves."""
    title = "Defects of the sources"
    total = draft.figure("defects/all", "Defects noted in the sources", "defects")
    paragraphs = (
        said(
            "A text can be damaged or contradict itself, and a reader who does not know that is "
            "misled. Defects noted while reading: {}. What was lost is never taken for no.",
            total,
        ),
    )
    if not total.value:
        return Section("defects", title, paragraphs)
    rows: list[tuple[Cell, ...]] = []
    for kind in draft.commonest("defects", "kind"):
        key, here = f"defects/kind/{kind}", is_("kind", kind)
        found = draft.figure(key, f"Defects of the kind {kind}", "defects", here)
        rows.append((kind.replace("-", " "), code_words("defect-kind", kind), found))
    about = "One row for each kind of defect, what it means, and how many there are."
    kinds = Table("Defects by kind", ("Kind", "What it means", "Defects"), tuple(rows), about)
    plans = counted(draft, "defects", "plan", "Defects by plan", ("Plan or thing", "Defects"))
    about = "Each defect with the words that show it."
    listed = listing("Every defect", total, about, _DEFECTS)
    return Section("defects", title, paragraphs, (kinds, plans), (listed,))


def judgements(draft: Draft) -> Section:
    """List the links that rest on a reader's judgement."""
    title = "Readers’ judgements"
    total = draft.figure("judgements/all", "Links that rest on a reader's judgement", "judgements")
    paragraphs = (
        said(
            "Where a document does not say something but a reader holds it, the link is marked as "
            "interpreted, with a confidence and a reason. Such links: {}. They are shown apart, "
            "and count only where they were asked for.",
            total,
        ),
    )
    if not total.value:
        return Section("judgements", title, paragraphs)
    about = "Each interpreted link with its confidence and reason."
    listed = listing("Every judgement", total, about, _JUDGEMENTS)
    return Section("judgements", title, paragraphs, (), (listed,))


def method(draft: Draft, date: str, release: str) -> Section:
    """Say how it was read and counted, what the counts do not show, and how to count again."""
    setting = draft.inquiry.setting
    command = ["kg report verify DIR"]
    command += [f"-g {setting.graph}"] if setting.graph else []
    command += [f"--since {setting.since}"] if setting.since else []
    alone = [_alone(draft)] if setting.plans else []
    drawn = "Drawn up on {} from {} with policy lineage {}."
    names = [Name(day_words(date)), Name(release), Name(VERSION)]
    if setting.day:
        drawn += " It shows the links in force on {}."
        drawn += " Work that has not begun by then, or is over, is not counted."
        names.append(Name(setting.day))
    paragraphs: tuple[Paragraph, ...] = (
        said(drawn, *names),
        *alone,
        said(_READ_FLAT if draft.flat else _READ),
        said("Bases that count in this report: {}.", Name(setting.bases.replace(",", ", "))),
        said(_NOT_SHOWN),
        said(
            "How to count again: every figure carries a number in square brackets. Annex B gives, "
            "for each, the command that answers its question, which rows of the answer count and "
            "how, and the file of this pack that holds those rows. The command {} counts all of "
            "them again and says which differ. A pack lists the checksum of each of its files "
            "under {}.",
            Name(" ".join(command)),
            Name("SHA256SUMS"),
        ),
    )
    tables = [_bases(draft)]
    if not draft.flat:
        tiers = tuple((f"Tier {tier}", words) for tier, words in TIERS.items())
        about = "Each tier, from one to four, and what it means."
        tables.append(Table("Tiers", ("Tier", "What it means"), tiers, about))
    return Section("method", "Method", paragraphs, tuple(tables))


def _alone(draft: Draft) -> Paragraph:
    """Say on which plans the report is, and what is left out for that."""
    plans = draft.inquiry.setting.plans
    others = [plan for plan in plans_with_work(draft.inquiry.graph) if plan not in plans]
    words = (
        "This report is on {} alone. It counts what is set out there, the links upwards from it, "
        "the findings about it and the defects of its text. The national objectives and policies "
        "that it may serve are kept as what chains can lead to; findings about them are left out, "
        "and so are the findings about bodies and documents that belong to no plan. "
    )
    names = [Name("; ".join(map(draft.named, plans)))]
    if others:
        words += "Left out are the rows, findings, links and defects of: {}."
        names.append(Name("; ".join(map(draft.named, others))))
    return said(words if others else words.strip(), *names)


def _bases(draft: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for basis, words in BASES.items():
        here, title = is_("basis", basis), f"Accepted links that are {basis}"
        found = draft.figure(f"links/{basis}", title, "links", here, count="sum:links")
        used = "yes" if basis in draft.inquiry.setting.bases.split(",") else "no"
        rows.append((basis, words, used, found))
    about = "Each basis, what it means, whether it counts in this report, and its links."
    columns = ("Basis", "What it means", "Counts here", "Links")
    return Table("Bases of links", columns, tuple(rows), about)
