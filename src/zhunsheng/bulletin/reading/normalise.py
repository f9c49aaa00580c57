"""One alphabet for all publications: half-width digits and signs, one kind of bar, dash and space.

Character by character, so that the time is in proportion to the length (Unicode's own
normalisation reorders combining marks, which a hostile text can make slow).
"""

from __future__ import annotations

import re
import unicodedata

from zhunsheng.bulletin.reading import markup

# Radicals of the supplement block that Unicode gives no common form, each followed by its character.
_RADICALS = "⻝食⻄西⻘青⻰龙⻓长⻔门⻢马⻩黄⻅见⻋车⻛风⻜飞⻥鱼⻦鸟⻨麦⻬齐⺠民⺟母⻉贝⻆角"


def _alphabet() -> dict[int, str]:
    """What each unusual character is read as."""
    # Full-width ASCII; the parentheses stay, because they are part of printed names.
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if chr(code) not in "（）"}
    table |= dict.fromkeys((*range(8203, 8208), 8288, 65279, 173), "")  # without width
    table |= dict.fromkeys((160, 5760, *range(8192, 8203), 8239, 8287, 12288), " ")
    table |= dict.fromkeys((*range(32), *range(127, 160), 65533), " ")  # control characters
    table |= dict.fromkeys((10, 11, 12, 13, 133, 8232, 8233), "\n") | {0x09: "\t"}
    table |= dict.fromkeys(range(9472, 9600), " ")  # lines of a drawn table
    table |= {ord(bar): "|" for bar in "│┃║╎╏┆┇┊┋¦︱￨"}
    table |= {ord(dash): "-" for dash in "‐‑‒–—―−﹣"}
    table |= {ord(mark): " " for mark in "*`#_"}  # emphasis and headings of Markdown
    table |= {ord("﹪"): "%", ord("､"): "、", ord("｡"): "。"}
    # Copies from PDF files hold radicals and compatibility forms in the place of common characters.
    for code in (*range(0x2E80, 0x2FE0), *range(0xF900, 0xFB00)):
        if (common := unicodedata.normalize("NFKC", chr(code))) != chr(code):
            table[code] = common
    table |= {ord(radical): common for radical, common in zip(_RADICALS[::2], _RADICALS[1::2], strict=True)}
    return table


_ALPHABET = _alphabet()
# The header of a table whose cells are parted by commas.
_COMMA_HEADER = re.compile(r"(?:认证项目|地区|省份)[\"']?,[\"']{0,3}(?:,|全国|证书|有效|获证|组织|企业)")
_COMMA_ROW = re.compile(r"[^,。;:\n]{0,40}(?:,[^,。;:\n]{0,40}){1,12}")
_QUOTED_THOUSANDS = re.compile(r'"([0-9]{1,3}(?:,[0-9]{3})+)"')


def _bars_for_commas(line: str) -> str:
    """Part the cells of one comma-separated row with bars; any other line stays as it is."""
    if "," not in line:
        return line
    line = _QUOTED_THOUSANDS.sub(lambda match: match[1].replace(",", ""), line)
    return line.replace('"', "").replace(",", "|") if _COMMA_ROW.fullmatch(line) else line


def normalise(text: str) -> str:
    """Return the text in one alphabet; lines, tabs and bars stay where they are."""
    if markup.has_markup(text):
        text = markup.plain(text)
    text = text.replace("\r\n", "\n").translate(_ALPHABET)
    if _COMMA_HEADER.search(text):
        text = "\n".join(_bars_for_commas(line) for line in text.split("\n"))
    return text


def compact(text: str) -> str:
    """Return a normalised text without any white space, in which sentences are looked for."""
    return "".join(text.split())
