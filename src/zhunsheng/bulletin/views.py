"""The bulletins: the months kept here, one month's page with its life and its corrections, downloads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.bulletin import checks, correcting, nation, pages, queries, writing
from zhunsheng.bulletin.writing import sentences
from zhunsheng.people.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.bulletin.model import Bulletin
    from zhunsheng.bulletin.models import MonthlyBulletin
    from zhunsheng.people.http import Request

SECTION = "bulletins"
MONTHS_A_PAGE = 12
KINDS = {
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A kept bulletin in the list of months."""

    kept: MonthlyBulletin
    totals: pages.Totals
    grave: dict[str, int]


@require_safe
def listed(request: Request) -> HttpResponse:
    """List the months, the bulletin published elsewhere beside those made here."""
    page = Paginator(pages.by_month(queries.listed(request.viewer)), MONTHS_A_PAGE).get_page(request.GET.get("page"))
    months = [
        {"month": m.month, "published": [_listed(k) for k in m.published], "made": [_listed(k) for k in m.made]}
        for m in page
    ]
    context = {
        "section": SECTION,
        "months": months,
        "page": page,
        "makes": request.viewer.everywhere(Permission.MAKE_BULLETIN),
        "under_way": queries.makings(request.viewer).filter(finished_at=None),
    }
    return render(request, "bulletin/list.html", context)


def _listed(kept: MonthlyBulletin) -> Listed:
    return Listed(kept, pages.totals(queries.document(kept)), pages.grave(queries.findings(kept)))


@require_safe
def month(request: Request, month: str) -> HttpResponse:  # noqa: ARG001 - Django names it
    """Lead from a month to its bulletin as it stands now."""
    return redirect("bulletin", pk=queries.of_month(month).pk)


@require_safe
def bulletin(request: Request, pk: int) -> HttpResponse:
    """Show one version of a month's bulletin with what the check says, on request beside the other of that month."""
    kept = queries.kept(pk, request.viewer)
    document, explained, other = queries.document(kept), queries.explained(kept), queries.other_origin(kept)
    findings = [finding for finding, _words in explained]
    other_document = queries.document(other) if other else None
    beside = other_document if "compare" in request.GET else None
    order = _order(request)
    laid = pages.tables(document, findings=findings, beside=beside, order=order)
    context = {
        "section": SECTION,
        "kept": kept,
        "overview": sentences.headline_text(document),
        "growth": sentences.growth_text(document),
        "totals": pages.totals(document),
        "findings": explained,
        "grave": pages.grave(findings),
        "tables": laid,
        "order": order,
        "other": other,
        "other_totals": other_document and pages.totals(other_document),
        "beside": beside is not None,
        "compared": sum(table.compared for table in laid),
        "different": sum(table.different for table in laid),
        "before": queries.before_month(kept.month, kept.origin),
        **_life(request, kept, document),
    }
    return render(request, "bulletin/page.html", context)


def _life(request: Request, kept: MonthlyBulletin, document: Bulletin) -> dict[str, Any]:
    """Its versions, what it corrects and what corrected it, and for its maker what comes next."""
    makes = request.viewer.everywhere(Permission.MAKE_BULLETIN)
    corrected = getattr(kept, "corrected_by", None)
    return {
        "versions": queries.versions(kept),
        "newest": queries.of_month(kept.month, kept.origin) if corrected else None,
        "corrected": corrected,
        "changes": correcting.differences(queries.document(kept.corrects), document) if kept.corrects else [],
        "makes": makes,
        "errors": len(checks.errors(queries.findings(kept))) if makes else 0,
    }


def _order(request: Request) -> str:
    order = request.GET.get("order")
    return order if order in pages.ORDERS else pages.GB_ORDER


@require_safe
def file(request: Request, pk: int, ending: str) -> HttpResponse:
    """Send a bulletin in the published layout (text, HTML, PDF, XLSX), as CSV, or in the shape of `bulletin read`."""
    kept = queries.kept(pk, request.viewer)
    if ending not in KINDS:
        raise Http404
    response = HttpResponse(_content(kept, ending, _order(request)), content_type=KINDS[ending])
    version = f"-v{kept.version}" if kept.version > 1 else ""
    name = f"bulletin-{kept.month}-{kept.origin}{version}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _content(kept: MonthlyBulletin, ending: str, order: str) -> str | bytes:
    document = queries.document(kept)
    if ending == "csv":
        # The mark at the beginning tells Excel that the CSV is UTF-8.
        return "\ufeff" + writing.as_csv(document)
    if ending == "json":
        return writing.as_json(document)
    known = kept.origin == kept.MADE and kept.known_on
    note = writing.basis(known, counts_suspended=kept.counts_suspended) if known else ""
    note = note if kept.published_at else _("草稿，尚未公布。") + note
    if ending == "txt":
        return writing.as_text(document, order=order, note=note)
    line = nation.line_to(kept)
    made = {one.month for one in (*line, kept) if one.origin == kept.MADE}
    beside = writing.illustrations(document, [nation.document(one) for one in line], made=made)
    says: dict[str, Any] = {"order": order, "note": note, "correction": correction(kept), "trend": beside.trend}
    if ending == "xlsx":
        return writing.as_xlsx(document, **says)
    make: Callable[..., bytes] = writing.as_pdf if ending == "pdf" else writing.as_html
    return make(document, **says, pictures=beside.pictures)


def correction(kept: MonthlyBulletin) -> str:
    """Return what stands at the top of a paper: that it was corrected, or what it corrects; else nothing."""
    corrected = getattr(kept, "corrected_by", None)
    if corrected is not None:
        return _("本版已于 %(day)s 更正，请看第 %(version)s 版。") % {
            "day": timezone.localtime(corrected.published_at).date(),
            "version": corrected.version,
        }
    if kept.corrects is None:
        return ""
    return _("本版更正第 %(version)s 版。错在：%(what)s 原因：%(why)s") % {
        "version": kept.corrects.version,
        "what": _(kept.what_was_wrong),
        "why": _(kept.why_wrong),
    }
