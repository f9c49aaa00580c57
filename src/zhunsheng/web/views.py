"""The first page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhunsheng.bulletin import pages
from zhunsheng.bulletin import queries as bulletins

if TYPE_CHECKING:
    from django.http import HttpResponse

    from zhunsheng.people.http import Request

HOME_TABLES = ("projects", "regions")


@require_safe
def home(request: Request) -> HttpResponse:
    """Show the search box and the newest bulletin's figures."""
    kept = bulletins.newest()
    context: dict[str, object] = {"kept": kept}
    if kept is not None:
        document = bulletins.document(kept)
        context["totals"] = pages.totals(document)
        context["grave"] = pages.grave(bulletins.findings(kept))
        context["tables"] = [t for t in pages.tables(document) if t.key in HOME_TABLES]
    return render(request, "web/home.html", context)
