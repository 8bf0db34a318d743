"""From sealed folders to the files of a release, record by record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

from kg.building.encoding import decode_claim, decode_fact, decode_node, read_lines
from kg.building.inputs import code_hash
from kg.building.merging import merged_blocks, sort_lines
from kg.building.releasing import Content
from kg.building.rules import order
from kg.building.statements import CLAIMS, FACTS, QUADS
from kg.building.table import NODES
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import digest
from kg.store.dataset import ontology_files, vocabulary_quads
from kg.store.quads import quad_lines
from kg.store.releases import hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from kg.building.cache import Cache, Entry
    from kg.building.inference import Inferred
    from kg.building.units import Units
    from kg.model.records import Claim, Node

_CHUNK: Final = 1 << 20
Record = TypeVar("Record")


def assemble(units: Units, inferred: Inferred, cache: Cache) -> Content:
    """Return what was read and concluded as the content of a release, record by record.

    Args:
        units: What was read.
        inferred: What was concluded.
        cache: What earlier builds have written.
    """
    said = list(units.statements.values())
    made = {name for entry in said for name in entry.facts["succeeded"]}
    # A row of a folder may make the same claim as the column of instruments; it is one claim.
    alone = [claim for claim in units.successions.values() if claim.id not in made]
    parts = [_common(units, alone, cache), *said, *inferred.entries]
    records = [len(units.table.shared), len(alone)]
    for entry in said:
        records += [entry.facts[kind] for kind in ("nodes", "claims", "facts")]
    concluded = sum(entry.facts["claims"] for entry in inferred.entries)
    return Content(
        nodes=_nodes(units, said),
        claims=_claims(said, alone, inferred.entries),
        facts=_records(said, FACTS, decode_fact),
        documents=units.documents.values(),
        blocks=lambda folder: merged_blocks([entry.path(QUADS) for entry in parts], folder),
        records=sum(records) + concluded,
        lines=sum(entry.facts["quads"] for entry in parts),
    )


def _records(
    entries: Iterable[Entry], name: str, decode: Callable[[bytes], Record]
) -> Iterator[Record]:
    for entry in entries:
        yield from read_lines(entry.path(name), decode)


def _nodes(units: Units, said: Iterable[Entry]) -> Iterator[Node]:
    yield from units.table.shared.values()
    yield from _records(said, NODES, decode_node)


def _claims(
    said: Sequence[Entry], alone: Sequence[Claim], inferred: Sequence[Entry]
) -> Iterator[Claim]:
    """Yield all claims: as the folders say them, then successions, then what was inferred."""
    yield from _records(said, CLAIMS, decode_claim)
    yield from alone
    if inferred:
        paths = [entry.path(CLAIMS) for entry in inferred]
        for block in merged_blocks(paths, inferred[0].folder.parent, key=_claim_order):
            yield from map(decode_claim, block)


def _claim_order(line: bytes) -> tuple[str, ...]:
    return order(decode_claim(line))


def _common(units: Units, alone: Sequence[Claim], cache: Cache) -> Entry:
    """Return the N-Quads of the ontology and of what all instruments share."""
    parts = [code_hash(), "common", units.shared.result, *(claim.id for claim in alone)]
    key = digest([*parts, *map(hash_file, ontology_files())])
    entry = cache.find(key, lambda trace: not trace)
    if entry:
        return entry
    graph = KnowledgeGraph(units.table.shared, tuple(alone), (), units.documents)
    with cache.draft(key) as draft:
        lines = {*quad_lines(graph), *vocabulary_quads()}
        draft.facts["quads"] = sort_lines(lines, draft.path(QUADS))
    assert draft.entry
    return draft.entry
