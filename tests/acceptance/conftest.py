"""A real site and a real browser: one demo served for the whole run, one page for each test.

Tests here know only what a visitor knows: an address, accounts, and what the page shows.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

import pytest

from tests.conftest import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, ConsoleMessage, Page

# A thousandth of the nation is built in seconds and still has every project and region.
SITE_SCALE = "0.001"
START_SECONDS = 120
STOP_SECONDS = 40
# Without the network flags Chromium asks its maker's hosts for updates at every start.
CHROMIUM_ARGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)


class Site(TypedDict):
    """Where the served demo is: its address, its data directory, and passwords by sign-in name."""

    url: str
    data: Path
    accounts: dict[str, str]


def command(*args: str) -> list[str]:
    """Return the installed `zhunsheng` command with arguments."""
    return [str(Path(sys.executable).with_name("zhunsheng")), *args]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve a new demo on a free port of the loopback address for the whole run."""
    data = tmp_path_factory.mktemp("site")
    port, log = _free_port(), data.with_suffix(".log")
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "ZHUNSHENG_DATA"}}
    arguments = command("--data", str(data), "demo", "--scale", SITE_SCALE, "--port", str(port))
    with log.open("wb") as out:
        process = subprocess.Popen(arguments, env=env, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process, log)
        accounts = json.loads((data / "demo-accounts.json").read_text(encoding="utf-8"))
        yield Site(url=url, data=data, accounts=accounts)
    finally:
        process.terminate()
        process.wait(timeout=STOP_SECONDS)


@pytest.fixture
def site(served: Site) -> str:
    """Return the address of the served demo, without a slash at its end."""
    return served["url"]


@pytest.fixture
def accounts(served: Site) -> dict[str, str]:
    """Return the passwords of the demo's accounts by sign-in name."""
    return served["accounts"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start one headless Chromium for the whole run."""
    from playwright.sync_api import sync_playwright

    # Playwright's synchronous interface keeps a loop in this thread, which Django would refuse to work beside.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    sandbox = hasattr(os, "geteuid") and os.geteuid() != 0
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium(), args=list(CHROMIUM_ARGS), chromium_sandbox=sandbox
        )
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """Open a page as a new visitor; the test fails if a script failed or the page broke its own security policy."""
    with closing(browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 900})) as context:
        opened = context.new_page()
        complaints: list[str] = []
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda message: _note(message, complaints))
        yield opened
        assert complaints == []


def _note(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        complaints.append(message.text)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            pytest.fail(f"the site ended with {process.returncode}:\n{log.read_text(encoding='utf-8')}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    pytest.fail(f"the site did not answer within {START_SECONDS} s:\n{log.read_text(encoding='utf-8')}")
