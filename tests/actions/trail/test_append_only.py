"""The record takes entries and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from zhunsheng.trail import actions, queries
from zhunsheng.trail.models import Entry

pytestmark = pytest.mark.django_db
AT = datetime(2025, 8, 1, tzinfo=UTC)


def test_an_entry_says_who_did_what_when() -> None:
    actions.record(at=AT, by="somebody", action="test.done", subject="thing:1", detail={"a": 1})
    entry = queries.about("thing:1").get()
    assert (entry.at, entry.by, entry.action, entry.detail) == (AT, "somebody", "test.done", {"a": 1})


def test_an_entry_without_a_doer_is_refused() -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        actions.record(at=AT, by="", action="test.done", subject="thing:1")


@pytest.mark.postgresql
def test_nor_can_the_whole_record_be_emptied_at_once() -> None:
    actions.record(at=AT, by="somebody", action="test.done", subject="thing:1")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE trail_entry")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize("act", ["update", "delete"])
def test_no_entry_can_be_changed_or_deleted(act: str) -> None:
    actions.record(at=AT, by="somebody", action="test.done", subject="thing:1")
    change = {"update": lambda: Entry.objects.update(by="nobody"), "delete": Entry.objects.all().delete}[act]
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        change()
    assert Entry.objects.get().by == "somebody"
