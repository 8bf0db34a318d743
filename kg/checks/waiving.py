"""Waivers: findings that somebody excuses, until a day; and what is wrong with the waivers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.checks.catalogue import RULES
from kg.checks.finding import finding
from kg.model.bases import DEFAULT
from kg.model.findings import WAIVED
from kg.model.governance import ANY, WAIVERS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date
    from pathlib import Path

    from kg.model.bases import Basis
    from kg.model.findings import Finding
    from kg.model.governance import Waiver
    from kg.model.graph import KnowledgeGraph

EXPIRED, UNUSED = "waiver-expired", "waiver-unused"
WAIVABLE: Final = tuple(rule for rule in RULES if rule not in (EXPIRED, UNUSED))
"""The rules whose findings can be waived: nobody excuses an excuse."""


def read_waiver_file(path: Path) -> list[Waiver]:
    """Read a register of waivers.

    Raises:
        LoadError: If it cannot be read, or a row is no waiver.

    Example:
        >>> from kg.resources import data_folder
        >>> read_waiver_file(data_folder() / "waivers.csv")
        []
    """
    from kg.registers.governance import read_waivers  # noqa: PLC0415 - only where there are any

    return read_waivers(path, str(path), WAIVABLE)


def waivers_of(graph: KnowledgeGraph) -> list[Waiver]:
    """Return the waivers that belong to a graph.

    Raises:
        LoadError: If a row of the register is no waiver.

    Example:
        >>> import kg
        >>> waivers_of(kg.load())
        []
    """
    if not graph.governance or WAIVERS not in graph.governance:
        return []
    from kg.registers.governance import read_waivers  # noqa: PLC0415 - only where there are any

    return read_waivers(*graph.governance[WAIVERS], WAIVABLE)


def excuse(
    findings: Iterable[Finding],
    waivers: Collection[Waiver],
    today: date,
    *,
    rules: Collection[str] = WAIVABLE,
    bases: frozenset[Basis] = DEFAULT,
    day: str = "",
) -> list[Finding]:
    """Mark the findings that somebody excuses, and add what is wrong with the waivers.

    A waiver holds on its last day still. It is called unused only when the run could have
    found what it excuses: its rule was run, over the usual bases and without a day.

    Args:
        findings: What the rules found.
        waivers: The waivers.
        today: The day on which they must hold.
        rules: The rules that were run.
        bases: The bases whose links counted for reach.
        day: The day for which the graph is drawn, if any.

    Example:
        >>> from datetime import date
        >>> excuse([], [], date(2027, 1, 1))
        []
    """
    if not waivers:
        return list(findings)
    holding = _by_target(waiver for waiver in waivers if waiver.expiry >= today)
    used: set[int] = set()
    usual = bases == DEFAULT and not day
    marked = []
    for found in findings:
        fitting = [waiver for waiver in _candidates(holding, found) if _fits(waiver, found)]
        used.update(map(id, fitting))
        if fitting and found.counts:
            marked.append(replace(found, status=WAIVED, excuse=fitting[0].excuse))
        else:
            marked.append(found)
    for waiver in waivers:
        if waiver.expiry < today:
            marked.append(_expired(waiver))
        elif id(waiver) not in used and waiver.rule in rules and usual:
            marked.append(_unused(waiver))
    return marked


def _by_target(waivers: Iterable[Waiver]) -> dict[tuple[str, str], list[Waiver]]:
    found: dict[tuple[str, str], list[Waiver]] = {}
    for waiver in waivers:
        found.setdefault((waiver.rule, waiver.node), []).append(waiver)
    return found


def _candidates(waivers: Mapping[tuple[str, str], list[Waiver]], found: Finding) -> list[Waiver]:
    """Return the waivers of a finding's node, those that name it first, then those of its class."""
    exact = waivers.get((found.rule, found.node), [])
    above = found.node.rpartition("/")[0]
    return [*exact, *waivers.get((found.rule, above + ANY), [])] if above else exact


def _fits(waiver: Waiver, found: Finding) -> bool:
    return waiver.about in ("", found.about)


def _named(waiver: Waiver) -> str:
    about = f" ({waiver.about})" if waiver.about else ""
    return f"the waiver of {waiver.rule}{about} by {waiver.owner}"


def _expired(waiver: Waiver) -> Finding:
    message = f"{_named(waiver)} ended on {waiver.expiry.isoformat()}: {waiver.reason}"
    return finding(EXPIRED, waiver.node, message, waiver.place, about=_about(waiver))


def _unused(waiver: Waiver) -> Finding:
    message = f"{_named(waiver)} excuses nothing that is found: {waiver.reason}"
    return finding(UNUSED, waiver.node, message, waiver.place, about=_about(waiver))


def _about(waiver: Waiver) -> str:
    return " ".join(filter(None, (waiver.rule, waiver.about)))
