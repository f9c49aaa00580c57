"""Whatever months come in, in order or late: on every date, as known on every date, they are what counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.actions.register.returns import ROW, row
from zhunsheng.codes import dates

if TYPE_CHECKING:
    from collections.abc import Callable

MONTHS = [dates.month_end(f"2025-{month:02d}") for month in range(1, 9)]
END = date(2027, 2, 28)
# What a month may say of the certificate: a state, and its own day as days before the month's end (None: not told).
CLAIMS = st.tuples(st.sampled_from(["01", "02", "03", "04"]), st.one_of(st.none(), st.integers(0, 90)))
WORDS = {"01": "valid", "02": "suspended", "03": "withdrawn", "04": "cancelled"}
# Each example is up to sixteen imports: this share, in percent, of the examples of other tests.
SHARE = 30


def stated(month: date, code: str, before: int | None) -> dict[str, str]:
    day = (month - timedelta(before)).isoformat() if before is not None else ""
    if code == "01":
        return row(CERTI_STATUS=code)
    own = "PAUSE_S_DATE" if code == "02" else "CANCEL_DATE"
    return row(CERTI_STATUS=code, **{own: day})


def naive(months: list[tuple[date, str, int | None]], on: date, known: date) -> str | None:
    """Replay the months that were known by then: each holds from its own day on, whatever was believed before."""
    beliefs: list[tuple[date, str]] = []
    state, told = None, None
    for month, code, before in months:
        if month > known:
            break
        day = month - timedelta(before) if before is not None and code != "01" else None
        if state is None:
            beliefs = [(date(2024, 3, 1), "valid")]
            if code == "01":
                state, told = code, None
                continue
        elif code == state and (day is None or day == told):
            continue
        since = day or (beliefs[-1][0] if code == state else month)
        # The same state with another day corrects the last entry; a new one ends what was to hold from its day on.
        kept = beliefs[:-1] if code == state and len(beliefs) > 1 else beliefs
        beliefs = [b for b in kept if b[0] <= since or b == beliefs[0]] + [(since, WORDS[code])]
        state, told = code, day or (told if code == state else None)
    held = [word for since, word in beliefs if since <= on]
    return held[-1] if held else None


@example(claims=[("02", None), ("01", None), ("02", 60), ("02", 0)])
@given(claims=st.lists(CLAIMS, min_size=1, max_size=len(MONTHS)))
@settings(max_examples=settings().max_examples * SHARE // 100, suppress_health_check=list(HealthCheck))
def test_every_date_as_known_on_every_date_is_the_replay_of_the_returns(
    returned: Callable[..., Any], claims: list[tuple[str, int | None]]
) -> None:
    from zhunsheng.register import queries
    from zhunsheng.register.models import Certificate, Event

    number = f"N{Certificate.objects.count()}"
    months = [(month, *claim) for month, claim in zip(MONTHS, claims, strict=False)]
    for month, code, before in months:
        returned(month, stated(month, code, before) | {"CERT_NUMBER": number})
        count = Event.objects.count()
        assert returned(month, stated(month, code, before) | {"CERT_NUMBER": number}).unchanged == 1
        assert Event.objects.count() == count
    found = Certificate.objects.get(number=number)
    for known in MONTHS:
        for on in (known, known - timedelta(20), known - timedelta(45), date(2024, 2, 1)):
            assert queries.status(found, on=on, known=known) == naive(months, on, known), (on, known)
    assert queries.stored_differs_from_derived() == []


LATE = pytest.mark.parametrize(
    "late",
    [
        {"CERTI_STATUS": "02", "PAUSE_S_DATE": "2025-05-10", "PAUSE_CAUSE": "0116", "PAUSE_E_DATE": "2025-09-01"},
        {"CERTI_STATUS": "03", "CANCEL_DATE": "2025-06-25", "CANCEL_CAUSE": "0121"},
        {"CERTI_E_DATE": "2026-02-28"},
    ],
)


@LATE
def test_an_older_return_that_comes_late_adds_what_was_known_then_and_changes_nothing_after(
    returned: Callable[..., Any], late: dict[str, str]
) -> None:
    from zhunsheng.register import queries
    from zhunsheng.register.models import Certificate, Event

    may, june, july = MONTHS[4], MONTHS[5], MONTHS[6]
    returned(may, row())
    paused = row(CERTI_STATUS="02", PAUSE_S_DATE="2025-07-02", PAUSE_CAUSE="0112", PAUSE_E_DATE="2025-10-02")
    returned(july, paused)
    certificate = Certificate.objects.get()
    days = [may + timedelta(n) for n in range(0, 900, 30)]
    before = [
        (queries.status(certificate, on=on, known=known), known)
        for on in days
        for known in (may, july, date(2025, 9, 1))
    ]
    row_before = Certificate.objects.values().get()
    assert returned(june, row(**late)).accepted == 1
    assert Certificate.objects.values().get() == row_before
    after = [
        (queries.status(certificate, on=on, known=known), known)
        for on in days
        for known in (may, july, date(2025, 9, 1))
    ]
    assert after == before
    word = {"02": "suspended", "03": "withdrawn"}.get(late.get("CERTI_STATUS", ""))
    if word:
        assert queries.status(certificate, on=june, known=june) == word
    else:
        assert queries.as_known(certificate, on=june, known=june).expires_on == date(2026, 2, 28)
        assert queries.as_known(certificate, on=july, known=july).expires_on == END
    count = Event.objects.count()
    assert returned(june, row(**late)).unchanged == 1
    assert Event.objects.count() == count
    assert queries.stored_differs_from_derived() == []


def test_a_certificate_first_heard_of_later_was_known_to_the_older_return(returned: Callable[..., Any]) -> None:
    from zhunsheng.register import queries
    from zhunsheng.register.models import Certificate, OrganisationEvent

    june, july = MONTHS[5], MONTHS[6]
    returned(july, row())
    returned(june, row(CERTI_STATUS="02", PAUSE_S_DATE="2025-06-02"))
    certificate = Certificate.objects.get()
    assert certificate.state == "valid"
    assert queries.status(certificate, on=june, known=june) == "suspended"
    assert queries.status(certificate, on=july, known=july) == "valid"
    assert queries.status(certificate, on=july, known=MONTHS[4]) is None
    assert OrganisationEvent.objects.filter(known_on=june).count() == 1
    assert queries.stored_differs_from_derived() == []


def test_a_late_name_is_known_on_its_day_and_not_after(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.models import Organisation, OrganisationEvent

    may, june, july = MONTHS[4], MONTHS[5], MONTHS[6]
    returned(may, row())
    returned(july, row(ORG_NAME="七月的名称"))
    returned(june, row(ORG_NAME="六月的名称"))
    assert Organisation.objects.get().name == "七月的名称"
    names = OrganisationEvent.objects.order_by("known_on").values_list("known_on", "name")
    assert list(names) == [(may, ROW["ORG_NAME"]), (june, "六月的名称"), (july, "七月的名称")]
    assert returned(june, row(ORG_NAME="六月的名称")).unchanged == 1
