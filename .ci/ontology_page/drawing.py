"""The two diagrams, drawn as SVG: what is linked to what, and which link is a kind of which.

Boxes, arrows and their words come from the ontology; an arrow that its domain and range do
not allow stops the program.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup, escape

from kg.terms import TERMS, ancestors

from .reading import OntologyPageError, named

WIDTH, HEIGHT = 158, 46
COLUMN, ROW = 262, 118
MARGIN = 12
FOREIGN = {"foaf:Agent": "agent", "oa:hasSource": "has source"}


@dataclass(frozen=True)
class Arrow:
    """A property between two boxes, each named by class or by class and remark."""

    start: str
    words: tuple[str, ...]
    end: str
    inferred: bool = False
    along: float = 0.5
    """Where on the arrow its words stand."""


BOXES = {
    "Instrument, national": (0, 0),
    "Objective": (1, 0),
    "foaf:Agent": (2, 0),
    "Priority": (1, 1),
    "Instrument, local": (0, 2),
    "Action": (1, 2),
    "Workstream": (2, 2),
    "SourceText": (0, 3),
    "Passage": (1, 3),
    "Claim": (2, 3),
}
ARROWS = (
    Arrow("Objective", ("setOutIn",), "Instrument, national"),
    Arrow("Priority", ("restates",), "Objective"),
    Arrow("Action", ("serves",), "Priority"),
    Arrow("Action", ("supportsInstrument",), "Instrument, national", inferred=True, along=0.74),
    Arrow("Action", ("setOutIn",), "Instrument, local"),
    Arrow("Instrument, local", ("drawsOn",), "Instrument, national"),
    Arrow("Action", ("partOf",), "Workstream"),
    Arrow("Workstream", ("governedBy",), "foaf:Agent"),
    Arrow("Action", ("evidence",), "Passage"),
    Arrow("Passage", ("oa:hasSource",), "SourceText"),
    Arrow("SourceText", ("textOf",), "Instrument, local"),
    Arrow("Claim", ("evidence",), "Passage"),
    Arrow("Claim", ("subject", "object"), "Action", along=0.42),
)


def _allowed(name: str, side: str) -> bool:
    """Tell whether a class may stand on the side of a property that asks for another."""
    cls = name.partition(",")[0]
    return not side or side in (cls, *ancestors(cls)) or cls == side


def overview() -> tuple[Markup, str]:
    """Return the diagram of classes and properties, and the same in words.

    Raises:
        OntologyPageError: If an arrow contradicts domain or range.
    """
    parts, said = [], []
    for arrow in ARROWS:
        for word in arrow.words:
            if word not in TERMS:
                continue
            domain, end = TERMS[word].domain, TERMS[word].range
            above = [TERMS[a] for a in ancestors(word)]
            domain = domain or next((t.domain for t in above if t.domain), "")
            end = end or next((t.range for t in above if t.range), "")
            if not (_allowed(arrow.start, domain) and _allowed(arrow.end, end)):
                raise OntologyPageError(
                    "not-allowed", f"{arrow.start} {word} {arrow.end} is not in the ontology"
                )
        parts.append(_arrow(arrow))
        words = ", ".join(_label(word) for word in arrow.words)
        said.append(f"from {_spoken(arrow.start)} to {_spoken(arrow.end)}: {words}")
    parts += [_box(name, *_corner(*place)) for name, place in BOXES.items()]
    height = 3 * ROW + HEIGHT + 2 * MARGIN
    width = 2 * COLUMN + WIDTH + 2 * MARGIN
    return _svg("overview", "What is linked to what", parts, width, height), "; ".join(said) + "."


def lineage() -> tuple[Markup, str]:
    """Return the diagram of the links under `tracesTo`, and the same in words."""
    places: dict[str, tuple[float, int]] = {}
    leaf = 0

    def place(name: str, depth: int) -> float:
        nonlocal leaf
        below = [n for n, term in TERMS.items() if name in term.parents]
        if below:
            spots = [place(child, depth + 1) for child in below]
            column = spots[0]
        else:
            column = leaf
            leaf += 1
        places[name] = (column, depth)
        return column

    place("tracesTo", 0)
    apart = ("mayServe", "cites")
    depth = max(row for _, row in places.values())
    for number, name in enumerate(apart):
        places[name] = (leaf - len(apart) + number, depth)
    across, down = 182, 84
    at = {
        name: (MARGIN + column * across, MARGIN + row * down)
        for name, (column, row) in places.items()
    }
    parts, said = [], []
    for name, (x, y) in at.items():
        for parent in TERMS[name].parents:
            px, py = at[parent]
            middle = (y + py + HEIGHT) // 2
            route = [
                (x + WIDTH // 2, y),
                (x + WIDTH // 2, middle),
                (px + WIDTH // 2, middle),
                (px + WIDTH // 2, py + HEIGHT),
            ]
            parts.append(_line([step for step, _ in _distinct(route)], "kind"))
            said.append(f"{_label(name)} is a kind of {_label(parent)}")
    parts += [_box(name, x, y, apart=name in apart) for name, (x, y) in at.items()]
    said.append(" and ".join(_label(name) for name in apart) + " are no lineage")
    height = depth * down + HEIGHT + 2 * MARGIN
    width = (leaf - 1) * across + WIDTH + 2 * MARGIN
    return _svg("lineage", "Which link is a kind of which", parts, int(width), height), (
        "; ".join(said) + "."
    )


def _distinct(route: list[tuple[float, float]]) -> list[tuple[tuple[float, float], int]]:
    """Leave out steps that do not move."""
    kept = [route[0], *(b for a, b in pairwise(route) if a != b)]
    return [(step, n) for n, step in enumerate(kept)]


def _label(name: str) -> str:
    return FOREIGN.get(name) or TERMS[name].label


def _spoken(name: str) -> str:
    cls, _, remark = name.partition(", ")
    return f"{remark} {_label(cls)}".strip()


def _corner(column: int, row: int) -> tuple[int, int]:
    return MARGIN + column * COLUMN, MARGIN + row * ROW


def _box(name: str, x: float, y: float, *, apart: bool = False) -> Markup:
    cls, _, remark = name.partition(", ")
    words = [_label(cls), f"({remark})"] if remark else [_label(cls)]
    top = y + HEIGHT / 2 + 5 - 8 * (len(words) - 1)
    lines = Markup("").join(
        Markup('<text x="{}" y="{}">{}</text>').format(x + WIDTH // 2, top + 17 * n, word)
        for n, word in enumerate(words)
    )
    return Markup(
        '<a href="{}"><rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="4"/>{}</a>'
    ).format(named(cls).target, "apart" if apart else "box", x, y, WIDTH, HEIGHT, lines)


def _arrow(arrow: Arrow) -> Markup:
    (c1, r1), (c2, r2) = BOXES[arrow.start], BOXES[arrow.end]
    (x1, y1), (x2, y2) = _corner(c1, r1), _corner(c2, r2)
    middle_x, middle_y = WIDTH // 2, HEIGHT // 2
    if r1 == r2:
        start = (x1 + (WIDTH if c2 > c1 else 0), y1 + middle_y)
        end = (x2 + (0 if c2 > c1 else WIDTH), y2 + middle_y)
    elif c1 == c2:
        start = (x1 + middle_x, y1 + (HEIGHT if r2 > r1 else 0))
        end = (x2 + middle_x, y2 + (0 if r2 > r1 else HEIGHT))
    else:
        start = (x1 + (WIDTH * 3 // 4 if c2 > c1 else WIDTH // 4), y1 + (HEIGHT if r2 > r1 else 0))
        end = (x2 + (WIDTH // 4 if c2 > c1 else WIDTH * 3 // 4), y2 + (0 if r2 > r1 else HEIGHT))
    words = ", ".join(_label(word) for word in arrow.words)
    at_x = start[0] + (end[0] - start[0]) * arrow.along
    at_y = start[1] + (end[1] - start[1]) * arrow.along
    wide = len(words) * 6.6 + 8
    label = Markup(
        '<rect class="under" x="{:.0f}" y="{:.0f}" width="{:.0f}" height="18"/>'
        '<text class="word" x="{:.0f}" y="{:.0f}">{}</text>'
    ).format(at_x - wide / 2, at_y - 9, wide, at_x, at_y + 4, words)
    return _line([start, end], "inferred" if arrow.inferred else "link") + label


def _line(points: list[tuple[float, float]], kind: str) -> Markup:
    route = " ".join(f"{x:.0f},{y:.0f}" for x, y in points)
    return Markup('<polyline class="{}" points="{}"/>').format(kind, route) + _head(
        points[-2], points[-1], hollow=kind == "kind"
    )


def _head(before: tuple[float, float], tip: tuple[float, float], *, hollow: bool) -> Markup:
    """Draw the head of an arrow by itself, so that no marker is shared between drawings."""
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    size = (dx * dx + dy * dy) ** 0.5
    ux, uy = dx / size, dy / size
    back_x, back_y = tip[0] - 10 * ux, tip[1] - 10 * uy
    points = (
        f"{tip[0]:.1f},{tip[1]:.1f} {back_x - 4.5 * uy:.1f},{back_y + 4.5 * ux:.1f} "
        f"{back_x + 4.5 * uy:.1f},{back_y - 4.5 * ux:.1f}"
    )
    return Markup('<polygon class="{}" points="{}"/>').format(
        "hollow" if hollow else "head", points
    )


def _svg(name: str, title: str, parts: list[Markup], width: int, height: int) -> Markup:
    return Markup(
        '<svg class="drawing" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="group" '
        'aria-labelledby="drawing-{n}-title" aria-describedby="drawing-{n}-words">'
        '<title id="drawing-{n}-title">{t}</title>{p}</svg>'
    ).format(w=width, h=height, n=name, t=escape(title), p=Markup("").join(parts))
