"""From counts to a bulletin: shares, ranks, blocks and the headline, by the published rules (domain, 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from zhunsheng.bulletin.checking.headline import DIGITS_OF_WAN, LEADING_FROM
from zhunsheng.bulletin.model import BlockRow, Bulletin, Headline, LeadingRegion, ProjectRow, RegionRow
from zhunsheng.codes.regions import ABROAD, BLOCKS, PROVINCES, UNKNOWN, Region
from zhunsheng.codes.rounding import half_even, plain, share, sum_shares

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Pair = tuple[int, int]
# 国外 has no share of 全国; the bulletins print 0.
_NO_SHARE = "0"
# The published bulletins print whole 万, of millions; a register of a body or a demo's has a few thousand, of which
# whole 万 would say nothing. The bound is ours: no publication prints so few.
WHOLE_FROM = 1_000_000
WHOLE_PLACES, SMALL_PLACES = 0, 2


class PrintedRow(Protocol):
    """A row of the project table to be printed, with the name of the row above it."""

    @property
    def name(self) -> str:
        """The name as printed."""

    @property
    def parent(self) -> str | None:
        """The name of the row above; None for 合计."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Certificates and distinct organisations, as pairs.

    `projects`: every row by its printed name, 合计 and subtotals included. `regions`: by code ("11" …
    "82", "abroad", "unknown"); a region left out has none.
    """

    projects: Mapping[str, Pair]
    regions: Mapping[str, Pair]


def _sum(pairs: Iterable[Pair]) -> Pair:
    listed = list(pairs)
    return sum(certificates for certificates, _ in listed), sum(organisations for _, organisations in listed)


def assemble(
    month: str,
    counts: Counts,
    rows: Iterable[PrintedRow],
    *,
    abroad_among: Literal["regions", "blocks"] = "regions",
) -> Bulletin:
    """Return the bulletin of a month (YYYY-MM) with the project rows given, provinces in GB/T 2260 order.

    全国 includes what has no known province, the blocks do not; equal counts share the better rank.
    `abroad_among` says which table prints 国外: with the provinces (March 2024) or the blocks (July 2025).
    """
    provinces = {region.code: counts.regions.get(region.code, (0, 0)) for region in PROVINCES}
    nation = _sum([*provinces.values(), counts.regions.get(UNKNOWN.code, (0, 0))])
    abroad = counts.regions.get(ABROAD.code, (0, 0))
    whole = _sum([nation, abroad])
    regions = [
        RegionRow("全部", certificates=whole[0], organisations=whole[1]),
        RegionRow("全国", certificates=nation[0], organisations=nation[1]),
        *(_province(region, provinces, nation) for region in PROVINCES),
    ]
    blocks = [_block(name, provinces, nation) for name in BLOCKS]
    if abroad_among == "regions":
        regions.append(RegionRow(ABROAD.name, abroad[0], None, _NO_SHARE, abroad[1], None, _NO_SHARE))
    else:
        blocks.append(BlockRow(ABROAD.name, abroad[0], _NO_SHARE, abroad[1], _NO_SHARE))
    return Bulletin(
        month=month,
        headline=_headline(provinces, nation),
        projects=tuple(ProjectRow(row.name, row.parent, *counts.projects[row.name]) for row in rows),
        regions=tuple(regions),
        blocks=tuple(blocks),
    )


def _share(part: int, whole: int) -> str:
    """A share of 全国; of nothing every share is 0."""
    return share(part, whole) if whole else _NO_SHARE


def _rank(value: int, others: Iterable[int]) -> int:
    return 1 + sum(other > value for other in others)


def _province(region: Region, provinces: Mapping[str, Pair], nation: Pair) -> RegionRow:
    certificates, organisations = provinces[region.code]
    return RegionRow(
        region.name,
        certificates=certificates,
        certificate_rank=_rank(certificates, (pair[0] for pair in provinces.values())),
        certificate_share=_share(certificates, nation[0]),
        organisations=organisations,
        organisation_rank=_rank(organisations, (pair[1] for pair in provinces.values())),
        organisation_share=_share(organisations, nation[1]),
    )


def _block(name: str, provinces: Mapping[str, Pair], nation: Pair) -> BlockRow:
    """A block's share is the sum of its provinces' rounded shares, not a quotient."""
    members = [provinces[region.code] for region in PROVINCES if region.block == name]
    certificates, organisations = _sum(members)
    return BlockRow(
        name,
        certificates=certificates,
        certificate_share=sum_shares(_share(pair[0], nation[0]) for pair in members),
        organisations=organisations,
        organisation_share=sum_shares(_share(pair[1], nation[1]) for pair in members),
    )


def _headline(provinces: Mapping[str, Pair], nation: Pair) -> Headline:
    """全国 in 万, and the provinces of 100,000 certificates or more, most first."""
    large = [(provinces[region.code][0], region.short) for region in PROVINCES]
    leading = sorted((item for item in large if item[0] >= LEADING_FROM), key=lambda item: -item[0])
    places = WHOLE_PLACES if nation[0] >= WHOLE_FROM else SMALL_PLACES
    certificates, organisations = (plain(half_even(Decimal(n).scaleb(-DIGITS_OF_WAN), places)) for n in nation)
    return Headline(
        certificates=certificates,
        organisations=organisations,
        leading_count=len(leading),
        leading=tuple(LeadingRegion(name, value) for value, name in leading),
    )
