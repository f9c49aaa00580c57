"""The months on a line, what changed between two of them, and the tree of projects."""

from __future__ import annotations

import pytest

from zhunsheng.bulletin import project_tree, published, trends
from zhunsheng.bulletin.model import Bulletin, ProjectRow, RegionRow
from zhunsheng.bulletin.pages import COUNT_ORDER, Totals
from zhunsheng.codes.errors import ZhunshengError


def month(name: str, origin: str, certificates: int | None) -> trends.Month:
    return trends.Month(1, name, origin, Totals(certificates, 1, None, None))


def test_where_both_are_known_the_published_one_is_taken() -> None:
    months = [
        month("2025-08", "made", 103),
        month("2025-07", "published", 101),
        month("2025-07", "made", 100),
        month("2025-05", "made", 90),
    ]
    found = [(one.month, one.origin) for one in trends.series(months)]
    assert found == [("2025-05", "made"), ("2025-07", "published"), ("2025-08", "made")]
    assert [one.month for one in trends.series(months, "made")] == ["2025-05", "2025-07", "2025-08"]


@pytest.mark.parametrize(
    ("made", "apart"),
    [
        # A tenth of 1,000 is 100: to differ by it is still together.
        (1_000, False),
        (900, False),
        (899, True),
        (1_100, False),
        (1_101, True),
        (1, True),
    ],
)
def test_bulletins_that_differ_by_more_than_a_tenth_count_different_things(made: int, apart: bool) -> None:
    assert trends.apart([month("2025-07", "published", 1_000), month("2025-07", "made", made)]) is apart


def test_different_months_say_nothing_about_each_other() -> None:
    assert not trends.apart([month("2025-07", "published", 1_000), month("2025-08", "made", 1)])
    assert not trends.apart([month("2025-07", "published", 1_000), month("2025-07", "made", None)])


def test_the_largest_rise_and_the_largest_fall_come_first() -> None:
    earlier, later = (
        Bulletin(
            month=name,
            projects=(ProjectRow("合计", None, sum(figures)), ProjectRow("甲", "合计", sum(figures))),
            regions=tuple(
                RegionRow(region, figure)
                for region, figure in zip(("北京市", "广东省", "江苏省", "西藏自治区"), figures, strict=True)
            ),
        )
        for name, figures in (("2025-01", (100, 200, 50, 7)), ("2025-02", (90, 230, 20, 7)))
    )
    found = trends.changes(earlier, later)
    assert found is not None
    assert [(name, change.change, change.percent) for name, change in found.regions.rises] == [("广东省", 30, "15")]
    # 江苏 fell by 30 of 50, 北京 by 10 of 100.
    assert [(name, change.percent) for name, change in found.regions.falls] == [("江苏省", "-60"), ("北京市", "-10")]
    assert found.regions.same == 1
    assert found.months_apart == 1
    assert found.total.change == -10


def test_published_months_are_compared_by_their_leaves_only() -> None:
    found = trends.changes(published.load("2024-03"), published.load("2025-07"))
    assert found is not None
    # March 2024 to July 2025: sixteen months; 3,840,047 and 4,340,282 certificates are printed as 合计.
    assert (found.months_apart, found.total.change) == (16, 4_340_282 - 3_840_047)
    names = {name for name, _ in (*found.projects.rises, *found.projects.falls)}
    assert not names & {"合计", "管理体系认证", "产品认证", "服务认证"}
    assert "质量管理体系认证" in names
    assert not {name for name, _ in (*found.regions.rises, *found.regions.falls)} & {"全部", "全国"}


def test_the_same_month_is_not_compared() -> None:
    with pytest.raises(ZhunshengError):
        trends.changes(published.load("2025-07"), published.load("2025-07"))
    assert trends.changes(Bulletin(month=None), published.load("2025-07")) is None


ROWS = (
    ProjectRow("合计", None, 1_000, 80),
    ProjectRow("管理体系认证", "合计", 600, 60),
    ProjectRow("质量管理体系认证", "管理体系认证", 400, 50),
    ProjectRow("环境管理体系认证", "管理体系认证", 200, 30),
    ProjectRow("产品认证", "合计", 400, 40),
    ProjectRow("一个没有代码的项目", "产品认证", None, None),
)


def test_a_tree_has_every_row_once_below_the_one_it_belongs_to() -> None:
    (top,) = project_tree.branches(ROWS)
    assert [part.name for part in top.parts] == ["管理体系认证", "产品认证"]
    assert [part.name for part in top.parts[0].parts] == ["质量管理体系认证", "环境管理体系认证"]
    # Of 1,000: 600 are 60 %, 400 are 40 %, an unknown one has no share.
    assert [top.share, top.parts[0].share, top.parts[1].parts[0].share] == ["100", "60", None]


def test_the_first_level_is_open_and_an_address_opens_the_way_to_its_row() -> None:
    (top,) = project_tree.branches(ROWS)
    assert (top.open, [part.open for part in top.parts]) == (True, [False, False])
    leaf = top.parts[0].parts[1]
    (again,) = project_tree.branches(ROWS, opened=leaf.key)
    assert [part.open for part in again.parts] == [True, False]
    (itself,) = project_tree.branches(ROWS, opened=top.parts[1].key)
    assert [part.open for part in itself.parts] == [False, True]


def test_every_row_has_a_name_of_its_own_in_addresses() -> None:
    def keys(branch: project_tree.Branch) -> list[str]:
        return [branch.key, *(key for part in branch.parts for key in keys(part))]

    for carried in published.months():
        found = [key for top in project_tree.branches(published.load(carried).projects) for key in keys(top)]
        assert len(found) == len(set(found)) == len(published.load(carried).projects)
        assert all(key.replace("-", "").isalnum() and key.isascii() for key in found)


def test_a_row_that_is_its_own_ancestor_does_not_go_round_for_ever() -> None:
    rows = (ProjectRow("合计", None, 2), ProjectRow("甲", "合计", 1), ProjectRow("甲", "甲", 1))
    (top,) = project_tree.branches(rows)
    assert top.parts


def test_the_tree_can_stand_in_the_order_of_certificates() -> None:
    rows = (ROWS[0], ROWS[4], ROWS[1])
    (top,) = project_tree.branches(rows, order=COUNT_ORDER)
    assert [part.name for part in top.parts] == ["管理体系认证", "产品认证"]
