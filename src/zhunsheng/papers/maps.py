"""A map drawn from an operator's own file, and only with its map-approval number 审图号 beneath it.

A map of China may be shown to the public only as it was approved (the design, "Chosen parts"), so no
outline is carried here, the file must name its number, every unit must be in it, and what it draws
beside the units (lines of the sea) is drawn as well.

The file is GeoJSON (RFC 7946) in degrees. It comes from outside the house: its size, its depth, every
coordinate and every name is checked before anything is drawn.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.papers import shades, svg

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from decimal import Decimal
    from pathlib import Path
    from xml.etree import ElementTree as ET

    Figure = int | Decimal

APPROVAL = "审图号"
CODES = ("adcode", "code", "gb")
# GS(2024)0650号, GS京(2022)1061号, 京S(2023)012号: who approved, the year, the number.
APPROVED = re.compile(r"[\u4e00-\u9fff]{0,3}G?S[\u4e00-\u9fff]{0,3}\s*[(（〔\[]\d{4}[)）〕\]]\s*\d{1,6}\s*号?")
# A province's code: two digits of GB/T 2260 and what follows them; 天地图 writes the country's 156 before.
_CODE = re.compile(r"(?:156)?(\d{2})(?:0{4})?")
MOST_BYTES, MOST_FEATURES, MOST_POINTS, MOST_CODE = 8_000_000, 1_000, 400_000, 20
LEAST_POINTS = 2
# Albers' equal-area cone as maps of China use it: two parallels, one meridian, in degrees.
PARALLELS, MERIDIAN = (25.0, 47.0), 105.0
WIDTH, FOOT, NAME_SIZE = 640, 28, 12
# At how many heights room for a name is looked for.
LEVELS = 12
# A form is drawn to this part of a unit of the view box; what is finer cannot be seen.
FINENESS = 0.2
_LINE_KINDS = {"LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}

Spot = tuple[float, float]


class MapRefused(ZhunshengError):
    """An operator's map file may not or cannot be drawn."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Outline:
    """A form of the map: the code of its unit, empty when it is none; its lines; whether they enclose it."""

    code: str
    lines: tuple[tuple[Spot, ...], ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class MapFile:
    """A map that may be drawn: its approval number and its forms, already laid on a plane `height` high."""

    approval: str
    outlines: tuple[Outline, ...]
    height: float


@dataclass(frozen=True, slots=True)
class Unit:
    """What is shown of a unit: its short name, its figure, the whole in words, and where it leads."""

    name: str
    figure: Figure | None
    said: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class Legend:
    """How the legend writes a figure, what hatching means, and the words before the approval number."""

    say: Callable[[Figure], str]
    missing: str
    approval: str


def read(path: Path, units: Collection[str]) -> MapFile:
    """Read an operator's map, which must have every one of `units` (two-digit codes). Raises MapRefused."""
    data = _json(path)
    approval = data.get(APPROVAL) if isinstance(data, dict) else None
    if not isinstance(approval, str) or not APPROVED.fullmatch(approval.strip()):
        raise MapRefused(
            N_("地图文件 %(file)s 没有审图号，不得公开展示。请在文件最外层写明“审图号”，如 GS(2024)0650号。"),
            file=path.name,
        )
    features = data.get("features")
    if data.get("type") != "FeatureCollection" or not isinstance(features, list) or len(features) > MOST_FEATURES:
        raise _broken(path)
    forms = [_outline(feature, path) for feature in features]
    if sum(len(line) for form in forms for line in form.lines) > MOST_POINTS:
        raise MapRefused(N_("地图文件 %(file)s 的坐标点多于 %(most)s 个，请先简化。"), file=path.name, most=MOST_POINTS)
    missing = sorted(set(units) - {form.code for form in forms if form.closed})
    if missing:
        raise MapRefused(
            N_("地图文件 %(file)s 缺少这些省级行政区划代码：%(codes)s。不完整的地图不得展示。"),
            file=path.name,
            codes="、".join(missing),
        )
    return _laid(approval.strip(), forms)


def _broken(path: Path) -> MapRefused:
    return MapRefused(N_("地图文件 %(file)s 不是可用的 GeoJSON（RFC 7946，经纬度）。"), file=path.name)


def _json(path: Path) -> Any:
    try:
        if not path.is_file():
            raise MapRefused(N_("找不到地图文件 %(file)s。"), file=path.name)
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise MapRefused(N_("读不了地图文件 %(file)s。"), file=path.name) from error
    if len(content) > MOST_BYTES:
        raise MapRefused(N_("地图文件 %(file)s 大于 %(most)s 字节，请先简化。"), file=path.name, most=MOST_BYTES)
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _broken(path) from error


def _outline(feature: object, path: Path) -> Outline:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(feature, dict) or not isinstance(geometry, dict):
        raise _broken(path)
    kind = geometry.get("type")
    depth = _LINE_KINDS.get(kind) if isinstance(kind, str) else None
    if depth is None:
        raise _broken(path)
    lines = tuple(_lines(geometry.get("coordinates"), depth, path))
    if not lines:
        raise _broken(path)
    return Outline(_code(feature.get("properties")), lines, closed="Polygon" in str(kind))


def _code(properties: object) -> str:
    """The two digits of a unit; empty for a form that is no unit, as the lines of the sea."""
    if not isinstance(properties, dict):
        return ""
    found = next((properties[name] for name in CODES if name in properties), None)
    if not isinstance(found, str | int):
        return ""
    # So large a number could not be written out.
    text = str(found)[:MOST_CODE] if isinstance(found, str) or abs(found) < 10**MOST_CODE else ""
    read = _CODE.fullmatch(text)
    return read[1] if read else ""


def _lines(coordinates: object, depth: int, path: Path) -> Iterable[tuple[Spot, ...]]:
    if not isinstance(coordinates, list):
        raise _broken(path)
    if depth > 1:
        for part in coordinates:
            yield from _lines(part, depth - 1, path)
    else:
        if len(coordinates) < LEAST_POINTS:
            raise _broken(path)
        yield tuple(_spot(pair, path) for pair in coordinates)


def _spot(pair: object, path: Path) -> Spot:
    """Project a longitude and a latitude in degrees; what is none of this earth is refused."""
    if not isinstance(pair, list) or len(pair) not in {2, 3}:
        raise _broken(path)
    longitude, latitude = pair[0], pair[1]
    for value, limit in ((longitude, 180), (latitude, 90)):
        if isinstance(value, bool) or not isinstance(value, int | float) or not -limit <= value <= limit:
            raise _broken(path)
    return projected(longitude, latitude)


def projected(longitude: float, latitude: float) -> Spot:
    """Lay a place in degrees on Albers' cone (Snyder, Map Projections, 1987, 14-1 to 14-6); x east, y south."""
    south, north = (math.radians(parallel) for parallel in PARALLELS)
    n = (math.sin(south) + math.sin(north)) / 2
    c = math.cos(south) ** 2 + 2 * n * math.sin(south)
    radius = math.sqrt(c - 2 * n * math.sin(math.radians(latitude))) / n
    angle = n * math.radians(longitude - MERIDIAN)
    return radius * math.sin(angle), radius * math.cos(angle)


def _laid(approval: str, forms: list[Outline]) -> MapFile:
    """Fit the forms into the width of the picture, to the fineness that can be seen."""
    spots = [spot for form in forms for line in form.lines for spot in line]
    left, right = min(x for x, _ in spots), max(x for x, _ in spots)
    top, bottom = min(y for _, y in spots), max(y for _, y in spots)
    scale = (WIDTH - 2) / max(right - left, bottom - top, 1e-9)
    outlines = tuple(
        Outline(form.code, tuple(_fitted(line, left, top, scale) for line in form.lines), form.closed) for form in forms
    )
    return MapFile(approval, outlines, height=(bottom - top) * scale + 2)


def _fitted(line: Iterable[Spot], left: float, top: float, scale: float) -> tuple[Spot, ...]:
    found: list[Spot] = []
    for x, y in line:
        spot = (_fine((x - left) * scale + 1), _fine((y - top) * scale + 1))
        if not found or found[-1] != spot:
            found.append(spot)
    return tuple(found)


def _fine(value: float) -> float:
    return round(round(value / FINENESS) * FINENESS, 1)


def draw(found: MapFile, units: Mapping[str, Unit], legend: Legend, *, title: str, description: str = "") -> ET.Element:
    """Draw a map: each unit in the shade of its class, with its name and the number of its class where they fit."""
    beneath = shades.LINE * (shades.CLASSES + 1) + 8
    root = svg.picture(WIDTH, found.height + beneath + FOOT, title=title, description=description)
    if any(unit.address for unit in units.values()):
        root.set("role", "group")
    ordered = sorted(unit.figure for unit in units.values() if unit.figure is not None)
    pattern = svg.add(root, "pattern", id="no-figure", width=8, height=8, patternUnits="userSpaceOnUse")
    svg.add(pattern, "rect", width=8, height=8, fill=svg.PAPER)
    svg.add(pattern, "path", d="M0 8L8 0", stroke=svg.QUIET)
    for form in found.outlines:
        _form(root, form, units.get(form.code) if form.closed else None, ordered)
    for form in found.outlines:
        if form.closed and form.code in units:
            _name(root, form, units[form.code], ordered)
    shades.legend(
        root,
        shades.classes(ordered),
        x=1,
        y=found.height + 8,
        width=WIDTH,
        say=legend.say,
        missing=legend.missing if len(ordered) < len(units) else "",
        numbered=True,
    )
    foot = f"{legend.approval}{found.approval}"
    svg.add(root, "text", foot, x=WIDTH - 1, y=found.height + beneath + 14, text_anchor="end", font_size=15)
    return root


def _form(root: ET.Element, form: Outline, unit: Unit | None, ordered: list[Figure]) -> None:
    parent = svg.add(root, "a", href=unit.address) if unit and unit.address else root
    fill = "none"
    if unit is not None:
        fill = "url(#no-figure)" if unit.figure is None else svg.SHADES[shades.place_of(unit.figure, ordered)]
    ends = "Z" if form.closed else ""
    d = "".join("M" + "L".join(f"{svg.number(x)} {svg.number(y)}" for x, y in line) + ends for line in form.lines)
    if unit is not None and unit.address:
        svg.add(parent, "title", unit.said)
    path = svg.add(parent, "path", d=d, fill=fill, fill_rule="evenodd", stroke=svg.QUIET, stroke_width=0.6)
    if unit is not None and not unit.address:
        svg.add(path, "title", unit.said)


def _name(root: ET.Element, form: Outline, unit: Unit, ordered: list[Figure]) -> None:
    """Write a unit's name and class amid its largest part, or the class alone, or nothing, as there is room."""
    room, x, y = amid(max(form.lines, key=_extent))
    place = None if unit.figure is None else shades.place_of(unit.figure, ordered)
    number = "" if place is None else str(place + 1)
    fill = svg.INK if place is None else shades.ink_on(place)
    text = next(
        (text for text in (f"{unit.name} {number}".strip(), number) if svg.width_of(text, NAME_SIZE) < room), ""
    )
    if text:
        middle: dict[str, str | float] = {"x": x, "y": y + NAME_SIZE / 3, "text_anchor": "middle"}
        svg.add(root, "text", text, font_size=NAME_SIZE, fill=fill, pointer_events="none", **middle)


def amid(line: tuple[Spot, ...]) -> tuple[float, float, float]:
    """Return the widest of some level stretches inside a closed line: its width and its middle.

    The middle of a bent form, as Gansu's, may lie outside it; that of a stretch inside it does not.
    """
    top, bottom = min(y for _, y in line), max(y for _, y in line)
    found = [(0.0, 0.0, 0.0)]
    for level in range(1, LEVELS):
        y = top + (bottom - top) * level / LEVELS
        crossed = sorted(
            x1 + (x2 - x1) * (y - y1) / (y2 - y1) for (x1, y1), (x2, y2) in _sides(line) if (y1 > y) != (y2 > y)
        )
        found += [(east - west, (east + west) / 2, y) for west, east in zip(crossed[::2], crossed[1::2], strict=True)]
    return max(found)


def _sides(line: tuple[Spot, ...]) -> Iterable[tuple[Spot, Spot]]:
    return zip(line, (*line[1:], line[0]), strict=True)


def _extent(line: tuple[Spot, ...]) -> float:
    return (max(x for x, _ in line) - min(x for x, _ in line)) * (max(y for _, y in line) - min(y for _, y in line))
