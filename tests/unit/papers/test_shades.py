"""Classes by quantile: how many are in each, where ties go, what the legend says."""

from __future__ import annotations

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from zhunsheng.papers import shades, svg


def limits(figures: list[int]) -> list[tuple[int, object, object]]:
    return [(one.place, one.least, one.greatest) for one in shades.classes(figures)]


def test_ten_different_figures_are_two_to_a_class() -> None:
    assert limits([10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) == [(0, 1, 2), (1, 3, 4), (2, 5, 6), (3, 7, 8), (4, 9, 10)]


def test_equal_figures_share_the_class_of_the_first_of_them() -> None:
    # 1 1 1 1 | 5 5 5 | 7 8 9: of ten, none is under 1 (class 0), four under 5 (5*4//10 = 2), seven under 7 (3),
    # eight under 8 (4) and nine under 9 (4); class 1 has nobody.
    assert limits([1, 1, 1, 1, 5, 5, 5, 7, 8, 9]) == [(0, 1, 1), (2, 5, 5), (3, 7, 7), (4, 8, 9)]


@pytest.mark.parametrize(
    ("figures", "found"),
    [
        ([], []),
        ([3], [(0, 3, 3)]),
        ([4, 4, 4], [(0, 4, 4)]),
        # Of three, one is under the second (5*1//3 = 1) and two under the third (5*2//3 = 3).
        ([1, 2, 3], [(0, 1, 1), (1, 2, 2), (3, 3, 3)]),
        # A fall is under a rise.
        ([-2, 5], [(0, -2, -2), (2, 5, 5)]),
    ],
)
def test_few_figures_have_few_classes(figures: list[int], found: list[tuple[int, int, int]]) -> None:
    assert limits(figures) == found


def test_every_figure_lies_within_the_limits_of_its_class() -> None:
    figures = [Decimal(n * n % 37) / 4 for n in range(34)]
    found = {one.place: one for one in shades.classes(figures)}
    for figure in figures:
        one = found[shades.place_of(figure, sorted(figures))]
        assert one.least <= figure <= one.greatest


def test_the_legend_says_the_limits_and_what_is_hatched() -> None:
    root = svg.picture(240, 160, title="图")
    shades.legend(root, shades.classes([1, 1, 5]), x=0, y=0, width=240, say=str, missing="没有")
    assert [e.text for e in root.iter("text")] == ["1", "5", "没有"]


def test_a_legend_stays_within_its_room() -> None:
    root = svg.picture(240, 160, title="图")
    said = "1,043,229 certificates of all kinds"
    shades.legend(root, shades.classes([1]), x=0, y=0, width=236, say=lambda _: said)
    text = next(root.iter("text"))
    assert float(text.attrib["x"]) + svg.width_of(said, float(text.attrib["font-size"])) <= 236.01


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2.2."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("place", range(5))
def test_what_is_written_on_a_shade_can_be_read(place: int) -> None:
    dark, light = sorted((luminance(svg.SHADES[place]), luminance(shades.ink_on(place))))
    # WCAG 2.2, success criterion 1.4.3: text of any size.
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_hatching_stays_inside_its_rectangle() -> None:
    root = ET.Element("svg")
    shades.hatch(root, 10, 20, 76, 40)
    path = root.find("path")
    assert path is not None
    spots = [tuple(map(float, spot.split())) for spot in path.attrib["d"].replace("M", " L").split("L") if spot.strip()]
    assert spots
    assert all(10 <= x <= 86 and 20 <= y <= 60 for x, y in spots)
