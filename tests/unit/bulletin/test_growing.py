"""Growth between two months, against figures worked out by hand from the publications."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from zhunsheng.bulletin import growing, published
from zhunsheng.bulletin.comparing import compare
from zhunsheng.bulletin.growing import grown, ordered
from zhunsheng.bulletin.model import Bulletin, ProjectRow

if TYPE_CHECKING:
    from zhunsheng.bulletin.growing import Growth


def row(rows: tuple[Growth, ...], name: str) -> Growth:
    """The row of a name."""
    return next(one for one in rows if one.name == name)


def test_a_region_has_its_change_its_percentage_its_points_and_its_ranks(
    march_2024: Bulletin, july_2025: Bulletin
) -> None:
    regions = grown(march_2024, july_2025).tables["regions"]
    # Printed: 487018 certificates, share 12.98, rank 3; then 556584, 13.1, rank 3.
    zhejiang = row(regions, "浙江省")
    assert (zhejiang.change, zhejiang.percent, zhejiang.points, zhejiang.rank_change) == (69566, "14.28", "0.12", 0)
    # Printed: Anhui 142604, rank 7, then 169543, rank 5; Beijing 145717, rank 6, then 164758, rank 7.
    assert row(regions, "安徽省").rank_change == 2
    assert row(regions, "北京市").rank_change == -1


def test_a_project_has_the_points_of_its_share_of_the_total(march_2024: Bulletin, july_2025: Bulletin) -> None:
    projects = grown(march_2024, july_2025).tables["projects"]
    # 2101263 of 3840047 is 54.72 %, 2466620 of 4340282 is 56.83 %.
    assert row(projects, "管理体系认证").points == "2.11"


def test_those_that_grew_most_fell_and_changed_their_rank_are_named(march_2024: Bulletin, july_2025: Bulletin) -> None:
    found = grown(march_2024, july_2025)
    assert [one.name for one in found.regions.by_number[:3]] == ["浙江省", "广东省", "江苏省"]
    # 知识产权 29807 to 25312 is less 4495; 测量 5457 to 5449 is less 8.
    assert [(one.name, one.change) for one in found.projects.falls] == [
        ("知识产权管理体系认证", -4495),
        ("测量管理体系认证", -8),
    ]
    assert found.projects.by_percent[0].name == "能源管理体系认证"
    moves = [abs(one.rank_change or 0) for one in found.rank_changes]
    assert moves == sorted(moves, reverse=True)
    assert all(moves)


def test_a_small_row_that_doubles_is_not_among_the_fastest(march_2024: Bulletin, july_2025: Bulletin) -> None:
    # 国家推行的服务认证 had 177 of 3,840,047, less than a thousandth; a thousandth is 3840.
    found = grown(march_2024, july_2025)
    assert found.floor == 3840
    names = [one.name for one in found.projects.by_percent]
    assert "国家推行的服务认证" not in names
    at_floor = replace(march_2024, projects=_with(march_2024, "国家推行的服务认证", found.floor))
    later = replace(july_2025, projects=_with(july_2025, "国家推行的服务认证", 2 * found.floor))
    assert grown(at_floor, later).projects.by_percent[0].name == "国家推行的服务认证"


def _with(bulletin: Bulletin, name: str, certificates: int) -> tuple[ProjectRow, ...]:
    return tuple(replace(r, certificates=certificates) if r.name == name else r for r in bulletin.projects)


def test_rows_are_ordered_by_a_figure_either_way_and_those_without_it_stand_last(march_2024: Bulletin) -> None:
    found = grown(published.load("2021-07"), march_2024).tables["projects"]
    for sort, reverse in (("change", True), ("change.up", False)):
        total, *rows = ordered(found, sort)
        assert total.name == "合计"
        changes = [one.change for one in rows]
        known = [change for change in changes if change is not None]
        assert known == sorted(known, reverse=reverse)
        # 森林认证 was no longer printed.
        assert changes[len(known) :] == [None]
    assert ordered(found, "nonsense") == list(found)


def test_a_renamed_project_is_one_row_and_told_as_renamed() -> None:
    def month(of: str, name: str, certificates: int) -> Bulletin:
        rows = (ProjectRow("合计", None, 100, 50), ProjectRow("产品认证", "合计", 100, 50))
        return Bulletin(of, projects=(*rows, ProjectRow(name, "产品认证", certificates, 5)))

    earlier = month("2019-03", "国家推行的食品农产品认证", 40)
    found = compare(earlier, month("2021-07", "食品农产品", 50))
    assert found.renamed_projects == (("国家推行的食品农产品认证", "食品农产品"),)
    assert (found.new_projects, found.gone_projects) == ((), ())
    changes = {one.name: one.certificates.change for one in found.projects}
    assert changes["食品农产品"] == 10
    # Another spelling is no other name.
    spelt = compare(month("2021-07", "食品农产品认证", 50), month("2021-08", "食品农产品", 50))
    assert (spelt.renamed_projects, spelt.new_projects, spelt.gone_projects) == ((), (), ())


def test_what_a_part_does_not_say_is_unknown_and_no_error(july_2025: Bulletin) -> None:
    found = grown(Bulletin("2025-06"), july_2025)
    assert all(one.change is None and one.points is None for one in found.tables["regions"])
    assert found.regions == growing.Leading((), (), ())
