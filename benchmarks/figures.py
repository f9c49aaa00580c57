"""What a benchmark measured: one row for each side of one work, printed as a table and kept as JSON."""

from __future__ import annotations

import json
import resource
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

MEBIBYTE = 2**20
BYTES_PER_UNIT = 1024  # ru_maxrss is in kilobytes on Linux


@dataclass(frozen=True, slots=True)
class Figure:
    """One side of one work: seconds, and what is known of memory, sizes and rate.

    `ratio_to_peer` is this side's seconds by the peer's, so below 1 is faster. `goal` is the design's, in its own
    words; it stands with our side only.
    """

    work: str
    side: str
    seconds: float
    peak_bytes: int | None = None
    size_bytes: int | None = None
    requests_per_second: float | None = None
    ratio_to_peer: float | None = None
    goal: str = ""


def peak() -> int:
    """Return the most memory this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_UNIT


def timed(work: Callable[[], object], *, times: int = 3) -> float:
    """Return the median seconds of several runs."""
    return median(_once(work) for _ in range(times))


def _once(work: Callable[[], object]) -> float:
    with stopwatch() as took:
        work()
    return took[0]


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """Measure what runs inside: the list holds its seconds at the end."""
    took: list[float] = []
    start = time.perf_counter()
    yield took
    took.append(time.perf_counter() - start)


def show(figures: Iterable[Figure]) -> str:
    """Return the figures as a table of plain text."""
    lines = [f"{'work':<34}{'side':<34}{'seconds':>10}{'ratio':>8}{'MB peak':>9}{'MB size':>9}  goal"]
    for f in figures:
        ratio = "" if f.ratio_to_peer is None else f"{f.ratio_to_peer:.3g}"
        sizes = f"{_mb(f.peak_bytes):>9}{_mb(f.size_bytes):>9}"
        lines.append(f"{f.work:<34}{f.side:<34}{f.seconds:>10.4g}{ratio:>8}{sizes}  {f.goal}")
    return "\n".join(lines)


def _mb(size: int | None) -> str:
    return "" if size is None else f"{size / MEBIBYTE:,.0f}"


def keep(figures: Iterable[Figure], file: Path | None) -> None:
    """Write the figures as JSON where a file is named."""
    if file is not None:
        file.write_text(json.dumps([asdict(f) for f in figures], ensure_ascii=False, indent=1), encoding="utf-8")
