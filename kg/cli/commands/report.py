"""`kg report`."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kg.cli.options import as_of_option, basis_option, format_option, graph_option

if TYPE_CHECKING:
    from collections.abc import Callable

    from kg.model.bases import Basis
    from kg.model.graph import KnowledgeGraph

since_option: Callable[[Callable[..., int]], Callable[..., int]] = click.option(
    "--since",
    default=None,
    metavar="PATH",
    help="An earlier graph (as for -g), to say what changed since.",
)
plan_option: Callable[[Callable[..., int]], Callable[..., int]] = click.option(
    "--plan",
    "plans",
    multiple=True,
    metavar="PLAN",
    help="Only this plan, by id or by words of its title (repeatable).",
)


@click.group
def command() -> None:
    """Write a report for a committee, and count its figures again.

    Example: kg report assurance -o assurance
    """


@command.command
@click.option("-o", "--output", required=True, metavar="DIR", help="Folder to write.")
@click.option(
    "--date",
    default=None,
    metavar="DAY",
    help="The day that the report bears (YYYY-MM-DD). Default: today.",
)
@click.option("--title", default=None, metavar="TEXT", help="Its title.")
@click.option("--force", is_flag=True, help="Move aside what is in the way and is no pack.")
@plan_option
@since_option
@as_of_option
@basis_option
@graph_option
def assurance(
    output: str,
    date: str | None,
    title: str | None,
    plans: tuple[str, ...],
    since: str | None,
    *,
    as_of: str | None,
    path: str | None,
    bases: frozenset[Basis],
    force: bool,
) -> int:
    """Write the assurance pack: Word, Excel, HTML, and the rows of every figure.

    The same graph and the same day give the same pack, byte for byte.

    Example: kg report assurance -o assurance --date 2026-01-31 --plan telford-2011
    """
    from kg.opening import load
    from kg.reports.assurance.folder import check_office
    from kg.reports.assurance.making import write_assurance
    from kg.reports.assurance.records import Setting
    from kg.reports.assurance.scope import find_plans

    check_office()
    graph, words = load(path, as_of=as_of), ",".join(basis.word for basis in sorted(bases))
    day = _day(date)
    count, written = write_assurance(
        graph,
        Path(output),
        date=day,
        release=_release(path, graph),
        setting=Setting(
            _named(path), words, _named(since), as_of or "", day, find_plans(graph, plans)
        ),
        before=load(since, as_of=as_of) if since else None,
        title=title,
        force=force,
    )
    click.echo(f"wrote {written[0]}: {count} figures", err=True)
    for moved in written[1:]:
        click.echo(f"what was there is now {moved}", err=True)
    again = shlex.join(
        [str(written[0]), *(["-g", path] if path else []), *(["--since", since] if since else [])]
    )
    click.echo(f"count them again with: kg report verify {again}", err=True)
    return 0


@command.command
@click.argument("name", metavar="TABLE")
@plan_option
@since_option
@as_of_option
@basis_option
@graph_option
@format_option
def table(
    name: str,
    plans: tuple[str, ...],
    since: str | None,
    *,
    as_of: str | None,
    path: str | None,
    form: str | None,
    bases: frozenset[Basis],
) -> int:
    """Print a table that figures are counted in.

    coverage, orphans, stops, unserved, asked, findings, objectives, texts, links, defects,
    judgements, changes.

    Example: kg report table orphans --plan derby-2014 --format csv
    """
    from kg.cli.rendering import emit
    from kg.opening import load
    from kg.reports.assurance.asking import report_table
    from kg.reports.assurance.scope import find_plans

    before = load(since, as_of=as_of) if since else None
    graph = load(path, as_of=as_of)
    emit(report_table(graph, name, bases, before, find_plans(graph, plans)), form)
    return 0


@command.command
@click.argument("folder", metavar="DIR")
@since_option
@graph_option
@format_option
def verify(folder: str, since: str | None, path: str | None, form: str | None) -> int:
    """Count every figure of a pack again, and say which differ.

    Each figure is counted twice: from the rows that the pack holds, and from the graph. Exits
    with 1 when a figure differs or a file of the pack was altered.

    Example: kg report verify assurance
    """
    from kg.cli.rendering import emit_dicts
    from kg.opening import load
    from kg.reports.assurance.folder import damaged
    from kg.reports.assurance.making import verify_assurance
    from kg.reports.assurance.verifying import SAME, read_record

    place = Path(folder)
    day = read_record(place)[0].day or None
    wrong = damaged(place)
    checks = verify_assurance(
        load(path, as_of=day), place, before=load(since, as_of=day) if since else None
    )
    rows = [
        {
            "figure": check.id,
            "title": check.title,
            "recorded": check.recorded,
            "now": check.now,
            "result": check.state,
            "note": check.note,
        }
        for check in checks
    ]
    emit_dicts(rows, ("figure", "title", "recorded", "now", "result", "note"), form)
    for line in wrong:
        click.echo(line, err=True)
    same = sum(check.state == SAME for check in checks)
    click.echo(f"{same} of {len(checks)} figures are the same", err=True)
    return int(bool(wrong) or same != len(checks))


def _named(path: str | None) -> str:
    """Return the last part of a path: a report goes to people who do not have the folder above."""
    return Path(path).resolve().name if path else ""


def _day(date: str | None) -> str:
    import datetime as dt

    from kg.errors import SettingsError

    if date is None:
        return dt.datetime.now().astimezone().date().isoformat()
    try:
        return dt.date.fromisoformat(date).isoformat()
    except ValueError as error:
        raise SettingsError(
            "report-date", f"{date!r} is no day", hint="write it as 2026-01-31"
        ) from error


def _release(path: str | None, graph: KnowledgeGraph) -> str:
    """Say in words what the graph is, so that it can be recognised."""
    from kg.bundled import find_release
    from kg.store.files import hash_file
    from kg.store.releases import has_release

    if path is None or has_release(Path(path)):
        return f"release {find_release(path).name}"
    if Path(path).is_file():
        kind = "table" if graph.flat else "export"
        return f"the {kind} {_named(path)} (SHA-256 {hash_file(Path(path))})"
    return f"the registers in {_named(path)}"
