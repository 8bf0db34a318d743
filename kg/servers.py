"""Opening a release that is published on a SPARQL server."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from kg.errors import InstallationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from kg.model.graph import KnowledgeGraph
    from kg.store.remote import RemoteStore


@contextlib.contextmanager
def connect(url: str, environ: Mapping[str, str] = os.environ) -> Iterator[RemoteStore]:
    """Open a SPARQL 1.1 server as a store, with credentials from the environment or netrc.

    Raises:
        SettingsError: If the address or a setting does not fit.
        InstallationError: If the HTTP library is not installed.
    """
    from kg.store.credentials import check_url, read_limits  # noqa: PLC0415 - only for servers

    check_url(url, "--store")
    try:
        from kg.store.remote import RemoteStore  # noqa: PLC0415 - needs the HTTP library
        from kg.store.transport import Transport  # noqa: PLC0415 - needs the HTTP library
    except ImportError as error:
        raise _without_http(error) from error
    with Transport(read_limits(environ), environ) as transport:
        yield RemoteStore(transport, url)


def _without_http(error: ImportError) -> InstallationError:
    return InstallationError(
        "store-library",
        f"servers are asked through a library that is not installed ({error.name})",
        hint="pip install 'policy-lineage[remote]'",
    )


def load_thread(
    url: str, node: str, *, to: str | None = None, down: bool = False
) -> tuple[KnowledgeGraph, str, str | None]:
    """Open, on a server, what the thread of one node runs through.

    Args:
        url: The address of the query service.
        node: Any name of a node.
        to: Any name of the node to be reached.
        down: Whether to walk down as well.

    Returns:
        A graph in which `trace` finds what it finds in the whole, and the ids that were meant.

    Raises:
        StoreError: If the server does not answer as it should.
        UnknownNodeError: If nothing, or more than one thing, answers to a name.
    """
    with connect(url) as store:
        from kg.store.neighbourhood import read_neighbourhood  # noqa: PLC0415 - only for servers
        from kg.store.reading import resolve  # noqa: PLC0415 - only for servers

        start = resolve(store, node)
        aim = None if to is None else resolve(store, to)
        graph = read_neighbourhood(store, start, to=aim, down=down)
        store.confirm()
        return graph, start, aim
