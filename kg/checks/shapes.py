"""SHACL: the shapes of the ontology over a graph's triples, with findings that lead to the row."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

import pyoxigraph as ox

from kg.checks.shape_engines import choose_engine
from kg.checks.shape_messages import about, describe, explain
from kg.model.findings import Finding
from kg.model.identifiers import term_iri
from kg.resources import ontology_folder
from kg.store.parsing import parse_turtle
from kg.store.rdf import OA
from kg.store.rebuilding import Description

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from kg.checks.shape_engines import Violation

RULE: Final = "shape"
"""The rule of every finding that comes from a shape; `kind` says which constraint."""
_HOLDING: Final = frozenset({term_iri("evidence"), term_iri("hasDecision"), OA + "hasSelector"})
"""How a passage is held by what quotes it, a selector by its passage, a decision by its link."""
_PREMISE: Final = term_iri("premise")
_STEPS: Final = 8
"""How often one asks on: a selector is held by a passage, and that by what quotes it; what a rule
infers rests on premises, which rules may have inferred too."""


def shape_files() -> list[Path]:
    """Return the files of shapes.

    Example:
        >>> [path.stem for path in shape_files()]
        ['claims', 'elements', 'evidence', 'instruments']
    """
    return sorted((ontology_folder() / "shapes").glob("*.ttl"))


def validate(lines: Iterable[str], *, engine: str = "auto") -> list[Finding]:
    """Check N-Quads lines against the shapes and return one finding a violation.

    Args:
        lines: The N-Quads; a line that says which register row a thing comes from lets the
            findings name it.
        engine: What checks them: `pyshacl`, `shacl`, or `auto` for the faster that is installed.

    Returns:
        Findings, worst first, then by row.

    Raises:
        InstallationError: If the engine is not installed.
        SettingsError: If there is no engine of that name.

    Example:
        >>> validate([])
        []
    """
    checker = choose_engine(engine)
    shapes = []
    for path in shape_files():
        parse_turtle(path)  # strictly first: engines forgive what others do not
        shapes.append(path.read_text(encoding="utf-8"))
    content = "\n".join(lines).encode()
    triples = ox.serialize((quad.triple for quad in _quads(content)), format=ox.RdfFormat.N_TRIPLES)
    violations = checker.check(str(triples or b"", "utf-8"), shapes)
    return _findings(violations, content) if violations else []


def _quads(content: bytes) -> Iterator[ox.Quad]:
    return ox.parse(content, format=ox.RdfFormat.N_QUADS, rename_blank_nodes=False)


def _findings(violations: Iterable[Violation], content: bytes) -> list[Finding]:
    said, holders = _surroundings({violation.focus for violation in violations}, content)
    found = []
    for violation in violations:
        thing = describe(violation.focus, said, holders)
        message, fix = explain(violation, said, thing)
        found.append(
            Finding(
                RULE,
                violation.severity,
                thing.node,
                message,
                fix,
                thing.place.path,
                thing.place.line,
                violation.component,
                about(violation, thing),
            )
        )
    return sorted(found, key=lambda f: (-f.severity, f.file, f.line, f.id))


def _surroundings(foci: set[str], content: bytes) -> tuple[Description, dict[str, list[str]]]:
    """Return what is said of some things, of what they rest on and of what holds them.

    Only this is kept: a graph may be large, and faults few.

    Returns:
        What is said, and by IRI what holds a thing.
    """
    kept: list[tuple[str, str, str]] = []
    holders: defaultdict[str, dict[str, None]] = defaultdict(dict)
    known: set[str] = set()
    wanted = foci
    for _ in range(_STEPS):
        held: set[str] = set()
        for quad in _quads(content):
            subject, predicate, value = map(_plain, (quad.subject, quad.predicate, quad.object))
            if subject in wanted:
                kept.append((subject, predicate, value))
                if predicate == _PREMISE:
                    held.add(value)
            if value in wanted and predicate in _HOLDING:
                holders[value][subject] = None
                held.add(subject)
        known |= wanted
        wanted = held - known
        if not wanted:
            break
    return Description(kept), {name: list(found) for name, found in holders.items()}


def _plain(term: object) -> str:
    """Write a term plainly, as engines do."""
    if isinstance(term, ox.BlankNode):
        return f"_:{term.value}"
    if isinstance(term, ox.NamedNode | ox.Literal):
        return term.value
    return str(term)
