"""The facts SELECT of certificates and the fold in Python are one rule: they agree on every timeline."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.actions.register.issued import issue
from zhunsheng.register import queries, tables
from zhunsheng.register.actions import lifecycle
from zhunsheng.register.models import Body, Certificate, Event, Organisation
from zhunsheng.register.policy import KIND_TO_REACH, Kind, Refused, State
from zhunsheng.standards import actions as standards
from zhunsheng.trail import queries as trail

DAY = date(2025, 3, 1)
AT = datetime(2025, 8, 1, tzinfo=UTC)

steps = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 40), st.sampled_from(list(State)), st.booleans()), max_size=6
)


def certificate(number: str = "N1") -> Certificate:
    """A certificate issued on DAY, known ten days later, that ends 1000 days after DAY."""
    standards.load(by="system:test", at=AT)
    body, _ = Body.objects.get_or_create(approval_no="CNCA-R-2099-001", defaults={"name": "甲", "status": "approved"})
    holder, _ = Organisation.objects.get_or_create(key="K", defaults={"name": "乙", "region": "44"})
    issued, known = DAY, DAY + timedelta(10)
    return issue(body, holder, number, "A01", issued=issued, expires=DAY + timedelta(1000), known=known)


def by_select(on: date, known: date) -> dict[str, str]:
    """Run the facts SELECT on the connection of the test."""
    sql = tables.CERTIFICATES.replace(":known", "%(known)s").replace(":on", "%(on)s")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"on": on, "known": known})
        return {row[1]: row[5] for row in cursor.fetchall()}


class TheSelectAndTheFold(TestCase):
    """Hypothesis needs a fresh database for each example, which its Django test case gives."""

    @given(steps, st.integers(-1, 50), st.integers(0, 50))
    def test_agree_on_every_timeline(self, happenings: list[tuple[int, int, State, bool]], on: int, known: int) -> None:
        """Whatever happened and whenever it became known, SQL and Python give the same state."""
        made = certificate()
        last: Event | None = None
        for effective, learned, state, corrects in happenings:
            last = Event.objects.create(
                certificate=made,
                kind=KIND_TO_REACH[state],
                state=state,
                effective_on=DAY + timedelta(effective),
                known_on=DAY + timedelta(learned),
                corrects=last if corrects else None,
            )
        asked, then = DAY + timedelta(on), DAY + timedelta(known)
        state_now = queries.status(made, on=asked, known=then)
        assert by_select(asked, then) == ({made.number: state_now.value} if state_now else {})


@pytest.mark.django_db
def test_moving_a_certificate_writes_the_event_the_state_and_one_trail_entry() -> None:
    made = certificate()
    lifecycle.move(
        certificate_id=made.pk,
        kind=Kind.SUSPENDED,
        effective_on=DAY + timedelta(5),
        reason="0116",
        by="somebody",
        at=AT,
        known_on=DAY + timedelta(6),
    )
    made.refresh_from_db()
    assert made.state == State.SUSPENDED
    assert queries.status(made, on=DAY + timedelta(5), known=DAY + timedelta(9)) is None
    assert queries.status(made, on=DAY + timedelta(5), known=DAY + timedelta(10)) is State.SUSPENDED
    assert [e.action for e in trail.about(f"certificate:{made.pk}")] == ["register.suspended"]


@pytest.mark.django_db
def test_a_refused_move_leaves_nothing_behind() -> None:
    made = certificate()
    Certificate.objects.filter(pk=made.pk).update(state="withdrawn")
    with pytest.raises(Refused):
        lifecycle.move(
            certificate_id=made.pk, kind=Kind.RESTORED, effective_on=DAY, reason="", by="somebody", at=AT, known_on=DAY
        )
    assert not Event.objects.filter(certificate=made, kind="restored").exists()
    assert not trail.about(f"certificate:{made.pk}").exists()


@pytest.mark.django_db
def test_a_stored_state_that_its_timeline_does_not_give_is_found() -> None:
    made = certificate()
    assert queries.stored_differs_from_derived() == []
    Certificate.objects.filter(pk=made.pk).update(state="suspended")
    assert queries.stored_differs_from_derived() == [made.number]
