"""The running text of a bulletin in the active language: totals, leading provinces, growth.

In Chinese it is what `zhunsheng.bulletin.reading` reads back; in English a figure in 万 is said in millions.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.bulletin import words
from zhunsheng.codes.errors import N_
from zhunsheng.codes.rounding import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.bulletin.model import Bulletin, GrowthClaim, Headline, LeadingRegion

_WAN, _WAN_IN_A_MILLION = 10_000, 100
_SUBJECT = {"certificates": N_("%(name)s证书数"), "organisations": N_("%(name)s组织数")}
_FAST = {"certificates": N_("%(names)s的证书数增长较快"), "organisations": N_("%(names)s的组织数增长较快")}
_ROSE = {
    "certificates": N_("从 %(before)s 张增至 %(after)s 张"),
    "organisations": N_("从 %(before)s 家增至 %(after)s 家"),
}
_FELL = {
    "certificates": N_("从 %(before)s 张减至 %(after)s 张"),
    "organisations": N_("从 %(before)s 家减至 %(after)s 家"),
}


def month_said(month: str) -> str:
    """Return a month (YYYY-MM) in words: 2025 年 7 月, July 2025."""
    if get_language() == "en":
        return date_format(date.fromisoformat(f"{month}-01"), "F Y")
    return f"{month[:4]} 年 {int(month[5:])} 月"


def month_before(month: str | None) -> str:
    """Return a month as it stands before what is of it: with a space in Chinese, nothing where it is unknown."""
    if month is None:
        return ""
    return month_said(month) if get_language() == "en" else f"{month_said(month)} "


def title(bulletin: Bulletin) -> str:
    """Return what a bulletin is called."""
    if bulletin.month is None:
        return _("有效认证证书统计")
    return _("%(month)s有效认证证书统计") % {"month": month_before(bulletin.month)}


def running_text(bulletin: Bulletin) -> list[str]:
    """Return the sentences before the tables: the headline's in one paragraph, then those about growth."""
    return [text for text in (headline_text(bulletin), *growth_text(bulletin)) if text]


def headline_text(bulletin: Bulletin) -> str:
    """Return the paragraph with the totals and the provinces named; empty where the bulletin has none."""
    return _totals(bulletin.month, bulletin.headline) + _leading(bulletin.headline)


def count(number: int) -> str:
    """Return a count as running text and tables print it: bare in Chinese, as published; grouped in English."""
    return f"{number:,}" if get_language() == "en" else str(number)


def _ten_thousands(wan: str) -> str:
    """A figure in 万: in English in millions, a smaller one in full."""
    if get_language() != "en":
        return wan
    millions = Decimal(wan) / _WAN_IN_A_MILLION
    return f"{plain(millions)} million" if millions >= 1 else f"{int(Decimal(wan) * _WAN):,}"


def _sentence(clauses: Iterable[str]) -> str:
    text = _("，").join(clauses)
    return text[:1].upper() + text[1:] + _("。") if text else ""


def _totals(month: str | None, headline: Headline) -> str:
    """The sentence with the totals in 万 as printed."""
    clauses = []
    if headline.certificates is not None:
        clauses.append(_("有效认证证书 %(figure)s 万张") % {"figure": _ten_thousands(headline.certificates)})
    if headline.organisations is not None:
        clauses.append(_("获证组织 %(figure)s 万家") % {"figure": _ten_thousands(headline.organisations)})
    if month and clauses:
        clauses.insert(0, _("截至 %(month)s") % {"month": month_said(month)})
    return _sentence(clauses)


def _leading(headline: Headline) -> str:
    """The sentence with the provinces of 100,000 certificates or more."""
    known = {"count": headline.leading_count, "names": _("、").join(map(_named_region, headline.leading))}
    if headline.leading_count is None and not headline.leading:
        return ""
    if headline.leading_count is None:
        text = _("证书 10 万张以上的省级地区：%(names)s") % known
    elif not headline.leading:
        text = _("证书 10 万张以上的省级地区有 %(count)s 个") % known
    else:
        text = _("证书 10 万张以上的省级地区有 %(count)s 个：%(names)s") % known
    return (" " if get_language() == "en" else "") + text + _("。")


def _named_region(entry: LeadingRegion) -> str:
    name = words.row_name(entry.name)
    if entry.certificates is None:
        return name
    return _("%(name)s %(count)s 张") % {"name": name, "count": count(entry.certificates)}


def _period(claim: GrowthClaim) -> list[str]:
    if claim.since is None:
        return []
    since = month_said(claim.since)
    if claim.until is None:
        return [_("自 %(since)s以来") % {"since": since}]
    return [_("从 %(since)s到 %(until)s") % {"since": since, "until": month_said(claim.until)}]


def _percent(percent: str | None) -> list[str]:
    if percent is None:
        return []
    said = {"percent": percent.removeprefix("-")}
    return [_("下降 %(percent)s%%") % said if percent.startswith("-") else _("增长 %(percent)s%%") % said]


def _figures(claim: GrowthClaim) -> str:
    """One sentence with both figures and the percentage if there is one."""
    falls = (claim.after or 0) < (claim.before or 0) or (claim.percent or "").startswith("-")
    subject = _(_SUBJECT[claim.measure]) % {"name": words.row_name(claim.name)}
    subject += _("增长较快，") if claim.fastest else ""
    change = _((_FELL if falls else _ROSE)[claim.measure]) % {
        "before": count(claim.before or 0),
        "after": count(claim.after or 0),
    }
    return _sentence([*_period(claim), subject + change, *_percent(claim.percent)])


def _named(claims: Sequence[GrowthClaim]) -> str:
    """One sentence that calls some names fast growing."""
    first = claims[0]
    names = _("、").join(words.row_name(claim.name) for claim in claims)
    percent = _percent(first.percent) if len(claims) == 1 and first.percent else []
    return _sentence([*_period(first), _(_FAST[first.measure]) % {"names": names}, *percent])


def growth_text(bulletin: Bulletin) -> list[str]:
    """Return the sentences about growth; neighbours that only name the fastest share one."""

    def shared(claim: GrowthClaim) -> tuple[object, ...]:
        alone = claim.name if claim.percent is not None else None
        return (claim.before is None, claim.since, claim.until, claim.measure, alone)

    sentences: list[str] = []
    for key, group in groupby(bulletin.growth, key=shared):
        together = list(group)
        sentences += [_named(together)] if key[0] else [_figures(claim) for claim in together]
    return sentences
