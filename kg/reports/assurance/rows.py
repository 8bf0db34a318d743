"""Rows of the report that no other command lists: coverage, texts, links, defects, judgements."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.checks.context import Context
from kg.checks.finding import place_of
from kg.lineage.index import LineageIndex
from kg.lineage.reasons import explain
from kg.model.bases import Basis
from kg.model.levels import DELIVERY, ELEMENTS
from kg.model.table import NATIONAL, NEVER, NOTHING
from kg.model.tables import ResultTable
from kg.store.files import hash_file

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Document, Node, Passage

STEPS: Final = (Basis.STATED, Basis.INHERITED, Basis.INFERRED, Basis.INTERPRETED)
"""The bases in the order in which they are admitted, one after the other."""
COVERAGE: Final = (
    "plan",
    "item",
    "class",
    "words",
    "objective_on",
    "policy_on",
    "reaches",
    "no_objective",
    "nothing",
    "why",
)
ASKED: Final = ("plan", "item", "class", "words")
UNUSED: Final = "basis"
"""Why a row reaches nothing that would reach something on a basis that is not in use."""
BINDING: Final = ("jurisdiction", "time")
"""Reasons for which a plan cannot serve a policy at all, whatever it says."""
TEXTS: Final = ("text", "plan", "title", "jurisdiction", "issued", "sha256", "read_on")
LINKS: Final = ("predicate", "basis", "links")
DEFECTS: Final = ("plan", "node", "kind", "says", "quotation", "document", "lines", "repair")
JUDGEMENTS: Final = ("subject", "predicate", "object", "confidence", "because", "document", "lines")


def words_of(node: Node) -> str:
    """Return the words by which people know a node."""
    return node.text or node.label


def plan_of(graph: KnowledgeGraph, number: int) -> str:
    """Return the plan of a node by number: its instrument, or the one table that was read."""
    owner = graph.table.instrument[number]
    if owner != NOTHING:
        return graph.table.ids[owner]
    return next(iter(graph.documents), "") if graph.flat else ""


def work(graph: KnowledgeGraph) -> list[int]:
    """List the rows of work by number: what plans set out to do.

    What is itself a target, or is set out by a national instrument, is where chains end; what
    does not count on the graph's day has no chain to be counted.

    Example:
        >>> import kg
        >>> len(work(kg.load()))
        221
    """
    table = graph.table
    wanted, targets = table.codes(DELIVERY), set(table.targets)
    return [
        number
        for number, cls in enumerate(table.cls)
        if cls in wanted
        and number not in targets
        and graph.live(number)
        and (table.instrument[number] == NOTHING or not _is_national(graph, number))
    ]


def _is_national(graph: KnowledgeGraph, number: int) -> bool:
    return bool(graph.table.flags[graph.table.instrument[number]] & NATIONAL)


def objectives(graph: KnowledgeGraph) -> list[int]:
    """List the targets that are no instruments, by number: the numbered objectives.

    Example:
        >>> import kg
        >>> len(objectives(kg.load()))
        6
    """
    elements = graph.table.codes(ELEMENTS)
    return [goal for goal in graph.table.targets if graph.table.cls[goal] in elements]


def coverage(graph: KnowledgeGraph, bases: frozenset[Basis]) -> ResultTable:
    """List every row of work with the basis on which it reaches an objective or a policy.

    Args:
        graph: The graph.
        bases: The bases in use, which decide about `reaches`; the two columns before it look
            at all bases, admitted one after the other.

    Returns:
        Columns `plan, item, class, words, objective_on, policy_on, reaches`: the weakest basis
        without which the row reaches no numbered objective, or no objective or policy at all
        (empty: on no basis); and `objective`, `policy` or `nothing` on the bases in use. Then
        the code of the reason why it reaches no numbered objective, that why it reaches nothing
        at all, and the first of them in words.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> rows = coverage(kg.load(), DEFAULT)
        >>> sum(row["reaches"] == "objective" for row in rows)
        44
    """
    table = graph.table
    goals = [table.ids[goal] for goal in objectives(graph)]
    first = _first_basis(graph, goals)
    second = _first_basis(graph, None)
    in_use = LineageIndex(graph, bases, goals).any
    any_use = LineageIndex(graph, bases).any
    rows = []
    for number in work(graph):
        node = graph.nodes[table.ids[number]]
        reaches = "objective" if in_use(number) else "policy" if any_use(number) else "nothing"
        on = (first(number), second(number))
        found = (*on, reaches, *_why(graph, node.id, reaches, goals, on))
        rows.append((plan_of(graph, number), node.id, node.cls, words_of(node), *found))
    return ResultTable(COVERAGE, tuple(rows))


def _why(
    graph: KnowledgeGraph, node: str, reaches: str, goals: list[str], on: tuple[str, str]
) -> tuple[str, str, str]:
    """Return why a row reaches no numbered objective, why it reaches nothing, and words.

    What reaches one on a basis that is not in use is no gap of the document.
    """
    if reaches == "objective":
        return "", "", ""
    none, plain = reaches == "nothing", explain(graph, node)
    nothing = (UNUSED if on[1] else plain.code) if none else ""
    basis = on[0] or ("" if goals else on[1])
    if basis and (none or on[0]):
        return UNUSED, nothing, f"it reaches one only when links that are {basis} count too"
    if graph.flat or not goals:
        return plain.code, nothing, plain.sentence
    policies = {graph.instrument_of(goal): goal for goal in goals}
    reasons = [explain(graph, node, goal) for goal in policies.values()]
    # What cannot serve one policy may still have served another: then that it does not, counts.
    reason = next((one for one in reasons if one.code not in BINDING), reasons[0])
    return reason.code, nothing, reason.sentence


def asked(graph: KnowledgeGraph, bases: frozenset[Basis]) -> ResultTable:
    """List the rows of work that are asked who leads them, by when, how judged, by what money.

    Example:
        >>> import kg
        >>> from kg.model.bases import DEFAULT
        >>> len(asked(kg.load(), DEFAULT))
        138
    """
    rows = []
    for number in Context(graph, bases).answerable:
        node = graph.nodes[graph.table.ids[number]]
        rows.append((plan_of(graph, number), node.id, node.cls, words_of(node)))
    return ResultTable(ASKED, tuple(rows))


def _first_basis(graph: KnowledgeGraph, goals: list[str] | None) -> Callable[[int], str]:
    """Return, for a node, the basis that has to be admitted for it to reach a goal."""
    reach = [
        (basis.word, LineageIndex(graph, frozenset(STEPS[: place + 1]), goals).any)
        for place, basis in enumerate(STEPS)
    ]

    def first(number: int) -> str:
        return next((word for word, reaches in reach if reaches(number)), "")

    return first


def texts(graph: KnowledgeGraph) -> ResultTable:
    """List the texts that were read, with the hash by which each can be recognised.

    Example:
        >>> import kg
        >>> len(texts(kg.load()))
        6
    """
    rows = []
    for document in graph.documents.values():
        plan = graph.nodes.get(document.instrument)
        place, issued = (plan.jurisdiction, plan.issued) if plan else ("", "")
        rows.append(
            (
                document.path,
                document.instrument,
                document.title,
                place,
                issued,
                document.sha256 or _sum(graph, document),
                document.read_on,
            )
        )
    return ResultTable(TEXTS, tuple(rows))


def _sum(graph: KnowledgeGraph, document: Document) -> str:
    """Return the checksum of a flat table that is read from where it lies."""
    path = Path(document.path)
    return hash_file(path) if graph.flat and not graph.verified and path.is_file() else ""


def links(graph: KnowledgeGraph, plans: Collection[str] = ()) -> ResultTable:
    """Count the accepted links by kind and basis; what only repeats others is left out.

    Args:
        graph: The graph.
        plans: The plans whose elements' links upwards are counted; all links without any.

    Example:
        >>> import kg
        >>> sum(row["links"] for row in links(kg.load()) if row["predicate"] == "servesPrimarily")
        44
    """
    table = graph.table
    counted: Counter[tuple[int, str]] = Counter()
    own = {table.number.get(plan) for plan in plans}
    for low, predicate, need in zip(table.subject, table.predicate, table.need, strict=True):
        if need != NEVER and (not own or low in own or table.instrument[low] in own):
            counted[predicate, _own_basis(need).word] += 1
    rows = [(table.predicates[code], basis, number) for (code, basis), number in counted.items()]
    return ResultTable(LINKS, tuple(sorted(rows)))


def _own_basis(need: int) -> Basis:
    """Return the basis of a link itself: inferred ones need that of what they rest on too."""
    if need & 1 << Basis.INFERRED:
        return Basis.INFERRED
    return Basis(need.bit_length() - 1)


def defects(graph: KnowledgeGraph) -> ResultTable:
    """List the defects of the sources, with the words and lines that show them.

    Example:
        >>> import kg
        >>> sum(row["plan"] == "telford-2011" for row in defects(kg.load()))
        60
    """
    table = graph.table
    rows = []
    for number in _facts(graph, "SourceDefect"):
        fact = graph.facts[number]
        subject = table.number.get(fact.subject)
        plan = "" if subject is None else plan_of(graph, subject)
        document, lines, quotation = _evidence(graph, fact.passages)
        told = (fact["kind"], fact["description"], quotation, document, lines, fact["repair"])
        rows.append((plan or fact.subject, fact.subject, *told))
    return ResultTable(DEFECTS, tuple(rows))


def _facts(graph: KnowledgeGraph, kind: str) -> Iterator[int]:
    table = graph.table
    if kind not in table.kinds:
        return iter(())
    wanted = table.kinds.index(kind)
    return (number for number, code in enumerate(table.fact_kind) if code == wanted)


def _evidence(graph: KnowledgeGraph, passages: tuple[Passage, ...]) -> tuple[str, str, str]:
    """Return document, lines and words of the passages that show something."""
    paths = []
    for passage in passages:
        document = graph.documents.get(passage.document)
        paths.append(document.path if document else passage.document)
    said = " […] ".join(passage.words for passage in passages)
    return "; ".join(dict.fromkeys(paths)), "; ".join(p.lines for p in passages), said


def judgements(graph: KnowledgeGraph) -> ResultTable:
    """List the accepted links that rest on a reader's judgement, with confidence and reason.

    Example:
        >>> import kg
        >>> all(row["because"] for row in judgements(kg.load()))
        True
    """
    table = graph.table
    wanted = 1 << Basis.INTERPRETED
    rows = []
    for link, need in enumerate(table.need):
        if need != wanted:
            continue
        claim = graph.claims[table.claim[link]]
        document, lines, _ = _evidence(graph, claim.evidence)
        told = (claim.confidence, claim.rationale, document, lines)
        rows.append((claim.subject, claim.predicate, claim.object, *told))
    return ResultTable(JUDGEMENTS, tuple(rows))


def place_text(graph: KnowledgeGraph, node: Node) -> tuple[str, int | None]:
    """Return the file and line where a node's words stand."""
    place = place_of(graph, node)
    return place.path, place.line or None
