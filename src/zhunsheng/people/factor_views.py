"""Setting up, showing and giving the second factor: allauth's views, each act with its entry in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from allauth.account.views import ReauthenticateView as PasswordAgainView
from allauth.mfa.base.views import AuthenticateView, IndexView, ReauthenticateView
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from django.db import transaction
from django.utils import timezone

from zhunsheng.people import queries, second_factor
from zhunsheng.trail import actions as trail

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from zhunsheng.people.http import Request
    from zhunsheng.people.models import Person

__all__ = ["Activate", "AuthenticateView", "Codes", "Deactivate", "Generate", "Index", "PasswordAgainView"]
__all__ += ["ReauthenticateView"]


def _filed(request: HttpRequest, act: str) -> None:
    name = request.user.get_username()
    trail.record(at=timezone.now(), by=name, action=act, subject=f"person:{name}")


class Index(IndexView):  # type: ignore[misc]
    """Whether one has a second factor, and whether one has to."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether a role of the person needs it and this session lacks it."""
        needed = queries.needs_second_factor(cast("Person", self.request.user))
        waits = needed and not second_factor.passed(self.request)
        more: dict[str, Any] = super().get_context_data(**kwargs)
        return more | {"needed": needed, "waits": waits}


class Activate(ActivateTOTPView):  # type: ignore[misc]
    """Set up an authenticator application; the first code counts as this session's second factor."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Keep the key, and file it."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            person = cast("Person", self.request.user)
            # It was given once now, so it opens no other session.
            second_factor.spend(person, form.cleaned_data["code"], at=cast("Request", self.request).at)
            second_factor.record(self.request, person)
            _filed(self.request, "people.second_factor_on")
        return response


class Deactivate(DeactivateTOTPView):  # type: ignore[misc]
    """Give the second factor up, where no role needs it."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Forget the key, and file it."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _filed(self.request, "people.second_factor_off")
        return response


class Generate(GenerateRecoveryCodesView):  # type: ignore[misc]
    """Make new recovery codes; the old ones end."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Make them, and file it."""
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            _filed(self.request, "people.recovery_codes")
        return response


class Codes(ViewRecoveryCodesView):  # type: ignore[misc]
    """The recovery codes, shown once."""
