"""Which node of one graph is which of another: the same id, or an id that was only renumbered."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from kg.model.records import Node

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from kg.model.graph import KnowledgeGraph

_MARKS: Final = re.compile(r"(?<=\d)[.,:/-](?=\d)|[^\W_]+|[^\w\s\"'“”‘’«».,;:!?()\[\]{}/\\…–—-]")
"""What makes words: letters and digits, marks inside numbers, and signs such as £, % and +."""


def words_of(text: str) -> str:
    """Fold case, white space and punctuation away, but nothing that changes an amount.

    Example:
        >>> words_of("Peer  support;") == words_of("(peer support)")
        True
        >>> words_of("£1.5m") == words_of("£15m"), words_of("10%") == words_of("10")
        (False, False)
    """
    # Not the compatible forms of Unicode, which would make ten squared a hundred and two.
    composed = unicodedata.normalize("NFC", text).casefold().replace("–", "-")
    return " ".join(_MARKS.findall(composed))


_FIELDS: Final = tuple(each.name for each in fields(Node) if each.name not in ("id", "origin"))
_SAID: Final = attrgetter(*_FIELDS)
"""What is said of a node; in which row of a register is no part of it."""
_SAID_FLAT: Final = attrgetter(*(name for name in _FIELDS if name != "passages"))
"""The same in a flat table, whose rows are passages: it may be sorted anew and say the same."""


@dataclass(frozen=True)
class Pairing:
    """Which node of an old graph is which of a new one.

    Attributes:
        old: The old graph.
        new: The new graph.
        renumbered: New id by old id, of those that only changed their id.
        differing: The ids under which the two graphs do not say the same.
    """

    old: KnowledgeGraph
    new: KnowledgeGraph
    renumbered: dict[str, str] = field(default_factory=dict)
    differing: set[str] = field(default_factory=set)
    _back: dict[str, str] = field(default_factory=dict)

    def add(self, old: str, new: str) -> None:
        """Say that a node has a new id."""
        self.renumbered[old] = new
        self._back[new] = old

    def is_new_id(self, name: str) -> bool:
        """Tell whether something was renumbered to an id."""
        return name in self._back

    def new_of(self, name: str) -> str:
        """Return the new id of an old node, empty when it is gone."""
        found = self.renumbered.get(name)
        if found is not None:
            return found
        return name if name in self.new.nodes and name not in self._back else ""

    def old_of(self, name: str) -> str:
        """Return the old id of a new node, empty when it was not there."""
        found = self._back.get(name)
        if found is not None:
            return found
        return name if name in self.old.nodes and name not in self.renumbered else ""


def pair(old: KnowledgeGraph, new: KnowledgeGraph) -> Pairing:
    """Find out which node of an old graph is which of a new one.

    Nodes of one id are the same, unless the words that stood under an old id now stand under
    another one: then the node was renumbered. That is told from class and words alone, within
    its plan first, and only where one node of each graph fits; nothing is guessed.

    Example:
        >>> import kg
        >>> pair(kg.load(), kg.load()).renumbered
        {}
    """
    found = Pairing(old, new)
    left, right = _unsettled(found)
    shared = ([n for n in left if not n.instrument], [n for n in right if not n.instrument])
    _match(found, *shared, _key, _key)
    _match(
        found,
        left,
        right,
        lambda node: (found.new_of(node.instrument), *_key(node)),
        lambda node: (node.instrument, *_key(node)),
    )
    _match(found, left, right, _key, _key)
    return found


def _unsettled(found: Pairing) -> tuple[list[Node], list[Node]]:
    """List the nodes of each graph that the other does not have with that id and those words.

    Every record is read once; that two of one id differ otherwise is remembered.
    """
    old, new = found.old, found.new
    said = _SAID_FLAT if old.flat and new.flat else _SAID
    left = [old.nodes[name] for name in old.table.ids if name not in new.nodes]
    right = []
    for node in new.nodes.values():
        if node.id not in old.nodes:
            right.append(node)
            continue
        before = old.nodes[node.id]
        if said(before) != said(node):
            found.differing.add(node.id)
            if _key(before) != _key(node):
                left.append(before)
                right.append(node)
    return left, right


def _key(node: Node) -> tuple[str, str]:
    return node.cls, words_of(node.text or node.label)


def _match(
    found: Pairing,
    left: Iterable[Node],
    right: Iterable[Node],
    left_key: Callable[[Node], tuple[Hashable, ...]],
    right_key: Callable[[Node], tuple[Hashable, ...]],
) -> None:
    """Pair what has the same key and has no double on either side."""
    olds, news = defaultdict(list), defaultdict(list)
    for node in left:
        if node.id not in found.renumbered:
            olds[left_key(node)].append(node.id)
    for node in right:
        if not found.is_new_id(node.id):
            news[right_key(node)].append(node.id)
    for key, names in olds.items():
        others = news.get(key, [])
        if len(names) == 1 and len(others) == 1 and key[-1] and names[0] != others[0]:
            found.add(names[0], others[0])
