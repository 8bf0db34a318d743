"""Drawing the whole report up, in the order in which it is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.reports.assurance import closing, findings, sections
from kg.reports.assurance.drafting import Draft, said
from kg.reports.assurance.orphans import orphans
from kg.reports.assurance.records import Figure, Pack
from kg.reports.assurance.summary import asks, summary

if TYPE_CHECKING:
    from kg.reports.assurance.asking import Inquiry
    from kg.reports.assurance.records import Section

TITLE: Final = "Assurance report on the golden thread"


def _without_noughts(section: Section) -> Section:
    """Say in a sentence what a table would say in noughts alone."""
    kept, said_of = [], []
    for table in section.tables:
        figures = [cell for row in table.rows for cell in row if isinstance(cell, Figure)]
        if figures and not any(figure.value for figure in figures):
            said_of.append(said(f"{table.title}: every count is {{}}.", figures[0]))
        else:
            kept.append(table)
    paragraphs = (*section.paragraphs, *said_of)
    return replace(section, paragraphs=paragraphs, tables=tuple(kept))


def draw_up(inquiry: Inquiry, *, date: str, release: str, title: str | None = None) -> Pack:
    """Draw up a report over a graph.

    Args:
        inquiry: The graph that is asked.
        date: The day of the report, in ISO form.
        release: What the graph is, in words.
        title: The title of the report; one that names its plans when left out.

    Example:
        >>> import kg
        >>> from kg.reports.assurance.asking import Inquiry
        >>> from kg.reports.assurance.records import Setting
        >>> pack = draw_up(Inquiry(kg.load(), Setting()), date="2020-01-31", release="a test")
        >>> pack.sections[0].title
        'Summary'
    """
    draft = Draft(inquiry)
    made = [
        sections.scope(draft),
        sections.coverage(draft),
        sections.objectives(draft),
        orphans(draft),
        *findings.rule_sections(draft),
        findings.waivers(draft),
        closing.changes(draft),
        closing.defects(draft),
        closing.judgements(draft),
        closing.method(draft, date, release),
    ]
    first = [summary(draft), asks(draft)]
    made = [_without_noughts(section) for section in (*first, *made) if section]
    if title is None:
        plans = "; ".join(map(draft.title_of, inquiry.setting.plans))
        title = f"{TITLE}: {plans}" if plans else TITLE
    return Pack(title, date, release, inquiry.setting, tuple(made), tuple(draft.figures))
