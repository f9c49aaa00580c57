"""Five shades for figures: classes by quantile, the limits they have, and the legend that says them.

A class is chosen by how many figures are smaller, so equal figures always share a class, and a class
that ties leave empty is not shown. A limit is a figure that occurs, never one between two figures.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.papers import svg

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from decimal import Decimal
    from xml.etree import ElementTree as ET

    Figure = int | Decimal

CLASSES = len(svg.SHADES)
# Ink is read on the first three shades, paper on the last two.
_DARK_FROM = 3
SWATCH, LINE, SIZE, APART = 21, 26, 17, 9
HATCH_STEP = 8


@dataclass(frozen=True, slots=True)
class Class:
    """A class of figures: its place among the shades (0 is the lightest), the least and the greatest in it."""

    place: int
    least: Figure
    greatest: Figure


def place_of(figure: Figure, ordered: list[Figure]) -> int:
    """Return a figure's class among all figures in ascending order: five times the share that is smaller."""
    return CLASSES * bisect_left(ordered, figure) // len(ordered)


def classes(figures: Iterable[Figure]) -> list[Class]:
    """Return the classes that figures fall into, lightest first; of no figures there are none."""
    ordered = sorted(figures)
    members: dict[int, list[Figure]] = {}
    for figure in ordered:
        members.setdefault(place_of(figure, ordered), []).append(figure)
    return [Class(place, found[0], found[-1]) for place, found in members.items()]


def ink_on(place: int) -> str:
    """Return the colour of text on a shade."""
    return svg.PAPER if place >= _DARK_FROM else svg.INK


def hatch(parent: ET.Element, x: float, y: float, width: float, height: float) -> None:
    """Hatch a rectangle: there is no figure."""
    svg.add(parent, "rect", x=x, y=y, width=width, height=height, fill=svg.PAPER, stroke=svg.RULE)
    strokes = []
    for start in range(HATCH_STEP, int(width + height), HATCH_STEP):
        # The line from the left or lower edge up to the upper or right edge, at 45 degrees.
        left, low = max(0.0, start - height), min(float(start), height)
        right, high = min(float(start), width), max(0.0, start - width)
        strokes.append(f"M{svg.number(x + left)} {svg.number(y + low)}L{svg.number(x + right)} {svg.number(y + high)}")
    svg.add(parent, "path", d="".join(strokes), stroke=svg.RULE, fill="none")


def legend(
    parent: ET.Element,
    found: Iterable[Class],
    *,
    x: float,
    y: float,
    width: float,
    say: Callable[[Figure], str],
    missing: str = "",
    numbered: bool = False,
) -> None:
    """Draw a legend with each class's limits, one line a class, its texts no wider than there is room.

    `say` writes a figure; `missing` is what hatching means, left out when empty; `numbered` puts the
    number of the class into its swatch.
    """
    limits = [(one.place, _limits(one, say)) for one in found]
    texts = [text for _, text in limits] + [missing]
    widest = max(svg.width_of(text, 1.0) for text in texts)
    # Rounded down, lest a text grow past its room by the rounding.
    size = min(SIZE, int(10 * (width - SWATCH - APART) / widest) / 10) if widest else SIZE
    lines: list[tuple[int | None, str]] = [*limits, *([(None, missing)] if missing else [])]
    for number, (place, text) in enumerate(lines):
        top = y + number * LINE
        if place is None:
            hatch(parent, x, top, SWATCH, SWATCH)
        else:
            _swatch(parent, place, x, top, numbered=numbered)
        svg.add(parent, "text", text, x=x + SWATCH + APART, y=top + SWATCH * 0.78, font_size=size)


def _limits(one: Class, say: Callable[[Figure], str]) -> str:
    return say(one.least) if one.least == one.greatest else f"{say(one.least)} – {say(one.greatest)}"


def _swatch(parent: ET.Element, place: int, x: float, top: float, *, numbered: bool) -> None:
    svg.add(parent, "rect", x=x, y=top, width=SWATCH, height=SWATCH, fill=svg.SHADES[place], stroke=svg.RULE)
    if numbered:
        middle: dict[str, str | float] = {
            "x": x + SWATCH / 2,
            "y": top + SWATCH * 0.75,
            "text_anchor": "middle",
            "fill": ink_on(place),
        }
        svg.add(parent, "text", str(place + 1), font_size=14, **middle)
