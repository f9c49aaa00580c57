"""Written dates, month ends and 29 February; every expected day is from the calendar, not from the code."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.codes.dates import add_months, month_end, parse, parse_month


@pytest.mark.parametrize(
    "text",
    ["2026-01-31", "2026/1/31", "2026/01/31", "20260131", "2026年1月31日", "2026年01月31日", " 2026 年 1 月 31 日 "],
)
def test_the_written_forms_of_a_day_are_read(text: str) -> None:
    assert parse(text) == date(2026, 1, 31)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-01",
        "26-01-31",
        "31/01/2026",
        "01/31/2026",
        "2026-01/31",
        "2026-13-01",
        "2026-00-10",
        "2026-04-31",
        "20260231",
        "2025-02-29",
        "1900-02-29",
        "0000-01-01",
        "2026-01-31T00:00",
        "２０２６-01-31",
        "2026.01.31",
        "46053",
    ],
)
def test_what_is_not_clearly_a_day_is_none(text: str) -> None:
    assert parse(text) is None


def test_29_february_is_read_in_leap_years_only() -> None:
    assert parse("2024-02-29") == date(2024, 2, 29)
    assert parse("20000229") == date(2000, 2, 29)


@given(st.dates())
def test_a_day_written_by_the_calendar_is_read_back(day: date) -> None:
    assert parse(day.isoformat()) == day
    assert parse(f"{day.year:04d}年{day.month}月{day.day}日") == day


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-01-31", 1, "2028-02-29"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2028-02-29", 48, "2032-02-29"),
        ("2028-02-29", -12, "2027-02-28"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2026-08-31", 36, "2029-08-31"),
        ("2026-08-31", 0, "2026-08-31"),
        ("2026-05-31", 1, "2026-06-30"),
    ],
)
def test_adding_months_stops_at_the_month_end(day: str, months: int, then: str) -> None:
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(then)


@pytest.mark.parametrize(("day", "months"), [(date(9999, 12, 1), 1), (date(1, 1, 1), -1)])
def test_no_day_outside_the_calendar_comes_out(day: date, months: int) -> None:
    with pytest.raises(ValueError, match="year"):
        add_months(day, months)


@given(st.dates(date(1900, 1, 1), date(2900, 12, 31)), st.integers(-600, 600))
def test_adding_months_moves_the_month_by_that_number_and_never_the_day_up(day: date, months: int) -> None:
    then = add_months(day, months)
    assert (then.year - day.year) * 12 + then.month - day.month == months
    assert then.day <= day.day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2025-07", "2025-07"),
        ("2025-7", "2025-07"),
        ("2025年07月", "2025-07"),
        ("2025年7月", "2025-07"),
        ("2024 年 3 月", "2024-03"),
        (" 2025-12 ", "2025-12"),
    ],
)
def test_the_written_forms_of_a_month_are_read(text: str, month: str) -> None:
    assert parse_month(text) == month


@pytest.mark.parametrize(
    "text", ["", "2025", "2025-13", "2025-00", "0000-01", "2025/07", "7月", "25-07", "2025-07-01", "２０２５-07"]
)
def test_what_is_not_clearly_a_month_is_none(text: str) -> None:
    assert parse_month(text) is None


@pytest.mark.parametrize(
    ("month", "end"),
    [
        ("2025-07", "2025-07-31"),
        ("2025-06", "2025-06-30"),
        ("2025-02", "2025-02-28"),
        ("2024-02", "2024-02-29"),
        ("1900-02", "1900-02-28"),
        ("2000-02", "2000-02-29"),
        ("2024-12", "2024-12-31"),
    ],
)
def test_a_month_ends_on_its_last_day(month: str, end: str) -> None:
    assert month_end(month) == date.fromisoformat(end)


@pytest.mark.parametrize("month", ["2025-13", "2025", "", "2025-7"])
def test_a_month_written_otherwise_has_no_end(month: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|month must be"):
        month_end(month)
