"""Reading XLSX, after looking into the zip for what could exhaust the machine or deceive the reader."""

from __future__ import annotations

import re
import zipfile
import zlib
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import python_calamine as calamine

from zhunsheng.codes.errors import N_
from zhunsheng.register import layouts
from zhunsheng.register.importing.tabular import FORMULAS, ROW, BadFile, Tabular, checked_headers, frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_ENTRIES = 2_000
# What the parts may unpack to together: a full sheet of a million rows and twenty columns has about 800 MB.
MAX_UNPACKED_BYTES = 1_000_000_000
# Sheets of real returns pack to a tenth or so; beyond this ratio a part of some size is a bomb.
MAX_RATIO, RATIO_FROM_BYTES = 300, 10_000_000
# The reader lays a sheet out as a full rectangle; one cell far away would make it enormous.
MAX_CELLS = 60_000_000
CHUNK = 1 << 20
OVERLAP = 256

_FORMULA = re.compile(rb'<(?:\w+:)?c\s[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*>\s*<(?:\w+:)?f[\s>/]')
_WIDE = re.compile(rb'\br="([A-Z]{2,3})[0-9]')
_ROWS = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="([0-9]{1,7})"')
_DOCTYPE = (b"<!DOCTYPE", b"<!ENTITY")


def opened(path: Path, name: str) -> Tabular:
    """Open the first sheet that has known columns, else the first. Raises BadFile for anything that is not safe."""
    formulas = _inspect(path, name)
    workbook = _calamine(name, lambda: calamine.CalamineWorkbook.from_path(str(path)))
    names = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ == calamine.SheetTypeEnum.WorkSheet]
    if not names:
        raise BadFile(N_("%(file)s 里没有工作表。"), file=name)
    sheets = [_rows(workbook, sheet, name) for sheet in names]
    rows = max(sheets, key=_recognised)
    header = next((place for place, cells in enumerate(rows) if any(cells)), None)
    if header is None:
        raise BadFile(N_("%(file)s 是空的：没有列名。"), file=name)
    headers = checked_headers(rows[header], name)
    cells_with_formulas = formulas if len(sheets) == 1 else formulas & _positions(rows)

    def batches() -> Iterator[pl.DataFrame]:
        below = ((place, rows[place - 1]) for place in range(header + 2, len(rows) + 1))
        for frame in frames(below, headers, name):
            yield _with_formulas(frame, cells_with_formulas, headers)

    return Tabular("xlsx", headers, len(rows) - header - 1, batches)


def _positions(rows: list[list[str]]) -> set[tuple[int, int]]:
    return {(place, column) for place, cells in enumerate(rows, 1) for column in range(len(cells))}


def _recognised(rows: list[list[str]]) -> int:
    head = next((cells for cells in rows if any(cells)), [])
    return max(len(layouts.recognise(kind, head)) for kind in (layouts.CERTIFICATES, layouts.BODIES))


def _calamine(name: str, read: Any) -> Any:
    try:
        return read()
    except calamine.PasswordError:
        raise BadFile(N_("%(file)s 设有打开密码，请去掉密码再上传。"), file=name) from None
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of the reader is not an Exception
        raise BadFile(N_("%(file)s 不是完好的 XLSX 文件（%(why)s）。"), file=name, why=str(error)[:200]) from None


def _rows(workbook: Any, sheet: str, name: str) -> list[list[str]]:
    found = _calamine(name, lambda: workbook.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
    return [[_text(cell) for cell in row] for row in found]


def _text(cell: object) -> str:
    """Return a cell as text: whole numbers without a point, midnight as a date, the rest as it is written."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(int(cell))
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        midnight = not (cell.hour or cell.minute or cell.second)
        return cell.date().isoformat() if midnight else cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _with_formulas(frame: pl.DataFrame, formulas: set[tuple[int, int]], headers: list[str]) -> pl.DataFrame:
    wanted: dict[int, list[str]] = {}
    for row, column in sorted(formulas):
        if column < len(headers):
            wanted.setdefault(row, []).append(headers[column])
    if not wanted:
        return frame
    found = {row: "\n".join(names) for row, names in wanted.items()}
    return frame.with_columns(pl.col(ROW).replace_strict(found, default=None, return_dtype=pl.String).alias(FORMULAS))


def _inspect(path: Path, name: str) -> set[tuple[int, int]]:
    """Look at every part as it really unpacks; return row and column (from 0) of the cells with formulas."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MAX_ENTRIES or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
                raise _too_big(name)
            if "[Content_Types].xml" not in archive.namelist():
                raise BadFile(N_("%(file)s 是 ZIP 文件，但不是 XLSX 工作簿。"), file=name)
            if any(part.flag_bits & 1 for part in parts):
                raise BadFile(N_("%(file)s 设有打开密码，请去掉密码再上传。"), file=name)
            unpacked, formulas = 0, set()
            for part in parts:
                size, found = _inspect_part(archive, part, name, MAX_UNPACKED_BYTES - unpacked)
                unpacked += size
                formulas |= found
            return formulas
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, ValueError) as error:
        raise BadFile(N_("%(file)s 不是完好的 XLSX 文件（%(why)s）。"), file=name, why=str(error)[:200]) from None


def _too_big(name: str) -> BadFile:
    return BadFile(
        N_("%(file)s 解压后过大（上限 %(limit)s 字节），可能是压缩炸弹。大文件请用 CSV 或 Parquet。"),
        file=name,
        limit=MAX_UNPACKED_BYTES,
    )


def _inspect_part(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str, room: int
) -> tuple[int, set[tuple[int, int]]]:
    # The declared size may lie; with a size beyond all bounds the whole stream is unpacked and counted.
    part.file_size = MAX_UNPACKED_BYTES + CHUNK
    size, tail = 0, b""
    wide, rows, formulas = {b"A"}, 1, set()
    with archive.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > room or (size > RATIO_FROM_BYTES and size > MAX_RATIO * max(part.compress_size, 1)):
                raise _too_big(name)
            text, tail = tail + chunk, chunk[-OVERLAP:]
            if any(mark in text for mark in _DOCTYPE) and part.filename.endswith((".xml", ".rels")):
                raise BadFile(N_("%(file)s 的 XML 带有 DTD，可能是 XML 炸弹，不予读取。"), file=name)
            if "worksheets/" in part.filename:
                wide.update(_WIDE.findall(text))
                rows = max([rows, *map(int, _ROWS.findall(text))])
                formulas |= {(int(row), _column(letters)) for letters, row in _FORMULA.findall(text)}
    if rows * (max(map(_column, wide)) + 1) > MAX_CELLS:
        raise BadFile(N_("%(file)s 的工作表范围过大（很远处还有单元格），请删去空白区域再上传。"), file=name)
    return size, formulas


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
