"""What a release is made from, by hash; and whether it is still what it was made from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kg.building.meter import Meter
from kg.errors import KgError, LoadError, Place
from kg.registers.governance import governance_files
from kg.resources import VERSION, data_folder, ontology_folder
from kg.store.files import hash_file
from kg.store.releases import Release, damage, open_release

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kg.building.meter import Progress

INPUTS: Final = frozenset({".csv", ".txt", ".json", ".ttl", ".rq"})
"""Endings of the files that a release is made from; documents may have others."""
STORE_FROM: Final = 500_000
"""Statements from which a release carries an Oxigraph folder; fewer are read in a second."""
SHAPES_LIMIT: Final = 200_000
"""Statements above which the shapes are checked only when asked for."""
_CODE: Final = (
    "errors.py",
    "terms.py",
    "resources.py",
    "model",
    "registers",
    "store",
    "lineage",
    "checks",
    "building",
)
"""The modules on which a release depends."""


@dataclass
class Inputs:
    """The files of a data folder and of the ontology, by name and SHA-256."""

    data: Path
    hashes: dict[str, str] = field(default_factory=dict)
    source: str = ""
    """The path that was given; empty for the bundled data."""
    governance: dict[str, tuple[Path, str]] = field(default_factory=dict)
    """The registers of waivers and reviews that belong to it, with shown names."""

    def add(self, name: str) -> None:
        """Take up a document whose ending is not among those of inputs.

        Args:
            name: Its path below the data folder.
        """
        key = f"data/{name}"
        path = self.data / name
        if key not in self.hashes and path.resolve().is_relative_to(self.data.resolve()):
            try:
                self.hashes[key] = hash_file(path)
            except OSError:
                # Reading it will say what is wrong.
                return

    def of(self, names: Iterable[str]) -> list[str]:
        """Return the hash of each file of the data folder, empty when there is none."""
        return [self.hashes.get(f"data/{name}", "") for name in names]

    def hold(self, names: Iterable[str]) -> None:
        """Check that files are still what they were when the run began.

        Raises:
            LoadError: `input-changed`, when someone writes to them meanwhile.
        """
        for name in names:
            path = self.data / name
            found = hash_file(path) if path.is_file() else ""
            if found != self.hashes.get(f"data/{name}", ""):
                from kg.registers.documents import input_changed  # noqa: PLC0415 - seldom

                raise input_changed(name)


def hash_inputs(data: Path, known: Iterable[str] = (), progress: Progress | None = None) -> Inputs:
    """Hash everything that a release is made from.

    Args:
        data: The data folder, or a flat table.
        known: Names that an earlier run took up beside them (documents with other endings).
        progress: Told of every file.

    Raises:
        LoadError: If a file cannot be read.
    """
    roots = [("ontology", ontology_folder())]
    if not data.is_file():
        roots.insert(0, ("data", data))
    found = {
        f"{name}/{path.relative_to(root).as_posix()}": path
        for name, root in roots
        for path in sorted(root.rglob("*"))
        if path.suffix in INPUTS
    }
    if data.is_file():
        # By its whole path: the release says where the rows stand.
        found[f"data/{data}"] = data
    governance = governance_files(data)
    found.update({f"data/{shown}": path for path, shown in governance.values()})
    inputs = Inputs(Path() if data.is_file() else data, governance=governance)
    inputs.source = "" if data == data_folder() else str(data)
    meter = Meter(progress, "hashing files", len(found))
    for name, path in found.items():
        meter.step()
        try:
            inputs.hashes[name] = hash_file(path)
        except OSError as error:
            raise LoadError(
                "load-file",
                f"cannot read it: {error.strerror or error}",
                hint="restore the file, or remove what has its name",
                place=Place(name.partition("/")[2]),
            ) from error
    for name in () if data.is_file() else known:
        if name.startswith("data/") and name not in found:
            inputs.add(name.removeprefix("data/"))
    meter.end()
    return inputs


@cache
def code_hash() -> str:
    """Return a hash of the code on which a release depends, and of the version.

    Example:
        >>> len(code_hash())
        64
    """
    root = Path(__file__).resolve().parent.parent
    total = hashlib.sha256(VERSION.encode())
    for name in _CODE:
        place = root / name
        for path in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            total.update(f"\n{path.relative_to(root).as_posix()}\n".encode())
            total.update(path.read_bytes())
    return total.hexdigest()


def wants_store(statements: int, asked: bool | None) -> bool:  # noqa: FBT001 - a setting
    """Tell whether a release of so many statements carries an Oxigraph folder.

    Example:
        >>> wants_store(1000, None), wants_store(1000, True), wants_store(10**6, None)
        (False, True, True)
    """
    return statements >= STORE_FROM if asked is None else asked


def release_in_use(home: Path) -> Release | None:
    """Return the release in use, if there is one that can be opened."""
    try:
        release = open_release(home)
    except KgError:
        return None
    return release if isinstance(release.manifest.get("inputs"), dict) else None


def unchanged(
    release: Release, inputs: Inputs, *, shapes: bool | None, store: bool | None = None
) -> bool:
    """Tell whether building again would give the release that is in use.

    It must have been made from the same bytes by the same code, have passed the checks that
    are asked for, and still be whole.

    Args:
        release: The release in use.
        inputs: What there is to build from.
        shapes: Whether the shapes are to be checked; None leaves it to the size.
        store: Whether an Oxigraph folder is asked for; None leaves it to the size.
    """
    made = release.manifest
    try:
        size = made["counts"]["statements"]
        wanted = size <= SHAPES_LIMIT if shapes is None else shapes
        return (
            made["inputs"] == inputs.hashes
            and made["code"] == code_hash()
            and (made["shapes"] or not wanted)
            and (release.store.is_dir() or not wants_store(size, store))
            and not damage(release.folder, made, hashes=True)
        )
    except (KeyError, TypeError):
        return False
