"""How we know a link: the five bases, their order, and the choice of those to admit."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Final

from kg.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Basis(enum.IntEnum):
    """The basis of a claim, strongest first.

    Example:
        >>> Basis.STATED < Basis.INTERPRETED
        True
        >>> Basis.STATED.word
        'stated'
    """

    STATED = 0
    INHERITED = 1
    INFERRED = 2
    INTERPRETED = 3
    SUGGESTED = 4

    @property
    def word(self) -> str:
        """The word that registers, commands and code list use."""
        return self.name.lower()


WORDS: Final = {basis.word: basis for basis in Basis}
DEFAULT: Final = frozenset({Basis.STATED, Basis.INHERITED, Basis.INFERRED})
"""What an officer sees unless something else is asked for: no judgement of a reader."""


def parse_bases(text: str) -> frozenset[Basis]:
    """Read a comma-separated choice of bases; `all` means all but `suggested`.

    Suggested links are candidates of a model and never count as lineage; they cannot be
    chosen.

    Raises:
        SettingsError: If a word is not a basis that can be chosen.

    Example:
        >>> sorted(basis.word for basis in parse_bases("stated, inherited"))
        ['inherited', 'stated']
    """
    words = [word.strip().lower() for word in text.split(",") if word.strip()]
    if words == ["all"]:
        return frozenset(WORDS.values()) - {Basis.SUGGESTED}
    known = [word for word in WORDS if word != "suggested"]
    for word in words:
        if word not in known:
            raise SettingsError(
                "unknown-basis",
                f"{word!r} is not a basis that can be chosen",
                hint=f"choose from {', '.join(known)}, separated by commas, or all",
            )
    if not words:
        raise SettingsError("unknown-basis", "no basis is chosen", hint=f"{', '.join(known)}")
    return frozenset(WORDS[word] for word in words)


def weakest(bases: Iterable[Basis]) -> Basis:
    """Return the weakest of several bases: the label of a path.

    Example:
        >>> weakest([Basis.STATED, Basis.INFERRED]).word
        'inferred'
    """
    return max(bases, default=Basis.STATED)


def admits(allowed: frozenset[Basis], basis: Basis, support: frozenset[Basis]) -> bool:
    """Tell whether a claim counts when only some bases are allowed.

    An inferred claim counts when inference is allowed *and* everything that it rests on is.

    Args:
        allowed: The bases that were chosen.
        basis: The claim's own basis.
        support: The bases of the asserted claims below an inferred one (empty otherwise).

    Example:
        >>> admits(DEFAULT, Basis.INFERRED, frozenset({Basis.STATED}))
        True
        >>> admits(DEFAULT, Basis.INFERRED, frozenset({Basis.INTERPRETED}))
        False
    """
    return basis in allowed and support <= allowed


def choice_of(bases: frozenset[Basis] | str) -> frozenset[Basis]:
    """Return a choice of bases that may be written as words.

    Raises:
        SettingsError: If a word is not a basis that can be chosen.

    Example:
        >>> choice_of("stated") == choice_of(frozenset({Basis.STATED}))
        True
    """
    return parse_bases(bases) if isinstance(bases, str) else bases
