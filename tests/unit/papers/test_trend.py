"""A line over months: gaps stay gaps, the scale begins at nought and ends at a round number."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from zhunsheng.papers import bars, svg, trend

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from zhunsheng.papers.trend import Point


def point(month: str, figure: int, *, hollow: bool = False) -> Point:
    return trend.Point(month, figure, f"{figure:,}", hollow)


def drawn(*points: Point) -> ET.Element:
    return trend.draw(points, title="图", say=str)


def joins(root: ET.Element) -> list[tuple[float, float]]:
    """From where to where the line goes, left to right."""
    lines = [line for line in root.iter("line") if line.get("stroke-width") == "2"]
    return [(float(line.get("x1", 0)), float(line.get("x2", 0))) for line in lines]


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [("2025-07", "2025-08", 1), ("2024-12", "2025-01", 1), ("2024-03", "2025-07", 16), ("2025-07", "2025-07", 0)],
)
def test_months_are_counted_over_the_turn_of_the_year(first: str, last: str, months: int) -> None:
    assert trend.months_between(first, last) == months


@pytest.mark.parametrize(
    ("figure", "top"),
    [
        (4_340_282, (5_000_000, 5)),
        (1_141_021, (1_200_000, 4)),
        (1_000_000, (1_000_000, 4)),
        (1_000_001, (1_200_000, 4)),
        (999_999, (1_000_000, 4)),
        (7, (10, 4)),
        (0, (10, 4)),
        (10, (10, 4)),
        (11, (12, 4)),
    ],
)
def test_a_scale_ends_at_the_next_round_number(figure: int, top: tuple[int, int]) -> None:
    assert trend.ceiling(figure) == top


def test_months_that_follow_each_other_are_joined_and_a_gap_is_not() -> None:
    root = drawn(point("2025-01", 1), point("2025-02", 2), point("2025-04", 3), point("2025-05", 4))
    first, second = joins(root)
    # Four months lie between the ends: the gap is the stretch from a quarter to three quarters.
    width = second[1] - first[0]
    assert first[1] - first[0] == pytest.approx(width / 4, abs=0.02)
    assert second[0] - first[0] == pytest.approx(width * 3 / 4, abs=0.02)


def test_what_was_published_is_not_joined_to_what_was_made_here() -> None:
    root = drawn(point("2025-07", 5), point("2025-08", 6, hollow=True), point("2025-09", 7, hollow=True))
    assert len(joins(root)) == 1
    assert [c.get("fill") for c in root.iter("circle")] == [svg.ACCENT, svg.PAPER, svg.PAPER]


def test_a_point_stands_as_high_as_its_part_of_the_scale() -> None:
    root = drawn(point("2025-01", 0), point("2025-02", 50), point("2025-03", 100))
    heights = [float(c.get("cy", 0)) for c in root.iter("circle")]
    assert heights == [trend.BOTTOM, (trend.BOTTOM + trend.TOP) / 2, trend.TOP]


def test_the_ends_are_labelled_and_labels_do_not_lie_on_each_other() -> None:
    points = [point(f"20{year}-{month:02}", 4_000_000 + month) for year in (24, 25) for month in range(1, 13, 2)]
    root = drawn(*points)
    labels = [t for t in root.iter("text") if t.get("font-weight") == "600"]
    said = {t.text for t in labels}
    assert {points[0].written, points[-1].written} <= said
    spans = sorted(
        (
            float(t.get("x", 0)) - svg.width_of(t.text or "", 13) / 2,
            float(t.get("x", 0)) + svg.width_of(t.text or "", 13) / 2,
        )
        for t in labels
    )
    assert all(right <= left for (_, right), (left, _) in pairwise(spans))
    assert spans[0][0] >= 0
    assert spans[-1][1] <= trend.WIDTH


def test_one_month_alone_is_a_point() -> None:
    root = drawn(point("2025-07", 4_340_282))
    assert len(list(root.iter("circle"))) == 1
    assert joins(root) == []


def test_bars_are_as_long_as_their_figures() -> None:
    root = bars.draw([bars.Bar("广东", 400, "400"), bars.Bar("江苏", 100, "100"), bars.Bar("西藏", 0, "0")], title="图")
    lengths = [float(r.get("width", 0)) for r in root.iter("rect")]
    assert lengths[1] == pytest.approx(lengths[0] / 4, abs=0.01)
    assert lengths[2] == 0
    for text in root.iter("text"):
        x, wide = float(text.get("x", 0)), svg.width_of(text.text or "", bars.SIZE)
        assert x + (0 if text.get("text-anchor") == "end" else wide) <= bars.WIDTH + 0.01
        assert x - (wide if text.get("text-anchor") == "end" else 0) >= -0.01
