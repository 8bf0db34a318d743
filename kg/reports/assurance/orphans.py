"""The section about orphans: by tier, by lead, and by the place where their chains stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.lineage.reasons import TIERS
from kg.reports.assurance.drafting import FEW, MOST, class_words, counted, is_, listing, said
from kg.reports.assurance.records import Name, Section, Table
from kg.reports.assurance.sections import REASONS, capital

if TYPE_CHECKING:
    from kg.reports.assurance.drafting import Draft
    from kg.reports.assurance.records import Cell, Paragraph

_COLUMNS: Final = {
    "item": "Element",
    "words": "Words",
    "tier": "Tier",
    "lead": "Lead",
    "stops_at": "The chain stops at",
    "why": "Why",
    "file": "File",
    "line": "Line",
}


def orphans(draft: Draft) -> Section:
    """Say what has no line of sight, and where each chain stops."""
    total = draft.figure("orphans/all", "Elements without a line of sight", "orphans")
    target = draft.objective if draft.flat else "national objective or policy"
    paragraphs: list[Paragraph] = [
        said(
            f"Elements that should reach a {target} and do not: {{}}. They are the work of the "
            "plans and also their aims, priorities and outcomes. An orphan is a finding about the "
            "documents, and no verdict on the work.",
            total,
        )
    ]
    if not total.value:
        return Section("orphans", "Orphans", tuple(paragraphs))
    if not draft.flat:
        paragraphs.append(
            said(
                "How near an orphan comes is told by its tier. Tier two: {}. Tier three: {}. Tier "
                "four: {}. Naming a policy is not serving it.",
                *(Name(TIERS[tier]) for tier in (2, 3, 4)),
            )
        )
    leads = ("Lead", "Orphans")
    tables = (
        _tiers(draft),
        counted(draft, "orphans", "lead", "Orphans by lead", leads, FEW),
        _reasons(draft),
        _stops(draft),
    )
    about = "Each orphan with its words, tier and lead, and where its chain stops and why."
    listed = listing("Every orphan, and where its chain stops", total, about, _COLUMNS)
    return Section("orphans", "Orphans", tuple(paragraphs), tables, (listed,))


def _tiers(draft: Draft) -> Table:
    tiers = sorted(draft.values("orphans", "tier"))
    rows: list[tuple[Cell, ...]] = []
    for plan in draft.values("orphans", "plan")[:MOST]:
        for cls in draft.values("orphans", "class", is_("plan", plan)):
            here = (is_("plan", plan), is_("class", cls))
            cells = [
                draft.figure(
                    f"orphans/{plan}/{cls}/tier/{tier}",
                    f"{capital(class_words(cls))} orphans of {plan} in tier {tier}",
                    "orphans",
                    *here,
                    is_("tier", tier),
                )
                for tier in tiers
            ]
            rows.append((draft.plan_title(plan), class_words(cls), *cells))
    heads = ("Orphans",) if draft.flat else tuple(f"Tier {tier}" for tier in tiers)
    about = "One row for each plan and kind of element, with its orphans in each tier."
    return Table("Orphans by tier", ("Plan", "Kind", *heads), tuple(rows), about)


def _reasons(draft: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for reason in draft.values("stops", "reason"):
        words = REASONS.get(reason, reason)
        found = draft.figure(
            f"stops/reason/{reason}",
            f"Orphans whose chain stops because {words}",
            "stops",
            is_("reason", reason),
            count="distinct:item",
        )
        rows.append((capital(words), found))
    about = "Each reason why chains stop, with the number of orphans that it holds for."
    return Table("Why the chains stop", ("Reason", "Orphans"), tuple(rows), about)


def _stops(draft: Draft) -> Table:
    graph, rows = draft.inquiry.graph, list[tuple["Cell", ...]]()
    for place in draft.commonest("stops", "stops_at")[:FEW]:
        found = draft.figure(
            f"stops/at/{place}",
            f"Orphans whose chain stops at {place}",
            "stops",
            is_("stops_at", place),
            count="distinct:item",
        )
        node = graph.nodes.get(place)
        rows.append((node.label if node else place, place, found))
    about = "The places where most chains stop, with the number of orphans that end there."
    title = "Where most chains stop"
    return Table(title, ("Place", "Known as", "Orphans"), tuple(rows), about)
