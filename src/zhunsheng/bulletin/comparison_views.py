"""Two months beside each other: the page with its pickers, and the same as sheets."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.bulletin import growing, issues, pages, queries, words
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.papers import bars, sheets, svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponseBase

    from zhunsheng.bulletin.growing import Grown, Growth
    from zhunsheng.bulletin.models import MonthlyBulletin
    from zhunsheng.people.http import Request

SECTION = "bulletins"
BAD_REQUEST = 400
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NAMES = {"projects": N_("认证项目"), "regions": N_("地区"), "blocks": N_("大区")}
# How many of the largest changes the picture shows.
BARS = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """The two bulletins compared, in order."""

    earlier: MonthlyBulletin
    later: MonthlyBulletin

    def grown(self, measure: str) -> Grown:
        """Work the growth of a measure out."""
        return growing.grown(queries.document(self.earlier), queries.document(self.later), measure)


def _pair(request: Request) -> Pair | None:
    """Return the bulletins asked for, the newest two of one origin when none is; None when there are not two.

    The earlier one comes first, whichever way round they were asked for.
    """
    asked, viewer = [request.GET.get(name, "") for name in ("from", "to")], request.viewer
    if not any(asked):
        return _newest()
    if not all(asked):
        raise queries.NoSuchBulletin(N_("比较要选两个月份。"))
    earlier, later = sorted((queries.chosen(text, viewer) for text in asked), key=lambda kept: kept.month)
    return Pair(earlier, later)


def _newest() -> Pair | None:
    later = queries.newest()
    earlier = queries.before_month(later.month, later.origin) if later else None
    return Pair(earlier, later) if later and earlier else None


@require_safe
def compare(request: Request) -> HttpResponse:
    """Show what grew, fell and changed between two months, one measure at a time, by the figure asked for."""
    pair, fault, shown = None, "", None
    measure, sort = _measure(request), request.GET.get("sort", "")
    try:
        pair = _pair(request)
        shown = pair.grown(measure) if pair else None
    except queries.NoSuchBulletin:
        raise
    except ZhunshengError as error:
        fault = error.said(_)
    context: dict[str, Any] = {
        "section": SECTION,
        "choices": _choices(pair),
        "pair": pair,
        "tokens": [token(pair.earlier), token(pair.later)] if pair else [],
        "fault": fault,
        "measure": measure,
        "measures": [(one, words.column_name(one)) for one in growing.MEASURES],
    }
    if shown:
        context |= _shown(shown, sort)
    return render(request, "bulletin/compare.html", context, status=BAD_REQUEST if fault else 200)


def _choices(pair: Pair | None) -> list[tuple[str, MonthlyBulletin]]:
    """Return what can be chosen: the bulletins that stand, and a draft or a corrected version that is being shown."""
    offered = {token(kept): kept for kept in queries.standing()}
    shown = {token(kept): kept for kept in (pair.earlier, pair.later)} if pair else {}
    return sorted((shown | offered).items(), key=lambda choice: choice[1].month, reverse=True)


def token(kept: MonthlyBulletin) -> str:
    """Return what names a bulletin in an address: the month with its origin, or the number of a draft."""
    if kept.state != "published" or getattr(kept, "corrected_by", None):
        return str(kept.pk)
    return f"{kept.month}.{kept.origin}"


def _measure(request: Request) -> str:
    asked = request.GET.get("measure", "")
    return asked if asked in growing.MEASURES else growing.MEASURES[0]


def _shown(shown: Grown, sort: str) -> dict[str, Any]:
    tables = [
        {
            "key": key,
            "caption": _(pages.CAPTIONS[key]),
            "first": _(NAMES[key]),
            "rows": growing.ordered(rows, sort),
            "ranked": key == "regions",
        }
        for key, rows in shown.tables.items()
        if rows
    ]
    name, _way, up = sort.partition(".")
    return {
        "shown": shown,
        "tables": tables,
        "sort": name if name in growing.SORTS else "",
        "up": up == "up",
        "said": issues.said(shown),
        "picture": _picture(shown),
    }


def _picture(shown: Grown) -> str:
    """Draw the regions whose figures rose most; a fall is told in words and in the table."""
    rose = [row for row in growing.ordered(_provinces(shown), "change") if (row.change or 0) > 0][:BARS]
    if not rose:
        return ""
    drawn = [bars.Bar(words.row_name(row.name), row.change or 0, words.signed(row.change or 0)) for row in rose]
    return svg.as_text(bars.draw(drawn, title=_("增加最多的地区")))


def _provinces(shown: Grown) -> list[Growth]:
    return [row for row in shown.tables["regions"] if row.rank_after or row.rank_before]


@require_safe
def export(request: Request, ending: str) -> HttpResponseBase:
    """Send the comparison of both measures as a workbook, or as one CSV with the table's name in front."""
    pair = _pair(request)
    if pair is None or ending not in {"xlsx", "csv"}:
        raise Http404
    # What cannot be compared is said before the first byte is sent.
    pair.grown(growing.MEASURES[0])
    name = f"bulletin-{pair.earlier.month}-{pair.later.month}"
    if ending == "csv":
        response: HttpResponseBase = StreamingHttpResponse(
            sheets.csv_lines(_flat(pair)), content_type="text/csv; charset=utf-8"
        )
    else:
        out = io.BytesIO()
        sheets.write_xlsx(out, _leaves(pair), cover=_cover(pair), about=_("说明"))
        response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


def _cover(pair: Pair) -> list[tuple[str, sheets.Cell]]:
    return [
        (_("较早的月份"), pair.earlier.month),
        (_("较晚的月份"), pair.later.month),
        (_("单位"), _("证书为张，组织为家，增长率为 %，比重变化为百分点")),
        *((_("变化"), text) for text in issues.said(pair.grown(growing.MEASURES[0]))),
    ]


def _columns(pair: Pair) -> list[sheets.Column]:
    found = [sheets.Column(_("名称"), width=28)]
    for measure in growing.MEASURES:
        of = words.column_name(measure)
        found += [
            sheets.Column(f"{of} {pair.earlier.month}", "count"),
            sheets.Column(f"{of} {pair.later.month}", "count"),
            sheets.Column(f"{of} {_('增减')}", "count"),
            sheets.Column(f"{of} {_('增长率 %')}", "share"),
            sheets.Column(f"{of} {_('比重变化（百分点）')}", "share", 22),
            sheets.Column(f"{of} {_('原排名')}", "count"),
            sheets.Column(f"{of} {_('现排名')}", "count"),
        ]
    return found


def _lines(pair: Pair, table: str) -> Iterator[list[sheets.Cell]]:
    both = [pair.grown(measure).tables[table] for measure in growing.MEASURES]
    for rows in zip(*both, strict=True):
        line: list[sheets.Cell] = [words.row_name(rows[0].name)]
        for row in rows:
            line += [row.before, row.after, row.change, _figure(row.percent), _figure(row.points)]
            line += [row.rank_before, row.rank_after]
        yield line


def _figure(text: str | None) -> float | None:
    return None if text is None else float(text)


def _leaves(pair: Pair) -> Iterator[sheets.Sheet]:
    for table in growing.TABLES:
        yield sheets.Sheet(_(NAMES[table]), _columns(pair), _lines(pair, table))


def _flat(pair: Pair) -> sheets.Sheet:
    rows = ([_(NAMES[table]), *line] for table in growing.TABLES for line in _lines(pair, table))
    return sheets.Sheet("growth", [sheets.Column(_("表")), *_columns(pair)], rows)
