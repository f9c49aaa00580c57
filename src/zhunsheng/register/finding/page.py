"""What a search gives back: a page with the place where it goes on, a count, facets."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Generic, TypeVar

from zhunsheng.codes.errors import N_
from zhunsheng.register.finding.asking import BadQuery

Row = TypeVar("Row")
# Counting stops here (design, "Search"): more is "10,000+".
MOST_COUNTED = 10_000
_LONGEST_TOKEN = 400
# Both engines' keys.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the last thing's place in the order, as its query keeps it.

    It names a place, not a number of rows, so what is added meanwhile moves nothing.
    """

    place: tuple[str | int, ...]

    def token(self) -> str:
        """Return it for an address."""
        return urlsafe_b64encode(json.dumps(self.place, ensure_ascii=False).encode()).decode().rstrip("=")


def cursor(token: str) -> Cursor | None:
    """Read what `Cursor.token` wrote; None for an empty one. Raises BadQuery for anything else."""
    if not token:
        return None
    refused = BadQuery(N_("%(field)s：续页标记无法识别，请从第一页重新查询"), field="after")
    if len(token) > _LONGEST_TOKEN:
        raise refused
    try:
        place = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        raise refused from None
    if not isinstance(place, list) or not place or any(type(part) not in {int, str} for part in place):
        raise refused
    return Cursor(tuple(place))


def parts(place: tuple[str | int, ...] | None, way: str, *lengths: int) -> tuple[int, ...] | None:
    """Return the numbers of a place in one way's order; None for one of another way, or of no known shape.

    Cursors come from outside: what could not have been written here begins anew.
    """
    if place is None or place[:1] != (way,) or len(place) - 1 not in lengths:
        return None
    numbers = tuple(part for part in place[1:] if isinstance(part, int) and 0 <= part <= _LARGEST)
    return numbers if len(numbers) == len(place) - 1 else None


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and where the next ones begin; None when there are no more.

    A search for something rare may end a page early (its work is bounded): such a page has fewer
    rows than asked for, perhaps none, and a `next`.
    """

    rows: list[Row]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are; when not `exact`, at least so many were seen before counting stopped."""

    n: int
    exact: bool


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: its code, what it is called in data (translated where shown), how many; None: uncounted."""

    code: str
    n: int | None


@dataclass(frozen=True, slots=True)
class Facets:
    """How the hits divide; `groups` by field of the query (scheme, region, state, body), most first."""

    total: Count
    groups: dict[str, list[Value]]
