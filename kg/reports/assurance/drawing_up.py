"""Drawing the whole report up, in the order in which it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.reports.assurance import closing, findings, sections
from kg.reports.assurance.drafting import Draft
from kg.reports.assurance.orphans import orphans
from kg.reports.assurance.records import Pack
from kg.reports.assurance.summary import summary

if TYPE_CHECKING:
    from kg.reports.assurance.asking import Inquiry

TITLE: Final = "Assurance report on the golden thread"


def draw_up(inquiry: Inquiry, *, date: str, release: str, title: str = TITLE) -> Pack:
    """Draw up a report over a graph.

    Args:
        inquiry: The graph that is asked.
        date: The day of the report, in ISO form.
        release: What the graph is, in words.
        title: The title of the report.

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
    made.insert(0, summary(draft))
    return Pack(title, date, release, inquiry.setting, tuple(made), tuple(draft.figures))
