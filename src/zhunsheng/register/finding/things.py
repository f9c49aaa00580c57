"""The questions that pages, commands and programs ask: pages of things, a count, facets, near misses."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

from zhunsheng.codes import regions
from zhunsheng.register.finding import filters, hits, holders
from zhunsheng.register.finding.asking import Query, What
from zhunsheng.register.finding.page import MOST_COUNTED, Count, Cursor, Facets, Page, Value
from zhunsheng.register.finding.reach import PUBLIC_HITS, reach_for
from zhunsheng.register.models import Body, Certificate, Organisation
from zhunsheng.register.policy import State
from zhunsheng.standards import policy as schemes
from zhunsheng.standards import queries as standards

if TYPE_CHECKING:
    from datetime import date

    from zhunsheng.people.policy import Viewer

# The values of a facet that are shown; the rest is found by narrowing another one first.
MOST_VALUES = 40
# Characters of numbers and codes that are taken for one another.
ALIKE = ("0O", "1IL")
_MOST_SWAPS = 2
_MOST_VARIANTS = 400


def certificates(
    query: Query,
    *,
    viewer: Viewer,
    today: date,
    after: Cursor | None = None,
    limit: int = PUBLIC_HITS,
    bulk: bool = False,
) -> Page[Certificate]:
    """Return a page of the certificates that fit, with body, organisation and scheme.

    Without `bulk` there is one page of at most PUBLIC_HITS. Raises NotPermitted for a bulk reading of
    whoever may not, TooWide for a public one that picks nothing out.
    """
    limit, place = _bounded(limit, after, bulk=bulk)
    asked = filters.ask(query, reach_for(query, viewer, bulk=bulk), today)
    found = hits.find(asked, after=place, limit=limit)
    rows = Certificate.objects.select_related("body", "organisation", "scheme").in_bulk([hit.id for hit in found.hits])
    return Page([rows[hit.id] for hit in found.hits if hit.id in rows], _next(found.place, bulk=bulk))


def organisations(
    query: Query,
    *,
    viewer: Viewer,
    today: date,
    after: Cursor | None = None,
    limit: int = PUBLIC_HITS,
    bulk: bool = False,
) -> Page[Organisation]:
    """Return a page of the organisations that fit; bounds and errors as for certificates.

    The text stands in a present or former name; where the query asks something of certificates, one
    certificate of the organisation fits it all.
    """
    limit, place = _bounded(limit, after, bulk=bulk)
    asked = filters.ask(query, reach_for(query, viewer, bulk=bulk), today)
    found = holders.find(asked, after=place, limit=limit)
    rows = Organisation.objects.in_bulk(found.ids)
    return Page([rows[pk] for pk in found.ids if pk in rows], _next(found.place, bulk=bulk))


def bodies(
    query: Query, *, viewer: Viewer, after: Cursor | None = None, limit: int = PUBLIC_HITS, bulk: bool = False
) -> Page[Body]:
    """Return a page of the certification bodies with this number or part of a name, by approval number.

    The table of approved bodies is short and public, so no reach limits it. Errors as for certificates.
    """
    limit, place = _bounded(limit, after, bulk=bulk)
    reach_for(query, viewer, bulk=bulk)
    found = filters.bodies_like(query.body or query.text) if query.body or query.text else list(Body.objects.all())
    found = [body for body in found if not query.region or body.region == query.region]
    rest = [body for body in found if place is None or body.approval_no > str(place[0])]
    ended = len(rest) <= limit
    return Page(rest[:limit], _next(None if ended else (rest[limit - 1].approval_no,), bulk=bulk))


def counted(query: Query, *, viewer: Viewer, today: date, cap: int = MOST_COUNTED, bulk: bool = False) -> Count:
    """Count the certificates, organisations or bodies that fit, up to `cap`; without a kind, certificates."""
    if query.what is What.BODIES:
        return Count(len(bodies(query, viewer=viewer, limit=cap, bulk=bulk).rows), exact=True)
    asked = filters.ask(query, reach_for(query, viewer, bulk=bulk), today)
    if query.what is What.ORGANISATIONS:
        found = holders.find(asked, after=None, limit=cap)
        return Count(len(found.ids), exact=found.place is None)
    hit = hits.find(asked, after=None, limit=cap, budget=hits.BUDGET_OF_A_COUNT)
    return Count(len(hit.hits), exact=hit.place is None)


def facets(query: Query, *, viewer: Viewer, today: date, bulk: bool = False) -> Facets:
    """Divide the certificates that fit by scheme, region, state as of today, and body.

    Exact while they can all be counted (up to MOST_COUNTED); otherwise the values that may narrow the
    search are given uncounted.
    """
    asked = filters.ask(query, reach_for(query, viewer, bulk=bulk), today)
    found = hits.find(asked, after=None, limit=MOST_COUNTED, budget=hits.BUDGET_OF_A_COUNT)
    total = Count(len(found.hits), exact=found.place is None)
    if not total.exact:
        return Facets(total, _uncounted(query, asked))
    codes = {pk: code for code, pk in standards.scheme_ids().items()}
    day = today.isoformat()
    numbers = dict(Body.objects.values_list("id", "approval_no"))
    return Facets(
        total,
        {
            "scheme": _values(Counter(codes[hit.scheme] for hit in found.hits)),
            "region": _values(Counter(hit.region for hit in found.hits)),
            "state": _values(Counter(_today(hit, day) for hit in found.hits)),
            "body": _values(Counter(numbers[hit.body] for hit in found.hits)),
        },
    )


def _today(hit: hits.Hit, day: str) -> str:
    ended = hit.state in filters.LIVE and hit.expires_on is not None and hit.expires_on < day
    return State.EXPIRED if ended else hit.state


def _values(counts: Counter[str]) -> list[Value]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Value(code, n) for code, n in ordered[:MOST_VALUES]]


def _uncounted(query: Query, asked: filters.Asked) -> dict[str, list[Value]]:
    ids = standards.scheme_ids()
    leaves = [leaf.code for leaf in schemes.tree().leaves() if ids.get(leaf.code) in asked.schemes]
    return {
        "scheme": [Value(code, None) for code in leaves],
        "region": [Value(code, None) for code in ([query.region] if query.region else regions.BY_CODE)],
        "state": [Value(state, None) for state in ([query.state] if query.state else State)],
        "body": [],
    }


def near(query: Query) -> list[str]:
    """Return the numbers and codes in the register that a reader may have meant: 0 for O, 1 for I or l."""
    number = query.number
    if not number.isascii() or len(number) < len("CNCA"):
        return []
    variants = _variants(number)
    numbers = set(Certificate.objects.filter(number__in=variants).values_list("number", flat=True))
    keys = set(Organisation.objects.filter(key__in=variants).values_list("key", flat=True))
    approved = set(Body.objects.filter(approval_no__in=variants).values_list("approval_no", flat=True))
    return sorted((numbers | keys | approved) - {number})


def _variants(number: str) -> list[str]:
    """Return a number with up to two characters taken for others, and with all of one kind."""
    mates = {character: group.replace(character, "") for group in ALIKE for character in group}
    places = [place for place, character in enumerate(number) if character in mates]
    found = {number.translate(str.maketrans("OIL", "011")), number.translate(str.maketrans("01", "OI"))}
    for swaps in range(1, _MOST_SWAPS + 1):
        for chosen in combinations(places, swaps):
            texts = [number]
            for place in chosen:
                texts = [t[:place] + mate + t[place + 1 :] for t in texts for mate in mates[number[place]]]
            found.update(texts)
            if len(found) >= _MOST_VARIANTS:
                return sorted(found)
    return sorted(found)


def _bounded(limit: int, after: Cursor | None, *, bulk: bool) -> tuple[int, tuple[str | int, ...] | None]:
    """Return how many rows and from where: without bulk only the first ones, whatever was asked."""
    if not bulk:
        return min(limit, PUBLIC_HITS), None
    return limit, after.place if after else None


def _next(place: tuple[str | int, ...] | None, *, bulk: bool) -> Cursor | None:
    # A public reader learns that there is more, but nothing that could be followed.
    return Cursor(place if bulk else ()) if place is not None else None
