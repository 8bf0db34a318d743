"""The sections of the report that speak of threads: scope, coverage, objectives, orphans."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.lineage.reasons import TIERS
from kg.reports.assurance.drafting import MOST, class_words, counted, is_, listing, said
from kg.reports.assurance.records import AUDIT, MATRIX, STATS, Name, Section, Table
from kg.reports.assurance.rows import STEPS
from kg.reports.assurance.threads import PART

if TYPE_CHECKING:
    from kg.reports.assurance.drafting import Draft
    from kg.reports.assurance.records import Cell, Figure, Paragraph

REASONS: Final = {
    "no-such-column": "the document has no place where a link upwards could stand",
    "blank": "the place for the link is there and empty",
    "lost": "the link was lost from the text; it is unknown, never no",
    "folded": "the row is dealt with in another row",
    "declared-local": "the document declares it local on purpose",
    "deferred": "the document leaves it to another document",
    "not-stated": "no document says it",
    "jurisdiction": "the objective belongs to another jurisdiction",
    "time": "the objective belongs to a policy that came later",
    "cycle": "its links lead in a circle",
    PART: "it is only part of something that goes on; being part is not serving",
}
_COVERAGE: Final = {
    "plan": "Plan",
    "item": "Row",
    "words": "Words",
    "reaches": "Reaches",
    "objective_on": "Objective on",
    "policy_on": "Policy on",
}
_COUNTS: Final = {
    "objective": "Objective",
    "stated": "Stated",
    "inherited": "Inherited",
    "inferred": "Inferred",
    "interpreted": "Interpreted",
    "rows": "Rows",
}
_TEXTS: Final = {"title": "Title", "text": "Text", "sha256": "SHA-256 of the text"}
_UNSERVED: Final = {"plan": "Plan", "objective": "Objective", "words": "Words", "why": "Why"}
_FINDINGS: Final = {
    "node": "Intent",
    "message": "What was found",
    "file": "File",
    "line": "Line",
    "status": "Status",
}
GLOSS: Final = (
    "The golden thread is the chain of links that leads from a row of work up to what it is "
    "meant to serve. A row has a line of sight when such a chain exists and every link of it "
    "is written down somewhere that can be quoted."
)


def scope(draft: Draft) -> Section:
    """Say which texts were read, and how much each plan sets out."""
    read = draft.figure("scope/texts", "Texts that were read", "texts")
    paragraphs: list[Paragraph] = [said(GLOSS), said("Texts read: ", read, ".")]
    plans = draft.values("coverage", "plan")
    tables: list[Table] = []
    if plans and not draft.flat:
        rows: list[tuple[Cell, ...]] = []
        for plan in plans[:MOST]:
            for cls in draft.values("coverage", "class", is_("plan", plan)):
                found = draft.figure(
                    f"scope/{plan}/{cls}",
                    f"{cls} rows of {plan}",
                    STATS,
                    is_("instrument", plan),
                    is_("class", cls),
                    count="sum:count",
                )
                node = draft.inquiry.graph.nodes[plan]
                where = (node.jurisdiction, node.issued)
                rows.append((draft.title_of(plan), *where, class_words(cls), found))
        about = "One row for each plan and kind of work, with the number of rows of that kind."
        columns = ("Plan", "Jurisdiction", "Issued", "Kind of work", "Rows")
        tables.append(Table("Plans and the work they set out", columns, tuple(rows), about))
    about = "Title, place and checksum of each text."
    listed = listing("The texts", read, about, _TEXTS)
    return Section("scope", "What was read", tuple(paragraphs), tuple(tables), (listed,))


def coverage(draft: Draft) -> Section:
    """Say how many rows of each plan reach an objective, basis by basis."""
    rows: list[tuple[Cell, ...]] = []
    for plan in draft.values("coverage", "plan")[:MOST]:
        classes = draft.values("coverage", "class", is_("plan", plan))
        rows += [_coverage_row(draft, plan, cls) for cls in classes]
    total = draft.figure("coverage/rows", "Rows of work", "coverage")
    reached = draft.figure(
        "coverage/reach",
        f"Rows that reach a {draft.objective}",
        "coverage",
        is_("reaches", "objective"),
    )
    nothing = draft.figure(
        "coverage/nothing", "Rows without a line of sight", "coverage", is_("reaches", "nothing")
    )
    paragraphs = (
        said(
            "Of ", total, " rows of work, ", reached, f" reach a {draft.objective} and ", nothing,
            f" reach neither a {draft.objective} nor a national policy, on the bases that this "
            "report admits.",
        )
        if not draft.flat
        else said("Of ", total, " rows of work, ", reached, " reach a top-level item and ",
                  nothing, " do not."),
        said(
            "Each column admits one more basis than the one before it: what the row itself "
            "states; what an empty cell inherits from the row above it; what a published rule "
            "concludes from both; what a reader judged. The last is shown and not counted "
            "unless it was asked for."
        ),
        said(
            "These are counts of rows, and measure drafting. More rows do not make an objective "
            "better served, and a row without a line of sight may be good work that its plan "
            "does not connect."
        ),
    )  # fmt: skip
    columns = (
        "Plan",
        "Kind of work",
        "Rows",
        "Stated only",
        "and inherited",
        "and inferred",
        "and interpreted",
        "Policy only",
        "No line of sight",
    )
    about = (
        "One row for each plan and kind of work. The columns from “Stated only” on count the rows "
        f"that reach a {draft.objective} when one basis after the other is admitted; “Policy only” "
        "counts rows that reach a national policy but none of its numbered objectives."
    )
    table = Table("Rows with a line of sight, by basis", columns, tuple(rows), about)
    listed = listing(
        "Every row of work",
        total,
        "Each row of work, what it reaches, and the basis that has to be admitted for it.",
        _COVERAGE,
    )
    tables = (table,) if rows else ()
    return Section("coverage", "Coverage", paragraphs, tables, (listed,))


def _coverage_row(draft: Draft, plan: str, cls: str) -> tuple[Cell, ...]:
    key, here = f"coverage/{plan}/{cls}", (is_("plan", plan), is_("class", cls))
    what = f"{class_words(cls)} rows of {plan}"
    cells: list[Cell] = [
        draft.figure(f"{key}/rows", what[:1].upper() + what[1:], "coverage", *here)
    ]
    for place, basis in enumerate(STEPS):
        words = tuple(step.word for step in STEPS[: place + 1])
        title = f"Of the {what}: reach a {draft.objective} on {', '.join(words)}"
        on = is_("objective_on", *words)
        cells.append(draft.figure(f"{key}/{basis.word}", title, "coverage", *here, on))
    for reaches, says in (("policy", "reach a national policy only"), ("nothing", "reach nothing")):
        title = f"Of the {what}: {says}"
        only = is_("reaches", reaches)
        cells.append(draft.figure(f"{key}/{reaches}", title, "coverage", *here, only))
    return draft.title_of(plan), class_words(cls), *cells


def objectives(draft: Draft) -> Section:
    """Say how many rows stand under each objective, and which objectives nothing reaches."""
    paragraphs: list[Paragraph] = []
    tables: list[Table] = []
    if not draft.has_objectives:
        paragraphs.append(said(f"The graph holds no {draft.objectives}, so none can be unserved."))
        return Section("objectives", "Objectives and what serves them", tuple(paragraphs))
    every = draft.figure("objectives/all", f"The {draft.objectives}", MATRIX)
    empty = draft.figure(
        "objectives/without", f"Of the {draft.objectives}: no action reaches it", MATRIX,
        is_("rows", "0"),
    )  # fmt: skip
    paragraphs.append(
        said("Of ", every, f" {draft.objectives}, ", empty, " are reached by no action of any "
             "plan. Actions and their steps are counted here, as the command does.")
    )  # fmt: skip
    tables.append(_rows_of_objectives(draft))
    listings = [listing(
        "Objectives with their counts", every, "Each objective, and the actions that reach it.",
        _COUNTS,
    )]  # fmt: skip
    unserved = draft.figure(
        "unserved/pairs", "Objectives that a plan's work does not reach, plan by plan", "unserved"
    )
    if unserved.value:
        paragraphs.append(
            said("Plan by plan, an objective that no row of its work reaches is not always a gap: "
                 "a plan cannot serve a policy of another jurisdiction, or one that came after it. "
                 "There are ", unserved, " such pairs of plan and objective.")
        )  # fmt: skip
        tables.append(_unserved(draft))
        listings.append(listing(
            "Objectives not reached, plan by plan", unserved,
            "Each pair of plan and objective without a chain, and why.",
            _UNSERVED,
        ))  # fmt: skip
    paragraphs.append(
        said("Every plan's own intents were asked too: ", _rule(draft, "unserved"),
             " have nothing below them, and ", _rule(draft, "hollow"),
             " have something below them but no action at any depth.")
    )  # fmt: skip
    for rule, title in (("unserved", "Nothing stands below it"), ("hollow", "No action below it")):
        found = _rule(draft, rule)
        if found.value:
            listings.append(listing(title, found, f"Findings of the rule {rule}.", _FINDINGS))
    title = "Objectives and what serves them"
    return Section("objectives", title, tuple(paragraphs), tuple(tables), tuple(listings))


def _rule(draft: Draft, rule: str) -> Figure:
    return draft.figure(f"audit/{rule}", f"Findings of the rule {rule}", AUDIT, is_("rule", rule))


def _rows_of_objectives(draft: Draft) -> Table:
    names = draft.values(MATRIX, "objective")[:MOST]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        cells = [
            draft.figure(f"objectives/{name}/{column}", f"Actions that reach {name}: {says}",
                         MATRIX, is_("objective", name), count=f"sum:{column}")
            for column, says in (("stated", "stated"), ("inherited", "inherited"), ("rows", "all"))
        ]  # fmt: skip
        rows.append((name, draft.title_of(name), *cells))
    columns = ("Objective", "Words", "Stated", "Inherited", "All rows")
    about = "One row for each objective with the number of actions and steps that reach it."
    return Table("Rows under each objective", columns, tuple(rows), about)


def _unserved(draft: Draft) -> Table:
    reasons = draft.values("unserved", "reason")
    rows: list[tuple[Cell, ...]] = []
    for plan in draft.values("unserved", "plan")[:MOST]:
        cells = [
            draft.figure(f"unserved/{plan}/{reason}", f"Objectives not reached by {plan}: {reason}",
                         "unserved", is_("plan", plan), is_("reason", reason))
            for reason in reasons
        ]  # fmt: skip
        rows.append((draft.title_of(plan), *cells))
    columns = ("Plan", *(_capital(REASONS.get(reason, reason)) for reason in reasons))
    about = "One row for each plan; the columns are the reasons why objectives are not reached."
    return Table("Objectives not reached, by reason", columns, tuple(rows), about)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def orphans(draft: Draft) -> Section:
    """Say what has no line of sight: by tier, by lead, and by the place where chains stop."""
    total = draft.figure("orphans/all", "Elements without a line of sight", "orphans")
    target = "a top-level item" if draft.flat else "a national objective or policy"
    paragraphs: list[Paragraph] = [
        said("Elements that should reach ", f"{target} and do not: ", total, ". They are the work "
             "of the plans and also their aims, priorities and outcomes. An orphan is a finding "
             "about the documents, and no verdict on the work.")
    ]  # fmt: skip
    if not total.value:
        return Section("orphans", "Orphans", tuple(paragraphs))
    if not draft.flat:
        paragraphs.append(
            said("How near an orphan comes is told by its tier. Tier two: ", Name(TIERS[2]),
                 ". Tier three: ", Name(TIERS[3]), ". Tier four: ", Name(TIERS[4]),
                 ". Naming a policy is not serving it.")
        )  # fmt: skip
    tables = (_tiers(draft), _leads(draft), _reasons(draft), _stops(draft))
    columns = {
        "plan": "Plan",
        "item": "Element",
        "words": "Words",
        "tier": "Tier",
        "lead": "Lead",
        "stops_at": "The chain stops at",
        "why": "Why",
        "line": "Line",
    }
    about = "Each orphan with its words, tier and lead, and where its chain stops and why."
    listed = listing("Every orphan, and where its chain stops", total, about, columns)
    return Section("orphans", "Orphans", tuple(paragraphs), tables, (listed,))


def _tiers(draft: Draft) -> Table:
    tiers = sorted(draft.values("orphans", "tier"))
    rows: list[tuple[Cell, ...]] = []
    for plan in draft.values("orphans", "plan")[:MOST]:
        for cls in draft.values("orphans", "class", is_("plan", plan)):
            here = (is_("plan", plan), is_("class", cls))
            cells = [
                draft.figure(f"orphans/{plan}/{cls}/tier/{tier}",
                             f"{class_words(cls)} orphans of {plan} in tier {tier}",
                             "orphans", *here, is_("tier", tier))
                for tier in tiers
            ]  # fmt: skip
            rows.append((draft.title_of(plan), class_words(cls), *cells))
    heads = ("Orphans",) if draft.flat else tuple(f"Tier {tier}" for tier in tiers)
    about = "One row for each plan and kind of element, with its orphans in each tier."
    return Table("Orphans by tier", ("Plan", "Kind", *heads), tuple(rows), about)


def _leads(draft: Draft) -> Table:
    values = draft.commonest("orphans", "lead")
    return counted(draft, "orphans", "Orphans by lead", "Lead", "lead", values, "orphans/lead")


def _reasons(draft: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for reason in draft.values("stops", "reason"):
        found = draft.figure(f"stops/reason/{reason}", f"Orphans whose chain stops: {reason}",
                             "stops", is_("reason", reason), count="distinct:item")  # fmt: skip
        rows.append((_capital(REASONS.get(reason, reason)), found))
    about = "Each reason why chains stop, with the number of orphans that it holds for."
    return Table("Why the chains stop", ("Reason", "Orphans"), tuple(rows), about)


def _stops(draft: Draft) -> Table:
    graph, rows = draft.inquiry.graph, list[tuple["Cell", ...]]()
    for place in draft.commonest("stops", "stops_at")[:MOST]:
        found = draft.figure(f"stops/at/{place}", f"Orphans whose chain stops at {place}",
                             "stops", is_("stops_at", place), count="distinct:item")  # fmt: skip
        node = graph.nodes.get(place)
        rows.append((place, node.label if node else "", found))
    about = "The places where most chains stop, with the number of orphans that end there."
    title = "Where the chains stop"
    return Table(title, ("Place", "Its words", "Orphans"), tuple(rows), about)
