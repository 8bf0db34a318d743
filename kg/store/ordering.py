"""The order of records, as reading the registers gives it, from the rows that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from kg.errors import Place
    from kg.model.records import Claim, Fact, Node

_FILES: Final = {"readers": 0, "instruments": 1, "bodies": 2}
"""The registers that are read before the folders of the instruments."""
_FOLDERS: Final = 3
_TABLES: Final = {
    name: place
    for place, name in enumerate(
        (
            "elements",
            "sets",
            "links",
            "periods",
            "allocations",
            "absences",
            "observations",
            "defects",
        )
    )
}
"""The registers of one instrument in the order in which they are read."""
Key = tuple[int, str, int, int]


def _key(origin: Place) -> Key:
    folder, _, name = origin.path.rpartition("/")
    stem = name.rpartition(".")[0]
    if not folder and stem in _FILES:
        return _FILES[stem], "", 0, origin.line
    return _FOLDERS, folder, _TABLES.get(stem, 0), origin.line


def node_order(node: Node) -> tuple[Key, int, str]:
    """Return the place of a node: the bodies of a flat table come after its items.

    Example:
        >>> from kg.errors import Place
        >>> from kg.model.records import Node
        >>> names = "registers/p/elements.csv", "bodies.csv", "registers/p/sets.csv", "readers.csv"
        >>> nodes = [Node(name, "Aim", "", origin=Place(name, 2, 1)) for name in names]
        >>> [node.id.rpartition("/")[2] for node in sorted(nodes, key=node_order)]
        ['readers.csv', 'bodies.csv', 'elements.csv', 'sets.csv']
    """
    first, folder, table, line = _key(node.origin)
    if node.kind == "body" and first == _FOLDERS:
        table = len(_TABLES)
    return (first, folder, table, line), node.origin.column, node.id


def claim_order(claim: Claim) -> tuple[bool, int, Key, str, str, str, str, str]:
    """Return the place of a claim: links of folders, successions, then what rules yield."""
    inferred = bool(claim.rule) or not claim.origin.path
    first, folder, table, line = _key(claim.origin)
    if not inferred and first == _FOLDERS and claim.predicate == "ledBy" and table == 0:
        table = 1  # the leads of a flat table are read after its links
    number = 0 if inferred else -first
    return (
        inferred,
        number,
        (0, folder, table, line) if not inferred else (0, "", 0, 0),
        claim.rule,
        claim.subject,
        claim.predicate,
        claim.object,
        claim.id,
    )


def fact_order(fact: Fact) -> tuple[Key, str]:
    """Return the place of a fact."""
    return _key(fact.origin), fact.id
