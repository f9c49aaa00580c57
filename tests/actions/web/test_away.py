"""When the database is away, or a page fails, visitors get a page that says so, without the database."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# Asks for a page as a visitor does and prints status, whether it says when to come back, and the page.
ASK = """
import django
django.setup()
from django.test import Client
answer = Client(raise_request_exception=False, SERVER_NAME="localhost").get("/search?q=科技")
print(answer.status_code, answer.headers.get("Retry-After", "-"), answer.content.decode())
"""


@pytest.mark.parametrize(
    ("url", "status", "said"),
    [("postgresql://nobody@127.0.0.1:1/nothing", "503 120", "数据库暂时不可用"), ("", "503 120", "数据库暂时不可用")],
    ids=["a server that does not answer", "no tables"],
)
def test_a_database_that_is_away_is_told_as_such(tmp_path: Path, url: str, status: str, said: str) -> None:
    env = os.environ | {"ZHUNSHENG_DATA": str(tmp_path), "DATABASE_URL": url, "PYTHONIOENCODING": "utf-8"}
    env["DJANGO_SETTINGS_MODULE"] = "zhunsheng.web.settings"
    ended = subprocess.run([sys.executable, "-c", ASK], env=env, check=False, capture_output=True, text=True)
    assert ended.stdout.startswith(status), ended.stderr
    assert said in ended.stdout
    assert "回首页" in ended.stdout
    assert "OperationalError" not in ended.stdout
