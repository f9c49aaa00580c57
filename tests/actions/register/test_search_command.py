"""`zhunsheng search`: the same filters as the page, JSON alone on standard output, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.actions.register.returns import BODIES, BODY, row, write

if TYPE_CHECKING:
    from pathlib import Path

# The command works on a data directory of its own.
pytestmark = pytest.mark.sqlite
PROGRAM = [sys.executable, "-m", "zhunsheng.cli.main"]


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    return subprocess.run(
        [*PROGRAM, "--data", str(data), *arguments],
        check=False,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of one organisation in Guangdong with two certificates, one of them ended."""
    folder = tmp_path_factory.mktemp("searched")
    found = folder / "data"
    found.mkdir(mode=0o700)
    (found / "demo").touch()
    rows = [row(), row(CERT_NUMBER="00121Q00009R0M", AWARD_DATE="2021-03-01", CERTI_E_DATE="2024-02-29")]
    for kind, file in (
        ("bodies", write(folder / "bodies.csv", BODIES)),
        ("certificates", write(folder / "certificates.csv", rows)),
    ):
        done = command(found, "import", kind, str(file), "--known", "2025-07-31")
        assert done.returncode == 0, done.stderr
    return found


@pytest.mark.parametrize(
    ("arguments", "numbers"),
    [
        (["试验", "--what", "certificates"], ["00121Q00009R0M", "00124Q00001R0M"]),
        (["--body", BODY, "--state", "expired"], ["00121Q00009R0M"]),
        (["--scheme", "A01", "--region", "44", "--issued-from", "2024-01-01"], ["00124Q00001R0M"]),
        (["--standard", "ISO 9001:2015", "--expires-until", "2024-12-31"], ["00121Q00009R0M"]),
        (["00124q00001r0m"], ["00124Q00001R0M"]),
    ],
)
def test_filters_are_options(data: Path, arguments: list[str], numbers: list[str]) -> None:
    found = command(data, "search", *arguments, "--json")
    assert found.returncode == 0, found.stderr
    assert sorted(c["number"] for c in json.loads(found.stdout)["certificates"]) == numbers


def test_nothing_found_ends_with_1_and_offers_what_looks_alike(data: Path) -> None:
    found = command(data, "search", "OO124QOOOO1ROM", "--json")
    assert found.returncode == 1
    assert json.loads(found.stdout)["near"] == ["00124Q00001R0M"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["试"], 2, "两个字符"),
        ([], 2, "至少输入两个字"),
        (["试验", "--state", "gone"], 2, "今天的状态"),
        (["试验", "--issued-from", "2025-02-30"], 2, "颁证不早于"),
    ],
)
def test_what_cannot_be_searched_is_said(data: Path, arguments: list[str], code: int, said: str) -> None:
    found = command(data, "search", *arguments)
    assert found.returncode == code
    assert said in found.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["tick", "--days", "99999999999", "--json"],
        ["tick", "--limit", "99999999999999999999999", "--json"],
        ["token", "issue", "somebody", "--name", "x", "--days", "99999999999", "--json"],
    ],
)
def test_a_number_past_all_bounds_is_refused_by_its_option(data: Path, arguments: list[str]) -> None:
    refused = command(data, *arguments)
    assert refused.returncode == 2
    assert not refused.stdout
    assert "Traceback" not in refused.stderr
    assert arguments[-3] in refused.stderr


def test_a_tick_ends_with_the_calendar(data: Path) -> None:
    told = command(data, "tick", "--on", "9999-12-31", "--days", "2", "--json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["until"] == "9999-12-31"
