"""The instance: its database, the work that waits, the returns, backups, snapshots, and the demo's mark."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from zhunsheng.codes.errors import N_
from zhunsheng.facts.snapshot import MANIFEST
from zhunsheng.register import queries, standing
from zhunsheng.web.backups import MARK
from zhunsheng.web.health.line import Level, Line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

POSTGRESQL = 14
FULL = 2
CLOCKS_DIFFER_SECONDS = 30
WORKER_SECONDS = 300
FAILED_DAYS, BACKUP_DAYS, SNAPSHOT_DAYS = 7, 2, 40


def lines(data: Path, *, at: datetime, today: date, demo: bool) -> Iterator[Line]:
    """Look at the database, and, when it has this version's tables, at what it holds."""
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        told = {"why": str(error).strip().splitlines()[0]}
        way = N_("请检查 DATABASE_URL、数据库服务和数据目录的权限；文件损坏的，请从备份恢复")
        yield Line("database", Level.BROKEN, N_("数据库连不上：%(why)s"), way, told)
        return
    yield from (sqlite() if connection.vendor == "sqlite" else postgresql(at))
    current = migrations()
    yield current
    if current.level is Level.OK:
        yield worker(standing.waiting_since(at=at), at=at)
        yield failures(standing.failed_since(at - timedelta(days=FAILED_DAYS)))
        yield returns(*standing.bodies_overdue(today))
        yield mark(demo=demo, real=queries.holds_real_organisations())
    yield backup(data, at=at, demo=demo)
    yield snapshot(data, at=at)


def sqlite() -> Iterator[Line]:
    """Look at whether SQLite writes as it should: write-ahead log, nothing acknowledged is lost."""
    with connection.cursor() as cursor:
        found = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    if found != {"journal_mode": "wal", "synchronous": FULL}:
        way = N_("请把数据目录放在本机磁盘上，不要放在网络盘上")
        yield Line("database", Level.FAIL, N_("SQLite 的写入方式不对：%(journal_mode)s、%(synchronous)s"), way, found)
    else:
        yield Line("database", Level.OK, N_("SQLite 连得上，WAL，断电不丢"))


def postgresql(at: datetime) -> Iterator[Line]:
    """Look at PostgreSQL's version, encoding and clock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), now()")
        number, encoding, now = cursor.fetchone()
    told = {"version": number // 10_000, "encoding": encoding, "need": POSTGRESQL}
    if number // 10_000 < POSTGRESQL:
        yield Line("database", Level.FAIL, N_("PostgreSQL %(version)s 太旧"), N_("请改用 %(need)s 以上"), told)
    elif encoding != "UTF8":
        way = N_("请用 UTF8 编码另建数据库")
        yield Line("database", Level.FAIL, N_("数据库的编码是 %(encoding)s"), way, told)
    elif abs((now - at).total_seconds()) > CLOCKS_DIFFER_SECONDS:
        yield Line("database", Level.WARN, N_("数据库的时钟与本机不同"), N_("请校准两边的时钟"), told)
    else:
        yield Line("database", Level.OK, N_("PostgreSQL %(version)s 连得上，%(encoding)s"), params=told)


def migrations() -> Line:
    """Look at whether the database has this version's tables."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        told = {"number": len(plan)}
        way = N_("请先备份，再运行 zhunsheng serve，它会更新数据库")
        return Line("migrations", Level.FAIL, N_("数据库还差 %(number)s 步更新"), way, told)
    return Line("migrations", Level.OK, N_("数据库是这个版本的"))


def worker(since: datetime | None, *, at: datetime) -> Line:
    """Look at whether someone does the background work, by how long the oldest waits."""
    if since is not None and (at - since).total_seconds() > WORKER_SECONDS:
        told = {"minutes": int((at - since).total_seconds() // 60)}
        way = N_("请运行 zhunsheng serve 或 zhunsheng work --forever")
        return Line("worker", Level.FAIL, N_("有上报排队 %(minutes)s 分钟没人处理"), way, told)
    return Line("worker", Level.OK, N_("没有积压的上报"))


def failures(number: int) -> Line:
    """Look at imports that failed lately."""
    told = {"number": number, "days": FAILED_DAYS}
    if number:
        way = N_("请在“上报与导入”页看原因，改正后重新报送")
        return Line("imports", Level.WARN, N_("最近 %(days)s 天有 %(number)s 次导入失败"), way, told)
    return Line("imports", Level.OK, N_("最近 %(days)s 天没有失败的导入"), params=told)


def returns(late: int, bodies: int) -> Line:
    """Look at who has not reported in the last month whose returns were due."""
    told = {"late": late, "bodies": bodies}
    if late:
        way = N_("请催报；它们的证书只能回答到上次上报那天")
        return Line("returns", Level.WARN, N_("%(bodies)s 家认证机构有 %(late)s 家逾期未报"), way, told)
    return Line("returns", Level.OK, N_("%(bodies)s 家认证机构没有逾期的"), params=told)


def mark(*, demo: bool, real: bool) -> Line:
    """Look at whether invented and real organisations are kept apart."""
    if demo and real:
        way = N_("请把真实数据导入另一个数据目录")
        return Line("demo", Level.FAIL, N_("标记为演示的数据目录里有真实的组织"), way)
    return Line("demo", Level.OK, N_("演示数据，组织均为虚构") if demo else N_("正式数据，没有演示标记"))


def backup(data: Path, *, at: datetime, demo: bool) -> Line:
    """Look at the age of the last backup."""
    way = N_("请每天运行 zhunsheng backup，并把备份放到另一台机器上")
    try:
        made = datetime.fromisoformat(json.loads((data / MARK).read_text(encoding="utf-8"))["made_at"])
    except (OSError, ValueError, KeyError, TypeError):
        if demo:
            return Line("backup", Level.OK, N_("没有备份；演示数据不需要"))
        return Line("backup", Level.WARN, N_("还没有备份"), way)
    told = {"days": (at - made).days}
    if at - made > timedelta(days=BACKUP_DAYS):
        return Line("backup", Level.WARN, N_("上次备份是 %(days)s 天前"), way, told)
    return Line("backup", Level.OK, N_("上次备份在两天以内"))


def snapshot(data: Path, *, at: datetime) -> Line:
    """Look at the age of the newest snapshot, where snapshots are taken at all."""
    taken = [file.stat().st_mtime for file in (data / "snapshots").glob(f"*/{MANIFEST}")]
    if not taken:
        return Line("snapshot", Level.OK, N_("没有快照；需要时用 zhunsheng snapshot 取"))
    told = {"days": (at - datetime.fromtimestamp(max(taken), UTC)).days}
    if told["days"] > SNAPSHOT_DAYS:
        way = N_("请每月运行 zhunsheng snapshot，全国的分项计数以它为准")
        return Line("snapshot", Level.WARN, N_("最新的快照是 %(days)s 天前的"), way, told)
    return Line("snapshot", Level.OK, N_("最新的快照是 %(days)s 天前的"), params=told)
