"""What an organisation held and what a body's certificates count to: the same as the facts tables say."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.actions.register.issued import issue
from zhunsheng.codes.regions import PROVINCES
from zhunsheng.register import approvals, counting, holdings, reporting, snapshots, tables
from zhunsheng.register.models import Body, Certificate, Event, Import, Organisation, OrganisationEvent
from zhunsheng.register.policy import KIND_TO_REACH, State, Verdict
from zhunsheng.standards import actions as standards
from zhunsheng.standards import queries as schemes

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_django import Settings

DAY, AT = date(2025, 3, 1), datetime(2025, 8, 1, tzinfo=UTC)
TODAY = date(2025, 9, 20)
LEAVES = ("A01", "A02", "B01")
happenings = st.lists(
    st.tuples(
        st.integers(0, 3), st.integers(0, 40), st.integers(0, 40), st.sampled_from([*State, None]), st.booleans()
    ),
    max_size=8,
)


def a_body(number: str = "CNCA-R-2099-001", **more: object) -> Body:
    made, _ = Body.objects.get_or_create(approval_no=number, defaults={"name": "甲认证", "status": "approved", **more})
    return made


def an_organisation(key: str = "K", region: str = "44") -> Organisation:
    made, _ = Organisation.objects.get_or_create(key=key, defaults={"name": f"组织{key}", "region": region})
    OrganisationEvent.objects.create(organisation=made, known_on=DAY, name=made.name, region=region)
    return made


def certificate(number: str, leaf: str = "A01", *, holder: Organisation, body: Body, expires: int = 30) -> Certificate:
    """A certificate issued on DAY and known ten days later."""
    ends = DAY + timedelta(expires)
    return issue(body, holder, number, leaf, issued=DAY, expires=ends, known=DAY + timedelta(10))


class HoldingsAndTheSelect(TestCase):
    """Hypothesis needs a fresh database for each example, which its Django test case gives."""

    @given(happenings, st.integers(-1, 50), st.integers(0, 50))
    def test_agree_on_what_an_organisation_holds(
        self, happened: list[tuple[int, int, int, State | None, bool]], on: int, known: int
    ) -> None:
        """States, holders, schemes and end dates are those of the facts SELECT, on every day as known on every day."""
        standards.load(by="system:test", at=AT)
        body, own, other = a_body(), an_organisation(), an_organisation("L")
        four = [certificate(f"N{n}", LEAVES[n % 3], holder=own, body=body) for n in range(4)]
        for which, effective, learned, state, moves in happened:
            days = {"effective_on": DAY + timedelta(effective), "known_on": DAY + timedelta(learned)}
            if state is not None:
                Event.objects.create(certificate=four[which], kind=KIND_TO_REACH[state], state=state, **days)
            else:
                whole = {"organisation": other if moves else own, "scheme_id": schemes.scheme_ids()["A03"]}
                Event.objects.create(
                    certificate=four[which], kind="changed", expires_on=DAY + timedelta(35), **whole, **days
                )
        asked, then = DAY + timedelta(on), DAY + timedelta(known)
        found = holdings.held_by(own, on=asked, known=then)
        codes = schemes.scheme_ids()
        got = {(r.number, codes[r.scheme], r.state.value, r.expires_on) for r in found.rows}
        assert got == by_select(own, asked, then)
        assert found.left_out == 4 - len(got)


def by_select(holder: Organisation, on: date, known: date) -> set[tuple[str, int, str, date]]:
    """Run the facts SELECT and keep what one organisation holds."""
    sql = tables.CERTIFICATES.replace(":known", "%(known)s").replace(":on", "%(on)s")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"on": on, "known": known})
        rows = cursor.fetchall()
    return {(r[1], r[4], r[5], as_date(r[7])) for r in rows if r[3] == holder.pk}


def as_date(value: str | date) -> date:
    """SQLite gives dates as text where SQL computed the column."""
    return date.fromisoformat(value) if isinstance(value, str) else value


@pytest.fixture
def ground(db: None) -> None:
    standards.load(by="system:test", at=AT)


def test_valid_ones_stand_first_and_counts_are_by_scheme_and_standing(ground: None) -> None:
    own, body, other = an_organisation(), a_body(), a_body("CNCA-R-2099-002")
    certificate("N1", "A01", holder=own, body=body, expires=10)
    certificate("N2", "A01", holder=own, body=body, expires=999)
    held = certificate("N3", "A02", holder=own, body=other, expires=999)
    Event.objects.create(
        certificate=held, kind="suspended", state="suspended", effective_on=DAY + timedelta(5), known_on=DAY
    )
    found = holdings.held_by(own, on=DAY + timedelta(20), known=TODAY)
    assert [(r.number, r.state) for r in found.rows] == [("N2", "valid"), ("N3", "suspended"), ("N1", "expired")]
    assert [(k.scheme, k.valid, k.suspended, k.ended) for k in found.schemes()] == [("A01", 1, 0, 1), ("A02", 0, 1, 0)]
    totals = found.totals()
    assert (totals.valid, totals.suspended, totals.ended, totals.total) == (1, 1, 1, 3)
    assert [(b.approval_no, n) for b, n in found.bodies()] == [(body.approval_no, 2), (other.approval_no, 1)]
    assert [r.number for r in found.only(state="expired")] == ["N1"]
    assert [r.number for r in found.only(body=other.approval_no)] == ["N3"]
    assert [c.number for _row, c in holdings.with_all(found.rows)] == ["N2", "N3", "N1"]


def test_an_organisation_is_read_in_the_same_number_of_statements_whatever_it_holds(
    ground: None, django_assert_num_queries: object
) -> None:
    own, body = an_organisation(), a_body()
    for n in range(30):
        certificate(f"N{n}", holder=own, body=body)
    with django_assert_num_queries(3):  # type: ignore[operator]
        assert len(holdings.held_by(own, on=TODAY, known=TODAY).rows) == 30


@pytest.mark.django_db(transaction=True)
def test_a_snapshot_counts_a_body_as_the_database_does(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA_DIR = tmp_path
    standards.load(by="system:test", at=AT)
    body, other = a_body(), a_body("CNCA-R-2099-002")
    on = DAY + timedelta(20)
    wanted = {"A01": 0, "B01": 0}
    for n in range(12):
        holder = an_organisation(f"K{n}", PROVINCES[n % 3].code)
        made = certificate(f"N{n}", "A01" if n % 4 else "B01", holder=holder, body=body, expires=[10, 20, 999][n % 3])
        if n == 5:
            Event.objects.create(
                certificate=made, kind="suspended", state="suspended", effective_on=on, known_on=DAY + timedelta(11)
            )
            Certificate.objects.filter(pk=made.pk).update(state="suspended")
        elif n % 3:
            wanted["A01" if n % 4 else "B01"] += 1
    certificate("X1", holder=an_organisation("K0"), body=other, expires=999)
    live = counting.of_body(body, today=on)
    assert live is not None
    assert dict(live.schemes) == wanted
    assert live.total == sum(n for _code, n in live.regions) == 7
    monkeypatch.setattr(counting, "MOST_LIVE", 12)
    assert counting.of_body(body, today=on) == live
    monkeypatch.setattr(counting, "MOST_LIVE", 11)
    assert counting.of_body(body, today=on) is None
    snapshots.take(settings.DATA_DIR / "snapshots" / "old", on=DAY, known=on)
    snapshots.take(settings.DATA_DIR / "snapshots" / "new", on=on, known=on)
    # What shows a day to come is not yet the newest.
    snapshots.take(settings.DATA_DIR / "snapshots" / "later", on=TODAY, known=on)
    Certificate.objects.filter(number="N1").update(state="withdrawn")
    monkeypatch.setattr(counting, "AT_ONCE", 11)
    assert counting.of_body(body, today=on) == live
    # What the snapshot has not seen, the database has.
    monkeypatch.setattr(counting, "AT_ONCE", 12)
    now = counting.of_body(body, today=on)
    assert now is not None
    assert now.total == live.total - 1


def test_bodies_are_found_by_part_of_name_or_number_and_by_status(ground: None) -> None:
    a_body(name="北方认证中心", name_en="Northern Certification")
    a_body("CNCA-R-2099-702", name="南方认证中心", status="revoked")
    for text, wanted in (("北方", 1), ("northern", 1), ("099-7", 1), ("认证", 2), ("东方", 0), ("", 2)):
        assert approvals.bodies_like(text).count() == wanted
    assert [b.name for b in approvals.bodies_like(status="revoked")] == ["南方认证中心"]
    assert approvals.bodies_like("北方", status="revoked").count() == 0


def test_certificates_are_counted_up_to_a_limit(ground: None, monkeypatch: pytest.MonkeyPatch) -> None:
    own, body = an_organisation(), a_body()
    for n in range(3):
        certificate(f"N{n}", holder=own, body=body)
    assert [(r.certificates, r.more) for r in approvals.with_counts([body])] == [(3, False)]
    monkeypatch.setattr(approvals, "MOST_COUNTED", 2)
    assert [(r.certificates, r.more) for r in approvals.with_counts([body])] == [(2, True)]


def an_import(
    body: Body | None, known: date, accepted: int, *, kind: str = "certificates", state: str = "done"
) -> None:
    Import.objects.create(
        kind=kind, file_name="x", stored="x", sha256="0" * 64, body=body, by="x", known_on=known, state=state,
        created_at=AT, finished_at=None if state == "running" else AT, accepted=accepted,
    )  # fmt: skip


def test_a_body_s_months_are_judged_by_its_own_finished_returns(ground: None) -> None:
    body = a_body(reported_on=date(2025, 9, 8))
    an_import(body, date(2025, 7, 12), 5)
    an_import(body, date(2025, 9, 8), 9)
    an_import(a_body("CNCA-R-2099-002"), date(2025, 8, 8), 50)
    an_import(body, date(2025, 8, 8), 50, state="running")
    an_import(body, date(2025, 8, 8), 50, kind="bodies")
    found = {m.month: m for m in reporting.of_body(body, today=TODAY)}
    assert [found[m].verdict for m in ("2025-08", "2025-07", "2025-06", "2025-05")] == [
        Verdict.IN_TIME,
        Verdict.NOT_SEEN,
        Verdict.LATE,
        Verdict.CANNOT_TELL,
    ]
    assert (found["2025-08"].rows, found["2025-06"].rows) == (9, 5)


def test_a_return_that_only_the_table_of_bodies_tells_of_counts_without_rows(ground: None) -> None:
    body = a_body(reported_on=date(2025, 9, 8))
    newest = reporting.of_body(body, today=TODAY)[0]
    assert (newest.month, newest.verdict, newest.came, newest.rows) == ("2025-08", Verdict.IN_TIME, date(2025, 9, 8), 0)
