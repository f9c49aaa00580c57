"""Making a draft in the background: the work is the Making row, queued, running under a lease, done or failed.

A process killed anywhere leaves either nothing or the whole draft; the next attempt starts over.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from zhunsheng.bulletin import queries
from zhunsheng.bulletin.actions.keeping import keep
from zhunsheng.bulletin.actions.making import draft, with_growth
from zhunsheng.bulletin.models import Making, MonthlyBulletin
from zhunsheng.bulletin.policy import JobState
from zhunsheng.codes import dates
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.facts.schema import TABLES
from zhunsheng.people.policy import require
from zhunsheng.people.roles import Permission
from zhunsheng.register import snapshots
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from datetime import datetime

    from zhunsheng.people.policy import Viewer

# A worker that has said nothing for this long is taken for dead; the longest silence is the nation's certificates
# being written to a snapshot, about ten seconds.
LEASE = timedelta(minutes=5)
ATTEMPTS = 3
SNAPSHOT, COUNTING, CHECKING = "snapshot", "counting", "checking"
# The tables of the snapshot, then counting, then checking.
STEPS = len(TABLES) + 2
UNFINISHED = (JobState.QUEUED, JobState.RUNNING)


class Untimely(ZhunshengError):
    """The month has not ended, or what is asked about cannot have been known."""


def order(*, month: str, known_on: date, counts_suspended: bool, viewer: Viewer, by: str, at: datetime) -> Making:
    """Queue the making of a month's draft; the same one still under way is returned.

    Raises NotPermitted unless the viewer may make the nation's bulletin, Untimely.
    """
    require(viewer, Permission.MAKE_BULLETIN)
    today = timezone.localdate(at)
    end = demand_over(month, today)
    if not end <= known_on <= today:
        raise Untimely(N_("截至日期要在 %(first)s 和今天 %(today)s 之间。"), first=end, today=today)
    same = {"month": month, "known_on": known_on, "counts_suspended": counts_suspended}
    with transaction.atomic():
        # A form sent twice by a double click is one order.
        row, created = Making.objects.get_or_create(
            **same, state__in=UNFINISHED, defaults={"by": by, "created_at": at, "total": STEPS}
        )
        if created:
            detail = {"month": month, "known_on": known_on.isoformat(), "counts_suspended": counts_suspended}
            trail.record(at=at, by=by, action="bulletin.order", subject=f"making:{row.pk}", detail=detail)
    return row


def demand_over(month: str, today: date) -> date:
    """Return the last day of a month (YYYY-MM). Raises Untimely unless it is past."""
    end = dates.month_end(month)
    if end >= today:
        raise Untimely(N_("%(month)s 还没有过完，%(day)s 以后才能制作它的通报。"), month=month, day=end)
    return end


def work_once(*, at: datetime) -> bool:
    """Take one queued making, or one whose worker has died, and do it; False when there is none."""
    waiting = Making.objects.filter(_free(at)).order_by("id").first()
    if waiting is None:
        return False
    run(waiting.pk, at=at)
    return True


def _free(at: datetime) -> Q:
    return Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lte=at)


def run(making_id: int, *, at: datetime) -> Making:
    """Make an ordered draft and return its row, done or failed with a message; what another works at is left."""
    lease = {"state": JobState.RUNNING, "lease_until": at + LEASE, "attempt": F("attempt") + 1}
    if not Making.objects.filter(_free(at), pk=making_id).update(**lease):
        return Making.objects.get(pk=making_id)
    row = Making.objects.get(pk=making_id)
    attempt = _Attempt(row, at, time.perf_counter())
    try:
        _make(attempt)
    except ZhunshengError as error:
        _fail(attempt, error)
    except Exception:
        if row.attempt >= ATTEMPTS:
            _fail(attempt, ZhunshengError(N_("制作多次中断，未能完成。")))
        else:
            Making.objects.filter(pk=row.pk, attempt=row.attempt).update(lease_until=at)
        raise
    row.refresh_from_db()
    return row


@dataclass
class _Attempt:
    """One attempt: its row, and when it began."""

    row: Making
    at: datetime
    began: float
    done: int = 0

    @property
    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.perf_counter() - self.began)

    @property
    def mine(self) -> Q:
        """The row, as long as no other attempt has taken it over."""
        return Q(pk=self.row.pk, attempt=self.row.attempt, state=JobState.RUNNING)

    def tell(self, stage: str) -> None:
        """Write down how far the making is and renew the lease."""
        Making.objects.filter(self.mine).update(stage=stage, done=self.done, lease_until=self.now + LEASE)

    def step(self, *_: object) -> None:
        """A table of the snapshot has been written."""
        self.done += 1
        self.tell(SNAPSHOT)


def _make(attempt: _Attempt) -> None:
    row = attempt.row
    attempt.tell(SNAPSHOT)
    with tempfile.TemporaryDirectory(prefix="zhunsheng-") as scratch:
        taken = Path(scratch) / "snapshot"
        snapshots.take(taken, on=dates.month_end(row.month), known=row.known_on, progress=attempt.step)
        attempt.tell(COUNTING)
        made = draft(taken, month=row.month, with_suspended=row.counts_suspended)
    attempt.done = STEPS - 1
    attempt.tell(CHECKING)
    earlier = queries.before_month(row.month, MonthlyBulletin.MADE)
    bulletin = with_growth(made.bulletin, queries.document(earlier) if earlier else None)
    with transaction.atomic():
        kept = keep(
            bulletin=bulletin,
            origin=MonthlyBulletin.MADE,
            known_on=row.known_on,
            counts_suspended=row.counts_suspended,
            by=row.by,
            at=attempt.now,
        )
        done = {"state": JobState.DONE, "done": STEPS, "finished_at": attempt.now, "bulletin": kept}
        if not Making.objects.filter(attempt.mine).update(**done):
            # Another worker took this one for dead; what it makes is the same, so ours is withdrawn.
            transaction.set_rollback(True)


def _fail(attempt: _Attempt, error: ZhunshengError) -> None:
    said = {"message": error.msgid, "message_params": {name: str(value) for name, value in error.params.items()}}
    Making.objects.filter(attempt.mine).update(state=JobState.FAILED, finished_at=attempt.now, **said)
