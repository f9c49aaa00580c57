"""From the staging tables into the register: worked out without the write lock, written in one transaction.

What is worked out holds as long as the register's highest keys are the same: whatever changes a
certificate or an organisation writes an event. Where somebody has, it is worked out again.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import connection
from django.db.models import Q

from zhunsheng.register import search
from zhunsheng.register.importing import late, recognising
from zhunsheng.register.importing import statements as sql
from zhunsheng.register.models import Body

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.importing.staging import Staging

WORKED_OUT = ("matched", "moves", "holder_changes", "named")
# Tables whose keys the merge gives itself, and the name of each one's base in the statements.
KEYED = {
    "certificates": "register_certificate",
    "organisations": "register_organisation",
    "organisation_events": "register_organisationevent",
    "events": "register_event",
}


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: staged lines that brought something new, and findings kept."""

    accepted: int
    findings: int


@dataclass
class _Merge:
    """One merge under way: the cursor, the words of its engine, and what is bound."""

    cursor: Any
    words: dict[str, str]
    bound: dict[str, object]
    tell: Callable[[str, int, int], None]
    done: int = 0

    def run(self, statement: str, **fragments: str) -> int:
        """Run one statement and return how many rows it touched."""
        self.cursor.execute(statement.format(**self.words, **fragments), self.bound)
        self.done += 1
        self.tell("merging", self.done, 0)
        return int(self.cursor.rowcount)

    def any(self, statement: str) -> bool:
        """Tell whether a SELECT finds anything."""
        self.cursor.execute(statement.format(**self.words))
        return bool(self.cursor.fetchall())


@dataclass(frozen=True, slots=True)
class Prepared:
    """A merge as it was worked out against the register: `bases` are the register's highest keys then."""

    bases: dict[str, object]


class Overtaken(Exception):
    """What was recognised when the file was staged has been changed by somebody else since."""


def prepare(place: Staging, ground: Ground, *, import_id: int, tell: Callable[[str, int, int], None]) -> Prepared:
    """Work out, without the register's write lock, what a merge will write."""
    with connection.cursor() as cursor, _reading(cursor):
        bases = _bases(cursor, place.engine)
        run = _run(cursor, place, ground, import_id, tell, bases)
        for statement in sql.NEW_TABLES.split(";"):
            run.run(statement)
        _work_out(run, ground)
    return Prepared(bases)


@contextmanager
def _reading(cursor: Any) -> Iterator[None]:
    """Hold one transaction that writes staging tables only; Django's own would take the register's write lock."""
    cursor.execute("BEGIN")
    try:
        yield
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    cursor.execute("COMMIT")


def merge(
    place: Staging, ground: Ground, prepared: Prepared, *, import_id: int, tell: Callable[[str, int, int], None]
) -> Merged:
    """Write what is staged and prepared. The caller holds the transaction; until it commits nobody sees anything.

    Raises Overtaken, with nothing written, when a row that was recognised is none that is known any more.
    """
    with connection.cursor() as cursor:
        if place.engine == "postgresql":
            for table in KEYED.values():
                cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        bases = _bases(cursor, place.engine)
        run = _run(cursor, place, ground, import_id, tell, bases)
        # On PostgreSQL a key may be given earlier and be seen later than a higher one.
        if bases != prepared.bases or place.engine == "postgresql":
            if run.any(recognising.NO_LONGER):
                raise Overtaken
            for table in WORKED_OUT:
                run.run(f"DELETE FROM {{s}}{table}")  # noqa: S608 - our own names
            _work_out(run, ground)
        words = sql.WORDS[place.engine]
        _holders(run, words)
        _certificates(run, words, ground)
        accepted = run.run(sql.ACCEPTED)
        found = _findings(run)
        cursor.execute(search.INDEX[place.engine].format(staged=f"{run.words['s']}named"))
        if place.engine == "postgresql":
            _keys_given(cursor)
        return Merged(accepted, found)


def _run(
    cursor: Any,
    place: Staging,
    ground: Ground,
    import_id: int,
    tell: Callable[[str, int, int], None],
    bases: dict[str, object],
) -> _Merge:
    words = asdict(sql.WORDS[place.engine])
    names = words | {"s": f"{place.schema}.", "date": "date" if place.engine == "postgresql" else "TEXT"}
    bound: dict[str, object] = {"known": ground.known_on, "source": import_id, "layout": ground.layout.name}
    return _Merge(cursor, names, bound | bases | {"round": 1}, tell)


def reported(bodies: set[int], known_on: date) -> None:
    """Write down that these bodies have reported, unless they have later."""
    earlier = Q(reported_on__isnull=True) | Q(reported_on__lt=known_on)
    Body.objects.filter(earlier, pk__in=bodies).update(reported_on=known_on)


def _bases(cursor: Any, engine: str) -> dict[str, object]:
    """Return the highest key of each table, given or to be given."""
    found: dict[str, object] = {}
    for name, table in KEYED.items():
        if engine == "postgresql":
            cursor.execute(
                f"SELECT GREATEST(COALESCE(MAX(id), 0), (SELECT last_value FROM {table}_id_seq)) FROM {table}"  # noqa: S608
            )
        else:
            cursor.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")  # noqa: S608 - our own names
        found[name] = cursor.fetchall()[0][0]
    return found


def _keys_given(cursor: Any) -> None:
    for table in KEYED.values():
        cursor.execute(f"SELECT setval('{table}_id_seq', GREATEST(1, (SELECT MAX(id) FROM {table})))")  # noqa: S608


def _work_out(run: _Merge, ground: Ground) -> None:
    """Compare what is staged with the register; everything goes into staging tables."""
    words = sql.WORDS["postgresql" if run.words["json"] == "jsonb" else "sqlite"]
    pieces = sql.holder_differences(words)
    run.run(sql.HOLDERS)
    run.run(sql.HOLDERS_KNOWN)
    run.run(sql.HOLDERS_DIFFER, **pieces)
    run.run(sql.HOLDERS_LATE_BUT_KNOWN)
    run.run(sql.HOLDERS_LATE_AND_NEW)
    pieces = sql.certificate_differences(words, ground) | {"moves": sql.MOVES}
    run.run(sql.MATCH, **pieces)
    if run.any(late.ANY):
        run.run(late.FIRST_HEARD)
        run.run(late.COMPARED, late_expires="l.expires_on" if "CERTI_E_DATE" in ground.present else "b.expires_on")
        run.run(late.MOVES)
    run.run(sql.MOVES_OF_NEW)
    run.run(sql.MOVES_OF_KNOWN)
    _names(run)


def _names(run: _Merge) -> None:
    """Stage the bigrams of every name that the index has not."""
    run.cursor.execute(sql.NAMES.format(**run.words))
    rows = pl.DataFrame(run.cursor.fetchall(), schema={"n": pl.Int64, "name": pl.String}, orient="row")
    ids = rows["n"] + run.bound["organisation_events"]
    grams = rows.select(ids.alias("id"), search.grams_of(pl.col("name")).alias("grams"))
    run.cursor.executemany(sql.NAMED.format(**run.words), grams.filter(pl.col("grams") != "").rows())


def _holders(run: _Merge, words: sql.Words) -> None:
    run.run(sql.ORGANISATIONS)
    run.run(sql.ORGANISATIONS_BEGIN)
    run.run(sql.ORGANISATIONS_CHANGE)
    run.run(sql.ORGANISATIONS_NOW, **sql.holder_differences(words))
    run.run(sql.HOLDERS_MOVED_ON)


def _certificates(run: _Merge, words: sql.Words, ground: Ground) -> None:
    pieces = sql.certificate_differences(words, ground) | {"fresh": sql.FRESH}
    run.run(sql.CERTIFICATES)
    run.run(sql.ISSUED)
    run.run(sql.CHANGED, **pieces)
    run.run(sql.CERTIFICATES_NOW, **pieces)
    run.run(sql.MOVED)
    run.run(sql.STATES_NOW)
    if run.any(late.ANY):
        run.run(late.NO_LONGER)
    _replaced(run)


def _replaced(run: _Merge) -> None:
    """Let new certificates take the place of those that they name; what was just entered counts as known."""
    if run.run(sql.MOVES_OF_REPLACED) < 1:
        return
    run.cursor.execute("SELECT MAX(id) FROM register_event")
    before = run.bound["events"]
    run.bound |= {"round": 2, "events": run.cursor.fetchall()[0][0]}
    run.run(sql.MOVED)
    run.run(sql.STATES_NOW)
    run.bound["events"] = before


def _findings(run: _Merge) -> int:
    quote = run.words["quote"]
    quoted = {name: quote.format(f"{table}.{name_in}") for name, table, name_in in _QUOTED}
    return (
        run.run(sql.FINDINGS)
        + run.run(sql.UNLAWFUL)
        + run.run(sql.PARENT_MISSING, **quoted)
        + run.run(sql.CHILD_OUTLIVES, **quoted)
    )


_QUOTED = (("parent", "l", "parent_number"), ("end", "l", "expires_on"), ("parent_end", "p", "expires_on"))
