"""SQL for a return that became known before one that is in the register already.

Such a return only adds what was known on its own day. It is compared with what was believed then, and
whatever it adds is taken out of belief again from the next later return on, so that nothing of what
was known from there on changes. The rows of the register, which hold the newest knowledge, stay.
"""

# ruff: noqa: S608 - every piece of SQL put together here is this file's own text; values are bound.

from __future__ import annotations

from zhunsheng.register.policy import KIND_TO_REACH

_NOT_CORRECTED = """
NOT EXISTS (SELECT 1 FROM register_event AS y WHERE y.corrects_id = e.id AND y.known_on <= {day} AND y.id <= %(events)s)
"""


def _newest(of: str, day: str, what: str, order: str) -> str:
    return (
        f"(SELECT e.id FROM register_event AS e WHERE e.certificate_id = {of} AND {what} AND e.known_on <= {day} "
        f"AND e.id <= %(events)s AND {_NOT_CORRECTED.format(day=day)} ORDER BY {order} LIMIT 1)"
    )


def _state(of: str, day: str) -> str:
    return _newest(of, day, "e.state <> ''", "e.effective_on DESC, e.known_on DESC, e.id DESC")


def _whole(of: str, day: str) -> str:
    return _newest(of, day, "e.organisation_id IS NOT NULL", "e.known_on DESC, e.id DESC")


_KIND = " ".join(f"WHEN '{state}' THEN '{kind}'" for state, kind in KIND_TO_REACH.items())
_ISSUED_ON = (
    "(SELECT MIN(i.effective_on) FROM register_event AS i "
    "WHERE i.certificate_id = b.certificate_id AND i.kind = 'issued')"
)
_DAY = f"{{greatest}}({_ISSUED_ON}, {{least}}(l.state_on, %(known)s))"

ANY = "SELECT 1 FROM {s}matched WHERE late = 1 LIMIT 1"
# Not known at all by then: its issue became known by this return.
FIRST_HEARD = """
UPDATE {s}matched SET is_new = 2, changed = 0, moved = 0 WHERE late = 1 AND NOT EXISTS (
  SELECT 1 FROM register_event AS e WHERE e.certificate_id = matched.certificate_id AND e.known_on <= %(known)s)
"""
COMPARED = f"""
UPDATE {{s}}matched SET
  changed = COALESCE((SELECT CASE WHEN b.organisation_id <> matched.organisation_id OR b.scheme_id <> l.scheme_id
      OR b.expires_on IS DISTINCT FROM {{late_expires}} THEN 1 ELSE 0 END
    FROM {{s}}lines AS l JOIN register_event AS b ON b.id = {_whole("matched.certificate_id", "%(known)s")}
    WHERE l.line = matched.line), 0),
  moved = COALESCE((SELECT CASE WHEN l.claim <> b.state OR (l.claim <> 'valid' AND (
        (l.state_on IS NOT NULL AND {_DAY} <> b.effective_on)
        OR (l.state_reason <> '' AND l.state_reason <> b.reason)
        OR (l.state_until IS NOT NULL AND l.state_until IS DISTINCT FROM b.until_on))) THEN 1 ELSE 0 END
    FROM {{s}}lines AS l JOIN register_event AS b ON b.id = {_state("matched.certificate_id", "%(known)s")}
    WHERE l.line = matched.line), 0)
WHERE late = 1 AND is_new = 0
"""
MOVES = f"""
INSERT INTO {{s}}moves
  (round, line, certificate_id, before, claim, kind, effective_on, reason, until_on, own_on, same, late, is_new)
SELECT 1, l.line, m.certificate_id, b.state, l.claim, CASE l.claim {_KIND} END,
  COALESCE({_DAY}, CASE WHEN l.claim = b.state THEN b.effective_on END,
    {{greatest}}({_ISSUED_ON}, {{least}}(COALESCE(l.changed_on, %(known)s), %(known)s))),
  l.state_reason, l.state_until, l.state_on, CASE WHEN l.claim = b.state THEN 1 ELSE 0 END, 1, 0
FROM {{s}}matched AS m JOIN {{s}}lines AS l ON l.line = m.line
JOIN register_event AS b ON b.id = {_state("m.certificate_id", "%(known)s")}
WHERE m.moved = 1 AND m.late = 1
"""
# From the next later return on, what was believed then is believed again, in the place of the late entry.
NO_LONGER = f"""
INSERT INTO register_event (certificate_id, kind, effective_on, known_on, state, reason, until_on, organisation_id,
  scheme_id, expires_on, changes, corrects_id, source_id)
SELECT b.certificate_id, CASE WHEN x.kind = 'changed' THEN 'changed' ELSE b.kind END, b.effective_on, x.next_on,
  CASE WHEN x.kind = 'changed' THEN '' ELSE b.state END, CASE WHEN x.kind = 'changed' THEN '' ELSE b.reason END,
  CASE WHEN x.kind = 'changed' THEN NULL ELSE b.until_on END, b.organisation_id, b.scheme_id, b.expires_on, NULL, x.id,
  %(source)s
FROM (
  SELECT n.id, n.kind, n.certificate_id, (SELECT MIN(e.known_on) FROM register_event AS e
      WHERE e.certificate_id = n.certificate_id AND e.known_on > %(known)s AND e.id <= %(events)s) AS next_on
  FROM register_event AS n
  WHERE n.id > %(events)s AND n.certificate_id IN (SELECT certificate_id FROM {{s}}matched WHERE late = 1)
) AS x JOIN register_event AS b ON b.id = CASE WHEN x.kind = 'changed'
  THEN {_whole("x.certificate_id", "x.next_on")} ELSE {_state("x.certificate_id", "x.next_on")} END
ORDER BY x.id
"""
