"""What every answer carries and refuses: headers, cookies, language, forged forms, sizes, bad input."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_django import Settings

    from tests.actions.web.conftest import World


def _pages(world: World) -> list[str]:
    return [
        reverse("home"),
        reverse("search") + "?q=东方",
        reverse("certificate", args=[world.own.pk]),
        reverse("organisation", args=[world.organisation.pk]),
        reverse("body", args=[world.own_body.approval_no]),
        reverse("bulletins"),
        reverse("bulletin", args=[world.published.pk]),
        "/no-such-page",
    ]


def test_every_page_forbids_scripts_and_styles_within_and_being_framed(world: World) -> None:
    for address in _pages(world):
        response = Client().get(address)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["X-Frame-Options"] == "DENY"
        text = response.content.decode()
        assert "<style" not in text
        assert " style=" not in text
        assert text.count("<script") == text.count("<script src=")


def test_files_refusals_and_the_api_cannot_be_framed_either(world: World, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    client = Client()
    answers = {
        200: client.get("/static/web/site.css"),
        400: client.get("/", headers={"host": "elsewhere.example"}),
        404: client.get("/api/v1/certificates/none"),
        413: client.post(reverse("sign-in"), {"username": "x" * 2000}),
    }
    for status, response in answers.items():
        response.close()
        assert response.status_code == status
        assert response["X-Frame-Options"] == "DENY"
        assert response["X-Content-Type-Options"] == "nosniff"
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


def test_a_public_look_up_sets_no_cookie_and_reads_no_session(world: World) -> None:
    for address in _pages(world):
        with CaptureQueriesContext(connection) as asked:
            response = Client().get(address)
        assert not response.cookies
        assert [q["sql"] for q in asked.captured_queries if "session" in q["sql"] or "people_" in q["sql"]] == []


def test_pages_of_whoever_is_signed_in_are_kept_out_of_caches(world: World, client_of: Callable[[str], Client]) -> None:
    assert client_of("body").get(reverse("home"))["Cache-Control"] == "private, no-store"


def test_chinese_is_spoken_unless_english_was_asked_for(world: World) -> None:
    client = Client(headers={"accept-language": "en-GB,en;q=0.9"})
    first = client.get(reverse("sign-in"))
    assert (first["Content-Language"], '<html lang="zh-Hans">' in first.content.decode()) == ("zh-hans", True)
    asked = client.get(reverse("sign-in") + "?lang=en")
    assert (asked["Content-Language"], '<html lang="en">' in asked.content.decode()) == ("en", True)
    assert client.get(reverse("sign-in"))["Content-Language"] == "en"
    assert client.get(reverse("sign-in") + "?lang=zh-hans")["Content-Language"] == "zh-hans"
    assert client.get(reverse("sign-in"))["Content-Language"] == "zh-hans"


def test_a_language_that_is_not_offered_changes_nothing(world: World) -> None:
    response = Client().get(reverse("home") + "?lang=xx")
    assert (response["Content-Language"], response.cookies.keys()) == ("zh-hans", {}.keys())


def test_one_language_is_not_kept_for_readers_of_the_other(world: World) -> None:
    assert "Cookie" in Client().get(reverse("home"))["Vary"]


@pytest.mark.parametrize("name", ["sign-in", "sign-out", "import-new"])
def test_a_form_without_its_mark_of_origin_is_refused_in_words(
    name: str, world: World, client_of: Callable[[str], Client]
) -> None:
    client = client_of("body")
    client.handler.enforce_csrf_checks = True
    response = client.post(reverse(name), {"username": "body"})
    assert response.status_code == 403
    assert "这张表单已过期" in response.content.decode()


def test_the_public_cannot_fill_the_disk_with_a_large_body(world: World, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    response = Client().post(reverse("sign-in"), {"username": "x" * 2000})
    assert response.status_code == 413
    assert "超过上限" in response.content.decode()


def test_a_return_larger_than_the_limit_is_refused_in_words(
    world: World, client_of: Callable[[str], Client], settings: Settings
) -> None:
    settings.UPLOAD_LIMIT_BYTES = 1000
    response = client_of("body").post(reverse("import-new"), {"kind": "x" * 2000})
    assert response.status_code == 413
    assert "请拆成几个文件" in response.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/search?q=%00%00", 400),
        ("/search?q=" + "长" * 101, 400),
        ("/search?q=%27%22%3B--%20%2A", 200),
        ("/search?q=%22%20OR%20%22", 200),
        ("/certificates/0", 404),
        ("/certificates/99999999999999999999999", 404),
        ("/organisations/99999999999999999999999", 404),
        ("/bodies/CNCA-R-1900-1", 404),
        ("/bodies/%00", 404),
        ("/bulletins/99999999999999999999999", 404),
        ("/bulletins/1.exe", 404),
        ("/bulletins?page=x", 200),
        ("/certificates/x", 404),
    ],
)
def test_bad_input_gets_an_answer_in_words(address: str, status: int, world: World) -> None:
    response = Client(raise_request_exception=False).get(address)
    assert response.status_code == status
    assert 'href="/search"' in response.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "x", "99999999999999999999", "٣"])
def test_a_page_number_that_makes_no_sense_is_no_failure(page: str, world: World) -> None:
    address = reverse("organisation", args=[world.organisation.pk])
    assert Client(raise_request_exception=False).get(address, {"page": page}).status_code == 200


def test_our_own_failure_has_a_page_with_a_way_out(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from zhunsheng.bulletin import queries

    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(queries, "newest", broken)
    response = Client(raise_request_exception=False).get(reverse("home"))
    assert response.status_code == 500
    assert "这是系统的问题" in response.content.decode()


def test_a_demo_says_so_on_every_page_and_another_instance_on_none(world: World, settings: Settings) -> None:
    for demo in (True, False):
        settings.DEMO = demo
        for address in _pages(world):
            assert ("演示数据" in Client().get(address).content.decode()) is demo
