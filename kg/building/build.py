"""`kg build`: from registers to one verified, immutable release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from kg.building.inputs import (
    SHAPES_LIMIT,
    hash_inputs,
    release_in_use,
    unchanged,
)
from kg.building.meter import Meter
from kg.building.options import Options
from kg.errors import BuildError, KgError, LoadError, Place
from kg.model.graph import KnowledgeGraph
from kg.model.records import Problem
from kg.store.files import read_lines
from kg.store.release_writing import prune, write_aside

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from kg.building.cache import Cache
    from kg.building.inputs import Inputs
    from kg.building.meter import Progress
    from kg.registers.rows import Reading
    from kg.store.release_writing import ReleaseWriter
    from kg.store.releases import Release


def read_graph(data: Path, drafts: Mapping[str, str] | None = None) -> KnowledgeGraph:
    """Read registers, verify every quotation, run the rules, and check jurisdiction and time.

    Args:
        data: The data folder.
        drafts: Texts of registers that are read in place of the files of that name.

    Raises:
        BuildError: With every error of the run, if there is one.
        LoadError: If a register cannot be read at all.

    Example:
        >>> from kg.resources import data_folder
        >>> len(list(read_graph(data_folder()).elements(["Objective"])))
        6
    """
    from kg.building.statements import bound_error  # noqa: PLC0415 - not when nothing changed
    from kg.checks.links import bound_problems  # noqa: PLC0415 - the same
    from kg.registers.reading import read_registers  # noqa: PLC0415 - not when nothing changed

    reading = read_registers(data, drafts)
    errors = list(reading.errors)
    # Rules run only on what may stand: a conclusion from a faulty link would be noise.
    graph = _asserted(reading) if errors else _with_inferences(_asserted(reading))
    errors += map(bound_error, bound_problems(graph))
    if errors:
        raise BuildError(errors)
    return graph


def _asserted(reading: Reading) -> KnowledgeGraph:
    """Return what readers assert, as a graph."""
    from kg.registers.governance import governance_files  # noqa: PLC0415 - the same as above

    return KnowledgeGraph(
        dict(reading.nodes),
        tuple(reading.claims.values()),
        tuple(reading.facts),
        dict(reading.documents),
        governance=governance_files(reading.folder),
    )


def _with_inferences(asserted: KnowledgeGraph) -> KnowledgeGraph:
    """Return a graph with what the rules yield from it."""
    from kg.building.rules import infer  # noqa: PLC0415 - needs the store
    from kg.store.quads import write_structure  # noqa: PLC0415 - the same

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
    from kg.registers.reading import read_registers  # noqa: PLC0415 - not when nothing changed

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


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    release: Release
    unchanged: bool = False
    """Whether the release in use was made from the same input already, and was left alone."""
    shapes: bool = True
    """Whether the shapes have been checked."""
    read: tuple[str, ...] = ()
    """The folders that had to be read; the others were known from an earlier build."""
    inferred: tuple[str, ...] = ()
    """The instruments and shared nodes about which rules had to run."""


def build(
    data: Path, home: Path, *, shapes: bool | None = None, options: Options | None = None
) -> Release:
    """Build a release from a data folder, or from one flat table, and make it the one in use.

    The same input gives the same bytes. When anything fails, the release in use stays as it
    was. What an earlier build in the same folder has read and concluded is used again as far
    as it depends on the same input, which is told by hash; when nothing has changed, nothing
    is done.

    Args:
        data: The data folder, or a flat table (CSV).
        home: The folder of releases.
        shapes: Whether to check the SHACL shapes too, which takes most of the time; left out,
            they are checked up to 200 000 statements. They are made for registers: a flat
            table has no documents to quote.
        options: How the release is written.

    Raises:
        BuildError: With every error of the run.
        LoadError: If an input cannot be read at all.
        KgError: If the release cannot be written, or another build is writing there.
    """
    return run_build(data, home, shapes=shapes, options=options).release


def run_build(
    data: Path, home: Path, *, shapes: bool | None = None, options: Options | None = None
) -> Built:
    """Build a release as `build` does, and say what was done.

    Raises:
        BuildError: With every error of the run.
        LoadError: If an input cannot be read at all.
        KgError: If the release cannot be written, or another build is writing there.
    """
    _refuse_other(data)
    chosen = options or Options()
    wanted = False if data.is_file() else shapes
    # The lock comes first: a build that may not write should not work for an hour.
    with write_aside(home, wait=chosen.wait, keep=chosen.keep, tell=chosen.tell) as writer:
        inputs, same = _look(data, home, chosen, shapes=wanted)
        if same:
            prune(home, chosen.keep)
            return Built(same, unchanged=True, shapes=same.manifest["shapes"])
        if data.is_file():
            from kg.building.flat import build_flat  # noqa: PLC0415 - not when nothing changed

            return Built(build_flat(data, writer, inputs, chosen), shapes=False)
        return _build_registers(inputs, writer, chosen, shapes=wanted)


def _build_registers(
    inputs: Inputs, writer: ReleaseWriter, options: Options, *, shapes: bool | None
) -> Built:
    from kg.building.cache import Cache  # noqa: PLC0415 - not when nothing changed
    from kg.building.encoding import DamagedError  # noqa: PLC0415 - the same

    cache = Cache(writer.home)
    try:
        return _build(inputs, writer, cache, options, shapes=shapes)
    except DamagedError:
        # What an earlier build left is not what it wrote: do without it.
        cache.clear()
    try:
        return _build(inputs, writer, cache, options, shapes=shapes)
    except DamagedError as error:
        raise KgError(
            "cache-damaged",
            f"what this build keeps in {cache.folder} changes under its hands",
            hint="wait for other builds in that folder, check the disk, and build again",
        ) from error


def _refuse_other(data: Path) -> None:
    """Refuse what is neither a folder nor a file that can be read twice."""
    try:
        there, usable = data.exists(), data.is_dir() or data.is_file()
    except OSError:
        there = usable = False
    if not usable:
        raise LoadError(
            "load-file",
            f"{data} is neither a folder nor a file" if there else f"{data} does not exist",
            hint="give a data folder with registers, or one flat table (CSV)",
        )


def _look(
    data: Path, home: Path, options: Options, *, shapes: bool | None
) -> tuple[Inputs, Release | None]:
    """Hash the input, and return the release in use too if it was made from the same.

    Another release is let go of on return: nobody prunes what is held.
    """
    last = release_in_use(home)
    known = last.manifest["inputs"] if last else ()
    inputs = hash_inputs(data, known, options.progress)
    same = last and unchanged(last, inputs, shapes=shapes, store=options.store)
    return inputs, last if same else None


def _build(
    inputs: Inputs, writer: ReleaseWriter, cache: Cache, options: Options, *, shapes: bool | None
) -> Built:
    # What follows needs the store; a build that finds nothing changed does not.
    from kg.building.assembling import assemble  # noqa: PLC0415
    from kg.building.governance import read_governance  # noqa: PLC0415
    from kg.building.inference import Inferred, infer_units  # noqa: PLC0415
    from kg.building.releasing import release  # noqa: PLC0415
    from kg.building.statements import bound_errors, double_links  # noqa: PLC0415
    from kg.building.units import read_units  # noqa: PLC0415

    units = read_units(inputs, cache, options.progress)
    said = list(units.statements.values())
    doubled, replaced = double_links(units.statements)
    errors = units.errors + doubled
    # Rules run only on what may stand: a conclusion from a faulty link would be noise.
    inferred = Inferred() if errors else infer_units(units, cache, options.progress)
    errors += bound_errors(units.table, [*said, *inferred.entries], replaced)
    reviews, faults = read_governance(inputs)
    errors += faults
    if errors:
        raise BuildError(errors)

    def check(quads: Path, lines: int) -> bool:
        wanted = lines <= SHAPES_LIMIT if shapes is None else shapes
        if wanted:
            _check_shapes(quads, options.progress)
        return wanted

    content = replace(assemble(units, inferred, cache), reviews=reviews)
    made = release(writer, content, inputs, options, check)
    cache.sweep()
    return Built(
        made,
        shapes=made.manifest["shapes"],
        read=tuple(sorted(units.fresh)),
        inferred=tuple(sorted(inferred.fresh)),
    )


def _check_shapes(quads: Path, progress: Progress | None) -> None:
    """Check the shapes of the ontology over a file of N-Quads.

    Raises:
        BuildError: With every violation.
    """
    from kg.checks.shapes import validate  # noqa: PLC0415 - heavy, and only needed here

    meter = Meter(progress, "checking shapes", 1)
    violations = validate(read_lines(quads))
    meter.end()
    if violations:
        raise BuildError(
            KgError(
                "shape",
                found.message,
                hint=found.fix,
                place=Place(found.file, found.line) if found.file else None,
            )
            for found in violations
        )
