"""Searching: the page with its filters, facets and further pages, and the export of what was found."""

from __future__ import annotations

from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from django.http import FileResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.people.roles import Permission
from zhunsheng.register import exporting, finding
from zhunsheng.register.finding import LABELS, What, saying
from zhunsheng.register.forms import SearchForm

if TYPE_CHECKING:
    from datetime import date
    from typing import IO

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from zhunsheng.people.http import Request
    from zhunsheng.people.policy import Viewer

SECTION = "search"
BAD_REQUEST = 400
# Hits of each kind where all kinds are shown together.
FEW = 10
A_PAGE = finding.PUBLIC_HITS
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Asking:
    """One search of one reader: `bulk` reads page by page, within the reader's reach; `own` asks for just that."""

    query: finding.Query
    viewer: Viewer
    today: date
    bulk: bool
    own: bool

    def address(self, query: finding.Query, **more: str) -> str:
        """Return the address of a search like this one, behind the question mark."""
        return urlencode([*query.pairs(), *({"own": "1"} if self.own else {}).items(), *more.items()])


@require_safe
def search(request: Request) -> HttpResponse:
    """Find certificates, organisations and bodies by number, code or part of a name, narrowed by filters."""
    form = SearchForm(request.GET)
    context: dict[str, Any] = {"section": SECTION, "form": form, "text": request.GET.get("q", "")}
    if not form.is_valid():
        return render(request, "register/search.html", context, status=BAD_REQUEST)
    asking = _asking(request, form.query)
    context |= {"asking": asking, "query": asking.query, "may_export": _may(request.viewer), "own": asking.own}
    context |= _chips(asking)
    if asking.query.empty and not asking.bulk:
        return render(request, "register/search.html", context)
    if not asking.query.identifies and not asking.bulk:
        return render(request, "register/search.html", context | {"too_wide": True})
    return render(request, "register/search.html", context | _found(asking, request.GET.get("after", "")))


@require_safe
def export(request: Request) -> HttpResponseBase:
    """Give everything that a search finds within the reader's reach as XLSX or CSV."""
    query = finding.read(request.GET.dict())
    made = exporting.prepare(
        query=query,
        form=request.GET.get("form", exporting.XLSX),
        viewer=request.viewer,
        by=request.viewer.name,
        at=timezone.now(),
    )
    name = f"zhunsheng-{made.today}.{made.form}"
    if made.form == exporting.CSV:
        response: HttpResponseBase = StreamingHttpResponse(
            exporting.csv_lines(made), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response
    # Closed by the response when it has been sent.
    file = cast("IO[bytes]", TemporaryFile())  # noqa: SIM115
    exporting.write_xlsx(made, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _may(viewer: Viewer) -> bool:
    return viewer.may(Permission.READ_IN_BULK)


def _asking(request: Request, query: finding.Query) -> Asking:
    """Read in bulk whoever may everywhere, and whoever asks for their own; anyone else sees the first hits."""
    may = _may(request.viewer)
    everywhere = may and finding.reach_of(request.viewer).everything
    own = may and not everywhere and request.GET.get("own") == "1"
    return Asking(query, request.viewer, timezone.localdate(), bulk=everywhere or own, own=own)


def _chips(asking: Asking) -> dict[str, object]:
    """Return what is asked, each with the address without it, and the kinds of things with theirs."""
    return {
        "chips": [(one, asking.address(one.without)) for one in saying.said(asking.query)],
        "kinds": [
            (kind, _(word), asking.address(asking.query.narrowed("what", kind))) for kind, word in saying.KINDS.items()
        ],
        "plain_address": asking.query.address(),
        "own_address": f"{asking.query.address()}&own=1",
        "limited": _may(asking.viewer) and (asking.own or not asking.bulk),
    }


def _found(asking: Asking, after: str) -> dict[str, object]:
    """Return what was found, in lists by kind, with the address of the next page and the facets."""
    what = asking.query.what
    place = finding.cursor(after) if asking.bulk and what is not What.ALL else None
    few = FEW if what is What.ALL else A_PAGE
    common: dict[str, Any] = {"viewer": asking.viewer, "bulk": asking.bulk, "limit": few, "after": place}
    dated = common | {"today": asking.today}
    pages: dict[str, finding.Page[Any]] = {}
    if what in {What.ALL, What.CERTIFICATES}:
        pages["certificates"] = finding.certificates(asking.query, **dated)
    if what in {What.ALL, What.ORGANISATIONS}:
        pages["organisations"] = finding.organisations(asking.query, **dated)
    if what is What.BODIES or (what is What.ALL and (asking.query.text or asking.query.body)):
        pages["bodies"] = finding.bodies(asking.query, **common)
    empty = not any(page.rows for page in pages.values())
    only = pages[what] if what is not What.ALL else None
    return {
        "found": pages,
        "all_addresses": {kind: asking.address(asking.query.narrowed("what", kind)) for kind in pages},
        "next_address": asking.address(asking.query, after=only.next.token())
        if asking.bulk and only and only.next
        else "",
        "first_page": place is None,
        "near": finding.near(asking.query) if empty and asking.query.text else [],
        "empty": empty,
        # What was looked through holds nothing, but that was not everything.
        "unfinished": empty and any(page.next is not None for page in pages.values()),
        **(_divided(asking) if "certificates" in pages and place is None else {}),
    }


@dataclass(frozen=True, slots=True)
class Link:
    """A value of a facet: its words, how many (None: uncounted), and the address that narrows to it.

    `is_name` says that the words are a name from the register, which no language changes.
    """

    words: str
    n: int | None
    address: str
    is_name: bool


def _divided(asking: Asking) -> dict[str, object]:
    """Return the count of certificates and the facets as links; a field that is settled already gives none."""
    found = finding.facets(asking.query, viewer=asking.viewer, today=asking.today, bulk=asking.bulk)
    names = saying.body_names(value.code for value in found.groups["body"])
    query = asking.query.narrowed("what", What.CERTIFICATES)
    groups = [
        (
            _(LABELS[field]),
            [
                Link(
                    names.get(value.code, value.code) if field == "body" else saying.value_said(field, value.code),
                    value.n,
                    asking.address(query.narrowed(field, value.code)),
                    is_name=field == "body" and value.code in names,
                )
                for value in values
            ],
        )
        for field, values in found.groups.items()
        if len(values) > 1
    ]
    return {"total": found.total, "groups": groups}
