"""Every text that people read has its English, and the compiled catalogue is the one in the repository."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

import pytest

from tests.repository.tree import SOURCE, modules, name, parsed, tracked
from tools import words

if TYPE_CHECKING:
    from pathlib import Path

    from babel.messages.catalog import Message

USED = words.used()
TRANSLATED = words.catalogue()
TEMPLATES = [f for f in tracked() if f.suffix == ".html" and "templates" in f.parts]
# Where people are spoken to: a Chinese text there is translated, or it is a mistake.
SPEAKING = [f for f in modules("src/zhunsheng") if f.stem in {"views", "forms", "tables_shown"} or "web" in f.parts]


def test_every_text_in_use_has_an_english_translation() -> None:
    lacking = [f"{t.place}: {t.msgid}" for t in words.missing(TRANSLATED)]
    assert not lacking, "\n".join(lacking)


@pytest.mark.parametrize("message", [m for m in TRANSLATED if m.id], ids=lambda m: str(m.id)[:40])
def test_a_translation_fills_the_same_places_and_is_not_the_chinese(message: Message) -> None:
    sources = (message.id,) if isinstance(message.id, str) else message.id
    wanted = set(words.PLACEHOLDER.findall(" ".join(sources)))
    for string in words.strings(message):
        assert set(words.PLACEHOLDER.findall(string)) == wanted
        assert string not in sources or not words.CHINESE.search(string)


def test_no_text_is_translated_that_nothing_shows() -> None:
    shown = {t.msgid for t in USED}
    sources = [m.id if isinstance(m.id, str) else m.id[0] for m in TRANSLATED if m.id]
    assert [s for s in sources if s not in shown] == []


def test_the_compiled_translation_is_that_of_the_source() -> None:
    assert words.MO.read_bytes() == words.compiled(TRANSLATED), "run `make words`"


@pytest.mark.parametrize("file", TEMPLATES, ids=name)
def test_a_template_has_no_chinese_outside_a_translation(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    text = re.sub(r"\{%\s*blocktrans(?:late)?\b.*?%\}.*?\{%\s*endblocktrans(?:late)?\s*%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<!--.*?-->", "", text, flags=re.DOTALL)
    # A language is offered by its own name.
    assert words.CHINESE.findall(text.replace("中文", "")) == []


@pytest.mark.parametrize("file", SPEAKING, ids=name)
def test_what_speaks_to_people_marks_its_chinese_for_translation(file: Path) -> None:
    tree = parsed(file)
    marked = {
        id(arg)
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and (getattr(call.func, "id", "") or getattr(call.func, "attr", "")) in words.SINGULAR | words.PLURAL
        for arg in call.args
    }
    docstrings = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    bare = [
        f"line {node.lineno}: {node.value}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and words.CHINESE.search(node.value)
        and node.value != "中文"
        and id(node) not in marked | docstrings
    ]
    assert bare == []


def test_the_translation_lies_where_django_looks() -> None:
    assert words.PO.is_relative_to(SOURCE / "locale")
