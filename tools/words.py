"""The English translation: which texts the program uses, what is missing, and the compiled catalogue.

Chinese is the source language, so the Chinese text is the msgid. `make words` compiles django.po
into django.mo, which is kept in the repository because a bare machine has no msgfmt; a test tells
when it is stale.
"""

from __future__ import annotations

import ast
import io
import re
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "zhunsheng"
PO = SOURCE / "locale" / "en" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# The names under which a text is translated, or marked for it; the two that take a plural stand apart.
SINGULAR = {"_", "N_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
_LITERAL = r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_IN_TEMPLATE = re.compile(rf"\b(ngettext|gettext|_)\(\s*{_LITERAL}(?:\s*,\s*{_LITERAL})?")


@dataclass(frozen=True, order=True)
class Text:
    """A text shown to people: its source, its plural if it has one, and where it stands."""

    msgid: str
    plural: str
    place: str


def in_python(file: Path) -> Iterator[Text]:
    """Yield the texts of a Python file. Raises ValueError where a formatted string is to be translated."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        place = f"{file.relative_to(ROOT)}:{node.lineno}"
        if name in SINGULAR | PLURAL and isinstance(node.args[0], ast.JoinedStr):
            message = f"{place}: a formatted string cannot be translated; use %(name)s"
            raise ValueError(message)
        literals = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in SINGULAR and literals:
            yield Text(literals[0], "", place)
        elif name in PLURAL and len(literals) >= 2:  # noqa: PLR2004 - one thing, several things
            yield Text(literals[0], literals[1], place)


def in_template(file: Path) -> Iterator[Text]:
    """Yield the texts of a template, by the same translation into code that Django's own tools read."""
    code = templatize(file.read_text(encoding="utf-8"), origin=str(file))
    for name, first, second in _IN_TEMPLATE.findall(code):
        plural = ast.literal_eval(second) if second and name == "ngettext" else ""
        yield Text(ast.literal_eval(first), plural, str(file.relative_to(ROOT)))


def used() -> list[Text]:
    """Return every text that the program shows, in order."""
    if not settings.configured:
        settings.configure()
    texts = [t for f in sorted(SOURCE.rglob("*.py")) if "migrations" not in f.parts for t in in_python(f)]
    for file in sorted(f for kind in ("*.html", "*.txt") for f in SOURCE.rglob(kind) if "templates" in f.parts):
        texts += in_template(file)
    return [t for t in texts if t.msgid]


def catalogue(file: Path = PO) -> Catalog:
    """Read a translation file. Raises babel.messages.pofile.PoFileError when it is malformed."""
    with file.open("rb") as source:
        return read_po(source, locale="en", domain="django", abort_invalid=True)


def strings(message: Message) -> tuple[str, ...]:
    """Return a message's translations: one, or one for each plural form."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def missing(translated: Catalog) -> list[Text]:
    """Return the texts in use that have no translation, or an empty one."""
    lacking = []
    for text in used():
        message = translated.get(text.msgid)
        if message is None or not all(strings(message)) or (text.plural and not message.pluralizable):
            lacking.append(text)
    return lacking


def compiled(translated: Catalog) -> bytes:
    """Return the catalogue as a .mo file's bytes."""
    # The same source always gives the same bytes.
    translated.creation_date = translated.revision_date = EPOCH
    out = io.BytesIO()
    write_mo(out, translated)
    return out.getvalue()


def main() -> int:
    """Compile the translation and name what is missing; return the exit status."""
    translated = catalogue()
    MO.write_bytes(compiled(translated))
    lacking = missing(translated)
    for text in lacking:
        print(f"{text.place}: {text.msgid!r} has no English")
    print(f"{len(translated)} texts compiled, {len(lacking)} missing", file=sys.stderr)
    return int(bool(lacking))


if __name__ == "__main__":
    sys.exit(main())
