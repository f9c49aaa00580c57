"""Growth between two months laid out for reading: every row with its change, the fastest, the falls, the ranks. Pure.

Beside the change in number and in per cent, the change of the share in percentage points: of 全国 for regions, as
printed; of 合计 for projects, worked out here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from zhunsheng.bulletin.comparing import Comparison, compare, same_row
from zhunsheng.codes.regions import ABROAD, PROVINCES
from zhunsheng.codes.rounding import plain, share

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from zhunsheng.bulletin.comparing import Change
    from zhunsheng.bulletin.model import Bulletin

    Key = Callable[["Growth"], Decimal | int | None]

MEASURES = ("certificates", "organisations")
TABLES = ("projects", "regions", "blocks")
# How many of the fastest are named.
NAMED = 5
# Of rows with less than a thousandth of the total, a few more or less are a large percentage; they are left out of
# the ranking by percentage. The bound is ours: no publication states one.
FLOOR = Decimal("0.001")
_PROVINCE_NAMES = frozenset(region.name for region in PROVINCES)


@dataclass(frozen=True, slots=True)
class Growth:
    """One row in two months; what a month does not have, or what cannot be worked out, is None.

    `points` is the change of the share in percentage points; `rank_change` is positive for a better rank.
    """

    name: str
    depth: int
    before: int | None
    after: int | None
    change: int | None
    percent: str | None
    points: str | None
    rank_before: int | None = None
    rank_after: int | None = None

    @property
    def rank_change(self) -> int | None:
        """How many places a row has gone up."""
        if self.rank_before is None or self.rank_after is None:
            return None
        return self.rank_before - self.rank_after


# What a table can be ordered by, and the figure of each.
SORTS: dict[str, Key] = {
    "before": lambda row: row.before,
    "after": lambda row: row.after,
    "change": lambda row: row.change,
    "percent": lambda row: None if row.percent is None else Decimal(row.percent),
    "points": lambda row: None if row.points is None else Decimal(row.points),
    "rank": lambda row: None if row.rank_after is None else -row.rank_after,
}


@dataclass(frozen=True, slots=True)
class Leading:
    """The rows of one kind that changed most."""

    by_number: tuple[Growth, ...]
    by_percent: tuple[Growth, ...]
    falls: tuple[Growth, ...]


@dataclass(frozen=True, slots=True)
class Grown:
    """Everything about the growth of one measure between two months."""

    comparison: Comparison
    measure: str
    tables: dict[str, tuple[Growth, ...]]
    projects: Leading
    regions: Leading
    rank_changes: tuple[Growth, ...]
    floor: int


def grown(earlier: Bulletin, later: Bulletin, measure: str = "certificates") -> Grown:
    """Work out the growth of certificates or organisations. Raises ZhunshengError as `compare` does."""
    comparison = compare(earlier, later)
    tables = {table: _rows(comparison, earlier, later, table, measure) for table in TABLES}
    provinces = [row for row in tables["regions"] if row.name in _PROVINCE_NAMES]
    parents = {same_row(row.parent) for row in (*earlier.projects, *later.projects) if row.parent}
    leaves = [row for row in tables["projects"] if same_row(row.name) not in parents and row.depth]
    total = next((row.before for row in (*tables["projects"], *tables["regions"]) if row.before), 0)
    floor = int(total * FLOOR)
    moved = [row for row in provinces if row.rank_change]
    return Grown(
        comparison=comparison,
        measure=measure,
        tables=tables,
        projects=_leading(leaves, floor),
        regions=_leading(provinces, floor),
        rank_changes=tuple(sorted(moved, key=lambda row: (-abs(row.rank_change or 0), row.rank_after or 0))),
        floor=floor,
    )


def ordered(rows: Sequence[Growth], sort: str) -> list[Growth]:
    """Return rows by a figure, the largest first, or the smallest with `.up` behind; anything else as printed.

    The totals stay above either way, a row without the figure stands last.
    """
    name, _, way = sort.partition(".")
    if name not in SORTS:
        return list(rows)
    key = SORTS[name]
    totals = [row for row in rows if not row.depth]
    known = [row for row in rows if row.depth and key(row) is not None]
    rest = [row for row in rows if row.depth and key(row) is None]
    return [*totals, *sorted(known, key=lambda row: Decimal(key(row) or 0), reverse=way != "up"), *rest]


def _rows(comparison: Comparison, earlier: Bulletin, later: Bulletin, table: str, measure: str) -> tuple[Growth, ...]:
    before, after = (_printed(bulletin, table) for bulletin in (earlier, later))
    depths = _depths(later) | _depths(earlier) if table == "projects" else {}
    word = measure.removesuffix("s")
    found = []
    for row in getattr(comparison, table):
        name, change = same_row(row.name), getattr(row, measure)
        ranks = [getattr(rows.get(name), f"{word}_rank", None) for rows in (before, after)]
        points = _points(table, name, before, after, change, measure)
        depth = depths.get(name, 1) if table == "projects" else int(name not in {"全部", "全国"})
        found.append(
            Growth(row.name, depth, change.before, change.after, change.change, change.percent, points, *ranks)
        )
    return tuple(found)


def _printed(bulletin: Bulletin, table: str) -> dict[str, object]:
    """A month's rows of one table by the one name of each."""
    return {same_row(row.name): row for row in getattr(bulletin, table)}


def _depths(bulletin: Bulletin) -> dict[str, int]:
    roots = {row.name for row in bulletin.projects if row.parent is None}
    return {same_row(r.name): 0 if r.parent is None else 1 if r.parent in roots else 2 for r in bulletin.projects}


def _points(
    table: str, name: str, before: dict[str, object], after: dict[str, object], change: Change, measure: str
) -> str | None:
    """The change of the share: the printed ones of regions, those of 合计 for projects."""
    if table == "projects":
        shares = [_of_total(rows, figure, measure) for rows, figure in ((before, change.before), (after, change.after))]
    elif name == ABROAD.name:
        # 国外 is no part of 全国.
        return None
    else:
        shares = [getattr(rows.get(name), f"{measure.removesuffix('s')}_share", None) for rows in (before, after)]
    numbers = [Decimal(text) for text in shares if text and _is_number(text)]
    return plain(numbers[1] - numbers[0]) if len(numbers) == len(shares) else None


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit() and text.isascii()


def _of_total(rows: dict[str, object], figure: int | None, measure: str) -> str | None:
    total = next((getattr(row, measure) for row in rows.values() if getattr(row, "parent", "") is None), None)
    return share(figure, total) if total and figure is not None else None


def _leading(rows: Iterable[Growth], floor: int) -> Leading:
    known = [row for row in rows if row.change is not None]
    large = [row for row in known if row.percent is not None and (row.before or 0) >= floor]
    more = [row for row in ordered(known, "change") if (row.change or 0) > 0]
    faster = [row for row in ordered(large, "percent") if (row.change or 0) > 0]
    fewer = [row for row in ordered(known, "change.up") if (row.change or 0) < 0]
    return Leading(tuple(more[:NAMED]), tuple(faster[:NAMED]), tuple(fewer[:NAMED]))
