"""Reading the record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.trail.models import Entry

if TYPE_CHECKING:
    from django.db.models import QuerySet


def about(subject: str) -> QuerySet[Entry]:
    """Return the entries about one subject, newest first."""
    return Entry.objects.filter(subject=subject)
