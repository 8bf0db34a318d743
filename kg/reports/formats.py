"""Every format of export: RDF, and those made from records and links."""

from __future__ import annotations

from typing import Final

from kg.reports.exports.catalogue import EXPORTS
from kg.store.formats import FORMATS as RDF_AND_CLAIMS
from kg.store.formats import Format, from_graph

FORMATS: Final[dict[str, Format]] = {
    **RDF_AND_CLAIMS,
    **{
        export.name: Format(
            export.name,
            export.endings,
            export.sentence,
            export.losses,
            export.lossless,
            from_graph(export.write),
            export.folder,
            export.media_type,
        )
        for export in EXPORTS.values()
    },
}
"""The formats by name, in the order in which they are listed."""
