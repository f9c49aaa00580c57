"""A party has an issue of its newsletter once; its corrections are apart."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The promise of the newsletter's description, kept by the database."""

    dependencies = [("bulletin", "0003_published_stays")]
    operations = [
        migrations.AddConstraint(
            model_name="newsletter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("corrects__isnull", True)),
                fields=("kind", "key", "name", "issue"),
                name="newsletter_issue_is_one",
            ),
        ),
    ]
