"""A lifeline: what something was and when, as a picture with time running to the right.

Each row is a strip of bands, one for each state; above the rows stand the events on the days on which
they took effect, below them the days on which they became known, joined by a line whose slant shows
how late that was. This module says what a lifeline is and where everything stands: days to positions,
labels to places. `papers.strips` draws it. Lengths are in units of the view box, which a page shows as
CSS pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from zhunsheng.codes import dates
from zhunsheng.papers import svg

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# A page shows the narrow picture on a telephone of 360 px at its own size, and the wide one elsewhere.
WIDE, NARROW = 680, 336
# Letters are never smaller than 11 px where a page shows a picture at its own size.
SIZE, SMALL = 13, 12
GAP = 8
# The months between two lines of the grid, from fine to coarse.
STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1_200, 2_400, 6_000, 12_000)
MONTHS_A_YEAR = 12
# How many characters of 2025-03-01 name a year, and a month.
YEAR, MONTH = 4, 7


@dataclass(frozen=True, slots=True)
class Band:
    """A state in a row: from a day until before `end`, its tone (good, held, ended, unknown) and its word."""

    start: date
    end: date
    tone: str
    word: str

    @property
    def last(self) -> date:
        """Return the last day of the band."""
        return self.end - timedelta(1)


@dataclass(frozen=True, slots=True)
class Row:
    """A strip of bands with its name above it."""

    name: str
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """An event: when it took effect and when it became known, with a label for each; one that does not count is open.

    An empty label leaves the mark without words.
    """

    day: date
    label: str
    known: date
    known_label: str
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A day to look at, as a line through everything; `below` names it among the days of knowledge."""

    day: date
    label: str
    below: bool = False


@dataclass(frozen=True, slots=True)
class Lifeline:
    """What to draw: names and notes in the reader's language, rows of bands, events and marks."""

    title: str
    description: str
    first: date
    last: date
    rows: Sequence[Row]
    lines: Sequence[str] = ()
    ticks: Sequence[Tick] = ()
    marks: Sequence[Mark] = ()
    known_name: str = ""
    notes: Sequence[str] = ()
    today: date | None = None
    thin: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """Days to positions: the first day is at `left`, the last one at `right`, and nothing lies outside."""

    first: date
    last: date
    left: float
    right: float

    def at(self, day: date) -> float:
        """Return where a day is; one before the first or after the last is at the border."""
        days = max(1, (self.last - self.first).days)
        part = (day - self.first).days / days
        return self.left + (self.right - self.left) * min(1.0, max(0.0, part))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label stands: its left edge, and the row, counted away from what it belongs to."""

    left: float
    row: int


def placed(wanted: Sequence[tuple[float, float]], *, left: float, right: float, gap: float = GAP) -> list[Place]:
    """Give each label, a position and a width, a place so that no two overlap and none leaves the picture.

    A label begins at its position where it fits; one that would leave on the right is moved to the left.
    """
    ends: list[list[tuple[float, float]]] = []
    places: dict[int, Place] = {}
    for number in sorted(range(len(wanted)), key=lambda n: (-wanted[n][0], n)):
        position, width = wanted[number]
        start = max(left, min(position, right - width))
        taken = (row for row, spans in enumerate(ends) if _is_free(spans, start, start + width, gap))
        row = next(taken, len(ends))
        if row == len(ends):
            ends.append([])
        ends[row].append((start, start + width))
        places[number] = Place(start, row)
    return [places[number] for number in range(len(wanted))]


def _is_free(spans: Iterable[tuple[float, float]], start: float, end: float, gap: float) -> bool:
    return all(end + gap <= begun or start >= ended + gap for begun, ended in spans)


def grid(first: date, last: date, width: float, size: float = SMALL) -> list[tuple[date, str]]:
    """Return the days at which the time line is marked, with their labels, as close as they stand apart.

    Steps of a year or more are marked 2025, shorter ones 2025-03.
    """
    days = max(1, (last - first).days)
    for step in STEPS:
        letters = YEAR if step >= MONTHS_A_YEAR else MONTH
        room = svg.width_of("2025-03"[:letters], size) + GAP
        # No month has more than 31 days, so these would stand too close without a look at each.
        if width * step * 31 / days < room and step != STEPS[-1]:
            continue
        marked = [(day, day.isoformat()[:letters]) for day in _firsts(first, last, step)]
        apart = [width * (b[0] - a[0]).days / days for a, b in pairwise(marked)]
        if step == STEPS[-1] or all(space >= room for space in apart):
            return marked
    return []


def _firsts(first: date, last: date, step: int) -> list[date]:
    """Return the first days of every `step` months between two days, counted from January of year 0."""
    months = first.year * MONTHS_A_YEAR + first.month - 1
    months += (-months) % step
    found = []
    while (day := _first_of(months)) is not None and day <= last:
        if day >= first:
            found.append(day)
        months += step
    return found


def _first_of(months: int) -> date | None:
    year, month = divmod(months, MONTHS_A_YEAR)
    return date(year, month + 1, 1) if year <= date.max.year else None


def spread(days: Iterable[date], *, until: date | None, years: int) -> tuple[date, date]:
    """Return the first and last day of a picture of these days, with a little more on both sides.

    What merely lies ahead, `until`, is in it when it is at most `years` after the last of them.
    """
    known = sorted(days)
    last = known[-1]
    if until is not None:
        horizon = dates.add_months(last, years * MONTHS_A_YEAR) if last.year + years <= date.max.year else date.max
        last = max(last, min(until, horizon))
    pad = max(10, (last - known[0]).days // 25)
    # The calendar has a first and a last day; one is left free behind the last for what ends then.
    begin, end = known[0].toordinal() - pad, last.toordinal() + pad
    return date.fromordinal(max(begin, 1)), date.fromordinal(min(end, date.max.toordinal() - 1))
