"""`kg query`."""

from __future__ import annotations

import codecs
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from kg.cli.options import as_of_option, format_option, graph_option, store_option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from kg.errors import QueryError
    from kg.sparql.guard import Limits

_IN_MEMORY: Final = 8 << 20
_PIECE: Final = 1 << 16
_MIB: Final = 1 << 20
_CUT: Final = frozenset({"query-rows", "query-bytes"})
"""What leaves a document that is closed, and can be shown in any form."""
_STOPPED: Final = _CUT | {"query-time"}
"""What leaves rows that can be shown one by one."""


class Source(NamedTuple):
    """The graph that is asked: where it is, and on which day."""

    path: str | None
    store: str | None
    as_of: str | None


def limit_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the limits that a query has."""
    number = click.IntRange(min=1)
    for name, kind, unit, text in (
        ("--max-memory", number, "MIB", "Memory it may take, the graph included: 4096"),
        ("--max-bytes", number, "N", "Bytes of its answer: 536870912"),
        ("--max-rows", number, "N", "Rows of its answer: 1000000"),
        ("--timeout", click.FloatRange(min=0, min_open=True), "SECONDS", "Time to answer: 60"),
    ):
        function = click.option(
            name, type=kind, metavar=unit, help=f"{text} by default.", show_envvar=True
        )(function)
    return function


@click.command
@click.argument("name")
@click.option(
    "--lint",
    "linting",
    is_flag=True,
    help="Look for traps in its text instead of asking it; exit with 1 if there are any.",
)
@click.option(
    "-p",
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of a stored question (repeatable).",
)
@store_option
@as_of_option
@graph_option
@format_option
@limit_options
@click.option(
    "--allow-partial",
    is_flag=True,
    help="Print what was read before a limit was met; the exit code is still 2.",
)
def command(
    name: str,
    params: tuple[str, ...],
    path: str | None,
    store: str | None,
    form: str | None,
    *,
    as_of: str | None,
    allow_partial: bool,
    linting: bool,
    **given: float | None,
) -> int:
    """Ask a stored question, a file of SPARQL, or standard input (-).

    With --format json a file or standard input gives SPARQL 1.1 JSON results.

    SPARQL from a file or standard input runs in a process of its own, within limits of time,
    rows, bytes and memory; a stored question does so when a limit is given.

    Example: kg query objectives-of-action -p action=telford-2011/action/4
    """
    if linting:
        return _lint(name, form)
    from kg.cli.rendering import emit
    from kg.opening import query

    parameters = _parameters(params)
    limited = allow_partial or any(given.values())
    own = name == "-" or name.endswith(".rq")
    source = Source(path, store, as_of)
    if store and limited and as_of is None:
        raise _limits_of_server()
    if store and own and as_of is None:
        _ask_server(name, parameters, store, form)
    elif own:
        _ask_own(name, parameters, source, form, _limits(given), partial=allow_partial)
    elif limited:
        _ask_stored(name, parameters, source, form, _limits(given), partial=allow_partial)
    else:
        emit(query(name, parameters, path, store=store, as_of=as_of), form)
    return 0


def _lint(name: str, form: str | None) -> int:
    from kg.cli.rendering import emit_dicts, plural
    from kg.sparql.catalogue import stored_query
    from kg.sparql.execution import shown_name
    from kg.sparql.linting import lint

    if name == "-" or name.endswith(".rq"):
        shown, text, bound = _shown(name), _read(name), set[str]()
    else:
        stored = stored_query(name)
        shown, text, bound = shown_name(stored), stored.text, set(stored.params)
    rows = [
        {
            "place": f"{shown}:{found.line}:{found.column}",
            "rule": found.rule.id,
            "words": found.words,
            "finding": found.rule.sentence,
            "why": found.rule.why,
            "fix": found.rule.fix,
        }
        for found in lint(text, shown=shown, bound=bound)
    ]
    if rows or form:
        emit_dicts(rows, ("place", "rule", "words", "finding", "why", "fix"), form)
    said = plural(len(rows), "trap") if rows else "no traps"
    click.echo(f"{shown}: {said}", err=True)
    return int(bool(rows))


def _limits_of_server() -> Exception:
    from kg.errors import SettingsError

    return SettingsError(
        "query-limits",
        "limits of time, rows and memory are the server's own",
        hint="leave them out with --store, or set them on the server",
    )


def _ask_server(name: str, parameters: dict[str, str], store: str, form: str | None) -> None:
    from kg.cli.rendering import emit
    from kg.servers import connect
    from kg.sparql.execution import ask, ask_json

    text = _own_text(name, parameters)
    with connect(store) as triples:
        if form == "json":
            click.echo(ask_json(triples, text, shown=_shown(name)), nl=False)
        else:
            emit(ask(triples, text, shown=_shown(name)), form)


def _shown(name: str) -> str:
    return "standard input" if name == "-" else name


def _own_text(name: str, parameters: dict[str, str]) -> str:
    from kg.errors import ParameterError

    if parameters:
        raise ParameterError(
            "parameter",
            "only a stored question takes parameters",
            hint="write the value into the query, with VALUES or BIND",
        )
    return _read(name)


def _parameters(params: tuple[str, ...]) -> dict[str, str]:
    from kg.errors import SettingsError

    given = dict(part.split("=", 1) for part in params if "=" in part)
    if len(given) != len(params):
        raise SettingsError(
            "parameter",
            "a parameter is not written NAME=VALUE, or stands twice",
            hint="write -p action=telford-2011/action/4",
        )
    return given


def _limits(given: dict[str, Any]) -> Limits:
    from kg.sparql.guard import Limits

    usual = Limits()
    memory = given["max_memory"]
    return Limits(
        seconds=given["timeout"] or usual.seconds,
        rows=given["max_rows"] or usual.rows,
        bytes=given["max_bytes"] or usual.bytes,
        memory=memory * _MIB if memory else usual.memory,
    )


def _ask_own(
    name: str,
    parameters: dict[str, str],
    source: Source,
    form: str | None,
    limits: Limits,
    *,
    partial: bool,
) -> None:
    from kg.cli.rendering import choose, render_rows
    from kg.opening import open_guard

    text, shown = _own_text(name, parameters), _shown(name)
    failures: list[QueryError] = []
    with open_guard(source.path, limits, as_of=source.as_of, store=source.store) as guard:
        if form == "json":
            with guard.ask(text, form="json", shown=shown) as answer:
                pieces = _part(answer, failures, _CUT if partial else frozenset())
                _deliver(codecs.iterdecode(pieces, "utf-8"), failures)
        else:
            with guard.ask(text, shown=shown) as answer:
                rows = _part(answer.rows(), failures, _STOPPED if partial else frozenset())
                _deliver(render_rows(answer.columns, rows, choose(form)), failures)


def _ask_stored(
    name: str,
    parameters: dict[str, str],
    source: Source,
    form: str | None,
    limits: Limits,
    *,
    partial: bool,
) -> None:
    from kg.cli.rendering import choose, render_rows
    from kg.opening import load, open_guard
    from kg.sparql.execution import bind, hide_parameters, shown_name

    stored, bound = bind(load(source.path, store=source.store), name, parameters)
    failures: list[QueryError] = []
    with (
        open_guard(source.path, limits, as_of=source.as_of, store=source.store) as guard,
        guard.ask(stored.text, shown=shown_name(stored), bound=bound) as answer,
    ):
        rows = _part(answer.rows(), failures, _STOPPED if partial else frozenset())
        columns, shortened = hide_parameters(stored, answer.columns, rows)
        _deliver(render_rows(columns, shortened, choose(form)), failures)


def _read(name: str) -> str:
    from kg.errors import LoadError

    try:
        stdin = name == "-"
        data = sys.stdin.buffer.read() if stdin else Path(name).read_bytes()
        return str(data, "utf-8-sig")
    except (OSError, ValueError) as error:
        raise LoadError(
            "load-file",
            f"cannot read {name}: {getattr(error, 'strerror', None) or error}",
            hint="check the path",
        ) from error


def _part(
    items: Iterable[Any], failures: list[QueryError], allowed: frozenset[str]
) -> Iterator[Any]:
    """Pass items on; a limit that may cut them short is set aside until they are shown."""
    from kg.errors import QueryError

    try:
        yield from items
    except QueryError as error:
        if error.code not in allowed:
            raise
        failures.append(error)


def _deliver(pieces: Iterable[str], failures: list[QueryError]) -> None:
    """Print an answer once it has ended well: half of one would look like a whole one."""
    from kg.errors import KgError

    with tempfile.SpooledTemporaryFile(_IN_MEMORY, "w+", encoding="utf-8", newline="") as held:
        try:
            held.writelines(pieces)
            held.seek(0)
        except OSError as error:
            raise KgError(
                "query-spool",
                f"the answer cannot be kept in {tempfile.gettempdir()}: {error.strerror or error}",
                hint="free space there, or set TMPDIR",
            ) from error
        while piece := held.read(_PIECE):
            click.echo(piece, nl=False)
    for failure in failures:
        raise failure
