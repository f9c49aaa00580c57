"""What falls due: the certificates of which time alone changes or demands something.

Everything is read from `Certificate.next_on`, which the database derives and keeps an index of: the end
date of a live certificate, or the end of its suspension where that comes first. A certificate still is
valid on its end date; expired is computed, never stored. A suspension has an end by which it is restored
or the certificate withdrawn (domain 1.7): whatever is still suspended after it is overdue.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from django.db.models import Case, Count, F, Q, QuerySet, Value, When

from zhunsheng.codes.errors import N_
from zhunsheng.people.policy import require
from zhunsheng.people.roles import PartyKind, Permission
from zhunsheng.register.models import Certificate
from zhunsheng.register.policy import State

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from zhunsheng.people.policy import Viewer

LIMIT = 20


class What(StrEnum):
    """What the next day of a certificate is."""

    EXPIRES = "expires"
    SUSPENSION_ENDS = "suspension_ends"


WORDS = {What.EXPIRES: N_("证书到期"), What.SUSPENSION_ENDS: N_("暂停期满")}
PAST_WORDS = {What.EXPIRES: N_("证书已过期"), What.SUSPENSION_ENDS: N_("暂停期满而未恢复或撤销")}
# Those that somebody must act on come first.
_STATES = (State.SUSPENDED, State.VALID)
_WHAT = Case(
    When(state=State.SUSPENDED.value, next_on=F("state_until"), then=Value(What.SUSPENSION_ENDS.value)),
    default=Value(What.EXPIRES.value),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One certificate that falls due: its key, number and stored state, what its next day is, and whose it is."""

    id: int
    number: str
    state: State
    what: What
    on: date
    holder: str
    body: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Due:
    """What falls due from one day until another, both included: how many of each kind, and the first of them.

    `since` is None for everything before `until` and that day.
    """

    since: date | None
    until: date
    counts: dict[What, int]
    certificates: list[Row]


def due(viewer: Viewer, on: date, until: date | None = None, *, limit: int = LIMIT) -> Due:
    """Return what falls due on a day, or from it until another: suspensions first, then by day and body.

    Only certificates of the viewer's bodies, regions and organisations count. Raises NotPermitted for the public.
    """
    last = until or on
    return _due(viewer, on, last, Q(next_on__gte=on, next_on__lte=last) if last != on else Q(next_on=on), limit)


def past(viewer: Viewer, on: date, *, only: What | None = None, limit: int = LIMIT) -> Due:
    """Return what fell due before a day and still stands so: suspensions that are overdue, certificates expired.

    With `only` the other kind is not looked for. Raises NotPermitted for the public.
    """
    where = Q(next_on__lt=on)
    if only is What.SUSPENSION_ENDS:
        where &= Q(state=State.SUSPENDED, state_until=F("next_on"))
    elif only is What.EXPIRES:
        where &= ~Q(state=State.SUSPENDED, state_until=F("next_on"))
    return _due(viewer, None, on, where, limit)


def _due(viewer: Viewer, since: date | None, until: date, where: Q, limit: int) -> Due:
    found = _seen(viewer).filter(where)
    counts = dict.fromkeys(What, 0)
    # The many are counted in the index alone: of a valid certificate the next day can only be its last.
    numbers = {state: found.filter(state=state).count() for state in _STATES}
    if numbers[State.SUSPENDED]:
        paused = found.filter(state=State.SUSPENDED).order_by().values_list(_WHAT).annotate(Count("id"))
        counts |= {What(kind): number for kind, number in paused}
    counts[What.EXPIRES] += numbers[State.VALID]
    rows: list[Row] = []
    for state in _STATES:
        if numbers[state] and len(rows) < limit:
            # In the order of the index, so that nothing is sorted and only what is shown is read.
            in_order = found.filter(state=state).order_by("next_on", "body_id", "id")
            rows += [_row(*values) for values in in_order.values_list(*_COLUMNS)[: limit - len(rows)]]
    return Due(since, until, counts, rows)


_COLUMNS = ("id", "number", "state", "next_on", "state_until", "organisation__name", "body__name", "scheme__name")


def _row(pk: int, number: str, state: str, on: date, until: date | None, *names: str) -> Row:
    ends = state == State.SUSPENDED and on == until
    return Row(pk, number, State(state), What.SUSPENSION_ENDS if ends else What.EXPIRES, on, *names)


def _seen(viewer: Viewer) -> QuerySet[Certificate]:
    """Return the certificates whose days are the viewer's business: deny is the default."""
    may = Permission.READ_IN_BULK
    require(viewer, may)
    if viewer.everywhere(may):
        return Certificate.objects.all()
    return Certificate.objects.filter(
        Q(body__approval_no__in=viewer.keys(may, PartyKind.BODY))
        | Q(organisation__region__in=viewer.keys(may, PartyKind.REGULATOR))
        | Q(organisation__code__in=viewer.keys(may, PartyKind.ORGANISATION))
    )


def by_month(snapshot: Path) -> list[tuple[date, str, int]]:
    """Return for each month (its first day) and state how many live certificates of a snapshot end in it."""
    columns = ["expires_on", "state"]
    # The states stay words of a dictionary while they are counted: half the time.
    table = pq.read_table(snapshot / "certificates.parquet", columns=columns, read_dictionary=["state"])
    counted: Counter[tuple[date, str]] = Counter()
    groups = table.unify_dictionaries().group_by(columns).aggregate([([], "count_all")])
    for day, state, number in zip(*(column.to_pylist() for column in groups.columns), strict=True):
        if day is not None and state in _STATES:
            counted[day.replace(day=1), state] += number
    return [(month, state, number) for (month, state), number in sorted(counted.items())]
