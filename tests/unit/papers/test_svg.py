"""Pictures: what stands in them is text, never markup, and widths are estimated well enough to place it."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from zhunsheng.papers import svg


def test_a_name_that_looks_like_markup_stays_text() -> None:
    root = svg.picture(10, 10, title='<script>"&')
    svg.add(root, "text", "<b>有限公司</b>", x=1.5, stroke_width=2)
    read = ET.fromstring(svg.as_file(root))  # noqa: S314 - our own picture
    space = "{http://www.w3.org/2000/svg}"
    assert read.findtext(f"{space}title") == '<script>"&'
    found = read.find(f"{space}text")
    assert found is not None
    assert found.text == "<b>有限公司</b>"
    assert found.attrib == {"x": "1.5", "stroke-width": "2"}


@pytest.mark.parametrize(
    ("value", "written"), [(1, "1"), (1.0, "1"), (1.005, "1"), (2.25, "2.25"), (0.1, "0.1"), (10, "10")]
)
def test_a_coordinate_is_as_short_as_it_is(value: float, written: str) -> None:
    assert svg.number(value) == written


def test_a_chinese_character_is_as_wide_as_it_is_high() -> None:
    assert svg.width_of("广东", 10) == 20
    assert svg.width_of("ab", 10) < 15
