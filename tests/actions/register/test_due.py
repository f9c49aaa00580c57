"""What falls due: the day the database derives, what counts on it, and whose business it is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.register.returns import BODY, OTHER_BODY, ROW, row
from zhunsheng.people.policy import PUBLIC, Grant, NotPermitted, Viewer
from zhunsheng.people.roles import PartyKind, Permission

if TYPE_CHECKING:
    from collections.abc import Callable

JULY, DAY = date(2025, 7, 31), date(2025, 8, 5)
PAUSED = {"CERTI_STATUS": "02", "PAUSE_CAUSE": "0116", "PAUSE_S_DATE": "2025-05-05"}
ROWS = [
    row(CERT_NUMBER="ENDS", CERTI_E_DATE="2025-08-05"),
    row(CERT_NUMBER="ENDS-NEXT", CERTI_E_DATE="2025-08-06"),
    row(CERT_NUMBER="ENDED", CERTI_E_DATE="2025-08-04"),
    row(CERT_NUMBER="PAUSE-ENDS", CERTI_E_DATE="2027-01-01", PAUSE_E_DATE="2025-08-05", **PAUSED),
    row(CERT_NUMBER="PAUSE-OVER", CERTI_E_DATE="2027-01-01", PAUSE_E_DATE="2025-08-04", **PAUSED),
    row(CERT_NUMBER="PAUSED-ENDS", CERTI_E_DATE="2025-08-05", PAUSE_E_DATE="2025-09-05", **PAUSED),
    row(CERT_NUMBER="WITHDRAWN", CERTI_E_DATE="2025-08-05", CERTI_STATUS="03", CANCEL_DATE="2025-07-01"),
    row(CERT_NUMBER="OTHER", CERTI_E_DATE="2025-08-05", RZJG_ID=OTHER_BODY, ORG_CODE="", ORG_NAME="北京某某",
        ORG_DISTRICT="110105"),
]  # fmt: skip


def may(kind: PartyKind, key: str) -> Viewer:
    return Viewer("someone", frozenset({Grant(Permission.READ_IN_BULK, kind, key)}))


NATION = may(PartyKind.REGULATOR, "")


def numbers(found: Any) -> list[str]:
    return [certificate.number for certificate in found.certificates]


def test_a_day_brings_the_ends_of_suspensions_and_the_last_days_of_certificates(returned: Callable[..., Any]) -> None:
    from zhunsheng.register import due

    returned(JULY, *ROWS)
    found = due.due(NATION, DAY)
    assert found.counts == {due.What.EXPIRES: 3, due.What.SUSPENSION_ENDS: 1}
    assert sorted(numbers(found)) == ["ENDS", "OTHER", "PAUSE-ENDS", "PAUSED-ENDS"]
    # Suspensions come first, and only as many as are asked for.
    assert set(numbers(due.due(NATION, DAY, limit=2))) == {"PAUSE-ENDS", "PAUSED-ENDS"}
    assert {c.number: c.what for c in found.certificates}["PAUSED-ENDS"] is due.What.EXPIRES
    assert due.due(NATION, DAY, DAY + timedelta(days=1)).counts[due.What.EXPIRES] == 4


def test_before_a_day_suspensions_are_overdue_and_certificates_expired(returned: Callable[..., Any]) -> None:
    from zhunsheng.register import due

    returned(JULY, *ROWS)
    assert numbers(due.past(NATION, DAY)) == ["PAUSE-OVER", "ENDED"]
    assert numbers(due.past(NATION, DAY, only=due.What.SUSPENSION_ENDS)) == ["PAUSE-OVER"]
    assert due.past(NATION, DAY, only=due.What.EXPIRES, limit=0).counts[due.What.EXPIRES] == 1
    # A return that restores it ends the matter.
    returned(DAY, row(CERT_NUMBER="PAUSE-OVER", CERTI_E_DATE="2027-01-01"))
    assert numbers(due.past(NATION, DAY, only=due.What.SUSPENSION_ENDS)) == []


@pytest.mark.parametrize(
    ("viewer", "seen"),
    [
        (may(PartyKind.BODY, OTHER_BODY), {"OTHER"}),
        (may(PartyKind.BODY, BODY), {"ENDS", "PAUSE-ENDS", "PAUSED-ENDS"}),
        (may(PartyKind.REGULATOR, "11"), {"OTHER"}),
        (may(PartyKind.REGULATOR, "31"), set()),
        (may(PartyKind.ORGANISATION, ROW["ORG_CODE"]), {"ENDS", "PAUSE-ENDS", "PAUSED-ENDS"}),
        (may(PartyKind.READER, "library"), set()),
    ],
)
def test_a_viewer_sees_the_days_of_its_own_party_or_region(
    returned: Callable[..., Any], viewer: Viewer, seen: set[str]
) -> None:
    from zhunsheng.register import due

    returned(JULY, *ROWS)
    found = due.due(viewer, DAY)
    assert set(numbers(found)) == seen
    assert sum(found.counts.values()) == len(seen)


def test_the_public_is_refused(returned: Callable[..., Any]) -> None:
    from zhunsheng.register import due

    with pytest.raises(NotPermitted):
        due.due(PUBLIC, DAY)


@pytest.mark.sqlite
def test_a_day_is_found_by_the_index_and_nothing_is_sorted(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.models import Certificate

    plan = Certificate.objects.filter(state="valid", next_on=DAY).order_by("body_id", "id").values("id").explain()
    assert "INDEX register_cert_next (state=? AND next_on=?)" in plan
    assert "TEMP B-TREE" not in plan


days = st.none() | st.dates(date(2025, 1, 1), date(2025, 1, 9))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(state=st.sampled_from(["valid", "suspended", "withdrawn", "expired"]), end=days, until=days)
def test_the_next_day_is_the_earlier_of_end_and_suspension_while_it_lives(
    returned: Callable[..., Any], state: str, end: date | None, until: date | None
) -> None:
    from zhunsheng.register.models import Certificate

    if not Certificate.objects.exists():
        returned(JULY, row())
    Certificate.objects.update(state=state, expires_on=end, state_until=until)
    known = [day for day in (end, until if state == "suspended" else None) if day]
    wanted = min(known) if known and state in {"valid", "suspended"} else None
    assert Certificate.objects.get().next_on == wanted
