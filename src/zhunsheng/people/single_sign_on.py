"""Signing in by an OpenID Connect provider, and linking what it says to the person who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import requests
from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from zhunsheng.people import actions, queries, sign_in
from zhunsheng.people.openid_connect import Exchange
from zhunsheng.people.pages import refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from zhunsheng.people.http import Request
    from zhunsheng.people.models import Person
    from zhunsheng.people.openid_connect import OpenIDConnect

# Linking a new way in is as grave as changing how one proves to be oneself.
GRAVE = "allauth.mfa"


@dataclass(frozen=True, slots=True)
class Service:
    """A provider as pages show it: its name in addresses and its name for people."""

    key: str
    name: str


def services() -> list[Service]:
    """Return the providers that this instance offers."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    return [Service(app["provider_id"], app["name"]) for app in apps]


@require_POST
@never_cache
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Send the browser to a provider to sign in."""
    asked = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return _leave(request, key, process="login", next_url=asked if own else "")


@login_required
@never_cache
def connect(request: HttpRequest, key: str) -> HttpResponse:
    """Send the browser of someone who is signed in to a provider, to link what it says to them.

    Asks for the password or a code first, unless that was just given; raises ReauthenticationRequired,
    which allauth answers and then comes back here.
    """
    raise_if_reauthentication_required(request, app=GRAVE)
    if request.method != "POST":
        return redirect("socialaccount_connections")
    return _leave(request, key, process="connect", next_url="")


def _leave(request: HttpRequest, key: str, *, process: str, next_url: str) -> HttpResponse:
    """Answer with a page that goes on to the provider by itself.

    A redirect would be part of sending our form, which may go to this site only (CSP `form-action`).
    """
    provider = _provider(request, key)
    try:
        address = provider.address(request, process=process, next_url=next_url)
    except (OAuth2Error, requests.RequestException, ValueError) as error:
        sign_in.log.warning("provider %s cannot be asked: %s", key, sign_in.kind(error))
        text = _("现在连不上 %(provider)s，不能用它登录。请稍后再试，或用口令登录。") % {"provider": provider.app.name}
        return refused(request, text)
    response = render(request, "people/leaving.html", {"address": address, "service": provider.app.name})
    response["Refresh"] = f"0; url={address}"
    return response


def _provider(request: HttpRequest, key: str) -> OpenIDConnect:
    try:
        provider: OpenIDConnect = get_adapter().get_provider(request, provider=key)
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    return provider


class Callback(OAuth2CallbackView):  # type: ignore[misc]
    """Where a provider sends the browser back; the nonce of this sign-in is put beside the exchange."""

    def _get_state(self, request: HttpRequest, provider: OpenIDConnect) -> tuple[dict[str, str] | None, HttpResponse]:
        state, response = super()._get_state(request, provider)
        if state is not None:
            self.adapter.nonce = state["nonce"]
        return state, response


@require_GET
@never_cache
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Take what a provider answers; every failure is a page that says so."""
    provider = _provider(request, provider_id)
    try:
        response: HttpResponse = Callback.adapter_view(Exchange(request, provider_id))(request)
    except (OAuth2Error, requests.RequestException, KeyError, TypeError, ValueError, AttributeError) as error:
        # What a provider sends is foreign data: one that is not even an answer is refused like a wrong one.
        return cast("HttpResponse", get_adapter().refusal(request, provider, error))
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def connections(request: Request) -> HttpResponse:
    """Show the outside identities that one may sign in with, and take one away."""
    person = cast("Person", request.user)
    if request.method == "POST":
        raise_if_reauthentication_required(request, app=GRAVE)
        link = request.POST.get("link", "")
        try:
            actions.unlink(person, link=int(link) if link.isdecimal() else 0, by=person.get_username(), at=request.at)
        except actions.LastWayIn as error:
            messages.error(request, error.said(_))
        return redirect("socialaccount_connections")
    names = {service.key: service.name for service in services()}
    held = [(row, names.get(row.provider, row.provider)) for row in queries.links_of(person)]
    linked = {row.provider for row, _name in held}
    context = {"held": held, "services": [s for s in services() if s.key not in linked]}
    return render(request, "people/services.html", context)
