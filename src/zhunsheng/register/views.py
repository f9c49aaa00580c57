"""Looking things up: search, certificate, organisation, certification body. None of it needs signing in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from zhunsheng.register import pages, queries
from zhunsheng.register.forms import DatesForm, SearchForm

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from zhunsheng.people.http import Request
    from zhunsheng.people.policy import Viewer
    from zhunsheng.register.models import Certificate

SECTION = "search"
CERTIFICATES_A_PAGE = 20
BAD_REQUEST = 400


@require_safe
def search(request: Request) -> HttpResponse:
    """Find certificates, organisations and bodies by number, code or part of the name."""
    form = SearchForm(request.GET)
    if not form.is_valid():
        return render(request, "register/search.html", {"section": SECTION, "form": form}, status=BAD_REQUEST)
    text = form.cleaned_data["q"].strip()
    result = queries.search(text) if text else None
    return render(request, "register/search.html", {"section": SECTION, "text": text, "result": result})


@require_safe
def certificate(request: Request, pk: int) -> HttpResponse:
    """Show a certificate: what it says, what it is on the day asked about, everything that happened to it."""
    found = queries.certificate(pk)
    today = timezone.localdate()
    form = DatesForm(request.GET)
    on, known = today, today
    if form.is_valid():
        on = form.cleaned_data["on"] or today
        known = form.cleaned_data["known"] or today
    context = {
        "section": SECTION,
        "certificate": found,
        "form": form,
        "on": on,
        "known": known,
        **_answers(found, on, known, today),
        **_contents(found, request.viewer, on, known),
    }
    return render(request, "register/certificate.html", context, status=200 if form.is_valid() else BAD_REQUEST)


def _answers(found: Certificate, on: date, known: date, today: date) -> dict[str, object]:
    then = queries.as_known(found, on=on, known=known)
    asked = (on, known) != (today, today)
    now = queries.status(found, on=today, known=today) if asked else then.state
    return {"asked": asked, "then": then, "now": now}


def _contents(found: Certificate, viewer: Viewer, on: date, known: date) -> dict[str, object]:
    everything = queries.sees_details(found, viewer)
    timeline = queries.timeline(found)
    entries = pages.entries(timeline, layout=found.layout, on=on, known=known, everything=everything)
    return {
        "sees_details": everything,
        "facts": pages.facts(queries.details_for(found, viewer), found.layout),
        "entries": entries,
        "some_do_not_count": not all(entry.counts for entry in entries),
    }


@require_safe
def organisation(request: Request, pk: int) -> HttpResponse:
    """Show an organisation with its former names and its certificates."""
    found = queries.organisation(pk)
    page = _page_number(request)
    start = (page - 1) * CERTIFICATES_A_PAGE
    rows = queries.certificates_of(found, limit=CERTIFICATES_A_PAGE + 1, offset=start)
    context = {
        "section": SECTION,
        "organisation": found,
        "names": queries.names_of(found),
        "certificates": rows[:CERTIFICATES_A_PAGE],
        "number": page,
        "previous": page - 1,
        "next": page + 1 if len(rows) > CERTIFICATES_A_PAGE else None,
    }
    return render(request, "register/organisation.html", context)


def _page_number(request: Request) -> int:
    text = request.GET.get("page", "")
    longest = 6  # A page number that no organisation has is the first page, not a failure of the database.
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= longest else 1


@require_safe
def body(request: Request, approval_no: str) -> HttpResponse:
    """Show a certification body: whether and for what it is approved, when it last reported."""
    found = queries.body(approval_no)
    scopes, counted = queries.scopes_of(found), queries.certificates_by_scheme(found, timezone.localdate())
    context = {
        "section": SECTION,
        "body": found,
        "scopes": scopes,
        "dated": any(scope.from_on or scope.until_on for scope in scopes),
        "counted": counted,
        "total": sum(n for _name, n in counted),
    }
    return render(request, "register/body.html", context)
