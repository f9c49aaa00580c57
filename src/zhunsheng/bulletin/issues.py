"""One issue of a newsletter as it is set: its articles, and the month's figures, comparison and findings around them.

A draft shows the month's bulletin as it stands; publishing freezes it, so that a later correction of the bulletin
does not reach into what was published. The PDF is Chinese; the page is in the reader's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from zhunsheng.bulletin import articles, checks, growing, queries, words
from zhunsheng.bulletin.policy import State
from zhunsheng.bulletin.writing import layout, pdf, sentences
from zhunsheng.codes.errors import N_
from zhunsheng.papers import typesetting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhunsheng.bulletin.growing import Grown, Growth
    from zhunsheng.bulletin.model import Bulletin, Finding
    from zhunsheng.bulletin.models import MonthlyBulletin, Newsletter

FIGURES, COMPARISON, FINDINGS = SECTIONS = ("figures", "comparison", "findings")
TITLES = {
    FIGURES: N_("本月数据"),
    COMPARISON: N_("增长与变化"),
    FINDINGS: N_("数据核对"),
}
CHINESE = "zh-hans"
# Rows of the comparison that fit on a page beside each other: the regions that grew most.
MOST_REGIONS = 10


@dataclass(frozen=True, slots=True)
class Ready:
    """What the ready sections are made of."""

    bulletin: Bulletin
    source: str
    earlier: Bulletin | None
    findings: list[tuple[Finding, str]]


def frozen(newsletter: Newsletter) -> dict[str, Any]:
    """Return the month's figures, findings and the month compared with, as they stand now. Raises NoSuchBulletin."""
    kept = queries.of_month(newsletter.month)
    earlier = _earlier(kept, newsletter.against)
    return {
        "document": kept.document,
        "source": _source(kept),
        "earlier": earlier.document if earlier else None,
        "findings": checks.in_every_language(queries.document(kept), queries.against(kept.month, kept.origin)),
        "explanations": kept.explanations,
    }


def _earlier(kept: MonthlyBulletin, against: str) -> MonthlyBulletin | None:
    if not against:
        return queries.before_month(kept.month, kept.origin)
    return queries.standing().filter(month=against, month__lt=kept.month).order_by("-origin").first()


def _source(kept: MonthlyBulletin) -> str:
    """Where the figures are from; a text of the publication, so it is Chinese."""
    with translation.override(CHINESE):
        if kept.origin == kept.PUBLISHED:
            return kept.source or _("公布的通报，未注明出处。")
        return _("本登记系统，截至 %(known)s 所知，第 %(version)s 版。") % {
            "known": kept.known_on,
            "version": kept.version,
        }


def ready(newsletter: Newsletter) -> Ready:
    """Return what the ready sections say: of a draft now, of a published issue when it was published."""
    content: Mapping[str, Any] = newsletter.content or frozen(newsletter)
    earlier = content["earlier"]
    explanations = content["explanations"]
    return Ready(
        bulletin=queries.from_json(content["document"]),
        source=content["source"],
        earlier=queries.from_json(earlier) if earlier else None,
        findings=[(f, explanations.get(checks.key(f), "")) for f in checks.read(content["findings"])],
    )


@dataclass(frozen=True, slots=True)
class Grid:
    """A small table: caption, heads, rows of text."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """The comparison in words and two tables."""

    sentences: list[str]
    tables: list[Grid]


def compared(of: Ready) -> Compared | None:
    """Return the comparison of the two months in the active language; None where there is no earlier one."""
    if of.earlier is None:
        return None
    grown = growing.grown(of.earlier, of.bulletin)
    projects = [row for row in grown.tables["projects"] if row.depth <= 1]
    rose = [row for row in grown.tables["regions"] if row.depth and (row.change or 0) > 0]
    regions = growing.ordered(rose, "change")[:MOST_REGIONS]
    tables = [
        _grid(_("各领域有效证书的增长"), _("领域"), grown, projects),
        _grid(_("有效证书增加最多的地区"), _("地区"), grown, regions),
    ]
    return Compared(said(grown), [table for table in tables if table.rows])


def said(grown: Grown) -> list[str]:
    """Return what stands out between two months, in whole sentences of the active language."""
    lists = (
        (_("项目中增加最多的是%(names)s。"), grown.projects.by_number, _by_number),
        (_("项目中增长率最高的是%(names)s。"), grown.projects.by_percent, _by_percent),
        (_("项目中减少的有%(names)s。"), grown.projects.falls, _by_number),
        (_("地区中增加最多的是%(names)s。"), grown.regions.by_number, _by_number),
        (_("地区中增长率最高的是%(names)s。"), grown.regions.by_percent, _by_percent),
        (_("地区中减少的有%(names)s。"), grown.regions.falls, _by_number),
        (_("排名变化最大的是%(names)s。"), grown.rank_changes[: growing.NAMED], _by_rank),
    )
    found = [text % {"names": _("、").join(map(name, rows))} for text, rows, name in lists if rows]
    rows = grown.comparison
    for text, names in (
        (_("新出现的项目：%(names)s。"), [words.row_name(n) for n in rows.new_projects]),
        (_("不再出现的项目：%(names)s。"), [words.row_name(n) for n in rows.gone_projects]),
        (
            _("改名的项目：%(names)s。"),
            [f"{words.row_name(old)} → {words.row_name(new)}" for old, new in rows.renamed_projects],
        ),
    ):
        if names:
            found.append(text % {"names": _("、").join(names)})
    return found


def _by_number(row: Growth) -> str:
    return _("%(name)s（%(figure)s）") % {"name": words.row_name(row.name), "figure": words.signed(row.change or 0)}


def _by_percent(row: Growth) -> str:
    return _("%(name)s（%(figure)s）") % {"name": words.row_name(row.name), "figure": f"+{row.percent}%"}


def _by_rank(row: Growth) -> str:
    figure = f"{row.rank_before} → {row.rank_after}"
    return _("%(name)s（%(figure)s）") % {"name": words.row_name(row.name), "figure": figure}


def _grid(caption: str, first: str, grown: Grown, rows: list[Growth]) -> Grid:
    earlier, later = grown.comparison.earlier or "-", grown.comparison.later or "-"
    head = (first, earlier, later, _("增减"), _("增长率"), _("比重变化（百分点）"))
    cells = tuple(
        (
            words.row_name(row.name),
            layout.NONE if row.before is None else f"{row.before:,}",
            layout.NONE if row.after is None else f"{row.after:,}",
            layout.NONE if row.change is None else words.signed(row.change),
            layout.NONE if row.percent is None else f"{words.signed(row.percent)}%",
            layout.NONE if row.points is None else words.signed(row.points),
        )
        for row in rows
    )
    return Grid(caption, head, cells)


def place(finding: Finding) -> str:
    """Return where in a bulletin a finding is, in words."""
    parts = (words.table_name(finding.table), words.row_name(finding.row), words.column_name(finding.column))
    return " · ".join(part for part in parts if part)


def as_pdf(newsletter: Newsletter) -> bytes:
    """Return an issue as PDF: of a draft as it is now, marked as a draft. Raises CannotSet, NoSuchBulletin."""
    with translation.override(CHINESE):
        data = _data(newsletter)
    template, tables = pdf.template("newsletter.typ"), pdf.template(pdf.TABLES)
    return typesetting.pdf(template, data=data, files={pdf.TABLES: tables.encode()})


def _data(newsletter: Newsletter) -> dict[str, Any]:
    of, sections = ready(newsletter), newsletter.sections
    paper = layout.paper(of.bulletin, order="gb")
    growth = compared(of) if COMPARISON in sections else None
    published = newsletter.published_at
    return {
        "title": newsletter.title,
        "name": newsletter.name,
        "issue": newsletter.issue,
        "publisher": newsletter.publisher,
        "language": "zh",
        "date": timezone.localtime(published).date().isoformat() if published else "",
        "draft": "" if published or newsletter.state == State.PUBLISHED else _("草稿，尚未公布"),
        "month": sentences.month_said(newsletter.month),
        "correction": _correction(newsletter),
        "articles": [
            {"title": one["title"], "byline": one["byline"], "blocks": articles.read(one["text"])}
            for one in newsletter.articles
        ],
        "figures": {
            "title": _(TITLES[FIGURES]),
            "running": paper.running,
            "tables": [pdf.table_data(table) for table in (*paper.projects, *paper.regions)],
            "source": _("来源：") + of.source,
        }
        if FIGURES in sections
        else None,
        "comparison": {
            "title": _(TITLES[COMPARISON]),
            "sentences": growth.sentences,
            "tables": [{"caption": t.caption, "head": t.head, "rows": t.rows} for t in growth.tables],
        }
        if growth
        else None,
        "findings": {
            "title": _(TITLES[FINDINGS]),
            "none": _("核对未发现数字对不上。"),
            "items": [
                {"level": _(words.LEVELS[f.level]), "place": place(f), "why": f.why, "said": explained}
                for f, explained in of.findings
            ],
        }
        if FINDINGS in sections
        else None,
        "words": {"contents": _("目录"), "correction": _("更正"), "explained": _("说明：")},
        "page": pdf.page_words(),
    }


def _correction(newsletter: Newsletter) -> str:
    if newsletter.corrects is None:
        return ""
    said_so = {"what": newsletter.what_was_wrong, "why": newsletter.why_wrong}
    return _("本期更正先前公布的一期。错在：%(what)s 原因：%(why)s") % said_so
