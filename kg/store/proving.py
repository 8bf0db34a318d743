"""The proof that triples arrived: how many there are, and a sum that does not mind their order.

Stores may write a value otherwise than it came (`112000.00` as `112000`), and give blank nodes
names of their own. So numbers, booleans, times and language tags are compared by value, and
blank nodes are published under names that do not change (RDF 1.1, section 3.5).
"""

from __future__ import annotations

import hashlib
from decimal import Decimal, InvalidOperation
from typing import Final

import pyoxigraph as ox

from kg.model.identifiers import HOME
from kg.store.rdf import XSD

SKOLEM: Final = HOME + ".well-known/genid/"
_ALL: Final = (1 << 256) - 1
_INTEGERS: Final = frozenset(
    XSD + name
    for name in (
        "integer",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "nonPositiveInteger",
        "negativeInteger",
        "unsignedInt",
        "unsignedLong",
        "unsignedShort",
        "unsignedByte",
    )
)
_FLOATS: Final = frozenset({XSD + "double", XSD + "float"})
_TRUTH: Final = {"1": "true", "0": "false"}


class Sum:
    """Number and sum of triples, the same in whatever order they come.

    The sum is that of the SHA-256 of each triple, modulo 2 to the 256th.

    Example:
        >>> one, two = Sum(), Sum()
        >>> s, p = ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p")
        >>> a = ox.Literal("112000.00", datatype=ox.NamedNode(XSD + "decimal"))
        >>> b = ox.Literal("112000", datatype=ox.NamedNode(XSD + "decimal"))
        >>> one.add(s, p, a); one.add(s, p, p); two.add(s, p, p); two.add(s, p, b)
        >>> one == two, one.count, len(one.hexdigest())
        (True, 2, 64)
    """

    __slots__ = ("_total", "count")

    def __init__(self) -> None:
        self.count = 0
        self._total = 0

    def add(self, *terms: object) -> None:
        """Take one triple in."""
        line = " ".join(map(canonical, terms))
        self._total += int.from_bytes(hashlib.sha256(line.encode()).digest(), "big")
        self._total &= _ALL
        self.count += 1

    def hexdigest(self) -> str:
        """Return the sum as 64 hexadecimal digits."""
        return f"{self._total:064x}"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sum):
            return NotImplemented
        return (self.count, self._total) == (other.count, other._total)

    def __hash__(self) -> int:
        """Refuse: it changes while it counts."""
        raise TypeError


def skolem(term: object) -> object:
    """Give a blank node a name that every store keeps; other terms come back unchanged.

    Example:
        >>> str(skolem(ox.BlankNode("f0n1")))
        '<https://w3id.org/policy-lineage/.well-known/genid/f0n1>'
    """
    return ox.NamedNode(SKOLEM + term.value) if isinstance(term, ox.BlankNode) else term


def canonical(term: object) -> str:
    """Write a term so that equal values are written alike.

    Example:
        >>> canonical(ox.Literal("0.50", datatype=ox.NamedNode(XSD + "decimal")))
        '"0.5"^^<http://www.w3.org/2001/XMLSchema#decimal>'
        >>> canonical(ox.Literal("a", language="en-GB"))
        '"a"@en-gb'
    """
    if not isinstance(term, ox.Literal):
        return str(term)
    if term.language:
        return str(ox.Literal(term.value, language=term.language.lower()))
    kind = term.datatype.value
    words = _canonical_words(term.value, kind)
    return str(ox.Literal(words, datatype=term.datatype)) if words != term.value else str(term)


def _canonical_words(words: str, kind: str) -> str:
    try:
        if kind == XSD + "decimal":
            return f"{Decimal(words).normalize():f}"
        if kind in _INTEGERS:
            return str(int(words))
        if kind in _FLOATS:
            return repr(float(words))
    except (InvalidOperation, ValueError):
        return words
    if kind == XSD + "boolean":
        return _TRUTH.get(words, words)
    if kind == XSD + "dateTime":
        whole = words.removesuffix("Z").removesuffix("+00:00")
        zone = "Z" if whole != words else ""
        if "." in whole and (zone or whole.rpartition(".")[2].isdigit()):
            whole = whole.rstrip("0").rstrip(".")
        return whole + zone
    return words
