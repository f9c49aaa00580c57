"""What monthly returns do to the register: states become events, and what was known is never lost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.actions.register.returns import BODIES, OTHER_BODY, ROW, everything_kept, row
from zhunsheng.codes import uscc

if TYPE_CHECKING:
    from collections.abc import Callable

JUNE, JULY, AUGUST = date(2025, 6, 30), date(2025, 7, 31), date(2025, 8, 31)
NUMBER = ROW["CERT_NUMBER"]
PAUSED = {"CERTI_STATUS": "02", "PAUSE_CAUSE": "0116", "PAUSE_S_DATE": "2025-07-10", "PAUSE_E_DATE": "2025-10-10"}


def events(number: str = NUMBER) -> list[dict[str, Any]]:
    from zhunsheng.register.models import Event

    names = ("kind", "state", "effective_on", "known_on", "reason", "until_on", "corrects_id", "changes", "id")
    return list(Event.objects.filter(certificate__number=number).order_by("id").values(*names))


def certificate(number: str = NUMBER) -> Any:
    from zhunsheng.register.models import Certificate

    return Certificate.objects.select_related("organisation").get(number=number)


def state(on: date, known: date, number: str = NUMBER) -> str | None:
    from zhunsheng.register import queries

    return queries.status(certificate(number), on=on, known=known)


def codes(source: Any) -> set[str]:
    from zhunsheng.register.models import Finding

    return set(Finding.objects.filter(source=source, row__gt=0).values_list("code", flat=True))


def consistent() -> bool:
    from zhunsheng.register import queries

    return not queries.stored_differs_from_derived()


def test_a_new_certificate_is_issued_with_its_holder_scheme_and_end(returned: Callable[..., Any]) -> None:
    done = returned(JUNE, row())
    assert (done.rows, done.accepted, done.unchanged, done.rejected, codes(done)) == (1, 1, 0, 0, set())
    found = certificate()
    assert (found.state, found.expires_on, found.covered_people) == ("valid", date(2027, 2, 28), 60)
    assert found.organisation.region == "44"
    assert found.details == {"ORG_PEOP_NUM": "80"}
    assert [(e["kind"], e["effective_on"], e["known_on"]) for e in events()] == [("issued", date(2024, 3, 1), JUNE)]


def test_the_same_file_again_changes_nothing(returned: Callable[..., Any]) -> None:
    rows = [
        row(BUSI_COVER_SCOP='有 "引号"\\ 与\n换行', ORG_CODE=uscc.invented("44", 1)[:-1] + "0"),
        row(CERT_NUMBER="B", AWARD_DATE="2028-01-01", **PAUSED),
        row(CERT_NUMBER="C", M_CERTI_NUM="none", IS_C_CERTI="01"),
        row(CERT_NUMBER="D", CERTI_STATUS="05"),
        row(CERT_NUMBER="E", O_CERTI_NUM=NUMBER, EXCHANGE_CAUSE="0102"),
        row(CERT_NUMBER="F", CERTI_STATUS="03", CANCEL_DATE="2020-01-01", CANCEL_CAUSE="0121"),
        row(CERT_NUMBER="G", CERTI_STATUS="04", CHG_DATE="2025-07-01", CHG_TYP_CODE="97"),
        row(CERT_NUMBER="C", M_CERTI_NUM="none", IS_C_CERTI="01"),
    ]
    first = returned(JULY, *rows)
    assert (first.rows, first.accepted, first.unchanged, first.rejected) == (8, 7, 1, 0)
    before = everything_kept()
    for known in (JULY, JULY):
        again = returned(known, *rows)
        assert (again.rows, again.accepted, again.unchanged, again.findings_count) == (8, 0, 8, 0)
    assert everything_kept() == before
    assert returned(AUGUST, *rows).accepted == 0
    after = everything_kept()
    assert {k: v for k, v in after.items() if k != "register_body"} == {
        k: v for k, v in before.items() if k != "register_body"
    }
    assert consistent()


def test_a_suspension_is_an_event_with_its_own_day_reason_and_period(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    done = returned(JULY, row(**PAUSED))
    assert (done.accepted, codes(done)) == (1, set())
    last = events()[-1]
    assert (last["kind"], last["effective_on"], last["known_on"]) == ("suspended", date(2025, 7, 10), JULY)
    assert (last["reason"], last["until_on"], last["corrects_id"]) == ("0116", date(2025, 10, 10), None)
    assert state(date(2025, 7, 9), JULY) == "valid"
    assert state(date(2025, 7, 10), JULY) == "suspended"
    # What the register said before the return came in does not change.
    assert state(date(2025, 7, 10), JUNE) == "valid"
    assert consistent()


def test_a_state_that_a_new_certificate_arrives_in_is_its_second_event(returned: Callable[..., Any]) -> None:
    returned(JULY, row(**PAUSED))
    assert [e["kind"] for e in events()] == ["issued", "suspended"]
    assert certificate().state == "suspended"
    assert state(date(2025, 7, 9), JULY) == "valid"


def test_a_suspension_ends_by_restoring_withdrawing_or_cancelling(returned: Callable[..., Any]) -> None:
    three = ("A1", "A2", "A3")
    returned(JULY, *(row(CERT_NUMBER=n, **PAUSED) for n in three))
    done = returned(
        AUGUST,
        row(CERT_NUMBER="A1", CHG_DATE="2025-08-20", CHG_TYP_CODE="97_02"),
        row(CERT_NUMBER="A2", CERTI_STATUS="03", CANCEL_DATE="2025-08-21", CANCEL_CAUSE="0115"),
        row(CERT_NUMBER="A3", CERTI_STATUS="04", CHG_DATE="2025-08-22", CHG_TYP_CODE="97"),
    )
    assert codes(done) == set()
    found = [(events(n)[-1]["kind"], events(n)[-1]["effective_on"].day, events(n)[-1]["reason"]) for n in three]
    assert found == [("restored", 20, ""), ("withdrawn", 21, "0115"), ("cancelled", 22, "")]
    assert [certificate(n).state for n in three] == ["valid", "withdrawn", "cancelled"]
    assert consistent()


def test_the_day_it_became_known_stands_in_where_no_day_is_reported(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    done = returned(JULY, row(CERTI_STATUS="02"))
    assert events()[-1]["effective_on"] == JULY
    assert codes(done) == {"missing"}


def test_another_day_of_the_same_suspension_corrects_the_earlier_entry(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    returned(JULY, row(**PAUSED))
    done = returned(AUGUST, row(**{**PAUSED, "PAUSE_S_DATE": "2025-07-20"}))
    assert done.accepted == 1
    first, second = events()[1:]
    assert second["corrects_id"] == first["id"]
    assert state(date(2025, 7, 15), JULY) == "suspended"
    assert state(date(2025, 7, 15), AUGUST) == "valid"
    assert state(date(2025, 7, 20), AUGUST) == "suspended"
    assert returned(AUGUST, row(**{**PAUSED, "PAUSE_S_DATE": "2025-07-20"})).unchanged == 1
    assert consistent()


@pytest.mark.parametrize("changed", [{"PAUSE_CAUSE": "0112"}, {"PAUSE_E_DATE": "2026-01-10"}])
def test_another_reason_or_period_corrects_too(returned: Callable[..., Any], changed: dict[str, str]) -> None:
    returned(JULY, row(**PAUSED))
    returned(AUGUST, row(**(PAUSED | changed)))
    first, second = events()[1:]
    assert (second["corrects_id"], second["effective_on"]) == (first["id"], first["effective_on"])
    assert state(date(2025, 7, 15), AUGUST) == "suspended"


def test_a_state_reported_with_an_earlier_day_than_the_last_entry_takes_that_out_of_belief(
    returned: Callable[..., Any],
) -> None:
    returned(JULY, row(**PAUSED))
    returned(AUGUST, row(CHG_DATE="2025-08-20", CHG_TYP_CODE="97_02"))
    later = date(2025, 9, 30)
    returned(later, row(CERTI_STATUS="03", CANCEL_DATE="2025-08-01", CANCEL_CAUSE="0115"))
    assert state(later, later) == "withdrawn"
    assert state(date(2025, 8, 2), later) == "withdrawn"
    assert state(date(2025, 7, 20), later) == "suspended"
    assert state(AUGUST, AUGUST) == "valid"
    assert consistent()


def test_what_differs_is_a_change_that_carries_the_whole_and_says_before_and_after(
    returned: Callable[..., Any],
) -> None:
    returned(JUNE, row())
    renewed = {
        "AWARD_DATE": "2025-07-02",
        "APP_ASS_DATE": "2025-07-01",
        "CERTI_E_DATE": "2028-07-01",
        "ORG_PEOP_NUM": "81",
    }
    done = returned(JULY, row(**renewed, CHG_DATE="2025-07-02", CHG_TYP_CODE="03"))
    assert done.accepted == 1
    last = events()[-1]
    assert (last["kind"], last["state"], last["effective_on"], last["reason"]) == (
        "changed",
        "",
        date(2025, 7, 2),
        "03",
    )
    assert last["changes"] == {
        "decided_on": ["2024-03-01", "2025-07-01"],
        "issued_on": ["2024-03-01", "2025-07-02"],
        "expires_on": ["2027-02-28", "2028-07-01"],
        "ORG_PEOP_NUM": ["80", "81"],
    }
    assert certificate().expires_on == date(2028, 7, 1)
    assert state(date(2027, 6, 1), JULY) == "valid"
    assert state(date(2027, 6, 1), JUNE) == "expired"


def test_a_renewal_counts_from_the_day_of_its_issue(returned: Callable[..., Any]) -> None:
    lapsing = {"CERTI_E_DATE": "2025-07-20"}
    returned(JUNE, row(**lapsing))
    returned(AUGUST, row(AWARD_DATE="2025-07-15", APP_ASS_DATE="2025-07-14", CERTI_E_DATE="2028-07-14"))
    assert events()[-1]["effective_on"] == date(2025, 7, 15)
    assert state(JULY, AUGUST) == "valid"
    assert state(JULY, JUNE) == "expired"


def test_a_day_of_change_that_is_known_already_does_not_date_the_next_change(returned: Callable[..., Any]) -> None:
    returned(JUNE, row(CHG_DATE="2025-06-01", CHG_TYP_CODE="03"))
    returned(AUGUST, row(CHG_DATE="2025-06-01", CHG_TYP_CODE="03", BUSI_COVER_SCOP="另一范围"))
    assert events()[-1]["effective_on"] == AUGUST


def test_another_holder_is_a_change(returned: Callable[..., Any]) -> None:
    from zhunsheng.register import queries

    returned(JUNE, row())
    returned(JULY, row(ORG_CODE=uscc.invented("11", 2), ORG_NAME="北京试验有限公司", ORG_DISTRICT="110101"))
    assert certificate().organisation.name == "北京试验有限公司"
    then = queries.as_known(certificate(), on=JULY, known=JUNE).organisation
    assert then is not None
    assert then.region == "44"


def test_a_state_05_after_the_end_is_no_news(returned: Callable[..., Any]) -> None:
    old = {"CERTI_E_DATE": "2025-07-15"}
    returned(JUNE, row(**old))
    assert returned(JULY, row(**old, CERTI_STATUS="05")).unchanged == 1
    assert (certificate().state, state(JULY, JULY)) == ("valid", "expired")


def test_a_state_05_before_the_end_is_an_event_and_a_finding(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    done = returned(JULY, row(CERTI_STATUS="05"))
    assert codes(done) == {"expired_before_end"}
    assert state(JULY, JULY) == "expired"


def test_a_step_that_the_table_does_not_know_is_kept_as_evidence(returned: Callable[..., Any]) -> None:
    returned(JULY, row(CERTI_STATUS="03", CANCEL_DATE="2025-07-01", CANCEL_CAUSE="0121"))
    done = returned(AUGUST, row())
    assert codes(done) == {"unlawful_transition"}
    assert certificate().state == "valid"
    assert state(AUGUST, AUGUST) == "valid"
    assert state(JULY, AUGUST) == "withdrawn"


def test_a_certificate_that_takes_the_place_of_another_replaces_it(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    new = row(CERT_NUMBER="NEW", O_CERTI_NUM=NUMBER, EXCHANGE_CAUSE="0102", EXCHANGE_DATE="2025-07-05")
    returned(JULY, new)
    assert certificate().state == "replaced"
    assert (events()[-1]["kind"], events()[-1]["effective_on"]) == ("replaced", date(2025, 7, 5))
    # The body goes on reporting the old one as valid, or withdraws it because of the new one: no news.
    assert returned(AUGUST, row(), new).accepted == 0
    closed = row(CERTI_STATUS="03", CANCEL_CAUSE="0120", CANCEL_DATE="2025-07-05")
    assert returned(AUGUST, closed, new).accepted == 0
    assert consistent()


def test_another_body_s_certificate_is_not_replaced(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    returned(JULY, row(RZJG_ID=OTHER_BODY, CERT_NUMBER="NEW", O_CERTI_NUM=NUMBER, EXCHANGE_CAUSE="0103"))
    assert certificate().state == "valid"


def test_the_same_number_of_two_bodies_is_two_certificates(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.models import Certificate

    assert returned(JUNE, row(), row(RZJG_ID=OTHER_BODY)).accepted == 2
    assert Certificate.objects.filter(number=NUMBER).count() == 2


def test_a_column_that_the_file_does_not_have_denies_nothing(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    short = {
        k: v for k, v in row().items() if k not in {"BUSI_COVER_SCOP", "ORG_PEOP_NUM", "ORG_ADDRESS", "CERTI_E_DATE"}
    }
    assert returned(JULY, short).unchanged == 1
    assert certificate().scope_text == ROW["BUSI_COVER_SCOP"]


def test_a_renamed_organisation_keeps_both_names_by_date(returned: Callable[..., Any]) -> None:
    from zhunsheng.register import search
    from zhunsheng.register.models import OrganisationEvent

    returned(JUNE, row())
    new = {
        "ORG_NAME": "广东新名机械有限公司",
        "ORG_O_NAME": ROW["ORG_NAME"],
        "CHG_TYP_CODE": "01",
        "CHG_DATE": "2025-07-08",
    }
    done = returned(JULY, row(**new))
    assert (done.accepted, codes(done)) == (1, set())
    first, second = OrganisationEvent.objects.filter(organisation=certificate().organisation)
    assert (first.effective_on, first.name) == (None, ROW["ORG_NAME"])
    assert (second.effective_on, second.known_on, second.name) == (date(2025, 7, 8), JULY, "广东新名机械有限公司")
    assert second.changes == {
        "name": [ROW["ORG_NAME"], "广东新名机械有限公司"],
        "former_name": [None, ROW["ORG_NAME"]],
    }
    holder = certificate().organisation
    assert search.organisations("新名", 5) == search.organisations("试验", 5) == [holder.pk]
    assert returned(AUGUST, row(**new)).unchanged == 1


def test_an_organisation_that_moves_is_counted_elsewhere_from_then_on(returned: Callable[..., Any]) -> None:
    returned(JUNE, row())
    returned(JULY, row(ORG_DISTRICT="110101", CHG_DATE="2025-07-08", CHG_TYP_CODE="02"))
    assert certificate().organisation.region == "11"
    assert [e.region for e in certificate().organisation.events.all()] == ["44", "11"]


def test_the_newest_certificate_says_an_organisation_s_name(returned: Callable[..., Any]) -> None:
    newer = row(CERT_NUMBER="NEWER", AWARD_DATE="2025-05-01", APP_ASS_DATE="2025-05-01", ORG_NAME="后来的名称")
    done = returned(JUNE, newer, row())
    assert codes(done) == {"names_differ"}
    assert certificate().organisation.name == "后来的名称"
    # An older paper of another return does not rename it back.
    assert returned(JULY, row(CERT_NUMBER="OLDER", ORG_NAME="更早的名称")).accepted == 1
    assert certificate().organisation.name == "后来的名称"


def test_a_row_without_a_name_takes_none_away(returned: Callable[..., Any]) -> None:
    newer = row(CERT_NUMBER="NEWER", AWARD_DATE="2025-05-01", APP_ASS_DATE="2025-05-01", ORG_NAME="")
    done = returned(JUNE, row(), newer)
    assert codes(done) == {"missing"}
    assert certificate().organisation.name == ROW["ORG_NAME"]


def test_an_organisation_without_a_code_is_its_name_and_country(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.models import Organisation

    abroad = {"ORG_CODE": "", "ORG_COUNTRY": "276", "ORG_DISTRICT": "", "ORG_NAME": "Versuch GmbH"}
    done = returned(
        JUNE, row(**abroad), row(**abroad, CERT_NUMBER="B"), row(**{**abroad, "ORG_COUNTRY": "040"}, CERT_NUMBER="C")
    )
    assert codes(done) == set()
    assert Organisation.objects.filter(name="Versuch GmbH", region="abroad").count() == 2


def test_a_body_has_reported_when_its_return_became_known_and_never_earlier(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.models import Body

    returned(JULY, row())
    returned(JUNE, row(CERT_NUMBER="B"))
    found = dict(Body.objects.values_list("approval_no", "reported_on"))
    assert found == {ROW["RZJG_ID"]: JULY, OTHER_BODY: None}


def test_a_scope_that_a_newer_table_leaves_out_ends_and_is_kept(returned: Callable[..., Any]) -> None:
    from zhunsheng.register.models import BodyScope

    done = returned(JULY, BODIES[0] | {"SCOPES": "A01"}, kind="bodies")
    assert (done.accepted, done.unchanged) == (1, 0)
    found = BodyScope.objects.filter(body__approval_no=BODIES[0]["RZJG_ID"]).values_list("scheme__code", "until_on")
    assert dict(found) == {"A01": None, "A02": JULY, "B01": JULY}
    codes_of = codes(returned(AUGUST, row(AUTH_PROJ_CODE="A0201", APP_ASS_DATE="2025-08-03", AWARD_DATE="2025-08-03")))
    assert codes_of == {"scheme_not_approved"}


def test_a_child_certificate_has_a_parent_that_it_does_not_outlive(returned: Callable[..., Any]) -> None:
    child = {"IS_C_CERTI": "01", "M_CERTI_NUM": NUMBER}
    done = returned(
        JUNE,
        row(CERT_NUMBER="C1", **child),
        row(CERT_NUMBER="C2", **child, CERTI_E_DATE="2028-01-01"),
        row(CERT_NUMBER="C3", IS_C_CERTI="01", M_CERTI_NUM="NOBODY"),
        row(),
    )
    from zhunsheng.register.models import Finding

    found = Finding.objects.filter(source=done, row__gt=0).order_by("row").values_list("number", "code")
    assert list(found) == [("C2", "child_outlives_parent"), ("C3", "parent_missing")]
