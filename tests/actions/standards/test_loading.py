"""Loading the data files into the database, again and again, and the operator's restatements."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from zhunsheng.standards import actions, editions, policy, queries
from zhunsheng.standards.actions import DaysOutOfOrder, Loaded, NoSuchEdition
from zhunsheng.standards.editions import Status
from zhunsheng.standards.models import Edition, Scheme, Standard
from zhunsheng.trail import queries as trail

AT = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
NOTHING = Loaded(0, 0, 0)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded() -> None:
    # Another fixture may have loaded the reference data already; the tables say the same either way.
    actions.load(by="system:test", at=AT)


def publish() -> None:
    actions.restate(
        designation="ISO 9001:2026",
        status=Status.CURRENT,
        published_on=date(2026, 12, 1),
        source="ISO's catalogue, looked up by the operator",
        by="operator",
        at=AT,
    )


def test_the_stored_tree_is_the_one_the_package_carries() -> None:
    stored, carried = queries.stored_tree(), policy.tree()
    assert sorted(stored.schemes, key=lambda s: s.id) == sorted(carried.schemes, key=lambda s: s.id)
    assert stored.rows_printed("2019-03") == carried.rows_printed("2019-03")
    assert queries.scheme_ids()["A0102"] == 10102


def test_the_stored_standards_are_those_the_package_carries() -> None:
    assert queries.stored_standards() == editions.standards()


def test_loading_again_changes_nothing_and_leaves_no_trace() -> None:
    before = trail.about("standards").count()
    assert actions.load(by="system:test", at=AT) == NOTHING
    assert trail.about("standards").count() == before


def test_a_first_load_writes_one_entry_that_says_how_much() -> None:
    Edition.objects.update(supersedes=None, adopts=None)
    Edition.objects.all().delete()
    before = trail.about("standards").count()
    again = actions.load(by="system:test", at=AT)
    entry = trail.about("standards").first()
    assert again == Loaded(0, 0, len(editions.editions_of(editions.standards())))
    assert trail.about("standards").count() == before + 1
    assert entry is not None
    assert (entry.action, entry.by, entry.at) == ("standards.load", "system:test", AT)
    assert entry.detail == {"schemes": 0, "standards": 0, "editions": again.editions}


def test_a_row_that_was_spoilt_is_mended_under_its_own_id() -> None:
    Scheme.objects.filter(code="A01").update(name="写错了", confirmed=False, unconfirmed="name")
    assert actions.load(by="system:test", at=AT) == Loaded(1, 0, 0)
    assert Scheme.objects.get(id=101).name == "质量管理体系认证"


def test_a_row_of_a_later_version_stays_where_foreign_keys_point_at_it() -> None:
    Standard.objects.create(
        id=900, name="ISO 900", title="甲", title_en="A", confirmed=True, unconfirmed="", source="a later version"
    )
    assert actions.load(by="system:test", at=AT) == NOTHING
    assert Standard.objects.filter(id=900).exists()


def test_the_operator_publishes_an_announced_edition_and_loading_leaves_it_so() -> None:
    assert queries.edition_counts_on("ISO 9001:2026", date(2027, 1, 1)) is None
    publish()
    assert actions.load(by="system:test", at=AT) == NOTHING
    assert queries.edition_counts_on("ISO 9001:2026", date(2027, 1, 1)) is True
    assert queries.edition_counts_on("ISO 9001:2026", date(2026, 11, 30)) is False
    stored = Edition.objects.get(designation="ISO 9001:2026")
    assert (stored.confirmed, stored.unconfirmed, stored.restated) == (True, "", True)


def test_a_restatement_leaves_exactly_one_entry() -> None:
    publish()
    entry = trail.about("edition:ISO 9001:2026").get()
    assert (entry.action, entry.by) == ("standards.restate", "operator")
    assert entry.detail == {"status": "current", "published_on": "2026-12-01"}


def test_the_end_of_a_transition_set_by_the_operator_kills_the_old_edition_the_day_after() -> None:
    actions.restate(
        designation="ISO 9001:2015",
        status=Status.SUPERSEDED,
        published_on=date(2015, 9, 15),
        transition_ends_on=date(2029, 12, 1),
        source="a joint communiqué",
        by="operator",
        at=AT,
    )
    assert queries.edition_counts_on("ISO 9001:2015", date(2029, 12, 1)) is True
    assert queries.edition_counts_on("ISO 9001:2015", date(2029, 12, 2)) is False


def test_an_unknown_edition_cannot_be_restated() -> None:
    with pytest.raises(NoSuchEdition):
        actions.restate(designation="ISO 1:1901", status=Status.CURRENT, source="none", by="operator", at=AT)


@pytest.mark.parametrize("later", ["in_force_on", "withdrawn_on", "transition_ends_on"])
def test_days_out_of_order_are_refused_and_nothing_changes(later: str) -> None:
    days = {"published_on": date(2026, 12, 1), later: date(2026, 11, 30)}
    with pytest.raises(DaysOutOfOrder):
        actions.restate(designation="ISO 9001:2026", status=Status.CURRENT, source="none", by="operator", at=AT, **days)
    assert Edition.objects.get(designation="ISO 9001:2026").published_on is None
    assert not trail.about("edition:ISO 9001:2026").exists()


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        ({"bit": 63}, "standards_scheme_bit_fits"),
        ({"bit": None}, "standards_scheme_leaf_has_a_bit"),
        ({"printed_order": None}, "standards_scheme_leaf_has_a_bit"),
        ({"source": ""}, "standards_scheme_has_a_source"),
        ({"confirmed": False}, "standards_scheme_names_doubts"),
        ({"unconfirmed": "code"}, "standards_scheme_names_doubts"),
        ({"printed_from": date(2021, 1, 1), "printed_until": date(2020, 1, 1)}, "standards_scheme_printed_in_order"),
    ],
)
def test_the_database_refuses_a_scheme_that_cannot_be(spoil: dict[str, object], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Scheme.objects.filter(code="A01").update(**spoil)


@pytest.mark.parametrize("spoil", [{"bit": 1}, {"code": "A02"}])
def test_the_database_refuses_a_second_scheme_with_the_same_code_or_bit(spoil: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Scheme.objects.filter(code="A01").update(**spoil)


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        ({"status": "draft"}, "standards_edition_status_is_known"),
        ({"in_force_on": date(2015, 9, 14)}, "standards_edition_published_then_in_force"),
        ({"transition_ends_on": date(2015, 9, 14)}, "standards_edition_published_then_ended"),
        ({"supersedes": 103}, "standards_edition_not_after_itself"),
        ({"source": ""}, "standards_edition_has_a_source"),
        ({"confirmed": False}, "standards_edition_names_doubts"),
    ],
)
def test_the_database_refuses_an_edition_that_cannot_be(spoil: dict[str, object], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Edition.objects.filter(designation="ISO 9001:2015").update(**spoil)


def test_a_load_that_changes_nothing_costs_few_statements() -> None:
    with CaptureQueriesContext(connection) as statements:
        actions.load(by="system:test", at=AT)
    # One read a table and one for the restated editions, between the two that frame the transaction.
    assert len(statements) <= 6
