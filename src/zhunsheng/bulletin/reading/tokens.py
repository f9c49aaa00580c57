"""A normalised text cut into phrases and the figures that follow them.

A table in any layout is a row of names with figures behind each. So the text is cut into
`Entry` values: the words since the last figure, then the figures. What tells a figure in a
sentence ("375 万张", "2024 年") from a figure in a cell is decided here; what the words mean is not.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# A longer phrase is a sentence; only its end can hold a header and a name.
PHRASE_PIECES = 60
LONGEST_PIECE = 300
# The widest table printed has six columns; a few more are kept for columns that are not known.
MOST_VALUES = 16
# No count of certificates has more digits; longer runs are numbers of documents and the like.
_MOST_DIGITS = 15

_TOKEN = re.compile(
    r"""
      (?P<rule>:-+:?|-+:|-{3,})
    | (?P<gap>[ \t\n|+]+)
    | (?P<number>(?:(?<![^\s|])-)?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?%?)
    | (?P<dash>-{1,2}|/(?=[ \t\n|]))
    | (?P<word>(?:[^\W\d_]|[、()（）%&/])+)
    | (?P<stop>.)
    """,
    re.VERBOSE,
)
# After a figure these make it part of a sentence: a date, or a number of something.
_MEASURE = re.compile(r"\ *(?:[年月日万亿]|[张家个][^\u4e00-\u9fff]|[张家个]$)|[张家个多余][\u4e00-\u9fff]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")
_JOINED_BEFORE = frozenset("-./:+,'")
_WALLS = frozenset(("", "\t", "\n", "|"))
_JOINED_AFTER = re.compile(r"[-./:'][0-9A-Za-z]|[A-Za-z]")


@dataclass(slots=True)
class Piece:
    """Some letters or digits of one kind, without a gap inside.

    `walled`: a tab or a bar parts them from what stands before. `glued`: nothing does.
    """

    text: str
    walled: bool = False
    glued: bool = False


@dataclass(slots=True)
class Entry:
    """The words since the last figure, then figures; an empty cell or a dash is None.

    `broken` says that punctuation or a long text stands before the words: they continue no table.
    """

    pieces: deque[Piece] = field(default_factory=lambda: deque(maxlen=PHRASE_PIECES))
    values: list[str | None] = field(default_factory=list)
    broken: bool = True


def _in_sentence(text: str, match: re.Match[str]) -> bool:
    """Whether the figure belongs to words, a date or a code, and is no cell of a table."""
    start, end = match.span()
    if end - start > _MOST_DIGITS:
        return True
    before = text[start - 1 : start]
    # The usual cell stands between walls; only the rest needs a closer look.
    if before in _WALLS and text[end : end + 1] in _WALLS:
        return False
    if before in _JOINED_BEFORE and before and text[max(0, start - 2) : start - 1].strip(" \t\n|"):
        return True
    after = text[end : end + 6]
    ascii_word = _ASCII_LETTER.match(text[start - 2 : start].strip(" ")[-1:] or " ")
    if (before and _ASCII_LETTER.match(before)) or (ascii_word and re.match(r"[\u4e00-\u9fff]", after)):
        return True
    return bool(_MEASURE.match(after) or _JOINED_AFTER.match(after))


def _empty_cells(gap: str) -> int:
    """How many cells without content a gap on one line shows."""
    if "\n" in gap:
        return 0
    walls = gap.count("|") or gap.count("\t")
    return max(0, walls - 1)


def _kind(text: str, match: re.Match[str], gap: str) -> str:
    """What a match is: gap, word, value (a figure or the sign of an empty cell) or stop."""
    kind = match.lastgroup or "stop"
    if kind == "dash":
        return "value" if gap and text[match.end() : match.end() + 1].strip(" \t\n|") == "" else "stop"
    if kind == "number":
        return "word" if _in_sentence(text, match) else "value"
    return "gap" if kind == "rule" else kind


def entries(text: str) -> Iterator[Entry]:
    """Cut a normalised text into entries, in order; words that no figure follows are left out."""
    entry, gap = Entry(), ""
    for match in _TOKEN.finditer(text):
        kind = _kind(text, match, gap)
        if kind == "gap":
            gap += "\n" if match.lastgroup == "rule" else match[0]
            continue
        if kind == "value":
            room = MOST_VALUES - len(entry.values)
            if room > 0:
                entry.values += [None] * min(_empty_cells(gap), room - 1)
                entry.values.append(match[0] if match.lastgroup == "number" else None)
        else:
            if entry.values and (entry.pieces or not entry.broken):
                yield entry
            if entry.values or kind == "stop":
                entry = Entry(broken=kind == "stop")
            if kind == "word":
                walled, glued = "|" in gap or "\t" in gap, not gap and bool(entry.pieces)
                entry.pieces.append(Piece(match[0][-LONGEST_PIECE:], walled, glued))
        gap = ""
    if entry.values:
        yield entry
