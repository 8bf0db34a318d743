"""Where the ontology, the data and the stored questions are, in a checkout and in a wheel."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from kg.errors import InstallationError

VERSION: Final = "0.1.0"


@cache
def share() -> Path:
    """Return the folder that holds `ontology`, `data` and `queries`.

    In a wheel they lie in `kg/_share`, in a checkout beside the package.

    Raises:
        InstallationError: If neither place holds `ontology/lineage.ttl`.

    Example:
        >>> (share() / "ontology" / "lineage.ttl").is_file()
        True
    """
    package = Path(__file__).resolve().parent
    for folder in (package.parent, package / "_share"):
        if (folder / "ontology" / "lineage.ttl").is_file() and (folder / "data").is_dir():
            return folder
    raise InstallationError(
        "installation-incomplete",
        f"the folders ontology, data and queries are missing beside {package}",
        hint="install the package again: pip install --force-reinstall policy-lineage",
    )


def ontology_folder() -> Path:
    """Return the folder of the ontology, its vocabularies, shapes and rules.

    Example:
        >>> ontology_folder().name
        'ontology'
    """
    return share() / "ontology"


def data_folder() -> Path:
    """Return the folder of the bundled documents and registers.

    Example:
        >>> data_folder().name
        'data'
    """
    return share() / "data"


def queries_folder() -> Path:
    """Return the folder of the stored questions.

    Example:
        >>> queries_folder().name
        'queries'
    """
    return share() / "queries"
