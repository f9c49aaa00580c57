"""Reading CSV: which encoding, which separator, and rows whose cells do not fit the header."""

from __future__ import annotations

import codecs
import csv
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
from pyarrow import csv as pa_csv

from zhunsheng.codes.errors import N_
from zhunsheng.register.importing import tabular
from zhunsheng.register.importing.tabular import FIRST_ROW, BadFile, Tabular, checked_headers, frames, numbered_from

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEPARATORS = (",", "\t", ";", "|")
# The byte order marks, longest first where one begins with another.
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
CHUNK = 1 << 20
# A whole line is read into memory at once; a row of a return has a few thousand bytes.
MAX_LINE_BYTES = 20_000_000
HEAD = 4096
# What Arrow reads by itself, ten times as fast as Python; and how much of it at a time.
QUICK = {"utf-8", "utf-8-sig"}
BLOCK = 1 << 26


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
        rows = _rows(path, name, encoding, separator, len(headers))
        if encoding in QUICK and len(header) == len(headers):
            yield from _quickly(path, separator, headers, rows, name)
        else:
            yield from frames(rows, headers, name)

    return Tabular("csv", headers, 0, batches)


def _quickly(
    path: Path, separator: str, headers: list[str], rows: Iterator[tuple[int, list[str]]], name: str
) -> Iterator[pl.DataFrame]:
    """Read with Arrow as long as every row has the header's cells; from the first other one on, row by row."""
    done, seen = 0, False
    with suppress(pa.ArrowInvalid):
        for block in _blocks(path, separator, headers):
            longest = block.select(pl.max_horizontal(pl.col(headers).str.len_bytes().max())).item()
            if (longest or 0) > csv.field_size_limit():
                break
            numbered = numbered_from(FIRST_ROW + done, block)
            filled = numbered.filter(pl.any_horizontal(pl.col(headers) != ""))
            done += len(block)
            seen = seen or len(filled) > 0
            yield from filled.iter_slices(tabular.BATCH_ROWS)
        else:
            rows = iter(())
    yield from frames(islice(rows, done, None), headers, name, begun=seen)


def _blocks(path: Path, separator: str, headers: list[str]) -> Iterator[pl.DataFrame]:
    """Give the file as frames of text. Raises ArrowInvalid for what is not plainly a table, blank lines included."""
    with path.open("rb") as file:
        reader = pa_csv.open_csv(
            file,
            read_options=pa_csv.ReadOptions(block_size=BLOCK, column_names=headers),
            parse_options=pa_csv.ParseOptions(delimiter=separator, newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(headers, pa.large_string()), strings_can_be_null=False
            ),
        )
        first = True
        for batch in reader:
            frame = pl.DataFrame(pl.from_arrow(batch))
            # The header is a row like the others here, so that it may hold anything that a row may.
            yield frame.slice(1) if first else frame
            first = False


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
