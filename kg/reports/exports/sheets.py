"""The tables of an export: what a graph holds, a row a thing, and how the tables join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.model.identifiers import ID, node_iri
from kg.model.tables import FORMULA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.errors import Place
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Passage

Value = str | int | bool
Row = tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, what it holds, and its datatype in XML Schema's words."""

    name: str
    holds: str
    datatype: str = "string"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table.

    Args:
        name: Its name, without an ending.
        holds: What a row is.
        columns: Its columns.
        key: The columns that name a row.
        joins: Columns that name a row of another table: the column, the table, its column.
        rows: Yields the rows of a graph.
    """

    name: str
    holds: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    joins: tuple[tuple[str, str, str], ...]
    rows: Callable[[KnowledgeGraph], Iterator[Row]]


def guarded(cell: str) -> str:
    """Keep a cell from running as a formula, so that it can be undone.

    An apostrophe is put before what begins as a formula, also after apostrophes of its own.

    Example:
        >>> guarded("=1+1"), guarded("'=1+1"), guarded("'tis")
        ("'=1+1", "''=1+1", "'tis")
    """
    return "'" + cell if cell.lstrip("'").startswith(FORMULA) else cell


def unguarded(cell: str) -> str:
    """Return the words of a guarded cell.

    Example:
        >>> unguarded(guarded("'=1+1")), unguarded("'tis")
        ("'=1+1", "'tis")
    """
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell


def _origin(place: Place) -> tuple[str, int, int]:
    return place.path, place.line, place.column


def _documents(graph: KnowledgeGraph) -> Iterator[Row]:
    for d in graph.documents.values():
        yield d.id, d.path, d.sha256, d.title, d.instrument, d.read_by, d.read_on


def _nodes(graph: KnowledgeGraph) -> Iterator[Row]:
    for n in graph.nodes.values():
        yield (
            *(n.id, node_iri(n.id), n.cls, n.label, n.text, n.kind, n.instrument),
            *(n.called_in_source, n.number, n.repaired, n.confidence, n.level, n.jurisdiction),
            *(n.place, n.issued, n.issued_words, n.supersedes, n.valid, n.issuer, n.note),
            *_origin(n.origin),
        )


def _names(graph: KnowledgeGraph) -> Iterator[Row]:
    for node in graph.nodes.values():
        for place, name in enumerate(node.alternatives, 1):
            yield node.id, place, name


def _members(graph: KnowledgeGraph) -> Iterator[Row]:
    for node in graph.nodes.values():
        for place, member in enumerate(node.members, 1):
            yield node.id, place, member


def _claims(graph: KnowledgeGraph) -> Iterator[Row]:
    for c in graph.claims:
        support = " ".join(basis.word for basis in sorted(c.support))
        yield (
            *(c.id, f"{ID}claim/{c.id}", c.subject, c.predicate, c.object, c.basis.word),
            *(support, c.strength.word, c.decision, c.by, c.on, c.rationale, c.confidence),
            *(c.rule, c.valid, c.score, c.model, c.note, *_origin(c.origin)),
        )


def _premises(graph: KnowledgeGraph) -> Iterator[Row]:
    for claim in graph.claims:
        for place, premise in enumerate(claim.premises, 1):
            yield claim.id, place, premise


def _decisions(graph: KnowledgeGraph) -> Iterator[Row]:
    for claim in graph.claims:
        for place, d in enumerate(claim.decisions, 1):
            yield claim.id, place, d.decision, d.by, d.on, d.reason, *_origin(d.origin)


def _facts(graph: KnowledgeGraph) -> Iterator[Row]:
    for f in graph.facts:
        yield f.id, f.kind, f.subject, f.basis.word, f.note, *_origin(f.origin)


def _values(graph: KnowledgeGraph) -> Iterator[Row]:
    for fact in graph.facts:
        for name, value in fact.values.items():
            yield fact.id, name, value


def _problems(graph: KnowledgeGraph) -> Iterator[Row]:
    for number, p in enumerate(graph.problems, 1):
        yield number, p.rule, p.node, p.message, *_origin(p.place)


def _quotations(graph: KnowledgeGraph) -> Iterator[Row]:
    for node in graph.nodes.values():
        yield from _quoted("node", node.id, node.passages)
    for claim in graph.claims:
        yield from _quoted("claim", claim.id, claim.evidence)
    for fact in graph.facts:
        yield from _quoted("fact", fact.id, fact.passages)


def _quoted(kind: str, name: str, passages: Iterable[Passage]) -> Iterator[Row]:
    for place, p in enumerate(passages, 1):
        ends = p.start, p.end, p.first_line, p.last_line
        yield kind, name, place, p.document, *ends, p.exact


def _texts(*pairs: str) -> tuple[Column, ...]:
    return tuple(Column(*pair.split(": ", 1)) for pair in pairs)


def _number(name: str, holds: str) -> Column:
    return Column(name, holds, "nonNegativeInteger")


_PLACE: Final = _number("place", "Its place in the order of the record, from 1.")
_ORIGIN: Final = (
    Column("recorded_in", "The file of the register that it comes from; empty when derived."),
    _number("recorded_line", "The line there, from 1; 0 when there is none."),
    _number("recorded_column", "The column there, from 1; 0 when it is the whole line."),
)
DOCUMENTS: Final = Sheet(
    "documents",
    "A document that was read, or a table.",
    _texts(
        "id: Its id.",
        "path: The file, as shown to people.",
        "sha256: The SHA-256 of its bytes.",
        "title: Its title.",
        "instrument: The id of the plan or policy that it is a text of.",
        "read_by: Who read it.",
        "read_on: The day on which it was read.",
    ),
    ("id",),
    (),
    _documents,
)
NODES: Final = Sheet(
    "nodes",
    "A thing that a document names: an element of a plan, a plan, a body.",
    (
        *_texts(
            "id: Its local id.",
            "iri: Its IRI, to be cited.",
            "class: Its class, a local name of the ontology.",
            "label: What it is called in lists.",
            "text: Its words.",
            "kind: What the register calls it.",
            "instrument: The id of the plan or policy that sets it out.",
            "called_in_source: What the document calls it.",
            "number: Its number in the document.",
        ),
        Column("repaired", "Whether garbled words were put together again.", "boolean"),
        *_texts(
            "confidence: How sure the reader is of a repair.",
            "level: Of a plan or policy: national, regional or local.",
            "jurisdiction: Where it applies.",
            "place: The place that it is about.",
            "issued: When it was issued, in EDTF.",
            "issued_words: The same in the words of the bibliography.",
            "supersedes: The id of what it supersedes.",
            "valid: When it is in force or exists, an EDTF interval.",
            "issuer: The id of the body that issued it.",
            "note: A note of the reader.",
        ),
        *_ORIGIN,
    ),
    ("id",),
    (),
    _nodes,
)
NAMES: Final = Sheet(
    "names",
    "Another name of a node.",
    (Column("node", "The id of the node."), _PLACE, Column("name", "The name.")),
    ("node", "place"),
    (("node", "nodes", "id"),),
    _names,
)
MEMBERS: Final = Sheet(
    "members",
    "A member of a set of elements.",
    (Column("set", "The id of the set."), _PLACE, Column("member", "The id of the member.")),
    ("set", "place"),
    (("set", "nodes", "id"),),
    _members,
)
CLAIMS: Final = Sheet(
    "claims",
    "A link between two nodes, as held by somebody on some basis; also one that is not accepted.",
    (
        *_texts(
            "id: Its id.",
            "iri: Its IRI, to be cited.",
            "subject: The id of the node that the link starts from.",
            "predicate: The relation, a local name of the ontology.",
            "object: The id of the node that the link leads to.",
            "basis: How it is known: stated, inherited, inferred, interpreted or suggested.",
            "support: Of an inferred link: the bases that it rests on, separated by spaces.",
            "strength: The weakest basis that it rests on, its own included.",
            "decision: Whether it counts: accepted, rejected or open.",
            "by: Who holds it.",
            "on: The day on which it was written down.",
            "rationale: Why, where a reader judged.",
            "confidence: How sure the reader is.",
            "rule: Of an inferred link: the rule that concludes it.",
            "valid: When the link holds, an EDTF interval.",
            "score: Of a suggested link: how sure the model says it is.",
            "model: Of a suggested link: name and version of the model.",
            "note: A note.",
        ),
        *_ORIGIN,
    ),
    ("id",),
    (),
    _claims,
)
PREMISES: Final = Sheet(
    "premises",
    "A link that an inferred link was concluded from.",
    (
        Column("claim", "The id of the inferred link."),
        _PLACE,
        Column("premise", "The id of the link that it rests on."),
    ),
    ("claim", "place"),
    (("claim", "claims", "id"), ("premise", "claims", "id")),
    _premises,
)
DECISIONS: Final = Sheet(
    "decisions",
    "What somebody decided about a link, in the order of the decisions.",
    (
        Column("claim", "The id of the link."),
        _PLACE,
        *_texts(
            "decision: accepted, rejected, open or added.",
            "by: Who decided.",
            "on: On which day.",
            "reason: Why.",
        ),
        *_ORIGIN,
    ),
    ("claim", "place"),
    (("claim", "claims", "id"),),
    _decisions,
)
FACTS: Final = Sheet(
    "facts",
    "A statement about one node that is no link: a time, an amount, a gap, a value, a defect.",
    (
        *_texts(
            "id: Its id.",
            "kind: Period, Allocation, StatedAbsence, Observation or SourceDefect.",
            "subject: The id of the node that it is about.",
            "basis: How it is known.",
            "note: A note of the reader.",
        ),
        *_ORIGIN,
    ),
    ("id",),
    (),
    _facts,
)
VALUES: Final = Sheet(
    "values",
    "A named value of a fact.",
    _texts("fact: The id of the fact.", "name: The name of the value.", "value: The value."),
    ("fact", "name"),
    (("fact", "facts", "id"),),
    _values,
)
QUOTATIONS: Final = Sheet(
    "quotations",
    "The exact words of a document that a node, a link or a fact rests on, and where they stand.",
    (
        *_texts("of: What it is evidence for: node, claim or fact.", "id: The id of that."),
        _PLACE,
        Column("document", "The id of the document."),
        _number("start", "Unicode characters of the text before the words."),
        _number("end", "Unicode characters of the text up to the end of the words."),
        _number("first_line", "The first line, from 1."),
        _number("last_line", "The last line."),
        Column("exact", "The exact words, line ends included."),
    ),
    ("of", "id", "place"),
    (("document", "documents", "id"),),
    _quotations,
)
PROBLEMS: Final = Sheet(
    "problems",
    "Something wrong with one row of a flat table.",
    (
        _number("number", "Its number."),
        *_texts("rule: The rule.", "node: The item or row.", "message: What is wrong."),
        *_ORIGIN,
    ),
    ("number",),
    (),
    _problems,
)
SHEETS: Final = (
    *(DOCUMENTS, NODES, NAMES, MEMBERS, CLAIMS, PREMISES, DECISIONS),
    *(FACTS, VALUES, QUOTATIONS, PROBLEMS),
)
"""Every table, in the order in which a reader meets them."""
