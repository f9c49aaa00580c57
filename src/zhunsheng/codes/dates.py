"""Calendar dates as the trade writes them; what is not clearly a date is None, never a guess."""

import re
from calendar import monthrange
from datetime import date

# The same separator twice: 2026-01-31, 2026/1/31; eight digits: 20260131; and 2026年1月31日.
_DAY_SHAPES = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"),
    re.compile(r"([0-9]{4})/([0-9]{1,2})/([0-9]{1,2})"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
    re.compile(r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*日"),
)
_MONTH_SHAPES = (
    re.compile(r"([0-9]{4})-([0-9]{1,2})"),
    re.compile(r"([0-9]{4})\s*年\s*([0-9]{1,2})\s*月"),
)
MONTHS_IN_A_YEAR = 12


def parse(text: str) -> date | None:
    """Read a day in one of the four written forms; None for anything else, a 30 February included."""
    for shape in _DAY_SHAPES:
        if found := shape.fullmatch(text.strip()):
            year, month, day = map(int, found.groups())
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return None


def add_months(day: date, n: int) -> date:
    """Return the day `n` months later (earlier when negative); a day the month does not have becomes its last.

    2028-02-29 plus 12 is 2029-02-28; 2026-01-31 plus 1 is 2026-02-28. ValueError outside the years 1 to 9999.
    """
    years, month = divmod(day.year * MONTHS_IN_A_YEAR + day.month - 1 + n, MONTHS_IN_A_YEAR)
    first = date(years, month + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def parse_month(text: str) -> str | None:
    """Read "2025-07" or "2025年7月" as "2025-07"; None for anything else."""
    for shape in _MONTH_SHAPES:
        if found := shape.fullmatch(text.strip()):
            year, month = map(int, found.groups())
            return f"{year:04d}-{month:02d}" if year and 1 <= month <= MONTHS_IN_A_YEAR else None
    return None


def month_end(month: str) -> date:
    """Return the last day of a month written "2025-07"; ValueError when it is not so written."""
    first = date.fromisoformat(f"{month}-01")
    return first.replace(day=monthrange(first.year, first.month)[1])
