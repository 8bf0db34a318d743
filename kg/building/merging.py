"""Sorting and merging more lines than memory holds.

Lines are bytes and are compared as bytes, which for UTF-8 is the order of code points.
"""

from __future__ import annotations

import bisect
import heapq
import shutil
import tempfile
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    Key = Callable[[bytes], Any]

ROOM: Final = 16_000_000
"""Bytes of lines that are held in memory at a time."""
RUN: Final = 64_000_000
"""Bytes of lines that a sorter holds before writing them aside: fewer runs, fewer rounds."""
FAN: Final = 200
"""Files that are merged at a time; few enough to be open together everywhere (256 on macOS)."""
_LEAST: Final = 1 << 16


def sort_lines(lines: Iterable[str], target: Path, *, room: int = ROOM) -> int:
    r"""Write lines sorted, each once, and return how many there are.

    Args:
        lines: The lines, without line ends.
        target: The file to write.
        room: Bytes that are held in memory at a time.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder) / "a"
        ...     sort_lines(["b", "a", "b"], path, room=2), path.read_text()
        (2, 'a\nb\n')
    """
    with tempfile.TemporaryDirectory(prefix=".sorting-", dir=target.parent) as folder:
        runs: list[Path] = []
        held: list[bytes] = []
        size = 0
        for line in lines:
            entry = line.encode() + b"\n"
            held.append(entry)
            size += len(entry)
            if size > room:
                runs.append(Path(folder) / str(len(runs)))
                _write([_once(held)], runs[-1])
                held, size = [], 0
        if not runs:
            return _write([_once(held)], target)
        runs.append(Path(folder) / str(len(runs)))
        _write([_once(held)], runs[-1])
        return _write(merged_blocks(runs, Path(folder), room=room), target)


class LineSorter:
    r"""Collects lines in any order and gives them back sorted, each once.

    Args:
        folder: Where runs are written when there are more lines than `room` bytes.
        room: Bytes that are held in memory at a time.

    Example:
        >>> with LineSorter() as sorter:
        ...     sorter.extend([b"b\n", b"a\n", b"b\n"])
        ...     list(sorter.sorted())
        [[b'a\n', b'b\n']]
    """

    def __init__(self, folder: Path | None = None, room: int = RUN) -> None:
        self._folder = folder
        self._room = room
        self._lines: list[bytes] = []
        self._size = 0
        self._runs: Path | None = None
        self._paths: list[Path] = []

    def __enter__(self) -> Self:
        """Return the sorter."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove what was written aside."""
        if self._runs is not None:
            shutil.rmtree(self._runs, ignore_errors=True)

    def extend(self, lines: Iterable[bytes]) -> None:
        """Add lines, each with its line end."""
        held, size = self._lines, self._size
        for line in lines:
            held.append(line)
            size += len(line)
        self._size = size
        if size >= self._room:
            self._spill()

    def _spill(self) -> None:
        if self._runs is None:
            self._runs = Path(tempfile.mkdtemp(prefix=".sorting-", dir=self._folder))
        path = self._runs / str(len(self._paths))
        _write([_once(self._lines)], path)
        self._paths.append(path)
        self._lines = []
        self._size = 0

    def sorted(self) -> Iterator[list[bytes]]:
        """Yield the sorted lines in blocks."""
        if self._runs is None:
            if self._lines:
                yield _once(self._lines)
            return
        if self._lines:
            self._spill()
        yield from merged_blocks(self._paths, self._runs, room=self._room)


def merged_blocks(
    paths: Sequence[Path],
    folder: Path,
    *,
    key: Key | None = None,
    fan: int = FAN,
    room: int = ROOM,
) -> Iterator[list[bytes]]:
    """Merge files of sorted lines, and yield the lines in blocks, each line once.

    Args:
        paths: The files.
        folder: Where to write what lies between.
        key: What the lines are sorted by, when not by themselves; lines of one key are the
            same line.
        fan: Files that are merged at a time.
        room: Bytes that are held in memory at a time.
    """
    with tempfile.TemporaryDirectory(prefix=".merging-", dir=folder) as name:
        runs = Path(name)
        stage = []
        for number, group in enumerate(_groups(paths, room)):
            if len(group) > 1:
                # In memory that is several times as fast as merging small files.
                lines = chain.from_iterable(p.read_bytes().splitlines(keepends=True) for p in group)
                _write([_once(list(lines), key)], runs / f"s{number}")
                stage.append(runs / f"s{number}")
            else:
                stage += group
        made = 0
        while len(stage) > fan:
            onward = []
            for start in range(0, len(stage), fan):
                onward.append(runs / f"m{made}")
                _write(_merged(stage[start : start + fan], key, room), onward[-1])
                made += 1
            for path in stage:
                if path.parent == runs:
                    path.unlink()
            stage = onward
        yield from _merged(stage, key, room)


def _groups(paths: Iterable[Path], room: int) -> Iterator[list[Path]]:
    """Cut a list of files into stretches that memory holds; a bigger file stands alone."""
    group: list[Path] = []
    size = 0
    for path in paths:
        own = path.stat().st_size
        if group and size + own > room:
            yield group
            group, size = [], 0
        group.append(path)
        size += own
    if group:
        yield group


def _merged(paths: Sequence[Path], key: Key | None, room: int) -> Iterator[list[bytes]]:
    """Merge a few files.

    In every round the file whose block ends first sets the bound: all lines up to it are in
    memory, and sorting them together is a merge.
    """
    step = max(room // (len(paths) + 1), _LEAST)
    with ExitStack() as stack:
        streams = [stack.enter_context(path.open("rb")) for path in paths]
        if key is not None:
            yield from _merged_by_key(streams, key)
            return
        heads = [(stream, block) for stream in streams if (block := stream.readlines(step))]
        while heads:
            bound = min(block[-1] for _, block in heads)
            ready: list[bytes] = []
            rest = []
            for stream, block in heads:
                cut = bisect.bisect_right(block, bound)
                ready += block[:cut]
                left = block[cut:] or stream.readlines(step)
                if left:
                    rest.append((stream, left))
            yield _once(ready)
            heads = rest


def _merged_by_key(streams: Iterable[Iterable[bytes]], key: Key) -> Iterator[list[bytes]]:
    last = b""
    for line in heapq.merge(*streams, key=key):
        if line != last:
            yield [line]
            last = line


def _once(lines: list[bytes], key: Key | None = None) -> list[bytes]:
    """Sort lines in place, and return each once; what is sorted in part is merged, not sorted."""
    lines.sort(key=key)
    after = chain(lines[1:], [b""])
    return [line for line, other in zip(lines, after, strict=bool(lines)) if line != other]


def _write(blocks: Iterable[list[bytes]], target: Path) -> int:
    count = 0
    with target.open("wb") as stream:
        for block in blocks:
            stream.writelines(block)
            count += len(block)
    return count
