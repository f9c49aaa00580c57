"""Sheets for spreadsheets: XLSX and CSV, written row by row, safe to open.

A cell from outside is always text in XLSX and never a formula; in CSV, where a spreadsheet would run
it, an apostrophe stands before it. Dates are real dates, written as 2026-01-31.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import IO, TYPE_CHECKING, Literal

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Cell = str | int | float | date | None
# An XLSX sheet has no more rows, its header among them, and a cell no more characters.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
LINES_A_CHUNK = 500
# A spreadsheet takes a cell that begins so for a formula; a signed number is none.
FORMULA, NUMBER = r"^\s*[=+\-@＝＋－＠]|^[\t\r]", r"^[+-]?\d+(\.\d+)?$"
# Control characters cannot be written into XML; a mark shows their place.
UNWRITABLE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"

_FORMULA, _NUMBER, _UNWRITABLE = re.compile(FORMULA), re.compile(NUMBER), re.compile(UNWRITABLE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, what its cells are, and its width in characters."""

    title: str
    kind: Literal["text", "count", "share", "date"] = "text"
    width: int = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table: the name of its leaf, its columns and its rows, which are taken one at a time."""

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Cell]]


def safe(text: str) -> str:
    """Return a cell's text so that a spreadsheet shows it and does not run it."""
    return f"'{text}" if _FORMULA.search(text) and not _NUMBER.search(text) else text


def write_xlsx(
    target: Path | IO[bytes],
    sheets: Iterable[Sheet],
    *,
    cover: Sequence[tuple[str, Cell]] = (),
    about: str = "",
    made: date | None = None,
) -> None:
    """Write a workbook in constant memory; `cover`, pairs of label and value, becomes a first leaf named `about`.

    `made` is written into it as the day it was made instead of this moment: the same sheets give the same bytes.
    """
    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False})
    try:
        if made is not None:
            book.set_properties({"created": datetime(made.year, made.month, made.day, tzinfo=UTC)})
        formats = {
            "text": book.add_format({"valign": "top"}),
            "count": book.add_format({"num_format": "#,##0", "valign": "top"}),
            "share": book.add_format({"num_format": "General", "valign": "top"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd", "align": "left", "valign": "top"}),
            "head": book.add_format({"bold": True, "bottom": 1}),
        }
        if cover:
            _write_cover(book.add_worksheet(about or "About"), cover, formats)
        for sheet in sheets:
            _write_sheet(book.add_worksheet(sheet.name[:31]), sheet, formats)
    finally:
        book.close()


def _write_cover(
    leaf: xlsxwriter.worksheet.Worksheet,
    cover: Sequence[tuple[str, Cell]],
    formats: dict[str, xlsxwriter.format.Format],
) -> None:
    leaf.set_column(0, 0, 20)
    leaf.set_column(1, 1, 80)
    for place, (label, value) in enumerate(cover):
        leaf.write_string(place, 0, label, formats["text"])
        _write_cell(leaf, place, 1, value, formats)


def _write_sheet(
    leaf: xlsxwriter.worksheet.Worksheet, sheet: Sheet, formats: dict[str, xlsxwriter.format.Format]
) -> None:
    for place, column in enumerate(sheet.columns):
        leaf.set_column(place, place, column.width)
    leaf.freeze_panes(1, 0)
    # Printed, a sheet is as wide as an A4 page and shows its titles on every page.
    leaf.set_paper(9)
    leaf.fit_to_pages(1, 0)
    leaf.repeat_rows(0)
    for place, column in enumerate(sheet.columns):
        leaf.write_string(0, place, column.title, formats["head"])
    for line, row in enumerate(sheet.rows, start=1):
        for place, value in enumerate(row):
            _write_cell(leaf, line, place, value, formats, sheet.columns[place].kind)


def _write_cell(
    leaf: xlsxwriter.worksheet.Worksheet,
    line: int,
    place: int,
    value: Cell,
    formats: dict[str, xlsxwriter.format.Format],
    kind: str = "count",
) -> None:
    if value is None or value == "":
        return
    if isinstance(value, date):
        leaf.write_datetime(line, place, value, formats["date"])
    elif isinstance(value, int | float):
        leaf.write_number(line, place, value, formats[kind if kind != "date" else "count"])
    else:
        leaf.write_string(line, place, _UNWRITABLE.sub("\ufffd", value)[:CELL_CHARACTERS], formats["text"])


def csv_lines(sheet: Sheet) -> Iterator[str]:
    """Yield a table as CSV, some lines at a time, the mark that tells Excel it is UTF-8 first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow([safe(column.title) for column in sheet.columns])
    for place, row in enumerate(sheet.rows, start=1):
        writer.writerow([_as_csv(value) for value in row])
        if place % LINES_A_CHUNK == 0:
            yield _taken(out)
    yield _taken(out)


def _as_csv(value: Cell) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date) else safe(str(value))


def _taken(out: io.StringIO) -> str:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text
