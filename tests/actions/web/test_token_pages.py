"""The pages of one's own tokens, and how often the register's pages may be read."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django import Settings

    from tests.actions.web.conftest import World

KEY = re.compile(r"zhunsheng_[\w-]{43}")


def made(client: Client, **changed: str) -> str:
    """Make a token by the form and return the page that answers."""
    from zhunsheng.people.models import Membership

    until = timezone.localdate() + timedelta(days=30)
    data = {"name": "比对程序", "membership": str(Membership.objects.get().pk), "expires_on": until.isoformat()}
    return client.post(reverse("tokens"), {**data, **changed}).content.decode()


def test_a_key_is_shown_once_and_opens_the_api(
    world: World, client_of: Callable[[str], Client], client: Client
) -> None:
    signed_in = client_of("holder")
    key = KEY.search(made(signed_in))
    assert key
    page = signed_in.get(reverse("tokens"))
    assert "比对程序" in page.content.decode()
    assert not KEY.search(page.content.decode())
    assert "no-store" in page["Cache-Control"]
    address = "/api/v1/certificates?bulk=true"
    assert client.get(address, headers={"Authorization": f"Bearer {key[0]}"}).status_code == 200


def test_revoking_asks_first_and_then_ends_it(world: World, client_of: Callable[[str], Client], client: Client) -> None:
    from zhunsheng.people.models import Token

    signed_in = client_of("holder")
    key = KEY.search(made(signed_in))
    assert key
    address = reverse("token-revoke", args=[Token.objects.get().pk])
    assert "比对程序" in signed_in.get(address).content.decode()
    assert Token.objects.get().revoked_at is None
    assert "已吊销" in signed_in.post(address, follow=True).content.decode()
    assert client.get("/api/v1/regions", headers={"Authorization": f"Bearer {key[0]}"}).status_code == 401


def test_another_persons_token_is_not_there(world: World, client_of: Callable[[str], Client]) -> None:
    from zhunsheng.people.models import Token

    made(client_of("holder"))
    address = reverse("token-revoke", args=[Token.objects.get().pk])
    other = client_of("nation")
    assert [other.get(address).status_code, other.post(address).status_code] == [404, 404]
    assert Token.objects.get().revoked_at is None


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": " "}, "必填"),
        ({"expires_on": "2099-01-01"}, "366"),
        ({"expires_on": "soon"}, "2025-03-01"),
        ({"membership": "999"}, "999"),
    ],
)
def test_a_form_that_cannot_be_meant_says_why_and_makes_nothing(
    changed: dict[str, str], told: str, world: World, client_of: Callable[[str], Client]
) -> None:
    from zhunsheng.people.models import Token

    page = made(client_of("holder"), **changed)
    assert 'class="errorlist' in page
    assert told in page or "必填" in told
    assert not Token.objects.exists()


def test_a_form_without_the_mark_of_this_site_makes_nothing(world: World, client_of: Callable[[str], Client]) -> None:
    from django.test import Client as Browser

    from zhunsheng.people.models import Person, Token

    client_of("holder")
    strict = Browser(enforce_csrf_checks=True)
    strict.force_login(Person.objects.get())
    made(strict)
    assert not Token.objects.exists()


def test_pages_and_api_share_one_limit_for_an_address_and_people_have_their_own(
    world: World,
    client: Client,
    client_of: Callable[[str], Client],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from zhunsheng.web import rate

    monkeypatch.setattr(rate, "LIMITER", rate.Limiter())
    signed_in = client_of("nation")
    settings.RATE = 3
    page, api = reverse("certificate", args=[world.own.pk]), "/api/v1/regions"
    assert [client.get(address).status_code for address in (page, api, page, page, api)] == [200, 200, 200, 429, 429]
    refused = client.get(page)
    assert int(refused["Retry-After"]) >= 1
    assert "请求过于频繁" in refused.content.decode()
    # Pages that answer nothing out of the register stay open to everyone.
    assert client.get(reverse("home")).status_code == 200
    assert signed_in.get(page)["RateLimit-Limit"] == "30"


def test_the_addresses_of_one_network_count_as_one_client(
    world: World, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhunsheng.web import rate

    monkeypatch.setattr(rate, "LIMITER", rate.Limiter())
    settings.RATE = 1
    asked = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "192.0.2.1", "::ffff:192.0.2.1"]
    got = [client.get("/api/v1/regions", REMOTE_ADDR=address).status_code for address in asked]
    assert got == [200, 429, 200, 200, 429]


def test_a_forged_forwarding_header_is_not_believed_without_a_proxy(
    world: World, client: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhunsheng.web import rate

    monkeypatch.setattr(rate, "LIMITER", rate.Limiter())
    settings.RATE = 1
    told = [{"X-Forwarded-For": f"198.51.100.{n}"} for n in range(3)]
    assert [client.get("/api/v1/regions", headers=one).status_code for one in told] == [200, 429, 429]
    settings.PROXIES = 1
    assert [client.get("/api/v1/regions", headers=one).status_code for one in told] == [200, 200, 200]
