"""What is wrong with the text of a query, in plain words."""

from __future__ import annotations

import re
from typing import Final

from kg.model.identifiers import ID, NAMESPACE

POSITION: Final = re.compile(r"(?:line (\d+)(?: column (\d+))?|at (\d+):(\d+))")
_FORM: Final = re.compile(r"\b(?:SELECT|ASK|CONSTRUCT|DESCRIBE)\b", re.IGNORECASE)
_PREFIX: Final = re.compile(r"(?<![\w<:])([A-Za-z][\w.-]*|):[\w./-]*\Z")
_WORD: Final = re.compile(r"\S{1,30}")
_KNOWN: Final = {
    "lin": NAMESPACE,
    "id": ID,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_GRAMMAR: Final = "the grammar: https://www.w3.org/TR/sparql11-query/"
_SHOWN: Final = 5
_LOOKED_AT: Final = 200
"""Characters before an error in which the prefix must stand."""
_CLOSING: Final = ("'}'", "')'")


def explain_syntax(message: str, text: str) -> tuple[str, str, int, int]:
    """Say what is wrong with a query, from what the engine says of it.

    Args:
        message: The engine's message.
        text: The query.

    Returns:
        A sentence, a hint, and line and column (0 where the engine does not say).

    Example:
        >>> explain_syntax("error at 1:16: expected one of Prefix not found, [':']",
        ...                "ASK { ?s lin:is ?o }")[0]
        "the prefix 'lin:' is not declared"
        >>> explain_syntax('error at 1:10: expected one of "}", "."', "ASK { ?s  ")[0]
        "the query ends too early: expected '}' or '.'"
    """
    found = POSITION.search(message)
    line = int(found[1] or found[3] or 0) if found else 0
    column = int(found[2] or found[4] or 0) if found else 0
    if not _FORM.search(text):
        said = "it is no SPARQL query: it has no SELECT, ASK, CONSTRUCT or DESCRIBE"
        return said, "the stored questions are examples: kg queries NAME", line, column
    lines = text.splitlines()
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    before, after = here[: max(0, column - 1)], here[max(0, column - 1) :]
    if "Prefix not found" in message:
        name = _PREFIX.search(before[-_LOOKED_AT:].rstrip())
        if name:
            iri = _KNOWN.get(name[1], "…")
            hint = f"write this before the query: PREFIX {name[1]}: <{iri}>"
            return f"the prefix '{name[1]}:' is not declared", hint, line, column
    expected = _expected(message)
    wanted = f": expected {expected}" if expected else ""
    if not line:
        return " ".join(message.split()), _GRAMMAR, line, column
    rest = "\n".join([after, *lines[line:]])
    word = _WORD.search(rest)
    if word is None:
        return f"the query ends too early{wanted}", _GRAMMAR, line, column
    return f"{word[0]!r} cannot stand here{wanted}", _GRAMMAR, line, column


def _expected(message: str) -> str:
    """List what the engine expected, without its classes of characters."""
    _, _, text = message.partition("expected")
    items = re.findall(r'"[^"]+"|\[[^\]]*\]|[A-Z]{2,}(?: [A-Z]{2,})*', text)
    plain = list(dict.fromkeys(i.replace('"', "'") for i in items if not i.startswith("[")))
    plain.sort(key=lambda item: item not in _CLOSING)
    if len(plain) > _SHOWN:
        plain = [*plain[:_SHOWN], "something else"]
    return " or ".join(filter(None, (", ".join(plain[:-1]), *plain[-1:])))
