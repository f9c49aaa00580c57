"""What the repository may not hold: addresses to download from, paths of a machine, other people's files."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.repository.tree import ROOT, name, tracked

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
# Written in two parts, so that this file does not hold what it looks for.
REGISTRIES = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry." + "npmjs",
    "registry." + "yarnpkg",
    "deb." + "debian",
)
MACHINE = re.compile(r"(?<![\w.])/(work|root|opt/pypi|opt/wheels|tmp/brief|home/\w+)/")
TEXT = {".py", ".toml", ".md", ".txt", ".in", ".json", ".html", ".css", ".js", ".po", ".csv", ".yml", ".cfg", ""}
# A library as it is published: minified, bundled, or under its own name.
THIRD_PARTY = re.compile(
    r"(\.min\.(js|css)|node_modules/|(^|/)(htmx|tabler|echarts|bootstrap|popper)[\w.-]*\.(js|css))"
)


@pytest.mark.parametrize("file", [f for f in tracked() if f.suffix in TEXT], ids=name)
def test_no_file_names_a_registry_or_a_path_of_one_machine(file: Path) -> None:
    text = file.read_text(encoding="utf-8", errors="replace")
    assert [host for host in REGISTRIES if host in text] == []
    if file != Path(__file__).resolve():
        assert MACHINE.search(text) is None


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_every_part_in_a_lock_is_pinned_with_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    parts = re.split(r"\n(?=[a-zA-Z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).strip())
    assert parts
    for part in parts:
        assert re.match(r"[a-z0-9._-]+==\S+ \\\n", part), part.splitlines()[0]
        assert "--hash=sha256:" in part
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text


def test_what_runs_is_locked_at_the_versions_that_were_tested() -> None:
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / lock).read_text(encoding="utf-8"), re.MULTILINE))

    assert pins("runtime.txt") <= pins("dev.txt")


def test_every_dependency_that_runs_is_in_its_lock() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (ROOT / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    wanted = [re.split(r"[\[<>=;]", d)[0].strip() for d in project["dependencies"]]
    assert [w for w in wanted if not re.search(rf"^{re.escape(w)}==", lock, re.MULTILINE)] == []


def test_the_front_end_lock_has_digests_and_no_download_address() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))
    installed = {path: entry for path, entry in lock["packages"].items() if path}
    assert installed
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())
    assert not any("resolved" in entry for entry in installed.values())
    assert "omit-lockfile-registry-resolved=true" in (ROOT / ".npmrc").read_text(encoding="utf-8")


def test_front_end_libraries_are_installed_never_copied_here() -> None:
    assert [name(f) for f in tracked() if THIRD_PARTY.search(name(f))] == []


def test_nothing_large_is_kept() -> None:
    # Pictures are the largest that belong here.
    assert [name(f) for f in tracked() if f.stat().st_size > 1_000_000] == []
