"""`zhunsheng import`: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.actions.register.returns import BODIES, row, write

# The command works on a data directory of its own.
pytestmark = pytest.mark.sqlite


@pytest.fixture
def data(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    found.mkdir(mode=0o700)
    (found / "demo").touch()
    return found


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    program = [sys.executable, "-m", "zhunsheng.cli.main", "--data", str(data), "import", *arguments]
    return subprocess.run(program, check=False, env=environment, capture_output=True, text=True, encoding="utf-8")


def test_bodies_then_certificates_end_with_sums_on_standard_output_alone(data: Path, tmp_path: Path) -> None:
    bodies = write(tmp_path / "bodies.csv", BODIES)
    first = command(data, "bodies", str(bodies), "--json", "--known", "2025-07-31")
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["accepted"] == 2
    good = write(tmp_path / "good.csv", [row(), row(CERT_NUMBER="B", ORG_ADDRESS="")])
    bad = write(tmp_path / "bad.csv", [row(CERT_NUMBER="")])
    second = command(data, "certificates", str(good), str(bad), "--json", "--known", "2025-07-31")
    assert second.returncode == 1, second.stderr
    found = json.loads(second.stdout)
    sums = {key: found[key] for key in ("rows", "accepted", "unchanged", "rejected")}
    assert sums == {"rows": 3, "accepted": 2, "unchanged": 0, "rejected": 1}
    assert [one["accepted"] for one in found["files"]] == [2, 0]
    assert found["rejects_file"] == found["files"][1]["rejects_file"]
    assert "no_number" in Path(found["rejects_file"]).read_text("utf-8-sig")
    assert found["seconds"] > 0
    assert "missing: " in second.stderr
    third = command(data, "certificates", str(good), "--known", "2025-07-31")
    assert third.returncode == 0, third.stderr
    assert "未变 2" in third.stdout


@pytest.mark.parametrize("arguments", [("certificates", "none.csv"), ("plans", "none.csv"), ("certificates",)])
def test_bad_usage_ends_with_2_and_words(data: Path, arguments: tuple[str, ...]) -> None:
    found = command(data, *arguments)
    assert found.returncode == 2
    assert found.stdout == ""
    assert found.stderr.strip()
    assert "Traceback" not in found.stderr


def test_a_missing_file_does_not_keep_the_others_out(data: Path, tmp_path: Path) -> None:
    with (tmp_path / "sparse.csv").open("wb") as out:
        out.truncate(10_000_000_000)
    bodies = write(tmp_path / "bodies.csv", BODIES)
    found = command(data, "bodies", str(tmp_path / "none.csv"), str(tmp_path / "sparse.csv"), str(bodies), "--json")
    assert found.returncode == 2
    assert "none.csv" in found.stderr
    assert "10,000,000,000" in found.stderr
    assert [one["state"] for one in json.loads(found.stdout)["files"]] == ["failed", "failed", "done"]
    assert json.loads(found.stdout)["accepted"] == 2


def test_a_file_that_cannot_be_read_ends_with_2_and_names_it(data: Path, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_bytes(b"\0\0\0\0")
    found = command(data, "certificates", str(tmp_path / "odd.csv"), "--json")
    assert found.returncode == 2
    assert "odd.csv" in found.stderr
    assert json.loads(found.stdout)["files"][0]["state"] == "failed"
