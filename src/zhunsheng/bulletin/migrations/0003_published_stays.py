"""What was published elsewhere is marked as published; the database refuses to change what is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations
from django.db.models import F

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("bulletin_monthlybulletin", "bulletin_newsletter")
SAID = "what is published never changes; publish a correction"
GUARD = {
    "sqlite": [
        f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} WHEN OLD.state = 'published' BEGIN "
        f"SELECT RAISE(ABORT, '{SAID}'); END"
        for table in TABLES
        for act in ("UPDATE", "DELETE")
    ],
    "postgresql": [
        f"CREATE FUNCTION bulletin_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$",
        *(
            f"CREATE TRIGGER {table}_stays BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW "
            "WHEN (OLD.state = 'published') EXECUTE FUNCTION bulletin_refuse()"
            for table in TABLES
        ),
    ],
}


def mark(apps: Apps, _: BaseDatabaseSchemaEditor) -> None:
    """Take bulletins published elsewhere for published; those made here were never published and become drafts."""
    bulletins = apps.get_model("bulletin", "MonthlyBulletin").objects.filter(origin="published")
    bulletins.update(state="published", version=1, published_at=F("made_at"), published_by=F("made_by"))


def guard(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Set the triggers of this engine."""
    for statement in GUARD[editor.connection.vendor]:
        editor.execute(statement)


class Migration(migrations.Migration):
    """Cannot be taken back: what was once guarded stays so."""

    dependencies = [("bulletin", "0002_publication")]
    operations = [migrations.RunPython(mark), migrations.RunPython(guard)]
