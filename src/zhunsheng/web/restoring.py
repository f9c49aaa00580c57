"""Restoring a backup: checked first, put together beside its place, brought up to date, then renamed into it.

What was there is moved aside: the data directory by a rename, PostgreSQL's tables into a schema of their own
in the transaction that brings the backup's. So a restore that is killed has either not begun or lost nothing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, cast

import zhunsheng
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.web import backups
from zhunsheng.web.data_dir import REPLACED
from zhunsheng.web.database import FILE, database

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

PSQL = ("--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1")


class CannotRestore(ZhunshengError):
    """The backup does not fit, or its place is taken."""


@dataclass(frozen=True, slots=True)
class Restored:
    """How many rows there are, and where the old directory and PostgreSQL's old tables went, if there were any."""

    rows: int
    directory: Path | None
    schema: str


def restore(source: Path, data: Path, *, url: str, at: datetime, replace: bool = False) -> Restored:
    """Put a backup into the data directory `data`; `url` is DATABASE_URL, empty for SQLite.

    With `replace` what is there is moved aside. Nothing is changed before the backup is proved whole. Raises
    NotABackup, CannotRestore, CannotBackUp (a program is missing or fails).
    """
    manifest = backups.verified(source)
    _fits(manifest, url)
    taken = data.is_dir() and any(data.iterdir())
    if taken and not replace:
        raise CannotRestore(N_("%(data)s 不是空的。要换掉其中的内容，请加 --replace。"), data=data)
    _refuse_in_use(data / FILE)
    stamp = f"{at:%Y%m%dT%H%M%S}"
    part = backups.workplace(data)
    tables = None
    try:
        for name in manifest.files:
            if name.startswith(f"{backups.FILES}/"):
                backups.copy_file(source / name, part / name.removeprefix(f"{backups.FILES}/"))
        if manifest.engine == "sqlite":
            backups.copy_file(source / backups.SQLITE_COPY, part / FILE)
            backups.check(part / FILE, manifest.rows)
        else:
            tables = _Tables(database(url, part), aside=f"{backups.ASIDE}{stamp.lower()}", replace=replace)
            tables.bring(source / backups.POSTGRESQL_COPY)
        _bring_up_to_date(part)
        old = _exchange(part, data, data.with_name(f"{data.name}{REPLACED}{stamp}") if taken else None)
    except BaseException:
        if tables is not None:
            tables.put_back()
        shutil.rmtree(part, ignore_errors=True)
        raise
    return Restored(sum(manifest.rows.values()), old, tables.old if tables else "")


def _exchange(part: Path, data: Path, old: Path | None) -> Path | None:
    """Give the new directory its place; one killed in between finds the way out in `data_dir.moved_aside`."""
    _refuse_in_use(data / FILE)
    if old is not None:
        data.rename(old)
    elif data.is_dir():
        data.rmdir()
    backups.settle(part, data)
    return old


def _refuse_in_use(file: Path) -> None:
    """Raise CannotRestore while a program has a SQLite database open: what it writes would be lost unseen."""
    if not file.is_file():
        return
    try:
        with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as alone:
            alone.execute("PRAGMA locking_mode=EXCLUSIVE")
            alone.execute("BEGIN EXCLUSIVE")
    except sqlite3.DatabaseError as error:
        # A damaged database is what one restores for; nobody writes to it.
        if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
            raise CannotRestore(N_("有程序正在使用 %(file)s。请先停下网站与后台工作。"), file=file) from error


def _fits(manifest: backups.Manifest, url: str) -> None:
    here = "postgresql" if url else "sqlite"
    if manifest.engine != here:
        raise CannotRestore(
            N_("备份来自 %(engine)s，这里设置的是 %(here)s。请相应设置或取消 DATABASE_URL。"),
            engine=manifest.engine,
            here=here,
        )
    if _parts(manifest.version) > _parts(zhunsheng.__version__):
        raise CannotRestore(
            N_("备份来自较新的版本 %(theirs)s，这里是 %(ours)s。请先更新。"),
            theirs=manifest.version,
            ours=zhunsheng.__version__,
        )


def _parts(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdecimal()]


class _Tables:
    """The tables of a PostgreSQL database during a restore; `old` is the schema in which the former ones are."""

    def __init__(self, settings: Mapping[str, object], *, aside: str, replace: bool) -> None:
        """Look at what is there; raises CannotRestore when it may not be replaced, or others use it."""
        self.old = ""
        self._brought = False
        self._programs = [backups.program("pg_restore"), backups.program("psql")]
        self._env = backups.environment(settings)
        if int(self._asked("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")):
            if not replace:
                raise CannotRestore(N_("DATABASE_URL 的数据库里已有表。要换掉其中的内容，请加 --replace。"))
            self.old = aside
        others = "datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        number = int(self._asked(f"SELECT count(*) FROM pg_stat_activity WHERE {others}"))  # noqa: S608 - no input
        if number:
            raise CannotRestore(N_("还有 %(number)s 个连接在用这个数据库。请先停下网站与后台工作。"), number=number)

    def bring(self, dump: Path) -> None:
        """Move the old tables aside and bring the backup's, in one transaction. Raises CannotBackUp."""
        restoring, psql = self._programs
        script = [restoring, "--no-owner", "--no-privileges", "--file=-", str(dump)]
        with (
            subprocess.Popen(script, stdout=subprocess.PIPE) as reading,
            subprocess.Popen(
                [psql, *PSQL], env=self._env, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            ) as writing,
        ):
            statements, told = cast("IO[bytes]", writing.stdin), cast("IO[bytes]", writing.stderr)
            try:
                statements.write(f"BEGIN;\n{self._make_room()}\n".encode())
                shutil.copyfileobj(cast("IO[bytes]", reading.stdout), statements, backups.CHUNK)
                # Whoever is killed before this leaves a transaction without an end, which does nothing.
                if reading.wait() == 0:
                    statements.write(b"COMMIT;\n")
                statements.close()
            except BrokenPipeError:
                reading.kill()
            said = told.read().decode(errors="replace").strip().splitlines()
        if reading.returncode or writing.returncode:
            why = said[0] if said else reading.returncode
            raise backups.CannotBackUp(N_("%(name)s 失败：%(why)s"), name=psql, why=why)
        self._brought = True

    def put_back(self) -> None:
        """Undo `bring`."""
        if self._brought:
            way = f"ALTER SCHEMA {self.old} RENAME TO public" if self.old else "CREATE SCHEMA public"
            self._asked(f"DROP SCHEMA public CASCADE; {way}")
            self._brought = False

    def _make_room(self) -> str:
        if not self.old:
            return ""
        return f"ALTER SCHEMA public RENAME TO {self.old}; CREATE SCHEMA public;"

    def _asked(self, sql: str) -> str:
        command = [self._programs[1], *PSQL, f"--command={sql}"]
        ended = subprocess.run(command, env=self._env, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise backups.CannotBackUp(N_("%(name)s 失败：%(why)s"), name=command[0], why=ended.stderr.strip())
        return ended.stdout.strip()


def _bring_up_to_date(data: Path) -> None:
    """Run this version's migrations on the restored database, in a process of its own."""
    env = {**os.environ, "ZHUNSHENG_DATA": str(data), "DJANGO_SETTINGS_MODULE": "zhunsheng.web.settings"}
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--no-input"]
    ended = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if ended.returncode:
        why = ended.stderr.strip().splitlines()
        raise CannotRestore(N_("备份不能更新到这个版本：%(why)s"), why=why[-1] if why else ended.returncode)
