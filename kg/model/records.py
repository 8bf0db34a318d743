"""The frozen records that everything else is made of.

All ids are local ids (`telford-2011/action/4`); IRIs appear only where triples are written.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kg.errors import Place
from kg.model.bases import Basis

NOWHERE = Place("")


@dataclass(frozen=True, slots=True)
class Document:
    """One fixed text, identified by its checksum."""

    id: str
    path: str
    """Path as shown to people, relative to the data folder where there is one."""
    sha256: str
    title: str = ""
    instrument: str = ""
    read_by: str = ""
    read_on: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Passage:
    """A stretch of a document: the exact words and where they stand.

    `start` and `end` are gaps between Unicode code points of the decoded text, counted
    from 0, as the Web Annotation model defines them; lines are counted from 1.
    """

    document: str
    start: int
    end: int
    first_line: int
    last_line: int
    exact: str

    @property
    def lines(self) -> str:
        """The lines as people write them.

        Example:
            >>> Passage("d", 0, 1, 3, 3, "a").lines, Passage("d", 0, 9, 3, 5, "a").lines
            ('3', '3-5')
        """
        if self.first_line == self.last_line:
            return str(self.first_line)
        return f"{self.first_line}-{self.last_line}"

    @property
    def words(self) -> str:
        """The exact words with white space folded."""
        return " ".join(self.exact.split())


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that a link can start from or lead to."""

    id: str
    cls: str
    """Local name of its most specific class in the ontology."""
    label: str
    text: str = ""
    kind: str = ""
    instrument: str = ""
    """The one instrument that sets it out; empty for instruments and bodies."""
    passages: tuple[Passage, ...] = ()
    alternatives: tuple[str, ...] = ()
    called_in_source: str = ""
    number: str = ""
    repaired: bool = False
    confidence: str = ""
    level: str = ""
    """Of an instrument: national, regional or local."""
    jurisdiction: str = ""
    place: str = ""
    issued: str = ""
    """Of an instrument: EDTF, from the bibliography."""
    issued_words: str = ""
    supersedes: str = ""
    valid: str = ""
    """Of an instrument or a body: when it is in force or exists, as an EDTF interval."""
    issuer: str = ""
    members: tuple[str, ...] = ()
    """Of an element set: the ids of its members."""
    note: str = ""
    origin: Place = NOWHERE
    """The register row it comes from."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about a claim, on a day, for a reason."""

    decision: str
    """`accepted`, `rejected`, `open`, or `added`: written down by the same person."""
    by: str
    """The name of a person or body, as they write it."""
    on: str
    reason: str = ""
    """Empty only for the first decision, which a reader took with the reading itself."""
    origin: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Claim:
    """One link between two things, as held by someone on some basis."""

    id: str
    subject: str
    predicate: str
    object: str
    basis: Basis
    decision: str = "accepted"
    evidence: tuple[Passage, ...] = ()
    by: str = ""
    on: str = ""
    rationale: str = ""
    confidence: str = ""
    rule: str = ""
    premises: tuple[str, ...] = ()
    support: frozenset[Basis] = frozenset()
    """Of an inferred claim: the bases of the asserted claims that it rests on."""
    note: str = ""
    origin: Place = NOWHERE
    valid: str = ""
    """When the link holds, as an EDTF interval; empty when nothing is said."""
    decisions: tuple[Decision, ...] = ()
    """Every decision in the order in which they were taken; empty when only the reading is one."""
    score: str = ""
    """Of a suggested claim: how sure the model says it is, from 0 to 1."""
    model: str = ""
    """Of a suggested claim: name and version of the model."""

    @property
    def accepted(self) -> bool:
        """Whether the claim counts."""
        return self.decision == "accepted"

    @property
    def strength(self) -> Basis:
        """The weakest basis that the claim rests on, its own included."""
        return max(self.basis, *self.support, self.basis)


@dataclass(frozen=True, slots=True)
class Fact:
    """A statement about one node that is no link: a period, an amount, a gap, a value, a defect.

    `values` holds the named cells of its register, so that one record serves the five
    registers; `kind` names the class (`Period`, `Allocation`, `StatedAbsence`,
    `Observation`, `SourceDefect`).
    """

    id: str
    kind: str
    subject: str
    values: dict[str, str] = field(default_factory=dict)
    passages: tuple[Passage, ...] = ()
    basis: Basis = Basis.STATED
    note: str = ""
    origin: Place = NOWHERE

    def __getitem__(self, name: str) -> str:
        """Return a cell, empty when the register leaves it out."""
        return self.values.get(name, "")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with one row that does not stop the others from being read."""

    rule: str
    node: str
    message: str
    place: Place
