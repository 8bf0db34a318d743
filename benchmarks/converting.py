"""A generated plan in the native formats of other traceability tools."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Item(NamedTuple):
    """One row of the flat table."""

    id: str
    level: str
    text: str
    serves: tuple[str, ...]

    @property
    def prefix(self) -> str:
        """The part of the id before the number: one for each level."""
        return self.id.partition("-")[0]


def items_of(table: Path) -> Iterator[Item]:
    """Yield the items of a flat table, top level first."""
    with table.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield Item(row["id"], row["level"], row["text"], tuple(row["serves"].split()))


def prefixes_of(table: Path) -> list[str]:
    """List the prefixes of a plan's levels, top first."""
    return list(dict.fromkeys(item.prefix for item in items_of(table)))


_THROUGHLINE: Final = """[project]
name = "benchmark"
format_version = 4

[grounding]
root_types = ["{top}"]
delivery_roots = ["{top}"]
ground_link_types = ["serves"]
ai_origins = ["ai"]

{types}
[links]
types = ["serves"]

[status]
values = ["draft", "approved", "ratified", "suspect", "rejected", "deleted"]

[status.roles]
initial = "approved"
proposed = "draft"
ratified = "ratified"
invalidated = "rejected"
suspect = "suspect"
tombstone = "deleted"
"""


def to_throughline(table: Path, folder: Path) -> None:
    """Write one YAML file an item, in one register a level."""
    prefixes = prefixes_of(table)
    types = "".join(f"[types.{prefix.lower()}]\nnormative = false\n\n" for prefix in prefixes)
    folder.mkdir(parents=True)
    text = _THROUGHLINE.format(top=prefixes[0].lower(), types=types)
    (folder / "throughline.toml").write_text(text, encoding="utf-8")
    for prefix in prefixes:
        (folder / prefix.lower()).mkdir()
        manifest = f"prefix: {prefix}\ndigits: 1\nparent: null\n"
        (folder / prefix.lower() / ".register.yml").write_text(manifest, encoding="utf-8")
    for item in items_of(table):
        lines = [
            f"uid: {item.id}",
            f"type: {item.prefix.lower()}",
            "status: approved",
            f"title: {json.dumps(item.text[:60])}",
            f"text: {json.dumps(item.text)}",
            "normative: false",
        ]
        if item.serves:
            lines.append("links:")
            lines += [f"  - {{target: {served}, type: serves}}" for served in item.serves]
        path = folder / item.prefix.lower() / f"{item.id}.yml"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


_DOORSTOP: Final = """active: true
derived: false
header: ''
level: '1.{number}'
{links}
normative: true
ref: ''
reviewed: null
text: |
  {text}
"""


def to_doorstop(table: Path, folder: Path) -> None:
    """Write one document a level and one YAML file an item."""
    prefixes = prefixes_of(table)
    (folder / ".git").mkdir(parents=True)
    for parent, prefix in zip([None, *prefixes], prefixes, strict=False):
        (folder / prefix).mkdir()
        lines = ["settings:", "  digits: 1"]
        lines += [f"  parent: {parent}"] if parent else []
        lines += [f"  prefix: {prefix}", "  sep: '-'", ""]
        (folder / prefix / ".doorstop.yml").write_text("\n".join(lines), encoding="utf-8")
    for item in items_of(table):
        links = "\n".join(["links:", *(f"- {served}: null" for served in item.serves)])
        text = _DOORSTOP.format(
            number=item.id.partition("-")[2],
            links=links if item.serves else "links: []",
            text=item.text,
        )
        (folder / item.prefix / f"{item.id}.yml").write_text(text, encoding="utf-8")


_CONF: Final = """project = "benchmark"
extensions = ["sphinx_needs"]
needs_id_regex = "^[A-Z]+-[0-9]+"
needs_id_required = True
needs_types = {types}
needs_links = {{"serves": {{"outgoing": "serves", "incoming": "served by"}}}}
needs_warnings = {{
    "orphan": "type != {top!r} and len(serves) == 0",
    "unserved": "type != {last!r} and len(serves_back) == 0",
}}
needs_build_json = False
needs_warnings_always_warn = True
"""
_PAGE: Final = 500


def to_sphinx_needs(table: Path, folder: Path) -> None:
    """Write a Sphinx project: one directive an item, five hundred on a page."""
    folder.mkdir(parents=True)
    prefixes = prefixes_of(table)
    types = [
        {"directive": p.lower(), "title": p, "prefix": p, "color": "#fff", "style": "node"}
        for p in prefixes
    ]
    conf = _CONF.format(types=types, top=prefixes[0].lower(), last=prefixes[-1].lower())
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    page: list[str] = []
    pages: list[str] = []

    def close() -> None:
        name = f"page{len(pages) + 1}"
        head = [name, "=" * len(name), ""]
        (folder / f"{name}.rst").write_text("\n".join([*head, *page]), encoding="utf-8")
        pages.append(name)
        page.clear()

    for held, item in enumerate(items_of(table), 1):
        page += [f".. {item.prefix.lower()}:: {item.text[:60]}", f"   :id: {item.id}"]
        if item.serves:
            page.append(f"   :serves: {', '.join(item.serves)}")
        page += ["", f"   {item.text}", ""]
        if held % _PAGE == 0:
            close()
    if page:
        close()
    index = ["Benchmark", "=========", "", ".. toctree::", "", *(f"   {p}" for p in pages), ""]
    (folder / "index.rst").write_text("\n".join(index), encoding="utf-8")


def to_strictdoc(table: Path, folder: Path) -> None:
    """Write one document a level."""
    folder.mkdir(parents=True)
    for prefix in prefixes_of(table):
        with (folder / f"{prefix.lower()}.sdoc").open("w", encoding="utf-8") as stream:
            stream.write(f"[DOCUMENT]\nTITLE: {prefix}\n")
            for item in items_of(table):
                if item.prefix != prefix:
                    continue
                stream.write(
                    f"\n[REQUIREMENT]\nUID: {item.id}\nTITLE: {item.text[:60]}\n"
                    f"STATEMENT: >>>\n{item.text}\n<<<\n"
                )
                if item.serves:
                    stream.write("RELATIONS:\n")
                for served in item.serves:
                    stream.write(f"- TYPE: Parent\n  VALUE: {served}\n")
