"""The ontology in words."""

from __future__ import annotations

import difflib

from kg.errors import UnknownTermError
from kg.terms import CODES, TERMS, Code, Term


def define(name: str) -> Term | list[Code]:
    """Return a term of the ontology, or the codes of a code list.

    Args:
        name: The local name (`serves`), its CURIE (`lin:serves`), a label or alternative
            label, the name of a code list (`basis`), or a code (`stated`, `basis#stated`).

    Raises:
        UnknownTermError: If there is none; the hint names near ones.

    Example:
        >>> define("serves").definition
        'Undertaken or sought for the sake of that intent.'
        >>> define("theme").name
        'Priority'
        >>> [code.scheme for code in define("stated")]
        ['basis']
    """
    wanted = name.removeprefix("lin:")
    if wanted in TERMS:
        return TERMS[wanted]
    folded = wanted.lower().replace("-", " ")
    for term in TERMS.values():
        if folded in (term.name.lower(), term.label.lower(), *term.alternatives):
            return term
    codes = [c for c in CODES if wanted in (c.scheme, c.code, f"{c.scheme}#{c.code}")]
    if codes:
        return codes
    near = difflib.get_close_matches(wanted, [*TERMS, *{code.scheme for code in CODES}], n=3)
    hint = f"did you mean {', '.join(near)}?" if near else "list all terms with: kg terms"
    raise UnknownTermError("unknown-term", f"the ontology has no term {name!r}", hint=hint)
