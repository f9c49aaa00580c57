"""Finding organisations by any part of any name they had; two characters suffice.

Every name that became known is one row of the timeline, and the index holds that row's bigrams under
its id: nothing is ever changed or taken out of it. SQLite keeps the bigrams in an FTS5 table without
positions (design, "Search"), PostgreSQL in an array with a GIN index; either gives candidates, and
the name itself is compared before it counts.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import polars as pl
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 2
# Candidates read from the index at a time; a common bigram has many, a rare one few.
PAGE = 500
# Only letters and digits count: brackets, spaces and punctuation are written in many ways.
_OTHER = r"[^\p{L}\p{N}]"
_OTHER_IN_PYTHON = re.compile(r"[\W_]", re.UNICODE)

_CANDIDATES = {
    "sqlite": """
        SELECT e.id, e.organisation_id, e.name FROM register_names AS n
        JOIN register_organisationevent AS e ON e.id = n.rowid
        WHERE register_names MATCH %(grams)s AND n.rowid > %(after)s ORDER BY n.rowid LIMIT %(page)s""",
    "postgresql": """
        SELECT e.id, e.organisation_id, e.name FROM register_names AS n
        JOIN register_organisationevent AS e ON e.id = n.id
        WHERE n.grams @> string_to_array(%(grams)s, ' ') AND n.id > %(after)s ORDER BY n.id LIMIT %(page)s""",
}
# The merge of an import runs one of these with the name of its staged table (columns id and grams).
INDEX = {
    "sqlite": "INSERT INTO register_names (rowid, grams) SELECT id, grams FROM {staged} ORDER BY id",
    "postgresql": "INSERT INTO register_names (id, grams) SELECT id, string_to_array(grams, ' ') FROM {staged}",
}


def fold(text: str) -> str:
    """Return the letters and digits of a name in one width and case: what a search compares."""
    return _OTHER_IN_PYTHON.sub("", unicodedata.normalize("NFKC", text).lower())


def grams(text: str) -> list[str]:
    """Return the distinct bigrams of a name, folded; empty for fewer than two characters."""
    folded = fold(text)
    return sorted({folded[i : i + SHORTEST] for i in range(len(folded) - 1)})


def grams_of(names: pl.Expr) -> pl.Expr:
    """Return the same bigrams for a whole column, joined by spaces, without a loop in Python."""
    folded = names.str.normalize("NFKC").str.to_lowercase().str.replace_all(_OTHER, "")
    even, odd = folded.str.extract_all("(?s).."), folded.str.slice(1).str.extract_all("(?s)..")
    return pl.concat_list(even, odd).list.unique().list.sort().list.join(" ")


def organisations(text: str, limit: int) -> list[int]:
    """Return the ids of the first organisations with the text in a name they have or had, oldest first."""
    wanted = fold(text)
    if len(wanted) < SHORTEST:
        return []
    found: dict[int, None] = {}
    for organisation_id, name in _candidates(grams(text)):
        if wanted in fold(name):
            found[organisation_id] = None
            if len(found) == limit:
                break
    return list(found)


def _candidates(wanted: list[str]) -> Iterator[tuple[int, str]]:
    # A bigram is letters and digits only, so quoting it leaves nothing for FTS5 to interpret.
    sqlite = connection.vendor == "sqlite"
    text = " ".join(f'"{g}"' for g in wanted) if sqlite else " ".join(wanted)
    after = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_CANDIDATES[connection.vendor], {"grams": text, "after": after, "page": PAGE})
            rows = cursor.fetchall()
        for event_id, organisation_id, name in rows:
            after = event_id
            yield organisation_id, name
        if len(rows) < PAGE:
            return
