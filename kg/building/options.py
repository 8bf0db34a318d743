"""How a release is written; light, so that a build that finds nothing changed stays so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kg.store.release_writing import KEEP

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.building.meter import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a release is written."""

    wait: float = 0.0
    """Seconds to wait for another build."""
    keep: int = KEEP
    """How many releases to keep."""
    tell: Callable[[str], None] | None = None
    """Told in words when there is something to wait for."""
    progress: Progress | None = None
    """Told the stage, how much of it is done, and how much there is."""
    store: bool | None = None
    """Whether the release carries an Oxigraph folder; from a size on when left out."""
