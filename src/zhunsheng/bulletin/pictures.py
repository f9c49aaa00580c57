"""The pictures of a bulletin: the nation as a tile grid or a map, its leading regions as bars, the months as a line.

Each function returns an SVG element in the active language: `svg.as_text` puts it into a page,
`svg.as_file` saves it, `typesetting.png` makes a PNG of it, Typst takes it into a PDF.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.bulletin import pages, words
from zhunsheng.bulletin.comparing import percent_growth
from zhunsheng.bulletin.model import RegionRow
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.codes.regions import ABROAD, BY_CODE, BY_NAME, PROVINCES, Region
from zhunsheng.codes.rounding import half_even, plain
from zhunsheng.papers import bars, maps, tiles
from zhunsheng.papers import trend as lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from xml.etree import ElementTree as ET

    from zhunsheng.bulletin.model import Bulletin

Figure = Literal["certificates", "organisations", "share", "growth"]
Measure = Literal["certificates", "organisations"]
FIGURES: tuple[Figure, ...] = ("certificates", "organisations", "share", "growth")
MEASURES: tuple[Measure, ...] = ("certificates", "organisations")

# Where the tile of each unit stands: two digits of GB/T 2260, `ab` for what is abroad, outside the nation.
GRID = """
..  ..  ..  ..  ..  ..  ..  23
..  ..  ..  15  11  ..  21  22
65  62  64  14  13  12  ..  ..
54  63  61  41  37  ..  ..  ..
..  51  50  42  34  32  31  ..
..  53  52  43  36  33  ..  ..
..  ..  45  44  35  ..  71  ..
ab  ..  46  82  81  ..  ..  ..
"""
PLACES = {
    ABROAD.code if mark == "ab" else mark: (column, row)
    for row, line in enumerate(GRID.split("\n")[1:-1])
    for column, mark in enumerate(line.split())
    if mark != ".."
}
# The legend's first cell, and how many cells it may be wide; it is two high.
LEGEND_CELLS = (0, 0, 3)
# An English name that is wider than its tile stands in two lines.
_LINES_EN = {"15": ("Inner", "Mongolia"), "23": ("Heilong-", "jiang"), "81": ("Hong", "Kong")}
# How many regions the bars show; July 2025 names the twelve that have 100,000 certificates or more.
LEADERS = 12
HEADINGS = {
    "certificates": N_("有效证书数（张）"),
    "organisations": N_("获证组织数（家）"),
    "share": N_("证书数占全国比重（%）"),
    "growth": N_("证书数增长率（%）"),
}
CHOICES = {
    "certificates": N_("证书数"),
    "organisations": N_("组织数"),
    "share": N_("比重"),
    "growth": N_("增长率"),
}
MISSING = {
    "certificates": N_("通报没有这一数字"),
    "organisations": N_("通报没有这一数字"),
    "share": N_("通报没有这一数字"),
    "growth": N_("两个月不都有数字"),
}
_WAN, _THOUSAND, _MILLION = 10_000, 1_000, 1_000_000
# Chinese counts in ten thousands, English in thousands and millions: no word of one is the other's.
_WAN_SIGN, _MINUS = "万", "\u2212"


class NoPicture(ZhunshengError):
    """A bulletin has not what the picture would show."""

    exit_code = 1


@dataclass(frozen=True, slots=True)
class Shown:
    """A region in a picture: its figure as a number, written short and whole, empty where unknown, and in words."""

    region: Region
    value: int | Decimal | None
    written: str
    exact: str
    said: str


def tile_grid(
    document: Bulletin, figure: Figure = "certificates", against: Bulletin | None = None, *, links: bool = False
) -> ET.Element:
    """Draw the 34 units as tiles, and abroad apart from them when printed; growth is since `against`.

    `links` lets each tile lead to the search in its region. Raises NoPicture without a table of regions.
    """
    found = [
        tiles.Tile(
            *PLACES[one.region.code],
            name=_tile_name(one.region),
            figure=one.value,
            written=one.written,
            said=one.said,
            address=_address(one.region) if links else "",
            counted=one.region != ABROAD,
        )
        for one in shown(document, figure, against)
    ]
    legend = tiles.Legend(*LEGEND_CELLS, lambda value: exact(value, figure), _(MISSING[figure]))
    return tiles.draw(found, legend, title=title(document, figure, against))


def map_of(
    document: Bulletin, file: maps.MapFile, figure: Figure, against: Bulletin | None = None, *, links: bool = False
) -> ET.Element:
    """Draw the 34 units on an operator's approved map, its number beneath. Raises NoPicture as `tile_grid` does."""
    units = {
        one.region.code: maps.Unit(name_of(one.region), one.value, one.said, _address(one.region) if links else "")
        for one in shown(document, figure, against)
        if one.region != ABROAD
    }
    legend = maps.Legend(lambda value: exact(value, figure), _(MISSING[figure]), _("审图号："))
    return maps.draw(file, units, legend, title=title(document, figure, against))


def leaders(document: Bulletin, measure: Measure = "certificates") -> ET.Element:
    """Draw the units with the most certificates (or organisations) as bars, most first. Raises NoPicture."""
    found = [
        (name_of(one.region), one.value)
        for one in shown(document, measure)
        if isinstance(one.value, int) and one.region != ABROAD
    ]
    first = sorted(found, key=lambda pair: -pair[1])[:LEADERS]
    if not first:
        raise NoPicture(N_("这份通报没有地区表，画不出这幅图。"))
    heading = _("%(what)s：前 %(n)s 位，%(month)s") % {
        "what": _(HEADINGS[measure]),
        "n": len(first),
        "month": document.month or "",
    }
    return bars.draw([bars.Bar(name, value, exact(value, measure)) for name, value in first], title=heading)


def trend(documents: Iterable[Bulletin], what: Measure = "certificates", *, made: Collection[str] = ()) -> ET.Element:
    """Draw the totals of bulletins over their months, one bulletin a month in any order.

    `made` names the months (YYYY-MM) whose bulletin was made here; their marks are hollow. Raises
    NoPicture when no bulletin has a month and a total.
    """
    totals = ((document.month, getattr(pages.totals(document), what)) for document in documents)
    return trend_of({month: total for month, total in totals if month is not None}, what, made=made)


def trend_of(totals: dict[str, int | None], what: Measure, *, made: Collection[str] = ()) -> ET.Element:
    """Draw totals by month (YYYY-MM) as `trend` does."""
    points = [
        lines.Point(month, total, exact(total, what), hollow=month in made)
        for month, total in sorted(totals.items())
        if total is not None
    ]
    if not points:
        raise NoPicture(N_("没有一个月有这一数字，画不出走势。"))
    meanings = {False: _("公布"), True: _("自制")}
    kinds = sorted({point.hollow for point in points})
    marks = [lines.Mark(kind, meanings[kind]) for kind in kinds] if len(kinds) > 1 else []
    span = {"what": _(HEADINGS[what]), "first": points[0].month, "last": points[-1].month}
    heading = _("%(what)s：%(first)s 至 %(last)s") % span
    return lines.draw(points, title=heading, say=lambda value: exact(value, what), marks=marks)


def title(document: Bulletin, figure: Figure, against: Bulletin | None = None) -> str:
    """Return what a picture of the nation shows, in words."""
    said = {"what": _(HEADINGS[figure]), "month": document.month or ""}
    if figure == "growth" and against is not None:
        return _("各省级单位%(what)s：%(since)s 至 %(month)s") % {**said, "since": against.month or ""}
    return _("各省级单位%(what)s，%(month)s") % said


def shown(document: Bulletin, figure: Figure, against: Bulletin | None = None) -> list[Shown]:
    """Return each of the 34 units in the order of GB/T 2260, and abroad last if printed, with its figure.

    Counts are whole; shares (of the nation, as printed) and growth are in per cent; what is not known is
    None. Raises NoPicture without a table of regions.
    """
    rows, before = _by_code(document), _by_code(against) if against else {}
    codes = [region.code for region in PROVINCES]
    if not any(code in rows for code in codes):
        raise NoPicture(N_("这份通报没有地区表，画不出这幅图。"))
    if ABROAD.code in rows:
        codes.append(ABROAD.code)
    return [_shown(BY_CODE[code], _value(rows.get(code), before.get(code), figure), figure) for code in codes]


def _shown(region: Region, value: int | Decimal | None, figure: Figure) -> Shown:
    words_of = {"region": full_name(region), "what": _(HEADINGS[figure])}
    if value is None:
        return Shown(region, None, "", "", _("%(region)s：%(what)s，没有数字") % words_of)
    whole = exact(value, figure)
    said = _("%(region)s：%(what)s %(figure)s") % {**words_of, "figure": whole}
    return Shown(region, value, short(value, figure), whole, said)


def _by_code(document: Bulletin) -> dict[str, RegionRow]:
    rows = {BY_NAME[row.name].code: row for row in document.regions if row.name in BY_NAME}
    abroad = next((block for block in document.blocks if block.name == ABROAD.name), None)
    if abroad is not None and ABROAD.code not in rows:
        rows[ABROAD.code] = RegionRow(abroad.name, certificates=abroad.certificates, organisations=abroad.organisations)
    return rows


def _value(row: RegionRow | None, before: RegionRow | None, figure: Figure) -> int | Decimal | None:
    if row is None:
        return None
    if figure == "share":
        # 国外 is no part of the nation and has no share of it, though the bulletins print 0.
        return Decimal(row.certificate_share) if row.certificate_share and row.name != ABROAD.name else None
    if figure == "growth":
        if before is None or not before.certificates or row.certificates is None:
            return None
        return Decimal(percent_growth(before.certificates, row.certificates))
    return row.certificates if figure == "certificates" else row.organisations


def exact(value: int | Decimal, figure: Figure) -> str:
    """Write a figure whole: 564,123; 13.01 %; +3.2 %, −0.15 %."""
    if figure not in {"share", "growth"}:
        return f"{value:,}"
    sign = "" if figure == "share" or not value else "+" if value > 0 else _MINUS
    return f"{sign}{plain(abs(Decimal(value)))}%"


def short(value: int | Decimal, figure: Figure) -> str:
    """Write a figure so that it stands in a tile: a count in 万, in English 564k or 1.04M; the others whole."""
    if figure in {"share", "growth"} or value < _WAN:
        return exact(value, figure)
    if get_language() != "en":
        return f"{_in_units(value, _WAN, 1)}{_WAN_SIGN}"
    return f"{_in_units(value, _MILLION, 2)}M" if value >= _MILLION else f"{_in_units(value, _THOUSAND, 0)}k"


def _in_units(value: int | Decimal, unit: int, places: int) -> str:
    return str(half_even(Decimal(value) / unit, places))


def _tile_name(region: Region) -> tuple[str, ...]:
    english = get_language() == "en"
    return _LINES_EN.get(region.code, (region.name_en,)) if english else (region.short,)


def name_of(region: Region) -> str:
    """Return a region's short name in the active language."""
    return region.name_en if get_language() == "en" else region.short


def full_name(region: Region) -> str:
    """Return a region's full name in the active language."""
    return words.row_name(region.name)


def _address(region: Region) -> str:
    return f"{reverse('search')}?region={region.code}"
