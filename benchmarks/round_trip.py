"""A published bulletin to a register of invented organisations and back: seconds and memory of each step.

    python -m benchmarks.round_trip --scale 1

Runs the real commands one after another in a new data directory and compares the bulletin that comes
out with the one that went in, cell for cell (at scale 1; below it, with the scaled one). The
temporary directory needs about 10 GB at full size.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from benchmarks.figures import BYTES_PER_UNIT, Figure, keep, show

if TYPE_CHECKING:
    import resource

WORK = "round trip"
PUBLISHED = Path(__file__).resolve().parent.parent / "src" / "zhunsheng" / "bulletin" / "data" / "2025-07.txt"
COMMAND = str(Path(sys.executable).with_name("zhunsheng"))
KNOWN = "2025-08-10"
TABLES = ("projects", "regions", "blocks")


@dataclass(frozen=True)
class Step:
    """A command, what it took, and what it printed."""

    name: str
    seconds: float
    peak_bytes: int
    output: str


def run(name: str, *args: str, data: Path) -> Step:
    """Run one command to its end and measure it. Raises CalledProcessError when it fails."""
    print(f"$ zhunsheng {' '.join(args)}", flush=True)
    start = time.monotonic()
    with subprocess.Popen(
        [COMMAND, "--data", str(data), *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        output = process.stdout.read()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - start
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, args, output)
    return Step(name, seconds, _peak(used), output)


def _peak(used: resource.struct_rusage) -> int:
    return used.ru_maxrss * BYTES_PER_UNIT


def differing(made: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Return the cells of the printed tables that differ between two bulletins."""
    cells = []
    for table in TABLES:
        rows = {row["name"]: row for row in made[table]}
        for row in wanted[table]:
            other = rows.get(row["name"], {})
            cells += [
                f"{table} {row['name']} {column}: {other.get(column)} instead of {value}"
                for column, value in row.items()
                if value is not None and other.get(column) != value
            ]
    return cells


def journey(bulletin: Path, *, scale: float, folder: Path, data: Path) -> list[Step]:
    """Run every command from the published text to the bulletin made here; the first and last print a bulletin."""
    twin = folder / "twin"
    read = run("read", "bulletin", "read", str(bulletin), "--json", data=data)
    steps = [
        read,
        run("twin", "twin", str(bulletin), "--out", str(twin), "--scale", str(scale), data=data),
        run("set up", "demo", "--empty", "--no-serve", data=data),
    ]
    for kind, pattern in (("bodies", "bodies*.csv"), ("certificates", "certificates*.parquet")):
        files = sorted(str(f) for f in twin.glob(pattern))
        steps.append(run(f"import {kind}", "import", kind, *files, "--known", KNOWN, "--json", data=data))
    month = json.loads(read.output)["month"]
    last = (date.fromisoformat(f"{month}-28") + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    steps.append(run("snapshot", "snapshot", "--on", last.isoformat(), "--known", KNOWN, data=data))
    return [*steps, run("make", "bulletin", "make", "--month", month, "--known", KNOWN, "--json", data=data)]


def main() -> int:
    """Run the round trip and print the table; return 1 when a cell differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("bulletin", type=Path, nargs="?", default=PUBLISHED, help="a published bulletin's text")
    parser.add_argument("--scale", type=float, default=0.02)
    parser.add_argument("--keep", type=Path, help="a new data directory, which then stays")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    options = parser.parse_args()
    with TemporaryDirectory(prefix="zhunsheng-bench-") as folder:
        data = options.keep or Path(folder) / "data"
        steps = journey(options.bulletin, scale=options.scale, folder=Path(folder), data=data)
        size = sum(f.stat().st_size for f in data.rglob("*") if f.is_file())
    figures = [Figure(f"{WORK}: {step.name}", "ours", step.seconds, step.peak_bytes) for step in steps]
    figures[-1] = replace(figures[-1], size_bytes=size)
    print(show(figures))
    keep(figures, options.json)
    if options.scale != 1:
        return 0
    cells = differing(json.loads(steps[-1].output), json.loads(steps[0].output))
    print("\n".join(cells) or "every printed cell of every table is the same")
    return int(bool(cells))


if __name__ == "__main__":
    sys.exit(main())
