"""The rules about the thread: what reaches nothing, what nothing reaches, and how weakly."""

from __future__ import annotations

from typing import Final

from kg.checks.rule import Rule
from kg.model.findings import Severity

_E, _W, _I = Severity.ERROR, Severity.WARNING, Severity.INFO
THREAD_RULES: Final = (
    Rule(
        "unlinked",
        _E,
        "It has no accepted upward link.",
        "Find the words that say what it serves and add the link, or leave it as an orphan.",
        "Nobody can say what this is for. That is a finding about the document, not about the "
        "work: the work may well serve an objective that the document does not name. Elements of "
        "a national framework are where chains end and are not asked. A row that is folded into "
        "another is reported as `folded` instead.",
        "kg.checks.reaching.orphan_findings",
        "audit/unlinked",
    ),
    Rule(
        "stranded",
        _E,
        "It has upward links, but no chain reaches a national objective or "
        "instrument (in a flat table, a top-level item).",
        "Follow the chain to where it stops and look for the missing link there.",
        "The thread starts and breaks. The kind says why (`kg trace` shows the place): another "
        "jurisdiction, a later policy, a lost or missing column, a declared local purpose, or "
        "silence. Being part of something that serves an objective is not serving it.",
        "kg.checks.reaching.orphan_findings",
        "audit/stranded",
    ),
    Rule(
        "folded",
        _I,
        "The document deals with it in another row.",
        "Read it together with the row that it is folded into.",
        "Such a row is a cross-reference and no orphan: it is neither `unlinked` nor `stranded`, "
        "and what it lacks (lead, date, money) is that of the other row. Whether the other row "
        "reaches an objective is that row's finding.",
        "kg.checks.reaching.folded_rows",
        "audit/folded",
    ),
    Rule(
        "weak-only",
        _W,
        "It reaches a national objective or instrument only through a reader's judgement or a "
        "chain that merely suggests it.",
        "Find words that state the link, or quote it as a judgement and never as a fact.",
        "A link of basis `interpreted` is what a named reader holds, and `mayServe` is what a "
        "chain suggests without establishing it. Without them the element is an orphan, and the "
        "rule for orphans says so too; this one adds how near it comes. With `--basis all` the "
        "judgements count and only this finding is left.",
        "kg.checks.strength.weak_only",
    ),
    Rule(
        "only-superseded",
        _W,
        "All that it reaches belongs to instruments that have been superseded.",
        "Ask whether the work serves the successor too, and add that link only if words say so.",
        "Links to an older instrument do not migrate to the newer one. The plan was not wrong to "
        "name what was in force when it was written: the finding says that its thread ends at "
        "something that is no longer policy.",
        "kg.checks.strength.only_superseded",
        "audit/only-superseded",
    ),
    Rule(
        "single-thread",
        _W,
        "It hangs on one action, one element in between, or one lead.",
        "Ask what happens to the objective if that one fails, and plan for it.",
        "Asked of national objectives (in a flat table, of its top-level items) that some action "
        "reaches. An action or element is named when every chain from every action passes it, a "
        "link when it is the only one at that place, a lead when every action has that named body "
        "and no other as its lead. It counts ways, not effect: one strong action can do more than "
        "ten weak ones. A workstream, intention or activity counts as an action when nothing to be "
        "delivered stands below it. Collective leads are no lead here.",
        "kg.checks.strength.single_threads",
    ),
    Rule(
        "plan-draws-on-unserved",
        _W,
        "The plan names a policy that none of its elements serves.",
        "Find the rows that serve the policy, or say in the plan that it is background.",
        "A policy is named when the plan itself draws on it, implements it or supports it, or "
        "cites it and its intents are set out in the graph; a mere mention of anything else is no "
        "promise. It is served when some element reaches it, or something that it sets out, by "
        "other links than the plan's own: having regard to a policy does not flow down to the "
        "rows (the stored question does not tell a chain through the plan itself apart). The kind "
        "gives the reason (jurisdiction, time, no such column, silence). Policies that are not "
        "national are information.",
        "kg.checks.strength.plans_unserving",
        "audit/plan-draws-on-unserved",
    ),
    Rule(
        "unserved",
        _W,
        "Nothing stands below it.",
        "Find the work that serves it, or report that there is none.",
        "An objective, theme or workstream that nothing supports. Rows are counted, not effect.",
        "kg.checks.reaching.gaps",
    ),
    Rule(
        "hollow",
        _W,
        "Things stand below it, but no action at any depth.",
        "Find the actions below it, or report that there are none.",
        "There is structure under it and no work.",
        "kg.checks.reaching.gaps",
    ),
    Rule(
        "cycle",
        _E,
        "It stands on a circle of upward links.",
        "Remove the link of the circle that leads downwards.",
        "What serves itself by a detour has no top. Reach is computed correctly all the same.",
        "kg.checks.links.cycle_problems",
    ),
    Rule(
        "level-skip",
        _W,
        "A link passes over a level that the plan uses.",
        "Link to the level in between, or confirm that the plan says so.",
        "Often a sign that a level was left out when the link was written. It may be right.",
        "kg.checks.links.level_problems",
    ),
    Rule(
        "wrong-direction",
        _E,
        "A link leads down a level.",
        "Turn the link round.",
        "Links lead from what is done to what it is done for.",
        "kg.checks.links.level_problems",
    ),
    Rule(
        "anachronism",
        _E,
        "A link leads to a policy that came later.",
        "Reject the link, or correct the date.",
        "A plan cannot have served a policy that did not exist. Only sure cases are named: dates "
        "that may overlap are let pass, and a reader's judgement may look back.",
        "kg.checks.links.bound_problems",
    ),
    Rule(
        "jurisdiction",
        _E,
        "A link crosses to a jurisdiction that shares no nation.",
        "Reject the link, or correct the jurisdiction.",
        "An English policy does not bind a Scottish plan.",
        "kg.checks.links.bound_problems",
    ),
)
