"""Tables copied as HTML: cells become parted by bars and rows by lines, as in any other text.

A tag ends at the next angle bracket, whatever it holds; so the time is in proportion to the length.
"""

from __future__ import annotations

import html
import re

_TABLE = re.compile(r"<(?:table|tr|t[dh])\b", re.IGNORECASE)
_TAG = re.compile(r"<!--|-->|<(/?)([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
_CELLS = frozenset(("td", "th"))
# What stands on a line of its own; inside a cell it parts nothing.
_BLOCKS = frozenset(("address", "article", "br", "caption", "div", "li", "p", "section", "table", "tr"))
_ROWS = frozenset(("table", "tr"))


def has_table(text: str) -> bool:
    """Tell whether the text holds the source of an HTML table."""
    return _TABLE.search(text) is not None


def plain(text: str) -> str:
    """Return the text of HTML without its tags, one line for each row of a table, a bar before each cell."""
    parts: list[str] = []
    in_table = in_cell = False
    at = 0
    for tag in _TAG.finditer(text):
        before = text[at : tag.start()]
        # Between the tags of a table white space means nothing, a line break neither.
        parts.append(" ".join(before.split()) if in_table else before)
        at = tag.end()
        name, closing = (tag[2] or "").lower(), bool(tag[1])
        if name == "table":
            in_table = not closing
        if name in _CELLS or name in _ROWS:
            in_cell = name in _CELLS and not closing
        if name in _CELLS:
            parts.append(" " if closing else "|")
        elif name in _BLOCKS or re.fullmatch("h[1-6]", name):
            parts.append("" if in_cell else "\n")
    parts.append(text[at:])
    return html.unescape("".join(parts))
