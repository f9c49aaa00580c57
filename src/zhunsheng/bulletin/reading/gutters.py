"""Pages in two columns: where the gutter runs, and the parts of the page in the order in which they are read.

A table has gaps that run down a page too; so a gutter has running text on both of its sides, and no
line drawn over it.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.bulletin.reading.geometry import Letter, Rule

# Where a gutter may run, in parts of the width that is written on, and in how many steps it is looked for.
_FROM, _TO, _STEPS = 0.4, 0.6, 24
# Half its width in heights of a letter; how many lines may cross it; on how many of each side's lines there are words.
_HALF, _MOST_CROSSING, _LEAST_WORDED = 0.6, 0.35, 0.4
_FEWEST_LINES, _FEWEST_LETTERS = 8, 2
_CHINESE = "\u2e80"
Line = list["Letter"]


def parts(lines: Sequence[Line], rules: Sequence[Rule], em: float) -> list[list[Letter]]:
    """Part a page's lines, from top to bottom, into what is read one after the other.

    What lies over both columns parts them: above it the left column comes first, then the right one.
    """
    gutter = _gutter(lines, rules, em)
    if gutter is None:
        return [[letter for line in lines for letter in line]]
    found: list[list[Letter]] = []
    ruled = _ruled(rules, gutter)
    for crossing, group in groupby(lines, key=lambda line: _crosses(line, ruled, gutter, em)):
        letters = [letter for line in group for letter in line]
        if crossing:
            found.append(letters)
        else:
            found += [[one for one in letters if one.right <= gutter], [one for one in letters if one.left >= gutter]]
    return [part for part in found if part]


def _gutter(lines: Sequence[Line], rules: Sequence[Rule], em: float) -> float | None:
    """Where the gutter runs, None where the page has one column."""
    if len(lines) < _FEWEST_LINES:
        return None
    left = min(letter.left for line in lines for letter in line)
    right = max(letter.right for line in lines for letter in line)
    places = [left + (right - left) * (_FROM + (_TO - _FROM) * step / _STEPS) for step in range(_STEPS + 1)]
    ruled = {place: _ruled(rules, place) for place in places}
    crossing = {place: sum(_crosses(line, ruled[place], place, em) for line in lines) for place in places}
    fewest = min(crossing.values())
    if fewest > _MOST_CROSSING * len(lines):
        return None
    best = [place for place in places if crossing[place] == fewest]
    gutter = best[len(best) // 2]
    apart = [line for line in lines if not _crosses(line, ruled[gutter], gutter, em)]
    before = [[one for one in line if one.right <= gutter] for line in apart]
    behind = [[one for one in line if one.left >= gutter] for line in apart]
    return gutter if _is_worded(before) and _is_worded(behind) else None


def _ruled(rules: Sequence[Rule], gutter: float) -> tuple[float, float]:
    """From where to where up the page lines are drawn over a place; nowhere where none is."""
    over = [rule.height for rule in rules if rule.left < gutter < rule.right]
    return min(over, default=0.0), max(over, default=0.0)


def _crosses(line: Line, ruled: tuple[float, float], gutter: float, em: float) -> bool:
    """Whether a line lies over the gutter, or in a ruled table that does."""
    if any(letter.left < gutter + _HALF * em and letter.right > gutter - _HALF * em for letter in line):
        return True
    return ruled[0] < line[0].middle < ruled[1]


def _is_worded(side: Sequence[Line]) -> bool:
    """Whether a side of the gutter has running text: enough lines, enough of them with words."""
    written = [line for line in side if line]
    worded = [line for line in written if sum(letter.text >= _CHINESE for letter in line) >= _FEWEST_LETTERS]
    return len(written) >= max(_FEWEST_LINES, len(side) // 3) and len(worded) >= _LEAST_WORDED * len(written)
