"""Organisations that fit a query: by name the best first, otherwise in the order of arrival, with bounded work."""

# ruff: noqa: S608 - every piece of SQL put together here is this room's own text; values are bound.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from zhunsheng.register import search
from zhunsheng.register.finding import hits
from zhunsheng.register.finding.filters import Conditions, marks, together
from zhunsheng.register.finding.page import parts
from zhunsheng.register.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from zhunsheng.register.finding.filters import Asked

BY_NAME, BY_ID = "name", "id"
# Organisations examined for one page where each is asked for its certificates, and where none is.
BUDGET, BUDGET_ALONE = 20_000, 200_000
WINDOW = 2_000
# Names examined for one page or count.
BUDGET_NAMES = 30_000


@dataclass(frozen=True, slots=True)
class Found:
    """Ids of organisations in order, and the place where the search goes on; None when it is at its end."""

    ids: list[int]
    place: tuple[str | int, ...] | None


def find(asked: Asked, *, after: tuple[str | int, ...] | None, limit: int) -> Found:
    """Return the next organisations of a search behind a place, at most `limit`."""
    if asked.impossible:
        return Found([], None)
    if asked.query.text:
        whole = list(Organisation.objects.filter(key=asked.query.number).values_list("id", flat=True))
        return Found(fitting(asked, whole), None) if whole else _named(asked, after, limit)
    (start,) = parts(after, BY_ID, 1) or (0,)
    if asked.needs_a_certificate:
        source = hits.small_source(asked)
        if source is not None:
            ids = sorted({hit.organisation for hit in hits.whole(asked, source)})
            rest = [pk for pk in ids if pk > start]
            return Found(rest[:limit], (BY_ID, rest[limit - 1]) if len(rest) > limit else None)
    return _walked(asked, start, limit)


def fitting(asked: Asked, ids: Sequence[int]) -> list[int]:
    """Return those of some organisations that fit everything but the text, in the same order."""
    kept: set[int] = set()
    conditions = _conditions(asked)
    for some in hits.lists(ids):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT o.id FROM register_organisation AS o WHERE o.id IN ({marks(some)}) AND {conditions.sql}",
                [*some, *conditions.bound],
            )
            kept |= {pk for (pk,) in cursor.fetchall()}
    return [pk for pk in ids if pk in kept]


def _conditions(asked: Asked) -> Conditions:
    if not asked.needs_a_certificate:
        return together(asked.of_organisation, asked.reached)
    inner = asked.everything
    found = Conditions()
    found.add(
        f"EXISTS (SELECT 1 FROM register_certificate AS c WHERE c.organisation_id = o.id AND {inner.sql})",
        *inner.bound,
    )
    return found


def _named(asked: Asked, after: tuple[str | int, ...] | None, limit: int) -> Found:
    """Find by part of a name: within a block of candidates the better names come first."""
    found: list[int] = []
    examined = 0
    start, upto, *rank = parts(after, BY_NAME, 2, 6) or (0, 0)
    last = search.Rank(bool(rank[0]), bool(rank[1]), *rank[2:]) if rank else None
    for block in search.blocks(asked.query.text, after=start, upto=upto or None):
        ranks = [rank for rank in block.ranks if last is None or rank > last]
        fit = set(fitting(asked, [rank.organisation for rank in ranks]))
        fresh = [rank for rank in ranks if rank.organisation in fit]
        room = limit - len(found)
        found += [rank.organisation for rank in fresh[:room]]
        if len(fresh) > room or (len(found) == limit and not block.last):
            edge = fresh[room - 1]
            last_of_page = (int(edge.not_whole), int(edge.not_beginning), edge.length, edge.organisation)
            return Found(found, (BY_NAME, block.after, block.upto, *last_of_page))
        last = None
        examined += max(1, len(block.ranks))
        if examined > BUDGET_NAMES and not block.last:
            return Found(found, (BY_NAME, block.upto, 0))
    return Found(found, None)


def _walked(asked: Asked, start: int, limit: int) -> Found:
    """Walk the organisations in the order of their ids, in windows."""
    found: list[int] = []
    left = BUDGET if asked.needs_a_certificate else BUDGET_ALONE
    conditions = _conditions(asked)
    while left > 0:
        end, examined = _window(asked, start, min(WINDOW, left))
        if not examined:
            return Found(found, None)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT o.id FROM register_organisation AS o WHERE o.id > %s AND o.id <= %s AND {conditions.sql} "
                "ORDER BY o.id LIMIT %s",
                [start, end, *conditions.bound, limit + 1 - len(found)],
            )
            found += [pk for (pk,) in cursor.fetchall()]
        if len(found) > limit:
            return Found(found[:limit], (BY_ID, found[limit - 1]))
        start, left = end, left - examined
    return Found(found, (BY_ID, start))


def _window(asked: Asked, start: int, size: int) -> tuple[int, int]:
    """Return the last id of the next organisations, of the region asked for if one is, and how many they are."""
    within = "AND region = %s" if asked.query.region else ""
    bound = [asked.query.region] if asked.query.region else []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT MAX(id), COUNT(*) FROM (SELECT id FROM register_organisation WHERE id > %s {within} "
            "ORDER BY id LIMIT %s) AS following",
            [start, *bound, size],
        )
        last, examined = cursor.fetchall()[0]
        return last or start, int(examined)
