"""Running the rules on what depends on each other, and keeping the conclusions."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from kg.building.dependencies import circles, dependency_graph, reach
from kg.building.encoding import (
    DamagedError,
    decode_claim,
    encode_claim,
    parse_row,
    read_lines,
    write_lines,
)
from kg.building.inputs import code_hash
from kg.building.merging import sort_lines
from kg.building.meter import Meter
from kg.building.rules import infer, order, rule_files
from kg.building.statements import CLAIMS, HOPS, QUADS, crossings
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import digest
from kg.model.records import Claim
from kg.store.quads import quad_lines, write_structure
from kg.store.releases import hash_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kg.building.cache import Cache, Entry
    from kg.building.dependencies import Graph
    from kg.building.meter import Progress
    from kg.building.units import Units

BATCH: Final = 4_000
"""Claims that the rules run on at a time; more only where more depend on each other."""
_BASES: Final = tuple(Basis)


@dataclass
class _Group:
    """Instruments and shared nodes whose conclusions are made together."""

    members: frozenset[str]
    reach: frozenset[str]
    holders: list[str]
    """The folders that hold the claims it depends on."""
    key: str
    """The name of its conclusions, which bear no date."""
    dated: str
    """The name of its conclusions of the date of the newest reading."""


@dataclass
class Inferred:
    """The conclusions: sealed folders, and which of them had to be made."""

    entries: list[Entry] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    """The instruments and shared nodes about which rules had to run."""


def infer_units(units: Units, cache: Cache, progress: Progress | None = None) -> Inferred:
    """Run the rules for each group of folders that depend on each other.

    Small groups run together: what a union of sets closed under dependence reaches is closed
    too, so that the conclusions are the same, and what many depend on is read once for all.

    Args:
        units: What was read.
        cache: What earlier builds concluded.
        progress: Told how far it has come.
    """
    work = _Inference(units, cache)
    groups = work.groups()
    size = {plan: entry.facts["hops"] for plan, entry in units.statements.items()}
    total = sum(size[plan] for group in groups for plan in group.members & size.keys())
    meter = Meter(progress, "inferring from links", total)
    found = Inferred()
    batch: list[_Group] = []
    held: set[str] = set()
    for group in groups:
        entry = work.find(group)
        if entry:
            found.entries.append(entry)
            meter.step(sum(size[plan] for plan in group.members & size.keys()))
            continue
        if batch and sum(size[p] for p in held.union(group.holders)) > BATCH:
            found.entries += work.run(batch)
            meter.step(sum(size[p] for g in batch for p in g.members & size.keys()))
            batch, held = [], set()
        batch.append(group)
        held.update(group.holders)
        found.fresh += sorted(group.members)
    if batch:
        found.entries += work.run(batch)
    meter.end()
    return found


class _About(Container[str]):
    """The nodes that stand at some vertices."""

    def __init__(self, units: Units, vertices: Iterable[str]) -> None:
        self._owner = units.table.owner
        self._vertices = frozenset(vertices)

    def __contains__(self, name: object) -> bool:
        return self._owner(str(name)) in self._vertices


class _Inference:
    """The dependences between folders, and the rules run on them."""

    def __init__(self, units: Units, cache: Cache) -> None:
        self._units = units
        self._cache = cache
        self._holders: dict[str, list[str]] = {}
        links: list[tuple[str, str, bool]] = []
        self._on = max((d.read_on for d in units.documents.values()), default="")
        for plan, entry in units.statements.items():
            for subject, object_, part in entry.facts["edges"]:
                links.append((subject, object_, part))
                holders = self._holders.setdefault(subject, [])
                if not holders or holders[-1] != plan:
                    holders.append(plan)
        for claim in units.successions.values():
            subject = units.table.owner(claim.subject)
            links.append((subject, units.table.owner(claim.object), False))
            self._holders.setdefault(subject, [])
        self._graph: Graph = dependency_graph(links)
        files = sorted(rule_files().items())
        self._rules = digest([part for name, path in files for part in (name, hash_file(path))])

    def groups(self) -> list[_Group]:
        """Return what is concluded together, what is depended on first.

        Folders that depend on each other in a circle make one group. Shared nodes that stand
        in no circle with a folder make one together; they are few and say little.
        """
        plans = self._units.statements
        found: list[_Group] = []
        rest: set[str] = set()
        for members in circles(self._graph):
            # What leads nowhere has no claims and no parts: nothing can be concluded of it.
            about = {member for member in members if self._graph[member]}
            if about and any(member in plans for member in members):
                found.append(self._group(members))
            else:
                rest |= about
        if rest:
            found.append(self._group(rest))
        return found

    def _group(self, members: Iterable[str]) -> _Group:
        reached = frozenset(reach(self._graph, members))
        units = self._units
        holders = {plan for vertex in reached for plan in self._holders.get(vertex, ())}
        parts = [code_hash(), "inferred", self._rules, *sorted(members), "from"]
        for vertex in sorted(reached | holders):
            entry = units.statements.get(vertex)
            parts += [vertex, entry.facts["relevant"] if entry else ""]
            if vertex in units.table.shared:
                parts.append(units.table.shared[vertex].cls)
        parts += [claim.id for claim in self._successions(reached)]
        key = digest(parts)
        dated = digest([key, "on", self._on])
        return _Group(frozenset(members), reached, sorted(holders), key, dated)

    def find(self, group: _Group) -> Entry | None:
        """Return the conclusions of a group if an earlier build has drawn them.

        That build may have been of another date: a newer reading of anything dates all
        conclusions anew, and for that no rule has to run.
        """
        entry = self._cache.find(group.dated, lambda trace: not trace)
        drawn = self._cache.find(group.key, lambda trace: not trace)
        if drawn and not entry:
            return self._date(group, read_lines(drawn.path(CLAIMS), decode_claim))
        return entry

    def _successions(self, vertices: frozenset[str]) -> list[Claim]:
        owner = self._units.table.owner
        return [c for c in self._units.successions.values() if owner(c.subject) in vertices]

    def run(self, groups: Sequence[_Group]) -> Iterator[Entry]:
        """Run the rules for some groups together, and seal the conclusions of each."""
        units = self._units
        vertices = frozenset().union(*(group.reach for group in groups))
        claims = {claim.id: claim for claim in self._successions(vertices)}
        for plan in sorted({plan for group in groups for plan in group.holders}):
            for claim in read_lines(units.statements[plan].path(HOPS), _decode_hop):
                if units.table.owner(claim.subject) in vertices:
                    claims.setdefault(claim.id, claim)
        names = {name for claim in claims.values() for name in (claim.subject, claim.object)}
        stubs = {name: units.table.stub(name) for name in sorted(names)}
        structure = write_structure(KnowledgeGraph(stubs, ()))
        wanted = _About(units, (member for group in groups for member in group.members))
        made: dict[str, list[Claim]] = {}
        for claim in infer(claims.values(), structure, "", about=wanted):
            made.setdefault(units.table.owner(claim.subject), []).append(claim)
        for group in groups:
            found = [claim for member in group.members for claim in made.get(member, ())]
            found.sort(key=order)
            with self._cache.draft(group.key) as draft:
                write_lines(draft, CLAIMS, map(encode_claim, found))
            yield self._date(group, found)

    def _date(self, group: _Group, drawn: Iterable[Claim]) -> Entry:
        """Seal conclusions with their date, and with the statements that they make."""
        claims = tuple(replace(claim, on=self._on) for claim in drawn)
        with self._cache.draft(group.dated) as draft:
            write_lines(draft, CLAIMS, map(encode_claim, claims))
            quads = sort_lines(quad_lines(KnowledgeGraph({}, claims)), draft.path(QUADS))
            draft.facts = {
                "claims": len(claims),
                "quads": quads,
                "crossings": crossings(claims, self._units.table.owner),
            }
        assert draft.entry
        return draft.entry


def _decode_hop(line: bytes) -> Claim:
    row = parse_row(line)
    try:
        name, subject, predicate, object_, basis = row
        return Claim(name, subject, predicate, object_, _BASES[basis])
    except (ValueError, TypeError, IndexError) as error:
        raise DamagedError(str(error)) from error
