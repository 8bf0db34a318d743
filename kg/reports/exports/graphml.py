"""The graph as GraphML, for NetworkX, igraph, yEd, Gephi and Cytoscape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.reports.exports.links import (
    LINK_COLUMNS,
    LOSSES,
    NODE_COLUMNS,
    counted,
    link_cells,
    node_cells,
)
from kg.reports.exports.xml import HEAD, escaped
from kg.store.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph

_SPACE: Final = "http://graphml.graphdrawing.org/xmlns"
GRAPHML_LOSSES: Final = (*LOSSES, "Characters that XML forbids; they are shown as [U+0000].")


def write_graphml(graph: KnowledgeGraph, target: Path) -> Path:
    """Write nodes and counting links as GraphML.

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
        ...     write_graphml(kg.load(), Path(folder) / "lineage.graphml").name
        'lineage.graphml'
    """
    write_text(target, _pieces(graph))
    return target


def _pieces(graph: KnowledgeGraph) -> Iterator[str]:
    yield f'{HEAD}<graphml xmlns="{_SPACE}">\n'
    for letter, columns in (("n", NODE_COLUMNS), ("e", LINK_COLUMNS)):
        domain = "node" if letter == "n" else "edge"
        for place, name in enumerate(columns):
            kind = "boolean" if name == "repaired" else "string"
            yield (
                f'<key id="{letter}{place}" for="{domain}" attr.name="{name}" '
                f'attr.type="{kind}"/>\n'
            )
    yield '<graph id="lineage" edgedefault="directed">\n'
    for node in graph.nodes.values():
        yield f'<node id="{escaped(node.id)}">{_data("n", node_cells(node))}</node>\n'
    for claim in counted(graph):
        ends = f'source="{escaped(claim.subject)}" target="{escaped(claim.object)}"'
        yield f'<edge id="{escaped(claim.id)}" {ends}>{_data("e", link_cells(claim))}</edge>\n'
    yield "</graph>\n</graphml>\n"


def _data(letter: str, cells: Sequence[str | bool]) -> str:
    return "".join(_datum(letter, cells))


def _datum(letter: str, cells: Iterable[str | bool]) -> Iterator[str]:
    for place, cell in enumerate(cells):
        text = str(cell).lower() if isinstance(cell, bool) else escaped(cell)
        if text:
            yield f'<data key="{letter}{place}">{text}</data>'
