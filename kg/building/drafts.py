"""Registers as they would be: what follows from a change, and writing it when all is well."""

from __future__ import annotations

import difflib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from kg.checks.catalogue import RULES
from kg.checks.consequences import newly_orphaned, refuse_stranding
from kg.checks.links import cycle_problems, level_problems
from kg.errors import BuildError, KgError, LoadError, Place
from kg.model.findings import Severity
from kg.registers.documents import input_changed
from kg.registers.editing import insert_row
from kg.registers.schemas import read_schema
from kg.store.files import write_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from kg.model.graph import KnowledgeGraph
    from kg.model.records import Claim

PACKAGE: Final = "datapackage.json"


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of registers: what it says, what follows from it, and whether it was written."""

    claims: tuple[Claim, ...]
    """The claims it is about, as they stand with it."""
    diff: str
    """What changes in the files, as a unified diff."""
    files: tuple[str, ...]
    """The files that change, relative to the data folder."""
    stranded: tuple[str, ...]
    """The elements that reach a target before and none with it."""
    written: bool = False


class Drafts:
    """The files of a data folder that a change concerns, as they are and as they would be.

    Args:
        data: The data folder.
        plan: The folder of registers.
    """

    def __init__(self, data: Path, plan: str) -> None:
        self.data = data
        self.plan = plan
        self._found: dict[str, bytes | None] = {}
        self._texts: dict[str, str] = {}

    def add(
        self, table: str, row: Mapping[str, str], columns: Sequence[str], *, ordered: bool = False
    ) -> None:
        """Add a row to a register of the folder, which is begun where there is none."""
        name = self._name(table)
        text = self._read(name)
        new = not text
        if new:
            end = "\r\n" if "\r\n" in self.text("links") else "\n"
            fields = read_schema(self.data / "schemas", table).fields
            text = ",".join(field.name for field in fields) + end
        self._texts[name] = insert_row(text, name, row, columns, ordered=ordered)
        if new:
            self._list(name, table)

    def text(self, table: str) -> str:
        """Return a register of the folder as it would be, without a byte order mark."""
        return self._read(self._name(table)).removeprefix("\ufeff")

    @property
    def texts(self) -> dict[str, str]:
        """The registers that change, as they would be read."""
        return {
            name: text.removeprefix("\ufeff")
            for name, text in self._texts.items()
            if name != PACKAGE
        }

    def _name(self, table: str) -> str:
        return f"registers/{self.plan}/{table}.csv"

    def _read(self, name: str) -> str:
        """Return a file as it would be; empty where there is none."""
        if name in self._texts:
            return self._texts[name]
        if name not in self._found:
            path = self.data / name
            try:
                self._found[name] = path.read_bytes() if path.exists() else None
            except OSError as error:
                message = f"cannot read {name}: {error.strerror or error}"
                raise LoadError("load-file", message, hint="check the file") from error
        try:
            return (self._found[name] or b"").decode()
        except UnicodeDecodeError as error:
            hint = "save the file as 'CSV UTF-8' (Excel) or with encoding UTF-8"
            raise LoadError("load-encoding", f"{name} is not UTF-8", hint=hint) from error

    def _list(self, name: str, table: str) -> None:
        """List a new register in the data package, where there is one of our own layout."""
        text = self._read(PACKAGE)
        try:
            package = json.loads(text)
            resources: list[dict[str, Any]] = package["resources"]
            paths = [resource["path"] for resource in resources]
            own = json.dumps(package, indent=2, ensure_ascii=False) + "\n" == text
        except (ValueError, KeyError, TypeError):
            return
        beside = self._name("links")
        if not own or beside not in paths or name in paths:
            return
        at = paths.index(beside)
        entry = {
            **resources[at],
            "name": f"{self.plan}-{table}",
            "path": name,
            "schema": f"schemas/{table}.json",
        }
        resources.insert(at, entry)
        self._texts[PACKAGE] = json.dumps(package, indent=2, ensure_ascii=False) + "\n"

    def diff(self) -> str:
        """Return what changes, as a unified diff."""
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for name, text in self._texts.items()
            for line in difflib.unified_diff(
                _lines((self._found[name] or b"").decode()),
                _lines(text),
                "/dev/null" if self._found[name] is None else f"a/{name}",
                f"b/{name}",
            )
        )

    def write(self, edit: Edit, *, force: bool) -> Edit:
        """Write the files one after the other, each of them whole.

        A new link comes first and stands open, so that nothing counts that nobody answers for,
        wherever it ends.

        Args:
            edit: What was checked.
            force: Whether to write though elements cease to reach anything.

        Raises:
            KgError: `edit-strands`; or when a file was changed meanwhile, or cannot be written.
        """
        if not force:
            refuse_stranding(edit.stranded)
        for name in self._texts:
            path = self.data / name
            if (path.read_bytes() if path.exists() else None) != self._found[name]:
                raise input_changed(name)
        for name, text in self._texts.items():
            path = self.data / name
            mode = None if self._found[name] is None else path.stat().st_mode
            write_text(path, text)
            if mode is not None:
                path.chmod(mode)  # what takes a file's place is a new file
        return replace(edit, written=True)


def check(graph: KnowledgeGraph, drafts: Drafts, expected: Mapping[str, str]) -> Edit:
    """Read a data folder as it would be, and say what follows.

    Args:
        graph: What it says now.
        drafts: The change.
        expected: The claims it is about by id, with the decision that should hold.

    Raises:
        BuildError: If it would not read without errors.
        KgError: If the change would not do what it should, or break a rule of links.
    """
    from kg.building.build import read_graph  # noqa: PLC0415 - reads what the changes are made to

    try:
        after = read_graph(drafts.data, drafts.texts)
    except BuildError as error:
        raise BuildError(_as_would_be(error, drafts)) from error
    for name, decision in expected.items():
        claim = after.claim.get(name)
        if claim is None or claim.decision != decision:
            raise KgError(
                "edit-failed",
                f"the link would not read as {decision} from {drafts.plan}; nothing was written",
                hint="look for stray quotation marks in its registers",
            )
    known = {(p.rule, p.node, p.message) for p in (*level_problems(graph), *cycle_problems(graph))}
    broken = [
        KgError(
            problem.rule,
            problem.message,
            hint="nothing was written; a link leads up, and never round in a circle",
        )
        for problem in (*level_problems(after), *cycle_problems(after))
        if RULES[problem.rule].severity is Severity.ERROR
        and (problem.rule, problem.node, problem.message) not in known
    ]
    if broken:
        raise BuildError(broken)
    stranded = tuple(newly_orphaned(graph, after))
    claims = tuple(after.claim[name] for name in expected)
    files = tuple(drafts.texts)
    return Edit(claims, drafts.diff(), files, stranded)


def _as_would_be(error: BuildError, drafts: Drafts) -> Iterator[KgError]:
    """Yield errors that say which places are those of a text that nobody has written."""
    for one in error.errors:
        if one.place and one.place.path in drafts.texts:
            path = f"{one.place.path} (as it would be)"
            one.place = Place(path, one.place.line, one.place.column)
        yield one


def _lines(text: str) -> list[str]:
    r"""Return the lines of a text with their ends; only a line feed ends one, as for git."""
    found = text.split("\n")
    return [line + "\n" for line in found[:-1]] + [found[-1]] * bool(found[-1])
