"""The register's facts tables, one SELECT each, used live and for export.

The SQL is common to SQLite and PostgreSQL. `:on` is the date asked about and `:known` the date up
to which knowledge counts; only dates ever take their places. A correction known by then takes its
event out of belief (register.policy.believed is the same rule for one certificate).
"""

from __future__ import annotations

BODIES = """
SELECT id, approval_no, name, region, status, reported_on FROM register_body ORDER BY id
"""

# The organisation's region as last learned by then; the first entry has no effective date and always counts.
ORGANISATIONS = """
SELECT organisation_id AS id, region
FROM (
  SELECT organisation_id, region,
         ROW_NUMBER() OVER (PARTITION BY organisation_id ORDER BY known_on DESC, id DESC) AS newest
  FROM register_organisationevent
  WHERE known_on <= :known AND (effective_on IS NULL OR effective_on <= :on)
) AS learned
WHERE newest = 1
ORDER BY organisation_id
"""

# Nearly every certificate has one believed event, its issue, which says everything: one grouping pass
# finds those, and only the others are put in order (half the time on the nation, measured on SQLite).
CERTIFICATES = """
WITH believed AS (
  SELECT id, certificate_id, effective_on, known_on, state, organisation_id, scheme_id, expires_on
  FROM register_event
  WHERE known_on <= :known AND effective_on <= :on
    AND id NOT IN (SELECT corrects_id FROM register_event WHERE corrects_id IS NOT NULL AND known_on <= :known)
),
counted AS (
  SELECT certificate_id, COUNT(*) AS events, MIN(state) AS state, MIN(organisation_id) AS organisation_id,
         MIN(scheme_id) AS scheme_id, MIN(expires_on) AS expires_on
  FROM believed GROUP BY certificate_id
),
eventful AS (
  SELECT * FROM believed WHERE certificate_id IN (SELECT certificate_id FROM counted WHERE events > 1)
),
stated AS (
  SELECT certificate_id, state,
         ROW_NUMBER() OVER (PARTITION BY certificate_id ORDER BY effective_on DESC, known_on DESC, id DESC) AS newest
  FROM eventful WHERE state <> ''
),
held AS (
  SELECT certificate_id, organisation_id, scheme_id, expires_on,
         ROW_NUMBER() OVER (PARTITION BY certificate_id ORDER BY known_on DESC, id DESC) AS newest
  FROM eventful WHERE organisation_id IS NOT NULL
),
now AS (
  SELECT certificate_id, state, organisation_id, scheme_id, expires_on
  FROM counted WHERE events = 1 AND state <> '' AND organisation_id IS NOT NULL
  UNION ALL
  SELECT stated.certificate_id, stated.state, held.organisation_id, held.scheme_id, held.expires_on
  FROM stated JOIN held ON held.certificate_id = stated.certificate_id AND held.newest = 1
  WHERE stated.newest = 1
)
SELECT c.id, c.number, c.body_id, now.organisation_id, now.scheme_id,
       CASE WHEN now.state IN ('valid', 'suspended') AND now.expires_on < :on THEN 'expired'
            ELSE now.state END AS state,
       c.issued_on, now.expires_on
FROM now JOIN register_certificate AS c ON c.id = now.certificate_id
ORDER BY c.id
"""

SELECTS: dict[str, str] = {
    "bodies": BODIES,
    "organisations": ORGANISATIONS,
    "certificates": CERTIFICATES,
}
