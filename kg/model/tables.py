"""A table of results: columns and rows, no formatting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from kg.model.outward import become

if TYPE_CHECKING:
    from collections.abc import Iterator

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
Cell = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class ResultTable:
    """Columns and rows; iterating gives one dictionary a row.

    Example:
        >>> list(ResultTable(("a", "b"), ((1, 2),)))
        [{'a': 1, 'b': 2}]
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __iter__(self) -> Iterator[dict[str, Cell]]:
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def to_pandas(self) -> Any:  # noqa: ANN401 - the library belongs to a row above
        """Return the table as a `pandas.DataFrame`, in which a missing cell is missing.

        Raises:
            InstallationError: If pandas is not installed (the extra `pandas`).

        Example:
            >>> ResultTable(("a", "b"), ((1, "x"), (None, "y"))).to_pandas()["a"].isna().tolist()
            [False, True]
        """
        return become("result_frame", self)


def inert(cell: str) -> str:
    """Keep a cell from running as a formula in a spreadsheet.

    Example:
        >>> inert("=1+1"), inert("plain")
        ("'=1+1", 'plain')
    """
    return "'" + cell if cell.startswith(FORMULA) else cell
