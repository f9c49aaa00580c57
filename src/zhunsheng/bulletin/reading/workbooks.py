"""XLSX as text: every sheet a table, its leaves one below the other."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import python_calamine as calamine

from zhunsheng.bulletin.reading import grids
from zhunsheng.bulletin.reading.grids import GridCell
from zhunsheng.bulletin.reading.limits import Unreadable, refuse_cells
from zhunsheng.codes.errors import N_
from zhunsheng.codes.rounding import plain

# The reader lays a sheet out as a full rectangle; one cell far away would make it enormous.
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLACE = re.compile(rb'\br="([A-Z]{1,3})([0-9]{1,7})"')
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")


def as_text(data: bytes) -> str:
    """Return the text of an XLSX whose parts have been inspected. Raises Unreadable when it is damaged or too large."""
    _refuse_wide(data)
    book = _asked(lambda: calamine.CalamineWorkbook.from_filelike(io.BytesIO(data)))
    sheets = [one.name for one in book.sheets_metadata if one.typ == calamine.SheetTypeEnum.WorkSheet]
    return "\n\n".join(grids.as_text(_rows(book, name)) for name in sheets)


def _refuse_wide(data: bytes) -> None:
    """Unreadable when a sheet's rectangle, from its first to its last cell, is larger than any publication's."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for part in archive.namelist():
            if "worksheets/" not in part:
                continue
            sheet = archive.read(part)
            rows = [len(_CELL.findall(row)) for row in _ROW.split(sheet)]
            places = {(letters, int(number)) for letters, number in _PLACE.findall(sheet)}
            width = max([*rows, *map(_column, {letters for letters, _ in places})], default=0)
            refuse_cells(width * max([len(rows), *(number for _, number in places)]))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _asked(read: Any) -> Any:
    try:
        return read()
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is not an Exception
        raise Unreadable(N_("XLSX 文件已损坏，读不出（%(why)s）；请另存一份"), why=str(error)[:100]) from None


def _rows(book: Any, name: str) -> list[list[GridCell]]:
    sheet = _asked(lambda: book.get_sheet_by_name(name))
    rows = _asked(lambda: sheet.to_python(skip_empty_area=True))
    return [[GridCell(_text(cell)) for cell in row] for row in rows]


def _text(cell: object) -> str:
    """Return a cell as it shows: a number without zeros behind it, a day as 2025-07-31."""
    if isinstance(cell, float):
        return plain(Decimal(repr(cell)))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell)
