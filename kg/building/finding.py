"""Finding the one claim that somebody means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from kg.errors import UnknownNodeError
from kg.model.identifiers import local_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

_ID: Final = re.compile(r"[0-9a-f]{6,24}")
_SHOWN: Final = 8
_ENDS: Final = 3


def find_claim(graph: KnowledgeGraph, name: str | Sequence[str]) -> Claim:
    """Find a claim by its id, the beginning of its id, or its two ends and the kind of link.

    Args:
        graph: The graph.
        name: The id, of which six characters are enough where no other begins so; or subject,
            predicate and object.

    Raises:
        UnknownNodeError: If no claim, or more than one, answers to it.

    Example:
        >>> import kg
        >>> find_claim(kg.load(), ["telford-2011/action/19", "fundedFrom",
        ...                        "wm-sha-non-recurring-funding"]).decision
        'open'
    """
    words = [name] if isinstance(name, str) else list(name)
    if len(words) == _ENDS:
        subject, object_ = graph.node(words[0]).id, graph.node(words[2]).id
        predicate = words[1].removeprefix("lin:")
        ends = (predicate, object_)
        found = [c for c in graph.claims_from(subject) if (c.predicate, c.object) == ends]
        # What rules conclude beside it cannot be decided, and is not meant.
        found = [c for c in found if not c.rule] or found
    elif len(words) == 1 and _ID.fullmatch(wanted := local_id(words[0]).removeprefix("claim/")):
        found = [claim for claim in graph.claims if claim.id.startswith(wanted)]
    else:
        raise UnknownNodeError(
            "unknown-claim",
            f"{' '.join(words)!r} is no name of a claim",
            hint="give at least six characters of its id (see: kg claim list NODE), "
            "or subject, predicate and object",
        )
    if len(found) == 1:
        return found[0]
    said = " ".join(words)
    if not found:
        raise UnknownNodeError(
            "unknown-claim",
            f"no claim answers to {said!r}",
            hint="list those of a thing with: kg claim list NODE",
        )
    shown = "; ".join(
        f"{c.id} ({c.subject} {c.predicate} {c.object}, {c.basis.word}, {c.decision})"
        for c in found[:_SHOWN]
    )
    raise UnknownNodeError(
        "ambiguous-claim", f"{len(found)} claims answer to {said!r}", hint=f"say which: {shown}"
    )
