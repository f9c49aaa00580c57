"""The first page in a browser: its pictures and its tree by keyboard, without scripts, on a phone, read by axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.acceptance.test_site import AXE, PHONE, STANDARD

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.chromium


def test_a_tile_leads_to_the_certificates_of_its_region(page: Page, site: str) -> None:
    page.goto(site)
    tile = page.locator("#nation a[href*='region=44']")
    expect(tile).to_contain_text("广东")
    tile.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site}/search?region=44")


def test_the_picture_and_the_tree_need_no_script(browser: Browser, site: str) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(site)
        page.get_by_role("link", name="组织数", exact=True).click()
        expect(page.locator("#nation figcaption")).to_contain_text("获证组织数")
        leaf = page.get_by_role("link", name="质量管理体系认证")
        expect(leaf).to_be_hidden()
        page.locator(".tree summary", has_text="管理体系认证").first.click()
        expect(leaf).to_be_visible()
        page.get_by_text("这幅图的数字").click()
        expect(page.locator("#regions")).to_be_visible()


def test_the_tree_opens_by_keyboard(page: Page, site: str) -> None:
    page.goto(site)
    summary = page.locator(".tree summary", has_text="产品认证").first
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="强制性产品认证")).to_be_visible()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("figure", ["certificates", "growth"])
def test_the_page_opened_whole_fits_a_phone_and_satisfies_axe(
    language: str, figure: str, browser: Browser, site: str
) -> None:
    # axe is put into the page from outside, which the page's own policy would refuse.
    with browser.new_context(viewport=PHONE, bypass_csp=True) as context:  # type: ignore[arg-type]
        page = context.new_page()
        page.goto(f"{site}/?lang={language}&map={figure}&trend=made")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.add_script_tag(path=AXE)
        found = page.evaluate("rules => axe.run({runOnly: rules})", STANDARD)
        assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []


def test_a_picture_is_saved_as_svg_and_as_png(page: Page, site: str) -> None:
    page.goto(site)
    for ending in ("SVG", "PNG"):
        with page.expect_download() as waited:
            page.locator("#nation").get_by_role("link", name=ending, exact=True).click()
        assert waited.value.suggested_filename.endswith(f"tiles-certificates.{ending.lower()}")
        assert waited.value.path().stat().st_size > 2_000


def test_the_tree_prints_whole(page: Page, site: str) -> None:
    page.goto(site)
    leaf = page.get_by_role("link", name="质量管理体系认证")
    expect(leaf).to_be_hidden()
    page.emulate_media(media="print")
    expect(leaf).to_be_visible()
    expect(page.locator("#nation svg")).to_be_visible()
