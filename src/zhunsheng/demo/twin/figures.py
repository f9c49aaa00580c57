"""The figures a bulletin prints, brought into agreement with each other.

What can be added up is believed as a sum; what cannot (distinct organisations) as printed, where it
can be true at all. Every printed cell that had to give way is named in `corrections`.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from zhunsheng.codes import regions
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.demo.twin import schemes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.bulletin.model import BlockRow, Bulletin, ProjectRow, RegionRow

ALL = "全部"
NATION = "全国"
TOTAL = "合计"
WAN = 10_000


class Contradiction(ZhunshengError):
    """The printed figures cannot all be true and it cannot be told which is wrong."""


class Missing(ZhunshengError):
    """The bulletin lacks figures that a twin needs."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A pair of counts: certificates, and distinct organisations that hold them."""

    name: str
    certificates: int
    organisations: int


@dataclass(frozen=True, slots=True)
class Leaf(Figure):
    """A leaf project and the domain it belongs to."""

    domain: str


@dataclass(frozen=True, slots=True)
class Place(Figure):
    """A region by its code: two digits, abroad, or unknown for the residue without a province."""

    code: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A printed cell that the twin does not reproduce, what it has instead, and why."""

    table: str
    row: str
    column: str
    printed: str
    used: str
    why: str


@dataclass(frozen=True, slots=True)
class Figures:
    """All counts that a register must give; certificates add up, organisations add up over places only."""

    leaves: tuple[Leaf, ...]
    domains: tuple[Figure, ...]
    places: tuple[Place, ...]
    total: Figure
    corrections: tuple[Correction, ...]


@dataclass
class _Desk:
    """The corrections made so far."""

    made: list[Correction]

    def settle(self, where: tuple[str, str, str], printed: int | None, used: int, why: str) -> int:
        """Return `used`; when the text prints something else, write that down."""
        if printed is not None and printed != used:
            self.made.append(Correction(*where, str(printed), str(used), why))
        return used


def reconcile(bulletin: Bulletin) -> Figures:
    """Return the figures of a whole bulletin with its contradictions resolved.

    Raises Missing when rows or cells are not there, Contradiction when no sum can decide.
    """
    _demand(bulletin)
    desk = _Desk([])
    leaves = _leaves(bulletin)
    domains = tuple(_domain(row, leaves, desk) for row in _domain_rows(bulletin))
    certificates = sum(d.certificates for d in domains)
    places, total = _places(bulletin, certificates, desk)
    _possible(leaves, domains, places, total)
    _settle_total(bulletin, total, desk)
    _settle_blocks(bulletin, places, desk)
    _settle_headline(bulletin, places, total, desk)
    return Figures(leaves, domains, places, total, tuple(desk.made))


def _total_row(bulletin: Bulletin) -> ProjectRow | None:
    return next((row for row in bulletin.projects if row.parent is None and row.name == TOTAL), None)


def _domain_rows(bulletin: Bulletin) -> list[ProjectRow]:
    return [row for row in bulletin.projects if row.parent == TOTAL]


def _leaf_rows(bulletin: Bulletin) -> list[ProjectRow]:
    domains = {row.name for row in _domain_rows(bulletin)}
    return [row for row in bulletin.projects if row.parent in domains]


def _demand(bulletin: Bulletin) -> None:
    """Raise Missing with the names of all rows that are absent or have an empty cell."""
    rows = {row.name: row for row in bulletin.regions}
    wanted: dict[str, ProjectRow | RegionRow | None] = {TOTAL: _total_row(bulletin)}
    wanted |= {row.name: row for row in (*_domain_rows(bulletin), *_leaf_rows(bulletin))}
    wanted |= {name: rows.get(name) for name in (NATION, *(p.name for p in regions.PROVINCES))}
    empty = [
        name for name, row in wanted.items() if row is None or row.certificates is None or row.organisations is None
    ]
    empty += _absent_leaves(bulletin)
    if _abroad(bulletin) is None:
        empty.append(regions.ABROAD.name)
    if bulletin.month is None:
        empty.append("月份")
    if empty:
        raise Missing(N_("这份通报不完整，无法造孪生登记簿；缺少：%(names)s。"), names="、".join(empty))


def _absent_leaves(bulletin: Bulletin) -> list[str]:
    """Name the domains without rows, and known leaf projects that a domain's certificates do not add up without."""
    leaves, absent = _leaf_rows(bulletin), []
    for domain in schemes.DOMAINS:
        row = next((d for d in _domain_rows(bulletin) if d.name == domain), None)
        if row is None:
            absent.append(domain)
            continue
        own = [leaf for leaf in leaves if leaf.parent == domain]
        printed = sum(leaf.certificates or 0 for leaf in own)
        if row.certificates is not None and printed < row.certificates:
            there = [schemes.BY_NAME.get(leaf.name) for leaf in own]
            absent += [s.name for s in schemes.SCHEMES if s.usual and s.domain == domain and s not in there]
    return absent


def _count(value: int | None) -> int:
    """Narrow a cell that `_demand` has already found to be there."""
    if value is None:
        raise Missing(N_("这份通报不完整，无法造孪生登记簿；缺少：%(names)s。"), names="-")
    return value


def _leaves(bulletin: Bulletin) -> tuple[Leaf, ...]:
    unknown = [row.name for row in _leaf_rows(bulletin) if row.name not in schemes.BY_NAME]
    if unknown:
        raise Missing(N_("不认识的认证项目，没有对应的国家代码：%(names)s。"), names="、".join(unknown))
    return tuple(
        Leaf(row.name, _count(row.certificates), _count(row.organisations), row.parent or TOTAL)
        for row in _leaf_rows(bulletin)
    )


def _domain(row: ProjectRow, leaves: tuple[Leaf, ...], desk: _Desk) -> Figure:
    own = [leaf for leaf in leaves if leaf.domain == row.name]
    certificates = desk.settle(
        ("projects", row.name, "certificates"),
        row.certificates,
        sum(leaf.certificates for leaf in own),
        N_("小计应为各项目证书数之和"),
    )
    lowest, highest = max(leaf.organisations for leaf in own), sum(leaf.organisations for leaf in own)
    organisations = desk.settle(
        ("projects", row.name, "organisations"),
        row.organisations,
        min(max(_count(row.organisations), lowest), highest),
        N_("去重组织数应在最大项目与各项目之和之间"),
    )
    return Figure(row.name, certificates, organisations)


def _abroad(bulletin: Bulletin) -> tuple[int, int] | None:
    """Return 国外: its own row, else its row among the blocks, else 全部 less 全国."""
    printed: list[RegionRow | BlockRow] = [*bulletin.regions, *bulletin.blocks]
    for row in printed:
        if row.name == regions.ABROAD.name and row.certificates is not None and row.organisations is not None:
            return row.certificates, row.organisations
    rows = {row.name: (row.certificates, row.organisations) for row in bulletin.regions}
    whole, nation = rows.get(ALL, (None, None)), rows.get(NATION, (None, None))
    if whole[0] is None or whole[1] is None or nation[0] is None or nation[1] is None:
        return None
    return whole[0] - nation[0], whole[1] - nation[1]


def _places(bulletin: Bulletin, certificates: int, desk: _Desk) -> tuple[tuple[Place, ...], Figure]:
    """Return the provinces, 国外 and the residue, whose certificates add up to those of the projects."""
    rows = {row.name: row for row in bulletin.regions}
    named = [
        Place(p.name, _count(rows[p.name].certificates), _count(rows[p.name].organisations), p.code)
        for p in regions.PROVINCES
    ]
    abroad = Place(regions.ABROAD.name, *(_abroad(bulletin) or (0, 0)), regions.ABROAD.code)
    provinces = Figure(NATION, sum(p.certificates for p in named), sum(p.organisations for p in named))
    nation = Figure(
        NATION,
        desk.settle(
            ("regions", NATION, "certificates"),
            rows[NATION].certificates,
            certificates - abroad.certificates,
            N_("全国应为各项目证书数合计减去国外"),
        ),
        desk.settle(
            ("regions", NATION, "organisations"),
            rows[NATION].organisations,
            max(_count(rows[NATION].organisations), provinces.organisations),
            N_("全国组织数不应少于各省之和"),
        ),
    )
    residue = Place(
        regions.UNKNOWN.name,
        nation.certificates - provinces.certificates,
        nation.organisations - provinces.organisations,
        regions.UNKNOWN.code,
    )
    total = Figure(TOTAL, certificates, nation.organisations + abroad.organisations)
    places = (*named, abroad) if residue.certificates == residue.organisations == 0 else (*named, abroad, residue)
    return places, total


def _possible(leaves: tuple[Leaf, ...], domains: tuple[Figure, ...], places: tuple[Place, ...], total: Figure) -> None:
    """Raise Contradiction where no register whatever can have the figures."""
    rows: list[Figure] = [*leaves, *domains, *places, total]
    for row in rows:
        if row.organisations > row.certificates or (row.organisations <= 0 < row.certificates) or row.organisations < 0:
            raise Contradiction(
                N_("%(name)s 的证书数 %(certificates)s 与组织数 %(organisations)s 不可能同时成立。"),
                name=row.name,
                certificates=row.certificates,
                organisations=row.organisations,
            )
    lowest, highest = max(d.organisations for d in domains), sum(d.organisations for d in domains)
    if not lowest <= total.organisations <= highest:
        raise Contradiction(
            N_("地区表的组织数合计 %(total)s 应在 %(lowest)s 与 %(highest)s 之间，无法判断哪一个数有误。"),
            total=total.organisations,
            lowest=lowest,
            highest=highest,
        )


def _settle_total(bulletin: Bulletin, total: Figure, desk: _Desk) -> None:
    row, whole = _total_row(bulletin), next((r for r in bulletin.regions if r.name == ALL), None)
    if row is not None:
        desk.settle(("projects", TOTAL, "certificates"), row.certificates, total.certificates, N_("合计应为各项之和"))
        why = N_("合计应为全国与国外之和")
        desk.settle(("projects", TOTAL, "organisations"), row.organisations, total.organisations, why)
    if whole is not None:
        desk.settle(("regions", ALL, "certificates"), whole.certificates, total.certificates, N_("全部应为各项目之和"))
        desk.settle(
            ("regions", ALL, "organisations"), whole.organisations, total.organisations, N_("全部应为全国与国外之和")
        )


def _settle_blocks(bulletin: Bulletin, places: tuple[Place, ...], desk: _Desk) -> None:
    block_of = {p.name: p.block or p.name for p in regions.PROVINCES} | {regions.ABROAD.name: regions.ABROAD.name}
    for row in bulletin.blocks:
        own = [place for place in places if block_of.get(place.name) == row.name]
        why = N_("片区应为各省之和")
        desk.settle(("blocks", row.name, "certificates"), row.certificates, _sum_certificates(own), why)
        desk.settle(
            ("blocks", row.name, "organisations"), row.organisations, sum(place.organisations for place in own), why
        )


def _sum_certificates(rows: Iterable[Figure]) -> int:
    return sum(row.certificates for row in rows)


def _settle_headline(bulletin: Bulletin, places: tuple[Place, ...], total: Figure, desk: _Desk) -> None:
    """Name a headline figure that is neither the nation nor everything, rounded or cut to whole 万."""
    home = [place for place in places if place.code != regions.ABROAD.code]
    nation = Figure(NATION, _sum_certificates(home), sum(place.organisations for place in home))
    for column in ("certificates", "organisations"):
        printed = getattr(bulletin.headline, column)
        if printed is None:
            continue
        near = [abs(Decimal(printed) * WAN - getattr(figure, column)) < WAN for figure in (nation, total)]
        if not any(near):
            used = str(round(getattr(nation, column) / WAN))
            why = N_("正文数字与全国、全部均不符")
            desk.made.append(Correction("headline", "", column, printed, used, why))
