"""The life cycle of a certificate as one table, and how a status on a date follows from a timeline.

Pure: no database, no clock. Source of states and transitions: code table 证书状态 of the national
reporting template (01 有效, 02 暂停, 03 撤销, 04 注销, 05 过期失效) and domain facts 1.7.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.roles import PartyKind, Permission

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from zhunsheng.people.policy import Viewer


class State(StrEnum):
    """What a certificate is."""

    VALID = "valid"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"


class Kind(StrEnum):
    """What happens to a certificate."""

    ISSUED = "issued"
    CHANGED = "changed"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REPLACED = "replaced"


class Layout(StrEnum):
    """The layouts of the national returns: management systems and services, CCC, voluntary, organic."""

    MS = "ms"
    CCC = "ccc"
    VOLUNTARY = "voluntary"
    ORGANIC = "organic"


class BodyStatus(StrEnum):
    """Whether a body's approval stands."""

    APPROVED = "approved"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class ImportState(StrEnum):
    """How far an import is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Verdict(StrEnum):
    """Whether the return of a month came by the day on which it was due."""

    IN_TIME = "in_time"
    LATE = "late"
    NOT_SEEN = "not_seen"
    NOT_DUE = "not_due"
    CANNOT_TELL = "cannot_tell"


# The national template's 证书状态 codes.
STATE_OF_CODE = {
    "01": State.VALID,
    "02": State.SUSPENDED,
    "03": State.WITHDRAWN,
    "04": State.CANCELLED,
    "05": State.EXPIRED,
}

# The one transition table: (state before, what happens) -> state after; None is "not yet issued".
# Withdrawn, cancelled and replaced are terminal. Restoring an expired certificate is lawful only
# under rule sets that allow it within six months (ISO/IEC 17021-1 9.6.3.2.5); the rulebook judges that.
TRANSITIONS: dict[tuple[State | None, Kind], State] = {
    (None, Kind.ISSUED): State.VALID,
    (State.VALID, Kind.CHANGED): State.VALID,
    (State.VALID, Kind.SUSPENDED): State.SUSPENDED,
    (State.VALID, Kind.WITHDRAWN): State.WITHDRAWN,
    (State.VALID, Kind.CANCELLED): State.CANCELLED,
    (State.VALID, Kind.EXPIRED): State.EXPIRED,
    (State.VALID, Kind.REPLACED): State.REPLACED,
    (State.SUSPENDED, Kind.CHANGED): State.SUSPENDED,
    (State.SUSPENDED, Kind.RESTORED): State.VALID,
    (State.SUSPENDED, Kind.WITHDRAWN): State.WITHDRAWN,
    (State.SUSPENDED, Kind.CANCELLED): State.CANCELLED,
    (State.SUSPENDED, Kind.EXPIRED): State.EXPIRED,
    (State.SUSPENDED, Kind.REPLACED): State.REPLACED,
    (State.EXPIRED, Kind.RESTORED): State.VALID,
}

# What a reported state means when it differs from the register's: the act that leads to it.
KIND_TO_REACH = {
    State.VALID: Kind.RESTORED,
    State.SUSPENDED: Kind.SUSPENDED,
    State.WITHDRAWN: Kind.WITHDRAWN,
    State.CANCELLED: Kind.CANCELLED,
    State.EXPIRED: Kind.EXPIRED,
    State.REPLACED: Kind.REPLACED,
}


class Refused(ZhunshengError):
    """The life cycle does not allow the act in this state."""

    exit_code = 1


def gate(state: State | None, kind: Kind) -> State:
    """Return the state that an act leads to, or raise Refused: the one gate of the life cycle."""
    try:
        return TRANSITIONS[state, kind]
    except KeyError:
        raise Refused(N_("证书现在的状态不允许这样做。请先核对它的状态和经过。")) from None


def lawful(before: State, after: State) -> bool:
    """Tell whether a reported step from one state to another is one the table knows."""
    return before == after or TRANSITIONS.get((before, KIND_TO_REACH[after])) == after


@dataclass(frozen=True, slots=True)
class Happened:
    """An event as the fold needs it; `id` orders what became known on one day."""

    id: int
    kind: Kind
    effective_on: date
    known_on: date
    state: State | None
    expires_on: date | None = None
    corrects: int | None = None


def believed(events: Iterable[Happened], *, on: date, known: date) -> list[Happened]:
    """Return the events that were in effect on a date as known on another, in order of effect.

    An event that a later one (known by then) corrects is no longer believed.
    """
    seen = [e for e in events if e.known_on <= known]
    corrected = {e.corrects for e in seen if e.corrects is not None}
    held = [e for e in seen if e.effective_on <= on and e.id not in corrected]
    return sorted(held, key=lambda e: (e.effective_on, e.known_on, e.id))


def status_on(events: Iterable[Happened], *, on: date, known: date) -> State | None:
    """Return a certificate's state on a date as known on another; None when not issued by then.

    The state is that of the last believed event in order of effect; the end date is the one that
    became known last. A certificate is still valid on its end date itself.
    """
    held = believed(events, on=on, known=known)
    states = [e.state for e in held if e.state is not None]
    wholes = [e for e in held if e.kind in {Kind.ISSUED, Kind.CHANGED}]
    if not states or not wholes:
        return None
    end = max(wholes, key=lambda e: (e.known_on, e.id)).expires_on
    return state_with_end(states[-1], end, on)


def state_with_end(state: State, expires_on: date | None, on: date) -> State:
    """Turn a stored state into the one on a date: past its end date a live certificate is expired."""
    if state in {State.VALID, State.SUSPENDED} and expires_on is not None and expires_on < on:
        return State.EXPIRED
    return state


def sees_everything(viewer: Viewer, *, approval_no: str, code: str, region: str) -> bool:
    """Tell whether a viewer may see all that was reported of a certificate: its body, its holder, its regulator.

    `approval_no` is its body's, `code` and `region` its holder's.
    """
    may = Permission.SEE_DETAILS
    return (
        viewer.for_body(may, approval_no)
        or region in viewer.keys(may, PartyKind.REGULATOR)
        or (code in viewer.keys(may, PartyKind.ORGANISATION))
    )
