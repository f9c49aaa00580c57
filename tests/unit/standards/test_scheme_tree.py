"""The scheme tree against the project tables of published bulletins, of three layouts."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.standards import policy, queries
from zhunsheng.standards.policy import SchemeRow, SchemeTree

SYSTEMS = "质量 环境 职业健康安全 食品农产品 信息安全 信息技术服务 测量"
# The rows as printed: transcribed from the bulletins of the months named, without their figures.
PRINTED_2019_03 = [
    "合计",
    "管理体系认证",
    *[f"{name}管理体系认证" for name in SYSTEMS.split()],
    "森林认证",
    "能源管理体系认证",
    "知识产权管理体系认证",
    "其它管理体系认证",
    "产品认证",
    "强制性产品认证",
    "国家推行的食品农产品认证",
    "国家推行的工业产品认证",
    "一般食品农产品认证",
    "一般工业产品认证",
    "服务认证",
    "国家推行的服务认证",
    "一般服务认证",
]
PRINTED_2021_07 = [
    *PRINTED_2019_03[:15],
    "食品农产品",
    "自愿性工业产品",
    *PRINTED_2019_03[-3:],
]
PRINTED_2024_03 = [name for name in PRINTED_2021_07 if name != "森林认证"]

SHARED = Path(__file__).parents[3].parent / "shared" / "bulletins"

months = st.dates(date(2015, 1, 1), date(2040, 12, 31)).map(lambda day: f"{day:%Y-%m}")


def names(month: str) -> list[str]:
    return [row.name for row in policy.rows_printed(month)]


def row(month: str, name: str) -> SchemeRow:
    return next(row for row in policy.rows_printed(month) if row.name == name)


@pytest.mark.parametrize(
    ("month", "printed"),
    [
        ("2019-03", PRINTED_2019_03),
        ("2021-07", PRINTED_2021_07),
        ("2022-08", PRINTED_2024_03),
        ("2024-03", PRINTED_2024_03),
        ("2024-12", PRINTED_2024_03),
        ("2025-07", PRINTED_2024_03),
    ],
)
def test_each_layout_prints_the_rows_of_its_bulletin_in_their_order(month: str, printed: list[str]) -> None:
    assert names(month) == printed


def test_the_layout_changes_between_the_last_month_of_a_year_and_the_next() -> None:
    assert "一般工业产品认证" in names("2019-12")
    assert "一般工业产品认证" not in names("2020-01")
    assert "森林认证" in names("2021-12")
    assert "森林认证" not in names("2022-01")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared bulletins are not beside this clone")
@pytest.mark.parametrize("month", ["2021-07", "2024-12"])
def test_every_project_row_of_the_transcribed_bulletins_is_printed_here(month: str) -> None:
    with (SHARED / f"{month}.csv").open(encoding="utf-8") as file:
        read = [cells for cells in csv.DictReader(file) if cells["section"] == "project"]
    transcribed = [cells["group"] if cells["name"] in {"", "合计"} else cells["name"] for cells in read]
    assert transcribed == names(month)


def test_the_total_has_no_parent_a_group_has_the_total_and_a_leaf_its_group() -> None:
    parents = {row.name: row.parent for row in policy.rows_printed("2025-07")}
    assert parents["合计"] is None
    assert parents["产品认证"] == "合计"
    assert parents["强制性产品认证"] == "产品认证"
    assert parents["一般服务认证"] == "服务认证"


@pytest.mark.parametrize(
    ("code", "leaf"),
    [
        ("A01", "A01"),
        ("A0102", "A01"),
        ("A010102", "A01"),
        ("A0401", "A04"),
        ("A1001", "A10"),
        ("B0221", "B02"),
        ("B04", "B03"),
        ("B0501", "B03"),
        ("A11", "A99"),
        ("A9901", "A99"),
        ("A0801", "A99"),
        ("C0209", "C02"),
        ("B06", None),
        ("C03", None),
        ("D01", None),
        ("A", None),
        ("A1", None),
        ("", None),
        ("a01", None),
        ("ALL", None),
        ("01", None),
    ],
)
def test_a_national_code_is_counted_in_the_leaf_of_its_longest_known_prefix(code: str, leaf: str | None) -> None:
    assert policy.leaf_code(code) == leaf


def test_a_code_is_counted_where_the_layout_of_the_month_prints_it() -> None:
    assert policy.leaf_code("A0801", "2021-07") == "A08"
    assert policy.leaf_code("A0801", "2024-03") == "A99"
    assert policy.leaf_code("B0501", "2019-03") == "B05"
    assert policy.leaf_code("B0501", "2021-07") == "B03"


def test_the_finest_leaf_does_not_depend_on_any_layout() -> None:
    assert policy.finest_leaf("A0801") == "A08"
    assert policy.finest_leaf("B0501") == "B05"
    assert policy.finest_leaf("A0102") == "A01"


def test_a_row_that_is_no_longer_printed_is_counted_in_another() -> None:
    assert row("2021-07", "其它管理体系认证").leaves == ("A99",)
    assert row("2024-03", "其它管理体系认证").leaves == ("A08", "A99")
    assert row("2024-03", "自愿性工业产品").leaves == ("B03", "B04", "B05")


def test_bits_are_few_distinct_and_those_that_stored_masks_already_use() -> None:
    bits = {leaf.code: leaf.bit for leaf in policy.tree().leaves()}
    # Written down once more on purpose: a changed bit would silently spoil every mask that is kept.
    codes = "A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A99 B01 B02 B03 C01 C02 B04 B05"
    assert bits == {code: bit for bit, code in enumerate(codes.split())}


def test_ids_are_those_that_foreign_keys_already_use() -> None:
    # The rule by which ids were once given: group, then the code's digits; a group is 1, 2 or 3.
    for scheme in policy.tree().schemes:
        digits = f"{'ABC'.index(scheme.code[0]) + 1}{scheme.code[1:]}"
        assert scheme.id == int(digits)


@given(months)
def test_in_every_month_the_leaf_rows_share_out_all_bits_without_overlap(month: str) -> None:
    rows = policy.rows_printed(month)
    total, groups = rows[0], [row for row in rows if row.parent == "合计"]
    leaves = [row for row in rows if row.parent not in {None, "合计"}]
    assert sum(row.mask for row in leaves) == total.mask == sum(row.mask for row in groups)
    assert total.mask.bit_count() == sum(row.mask.bit_count() for row in leaves) == 18
    for group in groups:
        assert sum(row.mask for row in leaves if row.parent == group.name) == group.mask
    assert total.mask < 1 << 63


@given(months, st.from_regex(r"[ABC][0-9]{2}([0-9]{2}){0,2}", fullmatch=True))
def test_every_code_is_counted_in_exactly_one_printed_row_or_in_none(month: str, code: str) -> None:
    counted = policy.leaf_code(code, month)
    finest = policy.finest_leaf(code)
    rows = [row.code for row in policy.rows_printed(month) if row.parent not in {None, "合计"} and finest in row.leaves]
    assert rows == ([counted] if counted else [])


def test_bits_below_a_row_are_those_of_its_mask() -> None:
    for printed in policy.rows_printed("2021-07"):
        bits = policy.tree().bits_below(printed.code, "2021-07")
        assert sum(1 << bit for bit in bits) == printed.mask
    assert policy.tree().bits_below("A0101") == ()
    assert policy.tree().bits_below("Z") == ()


def test_every_scheme_stands_below_its_own_code_and_says_where_it_is_from() -> None:
    known = {scheme.code: scheme for scheme in policy.tree().schemes}
    assert len(known) == len(policy.tree().schemes)
    for scheme in known.values():
        assert scheme.source
        if scheme.parent is not None:
            assert scheme.parent in known
            assert scheme.code.startswith(scheme.parent)
        assert scheme.is_leaf == (len(scheme.code) == 3)
        assert scheme.counted_in is None or known[scheme.counted_in].is_leaf


def test_a_leaf_that_is_not_always_printed_names_one_of_its_group_that_counts_it() -> None:
    known = {scheme.code: scheme for scheme in policy.tree().schemes}
    passing = [leaf for leaf in policy.tree().leaves() if leaf.printed_from or leaf.printed_until]
    assert {leaf.code for leaf in passing} == {"A08", "B04", "B05"}
    for leaf in passing:
        assert leaf.counted_in is not None
        assert known[leaf.counted_in].parent == leaf.parent
        assert known[leaf.counted_in].printed_until is None


def test_what_no_source_confirms_is_marked() -> None:
    doubts = {scheme.code: scheme.unconfirmed for scheme in policy.tree().schemes}
    assert not any(scheme.confirmed for scheme in policy.tree().schemes if scheme.code in {"A07", "A08", "A99", "B04"})
    assert "code" in doubts["A07"]
    assert "until" in doubts["A08"]
    assert doubts["A01"] == ()


def test_a_month_that_is_none_has_no_layout() -> None:
    with pytest.raises(ValueError, match="month must be"):
        policy.rows_printed("2025-13")


def test_a_leaf_is_found_in_a_tree_that_is_already_read() -> None:
    leaf = queries.leaf_of("A0102", policy.tree())
    assert leaf is not None
    assert (leaf.id, leaf.code) == (101, "A01")
    assert queries.leaf_of("B06", policy.tree()) is None
    assert queries.leaf_of("A0102", SchemeTree(())) is None


def test_the_tree_is_read_once() -> None:
    assert policy.tree() is policy.tree()
