"""Editions: dates of the published transitions, and answers that no unconfirmed fact decides."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.standards.editions import Edition, Status, counts_on, editions_of, standards
from zhunsheng.standards.policy import tree

EDITIONS = editions_of(standards())


def edition(designation: str, **facts: object) -> Edition:
    """Return an edition about which only `facts` are known."""
    known: dict[str, object] = dict.fromkeys(
        ("published_on", "in_force_on", "withdrawn_on", "transition_ends_on", "supersedes", "adopts")
    )
    known |= {"id": 1, "standard": "X", "status": Status.CURRENT, "unconfirmed": (), "source": "a test"} | facts
    return Edition(designation=designation, **known)  # type: ignore[arg-type]


def answers(*found: Edition) -> dict[str, Edition]:
    return {one.designation: one for one in found}


@pytest.mark.parametrize(
    ("designation", "day", "counts"),
    [
        # IAF: the transition to ISO 9001:2015 and ISO 14001:2015 ended on 2018-09-15.
        ("ISO 9001:2008", "2018-09-15", True),
        ("ISO 9001:2008", "2018-09-16", False),
        ("ISO 9001:2008", "2025-07-31", False),
        ("ISO 9001:2000", "2018-09-16", False),
        ("ISO 14001:2004", "2018-09-16", False),
        # Published on 2015-09-15.
        ("ISO 9001:2015", "2015-09-14", False),
        ("ISO 9001:2015", "2015-09-15", True),
        ("ISO 9001:2015", "2026-11-20", True),
        # Issued 2016-12-30, in force 2017-07-01.
        ("GB/T 19001-2016", "2017-06-30", False),
        ("GB/T 19001-2016", "2017-07-01", True),
        # Issued 2025-06-30, in force 2026-01-01.
        ("GB/T 22080-2025", "2025-12-31", False),
        ("GB/T 22080-2025", "2026-01-01", True),
        # IAF MD 26: the transition from the 2013 edition ended on 2025-10-31.
        ("ISO/IEC 27001:2013", "2025-10-31", True),
        ("ISO/IEC 27001:2013", "2025-11-01", False),
        # Extended by six months in 2020.
        ("OHSAS 18001:2007", "2021-09-30", True),
        ("OHSAS 18001:2007", "2021-10-01", False),
        # Replaced in April 2026; the rule of its transition is pending.
        ("ISO 14001:2015", "2025-12-31", True),
        ("ISO 14001:2015", "2026-11-20", None),
        # Its publication is not confirmed.
        ("ISO 9001:2026", "2025-12-31", False),
        ("ISO 9001:2026", "2026-11-20", None),
        ("ISO 9001:2026", "2030-01-01", None),
        # The end of its transition is not confirmed.
        ("GB/T 19001-2008", "2025-07-31", None),
        ("ISO 9001:1066", "2025-07-31", None),
    ],
)
def test_an_edition_counts_from_its_first_day_to_the_end_of_the_transition(
    designation: str, day: str, counts: bool | None
) -> None:
    assert counts_on(designation, date.fromisoformat(day), EDITIONS) is counts


def test_an_unconfirmed_day_never_decides() -> None:
    ended = edition(
        "X 1:2001",
        status=Status.SUPERSEDED,
        published_on=date(2001, 5, 1),
        transition_ends_on=date(2010, 1, 1),
    )
    doubtful = edition(
        "X 1:2001",
        status=Status.SUPERSEDED,
        published_on=date(2001, 5, 1),
        transition_ends_on=date(2010, 1, 1),
        unconfirmed=("transition_ends",),
    )
    assert counts_on("X 1:2001", date(2011, 1, 1), answers(ended)) is False
    assert counts_on("X 1:2001", date(2011, 1, 1), answers(doubtful)) is None


def test_the_year_of_a_designation_bounds_an_unknown_first_day() -> None:
    known = answers(edition("X 1:2001"))
    assert counts_on("X 1:2001", date(2000, 12, 31), known) is False
    assert counts_on("X 1:2001", date(2001, 6, 1), known) is None
    assert counts_on("X 1:2001", date(2002, 1, 1), known) is True


def test_a_national_edition_may_enter_into_force_years_after_its_number() -> None:
    assert counts_on("GB/T 1-2001", date(2003, 1, 1), answers(edition("GB/T 1-2001"))) is None


def test_an_edition_that_was_replaced_has_begun() -> None:
    first = edition("GB/T 1-2001", status=Status.SUPERSEDED, withdrawn_on=date(2012, 1, 1))
    second = edition("GB/T 1-2010", supersedes="GB/T 1-2001", in_force_on=date(2011, 1, 1))
    assert counts_on("GB/T 1-2001", date(2011, 6, 1), answers(first, second)) is True
    assert counts_on("GB/T 1-2001", date(2013, 6, 1), answers(first, second)) is None


def test_an_edition_counts_until_its_successor_begins_even_when_the_transition_is_unknown() -> None:
    first = edition("X 1:2001", status=Status.SUPERSEDED, published_on=date(2001, 1, 1))
    second = edition("X 1:2010", supersedes="X 1:2001", published_on=date(2010, 5, 1))
    assert counts_on("X 1:2001", date(2010, 4, 30), answers(first, second)) is True
    assert counts_on("X 1:2001", date(2010, 5, 1), answers(first, second)) is None


def test_supersession_runs_from_2008_to_2015_to_2026() -> None:
    assert EDITIONS["ISO 9001:2026"].supersedes == "ISO 9001:2015"
    assert EDITIONS["ISO 9001:2015"].supersedes == "ISO 9001:2008"
    assert EDITIONS["GB/T 19001-2016"].adopts == "ISO 9001:2015"
    assert EDITIONS["GB/T 22080-2025"].adopts == "ISO/IEC 27001:2022"


def test_what_no_source_confirms_is_marked_and_has_no_day() -> None:
    announced = EDITIONS["ISO 9001:2026"]
    assert announced.status is Status.ANNOUNCED
    assert announced.published_on is None
    assert not announced.confirmed
    assert not EDITIONS["ISO 14001:2015"].confirmed
    assert EDITIONS["GB/T 22080-2025"].confirmed


def test_the_data_file_hangs_together() -> None:
    codes = {scheme.code for scheme in tree().schemes}
    found = standards()
    editions = [one for standard in found for one in standard.editions]
    assert len({standard.id for standard in found}) == len({standard.name for standard in found}) == len(found)
    assert len({one.id for one in editions}) == len(EDITIONS) == len(editions)
    for standard in found:
        assert standard.source
        assert standard.scheme in codes
    for one in editions:
        assert one.source
        assert one.designation.startswith(one.standard)
        assert one.supersedes is None or one.supersedes in EDITIONS
        assert one.adopts is None or one.adopts in EDITIONS
        days = [day for day in (one.published_on, one.in_force_on, one.transition_ends_on) if day]
        assert days == sorted(days)
        assert one.status is not Status.ANNOUNCED or not one.confirmed


@given(st.sampled_from(sorted(EDITIONS)), st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(0, 5000))
def test_a_dead_edition_never_lives_again(designation: str, day: date, later: int) -> None:
    began = counts_on(designation, day, EDITIONS) is True
    then = date.fromordinal(day.toordinal() + later)
    if began and counts_on(designation, then, EDITIONS) is False:
        assert counts_on(designation, date.fromordinal(then.toordinal() + 1), EDITIONS) is False
