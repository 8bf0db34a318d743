"""The graph for pandas: nodes, links and facts, a row each, with the words that they rest on."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Final

from kg.errors import InstallationError, SettingsError
from kg.model.identifiers import node_iri
from kg.model.table import ENTAILED_RULES, TRACING
from kg.store.rdf import claim_iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Passage
    from kg.model.tables import ResultTable

_CATEGORIES: Final = frozenset(
    (
        *("cls", "kind", "instrument", "level", "jurisdiction", "predicate", "basis"),
        *("strength", "decision", "rule", "document", "property", "missing_kind"),
    )
)
"""Columns of few different words."""
_NUMBERS: Final = frozenset({"first_line", "last_line", "confidence"})
_ABOUT: Final = ("document", "first_line", "last_line", "quotation")
NODES: Final = (
    *("id", "iri", "cls", "kind", "label", "text", "number", "instrument", "level"),
    *("jurisdiction", "repaired", *_ABOUT),
)
LINKS: Final = (
    *("claim", "iri", "subject", "predicate", "object", "lineage", "basis", "strength", "rule"),
    *("decision", "by", "on", "confidence", *_ABOUT),
)
FACTS: Final = ("id", "kind", "subject", "property", "value", "basis", *_ABOUT)


def to_pandas(graph: KnowledgeGraph, table: str | None = None) -> Any:  # noqa: ANN401 - one or all
    """Return one table of a graph as a `pandas.DataFrame`, or all three by name.

    `nodes` and `links` have a row a record; `facts` a row a named value of a fact (periods,
    amounts, gaps, values, defects), in the words of the registers. Where something rests on
    several passages, `document`, `first_line` and `last_line` are those of the first, and
    `quotation` joins the words of all with " … ". Links of every decision are given:
    `links[links.decision == "accepted"]` are those that count. What is not said is missing
    (`pandas.NA`), never an empty text or a zero.

    Args:
        graph: The graph.
        table: `nodes`, `links` or `facts`; all of them, in a dictionary, when left out.

    Raises:
        SettingsError: If there is no such table.
        InstallationError: If pandas is not installed (the extra `pandas`).

    Example:
        >>> import kg
        >>> links = kg.to_pandas(kg.load(), "links")
        >>> telford = links[(links.predicate == "servesPrimarily") & (links.basis == "stated")]
        >>> len(telford)
        24
    """
    makers: dict[str, tuple[tuple[str, ...], Callable[[KnowledgeGraph], Iterator[list[Any]]]]] = {
        "nodes": (NODES, _nodes),
        "links": (LINKS, _links),
        "facts": (FACTS, _facts),
    }
    if table is None:
        return {name: _frame(columns, make(graph)) for name, (columns, make) in makers.items()}
    if table not in makers:
        raise SettingsError(
            "unknown-table",
            f"a graph has no table {table!r}",
            hint=f"choose from {', '.join(makers)}",
        )
    columns, make = makers[table]
    return _frame(columns, make(graph))


def result_frame(result: ResultTable) -> Any:  # noqa: ANN401 - a data frame
    """Return a table of results as a `pandas.DataFrame`; types follow from the cells.

    Example:
        >>> from kg.model.tables import ResultTable
        >>> str(result_frame(ResultTable(("n",), ((1,), (None,)))).dtypes["n"])
        'Int64'
    """
    frame = _pandas().DataFrame(list(result.rows), columns=list(result.columns), dtype=object)
    return frame.convert_dtypes()


def _pandas() -> Any:  # noqa: ANN401 - a module without types of its own
    try:
        return importlib.import_module("pandas")
    except ImportError as error:
        raise InstallationError(
            "no-pandas",
            "pandas is not installed",
            hint='install it with: pip install "policy-lineage[pandas]"',
        ) from error


def _frame(columns: tuple[str, ...], rows: Iterable[list[Any]]) -> Any:  # noqa: ANN401
    pandas = _pandas()
    frame = pandas.DataFrame(
        ([None if cell == "" else cell for cell in row] for row in rows), columns=list(columns)
    )
    for name in columns:
        if name in ("repaired", "lineage"):
            frame[name] = frame[name].astype("boolean")
        elif name in _NUMBERS:
            frame[name] = pandas.to_numeric(frame[name], errors="coerce").astype(
                "Float64" if name == "confidence" else "Int64"
            )
        else:
            frame[name] = frame[name].astype("category" if name in _CATEGORIES else "string")
    return frame


def _about(passages: tuple[Passage, ...]) -> list[Any]:
    if not passages:
        return [None, None, None, None]
    first = passages[0]
    words = " … ".join(passage.exact for passage in passages)
    return [first.document, first.first_line, first.last_line, words]


def _nodes(graph: KnowledgeGraph) -> Iterator[list[Any]]:
    for node in graph.nodes.values():
        plan = graph.nodes.get(node.instrument)
        where = node.jurisdiction or (plan.jurisdiction if plan else "")
        words = [node.cls, node.kind, node.label, node.text, node.number, node.instrument]
        rest = [node.level, where, node.repaired, *_about(node.passages)]
        yield [node.id, node_iri(node.id), *words, *rest]


def _links(graph: KnowledgeGraph) -> Iterator[list[Any]]:
    for claim in graph.claims:
        if claim.rule in ENTAILED_RULES:
            continue
        said = [claim.subject, claim.predicate, claim.object, claim.predicate in TRACING]
        known = [claim.basis.word, claim.strength.word, claim.rule, claim.decision]
        who = [claim.by, claim.on, claim.confidence, *_about(claim.evidence)]
        yield [claim.id, claim_iri(claim), *said, *known, *who]


def _facts(graph: KnowledgeGraph) -> Iterator[list[Any]]:
    for fact in graph.facts:
        for name, value in sorted(fact.values.items()):
            head = [fact.id, fact.kind, fact.subject, name, value, fact.basis.word]
            yield [*head, *_about(fact.passages)]
