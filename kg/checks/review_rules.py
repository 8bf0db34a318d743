"""The rules about what people wrote down of findings and links: waivers and reviews."""

from __future__ import annotations

from typing import Final

from kg.checks.rule import Rule
from kg.model.findings import Severity

REVIEW_RULES: Final = (
    Rule(
        "waiver-expired",
        Severity.WARNING,
        "A waiver of it has ended.",
        "Mend what it excused, or agree on another day and write it down.",
        "A waiver holds until its last day, that day included. What it excused counts again from "
        "then on; this finding says why it does.",
        "kg.checks.waiving.excuse",
    ),
    Rule(
        "waiver-unused",
        Severity.WARNING,
        "A waiver of it excuses nothing that is found.",
        "Delete the waiver, or correct its node.",
        "Either what it excused was mended, or it names something else than was meant. It is not "
        "said where the rule that the waiver names was not run, nor for other bases than the "
        "usual ones, nor as of a day, on which what is excused may not count.",
        "kg.checks.waiving.excuse",
    ),
    Rule(
        "suspect-link",
        Severity.WARNING,
        "An end of a link has changed since somebody reviewed the link.",
        "Read both ends again; where the link still holds, clear it with `kg review`.",
        "A link was true of the words that stood at both ends when somebody read them. Letters "
        "and figures count; case, punctuation and white space do not. The link still counts: "
        "that its words changed does not show that it is wrong. What depends on it is listed "
        "by `kg review`.",
        "kg.checks.suspects.review_findings",
    ),
    Rule(
        "unreviewed-link",
        Severity.INFO,
        "Nobody has reviewed a link, in a plan where others are reviewed.",
        "Read both ends and write it down with `kg review`.",
        "A link that was added later has no words on record with which those of now could be "
        "compared.",
        "kg.checks.suspects.review_findings",
    ),
)
