"""Making and keeping bulletins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import transaction

from zhunsheng.bulletin.arithmetic import assemble
from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.making import count
from zhunsheng.bulletin.models import MonthlyBulletin
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.facts.snapshot import Manifest, opened
from zhunsheng.standards.policy import rows_printed
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from datetime import date, datetime
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin, Finding


class SelfCheckFailed(ZhunshengError):
    """A bulletin made here does not pass its own check; nobody else gets to see it."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A bulletin with the snapshot it was counted from and what its own check noticed."""

    bulletin: Bulletin
    manifest: Manifest
    findings: list[Finding]


def make(
    snapshot: Path,
    *,
    month: str,
    with_suspended: bool = False,
    abroad_among: Literal["regions", "blocks"] = "blocks",
) -> Made:
    """Count, assemble and check one month's bulletin from a snapshot; writes nothing.

    `abroad_among` says which table prints 国外, as the published ones differ (blocks: July 2025).
    Raises SelfCheckFailed when the bulletin's own check finds an error, NoSnapshot for a directory
    without one.
    """
    taken = opened(snapshot)
    rows = rows_printed(month)
    counts = count(taken, rows, with_suspended=with_suspended)
    bulletin = assemble(month, counts, rows, abroad_among=abroad_among)
    findings = check(bulletin)
    errors = [f for f in findings if f.level == "error"]
    if errors:
        raise SelfCheckFailed(N_("自制通报未通过自检：%(why)s"), why=errors[0].why)
    return Made(bulletin, taken.manifest, findings)


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
    """Keep a bulletin on this instance's pages; one made again in the same way replaces its twin."""
    if bulletin.month is None:
        raise ZhunshengError(N_("通报没有写明月份，无法收存。"))
    kept, _ = MonthlyBulletin.objects.update_or_create(
        month=bulletin.month,
        origin=origin,
        known_on=known_on,
        counts_suspended=counts_suspended,
        defaults={"document": bulletin.to_json(), "source": source, "made_at": at, "made_by": by},
    )
    trail.record(at=at, by=by, action="bulletin.keep", subject=f"bulletin:{kept.month}:{origin}")
    return kept
