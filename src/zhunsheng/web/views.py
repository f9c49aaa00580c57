"""The first page: the search box, and the nation as the newest bulletin has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.bulletin import nation, pages, picture_views, pictures, project_tree, trends
from zhunsheng.bulletin import queries as bulletins
from zhunsheng.papers import maps, svg
from zhunsheng.people.roles import Permission

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from django.http import HttpResponse
    from django.utils.safestring import SafeString

    from zhunsheng.bulletin.model import Bulletin
    from zhunsheng.people.http import Request


@require_safe
def home(request: Request) -> HttpResponse:
    """Show the search box and, of the newest bulletin, its totals, its pictures, its projects and what changed."""
    kept = bulletins.newest()
    context: dict[str, Any] = {"kept": kept, "makes": request.viewer.everywhere(Permission.MAKE_BULLETIN)}
    if kept is not None:
        known = nation.known()
        document, earlier = nation.document(kept), nation.before(kept, known)
        against = nation.document(earlier) if earlier else None
        context |= {
            "totals": pages.totals(document),
            "grave": pages.grave(bulletins.findings(kept)),
            "tree": project_tree.branches(document.projects, opened=request.GET.get("project", "")),
            "earlier": earlier,
            "since": trends.changes(against, document) if against else None,
            **_picture(request, document, against),
            **_trend(nation.trend(known, request.GET.get("trend", ""))),
        }
    return render(request, "web/home.html", context)


def _picture(request: Request, document: Bulletin, against: Bulletin | None) -> dict[str, Any]:
    """The picture of the nation in the figure that was asked for, on the operator's map if that was."""
    offered = [f for f in pictures.FIGURES if f != "growth" or against]
    figure = next((f for f in offered if f == request.GET.get("map")), pictures.FIGURES[0])
    file, refused = _operator_map()
    on_map = file is not None and request.GET.get("as") == "map"
    try:
        if on_map and file is not None:
            drawn = pictures.map_of(document, file, figure, against, links=True)
        else:
            drawn = pictures.tile_grid(document, figure, against, links=True)
    except pictures.NoPicture:
        return {"figure": figure, "picture": None}
    return {
        "figure": figure,
        "figures": [(f, _(pictures.CHOICES[f])) for f in offered],
        "picture": _inline(drawn),
        "picture_title": drawn.attrib["aria-label"],
        "picture_heading": _(pictures.HEADINGS[figure]),
        "picture_name": f"{picture_views.MAP if on_map else picture_views.TILES}-{figure}",
        "has_map": file is not None,
        "on_map": on_map,
        "map_refused": refused,
        "numbers": pictures.shown(document, figure, against),
        "table": next((t for t in pages.tables(document) if t.key == "regions"), None),
    }


def _operator_map() -> tuple[maps.MapFile | None, str]:
    """The operator's map, or why there is none: a file that may not be shown must not take the page with it."""
    try:
        return nation.operator_map(), ""
    except maps.MapRefused as refused:
        return None, refused.said(_)


def _trend(found: nation.Trend) -> dict[str, Any]:
    """The months' pictures, as many as there are totals for."""
    drawn = {what: found.picture(what) for what in pictures.MEASURES if _has(found, what)}
    return {
        "trend": found,
        "trend_pictures": [(what, _inline(one), one.attrib["aria-label"]) for what, one in drawn.items()],
        "trend_source": picture_views.trend_source(found),
    }


def _has(found: nation.Trend, what: pictures.Measure) -> bool:
    return any(getattr(one.totals, what) is not None for one in found.months)


def _inline(drawn: ET.Element) -> SafeString:
    return mark_safe(svg.as_text(drawn))  # noqa: S308 - the writer of XML has escaped every text in it
