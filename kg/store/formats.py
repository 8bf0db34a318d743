"""The formats a graph is written in: what each is for, and what it leaves out.

Every format says its losses in words, so that nobody takes a file for the whole when it is a
part. Formats made from records and their links alone are added by rows above
(`kg.reports.formats`), in the same form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from kg.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph


@dataclass(frozen=True)
class Source:
    """What is exported: the graph, and its statements as sorted lines of N-Quads.

    Args:
        read: Reads the graph; called only by formats that need records.
        stream: Yields the lines without their line ends, each time from the beginning.
        options: What the user chose for this export, by the name of the option.
        release: The name of the release, or an empty text.
        inputs: Path and SHA-256 of the files from which the release was built.
    """

    read: Callable[[], KnowledgeGraph]
    stream: Callable[[], Iterator[str]]
    options: Mapping[str, str] = field(default_factory=dict)
    release: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)

    @property
    def graph(self) -> KnowledgeGraph:
        """The graph itself."""
        return self.read()

    def lines(self) -> Iterator[str]:
        """Yield the statements, sorted, a line each."""
        return self.stream()


@dataclass(frozen=True, slots=True)
class Format:
    """A format of export.

    Args:
        name: What `kg export --format` calls it.
        endings: File endings that choose it, without the dot; the first is the usual one.
        sentence: What it is and what it is for.
        losses: What it does not carry, a sentence each; empty when it carries everything.
        lossless: Whether reading it back gives the same statements, or the same records.
        writer: Writes a source to a path, aside first.
        folder: Whether it writes a folder of files and not one file.
        media_type: Its media type, for catalogues of data.
    """

    name: str
    endings: tuple[str, ...]
    sentence: str
    losses: tuple[str, ...]
    lossless: bool
    writer: Callable[[Source, Path], Any]
    folder: bool = False
    media_type: str = ""

    @property
    def ending(self) -> str:
        """The usual ending, or an empty text for a folder."""
        return self.endings[0] if self.endings else ""


def from_graph(write: Callable[[KnowledgeGraph, Path], Any]) -> Callable[[Source, Path], Any]:
    """Make a writer of a source from a writer of a graph.

    Example:
        >>> seen = []
        >>> writer = from_graph(lambda graph, target: seen.append((graph, target)))
        >>> writer(Source(lambda: "the graph", lambda: iter(())), "there")
        >>> seen
        [('the graph', 'there')]
    """

    def writer(source: Source, target: Path) -> Any:  # noqa: ANN401 - whatever it returns
        return write(source.graph, target)

    return writer


def find_format(formats: Mapping[str, Format], name: str, ending: str) -> Format:
    """Find a format by its name, else by the ending of a file.

    Raises:
        ExportError: If there is none, or several formats share the ending.

    Example:
        >>> find_format(FORMATS, "", ".NQ").name
        'nq'
    """
    if name:
        found = [known for known in formats.values() if known.name == name.lower()]
    else:
        wanted = ending.removeprefix(".").lower()
        found = [known for known in formats.values() if wanted and wanted in known.endings]
    if len(found) == 1:
        return found[0]
    said = name or ending.removeprefix(".")
    if found:
        raise ExportError(
            "unknown-format",
            f"the ending {said!r} belongs to several formats",
            hint=f"choose one with --format: {', '.join(known.name for known in found)}",
        )
    raise ExportError(
        "unknown-format",
        f"{said!r} is not a format" if said else "a name without an ending says no format",
        hint=f"choose one with --format: {', '.join(formats)}; kg export --list explains them",
    )


READABLE: Final = frozenset({".nq", ".nt", ".trig", ".ttl", ".ttl12", ".jsonld"})
"""Endings of files from which a graph is read back."""
ORDER: Final = "The order of alternative names, and of links that one cell of a register names."
"""What RDF itself does not hold."""
ROW_FAULTS: Final = "The faults of a flat table's single rows; kg audit on the table tells them."
DECISIONS: Final = "Waivers and reviews: they are about findings and readings, and no statements."
_ALWAYS: Final = (ORDER, ROW_FAULTS, DECISIONS)
_GRAPHS: Final = (
    "The named graphs: which document a statement was read from, and what was inferred; "
    "claims and passages still say both."
)


def _json_ld(source: Source, target: Path) -> None:
    """Write JSON-LD, and first its context when that is to stand beside it."""
    from kg.store.json_ld import write_beside  # noqa: PLC0415 - imports the RDF library

    write_beside(source.options.get("context", "embed"), target)
    _rdf("jsonld")(source, target)


def _rdf(name: str) -> Callable[[Source, Path], Any]:
    """Make the writer of an RDF format; the RDF library is imported when it runs."""

    def writer(source: Source, target: Path) -> None:
        from kg.store import rdf_exports  # noqa: PLC0415 - imports the RDF library
        from kg.store.files import write_text  # noqa: PLC0415 - the same

        write_text(target, rdf_exports.WRITERS[name](source))

    return writer


RDF_FORMATS: Final = (
    Format(
        "nq",
        ("nq",),
        "N-Quads: every statement with its named graph, sorted, a line each; for programs.",
        _ALWAYS,
        lossless=True,
        writer=_rdf("nq"),
        media_type="application/n-quads",
    ),
    Format(
        "trig",
        ("trig",),
        "TriG: every statement with its named graph, to be read by people and programs.",
        _ALWAYS,
        lossless=True,
        writer=_rdf("trig"),
        media_type="application/trig",
    ),
    Format(
        "jsonld",
        ("jsonld",),
        "JSON-LD 1.1: every statement with its named graph, compact; the context embedded, or "
        "beside it with --context file.",
        _ALWAYS,
        lossless=True,
        writer=_json_ld,
        media_type="application/ld+json",
    ),
    Format(
        "ttl",
        ("ttl",),
        "Turtle: one graph, for Protégé and every RDF library.",
        (_GRAPHS, *_ALWAYS),
        lossless=False,
        writer=_rdf("ttl"),
        media_type="text/turtle",
    ),
    Format(
        "ttl12",
        ("ttl12",),
        "RDF 1.2 Turtle: one graph, in which each claim reifies the triple that it is about; for "
        "readers of RDF 1.2 only.",
        (_GRAPHS, *_ALWAYS),
        lossless=False,
        writer=_rdf("ttl12"),
        media_type="text/turtle;version=1.2",
    ),
    Format(
        "nt",
        ("nt",),
        "N-Triples: one graph, sorted, a line a statement; written as it is read.",
        (_GRAPHS, *_ALWAYS),
        lossless=False,
        writer=_rdf("nt"),
        media_type="application/n-triples",
    ),
    Format(
        "dcat",
        (),
        "DCAT 3, VoID and PROV, as Turtle: a description of the dataset for catalogues.",
        ("Everything but the description: counts, vocabularies, documents, licence, release.",),
        lossless=False,
        writer=_rdf("dcat"),
        media_type="text/turtle",
    ),
    Format(
        "csv",
        ("csv",),
        "CSV: the claims, a row each, with bases and quotations, for a spreadsheet.",
        (
            "Everything that is no link: nodes without links, dates, money, gaps, defects.",
            "Which rule's premises, whose reading, when, and the history of decisions.",
            "Cells that would run as a formula begin with an apostrophe.",
        ),
        lossless=False,
        writer=_rdf("csv"),
        media_type="text/csv",
    ),
)
FORMATS: Final[dict[str, Format]] = {known.name: known for known in RDF_FORMATS}
"""The formats of this row, by name."""
