"""A backup: one directory with the database, the files and the keys of an instance, and what they must be.

The database is copied first, in one piece, while others write: SQLite by its online backup, PostgreSQL by
`pg_dump` of one exported snapshot. The files after it: uploads are only ever added, so the copy has every one
that the database names. `manifest.json` is written last and the directory gets its name by a rename, so a
directory with a manifest is a whole backup.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import asdict, dataclass
from glob import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import zhunsheng
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.web.database import FILE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

MANIFEST = "manifest.json"
FORMAT = 1
SQLITE_COPY, POSTGRESQL_COPY, FILES = "database.sqlite3", "database.pgdump", "files"
# In the data directory, when the last backup was made and where; `doctor` reads it.
MARK = "last-backup.json"
# What an instance makes again by itself: the live database is copied on its own, the rest is work in progress,
# snapshots of what the database holds, and a demo's raw material.
LEFT_OUT = {"staging", "snapshots", "cache", "twin", "twin-next", "setting-up.lock", MARK}
# The places of imports under way, one schema each; they come and go, and nothing in them is kept.
STAGING_SCHEMA = "staging"
# What a restore moved aside in PostgreSQL is in schemas with this beginning.
ASIDE = "replaced_"
CHUNK = 1 << 20


class CannotBackUp(ZhunshengError):
    """The backup cannot be made here."""

    exit_code = 3


class NotABackup(ZhunshengError):
    """The directory holds no whole backup, or not the one that was made."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: sizes in bytes, digests in SHA-256, rows of each table."""

    format: int
    version: str
    made_at: str
    engine: str
    rows: dict[str, int]
    files: dict[str, dict[str, Any]]


def write(out: Path, *, data: Path, database: Mapping[str, Any], at: datetime) -> Manifest:
    """Back an instance up into a new directory `out`; `database` is Django's settings of its database.

    Raises CannotBackUp when `out` exists, or `pg_dump` is missing or fails.
    """
    if out.exists():
        raise CannotBackUp(N_("%(out)s 已经存在。请换一个新的目录名。"), out=out)
    part = workplace(out)
    try:
        if str(database["ENGINE"]).endswith("sqlite3"):
            engine, rows = "sqlite", _copy_sqlite(data / FILE, part / SQLITE_COPY)
        else:
            engine, rows = "postgresql", _dump_postgresql(database, part / POSTGRESQL_COPY)
        for name in _to_copy(data, besides=(out, part)):
            copy_file(data / name, part / FILES / name)
        files = {name: _described(part / name) for name in sorted(_names(part))}
        manifest = Manifest(FORMAT, zhunsheng.__version__, at.isoformat(), engine, rows, files)
        _put(part / MANIFEST, json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
        settle(part, out)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise
    _put(data / MARK, json.dumps({"made_at": manifest.made_at, "out": str(out.resolve())}, ensure_ascii=False))
    return manifest


def workplace(target: Path) -> Path:
    """Make the directory in which `target` is put together, beside it; what a killed process left there goes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    for left in target.parent.glob(f".{escape(target.name)}.*.part"):
        pid = left.name.split(".")[-2]
        if pid.isdecimal() and not _runs(int(pid)):
            shutil.rmtree(left)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    part.mkdir(mode=0o700)
    return part


def _runs(pid: int) -> bool:
    # In a container the next process may well have the number of the one that was killed.
    if pid == os.getpid():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def settle(part: Path, target: Path) -> None:
    """Give a directory that was put together its name, so that a power cut cannot take it back."""
    part.rename(target)
    handle = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _copy_sqlite(file: Path, target: Path) -> dict[str, int]:
    # One step copies all pages as of one moment; in WAL mode others go on writing meanwhile.
    try:
        with (
            closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(target)) as copy,
        ):
            source.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode=DELETE")
            rows = rows_of(copy)
    except sqlite3.DatabaseError as error:
        text = N_("数据库不能复制到 %(place)s：%(why)s。没有留下半份备份。")
        raise CannotBackUp(text, place=target.parent.parent, why=error) from error
    target.chmod(0o600)
    return rows


def rows_of(database: sqlite3.Connection) -> dict[str, int]:
    """Return how many rows each table of a SQLite database has; a search index counts by the tables below it."""
    listed = (
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
        "AND sql NOT LIKE 'CREATE VIRTUAL%'"
    )
    names = sorted(name for (name,) in database.execute(listed))
    # The names are the database's own.
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


def program(name: str) -> str:
    """Return the path of a PostgreSQL program; raises CannotBackUp when it is not installed."""
    found = shutil.which(name)
    if found is None:
        raise CannotBackUp(
            N_("没有找到 %(name)s。请安装 PostgreSQL 的客户端程序（版本不低于服务器），并放进 PATH。"), name=name
        )
    return found


def environment(database: Mapping[str, Any]) -> dict[str, str]:
    """Return the environment in which PostgreSQL's programs find the database; a password is no argument."""
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {variable: str(database[key]) for variable, key in names.items() if database.get(key)}
    tls = {f"PG{key.upper()}": str(value) for key, value in database.get("OPTIONS", {}).items() if key == "sslmode"}
    return {**os.environ, **given, **tls}


def run(command: list[str], env: Mapping[str, str]) -> None:
    """Run one of PostgreSQL's programs; raises CannotBackUp with what it said."""
    ended = subprocess.run(command, env=dict(env), capture_output=True, text=True, check=False)
    if ended.returncode:
        why = ended.stderr.strip().splitlines()
        raise CannotBackUp(N_("%(name)s 失败：%(why)s"), name=command[0], why=why[-1] if why else ended.returncode)


def _dump_postgresql(database: Mapping[str, Any], target: Path) -> dict[str, int]:
    from django.db import connection, transaction  # noqa: PLC0415 - a SQLite backup needs no Django

    dump = program("pg_dump")
    with transaction.atomic(), connection.cursor() as cursor:
        # Counts and dump see one snapshot, so they agree though others write.
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        snapshot = cursor.fetchone()[0]
        rows = {}
        for name in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(name)}")  # noqa: S608 - its own name
            rows[name] = cursor.fetchone()[0]
        command = [dump, "--format=custom", f"--snapshot={snapshot}", f"--exclude-schema={STAGING_SCHEMA}_*"]
        command.append(f"--exclude-schema={ASIDE}*")
        run([*command, f"--file={target}"], environment(database))
    target.chmod(0o600)
    return rows


def _to_copy(data: Path, *, besides: tuple[Path, ...]) -> Iterator[str]:
    # Neither this backup nor an older one that is kept in the data directory is backed up again.
    apart = {p.resolve() for p in besides} | {file.parent.resolve() for file in data.rglob(MANIFEST)}
    for file in sorted(data.rglob("*")):
        top = file.relative_to(data).parts[0]
        made_again = top.startswith(FILE) or top in LEFT_OUT or file.name.endswith(".part")
        if file.is_file() and not file.is_symlink() and not made_again and apart.isdisjoint(file.resolve().parents):
            yield str(file.relative_to(data))


def copy_file(source: Path, target: Path) -> None:
    """Copy a file to the disk itself, with its owner's rights; one that is there no more is left out."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with source.open("rb") as read, target.open("wb") as written:
            shutil.copyfileobj(read, written, CHUNK)
            written.flush()
            os.fsync(written.fileno())
            os.fchmod(written.fileno(), os.fstat(read.fileno()).st_mode & 0o700)
    except FileNotFoundError:
        # It was removed since it was listed, so nothing needs it.
        return
    except OSError as error:
        # A full disk does not say which file it was.
        raise OSError(error.errno, error.strerror, error.filename or str(target)) from error


def _names(directory: Path) -> Iterator[str]:
    return (str(f.relative_to(directory)) for f in directory.rglob("*") if f.is_file() and f.name != MANIFEST)


def _described(file: Path) -> dict[str, Any]:
    with file.open("rb") as read:
        digest = hashlib.file_digest(read, "sha256").hexdigest()
    return {"bytes": file.stat().st_size, "sha256": digest}


def _put(file: Path, text: str) -> None:
    part = file.with_name(file.name + ".part")
    with part.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.chmod(0o600)
    part.replace(file)


def verified(directory: Path) -> Manifest:
    """Read a whole backup again and return what it holds; raises NotABackup for anything else.

    Every file must have its size and digest, none may be missing or added, and a SQLite database must be whole
    and have its rows.
    """
    manifest = _manifest(directory)
    there = set(_names(directory))
    if missing := sorted(manifest.files.keys() - there):
        raise NotABackup(N_("备份 %(directory)s 缺少 %(file)s"), directory=directory, file=missing[0])
    if added := sorted(there - manifest.files.keys()):
        raise NotABackup(N_("备份 %(directory)s 多出了 %(file)s"), directory=directory, file=added[0])
    for name, described in manifest.files.items():
        if _described(directory / name) != described:
            raise NotABackup(N_("备份 %(directory)s 的 %(file)s 与清单不符"), directory=directory, file=name)
    if manifest.engine == "sqlite":
        check(directory / SQLITE_COPY, manifest.rows)
    return manifest


def _manifest(directory: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((directory / MANIFEST).read_text(encoding="utf-8")))
        files = [(directory / name).resolve() for name in manifest.files]
        known = manifest.format == FORMAT and manifest.engine in {"sqlite", "postgresql"}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise NotABackup(N_("%(directory)s 不是一份完整的备份"), directory=directory) from error
    if not known or not all(file.is_relative_to(directory.resolve()) for file in files):
        raise NotABackup(N_("%(directory)s 不是一份完整的备份"), directory=directory)
    return manifest


def check(file: Path, rows: Mapping[str, int]) -> None:
    """Check that a SQLite database is whole and has its rows; raises NotABackup."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)) as database:
            said = database.execute("PRAGMA integrity_check").fetchone()[0]
            fine = said == "ok" and not database.execute("PRAGMA foreign_key_check").fetchone()
            fine = fine and rows_of(database) == dict(rows)
    except sqlite3.DatabaseError as error:
        raise NotABackup(N_("备份里的数据库 %(file)s 已损坏"), file=file) from error
    if not fine:
        raise NotABackup(N_("备份里的数据库 %(file)s 已损坏"), file=file)
