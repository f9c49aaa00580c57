"""The way into the API: one short path of its own, past sessions, cookies and forms.

A request is counted, its token is looked at, its parameters are compared with the description, and its
answer gets the headers that programs and browsers elsewhere need.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import Http404, HttpResponse
from django.urls import resolve
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation.trans_real import parse_accept_lang_header

from zhunsheng.people import tokens
from zhunsheng.people.policy import PUBLIC
from zhunsheng.web import client, rate
from zhunsheng.web.api import problems
from zhunsheng.web.api.interface import LANGUAGES, METHODS, PREFIX, parameters_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

    from zhunsheng.people.http import Request

READING = ("GET", "HEAD")
# Where the fast look-up leaves what it asked of the limiter already, so that nobody is counted twice.
COUNTED = "zhunsheng.rate"
BEARER = "bearer "
# No text of a database has one.
NUL = "\x00"
ONE_DAY_SECONDS = 86_400
# What may be kept must still be asked about: a state can change at any moment.
FRESH = "no-cache"
VARY = "Accept-Language, Authorization"
OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After",
}


def programs(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Answer requests for the API here, and let every other one pass."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return answer(cast("Request", request)) if request.path_info.startswith(PREFIX) else get_response(request)

    return middleware


def answer(request: Request) -> HttpResponse:
    """Answer one request for the API, whatever happens."""
    chosen = _language(request)
    with translation.override(chosen or settings.LANGUAGE_CODE):
        try:
            response = _answer(request) if chosen else problems.of_values([_wrong_language()])
        except Exception as error:  # noqa: BLE001 - a program gets a problem, never a page
            response = problems.broken(error)
        return _finished(request, response)


def _language(request: HttpRequest) -> str | None:
    """Return the language asked for; None for one that there is not. Chinese when nothing is said."""
    asked = request.GET.get("lang")
    if asked is not None:
        return LANGUAGES.get(asked)
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "").lower()[:200]):
        if found := LANGUAGES.get(wanted.partition("-")[0]):
            return found
    return settings.LANGUAGE_CODE


def _wrong_language() -> dict[str, object]:
    return {"type": "enum", "loc": ("query", "lang"), "ctx": {"expected": ", ".join(LANGUAGES)}}


def _answer(request: Request) -> HttpResponse:
    if request.method == "OPTIONS":
        return _preflight()
    request.address = client.address(request)
    request.viewer = PUBLIC
    opened = _opened(request)
    grant = _asked(request, opened)
    if grant is not None and not grant.allowed:
        response = problems.too_many(grant.retry_after)
    elif opened is None and "Authorization" in request.headers:
        response = problems.bad_token()
    else:
        request.viewer = opened.viewer if opened else PUBLIC
        response = _read(request)
    for name, value in grant.headers() if grant else ():
        response[name] = value
    return response


def _opened(request: HttpRequest) -> tokens.Opened | None:
    said = request.headers.get("Authorization", "")
    if not said.lower().startswith(BEARER):
        return None
    return tokens.opened(said[len(BEARER) :].strip(), today=timezone.localdate())


def _asked(request: Request, opened: tokens.Opened | None) -> rate.Grant | None:
    """Count the request against its token, or its address; None where there is no limit."""
    if not settings.RATE or COUNTED in request.META:
        return cast("rate.Grant | None", request.META.get(COUNTED))
    known, times = (f"token:{opened.token}", rate.KNOWN_TIMES) if opened else (request.address, 1)
    return rate.LIMITER.ask(known, per_minute=settings.RATE * times, now=time.monotonic())


def _read(request: Request) -> HttpResponse:
    if request.method not in READING:
        return problems.not_allowed(METHODS)
    if _foreign(request):
        return problems.foreign_host()
    if NUL in request.path_info:
        return problems.no_such_address()
    try:
        found = resolve(request.path_info)
    except Http404:
        return problems.no_such_address()
    known = parameters_of(found.route)
    unknown = sorted(set(request.GET) - set(known))
    if unknown:
        return problems.unknown_parameters(unknown, list(known))
    request.method = "GET"
    request.resolver_match = found
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return response


def _foreign(request: HttpRequest) -> bool:
    """Tell whether the request names a host that is not this site's."""
    try:
        request.get_host()
    except DisallowedHost:
        return True
    return False


def _preflight() -> HttpResponse:
    return HttpResponse(
        status=204,
        headers={
            "Allow": METHODS,
            "Access-Control-Allow-Methods": METHODS,
            "Access-Control-Allow-Headers": "Authorization, Accept-Language, If-None-Match",
            "Access-Control-Max-Age": str(ONE_DAY_SECONDS),
        },
    )


def _finished(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    for name, value in OPEN.items():
        response[name] = value
    response["Vary"] = VARY
    response["Content-Language"] = translation.get_language() or settings.LANGUAGE_CODE
    if response.status_code != 200:  # noqa: PLR2004 - the one status that may be kept
        response["Cache-Control"] = "no-store"
        return response
    response["Cache-Control"] = f"private, {FRESH}" if "Authorization" in request.headers else FRESH
    response["ETag"] = mark(response.content)
    return cast("HttpResponse", get_conditional_response(request, etag=response["ETag"], response=response))


def mark(content: bytes) -> str:
    """Return the entity tag of an answer."""
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
