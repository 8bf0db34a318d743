"""The rules about rows: what cannot be read, or is there twice."""

from __future__ import annotations

from typing import Final

from kg.checks.rule import Rule
from kg.model.findings import Severity

_E, _W = Severity.ERROR, Severity.WARNING
_READ: Final = "kg.registers.flat.read_flat_table"
ROW_RULES: Final = (
    Rule(
        "dangling-link",
        _E,
        "It links to something that does not exist.",
        "Correct the id, or add the item that it names.",
        "A link into nothing is dropped from the thread, so that what stands below may be cut off.",
        _READ,
    ),
    Rule(
        "self-link",
        _E,
        "It links to itself.",
        "Remove the link.",
        "Nothing is done for its own sake. The link is not followed.",
        _READ,
    ),
    Rule(
        "duplicate-id",
        _E,
        "Its id stands in more than one row.",
        "Give every row an id of its own.",
        "Links to that id could mean either row. The first is kept.",
        _READ,
    ),
    Rule(
        "duplicate-link",
        _W,
        "The same link stands twice.",
        "Delete one.",
        "It counts once. Often one of the two was meant to be another id.",
        _READ,
    ),
    Rule(
        "empty-text",
        _E,
        "It has no words.",
        "Give its words, or delete the row.",
        "What has no words cannot be checked by anybody.",
        "kg.checks.reaching.empty",
    ),
    Rule(
        "quotation-not-found",
        _E,
        "Its words do not stand in the document.",
        "Correct the quotation or restore the document, and build again.",
        "The row is left out: a link without evidence is no link.",
        "kg.building.build.survey",
    ),
    Rule(
        "unreadable-row",
        _E,
        "The row cannot be read.",
        "Mend its quotation marks or cells.",
        "The other rows are read all the same.",
        _READ,
    ),
    Rule(
        "missing-id",
        _E,
        "The row has no id.",
        "Give the row an id.",
        "Nothing can link to it, and no finding can name it.",
        _READ,
    ),
    Rule(
        "unknown-level",
        _E,
        "Its level is no class of the ontology.",
        "Use a level that `kg terms` lists.",
        "Without a level nobody can say whether it should reach something or be reached.",
        _READ,
    ),
)
