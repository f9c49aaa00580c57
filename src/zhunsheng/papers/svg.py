"""Pictures as SVG, the same one in a page, in a PDF and saved to a file; no script is needed to see it.

Only presentation attributes are used: the site's security policy allows no style inside a page.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

# The look of the design: paper, ink, one accent, and a colour for each state (never colour alone).
PAPER, INK, QUIET, RULE, TINT = "#ffffff", "#1f2933", "#52606b", "#d5dbe1", "#f4f6f8"
ACCENT, GOOD, HELD, ENDED, UNKNOWN = "#2c4a6e", "#1f7a55", "#8a6100", "#a8322a", "#5b6770"
# Light to dark, for figures that grow; ink is read on the first three, paper on the last two.
SHADES = ("#edf1f6", "#c9d6e4", "#9db4cd", "#56789f", "#2c4a6e")
FONT = "PingFang SC, Microsoft YaHei, Noto Sans SC, Noto Sans CJK SC, sans-serif"

_NAMESPACE = "http://www.w3.org/2000/svg"
_WIDE = 1.0
_NARROW = 0.58
Number = int | float


def picture(width: Number, height: Number, *, title: str, description: str = "") -> ET.Element:
    """Begin a picture of this size in units of the view box; title and description are read out to who cannot see."""
    root = ET.Element(
        "svg",
        {
            "xmlns": _NAMESPACE,
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": number(width),
            "height": number(height),
            "role": "img",
            "aria-label": title,
            "font-family": FONT,
            "font-size": "13",
            "fill": INK,
        },
    )
    add(root, "title", title)
    if description:
        add(root, "desc", description)
    return root


def add(parent: ET.Element, tag: str, text: str = "", **attributes: str | Number) -> ET.Element:
    """Put an element into a picture; `stroke_width=2` becomes `stroke-width="2"`, `class_` becomes `class`."""
    named: Mapping[str, str] = {
        name.rstrip("_").replace("_", "-"): value if isinstance(value, str) else number(value)
        for name, value in attributes.items()
    }
    element = ET.SubElement(parent, tag, dict(named))
    if text:
        element.text = text
    return element


def number(value: Number) -> str:
    """Write a coordinate with at most two decimals, as short as it is."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def width_of(text: str, size: Number = 13) -> float:
    """Estimate how wide a text is: a Chinese character is as wide as it is high, a Latin one about half."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return size * (wide * _WIDE + (len(text) - wide) * _NARROW)


def as_text(root: ET.Element) -> str:
    """Return a picture as text to stand inside a page."""
    return ET.tostring(root, encoding="unicode", short_empty_elements=True)


def as_file(root: ET.Element) -> bytes:
    """Return a picture as an SVG file."""
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + as_text(root).encode()
