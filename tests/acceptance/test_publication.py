"""A month made, checked, published and corrected, and a newsletter written, in a real browser on a real register."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.chromium

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def sign_in(page: Page, site: str, name: str, password: str) -> None:
    """Sign in by the form."""
    page.goto(f"{site}/sign-in")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def barriers(page: Page) -> list[str]:
    """What axe finds on the page as it stands, and whether it is wider than a phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    wide = page.evaluate("document.documentElement.scrollWidth") > 360
    found: list[str] = [f"{page.url} scrolls sideways"] if wide else []
    if AXE.exists():
        page.evaluate(AXE.read_text(encoding="utf-8"))
        options = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
        result: dict[str, Any] = page.evaluate(options, STANDARD)
        found += [f"{page.url} {v['id']}: {v['nodes'][0]['html'][:120]}" for v in result["violations"]]
    page.set_viewport_size({"width": 1280, "height": 900})
    return found


def test_a_month_goes_from_the_register_to_a_published_correction(
    page: Page, site: str, accounts: dict[str, str]
) -> None:
    sign_in(page, site, "national", accounts["national"])
    page.goto(f"{site}/bulletins/2025-08")
    old = page.url
    page.get_by_role("link", name="重新制作，以便更正").click()
    # Before the bodies' returns of September were known, the month looked otherwise.
    page.get_by_label("截至何日所知").fill("2025-09-01")
    page.get_by_role("button", name="开始制作").click()
    expect(page).to_have_url(re.compile(r"/bulletins/\d+$"), timeout=60_000)
    found = barriers(page)
    page.get_by_role("link", name="读核对结果，做自检").click()
    found += barriers(page)
    for box in page.get_by_label("原因").all():
        box.fill("演示的登记里有组织没有地区。")
    page.get_by_role("button", name="已读过，完成自检").click()
    page.get_by_role("link", name="公布这一版").click()
    found += barriers(page)
    page.get_by_label("哪里错了").fill("计入了九月才报来的变化。")
    page.get_by_label("为什么").fill("截至日期选错。")
    page.get_by_role("button", name="确认公布").click()
    expect(page.get_by_text("第 2 版").first).to_be_visible()
    found += barriers(page)
    new = page.url
    page.get_by_role("button", name="退出").click()
    page.goto(old)
    page.get_by_role("link", name="看现行的一版").click()
    expect(page).to_have_url(new)
    page.goto(f"{site}/bulletins/2025-08")
    expect(page).to_have_url(new)
    assert found == []


def test_a_body_writes_a_newsletter_and_the_public_reads_it(page: Page, site: str, accounts: dict[str, str]) -> None:
    sign_in(page, site, "body", accounts["body"])
    page.get_by_role("link", name="简报", exact=True).click()
    page.get_by_role("link", name="编一期简报").click()
    for label, text in (("刊名", "虚构认证简报"), ("期号", "2025 年第 8 期"), ("本期标题", "七月的认证")):
        page.get_by_label(label).fill(text)
    page.get_by_label("数据的月份").select_option("2025-07")
    page.get_by_role("button", name="开始").click()
    found = barriers(page)
    for title in ("有效期怎样管理", "编者的话"):
        page.get_by_role("link", name="写一篇文章").click()
        page.get_by_label("标题").fill(title)
        page.get_by_label("正文").fill("# 三件事\n\n- **看到期日**\n\n| 事项 | 天数 |\n|--|--:|\n| 监督 | 365 |\n")
        page.get_by_role("button", name="保存").click()
    page.get_by_role("button", name="第 2 篇上移").click()
    expect(page.locator(".pieces a").first).to_have_text("编者的话")
    found += barriers(page)
    page.locator(".pieces a").first.click()
    found += barriers(page)
    page.go_back()
    page.get_by_role("link", name="预览", exact=True).click()
    address = page.url
    found += barriers(page)
    page.get_by_role("link", name="公布这一期").click()
    found += barriers(page)
    page.get_by_role("button", name="公布").click()
    expect(page).to_have_url(address)
    page.get_by_role("button", name="退出").click()
    page.goto(f"{site}/newsletters")
    page.get_by_role("link", name="七月的认证").click()
    expect(page.locator("main")).to_contain_text("4,340,282")
    found += barriers(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="PDF").click()
    assert started.value.path().read_bytes().startswith(b"%PDF-")
    assert found == []
