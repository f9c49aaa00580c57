"""What the tests on a database need beside the database."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_append_only_record() -> Iterator[None]:
    """Let a test that commits be cleaned up: emptying a table is what the record, and what is published, refuses.

    Only the clean-up between tests lifts the triggers, and sets them again in the same breath.
    """
    guard: list[str] = [
        *import_module("zhunsheng.trail.migrations.0002_append_only").GUARD["sqlite"],
        *import_module("zhunsheng.bulletin.migrations.0003_published_stays").GUARD["sqlite"],
    ]
    lift = [f"DROP TRIGGER IF EXISTS {statement.split()[2]}" for statement in guard]
    if connection.vendor == "postgresql":
        lift, guard = (
            [f"ALTER TABLE trail_entry {act} TRIGGER trail_entry_append_only"] for act in ("DISABLE", "ENABLE")
        )
    flush = connection.ops.sql_flush

    def sql_flush(*args: Any, **kwargs: Any) -> list[str]:
        return [*lift, *flush(*args, **kwargs), *guard]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(connection.ops, "sql_flush", sql_flush)
        yield
