"""The programs that check shapes, behind one interface: what they find is the same."""

from __future__ import annotations

import contextlib
import logging
import re
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from kg.errors import InstallationError, KgError, SettingsError
from kg.model.findings import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ENGINES: Final = ("auto", "pyshacl", "shacl")
"""What `--engine` takes; `auto` is the fast one where it is installed."""
PROVEN: Final = ((0, 3, 4), (0, 4))
"""The versions of `shacl` whose results are held equal to pySHACL's: from the first, below the
second."""
_SEVERITIES: Final = {
    "Violation": Severity.ERROR,
    "Warning": Severity.WARNING,
    "Info": Severity.INFO,
}
_COMPONENT: Final = "ConstraintComponent"
_IRI: Final = re.compile(r"<[^<>]*>").fullmatch
"""Whether a path is one property, and no sequence or choice of them."""


class Violation(NamedTuple):
    """One result of a validation, in the words that every engine has for it.

    Terms are plain: an IRI, the words of a literal, or `_:` and a label.
    """

    focus: str
    path: str
    """The IRI of the property; empty where the whole thing is wrong, or the path is not plain."""
    component: str
    """What is not met, without the ending that all such names have (`MinCount`)."""
    value: str
    severity: Severity
    message: str


class Engine(Protocol):
    """A program that checks triples against shapes."""

    @property
    def name(self) -> str:
        """What `--engine` calls it."""

    def check(self, triples: str, shapes: Sequence[str]) -> list[Violation]:
        """Return what violates the shapes, each violation once, in a fixed order.

        Args:
            triples: The data as N-Triples.
            shapes: Turtle files of shapes, each as text.
        """


class Pyshacl:
    """pySHACL: the reference; pure Python."""

    name = "pyshacl"

    def check(self, triples: str, shapes: Sequence[str]) -> list[Violation]:
        """Return what violates the shapes.

        Raises:
            KgError: `shapes-engine`, where it gives up (numbers compared with what is none).

        Example:
            >>> Pyshacl().check("", [])
            []
        """
        from pyshacl import validate  # noqa: PLC0415 - heavy, and only one engine is needed
        from pyshacl.errors import ReportableRuntimeError  # noqa: PLC0415 - the same
        from rdflib import RDF, SH, Graph  # noqa: PLC0415 - the same

        data, rules = Graph(), Graph()
        with _as_written():
            data.parse(data=triples, format="nt", bnode_context=_SameLabels())
            for text in shapes:
                rules.parse(data=text, format="turtle")
            try:
                conforms, report, _ = validate(
                    data, shacl_graph=rules, inference="none", advanced=False
                )
            except ReportableRuntimeError as error:
                raise KgError(
                    "shapes-engine",
                    f"pySHACL cannot check the graph: {error.message}",
                    hint="the triples are of another make than those of kg build",
                ) from error
        if conforms:
            return []
        whole = report.value(predicate=RDF.type, object=SH.ValidationReport)
        asked = (
            SH.focusNode,
            SH.resultPath,
            SH.sourceConstraintComponent,
            SH.value,
            SH.resultSeverity,
        )
        found = set()
        for result in report.objects(whole, SH.result):
            focus, path, component, value, severity = (
                _written(report.value(result, name)) for name in asked
            )
            messages = sorted(map(str, report.objects(result, SH.resultMessage)))
            found.add(_violation(focus, path, component, value, severity, messages))
        return sorted(found)


class Shacl:
    """The package `shacl`: compiled, and many times faster; an extra."""

    name = "shacl"

    def check(self, triples: str, shapes: Sequence[str]) -> list[Violation]:
        """Return what violates the shapes; where the two might differ the reference decides.

        Raises:
            KgError: `shapes-engine`, when the package cannot cope with the data.
        """
        import shacl  # noqa: PLC0415 - an extra

        try:
            rules = shacl.Shapes.from_turtle("\n".join(shapes))
            report = rules.validate_text(triples, format="ntriples")
        except ValueError as error:
            raise KgError(
                "shapes-engine",
                f"the engine shacl cannot read the graph: {error}",
                hint="check it with: kg validate --engine pyshacl",
            ) from error
        if any(map(_needs_reference, report.results)):
            return Pyshacl().check(triples, shapes)
        return sorted({_translated(result) for result in report.results})


def choose_engine(name: str = "auto") -> Engine:
    """Return an engine by its name.

    Args:
        name: `pyshacl`, `shacl`, or `auto`: the fast one where a version of it is installed whose
            results are known to be the same.

    Raises:
        InstallationError: If it is not installed.
        SettingsError: If there is none of that name.

    Example:
        >>> choose_engine("pyshacl").name
        'pyshacl'
    """
    if name not in ENGINES:
        raise SettingsError(
            "shapes-engine",
            f"no engine checks shapes under the name {name!r}",
            hint=f"engines: {', '.join(ENGINES)}",
        )
    if name == "pyshacl":
        return Pyshacl()
    proven = PROVEN[0] <= (installed := _installed("shacl")) < PROVEN[1]
    if proven:
        return Shacl()
    if name == "auto":
        return Pyshacl()
    version = ".".join(map(str, installed))
    raise InstallationError(
        "shapes-engine",
        f"shacl {version} is installed, whose results are not known to be the same"
        if installed
        else "the engine shacl is not installed",
        hint="pip install 'policy-lineage[fast-shapes]'",
    )


def _installed(package: str) -> tuple[int, ...]:
    """Return the version of a package as numbers; none when it is not installed."""
    try:
        version = metadata.version(package)
    except metadata.PackageNotFoundError:
        return ()
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _violation(  # the fields of a result in the order in which SHACL lists them
    focus: str, path: str, component: str, value: str, severity: str, messages: list[str]
) -> Violation:
    return Violation(
        focus,
        "" if path.startswith("_:") else path,
        _last(component).removesuffix(_COMPONENT),
        value,
        _SEVERITIES.get(_last(severity), Severity.ERROR),
        messages[0] if messages else "",
    )


def _last(iri: str) -> str:
    return iri.rpartition("#")[2]


def _written(term: Any) -> str:  # noqa: ANN401 - any term of rdflib, or none
    """Write a term of rdflib plainly; a blank node keeps its label."""
    if term is None:
        return ""
    return f"_:{term}" if type(term).__name__ == "BNode" else str(term)


def _needs_reference(result: Any) -> bool:  # noqa: ANN401 - a result of an extra
    """Tell whether the two engines may differ over a result, so that the reference decides.

    `shacl` gives blank nodes labels of its own, under which nobody finds them again; and it holds
    that what cannot be compared is not less, where pySHACL falls back on rdflib's order of terms.
    Neither occurs in what `kg build` writes: it has no blank nodes but those of the ontology, and
    counts the offsets of passages itself.
    """
    blank = any((term or "").startswith("_:") for term in (result.focus_node, result.value))
    return blank or result.component == f"LessThan{_COMPONENT}"


def _translated(result: Any) -> Violation:  # noqa: ANN401 - a result of an extra
    path = result.path or ""
    return _violation(
        result.focus_node[1:-1],
        path[1:-1] if _IRI(path) else "",
        result.component_iri,
        result.value_plain or "",
        result.severity_iri,
        sorted(result.messages),
    )


class _SameLabels(dict[str, Any]):
    """Lets rdflib keep the labels of blank nodes, so that two engines name the same ones."""

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as a dictionary does
        del default
        return key


@contextlib.contextmanager
def _as_written() -> Iterator[None]:
    """Let rdflib keep literals as they are written, and say nothing about those that it cannot.

    It would write `01` as `1` and a time in UTC another way, so that two values became one; and
    it would write a traceback for a literal that is not of its type, which is what shapes are
    there to find.
    """
    import rdflib  # noqa: PLC0415 - heavy, and only one engine is needed

    logger = logging.getLogger("rdflib.term")
    level, normalised = logger.level, rdflib.NORMALIZE_LITERALS
    logger.setLevel(logging.ERROR)
    rdflib.NORMALIZE_LITERALS = False
    try:
        yield
    finally:
        logger.setLevel(level)
        rdflib.NORMALIZE_LITERALS = normalised
