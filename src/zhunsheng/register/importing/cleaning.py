"""From the file's text to values: white space, width and case, dates, numbers, codes; vectorised."""

from __future__ import annotations

from datetime import date

import polars as pl

from zhunsheng.register import layouts

# Everything below U+0020 except tab, line feed and carriage return, and U+007F to U+009F: no text has them.
CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
_FULL = [chr(code) for code in range(0xFF01, 0xFF5F)]
_HALF = [chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)]
# The written forms that `codes.dates.parse` reads beside 2026-01-31, as one expression each.
_DAYS = (
    r"^(\d{4})-(\d{1,2})-(\d{1,2})$",
    r"^(\d{4})/(\d{1,2})/(\d{1,2})$",
    r"^(\d{4})(\d{2})(\d{2})$",
    r"^(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日$",
)
# Python's dates begin here; Polars has a year 0 and earlier.
FIRST_DAY = date(1, 1, 1)
ISO = r"^\d{4}-\d{2}-\d{2}$"


def text(column: pl.Series) -> pl.Series:
    """Return the column without outer white space; empty cells are null."""
    stripped = column.str.strip_chars()
    return stripped.set(stripped == "", None) if (stripped == "").any() else stripped


def identifier(column: pl.Series) -> pl.Series:
    """Return identifiers as `certificate_number.normalise` does: no white space, capitals, half-width."""
    plain = r"^[!-`{-~]*$"
    if column.str.contains(plain).all():
        return column
    return column.str.replace_many(_FULL, _HALF).str.replace_all(r"\s", "").str.to_uppercase()


def day(column: pl.Series) -> pl.Series:
    """Return days; null for what is not clearly one (as `codes.dates.parse`)."""
    fast = _calendar(column)
    usual = column.str.contains(ISO)
    if usual.all():
        return fast
    found = fast.set(~usual.fill_null(value=True), None)
    rest = pl.select(pl.when(found.is_null()).then(column)).to_series()
    if rest.is_null().all():
        return found
    for shape in _DAYS:
        parts = [rest.str.extract(shape, group).str.zfill(width) for group, width in ((1, 4), (2, 2), (3, 2))]
        joined = pl.select(pl.concat_str([pl.lit(p) for p in parts], separator="-")).to_series()
        found = found.fill_null(_calendar(joined))
    return found


def _calendar(column: pl.Series) -> pl.Series:
    found = column.str.to_date("%Y-%m-%d", strict=False)
    return found.set((found < FIRST_DAY).fill_null(value=False), None)


def whole_number(column: pl.Series) -> pl.Series:
    """Return whole numbers of up to nine digits; null for anything else."""
    clean = column.str.replace_all(r"[,，\s]", "").str.strip_suffix(".0")
    return pl.select(pl.when(clean.str.contains(r"^\d{1,9}$")).then(clean)).to_series().cast(pl.Int64)


def is_number(column: pl.Series) -> pl.Series:
    """Tell which cells are decimal numbers."""
    return column.str.replace_all(r"[,，\s]", "").str.contains(r"^-?\d+(\.\d+)?$")


def codes(column: pl.Series, table: str) -> pl.Series:
    """Return codes of a table, where several are joined by ；; labels and codes without their zeros are read too."""
    known = layouts.code_table(table)
    right = rf"^(?:{'|'.join(c.code for c in known)})$"
    if column.str.contains(right).all():
        return column
    width = max(len(c.code) for c in known if c.code.isdigit())
    names = {c.label: c.code for c in known} | {c.label_en: c.code for c in known}
    short = {
        c.code.lstrip("0"): c.code for c in known if c.code.isdigit() and len(c.code) == width and c.code.lstrip("0")
    }
    taken = {c.code for c in known}
    names |= {k: v for k, v in short.items() if k not in taken}
    clean = column.str.replace_many(_FULL, _HALF).str.replace_all(r"[;,、\s]+", "；").str.strip_chars("；")
    found = clean.replace(names)
    # Only cells with several codes need to be taken apart.
    several = found.str.contains("；", literal=True).fill_null(value=False)
    if not several.any():
        return found
    joined = found.str.split("；").list.eval(pl.element().replace(names)).list.join("；")
    return pl.select(pl.when(several).then(joined).otherwise(found)).to_series()


def in_table(column: pl.Series, table: str) -> pl.Series:
    """Tell which cells hold codes of the table only."""
    one = f"(?:{'|'.join(c.code for c in layouts.code_table(table))})"
    return column.str.contains(rf"^{one}(?:；{one})*$")
