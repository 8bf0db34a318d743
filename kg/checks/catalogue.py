"""The audit rules: fixed ids, severity, one plain sentence, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kg.model.findings import Severity


@dataclass(frozen=True, slots=True)
class Rule:
    """One audit rule."""

    id: str
    severity: Severity
    sentence: str
    fix: str


_E, _W = Severity.ERROR, Severity.WARNING
RULES: Final = {
    rule.id: rule
    for rule in (
        Rule(
            "unlinked",
            _E,
            "It has no accepted upward link.",
            "Find the words that say what it serves and add the link, or leave it as an orphan.",
        ),
        Rule(
            "stranded",
            _E,
            "It has upward links, but no chain reaches a national objective or "
            "instrument (in a flat table, a top-level item).",
            "Follow the chain to where it stops and look for the missing link there.",
        ),
        Rule(
            "unserved",
            _W,
            "Nothing stands below it.",
            "Find the work that serves it, or report that there is none.",
        ),
        Rule(
            "hollow",
            _W,
            "Things stand below it, but no action at any depth.",
            "Find the actions below it, or report that there are none.",
        ),
        Rule(
            "dangling-link",
            _E,
            "It links to something that does not exist.",
            "Correct the id, or add the item that it names.",
        ),
        Rule(
            "cycle",
            _E,
            "It stands on a circle of upward links.",
            "Remove the link of the circle that leads downwards.",
        ),
        Rule("self-link", _E, "It links to itself.", "Remove the link."),
        Rule(
            "duplicate-id",
            _E,
            "Its id stands in more than one row.",
            "Give every row an id of its own.",
        ),
        Rule("duplicate-link", _W, "The same link stands twice.", "Delete one."),
        Rule("empty-text", _E, "It has no words.", "Give its words, or delete the row."),
        Rule(
            "level-skip",
            _W,
            "A link passes over a level that the plan uses.",
            "Link to the level in between, or confirm that the plan says so.",
        ),
        Rule("wrong-direction", _E, "A link leads down a level.", "Turn the link round."),
        Rule(
            "anachronism",
            _E,
            "A link leads to a policy that came later.",
            "Reject the link, or correct the date.",
        ),
        Rule(
            "jurisdiction",
            _E,
            "A link crosses to a jurisdiction that shares no nation.",
            "Reject the link, or correct the jurisdiction.",
        ),
        Rule(
            "quotation-not-found",
            _E,
            "Its words do not stand in the document.",
            "Correct the quotation or restore the document, and build again.",
        ),
        Rule("unreadable-row", _E, "The row cannot be read.", "Mend its quotation marks or cells."),
        Rule("missing-id", _E, "The row has no id.", "Give the row an id."),
        Rule(
            "unknown-level",
            _E,
            "Its level is no class of the ontology.",
            "Use a level that `kg terms` lists.",
        ),
        Rule(
            "waiver-expired",
            _W,
            "A waiver of it has ended.",
            "Mend what it excused, or agree on another day and write it down.",
        ),
        Rule(
            "waiver-unused",
            _W,
            "A waiver of it excuses nothing that is found.",
            "Delete the waiver, or correct its node.",
        ),
        Rule(
            "suspect-link",
            _W,
            "An end of a link has changed since somebody reviewed the link.",
            "Read both ends again; where the link still holds, clear it with `kg review`.",
        ),
        Rule(
            "unreviewed-link",
            Severity.INFO,
            "Nobody has reviewed a link, in a plan where others are reviewed.",
            "Read both ends and write it down with `kg review`.",
        ),
    )
}
