"""Explanations as text for people: what `why` and `why-not` print."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from kg.cli.page import Page, called, predicate
from kg.cli.rendering import emit_dicts, plural
from kg.model.levels import ELEMENTS

if TYPE_CHECKING:
    from kg.lineage.explaining import Explanation, Gap
    from kg.model.bases import Basis
    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Node
    from kg.registers.originals import Originals


def answer(
    graph: KnowledgeGraph,
    node: str,
    target: str | None,
    texts: Originals,
    form: str | None,
    *,
    bases: frozenset[Basis],
    limit: int = 20,
    doubted: bool = False,
) -> int:
    """Print the one answer to why and why not, and return the exit code: 1 for a gap.

    Args:
        graph: The graph.
        node: Any name of the node.
        target: Any name of the target; every target when None.
        texts: The documents in which quotations are looked up again.
        form: The format; text for people when None.
        bases: The bases to admit.
        limit: How many targets to explain.
        doubted: Whether it was asked why not.
    """
    from kg.lineage.explaining import why, why_not

    found = why(graph, node, target, bases=bases, limit=limit, texts=texts)
    done = bool(found.reached) or found.is_target
    gap = None if done else why_not(graph, node, target, bases=bases, texts=texts)
    if form is None:
        lines = gap_text(graph, gap) if gap else explanation_text(graph, found, doubted=doubted)
        click.echo("\n".join(lines))
    else:
        from kg.cli import explained_data as data

        if form == "json":
            shown = data.explanation_dict(graph, found)
            if gap:
                shown["gap"] = data.gap_dict(graph, gap)
            click.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        else:
            rows = data.gap_rows(graph, gap) if gap else data.explanation_rows(graph, found)
            emit_dicts(rows, data.ROWS, form)
    for name in sorted(texts.changed):
        words = "is not the text that was read, so its words were not looked up again"
        click.echo(f"kg: {name} {words}", err=True)
    return int(not done)


def explanation_text(
    graph: KnowledgeGraph, found: Explanation, *, doubted: bool = False
) -> list[str]:
    """Return why a node serves what it serves, as lines for people."""
    page = Page(graph)
    page.node(found.node)
    page.gap()
    if not found.reached and found.is_target:
        what = "an item of the top level" if graph.flat else "a national objective or instrument"
        page.say(f"It is {what}: chains end here, and nothing need stand above it.")
        page.say(f"What leads up to it: kg trace {found.node.id} --down")
        return page.lines
    if doubted:
        page.say("There is no gap to explain:")
    count = len(found.reached) + found.more
    if found.target is None:
        page.say(
            f"It reaches {plural(count, 'target')} ({found.tier_words}). Each chain was checked "
            "again, hop by hop."
        )
    else:
        what = called(graph, found.target.id)
        page.say(f"It reaches {what}. Each chain was checked again, hop by hop.", hanging=2)
    for number, one in enumerate(found.reached, 1):
        page.reached(one, number)
    if found.more:
        page.gap()
        page.say(f"It reaches {found.more} more; ask for them with --limit {count}.")
    return page.lines


def gap_text(graph: KnowledgeGraph, found: Gap) -> list[str]:
    """Return why a node does not serve something, as lines for people."""
    page = Page(graph)
    page.node(found.node)
    page.gap()
    sought = (
        called(graph, found.target.id)
        if found.target
        else "an item of the top level"
        if graph.flat
        else "any national objective or instrument"
    )
    tier = f" ({found.tier_words})" if found.target is None and in_lineage(found.node) else ""
    page.say(f"It does not reach {sought}{tier}.", hanging=2)
    _why_it_stops(page, found)
    _near_misses(page, found)
    _closing(page, found)
    return page.lines


def _why_it_stops(page: Page, found: Gap) -> None:
    page.section("Why not:")
    page.reason(found.reason, 2)
    if found.besides:
        page.reason(found.besides, 2)
    for barred in found.barred:
        page.say(f"It cannot serve {called(page.graph, barred.instrument.id)}:", 2, hanging=2)
        page.reason(barred.reason, 4)
    for stop in found.stops:
        if not stop.hops:
            continue
        ends = stop.reason.code == "cycle"
        far = f"The chain goes up {plural(len(stop.hops), 'hop')}"
        there = called(page.graph, stop.node)
        page.section(
            f"The chain runs in a circle of {plural(len(stop.hops), 'hop')}:"
            if ends
            else f"{far} to {there}, and does not count."
            if stop.reason.code == "part-only"
            else f"{far} and stops at {there}."
        )
        if not ends and stop.reason not in (found.reason, found.besides):
            page.reason(stop.reason, 2)
        for number, claim in enumerate(stop.hops, 1):
            page.hop(claim, 2, f"{number}. ")
    if not any(stop.hops for stop in found.stops):
        page.section("Nothing leads up from it: the chain breaks at its first hop.")
    if found.more_stops:
        page.section(f"It stops at {plural(found.more_stops, 'other place')} as well.")


def _near_misses(page: Page, found: Gap) -> None:
    for one in found.withheld:
        lacking = sorted(
            {
                basis.word
                for hop in one.strongest.hops
                for basis in (hop.basis, *hop.support)
                if basis not in found.bases
            }
        )
        page.section(
            f"With --basis all there is a chain to {called(page.graph, one.target.id)}. It does "
            f"not count here, because it rests on what is {' and '.join(lacking)}:"
        )
        for number, claim in enumerate(one.strongest.hops, 1):
            page.hop(claim, 2, f"{number}. ")
    if found.undecided:
        page.section("Claims that do not count, and would close the gap if they did:")
        for claim in found.undecided:
            state = "suggested" if claim.accepted else claim.decision
            page.hop(claim, 2, f"({state}) ")
    if found.may_serve:
        page.section("It may serve this; a chain suggests it and does not establish it:")
        for claim in found.may_serve:
            page.hop(claim, 2)
    if found.named:
        page.section("Its words name, and do not claim to serve:")
        for claim in found.named:
            page.hop(claim, 2)
    if found.elsewhere:
        page.section("The nearest place where the same plan names it, which is no link from here:")
        for claim in found.elsewhere:
            page.hop(claim, 2)


def _closing(page: Page, found: Gap) -> None:
    page.section("What would be needed:")
    if found.forbidden:
        page.say(
            "Nothing can close this gap: jurisdiction and time bind every link, stated or "
            "inferred, whatever a document says.",
            2,
        )
    elif not found.needed:
        page.say(
            "Nothing is expected: what is neither sought nor done (a body, money, context, a "
            "milestone, a measure, a report) serves no objective itself. Ask about the work that "
            f"it belongs to: kg show {found.node.id}",
            2,
        )
    else:
        page.say("Words that say one of these; none were found in the documents that were read.", 2)
        for need in found.needed:
            page.say(
                f"- {need.subject} {predicate(need.predicate)} {need.object} "
                f"({need.predicate}; to be looked for in {need.where})",
                4,
                hanging=2,
            )
        if any(hop.predicate == "partOf" for stop in found.stops for hop in stop.hops):
            page.say(
                "That what it is part of serves something would not be enough: "
                "parts do not thereby serve.",
                2,
            )
    if found.alike:
        page.section(
            "Intents whose words are most alike. This is likeness of words only, no link, and is "
            f"never counted ({found.compared} compared):"
        )
        for one in found.alike:
            page.say(
                f"- {one.likeness:.2f}  {called(page.graph, one.node.id)}  "
                f"shared: {', '.join(one.shared)}",
                2,
                hanging=2,
            )


def in_lineage(node: Node) -> bool:
    """Tell whether a node is of a kind that can serve anything.

    Example:
        >>> from kg.model.records import Node
        >>> in_lineage(Node("a", "Organization", "A"))
        False
    """
    return node.cls in ELEMENTS or node.cls == "Instrument"
