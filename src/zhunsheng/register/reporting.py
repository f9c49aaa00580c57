"""How current a body's returns are: for each month whether its return came by the day on which it was due.

A month's data are due by the 10th of the next month, holidays or not; a body may also report as it goes
(上报要求 in force since 2016-07-01, revised 2021-09-24, read from a secondary source: domain facts 1.5).
Pure but for `of_body`, which reads the imports.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from zhunsheng.codes import dates
from zhunsheng.register import layouts
from zhunsheng.register.models import Import
from zhunsheng.register.policy import ImportState, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.register.models import Body

DUE_DAY = 10
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Return:
    """A return of a body: the day on which it became known, and its accepted rows."""

    known_on: date
    rows: int


@dataclass(frozen=True, slots=True)
class MonthReported:
    """The return of one month: due when, come when (None: not seen), with how many rows, and what to say of it."""

    month: str
    due: date
    came: date | None
    rows: int
    verdict: Verdict


def due_of(month: str) -> date:
    """Return the day by which the data of a month, written 2025-07, are due: the 10th of the next one."""
    return dates.add_months(date.fromisoformat(f"{month}-01"), 1).replace(day=DUE_DAY)


def judged(
    month: str, *, own: Sequence[Return], others: Iterable[date], since: date | None, today: date
) -> MonthReported:
    """Say of one month whether its return came in time.

    `own` are the body's returns; `others` the days of tables for the whole nation, in which the body's rows
    may or may not have been. `since` is the first day on which anything of the body's reporting is known.
    """
    due = due_of(month)
    start, end = due.replace(day=1), dates.month_end(f"{due:%Y-%m}")
    came = sorted(r.known_on for r in own if start <= r.known_on <= end)
    rows = sum(r.rows for r in own if start <= r.known_on <= end)
    unclear = [day for day in others if start <= day <= end]
    if came and came[0] <= due:
        verdict = Verdict.IN_TIME
    elif since is None or end < since or any(day <= due for day in unclear):
        verdict = Verdict.CANNOT_TELL
    elif came:
        verdict = Verdict.LATE
    elif unclear:
        verdict = Verdict.CANNOT_TELL
    else:
        verdict = Verdict.NOT_DUE if today <= due else Verdict.NOT_SEEN
    return MonthReported(month, due, came[0] if came else None, rows, verdict)


def last_months(today: date) -> list[str]:
    """Return the months whose data were or are due, the current month's before last: newest first."""
    first = today.replace(day=1)
    return [f"{dates.add_months(first, -n):%Y-%m}" for n in range(1, MONTHS_SHOWN + 1)]


def of_body(body: Body, *, today: date) -> list[MonthReported]:
    """Return the last twelve months of a body's reporting, the newest first."""
    done = Import.objects.filter(kind=layouts.CERTIFICATES, state=ImportState.DONE, known_on__lte=today)
    own = [Return(day, rows) for day, rows in done.filter(body=body).values_list("known_on", "accepted")]
    others = list(done.filter(body=None).values_list("known_on", flat=True))
    days = [r.known_on for r in own]
    if body.reported_on and body.reported_on not in days:
        # Somebody stated it: the authority's table of bodies, or a table for the nation with rows of this body.
        own.append(Return(body.reported_on, 0))
    since = min((r.known_on for r in own), default=None)
    return [judged(month, own=own, others=others, since=since, today=today) for month in last_months(today)]
