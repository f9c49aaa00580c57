"""Signing in: the right password, the wrong one, and too many wrong ones."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.actions.web.conftest import PASSWORD

if TYPE_CHECKING:
    import pytest
    from django.http import HttpResponse
    from pytest_django import Settings

WRONG = "not the password"


def attempt(name: str, password: str, address: str = "192.0.2.1", **more: str) -> HttpResponse:
    """Try to sign in from an address as a new visitor."""
    data = {"username": name, "password": password, **more}
    return Client(REMOTE_ADDR=address).post(reverse("sign-in"), data)  # type: ignore[return-value]


def test_the_right_password_leads_to_where_one_wanted_to_go(nation: str) -> None:
    response = attempt(nation, PASSWORD, next="/imports")
    assert (response.status_code, response["Location"]) == (302, "/imports")


def test_signing_in_never_leads_to_another_site(nation: str) -> None:
    assert attempt(nation, PASSWORD, next="https://elsewhere.example/")["Location"] == reverse("home")


def test_a_wrong_name_and_a_wrong_password_are_told_alike(nation: str) -> None:
    answers = {
        attempt(n, WRONG).content.decode().split('role="alert">')[1].split("</div>")[0] for n in (nation, "nobody")
    }
    assert len(answers) == 1
    assert "账号或口令不对" in answers.pop()


def test_after_five_failures_even_the_right_password_has_to_wait(nation: str) -> None:
    assert [attempt(nation, WRONG).status_code for _ in range(5)] == [200] * 5
    refused = attempt(nation, PASSWORD)
    assert refused.status_code == 429
    assert "请 15 分钟后再试" in refused.content.decode()


def test_four_failures_do_not_have_to_wait(nation: str) -> None:
    for _ in range(4):
        attempt(nation, WRONG)
    assert attempt(nation, PASSWORD).status_code == 302


def test_a_success_ends_a_row_of_failures(nation: str) -> None:
    for _ in range(2):
        for _ in range(4):
            attempt(nation, WRONG)
        assert attempt(nation, PASSWORD).status_code == 302


def test_failures_count_for_one_name_from_one_address(nation: str) -> None:
    for _ in range(5):
        attempt(nation.upper() + " ", WRONG)
    assert attempt(nation, PASSWORD).status_code == 429
    assert attempt(nation, PASSWORD, address="192.0.2.2").status_code == 302


def test_one_address_tries_only_so_many_names(nation: str, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhunsheng.web import rate

    monkeypatch.setattr(rate, "LIMITER", rate.Limiter())
    settings.RATE = 12
    client = Client()
    tried = [client.post(reverse("sign-in"), {"username": f"name-{n}", "password": "guess"}) for n in range(5)]
    assert [answer.status_code for answer in tried] == [200, 200, 200, 429, 429]
    assert int(tried[-1]["Retry-After"]) >= 1
    # Who only looks at the form, and who comes from elsewhere, is not held up.
    assert client.get(reverse("sign-in")).status_code == 200
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    answer = elsewhere.post(reverse("sign-in"), {"username": nation, "password": PASSWORD})
    assert answer.status_code == 302


def test_the_wait_ends_after_fifteen_minutes(db: None) -> None:
    from zhunsheng.people import sign_in

    now = timezone.now()
    for _ in range(5):
        sign_in.failed("nation", "192.0.2.1", at=now)
    assert sign_in.must_wait("nation", "192.0.2.1", at=now + timedelta(minutes=14, seconds=59))
    assert not sign_in.must_wait("nation", "192.0.2.1", at=now + timedelta(minutes=15))


def test_neither_name_nor_address_of_a_failure_is_written_down(db: None) -> None:
    from zhunsheng.trail.models import Entry

    attempt("a password typed as a name", WRONG)
    written = " ".join(f"{e.by} {e.action} {e.subject} {e.detail}" for e in Entry.objects.all())
    assert "people.sign_in_failed" in written
    assert "typed" not in written
    assert "192.0.2.1" not in written


def test_signing_out_ends_the_session(nation: str) -> None:
    client = Client()
    client.post(reverse("sign-in"), {"username": nation, "password": PASSWORD})
    assert client.get(reverse("me")).status_code == 200
    assert client.post(reverse("sign-out")).status_code == 302
    assert client.get(reverse("me")).status_code == 302


def test_the_own_page_says_the_role_in_words(nation: str) -> None:
    client = Client()
    client.post(reverse("sign-in"), {"username": nation, "password": PASSWORD})
    text = client.get(reverse("me")).content.decode()
    assert "虚构监管" in text
    assert "国家级可导入任何机构的上报，制作并公布通报" in text
