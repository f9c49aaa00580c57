"""A draft's way to publication, for the nation's regulator: made in the background, checked, published or discarded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhunsheng.bulletin import actions, checks, correcting, queries
from zhunsheng.bulletin.forms import CorrectionForm, MakingForm
from zhunsheng.bulletin.policy import BULLETIN, JobState, State, Step, gate
from zhunsheng.bulletin.steps import back_to
from zhunsheng.codes.errors import ZhunshengError
from zhunsheng.people.policy import require
from zhunsheng.people.roles import Permission

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from zhunsheng.bulletin.model import Finding
    from zhunsheng.bulletin.models import MonthlyBulletin
    from zhunsheng.people.http import Request

SECTION = "bulletins"
BAD_REQUEST, UNAUTHENTICATED = 400, 401
UNDER_WAY = (JobState.QUEUED, JobState.RUNNING)
EXPLANATION = "explanation-"
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_OR_POST)
@login_required
def new(request: Request) -> HttpResponse:
    """Order a month's draft; it is made in the background."""
    require(request.viewer, Permission.MAKE_BULLETIN)
    today = timezone.localdate()
    if request.method != "POST":
        asked = request.GET.get("month") or _last_month(today)
        return _new(request, MakingForm(initial={"month": asked, "known_on": today.isoformat()}))
    form = MakingForm(request.POST)
    if form.is_valid():
        try:
            ordered = actions.order(
                **form.cleaned_data, viewer=request.viewer, by=request.viewer.name, at=timezone.now()
            )
        except ZhunshengError as error:
            form.add_error(None, error.said(_))
        else:
            return redirect("bulletin-making", pk=ordered.pk)
    return _new(request, form, status=BAD_REQUEST)


def _last_month(today: date) -> str:
    return f"{today.year - (today.month == 1)}-{(today.month - 2) % 12 + 1:02d}"


def _new(request: Request, form: MakingForm, status: int = 200) -> HttpResponse:
    makings = queries.makings(request.viewer)[:10]
    context = {"section": SECTION, "form": form, "makings": makings}
    return render(request, "bulletin/edit.html", context, status=status)


@require_safe
@login_required
def making(request: Request, pk: int) -> HttpResponse:
    """Show how far a draft's making is, then lead to the draft."""
    require(request.viewer, Permission.MAKE_BULLETIN)
    found = queries.making(pk, request.viewer)
    if found.state == JobState.DONE and found.bulletin_id:
        return redirect("bulletin", pk=found.bulletin_id)
    failure = queries.failed(found)
    context = {
        "section": SECTION,
        "found": found,
        "failure": failure.said(_) if failure else "",
        "under_way": found.state in UNDER_WAY,
    }
    return render(request, "bulletin/making.html", context)


@require_safe
def progress(request: Request, pk: int) -> HttpResponse:
    """Answer the page's poll with the bar; once the work has ended, ask for the whole page."""
    if not request.viewer.name:
        asked = redirect_to_login(resolve_url("bulletin-making", pk))
        if "HX-Request" not in request.headers:
            return asked
        return HttpResponse(status=UNAUTHENTICATED, headers={"HX-Redirect": asked.url})
    require(request.viewer, Permission.MAKE_BULLETIN)
    found = queries.making(pk, request.viewer)
    context = {"found": found, "under_way": found.state in UNDER_WAY}
    response = render(request, "bulletin/making_progress.html", context)
    if found.state not in UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


@require_http_methods(GET_OR_POST)
@login_required
@back_to("bulletin")
def check(request: Request, pk: int) -> HttpResponse:
    """Read a draft's findings and put on record that they were read, with words for each warning."""
    kept = _draft(request, pk, Step.CHECK)
    said, fault = dict(kept.explanations), ""
    if request.method == "POST":
        said = {n.removeprefix(EXPLANATION): str(t) for n, t in request.POST.items() if n.startswith(EXPLANATION)}
        try:
            actions.self_check(**_step(request, kept), explanations=said)
        except ZhunshengError as error:
            fault = error.said(_)
        else:
            return redirect("bulletin", pk=pk)
    findings = queries.findings(kept)
    context = {
        "section": SECTION,
        "kept": kept,
        "fault": fault,
        "errors": checks.errors(findings),
        "findings": _to_read(findings, said),
    }
    return render(request, "bulletin/check.html", context, status=BAD_REQUEST if fault else 200)


def _to_read(findings: Sequence[Finding], said: Mapping[str, str]) -> list[tuple[Finding, str, str]]:
    """Return findings with the name and the words of the box for their explanation; a cell has one box."""
    shown: set[str] = set()
    rows = []
    for finding in findings:
        key = checks.key(finding)
        asks = finding.level == checks.WARNING and key not in shown
        rows.append((finding, EXPLANATION + key if asks else "", said.get(key, "")))
        shown.add(key)
    return rows


@require_http_methods(GET_OR_POST)
@login_required
@back_to("bulletin")
def publish(request: Request, pk: int) -> HttpResponse:
    """Say what publishing cannot undo, ask for the reason of a correction, and publish."""
    require(request.viewer, Permission.MAKE_BULLETIN)
    if request.method == "POST" and _published_so(request, pk):
        return redirect("bulletin", pk=pk)
    kept = _draft(request, pk, Step.PUBLISH)
    old, fault = queries.to_correct(kept.month), ""
    form = CorrectionForm(request.POST or None) if old else None
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            actions.publish(**_step(request, kept), **(form.cleaned_data if form else {}))
        except ZhunshengError as error:
            fault = error.said(_)
        else:
            return redirect("bulletin", pk=pk)
    changes = correcting.differences(queries.document(old), queries.document(kept)) if old else []
    context = {"section": SECTION, "kept": kept, "old": old, "form": form, "changes": changes, "fault": fault}
    failed = bool(fault or (form and form.errors))
    return render(request, "bulletin/publish.html", context, status=BAD_REQUEST if failed else 200)


@require_http_methods(GET_OR_POST)
@login_required
@back_to("bulletin")
def discard(request: Request, pk: int) -> HttpResponse:
    """Ask whether a draft is really to be thrown away, and do it."""
    kept, fault = _draft(request, pk, Step.DISCARD), ""
    if request.method == "POST":
        try:
            actions.discard(**_step(request, kept))
        except ZhunshengError as error:
            fault = error.said(_)
        else:
            return redirect("bulletins")
    context = {
        "section": SECTION,
        "fault": fault,
        "digest": kept.sha256,
        "title": _("弃用这份草稿"),
        "sentences": [
            _("%(month)s 的草稿（截至 %(known)s 所知）将被删去，不能找回。")
            % {"month": kept.month, "known": kept.known_on},
            _("同样的数字以后可以由登记簿重新制作。"),
        ],
        "button": _("弃用"),
        "back": reverse("bulletin", args=[pk]),
    }
    return render(request, "bulletin/confirm.html", context, status=BAD_REQUEST if fault else 200)


def _published_so(request: Request, pk: int) -> bool:
    """Tell whether the very figures that were shown are published by now: by a double click, or by a colleague."""
    kept = queries.kept(pk, request.viewer)
    return kept.state == State.PUBLISHED and kept.sha256 == request.POST.get("digest")


def _draft(request: Request, pk: int, step: Step) -> MonthlyBulletin:
    """Return a draft that allows the step. Raises NotPermitted, NoSuchBulletin, Refused."""
    require(request.viewer, Permission.MAKE_BULLETIN)
    kept = queries.kept(pk, request.viewer)
    gate(BULLETIN, State(kept.state), step)
    return kept


def _step(request: Request, kept: MonthlyBulletin) -> dict[str, Any]:
    """Return what every step on a draft says: which figures were seen, by whom, when."""
    digest = request.POST.get("digest", "")
    return {"pk": kept.pk, "digest": digest, "viewer": request.viewer, "by": request.viewer.name, "at": timezone.now()}
