"""A snapshot read from SQLite: types, bound dates, one consistent set of tables, put in place whole."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING

import pytest

from zhunsheng.facts import snapshot
from zhunsheng.facts.schema import TABLES, Type

if TYPE_CHECKING:
    from pathlib import Path

ON, KNOWN = date(2025, 7, 31), date(2025, 8, 10)
BODIES = (
    "SELECT id, approval_no, name, region, status, reported_on FROM b WHERE told_on <= :known AND (:on IS NOT NULL)"
)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "db.sqlite3"
    with sqlite3.connect(file) as connection:
        connection.execute(
            "CREATE TABLE b (id INTEGER, approval_no TEXT, name TEXT, region TEXT, status TEXT, reported_on TEXT,"
            " told_on TEXT)"
        )
        connection.executemany(
            "INSERT INTO b VALUES (?, ?, ?, '11', 'approved', ?, ?)",
            [
                (1, "R1", "甲", None, "2025-01-01"),
                (2, "R2", "乙", "2025-07-31", "2025-08-10"),
                (3, "R3", "丙", None, "2025-08-11"),
            ],
        )
    return file


def test_a_snapshot_holds_what_was_known_on_the_date_and_nothing_later(database: Path, tmp_path: Path) -> None:
    manifest = snapshot.export(
        tmp_path / "s", source=snapshot.sqlite(str(database)), selects={"bodies": BODIES}, on=ON, known=KNOWN
    )
    assert manifest.rows == {"bodies": 2}
    rows = snapshot.opened(tmp_path / "s").tables["bodies"].order_by("id").to_pyarrow().to_pylist()
    assert [(r["id"], r["name"], r["reported_on"]) for r in rows] == [(1, "甲", None), (2, "乙", date(2025, 7, 31))]


def test_a_snapshot_replaces_the_one_before_and_leaves_no_part_behind(database: Path, tmp_path: Path) -> None:
    for known in (KNOWN, date(2025, 8, 11)):
        snapshot.export(
            tmp_path / "s", source=snapshot.sqlite(str(database)), selects={"bodies": BODIES}, on=ON, known=known
        )
    assert snapshot.opened(tmp_path / "s").manifest.rows == {"bodies": 3}
    assert sorted(p.name for p in tmp_path.iterdir()) == ["db.sqlite3", "s"]


def test_a_directory_without_a_finished_snapshot_is_refused(tmp_path: Path) -> None:
    with pytest.raises(snapshot.NoSnapshot, match="快照"):
        snapshot.opened(tmp_path)


def test_an_empty_date_in_every_first_row_does_not_turn_the_column_into_numbers(database: Path, tmp_path: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("DELETE FROM b")
        many = [
            (i, str(i), "n", "2025-01-02" if i == snapshot.BATCH_ROWS + 5 else None, "2025-01-01")
            for i in range(snapshot.BATCH_ROWS + 10)
        ]
        connection.executemany("INSERT INTO b VALUES (?, ?, ?, '11', 'approved', ?, ?)", many)
    snapshot.export(
        tmp_path / "s", source=snapshot.sqlite(str(database)), selects={"bodies": BODIES}, on=ON, known=KNOWN
    )
    bodies = snapshot.opened(tmp_path / "s").tables["bodies"]
    assert bodies.reported_on.count().to_pyarrow().as_py() == 1


def test_facts_tables_hold_only_the_four_types_on_which_every_engine_agrees() -> None:
    assert {c.type for t in TABLES.values() for c in t.columns} <= set(Type)


def test_a_database_in_a_folder_with_any_name_is_read(database: Path, tmp_path: Path) -> None:
    folder = tmp_path / "a b#c?d%20e"
    folder.mkdir()
    moved = database.rename(folder / "db.sqlite3")
    source = snapshot.sqlite(str(moved))
    assert snapshot.export(folder / "s", source=source, selects={"bodies": BODIES}, on=ON, known=KNOWN).rows
    assert sorted(p.name for p in tmp_path.iterdir()) == [folder.name]


def test_a_database_that_cannot_be_read_is_a_broken_environment(tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite3").touch()
    source = snapshot.sqlite(str(tmp_path / "empty.sqlite3"))
    with pytest.raises(snapshot.CannotRead, match="no such table") as caught:
        snapshot.export(tmp_path / "s", source=source, selects={"bodies": BODIES}, on=ON, known=KNOWN)
    assert caught.value.exit_code == 3
    assert [p.name for p in tmp_path.iterdir()] == ["empty.sqlite3"]
