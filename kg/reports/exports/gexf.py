"""The graph as GEXF, for Gephi."""

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
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph

_SPACE: Final = "http://www.gexf.net/1.2draft"
GEXF_LOSSES: Final = (*LOSSES, "Characters that XML forbids; they are shown as [U+0000].")
_LABEL: Final = "label"


def write_gexf(graph: KnowledgeGraph, target: Path) -> Path:
    """Write nodes and counting links as GEXF 1.2.

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
        ...     write_gexf(kg.load(), Path(folder) / "lineage.gexf").name
        'lineage.gexf'
    """
    write_text(target, _pieces(graph))
    return target


def _pieces(graph: KnowledgeGraph) -> Iterator[str]:
    yield f'{HEAD}<gexf xmlns="{_SPACE}" version="1.2">\n'
    yield '<graph defaultedgetype="directed" mode="static">\n'
    for domain, columns in (("node", NODE_COLUMNS), ("edge", LINK_COLUMNS)):
        yield f'<attributes class="{domain}" mode="static">\n'
        for place, name in enumerate(columns):
            kind = "boolean" if name == "repaired" else "string"
            if name != _LABEL:
                yield f'<attribute id="{domain[0]}{place}" title="{name}" type="{kind}"/>\n'
        yield "</attributes>\n"
    yield "<nodes>\n"
    label = NODE_COLUMNS.index(_LABEL)
    for node in graph.nodes.values():
        cells = node_cells(node)
        head = f'<node id="{escaped(node.id)}" label="{escaped(str(cells[label]))}">'
        yield f"{head}{_values('n', cells, label)}</node>\n"
    yield "</nodes>\n<edges>\n"
    for claim in counted(graph):
        ends = f'source="{escaped(claim.subject)}" target="{escaped(claim.object)}"'
        head = f'<edge id="{escaped(claim.id)}" {ends} label="{escaped(claim.predicate)}">'
        yield f"{head}{_values('e', link_cells(claim))}</edge>\n"
    yield "</edges>\n</graph>\n</gexf>\n"


def _values(letter: str, cells: Sequence[str | bool], left_out: int = -1) -> str:
    found = []
    for place, cell in enumerate(cells):
        text = str(cell).lower() if isinstance(cell, bool) else escaped(cell)
        if text and place != left_out:
            found.append(f'<attvalue for="{letter}{place}" value="{text}"/>')
    return f"<attvalues>{''.join(found)}</attvalues>" if found else ""
