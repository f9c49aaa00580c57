"""The documents say what is so: commands exist, generated pages are fresh, links lead somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.repository.tree import ROOT, name, tracked

if TYPE_CHECKING:
    from pathlib import Path

MARKDOWN = [f for f in tracked() if f.suffix == ".md"]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
# design, "Quality bar", and the habits for decision records.
CONTRIBUTING_LINES = 150
DECISION_LINES = 40


def read(file: str) -> str:
    return (ROOT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", MARKDOWN, ids=name)
def test_every_make_command_that_a_document_names_exists(file: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), re.MULTILINE))
    code = re.findall(r"`([^`\n]+)`", file.read_text(encoding="utf-8"))
    code += [line for block in re.findall(r"```bash\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
             for line in block.splitlines()]  # fmt: skip
    named = {match for text in code for match in re.findall(r"\bmake ([a-z]+)", text)}
    assert named <= targets


@pytest.mark.parametrize("file", MARKDOWN, ids=name)
def test_every_link_into_the_repository_leads_somewhere(file: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", file.read_text(encoding="utf-8"))
    lost = [link for link in links if "://" not in link and not (file.parent / link).exists()]
    assert lost == []


def test_every_make_target_says_what_it_does() -> None:
    makefile = read("Makefile")
    phony = next(line for line in makefile.splitlines() if line.startswith(".PHONY:")).split()[1:]
    assert [t for t in phony if not re.search(rf"^{t}:.*## \S", makefile, re.MULTILINE)] == []


def test_the_generated_reference_is_what_the_program_says_now() -> None:
    from tools import reference

    written = {f.name: f.read_text(encoding="utf-8") for f in reference.REFERENCE.glob("*.md")}
    assert written == reference.pages(), "run `make docs`"


def test_every_command_that_a_document_names_exists() -> None:
    known = set(re.findall(r"^## `zhunsheng ([a-z -]+)`", read("docs/reference/commands.md"), re.MULTILINE))
    named = set(re.findall(r"`zhunsheng ((?:[a-z-]+ ?)+)", read("README.md")))
    assert named
    assert [n for n in named if n.strip() not in known] == []


def test_the_changelog_keeps_its_form() -> None:
    changelog = read("CHANGELOG.md")
    versions = re.findall(r"^## (.+)$", changelog, re.MULTILINE)
    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", v) for v in versions[1:])
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", changelog, re.MULTILINE)) <= kinds


def test_the_licence_is_apache_2() -> None:
    licence = read("LICENSE")
    assert "Apache License" in licence
    assert "Version 2.0, January 2004" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert 'license = "Apache-2.0"' in read("pyproject.toml")


def test_contributing_can_be_read_in_one_sitting() -> None:
    assert len(read("CONTRIBUTING.md").splitlines()) <= CONTRIBUTING_LINES


@pytest.mark.parametrize("file", DECISIONS, ids=name)
def test_a_decision_is_one_page_with_its_parts(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= DECISION_LINES
    number = int(file.name[:4])
    assert text.startswith(f"# {number:04d} ")
    assert [part for part in ("Status:", "## Context", "## Decision", "## Consequences") if part not in text] == []


def test_decisions_are_numbered_without_gap() -> None:
    assert [int(f.name[:4]) for f in DECISIONS] == list(range(1, len(DECISIONS) + 1))


def test_the_contracts_name_every_room() -> None:
    rooms = {f.name for f in (ROOT / "src" / "zhunsheng").iterdir() if (f / "__init__.py").exists()}
    house = set(re.findall(r"^\| \d+ \| `(\w+)` \|", read("CONTRIBUTING.md"), re.MULTILINE))
    assert house == rooms
