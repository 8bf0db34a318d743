"""The summary: a page of figures that the sections explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.model.bases import DEFAULT
from kg.reports.assurance.drafting import MOST, is_, said
from kg.reports.assurance.records import AUDIT, Name, Section, Table

if TYPE_CHECKING:
    from kg.reports.assurance.drafting import Draft
    from kg.reports.assurance.records import Cell, Paragraph


def summary(draft: Draft) -> Section:
    """Say the main things, once all sections have counted theirs."""
    paragraphs: list[Paragraph] = [
        said(
            "This report says which rows of work have a line of sight to what they are meant to "
            "serve, which have none, and what the documents leave open. It counts rows of "
            "documents; it does not measure effect."
        ),
        *(_plan(draft, plan) for plan in draft.values("coverage", "plan")[:MOST]),
    ]
    bases = Name(draft.inquiry.setting.bases.replace(",", ", "))
    judged = "" if draft.inquiry.bases - DEFAULT else " No reader's judgement is counted."
    paragraphs.append(said(f"Bases that count: {{}}.{judged}", bases))
    return Section("summary", "Summary", tuple(paragraphs), (_main(draft),))


def _plan(draft: Draft, plan: str) -> Paragraph:
    """Say of a plan how much of its work has a line of sight."""
    here, key = is_("plan", plan), f"plan/{plan}"
    rows = draft.figure(f"{key}/rows", f"Rows of work of {plan}", "coverage", here)
    some, none = (
        draft.figure(f"{key}/{reaches}", title, "coverage", here, is_("reaches", reaches))
        for reaches, title in (
            ("objective", f"Rows of {plan} that reach a {draft.objective}"),
            ("nothing", f"Rows of {plan} without a line of sight"),
        )
    )
    words = f"{{}}: rows of work {{}}, of which {{}} reach a {draft.objective} and {{}} "
    return said(words + "have no line of sight.", Name(draft.title_of(plan)), rows, some, none)


def _main(draft: Draft) -> Table:
    figures = {figure.key: figure for figure in draft.figures}
    objectives = draft.objectives[:1].upper() + draft.objectives[1:]
    rows: list[tuple[Cell, ...]] = [
        (title, figures[key])
        for key, title in (
            ("coverage/rows", "Rows of work"),
            ("coverage/reach", f"Rows of work that reach a {draft.objective}"),
            ("coverage/nothing", "Rows of work without a line of sight"),
            ("orphans/all", "Orphans of every kind, aims and outcomes included"),
            ("objectives/all", objectives),
            ("objectives/without", f"{objectives} that no action reaches"),
            ("audit/no-lead", "Work asked for a lead that names none"),
            ("audit/no-date", "Work asked for a date that names none"),
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
    every = draft.figure("audit/all", "All findings of the audit", AUDIT)
    rows.append(("All findings of the audit", every))
    about = "The main figures of the report; each is explained in its section."
    return Table("Main figures", ("What", "Figure"), tuple(rows), about)
