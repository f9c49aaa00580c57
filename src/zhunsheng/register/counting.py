"""A body's certificates counted by scheme and region, exactly and at once.

A body with a few thousand certificates is counted in the database as of today. The nation's largest
has hundreds of thousands, whose rows the database would have to read one by one (1.2 s warm, several
seconds cold, for 400,000 on SQLite); there the newest snapshot answers, and its two dates are said.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl
from django.conf import settings
from django.db.models import Count, Q

from zhunsheng.facts.snapshot import MANIFEST
from zhunsheng.register.policy import State
from zhunsheng.standards import queries as standards

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from zhunsheng.register.models import Body

# So many rows are read in 0.3 s also when none of them is in memory (SQLite, 57 µs each on a cold disk).
AT_ONCE = 5_000
# Without a snapshot somebody waits for so many, and for no more.
MOST_LIVE = 20_000
# Bodies whose counts from a snapshot are kept in memory.
REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Taken:
    """A finished snapshot: where it is, its two dates, and when it was written (ns), for it may be taken again."""

    directory: Path
    on: date
    known: date
    written: int


@dataclass(frozen=True, slots=True)
class Counted:
    """Valid certificates on a day as known on another, by code of scheme and of region, most first."""

    on: date
    known: date
    schemes: list[tuple[str, int]]
    regions: list[tuple[str, int]]

    @property
    def total(self) -> int:
        """Return how many there are."""
        return sum(n for _code, n in self.schemes)


def newest_snapshot(today: date) -> Taken | None:
    """Return the finished snapshot in the data directory that shows the latest day up to today; None without one."""
    found = []
    for file in (settings.DATA_DIR / "snapshots").glob(f"*/{MANIFEST}"):
        told = json.loads(file.read_text(encoding="utf-8"))
        on, known = date.fromisoformat(told["on"]), date.fromisoformat(told["known"])
        # A snapshot that is being taken again stands beside the old one for a moment.
        if on <= today and file.parent.suffix != ".part":
            found.append(Taken(file.parent, on, known, file.stat().st_mtime_ns))
    return max(found, key=lambda taken: (taken.on, taken.known), default=None)


def of_body(body: Body, *, today: date) -> Counted | None:
    """Return a body's valid certificates; None when they are too many and no snapshot was ever taken."""
    taken = newest_snapshot(today)
    if taken and _has_more_than(AT_ONCE, body):
        return _from_snapshot(body.pk, taken)
    return None if not taken and _has_more_than(MOST_LIVE, body) else _live(body, today)


def _has_more_than(n: int, body: Body) -> bool:
    return body.certificates.order_by()[: n + 1].count() > n


def _live(body: Body, today: date) -> Counted:
    lasting = Q(expires_on__gte=today) | Q(expires_on__isnull=True)
    rows = (
        body.certificates.filter(lasting, state=State.VALID)
        .order_by()
        .values_list("scheme_id", "organisation__region")
        .annotate(n=Count("id"))
    )
    return _counted(rows, on=today, known=today)


@lru_cache(maxsize=REMEMBERED)
def _from_snapshot(body_id: int, taken: Taken) -> Counted:
    """Count in a snapshot; what is written never changes, so the answer is kept."""
    own = (pl.col("body_id") == body_id) & (pl.col("state") == State.VALID.value)
    regions = pl.scan_parquet(taken.directory / "organisations.parquet").select("id", "region")
    rows = (
        pl.scan_parquet(taken.directory / "certificates.parquet")
        .filter(own)
        .group_by("organisation_id", "scheme_id")
        .len()
        .join(regions, left_on="organisation_id", right_on="id")
        .group_by("scheme_id", "region")
        .agg(pl.col("len").sum())
        .collect()
    )
    return _counted(rows.iter_rows(), on=taken.on, known=taken.known)


def _counted(rows: Iterable[tuple[int, str, int]], *, on: date, known: date) -> Counted:
    codes = {pk: code for code, pk in standards.scheme_ids().items()}
    schemes: Counter[str] = Counter()
    regions: Counter[str] = Counter()
    for scheme_id, region, n in rows:
        schemes[codes[scheme_id]] += n
        regions[region] += n
    return Counted(on, known, _most_first(schemes), _most_first(regions))


def _most_first(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
