"""From the staging tables into the register, in the caller's one transaction, set by set."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection

from zhunsheng.register import search
from zhunsheng.register.importing import late
from zhunsheng.register.importing import statements as sql

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.importing.staging import Staging

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


def merge(place: Staging, ground: Ground, *, import_id: int, tell: Callable[[str, int, int], None]) -> Merged:
    """Merge what is staged. The caller holds the transaction; until it commits nobody sees anything."""
    words = sql.WORDS[place.engine]
    schema = f"{place.schema}."
    names = asdict(words) | {"s": schema, "date": "date" if place.engine == "postgresql" else "TEXT"}
    with connection.cursor() as cursor:
        bound: dict[str, object] = {"known": ground.known_on, "source": import_id, "layout": ground.layout.name}
        run = _Merge(cursor, names, bound | _bases(cursor, place.engine), tell)
        for statement in sql.NEW_TABLES.split(";"):
            run.run(statement)
        _holders(run, words)
        _certificates(run, words, ground)
        accepted = run.run(sql.ACCEPTED)
        found = _findings(run)
        run.run(sql.REPORTED)
        cursor.execute(search.INDEX[place.engine].format(staged=f"{schema}named"))
        if place.engine == "postgresql":
            _keys_given(cursor)
        return Merged(accepted, found)


def _bases(cursor: Any, engine: str) -> dict[str, object]:
    """Return the highest key of each table; on PostgreSQL after locking it against other writers."""
    found: dict[str, object] = {}
    for name, table in KEYED.items():
        if engine == "postgresql":
            cursor.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
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


def _holders(run: _Merge, words: sql.Words) -> None:
    pieces = sql.holder_differences(words)
    run.run(sql.HOLDERS_KNOWN)
    run.run(sql.HOLDERS_NEW)
    run.run(sql.ORGANISATIONS)
    run.run(sql.ORGANISATIONS_BEGIN)
    run.run(sql.HOLDERS_DIFFER, **pieces)
    run.run(sql.HOLDERS_LATE_BUT_KNOWN)
    run.run(sql.HOLDERS_LATE_AND_NEW)
    run.run(sql.ORGANISATIONS_CHANGE)
    run.run(sql.ORGANISATIONS_NOW, **pieces)
    run.run(sql.NAMES)


def _certificates(run: _Merge, words: sql.Words, ground: Ground) -> None:
    pieces = sql.certificate_differences(words, ground) | {"moves": sql.MOVES, "fresh": sql.FRESH}
    run.run(sql.MATCH, **pieces)
    older = run.any(late.ANY)
    if older:
        run.run(late.FIRST_HEARD)
        run.run(late.COMPARED, late_expires="l.expires_on" if "CERTI_E_DATE" in ground.present else "b.expires_on")
    run.run(sql.CERTIFICATES)
    run.run(sql.ISSUED)
    run.run(sql.MOVES_OF_NEW)
    run.run(sql.MOVES_OF_KNOWN)
    if older:
        run.run(late.MOVES)
    run.run(sql.CHANGED, **pieces)
    run.run(sql.CERTIFICATES_NOW, **pieces)
    run.bound["round"] = 1
    run.run(sql.MOVED)
    run.run(sql.STATES_NOW)
    if older:
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
