"""Reading CSV: which encoding, which separator, and rows whose cells do not fit the header."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING

from zhunsheng.codes.errors import N_
from zhunsheng.register.importing.tabular import FIRST_ROW, BadFile, Tabular, checked_headers, frames

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import polars as pl

SEPARATORS = (",", "\t", ";", "|")
# The byte order marks, longest first where one begins with another.
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 20
# A whole line is read into memory at once; a row of a return has a few thousand bytes.
MAX_LINE_BYTES = 20_000_000
HEAD = 4096


def opened(path: Path, name: str) -> Tabular:
    """Open a CSV file in UTF-8, UTF-16 or GB 18030, separated by comma, tab, semicolon or bar.

    Raises BadFile for other encodings, for binary content and when there is no header.
    """
    encoding = encoding_of(path, name)
    with path.open(encoding=encoding, newline="") as file:
        first = file.readline(HEAD * 16)
    separator = max(SEPARATORS, key=first.count)
    header = next(csv.reader([first], delimiter=separator), [])
    headers = checked_headers(header, name)

    def batches() -> Iterator[pl.DataFrame]:
        yield from frames(_rows(path, name, encoding, separator, len(headers)), headers, name)

    return Tabular("csv", headers, 0, batches)


def encoding_of(path: Path, name: str) -> str:
    """Return the encoding in which the whole file can be read: by its mark, else UTF-8, else GB 18030."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return _whole(path, name, encoding) or _refuse(name)
    # Latin letters in UTF-16 leave every second byte empty; binary content leaves both.
    even, odd = 0 in head[::2], 0 in head[1::2]
    if even or odd:
        guess = "utf-16-le" if odd else "utf-16-be"
        return (_whole(path, name, guess) if even != odd else None) or _refuse(name)
    return _whole(path, name, "utf-8") or _whole(path, name, "gb18030") or _refuse(name)


def _refuse(name: str) -> str:
    raise BadFile(N_("%(file)s 的编码无法识别。请存为 UTF-8 或 GB 18030 再上传。"), file=name)


def _whole(path: Path, name: str, encoding: str) -> str | None:
    """Return the encoding if all of the file is in it. Raises BadFile for a line beyond all measure."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
                end = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
                line = len(chunk) - end if end >= 0 else line + len(chunk)
                if line > MAX_LINE_BYTES:
                    raise BadFile(N_("%(file)s 有一行超过 %(limit)s 字节，不像表格。"), file=name, limit=MAX_LINE_BYTES)
            decoder.decode(b"", final=True)
    except UnicodeError:
        return None
    return encoding


def _rows(path: Path, name: str, encoding: str, separator: str, width: int) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=separator)
        number = FIRST_ROW - 1
        try:
            next(reader)
            for number, cells in enumerate(reader, FIRST_ROW):
                # Spreadsheets end every line of a table with the separators of its widest row.
                yield number, cells[:width] if len(cells) > width and not any(cells[width:]) else cells
        except csv.Error as error:
            raise BadFile(
                N_("%(file)s 第 %(row)s 行之后无法读取（%(why)s）；常见原因是引号没有成对。"),
                file=name,
                row=number,
                why=str(error),
            ) from None
