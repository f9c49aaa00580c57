"""Pictures to be saved: a bulletin's, and the months' together, as SVG and as PNG."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.bulletin import nation, pictures, queries, trends
from zhunsheng.codes.errors import N_
from zhunsheng.papers import frame, svg, typesetting

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from zhunsheng.bulletin.models import MonthlyBulletin
    from zhunsheng.people.http import Request

KINDS = {"svg": "image/svg+xml", "png": "image/png"}
TILES, MAP, LEADERS = "tiles", "map", "leaders"
# A PNG takes a tenth of a second to set, so the last ones are kept.
PNGS_REMEMBERED = 32


@require_safe
def picture(request: Request, pk: int, name: str, ending: str) -> HttpResponse:
    """Send a picture of a bulletin: `tiles-` or `map-` with a figure, or `leaders-` with a measure."""
    kept = queries.kept(pk, request.viewer)
    drawn = _drawn(kept, *name.partition("-")[::2])
    return _sent(drawn, source_line(kept), f"{kept.month}-{kept.origin}-{name}", ending)


def _drawn(kept: MonthlyBulletin, kind: str, figure: str) -> ET.Element:
    document = nation.document(kept)
    if kind == LEADERS and figure in pictures.MEASURES:
        return pictures.leaders(document, next(m for m in pictures.MEASURES if m == figure))
    chosen = next((f for f in pictures.FIGURES if f == figure), None)
    if chosen is None or kind not in {TILES, MAP}:
        raise Http404
    earlier = nation.before(kept, nation.known()) if chosen == "growth" else None
    against = nation.document(earlier) if earlier else None
    if kind == TILES:
        return pictures.tile_grid(document, chosen, against)
    file = nation.operator_map()
    if file is None:
        raise Http404
    return pictures.map_of(document, file, chosen, against)


@require_safe
def trend(request: Request, what: str, ending: str) -> HttpResponse:
    """Send the line of one total over all months known; `?of=` chooses published or made where they were parted."""
    measure = next((m for m in pictures.MEASURES if m == what), None)
    if measure is None:
        raise Http404
    found = nation.trend(nation.known(), request.GET.get("of", ""))
    return _sent(found.picture(measure), trend_source(found), f"trend-{what}", ending)


def _sent(drawn: ET.Element, source: str, name: str, ending: str) -> HttpResponse:
    if ending not in KINDS:
        raise Http404
    content = svg.as_file(frame.framed(drawn, heading=drawn.attrib["aria-label"], source=source))
    response = HttpResponse(_png(content) if ending == "png" else content, content_type=KINDS[ending])
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


@lru_cache(maxsize=PNGS_REMEMBERED)
def _png(content: bytes) -> bytes:
    return typesetting.png(content)


def source_line(kept: MonthlyBulletin) -> str:
    """Say in one line which bulletin a picture is drawn from."""
    if kept.origin == trends.MADE:
        return _("来源：准绳登记系统自制的 %(month)s 统计通报，截至 %(known)s 所知。") % {
            "month": kept.month,
            "known": kept.known_on,
        }
    source = kept.source or _("公布的通报，未注明出处。")
    return _("来源：公布的 %(month)s 统计通报。%(source)s") % {"month": kept.month, "source": source}


_TREND_SOURCES = {
    "": N_("来源：公布的和自制的统计通报；同月两者都有时用公布的。没有通报的月份空着，不推算。"),
    trends.PUBLISHED: N_("来源：公布的统计通报。没有通报的月份空着，不推算。"),
    trends.MADE: N_("来源：准绳登记系统自制的统计通报。没有通报的月份空着，不推算。"),
}


def trend_source(found: nation.Trend) -> str:
    """Say in one line which bulletins a trend is drawn from."""
    return _(_TREND_SOURCES[found.origin])
