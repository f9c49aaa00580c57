"""The database itself refuses to change or delete an entry of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

GUARD = {
    "sqlite": [
        f"CREATE TRIGGER trail_entry_no_{act} BEFORE {act} ON trail_entry BEGIN "
        "SELECT RAISE(ABORT, 'the trail is append-only'); END"
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        "CREATE FUNCTION trail_entry_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the trail is append-only'; END $$",
        "CREATE TRIGGER trail_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_entry "
        "FOR EACH STATEMENT EXECUTE FUNCTION trail_entry_refuse()",
    ],
}


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Set the triggers of this engine."""
    for statement in GUARD[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Cannot be taken back: a record that was once guarded stays so."""

    dependencies = [("trail", "0001_initial")]
    operations = [migrations.RunPython(guard)]
