"""What falls due, on one day and in the nation, against a scan and against a loop over objects.

    python -m benchmarks.falling_due --instance DIR

On one data directory (made from a twin of the bulletin of July 2025 at `--scale` unless one is named): one day through
`register.due`, counts and first rows included; the same day by a SQLite query that knows no next day and so looks at
every certificate; and by a loop over Django's objects, which is run on a sample of them and multiplied. Then the
nation: how many certificates end in each month, by state, from the snapshot's Parquet files, against DuckDB's scan of
the same files.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from benchmarks.figures import Figure, keep, peak, show, stopwatch, timed

PUBLISHED = Path(__file__).resolve().parent.parent / "src" / "zhunsheng" / "bulletin" / "data" / "2025-07.txt"
COMMAND = str(Path(sys.executable).with_name("zhunsheng"))
KNOWN, DAY = "2025-08-10", date(2025, 8, 10)  # The snapshot is of this day.
SAMPLE = 20_000
TIMES = 9

SCAN = """
SELECT state, COUNT(*) FROM register_certificate
WHERE (state = 'suspended' AND COALESCE(MIN(state_until, COALESCE(expires_on, state_until)), expires_on) = %(on)s)
   OR (state = 'valid' AND expires_on = %(on)s) GROUP BY state
"""
NATION = """
SELECT CAST(date_trunc('month', expires_on) AS DATE) AS month, state, COUNT(*) FROM read_parquet(?)
WHERE state IN ('valid', 'suspended') AND expires_on IS NOT NULL GROUP BY ALL ORDER BY ALL
"""


def made(folder: Path, scale: float) -> Path:
    """Return a data directory with the twin's register."""
    twin, data = folder / "twin", folder / "data"
    data.mkdir()
    (data / "demo").touch()
    run("twin", str(PUBLISHED), "--out", str(twin), "--scale", str(scale))
    for kind, pattern in (("bodies", "bodies*.csv"), ("certificates", "certificates*.parquet")):
        files = sorted(str(file) for file in twin.glob(pattern))
        run("--data", str(data), "import", kind, *files, "--known", KNOWN)
    return data


def run(*arguments: str) -> None:
    """Run one command to its end."""
    subprocess.run([COMMAND, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def one_day() -> list[Figure]:
    """Measure one day on the register."""
    from django.db import connection  # noqa: PLC0415 - after Django is set up
    from django.db.models import Count  # noqa: PLC0415

    from zhunsheng.people.policy import Grant, Viewer  # noqa: PLC0415
    from zhunsheng.people.roles import PartyKind, Permission  # noqa: PLC0415
    from zhunsheng.register import due  # noqa: PLC0415 - after Django is set up
    from zhunsheng.register.models import Certificate  # noqa: PLC0415

    days = Certificate.objects.filter(state="valid").values_list("next_on").annotate(number=Count("id"))
    day = next(day for day, _ in days.order_by("-number"))
    viewer = Viewer("bench", frozenset({Grant(Permission.READ_IN_BULK, PartyKind.REGULATOR, "")}))
    size = Path(connection.settings_dict["NAME"]).stat().st_size

    def scan() -> dict[str, int]:
        with connection.cursor() as cursor:
            cursor.execute(SCAN, {"on": day})
            return dict(cursor.fetchall())

    found = due.due(viewer, day)
    assert sum(found.counts.values()) == sum(scan().values())
    total = Certificate.objects.count()
    with stopwatch() as looped:
        for certificate in Certificate.objects.all()[:SAMPLE].iterator():
            live = certificate.state in {"valid", "suspended"}
            _ = live and day in {certificate.expires_on, certificate.state_until}
    loop = looped[0] * total / min(total, SAMPLE)
    scanned = timed(scan)
    ours = timed(lambda: due.due(viewer, day), times=TIMES)
    work = f"the busiest day: {sum(found.counts.values()):,} due"
    return [
        Figure(work, f"Django loop ({SAMPLE:,} rows, multiplied)", loop, ratio_to_peer=loop / scanned),
        Figure(work, "SQLite scan", scanned, size_bytes=size, ratio_to_peer=1.0),
        Figure(work, "register.due", ours, peak(), size, ratio_to_peer=ours / scanned, goal="≤ 2 ms"),
    ]


def nation(snapshot: Path) -> list[Figure]:
    """Measure the nation by month and state on the snapshot."""
    from zhunsheng.register import due  # noqa: PLC0415 - after Django is set up

    file = str(snapshot / "certificates.parquet")
    peer = timed(lambda: duckdb.execute(NATION, [file]).fetchall(), times=TIMES)
    ours = timed(lambda: due.by_month(snapshot), times=TIMES)
    counted = {(month, state): number for month, state, number in duckdb.execute(NATION, [file]).fetchall()}
    assert counted == {(month, state): number for month, state, number in due.by_month(snapshot)}
    work, size = "due in the nation, by month", Path(file).stat().st_size
    return [
        Figure(work, "DuckDB scan", peer, size_bytes=size, ratio_to_peer=1.0),
        Figure(work, "register.due.by_month", ours, peak(), size, ratio_to_peer=ours / peer, goal="≤ 0.7"),
    ]


def main() -> int:
    """Print the table of all sides."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--scale", type=float, default=0.02, help="of the nation's register, where one is made")
    parser.add_argument("--instance", type=Path, help="a data directory with the twin's register")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="zhunsheng-bench-") as scratch:
        os.environ["ZHUNSHENG_DATA"] = str(options.instance or made(Path(scratch), options.scale))
        from zhunsheng.cli import setting_up  # noqa: PLC0415 - it reads where the data is

        setting_up.instance()
        from zhunsheng.register import snapshots  # noqa: PLC0415

        snapshot = Path(scratch) / "snapshot"
        snapshots.take(snapshot, on=DAY, known=DAY)
        figures = [*one_day(), *nation(snapshot)]
    print(show(figures))
    keep(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
