"""Certificates that fit a query, as light rows in a fixed order, with bounded work.

The order is scheme, stored state, id: that of the index `register_cert_found`, which holds every
column that a filter asks for but the organisation's. A search that has a small source (one number,
a small body, a small region, one organisation) reads that whole; any other walks the index in
windows and stops when it has enough or has examined `BUDGET` entries: then it says where to go on.
"""

# ruff: noqa: S608 - every piece of SQL put together here is this room's own text; values are bound.

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection

from zhunsheng.register import search
from zhunsheng.register.finding.filters import Conditions, marks, together
from zhunsheng.register.finding.page import parts
from zhunsheng.register.policy import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from zhunsheng.register.finding.filters import Asked, Bound

# A source with no more than so many certificates, or organisations, is read whole.
SMALL, SMALL_ORGANISATIONS = 20_000, 4_000
# What one page, and one count, may cost, in entries of the index; a page may look through the nation.
BUDGET, BUDGET_OF_A_COUNT = 5_000_000, 600_000
# Entries in the first window, and how much dearer one is that needs its organisation, or the certificate's own row.
WINDOW = 4_000
_COST_OF_HOLDER, _COST_OF_ROW = 3, 8
# What comparing a name and looking up its holder's certificates costs.
_COST_OF_NAME = 50
_GROWTH = 4
# Values in one list of SQL: SQLite binds at most 32,766, and shorter lists are planned faster.
_LIST = 500
BY_SCHEME, BY_NAME = "scheme", "name"


class Hit(NamedTuple):
    """A certificate as counting needs it: ids, the stored state, the end date as text, its organisation's region."""

    id: int
    scheme: int
    state: str
    expires_on: str | None
    body: int
    organisation: int
    region: str


@dataclass(frozen=True, slots=True)
class Found:
    """Hits in order, and the place where the search goes on; None when it is at its end."""

    hits: list[Hit]
    place: tuple[str | int, ...] | None


# A day as text is the same on both engines, and is compared as it stands.
_COLUMNS = "c.id, c.scheme_id, c.state, CAST(c.expires_on AS text), c.body_id, c.organisation_id, o.region"
_JOINED = "register_certificate AS c JOIN register_organisation AS o ON o.id = c.organisation_id"


def find(asked: Asked, *, after: tuple[str | int, ...] | None, limit: int, budget: int = BUDGET) -> Found:
    """Return the next hits of a search behind a place, at most `limit`, fewer when the budget is spent."""
    if asked.impossible:
        return Found([], None)
    if asked.query.text and not _numbered(asked):
        return _named(asked, after, limit, budget)
    place = _place(after)
    source = small_source(asked)
    if source is None:
        return _walked(asked, place, limit, max(1, budget // _cost(asked)))
    hits = sorted(whole(asked, source), key=_order)
    rest = [hit for hit in hits if place is None or _order(hit) > place]
    return Found(rest[:limit], _after(rest[limit - 1]) if len(rest) > limit else None)


def _order(hit: Hit) -> tuple[int, str, int]:
    return hit.scheme, hit.state, hit.id


def _after(hit: Hit) -> tuple[str | int, ...]:
    return BY_SCHEME, *_order(hit)


def _place(after: tuple[str | int, ...] | None) -> tuple[int, str, int] | None:
    """Return the place behind which to go on; one of another way of searching begins anew."""
    if after is None or len(after) != len(("way", "scheme", "state", "id")) or after[2] not in set(State):
        return None
    numbers = parts((after[0], after[1], after[3]), BY_SCHEME, 2)
    return (numbers[0], str(after[2]), numbers[1]) if numbers else None


# ---- small sources ---------------------------------------------------------------------------------


def small_source(asked: Asked) -> Conditions | None:
    """Return the condition of a source that is small enough to be read whole."""
    found = Conditions()
    if asked.query.text:
        found.add(
            "c.number = %s OR c.organisation_id IN (SELECT id FROM register_organisation WHERE key = %s)",
            asked.query.number,
            asked.query.number,
        )
        return found
    if asked.reach.only_organisations:
        keys = asked.reach.organisations
        found.add(f"c.organisation_id IN (SELECT id FROM register_organisation WHERE key IN ({marks(keys)}))", *keys)
        return found
    bodies = asked.bodies or (asked.own_bodies if asked.reach.only_bodies else ())
    if bodies and _at_most("register_certificate", f"body_id IN ({marks(bodies)})", bodies, SMALL):
        found.add(f"c.body_id IN ({marks(bodies)})", *bodies)
        return found
    for source in (_region(asked), _partition(asked), _expired(asked)):
        if source is not None:
            return source
    return None


def _region(asked: Asked) -> Conditions | None:
    found = Conditions()
    region = [asked.query.region] if asked.query.region else list(asked.reach.regions[:1])
    if not region or not _at_most("register_organisation", "region = %s", region, SMALL_ORGANISATIONS):
        return None
    found.add("c.organisation_id IN (SELECT id FROM register_organisation WHERE region = %s)", *region)
    return found if asked.query.region or (asked.reach.regions == tuple(region) and asked.reach.only_regions) else None


def _partition(asked: Asked) -> Conditions | None:
    """Return the schemes and states asked for, where few certificates are in them."""
    bound: list[Bound] = [*asked.schemes, *asked.states]
    condition = f"scheme_id IN ({marks(asked.schemes)}) AND state IN ({marks(asked.states)})"
    if not _at_most("register_certificate", condition, bound, SMALL):
        return None
    found = Conditions()
    found.add(f"c.scheme_id IN ({marks(asked.schemes)}) AND c.state IN ({marks(asked.states)})", *bound)
    return found


# An end date that has passed is a next date that has passed, which is indexed.
_PAST = "state IN ('valid', 'suspended') AND next_on < %s"
_PAST_OF_C = "c.state IN ('valid', 'suspended') AND c.next_on < %s"


def _expired(asked: Asked) -> Conditions | None:
    """Return what has expired, by its date or by report, where that is little."""
    if asked.query.state != State.EXPIRED:
        return None
    stored = f"scheme_id IN ({marks(asked.schemes)}) AND state = 'expired'"
    few = _at_most("register_certificate", _PAST, [asked.today], SMALL)
    if not few or not _at_most("register_certificate", stored, asked.schemes, SMALL):
        return None
    found = Conditions()
    found.add(
        f"({_PAST_OF_C}) OR (c.scheme_id IN ({marks(asked.schemes)}) AND c.state = 'expired')",
        asked.today,
        *asked.schemes,
    )
    return found


def _at_most(table: str, condition: str, bound: Sequence[Bound], most: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM (SELECT 1 FROM {table} WHERE {condition} LIMIT {most + 1}) AS few", bound)
        return int(cursor.fetchall()[0][0]) <= most


def _numbered(asked: Asked) -> bool:
    """Tell whether the text is a certificate's number or an organisation's code, rather than part of a name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM register_certificate WHERE number = %s UNION ALL "
            "SELECT 1 FROM register_organisation WHERE key = %s LIMIT 1",
            [asked.query.number, asked.query.number],
        )
        return bool(cursor.fetchall())


def whole(asked: Asked, source: Conditions) -> list[Hit]:
    """Return every hit within a small source, in no order."""
    # Materialised, so that no engine thinks of starting from another filter.
    conditions = asked.everything
    return _select(
        f"WITH few AS MATERIALIZED (SELECT c.id FROM register_certificate AS c WHERE {source.sql}) "
        f"SELECT {_COLUMNS} FROM few JOIN register_certificate AS c ON c.id = few.id "
        f"JOIN register_organisation AS o ON o.id = c.organisation_id "
        f"WHERE {conditions.sql}",
        [*source.bound, *conditions.bound],
    )


# ---- the walk along the index ----------------------------------------------------------------------


def _walked(asked: Asked, place: tuple[int, str, int] | None, limit: int, budget: int) -> Found:
    """Walk the index scheme by scheme and state by state, in windows that grow while little is found."""
    hits: list[Hit] = []
    left, window = budget, WINDOW
    for scheme in asked.schemes:
        for state in asked.states:
            if place is not None and (scheme, state) < place[:2]:
                continue
            after = place[2] if place is not None and (scheme, state) == place[:2] else 0
            while True:
                if left <= 0:
                    return Found(hits, (BY_SCHEME, scheme, state, after))
                size = min(window, left)
                end, examined = _window(scheme, state, after, size)
                if not examined:
                    break
                hits += _between(asked, scheme, state, after, end, limit + 1 - len(hits))
                if len(hits) > limit:
                    return Found(hits[:limit], _after(hits[limit - 1]))
                left -= examined
                after = end
                if examined < size:
                    break
                window *= _GROWTH
    return Found(hits, None)


def _cost(asked: Asked) -> int:
    """Return what examining one entry costs."""
    if any("c.basis" in term or "c.national_code" in term for term in asked.of_certificate.terms):
        return _COST_OF_ROW
    return _COST_OF_HOLDER if asked.of_organisation.terms or asked.reached.terms else 1


def _window(scheme: int, state: str, after: int, size: int) -> tuple[int, int]:
    """Return the last id of the next entries of one scheme and state, and how many they are, at most `size`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT MAX(id), COUNT(*) FROM (SELECT id FROM register_certificate "
            "WHERE scheme_id = %s AND state = %s AND id > %s ORDER BY id LIMIT %s) AS entries",
            [scheme, state, after, size],
        )
        last, examined = cursor.fetchall()[0]
        return last or after, int(examined)


def _between(asked: Asked, scheme: int, state: str, after: int, end: int, limit: int) -> list[Hit]:
    conditions = together(asked.of_certificate, asked.of_organisation, asked.reached)
    return _select(
        f"SELECT {_COLUMNS} FROM {_JOINED} WHERE c.scheme_id = %s AND c.state = %s AND c.id > %s AND c.id <= %s "
        f"AND {conditions.sql} ORDER BY c.id LIMIT %s",
        [scheme, state, after, end, *conditions.bound, limit],
    )


# ---- by name ---------------------------------------------------------------------------------------


def _named(asked: Asked, after: tuple[str | int, ...] | None, limit: int, budget: int) -> Found:
    """Find the certificates of organisations by part of a name, block by block of the index of names.

    Where the other filters leave few certificates, those are read and their holders' names compared.
    """
    narrow = small_source(_textless(asked))
    if narrow is not None:
        return _named_among(asked, narrow, after, limit)
    hits: list[Hit] = []
    examined = 0
    start, upto, last = parts(after, BY_NAME, 3) or (0, 0, 0)
    for block in search.blocks(asked.query.text, after=start, upto=upto or None):
        found = sorted(of_organisations(asked, [rank.organisation for rank in block.ranks]), key=lambda hit: hit.id)
        fresh = [hit for hit in found if hit.id > last]
        room = limit - len(hits)
        hits += fresh[:room]
        if len(fresh) > room or (len(hits) == limit and not block.last):
            edge = fresh[room - 1].id if room else last
            return Found(hits, (BY_NAME, block.after, block.upto, edge))
        last = 0
        examined += _COST_OF_NAME * max(1, len(block.ranks))
        if examined > budget and not block.last:
            return Found(hits, (BY_NAME, block.upto, 0, 0))
    return Found(hits, None)


def _textless(asked: Asked) -> Asked:
    return replace(asked, query=asked.query.without("text"))


def _named_among(asked: Asked, source: Conditions, after: tuple[str | int, ...] | None, limit: int) -> Found:
    hits = sorted(whole(asked, source), key=_order)
    named = _with_the_text(asked.query.text, {hit.organisation for hit in hits})
    place = _place(after)
    rest = [h for h in hits if h.organisation in named and (place is None or _order(h) > place)]
    return Found(rest[:limit], _after(rest[limit - 1]) if len(rest) > limit else None)


def _with_the_text(text: str, organisations: set[int]) -> set[int]:
    wanted = search.fold(text)
    found: set[int] = set()
    if len(wanted) < search.SHORTEST:
        return found
    for some in lists(sorted(organisations)):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT organisation_id, name FROM register_organisationevent "
                f"WHERE organisation_id IN ({marks(some)})",
                some,
            )
            found |= {pk for pk, name in cursor.fetchall() if wanted in search.fold(name)}
    return found


def of_organisations(asked: Asked, organisations: Sequence[int]) -> list[Hit]:
    """Return the hits among the certificates of some organisations."""
    found: list[Hit] = []
    conditions = asked.everything
    for some in lists(organisations):
        found += _select(
            f"SELECT {_COLUMNS} FROM {_JOINED} WHERE c.organisation_id IN ({marks(some)}) AND {conditions.sql}",
            [*some, *conditions.bound],
        )
    return found


def lists(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield ids in lists that SQL can take."""
    for start in range(0, len(values), _LIST):
        yield values[start : start + _LIST]


def _select(sql: str, bound: Sequence[Bound]) -> list[Hit]:
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return [Hit(*row) for row in cursor.fetchall()]
