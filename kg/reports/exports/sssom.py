"""The counting links as a mapping set: SSSOM, as tab-separated values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.model.bases import Basis
from kg.model.identifiers import GRAPH, ID, NAMESPACE, node_iri
from kg.model.tables import inert
from kg.reports.exports.links import counted, lines_of
from kg.store.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

COLUMNS: Final = (
    *("record_id", "subject_id", "subject_label", "predicate_id", "object_id", "object_label"),
    *("mapping_justification", "author_label", "mapping_date", "comment", "other"),
)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
LOSSES: Final = (
    "Links that do not count: rejected, open and suggested ones.",
    "Links that only repeat others more weakly (rules r0 and r5).",
    "Everything that is no link: words of nodes, facts, documents, waivers and reviews.",
    "The words of quotations; their documents and lines are in the column other.",
    "Premises, notes, validity, and the history of decisions of links.",
    "The licence: a graph does not record one, so the set says that it is unspecified.",
    "Line ends and tabs, which become spaces.",
    "The beginning of words that would run as a formula: an apostrophe stands before it.",
)
_HEAD: Final = f"""#curie_map:
#  id: "{ID}"
#  lin: "{NAMESPACE}"
#  semapv: "https://w3id.org/semapv/vocab/"
#  claim: "{ID}claim/"
#license: "https://w3id.org/sssom/license/unspecified"
#mapping_set_id: "{GRAPH}claims"
#mapping_set_title: "Links between policies, plans and what they set out"
"""


def write_sssom(graph: KnowledgeGraph, target: Path) -> Path:
    """Write the counting links as SSSOM: a row a link, with how it is known.

    Args:
        graph: The graph.
        target: The file.

    Returns:
        The file.

    Raises:
        KgError: If the file cannot be written.

    Example:
        >>> import kg, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_sssom(kg.load(), Path(folder) / "lineage.sssom.tsv").name
        'lineage.sssom.tsv'
    """
    write_text(target, _pieces(graph))
    return target


def justification(claim: Claim) -> str:
    """Return how a link is known, in the words of the semantic mapping vocabulary.

    Example:
        >>> from kg.model.records import Claim
        >>> justification(Claim("c", "a", "serves", "b", Basis.INFERRED, rule="r1"))
        'semapv:LogicalReasoning'
    """
    if claim.basis == Basis.INFERRED:
        return "semapv:LogicalReasoning"
    # Nobody is named who read a flat table, so nothing is said of how its links were made.
    return "semapv:ManualMappingCuration" if claim.by else "semapv:UnspecifiedMatching"


def _pieces(graph: KnowledgeGraph) -> Iterator[str]:
    yield _HEAD
    yield "\t".join(COLUMNS) + "\n"
    for claim in counted(graph):
        yield "\t".join(map(_cell, _row(graph, claim))) + "\n"


def _row(graph: KnowledgeGraph, claim: Claim) -> tuple[str, ...]:
    other = [f"basis={claim.basis.word}", f"strength={claim.strength.word}"]
    for name, value in (
        ("confidence", claim.confidence),
        ("rule", claim.rule),
        ("lines", lines_of(claim.evidence)),
    ):
        if value:
            other.append(f"{name}={value}")
    return (
        f"claim:{claim.id}",
        _curie(claim.subject),
        graph.nodes[claim.subject].label,
        f"lin:{claim.predicate}",
        _curie(claim.object),
        graph.nodes[claim.object].label,
        justification(claim),
        claim.by,
        claim.on if _DATE.fullmatch(claim.on) else "",
        claim.rationale,
        "; ".join(other),
    )


def _curie(node: str) -> str:
    return "id:" + node_iri(node)[len(ID) :]


def _cell(text: str) -> str:
    """Return a text as a cell, quoted only where a quotation mark would mislead a reader."""
    folded = inert(" ".join(text.split()))
    return f'"{folded.replace(chr(34), chr(34) * 2)}"' if '"' in folded else folded
