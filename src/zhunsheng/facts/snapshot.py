"""Snapshots: the facts tables on one date as known on another, as Parquet files in one directory.

`export` reads all tables in one read transaction, so that they agree with each other, and puts the
finished directory in place by a rename, so that a half-written snapshot is never seen.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import adbc_driver_manager
import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.facts.schema import TABLES, Column, Table, Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

MANIFEST = "snapshot.json"
# Rows that the SQLite driver reads before it decides on a column's type, and hands over at a time.
BATCH_ROWS = 65_536

_ARROW = {Type.INT: pa.int64(), Type.TEXT: pa.string(), Type.BOOL: pa.bool_(), Type.DATE: pa.date32()}


class NoSnapshot(ZhunshengError):
    """The directory holds no finished snapshot."""


class CannotRead(ZhunshengError):
    """The database cannot be read."""

    exit_code = 3


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot is: its two dates and how many rows each table has."""

    on: str
    known: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Source:
    """A database to read: how to connect by ADBC, and whether it speaks SQLite or PostgreSQL."""

    connect: Callable[[], Any]
    engine: str


def sqlite(file: str) -> Source:
    """Return the source that reads a SQLite file."""
    import adbc_driver_sqlite.dbapi  # noqa: PLC0415 - only where this engine is used

    return Source(lambda: adbc_driver_sqlite.dbapi.connect(f"file:{quote(file)}?mode=ro"), "sqlite")


def postgresql(uri: str) -> Source:
    """Return the source that reads a PostgreSQL database; the uri holds its password, so never log it."""
    import adbc_driver_postgresql.dbapi  # noqa: PLC0415 - the optional extra

    return Source(lambda: adbc_driver_postgresql.dbapi.connect(uri), "postgresql")


def export(
    out: Path,
    *,
    source: Source,
    selects: Mapping[str, str],
    on: date,
    known: date,
    progress: Callable[[str, int], None] | None = None,
) -> Manifest:
    """Write the tables that `selects` gives (SQL with :on and :known) to `out`, replacing what was there.

    Every SELECT must give the columns of its table in `facts.schema.TABLES`. Raises CannotRead when the
    database does not answer.
    """
    part = out.with_name(out.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    try:
        rows = _write_all(part, source, selects, on, known, progress)
    except adbc_driver_manager.Error as error:
        shutil.rmtree(part, ignore_errors=True)
        raise CannotRead(N_("读不了数据库：%(why)s"), why=str(error).partition("\n")[0]) from error
    manifest = Manifest(on.isoformat(), known.isoformat(), rows)
    (part / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2, sort_keys=True), encoding="utf-8")
    shutil.rmtree(out, ignore_errors=True)
    part.rename(out)
    return manifest


def _write_all(
    part: Path,
    source: Source,
    selects: Mapping[str, str],
    on: date,
    known: date,
    progress: Callable[[str, int], None] | None,
) -> dict[str, int]:
    """Write every table from one state of the database and return their rows."""
    rows: dict[str, int] = {}
    with source.connect() as connection, connection.cursor() as cursor:
        if source.engine == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for name, select in selects.items():
            rows[name] = _write(cursor, source.engine, TABLES[name], select, on, known, part / f"{name}.parquet")
            if progress:
                progress(name, rows[name])
    return rows


def _write(cursor: Any, engine: str, table: Table, select: str, on: date, known: date, file: Path) -> int:
    columns = ", ".join(_read_as(c, engine) for c in table.columns)
    sql = f"SELECT {columns} FROM ({select.strip()}) AS facts"  # noqa: S608 - our own column names
    # Dates, not text from outside, stand here; as ISO literals both engines compare them with their columns.
    sql = sql.replace(":known", f"'{known.isoformat()}'").replace(":on", f"'{on.isoformat()}'")
    if engine == "sqlite":
        cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH_ROWS)})
    cursor.execute(sql)
    schema = pa.schema([pa.field(c.name, _ARROW[c.type], nullable=c.nullable) for c in table.columns])
    written = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as out:
        for batch in cursor.fetch_record_batch():
            out.write_table(pa.table([_typed(batch.column(i), c) for i, c in enumerate(table.columns)], schema=schema))
            written += batch.num_rows
    return written


def _read_as(column: Column, engine: str) -> str:
    # The SQLite driver decides a column's type by the first rows; a column of empty dates would become numbers.
    if engine == "sqlite" and column.nullable and column.type in {Type.DATE, Type.TEXT}:
        return f"COALESCE({column.name}, '') AS {column.name}"
    return column.name


def _typed(values: pa.Array, column: Column) -> pa.Array:
    if column.type is Type.DATE and pa.types.is_string(values.type):
        import pyarrow.compute as pc  # noqa: PLC0415 - heavy, and only SQLite needs it

        values = pc.if_else(pc.equal(values, ""), pa.scalar(None, pa.string()), values)
    return values.cast(_ARROW[column.type])


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An opened snapshot: its manifest and its tables as Ibis expressions on DuckDB."""

    manifest: Manifest
    tables: dict[str, ibis.Table]


def opened(directory: Path) -> Snapshot:
    """Open a snapshot for statistics. Raises NoSnapshot when the directory holds no finished one."""
    file = directory / MANIFEST
    if not file.is_file():
        raise NoSnapshot(N_("%(directory)s 里没有完成的快照。请先运行 zhunsheng snapshot。"), directory=str(directory))
    manifest = Manifest(**json.loads(file.read_text(encoding="utf-8")))
    # Nothing is downloaded at run time: DuckDB's own extensions suffice for Parquet.
    connection = ibis.duckdb.connect(autoinstall_known_extensions=False, autoload_known_extensions=False)
    tables = {name: connection.read_parquet(str(directory / f"{name}.parquet")) for name in manifest.rows}
    return Snapshot(manifest, tables)
