"""From judged fields to the columns that are staged: certificate, state, holder, and the details as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from zhunsheng.codes import regions
from zhunsheng.register.importing import cleaning
from zhunsheng.register.importing.tabular import ROW
from zhunsheng.register.policy import STATE_OF_CODE

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.register.importing.ground import Ground

    Column = Callable[..., pl.Expr]

# 换证 that puts a new certificate in the place of an old one: 0102 recertification, 0103 transfer (domain 1.5).
REPLACING_CAUSES = ("0102", "0103")
REISSUED = "02"
WITHDRAWN_AS_REPLACED = "0120"
REASON_KEPT = 10
REGION = "#region"
DIGEST = "#digest"
# What says which certificate a row is of, and whose.
KEY_FIELDS = frozenset({"CERT_NUMBER", "RZJG_ID", "ORG_CODE", "ORG_NAME", "ORG_COUNTRY"})
# Everything that is escaped in JSON text, tab and line ends included; other control characters are rejected before.
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}

# The columns of a certificate that a return states: the fields that say them, and the type.
STATED: dict[str, tuple[str, type[pl.DataType]]] = {
    "national_code": ("AUTH_PROJ_CODE", pl.String),
    "basis": ("AUTH_PROJ_CODEDEC", pl.String),
    "scope_text": ("BUSI_COVER_SCOP", pl.String),
    "covered_people": ("RELA_PEOP_NUM", pl.Int64),
    "first_issued_on": ("FIRST_CERT_DATE", pl.Date),
    "decided_on": ("APP_ASS_DATE", pl.Date),
    "issued_on": ("AWARD_DATE", pl.Date),
    "expires_on": ("CERTI_E_DATE", pl.Date),
    "parent_number": ("M_CERTI_NUM", pl.String),
}
HOLDER = {
    "code": "ORG_CODE",
    "name": "ORG_NAME",
    "name_en": "ORG_NAME_EN",
    "country": "ORG_COUNTRY",
    "district": "ORG_DISTRICT",
    "address": "ORG_ADDRESS",
    "former_name": "ORG_O_NAME",
}


def regions_of(frame: pl.DataFrame) -> pl.Series:
    """Return the region code of each row's holder; null where the file tells neither country nor district."""
    have = [name for name in ("ORG_COUNTRY", "ORG_DISTRICT") if name in frame.columns]
    if not have:
        return pl.Series(REGION, [None] * len(frame), pl.String)
    pairs = frame.select(have).unique()
    found = [
        regions.of_district(row.get("ORG_DISTRICT"), row.get("ORG_COUNTRY")).code if any(row.values()) else None
        for row in pairs.iter_rows(named=True)
    ]
    known = pairs.with_columns(pl.Series(REGION, found, pl.String))
    return frame.join(known, on=have, how="left", nulls_equal=True, maintain_order="left")[REGION]


def of(frame: pl.DataFrame, ground: Ground) -> pl.DataFrame:
    """Return the rows to stage; a column that the file does not have is null throughout."""

    def field(name: str, dtype: type[pl.DataType] = pl.String) -> pl.Expr:
        return pl.col(name) if name in frame.columns else pl.lit(None, dtype)

    if "RELA_PEOP_NUM" in frame.columns:
        frame = frame.with_columns(cleaning.whole_number(frame["RELA_PEOP_NUM"]).alias("RELA_PEOP_NUM"))
    bodies = {number: body.id for number, body in ground.bodies.items()}
    codes = frame["AUTH_PROJ_CODE"].unique().to_list() if "AUTH_PROJ_CODE" in frame.columns else []
    leaves = {code: leaf[0] for code in codes if (leaf := ground.leaf(code))}
    stated = [
        field(source, dtype).fill_null("").alias(name) if dtype is pl.String else field(source, dtype).alias(name)
        for name, (source, dtype) in STATED.items()
    ]
    change = field("CHG_DATE", pl.Date)
    said = pl.max_horizontal(field("AWARD_DATE", pl.Date), change)
    replaced = _replaced(field)
    # Only a row that says the same on every later day may be recognised by its digest.
    lasting = (said <= ground.known_on) & (replaced[0] == "")
    return frame.select(
        pl.col(ROW).alias("row"),
        field("CERT_NUMBER").alias("number"),
        field("RZJG_ID").replace_strict(bodies, default=None, return_dtype=pl.Int64).alias("body_id"),
        field("AUTH_PROJ_CODE").replace_strict(leaves, default=None, return_dtype=pl.Int64).alias("scheme_id"),
        *stated,
        *_state(field, ground),
        change.alias("changed_on"),
        field("CHG_TYP_CODE").str.slice(0, REASON_KEPT).fill_null("").alias("change_reason"),
        *replaced,
        details(frame, ground).alias("details"),
        key(field).alias("org_key"),
        *(field(source).alias(f"org_{name}") for name, source in HOLDER.items()),
        pl.col(REGION).alias("org_region"),
        pl.min_horizontal(said, pl.lit(ground.known_on)).fill_null(ground.known_on).alias("org_stated_on"),
        pl.when(lasting).then(field(DIGEST, pl.Int64)).alias("digest"),
    )


def key(field: Column) -> pl.Expr:
    """Return what tells a row's holder from others: its code, else name and country."""
    name = pl.concat_str([field("ORG_NAME"), pl.lit("|"), field("ORG_COUNTRY").fill_null("")])
    return pl.coalesce(field("ORG_CODE"), name)


def _state(field: Column, ground: Ground) -> list[pl.Expr]:
    """Return what the row claims of the state: none where it says nothing, or only that the end has passed."""
    code, end = field("CERTI_STATUS"), field("CERTI_E_DATE", pl.Date)
    states = {key: state.value for key, state in STATE_OF_CODE.items()}
    claim = code.replace_strict(states, default=None, return_dtype=pl.String)
    lapsed = (code == "05") & (end < ground.known_on)
    paused, ended = code == "02", code.is_in(["03", "04"])
    cause = pl.when(paused).then(field("PAUSE_CAUSE")).when(ended).then(field("CANCEL_CAUSE"))
    day = pl.when(paused).then(field("PAUSE_S_DATE", pl.Date)).when(ended).then(field("CANCEL_DATE", pl.Date))
    return [
        pl.when(~lapsed.fill_null(value=False)).then(claim).alias("claim"),
        day.alias("state_on"),
        cause.str.slice(0, REASON_KEPT).fill_null("").alias("state_reason"),
        pl.when(paused).then(field("PAUSE_E_DATE", pl.Date)).alias("state_until"),
    ]


def _replaced(field: Column) -> list[pl.Expr]:
    """Return the number of the certificate that this one takes the place of, when and why; empty where it does not."""
    old = field("O_CERTI_NUM").str.replace_all(r"\s", "").str.to_uppercase()
    cause = field("EXCHANGE_CAUSE")
    replacing = cause.is_in(list(REPLACING_CAUSES)) | (field("REPORT_TYPE") == REISSUED)
    replacing = replacing.fill_null(value=False) & (old != field("CERT_NUMBER"))
    return [
        pl.when(replacing).then(old).otherwise(pl.lit("")).alias("replaces"),
        field("EXCHANGE_DATE", pl.Date).alias("replaced_on"),
        cause.str.slice(0, REASON_KEPT).fill_null("").alias("replaced_reason"),
    ]


def details(frame: pl.DataFrame, ground: Ground) -> pl.Expr:
    """Return the fields kept in the details as JSON text, by name in alphabetical order, empty ones left out."""
    parts = []
    for name in sorted(n for n in ground.present if ground.layout.fields[n].in_details):
        value = pl.col(name)
        if frame[name].dtype == pl.String:
            value = value.str.replace_many(_ESCAPES)
        parts.append(pl.concat_str([pl.lit(f'"{name}": "'), value.cast(pl.String), pl.lit('"')]))
    if not parts:
        return pl.lit("{}")
    return pl.concat_str([pl.lit("{"), pl.concat_str(parts, separator=", ", ignore_nulls=True), pl.lit("}")])
