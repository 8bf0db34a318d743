"""Text inside XML: escaped, with what XML forbids made visible."""

from __future__ import annotations

import re
from typing import Final

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_IN_CELLS: Final = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
_MARKUP: Final = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_SPECIAL: Final = re.compile('[&<>"\t\n\r]')
_NAME: Final = re.compile("[^A-Za-z0-9.-]")
HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


def _named(found: re.Match[str]) -> str:
    return f"[U+{ord(found[0]):04X}]"


def visible(text: str) -> str:
    r"""Return a text with the characters that XML forbids made visible.

    Example:
        >>> visible("a\x00b\r\n")
        'a[U+0000]b\r\n'
    """
    return _FORBIDDEN.sub(_named, text)


def shown_cell(text: str) -> str:
    r"""Return a text as a cell of an office file keeps it: carriage returns visible too.

    Example:
        >>> shown_cell("a\r\nb")
        'a[U+000D]\nb'
    """
    return _IN_CELLS.sub(_named, text)


def escaped(text: str) -> str:
    r"""Escape a text for elements and attributes alike; line ends and tabs survive both.

    Example:
        >>> escaped('a < "b"\n')
        'a &lt; &quot;b&quot;&#10;'
    """
    return _SPECIAL.sub(lambda found: _MARKUP[found[0]], visible(text))


def xml_id(name: str) -> str:
    """Return the XML name of a local id; different ids have different ones.

    Example:
        >>> xml_id("telford-2011/action/4"), xml_id("row_7")
        ('id-telford-2011_2f_action_2f_4', 'id-row_5f_7')
    """
    return "id-" + _NAME.sub(lambda found: f"_{ord(found[0]):x}_", name)
