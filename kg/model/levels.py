"""Levels: which kind of element stands above which."""

from __future__ import annotations

from typing import Final

RANKS: Final = {
    "Vision": 0,
    "Aim": 0,
    "Objective": 0,
    "Priority": 1,
    "Principle": 1,
    "Outcome": 2,
    "DesiredState": 2,
    "Workstream": 3,
    "Commitment": 3,
    "Action": 4,
    "Activity": 5,
}
"""Rank by class, top first. Classes of one rank may serve each other."""
ACTION_RANK: Final = RANKS["Action"]
BELOW: Final = 6
"""Rank of what is neither sought nor done: milestones, measures, updates, context."""

DELIVERY: Final = ("Workstream", "Commitment", "Action", "Activity")
INTENT: Final = ("Vision", "Aim", "Priority", "Objective", "Outcome", "Principle", "DesiredState")
CONTEXT: Final = ("Driver", "Message", "Issue", "Initiative", "BaselineState")
OTHER: Final = ("Milestone", "Measure", "StatusReport")
ELEMENTS: Final = (*INTENT, *DELIVERY, *CONTEXT, *OTHER)
"""The classes of elements, most specific ones only."""

_ALTERNATIVES: Final = {
    "theme": "Priority",
    "strategic priority": "Priority",
    "national objective": "Objective",
    "outcome set": "Outcome",
    "commissioning intention": "Commitment",
    "intention": "Commitment",
    "strategic shift": "Commitment",
    "shift": "Commitment",
    "step": "Activity",
    "desired state": "DesiredState",
    "baseline": "BaselineState",
    "baseline state": "BaselineState",
    "current initiative": "Initiative",
    "metric": "Measure",
    "indicator": "Measure",
    "progress update": "StatusReport",
    "status report": "StatusReport",
}


def rank(cls: str) -> int:
    """Return the rank of a class: 0 is the top, `BELOW` is off the ladder.

    Example:
        >>> rank("Objective") < rank("Action")
        True
    """
    return RANKS.get(cls, BELOW)


def _fold(word: str) -> str:
    return " ".join(word.replace("_", " ").replace("-", " ").lower().split())


_BY_WORD: Final = {
    **{_fold(cls): cls for cls in ELEMENTS},
    **_ALTERNATIVES,
}


def class_of(word: str) -> str | None:
    """Return the class that a level's word means, or None.

    Class names and their alternative labels are understood, in any case, singular or
    plural.

    Example:
        >>> class_of("Action"), class_of("strategic shifts"), class_of("theme")
        ('Action', 'Commitment', 'Priority')
        >>> class_of("spaceship") is None
        True
    """
    key = _fold(word)
    for candidate in (key, key.removesuffix("s"), key.removesuffix("ies") + "y"):
        if candidate in _BY_WORD:
            return _BY_WORD[candidate]
    compact = key.replace(" ", "")
    return next((cls for cls in ELEMENTS if cls.lower() == compact), None)


def level_words() -> list[str]:
    """List the class names that a level may be, top first.

    Example:
        >>> level_words()[:3]
        ['Vision', 'Aim', 'Objective']
    """
    return [*RANKS, *OTHER, *CONTEXT]
