"""A certificate number looked up over HTTP: ours beside one query on the same stack, and beside Datasette.

    python -m benchmarks.looking_up [--scale F | --data DIR] [--json FILE]

All sides read the same SQLite file and are asked for the same numbers, in turns, by wrk from the same machine.
Ours is `zhunsheng serve` as it is, with its limit of requests set high instead of off. Without `--data` a demo
of the scale is made first. Where wrk or Datasette is missing, that is said and left out.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import quote

from benchmarks.figures import BYTES_PER_UNIT, Figure, keep, show

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK = "look a number up over HTTP"
GOAL = "≥ 0.9 × one query on the same stack, ≥ 8 × Datasette's table"
BIN = Path(sys.executable).parent
DATABASE = "zhunsheng.sqlite3"
OURS, FLOOR = "ours", "one query, no middleware"
TABLE, SQL = "Datasette 0.65, table", "Datasette 0.65, SQL"
NUMBERS, CLIENTS, SECONDS, ROUNDS = 2000, 16, 5, 3
START_SECONDS = 60
STATEMENT = (
    "select c.*, b.approval_no, b.name, o.code, o.name from register_certificate c join register_body b on "
    "b.id=c.body_id join register_organisation o on o.id=c.organisation_id where c.number=:n"
)
# wrk runs this for every request: the next of the numbers, in the address that the side has for it.
SCRIPT = """
local paths = {{}}
for line in io.lines("{file}") do paths[#paths + 1] = line end
local at = 0
request = function() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
"""
_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}


@dataclass(frozen=True)
class Side:
    """One way to answer: how to start it, and where it has a number."""

    name: str
    command: list[str]
    port: int
    path: str


@dataclass(frozen=True)
class Load:
    """What one load came to: requests a second, and the latencies that half and 99 of 100 stay below."""

    rate: float
    p50: float
    p99: float


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def sides(data: Path) -> list[Side]:
    """Return the sides that can run here."""
    ports = [free_port() for _ in range(3)]
    ours = [str(BIN / "zhunsheng"), "--data", str(data), "serve", "--port", str(ports[0])]
    floor = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(ports[1])]
    floor += ["--workers", "1", "--blocking-threads", "4", "benchmarks.one_query:application"]
    found = [Side(OURS, ours, ports[0], "/api/v1/certificates/{}"), Side(FLOOR, floor, ports[1], "/{}")]
    datasette = BIN / "datasette"
    if not datasette.exists():
        print("left out: Datasette, because it is not installed (pip install -e '.[bench]')")
        return found
    started = [str(datasette), "serve", str(data / DATABASE), "--port", str(ports[2])]
    table = "/zhunsheng/register_certificate.json?number__exact={}&_shape=array&_nofacet=1&_nosuggest=1&_nocount=1"
    sql = f"/zhunsheng.json?sql={quote(STATEMENT)}&n={{}}&_shape=array"
    return [*found, Side(TABLE, started, ports[2], table), Side(SQL, started, ports[2], sql)]


def numbers(data: Path) -> list[str]:
    """Return numbers spread over the whole register."""
    with sqlite3.connect(data / DATABASE) as database:
        most = database.execute("SELECT MAX(id) FROM register_certificate").fetchone()[0]
        step = max(1, most // NUMBERS)
        rows = database.execute("SELECT number FROM register_certificate WHERE id % ? = 0 LIMIT ?", (step, NUMBERS))
        return [number for (number,) in rows]


def started(side: Side, data: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a side and wait until it answers. Raises TimeoutError."""
    env = {**os.environ, "ZHUNSHENG_DATA": str(data), "ZHUNSHENG_RATE": "1000000000"}
    with log.open("ab") as out:
        process = subprocess.Popen(side.command, env=env, stdout=out, stderr=out)
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        with socket.socket() as client:
            if client.connect_ex(("127.0.0.1", side.port)) == 0:
                return process
        time.sleep(0.1)
    process.terminate()
    raise TimeoutError(side.name, log.read_text(encoding="utf-8", errors="replace")[-2000:])


def load(side: Side, asked: list[str], directory: Path, seconds: int) -> Load:
    """Ask a side for the numbers, over and over. Raises AssertionError when an answer is not one."""
    first = f"http://127.0.0.1:{side.port}{side.path.format(quote(asked[0]))}"
    with urllib.request.urlopen(first) as answer:
        assert asked[0] in answer.read().decode(), first
    paths, script = directory / "paths", directory / "load.lua"
    paths.write_text("\n".join(side.path.format(quote(number)) for number in asked), encoding="ascii")
    script.write_text(SCRIPT.format(file=paths), encoding="ascii")
    command = ["wrk", "-t1", f"-c{CLIENTS}", f"-d{seconds}s", "--latency", "-s", str(script)]
    ran = subprocess.run([*command, f"http://127.0.0.1:{side.port}"], check=True, capture_output=True, text=True)
    assert "Non-2xx" not in ran.stdout, ran.stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", ran.stdout)
    assert rate, ran.stdout
    return Load(float(rate[1]), _latency(ran.stdout, "50%"), _latency(ran.stdout, "99%"))


def _latency(text: str, share: str) -> float:
    found = re.search(rf"{share}\s+([\d.]+)(us|ms|s)", text)
    assert found, text
    return float(found[1]) * _UNITS[found[2]]


def memory(process: subprocess.Popen[bytes]) -> int:
    """Return the most memory that a process and those it started have had, in bytes."""
    total = 0
    for pid in _family(process.pid):
        found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(encoding="ascii"))
        total += int(found[1]) * BYTES_PER_UNIT if found else 0
    return total


def _family(pid: int) -> Iterator[int]:
    yield pid
    for thread in Path(f"/proc/{pid}/task").iterdir():
        for child in (thread / "children").read_text(encoding="ascii").split():
            yield from _family(int(child))


def measure(data: Path) -> list[Figure]:
    """Load the sides in turns and return what was measured."""
    asked, size = numbers(data), (data / DATABASE).stat().st_size
    everyone = sides(data)
    running: dict[int, subprocess.Popen[bytes]] = {}
    loads: dict[str, list[Load]] = {side.name: [] for side in everyone}
    with TemporaryDirectory(prefix="zhunsheng-bench-") as temporary:
        directory = Path(temporary)
        try:
            for side in everyone:
                if side.port not in running:
                    running[side.port] = started(side, data, directory / f"{side.port}.log")
                load(side, asked, directory, 1)
            for _ in range(ROUNDS):
                for side in everyone:
                    loads[side.name].append(load(side, asked, directory, SECONDS))
            held = {side.name: memory(running[side.port]) for side in everyone}
        finally:
            for process in running.values():
                process.terminate()
                process.wait(timeout=START_SECONDS)
    return [_figure(side.name, loads, held[side.name], size) for side in everyone]


def _figure(name: str, loads: dict[str, list[Load]], held: int, size: int) -> Figure:
    middle = {side: median(one.rate for one in found) for side, found in loads.items()}
    p50, p99 = (median(getattr(one, which) for one in loads[name]) * 1000 for which in ("p50", "p99"))
    print(f"{name:<34}{middle[name]:>10,.0f} requests/s   p50 {p50:6.2f} ms   p99 {p99:6.2f} ms")
    return Figure(
        WORK,
        name,
        1 / middle[name],
        held,
        size,
        requests_per_second=middle[name],
        ratio_to_peer=middle[FLOOR] / middle[name] if FLOOR in middle else None,
        goal=GOAL if name == OURS else "",
    )


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", default="0.01")
    parser.add_argument("--data", type=Path, help="an instance that is there already, on SQLite")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        print("left out: the look-up over HTTP, because wrk is not installed")
        keep([], options.json)
        return 0
    with TemporaryDirectory(prefix="zhunsheng-bench-") as temporary:
        data = options.data or Path(temporary)
        if options.data is None:
            made = [str(BIN / "zhunsheng"), "--data", str(data), "demo", "--scale", options.scale, "--no-serve"]
            subprocess.run(made, check=True, capture_output=True)
        figures = measure(data)
    print(show(figures))
    keep(figures, options.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
