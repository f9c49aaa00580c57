"""The check on the real bulletins, and on copies with one thing changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given

from tests.unit.bulletin.generated import bulletins
from zhunsheng.bulletin import published
from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.model import (
    BlockRow,
    Bulletin,
    Finding,
    GrowthClaim,
    Headline,
    LeadingRegion,
    ProjectRow,
    RegionRow,
)

if TYPE_CHECKING:
    from collections.abc import Callable

# The warnings of July 2025: the figures of the source do not fit, and nobody knows why.
JULY = {("warning", "headline", "", "certificates"), ("warning", "regions", "全国", "certificates")}
JULY |= {("warning", "regions", "全国", "organisations")}


def places(findings: list[Finding], *levels: str) -> set[tuple[str, str, str, str]]:
    return {(f.level, f.table, f.row, f.column) for f in findings if f.level in (levels or ("error", "warning"))}


def with_row(bulletin: Bulletin, table: str, name: str, **cells: Any) -> Bulletin:
    rows: Any = tuple(replace(r, **cells) if r.name == name else r for r in getattr(bulletin, table))
    tables = {"projects": bulletin.projects, "regions": bulletin.regions, "blocks": bulletin.blocks, table: rows}
    return replace(bulletin, projects=tables["projects"], regions=tables["regions"], blocks=tables["blocks"])


def test_march_2024_has_no_error_and_no_warning(march_2024: Bulletin) -> None:
    assert check(march_2024) == []


def test_july_2025_has_its_three_warnings_and_no_error(july_2025: Bulletin) -> None:
    findings = check(july_2025)
    assert places(findings) == JULY
    why = {f.column + f.table: f.why for f in findings}
    assert "少 2 张" in why["certificatesregions"]
    assert "少 1 家" in why["organisationsregions"]
    assert "424.9865" in why["certificatesheadline"]


def test_a_figure_carried_over_is_one_error_that_says_so(july_2025: Bulletin, march_2024: Bulletin) -> None:
    spoilt = with_row(july_2025, "blocks", "西南地区", organisations=76455)
    errors = [f for f in check(spoilt) if f.level == "error"]
    assert [(f.table, f.row, f.column, f.printed, f.expected) for f in errors] == [
        ("blocks", "西南地区", "organisations", "76455", "82325")
    ]
    assert "2024-03" not in errors[0].why
    again = [f for f in check(spoilt, [march_2024]) if f.level == "error"]
    assert len(again) == 1
    assert "2024-03" in again[0].why
    assert "沿用" in again[0].why


@pytest.mark.parametrize("month", ["2021-07", "2024-12"])
def test_what_a_partial_bulletin_does_not_show_is_not_judged(month: str) -> None:
    assert places(check(published.load(month)), "error") == set()


def test_headlines_cut_off_instead_of_rounded_are_only_noted() -> None:
    findings = check(published.load("2024-12"))
    assert places(findings, "note") == {("note", "headline", "", m) for m in ("certificates", "organisations")}
    # (553393 - 478487) / 478487 is 15.6547 percent: the sentence rounds up.
    assert [(f.row, f.printed, f.expected) for f in findings if f.level == "warning"] == [("浙江", "15.66", "15.65")]


@pytest.mark.parametrize(
    ("table", "name", "cells", "expected"),
    [
        ("projects", "质量管理体系认证", {"certificates": 913413}, {("projects", "管理体系认证", "certificates")}),
        ("projects", "产品认证", {"organisations": 125071}, {("projects", "产品认证", "organisations")}),
        ("projects", "产品认证", {"organisations": 225151}, {("projects", "产品认证", "organisations")}),
        (
            "projects",
            "国家推行的服务认证",
            {"organisations": 178},
            {("projects", "国家推行的服务认证", "organisations")},
        ),
        (
            "projects",
            "合计",
            {"certificates": 3840048},
            {("projects", "合计", "certificates"), ("regions", "全部", "certificates")},
        ),
        ("regions", "国外", {"organisations": 11222}, {("regions", "全部", "organisations")}),
        ("regions", "北京市", {"certificate_share": "3.89"}, {("regions", "北京市", "certificate_share")}),
        ("regions", "北京市", {"organisation_rank": 7}, {("regions", "北京市", "organisation_rank")}),
        ("blocks", "华东地区", {"certificates": 1742728}, {("blocks", "华东地区", "certificates")}),
        # The direct quotient 1742727 / 3753470 is 46.42978; the sum of rounded shares is 46.43.
        ("blocks", "华东地区", {"certificate_share": "46.42"}, {("blocks", "华东地区", "certificate_share")}),
    ],
)
def test_one_wrong_cell_is_found_where_it_stands(
    march_2024: Bulletin, table: str, name: str, cells: dict[str, Any], expected: set[tuple[str, str, str]]
) -> None:
    found = places(check(with_row(march_2024, table, name, **cells)))
    assert found == {("error", *place) for place in expected}


def test_organisations_at_their_bounds_are_right(march_2024: Bulletin) -> None:
    for bound in (125072, 52700 + 47378 + 125072):
        spoilt = with_row(march_2024, "projects", "产品认证", organisations=bound)
        assert ("error", "projects", "产品认证", "organisations") not in places(check(spoilt))


def test_provinces_above_the_nation_are_an_error_and_below_a_warning(march_2024: Bulletin) -> None:
    more = with_row(march_2024, "regions", "澳门特别行政区", certificates=213)
    assert ("error", "regions", "全国", "certificates") in places(check(more))
    less = with_row(march_2024, "regions", "澳门特别行政区", certificates=211)
    assert ("warning", "regions", "全国", "certificates") in places(check(less))


def test_a_share_exactly_between_two_is_only_noted_when_rounded_up() -> None:
    # 1 of 800 is 0.125 percent: GB/T 8170 gives 0.12, rounding half up 0.13.
    def printed(share: str) -> list[Finding]:
        rows = (RegionRow("全国", 800), RegionRow("北京市", 1, None, share))
        return check(Bulletin(None, regions=rows))

    assert printed("0.12") == []
    assert [f.level for f in printed("0.13")] == ["note"]
    assert [f.level for f in printed("0.14")] == ["error"]


def test_ranks_of_a_partial_table_are_judged_by_their_order() -> None:
    rows = (RegionRow("北京市", 9, 5), RegionRow("天津市", 8, 3), RegionRow("河北省", 7, 40))
    findings = check(Bulletin(None, regions=rows))
    assert places(findings) == {("error", "regions", name, "certificate_rank") for name in ("天津市", "河北省")}


def test_equal_counts_may_share_a_rank_or_take_turns() -> None:
    for ranks in ((1, 1), (1, 2), (2, 1)):
        rows = (RegionRow("北京市", 9, ranks[0]), RegionRow("天津市", 9, ranks[1]))
        assert check(Bulletin(None, regions=rows)) == []


@pytest.mark.parametrize(
    ("change", "column", "row"),
    [
        (lambda h: replace(h, leading_count=11), "leading_count", ""),
        (lambda h: replace(h, leading=h.leading[:-1], leading_count=11), "leading", "河南省"),
        (lambda h: replace(h, leading=(*h.leading, LeadingRegion("辽宁", 82464))), "leading", "辽宁"),
        (lambda h: replace(h, leading=(h.leading[1], h.leading[0], *h.leading[2:])), "leading", ""),
        (lambda h: replace(h, leading=(LeadingRegion("广东", 702155), *h.leading[1:])), "leading", "广东"),
    ],
)
def test_the_list_of_large_provinces_is_checked(
    march_2024: Bulletin, change: Callable[[Headline], Headline], column: str, row: str
) -> None:
    spoilt = replace(march_2024, headline=change(march_2024.headline))
    assert ("error", "headline", row, column) in places(check(spoilt))


@pytest.mark.parametrize(
    ("printed", "level"),
    [("375", None), ("375.3", None), ("375.35", None), ("384", "note"), ("376", "warning"), ("375.34", "note")],
)
def test_a_headline_fits_at_the_precision_printed(march_2024: Bulletin, printed: str, level: str | None) -> None:
    # 全国 is 3753470 (375.347), 全部 3840047 (384.0047).
    headline = replace(march_2024.headline, certificates=printed)
    findings = [f for f in check(replace(march_2024, headline=headline)) if f.column == "certificates"]
    assert [f.level for f in findings] == ([level] if level else [])


def growing(bulletin: Bulletin, *claims: GrowthClaim) -> Bulletin:
    return replace(bulletin, growth=claims)


def test_the_fastest_named_are_checked_against_the_month_they_speak_of(
    july_2025: Bulletin, march_2024: Bulletin
) -> None:
    def named(*names: str) -> set[tuple[str, str, str, str]]:
        claims = [GrowthClaim(name, "2024-03", until="2025-07", fastest=True) for name in names]
        return {p for p in places(check(growing(july_2025, *claims), [march_2024])) if p[1] == "growth"}

    # Growth in certificates: 浙江 69566, 广东 63085, 江苏 61521, then 山东 29824.
    assert named("广东省", "江苏省", "浙江省") == set()
    assert named("浙江") == set()
    assert named("山东省") == {("warning", "growth", "山东省", "fastest")}


def test_figures_of_growth_sentences_are_checked_with_the_earlier_bulletin(
    july_2025: Bulletin, march_2024: Bulletin
) -> None:
    # (556584 - 487018) / 487018 is 14.2841 percent.
    right = GrowthClaim("浙江", "2024-03", 487018, 556584, "14.28", "2025-07")

    def columns(claim: GrowthClaim, *against: Bulletin) -> set[tuple[str, str]]:
        return {
            (p[0], p[3])
            for p in places(check(growing(july_2025, claim), against), "error", "warning", "note")
            if p[1] == "growth"
        }

    assert columns(right, march_2024) == set()
    assert columns(right) == {("note", "since")}
    assert columns(replace(right, percent="14.29"), march_2024) == {("warning", "percent")}
    assert columns(replace(right, percent="15.28"), march_2024) == {("error", "percent")}
    assert columns(replace(right, after=556585), march_2024) == {("error", "after")}
    assert columns(replace(right, before=487017), march_2024) == {("error", "before")}
    assert columns(GrowthClaim("浙江", "2024-03", None, None, "13.28", "2025-07"), march_2024) == {("error", "percent")}
    assert columns(replace(right, since=None, before=1, percent=None), march_2024) == {("note", "before")}


def test_organisations_that_alone_stayed_the_same_are_a_warning(july_2025: Bulletin, march_2024: Bulletin) -> None:
    stale = with_row(july_2025, "projects", "产品认证", organisations=213491)
    assert ("warning", "projects", "产品认证", "organisations") not in places(check(stale))
    assert ("warning", "projects", "产品认证", "organisations") in places(check(stale, [march_2024]))


def test_abroad_printed_twice_must_agree(july_2025: Bulletin) -> None:
    both = replace(july_2025, regions=(*july_2025.regions, RegionRow("国外", 90417, organisations=12354)))
    assert ("error", "blocks", "国外", "organisations") in places(check(both))


def test_a_cut_project_table_is_a_warning_and_a_whole_one_an_error() -> None:
    rows = (ProjectRow("合计", None, 10), ProjectRow("服务认证", "合计", 9), ProjectRow("一般服务认证", "服务认证", 8))
    assert places(check(Bulletin(None, projects=rows))) == {
        ("warning", "projects", "合计", "certificates"),
        ("warning", "projects", "服务认证", "certificates"),
    }
    whole = (*rows[1:], ProjectRow("国家推行的服务认证", "服务认证", 2))
    assert places(check(Bulletin(None, projects=whole))) == {("error", "projects", "服务认证", "certificates")}


def test_more_organisations_than_certificates_cannot_be() -> None:
    region, block = RegionRow("北京市", 1, organisations=2), BlockRow("东北地区", 1, None, 2)
    bulletin = Bulletin(None, regions=(region,), blocks=(block,))
    assert places(check(bulletin)) == {
        ("error", "regions", "北京市", "organisations"),
        ("error", "blocks", "东北地区", "organisations"),
    }


@given(bulletins(), bulletins())
def test_the_check_answers_for_any_bulletin(bulletin: Bulletin, other: Bulletin) -> None:
    for finding in check(bulletin, [other]):
        assert finding.level in {"error", "warning", "note"}
        assert finding.table in {"headline", "projects", "regions", "blocks", "growth"}
        assert "%(" not in finding.why
