"""The months known, in their order, and what changed from one to the next. Pure: values go in and come out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.bulletin.comparing import compare
from zhunsheng.codes.regions import ABROAD, PROVINCES
from zhunsheng.papers.trend import months_between

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.bulletin import pages
    from zhunsheng.bulletin.comparing import Change, RowChange
    from zhunsheng.bulletin.model import Bulletin

PUBLISHED, MADE = "published", "made"
# Figures of one month further apart than this, in per cent, count different things: a body's register
# holds its own certificates only, and a demo's is a small copy of the nation.
APART_PERCENT = 10
# How many rises and how many falls are shown before the rest is opened.
SHOWN = 5

_PLACES = frozenset(region.name for region in (*PROVINCES, ABROAD))


@dataclass(frozen=True, slots=True)
class Month:
    """A month's bulletin: its number here, published elsewhere or made here, and its totals."""

    pk: int
    month: str
    origin: str
    totals: pages.Totals

    @property
    def made(self) -> bool:
        """Tell whether it was made here."""
        return self.origin == MADE


def series(months: Iterable[Month], origin: str = "") -> list[Month]:
    """Return one bulletin a month, earliest first: of one origin, else the published one where both exist."""
    found: dict[str, Month] = {}
    for one in months:
        if origin in {"", one.origin} and (one.month not in found or one.origin == PUBLISHED):
            found[one.month] = one
    return [found[month] for month in sorted(found)]


def apart(months: Iterable[Month]) -> bool:
    """Tell whether some month's published and made bulletin count different things and belong on no common line."""
    pairs: dict[str, dict[str, int]] = {}
    for one in months:
        if one.totals.certificates:
            pairs.setdefault(one.month, {})[one.origin] = one.totals.certificates
    return any(
        abs(pair[MADE] - pair[PUBLISHED]) * 100 > pair[PUBLISHED] * APART_PERCENT
        for pair in pairs.values()
        if len(pair) > 1
    )


@dataclass(frozen=True, slots=True)
class Moved:
    """The rows of one table that rose and that fell, each the furthest first; `same` is how many did neither."""

    rises: tuple[tuple[str, Change], ...]
    falls: tuple[tuple[str, Change], ...]
    same: int

    @property
    def first_rises(self) -> tuple[tuple[str, Change], ...]:
        """The rises that are shown before the rest is opened."""
        return self.rises[:SHOWN]

    @property
    def first_falls(self) -> tuple[tuple[str, Change], ...]:
        """The falls that are shown before the rest is opened."""
        return self.falls[:SHOWN]


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed between two months. `months_apart` is 1 for months that follow each other."""

    earlier: str
    later: str
    months_apart: int
    total: Change
    projects: Moved
    regions: Moved
    new_projects: tuple[str, ...]
    gone_projects: tuple[str, ...]
    renamed_projects: tuple[tuple[str, str], ...]


def changes(earlier: Bulletin, later: Bulletin) -> Changes | None:
    """Return what changed in the certificates of two bulletins; None when one names no month.

    Of the projects only those without parts of their own are followed, of the regions the 34 and abroad.
    Raises ZhunshengError as `compare` does.
    """
    if earlier.month is None or later.month is None:
        return None
    found = compare(earlier, later)
    groups = {row.parent for row in (*earlier.projects, *later.projects)}
    leaves = [row for row in found.projects if row.name not in groups]
    total = next((row for row in found.projects if row.name in groups), None) or found.regions[0]
    return Changes(
        earlier=earlier.month,
        later=later.month,
        months_apart=months_between(earlier.month, later.month),
        total=total.certificates,
        projects=_moved(leaves),
        regions=_moved([row for row in found.regions if row.name in _PLACES]),
        new_projects=found.new_projects,
        gone_projects=found.gone_projects,
        renamed_projects=found.renamed_projects,
    )


def _moved(rows: Sequence[RowChange]) -> Moved:
    figures = [(row.name, row.certificates) for row in rows if row.certificates.change is not None]
    furthest = sorted(figures, key=lambda pair: -abs(pair[1].change or 0))
    return Moved(
        rises=tuple(pair for pair in furthest if (pair[1].change or 0) > 0),
        falls=tuple(pair for pair in furthest if (pair[1].change or 0) < 0),
        same=sum(change.change == 0 for _, change in figures),
    )
