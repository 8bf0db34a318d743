"""Tables of the Word document, written as XML: the library itself takes minutes over long ones."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape, quoteattr

from kg.reports.assurance.asking import command_line
from kg.reports.assurance.records import Figure
from kg.reports.assurance.text import shortened, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kg.reports.assurance.records import Cell, Listing, Pack, Table

_W: Final = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_WHOLE: Final = 5000
"""The width of the page in fiftieths of a per cent."""
PORTRAIT: Final = 100
LANDSCAPE: Final = 152
"""Characters of small print that a line of the page holds."""
_NARROW, _WIDE = 5, 60
_WORD: Final = 20
"""Characters up to which a word is not broken."""
_BREAKS: Final = re.compile(r"[ \n/-]+")
_PADDING: Final = 3
_TOGETHER: Final = 24
"""Rows up to which a table of the text stays on one page; lists of the annexes run on."""
_LOOKED_AT: Final = 100
_FIRM: Final = "\u00a0"
"""A space at which no line breaks: a value stays with the number of its figure."""


def run(text: str, *, bold: bool = False) -> str:
    """Return a run of text.

    Example:
        >>> run("a <b>").endswith("a &lt;b&gt;</w:t></w:r>")
        True
    """
    style = "<w:rPr><w:b/></w:rPr>" if bold else ""
    lines = shown(text).split("\n")
    breaks = '</w:t><w:br/><w:t xml:space="preserve">'.join(map(escape, lines))
    return f'<w:r {_W}>{style}<w:t xml:space="preserve">{breaks}</w:t></w:r>'


def linked(mark: str, text: str) -> str:
    """Return a link to a bookmark; it is underlined, for those who see no colour.

    Example:
        >>> 'w:anchor="F1"' in linked("F1", "[F1]")
        True
    """
    look = '<w:rPr><w:color w:val="1F3864"/><w:u w:val="single"/></w:rPr>'
    words = f'<w:r>{look}<w:t xml:space="preserve">{escape(shown(text))}</w:t></w:r>'
    return f'<w:hyperlink {_W} w:anchor={quoteattr(mark)} w:history="1">{words}</w:hyperlink>'


def plain_table(table: Table) -> str:
    """Return a small table, its figures leading to the annex."""
    rows = [[_content(cell) for cell in row] for row in table.rows]
    texts = [[_text(cell) for cell in row] for row in table.rows]
    return _table(table.title, table.about, table.columns, rows, texts, PORTRAIT)


def listing_table(listing: Listing, most: int) -> str:
    """Return the first rows of a list."""
    cells = [[shortened(cell) for cell in row] for row in listing.cells()[:most]]
    rows = [[run(cell) for cell in row] for row in cells]
    return _table(listing.title, listing.about, listing.headings, rows, cells, LANDSCAPE)


def figures_table(pack: Pack, first: int) -> str:
    """Return the annex of figures; each id is a bookmark, numbered on from `first`."""
    rows, texts = [], []
    for number, figure in enumerate(pack.figures, first):
        mark = f'<w:bookmarkStart {_W} w:id="{number}" w:name="{figure.id}"/>'
        end = f'<w:bookmarkEnd {_W} w:id="{number}"/>'
        command = command_line(figure.question, pack.setting)
        words = (figure.title, str(figure.value), command, figure.way.words, figure.file)
        rows.append([mark + run(figure.id) + end, *(run(shortened(word)) for word in words)])
        texts.append([figure.id, *words])
    columns = ("Figure", "What it is", "Value", "Command", "What is counted", "File with the rows")
    about = "Each figure with its value, its command, the way of counting and its file of rows."
    return _table("Every figure of the report", about, columns, rows, texts, LANDSCAPE)


def _content(cell: Cell) -> str:
    if isinstance(cell, Figure):
        return run(f"{cell.value}{_FIRM}") + linked(cell.id, f"[{cell.id}]")
    return run(shortened(str(cell)))


def _text(cell: Cell) -> str:
    if isinstance(cell, Figure):
        return f"{cell.value}{_FIRM}[{cell.id}]"
    return shortened(str(cell))


def _table(
    title: str,
    about: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    texts: Sequence[Sequence[str]],
    page: int,
) -> str:
    widths = _widths(columns, texts, page)
    whole = page == PORTRAIT and len(texts) <= _TOGETHER
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    heads = "".join(
        _cell(run(column, bold=True), width, shade=True, stay=True)
        for column, width in zip(columns, widths, strict=True)
    )
    body = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        + "".join(
            _cell(cell, width, stay=whole and number < len(texts))
            for cell, width in zip(row, widths, strict=True)
        )
        + "</w:tr>"
        for number, row in enumerate(rows, 1)
    )
    return (
        f'<w:tbl {_W}><w:tblPr><w:tblStyle w:val="TableGrid"/>'
        f'<w:tblW w:w="{_WHOLE}" w:type="pct"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f"<w:tblCaption w:val={quoteattr(shown(title))}/>"
        f"<w:tblDescription w:val={quoteattr(shown(about or title))}/></w:tblPr>"
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{heads}</w:tr>{body}</w:tbl>"
    )


def _cell(content: str, width: int, *, stay: bool, shade: bool = False) -> str:
    keep = "<w:keepNext/>" if stay else ""
    fill = '<w:shd w:val="clear" w:color="auto" w:fill="E7E7E7"/>' if shade else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="pct"/>{fill}</w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="TableText"/>{keep}</w:pPr>{content}</w:p></w:tc>'
    )


def _widths(columns: Sequence[str], texts: Sequence[Sequence[str]], page: int) -> list[int]:
    """Share the page out: first what whole words need, then the rest by length of cells."""
    least, wanted = [], []
    for place, column in enumerate(columns):
        cells = [row[place] for row in texts[:_LOOKED_AT]]
        longest = max(len(column) // 2, max(map(len, cells), default=0))
        words = (word for cell in (column, *cells) for word in _BREAKS.split(cell))
        word = min(_WORD, max(map(len, words), default=0))
        need = max(_NARROW, word + word // 5)  # some letters are wider than the average
        least.append(need + _PADDING)
        wanted.append(max(0, min(_WIDE, longest) - need))
    left = max(0, page - sum(least))
    spread = sum(wanted) or 1
    shares = [low + left * more / spread for low, more in zip(least, wanted, strict=True)]
    return [int(_WHOLE * share / sum(shares)) for share in shares]
