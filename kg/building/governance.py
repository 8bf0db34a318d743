"""Waivers and reviews in a release: copies, and what the reviews say of its links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kg.checks.waiving import WAIVABLE
from kg.model.governance import REVIEWS, WAIVERS, review_state
from kg.registers.documents import input_changed
from kg.registers.governance import NAMES, reviews_and_errors, waivers_and_errors
from kg.store.releases import INDEX, hash_file
from kg.store.stored_graph import read_index, write_review_state

if TYPE_CHECKING:
    from collections.abc import Collection

    from kg.building.inputs import Inputs
    from kg.errors import KgError
    from kg.model.governance import Review
    from kg.store.release_writing import ReleaseWriter

KEPT: Final = tuple(f"{name}.csv" for name in NAMES)
"""The files of a release that keep what people decided."""


def read_governance(inputs: Inputs) -> tuple[list[Review] | None, list[KgError]]:
    """Read the waivers and reviews that belong to some data.

    Args:
        inputs: The files of the data.

    Returns:
        The reviews, if there is a register of them, and what is wrong with any row.
    """
    found = inputs.governance
    errors: list[KgError] = []
    reviews = None
    if WAIVERS in found:
        errors += waivers_and_errors(*found[WAIVERS], WAIVABLE)[1]
    if REVIEWS in found:
        reviews, faults = reviews_and_errors(*found[REVIEWS])
        errors += faults
    return reviews, errors


def keep_governance(
    writer: ReleaseWriter, inputs: Inputs, reviews: Collection[Review] | None
) -> None:
    """Copy waivers and reviews into a release, and keep what the reviews say of its links.

    Args:
        writer: The release, whose index is written.
        inputs: The files of the data.
        reviews: The reviews.

    Raises:
        LoadError: `input-changed`, when someone writes to a register meanwhile.
    """
    for name, (path, shown) in inputs.governance.items():
        copy = writer.path(f"{name}.csv")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise input_changed(shown) from error
        copy.write_bytes(data)
        if hash_file(copy) != inputs.hashes[f"data/{shown}"]:
            raise input_changed(shown)
    if reviews is not None:
        index = writer.path(INDEX)
        write_review_state(index, review_state(read_index(index), reviews))
