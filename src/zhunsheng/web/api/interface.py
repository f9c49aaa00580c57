"""The API put together: the rooms' handlers under one roof, and its own description (OpenAPI 3.1)."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from django.conf import settings
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import ValidationError
from ninja.renderers import JSONRenderer

from zhunsheng import __version__
from zhunsheng.bulletin.api import router as bulletins
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.register.api import routers as register
from zhunsheng.standards.api import router as standards
from zhunsheng.web.api import problems

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from zhunsheng.people.http import Request

PREFIX = "/api/v1/"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
METHODS = "GET, HEAD, OPTIONS"
ABOUT = N_(
    "认证证书、获证组织、认证机构与统计通报的只读接口。日期按 ISO 8601，文字为 UTF-8。"
    "v1 之内，答案里的字段只会增加，不会改名或去掉。"
)
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
CHOICE_OF_LANGUAGE = {
    "name": "lang",
    "in": "query",
    "description": N_("说明文字的语言，不写时看 Accept-Language"),
    "schema": {"type": "string", "enum": list(LANGUAGES)},
}


class _Chinese(JSONRenderer):
    """JSON as people read it: characters, not escapes."""

    json_dumps_params = {"ensure_ascii": False, "separators": (",", ":")}


api = NinjaAPI(
    title="Zhunsheng",
    version=__version__,
    description=ABOUT,
    docs_url=None,
    openapi_url=None,
    urls_namespace="api",
    renderer=_Chinese(),
)
for _router in (*register, bulletins, standards):
    api.add_router("", _router)


@api.exception_handler(ZhunshengError)
def _said(request: HttpRequest, error: Exception) -> HttpResponse:
    return problems.of_error(cast("Request", request), cast("ZhunshengError", error))


@api.exception_handler(ValidationError)
def _wrong(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 - Ninja hands it over
    return problems.of_values(cast("ValidationError", error).errors)


@api.exception_handler(Http404)
def _missing(request: HttpRequest, error: Exception) -> HttpResponse:  # noqa: ARG001 - as above
    return problems.no_such_address()


def description() -> dict[str, Any]:
    """Return the OpenAPI description of the whole API, in the active language."""
    return _description(translation.get_language() or settings.LANGUAGE_CODE)


@cache
def _description(language: str) -> dict[str, Any]:
    with translation.override(language):
        return _described()


def _described() -> dict[str, Any]:
    said: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix=PREFIX), default=str))
    said["info"]["description"] = _(said["info"]["description"])
    said["servers"] = [{"url": "/"}]
    components = said["components"]
    components.setdefault("schemas", {})["Problem"] = _PROBLEM
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    for operation in operations(said):
        operation.setdefault("parameters", []).append(dict(CHOICE_OF_LANGUAGE))
        for told in (operation, *operation["parameters"]):
            told.update({key: _(told[key]) for key in ("summary", "description") if told.get(key)})
        # Everything is open to anyone; a token only opens more of it.
        operation["security"] = [{}, {"token": []}]
        operation["responses"].update(_failures())
    return said


def operations(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return every operation of a description."""
    return [operation for methods in said["paths"].values() for operation in methods.values()]


def _failures() -> dict[str, Any]:
    by_status: dict[str, list[str]] = {}
    for kind in problems.KINDS:
        by_status.setdefault(str(kind.status), []).append(kind.title)
    content = {problems.CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": " / ".join(_(title) for title in titles), "content": content}
        for status, titles in by_status.items()
    }


@cache
def parameters_of(route: str) -> tuple[str, ...]:
    """Return the names of the query parameters at one of Django's routes; the language can be chosen at any."""
    path = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    operation = description()["paths"].get(path, {}).get("get", {"parameters": [CHOICE_OF_LANGUAGE]})
    return tuple(p["name"] for p in operation["parameters"] if p["in"] == "query")
