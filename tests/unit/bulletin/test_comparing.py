"""Two months beside each other."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.bulletin import published
from zhunsheng.bulletin.comparing import Change, compare, growth_claims, percent_growth
from zhunsheng.bulletin.model import Bulletin, GrowthClaim
from zhunsheng.codes.errors import ZhunshengError


def test_growth_by_project_region_and_block(march_2024: Bulletin, july_2025: Bulletin) -> None:
    comparison = compare(march_2024, july_2025)
    projects = {row.name: row for row in comparison.projects}
    regions = {row.name: row for row in comparison.regions}
    assert projects["能源管理体系认证"].certificates == Change(17880, 30932, 13052, "73")
    assert projects["测量管理体系认证"].certificates == Change(5457, 5449, -8, "-0.15")
    assert regions["国外"].organisations == Change(11221, 12353, 1132, "10.09")
    assert {row.name for row in comparison.blocks} >= {"西南地区"}
    assert "国外" not in {row.name for row in comparison.blocks}
    assert comparison.fastest_by_number == ("浙江省", "广东省", "江苏省")
    assert (comparison.new_projects, comparison.gone_projects) == ((), ())


def test_what_changed_in_the_rows_is_named(march_2024: Bulletin) -> None:
    comparison = compare(published.load("2021-07"), march_2024)
    assert comparison.gone_projects == ("森林认证",)
    assert comparison.projects[-1].certificates == Change(10715, None, None, None)


def test_json_is_plain(march_2024: Bulletin, july_2025: Bulletin) -> None:
    document = compare(march_2024, july_2025).to_json()
    assert document["projects"][0] == {
        "name": "合计",
        "certificates": {"before": 3840047, "after": 4340282, "change": 500235, "percent": "13.03"},
        "organisations": {"before": 1042118, "after": 1141021, "change": 98903, "percent": "9.49"},
    }


def test_months_in_the_wrong_order_are_refused(march_2024: Bulletin, july_2025: Bulletin) -> None:
    for months in ((july_2025, march_2024), (july_2025, july_2025)):
        with pytest.raises(ZhunshengError, match="先早后晚"):
            compare(*months)


def test_the_sentences_of_a_bulletin_name_its_fastest(march_2024: Bulletin, july_2025: Bulletin) -> None:
    assert growth_claims(march_2024, july_2025)[0] == GrowthClaim(
        "浙江省", "2024-03", 487018, 556584, "14.28", "2025-07", fastest=True
    )


@given(st.integers(1, 10**7), st.integers(0, 10**7), st.integers(0, 4))
def test_percentages_are_rounded_once(before: int, after: int, places: int) -> None:
    exact = Decimal(after - before) * 100 / Decimal(before)
    expected = exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_EVEN)
    assert Decimal(percent_growth(before, after, places)) == expected
