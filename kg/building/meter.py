"""Saying how far a build has come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and how much there is."""
_EVERY: Final = 200


class Meter:
    """One stage of a build, counted.

    Args:
        progress: Whom to tell; nobody when None.
        stage: What is being done, and to what: `reading rows`.
        total: How many there are.

    Example:
        >>> seen = []
        >>> meter = Meter(lambda *said: seen.append(said), "reading rows", 2)
        >>> meter.step()
        >>> meter.end()
        >>> seen
        [('reading rows', 0, 2), ('reading rows', 2, 2)]
    """

    def __init__(self, progress: Progress | None, stage: str, total: int) -> None:
        self._progress = progress
        self._stage = stage
        self._total = total
        self._done = 0
        self._said = 0
        self._say(0)

    def step(self, by: int = 1) -> None:
        """Count some more as done."""
        self.reach(self._done + by)

    def reach(self, done: int) -> None:
        """Count so many as done."""
        self._done = done
        if self._done - self._said >= _EVERY:
            self._say(self._done)

    def end(self) -> None:
        """Count everything as done."""
        self._say(self._total)

    def _say(self, done: int) -> None:
        self._said = done
        if self._progress:
            self._progress(self._stage, min(done, self._total), self._total)
