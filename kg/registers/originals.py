"""The documents as they lie on disk now, where they are still the texts that were read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kg.model.records import Document


class Originals(Mapping[str, str]):
    """The texts of documents by id, each read when it is asked for, and only if its hash holds.

    Args:
        documents: The documents of a graph.
        folders: Where their paths may start from, in the order in which they are tried.

    Example:
        >>> import kg
        >>> from kg.resources import data_folder
        >>> texts = Originals(kg.load().documents.values(), [data_folder()])
        >>> "Action Plan" in texts["telford-2011"]
        True
    """

    def __init__(self, documents: Iterable[Document], folders: Iterable[Path]) -> None:
        self._documents = {document.id: document for document in documents}
        self._folders = tuple(folders)
        self._held: dict[str, str | None] = {}
        self.changed: set[str] = set()
        """Paths of documents that were asked for and are other texts now."""

    def _read(self, name: str) -> str | None:
        document = self._documents.get(name)
        if document is None or not document.sha256:
            return None  # A flat table that was read just now is its own evidence.
        if name not in self._held:
            self._held[name] = self._find(document)
        return self._held[name]

    def _find(self, document: Document) -> str | None:
        other = False
        for folder in self._folders:
            try:
                data = (folder / document.path).read_bytes()
            except (OSError, ValueError):
                continue
            if hashlib.sha256(data).hexdigest() == document.sha256:
                try:
                    return data.decode("utf-8")
                except UnicodeDecodeError:
                    continue
            other = True
        if other:
            self.changed.add(document.path)
        return None

    def __getitem__(self, name: str) -> str:
        """Return a text.

        Raises:
            KeyError: If it is not there, or is another one now.
        """
        text = self._read(name)
        if text is None:
            raise KeyError(name)
        return text

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._read(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._documents if name in self)

    def __len__(self) -> int:
        return sum(1 for _ in self)
