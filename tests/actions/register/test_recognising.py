"""A row that the register has taken over before is left out, and nothing comes out otherwise than if it were judged."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.actions.register.returns import BODY, OTHER_BODY, row
from zhunsheng.codes import uscc

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

JUNE, JULY, AUGUST = date(2025, 6, 30), date(2025, 7, 31), date(2025, 8, 31)
PAUSED = {"CERTI_STATUS": "02", "PAUSE_CAUSE": "0116", "PAUSE_S_DATE": "2025-07-10", "PAUSE_E_DATE": "2025-10-10"}


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many rows each batch had to be judged, as imports go on."""
    from zhunsheng.register.importing import validating

    found: list[int] = []
    judge = validating.judge

    def counting(batch: Any, ground: Any) -> Any:
        found.append(len(batch))
        return judge(batch, ground)

    monkeypatch.setattr(validating, "judge", counting)
    return found


def test_the_same_rows_again_are_not_judged_and_the_body_has_reported(
    returned: Callable[..., Any], judged: list[int]
) -> None:
    from zhunsheng.register.models import Body

    returned(JUNE, row(), row(CERT_NUMBER="B"))
    again = returned(JULY, row(), row(CERT_NUMBER="B"))
    assert judged == [2]
    assert (again.rows, again.accepted, again.unchanged, again.rejected) == (2, 0, 2, 0)
    assert Body.objects.get(approval_no=BODY).reported_on == JULY


def test_a_changed_row_brings_its_holder_s_other_rows_with_it(returned: Callable[..., Any], judged: list[int]) -> None:
    others = [row(CERT_NUMBER=f"C{i}", ORG_CODE=uscc.invented("44", i), ORG_NAME=f"组织{i}") for i in range(2, 6)]
    returned(JUNE, row(), row(CERT_NUMBER="B"), *others)
    judged.clear()
    found = returned(JULY, row(), row(CERT_NUMBER="B", CERTI_E_DATE="2027-03-31"), *others)
    # First the changed row alone, then once more with the other row of its holder.
    assert judged == [1, 2]
    assert (found.accepted, found.unchanged) == (1, 5)


def test_a_certificate_moved_here_is_not_taken_for_what_the_return_said(
    returned: Callable[..., Any], now: datetime
) -> None:
    from zhunsheng.register import actions
    from zhunsheng.register.models import Certificate
    from zhunsheng.register.policy import Kind

    returned(JUNE, row(), row(CERT_NUMBER="B"))
    moved = Certificate.objects.get(number="B")
    actions.move(
        certificate_id=moved.pk, kind=Kind.SUSPENDED, effective_on=JULY, reason="", by="t", at=now, known_on=JULY
    )
    assert returned(AUGUST, row(), row(CERT_NUMBER="B")).accepted == 1
    assert Certificate.objects.get(number="B").state == "valid"


def test_an_organisation_renamed_by_another_body_is_not_taken_for_what_the_return_said(
    returned: Callable[..., Any],
) -> None:
    from zhunsheng.register.models import Certificate, Organisation

    first = row(), row(CERT_NUMBER="B")
    returned(JUNE, *first)
    returned(JULY, row(CERT_NUMBER="X", RZJG_ID=OTHER_BODY, ORG_NAME="改名以后", AWARD_DATE="2025-07-01"))
    assert Organisation.objects.get().name == "改名以后"
    assert list(Certificate.objects.filter(digest__isnull=False).values_list("number", flat=True)) == ["X"]


def test_what_is_changed_between_reading_and_writing_is_read_once_more(
    returned: Callable[..., Any], judged: list[int], monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    from zhunsheng.register import actions
    from zhunsheng.register.importing import merging
    from zhunsheng.register.models import Certificate, Event
    from zhunsheng.register.policy import Kind

    returned(JUNE, row(), row(CERT_NUMBER="B"))
    pk = Certificate.objects.get(number="B").pk
    prepare = merging.prepare

    def overtaken(*args: Any, **kwargs: Any) -> Any:
        prepared = prepare(*args, **kwargs)
        if Event.objects.filter(kind="suspended").count() == 0:
            actions.move(
                certificate_id=pk, kind=Kind.SUSPENDED, effective_on=JULY, reason="", by="t", at=now, known_on=JULY
            )
        return prepared

    monkeypatch.setattr(merging, "prepare", overtaken)
    judged.clear()
    found = returned(AUGUST, row(), row(CERT_NUMBER="B"))
    assert judged == [2]
    assert (found.state, found.accepted, found.unchanged) == ("done", 1, 1)
    assert Certificate.objects.get(pk=pk).state == "valid"


# ---- with and without, side by side --------------------------------------------------------------

rows = st.fixed_dictionaries(
    {"CERT_NUMBER": st.sampled_from("ABC")},
    optional={
        "RZJG_ID": st.just(OTHER_BODY),
        "ORG_CODE": st.just(uscc.invented("11", 7)),
        "ORG_NAME": st.sampled_from(["甲公司", "乙公司", ""]),
        "ORG_ADDRESS": st.sampled_from(["", "别处"]),
        "AWARD_DATE": st.sampled_from(["2024-05-01", "2025-07-20", "2026-01-01", ""]),
        "CERTI_E_DATE": st.sampled_from(["2025-07-15", "2028-01-01"]),
        "CERTI_STATUS": st.sampled_from(["03", "05", "9"]),
        "PAUSE_CAUSE": st.just("0116"),
        "BUSI_COVER_SCOP": st.just(" 机械零件的加工 "),
        "O_CERTI_NUM": st.just("A"),
        "EXCHANGE_CAUSE": st.just("0102"),
        "M_CERTI_NUM": st.just("B"),
        "CHG_DATE": st.just("2025-06-01"),
    },
)
said = st.lists(st.tuples(rows, st.booleans()), min_size=1, max_size=5)
# A month's rows: some are new, most are said again as they were.
months = st.lists(st.tuples(st.sampled_from([JUNE, JULY, AUGUST]), said, st.booleans()), min_size=2, max_size=4)


def kept() -> dict[str, Any]:
    """Return all that the register says, by the words that tell things apart instead of by keys."""
    from zhunsheng.register.models import Body, Certificate, Event, Finding, Import, Organisation, OrganisationEvent

    def values(model: Any, *names: str) -> list[Any]:
        return sorted(model.objects.values_list(*names), key=repr)

    of_certificate = [f.name for f in Certificate._meta.fields if f.name not in {"id", "organisation", "digest"}]
    of_event = [f.name for f in Event._meta.fields if f.name not in {"id", "certificate", "organisation", "corrects"}]
    of_event += ["certificate__number", "certificate__body", "organisation__key", "changes", "corrects__kind"]
    # A change of holder names the holders by their keys, which are given in the order of the rows judged.
    events = [[{} if isinstance(v, dict) and "organisation" in v else v for v in e] for e in values(Event, *of_event)]
    return {
        "bodies": values(Body, "approval_no", "reported_on"),
        "organisations": values(Organisation, *(f.name for f in Organisation._meta.fields if f.name != "id")),
        "names": values(
            OrganisationEvent, "organisation__key", "effective_on", "known_on", "name", "region", "changes", "source"
        ),
        "certificates": values(Certificate, *of_certificate, "organisation__key"),
        "events": events,
        "findings": values(Finding, "source", "row", "number", "field", "code", "params"),
        "imports": values(Import, "id", "state", "rows", "accepted", "unchanged", "rejected", "findings_count"),
    }


@pytest.fixture
def cleared(transactional_db: None) -> Callable[[], None]:
    """Return a way to begin once more with the bodies alone."""
    from django.db import connection

    from zhunsheng.register.models import Certificate, Event, Import, Organisation

    def clear() -> None:
        Event.objects.update(corrects=None)
        Event.objects.all().delete()
        Certificate.objects.all().delete()
        Organisation.objects.all().delete()
        Import.objects.filter(kind="certificates").delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM register_names" if connection.vendor == "postgresql" else _EMPTY_NAMES)
            if connection.vendor == "sqlite":
                cursor.execute("DELETE FROM sqlite_sequence WHERE name = 'register_import'")
            else:
                cursor.execute("ALTER SEQUENCE register_import_id_seq RESTART WITH 100")

    return clear


_EMPTY_NAMES = "INSERT INTO register_names (register_names) VALUES ('delete-all')"


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Let a test forbid recognising; small files ask from their first row on."""
    from zhunsheng.register.importing import lines, recognising

    chosen = {"may": True}
    make = recognising.recogniser
    monkeypatch.setattr(recognising, "WORTH_ASKING", 0.0)
    monkeypatch.setattr(
        lines, "recogniser", lambda ground, place, *, asking: make(ground, place, asking=asking and chosen["may"])
    )
    return chosen


# Every example empties and fills the register twice: on PostgreSQL some three seconds.
@settings(max_examples=settings().max_examples // 5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(months=months)
def test_recognising_changes_nothing_that_is_kept(
    returned: Callable[..., Any],
    cleared: Callable[[], None],
    asking: dict[str, bool],
    months: list[tuple[date, list[tuple[dict[str, str], bool]], bool]],
) -> None:
    found = []
    for may in (True, False):
        cleared()
        asking["may"] = may
        before: list[dict[str, str]] = []
        for day, changes, whole in months:
            new = [row(**change) | (PAUSED if paused else {}) for change, paused in changes]
            before = [*before, *new] if whole else [*new, *before[:2]]
            returned(day, *before)
        found.append(kept())
    assert found[0] == found[1]
