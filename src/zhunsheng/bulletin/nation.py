"""The nation on a page: what the kept bulletins say together, gathered for the first page and for saved pictures.

A published bulletin never changes, so what was read from one is remembered by the digest of its document.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from zhunsheng.bulletin import pages, pictures, queries, trends
from zhunsheng.bulletin.policy import State
from zhunsheng.codes.regions import PROVINCES
from zhunsheng.papers import maps

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as ET

    from zhunsheng.bulletin.model import Bulletin
    from zhunsheng.bulletin.models import MonthlyBulletin

# Twenty years of months are remembered, and the last map that was read.
REMEMBERED, MAPS_REMEMBERED = 240, 1
LIGHT = ("pk", "month", "origin", "state", "sha256", "known_on", "counts_suspended", "source", "made_at")


def document(of: MonthlyBulletin) -> Bulletin:
    """Return a kept bulletin as a value, a published one from memory when it was read before."""
    return _remembered(of.pk, of.sha256) if of.sha256 and of.state == State.PUBLISHED else queries.document(of)


@lru_cache(maxsize=REMEMBERED)
def _remembered(pk: int, sha256: str) -> Bulletin:  # noqa: ARG001 - the digest makes the memory's key true
    return queries.document(queries.kept(pk))


def known() -> list[MonthlyBulletin]:
    """Return the bulletins that stand, newest month first, without reading their documents."""
    return list(queries.standing().select_related(None).only(*LIGHT))


def before(of: MonthlyBulletin, among: Sequence[MonthlyBulletin]) -> MonthlyBulletin | None:
    """Return the bulletin of the last month before this one's, of the same origin if there is one."""
    earlier = [one for one in among if one.month < of.month]
    last = [one for one in earlier if one.month == earlier[0].month]
    return next((one for one in last if one.origin == of.origin), last[0] if last else None)


def months(among: Sequence[MonthlyBulletin]) -> list[trends.Month]:
    """Return the months known with their totals; a month may be there twice, published and made."""
    return [trends.Month(one.pk, one.month, one.origin, pages.totals(document(one))) for one in among]


@dataclass(frozen=True, slots=True)
class Trend:
    """The months on one line: whose they are (empty: both, the published first), and whether they had to be parted."""

    origin: str
    parted: bool
    months: list[trends.Month]

    def picture(self, what: pictures.Measure) -> ET.Element:
        """Draw one of the totals. Raises NoPicture."""
        made = {one.month for one in self.months if one.made}
        totals = {one.month: getattr(one.totals, what) for one in self.months}
        return pictures.trend_of(totals, what, made=made)


def trend(among: Sequence[MonthlyBulletin], origin: str = "") -> Trend:
    """Return the months as one line, of one origin when asked or when both together would mislead."""
    found = months(among)
    parted = trends.apart(found)
    if origin not in {trends.PUBLISHED, trends.MADE} or not parted:
        origin = trends.PUBLISHED if parted else ""
    return Trend(origin, parted, trends.series(found, origin))


def line_to(of: MonthlyBulletin) -> list[MonthlyBulletin]:
    """Return the earlier months that stand on one line with a bulletin: its own kind where both would mislead."""
    among = known()
    found = months(among)
    by_number = {one.pk: one for one in among}
    series = trends.series(found, of.origin if trends.apart(found) else "")
    return [by_number[one.pk] for one in series if one.month < of.month]


def operator_map() -> maps.MapFile | None:
    """Return the operator's map, None when the instance has none. Raises MapRefused."""
    path = Path(settings.MAP) if settings.MAP else None
    if path is None:
        return None
    try:
        seen = path.stat()
    except OSError:
        return maps.read(path, _CODES)
    return _read_map(path, seen.st_mtime_ns, seen.st_size)


_CODES = tuple(region.code for region in PROVINCES)


@lru_cache(maxsize=MAPS_REMEMBERED)
def _read_map(path: Path, changed: int, size: int) -> maps.MapFile:  # noqa: ARG001 - a changed file is read anew
    return maps.read(path, _CODES)
