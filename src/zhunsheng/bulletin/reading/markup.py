"""HTML as text: tables with their real cells, lines for its blocks; scripts, styles and drawings are passed over.

Pages are taken as they come: end tags may be missing, rows may stand without a table, tables inside
tables lay a page out. Everything takes time in proportion to the length.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from zhunsheng.bulletin.reading import grids
from zhunsheng.bulletin.reading.grids import GridCell

_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body|table|tr|t[dh]|div|p)\b", re.IGNORECASE)
_DECLARED = re.compile(rb"<meta[^<>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_-]{1,20})", re.IGNORECASE)
_TAG = re.compile(
    r"<!--|<(?P<end>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]*)(?P<said>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*|[^<>]*)>|<![^<>]*>|-->"
)
_SAID = re.compile(r"\b(alt|colspan|rowspan)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_CELLS = frozenset(("td", "th"))
# What stands on a line of its own.
_BLOCKS = frozenset(
    {
        "address",
        "article",
        "aside",
        "br",
        "caption",
        "dd",
        "div",
        "dt",
        "footer",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hr",
        "li",
        "main",
        "ol",
        "p",
        "section",
        "title",
        "ul",
    }
)
_PASSED_OVER = frozenset(("script", "style", "svg", "template", "noscript", "select", "textarea", "math", "object"))
_ROW_GROUPS = frozenset(("thead", "tbody", "tfoot", "tr"))
# Pages laid out with tables nest a few; deeper ones are read as one.
_DEEPEST = 40


def has_markup(text: str) -> bool:
    """Tell whether the text is the source of a page, or of a table copied from one."""
    return _MARKUP.search(text) is not None


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that a page says it has at its beginning, in lower case; None when it says none."""
    found = _DECLARED.search(data[:4096])
    return found[1].decode().lower() if found else None


def plain(text: str) -> str:
    """Return the text of a page, one line for each row of a table, a bar before each cell.

    Raises Unreadable for a table larger than any publication's.
    """
    page = _Page(text)
    at = 0
    while tag := _TAG.search(text, at):
        page.say(text[at : tag.start()])
        at = page.take(tag)
    page.say(text[at:])
    return page.ended()


@dataclass(slots=True)
class _Table:
    """A table being read: its rows so far, the open cell's parts, and the text beside its cells."""

    rows: list[list[GridCell]] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)
    parts: list[str] | None = None
    across: int = 1
    down: int = 1
    nested: bool = False

    def begin_row(self) -> None:
        self.end_cell()
        if not self.rows or self.rows[-1]:
            self.rows.append([])

    def begin_cell(self, said: dict[str, str]) -> None:
        self.end_cell()
        if not self.rows:
            self.rows.append([])
        self.parts, self.nested = [], False
        self.across, self.down = grids.span(said.get("colspan")), grids.span(said.get("rowspan"))

    def end_cell(self) -> None:
        if self.parts is not None:
            text = "".join(self.parts).strip()
            self.rows[-1].append(GridCell(text, self.across, self.down, self.nested))
            self.parts = None

    def as_text(self) -> str:
        self.end_cell()
        return "".join(self.beside) + "\n" + grids.as_text([row for row in self.rows if row])


class _Page:
    """A page being read: the tables that are open, the innermost last, and the text outside of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lowered = ""
        self.outside: list[str] = []
        self.tables: list[_Table] = []
        self.unfinished: set[str] = set()
        self.too_deep = 0

    def say(self, text: str) -> None:
        """Take text that stands between tags."""
        if not text:
            return
        said = html.unescape(text)
        table = self.tables[-1] if self.tables else None
        if table is None:
            self.outside.append(said)
        elif table.parts is not None:
            table.parts.append(said)
        elif said.strip():
            # Between the tags of a table white space means nothing.
            table.beside.append(f"\n{said.strip()}")

    def take(self, tag: re.Match[str]) -> int:
        """Take a tag; return where the text goes on."""
        if tag[0] == "<!--":
            return self._end_of("-->", tag.end())
        if tag["name"] is None:
            return tag.end()
        name, end = tag["name"].lower(), bool(tag["end"])
        if name in _PASSED_OVER and not end and not tag[0].endswith("/>"):
            return self._end_of(f"</{name}", tag.end())
        if name == "table":
            self._table(end=end)
        elif name in _ROW_GROUPS or name in _CELLS:
            self._cell(name, {} if end else _attributes(tag["said"]), end=end)
        elif name == "img" and self.tables and (alt := _attributes(tag["said"]).get("alt")):
            self.say(alt)
        elif name in _BLOCKS:
            self.say("\n")
        return tag.end()

    def _end_of(self, mark: str, at: int) -> int:
        """Where what begins here ends; here, where it never does. A mark is not looked for in vain twice."""
        if mark in self.unfinished:
            return at
        self.lowered = self.lowered or self.text.translate(_LOWER)
        found = self.lowered.find(mark, at)
        if found < 0:
            self.unfinished.add(mark)
            return at
        closed = self.text.find(">", found)
        return len(self.text) if closed < 0 else closed + 1

    def _table(self, *, end: bool) -> None:
        if not end and len(self.tables) >= _DEEPEST:
            self.too_deep += 1
        elif not end:
            self.tables.append(_Table())
        elif self.too_deep:
            self.too_deep -= 1
        elif self.tables:
            self._end_table()

    def _end_table(self) -> None:
        text = self.tables.pop().as_text()
        around = self.tables[-1] if self.tables else None
        if around is not None and around.parts is not None:
            around.nested = True
        target = self.outside if around is None else around.beside if around.parts is None else around.parts
        target.append(f"\n{text}\n")

    def _cell(self, name: str, said: dict[str, str], *, end: bool) -> None:
        if not self.tables:
            if end:
                return
            self.tables.append(_Table())
        table = self.tables[-1]
        if end:
            table.end_cell()
        elif name in _CELLS:
            table.begin_cell(said)
        else:
            table.begin_row()

    def ended(self) -> str:
        while self.tables:
            self._end_table()
        return "".join(self.outside)


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _attributes(said: str) -> dict[str, str]:
    return {found[1].lower(): html.unescape(found[2] or found[3] or found[4] or "") for found in _SAID.finditer(said)}
