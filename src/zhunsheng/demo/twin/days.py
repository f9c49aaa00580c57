"""Days as whole numbers for whole columns at once: days since 1990-01-01."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from zhunsheng.codes import dates

if TYPE_CHECKING:
    from numpy.typing import NDArray

ORIGIN = date(1990, 1, 1)
LAST = date(2045, 12, 31)
DAYS = (LAST - ORIGIN).days + 1
_ALL = [ORIGIN + timedelta(day) for day in range(DAYS)]
_TEXT = pl.Series([day.isoformat() for day in _ALL])
_YEAR = np.array([day.year for day in _ALL])
FRIDAY = 4


def number(day: date) -> int:
    """Return the day's number; days from 1990 to 2045 are known."""
    return (day - ORIGIN).days


def text(days: NDArray[Any]) -> pl.Series:
    """Return the days as 2026-01-31."""
    return _TEXT.gather(days)


def year(days: NDArray[Any]) -> NDArray[np.int64]:
    """Return the years of the days."""
    return np.asarray(_YEAR[days])


def workday(days: NDArray[Any]) -> NDArray[Any]:
    """Return each day, or the Friday before it when it is a Saturday or Sunday."""
    weekday = (days + ORIGIN.weekday()) % 7
    return np.asarray(days - np.maximum(weekday - FRIDAY, 0))


def add_years(days: NDArray[Any], years: NDArray[Any]) -> NDArray[np.int64]:
    """Return the days so many years later, earlier when negative; 29 February becomes the 28th."""
    found = np.empty(len(days), np.int64)
    for step in np.unique(years):
        rows = years == step
        wanted, where = np.unique(days[rows], return_inverse=True)
        moved = [number(dates.add_months(_ALL[day], 12 * int(step))) for day in wanted]
        found[rows] = np.array(moved)[where]
    return found
