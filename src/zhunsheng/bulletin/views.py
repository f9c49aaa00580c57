"""The bulletins: the months kept here, one month's page, downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhunsheng.bulletin import pages, queries, writing

if TYPE_CHECKING:
    from zhunsheng.bulletin.models import MonthlyBulletin
    from zhunsheng.people.http import Request

SECTION = "bulletins"
MONTHS_A_PAGE = 12
KINDS = {"txt": "text/plain", "csv": "text/csv", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A kept bulletin in the list of months."""

    kept: MonthlyBulletin
    totals: pages.Totals
    grave: dict[str, int]


@require_safe
def listed(request: Request) -> HttpResponse:
    """List the months, the published bulletin beside the made ones."""
    page = Paginator(pages.by_month(queries.listed()), MONTHS_A_PAGE).get_page(request.GET.get("page"))
    months = [
        {"month": m.month, "published": [_listed(k) for k in m.published], "made": [_listed(k) for k in m.made]}
        for m in page
    ]
    return render(request, "bulletin/list.html", {"section": SECTION, "months": months, "page": page})


def _listed(kept: MonthlyBulletin) -> Listed:
    return Listed(kept, pages.totals(queries.document(kept)), pages.grave(queries.findings(kept)))


@require_safe
def bulletin(request: Request, pk: int) -> HttpResponse:
    """Show one month's bulletin with what the check says, on request beside the other one of that month."""
    kept = queries.kept(pk)
    document, findings, other = queries.document(kept), queries.findings(kept), queries.other_origin(kept)
    other_document = queries.document(other) if other else None
    beside = other_document if "compare" in request.GET else None
    order = _order(request)
    laid = pages.tables(document, findings=findings, beside=beside, order=order)
    context = {
        "section": SECTION,
        "kept": kept,
        "document": document,
        "totals": pages.totals(document),
        "findings": findings,
        "grave": pages.grave(findings),
        "tables": laid,
        "order": order,
        "other": other,
        "other_totals": other_document and pages.totals(other_document),
        "beside": beside is not None,
        "compared": sum(table.compared for table in laid),
        "different": sum(table.different for table in laid),
    }
    return render(request, "bulletin/page.html", context)


def _order(request: Request) -> str:
    order = request.GET.get("order")
    return order if order in pages.ORDERS else pages.GB_ORDER


@require_safe
def file(request: Request, pk: int, ending: str) -> HttpResponse:
    """Send a bulletin as text in the published layout, as CSV, or in the JSON shape of `bulletin read`."""
    kept = queries.kept(pk)
    if ending not in KINDS:
        raise Http404
    document = queries.document(kept)
    if ending == "txt":
        made = kept.origin == "made" and kept.known_on
        note = writing.basis(made, counts_suspended=kept.counts_suspended) if made else ""
        content = writing.as_text(document, order=_order(request), note=note)
    else:
        # The mark at the beginning tells Excel that the CSV is UTF-8.
        content = "\ufeff" + writing.as_csv(document) if ending == "csv" else writing.as_json(document)
    response = HttpResponse(content, content_type=f"{KINDS[ending]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="bulletin-{kept.month}-{kept.origin}.{ending}"'
    return response
