"""Plans as StratML Part 2 (ISO 17469-1's performance plans and reports), a file a plan."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.model.bases import DEFAULT, admits
from kg.model.identifiers import digest
from kg.reports.exports.folder import write_folder
from kg.reports.exports.links import lines_of
from kg.reports.exports.stratml_parts import (
    GOALS,
    OBJECTIVES,
    element,
    links_as_relationships,
    links_as_text,
    remarks,
    stakeholders,
)
from kg.reports.exports.xml import HEAD, xml_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Node

_SPACE: Final = "urn:ISO:std:iso:17469:tech:xsd:PerformancePlanOrReport"
_LONGEST: Final = 120
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_DONE: Final = frozenset({"Action", "Activity", "Commitment", "Workstream"})
_UNPLACED: Final = "The document places these under no goal."
_NO_GOAL: Final = "The document sets out no goal."
LOSSES: Final = (
    "What is neither sought nor done: context, baseline states, sets and progress updates.",
    "Bodies, instruments and funding streams, except where a link of an element names them.",
    "Measures and milestones as things of their own: the links that lead to them hold their words.",
    "Gaps, observed values and defects of the text.",
    "Dates less exact than a day; the words of an element's times are kept.",
    "The class of an element as structure: it is named in OtherInformation.",
    "Links of instruments and principles, except vision, principles and issuer as such.",
    "Links that do not count, links that only repeat others more weakly, and premises.",
    "The words of quotations as such; an element's own words and the lines are kept.",
    "Other names of nodes, notes of readers, waivers and reviews.",
    "Characters that XML forbids; they are shown as [U+0000].",
)
_README: Final = """StratML Part 2

A file for each plan or policy that sets out goals or objectives, after the schema
PerformancePlanOrReport of 16 February 2016. Aims, priorities and themes are goals; objectives,
outcomes, desired states, workstreams, commitments, actions and activities are objectives. Each
stands under the goal that the document puts it under. What the document puts under none stands
under a goal without name and description.

The schema has no place for links of objectives but indicators: an indicator without dimension
and unit is no measure of the document; it holds links, each with its basis and its lines.

"""


def write_stratml(graph: KnowledgeGraph, target: Path) -> Path:
    """Write each plan or policy with goals or objectives as a StratML file, in one folder.

    Args:
        graph: The graph.
        target: The folder; an unchanged earlier export there is replaced.

    Returns:
        The folder.

    Raises:
        ExportError: If the folder is taken or cannot be written.

    Example:
        >>> import kg, tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     made = write_stratml(kg.load(), Path(folder) / "stratml")
        ...     (made / "derby-2014.xml").is_file()
        True
    """
    files: dict[str, Iterable[str]] = {}
    listed = []
    for name, title, nodes in _plans(graph):
        file = _file(name)
        files[file] = _plan(graph, name, title, nodes)
        listed.append(f"{file}: {' '.join(title.split())}\n")
    return write_folder(target, _README + "".join(listed), files)


def _file(name: str) -> str:
    """Return the name of a plan's file, one that every file system takes."""
    plain = xml_id(name).removeprefix("id-")
    return f"{plain if len(plain) <= _LONGEST else digest([name])}.xml"


def _plans(graph: KnowledgeGraph) -> Iterator[tuple[str, str, list[Node]]]:
    """Yield id, title and elements of every plan that has goals or objectives."""
    if graph.flat:
        for document in graph.documents.values():
            yield document.id, document.title or document.path, list(graph.nodes.values())
        return
    table = graph.table
    wanted = table.codes((*GOALS, *OBJECTIVES))
    for number, name in enumerate(table.ids):
        numbers = table.set_out_by(number)
        if any(table.cls[n] in wanted for n in numbers):
            yield name, graph.nodes[name].label, [graph.nodes[table.ids[n]] for n in numbers]


def _plan(graph: KnowledgeGraph, name: str, title: str, nodes: list[Node]) -> Iterator[str]:
    own = graph.nodes.get(name)
    yield f'{HEAD}<PerformancePlanOrReport xmlns="{_SPACE}" Type="{_type(nodes)}">\n'
    yield element("Name", title)
    if own and own.text and own.text != own.label:
        yield element("Description", own.text)
    yield "<StrategicPlanCore>\n"
    yield from _issuers(graph, name)
    if visions := [node for node in nodes if node.cls == "Vision"]:
        described = element("Description", "\n\n".join(_words(node) for node in visions))
        yield f"<Vision>{described}{element('Identifier', xml_id(visions[0].id))}</Vision>\n"
    for node in nodes:
        if node.cls == "Principle":
            words = element("Description", node.text) if node.text else ""
            yield f"<Value>{element('Name', node.label)}{words}</Value>\n"
    yield from _goals(graph, nodes)
    yield "</StrategicPlanCore>\n"
    yield "<AdministrativeInformation>"
    yield element("Identifier", "plan-" + xml_id(name))
    if own:
        first, _, last = own.valid.partition("/")
        for tag, day in (("StartDate", first), ("EndDate", last), ("PublicationDate", own.issued)):
            if _DAY.fullmatch(day):
                yield element(tag, day)
    yield "</AdministrativeInformation>\n</PerformancePlanOrReport>\n"


def _type(nodes: Iterable[Node]) -> str:
    """Say what kind of document it is, by what it sets out."""
    classes = {node.cls for node in nodes}
    if "StatusReport" in classes:
        return "Performance_Report"
    return "Performance_Plan" if classes & _DONE else "Strategic_Plan"


def _words(node: Node) -> str:
    return node.text or node.label


def _issuers(graph: KnowledgeGraph, name: str) -> Iterator[str]:
    for claim in graph.outgoing.get(name, ()):
        body = graph.nodes.get(claim.object)
        if claim.predicate == "issuedBy" and body and _sure(claim):
            basis = f"Issued it: {claim.basis.word}, {lines_of(claim.evidence)}"
            yield "<Organization>" + element("Name", body.label)
            yield element("Identifier", xml_id(body.id)) + element("Description", basis)
            yield "</Organization>\n"


def _sure(claim: Claim) -> bool:
    return claim.accepted and admits(DEFAULT, claim.basis, claim.support)


def _goals(graph: KnowledgeGraph, nodes: list[Node]) -> Iterator[str]:
    goals = {node.id: node for node in nodes if node.cls in GOALS}
    under: dict[str, list[Node]] = {name: [] for name in goals}
    unplaced: list[Node] = []
    inside = {node.id for node in nodes if node.cls in GOALS or node.cls in OBJECTIVES}
    for node in nodes:
        if node.cls in OBJECTIVES:
            place = _goal_of(graph, node.id, goals)
            (under[place] if place else unplaced).append(node)
    for name, goal in goals.items():
        yield "<Goal>" + _head(goal) + element("Identifier", xml_id(name))
        yield from _sequence(goal)
        yield from stakeholders(graph, name)
        yield element(
            "OtherInformation", "\n".join(remarks(graph, goal) + links_as_text(graph, name))
        )
        for node in under[name]:
            yield from _objective(graph, node, inside)
        yield "</Goal>\n"
    if unplaced or not goals:
        yield "<Goal><Name/><Description/>"
        yield element("OtherInformation", _UNPLACED if unplaced else _NO_GOAL)
        for node in unplaced:
            yield from _objective(graph, node, inside)
        yield "</Goal>\n"


def _goal_of(graph: KnowledgeGraph, node: str, goals: dict[str, Node]) -> str:
    """Return the goal that a thing is part of, through what it is part of; empty if none."""
    seen, queue = {node}, [node]
    for name in queue:
        if name in goals:
            return name
        for claim in graph.outgoing.get(name, ()):
            if claim.predicate == "partOf" and _sure(claim) and claim.object not in seen:
                seen.add(claim.object)
                queue.append(claim.object)
    return ""


def _head(node: Node) -> str:
    """Return name and description; where the words are no more than the name, they stand twice."""
    return element("Name", node.label) + element("Description", _words(node))


def _sequence(node: Node) -> Iterator[str]:
    if node.number:
        yield element("SequenceIndicator", node.number)


def _objective(graph: KnowledgeGraph, node: Node, inside: set[str]) -> Iterator[str]:
    yield "<Objective>" + _head(node) + element("Identifier", xml_id(node.id))
    yield from _sequence(node)
    yield from stakeholders(graph, node.id)
    yield element("OtherInformation", "\n".join(remarks(graph, node)))
    yield from links_as_relationships(graph, node.id, inside)
    yield "</Objective>\n"
