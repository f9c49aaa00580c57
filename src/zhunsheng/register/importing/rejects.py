"""The rejects file: the rejected rows as they were, in the format they came in, with row, field and reason."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings
from django.utils import translation

from zhunsheng.papers import sheets
from zhunsheng.register.importing import messages, reading
from zhunsheng.register.importing.tabular import CELLS, FORMULAS, ROW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from zhunsheng.register.importing.tabular import Tabular

FOLDER = "rejects"
EXTRA = ("行号 row", "字段 field", "代码 code", "原因", "reason")


def write(file: Tabular, rejected: pl.DataFrame, name: str) -> str:
    """Write the rejected rows of a file and return the path below the data directory.

    `name` is the result's name without ending. The rows are read from the file once more, so that
    nothing of them has to be kept in memory meanwhile.
    """
    folder = settings.DATA_DIR / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    ending = "csv" if file.format == "xlsx" and len(rejected) >= sheets.SHEET_ROWS else file.format
    target = folder / f"{name}.{ending}"
    part = target.with_name(target.name + ".part")
    writers = {"csv": _write_csv, "xlsx": _write_xlsx, "parquet": _write_parquet}
    writers[ending](part, _rows(file, _reasons(rejected)), [*file.headers, *EXTRA])
    part.replace(target)
    return f"{FOLDER}/{target.name}"


def kinds(path: Path) -> list[tuple[str, int, str]]:
    """Return the reasons in a rejects file, most frequent first: code, how many rows, the first one's sentence."""
    said = EXTRA[4] if (translation.get_language() or "").startswith("en") else EXTRA[3]
    found = pl.concat(batch.select(EXTRA[2], said) for batch in reading.opened(path, path.name).batches())
    counted = found.group_by(EXTRA[2], maintain_order=True).agg(pl.len(), pl.col(said).first())
    return list(counted.sort("len", descending=True, maintain_order=True).iter_rows())


def _reasons(rejected: pl.DataFrame) -> pl.DataFrame:
    pairs = rejected.select("code", "params").unique()
    said: dict[str, list[str]] = {language: [] for language in ("zh-hans", "en")}
    for language, sentences in said.items():
        with translation.override(language):
            sentences += [messages.say(code, messages.read_params(text)) for code, text in pairs.iter_rows()]
    words = pairs.with_columns(pl.Series(EXTRA[3], said["zh-hans"]), pl.Series(EXTRA[4], said["en"]))
    return rejected.join(words, on=["code", "params"]).select(
        ROW, pl.col("field").alias(EXTRA[1]), pl.col("code").alias(EXTRA[2]), EXTRA[3], EXTRA[4]
    )


def _rows(file: Tabular, reasons: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for batch in file.batches():
        found = batch.join(reasons, on=ROW, how="inner", maintain_order="left").drop(CELLS, FORMULAS)
        if len(found):
            yield found.with_columns(pl.col(ROW).cast(pl.String).alias(EXTRA[0])).select(*file.headers, *EXTRA)


def _safe(frame: pl.DataFrame) -> pl.DataFrame:
    """Put an apostrophe before what a spreadsheet would run; a signed number is no formula."""
    return frame.with_columns(
        pl.when(pl.col(name).str.contains(sheets.FORMULA) & ~pl.col(name).str.contains(sheets.NUMBER))
        .then(pl.concat_str([pl.lit("'"), pl.col(name)]))
        .otherwise(pl.col(name))
        .alias(name)
        for name in frame.columns
    )


def _write_csv(path: Path, frames: Iterator[pl.DataFrame], headers: list[str]) -> None:
    # The mark lets spreadsheets read UTF-8.
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(headers)
        for frame in frames:
            writer.writerows(_safe(frame).fill_null("").rows())


def _write_xlsx(path: Path, frames: Iterator[pl.DataFrame], headers: list[str]) -> None:
    rows = (row for frame in frames for row in _safe(frame).iter_rows())
    sheets.write_xlsx(path, [sheets.Sheet("rejects", [sheets.Column(header) for header in headers], rows)])


def _write_parquet(path: Path, frames: Iterator[pl.DataFrame], headers: list[str]) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only Parquet needs it
    import pyarrow.parquet as pq  # noqa: PLC0415

    schema = pa.schema([(header, pa.large_string()) for header in headers])
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        for frame in frames:
            out.write_table(frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(schema))
