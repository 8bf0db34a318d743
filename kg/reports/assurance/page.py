"""The page: one HTML file that needs no network, no script and no colour."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from kg.reports.assurance.asking import command_line
from kg.reports.assurance.records import Figure, Name
from kg.reports.assurance.text import shortened, shown

if TYPE_CHECKING:
    from kg.reports.assurance.records import Pack

MOST_ROWS: Final = 1000
"""Rows of a list that are shown; the workbook and the rows files hold all."""
_HERE: Final = Path(__file__).parent


def to_page(pack: Pack) -> str:
    """Return a report as one HTML page.

    Example:
        >>> from kg.reports.assurance.records import Pack, Setting
        >>> page = to_page(Pack("<T>", "2020-01-31", "r", Setting(), (), ()))
        >>> "<h1>&lt;T&gt;</h1>" in page
        True
    """
    style = (_HERE / "page.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update({"shown": shown, "short": shortened})
    environment.tests.update(
        {"figure_": lambda part: isinstance(part, Figure), "name_": lambda p: isinstance(p, Name)}
    )
    template = environment.from_string((_HERE / "page.html.j2").read_text(encoding="utf-8"))
    listed = [one for section in pack.sections for one in section.listings]
    return template.render(
        pack=pack,
        style=Markup(style),  # noqa: S704 - our own style sheet, read from the package
        style_hash=f"sha256-{digest}",
        lists=list(enumerate(listed, 1)),
        most=MOST_ROWS,
        figures=[(figure, command_line(figure.question, pack.setting)) for figure in pack.figures],
    )
