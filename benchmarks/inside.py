"""Programs that a benchmark runs in a process of their own; each prints one JSON object.

python -m benchmarks.inside bulk-load lineage.nq store
"""

from __future__ import annotations

import csv
import json
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_LIN: Final = "https://w3id.org/policy-lineage/ns#"
_ITEM: Final = "https://example.org/item/"
_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ORPHANS: Final = """PREFIX lin: <https://w3id.org/policy-lineage/ns#>
SELECT ?item WHERE {
  ?item a ?class . FILTER (?class != lin:Objective)
  FILTER NOT EXISTS { ?item lin:serves+ ?goal . ?goal a lin:Objective }
}"""
_MATRIX: Final = """PREFIX lin: <https://w3id.org/policy-lineage/ns#>
SELECT DISTINCT ?action ?goal WHERE {
  ?action a lin:Action . ?action lin:serves+ ?goal . ?goal a lin:Objective
}"""
PATHS: Final = {"orphans": _ORPHANS, "matrix": _MATRIX}


def facts(home: str) -> dict[str, Any]:
    """Say what a finished release holds."""
    from kg.bundled import find_release

    release = find_release(home)
    counts = release.manifest["counts"]
    return {"quads": str(release.quads), **counts}


def bulk_load(quads: str, store: str) -> dict[str, Any]:
    """Load N-Quads into a store on disk with pyoxigraph, and nothing else."""
    import pyoxigraph as ox

    opened = ox.Store(store)
    opened.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)
    opened.flush()
    return {"loaded": True}


def count(store: str) -> dict[str, Any]:
    """Count the statements of a store on disk."""
    import pyoxigraph as ox

    return {"statements": len(ox.Store.read_only(store))}


def paths(engine: str, question: str, table: str) -> dict[str, Any]:
    """Answer a question by an engine's own property paths, loading included."""
    lines = "\n".join(triples(Path(table)))
    query = PATHS[question]
    started = time.process_time()
    if engine == "rdflib":
        import rdflib

        graph = rdflib.Graph().parse(data=lines, format="nt")
        loaded = time.process_time()
        rows: list[Any] = list(graph.query(query))
    else:
        import pyoxigraph as ox

        opened = ox.Store()
        opened.load(lines, format=ox.RdfFormat.N_TRIPLES)
        loaded = time.process_time()
        rows = list(cast("ox.QuerySolutions", opened.query(query)))
    asked = time.process_time()
    answers = [sorted(str(row[0]).strip("<>").removeprefix(_ITEM) for row in rows)]
    return {
        "load": loaded - started,
        "query": asked - loaded,
        "rows": len(rows),
        "items": answers[0] if question == "orphans" else [],
    }


def triples(table: Path) -> Iterator[str]:
    """Yield a flat table as N-Triples: the class of each item and what it serves."""
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            subject = f"<{_ITEM}{row['id']}>"
            yield f"{subject} <{_TYPE}> <{_LIN}{row['level']}> ."
            for served in row["serves"].split():
                yield f"{subject} <{_LIN}serves> <{_ITEM}{served}> ."


def traces(home: str, truth: str, rounds: str) -> dict[str, Any]:
    """Trace each sample action of an open release, its evidence read, and time every trace."""
    import kg

    samples = json.loads(Path(truth).read_text(encoding="utf-8"))["samples"]
    began = time.perf_counter()
    graph = kg.load(home)
    opened = time.perf_counter() - began
    first: list[float] = []
    warm: list[float] = []
    wrong = 0
    for turn in range(int(rounds)):
        for action, goals in samples.items():
            started = time.perf_counter()
            found = kg.trace(graph, action)
            words = [p.exact for path in found.paths for hop in path.hops for p in hop.evidence]
            took = time.perf_counter() - started
            (warm if turn else first).append(took)
            wrong += {path.target for path in found.paths} != set(goals) or not all(words)
    times = sorted(warm or first)
    return {
        "open": opened,
        "first": statistics.median(first),
        "median": statistics.median(times),
        "p95": times[int(len(times) * 0.95)],
        "traces": len(times),
        "wrong": wrong,
    }


def closure(table: str) -> dict[str, Any]:
    """Close the same arrays with the product's code and with bare numpy, in turns."""
    from benchmarks.closure import race

    return race(Path(table))


def way(name: str, table: str) -> dict[str, Any]:
    """Close a plan in one of the two ways that there are, the import of numpy included."""
    from kg.lineage.reach import Selection, SmallReach
    from kg.registers.flat import read_flat_table

    graph = read_flat_table(Path(table)).table
    selection = Selection(graph, graph.tracing, 0b0111)
    began = time.process_time()
    if name == "integers":
        SmallReach(selection, graph.targets)
    else:
        from kg.lineage.vectors import large_reach, order_links

        large_reach(selection, order_links(graph), graph.targets)
    return {"links": len(graph.subject), "seconds": time.process_time() - began}


PROGRAMS: Final[dict[str, Callable[..., dict[str, Any]]]] = {
    "facts": facts,
    "bulk-load": bulk_load,
    "count": count,
    "paths": paths,
    "traces": traces,
    "closure": closure,
    "way": way,
}


def main(arguments: list[str]) -> None:
    """Run one program and print its answer."""
    name, *rest = arguments
    print(json.dumps(PROGRAMS[name](*rest)))


if __name__ == "__main__":
    main(sys.argv[1:])
