"""What a graph becomes for other libraries; told from above, so that the model imports none.

A graph has methods such as `to_networkx`, but NetworkX belongs to a row far above this one. The
package itself, which is imported before any of its modules, says here where each form is made;
it is looked up when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_MAKERS: Final[dict[str, Callable[..., Any]]] = {}


def offer(makers: Mapping[str, Callable[..., Any]]) -> None:
    """Say how forms are made.

    Args:
        makers: For each name what makes it, given the thing and what else is wanted.

    Example:
        >>> offer({"shouted": str.upper})
        >>> become("shouted", "a")
        'A'
    """
    _MAKERS.update(makers)


def become(name: str, thing: object, **wanted: object) -> Any:  # noqa: ANN401 - as the form is
    """Make one form of a thing; a name that was never offered is a bug, and a KeyError."""
    return _MAKERS[name](thing, **wanted)
