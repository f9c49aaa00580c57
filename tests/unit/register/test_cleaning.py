"""Text becomes values as the one-by-one functions of `codes` read it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.codes import certificate_number, dates
from zhunsheng.register.importing import cleaning

WRITTEN = [
    "2026-01-31", "2026/1/31", "2026-1-3", "20260131", "2026年1月31日", "2026 年 1 月 31 日", "2024-02-29",
    "2025-02-29", "2026-13-01", "2026-01/31", "31.01.2026", "0000-01-01", "45678", "2026-01-31 10:00", "",
    "二〇二六年", "26-01-31",
]  # fmt: skip


@pytest.mark.parametrize("beside", [[], ["2026-01-31"], ["2026年1月31日"]])
@pytest.mark.parametrize("written", WRITTEN)
def test_a_day_is_read_as_codes_dates_reads_it(written: str, beside: list[str]) -> None:
    assert cleaning.day(pl.Series([written, *beside], dtype=pl.String))[0] == dates.parse(written)


def test_a_column_without_days_stays_empty() -> None:
    assert cleaning.day(pl.Series([None, None], dtype=pl.String)).to_list() == [None, None]


@given(text=st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
def test_an_identifier_is_normalised_as_certificate_numbers_are(text: str) -> None:
    column = pl.Series([text, "ABC"], dtype=pl.String)
    # Upper case of a few letters has several characters; no identifier holds them.
    if text.upper() == text or text.isascii():
        assert cleaning.identifier(column)[0] == certificate_number.normalise(text)


@pytest.mark.parametrize(
    ("written", "table", "code"),
    [
        ("01", "certificate_status", "01"),
        ("1", "certificate_status", "01"),
        ("有效", "certificate_status", "01"),
        ("Suspended", "certificate_status", "02"),
        ("111", "suspension_cause", "0111"),
        ("01；02", "change", "01；02"),
        ("1;2", "change", "01；02"),
        ("97_02", "change", "97_02"),
        ("77", "certificate_status", "77"),
    ],
)
def test_a_code_is_read_with_or_without_zeros_or_by_its_label(written: str, table: str, code: str) -> None:
    assert cleaning.codes(pl.Series([written]), table).to_list() == [code]


@pytest.mark.parametrize(
    ("code", "known"), [("01", True), ("01；05", True), ("01；77", False), ("", False), ("1", False)]
)
def test_a_cell_is_in_the_table_when_all_its_codes_are(code: str, known: bool) -> None:
    assert cleaning.in_table(pl.Series([code]), "change").to_list() == [known]


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("1,200", 1200), ("80.0", 80), ("8.5", None), ("-3", None), ("约80", None)]
)
def test_a_count_is_a_whole_number(text: str, number: int | None) -> None:
    assert cleaning.whole_number(pl.Series([text])).to_list() == [number]
