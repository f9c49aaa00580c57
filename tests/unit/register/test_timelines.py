"""The bands of a picture are the fold's answer for every day, and a month's return is judged by its due day."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.register import reporting
from zhunsheng.register.policy import KIND_TO_REACH, Happened, Kind, State, Verdict, status_on
from zhunsheng.register.reporting import Return, due_of, judged, last_months

DAY = date(2025, 3, 1)
steps = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(list(State)), st.booleans()), max_size=6
)


def timeline(happenings: list[tuple[int, int, State, bool]], *, ends: int = 30) -> list[Happened]:
    """A certificate issued on DAY, known ten days later, that ends `ends` days after; then what happened."""
    events = [Happened(1, Kind.ISSUED, DAY, DAY + timedelta(10), State.VALID, DAY + timedelta(ends))]
    for number, (effective, learned, state, corrects) in enumerate(happenings, 2):
        days = DAY + timedelta(effective), DAY + timedelta(learned)
        events.append(Happened(number, KIND_TO_REACH[state], *days, state, corrects=number - 1 if corrects else None))
    return events


@given(steps, st.integers(0, 50))
def test_the_bands_of_a_picture_are_the_fold_s_answer_for_every_day(
    happenings: list[tuple[int, int, State, bool]], known: int
) -> None:
    from zhunsheng.register.timelines import periods

    events, then = timeline(happenings), DAY + timedelta(known)
    first, last = DAY - timedelta(3), DAY + timedelta(60)
    found = periods(events, known=then, first=first, last=last)
    drawn = {p.start + timedelta(n): p.state for p in found for n in range((p.end - p.start).days)}
    every_day = [first + timedelta(n) for n in range((last - first).days + 1)]
    assert drawn == {day: status_on(events, on=day, known=then) for day in every_day}
    assert all(before.state is not after.state for before, after in pairwise(found))


def test_what_lies_ahead_is_drawn_to_the_end_date_and_no_expiry_is_foretold() -> None:
    from zhunsheng.register.timelines import Frame, bands

    events = timeline([], ends=1000)
    frame = Frame(DAY, DAY + timedelta(2000), passed=DAY + timedelta(100))
    (band,) = bands(events, known=DAY + timedelta(50), frame=frame)
    # Valid on the end date itself, so the band's first day after it is the next one.
    assert (band.start, band.end, band.tone) == (DAY, DAY + timedelta(1001), "good")


def test_an_end_date_that_has_passed_is_drawn_as_expired() -> None:
    from zhunsheng.register.timelines import Frame, bands

    frame = Frame(DAY, DAY + timedelta(99), passed=DAY + timedelta(60))
    found = bands(timeline([]), known=DAY + timedelta(50), frame=frame)
    assert [(b.start, b.tone, b.word) for b in found] == [
        (DAY, "good", "有效"),
        (DAY + timedelta(31), "ended", "过期失效"),
    ]
    assert found[-1].end == DAY + timedelta(61)


def test_before_anything_was_known_the_register_cannot_tell() -> None:
    from zhunsheng.register.timelines import Frame, bands

    frame = Frame(DAY, DAY + timedelta(99), passed=DAY + timedelta(60))
    (band,) = bands(timeline([]), known=DAY + timedelta(9), frame=frame)
    assert (band.tone, band.word) == ("unknown", "登记当时还不知道")


def test_an_end_date_at_the_end_of_the_calendar_breaks_nothing() -> None:
    from zhunsheng.register.timelines import periods

    events = [Happened(1, Kind.ISSUED, DAY, DAY, State.VALID, date.max)]
    assert [p.state for p in periods(events, known=DAY, first=DAY, last=DAY + timedelta(9))] == [State.VALID]


@pytest.mark.parametrize(
    ("month", "due"), [("2025-07", date(2025, 8, 10)), ("2025-12", date(2026, 1, 10)), ("2024-01", date(2024, 2, 10))]
)
def test_a_month_is_due_on_the_tenth_of_the_next(month: str, due: date) -> None:
    assert due_of(month) == due


SINCE, TODAY = date(2025, 1, 5), date(2025, 9, 20)


@pytest.mark.parametrize(
    ("own", "others", "today", "verdict"),
    [
        # The data of July are due by 10 August, holidays or not (that day of 2025 is a Sunday).
        ([date(2025, 8, 1)], [], TODAY, Verdict.IN_TIME),
        ([date(2025, 8, 10)], [], TODAY, Verdict.IN_TIME),
        ([date(2025, 8, 11)], [], TODAY, Verdict.LATE),
        ([date(2025, 8, 25), date(2025, 8, 9)], [], TODAY, Verdict.IN_TIME),
        # What came in the month itself is no return of the whole month.
        ([date(2025, 7, 31)], [], TODAY, Verdict.NOT_SEEN),
        ([], [], TODAY, Verdict.NOT_SEEN),
        ([], [], date(2025, 8, 10), Verdict.NOT_DUE),
        ([], [], date(2025, 8, 11), Verdict.NOT_SEEN),
        # A table for the nation may have held this body's rows.
        ([], [date(2025, 8, 9)], TODAY, Verdict.CANNOT_TELL),
        ([], [date(2025, 8, 20)], TODAY, Verdict.CANNOT_TELL),
        ([date(2025, 8, 20)], [date(2025, 8, 9)], TODAY, Verdict.CANNOT_TELL),
        ([date(2025, 8, 20)], [date(2025, 8, 15)], TODAY, Verdict.LATE),
        ([], [date(2025, 9, 9)], TODAY, Verdict.NOT_SEEN),
    ],
)
def test_a_return_is_in_time_late_not_seen_or_cannot_be_told(
    own: list[date], others: list[date], today: date, verdict: Verdict
) -> None:
    returns = [Return(day, 7) for day in own]
    assert judged("2025-07", own=returns, others=others, since=SINCE, today=today).verdict is verdict


def test_before_the_first_return_nothing_can_be_told() -> None:
    none = judged("2025-07", own=[], others=[], since=None, today=TODAY)
    assert none.verdict is Verdict.CANNOT_TELL
    assert judged("2024-11", own=[], others=[], since=SINCE, today=TODAY).verdict is Verdict.CANNOT_TELL
    assert judged("2024-12", own=[], others=[], since=SINCE, today=TODAY).verdict is Verdict.NOT_SEEN


def test_the_rows_of_a_month_are_those_that_came_in_the_month_in_which_it_was_due() -> None:
    own = [Return(date(2025, 8, 8), 20), Return(date(2025, 8, 30), 3), Return(date(2025, 9, 1), 100)]
    found = judged("2025-07", own=own, others=[], since=SINCE, today=TODAY)
    assert (found.rows, found.came) == (23, date(2025, 8, 8))


def test_the_last_twelve_months_end_with_the_one_before_today_s() -> None:
    months = last_months(date(2026, 1, 9))
    assert (months[0], months[-1], len(months)) == ("2025-12", "2025-01", reporting.MONTHS_SHOWN)
