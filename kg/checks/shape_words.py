"""The words for each constraint of each property of the shapes."""

from __future__ import annotations

from typing import Final

_QUOTE_AGAIN: Final = "Quote words that stand in the document; the build counts where they stand."
WORDS: Final = {
    ("subject", "MinCount"): ("starts from nothing", "Fill the column subject."),
    ("subject", "MaxCount"): (
        "starts from {number} things ({values})",
        "Give each of them a row of its own.",
    ),
    ("subject", "NodeKind"): (
        "starts from words instead of a thing: {value}",
        "Put the id of a node into the column subject.",
    ),
    ("predicate", "MinCount"): ("is of no kind", "Fill the column predicate."),
    ("predicate", "MaxCount"): (
        "is of {number} kinds ({values})",
        "Give each of them a row of its own.",
    ),
    ("predicate", "NodeKind"): (
        "is of a kind that is no term of the ontology: {value}",
        "Choose a predicate that kg terms lists.",
    ),
    ("object", "MinCount"): ("leads to nothing", "Fill the column object."),
    ("object", "MaxCount"): (
        "leads to {number} things ({values})",
        "Give each of them a row of its own.",
    ),
    ("object", "NodeKind"): (
        "leads to words instead of a thing: {value}",
        "Put the id of a node into the column object.",
    ),
    ("decision", "MinCount"): (
        "is neither accepted nor rejected nor open",
        "Fill the column decision.",
    ),
    ("decision", "MaxCount"): (
        "has {number} decisions ({values})",
        "Keep one of them in the column decision.",
    ),
    ("decision", "In"): (
        "has the decision {value}",
        "Write accepted, rejected or open into the column decision.",
    ),
    ("creator", "MinCount"): ("names nobody who took it", "Fill the column by in decisions.csv."),
    ("creator", "MaxCount"): (
        "names {number} people ({values})",
        "Name the one person who took it in the column by of decisions.csv.",
    ),
    ("creator", "MinLength"): (
        "names nobody who took it",
        "Fill the column by in decisions.csv.",
    ),
    ("date", "MinCount"): ("has no day", "Fill the column on in decisions.csv."),
    ("date", "MaxCount"): (
        "has {number} days ({values})",
        "Keep the day on which it was taken in the column on of decisions.csv.",
    ),
    ("date", "Datatype"): (
        "was taken on a day that is no date: {value}",
        "Write the day as YYYY-MM-DD in the column on of decisions.csv.",
    ),
    ("wasAttributedTo", "MinCount"): (
        "is held by nobody",
        "Name who read its document in documents.csv (read_by).",
    ),
    ("generatedAtTime", "MinCount"): (
        "does not say when it was made",
        "Say when its document was read in documents.csv (read_on).",
    ),
    ("generatedAtTime", "MaxCount"): (
        "was made at {number} times ({values})",
        "Keep one day on which its document was read in documents.csv (read_on).",
    ),
    ("generatedAtTime", "Datatype"): (
        "was made on a day that is no date: {value}",
        "Write the day on which its document was read as YYYY-MM-DD in documents.csv (read_on).",
    ),
    ("setOutIn", "MinCount"): (
        "is set out in no instrument",
        "Put its row into the folder of the instrument that sets it out.",
    ),
    ("setOutIn", "MaxCount"): (
        "is set out in {number} instruments ({values})",
        "Keep its row in the folder of one, and give what the other sets out an id of its own.",
    ),
    ("setOutIn", "NodeKind"): (
        "is set out in words instead of an instrument: {value}",
        "Put its row into the folder of the instrument that sets it out.",
    ),
    ("label", "MinCount"): ("has no label", "Fill the column label."),
    ("evidence", "MinCount"): (
        "has no words",
        "Quote the words that set it out in the column quote.",
    ),
    ("hasSource", "MinCount"): (
        "stands in no document",
        "Name the document that it stands in in the column document.",
    ),
    ("hasSource", "MaxCount"): (
        "stands in {number} documents ({values})",
        "Quote each document in a row of its own.",
    ),
    ("hasSelector", "MinCount"): ("does not say where its words stand", _QUOTE_AGAIN),
    ("exact", "MinCount"): ("has no words", _QUOTE_AGAIN),
    ("exact", "MaxCount"): ("has {number} wordings ({values})", _QUOTE_AGAIN),
    ("exact", "MinLength"): ("has no words", _QUOTE_AGAIN),
    ("start", "MinCount"): ("does not say where it begins", _QUOTE_AGAIN),
    ("start", "MaxCount"): ("begins at {number} places ({values})", _QUOTE_AGAIN),
    ("start", "LessThan"): ("begins at {value}, which is not before its end ({end})", _QUOTE_AGAIN),
    ("end", "MinCount"): ("does not say where it ends", _QUOTE_AGAIN),
    ("end", "MaxCount"): ("ends at {number} places ({values})", _QUOTE_AGAIN),
    ("sha256", "MinCount"): (
        "has no checksum",
        "Write the SHA-256 of the file into documents.csv (sha256).",
    ),
    ("sha256", "MaxCount"): (
        "has {number} checksums ({values})",
        "Keep the SHA-256 of the file in documents.csv (sha256).",
    ),
    ("sha256", "Pattern"): (
        "has a checksum that is no SHA-256: {value}",
        "Write the SHA-256 of the file into documents.csv (sha256).",
    ),
    ("title", "MinCount"): ("has no title", "Fill the column title in instruments.csv."),
    ("instrumentType", "MinCount"): (
        "is of no type",
        "Fill the column kind in instruments.csv.",
    ),
    ("instrumentType", "MaxCount"): (
        "is of {number} types ({values})",
        "Keep one of them in the column kind of instruments.csv.",
    ),
    ("fundingNature", "MinCount"): (
        "does not say of what nature the money is",
        "Fill the column nature; not-said is one of its codes.",
    ),
    ("fundingNature", "MaxCount"): (
        "is money of {number} natures ({values})",
        "Give each of them a row of its own.",
    ),
    ("amountAsWritten", "MinCount"): (
        "does not keep the words of its amount",
        "Fill the column amount_words.",
    ),
}
"""By property and constraint: what is wrong, and what to do. A test holds it complete."""
