"""Takes the README's pictures of the real pages, in a real browser, from a new demo.

`make pictures` calls this. The data are invented, and the mark that says so is in the pictures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
PORT = 8731
URL = f"http://127.0.0.1:{PORT}"
START_SECONDS = 300
# A size that a README shows without shrinking the text away.
WIDTH, HEIGHT = 1200, 800


def home(page: Page) -> None:
    """Show the first page."""
    page.goto(URL)


def search(page: Page) -> None:
    """Show what two characters find."""
    page.goto(f"{URL}/search?q=科技")


def certificate(page: Page) -> None:
    """Show a certificate with its timeline."""
    page.goto(f"{URL}/search?q=科技")
    page.locator("a[href*='/organisations/']").first.click()
    page.locator("a[href*='/certificates/']").first.click()


def bulletin(page: Page) -> None:
    """Show the newest published bulletin with what its check found."""
    page.goto(f"{URL}/bulletins")
    page.get_by_role("link", name="公布的通报").first.click()


def wait(site: subprocess.Popen[bytes]) -> None:
    """Wait until the site answers. Raises TimeoutError when it does not, or has ended."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and site.poll() is None:
        try:
            urllib.request.urlopen(URL, timeout=5).close()
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(URL)


def main() -> None:
    """Serve a demo, take every picture, and stop the demo."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    command = str(Path(sys.executable).with_name("zhunsheng"))
    with TemporaryDirectory(prefix="zhunsheng-pictures-") as data:
        site = subprocess.Popen([command, "--data", data, "demo", "--port", str(PORT)])
        try:
            wait(site)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=shutil.which("chromium") or shutil.which("google-chrome"),
                    chromium_sandbox=os.geteuid() != 0,
                    args=["--disable-background-networking", "--disable-component-update", "--disable-sync"],
                )
                page = browser.new_page(locale="zh-CN", viewport={"width": WIDTH, "height": HEIGHT})
                for show in (home, search, certificate, bulletin):
                    show(page)
                    page.screenshot(path=PICTURES / f"{show.__name__}.png")
                    print(PICTURES / f"{show.__name__}.png")
                browser.close()
        finally:
            site.terminate()
            site.wait(timeout=60)


if __name__ == "__main__":
    main()
