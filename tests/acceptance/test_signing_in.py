"""Single sign-on and the second factor as a person meets them: a served site, a provider beside it, a browser."""

from __future__ import annotations

import base64
import hmac
import os
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import _free_port, _wait_for, command
from tests.ground.identity_provider import CLIENT_ID, CLIENT_SECRET, Provider, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

pytestmark = pytest.mark.chromium

NAME = "虚构统一身份认证"
PASSWORD = "a long password of the test"


@contextmanager
def served(data: Path, log: Path) -> Iterator[str]:
    """Serve the data directory on a free port."""
    port = _free_port()
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "ZHUNSHENG_DATA"}}
    with log.open("wb") as out:
        process = subprocess.Popen(
            command("--data", str(data), "serve", "--port", str(port)), env=env, stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=40)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Provider, Path]]:
    """Serve a new instance that requires a second factor of body staff, with a provider beside it."""
    data = tmp_path_factory.mktemp("signing-in") / "data"
    data.mkdir(mode=0o700)
    (data / "demo").touch()
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "ZHUNSHENG_DATA"}}
    admit = ["admit", "planner", "--role", "body_staff", "--key", "CNCA-R-2099-001", "--email", "p@certifier.example"]
    subprocess.run(
        command("--data", str(data), *admit, "--password-stdin"), env=env, input=PASSWORD, text=True, check=True
    )
    with running() as provider:
        (data / "ministry.secret").write_text(CLIENT_SECRET, encoding="utf-8")
        (data / "sign-in.toml").write_text(
            f'second_factor_for = ["body_staff"]\n[providers.ministry]\nname = "{NAME}"\n'
            f'issuer = "{provider.address}"\nclient_id = "{CLIENT_ID}"\n'
            'secret_file = "ministry.secret"\ndomains = ["certifier.example"]\n',
            encoding="utf-8",
        )
        log = data.with_suffix(".log")
        with served(data, log) as url:
            yield url, provider, log


def code_of(key: str, *, steps_back: int = 0) -> str:
    """Return what an authenticator application shows now, or showed half a minute ago (RFC 6238)."""
    mac = hmac.digest(base64.b32decode(key), (int(time.time()) // 30 - steps_back).to_bytes(8, "big"), "sha1")
    start = mac[-1] & 15
    return f"{(int.from_bytes(mac[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def test_a_stranger_is_refused_and_an_admitted_person_goes_through_both_steps(
    page: Page, ground: tuple[str, Provider, Path]
) -> None:
    url, provider, log = ground
    provider.claims = {"sub": "stranger", "email": "s@certifier.example", "email_verified": True}
    page.goto(f"{url}/sign-in")
    page.get_by_role("button", name=NAME).click()
    expect(page.get_by_role("alert")).to_contain_text("没有为这个身份开通的账号")
    provider.claims = {"sub": "planner", "email": "p@certifier.example", "email_verified": True}
    page.goto(f"{url}/sign-in")
    page.get_by_role("button", name=NAME).click()
    # The role waits until a second factor is set up; a person with a password gives it once more for that.
    expect(page.get_by_role("main").get_by_role("status")).to_contain_text("暂不生效")
    page.get_by_role("link", name="开启两步验证").click()
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    key = page.locator("#secret").inner_text()
    # A code opens one session, so the one that is shown now is left for the next.
    page.get_by_label("验证器上的数字").fill(code_of(key, steps_back=1))
    page.get_by_role("button", name="开启").click()
    expect(page.locator("ul.codes li")).to_have_count(10)
    spare = page.locator("ul.codes li").first.inner_text()
    page.get_by_role("link", name="上报与导入").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("上报")
    page.get_by_role("button", name="退出").click()
    page.goto(f"{url}/sign-in")
    page.get_by_role("button", name=NAME).click()
    page.get_by_label("验证码或备用码").fill(code_of(key))
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="planner", exact=True)).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.goto(f"{url}/sign-in")
    page.get_by_label("账号").fill("planner")
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("验证码或备用码").fill(spare)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="planner", exact=True)).to_be_visible()
    said = log.read_text(encoding="utf-8")
    assert [secret for secret in (CLIENT_SECRET, PASSWORD, key, spare) if secret in said] == []


def test_the_way_to_a_provider_works_without_scripts(page: Page, ground: tuple[str, Provider, Path]) -> None:
    url, provider, _log = ground
    provider.claims = {"sub": "stranger"}
    context = page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    bare = context.new_page()
    bare.goto(f"{url}/sign-in")
    bare.get_by_role("button", name=NAME).click()
    expect(bare.get_by_role("alert")).to_contain_text("没有为这个身份开通的账号")
    context.close()


def test_a_public_look_up_sets_no_cookie(ground: tuple[str, Provider, Path]) -> None:
    url, _provider, _log = ground
    for path in ("/", "/search?q=%E7%A7%91%E6%8A%80", "/bulletins"):
        with urllib.request.urlopen(url + path) as answer:
            assert "Set-Cookie" not in answer.headers, path
