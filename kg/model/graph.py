"""The small graph that every command reads: look-ups over records, and nothing else."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

from kg.errors import UnknownNodeError
from kg.model.identifiers import local_id
from kg.model.levels import ELEMENTS, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kg.model.records import Claim, Document, Fact, Node, Problem

TRACING: Final = frozenset(
    {
        "servesPrimarily",
        "serves",
        "contributesTo",
        "restates",
        "supportsInstrument",
        "implements",
        "drawsOn",
    }
)
"""The predicates under `lin:tracesTo`: a chain of them is a path upwards."""
STRUCTURE: Final = "partOf"
"""Upward too, but parts of what serves do not thereby serve (prohibition N10)."""
ENTAILED_RULES: Final = frozenset({"r0", "r5"})
"""Rules whose claims only repeat other claims more weakly; they are no hops of their own."""
_CANDIDATES: Final = 8


@dataclass(frozen=True)
class KnowledgeGraph:
    """Nodes, claims and facts, with read-only look-ups.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> graph.node("telford-2011/action/1").cls
        'Action'
    """

    nodes: dict[str, Node]
    claims: tuple[Claim, ...]
    facts: tuple[Fact, ...] = ()
    documents: dict[str, Document] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    """What was wrong with single rows of a flat table."""
    flat: bool = False
    """Whether it was read from one flat table, where the top level is the target."""

    @cached_property
    def links(self) -> tuple[Claim, ...]:
        """The accepted claims that are hops: no rejected or open ones, no weaker repetitions."""
        return tuple(
            claim for claim in self.claims if claim.accepted and claim.rule not in ENTAILED_RULES
        )

    @cached_property
    def outgoing(self) -> dict[str, list[Claim]]:
        """The links of each node as subject."""
        return _group(self.links, "subject")

    @cached_property
    def incoming(self) -> dict[str, list[Claim]]:
        """The links of each node as object."""
        return _group(self.links, "object")

    @cached_property
    def facts_of(self) -> dict[str, list[Fact]]:
        """The facts about each node."""
        grouped: dict[str, list[Fact]] = {}
        for fact in self.facts:
            grouped.setdefault(fact.subject, []).append(fact)
        return grouped

    @cached_property
    def claim(self) -> dict[str, Claim]:
        """Every claim by its id."""
        return {claim.id: claim for claim in self.claims}

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """What an upward chain should reach, in the order of the graph.

        National objectives and national instruments (funding streams are no targets); in a
        flat table the items of the top level that it uses.
        """
        if self.flat:
            ranks = [rank(node.cls) for node in self.nodes.values()]
            top = min(ranks, default=0)
            return tuple(node.id for node in self.nodes.values() if rank(node.cls) == top)
        return tuple(
            node.id
            for node in self.nodes.values()
            if (node.cls == "Objective" and self.is_national(node.instrument))
            or (node.cls == "Instrument" and node.level == "national")
        )

    def is_national(self, instrument: str) -> bool:
        """Tell whether an instrument is national; an unknown one is not."""
        node = self.nodes.get(instrument)
        return node is not None and node.level == "national"

    def elements(self, classes: Iterable[str] = ELEMENTS) -> Iterator[Node]:
        """Yield the elements of some classes, in the order of the graph.

        Example:
            >>> import kg
            >>> len(list(kg.load().elements(["Objective"])))
            6
        """
        wanted = set(classes)
        return (node for node in self.nodes.values() if node.cls in wanted)

    def upward(self, node: str) -> list[Claim]:
        """Return the links that lead up from a node, structure included."""
        return [
            claim
            for claim in self.outgoing.get(node, ())
            if claim.predicate in TRACING or claim.predicate == STRUCTURE
        ]

    def instrument_of(self, node: str) -> str:
        """Return the instrument that a node belongs to: its own id when it is one."""
        found = self.nodes.get(node)
        if found is None:
            return ""
        return found.instrument or found.id

    def absences_of(self, node: str) -> list[Fact]:
        """Return the stated absences of a node, those of its plan for its class included."""
        own = [fact for fact in self.facts_of.get(node, ()) if fact.kind == "StatedAbsence"]
        found = self.nodes.get(node)
        if found is None or not found.instrument:
            return own
        plan = [
            fact
            for fact in self.facts_of.get(found.instrument, ())
            if fact.kind == "StatedAbsence" and fact["applies_to"] == found.cls
        ]
        return own + plan

    def node(self, name: str) -> Node:
        """Find the one node that a name means: local id, CURIE, IRI, last part, or words.

        Raises:
            UnknownNodeError: If nothing, or more than one thing, answers to the name; the
                hint lists near matches or the candidates.

        Example:
            >>> import kg
            >>> kg.load().node("id:new-horizons").label
            'New Horizons'
        """
        wanted = local_id(name)
        if wanted in self.nodes:
            return self.nodes[wanted]
        matches = self._matches(wanted)
        if len(matches) == 1:
            return matches[0]
        if matches:
            shown = ", ".join(node.id for node in matches[:_CANDIDATES])
            more = len(matches) - _CANDIDATES
            rest = f" and {more} more" if more > 0 else ""
            raise UnknownNodeError(
                "ambiguous-node",
                f"{name!r} could be any of {len(matches)} nodes",
                hint=f"say which: {shown}{rest}",
            )
        near = difflib.get_close_matches(wanted, self.nodes, n=3, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "look for it with: kg search WORDS"
        raise UnknownNodeError("unknown-node", f"nothing answers to {name!r}", hint=hint)

    def _matches(self, wanted: str) -> list[Node]:
        """Find nodes by slug, then exact label, then all words."""
        by_slug = [node for node in self.nodes.values() if node.id.endswith("/" + wanted)]
        if by_slug:
            return by_slug
        folded = fold(wanted)
        exact = [
            node
            for node in self.nodes.values()
            if folded in (fold(node.label), *map(fold, node.alternatives))
        ]
        return exact or list(self.search(wanted))

    def search(self, words: str, classes: Iterable[str] | None = None) -> Iterator[Node]:
        """Yield the nodes in which all words occur, in the order of the graph.

        Example:
            >>> import kg
            >>> [node.id for node in kg.load().search("peer recovery support model")]
            ['dundee-2019/action/18']
        """
        wanted = fold(words).split()
        chosen = None if classes is None else set(classes)
        if not wanted:
            return
        for node in self.nodes.values():
            if chosen is not None and node.cls not in chosen:
                continue
            hay = fold(" ".join((node.id, node.label, node.text, *node.alternatives)))
            if all(word in hay for word in wanted):
                yield node


def fold(text: str) -> str:
    """Fold case, white space and punctuation, so that words can be compared.

    Example:
        >>> fold("Time to Change (the 'campaign')")
        'time to change the campaign'
    """
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


def _group(claims: Iterable[Claim], end: str) -> dict[str, list[Claim]]:
    grouped: dict[str, list[Claim]] = {}
    for claim in claims:
        grouped.setdefault(getattr(claim, end), []).append(claim)
    return grouped
