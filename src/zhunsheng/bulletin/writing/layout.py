"""A bulletin laid out as the published ones: its parts, its tables row by row, what stands under them.

One layout for every paper: text, sheets, PDF and HTML. Names and heads are in the active language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.bulletin import words
from zhunsheng.bulletin.model import BlockRow, Bulletin, RegionRow
from zhunsheng.bulletin.taxonomy import TOTAL, TOTALS
from zhunsheng.bulletin.writing import sentences
from zhunsheng.codes.errors import N_
from zhunsheng.codes.regions import ABROAD, BLOCKS, BY_NAME, PROVINCES

if TYPE_CHECKING:
    from collections.abc import Sequence

Cell = str | int | None
Weight = Literal["total", "subtotal", "row"]
# A month with its certificates and organisations, as the trend shows it.
Point = tuple[str, int | None, int | None]
# A cell that a row does not have.
NONE = "-"
COUNTRY, TREND = "country", "trend"

_GB_PLACES = {region.code: place for place, region in enumerate(PROVINCES)}
_WHOLE = ("全部", "全国")
_PICTURES = {
    COUNTRY: N_("各省级地区的有效证书数，单位：张；一格一个地区，不表示面积和边界"),
    TREND: N_("各月的有效证书数，含国外，单位：张"),
}
_RANKED = ("certificates", "certificate_rank", "certificate_share", "organisations", "organisation_rank")
_COLUMNS = {
    "projects": ("certificates", "organisations"),
    "regions": (*_RANKED, "organisation_share"),
    "blocks": ("certificates", "certificate_share", "organisations", "organisation_share"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its name, the group that stands before it where it begins one, and its cells.

    `spans` is how many rows the group's cell goes down; 0 where the cell of a group above goes on.
    """

    name: str
    cells: tuple[Cell, ...]
    weight: Weight = "row"
    group: str = ""
    spans: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """One table: which it is, its caption, its heads (the first is over the names), its rows."""

    key: Literal["projects", "regions", "blocks"]
    caption: str
    head: tuple[str, ...]
    rows: tuple[Line, ...]
    grouped: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the cells, as in the JSON shape."""
        return _COLUMNS[self.key]


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole bulletin ready to be set: what it says, in the order in which it stands."""

    title: str
    language: str
    running: list[str]
    projects: list[Table]
    regions: list[Table]
    trend: tuple[Point, ...]
    note: str
    correction: str


def paper(
    bulletin: Bulletin, *, order: str | None = None, note: str = "", correction: str = "", trend: Sequence[Point] = ()
) -> Paper:
    """Lay a bulletin out in the active language; `order` as in `as_text`."""
    month = sentences.month_before(bulletin.month)
    return Paper(
        title=sentences.title(bulletin),
        language="en" if get_language() == "en" else "zh",
        running=sentences.running_text(bulletin),
        projects=[_projects(bulletin, month)] if bulletin.projects else [],
        regions=_regions(bulletin, month, order),
        trend=tuple(trend),
        note=note,
        correction=correction,
    )


def picture_caption(name: str) -> str:
    """Return what stands under a picture: a known one's words, else its name."""
    return _(_PICTURES[name]) if name in _PICTURES else name


def shown(cell: Cell) -> str:
    """Return a cell as it is printed."""
    if cell is None:
        return NONE
    return sentences.count(cell) if isinstance(cell, int) else cell


def _heads(key: str, first: str) -> tuple[str, ...]:
    return (first, *(words.column_head(column) for column in _COLUMNS[key]))


def _cells(key: str, row: Any) -> tuple[Cell, ...]:
    return tuple(getattr(row, column, None) for column in _COLUMNS[key])


def _projects(bulletin: Bulletin, month: str) -> Table:
    """The project table: a domain's name goes down beside its subtotal 合计 and its rows."""
    lines: list[Line] = []
    for place, row in enumerate(bulletin.projects):
        cells, name = _cells("projects", row), words.row_name(row.name)
        if row.parent in TOTALS:
            below = (later.parent for later in bulletin.projects[place + 1 :])
            rows = next((n for n, parent in enumerate(below) if parent != row.name), len(bulletin.projects) - place - 1)
            lines.append(Line(words.row_name(TOTAL), cells, "subtotal", group=name, spans=rows + 1))
        elif row.parent is None:
            lines.append(Line(name, cells, "total"))
        else:
            lines.append(Line(name, cells, spans=0 if _follows(bulletin, place) else 1))
    caption = _("%(month)s有效认证证书按领域统计") % {"month": month}
    return Table("projects", caption, _heads("projects", _("认证项目")), tuple(lines), grouped=True)


def _follows(bulletin: Bulletin, place: int) -> bool:
    """Whether the rows before one, back to its domain's, are all of its domain."""
    domain = bulletin.projects[place].parent
    for row in reversed(bulletin.projects[:place]):
        if row.parent != domain:
            return row.name == domain
    return False


def _place(row: RegionRow | BlockRow, order: str | None) -> tuple[int, int]:
    """Where a row stands: totals first, then the provinces in the order asked, the rest as they are."""
    region = BY_NAME.get(row.name)
    if region is not None and region.code in _GB_PLACES:
        return 1, -(row.certificates or 0) if order == "count" else _GB_PLACES[region.code]
    if row.name in BLOCKS or (isinstance(row, BlockRow) and order == "count"):
        return 1, -(row.certificates or 0) if order == "count" else BLOCKS.index(row.name)
    return (2, 0) if region is not None else (0, 0)


def ordered(rows: Sequence[RegionRow] | Sequence[BlockRow], order: str | None) -> Sequence[RegionRow | BlockRow]:
    """Return rows by GB/T 2260 ("gb"), by certificates, most first ("count"), or as they are (None)."""
    return sorted(rows, key=lambda row: _place(row, order)) if order else rows


def in_one_table(bulletin: Bulletin) -> bool:
    """Whether the blocks stand under the provinces; 国外 is told by its neighbours, so among blocks they do not.

    As published: one table in March 2024, the blocks before the provinces in July 2025.
    """
    others = any(row.name != ABROAD.name for row in bulletin.regions)
    return others and all(row.name != ABROAD.name for row in bulletin.blocks)


def _regions(bulletin: Bulletin, month: str, order: str | None) -> list[Table]:
    regions, blocks = ordered(bulletin.regions, order), ordered(bulletin.blocks, order)
    caption = _("%(month)s有效认证证书按地域统计") % {"month": month}
    if in_one_table(bulletin):
        return [_region_table("regions", caption, (*regions, *blocks))]
    tables = []
    if blocks:
        tables.append(_region_table("blocks", _("%(month)s有效认证证书按大区统计") % {"month": month}, blocks))
    if regions:
        tables.append(_region_table("regions", caption, regions))
    return tables


def _region_table(key: Literal["regions", "blocks"], caption: str, rows: Sequence[RegionRow | BlockRow]) -> Table:
    lines = tuple(
        Line(
            words.row_name(row.name),
            _cells(key, row),
            "total" if row.name in _WHOLE else "subtotal" if isinstance(row, BlockRow) else "row",
        )
        for row in rows
    )
    return Table(key, caption, _heads(key, _("地区")), lines)


def parts() -> dict[str, str]:
    """Return the headings of a paper's parts, and the word over a correction."""
    return {
        "overview": _("一、整体概况"),
        "projects": _("二、领域分布"),
        "regions": _("三、地域分布"),
        "trend": _("四、各月走势"),
        "correction": _("更正"),
    }


def unit(table: Table) -> str:
    """Return in which units a table counts."""
    counts = _("单位：证书为张，组织为家")
    return counts + (_("，百分数为 %") if any(column.endswith("_share") for column in table.columns) else "")


def trend_caption() -> str:
    """Return what stands over the table of the trend."""
    return _("各月的有效认证证书和获证组织，含国外")


def trend_heads() -> tuple[str, str, str]:
    """Return what stands over the figures of the trend."""
    return _("月份"), _("有效证书（张）"), _("获证组织（家）")
