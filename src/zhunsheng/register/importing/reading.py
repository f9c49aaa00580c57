"""Opening a return: its format is told by its first bytes, never by its name, and its size is bounded first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from zhunsheng.codes.errors import N_
from zhunsheng.register.importing import csv_files, xlsx_files
from zhunsheng.register.importing.tabular import (
    BATCH_ROWS,
    FIRST_ROW,
    BadFile,
    Tabular,
    checked_headers,
    numbered_from,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# A national return of all certificates has about 0.2 GB as Parquet and 1.5 GB as CSV.
MAX_BYTES = 4_000_000_000
MAX_ROWS = 20_000_000
# Text of one batch, as it unpacks; a batch of a real return has about 100 MB.
MAX_BATCH_BYTES = 2_000_000_000
MAX_COLUMNS = 1_000
HEAD = 8

PARQUET, ZIP, OLE, GZIP, PDF = b"PAR1", b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"%PDF"


def opened(path: Path, name: str) -> Tabular:
    """Open a CSV, XLSX or Parquet file. Raises BadFile, naming the file, for everything else."""
    if not path.is_file():
        raise BadFile(N_("没有文件 %(file)s。"), file=name)
    size = path.stat().st_size
    if size == 0:
        raise BadFile(N_("%(file)s 是空的：没有列名。"), file=name)
    if size > MAX_BYTES:
        raise too_large(path, name)
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(PARQUET):
        return _parquet(path, name)
    if head.startswith(ZIP):
        return xlsx_files.opened(path, name)
    if head.startswith(OLE):
        raise BadFile(N_("%(file)s 是旧式 XLS 或加了密码的 XLSX。请另存为不带密码的 XLSX。"), file=name)
    if head.startswith((GZIP, PDF)):
        raise BadFile(N_("%(file)s 不是 CSV、XLSX 或 Parquet。"), file=name)
    return csv_files.opened(path, name)


def too_large(path: Path, name: str) -> BadFile:
    """Return the error for a file beyond the bound, judged by its size alone."""
    return BadFile(
        N_("%(file)s 有 %(size)s 字节，超过上限 %(limit)s。"),
        file=name,
        size=f"{path.stat().st_size:,}",
        limit=f"{MAX_BYTES:,}",
    )


def _parquet(path: Path, name: str) -> Tabular:
    try:
        file = pq.ParquetFile(path)
        schema, rows = file.schema_arrow, file.metadata.num_rows
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _broken(name, error) from None
    headers = checked_headers(schema.names, name)
    if rows > MAX_ROWS or len(headers) > MAX_COLUMNS:
        raise BadFile(N_("%(file)s 有 %(rows)s 行，超过上限 %(limit)s。"), file=name, rows=rows, limit=MAX_ROWS)
    if rows == 0:
        raise BadFile(N_("%(file)s 只有列名，没有数据行。"), file=name)
    for field in schema:
        if pa.types.is_nested(field.type) or pa.types.is_binary(field.type) or pa.types.is_large_binary(field.type):
            raise BadFile(N_("%(file)s 的列 %(header)s 不是文字、数字或日期。"), file=name, header=field.name)
    return Tabular("parquet", headers, rows, lambda: _parquet_batches(path, name, headers))


def _broken(name: str, error: Exception) -> BadFile:
    return BadFile(N_("%(file)s 不是完好的 Parquet 文件（%(why)s）。"), file=name, why=str(error)[:200])


def _parquet_batches(path: Path, name: str, headers: list[str]) -> Iterator[pl.DataFrame]:
    start = FIRST_ROW
    # Text stays in its dictionary until its length is known: a small file may hold very long repeated text.
    with pq.ParquetFile(path, read_dictionary=headers) as file:
        batches = file.iter_batches(batch_size=BATCH_ROWS)
        while True:
            try:
                batch = next(batches)
            except StopIteration:
                return
            except (pa.ArrowException, OSError, ValueError) as error:
                raise _broken(name, error) from None
            if sum(_text_bytes(column) for column in batch.columns) > MAX_BATCH_BYTES:
                raise BadFile(N_("%(file)s 解压后过大，可能是压缩炸弹。"), file=name)
            columns = [_as_text(column, name) for column in batch.columns]
            frame = pl.DataFrame(dict(zip(headers, columns, strict=True)))
            yield numbered_from(start, frame)
            start += len(frame)


def _text_bytes(column: pa.Array) -> int:
    if not isinstance(column, pa.DictionaryArray):
        return int(column.nbytes)
    if not pa.types.is_string(column.dictionary.type):
        return int(column.nbytes)
    lengths = pc.take(pc.binary_length(column.dictionary), column.indices)
    return int(pc.sum(lengths).as_py() or 0)


def _as_text(column: pa.Array, name: str) -> pl.Series:
    found = pl.from_arrow(column)
    if isinstance(column, pa.DictionaryArray):
        words, places = pl.Series(pl.from_arrow(column.dictionary)), pl.Series(pl.from_arrow(column.indices))
        found = words.gather(places)
    if not isinstance(found, pl.Series):
        raise BadFile(N_("%(file)s 不是完好的 Parquet 文件（%(why)s）。"), file=name, why=str(column.type))
    if found.dtype == pl.Datetime:
        return found.dt.to_string("%Y-%m-%d %H:%M:%S").str.strip_suffix(" 00:00:00")
    if found.dtype.is_float():
        whole = found.cast(pl.Int64, strict=False)
        return pl.select(
            pl.when(whole == found).then(whole.cast(pl.String)).otherwise(found.cast(pl.String))
        ).to_series()
    return found.cast(pl.String)
