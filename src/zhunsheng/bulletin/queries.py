"""Reading the bulletins that this instance keeps: the public sees what is published, its maker the drafts too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhunsheng.bulletin import checks
from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.model import BlockRow, Bulletin, GrowthClaim, Headline, LeadingRegion, ProjectRow, RegionRow
from zhunsheng.bulletin.models import Making, MonthlyBulletin
from zhunsheng.bulletin.policy import State
from zhunsheng.codes import dates
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.policy import PUBLIC
from zhunsheng.people.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from django.db.models import QuerySet

    from zhunsheng.bulletin.model import Finding
    from zhunsheng.people.policy import Viewer


class NoSuchBulletin(ZhunshengError):
    """This instance keeps no such bulletin that the viewer may see."""

    exit_code = 1


def listed(viewer: Viewer = PUBLIC) -> QuerySet[MonthlyBulletin]:
    """Return the bulletins that a viewer may see, newest month first, each month's newest version first."""
    rows = MonthlyBulletin.objects.select_related("kept_check", "corrected_by")
    return rows if viewer.everywhere(Permission.MAKE_BULLETIN) else rows.filter(state=State.PUBLISHED)


def standing() -> QuerySet[MonthlyBulletin]:
    """Return the published bulletins that no later version has corrected, newest month first."""
    return listed().filter(corrected_by=None)


def newest(origin: str | None = None) -> MonthlyBulletin | None:
    """Return the newest published bulletin, of one origin when asked; None when there is none."""
    return (standing().filter(origin=origin) if origin else standing()).first()


def kept(pk: int, viewer: Viewer = PUBLIC) -> MonthlyBulletin:
    """Return one kept bulletin. Raises NoSuchBulletin, also for a draft that the viewer may not see."""
    found = listed(viewer).filter(pk=pk).first()
    if found is None:
        raise NoSuchBulletin(N_("没有这份通报。"))
    return found


def of_month(month: str, origin: str | None = None) -> MonthlyBulletin:
    """Return a month's bulletin as it stands now, the one published elsewhere first. Raises NoSuchBulletin."""
    rows = standing().filter(month=month)
    found = (rows.filter(origin=origin) if origin else rows).first()
    if found is None:
        raise NoSuchBulletin(N_("没有 %(month)s 的通报。"), month=month)
    return found


def chosen(text: str, viewer: Viewer = PUBLIC) -> MonthlyBulletin:
    """Return the bulletin that an address names: a month, a month with its origin (2025-07.made), or a number.

    Raises NoSuchBulletin.
    """
    if text.isascii() and text.isdigit() and len(text) < len("2025-07.made"):
        return kept(int(text), viewer)
    month, _, origin = text.partition(".")
    if dates.parse_month(month) != month or origin not in {"", MonthlyBulletin.MADE, MonthlyBulletin.PUBLISHED}:
        raise NoSuchBulletin(N_("没有这份通报。"))
    return of_month(month, origin or None)


def before_month(month: str, origin: str) -> MonthlyBulletin | None:
    """Return the newest standing bulletin of an earlier month, of that origin if there is one."""
    rows = standing().filter(month__lt=month)
    return rows.filter(origin=origin).first() or rows.first()


def to_correct(month: str) -> MonthlyBulletin | None:
    """Return the version made and published here that a new one of this month would correct."""
    return standing().filter(month=month, origin=MonthlyBulletin.MADE).first()


def other_origin(of: MonthlyBulletin) -> MonthlyBulletin | None:
    """Return the same month's standing bulletin of the other origin, to set beside this one."""
    return standing().filter(month=of.month).exclude(origin=of.origin).first()


def versions(of: MonthlyBulletin) -> list[MonthlyBulletin]:
    """Return the published versions of a bulletin, the newest first."""
    return list(listed().filter(month=of.month, origin=of.origin))


def document(of: MonthlyBulletin) -> Bulletin:
    """Return a kept bulletin as a value."""
    return from_json(of.document)


def from_json(data: Mapping[str, Any]) -> Bulletin:
    """Return a bulletin from the JSON shape that `Bulletin.to_json` gives."""
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


def against(month: str, origin: str) -> list[Bulletin]:
    """Return what a month's bulletin is checked with: earlier months, each by its own origin where there is one."""
    return [document(one) for one in _earlier(month, origin)]


def _earlier(month: str, origin: str) -> list[MonthlyBulletin]:
    """One standing bulletin for each earlier month, earliest first."""
    by_month: dict[str, MonthlyBulletin] = {}
    for one in standing().filter(month__lt=month).order_by("month"):
        if one.month not in by_month or one.origin == origin:
            by_month[one.month] = one
    return list(by_month.values())


def findings(of: MonthlyBulletin) -> list[Finding]:
    """Return what the check said of a kept bulletin, in the active language.

    One that was kept before checks were kept is checked now.
    """
    done = getattr(of, "kept_check", None)
    if done is not None:
        return checks.read(done.findings)
    return check(document(of), against(of.month, of.origin))


def explained(of: MonthlyBulletin) -> list[tuple[Finding, str]]:
    """Return the findings of a kept bulletin, each with the words that its publisher gave for it."""
    return [(finding, of.explanations.get(checks.key(finding), "")) for finding in findings(of)]


def makings(viewer: Viewer) -> QuerySet[Making]:
    """Return the drafts being made or made in the background, newest first; none to who may not make them."""
    rows = Making.objects.select_related("bulletin")
    return rows if viewer.everywhere(Permission.MAKE_BULLETIN) else rows.none()


def making(pk: int, viewer: Viewer) -> Making:
    """Return one making of a draft. Raises NoSuchBulletin."""
    found = makings(viewer).filter(pk=pk).first()
    if found is None:
        raise NoSuchBulletin(N_("没有这项制作。"))
    return found


def failed(of: Making) -> ZhunshengError | None:
    """Return why a making failed, None when it did not."""
    return ZhunshengError(of.message, **of.message_params) if of.message else None
