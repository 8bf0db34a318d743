"""Identifiers: the local ids that people type and the IRIs that the graph uses."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

HOME: Final = "https://w3id.org/policy-lineage/"
"""Where all IRIs of the project begin; not yet registered, so they do not resolve."""
NAMESPACE: Final = HOME + "ns#"
ID: Final = HOME + "id/"
VOCABULARY: Final = HOME + "vocab/"
GRAPH: Final = HOME + "graph/"
RULE: Final = HOME + "rule/"

ELEMENT_PATTERN: Final = re.compile(r"^[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*$")
_SAFE: Final = "/-._~"
_PLAIN: Final = re.compile(r"[A-Za-z0-9/\-._~]*").fullmatch
"""Whether a name needs no quoting, which is told faster than quoting it."""
_PREFIXES: Final = {"lin:": NAMESPACE, "id:": ID}


def node_iri(node: str) -> str:
    """Return the IRI of a node's local id.

    Example:
        >>> node_iri("telford-2011/action/4")
        'https://w3id.org/policy-lineage/id/telford-2011/action/4'
        >>> node_iri("row 7")
        'https://w3id.org/policy-lineage/id/row%207'
    """
    return ID + (node if _PLAIN(node) else quote(node, safe=_SAFE))


def local_id(name: str) -> str:
    """Return the local id in an IRI or CURIE; other names come back unchanged.

    Example:
        >>> local_id("https://w3id.org/policy-lineage/id/row%207")
        'row 7'
        >>> local_id("id:telford-2011/action/4")
        'telford-2011/action/4'
        >>> local_id("telford-2011/action/4")
        'telford-2011/action/4'
    """
    name = name.strip().removeprefix("<").removesuffix(">")
    if name.startswith(ID):
        return unquote(name[len(ID) :])
    if name.startswith("id:"):
        return unquote(name[3:].replace("\\/", "/"))
    return name


def expand(curie: str) -> str:
    """Return the IRI of a CURIE of ours (`lin:`, `id:`); other names come back unchanged.

    Example:
        >>> expand("lin:serves")
        'https://w3id.org/policy-lineage/ns#serves'
    """
    for prefix, iri in _PREFIXES.items():
        if curie.startswith(prefix):
            return iri + curie[len(prefix) :]
    return curie


def term_iri(name: str) -> str:
    """Return the IRI of an ontology term's local name.

    Example:
        >>> term_iri("serves")
        'https://w3id.org/policy-lineage/ns#serves'
    """
    return NAMESPACE + name


def code_iri(scheme: str, code: str) -> str:
    """Return the IRI of a code of one of the code lists.

    Example:
        >>> code_iri("basis", "stated")
        'https://w3id.org/policy-lineage/vocab/basis#stated'
    """
    return f"{VOCABULARY}{scheme}#{code}"


def digest(parts: Iterable[str]) -> str:
    """Return a short, stable name for a list of texts (96 bits of SHA-256, hexadecimal).

    The parts are joined by a character that cannot stand in them, so that no two lists
    collide by being cut differently.

    Example:
        >>> digest(["a", "b"]) == digest(["ab"])
        False
        >>> len(digest(["a"]))
        24
    """
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:24]
