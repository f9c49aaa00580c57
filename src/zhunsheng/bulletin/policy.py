"""The life of a publication as one table: a month's bulletin, and a newsletter. Pure: no database, no clock.

What is published never changes; it is corrected by a later version 更正 that names what was wrong.
"""

from __future__ import annotations

from enum import StrEnum

from zhunsheng.codes.errors import N_, ZhunshengError


class State(StrEnum):
    """What a bulletin or a newsletter is."""

    DRAFT = "draft"
    CHECKED = "checked"
    PUBLISHED = "published"


class Step(StrEnum):
    """What is done with it."""

    MAKE = "make"
    EDIT = "edit"
    CHECK = "check"
    PUBLISH = "publish"
    KEEP = "keep"
    DISCARD = "discard"


class JobState(StrEnum):
    """How far the making of a draft in the background is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


Table = dict[tuple[State | None, Step], State | None]
# (state before, what is done) -> state after; None before is "not there yet", None after "no longer there".
# Made again, a draft has other figures and must be checked again. "Keep" is of what others have published.
BULLETIN: Table = {
    (None, Step.KEEP): State.PUBLISHED,
    (None, Step.MAKE): State.DRAFT,
    (State.DRAFT, Step.MAKE): State.DRAFT,
    (State.DRAFT, Step.CHECK): State.CHECKED,
    (State.DRAFT, Step.DISCARD): None,
    (State.CHECKED, Step.MAKE): State.DRAFT,
    (State.CHECKED, Step.CHECK): State.CHECKED,
    (State.CHECKED, Step.PUBLISH): State.PUBLISHED,
    (State.CHECKED, Step.DISCARD): None,
}
NEWSLETTER: Table = {
    (None, Step.MAKE): State.DRAFT,
    (State.DRAFT, Step.EDIT): State.DRAFT,
    (State.DRAFT, Step.PUBLISH): State.PUBLISHED,
    (State.DRAFT, Step.DISCARD): None,
}


class Refused(ZhunshengError):
    """The life cycle does not allow the step in this state."""

    exit_code = 1


class Overtaken(Refused):
    """Somebody else changed it between its being shown and the step."""


def gate(table: Table, state: State | None, step: Step) -> State | None:
    """Return the state that a step leads to, or raise Refused: the one gate of both life cycles."""
    try:
        return table[state, step]
    except KeyError:
        if state is State.PUBLISHED:
            raise Refused(N_("已经公布的不能再改；要改，请以更正的方式公布新的一版。")) from None
        raise Refused(N_("现在的状态不允许这一步：草稿先自检，自检后才能公布。")) from None


def after(table: Table, state: State | None, step: Step) -> State:
    """Return the state of what is still there after a step, or raise Refused."""
    reached = gate(table, state, step)
    if reached is None:
        raise Refused(N_("现在的状态不允许这一步：草稿先自检，自检后才能公布。"))
    return reached
