"""`kg trace`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option, store_option
from kg.cli.rendering import history_line, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.lineage.tracing import Path, Trace
    from kg.model.bases import Basis
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim, Passage
    from kg.model.tables import Cell


@click.command
@click.argument("node")
@click.option(
    "--to",
    default=None,
    metavar="NODE",
    help="Only paths to this objective or instrument; says why when there is none.",
)
@click.option("--down", is_flag=True, help="Walk down: what leads up to this node.")
@click.option(
    "--limit",
    default=100,
    show_default=True,
    type=click.IntRange(min=1),
    help="Number of paths after which to stop.",
)
@basis_option
@store_option
@as_of_option
@graph_option
@format_option
def command(
    node: str,
    to: str | None,
    path: str | None,
    store: str | None,
    form: str | None,
    *,
    as_of: str | None,
    limit: int,
    bases: frozenset[Basis],
    down: bool,
) -> None:
    """Follow a node up to the national objectives it serves, or down.

    Prints each path hop by hop: basis, words, document and line. Where nothing is reached,
    says where the chain stops and why.

    Example: kg trace telford-2011/action/4
    """
    from kg.cli.rendering import emit_dicts
    from kg.lineage.tracing import trace
    from kg.opening import load
    from kg.servers import load_thread

    if store is None or as_of is not None:  # dates of other things decide too: read them all
        graph = load(path, store=store, as_of=as_of)
    else:
        graph, node, to = load_thread(store, node, to=to, down=down)
    found = trace(graph, node, bases=bases, to=to, down=down, limit=limit)
    if form == "json":
        click.echo(json.dumps(as_dict(graph, found), ensure_ascii=False, indent=2))
    elif form in ("csv", "tsv", "jsonl"):
        rows: list[dict[str, Cell]] = [
            {
                "path": number,
                "hop": step,
                "subject": hop.subject,
                "predicate": hop.predicate,
                "object": hop.object,
                "basis": hop.basis.word,
                "lines": "; ".join(_where(graph, hop.evidence)),
            }
            for number, one in enumerate(found.paths, 1)
            for step, hop in enumerate(one.hops, 1)
        ]
        columns = ("path", "hop", "subject", "predicate", "object", "basis", "lines")
        emit_dicts(rows, columns, form)
    else:
        click.echo("\n".join(_lines(graph, found, asked=to is not None)))


def as_dict(graph: KnowledgeGraph, found: Trace) -> dict[str, Any]:
    """Return a trace in the form that other tools read."""
    own = graph.life(found.node.id)
    return {
        "as_of": graph.day,
        "state": own.state if graph.day else "",
        "node": found.node.id,
        "class": found.node.cls,
        "direction": "down" if found.down else "up",
        "bases": sorted(basis.word for basis in found.bases),
        "tier": found.tier,
        "tier_words": found.tier_words,
        "truncated": found.truncated,
        "paths": [
            {
                "target": one.target,
                "basis": one.basis.word,
                "hops": [_hop(graph, hop) for hop in one.hops],
            }
            for one in found.paths
        ],
        "lapsed": [
            {
                "target": one.target,
                "basis": one.basis.word,
                "state": graph.life(one.target).state,
                "since": graph.life(one.target).since,
                "by": graph.life(one.target).by,
                "hops": [_hop(graph, hop) for hop in one.hops],
            }
            for one in found.lapsed
        ],
        "stops": [
            {
                "node": stop.node,
                "reason": stop.reason.code,
                "sentence": stop.reason.sentence,
                "hops": [_hop(graph, hop) for hop in stop.hops],
            }
            for stop in found.stops
        ],
        "named": [_hop(graph, claim) for claim in found.named],
        "nearest": [_hop(graph, claim) for claim in found.nearest],
        "may_serve": [_hop(graph, claim) for claim in found.may_serve],
    }


def _hop(graph: KnowledgeGraph, claim: Claim) -> dict[str, Any]:
    return {
        "claim": claim.id,
        "subject": claim.subject,
        "predicate": claim.predicate,
        "object": claim.object,
        "basis": claim.basis.word,
        "rule": claim.rule,
        "premises": list(claim.premises),
        "evidence": [
            {
                "document": _document(graph, p),
                "lines": p.lines,
                "start": p.start,
                "end": p.end,
                "quotation": p.exact,
            }
            for p in claim.evidence
        ],
        "decisions": [
            {"decision": d.decision, "by": d.by, "on": d.on, "reason": d.reason}
            for d in claim.decisions
        ],
    }


def _document(graph: KnowledgeGraph, passage: Passage) -> str:
    document = graph.documents.get(passage.document)
    return document.path if document else passage.document


def _where(graph: KnowledgeGraph, passages: Iterable[Passage]) -> list[str]:
    return [f"{_document(graph, p)}:{p.lines}" for p in passages]


def _lines(graph: KnowledgeGraph, found: Trace, *, asked: bool = False) -> list[str]:
    node = found.node
    lines = [f"{node.id}  ({node.cls})", f"  “{node.text or node.label}”"]
    lines += [f"  {where}" for where in _where(graph, node.passages)]
    if graph.day:
        lines.append(f"  on {graph.day}: {graph.life(node.id).words()}")
    if found.down:
        count = plural(len(found.paths), "path leads", "paths lead")
        lines += ["", f"{count} up to it{_more(found)}."]
        parts = sum(c.predicate == "partOf" for c in graph.incoming.get(node.id, ()))
        if parts:
            count = plural(parts, "item is", "items are")
            lines.append(f"{count} part of it, which is not to serve it.")
    else:
        lines += ["", _reach(found, asked=asked)]
    for number, one in enumerate(found.paths, 1):
        lines += ["", *_path(graph, number, one, down=found.down)]
    if found.paths and found.truncated:
        lines += ["", "There are more paths; ask for them with --limit."]
    if node.id in graph.targets and not found.paths and not found.down and not asked:
        return [*lines[:-2], "", *_end(found)]
    for number, one in enumerate(found.lapsed, 1):
        lines += ["", *_path(graph, number, one, down=False)]
    for stop in found.stops:
        lines += [
            "",
            f"The chain stops at {stop.node}: {stop.reason.sentence} [{stop.reason.code}]",
        ]
        lines += [line for hop in stop.hops for line in _hop_lines(graph, hop)]
        lines += [f"    “{p.words}”  {_document(graph, p)}:{p.lines}" for p in stop.reason.passages]
    for claim in found.named:
        lines += ["", "Its words name, and do not claim to serve:", *_hop_lines(graph, claim)]
    if found.nearest:
        lines += ["", "Nearest: the same plan names it elsewhere:"]
        lines += [line for claim in found.nearest for line in _hop_lines(graph, claim)]
    for claim in found.may_serve:
        lines += [
            "",
            "It may serve (suggested by a chain, not established):",
            *_hop_lines(graph, claim),
        ]
    return lines


def _reach(found: Trace, *, asked: bool) -> str:
    """Say what is reached; of one target that was asked for, that alone, as the paths do."""
    tier = (
        found.tier_words[:1].upper() + found.tier_words[1:] + "."
        if found.flat
        else f"Tier {found.tier}: {found.tier_words}."
    )
    if not asked:
        return tier
    if found.paths:
        return "It reaches what was asked for."
    words = found.tier_words if found.flat else f"tier {found.tier}, {found.tier_words}"
    return f"It does not reach what was asked for (where any target counts: {words})."


def _end(found: Trace) -> list[str]:
    what = "top-level item" if found.flat else f"national {found.node.cls.lower()}"
    return [
        f"It is a {what}: chains end here.",
        f"What leads up to it: kg trace {found.node.id} --down",
    ]


def _more(found: Trace) -> str:
    return " (and more; see --limit)" if found.truncated else ""


def _path(graph: KnowledgeGraph, number: int, one: Path, *, down: bool) -> list[str]:
    end = one.hops[0].subject if down else one.target
    target = graph.nodes[end]
    lines = [
        (
            f"Path {number} {'from' if down else 'to'} {end}  “{target.label}”  "
            f"weakest basis: {one.basis.word}"
        )
    ]
    return [*lines, *(line for hop in one.hops for line in _hop_lines(graph, hop))]


def _hop_lines(graph: KnowledgeGraph, claim: Claim) -> list[str]:
    lines = [f"  {claim.subject} —{claim.predicate}→ {claim.object}  [{claim.basis.word}]"]
    if graph.life(claim.object).lapsed:
        lines.append(f"    no longer in force: {graph.life(claim.object).words(claim.object)}")
    if claim.rule:
        lines.append(f"    by rule {claim.rule} from:")
        for premise in claim.premises:
            held = graph.claim.get(premise)
            if held:
                lines += ["    " + line for line in _hop_lines(graph, held)]
    if claim.note:
        lines.append(f"    note: {claim.note}")
    if claim.rationale:
        lines.append(f"    because: {claim.rationale} (confidence {claim.confidence})")
    lines += [f"    {d.decision} {history_line(d)}" for d in claim.decisions]
    lines += [f"    “{p.words}”  {_document(graph, p)}:{p.lines}" for p in claim.evidence]
    return lines
