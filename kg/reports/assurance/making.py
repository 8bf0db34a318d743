"""The pack in one call, for programs: draw up and write, or count again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.reports.assurance.asking import Inquiry
from kg.reports.assurance.drawing_up import draw_up
from kg.reports.assurance.folder import check_office, write_pack
from kg.reports.assurance.records import Setting
from kg.reports.assurance.verifying import read_record, verify

if TYPE_CHECKING:
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph
    from kg.reports.assurance.verifying import Check


def write_assurance(
    graph: KnowledgeGraph,
    target: Path,
    *,
    date: str,
    release: str = "a graph in memory",
    setting: Setting | None = None,
    before: KnowledgeGraph | None = None,
    title: str | None = None,
    force: bool = False,
) -> tuple[int, list[Path]]:
    """Write the assurance pack of a graph: Word, Excel, one HTML page, and every figure's rows.

    Args:
        graph: The graph.
        target: The folder to write.
        date: The day that the report bears, in ISO form.
        release: What the graph is, in words.
        setting: How its commands name the graph, and which bases count.
        before: An earlier graph, to say what changed since.
        title: The title of the report; one that names its plans when left out.
        force: Whether to move aside what is in the way and is no pack.

    Returns:
        How many figures it has; the folder, and where what was there is now, if it was moved.

    Raises:
        ExportError: If the folder is taken or cannot be written.
        InstallationError: If the libraries for office files are not installed.

    Example:
        >>> import kg, pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as home:
        ...     count, paths = write_assurance(
        ...         kg.load(), pathlib.Path(home) / "pack", date="2020-01-31")
        ...     sorted(path.name for path in paths[0].glob("report.*"))
        ['report.docx', 'report.html', 'report.xlsx']
    """
    check_office()
    inquiry = Inquiry(graph, setting or Setting(), before)
    pack = draw_up(inquiry, date=date, release=release, title=title)
    return len(pack.figures), write_pack(pack, target, force=force)


def verify_assurance(
    graph: KnowledgeGraph, folder: Path, *, before: KnowledgeGraph | None = None
) -> list[Check]:
    """Count every figure of a pack again: from its own rows, and from a graph.

    Args:
        graph: The graph to ask.
        folder: The pack.
        before: The earlier graph, where the pack tells of changes.

    Returns:
        A check a figure, in the order of the report.

    Raises:
        LoadError: If the folder is no pack, or its record is not what it should be.

    Example:
        >>> import kg, pathlib, tempfile
        >>> with tempfile.TemporaryDirectory() as home:
        ...     place = pathlib.Path(home) / "pack"
        ...     _ = write_assurance(kg.load(), place, date="2020-01-31")
        ...     {check.state for check in verify_assurance(kg.load(), place)}
        {'same'}
    """
    setting, figures = read_record(folder)
    return verify(folder, Inquiry(graph, setting, before), setting, figures)
