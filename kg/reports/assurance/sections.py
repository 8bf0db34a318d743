"""The first sections of the report: what was read, coverage, and the objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.reports.assurance.drafting import MOST, class_words, is_, listing, said
from kg.reports.assurance.records import AUDIT, MATRIX, STATS, Section, Table
from kg.reports.assurance.rows import STEPS, UNUSED
from kg.reports.assurance.threads import PART
from kg.reports.assurance.wording import rule_title

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
    "superseded": "what it leads to was superseded by that day",
    "ended": "what it leads to had ended by that day",
    "rejected": "the link that was read was rejected",
    "open": "the link that was read is not decided",
    "jurisdiction": "the objective belongs to another jurisdiction",
    "time": "the objective belongs to a policy that came later",
    "cycle": "its links lead in a circle",
    UNUSED: "the row reaches one only on a basis that is not counted here",
    PART: "it is only part of something that goes on; being part is not serving",
}
_TEXTS: Final = {"title": "Title", "text": "Text", "sha256": "SHA-256 of the text"}
_COVERAGE: Final = {
    "plan": "Plan",
    "item": "Row",
    "words": "Words",
    "reaches": "Reaches",
    "objective_on": "Objective on",
    "policy_on": "Policy on",
    "why": "Why it reaches no objective",
}
_COUNTS: Final = {
    "objective": "Objective",
    "stated": "Stated",
    "inherited": "Inherited",
    "inferred": "Inferred",
    "interpreted": "Interpreted",
    "rows": "Rows",
}
_UNSERVED: Final = {"plan": "Plan", "objective": "Objective", "words": "Words", "why": "Why"}
_FINDINGS: Final = {
    "node": "Intent",
    "message": "What was found",
    "file": "File",
    "line": "Line",
    "status": "Status",
}


_BY_BASIS: Final = (
    "In the table each column admits one more basis than the one before it: what the row itself "
    "states; what an empty cell inherits from the row above it; what a published rule concludes "
    "from both; what a reader judged. The last is shown, and not counted unless it was asked for."
)


def capital(text: str) -> str:
    """Return words with a capital at their beginning.

    Example:
        >>> capital("no document says it")
        'No document says it'
    """
    return text[:1].upper() + text[1:]


def scope(draft: Draft) -> Section:
    """Say which texts were read, and how much each plan sets out."""
    read = draft.figure("scope/texts", "Texts that were read", "texts")
    paragraphs = (
        said(
            "The golden thread is the chain of links that leads from a row of work up to what it "
            "is meant to serve. A row has a line of sight when such a chain exists and every link "
            "of it is written down somewhere that can be quoted."
        ),
        said("Texts read: {}. Each is known by its checksum, so that it can be told apart.", read),
    )
    tables = () if draft.flat else (_plans(draft),)
    about = "Title, place and checksum of each text."
    listed = listing("The texts", read, about, _TEXTS)
    return Section("scope", "What was read", paragraphs, tables, (listed,))


def _plans(draft: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for plan in draft.values("coverage", "plan")[:MOST]:
        node = draft.inquiry.graph.nodes.get(plan)
        about = (node.jurisdiction, node.issued) if node else ("", "")
        for cls in draft.values("coverage", "class", is_("plan", plan)):
            here = (is_("instrument", plan), is_("class", cls))
            title = f"{capital(class_words(cls))} rows that {plan} sets out"
            found = draft.figure(f"scope/{plan}/{cls}", title, STATS, *here, count="sum:count")
            rows.append((draft.title_of(plan), plan, *about, class_words(cls), found))
    columns = ("Plan", "Known as", "Jurisdiction", "Issued", "Kind of work", "Rows")
    says = "One row for each plan and kind of work, with the number of rows of that kind."
    return Table("Plans and the work they set out", columns, tuple(rows), says)


def coverage(draft: Draft) -> Section:
    """Say how many rows of each plan reach an objective, basis by basis."""
    total = draft.figure("coverage/rows", "Rows of work", "coverage")
    reaching = is_("reaches", "objective")
    title = f"Rows of work that reach a {draft.objective}"
    reached = draft.figure("coverage/reach", title, "coverage", reaching)
    nothing = draft.figure(
        "coverage/nothing",
        "Rows of work without a line of sight",
        "coverage",
        is_("reaches", "nothing"),
    )
    neither = "do not" if draft.flat else "reach neither an objective nor a national policy"
    paragraphs = (
        said(
            f"Of {{}} rows of work, {{}} reach a {draft.objective} and {{}} {neither}, on the "
            "bases that this report admits.",
            total,
            reached,
            nothing,
        ),
        *(() if draft.flat else (said(_BY_BASIS),)),
        said(
            "These are counts of rows, and measure drafting. More rows do not make an objective "
            "better served, and a row without a line of sight may be good work that its plan "
            "does not connect."
        ),
    )
    about = "Each row of work, what it reaches, and the basis that has to be admitted for it."
    listed = listing("Every row of work", total, about, _COVERAGE)
    tables = (_by_basis(draft),) if total.value else ()
    return Section("coverage", "Coverage", paragraphs, tables, (listed,) if total.value else ())


def _by_basis(draft: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for plan in draft.values("coverage", "plan")[:MOST]:
        classes = draft.values("coverage", "class", is_("plan", plan))
        rows += [_coverage_row(draft, plan, cls) for cls in classes]
    columns: tuple[str, ...]
    if draft.flat:
        columns = ("Plan", "Kind of work", "Rows", "Reach the top", "No line of sight")
        about = "One row for each kind of work, with the rows that reach a top-level item."
        return Table("Rows with a line of sight", columns, tuple(rows), about)
    # One column for both, for nine do not fit a page that stands upright.
    rows = [(f"{plan}: {kind}", *cells) for plan, kind, *cells in rows]
    columns = (
        "Plan and kind of work",
        "Rows",
        "Stated only",
        "and inherited",
        "and inferred",
        "and judged",
        "Policy only",
        "No line of sight",
    )
    about = (
        "One row for each plan and kind of work. The columns from “Stated only” on count the rows "
        f"that reach a {draft.objective} when one basis after the other is admitted; “Policy only” "
        "counts the rows that reach a national policy but none of its numbered objectives."
    )
    return Table("Rows with a line of sight, by basis", columns, tuple(rows), about)


def _coverage_row(draft: Draft, plan: str, cls: str) -> tuple[Cell, ...]:
    key, here = f"coverage/{plan}/{cls}", (is_("plan", plan), is_("class", cls))
    what = f"{class_words(cls)} rows of {plan}"
    cells: list[Cell] = [draft.figure(f"{key}/rows", capital(what), "coverage", *here)]
    # In a flat table every link is stated, and the top level is all there is to reach.
    for place, basis in enumerate(STEPS[:1] if draft.flat else STEPS):
        words = tuple(step.word for step in STEPS[: place + 1])
        title = f"Of the {what}: reach a {draft.objective} on {', '.join(words)}"
        on = is_("objective_on", *words)
        cells.append(draft.figure(f"{key}/{basis.word}", title, "coverage", *here, on))
    ends = [("policy", "reach a national policy only"), ("nothing", "reach nothing")]
    for reaches, says in ends[1:] if draft.flat else ends:
        only, title = is_("reaches", reaches), f"Of the {what}: {says}"
        cells.append(draft.figure(f"{key}/{reaches}", title, "coverage", *here, only))
    return draft.plan_title(plan), class_words(cls), *cells


def objectives(draft: Draft) -> Section:
    """Say how many rows stand under each objective, and which objectives nothing reaches."""
    title = "Objectives and what serves them"
    if not draft.has_objectives:
        text = f"The graph holds no {draft.objective}, so none can be left unserved."
        return Section("objectives", title, (said(text),))
    every = draft.figure("objectives/all", capital(draft.objectives), MATRIX)
    empty = draft.figure(
        "objectives/without",
        f"{capital(draft.objectives)} that no action reaches",
        MATRIX,
        is_("rows", "0"),
    )
    whose = "the plans of this report" if draft.inquiry.setting.plans else "any plan"
    paragraphs: list[Paragraph] = [
        said(
            f"Of {{}} {draft.objectives}, {{}} are reached by no action of {whose}. Only actions "
            "and their steps count here.",
            every,
            empty,
        )
    ]
    tables = [_rows_of_objectives(draft)]
    about = "Each objective, and the actions that reach it, by basis."
    listings = [listing("Objectives with their counts", every, about, _COUNTS)]
    pairs = draft.figure("unserved/all", "Pairs of a plan and an objective it misses", "unserved")
    if pairs.value:
        paragraphs.append(
            said(
                "An objective that no row of a plan's work reaches is not always a gap: a plan "
                "cannot serve a policy of another jurisdiction, or one that came after it. Pairs "
                "of a plan and an objective that its work does not reach: {}.",
                pairs,
            )
        )
        tables.append(_unserved(draft))
        about = "Each pair of plan and objective without a chain, and why."
        listings.append(
            listing("Objectives that the work of a plan does not reach", pairs, about, _UNSERVED)
        )
    unserved, hollow = _rule(draft, "unserved"), _rule(draft, "hollow")
    paragraphs.append(
        said(
            "The aims, priorities and outcomes of the plans themselves were asked too: {} have "
            "nothing below them, and {} have something below them but no action at any depth.",
            unserved,
            hollow,
        )
    )
    for found, name in (
        (unserved, "Aims, priorities and outcomes with nothing below them"),
        (hollow, "Aims, priorities and outcomes with no action below them"),
    ):
        if found.value:
            listings.append(listing(name, found, f"{name}: each finding.", _FINDINGS))
    return Section("objectives", title, tuple(paragraphs), tuple(tables), tuple(listings))


def _rule(draft: Draft, rule: str) -> Figure:
    return draft.figure(f"audit/{rule}", f"{rule_title(rule)} ({rule})", AUDIT, is_("rule", rule))


def _rows_of_objectives(draft: Draft) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for name in draft.values(MATRIX, "objective")[:MOST]:
        cells = [
            draft.figure(
                f"objectives/{name}/{column}",
                f"Actions that reach {name}: {column}",
                MATRIX,
                is_("objective", name),
                count=f"sum:{column}",
            )
            for column in ("stated", "inherited", "rows")
        ]
        rows.append((draft.title_of(name), name, *cells))
    columns = ("Objective", "Known as", "Stated", "Inherited", "All rows")
    about = "One row for each objective with the number of actions and steps that reach it."
    return Table("Rows under each objective", columns, tuple(rows), about)


def _unserved(draft: Draft) -> Table:
    reasons = draft.values("unserved", "reason")
    rows: list[tuple[Cell, ...]] = []
    for plan in draft.values("unserved", "plan")[:MOST]:
        cells = [
            draft.figure(
                f"unserved/{plan}/{reason}",
                f"Objectives not reached by {plan}: {REASONS.get(reason, reason)}",
                "unserved",
                is_("plan", plan),
                is_("reason", reason),
            )
            for reason in reasons
        ]
        rows.append((draft.plan_title(plan), *cells))
    columns = ("Plan", *(capital(REASONS.get(reason, reason)) for reason in reasons))
    about = "One row for each plan; the columns are the reasons why objectives are not reached."
    return Table("Objectives not reached, by reason", columns, tuple(rows), about)
