"""A file of N-Quads taken apart into its graphs, on disk, so that size does not matter."""

from __future__ import annotations

import contextlib
import itertools
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.errors import LoadError
from kg.store.proving import Sum, skolem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HELD: Final = 100_000
"""Lines that are held in memory before they are written out."""


@dataclass(slots=True)
class Part:
    """One graph: its triples in a file, one line each, and their sum."""

    path: Path
    sum: Sum = field(default_factory=Sum)

    def chunks(self, size: int) -> Iterator[str]:
        """Yield the lines in chunks of so many; one empty chunk when there are none."""
        with self.path.open(encoding="utf-8", newline="\n") as stream:
            yield "".join(itertools.islice(stream, size))
            while chunk := "".join(itertools.islice(stream, size)):
                yield chunk


@contextlib.contextmanager
def spool(quads: Path) -> Iterator[dict[str, Part]]:
    """Take a file of N-Quads apart, and remove the parts afterwards.

    Yields:
        The parts by the name of their graph, in the order of the names.

    Raises:
        LoadError: If the file cannot be read, or a statement stands in no graph.
    """
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        parts: dict[str, Part] = {}
        held: dict[str, list[str]] = {}
        try:
            for number, quad in enumerate(
                ox.parse(path=str(quads), format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False)
            ):
                if not isinstance(quad.graph_name, ox.NamedNode):
                    raise LoadError(
                        "no-graph",
                        f"a statement of {quads} stands in no named graph: {quad}",
                        hint="build the release again with: kg build",
                    )
                graph = quad.graph_name.value
                if graph not in parts:
                    parts[graph] = Part(Path(folder) / f"{len(parts)}.nt")
                triple = [skolem(term) for term in quad.triple]
                parts[graph].sum.add(*triple)
                held.setdefault(graph, []).append("{} {} {} .\n".format(*triple))
                if number % _HELD == _HELD - 1:
                    _write(parts, held)
        except (OSError, SyntaxError) as error:
            raise LoadError(
                "load-file", f"cannot read {quads}: {error}", hint="build it again with: kg build"
            ) from error
        _write(parts, held)
        yield dict(sorted(parts.items()))


@contextlib.contextmanager
def spool_lines(lines: Iterable[str]) -> Iterator[Part]:
    """Write some N-Triples into a part of their own, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="kg-") as folder:
        part = Part(Path(folder) / "0.nt")
        text = "".join(lines)
        part.path.write_text(text, encoding="utf-8", newline="\n")
        for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES):
            part.sum.add(*quad.triple)
        yield part


def _write(parts: dict[str, Part], held: dict[str, list[str]]) -> None:
    for graph, lines in held.items():
        with parts[graph].path.open("a", encoding="utf-8", newline="\n") as stream:
            stream.writelines(lines)
    held.clear()
