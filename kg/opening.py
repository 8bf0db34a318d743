"""Opening a graph wherever it is, and the questions that need its triples."""

from __future__ import annotations

import contextlib
import keyword
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kg.bundled import find_release
from kg.errors import LoadError, ParameterError
from kg.registers.flat import read_flat_table
from kg.resources import data_folder
from kg.servers import connect
from kg.store.files import read_lines
from kg.store.formats import READABLE
from kg.store.releases import has_release

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Node
    from kg.model.tables import ResultTable
    from kg.registers.originals import Originals
    from kg.sparql.guard import Guard, Limits
    from kg.store.dataset import Store
    from kg.store.publishing import Published


def publish(
    store: str,
    *,
    update_url: str = "",
    graph_store: str = "",
    path: str | Path | None = None,
    chunk: int = 20_000,
    say: Callable[[Published], None] = lambda _: None,
) -> list[Published]:
    """Publish a release on a SPARQL 1.1 server, and prove that all of it arrived.

    Args:
        store: The address of the query service.
        update_url: The address of the update service; used where there is no graph store.
        graph_store: The address of the graph store.
        path: A folder of releases; left out, the one in `.kg`, else that of the bundled data.
        chunk: Statements of one call.
        say: Called after each graph.

    Returns:
        What was done with each graph.

    Raises:
        LoadError: If there is no release there.
        StoreError: If the server does not take or keep it.
    """
    from kg.store.credentials import check_url  # noqa: PLC0415 - only for servers

    release = find_release(path)
    for url, option in ((update_url, "--update-url"), (graph_store, "--graph-store")):
        if url:
            check_url(url, option)
    with connect(store) as remote:
        from kg.store.publishing import (  # noqa: PLC0415 - only for servers
            Target,
            journal_path,
            publish_quads,
        )

        return publish_quads(
            release.quads,
            release.name,
            Target(store, update_url, graph_store),
            remote.transport,
            journal_path(release.folder.parent, store),
            chunk=chunk,
            say=say,
        )


def load(
    path: str | Path | None = None,
    *,
    tolerant: bool = False,
    store: str | None = None,
    as_of: str | None = None,
) -> KnowledgeGraph:
    """Open a graph.

    Args:
        path: A folder of releases, a data folder with registers, one flat table (CSV), or a
            file of RDF that `export` wrote (nq, trig, jsonld, ttl, nt); left out, the release
            in `.kg`, else that of the bundled data.
        tolerant: Read faulty registers as far as they go; the faults become problems.
        store: The address of a SPARQL server where a release is published; instead of a path.
        as_of: A day: then the graph is given as it stands on it (`kg.model.dating`).

    Raises:
        LoadError: If there is no graph there.
        BuildError: If registers have faults and are not read tolerantly.
        SettingsError: If the day is none.

    Example:
        >>> load().node("crisis-concordat").cls
        'Instrument'
        >>> load(as_of="2011-03").life("new-horizons").state
        'superseded'
    """
    if as_of is not None:
        from kg.model.dating import as_of as drawn  # noqa: PLC0415 - seldom needed
        from kg.model.times import parse_day  # noqa: PLC0415 - the same

        day = parse_day(as_of)  # before anything is read: a wrong day costs nothing
        return drawn(load(path, tolerant=tolerant, store=store), day)
    if store is not None:
        with connect(store) as remote:
            from kg.store.reading import read_remote  # noqa: PLC0415 - only for servers

            graph = read_remote(remote)
            remote.confirm()
            return graph
    if path is None or has_release(Path(path)):
        return find_release(path).graph()
    place = Path(path)
    try:
        place.stat()
    except OSError as error:
        raise LoadError(
            "load-file",
            f"cannot read {path}: {error.strerror or error}",
            hint="check the path",
        ) from error
    if (place / "documents.csv").is_file():
        from kg.building import build  # noqa: PLC0415 - heavy, and seldom needed

        return build.survey(place) if tolerant else build.read_graph(place)
    if place.is_dir():
        raise LoadError(
            "no-release",
            f"{place} holds neither a release nor registers",
            hint="give a folder made by kg build, a data folder, or one CSV",
        )
    if place.suffix.lower() in READABLE:
        from kg.store.parsing import read_rdf  # noqa: PLC0415 - needs the store

        return read_rdf(place)[0]
    return read_flat_table(place)


def read_texts(graph: KnowledgeGraph, path: str | Path | None = None) -> Originals:
    """Find the documents of a graph where they usually lie, as far as they are the same texts.

    Tried are the data folder itself, a folder `data` beside the folder of releases, `data`
    here, and the bundled data. A text counts only if its SHA-256 is the one on record.

    Args:
        graph: The graph.
        path: Where it was opened, as for `load`.

    Example:
        >>> "telford-2011" in read_texts(load())
        True
    """
    from kg.registers.originals import Originals  # noqa: PLC0415 - needed by two commands

    places = [] if path is None else [Path(path), Path(path).absolute().parent / "data"]
    return Originals(graph.documents.values(), [*places, Path("data"), data_folder()])


def triples(
    path: str | Path | None = None, *, as_of: str | None = None, store: str | None = None
) -> tuple[KnowledgeGraph, list[str]]:
    """Open a graph together with its N-Quads lines.

    Args:
        path: The graph, as for `load`.
        as_of: A day: then claims not in force, and what rests on them, are left out.
        store: The server that a dated graph is read from; instead of a path.
    """
    from kg.building.triples import lines_of  # noqa: PLC0415 - needs the store

    if as_of is not None:
        graph = load(path, store=store, as_of=as_of)
        if not getattr(graph, "changed", False) and store is None:
            return graph, triples(path)[1]
        from kg.building.dated import dated_records  # noqa: PLC0415 - needs the store

        held = dated_records(graph)
        return held, lines_of(held)
    if path is None or has_release(Path(path)):
        release = find_release(path)
        return release.graph(), read_lines(release.quads)
    if Path(path).suffix.lower() in READABLE and Path(path).is_file():
        from kg.store.parsing import read_rdf  # noqa: PLC0415 - needs the store

        return read_rdf(Path(path))
    graph = load(path)
    return graph, lines_of(graph)


def open_triples(path: str | Path | None = None) -> Store:
    """Open a graph's triples in an embedded store, ready for SPARQL."""
    from kg.store.dataset import (  # noqa: PLC0415 - needs the store
        open_folder_store,
        open_store,
        read_store,
    )

    if path is None or has_release(Path(path)):
        release = find_release(path)
        if release.store.is_dir():
            return open_folder_store(release.store)
        return read_store(release.quads)
    return open_store(triples(path)[1])


@contextlib.contextmanager
def open_guard(
    path: str | Path | None = None,
    limits: Limits | None = None,
    *,
    workers: int = 1,
    as_of: str | None = None,
    store: str | None = None,
) -> Iterator[Guard]:
    """Open a graph's triples for SPARQL of people's own, in processes that can be killed.

    Args:
        path: The graph, as for `load`.
        limits: What one query may take.
        workers: How many queries may run at once.
        as_of: A day, as for `triples`.
        store: The server that a dated graph is read from; instead of a path.

    Example:
        >>> with open_guard() as guard, guard.ask("ASK { ?thing ?has ?value }") as answer:
        ...     list(answer.rows())
        [(True,)]
    """
    from kg.sparql.guard import Guard  # noqa: PLC0415 - seldom needed

    if as_of is None and (path is None or has_release(Path(path))):
        with Guard(find_release(path).folder, limits, workers=workers) as guard:
            yield guard
        return
    lines = triples(path, as_of=as_of, store=store)[1]
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
    name: str,
    parameters: Mapping[str, str] | None = None,
    path: str | Path | None = None,
    *,
    store: str | None = None,
    as_of: str | None = None,
    **bindings: str | Node,
) -> ResultTable:
    """Ask a stored question of a graph.

    Args:
        name: The question's name.
        parameters: A text for each parameter; the same as bindings, for names that come from
            somewhere else.
        path: The graph, as for `load`.
        store: The address of a SPARQL server where a release is published; instead of a path.
        as_of: A day, as for `load`.
        **bindings: The question's parameters by name: any name of a node, or the node itself.
            One that is a word of Python is written with a line below (`from_`).

    Returns:
        The answer; `.to_pandas()` makes a data frame of it.

    Raises:
        KgError: If there is no such question, or a parameter does not fit or is given twice.

    Example:
        >>> third = "no-health-without-mental-health/objective/3"
        >>> len(query("actions-of-objective", objective=third))
        4
        >>> query("actions-of-objective", {"objective": third}).rows == query(
        ...     "actions-of-objective", objective=load().node(third)).rows
        True
    """
    from kg.sparql.execution import query as ask_stored  # noqa: PLC0415 - needs the store

    parameters = _bound(parameters, bindings)
    if as_of is not None:
        from kg.store.dataset import open_store  # noqa: PLC0415 - needs the store

        graph, lines = triples(path, as_of=as_of, store=store)
        return ask_stored(graph, open_store(lines), name, parameters)
    if store is not None:
        with connect(store) as remote:
            from kg.store.reading import RemoteNames  # noqa: PLC0415 - only for servers

            table = ask_stored(RemoteNames(remote), remote, name, parameters)
            remote.confirm()
            return table
    return ask_stored(load(path), open_triples(path), name, parameters)


def _bound(parameters: Mapping[str, str] | None, bindings: Mapping[str, object]) -> dict[str, str]:
    """Join parameters given as a mapping with those given by name."""
    found = dict(parameters or {})
    for key, value in bindings.items():
        name = key.removesuffix("_") if keyword.iskeyword(key.removesuffix("_")) else key
        if name in found:
            raise ParameterError(
                "parameter",
                f"the parameter {name!r} is given twice",
                hint="leave it out of the mapping, or do not give it by name",
            )
        found[name] = str(getattr(value, "id", value))
    return found
