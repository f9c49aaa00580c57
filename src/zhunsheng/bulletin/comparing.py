"""Two months beside each other: growth by project and region, the fastest, what changed in the rows."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from zhunsheng.bulletin.model import BlockRow, Bulletin, GrowthClaim, ProjectRow, RegionRow
from zhunsheng.bulletin.taxonomy import RENAMED, SAME_ROW
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.codes.regions import ABROAD, BY_NAME, PROVINCES, UNKNOWN
from zhunsheng.codes.rounding import half_even, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

PERCENT_PLACES = 2
# How many of the fastest growing provinces a bulletin names; July 2025 names three.
FASTEST = 3

_PROVINCE_NAMES = frozenset(region.name for region in PROVINCES)
Row = ProjectRow | RegionRow | BlockRow


@dataclass(frozen=True, slots=True)
class Change:
    """One figure in two months. `change` is after less before, `percent` of before with two places at most.

    A figure that one month does not have is None, and so is what follows from it.
    """

    before: int | None
    after: int | None
    change: int | None
    percent: str | None


@dataclass(frozen=True, slots=True)
class RowChange:
    """One row in two months."""

    name: str
    certificates: Change
    organisations: Change


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed from one month to a later one; rows in the later month's order, gone ones last.

    `fastest_by_number` and `fastest_by_percent` are the provinces whose certificates grew most. A project printed
    under another name is the same row; `renamed_projects` has its name before and after.
    """

    earlier: str | None
    later: str | None
    projects: tuple[RowChange, ...]
    regions: tuple[RowChange, ...]
    blocks: tuple[RowChange, ...]
    fastest_by_number: tuple[str, ...]
    fastest_by_percent: tuple[str, ...]
    new_projects: tuple[str, ...]
    gone_projects: tuple[str, ...]
    renamed_projects: tuple[tuple[str, str], ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and lists, nothing but JSON types."""
        return asdict(self)


def percent_growth(before: int, after: int, places: int = PERCENT_PLACES) -> str:
    """Return the growth of a positive `before` to `after` in percent, GB/T 8170, trailing zeros dropped."""
    # The remainder behind the digits needed only has to tell below, at or above the half.
    scaled, rest = divmod(abs(after - before) * 100 * 10 ** (places + 1), before)
    number = (Decimal(scaled) + (Decimal("0.1") if rest else 0)).scaleb(-places - 1)
    return plain(half_even(number if after >= before else -number, places))


def _change(before: int | None, after: int | None) -> Change:
    if before is None or after is None:
        return Change(before, after, None, None)
    return Change(before, after, after - before, percent_growth(before, after) if before else None)


def _rows(earlier: Sequence[Row], later: Sequence[Row]) -> tuple[RowChange, ...]:
    """Every row of both months once. A province printed short, or a project renamed, is the same row."""
    before = {same_row(row.name): row for row in earlier}
    after = {same_row(row.name): row for row in later}
    return tuple(
        RowChange(
            name if name in _PROVINCE_NAMES else row.name,
            _change(_get(before, name, "certificates"), _get(after, name, "certificates")),
            _change(_get(before, name, "organisations"), _get(after, name, "organisations")),
        )
        for name, row in {**after, **{name: row for name, row in before.items() if name not in after}}.items()
    )


def same_row(name: str) -> str:
    """Return the one name of a row that has several: a province's full one, a project's present one."""
    return BY_NAME[name].name if name in BY_NAME else SAME_ROW.get(name, name)


def _get(rows: dict[str, Row], name: str, measure: str) -> int | None:
    value = getattr(rows.get(name), measure, None)
    return value if isinstance(value, int) else None


def _fastest(rows: Iterable[RowChange], by: Callable[[RowChange], Decimal]) -> tuple[str, ...]:
    """The provinces that grew most, at most `FASTEST`, in order; equal ones in the order of the table."""
    grown = [
        row
        for row in rows
        if row.name in _PROVINCE_NAMES and row.certificates.before and (row.certificates.change or 0) > 0
    ]
    return tuple(row.name for row in sorted(grown, key=by, reverse=True)[:FASTEST])


def compare(earlier: Bulletin, later: Bulletin) -> Comparison:
    """Return what changed between two bulletins.

    Raises ZhunshengError when both are of the same month or the first is the later one.
    """
    if earlier.month and later.month and earlier.month >= later.month:
        raise ZhunshengError(
            N_("比较要两个不同的月份，先早后晚：%(earlier)s，%(later)s"), earlier=earlier.month, later=later.month
        )
    regions = _rows(
        [row for row in _with_abroad(earlier) if row.name != UNKNOWN.name],
        [row for row in _with_abroad(later) if row.name != UNKNOWN.name],
    )
    old, new = ({same_row(row.name): row.name for row in bulletin.projects} for bulletin in (earlier, later))
    both = bool(old and new)
    return Comparison(
        earlier=earlier.month,
        later=later.month,
        projects=_rows(earlier.projects, later.projects),
        regions=regions,
        blocks=_rows(_without_abroad(earlier), _without_abroad(later)),
        fastest_by_number=_fastest(regions, lambda row: Decimal(row.certificates.change or 0)),
        fastest_by_percent=_fastest(
            regions, lambda row: Decimal(row.certificates.change or 0) / Decimal(row.certificates.before or 1)
        ),
        new_projects=tuple(name for row, name in new.items() if both and row not in old),
        gone_projects=tuple(name for row, name in old.items() if both and row not in new),
        renamed_projects=tuple(
            (name, new[row]) for row, name in old.items() if name in RENAMED and new.get(row) == RENAMED[name]
        ),
    )


def _with_abroad(bulletin: Bulletin) -> list[Row]:
    """The regions, 国外 among them wherever it was printed."""
    names = {row.name for row in bulletin.regions}
    return [*bulletin.regions, *(row for row in bulletin.blocks if row.name == ABROAD.name and row.name not in names)]


def _without_abroad(bulletin: Bulletin) -> list[Row]:
    return [row for row in bulletin.blocks if row.name != ABROAD.name]


def growth_claims(earlier: Bulletin, later: Bulletin) -> tuple[GrowthClaim, ...]:
    """Return what a bulletin prints about its fastest growing provinces, by number, with both figures.

    Raises ZhunshengError as `compare` does.
    """
    comparison = compare(earlier, later)
    rows = {row.name: row.certificates for row in comparison.regions}
    return tuple(
        GrowthClaim(
            name=name,
            since=comparison.earlier,
            before=rows[name].before,
            after=rows[name].after,
            percent=rows[name].percent,
            until=comparison.later,
            fastest=True,
        )
        for name in comparison.fastest_by_number
    )
