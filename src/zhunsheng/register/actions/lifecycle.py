"""The one way to move a certificate along its life cycle inside this register.

Only `credentials` may call this for a body that issues here; an import records what was reported
and never issues (design, "The house").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from zhunsheng.codes.errors import N_
from zhunsheng.register.models import Certificate, Event
from zhunsheng.register.policy import Kind, Refused, State, gate
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from datetime import date, datetime


@transaction.atomic
def move(
    *,
    certificate_id: int,
    kind: Kind,
    effective_on: date,
    reason: str,
    by: str,
    at: datetime,
    known_on: date,
    until_on: date | None = None,
) -> Event:
    """Let something happen to a certificate: gate, compare-and-set, event and trail entry in one transaction.

    Raises Refused when the transition table does not know the step, or when somebody else moved the
    certificate between reading and writing.
    """
    before = State(Certificate.objects.values_list("state", flat=True).get(pk=certificate_id))
    after = gate(before, kind)
    moved = Certificate.objects.filter(pk=certificate_id, state=before).update(
        state=after, state_on=effective_on, state_reason=reason, state_until=until_on, known_on=known_on, digest=None
    )
    if not moved:
        raise Refused(N_("证书状态刚被他人改变，请刷新后再试。"))
    event = Event.objects.create(
        certificate_id=certificate_id,
        kind=kind,
        state=after,
        effective_on=effective_on,
        known_on=known_on,
        reason=reason,
        until_on=until_on,
    )
    trail.record(
        at=at,
        by=by,
        action=f"register.{kind.value}",
        subject=f"certificate:{certificate_id}",
        detail={"from": before.value, "to": after.value, "reason": reason, "effective_on": effective_on.isoformat()},
    )
    return event
