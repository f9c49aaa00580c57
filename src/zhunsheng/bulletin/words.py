"""The words for what a bulletin prints: its rows in the reader's language, its columns, the check's levels."""

from __future__ import annotations

from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhunsheng.codes import regions
from zhunsheng.codes.errors import N_
from zhunsheng.standards.policy import TOTAL_NAME, TOTAL_NAME_EN, tree

TABLES = {
    "headline": N_("概况"),
    "projects": N_("认证项目"),
    "regions": N_("地区"),
    "blocks": N_("大区"),
    "growth": N_("增长"),
}
COLUMNS = {
    "certificates": N_("证书数"),
    "certificate_rank": N_("证书数排名"),
    "certificate_share": N_("证书数占全国比重（%）"),
    "organisations": N_("组织数"),
    "organisation_rank": N_("组织数排名"),
    "organisation_share": N_("组织数占全国比重（%）"),
    "leading_count": N_("10 万以上的省份个数"),
    "leading": N_("10 万以上的省份名单"),
    "before": N_("原证书数"),
    "after": N_("现证书数"),
    "percent": N_("增长率（%）"),
    "since": N_("起始月份"),
    "fastest": N_("增长最快的地区"),
}
# The head of a table says whose rank or share it is by standing behind the count, as published.
HEADS = {
    "certificate_rank": N_("全国排名"),
    "certificate_share": N_("占全国比重 %"),
    "organisation_rank": N_("全国排名"),
    "organisation_share": N_("占全国比重 %"),
}
# A publication's life, a draft's making, and the ready sections of a newsletter.
STATES = {"draft": N_("草稿"), "checked": N_("已自检"), "published": N_("已公布")}
STEPS = {
    "make": N_("制作"),
    "edit": N_("编辑"),
    "check": N_("自检"),
    "publish": N_("公布"),
    "keep": N_("收存"),
    "discard": N_("弃用"),
}
JOB_STATES = {"queued": N_("排队中"), "running": N_("进行中"), "done": N_("已完成"), "failed": N_("失败")}
STAGES = {"snapshot": N_("取快照"), "counting": N_("计数"), "checking": N_("自检")}
_MINUS = "\u2212"
LEVELS = {"error": N_("错误"), "warning": N_("存疑"), "note": N_("提示")}

# Rows that some month printed and that are in neither the scheme tree nor the regions.
OTHER_ROWS = {
    "总计": N_("总计"),
    "全部": N_("全部"),
    "全国": N_("全国"),
    "其他管理体系认证": N_("其他管理体系认证"),
    "国家推行的食品农产品认证": N_("国家推行的食品农产品认证"),
    "国家推行的工业产品认证": N_("国家推行的工业产品认证"),
    "一般食品农产品认证": N_("一般食品农产品认证"),
    "一般工业产品认证": N_("一般工业产品认证"),
    "食品农产品": N_("食品农产品"),
    "食品农产品认证": N_("食品农产品认证"),
    "自愿性工业产品": N_("自愿性工业产品"),
    "自愿性工业产品认证": N_("自愿性工业产品认证"),
}


@cache
def _english() -> dict[str, str]:
    names = {TOTAL_NAME: TOTAL_NAME_EN}
    for scheme in tree().schemes:
        names[scheme.name] = scheme.name_en
        if scheme.former_name and scheme.former_name_en:
            names[scheme.former_name] = scheme.former_name_en
    names |= {name: region.name_en for name, region in regions.BY_NAME.items()}
    return names | regions.BLOCKS_EN


def row_name(name: str) -> str:
    """Return a printed row's name, or a list of names, in the active language; what nobody knows stays as printed."""
    if "、" in name:
        return _("、").join(row_name(one) for one in name.split("、"))
    if name in OTHER_ROWS:
        return _(OTHER_ROWS[name])
    if get_language() != "en":
        return name
    # Running text calls 能源管理体系认证 also 能源管理体系, as `checking` knows.
    return _english().get(name) or _english().get(f"{name}认证") or name


def signed(change: int | str) -> str:
    """Return a change with its sign: a count in groups of digits, decimal text as it is; nought has none."""
    text = f"{change:,}" if isinstance(change, int) else change
    if text.startswith("-"):
        return f"{_MINUS}{text[1:]}"
    return text if text.strip("0.") == "" else f"+{text}"


def table_name(table: str) -> str:
    """Return a part of a bulletin in words."""
    return _(TABLES[table]) if table in TABLES else table


def column_head(column: str) -> str:
    """Return what stands at the head of a column, as published."""
    return _(HEADS[column]) if column in HEADS else column_name(column)


def column_name(column: str) -> str:
    """Return a column of the JSON shape in words; one that nobody knows stays as it is."""
    return _(COLUMNS[column]) if column in COLUMNS else column
