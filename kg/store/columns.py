"""One file of named columns, mapped into memory: read in place, whatever its size.

::

    magic, one line
    column after column, each at a multiple of 8 bytes, little-endian
    a JSON text: what each column is called, where it lies, of what type it is
    the length of that text (8 bytes), and a closing line

The table of contents comes last, so that columns can be written as they are made.
"""

from __future__ import annotations

import json
import mmap
import sys
from array import array
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NoReturn, Self

from kg.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

MAGIC: Final = b"policy lineage columns 1\n"
END: Final = b"\nend of columns\n"
_ALIGNED: Final = 8
_TYPES: Final = {"B": 1, "I": 4, "Q": 8}
"""Type codes and the bytes of one entry."""


class ColumnWriter:
    """A file of columns while it is written.

    Args:
        path: The file, made or replaced.

    Example:
        >>> import tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "x.columns"
        >>> with ColumnWriter(path) as writer:
        ...     writer.column("numbers", "I", array("I", [1, 2, 3]))
        ...     writer.finish({"format": 1})
        >>> list(ColumnFile(path)["numbers"])
        [1, 2, 3]
    """

    def __init__(self, path: Path) -> None:
        self._stream: BinaryIO = path.open("wb")
        self._place = self._stream.write(MAGIC)
        self._contents: dict[str, tuple[int, int, str]] = {}
        self._pad()

    def __enter__(self) -> Self:
        """Return the writer."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._stream.close()

    def _pad(self) -> None:
        self._place += self._stream.write(bytes(-self._place % _ALIGNED))

    def begin(self) -> int:
        """Begin a column of bytes that come piece by piece, and return where it begins."""
        self._pad()
        return self._place

    def write(self, data: bytes) -> None:
        """Write one piece of the column that was begun."""
        self._place += self._stream.write(data)

    def end(self, name: str, begun: int) -> None:
        """End the column that was begun."""
        self._contents[name] = (begun, self._place - begun, "B")

    def column(self, name: str, code: str, values: Any) -> None:  # noqa: ANN401 - any buffer
        """Write a whole column.

        Args:
            name: Its name.
            code: B, I or Q: one, four or eight bytes an entry.
            values: An array, or anything whose memory holds the entries one after another.
        """
        if sys.byteorder == "big" and isinstance(values, array):
            values = array(values.typecode, values)
            values.byteswap()
        begun = self.begin()
        with memoryview(values) as view:
            self._place += self._stream.write(view.cast("B") if view.nbytes else b"")
        self._contents[name] = (begun, self._place - begun, code)

    def finish(self, facts: dict[str, Any]) -> None:
        """Write the table of contents, with some facts about the whole."""
        self._pad()
        contents = {**facts, "columns": self._contents}
        text = json.dumps(contents, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        data = text.encode()
        self._stream.write(data)
        self._stream.write(len(data).to_bytes(8, "little"))
        self._stream.write(END)


class ColumnFile:
    """A file of columns, mapped.

    Args:
        path: The file.

    Raises:
        LoadError: If the file cannot be read, or is no file of columns.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as stream:
                data = memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or "the file is empty"
            raise LoadError(
                "load-file", f"cannot read {path}: {said}", hint="build it again with: kg build"
            ) from error
        self._data = data
        self.facts = self._contents()
        self._columns: dict[str, Any] = self.facts.pop("columns")

    def _contents(self) -> dict[str, Any]:
        data = self._data
        tail = len(END) + 8
        known = bytes(data[: len(MAGIC)]) == MAGIC and bytes(data[-len(END) :]) == END
        if not known or len(data) < len(MAGIC) + tail:
            self._refuse("it is cut off, or of another format")
        size = int.from_bytes(data[-tail : -len(END)], "little")
        if size > len(data) - tail:
            self._refuse("its table of contents is damaged")
        try:
            contents: dict[str, Any] = json.loads(bytes(data[len(data) - tail - size : -tail]))
            for begun, length, code in contents["columns"].values():
                if code not in _TYPES or length % _TYPES[code] or begun % _ALIGNED:
                    self._refuse("a column is damaged")
                if not 0 <= begun <= begun + length <= len(data):
                    self._refuse("a column lies outside the file")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            self._refuse("its table of contents is damaged", error)
        return contents

    def _refuse(self, said: str, cause: Exception | None = None) -> NoReturn:
        raise LoadError(
            "release-broken",
            f"{self.path} cannot be read: {said}",
            hint="build it again with: kg build, or go back with: kg build --rollback",
        ) from cause

    def __iter__(self) -> Iterator[str]:
        """Yield the names of the columns."""
        return iter(self._columns)

    def __len__(self) -> int:
        """Return the number of columns."""
        return len(self._columns)

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a column of that name."""
        return name in self._columns

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a view of bytes or numbers
        """Return a column as a view, without reading it.

        Raises:
            LoadError: If there is none of that name.
        """
        if name not in self._columns:
            self._refuse(f"the column {name} is missing")
        begun, length, code = self._columns[name]
        view = self._data[begun : begun + length]
        if sys.byteorder == "big" and code != "B":
            swapped = array(code, bytes(view))
            swapped.byteswap()
            return memoryview(swapped)
        return view.cast(code)
