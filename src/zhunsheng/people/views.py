"""Signing in, and the page that says what one may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from zhunsheng.people import queries, second_factor, sign_in, single_sign_on
from zhunsheng.people.forms import SignInForm
from zhunsheng.people.roles import ROLES, Permission

if TYPE_CHECKING:
    from django.contrib.auth.forms import AuthenticationForm
    from django.http import HttpRequest, HttpResponse

    from zhunsheng.people.http import Request
    from zhunsheng.people.models import Person

TOO_MANY_REQUESTS = 429


class SignIn(LoginView):
    """The sign-in form; five failures in a row with one name from one address must wait."""

    template_name = "people/sign_in.html"
    authentication_form = SignInForm

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Check the password, unless this name from this address has to wait."""
        if sign_in.must_wait(self._name(), self._address(), at=timezone.now()):
            minutes = int(sign_in.WAIT.total_seconds() // 60)
            message = _("连续失败次数过多，请 %(minutes)s 分钟后再试。") % {"minutes": minutes}
            context = self.get_context_data(form=self.get_form_class()(request), wait=message)
            return self.render_to_response(context, status=TOO_MANY_REQUESTS)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor if the person has one, else open the session."""
        login = Login(user=form.get_user(), redirect_url=self.get_success_url())
        response: HttpResponse = perform_password_login(self.request, {"username": form.get_user().pk}, login)
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """File the failure and show the form again."""
        sign_in.failed(self._name(), self._address(), at=timezone.now())
        return super().form_invalid(form)

    def _name(self) -> str:
        return self.request.POST.get("username", "")

    def _address(self) -> str:
        return cast("Request", self.request).address

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offer the configured providers too."""
        return super().get_context_data(**kwargs) | {"services": single_sign_on.services()}


@require_safe
@login_required
def me(request: Request) -> HttpResponse:
    """Show what the person who is signed in may do, for whom."""
    held = [(m.party, ROLES[m.role]) for m in queries.memberships_of(request.viewer) if m.role in ROLES]
    waits = not second_factor.passed(request) and queries.needs_second_factor(cast("Person", request.user))
    context = {
        "held": held,
        "services": single_sign_on.services(),
        "waits": waits,
        "reads_in_bulk": request.viewer.may(Permission.READ_IN_BULK),
    }
    return render(request, "people/me.html", context)
