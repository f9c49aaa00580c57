"""Tables that come with real cells (HTML, DOCX, XLSX) as text: a line for each row, a bar before each cell.

A cell that goes over several columns or rows stands where it begins. Heads in two storeys
("证书数" over 数量, 全国排名, 占比) become one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.bulletin.reading import names
from zhunsheng.bulletin.reading.limits import refuse_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

# No head goes over more columns; a larger number in a file is a slip or malice.
_MOST_ACROSS, _MOST_DIGITS = 100, 5
# A cell with more letters holds running text, not a name.
_LONGEST_CELL = 200
_EMPTY = "-"
# What stands in a heading or a note and in no name.
_SENTENCE = re.compile(r"[0-9、：:。；;，,]")
_COUNTED = ("证书", "组织", "企业")


@dataclass(frozen=True, slots=True)
class GridCell:
    """A cell: its text, and how many columns and rows it goes over; `nested`: it holds a table, its text has lines."""

    text: str
    across: int = 1
    down: int = 1
    nested: bool = False


@dataclass(frozen=True, slots=True)
class _Slot:
    """A place of the grid, and whether the cell that covers it begins there."""

    cell: GridCell
    first_row: bool
    first_column: bool

    @property
    def text(self) -> str:
        return self.cell.text if self.first_row and self.first_column else ""


_Row = list[_Slot | None]


def span(text: str | None) -> int:
    """Return how many columns or rows a cell says to go over; 1 where it does not say it in digits."""
    digits = (text or "").strip()
    return max(1, int(digits)) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else 1


def as_text(rows: Sequence[Sequence[GridCell]]) -> str:
    """Return a table as lines of text. Raises Unreadable when it is larger than any publication's."""
    grid = _placed(rows)
    heads = next((place for place, row in enumerate(grid) if _labels(_texts(row))), None)
    lines: list[str] = []
    figures: frozenset[int] = frozenset()
    skipped = -1
    for place, row in enumerate(grid):
        if place == skipped:
            continue
        texts = _texts(row)
        if heads is not None and place + 1 < len(grid) and (joint := _joint_head(row, grid[place + 1])):
            texts, skipped = joint, place + 1
        said = [text for text in texts if text]
        if labelled := _labels(texts):
            figures = labelled
        elif len(said) == 1 and _SENTENCE.search(said[0]) and not names.is_known(said[0]):
            # A line of text in the sheet that holds the tables: it ends the one above.
            figures = frozenset()
        elif said:
            texts = [_EMPTY if not text and c in figures and _begins(row, c) else text for c, text in enumerate(texts)]
        if said:
            lines.append(_line(row, texts, figures))
    return "\n".join(lines) + "\n"


def _placed(rows: Sequence[Sequence[GridCell]]) -> list[_Row]:
    """Put the cells where they stand; a cell from a row above keeps its columns."""
    grid: list[_Row] = [[] for _ in rows]
    cells = 0
    for at, row in enumerate(rows):
        column = 0
        for cell in row:
            while column < len(grid[at]) and grid[at][column] is not None:
                column += 1
            across = max(1, min(cell.across, _MOST_ACROSS))
            below = range(at, min(at + max(1, cell.down), len(rows)))
            cells += across * len(below) + max(0, column - len(grid[below[-1]])) * len(below)
            refuse_cells(cells)
            for line in below:
                grid[line] += [None] * (column + across - len(grid[line]))
                for place in range(column, column + across):
                    grid[line][place] = _Slot(cell, line == at, place == column)
            column += across
    return grid


def _texts(row: _Row) -> list[str]:
    return [slot.text if slot else "" for slot in row]


def _begins(row: _Row, column: int) -> bool:
    """Whether no cell from the left or from above goes over this place."""
    slot = row[column] if column < len(row) else None
    return slot is None or (slot.first_row and slot.first_column)


def _labels(texts: Sequence[str]) -> frozenset[int]:
    """Which columns a head says to hold figures, known or not; none where no count is among them."""
    said = {place: label for place, text in enumerate(texts) if (label := names.label(text))}
    if not any(label in {"certificates", "organisations"} for label in said.values()):
        return frozenset()
    return frozenset(place for place, text in enumerate(texts) if text and place >= min(said))


def _joint_head(upper: _Row, lower: _Row) -> list[str] | None:
    """One row of heads for two storeys; None where the rows are no such thing."""
    spanning = any(
        slot and slot.first_column and slot.cell.across > 1 and any(word in slot.cell.text for word in _COUNTED)
        for slot in upper
    )
    if not spanning or not any(slot and names.label(slot.text) for slot in lower):
        return None
    return [_joint(slot, lower[place] if place < len(lower) else None) for place, slot in enumerate(upper)]


def _joint(upper: _Slot | None, lower: _Slot | None) -> str:
    """The head of one column: what stands below, for the first of several the count that stands above."""
    over, under = (upper.cell.text if upper else ""), (lower.text if lower else "")
    if upper is None or lower is None or upper.cell is lower.cell:
        return upper.text if upper else under
    if not upper.first_column and under:
        return under
    counts = (one for one in (under, over + under, over) if names.label(one) in {"certificates", "organisations"})
    return next(counts, under or over)


def _line(row: _Row, texts: list[str], figures: frozenset[int]) -> str:
    """A row as a line; a cell of running text, or one with a table inside, stands on lines of its own.

    Under a head that says which columns hold figures, what is empty elsewhere is no cell.
    """
    alone = {place for place, slot in enumerate(row) if slot and texts[place] and _is_long(slot.cell)}
    if len([text for text in texts if text]) == 1 and not alone:
        return next(text for text in texts if text)
    parts = [
        f"\n{text}\n" if place in alone else f"| {_flat(text)} "
        for place, text in enumerate(texts)
        if text or not figures
    ]
    return "".join(parts)


def _is_long(cell: GridCell) -> bool:
    return cell.nested or len(cell.text) > _LONGEST_CELL


def _flat(text: str) -> str:
    return " ".join(text.replace("|", " ").split())
