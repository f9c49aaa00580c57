"""One's own tokens: making one, seeing its key once, revoking it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from zhunsheng.people import tokens
from zhunsheng.people.forms import TokenForm
from zhunsheng.people.policy import require
from zhunsheng.people.roles import ROLES, Permission

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from zhunsheng.people.http import Request

BAD_REQUEST = 400
USUAL_LIFE = timedelta(days=180)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def listed(request: Request) -> HttpResponse:
    """Show one's tokens and make another; its key is on the answer to that, and nowhere else."""
    require(request.viewer, Permission.READ_IN_BULK)
    today = timezone.localdate()
    held = tokens.roles_for(request.viewer.name, within=request.viewer.grants)
    form = TokenForm(request.POST or None, roles=held, initial={"expires_on": (today + USUAL_LIFE).isoformat()})
    if request.method != "POST":
        return _page(request, form, today)
    if not form.is_valid():
        return _page(request, form, today, status=BAD_REQUEST)
    try:
        token, key = tokens.issue(
            username=request.viewer.name,
            name=form.cleaned_data["name"],
            expires_on=form.cleaned_data["expires_on"],
            membership=form.cleaned_data["membership"],
            within=request.viewer.grants,
            by=request.viewer.name,
            at=timezone.now(),
            today=today,
        )
    except tokens.CannotIssue as error:
        form.add_error(None, error.said(_))
        return _page(request, form, today, status=BAD_REQUEST)
    fresh = TokenForm(roles=held, initial=form.initial)
    return _page(request, fresh, today, token=token, key=key)


def _page(request: Request, form: TokenForm, today: date, *, status: int = 200, **more: object) -> HttpResponse:
    own = [(one, ROLES.get(one.membership.role), tokens.live(one, today)) for one in tokens.listed(request.viewer.name)]
    return render(request, "people/tokens.html", {"form": form, "tokens": own, **more}, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def revoke(request: Request, pk: int) -> HttpResponse:
    """Ask once more, then revoke a token of one's own."""
    if request.method == "POST":
        revoked = tokens.revoke(token=pk, username=request.viewer.name, by=request.viewer.name, at=timezone.now())
        messages.success(request, _("令牌“%(name)s”已吊销，用它的程序从现在起不能再读取。") % {"name": revoked.name})
        return redirect("tokens")
    return render(request, "people/token_revoke.html", {"token": tokens.own(request.viewer.name, pk)})
