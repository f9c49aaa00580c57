"""The second factor: set up with a real authenticator's codes, asked for, used once, required by role."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import struct
import time
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.actions.web.conftest import PASSWORD

if TYPE_CHECKING:
    from pytest_django import Settings

STEP = 30


def code_at(secret: str, moment: float) -> str:
    """Return what an authenticator application shows (RFC 6238 on RFC 4226, computed here on its own)."""
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(moment) // STEP), hashlib.sha1).digest()
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def sign_in(client: Client, name: str = "nation") -> str:
    """Give name and password; return where it leads."""
    return str(client.post("/sign-in", {"username": name, "password": PASSWORD})["Location"])


def set_up(client: Client) -> str:
    """Turn the second factor on for whoever is signed in; return the key that the page showed."""
    asked = client.get("/me/second-factor/on")
    client.post(asked["Location"], {"password": PASSWORD, "next": "/me/second-factor/on"})
    shown = re.search(r'id="secret"[^>]*>([A-Z2-7]+)<', client.get("/me/second-factor/on").content.decode())
    assert shown is not None
    # The code of the step before, so that the one shown now is still unused.
    answer = client.post("/me/second-factor/on", {"code": code_at(shown[1], time.time() - STEP)})
    assert answer["Location"] == "/me/second-factor/codes"
    return shown[1]


def recovery_codes(client: Client) -> list[str]:
    """Return the recovery codes that the page shows now."""
    return re.findall(r"<code>(\d{8})</code>", client.get("/me/second-factor/codes").content.decode())


def entries() -> list[str]:
    """Return the trail's acts, oldest first."""
    from zhunsheng.trail.models import Entry

    return [e.action for e in Entry.objects.order_by("id")]


def test_after_the_password_a_code_is_asked_for_and_opens_the_session(nation: str) -> None:
    first = Client()
    sign_in(first)
    secret = set_up(first)
    client = Client()
    assert sign_in(client) == "/sign-in/code"
    assert client.get("/me").status_code == 302
    assert "两步验证" in client.get("/sign-in/code").content.decode()
    answer = client.post("/sign-in/code", {"code": code_at(secret, time.time())})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/me").status_code == 200


def test_a_wrong_code_opens_nothing_and_five_of_them_have_to_wait(nation: str) -> None:
    first = Client()
    sign_in(first)
    secret = set_up(first)
    wrong = f"{(int(code_at(secret, time.time())) + 1) % 1_000_000:06}"
    client = Client()
    sign_in(client)
    for _ in range(5):
        assert "请重新输入" in client.post("/sign-in/code", {"code": wrong}).content.decode()
    told = client.post("/sign-in/code", {"code": code_at(secret, time.time())}).content.decode()
    assert "请 15 分钟后再试" in told
    assert client.get("/me").status_code == 302


def test_a_code_opens_one_session_only(nation: str) -> None:
    first = Client()
    sign_in(first)
    secret = set_up(first)
    code = code_at(secret, time.time())
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client)
    assert [c.post("/sign-in/code", {"code": code}).status_code for c in clients] == [302, 200]


def test_the_code_that_set_it_up_opens_no_session(nation: str) -> None:
    first = Client()
    sign_in(first)
    secret = set_up(first)
    client = Client()
    sign_in(client)
    assert client.post("/sign-in/code", {"code": code_at(secret, time.time() - STEP)}).status_code == 200
    assert client.post("/sign-in/code", {"code": code_at(secret, time.time())}).status_code == 302


def test_a_code_of_the_step_before_counts_and_an_older_one_does_not(nation: str) -> None:
    from allauth.mfa.models import Authenticator

    first = Client()
    sign_in(first)
    secret = set_up(first)
    # As if it had been set up long ago.
    held = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    held.data["last_step"] = 0
    held.save()
    client = Client()
    sign_in(client)
    now = time.time()
    assert client.post("/sign-in/code", {"code": code_at(secret, now - 2 * STEP)}).status_code == 200
    assert client.post("/sign-in/code", {"code": code_at(secret, now - STEP)}).status_code == 302


def test_a_recovery_code_stands_in_once(nation: str) -> None:
    first = Client()
    sign_in(first)
    set_up(first)
    codes = recovery_codes(first)
    assert len(set(codes)) == 10
    assert recovery_codes(first) == []
    answers = []
    for _ in range(2):
        client = Client()
        sign_in(client)
        answers.append(client.post("/sign-in/code", {"code": codes[3]}).status_code)
    assert answers == [302, 200]


def test_the_key_is_sealed_in_the_database(nation: str) -> None:
    from allauth.mfa.models import Authenticator

    client = Client()
    sign_in(client)
    secret = set_up(client)
    assert secret not in str([a.data for a in Authenticator.objects.all()])


def test_every_change_is_filed_and_needs_the_person_once_more(nation: str) -> None:
    client = Client()
    sign_in(client)
    assert client.get("/me/second-factor/on")["Location"].startswith("/me/again?")
    set_up(client)
    client.post("/me/second-factor/codes/new")
    client.post("/me/second-factor/off")
    assert entries() == [
        "people.admit",
        "people.sign_in",
        "people.second_factor_on",
        "people.recovery_codes",
        "people.second_factor_off",
    ]
    fresh = Client()
    assert sign_in(fresh) == "/"


def test_a_role_that_needs_it_grants_nothing_until_it_is_given(nation: str, settings: Settings) -> None:
    settings.SECOND_FACTOR_ROLES = frozenset({"regulator"})
    client = Client()
    assert sign_in(client) == "/me/second-factor"
    assert "暂不生效" in client.get("/me").content.decode()
    refused = client.get("/imports")
    assert refused.status_code == 403
    assert 'href="/me/second-factor"' in refused.content.decode()
    assert client.get("/").status_code == 200
    secret = set_up(client)
    assert client.get("/imports").status_code == 200
    later = Client()
    sign_in(later)
    assert later.post("/sign-in/code", {"code": code_at(secret, time.time())}).status_code == 302
    assert later.get("/imports").status_code == 200
    # Who needs it cannot give it up.
    page = later.get("/me/second-factor").content.decode()
    assert "/me/second-factor/off" not in page
    client.post("/me/second-factor/off")
    assert "people.second_factor_off" not in entries()


def test_a_session_from_before_the_requirement_loses_the_role(nation: str, settings: Settings) -> None:
    client = Client()
    sign_in(client)
    assert client.get("/imports").status_code == 200
    settings.SECOND_FACTOR_ROLES = frozenset({"regulator"})
    assert client.get("/imports").status_code == 403


def test_the_password_asked_again_is_guarded_too(nation: str) -> None:
    client = Client()
    sign_in(client)
    asked = client.get("/me/second-factor/on")["Location"]
    for _ in range(5):
        assert client.post(asked, {"password": "not the password"}).status_code == 200
    assert "请 15 分钟后再试" in client.post(asked, {"password": PASSWORD}).content.decode()


@pytest.mark.parametrize("address", ["/sign-in/code", "/me/second-factor", "/me/again", "/me/services"])
def test_strangers_are_sent_to_the_sign_in_form(db: None, address: str) -> None:
    answer = Client().get(address)
    assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/sign-in")


def test_a_public_page_carries_no_session(db: None) -> None:
    answer = Client().get("/")
    assert not answer.cookies
