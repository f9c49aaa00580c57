"""The month after the twin's: the returns of two of its bodies, with a little life planted in them.

Rows are states, as the national template has it: certificates suspended, withdrawn, cancelled and
renewed, an organisation renamed, one moved to another province, new certificates, a wider scope.
Only the demo uses this.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from zhunsheng.codes import certificate_number, dates, regions, uscc
from zhunsheng.codes.errors import N_, ZhunshengError
from zhunsheng.demo.twin import schemes
from zhunsheng.demo.twin.names import MARK, MARK_EN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

Row = dict[str, Any]

# Template fields that a first return leaves out and a change needs (domain facts 1.5).
CHANGE_FIELDS = (
    "ORG_O_NAME", "PAUSE_CAUSE", "PAUSE_S_DATE", "PAUSE_E_DATE", "CANCEL_CAUSE", "CANCEL_DATE",
    "CHG_DATE", "CHG_TYP_CODE", "REPORT_TYPE",
)  # fmt: skip
# Codes of the national template (domain facts 1.5): status, 变更, 上报类型, causes.
SUSPENDED, WITHDRAWN, CANCELLED = "02", "03", "04"
RENAMED, MOVED, WIDENED = "01", "02", "05"
REISSUED, STATUS_REPORT = "02", "05"
PAUSE_CAUSES = ("0116", "0112", "0199")
WITHDRAWAL_CAUSES = ("0121", "0116", "0112")
SURRENDERED = "0122"
PAUSE_MONTHS = 3
SATURDAY = 5
# A month's return is due by the tenth of the next month.
DUE_DAYS = 10
# How many certificates of each kind are planted among a body's management systems.
PLANTED = {"suspended": 4, "withdrawn": 3, "cancelled": 2, "renewed": 5, "scope_widened": 1}
NEW_CERTIFICATES = 3
MANAGEMENT = "ms"


TOO_SMALL = N_("孪生登记簿太小，机构 %(body)s 的证书不足以安排下一个月。")


class TooSmall(ZhunshengError):
    """The twin has too few certificates to plant a second month in."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One thing that happened: what, to which certificate of which body, when, and from what to what."""

    kind: str
    body: str
    number: str
    on: str
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Summary:
    """The second month: its bodies, its files in the order of import, and everything planted."""

    month: str
    bodies: tuple[str, ...]
    files: tuple[Path, ...]
    planted: tuple[Planted, ...]


@dataclass
class _Month:
    """The return of one body under work; `elsewhere` holds organisations that other returns name too."""

    body: str
    code: str
    month: str
    rng: np.random.Generator
    elsewhere: frozenset[str | None]
    planted: list[Planted] = field(default_factory=list)

    def day(self) -> date:
        """Draw a working day of the month."""
        first = date.fromisoformat(f"{self.month}-01")
        days = [first + timedelta(n) for n in range(dates.month_end(self.month).day)]
        working = [day for day in days if day.weekday() < SATURDAY]
        return working[int(self.rng.integers(len(working)))]

    def note(self, kind: str, row: Row, on: date, before: str = "", after: str = "") -> None:
        """Write down what was planted."""
        self.planted.append(Planted(kind, self.body, row["CERT_NUMBER"], on.isoformat(), before, after))


def second_month(twin_dir: Path, out: Path, *, month: str, seed: int) -> Summary:
    """Write the returns of two of a twin's bodies for a later month into the folder `out`.

    Files: bodies.csv (the two, reported anew), certificates-LAYOUT.parquet for each layout in which
    they have certificates, planted.json. Certificates that run out before the return is due are not
    in it. Equal arguments give equal bytes. Raises TooSmall when too few
    certificates are there.
    """
    rng = np.random.default_rng(seed)
    twin = json.loads((twin_dir / "twin.json").read_text(encoding="utf-8"))
    bodies = pl.read_csv(twin_dir / "bodies.csv", infer_schema=False)
    chosen = _choose(twin_dir)
    out.mkdir(parents=True, exist_ok=True)
    _reported(bodies.filter(pl.col("RZJG_ID").is_in(chosen)), month).write_csv(out / "bodies.csv")
    codes = dict(bodies.select("RZJG_ID", "RZJG_CODE").iter_rows())
    returns = {(layout, body): _return(twin_dir, layout, body, month) for layout in schemes.LAYOUTS for body in chosen}
    planted: list[Planted] = []
    for place, body in enumerate(chosen, 1):
        others = [frame["ORG_CODE"] for key, frame in returns.items() if key != (MANAGEMENT, body)]
        work = _Month(body, codes[body], month, rng, frozenset(pl.concat(others)))
        returns[MANAGEMENT, body] = _plant(returns[MANAGEMENT, body], work, int(twin["organisations"]) + place)
        planted += work.planted
    files = [out / "bodies.csv", *_write(returns, out)]
    summary = Summary(month, tuple(chosen), tuple(files), tuple(planted))
    text = {
        "month": month,
        "seed": seed,
        "bodies": chosen,
        "files": [path.name for path in files],
        "planted": [asdict(one) for one in planted],
    }
    (out / "planted.json").write_text(json.dumps(text, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return summary


def _write(returns: dict[tuple[str, str], pl.DataFrame], out: Path) -> list[Path]:
    """Write one file for each layout in which there are certificates."""
    files = []
    for layout in schemes.LAYOUTS:
        table = pl.concat(frame for (of, _), frame in returns.items() if of == layout)
        if len(table):
            files.append(out / f"certificates-{layout}.parquet")
            table.write_parquet(files[-1], compression="zstd", compression_level=1)
    return files


def _rows(twin_dir: Path, layout: str) -> pl.LazyFrame:
    return pl.scan_parquet(sorted(twin_dir.glob(f"certificates-{layout}*.parquet")))


def _choose(twin_dir: Path) -> list[str]:
    """Return the first body with management systems, and the first other that certifies products as well."""
    systems = _rows(twin_dir, MANAGEMENT).select(pl.col("RZJG_ID").unique().sort()).collect()["RZJG_ID"].to_list()
    products = set(_rows(twin_dir, "voluntary").select(pl.col("RZJG_ID").unique()).collect()["RZJG_ID"])
    others = sorted(systems[1:], key=lambda body: (body not in products, body))
    return [systems[0], *others[:1]]


def _reported(bodies: pl.DataFrame, month: str) -> pl.DataFrame:
    """Let the bodies have reported on the sixth of the month after, or the working day before it."""
    day = dates.month_end(month) + timedelta(6)
    day -= timedelta(max(0, day.weekday() - SATURDAY + 1))
    return bodies.with_columns(REPORTED_ON=pl.lit(day.isoformat()))


def _return(twin_dir: Path, layout: str, body: str, month: str) -> pl.DataFrame:
    """Return the body's certificates that are still valid when the return is due, with the fields for changes empty."""
    end = (dates.month_end(month) + timedelta(DUE_DAYS)).isoformat()
    kept = _rows(twin_dir, layout).filter((pl.col("RZJG_ID") == body) & (pl.col("CERTI_E_DATE") > end)).collect()
    if layout != MANAGEMENT:
        return kept
    return kept.with_columns(pl.lit(None, pl.String).alias(name) for name in CHANGE_FIELDS)


def _plant(frame: pl.DataFrame, work: _Month, serial: int) -> pl.DataFrame:
    """Return the body's rows with the month's life in them: changed rows last, then new ones."""
    rows = _pool(frame, work)
    changed: dict[int, Row] = {}
    for kind, count in PLANTED.items():
        for _ in range(count):
            # Renewed is what ends soonest; everything else strikes at random.
            index = min(rows, key=lambda row: frame["CERTI_E_DATE"][row]) if kind == "renewed" else rows[-1]
            rows.remove(index)
            changed[index] = frame.row(index, named=True)
            _CHANGES[kind](changed[index], work)
    for change in (_rename, _move):
        holder = _holder(frame, rows, work)
        mine = frame.with_row_index().filter(pl.col("ORG_CODE") == holder)["index"].to_list()
        rows = [index for index in rows if index not in mine]
        batch = [frame.row(index, named=True) for index in mine]
        changed |= dict(zip(mine, batch, strict=True))
        change(batch, work)
    new = [_issue(frame, frame.row(rows.pop(), named=True), work, place) for place in range(1, NEW_CERTIFICATES + 1)]
    _join(new[0], serial)
    for row in new:
        work.note("issued", row, date.fromisoformat(row["AWARD_DATE"]), after=row["ORG_CODE"])
    rest = frame.with_row_index().filter(~pl.col("index").is_in(list(changed))).drop("index")
    return pl.concat([rest, pl.DataFrame([*changed.values(), *new], schema=frame.schema)])


def _pool(frame: pl.DataFrame, work: _Month) -> list[int]:
    """Return rows to change, one for each organisation of a mainland province, in drawn order."""
    home = frame.with_row_index().filter(
        (pl.col("ORG_COUNTRY") == regions.MAINLAND) & pl.col("ORG_DISTRICT").is_not_null()
    )
    firsts = home.unique("ORG_CODE", keep="first", maintain_order=True)["index"].to_numpy()
    if len(firsts) < sum(PLANTED.values()) + 2 + NEW_CERTIFICATES:
        raise TooSmall(TOO_SMALL, body=work.body)
    return [int(index) for index in work.rng.permutation(firsts)]


def _holder(frame: pl.DataFrame, rows: list[int], work: _Month) -> str:
    """Return an organisation that no other return of this month names, so that none contradicts the change."""
    for row in rows:
        if (code := frame["ORG_CODE"][row]) not in work.elsewhere:
            return str(code)
    raise TooSmall(TOO_SMALL, body=work.body)


def _suspend(row: Row, work: _Month) -> None:
    on = work.day()
    until = dates.add_months(on, PAUSE_MONTHS)
    row |= {"CERTI_STATUS": SUSPENDED, "PAUSE_CAUSE": str(work.rng.choice(PAUSE_CAUSES)), "REPORT_TYPE": STATUS_REPORT}
    row |= {"PAUSE_S_DATE": on.isoformat(), "PAUSE_E_DATE": until.isoformat()}
    work.note("suspended", row, on, after=until.isoformat())


def _withdraw(row: Row, work: _Month) -> None:
    on = work.day()
    row |= {"CERTI_STATUS": WITHDRAWN, "CANCEL_CAUSE": str(work.rng.choice(WITHDRAWAL_CAUSES))}
    row |= {"CANCEL_DATE": on.isoformat(), "REPORT_TYPE": STATUS_REPORT}
    work.note("withdrawn", row, on)


def _cancel(row: Row, work: _Month) -> None:
    on = work.day()
    row |= {"CERTI_STATUS": CANCELLED, "CANCEL_CAUSE": SURRENDERED, "CANCEL_DATE": on.isoformat()}
    row["REPORT_TYPE"] = STATUS_REPORT
    work.note("cancelled", row, on)


def _renew(row: Row, work: _Month) -> None:
    on = work.day()
    before, years = row["CERTI_E_DATE"], 12 * schemes.YEARS[MANAGEMENT]
    row |= {"APP_ASS_DATE": on.isoformat(), "AWARD_DATE": on.isoformat(), "REPORT_TYPE": REISSUED}
    row["CERTI_E_DATE"] = (dates.add_months(on, years) - timedelta(1)).isoformat()
    row["A_AUTH_TIMES"] = str(int(row["A_AUTH_TIMES"]) + 1)
    work.note("renewed", row, on, before, row["CERTI_E_DATE"])


def _widen(row: Row, work: _Month) -> None:
    on, before = work.day(), row["BUSI_COVER_SCOP"]
    row |= {"BUSI_COVER_SCOP": f"{before}；相关售后服务", "CHG_DATE": on.isoformat(), "CHG_TYP_CODE": WIDENED}
    work.note("scope_widened", row, on, before, row["BUSI_COVER_SCOP"])


_CHANGES: dict[str, Callable[[Row, _Month], None]] = {
    "suspended": _suspend,
    "withdrawn": _withdraw,
    "cancelled": _cancel,
    "renewed": _renew,
    "scope_widened": _widen,
}


def _rename(batch: list[Row], work: _Month) -> None:
    """Give the holder of all rows a new name."""
    on, before = work.day(), batch[0]["ORG_NAME"]
    after = before.replace(f"有限公司{MARK}", f"集团有限公司{MARK}")
    for row in batch:
        row |= {"ORG_NAME": after, "ORG_O_NAME": before, "CHG_DATE": on.isoformat(), "CHG_TYP_CODE": RENAMED}
        row["ORG_NAME_EN"] = row["ORG_NAME_EN"].replace(f" Co., Ltd.{MARK_EN}", f" Group Co., Ltd.{MARK_EN}")
        work.note("renamed", row, on, before, after)


def _move(batch: list[Row], work: _Month) -> None:
    """Move the holder of all rows to the capital of another province."""
    old = regions.of_district(batch[0]["ORG_DISTRICT"], batch[0]["ORG_COUNTRY"])
    away = [p for p in regions.PROVINCES if p != old and p not in regions.BY_COUNTRY.values()]
    new, on = away[int(work.rng.integers(len(away)))], work.day()
    for row in batch:
        row |= {"ORG_DISTRICT": f"{new.code}0100", "CHG_DATE": on.isoformat(), "CHG_TYP_CODE": MOVED}
        row["ORG_ADDRESS"] = row["ORG_ADDRESS"].replace(old.name, new.name, 1)
        work.note("moved", row, on, old.code, new.code)


def _issue(frame: pl.DataFrame, pattern: Row, work: _Month, place: int) -> Row:
    """Return a new certificate like another one, `place` numbers after the body's last of that system."""
    number = certificate_number.parse(pattern["CERT_NUMBER"])
    if number is None or number.system is None:
        raise TooSmall(N_("证书编号 %(number)s 不是孪生登记簿的编号。"), number=pattern["CERT_NUMBER"])
    on = work.day()
    serials = frame["CERT_NUMBER"].str.extract(rf"^{work.code}\d\d{number.system}(\d+)R").drop_nulls()
    serial = max(int(text) for text in serials) + place
    fresh: Row = dict.fromkeys(("FIRST_CERT_DATE", "APP_ASS_DATE", "AWARD_DATE"), on.isoformat())
    years = 12 * schemes.YEARS[MANAGEMENT]
    fresh |= {"CERTI_E_DATE": (dates.add_months(on, years) - timedelta(1)).isoformat(), "A_AUTH_TIMES": "0"}
    fresh["CERT_NUMBER"] = f"{work.code}{on.year % 100:02d}{number.system}{serial:06d}R0{number.size or ''}"
    return pattern | fresh


def _join(row: Row, serial: int) -> None:
    """Make the holder one that is new to the register; `serial` is past those of all others."""
    row["ORG_CODE"] = uscc.invented(row["ORG_DISTRICT"][:2], serial)
    row["ORG_NAME"] = row["ORG_NAME"].replace("有限公司", "股份有限公司")
    row["ORG_NAME_EN"] = row["ORG_NAME_EN"].replace(" Co., Ltd.", " Holdings Co., Ltd.")
