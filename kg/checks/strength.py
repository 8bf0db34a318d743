"""How strong the thread is: judgement alone, superseded policy, a single way, a name only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kg.checks.context import named
from kg.checks.finding import finding, passage_place, place_of
from kg.checks.reaching import orphans
from kg.lineage.fragility import cuts, shared_by_all
from kg.lineage.index import LineageIndex
from kg.lineage.reasons import explain, shown_by
from kg.lineage.succession import superseded_by
from kg.lineage.tracing import trace
from kg.model.bases import Basis
from kg.model.findings import Severity
from kg.model.levels import DELIVERY, ELEMENTS, INTENT
from kg.model.table import NATIONAL, NEVER, NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kg.checks.context import Context
    from kg.lineage.fragility import Cuts
    from kg.model.findings import Finding
    from kg.model.graph import KnowledgeGraph

_NAMING = ("drawsOn", "implements", "supportsInstrument")
_RELATIONS = {
    "implements": "implements",
    "supportsInstrument": "supports",
    "drawsOn": "draws on",
    "cites": "cites",
}
"""How a plan names a policy, in words; the strongest first."""


def weak_only(context: Context) -> Iterator[Finding]:
    """Find what reaches a target only through judgements, or may serve one."""
    graph, table = context.graph, context.graph.table
    bit = 1 << Basis.INTERPRETED
    judged = any(need & bit and not need & NEVER for need in table.need)
    if graph.flat or not (judged or "mayServe" in table.predicates):
        return
    strict = context.bases - {Basis.INTERPRETED, Basis.SUGGESTED}
    wide = strict | {Basis.INTERPRETED}
    index = context.under(wide)
    may = context.links("mayServe")
    targets = set(table.targets)
    below = context.under(strict)
    for number in context.kept("orphans", strict, lambda: orphans(below)):
        name = table.ids[number]
        if index.any(number):
            words = _judged(graph, name, wide)
            kind = "interpreted"
        else:
            ends = [table.object[link] for link in may.up(number) if table.object[link] in targets]
            if not ends:
                continue
            words = f"it may serve {named(graph, table.ids[ends[0]])}, which no words establish"
            kind = "may-serve"
        node = graph.nodes[name]
        yield finding("weak-only", name, f"{node.cls}: {words}", place_of(graph, node), kind=kind)


def _judged(graph: KnowledgeGraph, name: str, bases: frozenset[Basis]) -> str:
    """Say on which judgement it rests that an element reaches something, an objective if any."""
    paths = trace(graph, name, bases=bases).paths
    path = min(paths, key=lambda found: graph.nodes[found.target].cls != "Objective")
    weak = next(hop for hop in path.hops if hop.strength is Basis.INTERPRETED)
    says = f"{weak.subject} {weak.predicate} {weak.object}"
    reaches = f"it reaches {named(graph, path.target)} only because"
    if weak.rule:
        return f"{reaches} {says} follows from a judgement"
    return f"{reaches} {weak.by or 'a reader'} judges that {says}"


def only_superseded(context: Context) -> Iterator[Finding]:
    """Find what reaches only targets of instruments that others have superseded."""
    graph, table = context.graph, context.graph.table
    successor = superseded_by(graph)
    if graph.flat or not successor:
        return
    index = context.index
    if graph.lapsed:  # what was superseded by the graph's day is no target on it, but is reached
        index = LineageIndex(graph, context.bases, (*graph.targets, *graph.lapsed))
    old = [goal for goal in index.goals if graph.instrument_of(table.ids[goal]) in successor]
    wanted = table.codes((*INTENT, *DELIVERY))
    below = sorted({node for target in old for node in index.lineage.below(target)})
    for number in filter(graph.live, below):
        owner = table.instrument[number]
        if table.cls[number] not in wanted or owner == NOTHING or table.flags[owner] & NATIONAL:
            continue
        name = table.ids[number]
        reached = {graph.instrument_of(target) for target in index.reached(name)}
        if reached <= successor.keys():
            node = graph.nodes[name]
            words = "; ".join(_succeeded(graph, one, successor[one]) for one in sorted(reached))
            message = f"{node.cls}: it reaches only {words}"
            yield finding("only-superseded", name, message, place_of(graph, node))


def _succeeded(graph: KnowledgeGraph, old: str, new: str) -> str:
    issued = graph.nodes[new].issued
    return f"{named(graph, old)}, superseded by {named(graph, new)}" + (
        f" of {issued}" if issued else ""
    )


def single_threads(context: Context) -> Iterator[Finding]:
    """Find the objectives that hang on one action, one element in between, or one lead."""
    graph, table = context.graph, context.graph.table
    links = context.index.lineage
    is_source = _sources(context)
    lead = _named_lead(context)
    wanted = table.codes(
        [cls for cls in ELEMENTS if cls not in DELIVERY] if graph.flat else ["Objective"]
    )
    for target in table.targets:
        if table.cls[target] not in wanted:
            continue
        found = cuts(links, target, is_source)
        if found is None:
            continue  # `unserved` and `hollow` speak of it
        node = graph.nodes[table.ids[target]]
        if found.nodes:
            kind, words = _said_of(graph, found, is_source)
        else:
            body = shared_by_all(links, target, is_source, lead) if lead else None
            if body is None:
                continue
            kind = "one-lead"
            words = f"every action below it is led by {named(graph, table.ids[body])} alone"
        message = f"{node.cls}: {words}"
        yield finding("single-thread", node.id, message, place_of(graph, node), kind=kind)


def _said_of(
    graph: KnowledgeGraph, found: Cuts, is_source: Callable[[int], bool]
) -> tuple[str, str]:
    """Return what every chain passes, as a kind and in words."""
    table = graph.table
    actions = [node for node in found.nodes if is_source(node)]
    between = [node for node in found.nodes if not is_source(node)]
    kind = "one-action" if actions else "one-element"
    words = "every chain from an action to it passes " + ", ".join(
        named(graph, table.ids[node]) for node in actions or between
    )
    if found.links:
        link = found.links[0]
        low, high = table.ids[table.subject[link]], table.ids[table.object[link]]
        words += f"; the link {low} {table.predicates[table.predicate[link]]} {high} is the only"
        words += " one at its place"
    return kind, words


def _sources(context: Context) -> Callable[[int], bool]:
    """Return what tells whether a chain begins at a node: actions, and work without parts."""
    table = context.graph.table
    actions, delivered = table.codes(("Action",)), table.codes(DELIVERY)
    links = context.index.lineage

    def is_source(node: int) -> bool:
        cls = table.cls[node]
        return cls in actions or (
            cls in delivered
            and not any(
                table.cls[table.subject[link]] in delivered and table.subject[link] != node
                for link in links.down(node)
            )
        )

    return is_source


def _named_lead(context: Context) -> Callable[[int], int | None] | None:
    """Return what gives the one named body that leads some work; None where nobody leads any."""
    table = context.graph.table
    groups = table.codes(("GenericGroup",))
    leads = context.links("ledBy")
    if not leads.predicates:
        return None

    def lead(node: int) -> int | None:
        bodies = {table.object[link] for link in leads.up(node)}
        bodies = {body for body in bodies if table.cls[body] not in groups}
        return bodies.pop() if len(bodies) == 1 else None

    return lead


def plans_unserving(context: Context) -> Iterator[Finding]:
    """Find the policies that a plan names and none of its elements serves."""
    graph, table = context.graph, context.graph.table
    if graph.flat:
        return
    instruments = table.codes(("Instrument",))
    named_by = [
        context.objects(context.links(relation)) if relation in table.predicates else {}
        for relation in _RELATIONS
    ]
    below: dict[int, set[int]] = {}
    elements = table.codes((*INTENT, *DELIVERY))
    for plan in (number for number, cls in enumerate(table.cls) if cls in instruments):
        if table.flags[plan] & NATIONAL:
            continue
        policies: dict[int, str] = {}
        for relation, found in zip(_RELATIONS, named_by, strict=True):
            for policy in found.get(plan, ()):
                if (
                    table.cls[policy] in instruments
                    and policy != plan
                    and (relation in _NAMING or _has_intents(graph, policy))
                ):
                    policies.setdefault(policy, relation)
        if not policies or not any(table.cls[n] in elements for n in table.set_out_by(plan)):
            continue
        for policy, relation in policies.items():
            if not _serves(context, plan, policy, below):
                yield _unserved(graph, plan, policy, relation)


def _has_intents(graph: KnowledgeGraph, policy: int) -> bool:
    table = graph.table
    intents = table.codes(INTENT)
    return any(table.cls[node] in intents for node in table.set_out_by(policy))


def _serves(context: Context, plan: int, policy: int, below: dict[int, set[int]]) -> bool:
    """Tell whether an element of a plan reaches a policy otherwise than through the plan."""
    table, links = context.graph.table, context.index.lineage
    goals = {policy, *table.set_out_by(policy)}
    if policy not in below:
        below[policy] = {node for goal in goals for node in links.below(goal)}
    reaching = below[policy]
    own = [node for node in table.set_out_by(plan) if node in reaching]
    if not own:
        return False
    if not any(table.instrument[table.subject[link]] == plan for link in links.down(plan)):
        return True
    return any(_reaches_without(context, node, goals, plan) for node in own)


def _reaches_without(context: Context, start: int, goals: set[int], removed: int) -> bool:
    """Tell whether a chain leads from a node to a goal without passing another."""
    table, links = context.graph.table, context.index.lineage
    seen, queue = {start, removed}, [start]
    while queue:
        for link in links.up(queue.pop()):
            other = table.object[link]
            if other in goals:
                return True
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return False


def _unserved(graph: KnowledgeGraph, plan: int, policy: int, relation: str) -> Finding:
    """Return the finding about one plan and one policy."""
    table = graph.table
    node, other = graph.nodes[table.ids[plan]], table.ids[policy]
    reason = explain(graph, node.id, other)
    if reason.code == "not-stated":  # of the plan; it may show why its work says nothing
        gaps = graph.facts_of.get(node.id, ())
        reason = shown_by(f for f in gaps if f["applies_to"] in DELIVERY) or reason
    claim = next(
        c for c in graph.claims_from(node.id) if c.predicate == relation and c.object == other
    )
    # A link of a plan quotes the plan's title first, and then the words that name the policy.
    words = f"“{claim.evidence[-1].words}”" if claim.evidence else ""
    message = (
        f"the plan {_RELATIONS[relation]} {named(graph, other)}"
        + (f" ({words})" if words else "")
        + f" but none of its elements serves it; {reason.code}: {reason.sentence}"
    )
    severity = None if table.flags[policy] & NATIONAL else Severity.INFO
    return finding(
        "plan-draws-on-unserved",
        node.id,
        message,
        passage_place(graph, claim.evidence[-1:], claim.origin),
        kind=reason.code,
        about=other,
        severity=severity,
    )
