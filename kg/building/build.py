"""`kg build`: from registers to one verified, immutable release."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from kg.building.rules import infer
from kg.checks.links import bound_problems
from kg.errors import BuildError, KgError, Place
from kg.model.bases import Basis
from kg.model.graph import KnowledgeGraph
from kg.model.identifiers import digest
from kg.model.records import Problem
from kg.registers.reading import read_registers
from kg.resources import VERSION, ontology_folder
from kg.store.dataset import vocabulary_quads
from kg.store.index import dump_index
from kg.store.quads import write_quads, write_structure
from kg.store.releases import INDEX, QUADS, Release, hash_file, write_release

if TYPE_CHECKING:
    from pathlib import Path

    from kg.registers.rows import Reading

INPUTS: Final = frozenset({".csv", ".txt", ".json", ".ttl", ".rq"})
"""Endings of the files that a release is made from."""


def read_graph(data: Path) -> KnowledgeGraph:
    """Read registers, verify every quotation, run the rules, and check jurisdiction and time.

    Raises:
        BuildError: With every error of the run, if there is one.
        LoadError: If a register cannot be read at all.

    Example:
        >>> from kg.resources import data_folder
        >>> len(list(read_graph(data_folder()).elements(["Objective"])))
        6
    """
    reading = read_registers(data)
    errors = list(reading.errors)
    # Rules run only on what may stand: a conclusion from a faulty link would be noise.
    graph = _asserted(reading) if errors else _with_inferences(_asserted(reading))
    errors += [
        KgError(
            problem.rule,
            problem.message,
            place=problem.place,
            hint="reject the link, or correct jurisdiction or date",
        )
        for problem in bound_problems(graph)
    ]
    if errors:
        raise BuildError(errors)
    return graph


def _asserted(reading: Reading) -> KnowledgeGraph:
    """Return what readers assert, as a graph."""
    return KnowledgeGraph(
        dict(reading.nodes),
        tuple(reading.claims.values()),
        tuple(reading.facts),
        dict(reading.documents),
    )


def _with_inferences(asserted: KnowledgeGraph) -> KnowledgeGraph:
    """Return a graph with what the rules yield from it."""
    newest = max((document.read_on for document in asserted.documents.values()), default="")
    inferred = infer(asserted.claims, write_structure(asserted), newest)
    return replace(asserted, claims=(*asserted.claims, *inferred))


_RULES: Final = {
    "quotation-not-found": "quotation-not-found",
    "quotation-ambiguous": "quotation-not-found",
    "document-changed": "quotation-not-found",
    "duplicate-id": "duplicate-id",
    "duplicate-link": "duplicate-link",
    "unknown-id": "dangling-link",
}
"""The audit rule that an error of reading belongs to; all others are rows that cannot be read."""


def survey(data: Path) -> KnowledgeGraph:
    """Read registers as far as they can be read; what is wrong becomes problems for `audit`.

    Raises:
        LoadError: If a register cannot be read at all.

    Example:
        >>> from kg.resources import data_folder
        >>> survey(data_folder()).problems
        ()
    """
    reading = read_registers(data)
    problems = tuple(
        Problem(
            _RULES.get(error.code, "unreadable-row"),
            str(error.place),
            error.message,
            error.place or Place(str(data)),
        )
        for error in reading.errors
    )
    return replace(_with_inferences(_asserted(reading)), problems=problems)


def build(data: Path, home: Path, *, shapes: bool = True) -> Release:
    """Build a release from a data folder and make it the one in use.

    The same input gives the same bytes. When anything fails, nothing is written and the
    release in use stays as it was.

    Args:
        data: The data folder.
        home: The folder of releases.
        shapes: Whether to check the SHACL shapes too, which takes most of the time.

    Raises:
        BuildError: With every error of the run.
        KgError: If the release cannot be written.
    """
    graph = read_graph(data)
    quads = sorted({*write_quads(graph), *vocabulary_quads()})
    if shapes:
        from kg.checks.shapes import validate  # noqa: PLC0415 - heavy, and only needed here

        violations = validate(quads)
        if violations:
            raise BuildError(
                KgError("shape", f"{found.node}: {found.message}", hint=found.fix)
                for found in violations
            )
    inputs = {
        f"{name}/{path.relative_to(root).as_posix()}": hash_file(path)
        for name, root in (("data", data), ("ontology", ontology_folder()))
        for path in sorted(root.rglob("*"))
        if path.suffix in INPUTS
    }
    files = {INDEX: dump_index(graph), QUADS: "\n".join(quads) + "\n"}
    counts = {
        "nodes": len(graph.nodes),
        "claims": len(graph.claims),
        "facts": len(graph.facts),
        "inferred": sum(claim.basis is Basis.INFERRED for claim in graph.claims),
        "statements": len(quads),
    }
    name = digest([VERSION, *files.values()])
    facts = {"version": VERSION, "inputs": inputs, "counts": counts}
    return write_release(home, name, files, facts)
