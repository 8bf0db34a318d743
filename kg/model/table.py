"""A graph as columns: what whole-graph questions read, in memory or mapped from a release.

A node is a number, in the order of the graph; a link is a row whose ends are such numbers.
Links are sorted by their subject, so that the links of a node are one slice. Columns are
sequences of unsigned integers: arrays while a table is made, views of a mapped file later.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from kg.model.levels import ELEMENTS, rank

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kg.model.bases import Basis
    from kg.model.records import Claim, Fact, Node

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
NOTHING: Final = 0xFFFF_FFFF
"""The number of no node."""
WORDLESS, NATIONAL, DATED = 1, 2, 4
"""Flags of a node: it has no words; it is a national instrument; it has dates of its own."""
NEVER: Final = 0x80
"""The need of a claim that does not count: no choice of bases meets it."""
NODE_COLUMNS: Final = {"cls": "B", "instrument": "I", "flags": "B"}
LINK_COLUMNS: Final = {
    "subject": "I",
    "object": "I",
    "predicate": "B",
    "need": "B",
    "strength": "B",
    "claim": "I",
}
OTHER_COLUMNS: Final = {
    "out_start": "I",
    "in_start": "I",
    "in_link": "I",
    "fact_subject": "I",
    "fact_kind": "B",
    "fact_start": "I",
    "fact_order": "I",
    "set_out_start": "I",
    "set_out": "I",
    "targets": "I",
    "dated_claim": "I",
}
Column = Sequence[int]
"""Unsigned integers: an array, or a view of a mapped file."""
COLUMNS: Final = {**NODE_COLUMNS, **LINK_COLUMNS, **OTHER_COLUMNS}
"""The type code of every column (`array`): B one byte, I four."""


class GraphTable:
    """Nodes, links and facts of a graph as columns.

    Args:
        ids: The id of each node.
        number: The number of each id.
        names: What the codes of `cls`, of `predicate` and of `fact_kind` mean.
        columns: The columns by name (`COLUMNS`); each is an attribute too.
        flat: Whether the top level of the graph is what chains should reach.

    Example:
        >>> import kg
        >>> table = kg.load().table
        >>> table.ids[table.targets[0]] in kg.load().nodes
        True
    """

    def __init__(
        self,
        ids: Sequence[str],
        number: Mapping[str, int],
        names: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
        columns: Mapping[str, Column],
        *,
        flat: bool = False,
    ) -> None:
        self.ids = ids
        self.number = number
        self.classes, self.predicates, self.kinds = names
        self.columns = columns
        self.flat = flat
        self.cls: Column = columns["cls"]
        self.instrument: Column = columns["instrument"]
        self.flags: Column = columns["flags"]
        self.subject: Column = columns["subject"]
        self.object: Column = columns["object"]
        self.predicate: Column = columns["predicate"]
        self.need: Column = columns["need"]
        self.strength: Column = columns["strength"]
        self.claim: Column = columns["claim"]
        self.out_start: Column = columns["out_start"]
        self.in_start: Column = columns["in_start"]
        self.in_link: Column = columns["in_link"]
        self.fact_subject: Column = columns["fact_subject"]
        self.fact_kind: Column = columns["fact_kind"]
        self.fact_start: Column = columns["fact_start"]
        self.fact_order: Column = columns["fact_order"]
        self.set_out_start: Column = columns["set_out_start"]
        self.set_out: Column = columns["set_out"]
        self.targets: Column = columns["targets"]
        self.dated_claim: Column = columns["dated_claim"]
        """The claims that say when they hold."""

    @cached_property
    def tracing(self) -> frozenset[int]:
        """The codes of the predicates under `lin:tracesTo`."""
        return frozenset(i for i, name in enumerate(self.predicates) if name in TRACING)

    @cached_property
    def structure(self) -> frozenset[int]:
        """The code of `partOf`, if it occurs."""
        return frozenset(i for i, name in enumerate(self.predicates) if name == STRUCTURE)

    @cached_property
    def upward(self) -> frozenset[int]:
        """The codes of all predicates that lead up, structure included."""
        return self.tracing | self.structure

    def codes(self, classes: Iterable[str]) -> frozenset[int]:
        """Return the codes of some classes."""
        wanted = set(classes)
        return frozenset(i for i, name in enumerate(self.classes) if name in wanted)

    def out(self, node: int) -> range:
        """Return the links that a node is the subject of."""
        return range(self.out_start[node], self.out_start[node + 1])

    def into(self, node: int) -> list[int]:
        """Return the links that a node is the object of, in the order of the claims."""
        first, last = self.in_start[node], self.in_start[node + 1]
        return [self.in_link[place] for place in range(first, last)]

    def facts_of(self, node: int) -> list[int]:
        """Return the numbers of the facts about a node."""
        first, last = self.fact_start[node], self.fact_start[node + 1]
        return [self.fact_order[place] for place in range(first, last)]

    def set_out_by(self, instrument: int) -> list[int]:
        """Return the nodes that an instrument sets out, in the order of the graph."""
        first, last = self.set_out_start[instrument], self.set_out_start[instrument + 1]
        return [self.set_out[place] for place in range(first, last)]


def allowed_mask(bases: Iterable[Basis]) -> int:
    """Return a choice of bases as bits; a link counts when its need lies within them.

    Example:
        >>> from kg.model.bases import Basis
        >>> allowed_mask([Basis.STATED, Basis.INFERRED])
        5
    """
    mask = 0
    for basis in bases:
        mask |= 1 << basis
    return mask


def need_of(claim: Claim) -> int:
    """Return the bases that must all be admitted for a claim to count, as bits.

    Example:
        >>> from kg.model.bases import Basis
        >>> from kg.model.records import Claim
        >>> need_of(Claim("c", "a", "serves", "b", Basis.INFERRED,
        ...               support=frozenset({Basis.STATED})))
        5
    """
    if not claim.accepted:
        return NEVER
    return allowed_mask((claim.basis, *claim.support))


class TableBuilder:
    """A table while it is made: nodes first, then links and facts, then `finish`.

    Example:
        >>> builder = TableBuilder()
        >>> a, b = builder.node("a", "Action"), builder.node("b", "Objective")
        >>> builder.link(a, "serves", b, 1, 0, 0)
        >>> table = builder.finish(flat=True)
        >>> [table.ids[table.object[link]] for link in table.out(a)]
        ['b']
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.number: dict[str, int] = {}
        self._classes: dict[str, int] = {}
        self._predicates: dict[str, int] = {}
        self._kinds: dict[str, int] = {}
        self._columns = {name: array(code) for name, code in COLUMNS.items()}
        self._pending: list[tuple[int, str]] = []

    def node(self, name: str, cls: str, *, flags: int = 0, instrument: str = "") -> int:
        """Add a node and return its number; its instrument may come later."""
        number = len(self.ids)
        self.number[name] = number
        self.ids.append(name)
        self._columns["cls"].append(self._classes.setdefault(cls, len(self._classes)))
        self._columns["instrument"].append(NOTHING)
        self._columns["flags"].append(flags)
        if instrument:
            self._pending.append((number, instrument))
        return number

    def add_node(self, node: Node) -> None:
        """Add a node from its record."""
        flags = 0 if node.text else WORDLESS
        if node.cls == "Instrument" and node.level == "national":
            flags |= NATIONAL
        if node.issued or node.valid:
            flags |= DATED
        self.node(node.id, node.cls, flags=flags, instrument=node.instrument)

    def link(
        self, subject: int, predicate: str, object_: int, need: int, strength: int, claim: int
    ) -> None:
        """Add a link between two nodes."""
        columns = self._columns
        columns["subject"].append(subject)
        columns["object"].append(object_)
        code = self._predicates.setdefault(predicate, len(self._predicates))
        columns["predicate"].append(code)
        columns["need"].append(need)
        columns["strength"].append(strength)
        columns["claim"].append(claim)

    def add_claim(self, claim: Claim, place: int) -> None:
        """Add a claim from its record, unless it only repeats others or an end is unknown."""
        subject, object_ = self.number.get(claim.subject), self.number.get(claim.object)
        if claim.rule in ENTAILED_RULES or subject is None or object_ is None:
            return
        self.link(subject, claim.predicate, object_, need_of(claim), claim.strength, place)
        if claim.valid:
            self._columns["dated_claim"].append(place)

    def add_fact(self, fact: Fact) -> None:
        """Add a fact from its record."""
        self._columns["fact_subject"].append(self.number.get(fact.subject, NOTHING))
        self._columns["fact_kind"].append(self._kinds.setdefault(fact.kind, len(self._kinds)))

    def finish(self, *, flat: bool) -> GraphTable:
        """Sort the links, find the targets, and return the table."""
        columns, count = self._columns, len(self.ids)
        for number, instrument in self._pending:
            columns["instrument"][number] = self.number.get(instrument, NOTHING)
        columns["out_start"], order = _grouped(columns["subject"], count)
        for name in LINK_COLUMNS:
            columns[name] = _rearranged(columns[name], order)
        columns["in_start"], columns["in_link"] = _grouped(columns["object"], count)
        # The links into a node are listed in the order of their claims, as those out of it are.
        columns["in_link"] = _by_claim(columns["in_start"], columns["in_link"], columns["claim"])
        columns["fact_start"], columns["fact_order"] = _grouped(columns["fact_subject"], count)
        columns["set_out_start"], columns["set_out"] = _grouped(columns["instrument"], count)
        columns["targets"] = self._targets(flat=flat)
        return GraphTable(
            self.ids,
            self.number,
            (tuple(self._classes), tuple(self._predicates), tuple(self._kinds)),
            columns,
            flat=flat,
        )

    def _targets(self, *, flat: bool) -> array[int]:
        """Find what an upward chain should reach, in the order of the graph.

        National objectives and national instruments (funding streams are no targets); in a
        flat table the items of the top level that it uses.
        """
        classes, flags = tuple(self._classes), self._columns["flags"]
        cls, instrument = self._columns["cls"], self._columns["instrument"]
        if flat:
            ranks = {code: rank(name) for code, name in enumerate(classes) if name in ELEMENTS}
            top = min(ranks.values(), default=0)
            wanted = {code for code, place in ranks.items() if place == top}
            return array("I", (i for i, code in enumerate(cls) if code in wanted))
        objective = self._classes.get("Objective", -1)
        return array(
            "I",
            (
                i
                for i, code in enumerate(cls)
                if flags[i] & NATIONAL
                or (
                    code == objective
                    and instrument[i] != NOTHING
                    and flags[instrument[i]] & NATIONAL
                )
            ),
        )


def tabulate(
    nodes: Iterable[Node], claims: Iterable[Claim], facts: Iterable[Fact], *, flat: bool
) -> GraphTable:
    """Return records as a table.

    Example:
        >>> from kg.model.records import Node
        >>> tabulate([Node("a", "Action", "A")], [], [], flat=True).ids
        ['a']
    """
    builder = TableBuilder()
    for node in nodes:
        builder.add_node(node)
    for place, claim in enumerate(claims):
        builder.add_claim(claim, place)
    for fact in facts:
        builder.add_fact(fact)
    return builder.finish(flat=flat)


def _grouped(keys: array[int], count: int) -> tuple[array[int], array[int]]:
    """Return where each key's entries start, and the entries by key, order kept (counting sort)."""
    sizes = [0] * (count + 1)
    for key in keys:
        if key != NOTHING:
            sizes[key + 1] += 1
    starts = array("I", accumulate(sizes))
    free = list(starts)
    order = array("I", bytes(4 * starts[count]))
    for place, key in enumerate(keys):
        if key != NOTHING:
            order[free[key]] = place
            free[key] += 1
    return starts, order


def _rearranged(column: array[int], order: array[int]) -> array[int]:
    return array(column.typecode, map(column.__getitem__, order))


def _by_claim(starts: array[int], links: array[int], claims: array[int]) -> array[int]:
    found = array("I", links)
    for node in range(len(starts) - 1):
        first, last = starts[node], starts[node + 1]
        if last - first > 1:
            found[first:last] = array("I", sorted(links[first:last], key=claims.__getitem__))
    return found
