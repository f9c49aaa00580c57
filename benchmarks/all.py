"""Every benchmark in turn at one size, and what they measured as a page: `make bench`.

    python -m benchmarks.all [--scale F] [--keep DIR]

A twin of the bulletin of July 2025 is imported into a new instance, a snapshot of it is taken, and the bulletin
made from it is compared with the published one cell by cell; then each benchmark runs both its sides on that
ground. The page is benchmarks/RESULTS.md at full size, and printed at any size, which then needs 25 GB on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import MEBIBYTE, stopwatch

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "RESULTS.md"
HEAD = """# Measured

`make bench` writes this page. Both sides of a work ran in one run on one machine, the peer with the same indexes and
durability; the ratio is what counts, seconds differ from machine to machine. A ratio is this side's
seconds by the peer's: below 1 is faster.
"""


def commands(scale: str, ground: Path) -> list[list[str]]:
    """Return what is run, in order, each without the file for its figures."""
    instance = ground / "instance"
    return [
        ["round_trip", "--scale", scale, "--keep", str(instance)],
        ["importing", "--scale", scale, "--data", str(ground / "files")],
        ["bulletin", "--snapshot", str(instance / "snapshots" / "2025-07-31-known-2025-08-10")],
        ["falling_due", "--instance", str(instance)],
        ["looking_up", "--data", str(instance)],
        ["two_characters", "--scale", scale],
    ]


def run(command: list[str], kept: Path) -> list[dict[str, Any]]:
    """Run one benchmark in a process of its own and return its figures. Raises CalledProcessError when it fails."""
    print(f"\n== {' '.join(command)}", flush=True)
    name, *options = command
    whole = [sys.executable, "-m", f"benchmarks.{name}", *options, "--json", str(kept)]
    subprocess.run(whole, cwd=HERE.parent, check=True)
    figures: list[dict[str, Any]] = json.loads(kept.read_text(encoding="utf-8"))
    return figures


def page(figures: list[dict[str, Any]], *, scale: str, seconds: float) -> str:
    """Return what was measured as Markdown."""
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    lines = [
        HEAD,
        f"Size: {scale} of the nation's 4,340,282 certificates. Machine: {machine}. Took {seconds / 60:.0f} minutes.",
        "",
        "| work | side | seconds | ÷ peer | per second | MB of memory | MB on disk | goal |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for f in figures:
        rate = f"{f['requests_per_second']:,.0f}" if f.get("requests_per_second") else ""
        ratio = "" if f["ratio_to_peer"] is None else f"{f['ratio_to_peer']:.3g}"
        cells = [f["work"], f["side"], f"{f['seconds']:.4g}", ratio, rate, _mb(f["peak_bytes"]), _mb(f["size_bytes"])]
        lines.append(f"| {' | '.join([*cells, f['goal']])} |")
    return "\n".join(lines) + "\n"


def _mb(size: int | None) -> str:
    return "" if size is None else f"{size / MEBIBYTE:,.0f}"


def main() -> int:
    """Run everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", default="1")
    parser.add_argument("--keep", type=Path, help="a directory for the ground, which then stays")
    options = parser.parse_args()
    figures: list[dict[str, Any]] = []
    with stopwatch() as took, TemporaryDirectory(prefix="zhunsheng-bench-") as directory:
        ground = options.keep or Path(directory)
        ground.mkdir(parents=True, exist_ok=True)
        for command in commands(options.scale, ground):
            figures += run(command, Path(directory) / f"{command[0]}.json")
    text = page(figures, scale=options.scale, seconds=took[0])
    print("\n" + text)
    if float(options.scale) == 1:
        RESULTS.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
