"""The summary: a page of figures that the sections explain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.model.bases import DEFAULT
from kg.reports.assurance.drafting import MOST, is_, said
from kg.reports.assurance.findings import asked_figure, gaps
from kg.reports.assurance.records import AUDIT, Name, Section, Table
from kg.reports.assurance.rows import objectives
from kg.reports.assurance.sections import REASONS
from kg.reports.assurance.threads import INTENT_LEAD
from kg.reports.assurance.wording import rule_title

if TYPE_CHECKING:
    from kg.reports.assurance.drafting import Draft
    from kg.reports.assurance.records import Cell, Figure, Paragraph


def summary(draft: Draft) -> Section:
    """Say the main things, once all sections have counted theirs."""
    paragraphs: list[Paragraph] = [
        said(
            "This report says which rows of work have a line of sight to what they are meant to "
            "serve, which have none, and what the documents leave open. It counts rows of "
            "documents; it does not measure effect."
        ),
        *(_plan(draft, plan) for plan in draft.plans[:MOST]),
    ]
    bases = Name(draft.inquiry.setting.bases.replace(",", ", "))
    judged = "" if draft.inquiry.bases - DEFAULT else " No reader's judgement is counted."
    paragraphs.append(said(f"Bases that count: {{}}.{judged}", bases))
    return Section("summary", "Summary", tuple(paragraphs), (_main(draft),))


def _plan(draft: Draft, plan: str) -> Paragraph:
    """Say of a plan how much of its work has a line of sight, and why the rest has none."""
    rows = draft.figure(
        f"plan/{plan}/rows", f"Rows of work of {plan}", "coverage", is_("plan", plan)
    )
    reached = _reaching(draft, plan, "objective", f"that reach a {draft.objective}")
    nothing = _reaching(draft, plan, "nothing", "without a line of sight")
    made = [
        *said(
            "{}: rows of work {}, of which {} reach ", Name(draft.plan_title(plan)), rows, reached
        )
    ]
    made.append(f"a {draft.objective}")
    whys = _reasons(draft, plan, "no_objective"), _reasons(draft, plan, "nothing")
    if reached.value < rows.value and whys[0] != whys[1]:
        made += [" (", *whys[0], ")"]
    if not draft.flat:
        policy = _reaching(
            draft, plan, "policy", f"that reach a national policy but no {draft.objective}"
        )
        if policy.value:
            only = f" reach only a national policy and no {draft.objective}"
            made += [
                ", ",
                policy,
                only if policy.value > 1 else only.replace("reach", "reaches", 1),
            ]
    made += [
        " and ",
        nothing,
        " have no line of sight" if nothing.value != 1 else " has no line of sight",
    ]
    if nothing.value:
        made += [" (", *whys[1], ")"]
    return (*made, ".")


def _reaching(draft: Draft, plan: str, reaches: str, words: str) -> Figure:
    here = (is_("plan", plan), is_("reaches", reaches))
    return draft.figure(f"plan/{plan}/{reaches}", f"Rows of {plan} {words}", "coverage", *here)


def _reasons(draft: Draft, plan: str, column: str) -> Paragraph:
    """Say why rows of a plan reach no objective, or nothing; each reason with its rows."""
    here = is_("plan", plan)
    codes = [code for code in draft.values("coverage", column, here) if code]
    made: list[str | Figure | Name] = []
    for code in codes:
        made += [*("; " for _ in made[:1]), *_why(draft, plan, code)]
        if len(codes) > 1:
            what = "no objective" if column == "no_objective" else "nothing"
            title = f"Rows of {plan} that reach {what}: {REASONS.get(code, code)}"
            key = f"plan/{plan}/{column}/{code}"
            made += [": ", draft.figure(key, title, "coverage", here, is_(column, code))]
    return tuple(made)


def _why(draft: Draft, plan: str, code: str) -> Paragraph:
    """Say a reason in words, with the places or times of plan and objectives where it has any."""
    graph = draft.inquiry.graph
    owners = [graph.instrument_of(graph.table.ids[goal]) for goal in objectives(graph)]
    above = [graph.nodes[one] for one in dict.fromkeys(owners) if one in graph.nodes]
    own = graph.nodes.get(plan)
    if own and code == "jurisdiction":
        places = "; ".join(dict.fromkeys(node.jurisdiction for node in above))
        words = "the plan applies to {}, the objectives to {}"
        return said(words, Name(own.jurisdiction), Name(places))
    if own and code == "time":
        times = "; ".join(dict.fromkeys(node.issued for node in above))
        words = "the objectives came later: the plan is of {}, their policy of {}"
        return said(words, Name(own.issued), Name(times))
    return said(REASONS.get(code, code))


def _main(draft: Draft) -> Table:
    figures = {figure.key: figure for figure in draft.figures}
    objectives = draft.objectives[:1].upper() + draft.objectives[1:]
    rows: list[tuple[Cell, ...]] = [
        (title, figures[key], figures.get(out_of, ""))
        for key, title, out_of in (
            ("coverage/rows", "Rows of work", ""),
            ("coverage/reach", f"Rows of work that reach a {draft.objective}", "coverage/rows"),
            ("coverage/nothing", "Rows of work without a line of sight", "coverage/rows"),
            ("orphans/all", "Orphans of every kind, aims and outcomes included", ""),
            ("objectives/all", objectives, ""),
            ("objectives/without", f"{objectives} that no action reaches", "objectives/all"),
        )
        if key in figures
    ]
    for rule, what in gaps(draft).items():
        found = figures.get(f"audit/{rule}")
        if found:
            title = f"Rows of work asked for {'' if what == 'money' else 'a '}{what} that name none"
            rows.append((title, found, asked_figure(draft)))
    rows += [
        (title, figures[key], "")
        for key, title in (
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
    rows.append(("All findings of the audit", every, ""))
    about = "The main figures of the report, and out of how many; each is explained in its section."
    return Table("Main figures", ("What", "Figure", "Out of"), tuple(rows), about)


def asks(draft: Draft) -> Section | None:
    """Say what the counts leave open for a committee to ask; nothing when they leave nothing."""
    figures = {figure.key: figure for figure in draft.figures}
    made: list[Paragraph] = []
    leads = [lead for lead in draft.values("orphans", "lead") if _is_named(lead)]
    nothing = figures["coverage/nothing"]
    if nothing.value:
        made.append(
            said(
                "Rows of work without a line of sight: {}. Should a link upwards be written "
                "down for them, or the lack of one be declared?",
                nothing,
            )
        )
    if leads:
        here = is_("lead", *leads)
        title = "Different leads named for orphans"
        who = draft.figure("asks/leads", title, "orphans", here, count="distinct:lead")
        led = draft.figure("asks/led", "Orphans for which a lead is named", "orphans", here)
        made.append(
            said(
                "The leads who could be asked are named for {} of the orphans; the different "
                "leads, or sets of leads, are {}.",
                led,
                who,
            )
        )
    for rule, words in _GAPS.items():
        kinds = [k for k in draft.values(AUDIT, "kind", is_("rule", rule)) if k not in _MEANT]
        if kinds:
            title = f"{rule_title(rule)}, what is meant so or dealt with elsewhere left out"
            these = (is_("rule", rule), is_("kind", *kinds))
            made.append(said(words, draft.figure(f"asks/{rule}", title, AUDIT, *these)))
    for key, words in _ASKS.items():
        if key in figures and figures[key].value:
            made.append(said(words, figures[key]))
    if not made:
        return None
    opening = said(
        "The documents leave these questions open. They follow from counts alone; whether to take "
        "one up, and with whom, is for the committee."
    )
    return Section("asks", "What this asks of the committee", (opening, *made))


def _is_named(lead: str) -> bool:
    return lead != INTENT_LEAD and not lead.startswith("no lead: ")


_MEANT: Final = ("folded", "ongoing", "recurring")
"""Kinds of missing of which nobody need be asked: the document means it so."""
_GAPS: Final = {
    "no-lead": "Rows of work that name no lead, and are not dealt with in another row: {}. Who "
    "leads them?",
    "no-date": "Rows of work without a calendar date, other than what goes on throughout, comes "
    "again and again or is dealt with in another row: {}. By when are they to be done?",
}
_ASKS: Final = {
    "audit/date-conflict": "Findings of dates that cannot all be right: {}. Which date holds?",
    "audit/money-conflict": "Findings of statements about money that contradict each other: {}. "
    "Which holds?",
    "audit/suspect-link": "Links of which an end has changed since their review: {}. Do they hold?",
    "audit/status/waived": "Findings that are waived: {}. Are they to stay waived until the days "
    "that the waivers name?",
    "audit/waiver-expired": "Waivers that have ended: {}. Are they to be renewed?",
}
