"""Finding certificates, organisations and bodies: queries as values, pages by cursor, counts, facets, export.

A program reads a query with `read`, asks `certificates`, `organisations` or `bodies` for a `Page`, and
goes on with `page.next`. Everybody sees the first hits of a search that picks something out; `bulk=True` is
for whoever may read in bulk and reaches as far as they do (`reach_of`).

    query = read({"q": "科技", "region": "44", "state": "valid"})
    page = certificates(query, viewer=viewer, today=today, bulk=True, limit=100)
    more = certificates(query, viewer=viewer, today=today, bulk=True, limit=100, after=page.next)
"""

from zhunsheng.register.finding.asking import LABELS, PARAMETERS, BadQuery, Query, What, read
from zhunsheng.register.finding.page import MOST_COUNTED, Count, Cursor, Facets, Page, Value, cursor
from zhunsheng.register.finding.reach import PUBLIC_HITS, Reach, TooWide, reach_of
from zhunsheng.register.finding.saying import body_names, said, value_said
from zhunsheng.register.finding.things import bodies, certificates, counted, facets, near, organisations

__all__ = [
    "LABELS",
    "MOST_COUNTED",
    "PARAMETERS",
    "PUBLIC_HITS",
    "BadQuery",
    "Count",
    "Cursor",
    "Facets",
    "Page",
    "Query",
    "Reach",
    "TooWide",
    "Value",
    "What",
    "bodies",
    "body_names",
    "certificates",
    "counted",
    "cursor",
    "facets",
    "near",
    "organisations",
    "reach_of",
    "read",
    "said",
    "value_said",
]
