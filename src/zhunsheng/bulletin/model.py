"""A bulletin as values: what one month's publication says, cell by cell, whoever made it.

The JSON of these classes is the one that `zhunsheng bulletin read --json` prints (design, "JSON
shapes"): names as printed without line breaks, a part that is not in the text is an empty list,
an unknown cell is null. Shares are decimal text exactly as printed ("3.4", "2"), never floats.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class LeadingRegion:
    """One province named in the running text as holding 100,000 certificates or more."""

    name: str
    certificates: int | None = None


@dataclass(frozen=True, slots=True)
class Headline:
    """The running text: totals in units of 10,000 (万) as printed, and the provinces it names.

    `certificates` and `organisations` are decimal text in 万 ("375"); `leading_count` is the number
    the text gives ("12 个"), `leading` the provinces it lists, in its order.
    """

    certificates: str | None = None
    organisations: str | None = None
    leading_count: int | None = None
    leading: tuple[LeadingRegion, ...] = ()


@dataclass(frozen=True, slots=True)
class GrowthClaim:
    """A sentence about growth: `name` grew from `before` to `after`, `percent` as printed ("-3.2" when it fell).

    `measure` is certificates or organisations. `since` is the earlier month as YYYY-MM when the text
    names one, `until` the later. `fastest` says that the text calls this row one of the fastest
    growing; a sentence that only does so has no figures.
    """

    name: str
    since: str | None = None
    before: int | None = None
    after: int | None = None
    percent: str | None = None
    until: str | None = None
    measure: str = "certificates"
    fastest: bool = False


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One certification project 认证项目: 合计 has parent None, a domain has 合计, a leaf its domain."""

    name: str
    parent: str | None
    certificates: int | None = None
    organisations: int | None = None


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region 地区: 全部, 全国, one of the 34 province-level units, or 国外."""

    name: str
    certificates: int | None = None
    certificate_rank: int | None = None
    certificate_share: str | None = None
    organisations: int | None = None
    organisation_rank: int | None = None
    organisation_share: str | None = None


@dataclass(frozen=True, slots=True)
class BlockRow:
    """One of the seven blocks of provinces (华东地区 …), or 国外 where it is printed among them."""

    name: str
    certificates: int | None = None
    certificate_share: str | None = None
    organisations: int | None = None
    organisation_share: str | None = None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One month's bulletin; `month` is YYYY-MM, None when the text does not say."""

    month: str | None
    headline: Headline = Headline()
    projects: tuple[ProjectRow, ...] = ()
    regions: tuple[RegionRow, ...] = ()
    blocks: tuple[BlockRow, ...] = ()
    growth: tuple[GrowthClaim, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The published JSON shape: plain dicts and lists, nothing but JSON types."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Finding:
    """Something in a bulletin that does not add up.

    `level`: error (cannot be right), warning (does not fit, cause unknown), note (worth knowing).
    `table`: headline, projects, regions, blocks or growth; `row` and `column` as in the JSON shape
    (row is empty for the totals of the headline). `printed` and `expected` are text as they stand or
    should stand; `why` is whole sentences in the language active when the check ran.
    """

    level: str
    table: str
    row: str
    column: str
    printed: str | None
    expected: str | None
    why: str

    def to_json(self) -> dict[str, str | None]:
        """The published JSON shape (design, "JSON shapes")."""
        return asdict(self)
