"""The command line: the one place that turns outcomes into exit codes.

0 done · 1 findings · 2 could not · 3 a bug of ours · 130 interrupted · 141 reader gone.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import Any, Final

import click

from kg.errors import KgError

DONE, FINDINGS, COULD_NOT, BUG, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 3, 130, 141
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
COMMANDS: Final = {
    "build": "Build a verified release from registers and documents.",
    "releases": "List the releases that are kept, or verify every byte of them.",
    "trace": "Follow a node up to the national objectives it serves, or down.",
    "why": "Explain why a node serves what it serves, by proven chains.",
    "why-not": "Explain why it does not, and what would be needed.",
    "show": "Show one node: its words, links, dates, money and gaps.",
    "search": "Find nodes by words.",
    "matrix": "List which actions reach which objectives, and on what basis.",
    "impact": "List what leads up to a node, and what would be left without it.",
    "analyse": "Analyse the whole graph: coverage, leads, bridges, likeness, sensitivity.",
    "diff": "Say what differs between two plans or releases, and what followed.",
    "audit": "Look for orphans, gaps and faulty links.",
    "claim": "List links with their decisions; accept, reject or add one.",
    "review": "List links whose words have changed, or write down that one was read again.",
    "report": "Write the assurance pack, or count its figures again.",
    "query": "Ask a stored question, a file, or standard input (-).",
    "queries": "List the stored questions, or print one.",
    "stats": "Count what each instrument sets out.",
    "validate": "Check a graph against the SHACL shapes.",
    "terms": "Explain the ontology's terms and code lists.",
    "export": "Write the graph for other tools.",
    "publish": "Load a release into a SPARQL server, and prove that it arrived.",
}


class ReaderGoneError(Exception):
    """Whoever read standard output has closed it."""


class LazyGroup(click.Group):
    """A group that imports a command only when it runs, so that help stays light."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the commands in the order in which people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kg.cli.commands.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - whatever a command returns
        """Run a command; a closed pipe gets a name of its own, or click calls it success."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGoneError from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "KG"},
)
@click.version_option(package_name="policy-lineage", prog_name="kg")
def cli() -> None:
    """Trace a golden thread from national strategy to local action, word by word.

    Example: kg trace telford-2011/action/4
    """


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Example:
        >>> main(["terms", "serves", "--format", "json"])  # doctest: +ELLIPSIS
        [
        ...
        0
    """
    try:
        outcome = cli.main(args=arguments, prog_name="kg", standalone_mode=False)
    except click.exceptions.Abort:
        return INTERRUPTED
    except click.ClickException as error:
        error.show(sys.stderr)
        return COULD_NOT
    except KgError as error:
        click.echo(str(error), err=True)
        return COULD_NOT
    except ReaderGoneError:
        # The reader has gone: say nothing more, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("KG_DEBUG"):
            raise
        return _unforeseen(error)
    return outcome if isinstance(outcome, int) else DONE


def _unforeseen(error: Exception) -> int:
    """Say that it was a bug of ours, unless the disk behind standard output is full."""
    if isinstance(error, OSError) and error.errno in _FULL:
        # What is left in the buffer cannot be written either, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        click.echo(
            f"error[output]: the answer cannot be written: {error.strerror}\n"
            "  hint: free space, or write it elsewhere",
            err=True,
        )
        return COULD_NOT
    click.echo(
        f"kg: a bug of ours: {type(error).__name__}: {error}\n"
        "  hint: run again with KG_DEBUG=1 and report what it prints",
        err=True,
    )
    return BUG


def run() -> None:
    """Run as a program."""
    sys.exit(main())
