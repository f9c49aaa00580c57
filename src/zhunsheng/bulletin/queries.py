"""Reading the bulletins that this instance keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.model import BlockRow, Bulletin, GrowthClaim, Headline, LeadingRegion, ProjectRow, RegionRow
from zhunsheng.bulletin.models import MonthlyBulletin
from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from zhunsheng.bulletin.model import Finding


class NoSuchBulletin(ZhunshengError):
    """This instance keeps no such bulletin."""

    exit_code = 1


def listed() -> QuerySet[MonthlyBulletin]:
    """Return every kept bulletin, newest month first."""
    return MonthlyBulletin.objects.all()


def newest(origin: str | None = None) -> MonthlyBulletin | None:
    """Return the newest kept bulletin, of one origin when asked; None when there is none."""
    rows = MonthlyBulletin.objects.all()
    return (rows.filter(origin=origin) if origin else rows).first()


def kept(pk: int) -> MonthlyBulletin:
    """Return one kept bulletin. Raises NoSuchBulletin."""
    found = MonthlyBulletin.objects.filter(pk=pk).first()
    if found is None:
        raise NoSuchBulletin(N_("没有这份通报。"))
    return found


def other_origin(of: MonthlyBulletin) -> MonthlyBulletin | None:
    """Return the same month's bulletin of the other origin, to set beside this one."""
    return MonthlyBulletin.objects.filter(month=of.month).exclude(origin=of.origin).first()


def document(of: MonthlyBulletin) -> Bulletin:
    """Return a kept bulletin as a value."""
    data = of.document
    head = dict(data["headline"])
    head["leading"] = tuple(LeadingRegion(**r) for r in head["leading"])
    return Bulletin(
        month=data["month"],
        headline=Headline(**head),
        projects=tuple(ProjectRow(**r) for r in data["projects"]),
        regions=tuple(RegionRow(**r) for r in data["regions"]),
        blocks=tuple(BlockRow(**r) for r in data["blocks"]),
        growth=tuple(GrowthClaim(**r) for r in data["growth"]),
    )


def findings(of: MonthlyBulletin) -> list[Finding]:
    """Return what the check says of a kept bulletin beside the earlier published ones, in the active language."""
    earlier = MonthlyBulletin.objects.filter(month__lt=of.month, origin=MonthlyBulletin.PUBLISHED)
    return check(document(of), against=[document(e) for e in earlier])
