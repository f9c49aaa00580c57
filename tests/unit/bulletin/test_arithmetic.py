"""From counts to a bulletin: the published months made again, and any counts at all."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.bulletin import published
from zhunsheng.bulletin.arithmetic import Counts, assemble
from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.model import BlockRow, Bulletin, LeadingRegion, RegionRow
from zhunsheng.bulletin.reading import read
from zhunsheng.bulletin.writing import as_text
from zhunsheng.codes.regions import BY_NAME, PROVINCES


@dataclass(frozen=True)
class Row:
    name: str
    parent: str | None


ROWS = (
    Row("合计", None),
    Row("服务认证", "合计"),
    Row("国家推行的服务认证", "服务认证"),
    Row("一般服务认证", "服务认证"),
)


def services(certificates: int, organisations: int) -> dict[str, tuple[int, int]]:
    """Counts of a register in which everything is a general service certificate."""
    return {**dict.fromkeys([row.name for row in ROWS], (certificates, organisations)), "国家推行的服务认证": (0, 0)}


def counts_of(bulletin: Bulletin, unknown: tuple[int, int]) -> Counts:
    """The counts printed in a bulletin, with what has no province given."""
    rows: list[RegionRow | BlockRow] = [*bulletin.regions, *bulletin.blocks]
    regions = {
        BY_NAME[row.name].code: (row.certificates or 0, row.organisations or 0) for row in rows if row.name in BY_NAME
    }
    projects = {row.name: (row.certificates or 0, row.organisations or 0) for row in bulletin.projects}
    return Counts(projects, {**regions, "unknown": unknown})


@pytest.mark.parametrize(
    ("month", "unknown", "abroad"), [("2024-03", (0, 0), "regions"), ("2025-07", (2, 1), "blocks")]
)
def test_the_published_tables_come_out_of_their_own_counts(month: str, unknown: tuple[int, int], abroad: str) -> None:
    printed = published.load(month)
    rows = [Row(row.name, row.parent) for row in printed.projects]
    made = assemble(
        month, counts_of(printed, unknown), rows, abroad_among="regions" if abroad == "regions" else "blocks"
    )
    assert made.projects == printed.projects
    assert set(made.regions) == set(printed.regions)
    assert set(made.blocks) == set(printed.blocks)


def test_march_2024_comes_out_with_its_order_and_headline(march_2024: Bulletin) -> None:
    made = assemble("2024-03", counts_of(march_2024, (0, 0)), [Row(r.name, r.parent) for r in march_2024.projects])
    assert made == march_2024


def test_the_unknown_are_in_the_nation_and_in_no_block() -> None:
    made = assemble("2026-01", Counts(services(8, 6), {"11": (5, 4), "unknown": (3, 2)}), ROWS)
    rows = {row.name: row for row in made.regions}
    assert (rows["全国"].certificates, rows["全国"].organisations) == (8, 6)
    assert rows["北京市"].certificate_share == "62.5"
    assert sum(block.certificates or 0 for block in made.blocks) == 5
    levels = {(f.level, f.row) for f in check(made)}
    assert levels == {("warning", "全国")}


def test_a_hundred_thousand_is_large_and_one_less_is_not() -> None:
    regions = {"11": (99_999, 1), "12": (100_000, 1), "13": (100_001, 1)}
    made = assemble("2026-01", Counts(services(300_000, 3), regions), ROWS)
    assert made.headline.leading == (LeadingRegion("河北", 100_001), LeadingRegion("天津", 100_000))
    assert (made.headline.leading_count, made.headline.certificates) == (2, "30")


pairs = st.tuples(st.integers(0, 3_000_000), st.integers(0, 3_000_000)).map(lambda p: (max(p), min(p)))
places = st.dictionaries(st.sampled_from([*[r.code for r in PROVINCES], "abroad", "unknown"]), pairs)


@given(places, st.integers(0, 100), st.integers(0, 100))
def test_what_is_assembled_has_no_error_of_its_own_and_reads_back(
    regions: dict[str, tuple[int, int]], cut: int, shared: int
) -> None:
    total = (sum(pair[0] for pair in regions.values()), sum(pair[1] for pair in regions.values()))
    # Some share of the organisations holds both kinds, so that the rows sum to more than their total.
    first = (total[0] * cut // 100, min(total[0] * cut // 100, total[1]))
    second = total[0] - first[0]
    if second < total[1] - first[1]:
        first, second = (0, 0), total[0]
    low = total[1] - first[1]
    both = low + (min(second, total[1]) - low) * shared // 100
    projects = {"合计": total, "服务认证": total, "国家推行的服务认证": first, "一般服务认证": (second, both)}
    made = assemble("2026-01", Counts(projects, regions), ROWS)
    # Management systems and products are no rows here, which the check only takes for a cut table.
    assert [f for f in check(made) if f.level == "error"] == []
    assert read(as_text(made)) == made
    for order in ("gb", "count"):
        assert [f for f in check(read(as_text(made, order))) if f.level == "error"] == []
