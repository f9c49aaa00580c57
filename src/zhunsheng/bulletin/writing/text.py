"""A bulletin as plain text in the published layout: 整体概况, 领域分布, 地域分布, tables with tabs.

What is written here, `zhunsheng.bulletin.reading` reads back to the same bulletin.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from zhunsheng.bulletin.model import BlockRow, Bulletin, GrowthClaim, Headline, RegionRow
from zhunsheng.bulletin.taxonomy import TOTAL, TOTALS
from zhunsheng.codes.regions import ABROAD, BLOCKS, BY_NAME, PROVINCES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

# A cell that a row does not have.
_NONE = "-"
_PROJECT_HEADER = "认证项目\t\t证书数\t组织数"
_REGION_HEADER = "地区\t证书数\t全国排名\t占全国比重%\t组织数\t全国排名\t占全国比重"
_BLOCK_HEADER = "地区\t证书数\t占全国比重%\t组织数\t占全国比重"
_GB_PLACES = {region.code: place for place, region in enumerate(PROVINCES)}
_UNITS = {"certificates": "张", "organisations": "家"}
_NOUNS = {"certificates": "证书数", "organisations": "组织数"}


def as_text(bulletin: Bulletin, order: str | None = None, note: str = "") -> str:
    """Return the bulletin as text that ends with a line break.

    `order` is "gb" (provinces and blocks by GB/T 2260) or "count" (by certificates, most first);
    None keeps the rows as they are. `note` stands at the end.
    """
    month = _month(bulletin.month)
    title = f"{month}有效认证证书统计" if month else "有效认证证书统计"
    narrative = [_headline(month, bulletin.headline), *_growth(bulletin.growth)]
    parts = [title, "一、整体概况", *(text for text in narrative if text)]
    if bulletin.projects:
        parts += ["二、领域分布", f"{month}有效认证证书按领域统计".lstrip(), _projects(bulletin)]
    if bulletin.regions or bulletin.blocks:
        parts += ["三、地域分布", f"{month}有效认证证书按地域统计".lstrip(), *_regions(bulletin, order)]
    return "\n\n".join((*parts, note) if note else parts) + "\n"


def basis(known_on: date, *, counts_suspended: bool) -> str:
    """Return the note of a bulletin made here: what it counts, and what was known of it."""
    counted = "计入暂停的证书" if counts_suspended else "只计有效的证书，不计暂停的证书"
    return f"注：{counted}；按 {known_on.isoformat()} 所知。"


def _month(month: str | None) -> str:
    """2025-07 as "2025 年 7 月 "."""
    return f"{month[:4]} 年 {int(month[5:])} 月 " if month else ""


def _headline(month: str, headline: Headline) -> str:
    """The sentence with the totals, and the one with the provinces of 100,000 certificates or more."""
    totals = []
    if headline.certificates is not None:
        totals.append(f"有效认证证书 {headline.certificates} 万张")
    if headline.organisations is not None:
        totals.append(f"获证组织 {headline.organisations} 万家")
    text = "，".join(totals)
    if text:
        text = (f"截至 {month.strip()}，" if month else "") + text + "。"
    if headline.leading_count is None and not headline.leading:
        return text
    text += "证书 10 万张以上的省级地区"
    text += f"有 {headline.leading_count} 个" if headline.leading_count is not None else ""
    names = "、".join(
        entry.name if entry.certificates is None else f"{entry.name} {entry.certificates} 张"
        for entry in headline.leading
    )
    return text + (f"：{names}。" if names else "。")


def _period(claim: GrowthClaim) -> str:
    if claim.since is None:
        return ""
    if claim.until is None:
        return f"自 {_month(claim.since).strip()}以来，"
    return f"从 {_month(claim.since).strip()}到 {_month(claim.until).strip()}，"


def _figures(claim: GrowthClaim) -> str:
    """One sentence with both figures and the percentage if there is one."""
    falls = (claim.after or 0) < (claim.before or 0) or (claim.percent or "").startswith("-")
    unit, noun = _UNITS[claim.measure], _NOUNS[claim.measure]
    text = f"{_period(claim)}{claim.name}{noun}"
    text += "增长较快，" if claim.fastest else ""
    text += f"从 {claim.before} {unit}{'减' if falls else '增'}至 {claim.after} {unit}"
    if claim.percent is not None:
        text += f"，{'下降' if claim.percent.startswith('-') else '增长'} {claim.percent.removeprefix('-')}%"
    return text + "。"


def _named(claims: Sequence[GrowthClaim]) -> str:
    """One sentence that calls some names fast growing."""
    first = claims[0]
    names = "、".join(claim.name for claim in claims)
    percent = f"，增长 {first.percent}%" if len(claims) == 1 and first.percent else ""
    return f"{_period(first)}{names}的{_NOUNS[first.measure]}增长较快{percent}。"


def _growth(claims: Iterable[GrowthClaim]) -> list[str]:
    """The sentences about growth; neighbours that only name the fastest share one."""

    def shared(claim: GrowthClaim) -> tuple[object, ...]:
        alone = claim.name if claim.percent is not None else None
        return (claim.before is None, claim.since, claim.until, claim.measure, alone)

    sentences: list[str] = []
    for key, group in groupby(claims, key=shared):
        together = list(group)
        sentences += [_named(together)] if key[0] else [_figures(claim) for claim in together]
    return sentences


def _cells(values: Iterable[object]) -> str:
    return "\t".join(_NONE if value is None else str(value) for value in values)


def _projects(bulletin: Bulletin) -> str:
    """The project table: domains with their subtotal 合计, the rows under them one column further in."""
    lines = [_PROJECT_HEADER]
    for row in bulletin.projects:
        domain = row.parent in TOTALS
        names = f"{row.name}\t{TOTAL}" if domain else f"{row.name}\t" if row.parent is None else f"\t{row.name}"
        lines.append(f"{names}\t{_cells((row.certificates, row.organisations))}")
    return "\n".join(lines)


def _place(row: RegionRow | BlockRow, order: str | None) -> tuple[int, int]:
    """Where a row stands: totals first, then the provinces in the order asked, the rest as they are."""
    region = BY_NAME.get(row.name)
    if region is not None and region.code in _GB_PLACES:
        return 1, -(row.certificates or 0) if order == "count" else _GB_PLACES[region.code]
    if row.name in BLOCKS or (isinstance(row, BlockRow) and order == "count"):
        return 1, -(row.certificates or 0) if order == "count" else BLOCKS.index(row.name)
    return (2, 0) if region is not None else (0, 0)


def _ordered(rows: Sequence[RegionRow] | Sequence[BlockRow], order: str | None) -> Sequence[RegionRow | BlockRow]:
    return sorted(rows, key=lambda row: _place(row, order)) if order else rows


def _region_line(row: RegionRow | BlockRow) -> str:
    """A row of the region table; a block has no rank."""
    certificate_rank = row.certificate_rank if isinstance(row, RegionRow) else None
    organisation_rank = row.organisation_rank if isinstance(row, RegionRow) else None
    cells = _cells(
        (
            row.certificates,
            certificate_rank,
            row.certificate_share,
            row.organisations,
            organisation_rank,
            row.organisation_share,
        )
    )
    return f"{row.name}\t{cells}"


def _regions(bulletin: Bulletin, order: str | None) -> list[str]:
    """The region table with the blocks below, or two tables where 国外 is one of the blocks."""
    regions, blocks = _ordered(bulletin.regions, order), _ordered(bulletin.blocks, order)
    # 国外 is told by its neighbours, so alone it may not stand in front of the blocks.
    one_table = any(row.name != ABROAD.name for row in regions) and all(row.name != ABROAD.name for row in blocks)
    if one_table:
        return ["\n".join([_REGION_HEADER, *map(_region_line, (*regions, *blocks))])]
    tables = []
    if blocks:
        lines = (
            f"{row.name}\t"
            + _cells((row.certificates, row.certificate_share, row.organisations, row.organisation_share))
            for row in blocks
        )
        tables.append("\n".join([_BLOCK_HEADER, *lines]))
    if regions:
        tables.append("\n".join([_REGION_HEADER, *map(_region_line, regions)]))
    return tables
