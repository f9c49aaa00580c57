"""The region and block tables: totals, residues, shares, ranks, and the seven blocks.

全部 is 全国 and 国外 together; shares and ranks are taken over 全国 and its 34 units; a block's share
is the sum of its provinces' rounded shares (domain, 2.4 rules 1 to 5).
"""

from __future__ import annotations

import itertools
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from zhunsheng.bulletin.checking.sheet import MEASURES, Sheet, count, counts, finding
from zhunsheng.codes.errors import N_
from zhunsheng.codes.regions import PROVINCES
from zhunsheng.codes.rounding import SHARE_PLACES, share, sum_shares

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.bulletin.model import BlockRow, Finding, RegionRow

_RESIDUES = {
    "certificates": N_("各省份证书数之和为 %(sum)s，比全国少 %(rest)s 张：有 %(rest)s 张证书不在任何省份，原因不明。"),
    "organisations": N_("各省份组织数之和为 %(sum)s，比全国少 %(rest)s 家：有 %(rest)s 家组织不在任何省份，原因不明。"),
}


def check(sheet: Sheet) -> Iterator[Finding]:
    """Yield what does not fit in the region table and the block table."""
    for measure in MEASURES:
        yield from _whole(sheet, measure)
        yield from _residue(sheet, measure)
        yield from _shares(sheet, measure)
        yield from _ranks(sheet, measure)
    for region in sheet.bulletin.regions:
        yield from _holders("regions", region)
    for row in sheet.bulletin.blocks:
        yield from _holders("blocks", row)
    for block in sheet.blocks.values():
        for measure in MEASURES:
            yield from _block(sheet, block, measure)


def _holders(table: str, row: RegionRow | BlockRow) -> Iterator[Finding]:
    """Every certified organisation holds a certificate."""
    if row.certificates is not None and row.organisations is not None and row.organisations > row.certificates:
        text = N_("每个获证组织至少有一张证书，组织数不能多于证书数 %(certificates)s。")
        where = (table, row.name, "organisations")
        yield finding("error", where, row.organisations, f"≤ {row.certificates}", text, certificates=row.certificates)


def _whole(sheet: Sheet, measure: str) -> Iterator[Finding]:
    """全部 is 全国 and 国外; 国外 printed twice is the same twice."""
    abroad = [value for row in sheet.abroad if (value := count(row, measure)) is not None]
    nation, whole = count(sheet.nation, measure), count(sheet.whole, measure)
    if len(set(abroad)) > 1:
        text = N_("国外在地域表中是 %(one)s，在大区表中是 %(other)s。")
        where = ("blocks", sheet.abroad[-1].name, measure)
        yield finding("error", where, abroad[-1], abroad[0], text, one=abroad[0], other=abroad[-1])
    if sheet.whole and whole is not None and nation is not None and abroad and nation + abroad[0] != whole:
        text = N_("全部应为全国 %(nation)s 与国外 %(abroad)s 之和 %(sum)s。")
        where, expected = ("regions", sheet.whole.name, measure), nation + abroad[0]
        yield finding("error", where, whole, expected, text, nation=nation, abroad=abroad[0], sum=expected)


def _residue(sheet: Sheet, measure: str) -> Iterator[Finding]:
    """The provinces together are 全国; what is left has no province. Without provinces the blocks tell."""
    nation = count(sheet.nation, measure)
    provinces = counts([*sheet.provinces.values()], measure) if sheet.has_all_provinces else None
    parts = provinces or [value for row in sheet.provinces.values() if (value := count(row, measure)) is not None]
    if sheet.nation is None or nation is None or not parts:
        return
    where, total = ("regions", sheet.nation.name, measure), sum(parts)
    if total > nation:
        text = N_("各省份之和 %(sum)s 已经多于全国的 %(nation)s。")
        yield finding("error", where, nation, total, text, sum=total, nation=nation)
    elif provinces and total < nation:
        text = _RESIDUES[measure]
        yield finding("warning", where, nation, total, text, sum=total, rest=nation - total)


def _same(printed: str, expected: str) -> bool:
    """Whether two decimal texts are one number ("3.40" and "3.4")."""
    try:
        return Decimal(printed) == Decimal(expected)
    except InvalidOperation:
        return False


def _is_tie_rounded_up(part: int, whole: int, printed: str) -> bool:
    """Whether a share lies exactly between two printable ones and the larger is printed."""
    units, rest = divmod(part * 200 * int(10**SHARE_PLACES), 2 * whole)
    return rest == whole and _same(printed, str(Decimal(units + 1).scaleb(-SHARE_PLACES)))


def _shares(sheet: Sheet, measure: str) -> Iterator[Finding]:
    """A province's share is its part of 全国 in percent, two places, GB/T 8170."""
    nation, column = count(sheet.nation, measure), f"{measure[:-1]}_share"
    if not nation:
        return
    for row in sheet.provinces.values():
        part, printed = count(row, measure), getattr(row, column)
        if part is None or printed is None or _same(printed, expected := share(part, nation)):
            continue
        where = ("regions", row.name, column)
        values = {"part": part, "nation": nation, "share": expected}
        if _is_tie_rounded_up(part, nation, printed):
            text = N_("%(part)s 占全国 %(nation)s 的比重正好在两数中间，按 GB/T 8170 取偶数为 %(share)s。")
            yield finding("note", where, printed, expected, text, **values)
        else:
            text = N_("%(part)s 占全国 %(nation)s 的 %(share)s%%。")
            yield finding("error", where, printed, expected, text, **values)


def _ranks(sheet: Sheet, measure: str) -> Iterator[Finding]:
    """Ranks go down the 34 units by count; equal counts may share a rank or take turns."""
    column = f"{measure[:-1]}_rank"
    rows = [
        (value, rank, row)
        for row in sheet.provinces.values()
        if (value := count(row, measure)) is not None and (rank := getattr(row, column)) is not None
    ]
    values = [value for row in sheet.provinces.values() if (value := count(row, measure)) is not None]
    complete = len(values) == len(PROVINCES)
    for value, rank, row in rows:
        first = 1 + sum(other > value for other in values)
        last = first + values.count(value) - 1
        where = ("regions", row.name, column)
        if rank < first or (complete and rank > last):
            text = N_("有 %(more)s 个省份多于本行，排名应为 %(rank)s。")
            yield finding("error", where, rank, first if complete else f"≥ {first}", text, more=first - 1, rank=first)
        elif rank > len(PROVINCES):
            text = N_("省级地区一共 %(units)s 个，排名不能更大。")
            yield finding("error", where, rank, f"≤ {len(PROVINCES)}", text, units=len(PROVINCES))
    if not complete:
        yield from _partial_ranks(rows, column)


def _partial_ranks(rows: list[tuple[int, int, RegionRow]], column: str) -> Iterator[Finding]:
    """Where not all provinces are printed, ranks must at least be in the order of the counts."""
    ordered = sorted(rows, key=lambda item: (-item[0], item[1]))
    for (more, ahead, above), (value, rank, row) in itertools.pairwise(ordered):
        if rank < ahead or (rank == ahead and value != more):
            text = N_("%(name)s 多于本行而排名为 %(rank)s，本行的排名应在其后。")
            where = ("regions", row.name, column)
            yield finding("error", where, rank, f"> {ahead}", text, name=above.name, rank=ahead)


def _block(sheet: Sheet, block: BlockRow, measure: str) -> Iterator[Finding]:
    """A block is the sum of its provinces, in counts and in rounded shares."""
    members = [sheet.provinces.get(region.code) for region in PROVINCES if region.block == block.name]
    rows = [row for row in members if row is not None]
    parts = counts([*rows], measure) if len(rows) == len(members) else None
    if parts is None:
        return
    printed, total = count(block, measure), sum(parts)
    if printed is not None and printed != total:
        text = N_("%(block)s各省份之和为 %(sum)s，所印的是 %(printed)s。")
        values = {"block": block.name, "sum": total, "printed": printed}
        yield finding("error", ("blocks", block.name, measure), printed, total, text, **values)
    nation, column = count(sheet.nation, measure), f"{measure[:-1]}_share"
    printed_share = getattr(block, column)
    if not nation or printed_share is None:
        return
    expected = sum_shares(share(part, nation) for part in parts)
    if not _same(printed_share, expected):
        text = N_("大区的比重是所属各省份修约后的比重之和 %(share)s。")
        yield finding("error", ("blocks", block.name, column), printed_share, expected, text, share=expected)
