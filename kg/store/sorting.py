"""Sorting more lines than memory holds: sorted runs on disk, merged block by block.

Lines are bytes and are compared as bytes, which for UTF-8 is the order of code points: the
order that `LC_ALL=C sort` gives, so that anybody can check it.
"""

from __future__ import annotations

import bisect
import tempfile
from itertools import chain
from typing import TYPE_CHECKING, BinaryIO, Final, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

RUN: Final = 64 << 20
"""Bytes of text held before they are sorted and written aside as a run."""
BLOCK: Final = 1 << 20
"""Bytes read from each run at a time while runs are merged."""


class LineSorter:
    r"""Collects lines in any order and gives them back sorted, each once.

    Args:
        folder: Where runs are written when there are more lines than `run` bytes.
        run: Bytes held in memory.

    Example:
        >>> with LineSorter() as sorter:
        ...     sorter.extend([b"b\n", b"a\n", b"b\n"])
        ...     list(sorter.sorted())
        [[b'a\n', b'b\n']]
    """

    def __init__(self, folder: Path | None = None, run: int = RUN) -> None:
        self._folder = folder
        self._run = run
        self._lines: list[bytes] = []
        self._size = 0
        self._runs: list[BinaryIO] = []

    def __enter__(self) -> Self:
        """Return the sorter."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the runs, which removes them."""
        for run in self._runs:
            run.close()

    def extend(self, lines: Iterable[bytes]) -> None:
        """Add lines, each with its line end."""
        held, size = self._lines, self._size
        for line in lines:
            held.append(line)
            size += len(line)
        self._size = size
        if size >= self._run:
            self._spill()

    def _spill(self) -> None:
        run = tempfile.TemporaryFile(dir=self._folder, prefix=".sorting-")  # noqa: SIM115 - kept
        self._runs.append(run)
        run.writelines(_once(self._lines))
        run.seek(0)
        self._lines.clear()
        self._size = 0

    def sorted(self) -> Iterator[list[bytes]]:
        """Yield the sorted lines in blocks."""
        if not self._runs:
            if self._lines:
                yield _once(self._lines)
            return
        if self._lines:
            self._spill()
        yield from merge_runs(self._runs)


def merge_runs(runs: Iterable[BinaryIO]) -> Iterator[list[bytes]]:
    """Merge sorted files of lines, and yield the lines in blocks, each line once.

    In every round the run whose block ends first sets the bound: all lines up to it are in
    memory, and sorting them together is a merge.

    Args:
        runs: Files open for reading, each sorted.
    """
    heads = [(run, block) for run in runs if (block := run.readlines(BLOCK))]
    while heads:
        bound = min(block[-1] for _, block in heads)
        ready: list[bytes] = []
        rest = []
        for run, held in heads:
            block = held
            cut = bisect.bisect_right(block, bound)
            ready += block[:cut]
            block = block[cut:] or run.readlines(BLOCK)
            if block:
                rest.append((run, block))
        yield _once(ready)
        heads = rest


def _once(lines: list[bytes]) -> list[bytes]:
    """Sort lines in place, and return each once; what is sorted in part is merged, not sorted."""
    lines.sort()
    return [
        line for line, after in zip(lines, chain(lines[1:], [b""]), strict=True) if line != after
    ]
