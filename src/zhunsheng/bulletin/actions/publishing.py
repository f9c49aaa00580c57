"""Checking and publishing a draft made here; a later version of a month already published is its correction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from zhunsheng.bulletin import checks, correcting, queries
from zhunsheng.bulletin.actions.keeping import check_later
from zhunsheng.bulletin.models import MonthlyBulletin
from zhunsheng.bulletin.policy import BULLETIN, Overtaken, Refused, State, Step, after, gate
from zhunsheng.codes.errors import N_
from zhunsheng.people.policy import require
from zhunsheng.people.roles import Permission
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from zhunsheng.people.policy import Viewer

LONGEST_WORDS = 2_000


class NotReady(Refused):
    """The bulletin cannot be published as it is: an error, a warning without words, a correction without reason."""


@transaction.atomic
def self_check(
    *, pk: int, digest: str, explanations: Mapping[str, str], viewer: Viewer, by: str, at: datetime
) -> MonthlyBulletin:
    """Put on record that a draft's check was read; `explanations` has words for each warning, by its key.

    `digest` names the figures that were read. Raises NotReady for an error or a warning without words, Overtaken
    when the draft has other figures by now, NotPermitted, NoSuchBulletin, Refused.
    """
    found, state = _shown(pk, digest, viewer, Step.CHECK)
    known = {checks.key(f) for f in queries.findings(found)}
    said = {key: words.strip()[:LONGEST_WORDS] for key, words in explanations.items() if key in known}
    demand_ready(found, said)
    changes = {"state": after(BULLETIN, state, Step.CHECK), "explanations": said, "checked_at": at, "checked_by": by}
    _move(found, state, digest, changes)
    trail.record(at=at, by=by, action="bulletin.check", subject=f"bulletin:{pk}", detail={"sha256": digest})
    found.refresh_from_db()
    return found


@transaction.atomic
def publish(
    *,
    pk: int,
    digest: str,
    viewer: Viewer,
    by: str,
    at: datetime,
    what_was_wrong: str = "",
    why_wrong: str = "",
) -> MonthlyBulletin:
    """Publish a checked draft for good; where the month is published already, as the correction of that version.

    Raises NotReady, Overtaken, NotPermitted, NoSuchBulletin, Refused. A correction needs what was wrong and why,
    and at least one cell that differs.
    """
    found, state = _shown(pk, digest, viewer, Step.PUBLISH)
    demand_ready(found, found.explanations)
    changes: dict[str, Any] = {"published_at": at, "published_by": by, "version": 1}
    old = queries.to_correct(found.month)
    if old is not None:
        what, why = what_was_wrong.strip()[:LONGEST_WORDS], why_wrong.strip()[:LONGEST_WORDS]
        _demand_correction(old, found, what, why)
        changes |= {"version": old.version + 1, "corrects": old, "what_was_wrong": what, "why_wrong": why}
    _move(found, state, digest, {**changes, "state": after(BULLETIN, state, Step.PUBLISH)})
    check_later(found.month, at=at)
    detail = {"sha256": digest, "month": found.month, "version": changes["version"], "corrects": old and old.pk}
    trail.record(at=at, by=by, action="bulletin.publish", subject=f"bulletin:{pk}", detail=detail)
    found.refresh_from_db()
    return found


def _shown(pk: int, digest: str, viewer: Viewer, step: Step) -> tuple[MonthlyBulletin, State]:
    """Return a bulletin in a state that allows the step, if it still has the figures that were shown."""
    require(viewer, Permission.MAKE_BULLETIN)
    found = queries.kept(pk, viewer)
    state = State(found.state)
    gate(BULLETIN, state, step)
    if found.sha256 != digest:
        raise _overtaken()
    return found, state


def demand_ready(found: MonthlyBulletin, explanations: Mapping[str, str]) -> None:
    """Raise NotReady unless the check has no error and every warning is explained in words."""
    findings = queries.findings(found)
    if errors := checks.errors(findings):
        raise NotReady(N_("核对有 %(count)s 处错误，不能公布。第一处：%(why)s"), count=len(errors), why=errors[0].why)
    if silent := checks.to_explain(findings, explanations):
        raise NotReady(N_("还有 %(count)s 处存疑没有写明原因。第一处：%(why)s"), count=len(silent), why=silent[0].why)


def _demand_correction(old: MonthlyBulletin, new: MonthlyBulletin, what: str, why: str) -> None:
    if not correcting.differences(queries.document(old), queries.document(new)):
        raise NotReady(N_("与已公布的第 %(version)s 版没有一格不同，不需要更正。"), version=old.version)
    if not what or not why:
        raise NotReady(N_("本月已经公布过；更正要写明哪里错了和为什么。"))


def _move(found: MonthlyBulletin, state: State, digest: str, changes: dict[str, Any]) -> None:
    """Change a row only if nobody has meanwhile. Raises Overtaken."""
    rows = MonthlyBulletin.objects.filter(pk=found.pk, state=state, sha256=digest)
    try:
        with transaction.atomic():
            moved = rows.update(**changes)
    except IntegrityError:
        # Another draft of the month was published between our looking and our writing.
        raise _overtaken() from None
    if not moved:
        raise _overtaken()


def _overtaken() -> Overtaken:
    return Overtaken(N_("这份草稿刚被别人改过，请重新打开后再做。"))
