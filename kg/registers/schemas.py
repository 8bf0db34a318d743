"""The schemas of the registers (Frictionless Table Schema) and the checks that they ask for."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kg.errors import InstallationError, KgError, LoadError, Place

if TYPE_CHECKING:
    from pathlib import Path

    from kg.registers.tables import Row


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its name and what its cells must be."""

    name: str
    required: bool
    unique: bool
    choices: tuple[str, ...]
    pattern: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Schema:
    """The columns of one kind of register.

    Raises:
        InstallationError: From `read_schema`, when the file is missing or broken.
    """

    name: str
    fields: tuple[Field, ...]

    def check_header(self, columns: list[str], path: str) -> list[KgError]:
        """Return what is wrong with the header: columns missing, or unknown ones.

        Columns that are not required may be left out.
        """
        known = [field.name for field in self.fields]
        errors: list[KgError] = []
        for column in columns:
            if column not in known:
                near = difflib.get_close_matches(column, known, n=1)
                hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(known)}"
                errors.append(
                    LoadError(
                        "unknown-column",
                        f"no such column in a register of {self.name}: {column!r}",
                        hint=hint,
                        place=Place(path, 1, 1),
                    )
                )
        errors.extend(
            LoadError(
                "missing-column",
                f"the column {field.name!r} is missing",
                hint="add it to the header",
                place=Place(path, 1, 1),
            )
            for field in self.fields
            if field.required and field.name not in columns
        )
        return errors

    def check_row(self, row: Row) -> list[KgError]:
        """Return what is wrong with the cells of one row."""
        errors: list[KgError] = []
        for field in self.fields:
            cell = row[field.name]
            if not cell:
                if field.required:
                    errors.append(
                        LoadError(
                            "empty-cell",
                            f"{field.name} is empty",
                            hint="this column must be filled in every row",
                            place=row.place(field.name),
                        )
                    )
                continue
            if field.choices and cell not in field.choices:
                near = difflib.get_close_matches(cell, field.choices, n=1)
                hint = (
                    f"did you mean {near[0]!r}?" if near else f"one of {', '.join(field.choices)}"
                )
                errors.append(
                    LoadError(
                        "unknown-code",
                        f"{field.name} is {cell!r}",
                        hint=hint,
                        place=row.place(field.name),
                    )
                )
            elif field.pattern and not field.pattern.fullmatch(cell):
                errors.append(
                    LoadError(
                        "malformed-cell",
                        f"{field.name} is {cell!r}",
                        hint=f"it must look like {field.pattern.pattern}",
                        place=row.place(field.name),
                    )
                )
        return errors


def read_schema(folder: Path, name: str) -> Schema:
    """Read one schema from `data/schemas`.

    Example:
        >>> from kg.resources import data_folder
        >>> read_schema(data_folder() / "schemas", "bodies").fields[0].name
        'id'
    """
    try:
        content = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        fields = tuple(_field(entry) for entry in content["fields"])
    except (OSError, ValueError, KeyError, re.error) as error:
        raise InstallationError(
            "schema-broken",
            f"the schema {name}.json cannot be read: {error}",
            hint="restore data/schemas",
        ) from error
    return Schema(name, fields)


def _field(entry: dict[str, Any]) -> Field:
    constraints = entry.get("constraints", {})
    pattern = constraints.get("pattern")
    return Field(
        entry["name"],
        bool(constraints.get("required")),
        bool(constraints.get("unique")),
        tuple(constraints.get("enum", ())),
        re.compile(pattern) if pattern else None,
    )
