"""Judging a batch of rows: what cannot be a record is rejected, what is odd or unlawful is noted and kept.

Everything is vectorised and pure: frames in, frames out. Source of the fields and their requirements:
the national reporting template (`data/layouts`), of the order of dates and the states: domain 1.5, 1.7.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from zhunsheng.codes import approval, uscc
from zhunsheng.codes.regions import UNKNOWN
from zhunsheng.register.importing import cleaning, notes, records
from zhunsheng.register.importing.notes import Work
from zhunsheng.register.importing.records import DIGEST
from zhunsheng.register.importing.tabular import CELLS, FORMULAS, ROW

if TYPE_CHECKING:
    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.layouts import Condition, Field

# The register keeps at most this much of a number; the template allows 50.
NUMBER_KEPT = 60
CODE_LENGTH = 18
# Pairs that must not be the other way round (domain 1.5 and 1.7); a third one must be empty for it to be asked.
IN_ORDER = (
    ("FIRST_CERT_DATE", "APP_ASS_DATE", None),
    ("APP_ASS_DATE", "AWARD_DATE", None),
    ("FIRST_CERT_DATE", "AWARD_DATE", "APP_ASS_DATE"),
    ("AWARD_DATE", "CERTI_E_DATE", None),
    ("PAUSE_S_DATE", "PAUSE_E_DATE", None),
    ("APPR_S_DATE", "APPR_E_DATE", None),
)
# A return tells what has happened: these days cannot lie after the day it became known.
PAST = ("FIRST_CERT_DATE", "APP_ASS_DATE", "AWARD_DATE", "PAUSE_S_DATE", "CANCEL_DATE", "CHG_DATE")


# Without these a row is no record, so that their absence is a reason to reject.
JUDGED_APART = frozenset({"CERT_NUMBER", "RZJG_ID", "AUTH_PROJ_CODE"})


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a batch: rows to record, notes, and required fields that the file has no column for."""

    rows: pl.DataFrame
    findings: pl.DataFrame
    rejects: pl.DataFrame
    wanting: frozenset[str]


def judge(batch: pl.DataFrame, ground: Ground) -> Judged:
    """Judge a batch of text columns named as in the file."""
    work = read(batch, ground)
    _identify(work, ground)
    require(work, ground, JUDGED_APART)
    _holder(work)
    _dates(work, ground)
    _people(work)
    _approved(work, ground)
    rejects = notes.joined(work.rejects).unique(ROW, keep="first", maintain_order=True)
    kept = work.frame.join(rejects, on=ROW, how="anti")
    findings = notes.joined(work.findings).join(rejects, on=ROW, how="anti")
    return Judged(records.of(kept, ground), findings, rejects, frozenset(work.wanting))


def read(batch: pl.DataFrame, ground: Ground) -> Work:
    """Turn text into values field by field, noting what cannot be read; the frame's columns are then fields."""
    columns = [pl.col(ROW), pl.col(CELLS), pl.col(FORMULAS)]
    columns += [pl.col(header).alias(name) for header, name in ground.fields.items()]
    columns += [pl.col(DIGEST)] if DIGEST in batch.columns else []
    work = Work(batch.select(columns))
    expected = len(set(batch.columns) - {ROW, CELLS, FORMULAS, DIGEST})
    work.reject(pl.col(CELLS).is_not_null(), "", "ragged", found=pl.col(CELLS), expected=expected)
    for name in ground.present:
        _read_field(work, ground.layout.fields[name])
    if work.frame[FORMULAS].is_not_null().any():
        for header, name in ground.fields.items():
            held = pl.col(FORMULAS).str.split("\n").list.contains(header)
            work.find(held, name, "formula")
    return work


def _read_field(work: Work, field: Field) -> None:
    name = field.name
    work.reject(pl.col(name).str.contains(cleaning.CONTROL), name, "control_character")
    column = cleaning.text(work.frame[name])
    if field.kind in {"approval", "certificate", "uscc", "scheme", "country", "district"}:
        column = cleaning.identifier(column)
    elif field.table:
        column = cleaning.codes(column, field.table)
    work.frame = work.frame.with_columns(column.alias(name))
    if field.kind == "date":
        days = cleaning.day(column)
        work.reject(pl.col(name).is_not_null() & pl.lit(days).is_null(), name, "bad_date", value=_short(name))
        work.frame = work.frame.with_columns(days.alias(name))
    elif field.table:
        work.find(~pl.lit(cleaning.in_table(column, field.table)), name, "not_in_table", value=_short(name))
    elif field.kind in {"int", "number"}:
        right = cleaning.is_number(column) if field.kind == "number" else cleaning.whole_number(column).is_not_null()
        work.find(pl.col(name).is_not_null() & ~pl.lit(right), name, "not_a_number", value=_short(name))
    elif field.max_length:
        work.find(pl.col(name).str.len_chars() > field.max_length, name, "too_long", limit=field.max_length)
        if field.target != "number":
            keep = NUMBER_KEPT if field.kind == "certificate" else field.max_length
            work.frame = work.frame.with_columns(_cut(name, keep, field.kind))


def _cut(name: str, keep: int, kind: str) -> pl.Expr:
    # A cut code would be another organisation's; such a one is no code at all (see `_holder`).
    return pl.col(name) if kind == "uscc" else pl.col(name).str.slice(0, keep)


def _short(name: str) -> pl.Expr:
    return pl.col(name).str.slice(0, 60)


def _identify(work: Work, ground: Ground) -> None:
    """Reject rows without number, known body or project; what is invented belongs into a demo only."""
    number = work.col("CERT_NUMBER")
    work.reject(number.is_null(), "CERT_NUMBER", "no_number")
    work.reject(number.str.len_chars() > NUMBER_KEPT, "CERT_NUMBER", "number_too_long", limit=NUMBER_KEPT)
    body = work.col("RZJG_ID")
    work.reject(body.is_null(), "RZJG_ID", "no_approval")
    work.reject(~body.str.contains(approval.SHAPE), "RZJG_ID", "bad_approval", value=body)
    if not ground.demo:
        invented = body.str.contains(rf"^CNCA-RF?-{approval.INVENTED_YEAR}-")
        work.reject(invented, "RZJG_ID", "invented", value=body)
        code = work.col("ORG_CODE")
        work.reject(code.str.starts_with(uscc.INVENTED_AUTHORITY), "ORG_CODE", "invented", value=code)
    if ground.own_body:
        work.reject(body != ground.own_body, "RZJG_ID", "other_body", value=body)
    known = list(ground.bodies)
    work.reject(body.is_not_null() & ~body.is_in(known), "RZJG_ID", "unknown_body", value=body)
    scheme = work.col("AUTH_PROJ_CODE")
    codes = work.frame.select(scheme.drop_nulls().unique()).to_series().to_list()
    unknown = [code for code in codes if ground.leaf(code) is None]
    lost = scheme.is_null() | scheme.is_in(unknown)
    work.reject(lost, "AUTH_PROJ_CODE", "unknown_scheme", value=scheme.fill_null(""))


def _holder(work: Work) -> None:
    if work.has("ORG_CODE"):
        codes = work.frame["ORG_CODE"]
        shaped = codes.str.contains(uscc.SHAPE).fill_null(value=False)
        malformed = pl.col("ORG_CODE").is_not_null() & ~pl.lit(shaped)
        work.find(malformed, "ORG_CODE", "malformed_code", value=_short("ORG_CODE"))
        wrong = pl.lit(shaped) & ~pl.lit(check_characters_right(codes))
        work.find(wrong, "ORG_CODE", "bad_check_character", value=_short("ORG_CODE"))
        drop_long_codes(work)
    nobody = work.col("ORG_CODE").is_null() & work.col("ORG_NAME").is_null()
    work.reject(nobody, "ORG_CODE", "no_holder")
    country, district = work.col("ORG_COUNTRY"), work.col("ORG_DISTRICT")
    work.find(~country.str.contains(r"^\d{3}$"), "ORG_COUNTRY", "unknown_country", value=country)
    region = records.regions_of(work.frame)
    nowhere = district.is_not_null() & (pl.lit(region) == UNKNOWN.code)
    work.find(nowhere, "ORG_DISTRICT", "unknown_district", value=district)
    work.frame = work.frame.with_columns(region)


def drop_long_codes(work: Work) -> None:
    """Empty codes that are too long to be one: cut to length they would be another organisation's."""
    if work.has("ORG_CODE"):
        long = pl.col("ORG_CODE").str.len_chars() > CODE_LENGTH
        work.frame = work.frame.with_columns(pl.when(~long).then(pl.col("ORG_CODE")).alias("ORG_CODE"))


def wanting(rows: pl.DataFrame, ground: Ground) -> frozenset[str]:
    """Return the required fields that the file has no column for and that some of these rows would need."""
    fields, present = ground.layout.fields, set(ground.present)
    absent = {name: f for name, f in fields.items() if f.required is not None and name not in present}
    asked = {one.field: fields[one.field] for f in absent.values() for one in f.required or ()}
    headers = {header: name for header, name in ground.fields.items() if name in asked}
    some = rows.unique(list(headers), maintain_order=True) if headers else rows.head(1)
    short = replace(ground, layout=replace(ground.layout, fields=absent | asked), fields=headers)
    work = read(some, short)
    require(work, short, JUDGED_APART)
    return frozenset(work.wanting)


def check_characters_right(codes: pl.Series) -> pl.Series:
    """Tell for codes of the right shape whether the check character is the one of GB 32100; False for all others."""
    shaped = codes.str.contains(uscc.SHAPE).fill_null(value=False)
    found = np.zeros(len(codes), bool)
    text = "".join(codes.filter(shaped))
    if text:
        values = np.full(256, -1, np.int64)
        values[[ord(c) for c in uscc.ALPHABET]] = np.arange(uscc.MODULUS)
        digits = values[np.frombuffer(text.encode("ascii"), np.uint8)].reshape(-1, CODE_LENGTH)
        check = -(digits[:, :-1] @ np.array(uscc.WEIGHTS)) % uscc.MODULUS
        found[shaped.to_numpy()] = check == digits[:, -1]
    return pl.Series("right", found)


def require(work: Work, ground: Ground, judged: frozenset[str]) -> None:
    """Note empty cells of required fields, and required fields without a column; `judged` are asked elsewhere."""
    for field in ground.layout.fields.values():
        if field.required is None or field.name in judged:
            continue
        if not all(work.has(one.field) for one in field.required):
            continue
        wanted = _all(field.required)
        if not work.has(field.name):
            if len(work.frame.filter(wanted)):
                work.wanting.add(field.name)
        else:
            where = pl.col(field.name).is_null() & wanted
            work.find(where, field.name, "missing", label=field.name, field=field.name)


def _all(conditions: tuple[Condition, ...]) -> pl.Expr:
    found = pl.lit(value=True)
    for one in conditions:
        value = pl.col(one.field).cast(pl.String)
        if one.how == "=":
            found &= value.is_in(list(one.values))
        elif one.how == "^":
            found &= value.str.contains(rf"^(?:{'|'.join(one.values)})")
        else:
            found &= value.is_not_null()
    return found


def _dates(work: Work, ground: Ground) -> None:
    for first, second, unless in IN_ORDER:
        if work.has(first) and work.has(second):
            wrong = pl.col(first) > pl.col(second)
            if unless:
                wrong &= work.col(unless, pl.Date).is_null()
            work.find(wrong, first, "dates_out_of_order", first=first, second=second)
    for name in PAST:
        if work.has(name):
            work.find(pl.col(name) > ground.known_on, name, "later_than_known", known=ground.known_on.isoformat())
    state, end = work.col("CERTI_STATUS"), work.col("CERTI_E_DATE", pl.Date)
    work.find((state == "01") & (end < ground.known_on), "CERTI_STATUS", "valid_after_end")
    early = (state == "05") & ((end >= ground.known_on) | end.is_null())
    work.find(early, "CERTI_STATUS", "expired_before_end")


def _people(work: Work) -> None:
    if work.has("RELA_PEOP_NUM") and work.has("ORG_PEOP_NUM"):
        covered, staff = (cleaning.whole_number(work.frame[n]) for n in ("RELA_PEOP_NUM", "ORG_PEOP_NUM"))
        more = pl.lit(covered) > pl.lit(staff)
        work.find(
            more,
            "RELA_PEOP_NUM",
            "covers_more_than_staff",
            covered=pl.col("RELA_PEOP_NUM").str.slice(0, 20),
            staff=pl.col("ORG_PEOP_NUM").str.slice(0, 20),
        )


def _approved(work: Work, ground: Ground) -> None:
    """Note decisions by a body that was not approved then, or not for this project."""
    if not (work.has("RZJG_ID") and work.has("AUTH_PROJ_CODE")):
        return
    pairs = work.frame.select("RZJG_ID", "AUTH_PROJ_CODE").unique().drop_nulls().rows()
    spans = []
    for number, code in pairs:
        if body := ground.bodies.get(number):
            scope = ground.scope(body, code)
            edges = (body.approved.start, body.approved.end, scope and scope.start, scope and scope.end)
            spans.append((number, code, *edges, scope is not None))
    names = {"RZJG_ID": pl.String, "AUTH_PROJ_CODE": pl.String, "#from": pl.Date, "#until": pl.Date}
    names |= {"#scope_from": pl.Date, "#scope_until": pl.Date, "#scoped": pl.Boolean}
    before = work.frame
    day = pl.coalesce(work.col("APP_ASS_DATE", pl.Date), work.col("AWARD_DATE", pl.Date), pl.lit(ground.known_on))
    approvals = pl.DataFrame(spans, schema=names, orient="row")
    work.frame = before.join(approvals, on=["RZJG_ID", "AUTH_PROJ_CODE"], how="left", maintain_order="left")
    outside = (day < pl.col("#from")) | (day > pl.col("#until"))
    outside = outside.fill_null(value=False)
    on = day.dt.to_string("%Y-%m-%d")
    work.find(outside, "RZJG_ID", "body_not_approved", on=on)
    beyond = (day < pl.col("#scope_from")).fill_null(value=False) | (day > pl.col("#scope_until")).fill_null(
        value=False
    )
    unscoped = (~pl.col("#scoped") | beyond) & ~outside
    work.find(unscoped, "AUTH_PROJ_CODE", "scheme_not_approved", on=on, value=pl.col("AUTH_PROJ_CODE"))
    work.frame = before
