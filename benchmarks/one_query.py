"""The floor that the look-up is held against: Django with one hand-written query and no middleware, for a WSGI server.

It answers with the same certificate, body, holder and scheme, and with nothing that follows from a timeline.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import django
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import path

if TYPE_CHECKING:
    from django.http import HttpRequest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhunsheng.web.settings")
django.setup()
settings.MIDDLEWARE = []
settings.ROOT_URLCONF = __name__

NAMES = (
    "number",
    "state",
    "issued_on",
    "expires_on",
    "basis",
    "scope",
    "approval_no",
    "body",
    "code",
    "holder",
    "region",
)
QUERY = """
SELECT c.number, c.state, c.issued_on, c.expires_on, c.basis, c.scope_text, b.approval_no, b.name, o.code, o.name,
       o.region
FROM register_certificate AS c
JOIN register_body AS b ON b.id = c.body_id
JOIN register_organisation AS o ON o.id = c.organisation_id
WHERE c.number = %s
"""


def look_up(request: HttpRequest, number: str) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """Answer the certificates with a number."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [number])
        rows = [dict(zip(NAMES, row, strict=True)) for row in cursor.fetchall()]
    return HttpResponse(json.dumps(rows, ensure_ascii=False, default=str), content_type="application/json")


urlpatterns = [path("<path:number>", look_up)]

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402 - after the settings above

application = WSGIHandler()
