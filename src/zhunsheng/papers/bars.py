"""Bars: names with their figures, each as long as its figure, from a common beginning at nought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.papers import svg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as ET

WIDTH, LINE, THICK, SIZE, APART = 440, 26, 16, 13, 8


@dataclass(frozen=True, slots=True)
class Bar:
    """A name, its figure, never negative, and the figure as written."""

    name: str
    figure: int
    written: str


def draw(bars: Sequence[Bar], *, title: str, description: str = "", width: float = WIDTH) -> ET.Element:
    """Draw bars from above downwards in the order given; the longest reaches as far as its figure leaves room."""
    root = svg.picture(width, LINE * max(len(bars), 1), title=title, description=description)
    start = APART + max((svg.width_of(bar.name, SIZE) for bar in bars), default=0)
    room = width - start - APART - max((svg.width_of(bar.written, SIZE) for bar in bars), default=0)
    longest = max((bar.figure for bar in bars), default=0) or 1
    for place, bar in enumerate(bars):
        top, length = place * LINE + (LINE - THICK) / 2, room * bar.figure / longest
        base = top + THICK * 0.78
        svg.add(root, "text", bar.name, x=start - APART, y=base, text_anchor="end", font_size=SIZE)
        svg.add(root, "rect", x=start, y=top, width=length, height=THICK, fill=svg.ACCENT)
        svg.add(root, "text", bar.written, x=start + length + APART, y=base, font_size=SIZE)
    return root
