"""Bringing returns in: the list, the upload, its progress and its result. Only for those whose role says so."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.people.policy import require
from zhunsheng.people.roles import Permission
from zhunsheng.register import actions, queries, words
from zhunsheng.register.forms import ReturnForm
from zhunsheng.register.importing import summary
from zhunsheng.register.policy import ImportState

if TYPE_CHECKING:
    from django.http import HttpResponseBase

    from zhunsheng.people.http import Request

ROWS_A_CHUNK = 1000
SECTION = "imports"
IMPORTS_A_PAGE = 20
FINDINGS_A_PAGE = 200
BAD_REQUEST = 400
UNAUTHENTICATED = 401
UNDER_WAY = (ImportState.QUEUED, ImportState.RUNNING)


@require_safe
@login_required
def listed(request: Request) -> HttpResponse:
    """List the imports that the viewer may see."""
    require(request.viewer, Permission.SEE_RETURNS)
    page = Paginator(queries.imports_seen(request.viewer), IMPORTS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "register/imports.html", {"section": SECTION, "page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: Request) -> HttpResponse:
    """Take a file in; the work is done in the background."""
    require(request.viewer, Permission.SUBMIT_RETURN)
    nation = request.viewer.everywhere(Permission.SUBMIT_RETURN)
    if request.method != "POST":
        form = ReturnForm(initial={"known_on": timezone.localdate().isoformat()}, nation=nation)
        return render(request, "register/import_new.html", {"section": SECTION, "form": form})
    form = ReturnForm(request.POST, request.FILES, nation=nation)
    if form.is_valid():
        try:
            return redirect("import", pk=_receive(request, form))
        except ZhunshengError as error:
            form.add_error(None, error.said(_))
    return render(request, "register/import_new.html", {"section": SECTION, "form": form}, status=BAD_REQUEST)


def _receive(request: Request, form: ReturnForm) -> int:
    file = form.cleaned_data["file"]
    if not isinstance(file, TemporaryUploadedFile):
        raise ZhunshengError(N_("文件没有收全，请重新上传。"))
    received = actions.receive(
        kind=form.cleaned_data["kind"],
        file_name=file.name or "",
        content=Path(file.temporary_file_path()),
        layout=form.cleaned_data["layout"] or None,
        known_on=form.cleaned_data.get("known_on") or timezone.localdate(),
        viewer=request.viewer,
        by=request.viewer.name,
        at=timezone.now(),
    )
    return received.pk


@require_safe
@login_required
def one(request: Request, pk: int) -> HttpResponse:
    """Show an import: its progress while it is under way, then its result."""
    found = queries.import_seen(request.viewer, pk)
    page = Paginator(queries.findings_of(found), FINDINGS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "section": SECTION,
        "found": found,
        "failure": words.failure(found.message, found.message_params),
        "under_way": found.state in UNDER_WAY,
        "page": page,
        "kinds": summary.of(found.pk) if page.has_other_pages() else [],
    }
    return render(request, "register/import.html", context)


@require_safe
def progress(request: Request, pk: int) -> HttpResponse:
    """Answer the page's poll with the bar; once the work has ended, ask for the whole page.

    When the session has ended meanwhile, the whole window goes to the sign-in page and comes back here.
    """
    if not request.viewer.name:
        return _signed_out(request, pk)
    found = queries.import_seen(request.viewer, pk)
    response = render(request, "register/import_progress.html", {"found": found, "under_way": found.state in UNDER_WAY})
    if found.state not in UNDER_WAY:
        response["HX-Refresh"] = "true"
    return response


def _signed_out(request: Request, pk: int) -> HttpResponse:
    """Ask for signing in: of a poll by its header, since a redirect would put the form into the progress box."""
    asked = redirect_to_login(resolve_url("import", pk))
    if "HX-Request" not in request.headers:
        return asked
    return HttpResponse(status=UNAUTHENTICATED, headers={"HX-Redirect": asked.url})


@require_safe
@login_required
def rejects(request: Request, pk: int) -> HttpResponseBase:
    """Send the rows that were not taken, with the reasons, in the file's own format."""
    found = queries.import_seen(request.viewer, pk)
    file = settings.DATA_DIR / found.rejects_file
    if not found.rejects_file or not file.is_file():
        raise queries.NotFound(N_("这次导入没有退回的行。"))
    name = f"rejects-{found.pk}{file.suffix}"
    return FileResponse(file.open("rb"), as_attachment=True, filename=name)


@require_safe
@login_required
def findings(request: Request, pk: int) -> StreamingHttpResponse:
    """Send everything found in the rows that were taken, as CSV."""
    found = queries.import_seen(request.viewer, pk)
    rows = queries.findings_of(found).iterator(chunk_size=ROWS_A_CHUNK)
    response = StreamingHttpResponse(summary.as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="findings-{found.pk}.csv"'
    return response
