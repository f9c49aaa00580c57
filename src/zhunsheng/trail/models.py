"""One entry for each act; the database itself refuses to change or delete one."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """Who did what to what, when; `by` is a person's sign-in name, or `system:<what>`."""

    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    action = models.CharField(max_length=60)
    subject = models.CharField(max_length=200)
    detail = models.JSONField(default=dict)

    class Meta:
        """Newest first is how an entry is looked for."""

        ordering = ("-id",)
        indexes = [models.Index(fields=["subject", "-id"], name="trail_entry_subject")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(by="") & ~models.Q(action=""), name="trail_entry_says_who_did_what"
            )
        ]

    def __str__(self) -> str:
        """Show the entry in one line."""
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.by} {self.action} {self.subject}"
