"""What the command line does where something is missing: it says so, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

# The command works on a data directory of its own.
pytestmark = pytest.mark.sqlite


def zhunsheng(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ZHUNSHENG_DATA", "ZHUNSHENG_LANG"}
    environment = {k: v for k, v in os.environ.items() if k not in left_out} | more
    program = [sys.executable, "-m", "zhunsheng.cli.main", *arguments]
    return subprocess.run(
        program, check=False, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("nonsense",), 2),
        (("--nonsense",), 2),
        (("bulletin", "nonsense"), 2),
        (("search", "认证"), 3),
        (("snapshot", "--on", "2025-07-31"), 3),
        (("bulletin", "make", "--month", "2025-07"), 3),
        (("bulletin", "make", "--help"), 0),
    ],
)
def test_a_mistake_or_a_question_makes_no_data_directory(
    tmp_path: Path, arguments: tuple[str, ...], status: int
) -> None:
    found = zhunsheng(tmp_path, *arguments)
    assert found.returncode == status
    assert "Traceback" not in found.stderr
    assert (found.stdout == "") == (status != 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address", ["nonsense", "mysql://a/b", "postgresql://u@127.0.0.1:port/x", "postgresql://u:secret@127.0.0.1:1/x"]
)
def test_a_wrong_database_address_is_a_broken_environment(tmp_path: Path, address: str) -> None:
    found = zhunsheng(tmp_path, "search", "认证", "--lang", "en", DATABASE_URL=address)
    assert found.returncode == 3
    assert found.stderr.strip()
    assert "Traceback" not in found.stderr
    assert "secret" not in found.stderr


def test_a_file_in_the_place_of_the_data_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    found = zhunsheng(tmp_path, "work", "--data", "taken")
    assert found.returncode == 3
    assert "taken" in found.stderr
    assert "Traceback" not in found.stderr


def test_a_person_without_a_name_is_not_admitted(tmp_path: Path) -> None:
    found = zhunsheng(tmp_path, "admit", " ", "--role", "regulator")
    assert (found.returncode, found.stdout) == (2, "")
