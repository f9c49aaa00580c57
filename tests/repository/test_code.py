"""The code keeps its own measures: sizes, docstrings, the rooms' borders, forbidden calls."""

from __future__ import annotations

import ast
import sys
from typing import TYPE_CHECKING

import pytest

from tests.repository.tree import SOURCE, modules, name, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# design, "Quality bar".
MODULE_LINES = 400
FUNCTION_LINES = 50

EVERYTHING = modules("src", "tests", "tools", "benchmarks")
ROOMS = modules("src/zhunsheng")
FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


def imported(file: Path) -> Iterator[str]:
    """Yield every module and name that a file imports, wherever in it, as one dotted path each."""
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(file)}:{node.lineno} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("file", EVERYTHING, ids=name)
def test_no_module_is_longer_than_can_be_read_at_once(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES


@pytest.mark.parametrize("file", EVERYTHING, ids=name)
def test_no_function_is_longer_than_a_screen(file: Path) -> None:
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(parsed(file))
        if isinstance(node, FUNCTION) and node.end_lineno and node.end_lineno - node.lineno + 1 > FUNCTION_LINES
    ]
    assert long == []


@pytest.mark.parametrize("file", ROOMS, ids=name)
def test_every_module_and_everything_public_in_it_says_what_it_is(file: Path) -> None:
    tree = parsed(file)
    public = [n for n in tree.body if isinstance(n, (*FUNCTION, ast.ClassDef)) and not n.name.startswith("_")]
    public += [
        n
        for c in public
        if isinstance(c, ast.ClassDef)
        for n in c.body
        if isinstance(n, FUNCTION) and not n.name.startswith("_")
    ]
    assert ast.get_docstring(tree), "the module has no docstring"
    assert [n.name for n in public if not ast.get_docstring(n)] == []


@pytest.mark.parametrize("file", ROOMS, ids=name)
def test_no_room_imports_another_rooms_models(file: Path) -> None:
    room = file.relative_to(SOURCE).parts[0]
    foreign = [
        path
        for path in imported(file)
        if path.startswith("zhunsheng.") and path.split(".")[2:3] == ["models"] and path.split(".")[1] != room
    ]
    assert foreign == []


@pytest.mark.parametrize("file", modules("src/zhunsheng/codes"), ids=name)
def test_codes_needs_nothing_but_the_standard_library(file: Path) -> None:
    tops = {path.split(".")[0] for path in imported(file) if not path.startswith("zhunsheng.codes")}
    assert tops <= sys.stdlib_module_names


@pytest.mark.parametrize("file", ROOMS, ids=name)
def test_ibis_is_never_handed_a_connection_of_djangos(file: Path) -> None:
    # It changes SQLite's LIKE, resets PostgreSQL's time zone and can commit Django's transaction.
    called = {node.attr for node in ast.walk(parsed(file)) if isinstance(node, ast.Attribute)}
    assert "from_connection" not in called


# A page and a command are where an instant enters; from there it is handed on.
CLOCKLESS = [f for f in ROOMS if f.relative_to(SOURCE).parts[0] not in {"cli", "web"} and "views" not in f.stem]


@pytest.mark.parametrize("file", CLOCKLESS, ids=name)
def test_the_clock_is_an_argument_below_pages_and_commands(file: Path) -> None:
    readings = {("datetime", "now"), ("date", "today"), ("datetime", "today"), ("timezone", "now"), ("time", "time")}
    read = [
        f"line {node.lineno}"
        for node in ast.walk(parsed(file))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and (node.value.id, node.attr) in readings
    ]
    assert read == []
