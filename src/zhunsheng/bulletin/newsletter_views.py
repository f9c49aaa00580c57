"""Newsletters: those published, for everybody; writing, previewing, publishing and correcting one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from zhunsheng.bulletin import articles, issues, newsletters, pages, queries
from zhunsheng.bulletin.actions import newsletters as actions
from zhunsheng.bulletin.forms import ArticleForm, NewsletterForm
from zhunsheng.bulletin.policy import NEWSLETTER, State, Step, gate
from zhunsheng.bulletin.steps import back_to
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people import queries as people
from zhunsheng.people.policy import require
from zhunsheng.people.roles import Permission

if TYPE_CHECKING:
    from zhunsheng.bulletin.models import Newsletter
    from zhunsheng.people.http import Request

SECTION = "newsletters"
ISSUES_A_PAGE = 20
BAD_REQUEST = 400
GET_OR_POST = ["GET", "HEAD", "POST"]


@require_safe
def listed(request: Request) -> HttpResponse:
    """List the published newsletters and the viewer's own drafts."""
    page = Paginator(newsletters.listed(request.viewer), ISSUES_A_PAGE).get_page(request.GET.get("page"))
    writes = request.viewer.may(Permission.MAKE_NEWSLETTER)
    return render(request, "bulletin/newsletters.html", {"section": SECTION, "page": page, "writes": writes})


@require_safe
def one(request: Request, pk: int) -> HttpResponse:
    """Show an issue: a published one as it was published, one's own draft as it is now."""
    found = newsletters.one(pk, request.viewer)
    of = issues.ready(found)
    context = {
        "section": SECTION,
        "found": found,
        "mine": newsletters.mine(found, request.viewer),
        "corrected": getattr(found, "corrected_by", None),
        "articles": [{**a, "html": articles.html(articles.read(a["text"]))} for a in found.articles],
        "ready": of,
        "totals": pages.totals(of.bulletin),
        "tables": pages.tables(of.bulletin) if issues.FIGURES in found.sections else [],
        "compared": issues.compared(of) if issues.COMPARISON in found.sections else None,
        "titles": {name: _(title) for name, title in issues.TITLES.items()},
    }
    return render(request, "bulletin/newsletter.html", context)


@require_safe
def paper(request: Request, pk: int) -> HttpResponse:
    """Send an issue as PDF: the very file that was published, or a draft's as it is now."""
    found = newsletters.one(pk, request.viewer)
    content = bytes(found.pdf) if found.pdf is not None else issues.as_pdf(found)
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="newsletter-{found.month}-{found.pk}.pdf"'
    return response


def _months() -> list[str]:
    return list(dict.fromkeys(kept.month for kept in queries.standing()))


def _party(request: Request) -> dict[str, str]:
    """Return the one party that the viewer writes for: named by the form where there are several."""
    own = set(newsletters.parties(request.viewer))
    held = {
        f"{m.party.kind}:{m.party.key}": {"kind": m.party.kind, "key": m.party.key, "publisher": m.party.name}
        for m in people.memberships_of(request.viewer)
        if (m.party.kind, m.party.key) in own
    }
    asked = request.POST.get("party", "")
    return held[asked] if asked in held else next(iter(held.values()))


def _writer(request: Request, revision: int = 0) -> actions.Writer:
    return actions.Writer(request.viewer, request.viewer.name, timezone.now(), revision)


def _revision(request: Request) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < len("1000000000") else -1


@require_http_methods(GET_OR_POST)
@login_required
def new(request: Request) -> HttpResponse:
    """Start an issue for the party that the viewer writes for."""
    require(request.viewer, Permission.MAKE_NEWSLETTER)
    months = _months()
    if not months:
        raise ZhunshengError(N_("还没有公布过的通报，简报没有数据可用。"))
    form = NewsletterForm(request.POST or None, months=months, initial={"month": months[0]})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.start(**form.cleaned_data, **_party(request), writer=_writer(request))
            return redirect("newsletter-edit", pk=made.pk)
        except ZhunshengError as error:
            form.add_error(None, error.said(_))
    context = {"section": SECTION, "form": form, "publisher": _party(request)["publisher"]}
    status = BAD_REQUEST if request.method == "POST" else 200
    return render(request, "bulletin/newsletter_edit.html", context, status=status)


def _draft(request: Request, pk: int, step: Step) -> Newsletter:
    require(request.viewer, Permission.MAKE_NEWSLETTER)
    found = newsletters.own(pk, request.viewer)
    gate(NEWSLETTER, State(found.state), step)
    return found


@require_http_methods(GET_OR_POST)
@login_required
@back_to("newsletter")
def edit(request: Request, pk: int) -> HttpResponse:
    """Change an issue's head, month and ready sections; list its articles to be written and put in order."""
    found = _draft(request, pk, Step.EDIT)
    known = {name: getattr(found, name) for name in (*actions.FIELDS, "revision")}
    form = NewsletterForm(request.POST or None, months=_months(), newsletter=found, initial=known)
    if request.method == "POST" and form.is_valid():
        values: dict[str, Any] = form.cleaned_data
        try:
            actions.edit(pk=pk, values=values, writer=_writer(request, values["revision"]))
            return redirect("newsletter-edit", pk=pk)
        except ZhunshengError as error:
            form.add_error(None, error.said(_))
    context = {"section": SECTION, "form": form, "found": found, "publisher": found.publisher}
    status = BAD_REQUEST if request.method == "POST" else 200
    return render(request, "bulletin/newsletter_edit.html", context, status=status)


@require_http_methods(GET_OR_POST)
@login_required
@back_to("newsletter")
def article(request: Request, pk: int, place: int | None = None) -> HttpResponse:
    """Write a new article, or one that is there."""
    found = _draft(request, pk, Step.EDIT)
    if place is not None and place >= len(found.articles):
        raise queries.NoSuchBulletin(N_("没有这篇文章，可能已被移走。请重新打开这一期。"))
    known = {"revision": found.revision, **({} if place is None else found.articles[place])}
    form = ArticleForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        writer = _writer(request, values.pop("revision"))
        try:
            actions.put_article(pk=pk, place=place, **values, writer=writer)
            return redirect("newsletter-edit", pk=pk)
        except ZhunshengError as error:
            form.add_error(None, error.said(_))
    context = {"section": SECTION, "form": form, "found": found, "preview": _preview(form)}
    status = BAD_REQUEST if request.method == "POST" else 200
    return render(request, "bulletin/newsletter_article.html", context, status=status)


def _preview(form: ArticleForm) -> str:
    """Show what is kept, or what was just sent, as it will stand."""
    text = form["text"].value() or ""
    try:
        return articles.html(articles.read(text))
    except ZhunshengError:
        return ""


@require_POST
@login_required
def move(request: Request, pk: int, place: int) -> HttpResponse:
    """Put an article before or behind its neighbour."""
    up = request.POST.get("way") == "up"
    actions.move_article(pk=pk, place=place, up=up, writer=_writer(request, _revision(request)))
    return redirect("newsletter-edit", pk=pk)


@require_POST
@login_required
def remove(request: Request, pk: int, place: int) -> HttpResponse:
    """Take an article out."""
    actions.remove_article(pk=pk, place=place, writer=_writer(request, _revision(request)))
    return redirect("newsletter-edit", pk=pk)


@require_http_methods(GET_OR_POST)
@login_required
@back_to("newsletter")
def publish(request: Request, pk: int) -> HttpResponse:
    """Say what publishing cannot undo, and publish."""
    if request.method == "POST" and _published_so(request, pk):
        return redirect("newsletter", pk=pk)
    found = _draft(request, pk, Step.PUBLISH)
    fault = ""
    if request.method == "POST":
        try:
            actions.publish(pk=pk, writer=_writer(request, _revision(request)))
            return redirect("newsletter", pk=pk)
        except ZhunshengError as error:
            fault = error.said(_)
    said = [
        _("《%(name)s》%(issue)s将向所有人公开，PDF 同时定稿。") % {"name": found.name, "issue": found.issue},
        _("公布之后不能再改，也不能撤回；要改，只能另发一期更正。"),
    ]
    return _confirm(request, found, _("公布这一期"), said, _("公布"), fault)


@require_http_methods(GET_OR_POST)
@login_required
@back_to("newsletter")
def discard(request: Request, pk: int) -> HttpResponse:
    """Ask whether a draft is really to be thrown away, and do it."""
    found, fault = _draft(request, pk, Step.DISCARD), ""
    if request.method == "POST":
        try:
            actions.discard(pk=pk, writer=_writer(request, _revision(request)))
            return redirect("newsletters")
        except ZhunshengError as error:
            fault = error.said(_)
    return _confirm(request, found, _("弃用这份草稿"), [_("草稿和其中的文章将被删去，不能找回。")], _("弃用"), fault)


def _published_so(request: Request, pk: int) -> bool:
    """Tell whether the very revision that was shown is published by now: by a double click, or by a colleague."""
    require(request.viewer, Permission.MAKE_NEWSLETTER)
    found = newsletters.own(pk, request.viewer)
    return found.state == State.PUBLISHED and found.revision == _revision(request) + 1


def _confirm(
    request: Request, found: Newsletter, title: str, said: list[str], button: str, fault: str = ""
) -> HttpResponse:
    context = {
        "section": SECTION,
        "title": title,
        "sentences": said,
        "button": button,
        "fault": fault,
        "revision": found.revision,
        "back": reverse("newsletter", args=[found.pk]),
    }
    return render(request, "bulletin/confirm.html", context, status=BAD_REQUEST if fault else 200)


@require_POST
@login_required
def correct(request: Request, pk: int) -> HttpResponse:
    """Start the correction of a published issue, or go on with the one begun."""
    made = actions.correct(pk=pk, writer=_writer(request))
    # A correction that was published meanwhile is shown, one still being written is opened.
    return redirect("newsletter-edit" if made.state == State.DRAFT else "newsletter", pk=made.pk)
