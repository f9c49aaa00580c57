"""A tile grid: tiles of one size apart from each other, texts inside them, figures as they were given."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import pytest

from zhunsheng.papers import svg, tiles

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from zhunsheng.papers.tiles import Figure

LEGEND = tiles.Legend(0, 0, 2, lambda figure: f"{figure:,}", "没有数字")


def tile(column: int, row: int, figure: Figure | None, **others: object) -> tiles.Tile:
    written = "" if figure is None else f"{figure:,}"
    told = {"name": ("甲",), "written": written, "said": f"甲：{written}", **others}
    return tiles.Tile(column, row, figure=figure, **told)  # type: ignore[arg-type]


def squares(root: ET.Element) -> list[tuple[float, float, float, float]]:
    found = [r for r in root.iter("rect") if r.get("width") == "76"]
    return [
        (float(r.get("x", 0)), float(r.get("y", 0)), float(r.get("width", 0)), float(r.get("height", 0))) for r in found
    ]


def test_tiles_are_equal_squares_that_do_not_touch() -> None:
    root = tiles.draw([tile(c, r, c + r) for c in range(2, 5) for r in range(4)], LEGEND, title="图")
    found = squares(root)
    assert len(found) == 12
    for (x, y, w, h), (u, v, *_) in combinations(found, 2):
        assert w == h
        assert abs(x - u) >= w + tiles.GAP or abs(y - v) >= h + tiles.GAP


def test_the_picture_is_as_large_as_its_tiles() -> None:
    # Five columns of 76 with four gaps of 4 are 396; three rows with two gaps are 236.
    assert tiles.draw([tile(4, 2, 1)], LEGEND, title="图").get("viewBox") == "0 0 396 236"


@pytest.mark.parametrize("name", [("内蒙古",), ("Guangdong",), ("Heilong-", "jiang")])
@pytest.mark.parametrize("written", ["4", "104.3万", "−12.34%", "1,043,229"])
def test_texts_stay_inside_their_tile(name: tuple[str, ...], written: str) -> None:
    root = tiles.draw([tile(3, 1, 7, name=name, written=written)], LEGEND, title="图")
    (x, y, side, _), *_ = squares(root)
    texts = [t for t in root.iter("text") if t.get("text-anchor") == "middle"]
    assert [t.text for t in texts] == [*name, written]
    for text in texts:
        size, middle, base = (float(text.get(key, 0)) for key in ("font-size", "x", "y"))
        half = svg.width_of(text.text or "", size) / 2
        assert x <= middle - half
        assert middle + half <= x + side
        assert y <= base - size
        assert base <= y + side - 4


def test_lines_do_not_lie_on_each_other() -> None:
    root = tiles.draw([tile(3, 1, 7, name=("Inner", "Mongolia"))], LEGEND, title="图")
    bases = [(float(t.get("y", 0)), float(t.get("font-size", 0))) for t in root.iter("text") if t.get("text-anchor")]
    assert all(next_base - next_size >= base for (base, _), (next_base, next_size) in pairwise(bases))


def test_without_a_figure_a_tile_is_hatched_and_the_legend_says_so() -> None:
    root = tiles.draw([tile(2, 0, 5), tile(3, 0, None)], LEGEND, title="图")
    assert "没有数字" in [t.text for t in root.iter("text")]
    assert len(list(root.iter("path"))) == 2
    whole = tiles.draw([tile(2, 0, 5)], LEGEND, title="图")
    assert "没有数字" not in [t.text for t in whole.iter("text")]


def test_what_is_not_counted_shifts_no_limit() -> None:
    # 9,000,000 abroad would be a class of its own if it were counted.
    root = tiles.draw([tile(2, 0, 1), tile(3, 0, 2), tile(0, 3, 9_000_000, counted=False)], LEGEND, title="图")
    assert [t.text for t in root.iter("text") if not t.get("text-anchor")] == ["1", "2"]


def test_a_picture_that_leads_somewhere_is_no_image() -> None:
    plain, leading = (tiles.draw([tile(2, 0, 1, address=a)], LEGEND, title="图") for a in ("", "/search?region=44"))
    assert (plain.get("role"), leading.get("role")) == ("img", "group")
    link = leading.find("a")
    assert link is not None
    assert link.get("href") == "/search?region=44"
    assert (link.findtext("title") or "").startswith("甲 1")
