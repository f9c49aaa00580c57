"""Tokens for programs; readers in bulk; choices are the stored words, so that a translation changes nothing here."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("people", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="party",
            name="kind",
            field=models.CharField(
                choices=[
                    ("body", "body"),
                    ("regulator", "regulator"),
                    ("organisation", "organisation"),
                    ("reader", "reader"),
                ],
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="membership",
            name="role",
            field=models.CharField(
                choices=[
                    ("body_staff", "body_staff"),
                    ("regulator", "regulator"),
                    ("holder", "holder"),
                    ("bulk_reader", "bulk_reader"),
                ],
                max_length=30,
            ),
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=60)),
                ("created_at", models.DateTimeField()),
                ("expires_on", models.DateField()),
                ("last_used_on", models.DateField(null=True)),
                ("revoked_at", models.DateTimeField(null=True)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="tokens", to="people.membership"
                    ),
                ),
            ],
            options={
                "ordering": ("-id",),
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="people_token_digest_is_one"),
                    models.CheckConstraint(condition=models.Q(("name", ""), _negated=True), name="people_token_has_a_name"),
                ],
            },
        ),
    ]
