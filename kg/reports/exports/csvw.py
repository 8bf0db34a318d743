"""The graph as a folder of CSV tables, described as the W3C's CSV on the Web asks."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Final

from kg.reports.exports.folder import write_folder
from kg.reports.exports.sheets import SHEETS, Sheet, guarded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph

METADATA: Final = "csv-metadata.json"
_CHUNK: Final = 2_000
LOSSES: Final = ("Waivers and reviews, which are about findings and readings.",)
_README: Final = """CSV on the Web

Tables of one graph, UTF-8, comma-separated; csv-metadata.json says what every column holds
and which columns join. A cell that would begin like a formula (= + - @, tab, carriage return)
has an apostrophe before it, also where apostrophes of its own come first: take one away.

"""


def write_csvw(graph: KnowledgeGraph, target: Path) -> Path:
    """Write a graph as a folder of CSV tables with CSVW metadata.

    Args:
        graph: The graph.
        target: The folder; an unchanged earlier export there is replaced.

    Returns:
        The folder.

    Raises:
        ExportError: If the folder is taken or cannot be written.

    Example:
        >>> import kg, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     made = write_csvw(kg.load(), Path(folder) / "tables")
        ...     (made / "premises.csv").read_text().splitlines()[0]
        'claim,place,premise'
    """
    files: dict[str, Iterable[str]] = {f"{s.name}.csv": _table(s, graph) for s in SHEETS}
    described = json.dumps(metadata(flat=graph.flat), ensure_ascii=False, indent=1)
    listed = "".join(f"{sheet.name}.csv: {sheet.holds}\n" for sheet in SHEETS)
    return write_folder(target, _README + listed, {**files, METADATA: [described, "\n"]})


def metadata(*, flat: bool) -> dict[str, Any]:
    """Return the description of the tables, as CSVW metadata.

    Args:
        flat: Whether the graph was read from one flat table.

    Example:
        >>> metadata(flat=False)["tables"][0]["url"]
        'documents.csv'
    """
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        "dc:title": "Policy lineage: the graph as tables",
        "dc:description": (
            "A flat table was read: its top level is what links should reach."
            if flat
            else "Registers were read: national objectives are what links should reach."
        ),
        "dialect": {"header": True, "encoding": "utf-8", "delimiter": ",", "doubleQuote": True},
        "tables": [_described(sheet) for sheet in SHEETS],
    }


def _described(sheet: Sheet) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "columns": [
            {
                "name": column.name,
                "titles": column.name,
                "dc:description": column.holds,
                "datatype": column.datatype,
                "required": column.name in sheet.key or column.datatype != "string",
            }
            for column in sheet.columns
        ],
        "primaryKey": list(sheet.key),
    }
    if sheet.joins:
        schema["foreignKeys"] = [
            {
                "columnReference": column,
                "reference": {"resource": f"{table}.csv", "columnReference": other},
            }
            for column, table, other in sheet.joins
        ]
    return {"url": f"{sheet.name}.csv", "dc:description": sheet.holds, "tableSchema": schema}


def _table(sheet: Sheet, graph: KnowledgeGraph) -> Iterator[str]:
    stream = io.StringIO()
    # Of line ends in cells Python 3.11 quotes those that occur in its own: so both must.
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(column.name for column in sheet.columns)
    for number, row in enumerate(sheet.rows(graph), 1):
        writer.writerow(map(cell_text, row))
        if number % _CHUNK == 0:
            yield stream.getvalue()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue()


def cell_text(value: str | int) -> str:
    """Return a value as a cell of CSV that runs nowhere as a formula.

    Example:
        >>> cell_text(True), cell_text(3), cell_text("@x")
        ('true', '3', "'@x")
    """
    if isinstance(value, str):
        return guarded(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
