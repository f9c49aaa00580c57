"""A figure over the months as a line: a month without a figure is a gap, and nothing is guessed across it.

The scale begins at nought. Points of different origin have different marks, and no line joins them.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from zhunsheng.papers import svg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree import ElementTree as ET

WIDTH, HEIGHT, LEGEND = 440, 272, 26
# The plot within the picture: room for the figures on the left, the months below, a label above.
LEFT, RIGHT, TOP, BOTTOM = 88, 432, 34, 216
# The first and the last point stand this far inside, so that their labels clear the scale.
INSET = 30
# Marks are smaller where months stand closer than CLOSE.
SIZE, RADIUS, SMALL, CLOSE = 13, 4, 2.5, 14
MONTHS_A_YEAR = 12
# Where a scale may end, in tenths of a power of ten, and the parts that divide it into round numbers.
ROUND = ((10, 4), (12, 4), (15, 3), (20, 4), (30, 3), (40, 4), (50, 5), (60, 3), (80, 4), (100, 4))


@dataclass(frozen=True, slots=True)
class Point:
    """A month's figure: the month as YYYY-MM, the figure, the figure as written, whether its mark is hollow."""

    month: str
    figure: int
    written: str
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """What a mark means, for the legend."""

    hollow: bool
    meaning: str


def months_between(first: str, last: str) -> int:
    """Return how many months a month (YYYY-MM) lies after another."""
    return (int(last[:4]) - int(first[:4])) * MONTHS_A_YEAR + int(last[5:]) - int(first[5:])


def ceiling(figure: int) -> tuple[int, int]:
    """Return the least round number not under a figure, and into how many parts the scale divides it."""
    power = 10 ** max(len(str(figure)) - 1, 1)
    rounds = ((tenths * power // 10, parts) for tenths, parts in ROUND)
    return next(found for found in rounds if found[0] >= figure)


def draw(
    points: Sequence[Point],
    *,
    title: str,
    say: Callable[[int], str],
    marks: Sequence[Mark] = (),
    description: str = "",
) -> ET.Element:
    """Draw points, earliest month first, of which there is at least one; `say` writes the figures of the scale."""
    root = svg.picture(WIDTH, HEIGHT if marks else HEIGHT - LEGEND, title=title, description=description)
    top, parts = ceiling(max(point.figure for point in points))
    _scale(root, top, parts, say)
    placed = _placed(points, top)
    for (before, start), (after, end) in pairwise(zip(points, placed, strict=True)):
        if months_between(before.month, after.month) == 1 and before.hollow == after.hollow:
            x1, y1, x2, y2 = *start, *end
            svg.add(root, "line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=svg.ACCENT, stroke_width=2)
    radius = SMALL if any(right[0] - left[0] < CLOSE for left, right in pairwise(placed)) else RADIUS
    for point, (x, y) in zip(points, placed, strict=True):
        dot = svg.add(root, "circle", cx=x, cy=y, r=radius, stroke=svg.ACCENT, stroke_width=radius / 2)
        dot.set("fill", svg.PAPER if point.hollow else svg.ACCENT)
        svg.add(dot, "title", f"{point.month} {point.written}")
    _label(root, points, placed)
    _legend(root, marks)
    return root


def _placed(points: Sequence[Point], top: int) -> list[tuple[float, float]]:
    """Where each point stands: equally far for each month, as high as its part of the scale."""
    first, last = points[0].month, points[-1].month
    whole, width = months_between(first, last), RIGHT - LEFT - 2 * INSET
    return [
        (
            LEFT + INSET + width * (months_between(first, point.month) / whole if whole else 0.5),
            BOTTOM - (BOTTOM - TOP) * point.figure / top,
        )
        for point in points
    ]


def _scale(root: ET.Element, top: int, parts: int, say: Callable[[int], str]) -> None:
    parts = parts if top % parts == 0 else 1
    for part in range(parts + 1):
        y = BOTTOM - (BOTTOM - TOP) * part / parts
        svg.add(root, "line", x1=LEFT - 8, y1=y, x2=RIGHT + 8, y2=y, stroke=svg.RULE)
        svg.add(
            root,
            "text",
            say(top * part // parts),
            x=LEFT - 14,
            y=y + 4,
            text_anchor="end",
            font_size=SIZE,
            fill=svg.QUIET,
        )


def _label(root: ET.Element, points: Sequence[Point], placed: Sequence[tuple[float, float]]) -> None:
    """Label the ends of every run of months; a label that would lie on another is left out, the last one never."""
    taken: list[tuple[float, float]] = []
    last = len(points) - 1
    for place in sorted({0, last, *_ends(points)}, key=lambda p: (p != last, p)):
        point, (x, y) = points[place], placed[place]
        half = max(svg.width_of(point.written, SIZE), svg.width_of(point.month, SIZE)) / 2
        # The first and last labels stay inside the picture.
        middle = min(max(x, half), WIDTH - half)
        if any(middle - half < right and left < middle + half for left, right in taken):
            continue
        taken.append((middle - half - 6, middle + half + 6))
        svg.add(
            root, "text", point.written, x=middle, y=y - 10, text_anchor="middle", font_size=SIZE, font_weight="600"
        )
        svg.add(root, "text", point.month, x=middle, y=BOTTOM + 20, text_anchor="middle", font_size=SIZE)
        svg.add(root, "line", x1=x, y1=BOTTOM, x2=x, y2=BOTTOM + 5, stroke=svg.QUIET)


def _ends(points: Sequence[Point]) -> list[int]:
    """The places where a run of months begins or ends."""
    breaks = [
        place
        for place, (before, after) in enumerate(pairwise(points))
        if months_between(before.month, after.month) != 1 or before.hollow != after.hollow
    ]
    return [end for place in breaks for end in (place, place + 1)]


def _legend(root: ET.Element, marks: Sequence[Mark]) -> None:
    x: float = LEFT
    for mark in marks:
        fill = svg.PAPER if mark.hollow else svg.ACCENT
        svg.add(root, "circle", cx=x, cy=HEIGHT - 7, r=RADIUS, stroke=svg.ACCENT, stroke_width=2, fill=fill)
        svg.add(root, "text", mark.meaning, x=x + 10, y=HEIGHT - 3, font_size=SIZE, fill=svg.QUIET)
        x += 34 + svg.width_of(mark.meaning, SIZE)
