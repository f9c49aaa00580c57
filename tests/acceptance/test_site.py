"""The site as visitors use it: look up, ask for a day, read bulletins, sign in, send a return, read English."""

from __future__ import annotations

import csv
import re
import subprocess
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import command
from zhunsheng.codes import uscc

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.chromium

PHONE = {"width": 360, "height": 740}
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 A and AA, as axe names them.
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
# A common piece of the invented names; every demo has many.
COMMON = "科技"

# The text of a page that is not marked as Chinese data, with what screen readers are told.
VISIBLE = """() => {
  const copy = document.body.cloneNode(true);
  copy.querySelectorAll('[lang="zh-Hans"], script').forEach(e => e.remove());
  const labels = [...copy.querySelectorAll('[aria-label], [placeholder]')];
  const said = labels.map(e => (e.getAttribute('aria-label') || '') + (e.getAttribute('placeholder') || ''));
  return copy.textContent + '\\n' + said.join('\\n');
}"""


def search(page: Page, site: str, text: str) -> None:
    """Type into the search box of the first page and send it by the keyboard."""
    page.goto(site)
    box = page.get_by_role("searchbox")
    box.fill(text)
    box.press("Enter")


def open_an_organisation(page: Page, site: str) -> None:
    """Find an organisation by two characters and open it."""
    search(page, site, COMMON)
    page.locator("main .hits a[href*='/organisations/']").first.click()
    expect(page.locator("main table").first).to_be_visible()


def open_a_certificate(page: Page, site: str) -> None:
    """Open the first certificate of an organisation found by two characters."""
    open_an_organisation(page, site)
    page.locator("main a[href*='/certificates/']").first.click()
    expect(page.locator(".answer")).to_be_visible()


def sign_in(page: Page, site: str, name: str, password: str) -> None:
    """Sign in by the form."""
    page.goto(f"{site}/sign-in")
    page.get_by_label("账号").fill(name)
    page.get_by_label("口令").fill(password)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()


def test_two_characters_lead_to_a_certificate_and_to_its_state_on_another_day(page: Page, site: str) -> None:
    open_a_certificate(page, site)
    number = page.locator("h1").inner_text().split()[-1]
    issued = page.locator("dt", has_text="颁证日期").locator("xpath=following-sibling::dd[1]").inner_text()
    page.get_by_label("所查日期").fill("1999-01-01")
    page.get_by_role("button", name="查这一天").click()
    expect(page.locator(".answer")).to_contain_text("尚未颁发")
    assert "on=1999-01-01" in page.url
    page.get_by_label("所查日期").fill(issued)
    page.get_by_role("button", name="查这一天").click()
    expect(page.locator(".answer p").first).to_contain_text("有效")
    page.get_by_role("link", name="回到今天").click()
    search(page, site, number.lower())
    expect(page.locator("main .hits").first).to_contain_text(number)


def test_a_date_that_is_none_is_told_in_words(page: Page, site: str) -> None:
    open_a_certificate(page, site)
    page.get_by_label("所查日期").fill("2025-02-30")
    page.get_by_role("button", name="查这一天").click()
    expect(page.get_by_role("alert")).to_contain_text("不是日期")


def test_the_published_bulletin_is_read_beside_the_one_made_here(page: Page, site: str) -> None:
    page.goto(site)
    page.get_by_role("link", name="统计通报", exact=True).click()
    row = page.get_by_role("row").filter(has_text="2025-07")
    row.get_by_role("link", name="公布的通报").click()
    expect(page.locator("#projects")).to_contain_text("4,340,282")
    expect(page.locator("#findings")).to_be_visible()
    page.get_by_role("link", name="并列比较").click()
    expect(page.locator("#regions .beside").first).to_be_visible()
    page.get_by_role("link", name="按证书数从多到少").click()
    rows = page.locator("#regions tbody th").all_inner_texts()
    assert [r.strip() for r in rows[:4]] == ["全部", "全国", "广东省", "江苏省"]


def test_a_body_sends_a_return_and_watches_it_to_its_findings(
    page: Page, site: str, accounts: dict[str, str], tmp_path: Path
) -> None:
    sign_in(page, site, "body", accounts["body"])
    page.get_by_role("link", name="body", exact=True).click()
    party = page.locator("main tbody th").first.inner_text()
    search(page, site, party)
    link = page.locator("main .hits a[href*='/bodies/']", has_text=party).first
    approval_no = (link.get_attribute("href") or "").rsplit("/", 1)[1]
    file = tmp_path / "return.csv"
    _write_return(file, approval_no)
    page.get_by_role("link", name="上报与导入").click()
    page.get_by_role("link", name="报送一份文件").click()
    page.get_by_label("文件").set_input_files(file)
    page.get_by_role("button", name="报送").click()
    expect(page.get_by_role("status").first).to_contain_text("已完成", timeout=30_000)
    expect(page.get_by_role("heading", name="发现")).to_be_visible()
    odd = page.get_by_role("row").filter(has_text="90125Q99001R0S").filter(has_text="校验位不符")
    expect(odd).to_be_visible()
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_role("link", name="登录")).to_be_visible()


def _write_return(file: Path, approval_no: str) -> None:
    """Write a return of one certificate whose holder's code has a wrong last character."""
    code = uscc.invented("11", 99_999_001)
    row = {
        "RZJG_ID": approval_no,
        "ORG_NAME": "虚构浏览器试报有限公司",
        "ORG_CODE": code[:-1] + ("0" if code[-1] != "0" else "1"),
        "ORG_COUNTRY": "156",
        "ORG_DISTRICT": "110000",
        "ORG_ADDRESS": "虚构路 1 号",
        "CERT_NUMBER": "90125Q99001R0S",
        "AUTH_PROJ_CODE": "A0101",
        "FIRST_CERT_DATE": "2025-06-01",
        "APP_ASS_DATE": "2025-06-01",
        "AWARD_DATE": "2025-06-01",
        "CERTI_E_DATE": "2028-05-31",
        "CERTI_STATUS": "01",
    }
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, fieldnames=list(row))
        writer.writeheader()
        writer.writerow(row)


def every_page(page: Page, site: str) -> list[str]:
    """Return the addresses of every kind of public page, found by following links."""
    open_a_certificate(page, site)
    found = [site + "/", f"{site}/search?q={COMMON}", f"{site}/search?q=绝无此名", page.url]
    links = [page.locator(f"main a[href*='/{kind}/']").first for kind in ("organisations", "bodies")]
    found += [site + (link.get_attribute("href") or "") for link in links]
    page.goto(f"{site}/bulletins")
    hrefs = [a.get_attribute("href") or "" for a in page.locator("main table a[href*='/bulletins/']").all()]
    bulletin = site + next(h for h in hrefs if "#" not in h)
    return [
        *found,
        f"{site}/bodies",
        page.url,
        bulletin,
        bulletin + "?compare=1",
        f"{site}/bulletins/compare",
        f"{site}/newsletters",
        f"{site}/sign-in",
        f"{site}/api",
        f"{site}/no-such-page",
    ]


def signed_in_pages(page: Page, site: str, accounts: dict[str, str]) -> list[str]:
    """Sign in as the national regulator and return the addresses that only such a person has."""
    sign_in(page, site, "national", accounts["national"])
    page.goto(f"{site}/imports")
    first = page.locator("main tbody a").first.get_attribute("href") or ""
    forms = [f"{site}/{path}" for path in ("imports", "imports/new", "bulletins/new", "newsletters/new")]
    return [*forms, site + first, f"{site}/me", f"{site}/me/tokens"]


def test_no_page_scrolls_sideways_on_a_phone(page: Page, site: str, accounts: dict[str, str]) -> None:
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    wide = []
    for address in [*every_page(page, site), *signed_in_pages(page, site, accounts)]:
        page.goto(address)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wide.append(address)
    assert wide == []


def test_in_english_nothing_is_chinese_but_the_data(page: Page, site: str, accounts: dict[str, str]) -> None:
    addresses = [*every_page(page, site), *signed_in_pages(page, site, accounts)]
    page.goto(site)
    page.get_by_role("link", name="English").click()
    left = {}
    for address in addresses:
        page.goto(address)
        assert page.locator("html").get_attribute("lang") == "en"
        # What was typed is data too.
        text = page.evaluate(VISIBLE).replace("绝无此名", "").replace(COMMON, "")
        if chinese := [line.strip() for line in text.splitlines() if CHINESE.search(line)]:
            left[address] = chinese[:3]
    assert left == {}


def test_every_public_page_can_be_read_without_scripts(page: Page, browser: Browser, site: str) -> None:
    addresses = every_page(page, site)
    with closing(browser.new_context(java_script_enabled=False)) as plain:
        bare = plain.new_page()
        for address in addresses:
            bare.goto(address)
            assert len(bare.locator("main").inner_text()) > 40, address
            assert bare.locator("h1").count() == 1, address


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed; run `make setup`")
def test_every_page_meets_wcag_aa_as_far_as_a_program_can_tell(page: Page, site: str, accounts: dict[str, str]) -> None:
    script = AXE.read_text(encoding="utf-8")
    found = {}
    for address in [*every_page(page, site), *signed_in_pages(page, site, accounts)]:
        page.goto(address)
        page.evaluate(script)
        result: dict[str, Any] = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", STANDARD
        )
        if violations := [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in result["violations"]]:
            found[address] = violations
    assert found == {}


def test_the_keyboard_reaches_the_content_first_and_the_search_box_next(page: Page, site: str) -> None:
    page.goto(f"{site}/bulletins")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("跳到正文")
    expect(focused).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_second_server_on_the_same_port_is_refused(site: str, tmp_path: Path) -> None:
    port = site.rsplit(":", 1)[1]
    second = subprocess.run(
        command("--data", str(tmp_path), "serve", "--port", port),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 2
    assert f"127.0.0.1:{port}" in second.stderr
    assert "--port" in second.stderr
