"""Bulletins kept by this instance: those that were published elsewhere and those it made itself."""

from __future__ import annotations

from django.db import models


class MonthlyBulletin(models.Model):
    """One month's bulletin as a document; `known_on` and `counts_suspended` say how it was made."""

    PUBLISHED = "published"
    MADE = "made"

    month = models.CharField(max_length=7)
    origin = models.CharField(max_length=10, choices=[(PUBLISHED, PUBLISHED), (MADE, MADE)])
    known_on = models.DateField(null=True)
    counts_suspended = models.BooleanField(default=False)
    source = models.CharField(max_length=300, blank=True)
    document = models.JSONField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)

    class Meta:
        """Newest month first; the published one before the one made here."""

        ordering = ("-month", "-origin", "-known_on", "counts_suspended")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "origin", "known_on", "counts_suspended"],
                nulls_distinct=False,
                name="bulletin_is_one_row",
            ),
            models.CheckConstraint(
                condition=models.Q(origin="published") | models.Q(known_on__isnull=False),
                name="bulletin_made_says_what_was_known",
            ),
        ]

    def __str__(self) -> str:
        """Show month and origin."""
        return f"{self.month} {self.origin}"
