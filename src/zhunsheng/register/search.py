"""Finding organisations by any part of any name they had; two characters suffice.

Every name that became known is one row of the timeline, and the index holds that row's bigrams under
its id: nothing is ever changed or taken out of it. SQLite keeps the bigrams in an FTS5 table without
positions (design, "Search"), PostgreSQL in an array with a GIN index; either gives candidates, and
the name itself is compared before it counts.

Candidates come in the order of their ids, a block at a time; within a block the better names come
first. So the first page costs one block, however many names fit, and a later page goes on exactly
where the last one ended, whatever has been added since.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl
from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

SHORTEST = 2
# Candidates read from the index at a time: few for the first page, more where one goes on.
FIRST_BLOCK, BLOCK = 60, 500
# Only letters and digits count: brackets, spaces and punctuation are written in many ways.
_OTHER = r"[^\p{L}\p{N}]"
_OTHER_IN_PYTHON = re.compile(r"[\W_]", re.UNICODE)

# ruff: noqa: S608 - every piece of SQL put together here is this file's own text; values are bound.

# The earliest name of each organisation tells which candidates need a look at the names before.
_EARLIEST = "(SELECT MIN(f.id) FROM register_organisationevent AS f WHERE f.organisation_id = e.organisation_id)"
_CANDIDATES = {
    "sqlite": f"""
        SELECT e.id, e.organisation_id, e.name, {_EARLIEST} FROM register_names AS n
        JOIN register_organisationevent AS e ON e.id = n.rowid
        WHERE register_names MATCH %(grams)s AND n.rowid > %(after)s {{upto}} ORDER BY n.rowid LIMIT %(size)s""",
    "postgresql": f"""
        SELECT e.id, e.organisation_id, e.name, {_EARLIEST} FROM (
          SELECT n.id FROM register_names AS n
          WHERE n.grams @> string_to_array(%(grams)s, ' ') AND n.id > %(after)s {{upto}}
          ORDER BY n.id LIMIT %(size)s) AS n
        JOIN register_organisationevent AS e ON e.id = n.id ORDER BY e.id""",
}
_UPTO = {"sqlite": "AND n.rowid <= %(upto)s", "postgresql": "AND n.id <= %(upto)s"}
_NAMES_BEFORE = "SELECT name FROM register_organisationevent WHERE organisation_id = %s AND id < %s"
# The merge of an import runs one of these with the name of its staged table (columns id and grams).
INDEX = {
    "sqlite": "INSERT INTO register_names (rowid, grams) SELECT id, grams FROM {staged} ORDER BY id",
    "postgresql": "INSERT INTO register_names (id, grams) SELECT id, string_to_array(grams, ' ') FROM {staged}",
}


@dataclass(frozen=True, slots=True, order=True)
class Rank:
    """How well a name fits: the whole name first, then its beginning, then shorter names, then older entries."""

    not_whole: bool
    not_beginning: bool
    length: int
    organisation: int


@dataclass(frozen=True, slots=True)
class Block:
    """The organisations that fit among the candidates behind one id up to another, the best names first."""

    after: int
    upto: int
    ranks: tuple[Rank, ...]
    last: bool


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
    """Return the ids of the first organisations with the text in a name they have or had, the best names first."""
    found: list[int] = []
    for block in blocks(text):
        found += [rank.organisation for rank in block.ranks]
        if len(found) >= limit:
            break
    return found[:limit]


def blocks(text: str, *, after: int = 0, upto: int | None = None) -> Iterator[Block]:
    """Yield the candidates for a text block by block; `upto` closes the first one, which had been read before."""
    if len(fold(text)) < SHORTEST:
        return
    size = FIRST_BLOCK if after == 0 else BLOCK
    while True:
        block = _block(text, after, upto, size)
        yield block
        if block.last:
            return
        after, upto, size = block.upto, None, BLOCK


def _block(text: str, after: int, upto: int | None, size: int) -> Block:
    rows = _candidates(grams(text), after, upto, size)
    wanted = fold(text)
    ranks: dict[int, Rank] = {}
    for event, organisation, name, earliest in rows:
        folded = fold(name)
        if wanted not in folded or organisation in ranks:
            continue
        if earliest == event or not _found_before(wanted, organisation, event):
            ranks[organisation] = Rank(folded != wanted, not folded.startswith(wanted), len(folded), organisation)
    ended = upto is None and len(rows) < size
    return Block(after, upto or (rows[-1][0] if rows else after), tuple(sorted(ranks.values())), ended)


def _candidates(wanted: list[str], after: int, upto: int | None, size: int) -> list[tuple[int, int, str, int]]:
    # A bigram is letters and digits only, so quoting it leaves nothing for FTS5 to interpret.
    engine = connection.vendor
    text = " ".join(f'"{g}"' for g in wanted) if engine == "sqlite" else " ".join(wanted)
    bound: dict[str, str | int] = {"grams": text, "after": after, "size": size}
    if upto is not None:
        # A closed block was read before, so it has no more candidates than a block.
        bound |= {"upto": upto, "size": max(size, BLOCK)}
    sql = _CANDIDATES[engine].format(upto="" if upto is None else _UPTO[engine])
    with connection.cursor() as cursor:
        cursor.execute(sql, bound)
        return list(cursor.fetchall())


def _found_before(wanted: str, organisation: int, event: int) -> bool:
    """Tell whether an earlier name of the organisation fits too: it was found there already."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES_BEFORE, [organisation, event])
        return any(wanted in fold(name) for (name,) in cursor.fetchall())
