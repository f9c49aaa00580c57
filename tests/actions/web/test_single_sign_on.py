"""Single sign-on against a real provider: who comes in, and every token that does not prove who it is."""

from __future__ import annotations

import logging
import re
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client

from tests.actions.web.conftest import AT, PASSWORD
from tests.ground.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from zhunsheng.people.models import Person

SUBJECT = "248289761001"
EMAIL = "planner@certifier.example"


@pytest.fixture
def provider(settings: Settings) -> Iterator[Provider]:
    """Serve a provider, and configure this instance for it."""
    with running() as served:
        served.claims = {"sub": SUBJECT, "email": EMAIL, "email_verified": True}
        app = {
            "provider_id": "ministry",
            "name": "虚构统一认证",
            "client_id": CLIENT_ID,
            "secret": CLIENT_SECRET,
            "settings": {"server_url": served.address, "domains": ["certifier.example"]},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
        yield served


@pytest.fixture
def person(db: None) -> Person:
    """Admit someone with an e-mail address."""
    return admit("planner", EMAIL)


def admit(name: str, email: str, password: str | None = PASSWORD) -> Person:
    """Admit a body's person."""
    from zhunsheng.people import actions
    from zhunsheng.people.roles import PartyKind

    return actions.admit(
        name=name,
        password=password,
        role="body_staff",
        kind=PartyKind.BODY,
        key="CNCA-R-2099-001",
        party_name="虚构认证有限公司",
        by="system:test",
        at=AT,
        email=email,
    )


def travel(client: Client, begin: str = "/sign-in/by/ministry", **sent: str) -> Any:
    """Go to the provider and come back; return the answer to what it sent."""
    return come_back(client, leave(client, begin, **sent))


def leave(client: Client, begin: str = "/sign-in/by/ministry", **sent: str) -> str:
    """Return where the page that goes to the provider leads."""
    page = client.post(begin, sent)
    assert page.status_code == 200, page.content.decode()[-900:]
    address = page["Refresh"].split("url=", 1)[1]
    assert f'href="{address}"' in unescape(page.content.decode())
    return str(address)


def come_back(client: Client, address: str) -> Any:
    """Open the provider's address as a browser does, and follow it back."""
    return client.get(sent_back_to(address))


def sent_back_to(address: str) -> str:
    """Return where the provider sends a browser that comes to its address."""
    with requests.get(address, allow_redirects=False, timeout=10) as answer:
        return answer.headers["Location"].replace("http://testserver", "")


def signed_in(client: Client) -> bool:
    """Tell whether a page for persons opens."""
    return bool(client.get("/me").status_code == 200)


def entries(action: str) -> int:
    """Count the trail's entries of one kind."""
    from zhunsheng.trail.models import Entry

    return Entry.objects.filter(action=action).count()


def test_an_admitted_person_comes_in_by_a_verified_address_of_an_allowed_domain(
    provider: Provider, person: Person
) -> None:
    client = Client()
    response = travel(client, next="/imports")
    assert (response.status_code, response["Location"]) == (302, "/imports")
    assert client.get("/me").context["viewer"].name == "planner"
    assert (entries("people.sign_in"), entries("people.link")) == (1, 1)


def test_from_then_on_the_subject_counts_and_not_the_address(provider: Provider, person: Person) -> None:
    assert travel(Client()).status_code == 302
    provider.claims = {"sub": SUBJECT}
    client = Client()
    assert travel(client).status_code == 302
    assert signed_in(client)
    # Another subject that shows the same address is someone else.
    provider.claims = {"sub": "other", "email": EMAIL, "email_verified": True}
    client = Client()
    assert travel(client).status_code == 403
    assert not signed_in(client)


def test_signing_in_leads_to_this_site_only(provider: Provider, person: Person) -> None:
    assert travel(Client(), next="https://elsewhere.example/")["Location"] == "/"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": SUBJECT},
        {"sub": SUBJECT, "email": EMAIL},
        {"sub": SUBJECT, "email": EMAIL, "email_verified": False},
        {"sub": SUBJECT, "email": EMAIL, "email_verified": "true"},
        {"sub": SUBJECT, "email": "stranger@certifier.example", "email_verified": True},
        {"sub": SUBJECT, "email": "planner@elsewhere.example", "email_verified": True},
        {"sub": SUBJECT, "email": "planner@elsewhere.example@certifier.example", "email_verified": True},
    ],
    ids=["no address", "not said", "not verified", "verified in a string", "stranger", "other domain", "two domains"],
)
def test_whoever_was_not_admitted_is_refused_in_words(
    provider: Provider, person: Person, claims: dict[str, Any]
) -> None:
    admit("elsewhere", "planner@elsewhere.example")
    provider.claims = claims
    client = Client()
    response = travel(client)
    assert response.status_code == 403
    assert "没有为这个身份开通的账号" in response.content.decode()
    assert not signed_in(client)
    from zhunsheng.people.models import Person as People

    assert People.objects.count() == 2
    assert entries("people.sign_in_failed") == 1


@pytest.mark.parametrize(
    "spoil",
    [
        "audience",
        "several audiences",
        "issuer",
        "issuer of the provider",
        "nonce",
        "no nonce",
        "expired",
        "unsigned",
        "signed by another",
        "signed with the client's secret",
        "unknown key",
        "no token at all",
        "missing",
    ],
)
def test_a_token_that_proves_nothing_opens_nothing(
    provider: Provider, person: Person, spoil: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = Client()
    address = leave(client)
    provider.spoil = spoil
    with caplog.at_level(logging.WARNING):
        response = come_back(client, address)
    assert response.status_code == 403
    assert "没有登录" in response.content.decode()
    assert not signed_in(client)
    assert entries("people.sign_in") == 0
    assert CLIENT_SECRET not in caplog.text
    assert "ministry" in caplog.text


def test_an_answer_opens_one_session_and_that_of_whoever_asked(provider: Provider, person: Person) -> None:
    client = Client()
    address = leave(client)
    back = sent_back_to(address)
    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    client.post("/sign-out")
    assert client.get(back).status_code == 403
    assert provider.tokens_given == 1


def test_an_answer_counts_for_the_provider_that_was_asked_only(
    provider: Provider, person: Person, settings: Settings
) -> None:
    (asked,) = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    both = [asked, asked | {"provider_id": "other", "name": "另一家"}]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": both}}
    client = Client()
    back = sent_back_to(leave(client))
    assert client.get(back.replace("/by/ministry/", "/by/other/")).status_code == 403
    assert not signed_in(client)
    assert provider.tokens_given == 0
    # The answer itself was good, and still is where it belongs.
    assert client.get(back).status_code == 302


def test_a_provider_that_does_not_answer_is_told_in_words(provider: Provider, db: None, settings: Settings) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:1"
    response = Client().post("/sign-in/by/ministry")
    assert response.status_code == 403
    assert "现在连不上 虚构统一认证" in response.content.decode()


def test_roles_never_come_from_the_token(provider: Provider, person: Person) -> None:
    provider.claims |= {"role": "regulator", "roles": ["regulator"], "groups": ["regulator"]}
    client = Client()
    travel(client)
    viewer = client.get("/me").context["viewer"]
    assert {(grant.kind, grant.key) for grant in viewer.grants} == {("body", "CNCA-R-2099-001")}


def test_one_links_a_provider_after_giving_the_password_again(provider: Provider, db: None) -> None:
    admit("planner", "")
    client = Client()
    client.post("/sign-in", {"username": "planner", "password": PASSWORD})
    asked = client.post("/me/services/ministry")
    assert asked["Location"].startswith("/me/again?")
    again = client.post(asked["Location"], {"password": PASSWORD, "next": "/me/services/ministry"})
    response = come_back(client, again["Refresh"].split("url=", 1)[1])
    assert response["Location"] == "/me/services"
    assert "虚构统一认证" in client.get("/me/services").content.decode()
    other = Client()
    assert travel(other).status_code == 302
    assert other.get("/me").context["viewer"].name == "planner"


def test_an_identity_belongs_to_one_person(provider: Provider, person: Person) -> None:
    travel(Client())
    admit("second", "")
    client = Client()
    client.post("/sign-in", {"username": "second", "password": PASSWORD})
    asked = client.post("/me/services/ministry")
    again = client.post(asked["Location"], {"password": PASSWORD, "next": "/me/services/ministry"})
    come_back(client, again["Refresh"].split("url=", 1)[1])
    assert "这个身份已经关联了账号" in client.get("/me/services").content.decode()
    assert entries("people.link") == 1


def test_the_only_way_in_cannot_be_taken_away(provider: Provider, db: None) -> None:
    admit("planner", EMAIL, password=None)
    client = Client()
    travel(client)
    link = re.search(r'name="link" value="(\d+)"', client.get("/me/services").content.decode())
    assert link is not None
    client.post("/me/services", {"link": link[1]})
    assert "这是您唯一的登录方式" in client.get("/me/services").content.decode()
    assert entries("people.unlink") == 0


def test_what_the_provider_says_of_a_person_is_not_kept(provider: Provider, person: Person) -> None:
    from allauth.socialaccount.models import SocialAccount, SocialToken

    provider.claims |= {"name": "A Name", "phone_number": "+86 000"}
    travel(Client())
    assert [(a.provider, a.uid, a.extra_data) for a in SocialAccount.objects.all()] == [("ministry", SUBJECT, {})]
    assert SocialToken.objects.count() == 0
    person.refresh_from_db()
    assert person.get_full_name() == ""


@pytest.mark.parametrize(
    "address",
    [
        "/signup/",
        "/accounts/signup/",
        "/sign-in/by/nobody",
        "/sign-in/by/nobody/callback",
        "/accounts/login/",
        "/password/reset/",
        "/email/",
        "/3rdparty/",
        "/2fa/",
        "/confirm-email/",
    ],
)
def test_what_is_not_needed_is_not_there(provider: Provider, db: None, address: str) -> None:
    client = Client()
    answers = {client.get(address).status_code, client.post(address).status_code}
    assert answers <= {404, 405}


def test_signing_in_by_a_provider_is_never_begun_by_a_link(provider: Provider, db: None) -> None:
    assert Client().get("/sign-in/by/ministry").status_code == 405


def test_a_closed_account_stays_closed(provider: Provider, person: Person) -> None:
    travel(Client())
    person.is_active = False
    person.save()
    client = Client()
    response = travel(client)
    assert response.status_code == 403
    assert not signed_in(client)


def test_an_answer_that_nobody_asked_for_is_refused_and_not_filed(provider: Provider, db: None) -> None:
    assert Client().get("/sign-in/by/ministry/callback?code=x&state=y").status_code == 403
    assert Client().get("/sign-in/by/ministry/callback").status_code == 403
    assert entries("people.sign_in_failed") == 0


def test_who_turns_back_at_the_provider_is_at_the_sign_in_form_again(provider: Provider, db: None) -> None:
    client = Client()
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    answer = client.get("/sign-in/by/ministry/callback", {"error": "access_denied", "state": state})
    assert (answer.status_code, answer["Location"]) == (302, "/sign-in")
