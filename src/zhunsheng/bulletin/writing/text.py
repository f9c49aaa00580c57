"""A bulletin as plain text in the published layout: 整体概况, 领域分布, 地域分布, tables with tabs.

What is written here, `zhunsheng.bulletin.reading` reads back to the same bulletin; it is always Chinese.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from zhunsheng.bulletin.model import BlockRow, Bulletin, RegionRow
from zhunsheng.bulletin.taxonomy import TOTAL, TOTALS
from zhunsheng.bulletin.writing import sentences
from zhunsheng.bulletin.writing.layout import NONE, in_one_table, ordered

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

_PROJECT_HEADER = "认证项目\t\t证书数\t组织数"
_REGION_HEADER = "地区\t证书数\t全国排名\t占全国比重%\t组织数\t全国排名\t占全国比重"
_BLOCK_HEADER = "地区\t证书数\t占全国比重%\t组织数\t占全国比重"


def as_text(bulletin: Bulletin, order: str | None = None, note: str = "") -> str:
    """Return the bulletin as text that ends with a line break.

    `order` is "gb" (provinces and blocks by GB/T 2260) or "count" (by certificates, most first);
    None keeps the rows as they are. `note` stands at the end.
    """
    with translation.override("zh-hans"):
        month = sentences.month_before(bulletin.month)
        parts = [f"{month}有效认证证书统计", "一、整体概况", *sentences.running_text(bulletin)]
    if bulletin.projects:
        parts += ["二、领域分布", f"{month}有效认证证书按领域统计", _projects(bulletin)]
    if bulletin.regions or bulletin.blocks:
        parts += ["三、地域分布", f"{month}有效认证证书按地域统计", *_regions(bulletin, order)]
    return "\n\n".join((*parts, note) if note else parts) + "\n"


def basis(known_on: date, *, counts_suspended: bool) -> str:
    """Return the note of a bulletin made here, in the active language: what it counts, and what was known of it."""
    counted = _("计入暂停的证书") if counts_suspended else _("只计有效的证书，不计暂停的证书")
    return _("注：%(counted)s；按 %(known_on)s 所知。") % {"counted": counted, "known_on": known_on.isoformat()}


def _cells(values: Iterable[object]) -> str:
    return "\t".join(NONE if value is None else str(value) for value in values)


def _projects(bulletin: Bulletin) -> str:
    """The project table: domains with their subtotal 合计, the rows under them one column further in."""
    lines = [_PROJECT_HEADER]
    for row in bulletin.projects:
        domain = row.parent in TOTALS
        names = f"{row.name}\t{TOTAL}" if domain else f"{row.name}\t" if row.parent is None else f"\t{row.name}"
        lines.append(f"{names}\t{_cells((row.certificates, row.organisations))}")
    return "\n".join(lines)


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
    regions, blocks = ordered(bulletin.regions, order), ordered(bulletin.blocks, order)
    if in_one_table(bulletin):
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
