"""An operator's map: drawn only with its approval number and whole, and whatever else a file may be is refused."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import pytest

from zhunsheng.papers import maps, svg

if TYPE_CHECKING:
    from pathlib import Path

APPROVAL = "GS(2099)0001号"
UNITS = ("11", "44")
# Two squares of no place's shape, and a line that belongs to no unit.
WEST = [[[80, 30], [90, 30], [90, 40], [80, 40], [80, 30]]]
EAST = [[[100, 30], [110, 30], [110, 40], [100, 40], [100, 30]]]
LINE = [[112, 4], [118, 20]]


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": {"type": kind, "coordinates": coordinates}}


def whole(**others: object) -> dict[str, Any]:
    features = [
        feature("Polygon", WEST, adcode=110000),
        feature("MultiPolygon", [EAST], gb="156440000"),
        feature("LineString", LINE, name="线"),
    ]
    return {"type": "FeatureCollection", "审图号": APPROVAL, "features": features, **others}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "map.geojson"


def write(file: Path, data: object) -> Path:
    file.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return file


def refused(file: Path) -> str:
    with pytest.raises(maps.MapRefused) as caught:
        maps.read(file, UNITS)
    return str(caught.value)


def test_a_whole_map_is_drawn_with_its_number_beneath(file: Path) -> None:
    found = maps.read(write(file, whole()), UNITS)
    units = {"11": maps.Unit("甲", 5, "甲 5", "/search?region=11"), "44": maps.Unit("乙", None, "乙 没有数字")}
    root = maps.draw(found, units, maps.Legend(str, "没有数字", "审图号："), title="图")
    texts = [(t.text or "", float(t.get("y", 0))) for t in root.iter("text")]
    lowest = max(texts, key=lambda pair: pair[1])
    assert lowest[0] == f"审图号：{APPROVAL}"
    assert lowest[1] < float(root.attrib["viewBox"].split()[3])
    # The class stands beside the name: colour is not the only sign.
    assert "甲 1" in [text for text, _ in texts]
    assert "没有数字" in [text for text, _ in texts]
    assert [path.get("fill") for path in root.iter("path")][1:4] == [svg.SHADES[0], "url(#no-figure)", "none"]


@pytest.mark.parametrize("number", ["GS（2019）1822号", "GS京(2022)1061号", "京S(2023)012号", "GS(2024)0650号"])
def test_the_forms_of_an_approval_number_are_known(number: str, file: Path) -> None:
    assert maps.read(write(file, whole(审图号=number)), UNITS).approval == number


@pytest.mark.parametrize(
    "number", [None, "", "  ", "已审", "GS", "GS(2024)", 650, ["GS(2024)0650号"], "GS(2024)0650号<b>"]
)
def test_without_an_approval_number_nothing_is_drawn(number: object, file: Path) -> None:
    assert "没有审图号" in refused(write(file, whole(审图号=number)))


def test_a_map_without_a_member_for_the_number_is_refused(file: Path) -> None:
    data = whole()
    del data["审图号"]
    assert "没有审图号" in refused(write(file, data))


def test_an_incomplete_map_is_refused_and_told_what_is_missing(file: Path) -> None:
    data = whole()
    del data["features"][1]
    assert "44" in refused(write(file, data))


@pytest.mark.parametrize(
    "coordinates",
    [
        [[[0, 0], [181, 0], [1, 1]]],
        [[[0, 91], [1, 0], [1, 1]]],
        [[["0", 0], [1, 0]]],
        [[[True, 0], [1, 0]]],
        [[[0], [1, 0]]],
        [[[0, 0, 0, 0], [1, 0]]],
        [[[0, 0]]],
        [[]],
        [],
        None,
        7,
        "x",
        [[[[0, 0], [1, 0]]]],
        [[[None, None], [1, 1]]],
    ],
)
def test_what_is_no_polygon_on_this_earth_is_refused(coordinates: object, file: Path) -> None:
    data = whole()
    data["features"][2] = feature("Polygon", coordinates)
    assert "GeoJSON" in refused(write(file, data))


@pytest.mark.parametrize(
    "damage",
    [
        {"type": "Feature"},
        {"features": None},
        {"features": [None]},
        {"features": [{"type": "Feature", "geometry": None}]},
        {"features": [feature("Point", [1, 1])]},
        {"features": [feature("GeometryCollection", [])]},
        {"features": [{"type": "Feature", "geometry": {"type": ["Polygon"], "coordinates": []}}]},
    ],
)
def test_a_damaged_collection_is_refused(damage: dict[str, object], file: Path) -> None:
    assert "GeoJSON" in refused(write(file, whole(**damage)))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe",
        b"[" * 200_000,
        b'{"features": ' + b"9" * 5000 + b"}",
    ],
)
def test_what_is_no_json_is_refused(content: bytes, file: Path) -> None:
    file.write_bytes(content)
    assert "GeoJSON" in refused(file)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_coordinate_that_is_no_number_is_refused(text: str, file: Path) -> None:
    file.write_text(json.dumps(whole(), ensure_ascii=False).replace("[80, 30]", f"[{text}, 30]"), encoding="utf-8")
    assert "GeoJSON" in refused(file)


def test_a_file_that_is_too_large_is_not_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "MOST_BYTES", 100)
    assert "100" in refused(write(file, whole()))


def test_too_many_points_are_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Five and five in the squares and two in the line are twelve.
    monkeypatch.setattr(maps, "MOST_POINTS", 11)
    assert "11" in refused(write(file, whole()))
    monkeypatch.setattr(maps, "MOST_POINTS", 12)
    assert maps.read(file, UNITS).approval == APPROVAL


def test_no_file_and_a_directory_are_refused(file: Path) -> None:
    assert "找不到" in refused(file)
    assert "找不到" in refused(file.parent)


@pytest.mark.parametrize("code", ["<script>", "../44", "4400", 10**30, -44, None, 4.4, {"a": 1}])
def test_a_code_that_is_none_is_no_unit(code: object, file: Path) -> None:
    data = whole()
    data["features"][2] = feature("Polygon", WEST, adcode=code)
    assert [form.code for form in maps.read(write(file, data), UNITS).outlines] == ["11", "44", ""]


def test_the_projection_keeps_areas() -> None:
    # On a sphere a cell of one degree has an area in proportion to the difference of the sines of its parallels.
    def area(south: float, west: float) -> float:
        corners = [maps.projected(west + x / 10, south + y / 10) for x, y in _around()]
        pairs = zip(corners, [*corners[1:], corners[0]], strict=True)
        return abs(sum(x * v - u * y for (x, y), (u, v) in pairs)) / 2

    for south, west in ((20.0, 110.0), (40.0, 80.0), (50.0, 125.0)):
        expected = math.radians(1) * (math.sin(math.radians(south + 1)) - math.sin(math.radians(south)))
        assert area(south, west) == pytest.approx(expected, rel=1e-3)


def _around() -> list[tuple[int, int]]:
    """The rim of a cell of ten by ten steps."""
    there = [(n, 0) for n in range(10)] + [(10, n) for n in range(10)]
    return there + [(10 - n, 10) for n in range(10)] + [(0, 10 - n) for n in range(10)]


def test_east_is_to_the_right_and_north_is_up() -> None:
    west, east = maps.projected(80, 35), maps.projected(130, 35)
    south, north = maps.projected(105, 20), maps.projected(105, 50)
    assert west[0] < 0 < east[0]
    assert north[1] < south[1]


def test_the_map_stays_inside_its_picture(file: Path) -> None:
    found = maps.read(write(file, whole()), UNITS)
    spots = [spot for form in found.outlines for line in form.lines for spot in line]
    assert all(0 <= x <= maps.WIDTH and 0 <= y <= found.height for x, y in spots)


def test_a_name_stands_inside_a_bent_form() -> None:
    # An L of two arms, each 10 thick: the middle of what encloses it, (20, 20), lies outside.
    bent = ((0.0, 0.0), (10.0, 0.0), (10.0, 30.0), (40.0, 30.0), (40.0, 40.0), (0.0, 40.0), (0.0, 0.0))
    width, x, y = maps.amid(bent)
    assert (width, x) == (40, 20)
    assert 30 < y < 40


def test_a_level_stretch_ends_at_a_hole_between_two_arms() -> None:
    # A U, open above: at every height in its arms two stretches of 10, at its foot one of 30.
    arms = ((0.0, 0.0), (10.0, 0.0), (10.0, 38.0), (20.0, 38.0), (20.0, 0.0), (30.0, 0.0), (30.0, 40.0), (0.0, 40.0))
    # The lowest height looked at is 11/12 of 40, about 36.7: still in the arms.
    assert maps.amid(arms)[0] == 10
