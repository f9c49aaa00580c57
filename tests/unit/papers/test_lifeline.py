"""Lifelines: days become positions, labels never overlap, and nothing is told by colour alone."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.papers import lifeline, strips, svg
from zhunsheng.papers.lifeline import NARROW, WIDE, Axis, Band, Lifeline, Mark, Row, Tick

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

DAY = date(2025, 1, 1)
days = st.dates(date(2000, 1, 1), date(2040, 12, 31))
labels = st.lists(st.tuples(st.floats(-50, 800), st.floats(10, 200)), max_size=25)


@given(labels)
def test_no_two_labels_overlap_and_none_leaves_the_picture(wanted: list[tuple[float, float]]) -> None:
    places = lifeline.placed(wanted, left=10, right=330)
    spans = [(p.row, p.left, p.left + width) for p, (_at, width) in zip(places, wanted, strict=True)]
    assert all(start >= 10 and end <= 330 + 1e-6 for _row, start, end in spans)
    for (row, start, end), (other_row, other_start, other_end) in combinations(spans, 2):
        assert row != other_row or end <= other_start or other_end <= start


def test_a_label_that_has_room_begins_at_its_day() -> None:
    places = lifeline.placed([(20, 50), (200, 50)], left=10, right=330)
    assert [(p.left, p.row) for p in places] == [(20, 0), (200, 0)]


def test_of_two_labels_on_one_day_the_second_stands_a_row_further() -> None:
    assert sorted(p.row for p in lifeline.placed([(20, 50), (20, 50)], left=10, right=330)) == [0, 1]


@given(st.lists(days, min_size=3, max_size=3))
def test_an_earlier_day_is_never_to_the_right_of_a_later_one(three: list[date]) -> None:
    first, middle, last = sorted(three)
    axis = Axis(first, last, 10, 330)
    assert 10 == axis.at(first) <= axis.at(middle) <= axis.at(last) <= 330
    assert axis.at(first - timedelta(1)) == 10
    assert axis.at(last + timedelta(400)) <= 330


def test_half_of_the_time_is_half_of_the_way() -> None:
    # 2025 has 365 days; 73 are a fifth of them.
    axis = Axis(DAY, DAY + timedelta(365), 0, 500)
    assert axis.at(DAY + timedelta(73)) == 100


@given(days, st.integers(1, 30_000), st.sampled_from([NARROW, WIDE]))
def test_the_labels_of_the_time_line_stand_apart(first: date, length: int, width: int) -> None:
    last = min(first + timedelta(length), date(9999, 12, 31))
    marked = lifeline.grid(first, last, width)
    axis = Axis(first, last, 0, width)
    for (day, label), (after, _) in pairwise(marked):
        assert axis.at(after) - axis.at(day) >= svg.width_of(label, lifeline.SMALL) or len(marked) <= 2


@pytest.mark.parametrize(
    ("last", "wanted"),
    [
        (date(2025, 3, 20), ["2025-01", "2025-02", "2025-03"]),
        (date(2027, 6, 30), ["2025", "2026", "2027"]),
        (date(2060, 1, 1), ["2030", "2040", "2050", "2060"]),
        (date(9999, 12, 30), ["3000", "4000", "5000", "6000", "7000", "8000", "9000"]),
    ],
)
def test_the_time_line_is_marked_by_months_years_or_decades(last: date, wanted: list[str]) -> None:
    assert [label for _day, label in lifeline.grid(DAY, last, 250)] == wanted


def test_a_picture_goes_on_to_an_end_date_but_not_for_ever() -> None:
    first, last = lifeline.spread([DAY, date(2025, 12, 31)], until=date(2027, 12, 31), years=6)
    assert first < DAY
    assert last > date(2027, 12, 31)
    _first, last = lifeline.spread([DAY], until=date(9999, 12, 31), years=6)
    assert last.year == 2031


def drawn(width: int = WIDE, *, thin: bool = False, ticks: tuple[Tick, ...] = ()) -> ET.Element:
    """Draw a certificate that was valid, suspended and withdrawn."""
    bands = (
        Band(DAY, date(2025, 5, 1), "good", "有效"),
        Band(date(2025, 5, 1), date(2025, 9, 1), "held", "暂停"),
        Band(date(2025, 9, 1), date(2025, 12, 1), "ended", "撤销"),
    )
    return strips.draw(
        Lifeline(
            title="证书 <1> 的经过",
            description="2025-01-01 起有效",
            first=DAY,
            last=date(2025, 12, 31),
            rows=[Row("按当时所知", bands)],
            lines=["一家名称很长很长很长很长很长很长很长很长的组织 · 一家机构"],
            ticks=ticks,
            marks=[Mark(date(2025, 11, 1), "今天 2025-11-01"), Mark(date(2025, 6, 1), "截至 2025-06-01", below=True)],
            known_name="何时得知" if ticks else "",
            notes=["来源：本登记簿。"],
            today=date(2025, 11, 1),
            thin=thin,
        ),
        width=width,
    )


TICK = Tick(date(2025, 5, 1), "2025-05-01 暂停", date(2025, 6, 10), "2025-06-10（40 天后）")


def test_a_picture_names_its_content_to_who_cannot_see_it() -> None:
    root = drawn()
    assert root.get("role") == "img"
    assert root.findtext("title") == "证书 <1> 的经过"
    assert root.findtext("desc") == "2025-01-01 起有效"


@pytest.mark.parametrize("thin", [False, True])
def test_each_state_has_a_word_a_shape_and_a_filling_of_its_own(thin: bool) -> None:
    root = drawn(thin=thin)
    said = " ".join(text.text or "" for text in root.iter("text"))
    assert all(word in said for word in ("● 有效", "▲ 暂停", "■ 撤销"))
    fillings = {rect.get("fill") for rect in root.iter("rect")}
    assert {svg.GOOD, "url(#lifeline-held)", "url(#lifeline-ended)"} <= fillings
    assert {pattern.get("id") for pattern in root.iter("pattern")} == {"lifeline-held", "lifeline-ended"}


@pytest.mark.parametrize("width", [NARROW, WIDE])
def test_letters_are_large_enough_and_nothing_leaves_the_picture(width: int) -> None:
    root = drawn(width, ticks=(TICK,))
    height = float(root.get("height") or 0)
    for text in root.iter("text"):
        size, x = float(text.get("font-size") or 0), float(text.get("x") or 0)
        assert size >= 11
        assert 0 <= x <= x + svg.width_of(text.text or "", size) <= width + 1
        assert 0 < float(text.get("y") or 0) <= height


def test_a_name_too_long_for_its_line_is_cut_and_says_so() -> None:
    rows = [Row("90124Q00001R0M · " + "很长的认证项目名称" * 9, ())]
    root = strips.draw(
        Lifeline(title="图", description="", first=DAY, last=date(2025, 12, 31), rows=rows), width=NARROW
    )
    (name,) = [text.text or "" for text in root.iter("text") if "90124Q" in (text.text or "")]
    assert name.endswith("…")
    assert svg.width_of(name, lifeline.SMALL) <= NARROW - 20


def test_a_picture_needs_no_style_and_no_script() -> None:
    root = drawn(ticks=(TICK,))
    assert {element.tag for element in root.iter()}.isdisjoint({"style", "script"})
    assert not any("style" in element.attrib for element in root.iter())


def test_late_knowledge_slants_and_what_does_not_count_is_hollow() -> None:
    late = drawn(ticks=(TICK,))
    slants = [
        line for line in late.iter("line") if line.get("x1") != line.get("x2") and line.get("y1") != line.get("y2")
    ]
    assert len(slants) == 1
    assert [circle.get("fill") for circle in late.iter("circle") if circle.get("r") == "3.5"] == [svg.INK]
    open_one = Tick(TICK.day, TICK.label, TICK.known, TICK.known_label, counts=False)
    hollow = drawn(ticks=(open_one,))
    assert [circle.get("fill") for circle in hollow.iter("circle") if circle.get("r") == "3.5"] == [svg.PAPER]


events = st.lists(st.tuples(st.integers(0, 364), st.integers(0, 200)), max_size=12)


@given(events, st.sampled_from([NARROW, WIDE]))
def test_no_words_of_a_picture_overlap(happened: list[tuple[int, int]], width: int) -> None:
    ticks = []
    for day, late in dict(happened).items():
        on, known = DAY + timedelta(day), min(DAY + timedelta(day + late), date(2025, 12, 31))
        ticks.append(Tick(on, f"{on} 变更", known, f"{known}（{late} 天后）"))
    boxes = []
    for text in drawn(width, ticks=tuple(ticks)).iter("text"):
        size, x, y = (float(text.get(name) or 0) for name in ("font-size", "x", "y"))
        boxes.append((x, y - size * 0.8, x + svg.width_of(text.text or "", size), y, text.text))
    for (left, top, right, bottom, one), (left_2, top_2, right_2, bottom_2, two) in combinations(boxes, 2):
        apart = right <= left_2 + 0.5 or right_2 <= left + 0.5 or bottom <= top_2 or bottom_2 <= top
        assert apart, f"{one} | {two}"
