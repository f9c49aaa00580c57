"""The index of names: an FTS5 table on SQLite, an array with a GIN index on PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

MAKE = {
    "sqlite": [
        (
            "CREATE VIRTUAL TABLE register_names USING fts5"
            "(grams, content='', detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0')"
        )
    ],
    "postgresql": [
        "CREATE TABLE register_names (id bigint PRIMARY KEY, grams text[] NOT NULL)",
        "CREATE INDEX register_names_grams ON register_names USING gin (grams)",
    ],
}


def make(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make the index of this engine."""
    for statement in MAKE[editor.connection.vendor]:
        editor.execute(statement)


def drop(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop it again."""
    editor.execute("DROP TABLE register_names")


class Migration(migrations.Migration):
    """Runs on both engines."""

    dependencies = [("register", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
