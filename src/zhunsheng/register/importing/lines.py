"""Putting judged batches into the staging tables, and what can only be told from the file as a whole."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from zhunsheng.register.importing import notes, validating
from zhunsheng.register.importing.recognising import recogniser
from zhunsheng.register.importing.records import HOLDER
from zhunsheng.register.importing.statements import HOLDER_COLUMNS
from zhunsheng.register.importing.tabular import ROW, ahead

if TYPE_CHECKING:
    from collections.abc import Callable

    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.importing.recognising import Recogniser
    from zhunsheng.register.importing.staging import Staging
    from zhunsheng.register.importing.tabular import Tabular

LINES: dict[str, type[pl.DataType]] = {
    "line": pl.Int64,
    "number": pl.String,
    "body_id": pl.Int64,
    "scheme_id": pl.Int64,
    "org_n": pl.Int64,
    "national_code": pl.String,
    "basis": pl.String,
    "scope_text": pl.String,
    "covered_people": pl.Int64,
    "first_issued_on": pl.Date,
    "decided_on": pl.Date,
    "issued_on": pl.Date,
    "expires_on": pl.Date,
    "parent_number": pl.String,
    "details": pl.String,
    "claim": pl.String,
    "state_on": pl.Date,
    "state_reason": pl.String,
    "state_until": pl.Date,
    "changed_on": pl.Date,
    "change_reason": pl.String,
    "replaces": pl.String,
    "replaced_on": pl.Date,
    "replaced_reason": pl.String,
    "digest": pl.Int64,
}
HOLDERS: dict[str, type[pl.DataType]] = {
    "n": pl.Int64,
    "line": pl.Int64,
    "key": pl.String,
    **dict.fromkeys((*HOLDER, "region"), pl.String),
    "stated_on": pl.Date,
    "changed_on": pl.Date,
    "id": pl.Int64,
    "is_new": pl.Int64,
}
FINDINGS: dict[str, type[pl.DataType]] = {
    "n": pl.Int64,
    "line": pl.Int64,
    "number": pl.String,
    "field": pl.String,
    "code": pl.String,
    "params": pl.String,
}
_IDENTITY = ["number", "body_id"]
_PARTS = ["line", "org_key", "org_stated_on", "changed_on", *(f"org_{n}" for n in (*HOLDER, "region"))]


@dataclass
class Staged:
    """What was staged of a file: counts, the bodies it is of, and the rejected rows with their reasons."""

    rows: int = 0
    bodies: set[int] = field(default_factory=set)
    kept: int = 0
    duplicates: int = 0
    findings: int = 0
    rejects: list[pl.DataFrame] = field(default_factory=list)

    @property
    def rejected(self) -> pl.DataFrame:
        """Return one row for each rejected row of the file."""
        return notes.joined(self.rejects)


@dataclass
class _Whole:
    """What is kept of every batch to judge the file as a whole: keys, holders, required fields without a column."""

    identities: list[pl.DataFrame] = field(default_factory=list)
    holders: list[pl.DataFrame] = field(default_factory=list)
    numbered: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"org_key": pl.String, "org_n": pl.Int64})
    )
    wanting: set[str] = field(default_factory=set)


def stage(
    file: Tabular, ground: Ground, place: Staging, tell: Callable[[str, int, int], None], *, asking: bool = True
) -> Staged:
    """Judge and stage a whole file, leaving out what is recognised unless not `asking`.

    Contradictory rows, and rows that bear on recognised ones, are found at the end: then the file is read once more.
    """
    place.create("lines", LINES, "line")
    place.create("holders", HOLDERS, "n")
    place.create("findings", FINDINGS, "n")
    place.create("unlike", {"line": pl.Int64}, "line")
    out = pl.DataFrame(schema=notes.NOTE)
    known = recogniser(ground, place, asking=asking)
    while True:
        staged, whole = _batches(file, known, place, tell, out)
        identities = pl.concat(whole.identities) if whole.identities else None
        identical, contradictory = repeated(identities)
        if identities is None or not known.again(identities):
            if not len(contradictory):
                break
            out = pl.concat([out, contradictory])
        known.begin()
        for table in ("lines", "findings"):
            place.empty(table)
    staged.bodies |= known.bodies
    _write_findings(place, about_columns(whole.wanting, file, ground), staged)
    _close(staged, whole, identical, place)
    place.finish()
    return staged


def _batches(
    file: Tabular, known: Recogniser, place: Staging, tell: Callable[[str, int, int], None], out: pl.DataFrame
) -> tuple[Staged, _Whole]:
    staged, whole = Staged(), _Whole()
    if len(out):
        staged.rejects.append(out)
    for batch in ahead(file.batches()):
        others, recognised = known.split(batch)
        staged.rows += len(batch)
        staged.kept += len(recognised)
        whole.wanting |= validating.wanting(recognised, known.ground) if len(recognised) else set()
        if len(others):
            _batch(validating.judge(others, known.ground), whole, staged, place, out)
        tell("reading", staged.rows, file.total)
    return staged, whole


def _batch(judged: validating.Judged, whole: _Whole, staged: Staged, place: Staging, out: pl.DataFrame) -> None:
    """Stage the judged rows of a batch, and keep what tells about the file as a whole."""
    lines = judged.rows.rename({"row": "line"}).join(out, left_on="line", right_on=ROW, how="anti")
    findings = judged.findings.join(out, on=ROW, how="anti")
    numbered = _numbered(lines, whole)
    place.write("lines", numbered.select(LINES.keys()))
    _write_findings(place, findings, staged)
    staged.rejects.append(judged.rejects.join(out, on=ROW, how="anti"))
    staged.kept += len(lines)
    staged.bodies |= set(lines["body_id"].unique())
    whole.wanting |= judged.wanting
    content = [c for c in judged.rows.columns if c not in {"row", "digest"}]
    said = numbered.select(f"org_{n}" for n in HOLDER_COLUMNS).hash_rows().alias("said")
    holder, same = pl.col("org_key").hash().alias("holder"), lines.select(content).hash_rows().alias("content")
    whole.identities.append(numbered.select("line", *_IDENTITY, "org_n", holder, same, said))
    whole.holders.append(_newest(lines.select(_PARTS)))


def _numbered(lines: pl.DataFrame, whole: _Whole) -> pl.DataFrame:
    """Give every holder of the file a number, in the order of its first row."""
    keys = (
        lines.select("org_key")
        .unique(maintain_order=True)
        .join(whole.numbered, on="org_key", how="anti", maintain_order="left")
    )
    start = len(whole.numbered) + 1
    new = keys.with_columns(pl.int_range(start, start + pl.len(), dtype=pl.Int64).alias("org_n"))
    whole.numbered = pl.concat([whole.numbered, new])
    return lines.join(whole.numbered, on="org_key", how="left", maintain_order="left")


def _newest(parts: pl.DataFrame) -> pl.DataFrame:
    """Return for each holder and name the row that was stated last."""
    return parts.sort("org_stated_on", "line").unique(["org_key", "org_name"], keep="last", maintain_order=True)


def repeated(identities: pl.DataFrame | None) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return rows that repeat an earlier one (line, other, number), and rejections of contradictory rows."""
    none = (
        pl.DataFrame(schema={"line": pl.Int64, "other": pl.Int64, "number": pl.String}),
        pl.DataFrame(schema=notes.NOTE),
    )
    if identities is None:
        return none
    twice = identities.filter(pl.struct(_IDENTITY).is_duplicated())
    if not len(twice):
        return none
    groups = twice.with_columns(
        pl.col("content").n_unique().over(_IDENTITY).alias("contents"),
        pl.col("line").min().over(_IDENTITY).alias("first"),
        pl.col("line").max().over(_IDENTITY).alias("last"),
    )
    same = groups.filter((pl.col("contents") == 1) & (pl.col("line") > pl.col("first")))
    odd = groups.filter(pl.col("contents") > 1).with_columns(
        pl.when(pl.col("line") == pl.col("last")).then("first").otherwise("last").alias("other"),
        pl.col("line").alias(ROW),
    )
    rejects = notes.note(odd, "CERT_NUMBER", "contradictory", {"other": pl.col("other")}, pl.col("number"))
    return same.select("line", pl.col("first").alias("other"), "number"), rejects


def _close(staged: Staged, whole: _Whole, identical: pl.DataFrame, place: Staging) -> None:
    """Write what the whole file shows: holders with their newest name, and repeated rows."""
    parts = _newest(pl.concat(whole.holders)) if whole.holders else pl.DataFrame()
    if len(parts):
        # A row without a name says nothing against one with a name.
        ranked = parts.sort(pl.col("org_name").is_not_null(), "org_stated_on", "line")
        winners = ranked.unique("org_key", keep="last", maintain_order=True)
        names = winners.select("org_key", pl.col("org_name").alias("value"))
        others = parts.join(winners.select("line"), on="line", how="anti").join(
            names, on="org_key", maintain_order="left"
        )
        others = others.filter(pl.col("org_name") != pl.col("value")).with_columns(pl.col("line").alias(ROW))
        differ = notes.note(others, "ORG_NAME", "names_differ", {"value": pl.col("value")}, pl.lit(""))
        _write_findings(place, differ, staged)
        held = winners.join(whole.numbered, on="org_key", maintain_order="left")
        place.write("holders", _holders(held))
        _forget_unlike(held, pl.concat(whole.identities), place)
    again = identical.with_columns(pl.col("other").alias(ROW))
    repeats = notes.note(again, "CERT_NUMBER", "duplicate_row", {"other": pl.col("line")}, pl.col("number"))
    _write_findings(place, repeats, staged)
    staged.duplicates = len(identical)
    if len(identical):
        place.create("repeats", {"line": pl.Int64}, "line")
        place.write("repeats", identical.select("line"))
        place.take_out("lines", "repeats")


def _holders(winners: pl.DataFrame) -> pl.DataFrame:
    named = [pl.col(f"org_{n}").alias(n) for n in (*HOLDER, "region")]
    return winners.sort("org_n").select(
        pl.col("org_n").alias("n"),
        "line",
        pl.col("org_key").alias("key"),
        *named,
        pl.col("org_stated_on").alias("stated_on"),
        "changed_on",
        pl.lit(None, pl.Int64).alias("id"),
        pl.lit(0, pl.Int64).alias("is_new"),
    )


def _forget_unlike(held: pl.DataFrame, rows: pl.DataFrame, place: Staging) -> None:
    """Take the digest from every row that says of its holder something else than the row that counts."""
    says = held.select("org_n", held.select(f"org_{n}" for n in HOLDER_COLUMNS).hash_rows().alias("counts"))
    unlike = rows.join(says, on="org_n").filter(pl.col("said") != pl.col("counts"))
    place.write("unlike", unlike.select("line"))
    place.forget("lines", "digest", "unlike")


def about_columns(wanting: set[str], file: Tabular, ground: Ground) -> pl.DataFrame:
    """Return one note for each required field without a column, and for each column that is no field (row 0)."""
    missing = [(n, "missing_column", {"label": n, "field": n}) for n in sorted(wanting)]
    unknown = [("", "unknown_column", {"column": h[:100]}) for h in file.headers if h not in ground.fields]
    rows = [(0, "", n, code, json.dumps(params, ensure_ascii=False)) for n, code, params in (*missing, *unknown)]
    return pl.DataFrame(rows, schema=notes.NOTE, orient="row")


def _write_findings(place: Staging, found: pl.DataFrame, staged: Staged) -> None:
    numbered = found.with_columns(pl.int_range(staged.findings, staged.findings + pl.len(), dtype=pl.Int64).alias("n"))
    place.write("findings", numbered.rename({ROW: "line"}).select(FINDINGS.keys()))
    staged.findings += len(found)
