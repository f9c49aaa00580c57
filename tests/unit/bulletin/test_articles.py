"""Articles in Markdown: what they may say is set, what is hostile comes out as text, however it is nested."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhunsheng.bulletin import articles

ALLOWED = {
    *("p", "h3", "h4", "h5", "ul", "ol", "li", "blockquote", "strong", "em", "s", "a", "code", "pre", "hr", "br"),
    *("div", "table", "thead", "tbody", "tr", "th", "td"),
}
# As many characters as an article may have, nested as deep as they can be.
DEEP = {
    "quotes": "> " * 9_000 + "x",
    "emphasis": "*" * 9_000 + "a" + "*" * 9_000,
    "brackets": "[" * 18_000,
    "pictures": "![" * 9_000,
    "lists": "\n".join("  " * level + "- a" for level in range(120)),
    "lists in quotes": "\n".join("> " * level + "- **a *b" for level in range(100)),
}


class Seen(HTMLParser):
    """The elements and attributes of a piece of HTML, its text, and how deep it goes."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""
        self.depth = self.deepest = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update(attrs)
        self.depth += tag not in {"br", "hr"}
        self.deepest = max(self.deepest, self.depth)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser names it
        self.depth -= 1

    def handle_data(self, data: str) -> None:
        self.text += data


def seen(text: str) -> Seen:
    """Set an article and read the result as a browser does."""
    parser = Seen()
    parser.feed(articles.html(articles.read(text)))
    return parser


def test_headings_lists_tables_emphasis_and_links_are_set() -> None:
    html = articles.html(
        articles.read(
            "# 题\n\n*轻*与**重**，[官网](https://example.org/a?b=1&c=2)。\n\n3. 甲\n4. 乙\n   - 丙\n\n"
            "| 项目 | 数 |\n|:--|--:|\n| 质量 | 1 |\n\n> 引\n\n`码`\n\n---\n"
        )
    )
    assert html == (
        "<h3>题</h3><p><em>轻</em>与<strong>重</strong>，"
        '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">官网</a>。</p>'
        '<ol start="3"><li>甲</li><li>乙<ul><li>丙</li></ul></li></ol>'
        '<div class="scroll" tabindex="0"><table class="data"><thead><tr><th>项目</th><th class="num">数</th></tr>'
        '</thead><tbody><tr><td>质量</td><td class="num">1</td></tr></tbody></table></div>'
        "<blockquote><p>引</p></blockquote><p><code>码</code></p><hr>"
    )


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("**重要：**证书", "<strong>重要：</strong>证书"),
        ("他说**“不得超期”**的话", "他说<strong>“不得超期”</strong>的话"),
        ("见*《办法》*第十条", "见<em>《办法》</em>第十条"),
        ("~~原为：~~今为", "<s>原为：</s>今为"),
        ("**甲：**乙**丙。**丁", "<strong>甲：</strong>乙<strong>丙。</strong>丁"),
        ("** 不加粗 **", "** 不加粗 **"),
        # Where no Chinese character stands beside the marks, CommonMark 0.31 decides: its examples 352, 379 and 353.
        ('a*"foo"*', "a*&quot;foo&quot;*"),
        ('a**"foo"**', "a**&quot;foo&quot;**"),
        ("* a *", "a *"),
        ("foo*bar*baz", "foo<em>bar</em>baz"),
    ],
)
def test_emphasis_stands_beside_chinese_punctuation_without_spaces(text: str, html: str) -> None:
    found = str(articles.html(articles.read(text)))
    assert re.sub("</?(p|ul|li)>", "", found) == html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "a <b onclick=x>b</b>",
        "<iframe src='//evil'></iframe>\n\n<style>p{display:none}</style>",
    ],
)
def test_html_is_text(text: str) -> None:
    found = seen(text)
    assert found.tags <= {"p"}
    assert found.attributes == set()
    assert "<" in found.text


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java&#115;cript:alert(1)",
        "&#x6A;avascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "//evil.example",
        "\\\\evil",
        "relative",
    ],
)
@pytest.mark.parametrize("shape", ["[x]({})", "<{}>", "[x]\n\n[x]: {}"])
def test_a_link_leads_to_the_web_or_an_address_or_is_no_link(target: str, shape: str) -> None:
    assert "a" not in seen(shape.format(target)).tags


def test_a_picture_is_its_words_and_nothing_is_fetched() -> None:
    found = seen("![平面图](https://evil.example/x.png)")
    assert (found.tags, found.text) == ({"p"}, "平面图")


@pytest.mark.parametrize("name", DEEP)
def test_what_is_nested_without_end_is_set_shallow_and_soon(name: str) -> None:
    began = time.perf_counter()
    found = seen(DEEP[name])
    assert found.deepest <= 3 * articles.DEEPEST
    # Seconds would be minutes if reading took time in the square of the length.
    assert time.perf_counter() - began < 10


def test_an_article_that_is_too_long_or_a_table_too_wide_is_refused_in_words() -> None:
    assert articles.read("字" * articles.LONGEST)
    with pytest.raises(articles.CannotBeSet, match="最多"):
        articles.read("字" * (articles.LONGEST + 1))
    for columns, fits in ((articles.MOST_COLUMNS, True), (articles.MOST_COLUMNS + 1, False)):
        table = "|" + "a|" * columns + "\n|" + "-|" * columns
        if fits:
            assert articles.read(table)
        else:
            with pytest.raises(articles.CannotBeSet, match="表格"):
                articles.read(table)


def test_a_line_end_between_chinese_characters_is_no_space() -> None:
    assert seen("一行\n又一行").text == "一行又一行"
    assert seen("one line\nanother").text == "one line another"


@given(st.text(alphabet="ab *_`#>[]()!|-<&\n\\:~1.字", max_size=200))
def test_whatever_is_written_only_known_elements_come_out(text: str) -> None:
    found = seen(text)
    assert found.tags <= ALLOWED
    assert {name for name, _ in found.attributes} <= {"href", "rel", "start", "class", "tabindex"}
    assert all(value and value.startswith(articles.LINKS) for name, value in found.attributes if name == "href")
