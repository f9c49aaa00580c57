"""Sentences about growth: their percentages, their figures, and whether the fastest are the fastest."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.bulletin.checking.headline import LEADING_FROM
from zhunsheng.bulletin.checking.sheet import Row, Sheet, count, finding
from zhunsheng.bulletin.comparing import percent_growth
from zhunsheng.codes.errors import N_
from zhunsheng.codes.regions import BY_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.bulletin.model import Finding, GrowthClaim


def check(sheet: Sheet, against: Sequence[Sheet]) -> Iterator[Finding]:
    """Yield what does not fit in the growth sentences; earlier figures need the bulletin of that month."""
    claims = sheet.bulletin.growth
    by_month = {other.bulletin.month: other for other in (*against, sheet) if other.bulletin.month}
    for claim in claims:
        yield from _percent(claim)
        yield from _after(by_month.get(claim.until or "") if claim.until else sheet, claim)
        yield from _before(by_month, against, claim)
    for since in dict.fromkeys(claim.since for claim in claims if claim.since):
        if since not in by_month:
            text = N_("没有给出 %(month)s 的通报，文中从该月起的增长无法核对。")
            names = "、".join(claim.name for claim in claims if claim.since == since)
            yield finding("note", ("growth", names, "since"), since, None, text, month=since)
    yield from _fastest(sheet, by_month)


def _places(text: str) -> int:
    return len(text.partition(".")[2])


def _judge_percent(claim: GrowthClaim, before: int, after: int) -> Iterator[Finding]:
    """The printed percentage against two figures; one unit of its last place off is only a warning."""
    if claim.percent is None or before <= 0:
        return
    places = _places(claim.percent)
    expected = percent_growth(before, after, places)
    difference = abs(Decimal(claim.percent) - Decimal(expected))
    if not difference:
        return
    level = "warning" if difference <= Decimal(1).scaleb(-places) else "error"
    text = N_("从 %(before)s 到 %(after)s 是 %(expected)s%%。")
    where = ("growth", claim.name, "percent")
    yield finding(
        "warning" if level == "warning" else "error",
        where,
        claim.percent,
        expected,
        text,
        before=before,
        after=after,
        expected=expected,
    )


def _percent(claim: GrowthClaim) -> Iterator[Finding]:
    if claim.before is not None and claim.after is not None:
        yield from _judge_percent(claim, claim.before, claim.after)


def _after(later: Sheet | None, claim: GrowthClaim) -> Iterator[Finding]:
    """The later figure is the one of the table of that month, or of the list in its headline."""
    if later is None or claim.after is None:
        return
    figure = _figure(later, claim)
    if figure is not None and figure != claim.after:
        text = N_("%(name)s在 %(month)s 的表中是 %(table)s。")
        where, month = ("growth", claim.name, "after"), later.bulletin.month or "-"
        yield finding("error", where, claim.after, figure, text, name=claim.name, month=month, table=figure)


def _figure(sheet: Sheet, claim: GrowthClaim) -> int | None:
    """What a bulletin gives for the subject of a claim."""
    if (figure := count(sheet.subject(claim.name), claim.measure)) is not None:
        return figure
    if claim.measure != "certificates" or claim.name not in BY_NAME:
        return None
    code = BY_NAME[claim.name].code
    listed = sheet.bulletin.headline.leading
    return next((e.certificates for e in listed if e.name in BY_NAME and BY_NAME[e.name].code == code), None)


def _before(by_month: dict[str, Sheet], against: Sequence[Sheet], claim: GrowthClaim) -> Iterator[Finding]:
    """The earlier figure is the one of the month named; without a month, of one of the months given."""
    where = ("growth", claim.name, "before")
    if claim.since in by_month:
        then = _figure(by_month[claim.since], claim)
        if then is not None and claim.before is not None and then != claim.before:
            text = N_("%(name)s在 %(month)s 的表中是 %(table)s。")
            values = {"name": claim.name, "month": claim.since, "table": then}
            yield finding("error", where, claim.before, then, text, **values)
        later = by_month.get(claim.until or "")
        now = _figure(later, claim) if later else None
        if claim.before is None and then is not None and now is not None:
            yield from _judge_percent(claim, then, now)
    elif claim.since is None and claim.before is not None:
        figures = {other.bulletin.month: _figure(other, claim) for other in against}
        known = {month: figure for month, figure in figures.items() if figure is not None}
        if known and claim.before not in known.values():
            text = N_("文中没有说从哪个月算起；给出的通报里%(name)s是 %(figures)s。")
            listed = _("，").join(f"{month} {figure}" for month, figure in known.items())
            yield finding("note", where, claim.before, None, text, name=claim.name, figures=listed)


def _fastest(sheet: Sheet, by_month: dict[str, Sheet]) -> Iterator[Finding]:
    """Those called the fastest growing are so, by number or by percent, among all or among the large."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for claim in sheet.bulletin.growth:
        until = claim.until or sheet.bulletin.month or ""
        if claim.fastest and claim.since in by_month and until in by_month:
            groups.setdefault((claim.since, until, claim.measure), []).append(claim.name)
    for (since, until, measure), names in groups.items():
        for kind in ("regions", "projects"):
            mine = [name for name in names if (name in BY_NAME) == (kind == "regions")]
            if mine:
                yield from _judge_fastest(by_month[since], by_month[until], measure, kind, mine)


def _growths(earlier: Sheet, later: Sheet, measure: str, kind: str) -> dict[str, tuple[int, int]]:
    """Before and after of every province, or of every project that has no rows under it."""
    rows: list[Row] = [*later.provinces.values()]
    if kind == "projects":
        rows = [row for row in later.bulletin.projects if not later.children(row.name)]
    found: dict[str, tuple[int, int]] = {}
    for row in rows:
        before, after = count(earlier.subject(row.name), measure), count(row, measure)
        if before and after is not None:
            found[row.name] = (before, after)
    return found


def _judge_fastest(earlier: Sheet, later: Sheet, measure: str, kind: str, names: list[str]) -> Iterator[Finding]:
    growths = _growths(earlier, later, measure, kind)
    large = {name: pair for name, pair in growths.items() if pair[1] >= LEADING_FROM}
    named = {row.name for name in names if (row := later.subject(name))}
    if not named <= growths.keys() or not growths:
        return
    ways = (
        ("number", lambda pair: Decimal(pair[1] - pair[0])),
        ("percent", lambda pair: Decimal(pair[1] - pair[0]) / pair[0]),
    )
    tops: list[list[str]] = []
    for group in (large, growths):
        for _name, by in ways:
            tops.append(sorted(group, key=lambda name: by(group[name]), reverse=True)[: len(named)])
    if any(named == set(top) for top in tops):
        return
    text = N_("从 %(since)s 到 %(until)s，按增加数最多的是 %(number)s，按增长率最高的是 %(percent)s。")
    values = {
        "since": earlier.bulletin.month or "-",
        "until": later.bulletin.month or "-",
        "number": "、".join(tops[2]),
        "percent": "、".join(tops[3]),
    }
    where = ("growth", "、".join(names), "fastest")
    yield finding("warning", where, "、".join(names), "、".join(tops[2]), text, **values)
