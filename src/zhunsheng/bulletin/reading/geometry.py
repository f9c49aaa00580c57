"""The letters of a page, by where they stand, as lines of text with a bar before each cell.

Where lines are drawn, they part the rows: a row is what stands between the same two, so that a name
broken over lines stays one. Where none are drawn, letters at one height make a row, and a line of a
name just above or below its figures belongs to them.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from zhunsheng.bulletin.reading import gutters, names

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# In heights of a letter: what parts two cells, how far heights in one row may lie apart, and how far
# the lines of one name lie from the middle of its row.
_GAP_RULED, _GAP_FREE, _SAME_HEIGHT, _NAME_REACH, _NAME_REACH_BETWEEN = 0.5, 0.8, 0.5, 0.95, 1.5
# So many times nearer to one row than to the other a line of a name is clearly its.
_CLEARLY = 1.2
# Lines drawn this close, in points, are one: borders have two sides.
_ONE_LINE = 2.5
_MOST_LEVELS = 2_000
# A cell that goes over more rows than this is taken to stand free; a domain has eleven.
_FAR = 60
_FIGURE = re.compile(r"[0-9][0-9,.]*%?|-")
_ROW_FIGURES = 2
_PAGE_NUMBER = re.compile(
    r"[-\u2013\u2014\u2022·|]*(?:第|Page)?[0-9]{1,4}(?:页|(?:/|of)[0-9]{1,4})?[,，]?(?:共[0-9]{1,4}页)?[-\u2013\u2014\u2022·|]*"
)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter and its box, in points, upwards."""

    text: str
    left: float
    bottom: float
    right: float
    top: float

    @property
    def middle(self) -> float:
        """How high its middle lies."""
        return (self.bottom + self.top) / 2


@dataclass(frozen=True, slots=True)
class _Cell:
    """The text of a cell, and from where to where it goes."""

    text: str
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A level line: how high, from where to where."""

    height: float
    left: float
    right: float


def letters(text: str, boxes: Sequence[float]) -> list[Letter]:
    """Put letters and their boxes, four numbers each, together."""
    return [Letter(letter, *boxes[4 * place : 4 * place + 4]) for place, letter in enumerate(text)]


def level_rules(sides: Iterable[Sequence[float]]) -> list[Rule]:
    """Return the level ones among drawn lines."""
    return [Rule((y0 + y1) / 2, x0, x1) for x0, y0, x1, y1 in sides if x1 - x0 > y1 - y0]


def as_text(page: Sequence[Letter], rules: Sequence[Rule]) -> str:
    """Return a page's lines from top to bottom, column by column."""
    if not page:
        return ""
    parts = gutters.parts(_at_one_height(page), rules, median(letter.top - letter.bottom for letter in page))
    said = [line for part in parts for line in _lines(part, rules)]
    while said and _PAGE_NUMBER.fullmatch("".join(said[-1].split())):
        said.pop()
    return "\n".join(said) + "\n"


def _lines(part: Sequence[Letter], rules: Sequence[Rule]) -> list[str]:
    ruled, free = _by_row(part, _Levels(rules))
    lines = [(max(letter.top for letter in row), _cells_of(row, _GAP_RULED)) for row in ruled]
    lines += [(max(letter.top for letter in row), _cells_of(row, _GAP_FREE)) for row in _free_rows(free)]
    lines.sort(key=lambda line: -line[0])
    return [_line(cells) for table in _tables([cells for _, cells in lines]) for cells in _filled(table)]


def _line(cells: Sequence[_Cell]) -> str:
    texts = [cell.text for cell in cells]
    return " | ".join(["", *texts]) if len(texts) > 1 else "".join(texts)


def _tables(lines: Iterable[list[_Cell]]) -> list[list[list[_Cell]]]:
    """Part a page's lines where a table's head begins a new table."""
    tables: list[list[list[_Cell]]] = [[]]
    for cells in lines:
        if _heads(cells):
            tables.append([])
        tables[-1].append(cells)
    return tables


def _heads(cells: Sequence[_Cell]) -> list[_Cell]:
    """The heads of the columns with figures, when a line is the head of a table; none otherwise."""
    labels = [names.label(cell.text) for cell in cells]
    if not {"certificates", "organisations"} & set(labels):
        return []
    return list(cells[next(place for place, label in enumerate(labels) if label) :])


def _filled(table: list[list[_Cell]]) -> list[list[_Cell]]:
    """A table's lines, with the sign of an empty cell where a row has none in a column.

    Where the columns are is told by the rows that have every cell, by the heads only where no row has.
    """
    columns = _heads(table[0]) if table else []
    whole = [row for cells in table if len(row := _row_figures(cells)) == len(columns)]
    if whole:
        columns = [
            _Cell("", median(row[place].left for row in whole), median(row[place].right for row in whole))
            for place in range(len(columns))
        ]
    return [_placed(cells, columns) for cells in table]


def _row_figures(cells: Sequence[_Cell]) -> list[_Cell]:
    """The figures at the end of a line; none where something else stands behind a figure."""
    figures = [cell for cell in cells if _FIGURE.fullmatch(cell.text)]
    return figures if figures and list(cells[-len(figures) :]) == figures else []


def _placed(cells: list[_Cell], columns: Sequence[_Cell]) -> list[_Cell]:
    figures = _row_figures(cells)
    if not figures or len(figures) >= len(columns):
        return cells
    under = {min(range(len(columns)), key=lambda place: _distance(columns[place], one)): one for one in figures}
    if len(under) < len(figures):
        return cells
    empty = [_Cell("-", column.left, column.right) for column in columns]
    return cells[: -len(figures)] + [under.get(place, cell) for place, cell in enumerate(empty)]


def _distance(head: _Cell, cell: _Cell) -> float:
    """How far a cell lies from under a head; below it, the nearer edge or middle counts."""
    middles = abs((head.left + head.right) - (cell.left + cell.right)) / 2
    return min(middles, abs(head.left - cell.left), abs(head.right - cell.right))


class _Levels:
    """The heights at which lines are drawn, each with the stretches it covers."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.heights: list[float] = []
        self.stretches: list[list[tuple[float, float]]] = []
        for rule in sorted(rules, key=lambda rule: rule.height):
            if not self.heights or rule.height - self.heights[-1] > _ONE_LINE:
                if len(self.heights) >= _MOST_LEVELS:
                    break
                self.heights.append(rule.height)
                self.stretches.append([])
            self.stretches[-1].append((rule.left - _ONE_LINE, rule.right + _ONE_LINE))
        self.stretches = [_united(stretches) for stretches in self.stretches]

    def around(self, letter: Letter) -> tuple[int, int] | None:
        """The lines above and below a letter, by number; None where there are not both."""
        centre, at = (letter.left + letter.right) / 2, bisect_left(self.heights, letter.middle)
        upwards, downwards = range(at, min(at + _FAR, len(self.heights))), range(at - 1, max(-1, at - 1 - _FAR), -1)
        above = next((place for place in upwards if self._covers(place, centre)), None)
        below = next((place for place in downwards if self._covers(place, centre)), None)
        return None if above is None or below is None else (above, below)

    def _covers(self, place: int, centre: float) -> bool:
        return any(left <= centre <= right for left, right in self.stretches[place])


def _united(stretches: list[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for left, right in sorted(stretches):
        if found and left <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], right))
        else:
            found.append((left, right))
    return found


def _by_row(page: Sequence[Letter], levels: _Levels) -> tuple[list[list[Letter]], list[Letter]]:
    """Part the letters into rows between drawn lines, and those that stand free.

    What begins under the same line is one row, also where one cell goes further down than the others.
    """
    between: dict[tuple[int, int], list[Letter]] = defaultdict(list)
    free: list[Letter] = []
    for letter in page:
        if (around := levels.around(letter)) is None:
            free.append(letter)
        else:
            between[around].append(letter)
    rows: dict[int, list[Letter]] = defaultdict(list)
    for (above, _), found in between.items():
        # Several rows of figures between two lines: they part a table from the text, not its rows.
        if sum(_figures(line) >= _ROW_FIGURES for line in _at_one_height(found)) > 1:
            free += found
        else:
            rows[above] += found
    return list(rows.values()), free


def _em(row: Sequence[Letter]) -> float:
    """How high a letter of a row is: the width of a Chinese one, else most of a box's height."""
    wide = [letter.right - letter.left for letter in row if letter.text >= "\u2e80"]
    return max(wide or [0.85 * (letter.top - letter.bottom) for letter in row]) or 1.0


def _at_one_height(found: Iterable[Letter]) -> list[list[Letter]]:
    """Lines of letters whose middles lie at one height, from top to bottom."""
    lines: list[list[Letter]] = []
    for letter in sorted(found, key=lambda one: -one.middle):
        reach = _SAME_HEIGHT * (letter.top - letter.bottom)
        if lines and lines[-1][0].middle - letter.middle <= reach:
            lines[-1].append(letter)
        else:
            lines.append([letter])
    return lines


def _figures(line: Sequence[Letter]) -> int:
    """How many cells of a line are figures."""
    return sum(_FIGURE.fullmatch(cell.text) is not None for cell in _cells_of(line, _GAP_FREE))


def _free_rows(found: Iterable[Letter]) -> list[list[Letter]]:
    """Rows where no lines are drawn: a line of a name goes to the figures right below or above it."""
    lines = [line for line in _at_one_height(found) if line]
    counted = [_figures(line) >= _ROW_FIGURES for line in lines]
    rows: dict[int, list[Letter]] = {place: list(line) for place, line in enumerate(lines)}
    for place, line in enumerate(lines):
        if counted[place]:
            continue
        beside = [other for other in (place - 1, place + 1) if 0 <= other < len(lines) and counted[other]]
        beside = [other for other in beside if _apart(line, lines[other])]
        home = _by_name(line, {other: rows[other] for other in beside})
        home = home if home is not None else _by_distance(line, {other: lines[other] for other in beside})
        if home is not None:
            rows[home] += rows.pop(place)
    return list(rows.values())


def _by_name(line: Sequence[Letter], beside: dict[int, list[Letter]]) -> int | None:
    """The row with which a line makes a known name, or the beginning of one; None where neither is so."""
    for place, row in beside.items():
        figures = min(letter.left for letter in row if letter.text.isdigit())
        if names.begins(_joined([*line, *(letter for letter in row if letter.right < figures)])):
            return place
    return None


def _by_distance(line: Sequence[Letter], beside: dict[int, list[Letter]]) -> int | None:
    """The row that lies so near to a line that it is part of its name; None where none clearly does."""
    height = median(letter.middle for letter in line)
    near = sorted((abs(height - median(one.middle for one in row)), place) for place, row in beside.items())
    return near[0][1] if near and _reaches([distance for distance, _ in near], _em(line)) else None


def _reaches(distances: Sequence[float], em: float) -> bool:
    """Whether a line lies so near to some figures that it is part of their name; between two rows it must be clear."""
    if distances[0] <= _NAME_REACH * em:
        return True
    return len(distances) > 1 and distances[0] <= min(_NAME_REACH_BETWEEN * em, distances[1] / _CLEARLY)


def _apart(line: Sequence[Letter], figures: Sequence[Letter]) -> bool:
    """Whether a line stands beside the figures of another, where its name is."""
    right = max(letter.right for letter in line)
    return all(right < letter.left for letter in figures if letter.text.isdigit())


def _cells_of(row: Sequence[Letter], gap: float) -> list[_Cell]:
    """A row's cells, left to right: what no gap parts is one cell, its lines top to bottom."""
    cells: list[list[Letter]] = []
    edge, wide = float("-inf"), gap * _em(row)
    for letter in sorted(row, key=lambda one: one.left):
        if not cells or letter.left > edge + wide:
            cells.append([])
        cells[-1].append(letter)
        edge = max(edge, letter.right)
    return [_Cell(_joined(cell), min(one.left for one in cell), max(one.right for one in cell)) for cell in cells]


def _joined(cell: Sequence[Letter]) -> str:
    """The letters of a cell, line by line, with a space where a gap shows one."""
    parts: list[str] = []
    for line in _at_one_height(cell):
        before: Letter | None = None
        for letter in sorted(line, key=lambda one: one.left):
            if before and letter.left - before.right > 0.2 * (letter.top - letter.bottom):
                parts.append(" ")
            parts.append(letter.text)
            before = letter
    return "".join(parts).replace("|", " ")
