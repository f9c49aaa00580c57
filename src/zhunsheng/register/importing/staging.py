"""The staging place of one import: tables beside the register, written without its write lock.

SQLite: a database file of its own that the merge attaches. PostgreSQL: a schema of its own with
unlogged tables. Columns go in through ADBC, so no row becomes a Python object. What an import that
was killed left behind is removed when its next attempt, or any other import, begins.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import polars as pl
from django.conf import settings
from django.db import connection

from zhunsheng.register.snapshots import database_uri

if TYPE_CHECKING:
    from collections.abc import Iterator

SCHEMA = "staging"
_TYPES = {
    "sqlite": {pl.Int64: "INTEGER", pl.String: "TEXT", pl.Date: "TEXT"},
    "postgresql": {pl.Int64: "bigint", pl.String: "text", pl.Date: "date"},
}
# Nothing in a staging file survives a crash, so it need not be safe; a large cache keeps its pages in memory.
_PRAGMAS = "PRAGMA journal_mode=OFF", "PRAGMA synchronous=OFF"
# Pages that the merge keeps in memory, in kibibytes: the indexes of a national register fit.
CACHE_KIB = 1_000_000
STAGING_CACHE_KIB = 200_000


@dataclass
class Staging:
    """An open staging place; `schema` goes before its tables' names in SQL.

    A frame is written while the next one is made: the driver works outside of Python's lock.
    """

    engine: str
    schema: str
    file: Path | None
    _connection: Any = None
    _writer: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _writing: Future[None] | None = None

    def create(self, table: str, columns: dict[str, type[pl.DataType]], key: str) -> None:
        """Make a table with an integer key."""
        types = _TYPES[self.engine]
        named = ", ".join(f"{n} {types[t]}{' PRIMARY KEY' if n == key else ''}" for n, t in columns.items())
        unlogged = "UNLOGGED " if self.engine == "postgresql" else ""
        self._execute(f"CREATE {unlogged}TABLE {self._local(table)} ({named})")

    def write(self, table: str, frame: pl.DataFrame) -> None:
        """Append a frame to a table, soon; its columns are the table's, and those that it lacks stay empty."""
        if len(frame):
            self.flush()
            self._writing = self._writer.submit(self._append, table, frame)

    def flush(self) -> None:
        """Wait until everything is written. Raises what went wrong with it."""
        if self._writing is not None:
            writing, self._writing = self._writing, None
            writing.result()

    def _append(self, table: str, frame: pl.DataFrame) -> None:
        options = {"db_schema_name": self.schema} if self.engine == "postgresql" else {}
        with self._adbc().cursor() as cursor:
            # ADBC for PostgreSQL knows text, not Arrow's view of it.
            arrow = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            cursor.adbc_ingest(table, arrow, mode="append", **options)

    def empty(self, table: str) -> None:
        """Take everything out of a table again."""
        self._execute(f"DELETE FROM {self._local(table)}")  # noqa: S608 - our own names

    def take_out(self, table: str, other: str) -> None:
        """Take the lines of another table out of a table."""
        self._execute(f"DELETE FROM {self._local(table)} WHERE line IN (SELECT line FROM {self._local(other)})")  # noqa: S608

    def forget(self, table: str, column: str, other: str) -> None:
        """Empty a column of the lines that another table names."""
        self._execute(
            f"UPDATE {self._local(table)} SET {column} = NULL WHERE line IN (SELECT line FROM {self._local(other)})"  # noqa: S608
        )

    def finish(self) -> None:
        """Stop writing: what follows reads through Django's connection. Raises what went wrong with the writing."""
        self.flush()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        """Let go of everything, whatever state the writing is in."""
        self._writer.shutdown()
        self._writing = None
        self.finish()

    def _local(self, table: str) -> str:
        return f"{self.schema}.{table}" if self.engine == "postgresql" else table

    def _execute(self, sql: str) -> None:
        self.flush()
        with self._adbc().cursor() as cursor:
            cursor.execute(sql)

    def _adbc(self) -> Any:
        if self._connection is None:
            self._connection = _connected(self)
        return self._connection


def _connected(place: Staging) -> Any:
    if place.engine == "postgresql":
        import adbc_driver_postgresql.dbapi  # noqa: PLC0415 - the optional extra

        return adbc_driver_postgresql.dbapi.connect(database_uri(), autocommit=True)
    import adbc_driver_sqlite.dbapi  # noqa: PLC0415 - only where this engine is used

    opened = adbc_driver_sqlite.dbapi.connect(f"file:{quote(str(place.file))}", autocommit=True)
    with opened.cursor() as cursor:
        for pragma in _PRAGMAS:
            cursor.execute(pragma)
            cursor.fetchall()
    return opened


def directory() -> Path:
    """Return the folder of SQLite's staging files."""
    path = Path(settings.DATA_DIR) / SCHEMA
    path.mkdir(mode=0o700, exist_ok=True)
    return path


@contextmanager
def staging(import_id: int) -> Iterator[Staging]:
    """Open an empty staging place for an import and remove it at the end, whatever happens."""
    remove(import_id)
    if connection.vendor == "postgresql":
        place = Staging("postgresql", f"{SCHEMA}_{import_id}", None)
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE SCHEMA {place.schema}")
    else:
        place = Staging("sqlite", SCHEMA, directory() / f"{import_id}.sqlite3")
    try:
        yield place
    finally:
        place.close()
        remove(import_id)


def places() -> set[int]:
    """Return the imports that have a staging place, at work or left behind by a process that was killed."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname ~ %s", [f"^{SCHEMA}_[0-9]+$"])
            return {int(name.removeprefix(f"{SCHEMA}_")) for (name,) in cursor.fetchall()}
    return {int(file.name.partition(".")[0]) for file in directory().glob("[0-9]*.sqlite3*")}


def remove(import_id: int) -> None:
    """Remove an import's staging place, if there is one."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {SCHEMA}_{int(import_id)} CASCADE")
        return
    for file in directory().glob(f"{int(import_id)}.sqlite3*"):
        file.unlink(missing_ok=True)


@contextmanager
def attached(place: Staging) -> Iterator[None]:
    """Let Django's connection see the staging tables; outside of any transaction.

    On SQLite foreign keys are not looked up meanwhile: every key that a merge writes it has just read or made.
    """
    with connection.cursor() as cursor:
        if place.engine == "postgresql":
            yield
            return
        cursor.execute("PRAGMA main.cache_size")
        before = int(cursor.fetchall()[0][0])
        cursor.execute(f"ATTACH DATABASE %s AS {SCHEMA}", [str(place.file)])
        try:
            cursor.execute(f"PRAGMA main.cache_size = -{CACHE_KIB}")
            cursor.execute(f"PRAGMA {SCHEMA}.cache_size = -{STAGING_CACHE_KIB}")
            cursor.execute(f"PRAGMA {SCHEMA}.journal_mode = OFF")
            cursor.execute("PRAGMA foreign_keys = OFF")
            # A statement whose rows are not all read would keep the merge from committing.
            cursor.fetchall()
            yield
        finally:
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute(f"DETACH DATABASE {SCHEMA}")
            cursor.execute(f"PRAGMA main.cache_size = {before}")
