"""The SQL of the merge: one text for SQLite (3.40 or newer) and PostgreSQL, with the few words that differ.

`{s}` stands before a staged table's name; %(known)s, %(source)s and the other names are bound. A
certificate or organisation that is new gets its key from the staged line (base + line), so that no
row has to be looked up again for its events.
"""

# ruff: noqa: S608 - every piece of SQL put together here is this file's own text; values are bound.

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from zhunsheng.register.importing.records import STATED, WITHDRAWN_AS_REPLACED
from zhunsheng.register.policy import KIND_TO_REACH, TRANSITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from zhunsheng.register.importing.ground import Ground


@dataclass(frozen=True, slots=True)
class Words:
    """What the engines say differently."""

    greatest: str
    least: str
    json: str
    quote: str
    staged_details: str
    minus: str
    merged: str


WORDS = {
    "sqlite": Words(
        "MAX", "MIN", "TEXT", "json_quote({0})", "l.details", "json_remove({0}{1})", "json_patch({0}, l.details)"
    ),
    "postgresql": Words(
        "GREATEST",
        "LEAST",
        "jsonb",
        "COALESCE(to_jsonb({0})::text, 'null')",
        "l.details::jsonb",
        "({0} - ARRAY[{1}]::text[])",
        "({0} || l.details::jsonb)",
    ),
}

HOLDER_COLUMNS = ("name", "name_en", "country", "district", "region", "address")

NEW_TABLES = """
CREATE TABLE {s}matched (line INTEGER PRIMARY KEY, certificate_id BIGINT, organisation_id BIGINT,
  is_new INTEGER, late INTEGER, changed INTEGER, moved INTEGER, accepted INTEGER);
CREATE TABLE {s}moves (round INTEGER, line INTEGER, certificate_id BIGINT, before TEXT, claim TEXT, kind TEXT,
  effective_on {date}, reason TEXT, until_on {date}, own_on {date}, same INTEGER, late INTEGER, is_new INTEGER);
CREATE TABLE {s}holder_changes (n INTEGER PRIMARY KEY, id BIGINT, line BIGINT, late INTEGER, renamed INTEGER,
  moved INTEGER, changes {json});
CREATE TABLE {s}named (id BIGINT, grams TEXT)
"""

# ---- organisations -------------------------------------------------------------------------------

HOLDERS = """
UPDATE {s}holders SET id = %(organisations)s + n, is_new = 1
"""
HOLDERS_KNOWN = """
UPDATE {s}holders SET id = o.id, is_new = 0 FROM register_organisation AS o WHERE o.key = holders.key
"""
ORGANISATIONS = """
INSERT INTO register_organisation
  (id, key, code, name, name_en, country, district, region, address, stated_on, known_on)
SELECT id, key, COALESCE(code, ''), COALESCE(name, ''), COALESCE(name_en, ''), COALESCE(country, ''),
  COALESCE(district, ''), COALESCE(region, 'unknown'), COALESCE(address, ''), stated_on, %(known)s
FROM {s}holders WHERE is_new = 1 ORDER BY n
"""
ORGANISATIONS_BEGIN = """
INSERT INTO register_organisationevent
  (id, organisation_id, effective_on, known_on, name, region, changes, source_id)
SELECT %(organisation_events)s + n, id, NULL, %(known)s, COALESCE(name, ''), COALESCE(region, 'unknown'), NULL,
  %(source)s
FROM {s}holders WHERE is_new = 1 ORDER BY n
"""
# A holder that is known already: what its newest row says otherwise, unless a newer paper said it before.
HOLDERS_DIFFER = """
INSERT INTO {s}holder_changes (n, id, line, late, renamed, moved, changes)
SELECT h.n, h.id, h.line, CASE WHEN o.known_on > %(known)s THEN 1 ELSE 0 END,
  CASE WHEN {renamed} THEN 1 ELSE 0 END, CASE WHEN {moved} THEN 1 ELSE 0 END, CAST({changes} AS {json})
FROM {s}holders AS h JOIN register_organisation AS o ON o.id = h.id
WHERE h.is_new = 0 AND ({differs})
"""
# A return older than the newest knowledge counts only if it differs from what was known on its own day.
HOLDERS_LATE_BUT_KNOWN = """
DELETE FROM {s}holder_changes WHERE late = 1 AND EXISTS (
  SELECT 1 FROM {s}holders AS h JOIN register_organisationevent AS e ON e.organisation_id = h.id
  WHERE h.n = holder_changes.n AND e.id = (
      SELECT k.id FROM register_organisationevent AS k WHERE k.organisation_id = h.id AND k.known_on <= %(known)s
      ORDER BY k.known_on DESC, k.id DESC LIMIT 1)
    AND e.name = COALESCE(h.name, e.name) AND e.region = COALESCE(h.region, e.region))
"""
# An organisation whose certificates were first heard of later, but which this older return knew already.
HOLDERS_LATE_AND_NEW = """
INSERT INTO {s}holder_changes (n, id, line, late, renamed, moved, changes)
SELECT h.n, h.id, h.line, 1, 1, 1, NULL FROM {s}holders AS h JOIN register_organisation AS o ON o.id = h.id
WHERE h.is_new = 0 AND o.known_on > %(known)s
  AND NOT EXISTS (
    SELECT 1 FROM register_organisationevent AS e WHERE e.organisation_id = h.id AND e.known_on <= %(known)s)
  AND NOT EXISTS (SELECT 1 FROM {s}holder_changes AS x WHERE x.n = h.n)
"""
ORGANISATIONS_CHANGE = """
INSERT INTO register_organisationevent
  (id, organisation_id, effective_on, known_on, name, region, changes, source_id)
SELECT %(organisation_events)s + x.n, x.id,
  CASE WHEN EXISTS (
      SELECT 1 FROM register_organisationevent AS e WHERE e.organisation_id = x.id AND e.known_on <= %(known)s)
    THEN {least}(COALESCE(h.changed_on, %(known)s), %(known)s) END,
  %(known)s, CASE WHEN x.renamed = 1 OR x.late = 1 THEN COALESCE(h.name, o.name) ELSE o.name END,
  CASE WHEN x.moved = 1 OR x.late = 1 THEN COALESCE(h.region, o.region) ELSE o.region END, x.changes, %(source)s
FROM {s}holder_changes AS x JOIN {s}holders AS h ON h.n = x.n JOIN register_organisation AS o ON o.id = x.id
ORDER BY x.n
"""
ORGANISATIONS_NOW = """
UPDATE register_organisation SET {assign}, known_on = %(known)s,
  stated_on = {greatest}(h.stated_on, COALESCE(register_organisation.stated_on, h.stated_on))
FROM {s}holder_changes AS x JOIN {s}holders AS h ON h.n = x.n
WHERE register_organisation.id = x.id AND x.late = 0
"""
# The names that the index does not have yet.
NAMES = """
SELECT h.n, h.name FROM {s}holders AS h LEFT JOIN {s}holder_changes AS x ON x.n = h.n
WHERE h.name <> '' AND (h.is_new = 1 OR x.renamed = 1) ORDER BY h.n
"""
NAMED = "INSERT INTO {s}named (id, grams) VALUES (%s, %s)"
# Whatever is said of a holder anew: a row of before would now say something else.
HOLDERS_MOVED_ON = """
UPDATE register_certificate SET digest = NULL
WHERE digest IS NOT NULL AND organisation_id IN (SELECT id FROM {s}holder_changes WHERE late = 0)
"""

# ---- certificates --------------------------------------------------------------------------------

MATCH = """
INSERT INTO {s}matched (line, certificate_id, organisation_id, is_new, late, changed, moved, accepted)
SELECT l.line, COALESCE(c.id, %(certificates)s + l.line), h.id,
  CASE WHEN c.id IS NULL THEN 1 ELSE 0 END, CASE WHEN c.known_on > %(known)s THEN 1 ELSE 0 END,
  CASE WHEN c.id IS NOT NULL AND ({differs}) THEN 1 ELSE 0 END, CASE WHEN {moves} THEN 1 ELSE 0 END, 0
FROM {s}lines AS l JOIN {s}holders AS h ON h.n = l.org_n
LEFT JOIN register_certificate AS c ON c.number = l.number AND c.body_id = l.body_id
"""
MOVES = f"""
c.id IS NOT NULL AND l.claim IS NOT NULL
AND NOT (c.state = 'replaced'
  AND (l.claim IN ('valid', 'suspended', 'expired') OR l.state_reason = '{WITHDRAWN_AS_REPLACED}'))
AND (l.claim <> c.state OR (l.claim <> 'valid' AND (
  (l.state_on IS NOT NULL AND l.state_on IS DISTINCT FROM c.state_on)
  OR (l.state_reason <> '' AND l.state_reason <> c.state_reason)
  OR (l.state_until IS NOT NULL AND l.state_until IS DISTINCT FROM c.state_until))))
"""
CERTIFICATES = """
INSERT INTO register_certificate (id, number, body_id, organisation_id, scheme_id, layout, national_code, basis,
  scope_text, covered_people, first_issued_on, decided_on, issued_on, expires_on, state, state_on, state_reason,
  state_until, parent_number, details, known_on, digest)
SELECT m.certificate_id, l.number, l.body_id, m.organisation_id, l.scheme_id, %(layout)s, l.national_code, l.basis,
  l.scope_text, l.covered_people, l.first_issued_on, l.decided_on, l.issued_on, l.expires_on,
  COALESCE(l.claim, 'valid'), l.state_on, l.state_reason, l.state_until, l.parent_number, {staged_details}, %(known)s,
  l.digest
FROM {s}matched AS m JOIN {s}lines AS l ON l.line = m.line WHERE m.is_new = 1 ORDER BY m.line
"""
ISSUED = """
INSERT INTO register_event (certificate_id, kind, effective_on, known_on, state, reason, until_on, organisation_id,
  scheme_id, expires_on, changes, corrects_id, source_id)
SELECT m.certificate_id, 'issued', COALESCE(l.issued_on, %(known)s), %(known)s, 'valid', '', NULL, m.organisation_id,
  l.scheme_id, l.expires_on, NULL, NULL, %(source)s
FROM {s}matched AS m JOIN {s}lines AS l ON l.line = m.line WHERE m.is_new >= 1 ORDER BY m.line
"""
# A change counts from its own day, a renewal from the day of issue that it brings, else from when it became known.
CHANGED = """
INSERT INTO register_event (certificate_id, kind, effective_on, known_on, state, reason, until_on, organisation_id,
  scheme_id, expires_on, changes, corrects_id, source_id)
SELECT m.certificate_id, 'changed',
  CASE WHEN {fresh} THEN {least}(l.changed_on, %(known)s)
    WHEN l.issued_on IS DISTINCT FROM c.issued_on THEN {least}(COALESCE(l.issued_on, %(known)s), %(known)s)
    ELSE %(known)s END,
  %(known)s, '', CASE WHEN {fresh} THEN l.change_reason ELSE '' END, NULL, m.organisation_id, l.scheme_id, {expires},
  CASE WHEN m.late = 0 THEN CAST({changes} AS {json}) END, NULL, %(source)s
FROM {s}matched AS m JOIN {s}lines AS l ON l.line = m.line JOIN register_certificate AS c ON c.id = m.certificate_id
WHERE m.changed = 1 ORDER BY m.line
"""
# A day of change that the register has already heard of says nothing about this difference.
FRESH = "(l.changed_on IS NOT NULL AND (c.details ->> 'CHG_DATE') IS DISTINCT FROM CAST(l.changed_on AS TEXT))"
CERTIFICATES_NOW = """
UPDATE register_certificate SET {assign}
FROM {s}matched AS m JOIN {s}lines AS l ON l.line = m.line
WHERE register_certificate.id = m.certificate_id AND m.is_new = 0 AND m.late = 0 AND (m.changed = 1 OR m.moved = 1)
"""

# ---- states --------------------------------------------------------------------------------------

_BELIEVED = """
e.certificate_id = {of} AND e.state <> '' AND e.known_on <= %(known)s AND e.id <= %(events)s
AND NOT EXISTS (SELECT 1 FROM register_event AS y WHERE y.corrects_id = e.id AND y.known_on <= %(known)s)
"""
_LAST = "ORDER BY e.effective_on DESC, e.known_on DESC, e.id DESC LIMIT 1"
_ISSUED_ON = "(SELECT MIN(e.effective_on) FROM register_event AS e WHERE e.certificate_id = {of} AND e.kind = 'issued')"
_KIND = " ".join(f"WHEN '{state}' THEN '{kind}'" for state, kind in KIND_TO_REACH.items())

# The first state of a new certificate, where it is not valid.
MOVES_OF_NEW = f"""
INSERT INTO {{s}}moves
  (round, line, certificate_id, before, claim, kind, effective_on, reason, until_on, own_on, same, late, is_new)
SELECT 1, l.line, m.certificate_id, 'valid', l.claim, CASE l.claim {_KIND} END,
  {{greatest}}(COALESCE(l.issued_on, %(known)s), {{least}}(COALESCE(l.state_on, l.changed_on, %(known)s), %(known)s)),
  l.state_reason, l.state_until, l.state_on, 0, m.late, 1
FROM {{s}}matched AS m JOIN {{s}}lines AS l ON l.line = m.line
WHERE m.is_new >= 1 AND l.claim <> 'valid'
"""
_SAME_DAY = f"(SELECT e.effective_on FROM register_event AS e WHERE {_BELIEVED.format(of='c.id')} {_LAST})"
MOVES_OF_KNOWN = f"""
INSERT INTO {{s}}moves
  (round, line, certificate_id, before, claim, kind, effective_on, reason, until_on, own_on, same, late, is_new)
SELECT 1, t.line, t.certificate_id, t.before, t.claim, CASE t.claim {_KIND} END,
  {{greatest}}({_ISSUED_ON.format(of="t.certificate_id")}, {{least}}(t.day, %(known)s)),
  t.reason, t.until_on, t.own_on, t.same, t.late, 0
FROM (
  SELECT l.line, c.id AS certificate_id, c.state AS before, l.claim, m.late,
    CASE WHEN l.claim = c.state THEN 1 ELSE 0 END AS same,
    CASE WHEN l.state_reason = '' AND l.claim = c.state THEN c.state_reason ELSE l.state_reason END AS reason,
    CASE WHEN l.state_until IS NULL AND l.claim = c.state THEN c.state_until ELSE l.state_until END AS until_on,
    CASE WHEN l.state_on IS NULL AND l.claim = c.state THEN c.state_on ELSE l.state_on END AS own_on,
    COALESCE(l.state_on, CASE WHEN l.claim = c.state THEN {_SAME_DAY} END,
      CASE WHEN {FRESH} THEN l.changed_on END, %(known)s) AS day
  FROM {{s}}matched AS m JOIN {{s}}lines AS l ON l.line = m.line
  JOIN register_certificate AS c ON c.id = m.certificate_id
  WHERE m.moved = 1 AND m.late = 0
) AS t
"""
# A new certificate that names the one it takes the place of: that one, if the same body's, live and not newer known.
MOVES_OF_REPLACED = f"""
INSERT INTO {{s}}moves
  (round, line, certificate_id, before, claim, kind, effective_on, reason, until_on, own_on, same, late, is_new)
SELECT 2, l.line, c.id, c.state, 'replaced', 'replaced',
  {{greatest}}({_ISSUED_ON.format(of="c.id")}, {{least}}(COALESCE(l.replaced_on, l.issued_on, %(known)s), %(known)s)),
  l.replaced_reason, NULL, l.replaced_on, 0, 0, 0
FROM {{s}}matched AS m JOIN {{s}}lines AS l ON l.line = m.line
JOIN register_certificate AS c ON c.number = l.replaces AND c.body_id = l.body_id
WHERE m.is_new = 1 AND l.replaces <> '' AND c.state IN ('valid', 'suspended') AND c.known_on <= %(known)s
  AND l.line = (SELECT MIN(o.line) FROM {{s}}lines AS o WHERE o.replaces = l.replaces AND o.body_id = l.body_id)
"""
# The event itself, and one for each earlier entry that it takes out of belief: those of later effect, and
# those of the act it merely corrects. An issue is never taken out of belief, because it carries the holder.
MOVED = f"""
INSERT INTO register_event (certificate_id, kind, effective_on, known_on, state, reason, until_on, organisation_id,
  scheme_id, expires_on, changes, corrects_id, source_id)
SELECT v.certificate_id, v.kind, v.effective_on, %(known)s, v.claim, v.reason, v.until_on, NULL, NULL, NULL, NULL, e.id,
  %(source)s
FROM {{s}}moves AS v LEFT JOIN register_event AS e ON v.is_new = 0 AND e.kind <> 'issued'
  AND {_BELIEVED.format(of="v.certificate_id")}
  AND (e.effective_on > v.effective_on OR (v.same = 1 AND (e.effective_on, e.known_on) = (
    SELECT e.effective_on, e.known_on FROM register_event AS e
    WHERE {_BELIEVED.format(of="v.certificate_id")} {_LAST})))
WHERE v.round = %(round)s ORDER BY v.line
"""
STATES_NOW = """
UPDATE register_certificate SET state = v.claim, state_on = v.own_on, state_reason = v.reason, state_until = v.until_on,
  known_on = %(known)s, digest = CASE WHEN v.round = 1 THEN register_certificate.digest END
FROM {s}moves AS v
WHERE register_certificate.id = v.certificate_id AND v.round = %(round)s AND v.late = 0 AND v.is_new = 0
"""

# ---- what the register shows of the file ---------------------------------------------------------

ACCEPTED = """
UPDATE {s}matched SET accepted = 1
WHERE is_new >= 1 OR changed = 1 OR moved = 1 OR line IN (SELECT line FROM {s}holder_changes)
"""
FINDINGS = """
INSERT INTO register_finding (source_id, "row", number, field, code, params)
SELECT %(source)s, f.line, f.number, f.field, f.code, CAST(f.params AS {json})
FROM {s}findings AS f
WHERE (f.line = 0 AND EXISTS (SELECT 1 FROM {s}matched AS m WHERE m.accepted = 1))
   OR EXISTS (SELECT 1 FROM {s}matched AS m WHERE m.line = f.line AND m.accepted = 1)
ORDER BY f.line, f.n
"""
_LAWFUL = ", ".join(f"'{before}>{kind}'" for before, kind in TRANSITIONS if before is not None)
UNLAWFUL = f"""
INSERT INTO register_finding (source_id, "row", number, field, code, params)
SELECT %(source)s, v.line, c.number, 'CERTI_STATUS', 'unlawful_transition',
  CAST('{{{{"before": "' || v.before || '", "after": "' || v.claim || '"}}}}' AS {{json}})
FROM {{s}}moves AS v JOIN register_certificate AS c ON c.id = v.certificate_id
WHERE v.same = 0 AND v.before || '>' || v.kind NOT IN ({_LAWFUL}) ORDER BY v.line
"""
PARENT_MISSING = """
INSERT INTO register_finding (source_id, "row", number, field, code, params)
SELECT %(source)s, l.line, l.number, 'M_CERTI_NUM', 'parent_missing',
  CAST('{{"parent": ' || {parent} || '}}' AS {json})
FROM {s}matched AS m JOIN {s}lines AS l ON l.line = m.line
LEFT JOIN register_certificate AS p ON p.number = l.parent_number AND p.body_id = l.body_id
WHERE m.accepted = 1 AND l.parent_number <> '' AND p.id IS NULL ORDER BY l.line
"""
CHILD_OUTLIVES = """
INSERT INTO register_finding (source_id, "row", number, field, code, params)
SELECT %(source)s, l.line, l.number, 'CERTI_E_DATE', 'child_outlives_parent',
  CAST('{{"end": ' || {end} || ', "parent_end": ' || {parent_end} || '}}' AS {json})
FROM {s}matched AS m JOIN {s}lines AS l ON l.line = m.line
JOIN register_certificate AS p ON p.number = l.parent_number AND p.body_id = l.body_id
WHERE m.accepted = 1 AND l.parent_number <> '' AND l.expires_on > p.expires_on ORDER BY l.line
"""


def _quoted(words: Words, value: str) -> str:
    return words.quote.format(value)


def _change(words: Words, name: str, differs: str, before: str, after: str) -> str:
    pair = f"',\"{name}\":[' || {_quoted(words, before)} || ',' || {_quoted(words, after)} || ']'"
    return f"CASE WHEN {differs} THEN {pair} ELSE '' END"


def _changes(parts: Iterable[str]) -> str:
    return "'{' || SUBSTR(" + " || ".join(parts) + ", 2) || '}'"


# A newer paper's word counts, an older one's only where the register has none, a late return's for its own day.
_SAYS_OTHERWISE = (
    "(h.{n} IS NOT NULL AND h.{n} <> {o}.{n} AND ({o}.{n} IN ('', 'unknown') "
    "OR h.stated_on >= COALESCE({o}.stated_on, h.stated_on) OR {o}.known_on > %(known)s))"
)


def holder_differences(words: Words) -> dict[str, str]:
    """Return the fragments that compare a staged holder `h` with the register's `o`; an empty cell claims nothing."""
    differs = {n: _SAYS_OTHERWISE.format(n=n, o="o") for n in HOLDER_COLUMNS}
    parts = [_change(words, n, differs[n], f"o.{n}", f"h.{n}") for n in HOLDER_COLUMNS]
    parts.append(_change(words, "former_name", "h.former_name IS NOT NULL", "CAST(NULL AS TEXT)", "h.former_name"))
    table = "register_organisation"
    set_to = "{n} = CASE WHEN {says} THEN h.{n} ELSE register_organisation.{n} END"
    return {
        "differs": " OR ".join(differs.values()),
        "renamed": differs["name"],
        "moved": differs["region"],
        "changes": _changes(parts),
        "assign": ", ".join(set_to.format(n=n, says=_SAYS_OTHERWISE.format(n=n, o=table)) for n in HOLDER_COLUMNS),
    }


def certificate_differences(words: Words, ground: Ground) -> dict[str, str]:
    """Return the fragments that compare a staged line `l` (its holder `h`) with the register's certificate `c`.

    Only columns that the file has are compared and written: what a file does not have it does not deny.
    """
    present = set(ground.present)
    stated = [name for name, (source, _) in STATED.items() if source in present]
    kept = sorted(n for n in present if ground.layout.fields[n].in_details)
    compared = [n for n in kept if ground.layout.fields[n].target == "details"]
    pairs = {"scheme": ("c.scheme_id", "l.scheme_id"), **{n: (f"c.{n}", f"l.{n}") for n in stated}}
    fields = {n: (f"(c.details ->> '{n}')", f"({words.staged_details} ->> '{n}')") for n in compared}
    differ = {n: f"{a} IS DISTINCT FROM {b}" for n, (a, b) in (pairs | fields).items()}
    inside = " OR ".join(differ[n] for n in fields)
    terms = ["c.organisation_id <> h.id", *(differ[n] for n in pairs)]
    if inside:
        terms.append(f"({words.staged_details} <> c.details AND ({inside}))")
    parts = [
        _change(
            words, "organisation", "c.organisation_id <> m.organisation_id", "c.organisation_id", "m.organisation_id"
        )
    ]
    parts += [_change(words, n, differ[n], a, b) for n, (a, b) in (pairs | fields).items()]
    assign = ["organisation_id = m.organisation_id", "scheme_id = l.scheme_id", "known_on = %(known)s"]
    assign += ["digest = l.digest"]
    assign += [f"{n} = l.{n}" for n in stated]
    if kept:
        assign.append(f"details = {_details(words, kept)}")
    return {
        "differs": " OR ".join(terms),
        "changes": _changes(parts),
        "assign": ", ".join(assign),
        "expires": "l.expires_on" if "expires_on" in stated else "c.expires_on",
    }


def _details(words: Words, kept: list[str]) -> str:
    names = [f"'{n}'" for n in kept] if words.json == "jsonb" else [f", '$.{n}'" for n in kept]
    rest = words.minus.format("register_certificate.details", ("," if words.json == "jsonb" else "").join(names))
    return words.merged.format(rest)
