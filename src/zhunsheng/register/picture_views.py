"""The pictures of the register as files: the same one stands in its page, and is saved as SVG or PNG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.papers import bars, frame, strips, svg, typesetting
from zhunsheng.papers.lifeline import NARROW, WIDE
from zhunsheng.register import holdings, queries, reporting, timelines, views
from zhunsheng.register.forms import DatesForm

if TYPE_CHECKING:
    from xml.etree import ElementTree as ET

    from zhunsheng.people.http import Request

KINDS = {"svg": "image/svg+xml; charset=utf-8", "png": "image/png"}


def _sent(root: ET.Element, name: str, ending: str) -> HttpResponse:
    if ending not in KINDS:
        raise Http404
    file = svg.as_file(root)
    response = HttpResponse(file if ending == "svg" else typesetting.png(file), content_type=KINDS[ending])
    response["Content-Disposition"] = f'inline; filename="{name}.{ending}"'
    return response


def _width(request: Request) -> int:
    return NARROW if "narrow" in request.GET else WIDE


@require_safe
def certificate(request: Request, pk: int, ending: str) -> HttpResponse:
    """Send the timeline of a certificate on a day as known on another. Raises BadDates."""
    found, today = queries.certificate(pk), timezone.localdate()
    on, known = DatesForm(request.GET, today=today).days_or_refusal()
    holder = queries.as_known(found, on=on, known=known).organisation or found.organisation
    days = {"on": on, "known": known, "today": today}
    drawn = timelines.of_certificate(found, queries.timeline(found), holder=holder.name, **days)
    return _sent(strips.draw(drawn, width=_width(request)), f"certificate-{pk}-on-{on}-known-{known}", ending)


@require_safe
def organisation(request: Request, pk: int, ending: str) -> HttpResponse:
    """Send the certificates of an organisation that its page shows, one strip each. Raises BadDates."""
    found, today = queries.organisation(pk), timezone.localdate()
    on, known = DatesForm(request.GET, today=today).days_or_refusal()
    held = holdings.held_by(found, on=on, known=known)
    _form, rows = views.chosen(request, held, today)
    drawn = views.strips_of(found, views.page_of(request, rows), on=on, known=known, today=today)
    return _sent(strips.draw(drawn, width=_width(request)), f"organisation-{pk}-on-{on}-known-{known}", ending)


@require_safe
def returns(request: Request, approval_no: str, ending: str) -> HttpResponse:
    """Send how many rows of each month's return of a body were accepted, as bars."""
    found, today = queries.body(approval_no), timezone.localdate()
    months = reversed(reporting.of_body(found, today=today))
    drawn = [bars.Bar(month.month, month.rows, f"{month.rows:,}") for month in months]
    title = _("%(name)s：各月上报收到的行数") % {"name": found.name}
    root = bars.draw(drawn, title=title, width=_width(request) - 2 * frame.EDGE)
    source = _("来源：本登记簿，到 %(day)s 为止收到的上报；按数据所属月份，单位：行。") % {"day": today}
    return _sent(frame.framed(root, heading=title, source=source), f"returns-{found.approval_no}", ending)
