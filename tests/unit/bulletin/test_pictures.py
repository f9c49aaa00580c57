"""A bulletin's pictures: all 34 units once, about where they lie, with the published figures."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from django.utils import translation

from zhunsheng.bulletin import pictures, published
from zhunsheng.bulletin.model import Bulletin, RegionRow
from zhunsheng.codes.regions import ABROAD, PROVINCES
from zhunsheng.papers import svg

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

# Longitude and latitude of each unit's seat of government in whole degrees.
SEATS = {
    "11": (116, 40), "12": (117, 39), "13": (115, 38), "14": (113, 38), "15": (112, 41), "21": (123, 42),
    "22": (125, 44), "23": (127, 46), "31": (121, 31), "32": (119, 32), "33": (120, 30), "34": (117, 32),
    "35": (119, 26), "36": (116, 29), "37": (117, 37), "41": (114, 35), "42": (114, 31), "43": (113, 28),
    "44": (113, 23), "45": (108, 23), "46": (110, 20), "50": (107, 30), "51": (104, 31), "52": (107, 27),
    "53": (103, 25), "54": (91, 30), "61": (109, 34), "62": (104, 36), "63": (102, 37), "64": (106, 38),
    "65": (88, 44), "71": (122, 25), "81": (114, 22), "82": (114, 22),
}  # fmt: skip


def texts(root: ET.Element) -> list[str]:
    return [element.text or "" for element in root.iter("text")]


def test_every_unit_has_one_tile_and_no_two_share_one() -> None:
    marks = [mark for mark in pictures.GRID.split() if mark != ".."]
    assert Counter(marks) == Counter([region.code for region in PROVINCES] + ["ab"])
    assert len(PROVINCES) == 34
    assert len(set(pictures.PLACES.values())) == 35


def test_the_legend_lies_where_no_tile_is() -> None:
    column, row, columns = pictures.LEGEND_CELLS
    covered = {(c, r) for c in range(column, column + columns) for r in (row, row + 1)}
    assert not covered & set(pictures.PLACES.values())


def test_what_is_abroad_touches_no_tile_of_the_nation() -> None:
    column, row = pictures.PLACES[ABROAD.code]
    others = [place for code, place in pictures.PLACES.items() if code != ABROAD.code]
    assert all(abs(column - c) > 1 or abs(row - r) > 1 for c, r in others)


def _ranks_agree(pairs: list[tuple[float, float]]) -> float:
    """The part of all pairs of units whose order on the grid is their order on the earth; equal ones are left out."""
    judged = [(a, b) for i, a in enumerate(pairs) for b in pairs[:i] if a[0] != b[0] and a[1] != b[1]]
    return sum((a[0] - b[0]) * (a[1] - b[1]) > 0 for a, b in judged) / len(judged)


def test_tiles_lie_about_where_the_units_lie() -> None:
    assert set(SEATS) == {region.code for region in PROVINCES}
    assert _ranks_agree([(pictures.PLACES[code][0], east) for code, (east, _) in SEATS.items()]) > 0.9
    assert _ranks_agree([(-pictures.PLACES[code][1], north) for code, (_, north) in SEATS.items()]) > 0.9


def test_the_tiles_carry_the_published_figures() -> None:
    document = published.load("2025-07")
    # July 2025 prints 765,239 certificates for 广东 and 248 for 澳门, shares 18 and 0.01 among them.
    assert {"广东", "76.5万", "澳门", "248", "国外"} <= set(texts(pictures.tile_grid(document)))
    said = {one.region.code: one.exact for one in pictures.shown(document, "certificates")}
    assert (said["44"], said["82"]) == ("765,239", "248")
    assert len(said) == 35


def test_growth_is_between_the_two_months_printed() -> None:
    # 江苏 503,079 in March 2024 and 564,600 in July 2025: 61,521 / 503,079 = 12.2289… %.
    found = pictures.shown(published.load("2025-07"), "growth", published.load("2024-03"))
    assert next(one.exact for one in found if one.region.code == "32") == "+12.23%"


def test_english_tiles_have_english_names_and_no_ten_thousands() -> None:
    with translation.override("en"):
        said = texts(pictures.tile_grid(published.load("2025-07")))
    assert {"Guangdong", "765k", "Inner", "Mongolia"} <= set(said)
    assert all(text.isascii() or "–" in text for text in said)


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [(9_999, "9,999", "9,999"), (10_000, "1.0万", "10k"), (1_043_229, "104.3万", "1.04M"), (0, "0", "0")],
)
def test_counts_are_short_in_the_readers_own_units(value: int, zh: str, en: str) -> None:
    assert pictures.short(value, "certificates") == zh
    with translation.override("en"):
        assert pictures.short(value, "certificates") == en


def test_a_unit_that_the_bulletin_does_not_print_is_hatched() -> None:
    document = Bulletin(month="2099-01", regions=(RegionRow("北京市", 5), RegionRow("广东", 7)))
    root = pictures.tile_grid(document)
    assert "通报没有这一数字" in texts(root)
    assert len([one for one in pictures.shown(document, "certificates") if one.value is None]) == 32


def test_abroad_has_no_share_of_the_nation() -> None:
    found = pictures.shown(published.load("2024-03"), "share")
    assert next(one for one in found if one.region == ABROAD).value is None


def test_without_regions_there_is_no_picture() -> None:
    with pytest.raises(pictures.NoPicture):
        pictures.tile_grid(Bulletin(month="2099-01"))
    with pytest.raises(pictures.NoPicture):
        pictures.leaders(Bulletin(month="2099-01"))
    with pytest.raises(pictures.NoPicture):
        pictures.trend([Bulletin(month="2099-01")])


def test_a_picture_to_be_saved_leads_nowhere() -> None:
    document = published.load("2025-07")
    assert list(pictures.tile_grid(document).iter("a")) == []
    links = [a.get("href") for a in pictures.tile_grid(document, links=True).iter("a")]
    assert len(links) == 35
    assert "/search?region=44" in links


def test_the_leaders_are_the_twelve_that_the_bulletin_names() -> None:
    document = published.load("2025-07")
    named = [text for text in texts(pictures.leaders(document)) if not text[0].isdigit()]
    assert named == [region.name for region in document.headline.leading]


def test_the_trend_shows_each_month_once_and_marks_what_was_made_here() -> None:
    root = pictures.trend([published.load(month) for month in ("2025-07", "2024-03")], made={"2025-07"})
    assert [c.get("fill") for c in root.iter("circle")][:2] == [svg.ACCENT, svg.PAPER]
    assert {"4,340,282", "公布", "自制", "2024-03"} <= set(texts(root))
