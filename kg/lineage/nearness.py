"""Likeness of words, which shows where a reader might look and never is a link."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kg.model.graph import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.model.records import Node

_NO_WORDS: Final = """
a about across after all also an and any are as at be been but by can could do does each for
from had has have how if in into is it its may more most must no not of on one or other our out
over own same shall should so some such than that the their them then there these they this
those through to under up was we were what when where which while who will with within would
you your etc itself ourselves themselves yourself
"""
STOP_WORDS: Final = frozenset(_NO_WORDS.split())
LEAST: Final = 0.1
"""Likeness from which a node is worth showing; below, one common word is all that is shared."""
_SHORTEST: Final = 3
"""Letters of a word that says something; shorter ones are mostly rests of damaged text."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A node whose words resemble those of another, how much (0 to 1), and which they share."""

    node: Node
    likeness: float
    shared: tuple[str, ...]


def words_of(node: Node) -> list[str]:
    """Return the words of a node that say something, folded, plural endings taken off.

    Example:
        >>> from kg.model.records import Node
        >>> words_of(Node("a", "Action", "", text="Tackle the stigmas of All people"))
        ['tackle', 'stigma', 'people']
    """
    text = node.text or node.label
    return [
        _stem(word)
        for word in fold(text.replace("'", "").replace("’", "")).split()
        if word not in STOP_WORDS and len(word) >= _SHORTEST and not word.isdigit()
    ]


def _stem(word: str) -> str:
    """Take a plural ending off."""
    if word.endswith("ies") and len(word) > len("skies"):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > _SHORTEST:
        return word[:-1]
    return word


def most_alike(node: Node, others: Iterable[Node], limit: int = 5) -> list[Alike]:
    """Rank nodes by the words that they share with one: cosine of tf-idf weights.

    Words that stand in few of the nodes weigh more. What is hardly alike (`LEAST`) is left out.

    Args:
        node: The node to compare with.
        others: The nodes to rank.
        limit: How many to return.

    Returns:
        The most alike first; those that are equally alike by id.

    Example:
        >>> from kg.model.records import Node
        >>> asked = Node("a", "Action", "", text="Reduce stigma")
        >>> aims = [Node("b", "Aim", "", text="Less stigma"), Node("c", "Aim", "", text="Homes")]
        >>> [(found.node.id, found.shared) for found in most_alike(asked, aims)]
        [('b', ('stigma',))]
    """
    own = Counter(words_of(node))
    counted = [(other, Counter(words_of(other))) for other in others]
    seen = Counter(word for _, words in counted for word in words)
    seen.update(own.keys())
    total = len(counted) + 1
    weight = {word: math.log((1 + total) / (1 + count)) + 1 for word, count in seen.items()}

    def length(words: Counter[str]) -> float:
        return math.sqrt(sum((count * weight[word]) ** 2 for word, count in sorted(words.items())))

    found = []
    for other, words in counted:
        shared = sorted(own.keys() & words.keys(), key=lambda word: (-weight[word], word))
        if shared:
            product = sum(own[word] * words[word] * weight[word] ** 2 for word in shared)
            likeness = round(product / (length(own) * length(words)), 3)
            if likeness >= LEAST:
                found.append(Alike(other, likeness, tuple(shared)))
    return sorted(found, key=lambda one: (-one.likeness, one.node.id))[:limit]
