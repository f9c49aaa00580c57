"""How the register stands as a whole: what waits, what failed, who has not reported. For the doctor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from zhunsheng.codes import dates
from zhunsheng.register.models import Body, Import
from zhunsheng.register.policy import BodyStatus, ImportState
from zhunsheng.register.reporting import DUE_DAY

if TYPE_CHECKING:
    from datetime import date, datetime


def waiting_since(*, at: datetime) -> datetime | None:
    """Return since when the oldest import waits that nobody is at work on; None when none waits."""
    free = Q(state=ImportState.QUEUED) | Q(state=ImportState.RUNNING, lease_until__lte=at)
    return Import.objects.filter(free).order_by("created_at").values_list("created_at", flat=True).first()


def failed_since(moment: datetime) -> int:
    """Return how many imports failed since a moment."""
    return Import.objects.filter(state=ImportState.FAILED, finished_at__gte=moment).count()


def bodies_overdue(today: date) -> tuple[int, int]:
    """Return how many approved bodies reported nothing in the last month whose returns were due, and of how many."""
    month = today.replace(day=1)
    begun = month if today.day > DUE_DAY else dates.add_months(month, -1)
    approved = Body.objects.filter(status=BodyStatus.APPROVED)
    late = approved.filter(Q(reported_on__isnull=True) | Q(reported_on__lt=begun))
    return late.count(), approved.count()
