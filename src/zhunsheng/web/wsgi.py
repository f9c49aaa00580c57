"""The entry for an application server: `zhunsheng.web.wsgi:application`.

A public look-up of a certificate number is answered before Django makes a request of it: no session, no
middleware, one statement. Whatever is not exactly that goes the usual way, which gives the same answer.
"""

from __future__ import annotations

import os
import time
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.core.wsgi import get_wsgi_application
from pydantic_core import to_json

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhunsheng.web.settings")
django = get_wsgi_application()

# What follows reads the settings, so it comes after they are set up.
from django.conf import settings  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402
from django.http.request import split_domain_port, validate_host  # noqa: E402
from django.utils import timezone  # noqa: E402

from zhunsheng.people.policy import PUBLIC  # noqa: E402
from zhunsheng.register import lookup  # noqa: E402
from zhunsheng.web import client, rate  # noqa: E402
from zhunsheng.web.api.gate import COUNTED, FRESH, OPEN, VARY, mark  # noqa: E402
from zhunsheng.web.middleware import PERMISSIONS, POLICY  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

PATH = "/api/v1/certificates/"
# What an answer of the usual way carries too.
HEADERS = [
    ("Content-Type", "application/json; charset=utf-8"),
    ("Cache-Control", FRESH),
    ("Vary", VARY),
    *OPEN.items(),
    ("Content-Security-Policy", POLICY),
    ("Permissions-Policy", PERMISSIONS),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", settings.X_FRAME_OPTIONS),
    ("Referrer-Policy", settings.SECURE_REFERRER_POLICY),
    ("Cross-Origin-Opener-Policy", settings.SECURE_CROSS_ORIGIN_OPENER_POLICY),
]
if settings.SECURE_HSTS_SECONDS:
    HEADERS.append(("Strict-Transport-Security", f"max-age={settings.SECURE_HSTS_SECONDS}"))


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request: a plain public look-up at once, any other through Django."""
    found = _answer(environ) if _plain(environ) else None
    etag = mark(found) if found is not None else ""
    known = environ.get("HTTP_IF_NONE_MATCH", etag)
    if found is None or known != etag:
        return django(environ, start_response)
    headers = [*HEADERS, ("ETag", etag), *(environ[COUNTED].headers() if COUNTED in environ else ())]
    if "HTTP_IF_NONE_MATCH" in environ:
        start_response("304 Not Modified", headers)
        return []
    start_response("200 OK", [*headers, ("Content-Length", str(len(found)))])
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else found]


def _plain(environ: WSGIEnvironment) -> bool:
    """Tell whether a request asks for one number, today, as the public, in nothing but the usual form."""
    return (
        environ["PATH_INFO"].startswith(PATH)
        and not environ.get("QUERY_STRING")
        and environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        and "HTTP_AUTHORIZATION" not in environ
        and (not settings.HTTPS or environ.get("HTTP_X_FORWARDED_PROTO") == "https")
        and _ours(environ.get("HTTP_HOST", ""))
    )


@lru_cache(maxsize=256)
def _ours(host: str) -> bool:
    return validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS)


def _answer(environ: WSGIEnvironment) -> bytes | None:
    """Return the answer's JSON; None for whoever asks too often, an unknown number, or a database out of order."""
    if settings.RATE:
        grant = rate.LIMITER.ask(client.address_in(environ), per_minute=settings.RATE, now=time.monotonic())
        environ[COUNTED] = grant
        if not grant.allowed:
            return None
    # PEP 3333 hands over bytes in the disguise of Latin-1.
    number = environ["PATH_INFO"][len(PATH) :].encode("latin-1").decode("utf-8", "replace")
    if not number.isprintable() or len(number) > lookup.LONGEST_NUMBER:
        return None
    today = timezone.localdate()
    try:
        found: dict[str, Any] | None = lookup.answer(number, on=today, known=today, viewer=PUBLIC)
    except DatabaseError:
        connection.close_if_unusable_or_obsolete()
        return None
    return None if found is None else to_json(found)
