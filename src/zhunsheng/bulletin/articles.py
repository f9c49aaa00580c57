"""A newsletter's articles: Markdown to blocks, blocks to HTML. Hostile text comes out as text.

Markdown is read once into plain values, which the page and the PDF both set: HTML in it is text, a picture
is its words (nothing is fetched from outside), a link goes to the web or to an e-mail address or is text. However
deep the text is nested, the blocks are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from django.utils.html import format_html, format_html_join
from django.utils.safestring import mark_safe
from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline

from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from django.utils.safestring import SafeString
    from markdown_it.token import Token
    from markdown_it.utils import EnvType

Node = dict[str, Any]
# About ten pages of Chinese, and tables that fit on a page's width.
LONGEST = 20_000
MOST_COLUMNS, MOST_ROWS = 10, 200
# Lists in lists, emphasis in emphasis: what is deeper stands at this depth.
DEEPEST = 10
# An article's own title is the page's second level.
FIRST_HEADING, LAST_HEADING = 3, 5
LINKS = ("https://", "http://", "mailto:")

_NAMES = {
    "paragraph": "par",
    "blockquote": "quote",
    "bullet_list": "list",
    "ordered_list": "list",
    "list_item": "item",
    "tr": "row",
    "th": "cell",
    "td": "cell",
    "s": "strike",
}
_PARTS = frozenset(("list_item_open", "thead_open", "tbody_open", "tr_open", "th_open", "td_open"))
_TAGS = {"quote": "blockquote", "item": "li", "strong": "strong", "em": "em", "strike": "s", "par": "p", "list": "ul"}


class CannotBeSet(ZhunshengError):
    """An article is too long, or a table in it too large, to stand on a page."""


class _State(StateInline):
    """Reads the marks of emphasis beside Chinese characters by the spaces alone.

    CommonMark (0.31, 6.2) asks for a space or a punctuation mark outside where one stands inside, as languages with
    spaces have it; Chinese writes **重要：**证书 without one.
    """

    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803 - the library names it
        """Tell whether a run of marks can begin and end an emphasis."""
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        behind = self.src[end] if end < self.posMax else " "
        if not canSplitWord or not (_is_wide(before) or _is_wide(behind)):
            return scanned
        return Scanned(can_open=not behind.isspace(), can_close=not before.isspace(), length=scanned.length)


class _Inline(ParserInline):
    """The library's own reading of what stands in a line, with our state."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        """Put what stands in a line into tokens."""
        state = _State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"


def _reader() -> MarkdownIt:
    reader = MarkdownIt()
    reader.inline = _Inline()
    reader.configure("commonmark", {"html": False, "maxNesting": 2 * DEEPEST}).enable(["table", "strikethrough"])
    reader.validateLink = lambda url: url.lower().startswith(LINKS)  # type: ignore[method-assign]
    return reader


def read(text: str) -> list[Node]:
    """Return an article's blocks, each a plain dict with its `kind`. Raises CannotBeSet.

    Kinds: par, heading (level), list (ordered, start) of item, quote, code, rule, table of head and body of row
    of cell (align); inside them text, strong, em, strike, link (href), mono, break.
    """
    if len(text) > LONGEST:
        raise CannotBeSet(N_("一篇文章最多 %(most)s 个字符，现有 %(length)s 个。"), most=LONGEST, length=len(text))
    root: Node = {"kind": "article", "children": []}
    _grow(root, _reader().parse(text))
    for table in _tables(root):
        rows = [row for part in table["children"] for row in part["children"]]
        if len(rows) > MOST_ROWS or any(len(row["children"]) > MOST_COLUMNS for row in rows):
            raise CannotBeSet(N_("表格最多 %(columns)s 列、%(rows)s 行。"), columns=MOST_COLUMNS, rows=MOST_ROWS)
    children: list[Node] = root["children"]
    return children


def _grow(root: Node, tokens: Iterable[Token]) -> None:
    """Put tokens into a tree; an element opened too deep is left out and its content stands where it would."""
    stack, left_out = [root], 0
    for token in _inline_too(tokens):
        if token.nesting < 0:
            if left_out:
                left_out -= 1
            else:
                stack.pop()
        elif token.nesting > 0:
            # What is a part of a list or a table stands wherever the whole does.
            if left_out or (len(stack) > DEEPEST and token.type not in _PARTS):
                left_out += 1
                continue
            node = _element(token)
            stack[-1]["children"].append(node)
            stack.append(node)
        elif (leaf := _leaf(token, stack[-1]["children"])) is not None:
            stack[-1]["children"].append(leaf)


def _inline_too(tokens: Iterable[Token]) -> Iterable[Token]:
    """The tokens with what stands in them; the paragraphs of a list whose items stand close are none."""
    for token in tokens:
        if token.type == "inline":
            yield from token.children or ()
        elif not token.hidden:
            yield token


def _element(token: Token) -> Node:
    name = token.type.removesuffix("_open")
    node: Node = {"kind": _NAMES.get(name, name), "children": []}
    if name == "heading":
        node["level"] = min(FIRST_HEADING - 1 + int(token.tag[1:]), LAST_HEADING)
    elif name in {"bullet_list", "ordered_list"}:
        node |= {"ordered": name == "ordered_list", "start": int(token.attrGet("start") or 1)}
    elif name in {"th", "td"}:
        node["align"] = str(token.attrGet("style") or "text-align:left").removeprefix("text-align:")
    elif name == "link":
        node["href"] = str(token.attrGet("href") or "")
    return node


def _leaf(token: Token, before: Sequence[Node]) -> Node | None:
    if token.type in {"fence", "code_block"}:
        return {"kind": "code", "text": token.content}
    if token.type == "hr":
        return {"kind": "rule"}
    if token.type == "hardbreak":
        return {"kind": "break"}
    text = _joint(before) if token.type == "softbreak" else token.content
    kind = "mono" if token.type == "code_inline" else "text"
    return {"kind": kind, "text": text} if text else None


def _joint(before: Sequence[Node]) -> str:
    """What a line end in the source becomes: a space between words, nothing between Chinese characters."""
    last = str(before[-1].get("text", "")) if before else ""
    return "" if last and _is_wide(last[-1]) else " "


def _tables(root: Node) -> Iterable[Node]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node["kind"] == "table":
            yield node
        waiting += node.get("children", ())


def html(nodes: Sequence[Node]) -> SafeString:
    """Return blocks as HTML made of a fixed set of elements; every word of the author's is escaped."""
    return format_html_join("", "{}", ((_html(node),) for node in nodes))


def _html(node: Node) -> SafeString:
    kind = node["kind"]
    if "text" in node:
        return format_html(_AROUND[kind], node["text"])
    if kind in _ALONE:
        return mark_safe(_ALONE[kind])  # noqa: S308 - a word of ours
    if kind == "table":
        return _table(node)
    inside = html(node["children"])
    if kind == "link":
        return format_html('<a href="{}" rel="nofollow noopener">{}</a>', node["href"], inside)
    if kind == "list" and node["ordered"]:
        return format_html('<ol start="{}">{}</ol>', node["start"], inside)
    tag = f"h{node['level']}" if kind == "heading" else _TAGS[kind]
    return format_html("<{0}>{1}</{0}>", tag, inside)


_AROUND = {"text": "{}", "mono": "<code>{}</code>", "code": '<pre tabindex="0">{}</pre>'}
_ALONE = {"rule": "<hr>", "break": "<br>"}


def _table(node: Node) -> SafeString:
    parts = {"thead": "th", "tbody": "td"}
    rows = format_html_join(
        "",
        "<{0}>{1}</{0}>",
        ((part["kind"], _rows(part["children"], parts[part["kind"]])) for part in node["children"]),
    )
    return format_html('<div class="scroll" tabindex="0"><table class="data">{}</table></div>', rows)


def _rows(rows: Iterable[Node], tag: str) -> SafeString:
    # A style inside the page is refused by the site's policy; figures that stand right have a class.
    return format_html_join(
        "",
        "<tr>{}</tr>",
        (
            (
                format_html_join(
                    "",
                    "<{0}{1}>{2}</{0}>",
                    ((tag, _class(cell["align"]), html(cell["children"])) for cell in row["children"]),
                ),
            )
            for row in rows
        ),
    )


def _class(align: str) -> SafeString:
    return mark_safe(' class="num"' if align == "right" else "")  # noqa: S308 - a word of ours
