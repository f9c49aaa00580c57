"""The facts tables as schemas: what statistics and rules may see, whoever supplies the rows.

Columns are int64, text, bool or date only (design, "Facts tables hold …"), so that SQLite,
PostgreSQL, DuckDB and Spark agree on every value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Type(StrEnum):
    """The four types a facts column may have."""

    INT = "int64"
    TEXT = "string"
    BOOL = "boolean"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's name, type, whether it may be empty, and what it holds."""

    name: str
    type: Type
    doc: str
    nullable: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A facts table: its name, what one row is, and its columns."""

    name: str
    doc: str
    columns: tuple[Column, ...]


BODIES = Table(
    "bodies",
    "One certification body.",
    (
        Column("id", Type.INT, "The register's key of the body."),
        Column("approval_no", Type.TEXT, "批准号."),
        Column("name", Type.TEXT, "Name."),
        Column("region", Type.TEXT, "Region code of its seat."),
        Column("status", Type.TEXT, "Whether its approval stands."),
        Column("reported_on", Type.DATE, "The last day it reported for.", nullable=True),
    ),
)
ORGANISATIONS = Table(
    "organisations",
    "One certified organisation as it was known.",
    (
        Column("id", Type.INT, "The register's key of the organisation."),
        Column("region", Type.TEXT, "Region code: two digits, abroad or unknown."),
    ),
)
CERTIFICATES = Table(
    "certificates",
    "One certificate with its state on the snapshot's date, as known on the snapshot's other date.",
    (
        Column("id", Type.INT, "The register's key of the certificate."),
        Column("number", Type.TEXT, "Certificate number."),
        Column("body_id", Type.INT, "The body that issued it."),
        Column("organisation_id", Type.INT, "The organisation that the bulletin counts."),
        Column("scheme_id", Type.INT, "The bulletin's leaf project."),
        Column("state", Type.TEXT, "valid, suspended, withdrawn, cancelled, expired or replaced."),
        Column("issued_on", Type.DATE, "颁证日期 as last reported.", nullable=True),
        Column("expires_on", Type.DATE, "End date as known then.", nullable=True),
    ),
)
SCHEMES = Table(
    "schemes",
    "One node of the scheme tree.",
    (
        Column("id", Type.INT, "Stable number of the scheme."),
        Column("code", Type.TEXT, "National code, e.g. A01."),
        Column("name", Type.TEXT, "Name as the bulletins print it."),
        Column("parent_id", Type.INT, "The node above.", nullable=True),
        Column("bit", Type.INT, "Bit of a bulletin leaf in a mask, 0 to 62.", nullable=True),
    ),
)
TABLES: dict[str, Table] = {t.name: t for t in (BODIES, ORGANISATIONS, CERTIFICATES, SCHEMES)}
