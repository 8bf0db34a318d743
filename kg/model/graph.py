"""The small graph that every command reads: look-ups over records, and nothing else."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from kg.errors import UnknownNodeError
from kg.model.bases import DEFAULT
from kg.model.identifiers import local_id
from kg.model.levels import ELEMENTS
from kg.model.outward import become
from kg.model.table import ENTAILED_RULES, STRUCTURE, TRACING, Column, GraphTable, tabulate
from kg.model.times import Life

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.model.bases import Basis
    from kg.model.governance import ReviewState
    from kg.model.records import Claim, Document, Fact, Node, Problem

__all__ = ["ENTAILED_RULES", "STRUCTURE", "TRACING", "KnowledgeGraph", "fold"]
_CANDIDATES: Final = 5
_COMPARED: Final = 20_000
"""Nodes up to which an unknown name is compared with all of them; more would take minutes."""


@dataclass(frozen=True)
class KnowledgeGraph:
    """Nodes, claims and facts, with read-only look-ups.

    The collections may be plain ones, or views that read a record when it is asked for; the
    columns of `table` answer what concerns the whole graph without reading any.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> graph.node("telford-2011/action/1").cls
        'Action'
    """

    nodes: Mapping[str, Node]
    claims: Sequence[Claim]
    facts: Sequence[Fact] = ()
    documents: Mapping[str, Document] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    """What was wrong with single rows of a flat table."""
    flat: bool = False
    """Whether it was read from one flat table, where the top level is the target."""
    governance: Mapping[str, tuple[Path, str]] | None = field(default=None, compare=False)
    """Where waivers and reviews are written down that belong to it: the file, and its name as
    shown to people. None where there is no place for any (a server, a graph made in memory)."""

    @cached_property
    def table(self) -> GraphTable:
        """The graph as columns."""
        return tabulate(self.nodes.values(), self.claims, self.facts, flat=self.flat)

    @property
    def stored(self) -> Mapping[str, Column]:
        """Columns that a release keeps beside the table; none in a graph made of records."""
        return {}

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """What a reader should know of a flat table as a whole."""
        return ()

    @property
    def review_state(self) -> ReviewState | None:
        """What the reviews say of its links, where that is kept; a release keeps it."""
        return None

    @property
    def verified(self) -> bool:
        """Whether the graph is a finished release, whose links were checked when it was built."""
        return False

    @property
    def day(self) -> str:
        """The day for which the graph is drawn; empty for one that holds all times."""
        return ""

    @property
    def lapsed(self) -> tuple[str, ...]:
        """What was a target before that day and is none now: superseded or ended."""
        return ()

    def live(self, number: int) -> bool:
        """Tell of a node, by number, whether it counts on the graph's day."""
        del number
        return True

    def life(self, name: str) -> Life:
        """Return how a node stands on the graph's day."""
        del name
        return Life()

    @property
    def links(self) -> Iterator[Claim]:
        """The accepted claims that are hops: no rejected or open ones, no weaker repetitions."""
        return (
            claim for claim in self.claims if claim.accepted and claim.rule not in ENTAILED_RULES
        )

    @cached_property
    def outgoing(self) -> Mapping[str, list[Claim]]:
        """The links of each node as subject."""
        return _ByNode(self, lambda node: [c for c in self.claims_from(node) if c.accepted])

    @cached_property
    def incoming(self) -> Mapping[str, list[Claim]]:
        """The links of each node as object."""
        return _ByNode(self, lambda node: [c for c in self.claims_to(node) if c.accepted])

    @cached_property
    def facts_of(self) -> Mapping[str, list[Fact]]:
        """The facts about each node."""
        return _ByNode(self, self._facts)

    @cached_property
    def claim(self) -> Mapping[str, Claim]:
        """Every claim by its id."""
        return {claim.id: claim for claim in self.claims}

    @cached_property
    def targets(self) -> tuple[str, ...]:
        """What an upward chain should reach, in the order of the graph.

        National objectives and national instruments (funding streams are no targets); in a
        flat table the items of the top level that it uses.
        """
        return tuple(self.table.ids[number] for number in self.table.targets)

    def claims_from(self, node: str) -> list[Claim]:
        """Return every claim about a node as subject, whatever was decided, but no repetitions."""
        number = self.table.number.get(node)
        if number is None:
            return []
        return [self.claims[self.table.claim[link]] for link in self.table.out(number)]

    def claims_to(self, node: str) -> list[Claim]:
        """Return every claim about a node as object, whatever was decided, but no repetitions."""
        number = self.table.number.get(node)
        if number is None:
            return []
        return [self.claims[self.table.claim[link]] for link in self.table.into(number)]

    def _facts(self, node: str) -> list[Fact]:
        number = self.table.number.get(node)
        return [] if number is None else [self.facts[i] for i in self.table.facts_of(number)]

    def set_out_by(self, instrument: str, classes: Iterable[str] | None = None) -> Iterator[Node]:
        """Yield the nodes that an instrument sets out, in the order of the graph.

        Example:
            >>> import kg
            >>> len(list(kg.load().set_out_by("derby-2014", ["Action"])))
            16
        """
        table = self.table
        number = table.number.get(instrument)
        if number is None:
            return
        wanted = None if classes is None else table.codes(classes)
        for node in table.set_out_by(number):
            if wanted is None or table.cls[node] in wanted:
                yield self.nodes[table.ids[node]]

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
        table = self.table
        wanted = table.codes(classes)
        return (
            self.nodes[name]
            for name, cls in zip(table.ids, table.cls, strict=True)
            if cls in wanted
        )

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
        own = [
            fact
            for fact in self.facts_of.get(node, ())
            # What a plan lacks for a class of its elements is no absence of the plan itself.
            if fact.kind == "StatedAbsence" and not fact["applies_to"]
        ]
        found = self.nodes.get(node)
        if found is None or not found.instrument:
            return own
        return own + self._plan_absences(found.instrument).get(found.cls, [])

    def _plan_absences(self, plan: str) -> dict[str, list[Fact]]:
        """Return what a plan lacks for a whole class, by class; read once, asked for often."""
        if plan not in self._absences:
            by_class: dict[str, list[Fact]] = {}
            for fact in self.facts_of.get(plan, ()):
                if fact.kind == "StatedAbsence" and fact["applies_to"]:
                    by_class.setdefault(fact["applies_to"], []).append(fact)
            self._absences[plan] = by_class
        return self._absences[plan]

    @cached_property
    def _absences(self) -> dict[str, dict[str, list[Fact]]]:
        return {}

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
                hint=f"say which: {shown}{rest}" + (f": kg search {wanted}" if rest else ""),
            )
        known = self.nodes if len(self.nodes) <= _COMPARED else list(islice(self.nodes, _COMPARED))
        near = difflib.get_close_matches(wanted, known, n=3, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "look for it with: kg search WORDS"
        raise UnknownNodeError("unknown-node", f"nothing answers to {name!r}", hint=hint)

    def _matches(self, wanted: str) -> list[Node]:
        """Find nodes by id or its last part in any case, then exact label, then all words."""
        name_, ending = wanted.casefold(), "/" + wanted.casefold()
        by_id, by_slug = [], []
        for name in self.nodes:
            small = name.casefold()
            if small == name_:
                by_id.append(name)
            elif small.endswith(ending):
                by_slug.append(name)
        if by_id or by_slug:
            return [self.nodes[name] for name in by_id or by_slug]
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

    def to_networkx(
        self,
        bases: frozenset[Basis] | str = DEFAULT,
        *,
        lineage_only: bool = False,
        decisions: Iterable[str] = ("accepted",),
    ) -> Any:  # noqa: ANN401 - the library belongs to a row above
        """Return the graph as a `networkx.MultiDiGraph`; see `kg.to_networkx`.

        Example:
            >>> import kg
            >>> kg.load().to_networkx("stated", lineage_only=True).nodes["new-horizons"]["cls"]
            'Instrument'
        """
        return become(
            "to_networkx", self, bases=bases, lineage_only=lineage_only, decisions=decisions
        )

    def to_rdflib(self) -> Any:  # noqa: ANN401 - the same
        """Return the triples as an `rdflib.Dataset` of named graphs; see `kg.to_rdflib`.

        Example:
            >>> import kg
            >>> bool(kg.load().to_rdflib().query("ASK { ?action lin:servesPrimarily ?objective }"))
            True
        """
        return become("to_rdflib", self)

    def to_pandas(self, table: str | None = None) -> Any:  # noqa: ANN401 - the same
        """Return one table as a `pandas.DataFrame`, or all by name; see `kg.to_pandas`.

        Example:
            >>> import kg
            >>> sorted(kg.load().to_pandas())
            ['facts', 'links', 'nodes']
        """
        return become("to_pandas", self, table=table)


def fold(text: str) -> str:
    """Fold case, white space and punctuation, so that words can be compared.

    Example:
        >>> fold("Time to Change (the 'campaign')")
        'time to change the campaign'
    """
    return " ".join(re.sub(r"[^\w]+", " ", text.casefold()).split())


class _ByNode(Mapping[str, Any]):
    """What belongs to each node, found when it is asked for; nodes without any are left out."""

    def __init__(self, graph: KnowledgeGraph, find: Callable[[str], list[Any]]) -> None:
        self._graph = graph
        self._find = find

    def __getitem__(self, node: str) -> list[Any]:
        found = self._find(node)
        if not found:
            raise KeyError(node)
        return found

    def __iter__(self) -> Iterator[str]:
        return (node for node in self._graph.nodes if self._find(node))

    def __len__(self) -> int:
        return sum(1 for _ in self)
