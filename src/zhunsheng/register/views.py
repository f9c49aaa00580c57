"""A certificate, an organisation, a certification body, the list of bodies. None of it needs signing in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.register import approvals, counting, holdings, pages, queries, reporting, timelines, words
from zhunsheng.register.forms import BodiesForm, DatesForm, HoldingsForm
from zhunsheng.register.policy import BodyStatus, Verdict

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from zhunsheng.papers.lifeline import Lifeline
    from zhunsheng.people.http import Request
    from zhunsheng.people.policy import Viewer
    from zhunsheng.register.models import Certificate, Event, Organisation

SECTION, BODIES = "search", "bodies"
# A picture of more certificates than these could not be read; the table has as many.
CERTIFICATES_A_PAGE = 20
BODIES_A_PAGE = 50
OK, BAD_REQUEST = 200, 400


@dataclass(frozen=True, slots=True)
class Asked:
    """What a page was asked: a day, as known on another, today; `form` keeps what was typed."""

    form: DatesForm
    on: date
    known: date
    today: date

    @property
    def other_days(self) -> bool:
        """Tell whether another day is asked about than today, or as known on another."""
        return (self.on, self.known) != (self.today, self.today)

    @property
    def status(self) -> int:
        """Return the status of the answer."""
        return OK if self.form.is_valid() else BAD_REQUEST

    @property
    def parameters(self) -> str:
        """Return both days as the part of an address behind the question mark."""
        return f"on={self.on}&known={self.known}"


def asked(request: Request) -> Asked:
    """Read both days of a request; what cannot be read counts as today and is said in the form."""
    today = timezone.localdate()
    form = DatesForm(request.GET, today=today)
    return Asked(form, *form.days(), today)


def _shown(request: Request, one: Asked) -> dict[str, object]:
    """Return what every page with the two days shows of them."""
    return {
        "section": SECTION,
        "form": one.form,
        "on": one.on,
        "known": one.known,
        "asked": one.other_days,
        "parameters": one.parameters,
        "address": request.build_absolute_uri(f"{request.path}?{one.parameters}"),
        "presets_known": pages.presets_known(one.on, one.today),
    }


@require_safe
def certificate(request: Request, pk: int) -> HttpResponse:
    """Show a certificate: what it says, what it is on the day asked about, everything that happened to it."""
    found, one = queries.certificate(pk), asked(request)
    timeline = queries.timeline(found)
    context = {
        **_shown(request, one),
        "certificate": found,
        "presets_on": pages.presets_on(one.today, found, timeline),
        **_answers(found, timeline, one),
        **_contents(found, timeline, request.viewer, one),
    }
    return render(request, "register/certificate.html", context, status=one.status)


def _answers(found: Certificate, timeline: list[Event], one: Asked) -> dict[str, object]:
    then = queries.as_known(found, on=one.on, known=one.known)
    now = queries.status(found, on=one.today, known=one.today) if one.other_days else then.state
    later = pages.learned_later(timeline, on=one.on, known=one.known, today=one.today)
    return {"then": then, "now": now, "since": pages.since(then), "later": later}


def _contents(found: Certificate, timeline: list[Event], viewer: Viewer, one: Asked) -> dict[str, object]:
    everything = queries.sees_details(found, viewer)
    entries = pages.entries(timeline, layout=found.layout, on=one.on, known=one.known, everything=everything)
    return {
        "sees_details": everything,
        "facts": pages.facts(queries.details_for(found, viewer), found.layout),
        "entries": entries,
        "some_do_not_count": not all(entry.counts for entry in entries),
    }


@require_safe
def organisation(request: Request, pk: int) -> HttpResponse:
    """Show an organisation with its former names and its certificates of every body on a day."""
    found, one = queries.organisation(pk), asked(request)
    held = holdings.held_by(found, on=one.on, known=one.known)
    form, rows = chosen(request, held, one.today)
    page, names = page_of(request, rows), queries.names_of(found)
    context = {
        **_shown(request, one),
        "form": form,
        "presets_on": pages.presets_on(one.today),
        "organisation": found,
        "names": names,
        "held": held,
        "former": pages.former_names(found, names),
        "kept": held.schemes(),
        "totals": held.totals(),
        "chosen": len(rows),
        "more_fields": [form["state"], form["body"]],
        "picture_parameters": f"{one.parameters}&{urlencode(_filters(form, page.number))}",
        "page": page,
        "certificates": holdings.with_all(list(page)),
        "strips": strips_of(found, page, on=one.on, known=one.known, today=one.today).rows if rows else (),
    }
    return render(request, "register/organisation.html", context, status=OK if form.is_valid() else BAD_REQUEST)


def _filters(form: HoldingsForm, number: int) -> dict[str, str | int]:
    """Return what a picture needs to show the same certificates as the page."""
    given = form.cleaned_data if form.is_valid() else {}
    return {"state": given.get("state", ""), "body": given.get("body", ""), "page": number}


def chosen(request: Request, held: holdings.Holdings, today: date) -> tuple[HoldingsForm, list[holdings.Holding]]:
    """Return the form over an organisation's certificates, its choices counted, and those that it picks out."""
    form = HoldingsForm(request.GET, today=today)
    counts = held.states()
    form.offer(
        states=[(s.value, pages.with_count(_(words.STATES[s]), counts[s])) for s in holdings.ORDER],
        bodies=[
            (body.approval_no, pages.with_count(body.name, n))
            for body, n in held.bodies(also=request.GET.get("body", ""))
        ],
    )
    if not form.is_valid():
        return form, held.rows
    return form, held.only(state=form.cleaned_data["state"], body=form.cleaned_data["body"])


def page_of(request: Request, rows: list[holdings.Holding]) -> Page[holdings.Holding]:
    """Return the part of an organisation's certificates that is shown at a time."""
    return Paginator(rows, CERTIFICATES_A_PAGE).get_page(request.GET.get("page"))


def strips_of(found: Organisation, page: Page[holdings.Holding], *, on: date, known: date, today: date) -> Lifeline:
    """Return the lifeline of an organisation: a strip for each certificate of the page."""
    note = _("来源：本登记簿，按截至 %(known)s 所知。第 %(page)s 页，共 %(pages)s 页；一行一张证书，共 %(n)s 张。")
    said = {"known": known, "page": page.number, "pages": page.paginator.num_pages, "n": page.paginator.count}
    return timelines.of_certificates(
        _("%(name)s 的证书：何时有效") % {"name": found.name},
        [(f"{row.number} · {words.scheme(row.scheme)}", row.events) for row in page],
        on=on,
        known=known,
        today=today,
        note=note % said,
    )


@require_safe
def body(request: Request, approval_no: str) -> HttpResponse:
    """Show a certification body: its approval, how current its returns are, its certificates by scheme and region."""
    found, today = queries.body(approval_no), timezone.localdate()
    scopes = queries.scopes_of(found)
    months = reporting.of_body(found, today=today)
    context = {
        "section": BODIES,
        "body": found,
        "lapsed": found.status == BodyStatus.APPROVED and found.expires_on is not None and found.expires_on < today,
        "scopes": scopes,
        "dated": any(scope.from_on or scope.until_on for scope in scopes),
        "months": months,
        "latest": next((month for month in months if month.verdict is not Verdict.NOT_DUE), None),
        "some_came": any(month.rows for month in months),
        "counted": counting.of_body(found, today=today),
        "most_live": counting.MOST_LIVE,
    }
    return render(request, "register/body.html", context)


@require_safe
def bodies(request: Request) -> HttpResponse:
    """List the certification bodies by name or number and by status, with when each last reported."""
    form = BodiesForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {"q": "", "status": ""}
    found = approvals.bodies_like(given["q"], status=given["status"])
    page = Paginator(found, BODIES_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": BODIES,
        "form": form,
        "page": page,
        "rows": approvals.with_counts(page),
        "narrowed": any(given.values()),
    }
    return render(request, "register/bodies.html", context, status=OK if form.is_valid() else BAD_REQUEST)
