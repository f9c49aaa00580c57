"""`bulletin read`, `check`, `compare` as a person calls them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from zhunsheng.bulletin import published
from zhunsheng.bulletin.reading import NotABulletin
from zhunsheng.cli.bulletin import app

if TYPE_CHECKING:
    from pathlib import Path

RUNNER = CliRunner()


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """The months carried, as files."""
    found = {}
    for month in published.months():
        path = tmp_path / f"{month}.txt"
        path.write_text(published.text(month), encoding="utf-8")
        found[month] = str(path)
    return found


def test_read_prints_the_published_json_and_nothing_else(files: dict[str, str]) -> None:
    result = RUNNER.invoke(app, ["read", files["2024-03"], "--json"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(published.load("2024-03").to_json()))


def test_read_takes_standard_input_and_shows_tables(files: dict[str, str]) -> None:
    result = RUNNER.invoke(app, ["read", "-"], input=published.text("2025-07"))
    assert result.exit_code == 0
    assert "428" in result.stdout
    assert any("广西壮族自治区" in line and "39963" in line for line in result.stdout.splitlines())
    assert any("西南地区" in line and "82325" in line for line in result.stdout.splitlines())


def test_check_ends_with_one_when_something_does_not_fit(files: dict[str, str]) -> None:
    result = RUNNER.invoke(app, ["check", files["2025-07"], "--json"])
    document = json.loads(result.stdout)
    assert result.exit_code == 1
    assert document["month"] == "2025-07"
    assert list(document["findings"][0]) == ["level", "table", "row", "column", "printed", "expected", "why"]
    shown = RUNNER.invoke(app, ["check", files["2025-07"]])
    assert shown.exit_code == 1
    assert "4249863" in shown.stdout


def test_check_ends_with_nought_when_everything_fits(files: dict[str, str]) -> None:
    assert RUNNER.invoke(app, ["check", files["2024-03"]]).exit_code == 0
    result = RUNNER.invoke(app, ["check", files["2024-03"], "--json"])
    assert (result.exit_code, json.loads(result.stdout)) == (0, {"month": "2024-03", "findings": []})


def test_check_uses_the_other_months(files: dict[str, str], tmp_path: Path) -> None:
    spoilt = tmp_path / "spoilt.txt"
    spoilt.write_text(published.text("2025-07").replace("82325", "76455"), encoding="utf-8")
    result = RUNNER.invoke(
        app, ["check", str(spoilt), "--against", files["2024-03"], "--against", files["2021-07"], "--json"]
    )
    errors = [f for f in json.loads(result.stdout)["findings"] if f["level"] == "error"]
    assert [(e["printed"], e["expected"]) for e in errors] == [("76455", "82325")]
    assert "2024-03" in errors[0]["why"]


def test_compare_shows_growth(files: dict[str, str]) -> None:
    result = RUNNER.invoke(app, ["compare", files["2024-03"], files["2025-07"], "--json"])
    assert json.loads(result.stdout)["fastest_by_number"] == ["浙江省", "广东省", "江苏省"]
    shown = RUNNER.invoke(app, ["compare", files["2021-07"], files["2024-03"]])
    assert shown.exit_code == 0
    assert "森林认证" in shown.stdout
    assert any("合计" in line and "33.62%" in line for line in shown.stdout.splitlines())


def test_a_file_without_a_bulletin_is_bad_input(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("一封信。", encoding="utf-8")
    result = RUNNER.invoke(app, ["read", str(file)])
    assert isinstance(result.exception, NotABulletin)
    assert result.exception.exit_code == 2
