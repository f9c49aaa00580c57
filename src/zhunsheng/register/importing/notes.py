"""Collecting what is wrong or odd in a batch, as frames: one row a finding or rejection."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from zhunsheng.register.importing.tabular import ROW

if TYPE_CHECKING:
    from collections.abc import Mapping

NOTE = {ROW: pl.Int64, "number": pl.String, "field": pl.String, "code": pl.String, "params": pl.String}
NUMBER = "CERT_NUMBER"


@dataclass
class Work:
    """A batch being judged: its frame, and the notes so far. `rejected` stops nothing; the first reason counts."""

    frame: pl.DataFrame
    findings: list[pl.DataFrame] = field(default_factory=list)
    rejects: list[pl.DataFrame] = field(default_factory=list)
    wanting: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        """Say whether the file has the field."""
        return name in self.frame.columns

    def col(self, name: str, dtype: type[pl.DataType] = pl.String) -> pl.Expr:
        """Return a field; nulls where the file does not have it."""
        return pl.col(name) if self.has(name) else pl.lit(None, dtype)

    def find(self, where: pl.Expr, name: str, code: str, **params: pl.Expr | str | int) -> None:
        """Note a finding on the rows where the expression is true."""
        self._note(self.findings, where, name, code, params)

    def reject(self, where: pl.Expr, name: str, code: str, **params: pl.Expr | str | int) -> None:
        """Note a rejection of the rows where the expression is true."""
        self._note(self.rejects, where, name, code, params)

    def _note(
        self, notes: list[pl.DataFrame], where: pl.Expr, name: str, code: str, params: Mapping[str, pl.Expr | str | int]
    ) -> None:
        rows = self.frame.filter(where)
        if len(rows):
            notes.append(note(rows, name, code, params, self.col(NUMBER)))


def note(
    rows: pl.DataFrame, name: str, code: str, params: Mapping[str, pl.Expr | str | int], number: pl.Expr
) -> pl.DataFrame:
    """Return one note for each row of a frame that has ROW."""
    values = [(v if isinstance(v, pl.Expr) else pl.lit(v)).alias(k) for k, v in params.items()]
    text = pl.struct(values).struct.json_encode() if values else pl.lit("{}")
    return rows.select(
        pl.col(ROW),
        number.str.slice(0, 60).fill_null("").alias("number"),
        pl.lit(name).alias("field"),
        pl.lit(code).alias("code"),
        text.alias("params"),
    )


def joined(notes: list[pl.DataFrame]) -> pl.DataFrame:
    """Return all notes in the order of the file."""
    return pl.concat([pl.DataFrame(schema=NOTE), *notes]).sort(ROW, maintain_order=True)
