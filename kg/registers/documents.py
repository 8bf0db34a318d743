"""Documents and the words that stand in them.

Positions are never typed: a register gives the words, and this module finds them, with
white space folded, and computes line range and code-point offsets.
"""

from __future__ import annotations

import bisect
import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Final

from kg.errors import KgError, LoadError, Place
from kg.model.records import Document, Passage

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN: Final = 60
_NEAR: Final = 24
_ROOM: Final = 32_000_000
"""Characters of documents that are kept in memory; a longer one is kept alone."""


class SourceText:
    r"""One document's text, ready for finding words in it.

    Args:
        document: What the register of documents says of it.
        text: The decoded text, without any change.

    Example:
        >>> source = SourceText(Document("d", "d.txt", ""), "one\ntwo  three\nfour")
        >>> source.locate("two three four").lines
        '2-3'
    """

    def __init__(self, document: Document, text: str) -> None:
        self.document = document
        self.text = text
        self._breaks = [match.start() for match in re.finditer("\n", text)]

    def line_at(self, offset: int) -> int:
        """Return the 1-based line that a code point stands on."""
        return bisect.bisect_left(self._breaks, offset) + 1

    def occurrences(self, words: str) -> list[tuple[int, int]]:
        """Return start and end of every place where the words stand, white space folded."""
        parts = words.split()
        if not parts:
            return []
        if len(parts) == 1:
            pattern = re.escape(parts[0])
        else:
            pattern = r"\s+".join(re.escape(part) for part in parts)
        return [match.span() for match in re.finditer(pattern, self.text)]

    def locate(self, words: str, line: str = "", place: Place | None = None) -> Passage:
        """Find the one place where the words stand.

        Args:
            words: The words, verbatim but for white space.
            line: The line on which they begin; needed only when they stand at several places.
                Where they begin twice on one line, `127.2` means the second.
            place: The register cell that quotes them, for the error.

        Raises:
            KgError: `quotation-not-found` or `quotation-ambiguous`.
        """
        spans = self.occurrences(words)
        shown = words if len(words) <= _SHOWN else words[:_SHOWN].rstrip() + "…"
        if not spans:
            raise KgError(
                "quotation-not-found",
                f"the words {shown!r} do not stand in {self.document.path}",
                hint=self._nearest(words),
                place=place,
            )
        if line not in ("", "-"):
            wanted, _, nth = line.partition(".")
            spans_on_line = [span for span in spans if str(self.line_at(span[0])) == wanted]
            if nth:
                spans_on_line = spans_on_line[int(nth) - 1 : int(nth)]
            if not spans_on_line:
                found = ", ".join(str(self.line_at(span[0])) for span in spans)
                raise KgError(
                    "quotation-not-found",
                    f"the words {shown!r} do not begin on line {line} of {self.document.path}",
                    hint=f"they begin on line {found}",
                    place=place,
                )
            spans = spans_on_line
        if len(spans) > 1:
            found = ", ".join(str(self.line_at(span[0])) for span in spans)
            raise KgError(
                "quotation-ambiguous",
                f"the words {shown!r} stand at {len(spans)} places in {self.document.path}",
                hint=f"quote more words, or give the line on which they begin: {found}",
                place=place,
            )
        start, end = spans[0]
        return Passage(
            self.document.id,
            start,
            end,
            self.line_at(start),
            self.line_at(end - 1),
            self.text[start:end],
        )

    def _nearest(self, words: str) -> str:
        """Say how far the words agree with the text, so that the wrong letter is easy to find."""
        parts = words.split()
        low, high = 0, len(parts)
        while low < high:
            middle = (low + high + 1) // 2
            if self.occurrences(" ".join(parts[:middle])):
                low = middle
            else:
                high = middle - 1
        if not low:
            return "not even the first word stands there: is it the right document?"
        start, end = self.occurrences(" ".join(parts[:low]))[0]
        follows = " ".join(self.text[end : end + _NEAR].split())
        wanted = parts[low] if low < len(parts) else ""
        return (
            f"the first {low} of {len(parts)} words stand on line {self.line_at(start)}; "
            f"then the document has {follows!r}, the quotation {wanted!r}"
        )


def read_document(
    document: Document, folder: Path, place: Place, errors: list[KgError]
) -> SourceText | None:
    """Read a document and check that it is the one that was hashed.

    A text with another checksum is reported and still returned, so that the quotations that
    no longer stand in it are named as well.

    Args:
        document: What the register says of it.
        folder: The data folder; the document must lie below it.
        place: The register cell, for errors.
        errors: Errors are added here.
    """
    path = folder / document.path
    if not path.resolve().is_relative_to(folder.resolve()):
        errors.append(
            LoadError(
                "load-file",
                f"{document.path} lies outside the data folder",
                place=place,
                hint="give a path below the data folder",
            )
        )
        return None
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        errors.append(
            LoadError(
                "load-file",
                f"cannot read {document.path}: {error.strerror}",
                hint="check the path column",
                place=place,
            )
        )
        return None
    except UnicodeDecodeError:
        errors.append(
            LoadError(
                "load-encoding",
                f"{document.path} is not UTF-8",
                place=place,
                hint="convert it to UTF-8 and record the new SHA-256",
            )
        )
        return None
    found = hashlib.sha256(data).hexdigest()
    if found != document.sha256:
        errors.append(
            LoadError(
                "document-changed",
                f"{document.path} is not the text that was read: its SHA-256 is {found}",
                hint="restore the document, or read it again and record the new sum",
                place=place,
            )
        )
    return SourceText(document, text)


class Texts(Mapping[str, SourceText]):
    """The documents that could be read, by id; texts not asked for lately are let go.

    Args:
        folder: The data folder.
        room: How many characters are kept in memory.
    """

    def __init__(self, folder: Path, room: int = _ROOM) -> None:
        self._folder = folder
        self._room = room
        self._known: dict[str, tuple[Document, bool]] = {}
        self._kept: OrderedDict[str, SourceText] = OrderedDict()
        self._size = 0

    def add(
        self, document: Document, source: SourceText | None = None, *, faulty: bool = False
    ) -> None:
        """Make a document known, with its text if it has been read just now.

        Args:
            document: What the register says of it.
            source: Its text.
            faulty: Whether its text was reported as another one than the register says.
        """
        self._known[document.id] = (document, faulty)
        if source:
            self._keep(document.id, source)

    def __getitem__(self, name: str) -> SourceText:
        """Return a document's text, reading it again when it was let go.

        Raises:
            LoadError: `input-changed`, when it is not what it was when the run began.
        """
        if name in self._kept:
            self._kept.move_to_end(name)
            return self._kept[name]
        document, faulty = self._known[name]
        errors: list[KgError] = []
        source = read_document(document, self._folder, Place(document.path), errors)
        if source is None or bool(errors) != faulty:
            raise input_changed(document.path)
        self._keep(name, source)
        return source

    def __contains__(self, name: object) -> bool:
        """Tell whether a document could be read, without reading it again."""
        return name in self._known

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def _keep(self, name: str, source: SourceText) -> None:
        self._kept[name] = source
        self._size += len(source.text)
        while self._size > self._room and len(self._kept) > 1:
            _, gone = self._kept.popitem(last=False)
            self._size -= len(gone.text)


def input_changed(path: str) -> LoadError:
    """Return the error for a file that someone edits while it is being read.

    Example:
        >>> print(input_changed("bodies.csv"))
        bodies.csv: error[input-changed]: bodies.csv was changed while it was being read
          hint: build again when nobody writes to the data folder
    """
    return LoadError(
        "input-changed",
        f"{path} was changed while it was being read",
        hint="build again when nobody writes to the data folder",
        place=Place(path),
    )
