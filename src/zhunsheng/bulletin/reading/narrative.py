"""The running text of a bulletin: its month, its headline, and its sentences about growth.

All patterns run over the text without white space, so a line break inside a sentence does not
matter; each is anchored on a few rare words and looks at a bounded stretch around them.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from zhunsheng.bulletin.model import GrowthClaim, Headline, LeadingRegion
from zhunsheng.bulletin.taxonomy import PARENTS, TOTALS
from zhunsheng.codes.dates import add_months, parse_month
from zhunsheng.codes.dates import parse as parse_day
from zhunsheng.codes.regions import BY_NAME
from zhunsheng.codes.rounding import plain

_YEAR_MONTH = r"([0-9]{4})年([0-9]{1,2})月"
_UNTIL = re.compile(rf"截[至止]到?{_YEAR_MONTH}(?:底|末|份)?(?:([0-9]{{1,2}})日)?[^。;0-9]{{0,30}}证书")
# Where a bulletin says its month, the surest place first.
_MONTHS = (
    re.compile(rf"{_YEAR_MONTH}(?:有效|获证|认证)*证书按"),
    _UNTIL,
    re.compile(rf"(?<![从到至自与]){_YEAR_MONTH}[^。;0-9]{{0,10}}证书数?(?:量)?(?:最新)?(?:全国)?分布"),
    re.compile(rf"(?<![从到至自与]){_YEAR_MONTH}[^。;0-9]{{0,10}}证书"),
)
_TEN_THOUSAND = 10_000

_NUMBER = r"(?<![0-9,.])([0-9][0-9,]{0,14}(?:\.[0-9]{1,6})?)"
_FILLERS = r"(?:总数|数量|数|为|达到?|共|约|超过|突破|有|:){0,4}"
_CERTIFICATES = (
    re.compile(rf"有效(?:认证)?证书{_FILLERS}{_NUMBER}(万)?余?(张)?(?!张?及?以上|的)"),
    re.compile(rf"{_NUMBER}(万)余?(张)有效(?:认证)?证书"),
    re.compile(rf"证书{_FILLERS}{_NUMBER}(万)余?(张)(?!及?以上|的)"),
)
_ORGANISATIONS = (
    re.compile(rf"(?:获证|持证)(?:企业|组织){_FILLERS}{_NUMBER}(万)?余?([家个])?"),
    re.compile(rf"{_NUMBER}(万)余?([家个])(?:获证|持证)?(?:企业|组织)"),
)

_COUNT = r"([0-9]{1,2}|[一二三四五六七八九十]{1,3})"
_LEADING = re.compile(rf"10万张?及?以上的?[^。;:,0-9]{{0,12}}?(?:{_COUNT}有?个|(?=[:,]|分别|依次|包括|为|是))")
_LISTED = re.compile(r"[,:]?(?:分别|依次)?(?:为|是|包括|有)?:?")
_LONGEST_NAME = max(map(len, BY_NAME))
_LISTED_FIGURE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,15})?张?")
_LISTED_NEXT = re.compile(r"[、,和及与以]{1,2}")

_CHINESE_DIGITS = {digit: value for value, digit in enumerate("一二三四五六七八九十", start=1)}

_SUBJECTS = sorted(
    {*BY_NAME, *PARENTS, *(name.removesuffix("认证") for name in PARENTS), "全国", "全部"} - set(TOTALS),
    key=len,
    reverse=True,
)
_SUBJECT = re.compile("|".join(map(re.escape, _SUBJECTS)))
_PERCENT = (
    r"(?:,?(?:同比|环比)?(增长|增幅|增加|上升|下降|减少|降幅|降低)"
    r"(?:率|了|约|为|达到?|近){0,3}([0-9]{1,5}(?:\.[0-9]{1,4})?)%)?"
)
_ROSE = r"(?:增加|增长|上升|提高|增|升|减少|下降|降低|降|减)(?:至|到|为)"
_FIGURES = re.compile(rf"(?:由|从)([0-9][0-9,]{{0,18}})[张家个]?{_ROSE}([0-9][0-9,]{{0,18}})([张家个])?{_PERCENT}")
_FASTEST = re.compile(
    r"(证书|组织|企业)(?:数量|数)?(?:同比|环比)?(?:增长|增速|增幅|增加|上升)"
    rf"[较最]为?(?:快|多|大|显著|明显)(?:的(?:省份|项目))?{_PERCENT}"
)
_PERIOD = re.compile(rf"[从自]{_YEAR_MONTH}[底末]?(?:[到至]{_YEAR_MONTH}|以来|起)")
_FALLS = frozenset(("下降", "减少", "降幅", "降低"))
# How far before its figures a sentence may name what it speaks about, in letters.
_SUBJECT_REACH = 160
_PERIOD_REACH = 300
_SENTENCE_REACH = 60


def month(text: str) -> str | None:
    """Return the month a text without white space is about as YYYY-MM, or None.

    "截止 2023 年 1 月 1 日" is the state at the end of December 2022.
    """
    for pattern in _MONTHS:
        for match in pattern.finditer(text):
            found = parse_month(f"{match[1]}-{match[2]}")
            first_day = parse_day(f"{found}-01") if found else None
            if first_day and match.re is _UNTIL and match[3] in ("1", "01"):
                return add_months(first_day, -1).isoformat()[:7]
            if found:
                return found
    return None


def _ten_thousands(text: str, patterns: tuple[re.Pattern[str], ...]) -> str | None:
    """The first figure that one of the patterns finds, in 万; a bare number without unit is none."""
    for pattern in patterns:
        for match in pattern.finditer(text):
            number = Decimal(match[1].replace(",", ""))
            if match[2]:
                return plain(number) if "." not in match[1] else match[1].replace(",", "")
            if match[3]:
                return plain(number / _TEN_THOUSAND)
    return None


def _small_number(text: str | None) -> int | None:
    """A number of provinces: "12", "四", "十二"."""
    if not text or text.isdigit():
        return int(text) if text else None
    tens, ten, units = text.rpartition("十")
    if not ten:
        return _CHINESE_DIGITS.get(text)
    return _CHINESE_DIGITS.get(tens, 1) * 10 + _CHINESE_DIGITS.get(units, 0)


def _listed(text: str, at: int) -> list[LeadingRegion]:
    """The regions listed from a place on, each with its figure if one follows."""
    found: list[LeadingRegion] = []
    while True:
        sizes = range(min(_LONGEST_NAME, len(text) - at), 0, -1)
        name = next((text[at : at + size] for size in sizes if text[at : at + size] in BY_NAME), None)
        if name is None:
            return found
        figure = _LISTED_FIGURE.match(text, at + len(name))
        digits = figure[1] if figure else None
        found.append(LeadingRegion(name, int(digits.replace(",", "")) if digits else None))
        following = _LISTED_NEXT.match(text, figure.end() if figure else at + len(name))
        if following is None:
            return found
        at = following.end()


def headline(text: str) -> Headline:
    """Return the totals in 万 and the provinces of 100,000 certificates or more that a text names."""
    count, leading = None, []
    for match in _LEADING.finditer(text):
        number = _small_number(match[1])
        listed = _listed(text, _end(_LISTED, text, match.end()))
        if listed or (count is None and number is not None):
            count, leading = number, listed
        if leading:
            break
    certificates, organisations = (_ten_thousands(text, patterns) for patterns in (_CERTIFICATES, _ORGANISATIONS))
    return Headline(certificates, organisations, count, tuple(leading))


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The last place where a pattern matches in a short text."""
    found = None
    for match in pattern.finditer(text):
        found = match
    return found


def _period(text: str, at: int) -> tuple[str | None, str | None]:
    """The months from and until which the sentence at a place speaks; 其中 takes over those of the one before."""
    start = max(0, at - _PERIOD_REACH)
    sentences = re.split("[。!?]", text[start:at])
    reach = sentences[-1]
    if reach.startswith("其中") and len(sentences) > 1:
        reach = sentences[-2] + reach
    last = _last(_PERIOD, reach)
    if last is None:
        return None, None
    until = parse_month(f"{last[3]}-{last[4]}") if last[3] else None
    return parse_month(f"{last[1]}-{last[2]}"), until


def _signed(word: str | None, percent: str | None) -> str | None:
    """A printed percentage, negative when the word says that it fell."""
    return f"-{percent}" if percent and word in _FALLS else percent


def _figures(text: str, match: re.Match[str]) -> GrowthClaim | None:
    """A sentence with both figures: its subject is the last name before them."""
    before = text[max(0, match.start() - _SUBJECT_REACH) : match.start()].rpartition("。")[2]
    subject = _last(_SUBJECT, before)
    if subject is None:
        return None
    named = before[subject.end() :]
    organisations = match[3] in ("家", "个") or "组织" in named or "企业" in named
    since, until = _period(text, match.start())
    return GrowthClaim(
        name=subject[0],
        since=since,
        before=int(match[1].replace(",", "")),
        after=int(match[2].replace(",", "")),
        percent=_signed(match[4], match[5]),
        until=until,
        measure="organisations" if organisations else "certificates",
    )


def _fastest(text: str, match: re.Match[str]) -> list[GrowthClaim]:
    """The names right before "证书数增长较快", in the order they stand."""
    before = text[max(0, match.start() - _SUBJECT_REACH) : match.start()].removesuffix("的")
    names: list[str] = []
    while True:
        sizes = range(min(max(map(len, _SUBJECTS)), len(before)), 1, -1)
        name = next((before[-size:] for size in sizes if before[-size:] in _SUBJECTS), None)
        if name is None:
            break
        names.insert(0, name)
        before = before.removesuffix(name)
        shorter = before.rstrip("、和及与")
        if shorter == before:
            break
        before = shorter
    since, until = _period(text, match.start())
    percent = _signed(match[2], match[3]) if len(names) == 1 else None
    measure = "certificates" if match[1] == "证书" else "organisations"
    return [
        GrowthClaim(name, since=since, until=until, percent=percent, measure=measure, fastest=True) for name in names
    ]


def growth(text: str) -> tuple[GrowthClaim, ...]:
    """Return what the sentences of a text say about growth, in their order.

    A name called fast growing whose figures follow in the same sentence is one claim.
    """
    found = [(match.start(), claim) for match in _FASTEST.finditer(text) for claim in _fastest(text, match)]
    for match in _FIGURES.finditer(text):
        claim = _figures(text, match)
        if claim is None:
            continue
        same = [
            item
            for item in found
            if 0 < match.start() - item[0] < _SENTENCE_REACH
            and (item[1].name, item[1].since, item[1].until) == (claim.name, claim.since, claim.until)
            and item[1].measure == claim.measure
            and item[1].before is None
            and "。" not in text[item[0] : match.start()]
        ]
        if same:
            found.remove(same[-1])
        found.append((match.start(), replace(claim, fastest=bool(same))))
    return tuple(claim for _, claim in sorted(found, key=lambda item: item[0]))
