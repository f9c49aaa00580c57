"""The repository's own files, for the tests that read it."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "zhunsheng"


@cache
def tracked() -> tuple[Path, ...]:
    """Return every file that git keeps, or would keep if it were added now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607 - git is on the path
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return tuple(sorted(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()))


def modules(*folders: str) -> list[Path]:
    """Return the Python files under folders of the repository, without what Django wrote."""
    kept = [ROOT / folder for folder in folders]
    return [
        f
        for f in tracked()
        if f.suffix == ".py" and "migrations" not in f.parts and any(f.is_relative_to(k) for k in kept)
    ]


@cache
def parsed(file: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(file.read_text(encoding="utf-8"))


def name(file: Path) -> str:
    """Return a file's path inside the repository, to name it in a test."""
    return str(file.relative_to(ROOT))
