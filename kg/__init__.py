"""Policy lineage: an honest golden thread from national strategy to local action.

Every command of the command line has its twin here; names are found on first use, so that
importing the package costs next to nothing.

Example:
    >>> import kg
    >>> graph = kg.load()
    >>> kg.trace(graph, "telford-2011/action/4").paths[0].target
    'no-health-without-mental-health/objective/6'
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from kg.model.outward import offer

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.building.adding import add_claim
    from kg.building.build import build
    from kg.building.curation import decide_claim
    from kg.building.triples import to_rdflib
    from kg.checks.auditing import audit
    from kg.checks.comparison import compare
    from kg.checks.shapes import validate
    from kg.checks.suspects import review
    from kg.checks.whatif import what_if
    from kg.errors import KgError
    from kg.exporting import export, export_all
    from kg.lineage.analyses import analyse
    from kg.lineage.coverage import matrix, matrix_counts, stats
    from kg.lineage.explaining import why, why_not
    from kg.lineage.frames import to_pandas
    from kg.lineage.impact import impact
    from kg.lineage.projection import to_networkx
    from kg.lineage.tracing import trace
    from kg.model.bases import parse_bases
    from kg.model.dating import as_of, life
    from kg.model.graph import KnowledgeGraph
    from kg.model.identifiers import node_iri as iri
    from kg.opening import load, publish, query, search, show
    from kg.reports.assurance.making import verify_assurance, write_assurance
    from kg.sparql.catalogue import stored_queries as queries
    from kg.vocabulary import define

_HOMES = {
    "KgError": "kg.errors",
    "KnowledgeGraph": "kg.model.graph",
    "__version__": "kg.resources",
    "add_claim": "kg.building.adding",
    "analyse": "kg.lineage.analyses",
    "as_of": "kg.model.dating",
    "audit": "kg.checks.auditing",
    "build": "kg.building.build",
    "compare": "kg.checks.comparison",
    "decide_claim": "kg.building.curation",
    "define": "kg.vocabulary",
    "export": "kg.exporting",
    "export_all": "kg.exporting",
    "impact": "kg.lineage.impact",
    "iri": "kg.model.identifiers",
    "life": "kg.model.dating",
    "load": "kg.opening",
    "matrix": "kg.lineage.coverage",
    "matrix_counts": "kg.lineage.coverage",
    "parse_bases": "kg.model.bases",
    "publish": "kg.opening",
    "queries": "kg.sparql.catalogue",
    "query": "kg.opening",
    "review": "kg.checks.suspects",
    "search": "kg.opening",
    "show": "kg.opening",
    "stats": "kg.lineage.coverage",
    "to_networkx": "kg.lineage.projection",
    "to_pandas": "kg.lineage.frames",
    "to_rdflib": "kg.building.triples",
    "trace": "kg.lineage.tracing",
    "validate": "kg.checks.shapes",
    "what_if": "kg.checks.whatif",
    "why": "kg.lineage.explaining",
    "why_not": "kg.lineage.explaining",
    "verify_assurance": "kg.reports.assurance.making",
    "write_assurance": "kg.reports.assurance.making",
}
_RENAMED = {"iri": "node_iri", "__version__": "VERSION", "queries": "stored_queries"}
__all__ = [
    "KgError",
    "KnowledgeGraph",
    "add_claim",
    "analyse",
    "as_of",
    "audit",
    "build",
    "compare",
    "decide_claim",
    "define",
    "export",
    "export_all",
    "impact",
    "iri",
    "life",
    "load",
    "matrix",
    "matrix_counts",
    "parse_bases",
    "publish",
    "queries",
    "query",
    "review",
    "search",
    "show",
    "stats",
    "to_networkx",
    "to_pandas",
    "to_rdflib",
    "trace",
    "validate",
    "verify_assurance",
    "what_if",
    "why",
    "why_not",
    "write_assurance",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - the type is that of the name asked for
    """Find a public name on first use."""
    if name not in _HOMES:
        message = f"module 'kg' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(importlib.import_module(_HOMES[name]), _RENAMED.get(name, name))


def _outward(name: str) -> Callable[..., Any]:
    """Return what finds the maker of a form when it is asked for, and has it make the form."""

    def make(thing: object, **wanted: object) -> object:
        home = importlib.import_module(_HOMES.get(name, "kg.lineage.frames"))
        return getattr(home, name)(thing, **wanted)

    return make


# The methods of a graph that lead to other libraries, which its own row may not know.
offer({name: _outward(name) for name in ("result_frame", "to_networkx", "to_pandas", "to_rdflib")})


def __dir__() -> list[str]:
    """List the public names."""
    return sorted(_HOMES)
