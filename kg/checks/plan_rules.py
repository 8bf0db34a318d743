"""The rules about what a plan says of its work: who, when, how measured, with what money."""

from __future__ import annotations

from typing import Final

from kg.checks.rule import Rule
from kg.model.findings import Severity

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
_WHOM: Final = (
    " Asked of workstreams, commitments and actions of plans that are not national; an activity "
    "that is part of one of these takes what its whole has."
)
PLAN_RULES: Final = (
    Rule(
        "no-lead",
        _W,
        "Nobody is named as its lead.",
        "Ask the plan's owner who leads it, and have the name written into the plan.",
        "Work without a named lead has nobody to ask. The kind says how the lead is missing: "
        "`blank` (its cell is empty), `no-such-column` (the document has no place for a lead), "
        "`lost` (the text was damaged: unknown, never no), `not-stated`, `folded` (information: "
        "the lead is that of the other row). A collective such as All or Providers is a lead, and "
        "`collective-lead` speaks of it. A lead that a part takes from its whole counts. In a flat "
        "table the rule speaks when the column `lead` names anybody at all." + _WHOM,
        "kg.checks.accountability.no_lead",
        "audit/no-lead",
    ),
    Rule(
        "collective-lead",
        _W,
        "Its only lead is a group named by kind, such as all providers.",
        "Ask which body of the group answers for it.",
        "A group named only by its kind is a lead and no accountable owner. It is never expanded "
        "to a list of bodies. Where a named body stands beside the group, nothing is said." + _WHOM,
        "kg.checks.accountability.collective_lead",
        "audit/collective-lead",
    ),
    Rule(
        "self-reporting",
        _W,
        "The body that leads it is the body that it reports to.",
        "Ask who else looks at the progress.",
        "Reporting to oneself is no oversight. It may still be governed or overseen by others; "
        "`kg show` lists them." + _WHOM,
        "kg.checks.accountability.self_reporting",
        "audit/self-reporting",
    ),
    Rule(
        "no-date",
        _W,
        "It has no calendar date.",
        "Ask by when, and have a date written into the plan.",
        "The kind says why: `deferred` to another document or body, `to-be-confirmed`, "
        "`contingent` on something else, `recurring` or `ongoing` (information: the document means "
        "it so), or how it is missing (`blank`, `no-such-column`, `lost`, `not-stated`, `folded`). "
        "An element is dated when it has a start, a completion or a timescale with a date; or "
        "else, unless such a term of its own is said to be undated, when an event or review of its "
        "own has one; or when one of its milestones or measures has. A year column with a mark, "
        "the time that a report describes and the time that something covers are no dates of the "
        "work. So the past stakeholder event of two Dundee actions does not date them, because "
        "their timescale is still to be determined." + _WHOM,
        "kg.checks.timing.no_date",
        "audit/no-date",
    ),
    Rule(
        "date-conflict",
        _W,
        "Dates that the document gives for it cannot all be right.",
        "Ask the plan's owner which is meant; keep both until they answer.",
        "Kinds: `ends-before-start`; `mark-before-completion`, `mark-before-start` and "
        "`mark-after-start` (the years marked for it end before it starts or is complete, or begin "
        "after it starts); `milestone-after-completion`. Found by comparing the first and the last "
        "day that the words allow: times that may overlap are let pass. Marks are those of year "
        "columns; where a year cell of the row was lost they say nothing. A mark in another year "
        "may be meant (a slow start, work done early): the finding says that the two differ.",
        "kg.checks.timing.date_conflicts",
    ),
    Rule(
        "no-measure",
        _W,
        "Nothing is named by which its progress could be judged.",
        "Ask what will show that it is done, and have a measure or milestone written down.",
        "A measure or a milestone is enough; whether it is a good one is not asked. Where the "
        "document leaves the measure to another one, `deferred-measure` speaks instead." + _WHOM,
        "kg.checks.measuring.no_measure",
        "audit/no-measure",
    ),
    Rule(
        "deferred-measure",
        _W,
        "How its progress is judged is left to another document.",
        "Find that document and its measure, or ask for one in the plan.",
        "A reader of the plan cannot tell whether the work succeeds. Kind `partly` (information) "
        "says that other measures or milestones stand beside the deferral." + _WHOM,
        "kg.checks.measuring.deferred_measure",
        "audit/deferred-measure",
    ),
    Rule(
        "no-funding",
        _W,
        "No money is named for it.",
        "Ask what it costs and who pays.",
        "Kinds: `none-identified` and `to-be-confirmed` (the document says so), or how the field "
        "is missing. A source without an amount counts as money named; so does what its whole has. "
        "None identified is not nought, and natures of money are never added up. `kg query "
        "money-by-kind` sorts a plan's rows by what they say of money." + _WHOM,
        "kg.checks.funding.no_funding",
        "audit/no-funding",
    ),
    Rule(
        "money-conflict",
        _W,
        "What the document says of its money contradicts itself.",
        "Ask the plan's owner which is meant; keep both until they answer.",
        "Kinds: `after-completion` (money for a period that begins after the completion, or begins "
        "in the month of completion and goes on beyond it), `two-amounts` (for one stream and one "
        "period), `two-natures` (none identified, and money besides), `recorded`. Two natures in "
        "one cell are one allocation in the registers: `recorded` relies on the contradiction that "
        "the reader recorded about the same words, and says so; the others are computed.",
        "kg.checks.funding.money_conflicts",
    ),
)
