"""The graph of a release, read from its index as far as it is asked for.

`trace`, `audit`, `matrix`, `impact`, `show`, `search` and `stats` read it with the standard
library alone, and read only what they need of it; the triples beside it say the same to
everything that speaks RDF.
"""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, TypeVar, overload

from kg.errors import LoadError
from kg.model.graph import KnowledgeGraph
from kg.model.records import Document
from kg.model.table import COLUMNS, GraphTable
from kg.store.columns import ColumnFile, ColumnWriter
from kg.store.index import FORMAT, key_of
from kg.store.records import (
    Shared,
    decode_claim,
    decode_fact,
    decode_node,
    decode_passage,
    decode_problem,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from kg.model.governance import Review, ReviewState
    from kg.model.records import Claim, Node
    from kg.model.table import Column

STATE: Final = ".reviewed"
"""Ending of the file beside the index that keeps what the reviews say of the links."""
REACH: Final = ".reach"
"""Ending of the file beside the index that keeps what a large graph reaches."""
_HELD: Final = 4096
"""Records kept after reading, because the same ones are asked for again and again."""
R = TypeVar("R")


class _Ids(Sequence[str]):
    """The ids of the nodes, each read when it is asked for."""

    def __init__(self, file: ColumnFile) -> None:
        self._text, self._at = file["ids"], file["ids_at"]

    def __len__(self) -> int:
        return len(self._at) - 1

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        return str(self._text[self._at[place] : self._at[place + 1]], "utf-8")


class _Numbers(Mapping[str, int]):
    """The number of each id, found by bisection."""

    def __init__(self, file: ColumnFile, ids: Sequence[str]) -> None:
        self._key, self._number, self._ids = file["id_key"], file["id_number"], ids

    def __getitem__(self, name: str) -> int:
        key = key_of(name)
        place = bisect.bisect_left(self._key, key)
        while place < len(self._key) and self._key[place] == key:
            number: int = self._number[place]
            if self._ids[number] == name:
                return number
            place += 1
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class _Records(Sequence[R]):
    """Records that are read when they are asked for; the last ones are kept."""

    def __init__(
        self, file: ColumnFile, name: str, decode: Callable[[bytes, Shared], R], shared: Shared
    ) -> None:
        self._file, self._name, self._decode = file, name, decode
        self._data, self._at = file[name], file[f"{name}_at"]
        self._shared = shared
        self._held: dict[int, R] = {}

    def __len__(self) -> int:
        return len(self._at) - 1

    @overload
    def __getitem__(self, place: int) -> R: ...
    @overload
    def __getitem__(self, place: slice) -> list[R]: ...
    def __getitem__(self, place: int | slice) -> R | list[R]:
        if isinstance(place, slice):
            return [self[number] for number in range(*place.indices(len(self)))]
        found = self._held.get(place)
        if found is None:
            if len(self._held) >= _HELD:
                self._held.clear()
            found = self._held[place] = self._read(place)
        return found

    def __iter__(self) -> Iterator[R]:
        return (self._read(place) for place in range(len(self)))

    def _read(self, place: int) -> R:
        if not 0 <= place < len(self):
            raise IndexError(place)
        try:
            return self._decode(
                bytes(self._data[self._at[place] : self._at[place + 1]]), self._shared
            )
        except (ValueError, TypeError, IndexError) as error:
            raise LoadError(
                "release-broken",
                f"{self._file.path} cannot be read: one of its {self._name} is damaged",
                hint="build it again with: kg build, or go back with: kg build --rollback",
            ) from error


class _Nodes(Mapping[str, "Node"]):
    """The nodes by id."""

    def __init__(self, records: _Records[Node], numbers: _Numbers) -> None:
        self._records, self._numbers = records, numbers

    def __getitem__(self, name: str) -> Node:
        return self._records[self._numbers[name]]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name in self._numbers

    def __iter__(self) -> Iterator[str]:
        return iter(self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)

    def values(self) -> Any:  # noqa: ANN401 - a view without look-ups
        """Yield every node in order, each read once."""
        return iter(self._records)


class _ClaimsById(Mapping[str, "Claim"]):
    """The claims by id, found by bisection."""

    def __init__(self, file: ColumnFile, claims: Sequence[Claim]) -> None:
        self._key, self._number, self._claims = file["claim_key"], file["claim_number"], claims

    def __getitem__(self, name: str) -> Claim:
        key = key_of(name)
        place = bisect.bisect_left(self._key, key)
        while place < len(self._key) and self._key[place] == key:
            claim: Claim = self._claims[self._number[place]]
            if claim.id == name:
                return claim
            place += 1
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (claim.id for claim in self._claims)

    def __len__(self) -> int:
        return len(self._claims)


class StoredGraph(KnowledgeGraph):
    """A graph that is read from the index of a release, as far as it is asked for.

    Args:
        file: The index.
        kept: What is kept beside it for a large graph, if anything.
        reviewed: What is kept beside it of reviews, if anything.
        governance: Where waivers and reviews are kept that belong to it, with shown names.
    """

    def __init__(
        self,
        file: ColumnFile,
        kept: ColumnFile | None = None,
        reviewed: ColumnFile | None = None,
        governance: Mapping[str, tuple[Path, str]] | None = None,
    ) -> None:
        ids = _Ids(file)
        numbers = _Numbers(file, ids)
        names = Shared(file.facts["names"])
        shared = Shared(names.names, _Records(file, "passages", decode_passage, names))
        super().__init__(
            _Nodes(_Records(file, "nodes", decode_node, shared), numbers),
            _Records(file, "claims", decode_claim, shared),
            _Records(file, "facts", decode_fact, shared),
            {entry[0]: Document(*entry) for entry in file.facts["documents"]},
            _Records(file, "problems", decode_problem, shared),
            flat=file.facts["flat"],
            governance=governance,
        )
        object.__setattr__(self, "_reviewed", reviewed)
        object.__setattr__(self, "_file", file)
        object.__setattr__(self, "_kept", kept)
        object.__setattr__(self, "_numbers", (ids, numbers))

    if TYPE_CHECKING:
        _file: ColumnFile
        _kept: ColumnFile | None
        _reviewed: ColumnFile | None
        _numbers: tuple[_Ids, _Numbers]

    @cached_property
    def table(self) -> GraphTable:
        """The graph as columns, mapped."""
        file = self._file
        classes, predicates, kinds = (tuple(names) for names in file.facts["codes"])
        return GraphTable(
            *self._numbers,
            (classes, predicates, kinds),
            {name: file[name] for name in COLUMNS},
            flat=self.flat,
        )

    @property
    def quads(self) -> Path:
        """The triples that lie beside the index and say the same; a server's graph has none."""
        return self._file.path.with_suffix(".nq")

    @property
    def stored(self) -> Mapping[str, Column]:
        """Columns that the release keeps beside the table."""
        return _Kept(self._kept)

    @cached_property
    def review_state(self) -> ReviewState | None:
        """What the reviews say of its links, as it was worked out when the release was built."""
        if self._reviewed is None:
            return None
        from kg.model.governance import (  # noqa: PLC0415 - only for audits and reviews
            Review,
            ReviewState,
            Suspect,
        )

        facts = self._reviewed.facts
        suspects = [
            Suspect(claim, ends, Review(*cells)) for claim, ends, cells in facts["suspects"]
        ]
        return ReviewState(facts["links"], suspects, self._reviewed["unreviewed"], facts["gone"])

    @property
    def verified(self) -> bool:
        """Whether the graph is a finished release, whose links were checked when it was built."""
        return True

    @cached_property
    def claim(self) -> Mapping[str, Claim]:
        """Every claim by its id."""
        return _ClaimsById(self._file, self.claims)


class _Kept(Mapping[str, "Column"]):
    """The columns of a file that need not be there."""

    def __init__(self, file: ColumnFile | None) -> None:
        self._file = file

    def __getitem__(self, name: str) -> Column:
        if self._file is None or name not in self._file:
            raise KeyError(name)
        found: Column = self._file[name]
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(() if self._file is None else self._file)

    def __len__(self) -> int:
        return 0 if self._file is None else len(self._file)


def read_index(path: Path, governance: Mapping[str, tuple[Path, str]] | None = None) -> StoredGraph:
    """Open the graph in an index.

    Args:
        path: The index.
        governance: Where waivers and reviews are kept that belong to it, with shown names.

    Raises:
        LoadError: If the file cannot be read, or is of another format.
    """
    file = ColumnFile(path)
    if file.facts.get("format") != FORMAT:
        raise LoadError(
            "release-format",
            f"{path} has format {file.facts.get('format')}, not {FORMAT}",
            hint="build it again with: kg build",
        )
    return StoredGraph(file, _beside(path, REACH), _beside(path, STATE), governance)


def _beside(path: Path, ending: str) -> ColumnFile | None:
    place = path.with_suffix(ending)
    return ColumnFile(place) if place.is_file() else None


def write_review_state(index: Path, state: ReviewState) -> None:
    """Keep beside an index what the reviews say of its links."""
    with ColumnWriter(index.with_suffix(STATE)) as writer:
        writer.column("unreviewed", "I", array("I", state.unreviewed))
        writer.finish(
            {
                "links": state.links,
                "gone": state.gone,
                "suspects": [[s.claim, s.ends, _cells(s.review)] for s in state.suspects],
            }
        )


def _cells(review: Review) -> list[str]:
    words = review.subject_words, review.object_words
    return [*review.link, *words, review.by, review.on, review.why]
