"""The machine: Python, SQLite, the data directory, the clock. Needs neither settings nor database."""

from __future__ import annotations

import os
import shutil
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from zhunsheng.codes.errors import N_
from zhunsheng.web.data_dir import moved_aside
from zhunsheng.web.database import FILE
from zhunsheng.web.health.line import Level, Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PYTHON = (3, 11)
# Below it SQLite lacks what the register's queries use (design, "Rules, live and on the nation").
SQLITE = (3, 40)
GIGABYTE = 1_000_000_000
# An import stages and merges, a backup copies: both need the database's size again.
ROOM = 2
EIGHT_HOURS = timedelta(hours=8)
# This software is not older: a clock before it is wrong.
WRITTEN = datetime(2025, 1, 1, tzinfo=UTC)


def lines(data: Path, *, now: datetime, url: str) -> Iterator[Line]:
    """Look at the machine and at the data directory, without making anything; `url` is DATABASE_URL."""
    yield python(sys.version_info[:2])
    yield sqlite(sqlite3.sqlite_version_info[:2])
    yield clock(now)
    yield directory(data)
    if data.is_dir():
        yield free_space(data)
        yield from register(data, url)


def python(version: tuple[int, ...]) -> Line:
    """Look at Python's version."""
    told = {"have": ".".join(map(str, version)), "need": ".".join(map(str, PYTHON))}
    if version < PYTHON:
        return Line("python", Level.BROKEN, N_("Python %(have)s 太旧"), N_("请改用 Python %(need)s 以上"), told)
    return Line("python", Level.OK, N_("Python %(have)s"), params=told)


def sqlite(version: tuple[int, ...]) -> Line:
    """Look at SQLite's version and at its full-text search."""
    told = {"have": ".".join(map(str, version)), "need": ".".join(map(str, SQLITE))}
    if version < SQLITE:
        return Line(
            "sqlite", Level.BROKEN, N_("SQLite %(have)s 太旧"), N_("请改用带 SQLite %(need)s 以上的 Python"), told
        )
    try:
        with closing(sqlite3.connect(":memory:")) as database:
            database.execute("CREATE VIRTUAL TABLE t USING fts5(x, detail=none)")
    except sqlite3.OperationalError:
        return Line("sqlite", Level.BROKEN, N_("SQLite 没有 FTS5"), N_("请改用带 FTS5 的 Python"), told)
    return Line("sqlite", Level.OK, N_("SQLite %(have)s，有 FTS5"), params=told)


def clock(now: datetime) -> Line:
    """Look at the clock and at the time zones."""
    way = N_("请校准系统时钟，并安装 tzdata")
    try:
        offset = now.astimezone(ZoneInfo("Asia/Shanghai")).utcoffset()
    except ZoneInfoNotFoundError:
        return Line("clock", Level.BROKEN, N_("系统没有 Asia/Shanghai 时区"), way)
    told = {"now": f"{now.astimezone(ZoneInfo('Asia/Shanghai')):%Y-%m-%d %H:%M}"}
    if offset != EIGHT_HOURS or now < WRITTEN:
        return Line("clock", Level.FAIL, N_("时钟不对：北京时间 %(now)s"), way, told)
    return Line("clock", Level.OK, N_("北京时间 %(now)s"), params=told)


def directory(data: Path) -> Line:
    """Look at the data directory and its rights."""
    told = {"data": str(data)}
    if (kept := moved_aside(data)) is not None:
        way = N_("请再运行一次 zhunsheng restore，或把 %(kept)s 改回原名")
        return Line("directory", Level.BROKEN, N_("恢复没有做完，没有 %(data)s"), way, told | {"kept": str(kept)})
    if not data.is_dir():
        way = N_("请运行 zhunsheng serve 建立，或用 --data 指明")
        return Line("directory", Level.BROKEN, N_("没有数据目录 %(data)s"), way, told)
    if not os.access(data, os.R_OK | os.W_OK | os.X_OK):
        way = N_("请用拥有它的账号运行")
        return Line("directory", Level.BROKEN, N_("数据目录 %(data)s 不能读写"), way, told)
    if data.stat().st_mode & 0o077:
        return Line("directory", Level.FAIL, N_("别的账号也能打开数据目录 %(data)s"), N_("chmod 700 %(data)s"), told)
    return Line("directory", Level.OK, N_("数据目录 %(data)s 只有本账号能打开"), params=told)


def free_space(data: Path) -> Line:
    """Look at the free space, against the size of the database."""
    free = shutil.disk_usage(data).free
    file = data / FILE
    needed = max(GIGABYTE, ROOM * file.stat().st_size if file.is_file() else 0)
    told = {"free": f"{free / GIGABYTE:.1f}", "needed": f"{needed / GIGABYTE:.1f}"}
    if free < needed:
        return Line("space", Level.WARN, N_("磁盘只剩 %(free)s GB"), N_("请留出 %(needed)s GB 以上"), told)
    return Line("space", Level.OK, N_("磁盘剩余 %(free)s GB"), params=told)


def register(data: Path, url: str) -> Iterator[Line]:
    """Look whether the register is there, and its secret."""
    if url or (data / FILE).is_file():
        yield secret(data)
    elif (data / "secret").is_file():
        way = N_("请从备份恢复；新建的实例请运行 zhunsheng serve")
        yield Line("database", Level.BROKEN, N_("登记簿 %(file)s 不见了"), way, {"file": str(data / FILE)})
    else:
        yield Line("database", Level.BROKEN, N_("数据目录里还没有登记簿"), N_("请运行 zhunsheng serve 建立"))


def secret(data: Path) -> Line:
    """Look at the instance's secret, which seals sessions and authenticators' keys."""
    file = data / "secret"
    if not file.is_file() or not file.read_text(encoding="ascii", errors="replace").strip():
        way = N_("请从备份恢复 secret 文件；没有备份的，下次启动会新造一个，已开启的两步验证随之失效")
        return Line("secret", Level.BROKEN, N_("密钥文件 secret 不见了"), way)
    if file.stat().st_mode & 0o077:
        told = {"file": str(file)}
        return Line("secret", Level.FAIL, N_("别的账号也能读 %(file)s"), N_("chmod 600 %(file)s"), told)
    return Line("secret", Level.OK, N_("密钥文件在"))
