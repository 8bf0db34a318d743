"""Every format of export: RDF, and those made from records and links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.store.formats import FORMATS as RDF_AND_CLAIMS

if TYPE_CHECKING:
    from kg.store.formats import Format

FORMATS: Final[dict[str, Format]] = {**RDF_AND_CLAIMS}
"""The formats by name, in the order in which they are listed."""
