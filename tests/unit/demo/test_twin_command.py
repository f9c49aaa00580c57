"""The command `twin`, from a published text to files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from zhunsheng.bulletin import published
from zhunsheng.cli.twin import twin
from zhunsheng.codes.errors import ZhunshengError

if TYPE_CHECKING:
    from pathlib import Path

APP = typer.Typer()
APP.command()(twin)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "2025-07.txt"
    path.write_text(published.text("2025-07"), encoding="utf-8")
    return path


def test_the_command_writes_the_files_and_prints_nothing_but_json(text: Path, tmp_path: Path) -> None:
    out = tmp_path / "twin"
    done = CliRunner().invoke(APP, [str(text), "--out", str(out), "--scale", "0.001", "--seed", "7", "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["month"], found["seed"], found["scale"]) == ("2025-07", 7, 0.001)
    # 4,340,282 certificates and 1,141,021 organisations are printed; 36 regions are each within one.
    assert abs(found["certificates"] - 4340.282) <= 36
    assert abs(found["organisations"] - 1141.021) <= 36
    # The headline of 428 万 fits no total (domain facts 2.4, 7).
    assert "428" in done.stderr
    assert json.loads((out / "twin.json").read_text(encoding="utf-8"))["seed"] == 7


def test_without_json_it_prints_one_sentence_with_the_counts(text: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(APP, [str(text), "--out", str(tmp_path / "twin"), "--scale", "0.001"])
    assert done.exit_code == 0, done.output
    assert done.stdout.count("\n") == 1
    assert "2025-07" in done.stdout


def test_a_scale_beyond_the_nation_is_bad_input_and_leaves_nothing(text: Path, tmp_path: Path) -> None:
    done = CliRunner().invoke(APP, [str(text), "--out", str(tmp_path / "twin"), "--scale", "2"])
    assert isinstance(done.exception, ZhunshengError)
    assert done.exception.exit_code == 2
    assert not (tmp_path / "twin").exists()
