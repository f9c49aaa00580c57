"""What is set beside the tables of a month: the country as tiles, and the months so far as a line and in figures."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhunsheng.bulletin import pages, pictures
from zhunsheng.bulletin.writing import layout
from zhunsheng.papers import svg

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from zhunsheng.bulletin.model import Bulletin

# One month is no trend.
_FEWEST_MONTHS = 2


@dataclass(frozen=True, slots=True)
class Illustrations:
    """Pictures by name and the trend's figures, as `as_pdf` and `as_html` take them."""

    pictures: dict[str, bytes] = field(default_factory=dict)
    trend: tuple[layout.Point, ...] = ()


def illustrations(bulletin: Bulletin, earlier: Iterable[Bulletin] = (), *, made: Collection[str] = ()) -> Illustrations:
    """Return a month's pictures in the active language and its trend since `earlier` months.

    `made` names the months (YYYY-MM) whose bulletin was made here, where others are published ones.

    What cannot be drawn is left out: the country without a region table, the trend of a single month.
    """
    drawn = {}
    with suppress(pictures.NoPicture):
        drawn[layout.COUNTRY] = svg.as_file(pictures.tile_grid(bulletin))
    months = {one.month: one for one in (*earlier, bulletin) if one.month is not None}
    totals = [(month, pages.totals(one)) for month, one in sorted(months.items())]
    trend = tuple((month, total.certificates, total.organisations) for month, total in totals)
    if len(trend) < _FEWEST_MONTHS:
        return Illustrations(drawn)
    with suppress(pictures.NoPicture):
        drawn[layout.TREND] = svg.as_file(pictures.trend(months.values(), made=made))
    return Illustrations(drawn, trend)
