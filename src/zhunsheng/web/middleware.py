"""What every request passes: security headers, the language, the viewer, the size of its body, refusals."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias, cast

from django.conf import settings
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from zhunsheng.codes.errors import ZhunshengError
from zhunsheng.people import queries as people
from zhunsheng.people import second_factor
from zhunsheng.people.roles import Permission
from zhunsheng.web import client, errors, rate

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from zhunsheng.people.http import Request
    from zhunsheng.people.policy import Viewer

    GetResponse: TypeAlias = Callable[[HttpRequest], HttpResponse]

# Everything comes from this site itself; Tabler's form arrows are SVG images in `data:` addresses.
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=()"
POLICY = "; ".join(f"{directive} {sources}" for directive, sources in DIRECTIVES.items())
LANGUAGE_PARAMETER = "lang"
# Pages that answer out of the register; reading them one after another would be reading it in bulk.
COUNTED_PAGES = ("/search", "/certificates", "/organisations", "/bodies")
# One address may try so small a part of what it may read: whoever tries one password on many names is slowed too.
SIGN_IN, SIGN_IN_PART = "/sign-in", 4
ONE_YEAR_SECONDS = 365 * 24 * 3600


def content_security_policy(get_response: GetResponse) -> GetResponse:
    """Allow scripts, styles and requests of this site only, none of them inside a page."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def language(get_response: GetResponse) -> GetResponse:
    """Speak Chinese unless the reader chose otherwise; what a browser merely prefers does not count."""
    offered = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.GET.get(LANGUAGE_PARAMETER)
        kept = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        chosen = next((tag for tag in (asked, kept) if tag in offered), settings.LANGUAGE_CODE)
        with translation.override(chosen):
            response = get_response(request)
        response.setdefault("Content-Language", chosen)
        patch_vary_headers(response, ("Cookie",))
        if asked == chosen != kept:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME,
                chosen,
                max_age=ONE_YEAR_SECONDS,
                secure=settings.HTTPS,
                httponly=True,
                samesite="Lax",
            )
        return response

    return middleware


def viewer(get_response: GetResponse) -> GetResponse:
    """Set `request.viewer`, worked out when first read, and keep signed-in pages out of shared caches.

    Sets `request.address` and `request.at` too.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        cast("Request", request).address = client.address(request)
        cast("Request", request).at = timezone.now()
        # The lazy object stands for a Viewer in everything but its type.
        cast("Request", request).viewer = cast("Viewer", SimpleLazyObject(lambda: _viewer_of(request)))
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


def _viewer_of(request: HttpRequest) -> Viewer:
    return people.viewer_of(request.user, second_factor=second_factor.passed(request))


def counted(get_response: GetResponse) -> GetResponse:
    """Bound how often one address, or one person who is signed in, reads pages of the register (`web.rate`).

    And how often one address tries to sign in, with whatever names.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        reader = cast("Request", request)
        if not settings.RATE:
            return get_response(request)
        if request.method == "POST" and request.path_info.startswith(SIGN_IN):
            known, limit = f"sign-in:{reader.address}", max(1, settings.RATE // SIGN_IN_PART)
        elif not request.path_info.startswith(COUNTED_PAGES):
            return get_response(request)
        elif reader.viewer.name:
            known, limit = f"person:{reader.viewer.name}", settings.RATE * rate.KNOWN_TIMES
        else:
            known, limit = reader.address, settings.RATE
        grant = rate.LIMITER.ask(known, per_minute=limit, now=time.monotonic())
        response = get_response(request) if grant.allowed else errors.too_often(request, seconds=grant.retry_after)
        for name, value in grant.headers():
            response[name] = value
        return response

    return middleware


def bounded_body(get_response: GetResponse) -> GetResponse:
    """Refuse a body larger than its sender may send, before anything reads it.

    A return may be as large as `UPLOAD_LIMIT_BYTES`; nobody else's form is larger than a form.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        length = _announced_length(request)
        if length > settings.UPLOAD_LIMIT_BYTES:
            return errors.too_large(request, limit=settings.UPLOAD_LIMIT_BYTES)
        if length > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            sender = cast("Request", request).viewer
            if not sender.may(Permission.SUBMIT_RETURN):
                return errors.too_large(request, limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        return get_response(request)

    return middleware


def _announced_length(request: HttpRequest) -> int:
    # A body without a length is empty to Django under WSGI, so the announced length bounds it.
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isascii() and text.isdigit() else 0


class Refusals:
    """Turns an error that is meant for people into a page that says it."""

    def __init__(self, get_response: GetResponse) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request pass."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an error of ours; any other is none of this layer's business."""
        return errors.said(cast("Request", request), error) if isinstance(error, ZhunshengError) else None
