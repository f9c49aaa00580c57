"""The API's own pages: its description for programs, and the same for people, without a script."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from zhunsheng.bulletin import queries as bulletins
from zhunsheng.register.api import examples
from zhunsheng.web import rate
from zhunsheng.web.api import interface, problems
from zhunsheng.web.api.gate import FRESH, OPEN

if TYPE_CHECKING:
    from django.http import HttpRequest

    from zhunsheng.people.http import Request

# What to ask for in the example of an operation; a word in braces is filled from this register.
_ASKED: dict[str, dict[str, str]] = {
    "certificates": {"q": "{name}", "state": "valid", "limit": "5"},
    "organisations": {"q": "{name}"},
    "bodies": {"q": "{approval_no}"},
    "facets": {"body": "{approval_no}"},
    "comparison": {"earlier": "{earlier}", "later": "{later}"},
}
# A longer list of values is in a reference table.
MOST_SHOWN = 8
_PLACES = {"number": "{number}", "key": "{code}", "approval_no": "{approval_no}"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an operation: whether it must be given, what it may be."""

    name: str
    required: bool
    form: str
    description: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that may be asked of the API, with an example that works on this register (empty: none does)."""

    name: str
    summary: str
    description: str
    path: str
    parameters: list[Parameter]
    example: str


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django hands it over
    """Return the API's description: OpenAPI 3.1."""
    text = json.dumps(interface.description(), ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type="application/json; charset=utf-8", headers={**OPEN, "Cache-Control": FRESH})


@require_safe
def about(request: Request) -> HttpResponse:
    """Show the API's description to people, with examples to copy."""
    said = interface.description()
    filled = _filled()
    base = request.build_absolute_uri("/").rstrip("/")
    found = [
        _operation(path, methods["get"], base, filled) for path, methods in said["paths"].items() if "get" in methods
    ]
    context = {
        "operations": found,
        "base": base + interface.PREFIX,
        "problems": problems.KINDS,
        "rate": settings.RATE,
        "known_rate": settings.RATE * rate.KNOWN_TIMES,
    }
    return render(request, "web/api.html", context)


def _filled() -> dict[str, str]:
    kept = list(dict.fromkeys(bulletins.standing().values_list("month", flat=True)[:20]))
    months = dict(zip(("later", "earlier"), kept, strict=False))
    newest = bulletins.newest()
    return {**examples(), **months, **({"bulletin": str(newest.pk)} if newest else {})}


def _operation(path: str, said: dict[str, Any], base: str, filled: dict[str, str]) -> Operation:
    return Operation(
        name=said["operationId"],
        summary=said["summary"],
        description=said.get("description", ""),
        path=path,
        # The language is the same everywhere; the page says it once.
        parameters=[_parameter(p) for p in said["parameters"] if p["name"] != interface.CHOICE_OF_LANGUAGE["name"]],
        example=_example(path, said["operationId"], base, filled),
    )


def _parameter(said: dict[str, Any]) -> Parameter:
    return Parameter(said["name"], bool(said.get("required")), _form(said["schema"]), said.get("description", ""))


def _form(schema: dict[str, Any]) -> str:
    """Say in short what a parameter may be."""
    options = [one for one in schema.get("anyOf", [schema]) if one.get("type") != "null"]
    first = options[0]
    if "$ref" in first:
        first = interface.description()["components"]["schemas"][first["$ref"].rpartition("/")[2]]
    if "enum" in first:
        values = [str(value) for value in first["enum"] if value]
        return " | ".join(values[:MOST_SHOWN] + ["…"] * (len(values) > MOST_SHOWN))
    bounds = [f"{sign} {first[key]}" for key, sign in (("minimum", "≥"), ("maximum", "≤")) if key in first]
    if first.get("pattern"):
        bounds.append(first["pattern"])
    return " ".join([str(first.get("format") or first.get("type", "")), *bounds])


def _example(path: str, name: str, base: str, filled: dict[str, str]) -> str:
    """Return a command that asks this; empty where this register has nothing to ask for."""
    # The same word stands for a certificate's number and for a bulletin's.
    places = {**_PLACES, "number": "{bulletin}"} if "bulletins" in path else _PLACES
    asked = {word: text for word, text in places.items() if f"{{{word}}}" in path}
    try:
        address = base + path.format(**{word: quote(text.format(**filled), safe="") for word, text in asked.items()})
        given = [f"{key}={text.format(**filled)}" for key, text in _ASKED.get(name, {}).items()]
    except KeyError:
        return ""
    told = [part for one in given for part in ("--data-urlencode", one)]
    return shlex.join(["curl", *(["--get"] if told else []), *told, address])
