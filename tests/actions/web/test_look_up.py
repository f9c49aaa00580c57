"""The fast look-up gives what the usual way gives, and what the pages say, for every kind of timeline."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from tests.actions.web.conftest import AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from django.test import Client
    from pytest_django import Settings

    from tests.actions.web.conftest import World

OWN, OTHER = "90124Q00001R0S", "90224Q00002R0S"
PATH = "/api/v1/certificates/"
Answer = tuple[str, dict[str, str], bytes]


@pytest.fixture
def wsgi(db: None) -> Iterator[ModuleType]:
    """Return the server's entry; like Django's test client it leaves the test's own transaction open."""
    from zhunsheng.web import wsgi

    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield wsgi
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(wsgi: ModuleType, number: str, *, method: str = "GET", query: str = "", **headers: str) -> Answer:
    """Ask the server's entry as a server does (PEP 3333) and return status, headers and body."""
    told: list[Any] = []
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": (PATH + number).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "REMOTE_ADDR": "192.0.2.7",
        "wsgi.input": io.BytesIO(),
        "wsgi.errors": io.StringIO(),
        "wsgi.url_scheme": "http",
        **headers,
    }
    body = b"".join(wsgi.application(environ, lambda *answer: told.extend(answer)))
    return told[0], {name.lower(): value for name, value in told[1]}, body


@pytest.fixture
def usual(monkeypatch: pytest.MonkeyPatch, wsgi: ModuleType) -> list[str]:
    """Return the paths that were answered the usual way."""
    went: list[str] = []
    through = wsgi.django

    def noted(environ: dict[str, Any], start: Callable[..., Any]) -> Any:
        went.append(environ["PATH_INFO"])
        return through(environ, start)

    monkeypatch.setattr(wsgi, "django", noted)
    return went


@pytest.mark.parametrize("number", [OWN, OTHER, OWN.lower(), f" {OWN[:5]} {OWN[5:]}", "９０１２４Q00001R0S"])
def test_both_ways_give_the_same_answer_with_the_same_headers(
    number: str, world: World, client: Client, wsgi: ModuleType, usual: list[str]
) -> None:
    _with_odd_events(world)
    status, headers, body = ask(wsgi, number)
    assert (status, usual) == ("200 OK", [])
    other = client.get(PATH + quote(number), headers={"Host": "127.0.0.1"})
    assert json.loads(body) == other.json()
    assert body == other.content
    theirs = {name.lower(): value for name, value in other.headers.items()}
    # The data is the same in every language; how long it is the usual way leaves to the server.
    del theirs["content-language"], headers["content-length"]
    assert headers == theirs


def _with_odd_events(world: World) -> None:
    """Add a corrected event, one of the future, another holder from a change on, and a changed scheme."""
    from zhunsheng.register.models import Event, Organisation
    from zhunsheng.standards.models import Scheme

    other = Organisation.objects.create(key="x", name="虚构西方有限公司", region="61")
    scheme = Scheme.objects.get(code="A02")
    wrong = Event.objects.create(
        certificate=world.own,
        kind="withdrawn",
        effective_on=date(2025, 4, 1),
        known_on=date(2025, 4, 2),
        state="withdrawn",
    )
    Event.objects.create(
        certificate=world.own,
        kind="suspended",
        effective_on=date(2025, 4, 1),
        known_on=date(2025, 5, 2),
        state="suspended",
        corrects=wrong,
    )
    Event.objects.create(
        certificate=world.own,
        kind="changed",
        effective_on=date(2025, 6, 1),
        known_on=date(2025, 6, 2),
        organisation=other,
        scheme=scheme,
        expires_on=date(2026, 1, 9),
    )
    Event.objects.create(
        certificate=world.other,
        kind="cancelled",
        effective_on=date(2999, 1, 1),
        known_on=date(2025, 1, 1),
        state="cancelled",
    )


DAYS = [date(2024, 1, 9), date(2024, 1, 10), date(2025, 2, 1), date(2025, 4, 15), date(2026, 1, 9), date(2026, 1, 10)]


@pytest.mark.parametrize("on", DAYS)
@pytest.mark.parametrize(
    "known", [date(2023, 1, 1), date(2025, 3, 10), date(2025, 4, 5), date(2025, 6, 2), date(2999, 2, 1)]
)
def test_the_look_up_says_of_every_day_what_the_pages_say(on: date, known: date, world: World) -> None:
    from zhunsheng.people.policy import PUBLIC
    from zhunsheng.register import lookup, pages, queries

    _with_odd_events(world)
    for certificate in (world.own, world.other):
        then = queries.as_known(certificate, on=on, known=known)
        found = lookup.answer(certificate.number, on=on, known=known, viewer=PUBLIC)
        assert found is not None
        said = found["certificates"][0]
        assert (said["state"], said["heard_of"]) == (then.state, then.heard)
        if then.organisation is not None:
            assert said["organisation"]["id"] == then.organisation.pk
            assert said["expires_on"] == (then.expires_on and then.expires_on.isoformat())
        timeline = queries.timeline(certificate)
        entries = pages.entries(timeline, layout="ms", on=on, known=known, everything=False)
        assert [e["counts"] for e in said["timeline"]] == [e.counts for e in reversed(entries)]
        standings = [None if e.counts else e.standing.value for e in reversed(entries)]
        assert [e["why_not"] for e in said["timeline"]] == standings


@pytest.mark.parametrize(
    ("number", "how"),
    [
        ("UNKNOWN", {}),
        (OWN, {"query": "on=2025-01-01"}),
        (OWN, {"HTTP_AUTHORIZATION": "Bearer x"}),
        (OWN, {"HTTP_HOST": "elsewhere.example"}),
        (OWN, {"HTTP_IF_NONE_MATCH": "*"}),
        (OWN, {"method": "POST"}),
        ("x" * 61, {}),
        ("\x00", {}),
        ("", {}),
    ],
)
def test_whatever_is_not_a_plain_look_up_goes_the_usual_way(
    number: str, how: dict[str, Any], world: World, wsgi: ModuleType, usual: list[str]
) -> None:
    status, headers, _body = ask(wsgi, number, **how)
    assert len(usual) == 1
    assert "cookie" not in headers.get("vary", "").lower()
    assert not status.startswith("5")


def test_a_head_and_a_known_answer_have_no_body(world: World, wsgi: ModuleType, usual: list[str]) -> None:
    _, headers, body = ask(wsgi, OWN)
    assert ask(wsgi, OWN, method="HEAD")[1:] == (headers, b"")
    status, _, nothing = ask(wsgi, OWN, HTTP_IF_NONE_MATCH=headers["etag"])
    assert (status, nothing, usual) == ("304 Not Modified", b"", [])
    assert body


def test_behind_tls_only_a_request_that_came_by_tls_is_answered(
    world: World, wsgi: ModuleType, usual: list[str], settings: Settings
) -> None:
    settings.HTTPS = True
    assert ask(wsgi, OWN, HTTP_X_FORWARDED_PROTO="https")[0] == "200 OK"
    assert usual == []
    ask(wsgi, OWN)
    assert len(usual) == 1


def test_a_fast_look_up_counts_once_against_its_address_and_is_refused_like_any_other(
    world: World, wsgi: ModuleType, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhunsheng.web import rate

    monkeypatch.setattr(rate, "LIMITER", rate.Limiter())
    settings.RATE = 3
    left = [ask(wsgi, number)[1]["ratelimit-remaining"] for number in (OWN, "UNKNOWN", OWN)]
    assert left == ["2", "1", "0"]
    status, headers, body = ask(wsgi, OWN)
    assert status.startswith("429")
    assert int(headers["retry-after"]) >= 1
    assert json.loads(body)["type"] == "/api#problem-too-many-requests"
    assert ask(wsgi, OWN, REMOTE_ADDR="192.0.2.8")[0] == "200 OK"


def test_tests_act_at_a_day_before_the_certificates_end() -> None:
    assert AT.date() < DAYS[-1]
