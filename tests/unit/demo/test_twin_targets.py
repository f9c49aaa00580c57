"""What a twin must count to: the printed figures, or a consistent miniature of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zhunsheng.bulletin import published
from zhunsheng.bulletin.model import ProjectRow
from zhunsheng.demo.twin import Contradiction, Missing, Unreachable, plan

if TYPE_CHECKING:
    from zhunsheng.bulletin.model import Bulletin
    from zhunsheng.demo.twin import Targets

CELL = ("certificates", "organisations")


def test_at_full_size_the_targets_are_the_printed_figures(july: Bulletin) -> None:
    targets = plan(july, 1.0)
    found = {row.name: (row.certificates, row.organisations) for row in (*targets.leaves, *targets.domains)}
    printed = {row.name: (row.certificates, row.organisations) for row in july.projects}
    assert found | {"合计": (targets.total.certificates, targets.total.organisations)} == printed
    places = {place.name: (place.certificates, place.organisations) for place in targets.places}
    printed = {row.name: (row.certificates, row.organisations) for row in july.regions if row.name[0] != "全"}
    # The residue that the domain facts (2.4, 6b) work out, and 国外 as it stands among the blocks.
    assert places == printed | {"未知地区": (2, 1), "国外": (90417, 12353)}


def test_the_headline_of_july_2025_fits_nothing_and_is_named(july: Bulletin) -> None:
    found = [(c.table, c.column, c.printed, c.used) for c in plan(july).corrections]
    assert found == [("headline", "certificates", "428", "425")]


@given(scale=st.floats(0.0005, 0.9995))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_miniature_is_within_one_of_the_scaled_figures_and_adds_up(july: Bulletin, scale: float) -> None:
    whole, small = plan(july), plan(july, scale)
    for one, other in ((whole.leaves, small.leaves), (whole.places, small.places)):
        for full, mini in zip(one, other, strict=True):
            for column in CELL:
                figure, count = getattr(full, column), getattr(mini, column)
                assert count >= 1
                # Less than one is rounded up to one.
                assert abs(count - scale * figure) <= 1 + 1e-6 or count == 1
            assert mini.organisations <= mini.certificates
    _adds_up(small)


def _adds_up(targets: Targets) -> None:
    for domain in targets.domains:
        own = [leaf for leaf in targets.leaves if leaf.domain == domain.name]
        assert domain.certificates == sum(leaf.certificates for leaf in own)
        counts = [leaf.organisations for leaf in own]
        assert max(counts) <= domain.organisations <= sum(counts)
    total = targets.total
    assert total.certificates == sum(row.certificates for row in targets.domains)
    assert total.certificates == sum(row.certificates for row in targets.places)
    assert total.organisations == sum(row.organisations for row in targets.places)
    distinct = [row.organisations for row in targets.domains]
    assert max(distinct) <= total.organisations <= sum(distinct)


@pytest.mark.parametrize("scale", [0.0, -0.01, 1.01, float("nan")])
def test_a_scale_outside_zero_to_one_is_refused(july: Bulletin, scale: float) -> None:
    with pytest.raises(Unreachable):
        plan(july, scale)


def test_a_scale_at_which_parts_cannot_add_up_is_refused(july: Bulletin) -> None:
    # 36 regions have one certificate each at the least, 15 projects two at the most.
    with pytest.raises(Unreachable):
        plan(july, 0.000_000_01)


def test_the_carried_over_block_figure_is_corrected_from_its_provinces(july: Bulletin) -> None:
    # 76455 is the figure of March 2024; the five provinces of July 2025 sum to 82325 (domain facts 2.4, 6).
    blocks = tuple(replace(row, organisations=76455) if row.name == "西南地区" else row for row in july.blocks)
    found = [c for c in plan(replace(july, blocks=blocks)).corrections if c.table == "blocks"]
    assert [(c.row, c.column, c.printed, c.used) for c in found] == [("西南地区", "organisations", "76455", "82325")]


@pytest.mark.parametrize(
    ("row", "column"), [("合计", "certificates"), ("服务认证", "certificates"), ("合计", "organisations")]
)
def test_a_wrong_sum_in_the_project_table_is_corrected(july: Bulletin, row: str, column: str) -> None:
    right = next(getattr(r, column) for r in july.projects if r.name == row)
    projects = tuple(replace(r, **{column: right + 7}) if r.name == row else r for r in july.projects)
    targets = plan(replace(july, projects=projects))
    found = [(c.row, c.column, c.printed, c.used) for c in targets.corrections if c.table == "projects"]
    assert found == [(row, column, str(right + 7), str(right))]
    assert replace(targets, corrections=()) == replace(plan(july), corrections=())


@pytest.mark.parametrize(
    ("row", "column"), [("全部", "certificates"), ("全部", "organisations"), ("全国", "certificates")]
)
def test_a_wrong_sum_in_the_region_table_is_corrected(july: Bulletin, row: str, column: str) -> None:
    right = next(getattr(r, column) for r in july.regions if r.name == row)
    regions = tuple(replace(r, **{column: right + 7}) if r.name == row else r for r in july.regions)
    targets = plan(replace(july, regions=regions))
    found = [(c.row, c.column, c.printed, c.used) for c in targets.corrections if c.table == "regions"]
    assert found == [(row, column, str(right + 7), str(right))]


def test_distinct_organisations_beyond_what_the_parts_allow_are_corrected(july: Bulletin) -> None:
    # 227 + 50532 organisations hold services, so no more than 50759 distinct ones do.
    projects = tuple(replace(r, organisations=60000) if r.name == "服务认证" else r for r in july.projects)
    found = [c for c in plan(replace(july, projects=projects)).corrections if c.table == "projects"]
    assert [(c.row, c.column, c.used) for c in found] == [("服务认证", "organisations", "50759")]


def test_provinces_beyond_the_nation_are_a_contradiction(july: Bulletin) -> None:
    regions = tuple(replace(r, certificates=865239) if r.name == "广东省" else r for r in july.regions)
    with pytest.raises(Contradiction, match="未知地区"):
        plan(replace(july, regions=regions))


def test_more_organisations_than_certificates_is_a_contradiction(july: Bulletin) -> None:
    projects = tuple(replace(r, organisations=6000) if r.name == "测量管理体系认证" else r for r in july.projects)
    with pytest.raises(Contradiction, match="测量管理体系认证"):
        plan(replace(july, projects=projects))


def test_missing_provinces_are_named(july: Bulletin) -> None:
    regions = tuple(row for row in july.regions if row.name not in {"山西省", "海南省"})
    with pytest.raises(Missing, match="山西省、海南省"):
        plan(replace(july, regions=regions))


def test_an_empty_cell_is_named(july: Bulletin) -> None:
    projects = tuple(replace(r, organisations=None) if r.name == "能源管理体系认证" else r for r in july.projects)
    with pytest.raises(Missing, match="能源管理体系认证"):
        plan(replace(july, projects=projects))


@pytest.mark.parametrize("name", ["食品农产品", "服务认证", "合计"])
def test_a_missing_project_row_is_named(july: Bulletin, name: str) -> None:
    with pytest.raises(Missing, match=name):
        plan(replace(july, projects=tuple(row for row in july.projects if row.name != name)))


def test_a_project_nobody_knows_is_named(july: Bulletin) -> None:
    projects = (*july.projects, ProjectRow("月球基地认证", "服务认证", 0, 0))
    with pytest.raises(Missing, match="月球基地认证"):
        plan(replace(july, projects=projects))


def test_without_a_row_of_its_own_abroad_is_everything_less_the_nation(july: Bulletin) -> None:
    places = plan(replace(july, blocks=())).places
    assert [(p.certificates, p.organisations) for p in places if p.code == "abroad"] == [(90417, 12353)]


def test_without_any_figure_abroad_is_missing(july: Bulletin) -> None:
    regions = tuple(row for row in july.regions if row.name != "全部")
    with pytest.raises(Missing, match="国外"):
        plan(replace(july, blocks=(), regions=regions))


def test_the_carried_bulletin_of_july_2025_gives_the_same_targets(july: Bulletin) -> None:
    carried = plan(published.load("2025-07"))
    assert replace(carried, corrections=()) == replace(plan(july), corrections=())


def test_the_march_2024_bulletin_needs_no_correction_and_has_no_residue() -> None:
    targets = plan(published.load("2024-03"))
    assert targets.corrections == ()
    assert len(targets.places) == 35
    # Printed: 合计 3840047 and 1042118.
    assert (targets.total.certificates, targets.total.organisations) == (3840047, 1042118)


@pytest.mark.parametrize("month", ["2021-07", "2024-12"])
def test_a_partial_bulletin_is_refused_by_the_name_of_what_it_lacks(month: str) -> None:
    with pytest.raises(Missing, match="广东省"):
        plan(published.load(month))
