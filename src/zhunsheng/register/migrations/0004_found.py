"""The indexes that a search walks, and enough of PostgreSQL's statistics to tell common bigrams from rare ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import migrations, models

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

# Ten elements are kept for each unit: the ten thousand most frequent bigrams, with how frequent they are.
STATISTICS = 1_000


def count_bigrams(_: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Let the planner know the frequency of a bigram, which decides between the scan and the inverted index."""
    if editor.connection.vendor == "postgresql":
        editor.execute(f"ALTER TABLE register_names ALTER COLUMN grams SET STATISTICS {STATISTICS}")


class Migration(migrations.Migration):
    """Runs on both engines."""

    dependencies = [("register", "0003_next_day_and_digest")]
    operations = [
        migrations.AddIndex(
            model_name="certificate",
            index=models.Index(
                fields=["scheme", "state", "id", "expires_on", "issued_on", "body", "organisation"],
                name="register_cert_found",
            ),
        ),
        migrations.AddIndex(
            model_name="organisation",
            index=models.Index(fields=["region"], name="register_org_of_region"),
        ),
        migrations.RunPython(count_bigrams, migrations.RunPython.noop),
    ]
