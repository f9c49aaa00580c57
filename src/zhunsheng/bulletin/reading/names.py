"""Names and headers in the words of a table, also when they are broken over lines.

Words come as pieces; a name may be spread over pieces but begins and ends with one. The longest
known name wins ("食品农产品管理体系认证" before "食品农产品").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.bulletin.taxonomy import DOMAINS, PARENTS, TOTALS
from zhunsheng.codes.regions import ABROAD, BLOCKS, PROVINCES, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.bulletin.reading.tokens import Piece

ALL, NATION = "全部", "全国"
FULL_REGIONS = frozenset(region.name for region in PROVINCES)
SHORT_REGIONS = frozenset(region.short for region in PROVINCES)
REGIONS = FULL_REGIONS | SHORT_REGIONS | {ALL, NATION, ABROAD.name, UNKNOWN.name}
BLOCK_NAMES = frozenset(BLOCKS)
PROJECTS = frozenset(PARENTS) | frozenset(TOTALS)
_SUBTOTALS = {f"{domain}{total}": (domain, total) for domain in DOMAINS for total in TOTALS}
_KNOWN: dict[str, tuple[str, ...]] = {
    **{name: (name,) for name in (*REGIONS, *BLOCK_NAMES, *PROJECTS)},
    **_SUBTOTALS,
}
_LONGEST = max(map(len, _KNOWN))
# No name is shorter than two letters, so two letters tell at once where none begins.
_BEGINNINGS = frozenset(name[:2] for name in _KNOWN)

# The end of a phrase in which headers and names are looked for; no header printed is half as long.
_REACH = 300
# A cell with more letters than this is a sentence.
LONGEST_NAME = 40
_LONGEST_FOREIGN_LABEL = 12

_FIRST = re.compile(
    r"(?P<index>序号)?(?:(?P<projects>认证(?:项目|领域|类别)|项目名称|项目|领域)"
    r"|(?P<regions>地区名称|地区|省市|省份|省[(（]区、?市[)）]|省、市|区域|地域))"
)
_UNIT = r"(?:[(（][张家个][)）])?"
_COLUMN = re.compile(
    rf"(?P<certificates>(?:有效|获证)*(?:认证)?证书(?:总数量?|数量|数){_UNIT})"
    rf"|(?P<organisations>(?:获证|持证)?(?:组织|企业)(?:总数量?|数量|数){_UNIT})"
    r"|(?P<rank>(?:占?全国)?(?:排名|排序|位次))"
    r"|(?P<share>占?(?:全国)?(?:比重|比例|占比)(?:[(（]%[)）]|%)?)"
)


_FULL_WIDTH = {ord("％"): "%"}
_IN_EVERY_HEADER = ("证书", "组织", "企业")


@dataclass(frozen=True, slots=True)
class Words:
    """Letters of a phrase joined, with the places where pieces begin or end; `walls` are the strong ones."""

    letters: str
    bounds: tuple[int, ...]
    walls: frozenset[int]
    ends: frozenset[int]

    def after(self, start: int) -> Words:
        """The words from `start` on, which is a bound."""
        kept = tuple(bound - start for bound in self.bounds if bound >= start)
        walls = frozenset(wall - start for wall in self.walls if wall >= start)
        return Words(self.letters[start:], kept, walls, frozenset(kept))


@dataclass(frozen=True, slots=True)
class Header:
    """The head of a table: `kind` projects, regions or None; the columns by name, None for unknown ones."""

    kind: str | None
    columns: tuple[str | None, ...]
    indexed: bool
    end: int


def join(pieces: Sequence[Piece]) -> Words:
    """Join the last pieces of a phrase, at most `_REACH` letters; Latin words keep one space between."""
    letters, bounds, walls = "", [0], set[int]()
    taken: list[Piece] = []
    size = 0
    for piece in reversed(pieces):
        size += len(piece.text) + 1
        if taken and size > _REACH:
            break
        taken.append(piece)
    for piece in reversed(taken):
        if piece.glued:
            bounds.pop()
        elif letters and letters[-1].isascii() and letters[-1].isalnum() and piece.text[0].isascii():
            letters += " "
        if piece.walled:
            walls.add(len(letters))
        letters += piece.text
        bounds.append(len(letters))
    return Words(letters, tuple(bounds), frozenset(walls), frozenset(bounds))


def label(text: str) -> str | None:
    """Return what the head of a column says that it holds: certificates, organisations, rank or share; else None."""
    squeezed = "".join(text.split()).translate(_FULL_WIDTH)
    found = _COLUMN.fullmatch(squeezed) if len(squeezed) <= LONGEST_NAME else None
    return found.lastgroup if found else None


def is_known(text: str) -> bool:
    """Tell whether a text is the name of a row that some bulletin has printed."""
    return "".join(text.split()) in _KNOWN


def begins(text: str) -> bool:
    """Tell whether a text of two letters or more is a known name or the beginning of one."""
    squeezed = "".join(text.split())
    return squeezed[:2] in _BEGINNINGS and any(name.startswith(squeezed) for name in _KNOWN)


def _columns(words: Words, start: int) -> tuple[list[tuple[str, int]], int]:
    """The column labels from `start` on, each with its end, and where the last one ends."""
    labels: list[tuple[str, int]] = []
    at = end = start
    while True:
        if match := _COLUMN.match(words.letters, at):
            at = end = match.end()
            labels.append((str(match.lastgroup), at))
            continue
        # A label that is not known is passed over when a known one follows soon.
        if not labels:
            return labels, end
        ahead = (b for b in words.bounds if at < b <= at + _LONGEST_FOREIGN_LABEL and _COLUMN.match(words.letters, b))
        known = next(ahead, None)
        if known is None:
            return labels, end
        at = known
        labels.append(("", at))


def _assign(labels: list[tuple[str, int]]) -> tuple[str | None, ...]:
    """Name the columns: a rank or share belongs to the count before it, or to the next if that has one."""
    columns: list[str | None] = []
    measure = ""
    waiting: list[tuple[int, str]] = []
    for label, _ in labels:
        if label in ("certificates", "organisations"):
            # A count named a second time only says whose rank or share follows.
            if label not in columns:
                columns.append(label)
            measure = label
            for place, aspect in waiting:
                columns[place] = f"{label[:-1]}_{aspect}"
            waiting = []
        elif label and measure and (name := f"{measure[:-1]}_{label}") not in columns:
            columns.append(name)
        else:
            if label:
                waiting.append((len(columns), label))
            columns.append(None)
    return tuple(columns)


def find_header(words: Words) -> Header | None:
    """Return the last header among the words, None when there is none."""
    if not any(word in words.letters for word in _IN_EVERY_HEADER):
        return None
    found: Header | None = None
    for start in words.bounds:
        first = _FIRST.match(words.letters, start)
        # A label before the first one ("比重为 %, 地区, 证书数 …") belongs to something else.
        if found and start < found.end and (found.kind is not None or first is None):
            continue
        labels, end = _columns(words, first.end() if first else start)
        least = 1 if first else 2
        counts = [label for label, _ in labels if label in ("certificates", "organisations")]
        if not counts or len(labels) < least or end not in words.ends:
            continue
        kind = None if first is None else "projects" if first["projects"] else "regions"
        found = Header(kind, _assign(labels), bool(first and first["index"]), end)
    return found


def _longest_name(words: Words, start: int) -> str | None:
    """The longest known name that begins at `start` and ends with a piece."""
    if words.letters[start : start + 2] not in _BEGINNINGS:
        return None
    most = min(_LONGEST, len(words.letters) - start)
    names = (words.letters[start : start + size] for size in range(most, 1, -1) if start + size in words.ends)
    return next((name for name in names if name in _KNOWN), None)


def tile(words: Words, start: int) -> tuple[str, ...] | None:
    """Return the known names that fill the words from `start` to the end exactly, or None."""
    names: list[str] = []
    while start < len(words.letters):
        name = _longest_name(words, start)
        if name is None:
            return None
        names += _KNOWN[name]
        start += len(name)
    return tuple(names) or None


@dataclass(frozen=True, slots=True)
class Named:
    """The names before a row's figures: what it is called, the name before it, and what else stands there."""

    name: str
    group: str | None = None
    known: bool = True


def name_of(words: Words, *, inside: bool, seen: frozenset[str] | set[str]) -> Named | None:
    """Return how the row with these words before its figures is called, None when it is no row.

    `inside` a table a name that is not known is kept; elsewhere only known names count. `seen`
    are the names that have rows already: such a name is not used again to explain the end of an
    unknown one ("绿色" and "产品认证" on two lines).
    """
    for start in words.bounds:
        if names := tile(words, start):
            before = words.letters[:start]
            name, group = names[-1], (names[-2] if len(names) > 1 else None)
            if not before or not inside or len(before) > LONGEST_NAME:
                return Named(name, group)
            if name in TOTALS:
                return Named(name, group or before)
            if name not in seen or start in words.walls:
                return Named(name, group)
            break
    if not inside or not words.letters or len(words.letters) > LONGEST_NAME:
        return None
    return _unknown(words, seen)


def _unknown(words: Words, seen: frozenset[str] | set[str]) -> Named:
    """Take the domain that may stand in a cell before it off a name that is not known."""
    for bound in reversed(words.bounds[1:-1]):
        if bound in words.walls and (words.letters[:bound] in DOMAINS or words.letters[:bound] in seen):
            return Named(words.letters[bound:], words.letters[:bound], known=False)
    return Named(words.letters, None, known=False)
