"""What every file format is read into: text columns in batches, with the row numbers of the file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from zhunsheng.codes.errors import N_, ZhunshengError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

# Rows handled at a time; about 150 MB with the columns of a national return.
BATCH_ROWS = 250_000
# The first row below the header, counted as a spreadsheet counts.
FIRST_ROW = 2
ROW = "#row"
CELLS = "#cells"
FORMULAS = "#formulas"


class BadFile(ZhunshengError):
    """A file that cannot be read at all: nothing of it is taken."""


@dataclass(frozen=True, slots=True)
class Tabular:
    """An opened file.

    `batches()` gives frames of text columns named as the headers, and three more: ROW, the row number
    as a spreadsheet counts; CELLS, how many cells the row has where that is not the header's number;
    FORMULAS, the headers of cells that held a formula, joined by a space. `total` is the number of rows
    where the format tells it, else 0.
    """

    format: str
    headers: list[str]
    total: int
    batches: Callable[[], Iterator[pl.DataFrame]]


def checked_headers(headers: Sequence[str], name: str) -> list[str]:
    """Return the headers without trailing empty ones. Raises BadFile for none, empty ones and duplicates."""
    found = [header.strip().replace("\ufeff", "") for header in headers]
    while found and not found[-1]:
        found.pop()
    if not found:
        raise BadFile(N_("%(file)s 是空的：没有列名。"), file=name)
    for place, header in enumerate(found, 1):
        if not header:
            raise BadFile(N_("%(file)s 第 %(column)s 列没有列名。"), file=name, column=place)
        if header in found[: place - 1]:
            raise BadFile(N_("%(file)s 有两列都叫 %(header)s。"), file=name, header=header[:60])
    return found


def ahead(batches: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Give batches one by one while the next is being read."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def numbered_from(start: int, frame: pl.DataFrame) -> pl.DataFrame:
    """Add the three columns that go with the cells, for rows without oddities that follow each other."""
    return frame.with_columns(
        pl.int_range(start, start + pl.len(), dtype=pl.Int64).alias(ROW),
        pl.lit(None, pl.Int64).alias(CELLS),
        pl.lit(None, pl.String).alias(FORMULAS),
    )


def frames(
    rows: Iterator[tuple[int, list[str]]], headers: list[str], name: str, *, begun: bool = False
) -> Iterator[pl.DataFrame]:
    """Turn numbered rows of cells into frames; blank rows are left out.

    Raises BadFile when there is no row at all below the header, unless rows before these have `begun` the table.
    """
    width = len(headers)
    numbers: list[int] = []
    odd: list[int | None] = []
    kept: list[list[str]] = []
    seen = begun
    for number, cells in rows:
        if not any(cells):
            continue
        seen = True
        fitted, count = (cells, None) if len(cells) == width else _fitted(cells, width)
        numbers.append(number)
        odd.append(count)
        kept.append(fitted)
        if len(kept) >= BATCH_ROWS:
            yield _frame(numbers, odd, kept, headers)
            numbers, odd, kept = [], [], []
    if not seen:
        raise BadFile(N_("%(file)s 只有列名，没有数据行。"), file=name)
    if kept:
        yield _frame(numbers, odd, kept, headers)


def _fitted(cells: list[str], width: int) -> tuple[list[str], int | None]:
    """Return as many cells as there are headers; what is too much goes into the last one, so that none is lost."""
    count = len(cells)
    while len(cells) > width and not cells[-1]:
        cells = cells[:-1]
    if len(cells) == width:
        return cells, None
    if len(cells) > width:
        return [*cells[: width - 1], " | ".join(cells[width - 1 :])], count
    return [*cells, *[""] * (width - len(cells))], count


def _frame(numbers: list[int], odd: list[int | None], kept: list[list[str]], headers: list[str]) -> pl.DataFrame:
    columns = zip(*kept, strict=True)
    data = {header: pl.Series(column, dtype=pl.String) for header, column in zip(headers, columns, strict=True)}
    return pl.DataFrame(data).with_columns(
        pl.Series(ROW, numbers, pl.Int64),
        pl.Series(CELLS, odd, pl.Int64),
        pl.lit(None, pl.String).alias(FORMULAS),
    )
