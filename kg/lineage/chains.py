"""Shortest and strongest chains, and the proof of a chain from the records alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.lineage.reach import Selection
from kg.lineage.tracing import Path
from kg.model.bases import Basis, admits
from kg.model.table import NEVER, TRACING, allowed_mask

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Passage

_SERVING: Final = frozenset({"serves", "servesPrimarily"})


@dataclass(frozen=True, slots=True)
class _Walk:
    """What one walk upwards found: the link by which each node was reached, and how far it is."""

    came: dict[int, int]
    hops: dict[int, int]


class ChainSearch:
    """The best chains up from one node: a walk for each strength that a link may have.

    Every walk is breadth first and takes the links of a node by the id of the upper end, so
    that each node is reached by the first of its shortest chains in the order of the ids on
    it. Nothing recurses, and circles are walked once.

    Args:
        graph: The graph.
        bases: The bases to admit.
        start: The id of the node.
        uncounted: Whether claims that do not count are taken as well: rejected and open ones,
            those not in force, and what a model suggests. For seeing what would close a gap.

    Example:
        >>> import kg
        >>> found = ChainSearch(kg.load(), kg.parse_bases("all"), "telford-2011/action/4")
        >>> found.shortest("no-health-without-mental-health/objective/6").basis.word
        'stated'
    """

    def __init__(
        self,
        graph: KnowledgeGraph,
        bases: frozenset[Basis],
        start: str,
        *,
        uncounted: bool = False,
    ) -> None:
        self.graph = graph
        self.table = graph.table
        self.start = self.table.number[start]
        allowed = allowed_mask(bases)
        if uncounted:
            allowed |= NEVER | 1 << Basis.SUGGESTED
        self.links = Selection(self.table, self.table.tracing, allowed)
        table, links = self.table, self.links
        self.above = links.above(self.start)
        """The numbers of the node and of everything above it, nearest first."""
        strengths = {table.strength[link] for node in self.above for link in links.up(node)}
        self._walks = [self._walk(cap) for cap in sorted(strengths)]

    def _walk(self, cap: int) -> _Walk:
        """Walk up over the links that are at least so strong."""
        table, ids = self.table, self.table.ids
        came: dict[int, int] = {}
        hops = {self.start: 0}
        front = [self.start]
        while front:
            nearer = front
            front = []
            for node in nearer:
                steps = [link for link in self.links.up(node) if table.strength[link] <= cap]
                steps.sort(
                    key=lambda link: (
                        ids[table.object[link]],
                        table.strength[link],
                        table.predicates[table.predicate[link]],
                        table.claim[link],
                    )
                )
                for link in steps:
                    other = table.object[link]
                    if other not in hops:
                        came[other] = link
                        hops[other] = hops[node] + 1
                        front.append(other)
        return _Walk(came, hops)

    def reaches(self, target: str) -> bool:
        """Tell whether any chain leads to a node; none leads from the node to itself."""
        number = self.table.number.get(target, -1)
        return bool(self._walks) and number in self._walks[-1].came

    def shortest(self, target: str) -> Path:
        """Return the chain with the fewest hops; of several the strongest, then by id."""
        number = self.table.number[target]
        fewest = self._walks[-1].hops[number]
        return self._path(number, lambda walk: walk.hops.get(number) == fewest)

    def strongest(self, target: str) -> Path:
        """Return the chain whose weakest link is the strongest; of several the shortest."""
        number = self.table.number[target]
        return self._path(number, lambda walk: number in walk.came)

    def _path(self, number: int, fits: Callable[[_Walk], bool]) -> Path:
        came = next(walk.came for walk in self._walks if fits(walk))
        links: list[int] = []
        while number != self.start:
            links.append(came[number])
            number = self.table.subject[came[number]]
        return Path(tuple(self.graph.claims[self.table.claim[link]] for link in reversed(links)))


def premises_of(graph: KnowledgeGraph, claim: Claim) -> list[Claim]:
    """Return the claims that an inferred one rests on directly, in the order of a chain.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> hop = kg.trace(graph, "telford-2011/action/4").paths[1].hops[0]
        >>> [premise.predicate for premise in premises_of(graph, hop)]
        ['servesPrimarily']
    """
    found = [graph.claim[name] for name in claim.premises if name in graph.claim]
    return sorted(found, key=lambda one: (one.subject != claim.subject, one.predicate, one.id))


def support_of(graph: KnowledgeGraph, claim: Claim) -> list[Claim]:
    """Return all that an inferred claim rests on, at any depth, each claim once.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> path = kg.trace(graph, "telford-2011/action/4").paths[0]
        >>> support_of(graph, path.hops[0])
        []
    """
    found: list[Claim] = []
    seen = {claim.id}
    waiting = [claim]
    while waiting:
        for premise in premises_of(graph, waiting.pop()):
            if premise.id not in seen:
                seen.add(premise.id)
                found.append(premise)
                waiting.append(premise)
    return found


def faults_of(
    graph: KnowledgeGraph,
    path: Path,
    start: str,
    ends: Collection[str],
    bases: frozenset[Basis],
    texts: Mapping[str, str] | None = None,
) -> list[str]:
    """List what is wrong with a chain, looked at afresh: nothing, when it is a real one.

    Neither the index nor the columns that found the chain are believed: every hop must be an
    accepted claim of the graph that the bases admit, the hops must join from the node to one
    of the ends, what was inferred must follow from its premises, and every quotation must
    stand where it is said to stand.

    Args:
        graph: The graph.
        path: The chain.
        start: The id of the node that it should start from.
        ends: The ids of which it should reach one.
        bases: The bases to admit.
        texts: The texts of the documents that can be read, by id.

    Example:
        >>> import kg
        >>> graph = kg.load()
        >>> path = kg.trace(graph, "telford-2011/action/4").paths[0]
        >>> faults_of(graph, path, "telford-2011/action/5", [path.target], kg.parse_bases("all"))
        ['it starts from telford-2011/action/4, not from telford-2011/action/5']
    """
    if not path.hops:
        return ["it has no hops"]
    found = []
    first = path.hops[0].subject
    if first != start:
        found.append(f"it starts from {first}, not from {start}")
    if path.target not in ends:
        found.append(f"it ends at {path.target}, which was not asked for")
    for hop, after in zip(path.hops, path.hops[1:], strict=False):
        if hop.object != after.subject:
            found.append(f"{hop.object} is left from {after.subject}")
    passed = [first, *(hop.object for hop in path.hops)]
    if len(set(passed)) < len(passed):
        found.append("it passes a node twice")
    for hop in path.hops:
        if hop.predicate not in TRACING:
            found.append(f"{hop.predicate!r} is no step upwards")
        if hop not in graph.claims_from(hop.subject):
            found.append(f"the graph holds no claim {hop.id}")
        found += _claim_faults(graph, hop, bases, texts)
    return found


def _claim_faults(
    graph: KnowledgeGraph,
    claim: Claim,
    bases: frozenset[Basis],
    texts: Mapping[str, str] | None,
) -> list[str]:
    """List what is wrong with a claim and all that it rests on."""
    found: list[str] = []
    waiting, seen = [claim], {claim.id}
    while waiting:
        held = waiting.pop()
        if not held.accepted:
            found.append(f"the claim {held.id} is {held.decision}")
        if not admits(bases, held.basis, held.support):
            found.append(f"the claim {held.id} rests on a basis that is not admitted")
        found += [
            f"the words of {held.id} do not stand in {passage.document}:{passage.lines}"
            for passage in held.evidence
            if not _stands(passage, texts, flat=graph.flat)
        ]
        if held.basis is not Basis.INFERRED:
            if not held.evidence:
                found.append(f"the claim {held.id} quotes nothing")
            continue
        premises = [graph.claim[name] for name in held.premises if name in graph.claim]
        if len(premises) < len(held.premises) or not premises:
            found.append(f"a premise of {held.id} is not in the graph")
        elif not _follows(graph, held, premises):
            found.append(f"{held.id} does not follow from its premises by rule {held.rule!r}")
        waiting += [premise for premise in premises if premise.id not in seen]
        seen.update(premise.id for premise in premises)
    return found


def _stands(passage: Passage, texts: Mapping[str, str] | None, *, flat: bool) -> bool:
    """Tell whether a passage's words stand where it says, as far as the text is there."""
    if texts is None or passage.document not in texts:
        return True
    text = texts[passage.document]
    if text[passage.start : passage.end] != passage.exact:
        return False
    # A table may end its lines by CR alone; its rows were counted when they were cut.
    return flat or text.count("\n", 0, passage.start) + 1 == passage.first_line


def _follows(graph: KnowledgeGraph, claim: Claim, premises: Sequence[Claim]) -> bool:
    """Tell whether a claim follows from its premises by the rule that it names."""
    support: set[Basis] = set()
    for premise in premises:
        support |= premise.support or {premise.basis}
    if support != claim.support:
        return False
    serving = [
        p for p in premises if p.predicate in _SERVING and p.subject == claim.subject
    ]  # of rules R0 to R2
    if claim.rule == "r0":
        wider = {
            "serves": {"servesPrimarily"},
            "contributesTo": _SERVING,
            "drawsOn": {"implements"},
        }
        return any(
            (p.subject, p.object) == (claim.subject, claim.object)
            and p.predicate in wider.get(claim.predicate, ())
            for p in premises
        )
    if claim.rule == "r1":
        local = {
            p.subject for p in premises if p.predicate == "restates" and p.object == claim.object
        }
        return claim.predicate == "serves" and any(p.object in local for p in serving)
    if claim.rule == "r2":
        set_out = {graph.nodes[p.object].instrument for p in serving}
        return claim.predicate == "supportsInstrument" and claim.object in set_out
    parts = {
        p.subject for p in premises if p.predicate == "partOf" and p.object == claim.subject
    }  # of rule R3
    return (
        claim.rule == "r3"
        and claim.predicate == "contributesTo"
        and any(
            p.predicate in _SERVING and p.subject in parts and p.object == claim.object
            for p in premises
        )
    )
