"""The database is set as the design asks, whichever engine runs."""

from __future__ import annotations

import pytest
from django.db import connection


def _value(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("journal_mode", "wal"),
        ("synchronous", 2),  # FULL, https://www.sqlite.org/pragma.html
        ("foreign_keys", 1),
        ("busy_timeout", 10_000),
    ],
)
def test_sqlite_loses_nothing_acknowledged_and_waits_for_other_writers(pragma: str, value: object) -> None:
    assert _value(f"PRAGMA {pragma}") == value


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_sqlite_transaction_takes_the_write_lock_at_once_and_connections_stay_open() -> None:
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert connection.settings_dict["CONN_MAX_AGE"] is None


@pytest.mark.postgresql
@pytest.mark.django_db
def test_the_other_run_is_on_postgresql_itself() -> None:
    assert str(_value("SELECT version()")).startswith("PostgreSQL")


@pytest.mark.django_db
def test_every_model_of_ours_has_its_migrations() -> None:
    from django.core.management import call_command

    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    except SystemExit:
        pytest.fail("a model has changed without a migration")


def test_tests_never_meet_a_real_register(data_dir: object) -> None:
    assert "zhunsheng-tests-" in str(data_dir)
