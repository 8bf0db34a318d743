"""Codes of the audit in words, for readers who do not know them."""

from __future__ import annotations

from typing import Final

from kg.checks.catalogue import RULES

TITLES: Final = {
    "unserved": "Aims, priorities and outcomes with nothing below them",
    "hollow": "Aims, priorities and outcomes with no action below them",
    "no-lead": "Work for which no lead is named",
    "collective-lead": "Work whose only lead is a group named by kind",
    "self-reporting": "Work led by the body that it reports to",
    "no-date": "Work without a calendar date",
    "no-measure": "Work for which no measure or milestone is named",
    "deferred-measure": "Work whose measure is left to another document",
    "no-funding": "Work for which no money is named",
    "folded": "Rows that are dealt with in another row",
    "single-thread": "Objectives that hang by a single thread",
    "weak-only": "Elements that reach a target only by a judgement",
    "only-superseded": "Elements that reach only what was superseded",
    "plan-draws-on-unserved": "Policies that a plan names and none of its elements serves",
    "date-conflict": "Dates that cannot all be right",
    "money-conflict": "Statements about money that contradict each other",
    "suspect-link": "Links of which an end changed since their review",
    "unreviewed-link": "Links that nobody has reviewed",
    "waiver-expired": "Waivers that have ended",
    "waiver-unused": "Waivers that excuse nothing that is found",
}
"""The findings of a rule, as a heading; a rule that is not here has its own sentence."""
KINDS: Final = {
    "blank": "the cell is there and empty",
    "no-such-column": "the document has no place for it",
    "lost": "it was lost from the text, and is unknown",
    "folded": "the row is dealt with in another row",
    "deferred": "the document leaves it to another document",
    "declared-local": "the document declares it local on purpose",
    "not-stated": "the document does not say",
    "to-be-confirmed": "the document says that it is to be confirmed",
    "none-identified": "the document says that none is identified",
    "contingent": "its time waits for something else",
    "ongoing": "the document calls it ongoing",
    "recurring": "it comes again and again, with no day named",
    "partly": "some of it stands there, the rest is left to another document",
    "ends-before-start": "it is to be complete before it starts",
    "mark-before-completion": "the last year marked for it is before its completion",
    "mark-before-start": "the last year marked for it is before its start",
    "mark-after-start": "the first year marked for it is after its start",
    "milestone-after-completion": "a milestone of it is set for after its completion",
    "recorded": "a reader recorded that the document contradicts itself",
    "after-completion": "money is given for a time after its completion",
    "two-amounts": "two amounts are given for one thing",
    "two-natures": "it says that no money is identified, and names some",
    "one-action": "one action carries all that reaches it",
    "one-element": "one element in between carries all that reaches it",
    "one-lead": "one body leads every action below it",
    "interpreted": "only a reader's judgement leads on",
    "may-serve": "it may serve it, which no words establish",
    "jurisdiction": "it belongs to another jurisdiction",
    "time": "it came later",
}
"""How a thing is missing, or why it is found."""


def rule_title(rule: str) -> str:
    """Return what the findings of a rule are, as a heading.

    Example:
        >>> rule_title("no-date"), rule_title("self-link")
        ('Work without a calendar date', 'Elements of which the audit says: It links to itself')
    """
    if rule in TITLES:
        return TITLES[rule]
    sentence = RULES[rule].sentence.removesuffix(".") if rule in RULES else rule
    return f"Elements of which the audit says: {sentence}"


def kind_words(kind: str) -> str:
    """Return what a kind of finding means; of one that has no words here, its code.

    Example:
        >>> kind_words("blank")
        'the cell is there and empty'
    """
    return KINDS.get(kind, kind.replace("-", " "))
