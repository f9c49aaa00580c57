"""Recognising the rows that the register has taken over before, word for word: they need no judging.

A certificate keeps a digest of the row that it was last taken from. The digest stands only as long as
the same row again could not change anything: whatever else changes the certificate or its holder
empties it, and a row whose word did not count, or counts only for its day, never gets one (see
`lines` and `statements`). So a row with the digest of its own certificate is left out, unless another
row of the file might bear on it: one of the same number, or one of the same holder.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl
from django.db import connection
from django.db.models import Max

from zhunsheng.register.importing import records, validating
from zhunsheng.register.importing.tabular import CELLS, FORMULAS, ROW
from zhunsheng.register.models import Import
from zhunsheng.register.policy import ImportState
from zhunsheng.standards import policy as standards

if TYPE_CHECKING:
    from zhunsheng.register.importing.ground import Ground
    from zhunsheng.register.importing.staging import Staging

# Raised with every change of how rows are read or judged: what was read otherwise is then not recognised.
RULES = 1
KEYS: dict[str, type[pl.DataType]] = {"line": pl.Int64, "number": pl.String, "body_id": pl.Int64, "digest": pl.Int64}
# A file of whose first rows less than this is recognised is a new one, and is not asked about further.
PROBE = 1_000
WORTH_ASKING = 0.5

_OTHER = """
SELECT k.line FROM {s}keys AS k WHERE k.line BETWEEN %s AND %s AND NOT EXISTS (
  SELECT 1 FROM register_certificate AS c WHERE c.number = k.number AND c.body_id = k.body_id AND c.digest = k.digest)
"""
# Rows that were recognised when the file was staged, and are no more.
NO_LONGER = _OTHER.replace("k.line BETWEEN %s AND %s AND ", "") + "LIMIT 1"


def recogniser(ground: Ground, place: Staging, *, asking: bool) -> Recogniser:
    """Return a recogniser for one file; it asks only where nothing became known later than this return."""
    lasting = newest(ground)
    place.create("keys", KEYS, "line")
    place.create("others", {"line": pl.Int64}, "line")
    return Recogniser(ground, place, asking and lasting, lasting)


@dataclass
class Recogniser:
    """Tells known rows from others, batch by batch; `shunned` are holders (hashed) whose rows are all judged."""

    ground: Ground
    place: Staging
    asking: bool
    lasting: bool
    shunned: pl.Series = field(default_factory=lambda: pl.Series([], dtype=pl.UInt64))
    bodies: set[int] = field(default_factory=set)
    _known: list[pl.DataFrame] = field(default_factory=list)

    def split(self, batch: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Return the rows to judge, with their digests, and the recognised ones."""
        if not self.lasting:
            return batch, batch.clear()
        batch = batch.with_columns(digests(batch, self.ground))
        if not (self.asking and len(batch)):
            return batch, batch.clear()
        if not self._known and not self._promising(batch.head(PROBE)):
            return batch, batch.clear()
        keys = self._keys(batch)
        others = self._others(keys)
        others = pl.concat([others, keys.filter(pl.col("holder").is_in(self.shunned.implode()))]).unique("line")
        known = keys.join(others, on="line", how="anti")
        self.place.write("others", others.select("line"))
        self.place.take_out("keys", "others")
        self._known.append(known.select("line", pl.col("number").hash(), "holder"))
        self.bodies |= set(known["body_id"].unique())
        return (
            batch.join(known, left_on=ROW, right_on="line", how="anti", maintain_order="left"),
            batch.join(known, left_on=ROW, right_on="line", how="semi", maintain_order="left"),
        )

    def _keys(self, batch: pl.DataFrame) -> pl.DataFrame:
        """Return number, body and holder of every row, read as validation reads them."""
        of_key = {header: name for header, name in self.ground.fields.items() if name in records.KEY_FIELDS}
        work = validating.read(batch, replace(self.ground, fields=of_key))
        validating.drop_long_codes(work)
        own = self.ground.own_body
        bodies = {number: body.id for number, body in self.ground.bodies.items() if own in {None, number}}
        return work.frame.select(
            pl.col(ROW).alias("line"),
            pl.col("CERT_NUMBER").alias("number"),
            pl.col("RZJG_ID").replace_strict(bodies, default=None, return_dtype=pl.Int64).alias("body_id"),
            pl.col(records.DIGEST).alias("digest"),
            records.key(work.col).hash().alias("holder"),
        ).filter(pl.col("number").is_not_null() & pl.col("body_id").is_not_null())

    def _promising(self, rows: pl.DataFrame) -> bool:
        """Tell from the first rows of a file whether it is worth asking about all of them."""
        keys = self._keys(rows)
        known = len(keys) - len(self._others(keys))
        self.begin()
        self.asking = known > WORTH_ASKING * len(rows)
        return self.asking

    def _others(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Return those rows, of `keys` in one batch, whose certificate has not the digest of the row."""
        self.place.write("keys", keys.select(KEYS.keys()))
        self.place.flush()
        ends = keys.select(pl.col("line").min().alias("first"), pl.col("line").max().alias("last")).row(0)
        with connection.cursor() as cursor:
            cursor.execute(_OTHER.format(s=f"{self.place.schema}."), ends)
            lines = [line for (line,) in cursor.fetchall()]
        return keys.join(pl.DataFrame({"line": pl.Series(lines, dtype=pl.Int64)}), on="line", how="semi")

    def begin(self) -> None:
        """Forget what was recognised, because the file is read once more."""
        self._known, self.bodies = [], set()
        for table in ("keys", "others"):
            self.place.empty(table)

    def again(self, judged: pl.DataFrame) -> bool:
        """Tell whether recognised rows must be judged after all, because judged ones (number, holder) bear on them.

        The next reading of the file then judges those: all rows of a holder together, and every row where a
        number stands twice.
        """
        if not self._known:
            return False
        known = pl.concat(self._known)
        holders = judged["holder"].unique()
        twice = known["number"].is_in(judged["number"].hash().implode()).any()
        if not twice and not known["holder"].is_in(holders.implode()).any():
            return False
        self.asking = self.asking and not twice
        self.shunned = pl.concat([self.shunned, holders]).unique()
        return True


def newest(ground: Ground) -> bool:
    """Tell whether nothing in the register became known later than this return."""
    last = Import.objects.filter(state=ImportState.DONE).aggregate(last=Max("known_on"))["last"]
    return last is None or ground.known_on >= last


def digests(batch: pl.DataFrame, ground: Ground) -> pl.Series:
    """Return a 64-bit digest of each row as the file has it; other columns, another layout or other rules give others.

    A changed row keeps its certificate's digest by chance once in 2^64 rows.
    """
    by_field = sorted((name, header) for header, name in ground.fields.items())
    schemes = [(scheme.code, scheme.id) for scheme in standards.tree().schemes]
    told = (RULES, ground.layout.name, ground.demo, [name for name, _ in by_field], schemes)
    seed = int.from_bytes(hashlib.sha256(repr(told).encode()).digest()[:8])
    # An empty cell is one whether the format has a word for nothing or not.
    cells = pl.col(header for _, header in by_field).fill_null("")
    rows = batch.select(CELLS, FORMULAS, cells)
    return rows.hash_rows(seed).reinterpret(signed=True).alias(records.DIGEST)
