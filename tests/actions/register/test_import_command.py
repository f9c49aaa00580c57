"""`zhunsheng import`: what it prints, where, and how it ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from openpyxl import Workbook

from tests.actions.register.returns import BODIES, row, write

# The command works on a data directory of its own.
pytestmark = pytest.mark.sqlite
PROGRAM = [sys.executable, "-m", "zhunsheng.cli.main"]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    found = tmp_path / "data"
    found.mkdir(mode=0o700)
    (found / "demo").touch()
    return found


def command(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    program = [*PROGRAM, "--data", str(data), "import", *arguments]
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


def test_an_invented_code_in_a_real_register_is_refused_with_the_way_out(data: Path, tmp_path: Path) -> None:
    (data / "demo").unlink()
    found = command(data, "bodies", str(write(tmp_path / "bodies.csv", BODIES)))
    assert found.returncode == 1
    assert "2  invented: " in found.stderr
    assert "zhunsheng demo" in found.stderr
    # Nothing of a progress bar goes into a file or a pipe.
    assert not found.stderr.startswith("\n")


def test_the_reasons_of_rejection_are_told_in_the_reader_s_language(data: Path, tmp_path: Path) -> None:
    command(data, "bodies", str(write(tmp_path / "bodies.csv", BODIES)))
    rows = [row(CERT_NUMBER=""), row(CERT_NUMBER="", ORG_NAME="乙"), row(RZJG_ID="?")]
    write(tmp_path / "bad.csv", rows)
    pl.DataFrame(rows).write_parquet(tmp_path / "bad.parquet")
    book = Workbook()
    for cells in (list(rows[0]), *(list(one.values()) for one in rows)):
        book.worksheets[0].append(cells)
    book.save(tmp_path / "bad.xlsx")
    for name in ("bad.csv", "bad.xlsx", "bad.parquet"):
        found = command(data, "certificates", str(tmp_path / name), "--lang", "en")
        assert "2  no_number: " in found.stderr, found.stderr
        assert '"?"' in found.stderr


def test_two_first_imports_at_once_set_the_directory_up_once(data: Path, tmp_path: Path) -> None:
    files = [str(write(tmp_path / name, BODIES)) for name in ("one.csv", "other.csv")]
    program = [*PROGRAM, "--data", str(data), "import", "--json", "bodies"]
    both = [subprocess.Popen([*program, file], stdout=subprocess.PIPE, stderr=subprocess.PIPE) for file in files]
    told = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    assert sorted(json.loads(out)["accepted"] for out, _ in told) == [0, 2]


def test_a_data_directory_may_have_any_name(tmp_path: Path) -> None:
    data = tmp_path / "数据 a#b?c%20d"
    data.mkdir()
    (data / "demo").touch()
    command(data, "bodies", str(write(tmp_path / "bodies.csv", BODIES)))
    assert command(data, "certificates", str(write(tmp_path / "one.csv", [row()]))).returncode == 0
    made = [*PROGRAM, "--data", str(data), "snapshot", "--on", "2025-07-31", "--json"]
    found = subprocess.run(made, check=False, capture_output=True, text=True, encoding="utf-8")
    assert json.loads(found.stdout)["rows"]["certificates"] == 1, found.stderr
