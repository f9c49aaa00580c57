"""A saved picture says what it shows and where it comes from, inside its own edges."""

from __future__ import annotations

import pytest

from zhunsheng.papers import frame, svg


@pytest.mark.parametrize(
    "text",
    [
        "来源：公布的 2025-07 统计通报。全国认证认可信息公共服务平台，2025 年 7 月，" * 3,
        "Source: bulletins published and made here; where a month has both, the published one. " * 3,
        "unbroken" * 40,
    ],
)
def test_a_text_is_broken_to_the_width_and_nothing_is_lost(text: str) -> None:
    lines = frame.broken(text, 12, 300)
    assert all(svg.width_of(line, 12) <= 300 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line[0] in frame.NOT_FIRST for line in lines)


def test_a_latin_word_is_not_broken_where_a_space_is() -> None:
    assert frame.broken("alpha beta gamma", 10, svg.width_of("alpha beta ga", 10)) == ["alpha beta", "gamma"]


def test_heading_picture_and_source_stand_one_below_the_other() -> None:
    inner = svg.picture(300, 100, title="图", description="说明")
    svg.add(inner, "rect", width=300, height=100)
    root = frame.framed(inner, heading="一个标题", source="来源：某处。" * 20)
    _, _, width, height = (float(part) for part in root.attrib["viewBox"].split())
    heading, *lines = list(root.iter("text"))
    bases = [float(text.get("y", 0)) for text in lines]
    # The picture begins below the heading and ends, 100 lower, above the first line of the source.
    group = root.find("g")
    assert group is not None
    top = float(group.attrib["transform"].split()[1].rstrip(")"))
    assert float(heading.get("y", 0)) < top
    assert top + 100 < bases[0] - frame.FOOT_SIZE / 2
    assert bases == sorted(bases)
    assert bases[-1] < height
    assert width == 300 + 2 * frame.EDGE
    assert [child.tag for child in group] == ["rect"]
