"""Looking a certificate number up: one statement on an open connection, and the answer as plain values.

This is what the API answers, and it is public; a viewer with more rights gets the reported fields that
are theirs to see. What follows from the timeline follows from `policy`, the same rules as everywhere.
Codes stay codes: a program finds their words in the reference tables.
"""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections

from zhunsheng.codes import certificate_number
from zhunsheng.register import layouts, words
from zhunsheng.register.policy import Happened, Kind, State, believed, sees_everything, status_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from zhunsheng.people.policy import Viewer

LONGEST_NUMBER = 60

# Written for the driver itself: Django's cursor would read every statement again before each look-up. SQLite's
# dates are stored as ISO text and asked for as such; PostgreSQL's arrive as dates.
_DAY = {"sqlite": "CAST({} AS text)", "postgresql": "{}"}
_PLACE = {"sqlite": "?", "postgresql": "%s"}
# The timeline comes as one value: each further row would let another thread take its turn in between.
_JSON = {
    "sqlite": {"{gathered}": "json_group_array", "{row}": "json_array"},
    "postgresql": {"{gathered}": "json_agg", "{row}": "json_build_array"},
}
_CERTIFICATES = """
SELECT c.id, c.number, c.layout, c.national_code, c.basis, c.scope_text, {c.first_issued_on}, {c.decided_on},
       {c.issued_on}, {c.expires_on}, c.parent_number, c.covered_people, c.details, {c.known_on},
       b.approval_no, b.name, b.name_en, b.status, {b.reported_on},
       o.id, o.code, o.name, o.name_en, o.region, s.code, s.name, s.name_en,
       (SELECT {gathered}({row}(e.id, e.certificate_id, e.kind, e.effective_on, e.known_on, e.state, e.reason,
                                e.until_on, e.expires_on, e.changes, e.corrects_id, e.organisation_id, t.code))
        FROM register_event AS e LEFT JOIN standards_scheme AS t ON t.id = e.scheme_id
        WHERE e.certificate_id = c.id)
FROM register_certificate AS c
JOIN register_body AS b ON b.id = c.body_id
JOIN register_organisation AS o ON o.id = c.organisation_id
JOIN standards_scheme AS s ON s.id = c.scheme_id
WHERE c.number = {} ORDER BY c.id
"""
_ORGANISATION = "SELECT id, code, name, name_en, region FROM register_organisation WHERE id = {}"
_SCHEME = "SELECT code, name, name_en FROM standards_scheme WHERE code = {}"
_COLUMN = re.compile(r"\{([a-z]\.[a-z_]+)\}")


@cache
def _statement(text: str, vendor: str, places: int) -> str:
    """Return a statement as an engine's driver takes it, with so many values to bind."""
    for word, function in _JSON[vendor].items():
        text = text.replace(word, function)
    dated = _COLUMN.sub(lambda found: _DAY[vendor].format(found[1]), text)
    return dated.replace("{}", ", ".join([_PLACE[vendor]] * places))


def _rows(text: str, *bound: object) -> list[Sequence[Any]]:
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        statement = _statement(text, database.vendor, len(bound))
        found: list[Sequence[Any]] = database.connection.execute(statement, bound).fetchall()
    return found


def answer(number: str, *, on: date, known: date, viewer: Viewer) -> dict[str, Any] | None:
    """Return every certificate with this number on a date as known on another; None when there is none.

    Spaces, case and width of the number do not matter. Dates are ISO text.
    """
    wanted = certificate_number.normalise(number)
    rows = _rows(_CERTIFICATES, wanted)
    if not rows:
        return None
    return {
        "number": wanted,
        "on": on.isoformat(),
        "known": known.isoformat(),
        "certificates": [
            _certificate(row, sorted(_json(row[27]) or [], key=_effect), on=on, known=known, viewer=viewer)
            for row in rows
        ],
    }


def _certificate(
    row: Sequence[Any], events: Sequence[Sequence[Any]], *, on: date, known: date, viewer: Viewer
) -> dict[str, Any]:
    layout, details = row[2], _json(row[12]) or {}
    everything = bool(viewer.grants) and sees_everything(viewer, approval_no=row[14], code=row[20], region=row[23])
    facts = [_happened(e) for e in events]
    held = {h.id for h in believed(facts, on=on, known=known)}
    whole = max((e for e in events if e[0] in held and e[11] is not None), key=_knowledge, default=None)
    shown = details if everything else {n: v for n, v in details.items() if n in layouts.public_fields(layout)}
    return {
        "id": row[0],
        "number": row[1],
        "state": status_on(facts, on=on, known=known),
        "heard_of": any(f.known_on <= known for f in facts),
        "body": {
            "approval_no": row[14],
            "name": row[15],
            "name_en": row[16],
            "status": row[17],
            "reported_on": _iso(row[18]),
        },
        "organisation": _holder(row, whole),
        "scheme": _scheme(row, whole),
        "national_code": row[3],
        "layout": layout,
        "basis": row[4],
        "scope": row[5],
        "first_issued_on": _iso(row[6]),
        "decided_on": _iso(row[7]),
        "issued_on": _iso(row[8]),
        "expires_on": _iso(whole[8] if whole else row[9]),
        "parent_number": row[10],
        "covered_people": row[11] if everything else None,
        "fields": {name: str(value) for name, value in shown.items() if value is not None and value != ""},
        "known_on": _iso(row[13]),
        "timeline": _timeline(events, held, layout, on=on, known=known, everything=everything),
    }


def _timeline(
    events: Iterable[Sequence[Any]], held: set[int], layout: str, *, on: date, known: date, everything: bool
) -> list[dict[str, Any]]:
    return [
        {
            "kind": e[2],
            "effective_on": _iso(e[3]),
            "known_on": _iso(e[4]),
            "state": e[5] or None,
            "reason": e[6],
            "until_on": _iso(e[7]),
            "expires_on": _iso(e[8]),
            "organisation_id": e[11],
            "scheme": e[12],
            "changes": _changes(_json(e[9]), layout, everything=everything),
            "is_correction": e[10] is not None,
            "counts": e[0] in held,
            "why_not": None if e[0] in held else _why_not(e, on=on, known=known),
        }
        for e in events
    ]


def _why_not(event: Sequence[Any], *, on: date, known: date) -> str:
    if _day(event[4]) > known:
        return "not_known"
    return "not_yet" if _day(event[3]) > on else "corrected"


def _changes(changes: object, layout: str, *, everything: bool) -> list[dict[str, str | None]]:
    """Return the changed fields that may be seen, each with what it was (if recorded) and what it became."""
    if not isinstance(changes, dict):
        return []
    shown = [(str(n), v) for n, v in changes.items() if everything or words.is_public(str(n), layout)]
    pairs = [(name, v if isinstance(v, list) and len(v) == 2 else (None, v)) for name, v in shown]  # noqa: PLR2004
    return [{"field": name, "before": _text(before), "after": _text(after)} for name, (before, after) in pairs]


def _happened(event: Sequence[Any]) -> Happened:
    return Happened(
        id=event[0],
        kind=Kind(event[2]),
        effective_on=_day(event[3]),
        known_on=_day(event[4]),
        state=State(event[5]) if event[5] else None,
        expires_on=None if event[8] is None else _day(event[8]),
        corrects=event[10],
    )


def _effect(event: Sequence[Any]) -> tuple[str, str, int]:
    """Return an event's place in the order of effect; in JSON both engines write days as ISO text."""
    return event[3], event[4], event[0]


def _knowledge(event: Sequence[Any]) -> tuple[date, int]:
    return _day(event[4]), event[0]


def _holder(row: Sequence[Any], whole: Sequence[Any] | None) -> dict[str, Any]:
    """Return the holder as of then, who is nearly always the present one."""
    cells = row[19:24] if whole is None or whole[11] == row[19] else _rows(_ORGANISATION, whole[11])[0]
    return dict(zip(("id", "code", "name", "name_en", "region"), cells, strict=True))


def _scheme(row: Sequence[Any], whole: Sequence[Any] | None) -> dict[str, Any]:
    cells = row[24:27] if whole is None or whole[12] == row[24] else _rows(_SCHEME, whole[12])[0]
    return dict(zip(("code", "name", "name_en"), cells, strict=True))


def _day(value: date | str) -> date:
    # The drivers differ: PostgreSQL's gives dates, SQLite's gives what is stored, which is ISO text.
    return date.fromisoformat(value) if isinstance(value, str) else value


def _iso(value: date | str | None) -> str | None:
    return value.isoformat() if isinstance(value, date) else value


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)
