"""The validated import of a register against the plain load that a user of SQLite would do instead.

    python -m benchmarks.importing --scale 1

Both sides read the same CSV files of a twin of the bulletin of July 2025, end with the same indexes and the same index
of names by two characters, and are as safe against a power cut (write-ahead log, `synchronous=FULL`). The peer is
`sqlite3 .import` into a table for each layout, a table of organisations, of their names and of events made from it, and
the bigrams by `executemany` from Python; it checks nothing, keeps no history and gives a certificate no key. Ours is
`zhunsheng import`, all files in one call, once more with the same files, and from the same files as Parquet. Meanwhile
another process asks for the write lock; the longest it waited is a row of its own.
"""

from __future__ import annotations

import argparse
import csv
import json
import multiprocessing
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.figures import BYTES_PER_UNIT, Figure, keep, show, stopwatch

if TYPE_CHECKING:
    from multiprocessing.sharedctypes import Synchronized

PUBLISHED = Path(__file__).resolve().parent.parent / "src" / "zhunsheng" / "bulletin" / "data" / "2025-07.txt"
COMMAND = str(Path(sys.executable).with_name("zhunsheng"))
MYSELF = [sys.executable, "-m", "benchmarks.importing"]
KNOWN = "2025-08-10"
DATABASE = "zhunsheng.sqlite3"
# As many pages in memory as our import keeps, in kibibytes.
PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-1000000", "temp_store=MEMORY")
BUSY_SECONDS = 600
ASK_EVERY_SECONDS = 0.02
# A column that only management-system certificates have tells the layouts of the twin apart.
MANAGEMENT = "BUSI_SCOP_CODE"


def made(folder: Path, scale: float) -> Path:
    """Return a folder with the twin's files, as Parquet and as CSV; made unless it is there."""
    if not (folder / "bodies.csv").is_file():
        command = [COMMAND, "twin", str(PUBLISHED), "--out", str(folder), "--scale", str(scale)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for file in folder.glob("certificates*.parquet"):
        if not file.with_suffix(".csv").is_file():
            pl.scan_parquet(file).sink_csv(file.with_suffix(".csv"))
    return folder


# What the peer makes of each layout's table, and of all of them.
OF_A_LAYOUT = """
INSERT OR IGNORE INTO organisation (key, name, region)
  SELECT ORG_CODE, ORG_NAME, substr(ORG_DISTRICT, 1, 2) FROM {table};
INSERT INTO event (number, kind, effective_on, known_on, state, expires_on)
  SELECT CERT_NUMBER, 'issued', AWARD_DATE, '{known}', 'valid', CERTI_E_DATE FROM {table};
CREATE UNIQUE INDEX {table}_number ON {table} (CERT_NUMBER, RZJG_ID);
CREATE INDEX {table}_organisation ON {table} (ORG_CODE);
CREATE INDEX {table}_body ON {table} (RZJG_ID);
CREATE INDEX {table}_next ON {table} (CERTI_STATUS, CERTI_E_DATE, RZJG_ID) WHERE CERTI_STATUS IN ('01', '02');
"""
TABLES = """
CREATE TABLE organisation (id INTEGER PRIMARY KEY, key TEXT UNIQUE, name TEXT, region TEXT);
CREATE TABLE name (id INTEGER PRIMARY KEY, organisation_id INTEGER, known_on TEXT, name TEXT, region TEXT);
CREATE TABLE event (id INTEGER PRIMARY KEY, number TEXT, kind TEXT, effective_on TEXT, known_on TEXT, state TEXT,
  expires_on TEXT);
"""
OF_ALL = """
CREATE INDEX event_timeline ON event (number, effective_on, known_on);
INSERT INTO name (organisation_id, known_on, name, region) SELECT id, '{known}', name, region FROM organisation;
CREATE INDEX name_timeline ON name (organisation_id, known_on);
CREATE VIRTUAL TABLE names USING
  fts5(grams, content='', detail=none, columnsize=0, tokenize='unicode61 remove_diacritics 0');
"""


def script(files: list[Path]) -> str:
    """Return what the peer's shell runs."""
    tables: set[str] = set()
    lines = [f"PRAGMA {pragma};" for pragma in PRAGMAS]
    for file in files:
        with file.open(encoding="utf-8") as opened:
            header = next(csv.reader(opened))
        table = "management" if MANAGEMENT in header else "product"
        if table not in tables:
            tables.add(table)
            lines.append(f"CREATE TABLE {table} ({', '.join(f'{name} TEXT' for name in header)});")
        lines.append(f".import --csv --skip 1 '{file}' {table}")
    lines += [TABLES, *(OF_A_LAYOUT.format(table=table, known=KNOWN) for table in sorted(tables))]
    return "\n".join([*lines, OF_ALL.format(known=KNOWN)])


def pairs(database: Path) -> None:
    """Build the peer's index of names."""
    with sqlite3.connect(database) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        rows = connection.execute("SELECT id, name FROM organisation").fetchall()
        grams = ((key, " ".join({name[i : i + 2] for i in range(len(name) - 1)})) for key, name in rows)
        connection.executemany("INSERT INTO names (rowid, grams) VALUES (?, ?)", grams)
    connection.close()


def plain_load(files: list[Path], database: Path) -> int:
    """Run the peer."""
    program = shutil.which("sqlite3")
    if program is None:
        raise SystemExit("the benchmark needs the sqlite3 shell (Debian: sqlite3)")
    subprocess.run([program, "-bail", str(database)], input=script(files), text=True, check=True, capture_output=True)
    pairs(database)
    return 0


def child_peak(command: list[str], data: Path) -> tuple[float, int, str]:
    """Run a command to its end; return its seconds, most memory in bytes and output."""
    environment = os.environ | {"ZHUNSHENG_DATA": str(data)}
    with (
        stopwatch() as took,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
        ) as process,
    ):
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in {0, 1}:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    print(f"  {took[0]:.1f} s, of the processors {used.ru_utime + used.ru_stime:.1f} s", flush=True)
    return took[0], used.ru_maxrss * BYTES_PER_UNIT, output


def ask_for_the_lock(database: Path, longest: Synchronized[float], stop: Synchronized[int]) -> None:
    """Take and give back the write lock again and again, and keep the longest wait."""
    connection = sqlite3.connect(database, timeout=BUSY_SECONDS, isolation_level=None)
    while not stop.value:
        with stopwatch() as took:
            connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        longest.value = max(longest.value, took[0])
        time.sleep(ASK_EVERY_SECONDS)


def ours(files: list[Path], data: Path) -> tuple[float, int, float]:
    """Import the files in one call; return seconds, most memory and the longest wait for the write lock."""
    longest, stop = multiprocessing.Value("d", 0.0), multiprocessing.Value("i", 0)
    asker = multiprocessing.Process(target=ask_for_the_lock, args=(data / DATABASE, longest, stop))
    asker.start()
    command = [COMMAND, "import", "certificates", *map(str, files), "--known", KNOWN, "--json"]
    seconds, peak, output = child_peak(command, data)
    stop.value = 1
    asker.join()
    told = json.loads(output)
    print(f"  {told['accepted']:,} accepted, {told['unchanged']:,} unchanged", flush=True)
    return seconds, peak, longest.value


def set_up(data: Path, folder: Path) -> Path:
    """Make a data directory with the twin's bodies."""
    data.mkdir()
    (data / "demo").touch()
    child_peak([COMMAND, "import", "bodies", str(folder / "bodies.csv"), "--known", KNOWN, "--json"], data)
    return data


def size(folder: Path) -> int:
    """Return what the database takes on disk, its log included."""
    return sum(file.stat().st_size for file in folder.glob("*.sqlite3*"))


def measured(folder: Path, scratch: Path) -> list[Figure]:
    """Run both sides one after the other."""
    tables = sorted(folder.glob("certificates*.csv"))
    rows = sum(pl.scan_parquet(f.with_suffix(".parquet")).select(pl.len()).collect().item() for f in tables)
    work = f"import of {rows:,} certificates"
    peer_place = scratch / "peer"
    peer_place.mkdir()
    arguments = [
        sys.executable,
        "-m",
        "benchmarks.importing",
        "--peer",
        str(peer_place / "peer.sqlite3"),
        *map(str, tables),
    ]
    peer, peer_peak, _ = child_peak(arguments, peer_place)
    kept = [Figure(work, "sqlite3 .import, no validation", peer, peer_peak, size(peer_place), ratio_to_peer=1.0)]
    shutil.rmtree(peer_place)
    data = set_up(scratch / "csv", folder)
    first, peak, lock = ours(tables, data)
    place = size(data)
    again, again_peak, again_lock = ours(tables, data)
    shutil.rmtree(data)
    data = set_up(scratch / "parquet", folder)
    columns, columns_peak, columns_lock = ours([f.with_suffix(".parquet") for f in tables], data)
    return [
        *kept,
        Figure(work, "zhunsheng import, CSV", first, peak, place, ratio_to_peer=first / peer, goal="≤ 1.0; ≤ 4 GB"),
        Figure(work, "zhunsheng import, Parquet", columns, columns_peak, size(data), ratio_to_peer=columns / peer),
        Figure("the same files again", "the first import", first, peak, place, ratio_to_peer=1.0),
        Figure("the same files again", "zhunsheng import, CSV", again, again_peak, place, None, again / first, "≤ 0.3"),
        Figure(
            "longest wait for the write lock", "zhunsheng import", max(lock, again_lock, columns_lock), goal="≤ 5 s"
        ),
    ]


def main() -> int:
    """Print the table of both sides."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=0.02, help="of the nation's register")
    parser.add_argument("--data", type=Path, help="a folder with the twin's files, made there unless it has them")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    parser.add_argument("--peer", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("files", type=Path, nargs="*", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.peer:
        return plain_load(options.files, options.peer)
    with TemporaryDirectory(prefix="zhunsheng-bench-") as scratch:
        folder = made(options.data or Path(scratch) / "twin", options.scale)
        figures = measured(folder, Path(scratch))
    print(show(figures))
    keep(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
