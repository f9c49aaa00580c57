"""A whole publication: its tables and its running text together."""

from __future__ import annotations

from zhunsheng.bulletin.model import Bulletin
from zhunsheng.bulletin.reading import narrative, tables
from zhunsheng.bulletin.reading.normalise import compact, normalise
from zhunsheng.bulletin.reading.tokens import entries
from zhunsheng.codes.errors import N_, ZhunshengError


class NotABulletin(ZhunshengError):
    """The text holds neither a table of a bulletin nor its headline."""


def read(text: str, *, running: str | None = None) -> Bulletin:
    """Return what a published text says; a part that is not in the text is empty, an unknown cell None.

    `running` is the running text where it is known apart from the lines of the page. Raises NotABulletin
    when there is neither a table nor a headline.
    """
    text = normalise(text)
    rows = tables.rows(entries(text))
    if not any(row.headed for row in rows) and len(rows) < tables.A_TABLE:
        rows = []
    squeezed = compact(text if running is None else normalise(running))
    headline = narrative.headline(squeezed)
    if not rows and headline.certificates is None and not headline.leading:
        raise NotABulletin(
            N_(
                "文本里没有认证证书统计通报：没有找到“认证项目 证书数 组织数”表、"
                "“地区 证书数 全国排名 占全国比重 组织数”表，也没有“有效认证证书 … 万张”的概况"
            )
        )
    regions, blocks = tables.regions(rows)
    return Bulletin(
        month=narrative.month(squeezed),
        headline=headline,
        projects=tables.projects(rows),
        regions=regions,
        blocks=blocks,
        growth=narrative.growth(squeezed),
    )
