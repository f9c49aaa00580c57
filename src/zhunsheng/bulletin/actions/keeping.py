"""Keeping bulletins: those published elsewhere, as printed; those made here, as drafts. Each with its check."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.db import transaction

from zhunsheng.bulletin import checks, queries
from zhunsheng.bulletin.models import KeptCheck, MonthlyBulletin
from zhunsheng.bulletin.policy import BULLETIN, Overtaken, State, Step, after, gate
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.policy import require
from zhunsheng.people.roles import Permission
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from zhunsheng.bulletin.model import Bulletin
    from zhunsheng.people.policy import Viewer

UNPUBLISHED = (State.DRAFT, State.CHECKED)
# What is said when a publication of others was read again and reads otherwise.
READ_WRONGLY = N_("收存的数字与公布的原文不一致。")
READ_AGAIN = N_("重新读入了公布的原文。")


def digest(document: Mapping[str, Any]) -> str:
    """Return the hash by which a step says which figures it means."""
    return hashlib.sha256(json.dumps(document, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@transaction.atomic
def keep(
    *,
    bulletin: Bulletin,
    origin: str,
    by: str,
    at: datetime,
    known_on: date | None = None,
    counts_suspended: bool = False,
    source: str = "",
) -> MonthlyBulletin:
    """Keep a bulletin: of origin `published` as printed elsewhere, of origin `made` as a draft.

    The same figures kept again change nothing. A draft made again in the same way replaces its twin and has to be
    checked again; a publication that reads otherwise than before becomes a correction of the one kept.
    """
    if bulletin.month is None:
        raise ZhunshengError(N_("通报没有写明月份，无法收存。"))
    document = bulletin.to_json()
    same = {"month": bulletin.month, "origin": origin, "known_on": known_on, "counts_suspended": counts_suspended}
    made = {"document": document, "sha256": digest(document), "source": source, "made_at": at, "made_by": by}
    standing = queries.standing().filter(**same).first()
    if standing is not None and digest(standing.document) == made["sha256"]:
        return standing
    if origin == MonthlyBulletin.PUBLISHED:
        kept = _as_printed(standing, {**same, **made}, by=by, at=at)
    else:
        kept = _as_draft(same, made)
    _check(kept, at=at)
    if kept.state == State.PUBLISHED:
        check_later(kept.month, at=at)
    trail.record(at=at, by=by, action="bulletin.keep", subject=f"bulletin:{kept.month}:{origin}")
    return kept


def _as_printed(before: MonthlyBulletin | None, values: dict[str, Any], *, by: str, at: datetime) -> MonthlyBulletin:
    values |= {"state": after(BULLETIN, None, Step.KEEP), "published_at": at, "published_by": by, "version": 1}
    if before is not None:
        values |= {"version": before.version + 1, "corrects": before}
        values |= {"what_was_wrong": READ_WRONGLY, "why_wrong": READ_AGAIN}
    return MonthlyBulletin.objects.create(**values)


def _as_draft(same: dict[str, Any], made: dict[str, Any]) -> MonthlyBulletin:
    found, created = MonthlyBulletin.objects.get_or_create(
        **same, state__in=UNPUBLISHED, defaults={**made, "state": after(BULLETIN, None, Step.MAKE)}
    )
    if created:
        return found
    before = State(found.state)
    changes = {**made, "state": after(BULLETIN, before, Step.MAKE), "checked_at": None, "checked_by": ""}
    if not MonthlyBulletin.objects.filter(pk=found.pk, state=before).update(**changes):
        raise Overtaken(N_("这份草稿刚被别人改过，请重新打开后再做。"))
    found.refresh_from_db()
    return found


def _check(kept: MonthlyBulletin, *, at: datetime) -> None:
    """Check a bulletin beside the earlier ones and keep what is found."""
    found = checks.in_every_language(queries.document(kept), queries.against(kept.month, kept.origin))
    done, _ = KeptCheck.objects.update_or_create(bulletin=kept, defaults={"findings": found, "checked_at": at})
    kept.kept_check = done


def check_later(month: str, *, at: datetime) -> None:
    """Check again every bulletin of a later month: one that it is compared with has arrived."""
    for later in MonthlyBulletin.objects.filter(month__gt=month):
        _check(later, at=at)


@transaction.atomic
def discard(*, pk: int, digest: str, viewer: Viewer, by: str, at: datetime) -> None:
    """Throw a draft away if it still has the figures that were shown, named by `digest`.

    Raises NotPermitted, NoSuchBulletin, Overtaken, Refused for what is published.
    """
    require(viewer, Permission.MAKE_BULLETIN)
    found = queries.kept(pk, viewer)
    state = State(found.state)
    gate(BULLETIN, state, Step.DISCARD)
    if not MonthlyBulletin.objects.filter(pk=pk, state=state, sha256=digest).delete()[0]:
        raise Overtaken(N_("这份草稿刚被别人改过，请重新打开后再做。"))
    detail = {"month": found.month, "sha256": found.sha256}
    trail.record(at=at, by=by, action="bulletin.discard", subject=f"bulletin:{pk}", detail=detail)
