"""Opening a graph wherever it is, and the questions that need its triples."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.errors import InstallationError, LoadError
from kg.model.identifiers import digest
from kg.registers.flat import read_flat_table
from kg.resources import data_folder, share
from kg.store.releases import FOLDER, Release, has_release, open_release

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Node
    from kg.model.tables import ResultTable
    from kg.sparql.guard import Guard, Limits
    from kg.store.dataset import Store

_BUILD_SECONDS: Final = 600
_STATE: Final = frozenset({".csv", ".txt", ".ttl", ".rq", ".py", ".json"})
"""Endings of the files on which the bundled release depends."""


def cache_folder() -> Path:
    """Return the folder for the release of the bundled data, one for each state of the data.

    Example:
        >>> cache_folder().parent.name
        'policy-lineage'
    """
    base = os.environ.get("KG_CACHE") or os.environ.get("XDG_CACHE_HOME")
    home = Path(base) if base else Path.home() / ".cache"
    package = Path(__file__).parent
    folders = [share() / name for name in ("data", "ontology")]
    folders += [package / name for name in ("model", "store", "building", "registers")]
    parts = []
    for folder in folders:
        for path in sorted(folder.rglob("*.*")):
            if path.suffix in _STATE:
                state = path.stat()
                parts.append(f"{path.relative_to(folder)}:{state.st_size}:{state.st_mtime_ns}")
    return home / "policy-lineage" / digest(parts)


def bundled_release() -> Release:
    """Return the release of the bundled data, building it at first use.

    The build runs in a process of its own, so that whoever asks stays small.

    Raises:
        InstallationError: If the bundled data cannot be built.
    """
    home = cache_folder()
    if not has_release(home):
        done = subprocess.run(  # noqa: S603 - our own module, no shell
            [
                sys.executable,
                "-P",  # A folder called kg in which somebody stands is not ours.
                "-m",
                "kg",
                "build",
                "--data",
                str(data_folder()),
                "-o",
                str(home),
                "--no-shapes",
                "-q",
            ],
            check=False,
            capture_output=True,
            text=True,
            timeout=_BUILD_SECONDS,
            env={
                **os.environ,
                "PYTHONPATH": os.pathsep.join(
                    [str(Path(__file__).resolve().parent.parent), os.environ.get("PYTHONPATH", "")]
                ),
            },
        )
        if done.returncode:
            raise InstallationError(
                "bundled-build",
                "the bundled data cannot be built:\n" + done.stderr.strip(),
                hint="install the package again",
            )
    return open_release(home)


def find_release(path: str | Path | None = None) -> Release:
    """Return a release: the one asked for, one's own in `.kg`, or that of the bundled data.

    Raises:
        LoadError: If the folder asked for holds no release.
    """
    if path is not None:
        return open_release(Path(path))
    own = Path(FOLDER)
    return open_release(own) if has_release(own) else bundled_release()


def load(path: str | Path | None = None, *, tolerant: bool = False) -> KnowledgeGraph:
    """Open a graph.

    Args:
        path: A folder of releases, a data folder with registers, or one flat table (CSV);
            left out, the release in `.kg`, else that of the bundled data.
        tolerant: Read faulty registers as far as they go; the faults become problems.

    Raises:
        LoadError: If there is no graph there.
        BuildError: If registers have faults and are not read tolerantly.

    Example:
        >>> load().node("crisis-concordat").cls
        'Instrument'
    """
    if path is None or has_release(Path(path)):
        return find_release(path).graph()
    place = Path(path)
    if (place / "documents.csv").is_file():
        from kg.building import build  # noqa: PLC0415 - heavy, and seldom needed

        return build.survey(place) if tolerant else build.read_graph(place)
    if place.is_dir():
        raise LoadError(
            "no-release",
            f"{place} holds neither a release nor registers",
            hint="give a folder made by kg build, a data folder, or one CSV",
        )
    return read_flat_table(place)


def triples(path: str | Path | None = None) -> tuple[KnowledgeGraph, list[str]]:
    """Open a graph together with its N-Quads lines."""
    if path is None or has_release(Path(path)):
        release = find_release(path)
        return release.graph(), release.quads.read_text(encoding="utf-8").splitlines()
    from kg.store.dataset import vocabulary_quads  # noqa: PLC0415 - needs the store
    from kg.store.quads import write_quads  # noqa: PLC0415 - needs the store

    graph = load(path)
    return graph, sorted({*write_quads(graph), *vocabulary_quads()})


def open_triples(path: str | Path | None = None) -> Store:
    """Open a graph's triples in an embedded store, ready for SPARQL."""
    from kg.store.dataset import open_store, read_store  # noqa: PLC0415 - needs the store

    if path is None or has_release(Path(path)):
        return read_store(find_release(path).quads)
    return open_store(triples(path)[1])


@contextlib.contextmanager
def open_guard(
    path: str | Path | None = None, limits: Limits | None = None, *, workers: int = 1
) -> Iterator[Guard]:
    """Open a graph's triples for SPARQL of people's own, in processes that can be killed.

    Args:
        path: The graph, as for `load`.
        limits: What one query may take.
        workers: How many queries may run at once.

    Example:
        >>> with open_guard() as guard, guard.ask("ASK { ?thing ?has ?value }") as answer:
        ...     list(answer.rows())
        [(True,)]
    """
    from kg.sparql.guard import Guard  # noqa: PLC0415 - seldom needed

    if path is None or has_release(Path(path)):
        with Guard(find_release(path).folder, limits, workers=workers) as guard:
            yield guard
        return
    lines = triples(path)[1]
    with tempfile.TemporaryDirectory(prefix="policy-lineage-") as folder:
        quads = Path(folder) / "lineage.nq"
        try:
            quads.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="")
        except OSError as error:
            raise LoadError(
                "query-spool",
                f"the triples cannot be kept in {folder}: {error.strerror or error}",
                hint="free space there, or set TMPDIR",
            ) from error
        with Guard(quads, limits, workers=workers) as guard:
            yield guard


def show(graph: KnowledgeGraph, name: str) -> Node:
    """Return one node, found by any of its names.

    Raises:
        UnknownNodeError: If nothing, or more than one thing, answers to the name.

    Example:
        >>> show(load(), "derby-2014/action/13").label
        'Offender pathway'
    """
    return graph.node(name)


def search(graph: KnowledgeGraph, words: str, classes: Iterable[str] | None = None) -> list[Node]:
    """Return the nodes in which all words occur.

    Example:
        >>> [node.id for node in search(load(), "offender pathway", ["Action"])]
        ['derby-2014/action/13']
    """
    return list(graph.search(words, classes))


def query(
    name: str, parameters: Mapping[str, str] | None = None, path: str | Path | None = None
) -> ResultTable:
    """Ask a stored question of a graph.

    Raises:
        KgError: If there is no such question, or a parameter does not fit.

    Example:
        >>> len(query("actions-of-objective",
        ...           {"objective": "no-health-without-mental-health/objective/3"}))
        4
    """
    from kg.sparql.execution import query as ask_stored  # noqa: PLC0415 - needs the store

    return ask_stored(load(path), open_triples(path), name, parameters)


def export(target: str | Path, form: str = "", path: str | Path | None = None) -> Path:
    """Write a graph to a file: ttl, trig, nq, jsonld or csv.

    Args:
        target: The file; its ending is the format unless `form` says another.
        form: The format.
        path: The graph, as for `load`.

    Raises:
        ExportError: If the format is not known.
    """
    from kg.store.writing import write_export  # noqa: PLC0415 - needs the store

    graph, lines = triples(path)
    return write_export(graph, lines, Path(target), form)
