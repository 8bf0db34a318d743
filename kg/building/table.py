"""Every id of the registers in a few dozen bytes, with the place where its record lies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Final

from kg.building.encoding import DamagedError, decode_node, parse_row, read_lines
from kg.errors import Place
from kg.model.records import Node
from kg.registers.linking import expand_set, is_below

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.building.cache import Entry
    from kg.errors import KgError

NODES: Final = "nodes.jsonl"
IDS: Final = "ids.jsonl"
"""One line an id that must be unique: id, class, offset of its node's line, path, line, column."""
_CLASS_BITS: Final = 8
_OFFSET_BITS: Final = 40
_CLASSES: Final = 1 << _CLASS_BITS
_OFFSETS: Final = 1 << _OFFSET_BITS


class NodeTable(Mapping[str, Node]):
    """All nodes in the order of the graph: the shared ones here, the others where they were read.

    Args:
        shared: Readers, instruments and bodies.
        places: The file that says where their rows stand.
    """

    def __init__(self, shared: dict[str, Node], places: Path) -> None:
        self.shared = shared
        self._places = places
        self._packed: dict[str, int] = {}
        self._units: list[tuple[str, Path]] = []
        self._classes: list[str] = []
        self._code: dict[str, int] = {}

    def add_unit(self, plan: str, entry: Entry, ids: Iterable[tuple[str, str, int]]) -> None:
        """Take up the nodes of one folder.

        Args:
            plan: The folder's name, an instrument.
            entry: Where its nodes lie.
            ids: Id, class, and offset of the line of each node.
        """
        unit = len(self._units)
        self._units.append((plan, entry.path(NODES)))
        for name, cls, offset in ids:
            if cls not in self._code:
                self._code[cls] = len(self._classes)
                self._classes.append(cls)
            packed = (unit << _OFFSET_BITS | offset) << _CLASS_BITS | self._code[cls]
            self._packed[name] = packed

    def __getitem__(self, name: str) -> Node:
        """Return a node, reading it from where it lies.

        Raises:
            DamagedError: If it does not lie there.
        """
        if name in self.shared:
            return self.shared[name]
        packed = self._packed[name] >> _CLASS_BITS
        path = self._units[packed >> _OFFSET_BITS][1]
        try:
            with path.open("rb") as stream:
                stream.seek(packed % _OFFSETS)
                node = decode_node(stream.readline())
        except OSError as error:
            raise DamagedError(str(error)) from error
        if node.id != name:
            raise DamagedError(name)
        return node

    def __contains__(self, name: object) -> bool:
        """Tell whether an id is known, without reading its node."""
        return name in self.shared or name in self._packed

    def __iter__(self) -> Iterator[str]:
        yield from self.shared
        yield from (name for name in self._packed if name not in self.shared)

    def __len__(self) -> int:
        return len(self.shared) + len(self._packed)

    def owner(self, name: str) -> str:
        """Return the instrument of a node, its own id when it is shared, nothing for no node."""
        if name in self.shared:
            return self.shared[name].instrument or name
        packed = self._packed.get(name)
        return "" if packed is None else self._units[packed >> _OFFSET_BITS + _CLASS_BITS][0]

    def places(self, name: str) -> Path:
        """Return the file that says where the row of a node stands."""
        if name in self.shared:
            return self._places
        return self._units[self._packed[name] >> _OFFSET_BITS + _CLASS_BITS][1].with_name(IDS)

    def stub(self, name: str) -> Node:
        """Return what rules need of a node: its class, and the instrument that sets it out."""
        if name in self.shared:
            return self.shared[name]
        return Node(
            name, self._classes[self._packed[name] % _CLASSES], "", instrument=self.owner(name)
        )

    def shared_below(self, prefix: str) -> list[str]:
        """Return the shared nodes right below a prefix."""
        return [n.id for n in self.shared.values() if is_below(n.id, n.cls, prefix)]

    def below(self, prefix: str) -> list[str]:
        """Return the elements right below a prefix, in the order of the graph."""
        found = self.shared_below(prefix)
        found += [
            name
            for name, packed in self._packed.items()
            if name.startswith(prefix) and is_below(name, self._classes[packed % _CLASSES], prefix)
        ]
        return found


class OwnAndOthers(MutableMapping[str, Node]):
    """The nodes of one folder in memory and all others behind them; what is asked is noted.

    Args:
        plan: The folder's name.
        own: Its nodes.
        table: All nodes.
    """

    def __init__(self, plan: str, own: dict[str, Node], table: NodeTable) -> None:
        self.own = own
        self._plan = plan
        self._table = table
        self._asked: set[tuple[str, str]] = set()

    def __getitem__(self, name: str) -> Node:
        """Return a node."""
        if name in self.own:
            return self.own[name]
        self._asked.add(("record", name))
        return self._table[name]

    def __contains__(self, name: object) -> bool:
        """Tell whether an id is known."""
        if name in self.own:
            return True
        self._asked.add(("owner", str(name)))
        return name in self._table

    def __setitem__(self, name: str, node: Node) -> None:
        """Change one of the folder's own nodes."""
        self.own[name] = node

    def __delitem__(self, name: str) -> None:
        """Remove one of the folder's own nodes."""
        del self.own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)

    def owner(self, name: str) -> str:
        """Return the instrument that a node belongs to."""
        if name in self.own:
            return self._plan
        self._asked.add(("owner", name))
        return self._table.owner(name)

    def expand(self, errors: list[KgError]) -> None:
        """Give the folder's own sets their members.

        Args:
            errors: Errors are added here.
        """
        for node in [node for node in self.own.values() if node.cls == "ElementSet"]:
            self.own[node.id] = expand_set(node, self, self._below, errors)

    def questions(self) -> set[tuple[str, str]]:
        """Return what was asked of other folders: kind of question, and name."""
        return self._asked

    def _below(self, prefix: str) -> list[str]:
        if not prefix.startswith(self._plan + "/"):
            self._asked.add(("below", prefix))
            return self._table.below(prefix)
        # Elements begin with the name of their folder, so that no other folder has any.
        self._asked.add(("shared-below", prefix))
        own = (n.id for n in self.own.values() if is_below(n.id, n.cls, prefix))
        return [*self._table.shared_below(prefix), *own]


class Declared(MutableMapping[str, Place]):
    """The ids that rows have taken: those of the folder at hand, and all others behind them.

    Args:
        table: All nodes.
        facts: The ids of facts, each with the file that says where its row stands.
    """

    def __init__(self, table: NodeTable, facts: Mapping[str, Path]) -> None:
        self.own: dict[str, Place] = {}
        self._table = table
        self._facts = facts

    def __getitem__(self, name: str) -> Place:
        """Return where an id stands."""
        if name in self.own:
            return self.own[name]
        path = self._facts[name] if name in self._facts else self._table.places(name)
        for row in read_lines(path, parse_row):
            if row[0] == name:
                return Place(*row[3:])
        raise DamagedError(name)

    def __contains__(self, name: object) -> bool:
        """Tell whether an id is taken."""
        return name in self.own or name in self._facts or name in self._table

    def __setitem__(self, name: str, place: Place) -> None:
        """Take an id."""
        self.own[name] = place

    def __delitem__(self, name: str) -> None:
        """Give an id back."""
        del self.own[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.own)

    def __len__(self) -> int:
        return len(self.own)
