"""Making a bulletin from a snapshot; nothing is written here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from zhunsheng.bulletin.arithmetic import assemble
from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.comparing import growth_claims
from zhunsheng.bulletin.making import count
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.facts.snapshot import Manifest, opened
from zhunsheng.standards.policy import rows_printed

if TYPE_CHECKING:
    from pathlib import Path

    from zhunsheng.bulletin.model import Bulletin, Finding

    Among = Literal["regions", "blocks"]


class SelfCheckFailed(ZhunshengError):
    """A bulletin made here does not pass its own check; nobody else gets to see it."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Made:
    """A bulletin with the snapshot it was counted from and what its own check noticed."""

    bulletin: Bulletin
    manifest: Manifest
    findings: list[Finding]


def draft(snapshot: Path, *, month: str, with_suspended: bool = False, abroad_among: Among = "blocks") -> Made:
    """Count, assemble and check one month's bulletin from a snapshot, whatever its check finds.

    `abroad_among` says which table prints 国外, as the published ones differ (blocks: July 2025).
    Raises NoSnapshot for a directory without one.
    """
    taken = opened(snapshot)
    rows = rows_printed(month)
    counts = count(taken, rows, with_suspended=with_suspended)
    bulletin = assemble(month, counts, rows, abroad_among=abroad_among)
    return Made(bulletin, taken.manifest, check(bulletin))


def make(snapshot: Path, *, month: str, with_suspended: bool = False, abroad_among: Among = "blocks") -> Made:
    """Do as `draft` does, and raise SelfCheckFailed when the bulletin's own check finds an error."""
    made = draft(snapshot, month=month, with_suspended=with_suspended, abroad_among=abroad_among)
    errors = [f for f in made.findings if f.level == "error"]
    if errors:
        raise SelfCheckFailed(N_("自制通报未通过自检：%(why)s"), why=errors[0].why)
    return made


def with_growth(bulletin: Bulletin, earlier: Bulletin | None) -> Bulletin:
    """Add the sentences about growth since an earlier month; nothing when there is none."""
    return bulletin if earlier is None else replace(bulletin, growth=growth_claims(earlier, bulletin))
