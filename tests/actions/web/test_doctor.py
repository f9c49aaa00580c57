"""`zhunsheng doctor` on instances that are really broken, each in one way."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.actions.register.returns import BODIES, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run(data: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command on a data directory."""
    left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ZHUNSHENG_DATA", "ZHUNSHENG_LANG"}
    env = {k: v for k, v in os.environ.items() if k not in left_out} | more
    program = [sys.executable, "-m", "zhunsheng.cli.main", "--data", str(data), *arguments]
    return subprocess.run(program, env=env, check=False, capture_output=True, text=True, encoding="utf-8")


def doctor(data: Path, **more: str) -> tuple[int, dict[str, dict[str, str]]]:
    """Ask the doctor; return how it ended and its lines by check."""
    ended = run(data, "doctor", "--json", **more)
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.returncode, {line["check"]: line for line in json.loads(ended.stdout)["checks"]}


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set up an instance with nothing wrong but what cannot be otherwise: no second factor is needed on loopback."""
    data = tmp_path_factory.mktemp("sound") / "data"
    data.mkdir(mode=0o700)
    (data / "demo").touch()
    assert run(data, "work").returncode == 0
    return data


@pytest.fixture
def data(sound: Path, tmp_path: Path) -> Path:
    """Return a copy of the sound instance to break."""
    copy = tmp_path / "data"
    subprocess.run(["cp", "-a", str(sound), str(copy)], check=True)  # noqa: S607 - rights and times too
    return copy


def sql(data: Path, *statements: str) -> None:
    """Change the database behind the instance's back."""
    with closing(sqlite3.connect(data / "zhunsheng.sqlite3")) as database:
        for statement in statements:
            database.execute(statement)
        database.commit()


def queued(data: Path, *, minutes: float, state: str = "queued") -> None:
    """Put an import into the queue, some minutes ago."""
    rows = write(data.parent / "bodies.csv", BODIES)
    assert run(data, "import", "bodies", str(rows)).returncode == 0
    then = (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%d %H:%M:%S")
    with closing(sqlite3.connect(data / "zhunsheng.sqlite3")) as database:
        values = (state, then, None if state == "queued" else then)
        database.execute("UPDATE register_import SET state = ?, created_at = ?, finished_at = ?", values)
        database.commit()


def days_old_backup(data: Path, days: int) -> None:
    """Say that the last backup was made some days ago."""
    made = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    (data / "last-backup.json").write_text(json.dumps({"made_at": made, "out": "somewhere"}), encoding="utf-8")


@pytest.mark.sqlite
def test_a_sound_instance_ends_with_0_and_every_line_is_said_in_both_languages(sound: Path) -> None:
    status, lines = doctor(sound)
    assert {line["level"] for line in lines.values()} == {"ok"}
    assert status == 0
    _status, english = doctor(sound, ZHUNSHENG_LANG="en")
    assert lines.keys() == english.keys()
    assert not any("\u4e00" <= c <= "\u9fff" for line in english.values() for c in line["text"] + line["way"])
    told = run(sound, "doctor").stdout
    assert told.count("● 好") == len(lines)


def _more_open(data: Path) -> None:
    data.chmod(0o755)


def _secret_open(data: Path) -> None:
    (data / "secret").chmod(0o644)


def _no_secret(data: Path) -> None:
    (data / "secret").unlink()


def _older(data: Path) -> None:
    sql(data, "DELETE FROM django_migrations WHERE app = 'bulletin'")


def _no_database(data: Path) -> None:
    (data / "zhunsheng.sqlite3").write_bytes(b"this is no database, whatever its name says" * 100)


def _gone(data: Path) -> None:
    (data / "zhunsheng.sqlite3").unlink()


def _moved_aside(data: Path) -> None:
    data.rename(data.with_name("data.replaced-20260131T031500"))


def _waiting(data: Path) -> None:
    queued(data, minutes=6)


def _failed(data: Path) -> None:
    queued(data, minutes=6, state="failed")


def _never_reported(data: Path) -> None:
    queued(data, minutes=1, state="done")


def _real(data: Path) -> None:
    sql(
        data,
        "INSERT INTO register_organisation (key, code, name, name_en, country, district, region, address) "
        "VALUES ('91110000000000000X', '91110000000000000X', '真实有限公司', '', '156', '', '11', '')",
    )


def _long_ago(data: Path) -> None:
    days_old_backup(data, 3)


def _no_mark(data: Path) -> None:
    (data / "demo").unlink()


def _old_snapshot(data: Path) -> None:
    manifest = data / "snapshots" / "2025-01-31" / "snapshot.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("{}", encoding="utf-8")
    then = (datetime.now(UTC) - timedelta(days=41)).timestamp()
    os.utime(manifest, (then, then))


def _bad_file(data: Path) -> None:
    (data / "sign-in.toml").write_text("second_factor_for = [", encoding="utf-8")


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("spoil", "check", "level", "status"),
    [
        (_more_open, "directory", "fail", 1),
        (_secret_open, "secret", "fail", 1),
        (_no_secret, "secret", "broken", 3),
        (_older, "migrations", "fail", 1),
        (_no_database, "database", "broken", 3),
        (_gone, "database", "broken", 3),
        (_moved_aside, "directory", "broken", 3),
        (_waiting, "worker", "fail", 1),
        (_failed, "imports", "warn", 1),
        (_never_reported, "returns", "warn", 1),
        (_real, "demo", "fail", 1),
        (_long_ago, "backup", "warn", 1),
        (_no_mark, "backup", "warn", 1),
        (_old_snapshot, "snapshot", "warn", 1),
        (_bad_file, "settings", "broken", 3),
    ],
    ids=lambda value: value.__name__.strip("_") if callable(value) else None,
)
def test_what_is_wrong_is_named_with_the_way_out(
    data: Path, spoil: Callable[[Path], None], check: str, level: str, status: int
) -> None:
    spoil(data)
    ended, lines = doctor(data)
    assert (lines[check]["level"], ended) == (level, status)
    assert lines[check]["way"]
    assert spoil is not _gone or not (data / "zhunsheng.sqlite3").exists()
    assert spoil is not _moved_aside or not data.exists()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("more", "check", "level"),
    [
        ({"ZHUNSHENG_DEBUG": "1"}, "debug", "fail"),
        ({"ZHUNSHENG_HOSTS": "*"}, "hosts", "fail"),
        ({"ZHUNSHENG_HOSTS": "register.example"}, "hosts", "fail"),
        ({"ZHUNSHENG_HTTPS": "1"}, "hosts", "warn"),
        ({"ZHUNSHENG_HOSTS": "register.example", "ZHUNSHENG_HTTPS": "1"}, "hosts", "warn"),
        ({"ZHUNSHENG_PROXIES": "1"}, "hosts", "warn"),
        ({"ZHUNSHENG_HOSTS": "a.example", "ZHUNSHENG_HTTPS": "1", "ZHUNSHENG_PROXIES": "1"}, "second-factor", "warn"),
        ({"ZHUNSHENG_NODE_MODULES": "/nonexistent"}, "static", "fail"),
        ({"ZHUNSHENG_MAP": "/nonexistent"}, "map", "fail"),
        ({"ZHUNSHENG_PROXIES": "one"}, "settings", "broken"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, "database", "broken"),
        ({"DATABASE_URL": "mysql://nobody@127.0.0.1/nothing"}, "settings", "broken"),
    ],
    ids=lambda value: None if isinstance(value, str) else "-".join(value.values())[:40],
)
def test_an_environment_that_does_not_fit_is_named(sound: Path, more: dict[str, str], check: str, level: str) -> None:
    status, lines = doctor(sound, **more)
    assert lines[check]["level"] == level
    assert status == (3 if level == "broken" else 1)
    assert lines[check]["way"]


@pytest.mark.sqlite
def test_where_nothing_is_it_makes_nothing(tmp_path: Path) -> None:
    status, lines = doctor(tmp_path / "none")
    assert (status, lines["directory"]["level"]) == (3, "broken")
    (tmp_path / "empty").mkdir(mode=0o700)
    status, lines = doctor(tmp_path / "empty")
    assert (status, lines["database"]["level"]) == (3, "broken")
    assert list((tmp_path / "empty").iterdir()) == []
    assert not (tmp_path / "none").exists()


@pytest.mark.sqlite
def test_a_database_that_could_lose_what_it_acknowledged_is_told(transactional_db: None) -> None:
    from django.db import connection

    from zhunsheng.web.health import instance

    (line,) = instance.sqlite()
    assert line.level == "ok"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        (line,) = instance.sqlite()
        cursor.execute("PRAGMA synchronous=FULL")
    assert line.level == "fail"


def test_versions_and_clocks_at_their_edges(tmp_path: Path) -> None:
    from zhunsheng.web.health import machine

    assert [machine.python(v).level for v in ((3, 10), (3, 11))] == ["broken", "ok"]
    assert [machine.sqlite(v).level for v in ((3, 39), (3, 40))] == ["broken", "ok"]
    clocks = [datetime(2024, 12, 31, 23, 59, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)]
    assert [machine.clock(now).level for now in clocks] == ["fail", "ok"]
    (tmp_path / "zhunsheng.sqlite3").touch()
    assert machine.free_space(tmp_path).level == "ok"
    # A sparse file as large as the disk: no room to copy it.
    with (tmp_path / "zhunsheng.sqlite3").open("wb") as out:
        out.truncate(10**12)
    assert machine.free_space(tmp_path).level == "warn"


@pytest.mark.postgresql
def test_postgresql_is_looked_at(db: None) -> None:
    from zhunsheng.web.health import instance

    (line,) = instance.postgresql(datetime.now(UTC))
    assert line.level == "ok"
    assert line.params["encoding"] == "UTF8"
    (line,) = instance.postgresql(datetime.now(UTC) - timedelta(seconds=31))
    assert line.level == "warn"


@pytest.mark.parametrize(
    ("reported", "today", "late"),
    [
        # July's returns are due by 10 August: on the 10th nobody is late with them, on the 11th whoever was silent is.
        (date(2025, 7, 9), date(2025, 8, 10), 0),
        (date(2025, 7, 9), date(2025, 8, 11), 1),
        (date(2025, 8, 1), date(2025, 8, 11), 0),
        (date(2025, 6, 30), date(2025, 8, 10), 1),
        (None, date(2025, 8, 10), 1),
        (date(2025, 12, 5), date(2026, 1, 5), 0),
    ],
)
def test_who_is_late_with_returns(db: None, reported: date | None, today: date, late: int) -> None:
    from zhunsheng.register import standing
    from zhunsheng.register.models import Body

    Body.objects.create(approval_no="CNCA-R-2099-001", name="虚构一", status="approved", reported_on=reported)
    Body.objects.create(approval_no="CNCA-R-2099-002", name="虚构二", status="revoked")
    assert standing.bodies_overdue(today) == (late, 1)
