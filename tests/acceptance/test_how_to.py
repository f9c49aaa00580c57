"""The how-to pages work: their bash blocks are run, in order, on an instance of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"
PAGES = sorted(HOW_TO.glob("*.md"))
SECONDS = 240


def blocks(page: Path) -> list[str]:
    """Return what a page lets one run."""
    return re.findall(r"^```bash\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", [p for p in PAGES if blocks(p)], ids=lambda p: p.stem)
def test_what_a_page_says_can_be_done(page: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    # The bodies and organisations of the examples are invented, which only a demo may hold.
    (data / "demo").touch()
    left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ZHUNSHENG_LANG"}
    env = {k: v for k, v in os.environ.items() if k not in left_out}
    env |= {"ZHUNSHENG_DATA": str(data), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"}
    env |= {"TMPDIR": str(tmp_path)}
    script = "set -euo pipefail\n" + "\n".join(blocks(page))
    ended = subprocess.run(
        ["bash", "-c", script],  # noqa: S607 - the pages' own shell
        cwd=tmp_path,
        env=env,
        check=False,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"


def test_every_page_begins_in_both_languages_and_the_index_has_them_all() -> None:
    index = (HOW_TO / "README.md").read_text(encoding="utf-8")
    for page in PAGES:
        lines = page.read_text(encoding="utf-8").splitlines()
        assert re.match(r"# [\u4e00-\u9fff].* [A-Za-z]", lines[0]), page.name
        if page.name != "README.md":
            assert lines[2].startswith("中文摘要："), page.name
            assert f"({page.name})" in index


def test_what_cannot_be_run_here_is_marked_so() -> None:
    marks = {
        mark for page in PAGES for mark in re.findall(r"^```(\S+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert marks <= {"bash", "console", "ini", "nginx"}
