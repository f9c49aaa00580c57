"""The running text's totals in 万, and the list of provinces with 100,000 certificates or more."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from zhunsheng.bulletin.checking.sheet import MEASURES, Sheet, count, finding
from zhunsheng.bulletin.words import row_name
from zhunsheng.codes.errors import N_
from zhunsheng.codes.regions import BY_NAME, PROVINCES
from zhunsheng.codes.rounding import half_even, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from zhunsheng.bulletin.model import Finding

# The bulletins list the provinces "证书数 10 万以上".
LEADING_FROM = 100_000
# 万 is ten thousand: four digits before the point.
DIGITS_OF_WAN = 4


def check(sheet: Sheet) -> Iterator[Finding]:
    """Yield what does not fit in the headline."""
    for measure in MEASURES:
        yield from _total(sheet, measure)
    yield from _length(sheet)
    yield from _members(sheet)
    yield from _order(sheet)


def _in_wan(total: int) -> Decimal:
    return Decimal(total).scaleb(-DIGITS_OF_WAN)


def _total(sheet: Sheet, measure: str) -> Iterator[Finding]:
    """A figure in 万 is 全国 rounded to the places printed; fitting only 全部, or only when cut off, is noted."""
    printed: str | None = getattr(sheet.bulletin.headline, measure)
    nation = count(sheet.nation, measure)
    whole = count(sheet.whole or sheet.root, measure)
    if printed is None or (nation is None and whole is None):
        return
    figure = Decimal(printed)
    places = max(0, -int(figure.as_tuple().exponent))
    unit = Decimal(1).scaleb(-places)
    totals = [("全国", nation), ("全部", whole)]
    known = [(name, total) for name, total in totals if total is not None]
    rounded = [name for name, total in known if half_even(_in_wan(total), places) == figure]
    cut = [name for name, total in known if _in_wan(total).quantize(unit, ROUND_DOWN) == figure]
    where = ("headline", "", measure)
    expected = " / ".join(f"{plain(half_even(_in_wan(total), places))} ({row_name(name)})" for name, total in known)
    if "全国" in rounded or (nation is None and (rounded or (whole is not None and figure < _in_wan(whole)))):
        return
    if rounded or "全国" in cut:
        name = rounded[0] if rounded else "全国"
        text = (
            N_("%(printed)s 万与%(name)s的数相符，与全国的数不符。")
            if rounded
            else N_("%(printed)s 万是%(name)s的数舍去尾数，不是修约。")
        )
        yield finding("note", where, printed, expected, text, printed=printed, name=name)
        return
    text = N_("%(printed)s 万与哪个总数都不相符：%(totals)s。")
    named = _("，").join(
        _("%(name)s %(figure)s 万") % {"name": row_name(name), "figure": plain(_in_wan(total))} for name, total in known
    )
    yield finding("warning", where, printed, expected, text, printed=printed, totals=named)


def _length(sheet: Sheet) -> Iterator[Finding]:
    """The number given, the names listed and the provinces that qualify are the same many."""
    headline = sheet.bulletin.headline
    where = ("headline", "", "leading_count")
    printed = headline.leading_count
    if printed is None:
        return
    if headline.leading and len(headline.leading) != printed:
        text = N_("文中说有 %(printed)s 个，列出的是 %(listed)s 个。")
        listed = len(headline.leading)
        yield finding("error", where, printed, listed, text, printed=printed, listed=listed)
    large = _large(sheet)
    complete = sheet.has_all_provinces and all(row.certificates is not None for row in sheet.provinces.values())
    if complete and len(large) != printed:
        text = N_("表中证书数 10 万以上的省级地区有 %(table)s 个。")
        yield finding("error", where, printed, len(large), text, table=len(large))


def _large(sheet: Sheet) -> dict[str, int]:
    """The provinces in the table with 100,000 certificates or more, by code."""
    rows = ((code, row.certificates) for code, row in sheet.provinces.items())
    return {code: value for code, value in rows if value is not None and value >= LEADING_FROM}


def _members(sheet: Sheet) -> Iterator[Finding]:
    """Who is listed has 100,000 or more, with the table's figure; who has is listed."""
    leading = sheet.bulletin.headline.leading
    listed = {BY_NAME[entry.name].code for entry in leading if entry.name in BY_NAME}
    for entry in leading:
        row = sheet.provinces.get(BY_NAME[entry.name].code) if entry.name in BY_NAME else None
        figure = count(row, "certificates")
        where = ("headline", entry.name, "leading")
        if figure is not None and entry.certificates is not None and figure != entry.certificates:
            text = N_("%(name)s在地域表中的证书数是 %(table)s。")
            yield finding("error", where, entry.certificates, figure, text, name=entry.name, table=figure)
        known = figure if figure is not None else entry.certificates
        if known is not None and known < LEADING_FROM:
            text = N_("%(name)s的证书数 %(table)s 不到 10 万，不应列入。")
            yield finding("error", where, entry.name, None, text, name=entry.name, table=known)
    if not leading:
        return
    for code, value in _large(sheet).items():
        if code not in listed:
            name = sheet.provinces[code].name
            text = N_("%(name)s的证书数 %(table)s 在 10 万以上，没有列入。")
            yield finding("error", ("headline", name, "leading"), None, name, text, name=name, table=value)


def _order(sheet: Sheet) -> Iterator[Finding]:
    """The list goes down by certificates; the table's figures decide, then those of the list."""
    leading = sheet.bulletin.headline.leading
    units = {region.name: region.code for region in PROVINCES} | {region.short: region.code for region in PROVINCES}
    figures: list[tuple[str, int]] = []
    for entry in leading:
        table = count(sheet.provinces.get(units.get(entry.name, "")), "certificates")
        figure = table if table is not None else entry.certificates
        if figure is None:
            return
        figures.append((entry.name, figure))
    ordered = sorted(figures, key=lambda item: -item[1])
    if [figure for _, figure in figures] != [figure for _, figure in ordered]:
        text = N_("按证书数从多到少，顺序应为 %(names)s。")
        names = "、".join(name for name, _ in ordered)
        printed = "、".join(name for name, _ in figures)
        yield finding("error", ("headline", "", "leading"), printed, names, text, names=names)
