"""A bulletin laid out for reading: its tables row by row, each cell with what the check says of it.

Pure: a bulletin, its findings and, to set beside it, another bulletin of the same month go in.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from zhunsheng.bulletin import words
from zhunsheng.codes.errors import N_
from zhunsheng.codes.regions import ABROAD, BLOCKS, PROVINCES
from zhunsheng.standards.policy import TOTAL_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.bulletin.model import BlockRow, Bulletin, Finding, ProjectRow, RegionRow
    from zhunsheng.bulletin.models import MonthlyBulletin

    Line = ProjectRow | RegionRow | BlockRow

PUBLISHED = "published"
GB_ORDER, COUNT_ORDER = "gb", "count"
ORDERS = (GB_ORDER, COUNT_ORDER)
# The rows above the provinces stay there in either order, 国外 stays last.
WHOLE = ("全部", "全国")
_GB_PLACE = {name: place for place, name in enumerate((*WHOLE, *(r.name for r in PROVINCES), *BLOCKS, ABROAD.name))}
_SHORT_TO_FULL = {r.short: r.name for r in PROVINCES}

COLUMNS_OF = {
    "projects": ("certificates", "organisations"),
    "regions": (
        "certificates",
        "certificate_rank",
        "certificate_share",
        "organisations",
        "organisation_rank",
        "organisation_share",
    ),
    "blocks": ("certificates", "certificate_share", "organisations", "organisation_share"),
}
CAPTIONS = {
    "projects": N_("获证证书按认证项目统计"),
    "regions": N_("获证证书按地区统计"),
    "blocks": N_("获证证书按大区统计"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One printed value; `other` is the same cell of the other bulletin, `differs` whether they disagree."""

    value: int | str | None
    findings: tuple[Finding, ...] = ()
    other: int | str | None = None
    compared: bool = False

    @property
    def differs(self) -> bool:
        """Tell whether both bulletins print this cell and print different things."""
        return self.compared and self.value != self.other


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its printed name, its name in the reader's language, how deep it stands, its cells."""

    printed: str
    name: str
    depth: int
    cells: tuple[Cell, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """One table in the published layout."""

    key: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    compared: int
    different: int


def tables(
    bulletin: Bulletin, *, findings: Sequence[Finding] = (), beside: Bulletin | None = None, order: str = GB_ORDER
) -> list[Table]:
    """Lay out the tables that a bulletin has, in GB/T 2260 order or by number of certificates."""
    projects = in_tree_order(bulletin.projects, order)
    laid = [
        _table("projects", projects, _depths(bulletin.projects), findings, beside.projects if beside else None),
        _table("regions", _by_place(bulletin.regions, order), {}, findings, beside.regions if beside else None),
        _table("blocks", _by_place(bulletin.blocks, order), {}, findings, beside.blocks if beside else None),
    ]
    return [table for table in laid if table.rows]


@dataclass(frozen=True, slots=True)
class Totals:
    """The figures a bulletin begins with: everything (全部), and the 34 province-level units (全国)."""

    certificates: int | None
    organisations: int | None
    nation_certificates: int | None
    nation_organisations: int | None


def totals(bulletin: Bulletin) -> Totals:
    """Return a bulletin's totals, from whichever of its tables prints them."""
    everything: Line | None = next((r for r in bulletin.projects if r.parent is None), None)
    whole = {row.name: row for row in bulletin.regions}
    everything, nation = everything or whole.get(WHOLE[0]), whole.get(WHOLE[1])
    return Totals(
        certificates=everything.certificates if everything else None,
        organisations=everything.organisations if everything else None,
        nation_certificates=nation.certificates if nation else None,
        nation_organisations=nation.organisations if nation else None,
    )


def grave(findings: Iterable[Finding]) -> dict[str, int]:
    """Count the check's findings by level, the gravest first; a level without any is left out."""
    counted = Counter(f.level for f in findings)
    return {level: counted[level] for level in words.LEVELS if counted[level]}


@dataclass(slots=True)
class MonthKept:
    """A month with the bulletins this instance keeps of it."""

    month: str
    published: list[MonthlyBulletin] = field(default_factory=list)
    made: list[MonthlyBulletin] = field(default_factory=list)


def by_month(kept: Iterable[MonthlyBulletin]) -> list[MonthKept]:
    """Gather bulletins, given newest month first, by month, the published beside the made."""
    months: dict[str, MonthKept] = {}
    for one in kept:
        month = months.setdefault(one.month, MonthKept(one.month))
        (month.published if one.origin == PUBLISHED else month.made).append(one)
    return list(months.values())


def in_tree_order(rows: Sequence[ProjectRow], order: str) -> list[ProjectRow]:
    """Return project rows as printed, or the children of each row by their certificates, most first."""
    if order != COUNT_ORDER:
        return list(rows)
    names = {row.name for row in rows}
    return [found for row in rows if row.parent not in names for found in _subtree(row, rows)]


def _subtree(row: ProjectRow, rows: Sequence[ProjectRow]) -> list[ProjectRow]:
    children = sorted((r for r in rows if r.parent == row.name and r.name != row.name), key=_most_first)
    return [row, *(found for child in children for found in _subtree(child, rows))]


def _most_first(row: Line) -> int:
    return -(row.certificates or 0)


def _by_place(rows: Sequence[RegionRow] | Sequence[BlockRow], order: str) -> list[RegionRow | BlockRow]:
    def place(row: RegionRow | BlockRow) -> tuple[int, int]:
        name = _SHORT_TO_FULL.get(row.name, row.name)
        fixed = 0 if name in WHOLE else 2 if name == ABROAD.name else 1
        by_count = order == COUNT_ORDER and fixed == 1
        return fixed, _most_first(row) if by_count else _GB_PLACE.get(name, len(_GB_PLACE))

    return sorted(rows, key=place)


def _depths(rows: Iterable[ProjectRow]) -> dict[str, int]:
    return {row.name: 0 if row.parent is None else 1 if row.parent == TOTAL_NAME else 2 for row in rows}


def _table(
    key: str, rows: Sequence[Line], depths: dict[str, int], findings: Sequence[Finding], beside: Sequence[Line] | None
) -> Table:
    columns = COLUMNS_OF[key]
    others = None if beside is None else {row.name: row for row in beside}
    mine = [f for f in findings if f.table == key]
    laid = tuple(_row(row, columns, depths.get(row.name, 1), mine, others) for row in rows)
    cells = [cell for row in laid for cell in row.cells]
    return Table(
        key=key,
        caption=CAPTIONS[key],
        columns=columns,
        rows=laid,
        compared=sum(cell.compared for cell in cells),
        different=sum(cell.differs for cell in cells),
    )


def _row(
    row: Line, columns: Sequence[str], depth: int, findings: Sequence[Finding], others: dict[str, Line] | None
) -> Row:
    mine = [f for f in findings if f.row == row.name]
    other = others.get(row.name) if others else None
    cells = tuple(
        Cell(
            value=getattr(row, column),
            findings=tuple(f for f in mine if f.column == column),
            other=getattr(other, column) if other else None,
            compared=other is not None and getattr(row, column) is not None,
        )
        for column in columns
    )
    elsewhere = tuple(f for f in mine if f.column not in columns)
    depth = 0 if row.name in WHOLE or row.name == TOTAL_NAME else depth
    return Row(row.name, words.row_name(row.name), depth, cells, elsewhere)
