"""The rows of the national returns: one for each certificate, in the template's field names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from zhunsheng.codes import dates
from zhunsheng.demo.twin import days, names, schemes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from numpy.typing import NDArray

    from zhunsheng.demo.twin.placing import Register

    Choice = Callable[[int, NDArray[np.float64]], NDArray[np.int64]]

# Rows in one part of a file: what is kept in memory as text at a time.
PART_ROWS = 500_000
# One holder's certificates of the management systems are mostly decided together.
TOGETHER = 0.6
# Days after the start of the window: every certificate outlives the month, and the tenth of the next,
# the last day for the month's return (domain facts 1.5), even when its award moves back to a Friday.
MARGIN_DAYS = 14
# A body's share of the market falls with its rank as 1 / (rank + 2).
LEADERS = 2
# Most re-certifications behind a certificate; within the body's own approval.
MOST_CYCLES = 4
OTHER_MAKER = 0.25
VALID = "01"


@dataclass(frozen=True, slots=True)
class Rows:
    """The certificates of one layout as whole numbers: indices and days, one entry for each certificate."""

    scheme: NDArray[np.int64]
    organisation: NDArray[np.int64]
    body: NDArray[np.int64]
    code: NDArray[np.int64]
    product: NDArray[np.int64]
    cycle: NDArray[np.int64]
    first: NDArray[np.int64]
    decided: NDArray[np.int64]
    awarded: NDArray[np.int64]
    expires: NDArray[np.int64]
    serial: NDArray[np.int64]

    def part(self, start: int, stop: int) -> Rows:
        """Return some of the rows."""
        return Rows(*(getattr(self, name)[start:stop] for name in self.__slots__))


CODES = [(index, code) for index, scheme in enumerate(schemes.SCHEMES) for code in scheme.codes]


def rows_of(
    layout: str, register: Register, leaves: list[str], month: str, bodies: int, rng: np.random.Generator
) -> Rows:
    """Draw code, body, product and dates of every certificate of a layout.

    `leaves` are the projects' names in the order of the register's leaf indices. All certificates
    are valid on the month's last day: awarded within the layout's years before it, ending after it.
    """
    schemes_of_leaves = np.array([schemes.SCHEMES.index(schemes.BY_NAME[name]) for name in leaves])
    wanted = [schemes.SCHEMES[scheme].layout == layout for scheme in schemes_of_leaves]
    held = np.flatnonzero(np.array(wanted)[register.holdings.leaf])
    pair = np.repeat(held, register.certificates[held])
    organisation = register.holdings.organisation[pair].astype(np.int64)
    scheme = schemes_of_leaves[register.holdings.leaf[pair]]
    taste = rng.random(register.holdings.organisations)[organisation]
    body = _by_scheme(scheme, taste, lambda index, share: _body(index, share, bodies))
    code = _by_scheme(scheme, rng.random(len(pair)), _code)
    products = np.flatnonzero([product.layout == layout for product in schemes.PRODUCTS])
    product = rng.choice(products, len(pair)) if len(products) else np.zeros(len(pair), np.int64)
    cycle = _cycles(layout, len(pair), rng)
    first, decided, awarded, expires = _days(layout, dates.month_end(month), cycle, register, organisation, rng)
    serial = _serials(layout, body, scheme, product, awarded)
    return Rows(scheme, organisation, body, code, product, cycle, first, decided, awarded, expires, serial)


def _by_scheme(scheme: NDArray[np.int64], share: NDArray[np.float64], choose: Choice) -> NDArray[np.int64]:
    found = np.empty(len(scheme), np.int64)
    for index in np.unique(scheme):
        rows = scheme == index
        found[rows] = choose(int(index), share[rows])
    return found


def _body(scheme: int, share: NDArray[np.float64], bodies: int) -> NDArray[np.int64]:
    approved = np.array([body for body in range(bodies) if schemes.SCHEMES[scheme].approves(body)])
    weights = np.cumsum(1 / (np.arange(len(approved)) + LEADERS))
    return approved[np.searchsorted(weights / weights[-1], share, side="right")]


def _code(scheme: int, share: NDArray[np.float64]) -> NDArray[np.int64]:
    own = np.array([place for place, (index, _) in enumerate(CODES) if index == scheme])
    percents = np.cumsum([CODES[place][1].percent for place in own])
    return own[np.searchsorted(percents / percents[-1], share, side="right")]


def _cycles(layout: str, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return how often each certificate was renewed; product certificates start anew."""
    if layout in {"ccc", "voluntary"}:
        return np.zeros(count, np.int64)
    return np.minimum(rng.geometric(0.55, count) - 1, MOST_CYCLES)


def _days(
    layout: str,
    end: date,
    cycle: NDArray[np.int64],
    register: Register,
    organisation: NDArray[np.int64],
    rng: np.random.Generator,
) -> tuple[NDArray[np.int64], ...]:
    """Return first issue, decision, award (working days, in this order) and last day of validity."""
    years = schemes.YEARS[layout]
    window = np.array([days.number(dates.add_months(end, -12 * years)) + MARGIN_DAYS, days.number(end)])
    share = rng.random(len(cycle))
    if layout == "ms":
        common = rng.random(register.holdings.organisations)[organisation]
        share = np.where(rng.random(len(cycle)) < TOGETHER, common, share)
    awarded = days.workday(window[0] + (share * (window[1] - window[0] + 1)).astype(np.int64))
    decided = days.workday(awarded - rng.integers(0, 5, len(cycle)))
    first = np.minimum(days.workday(days.add_years(awarded, -years * cycle)), decided)
    expires = days.add_years(awarded, np.full(len(cycle), years)) - 1
    return first, decided, awarded, expires


def _serials(
    layout: str,
    body: NDArray[np.int64],
    scheme: NDArray[np.int64],
    product: NDArray[np.int64],
    awarded: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Number the certificates from 1 within what their numbers show beside the serial."""
    year = days.year(awarded)
    shown = {"ms": scheme, "voluntary": year, "ccc": year * 1000 + product, "organic": year}[layout]
    key = body * 10_000_000 + shown
    order = np.argsort(key, kind="stable")
    ranks = np.arange(len(key))
    starts = np.flatnonzero(np.diff(key[order], prepend=-1))
    found = np.empty(len(key), np.int64)
    found[order] = ranks - np.repeat(starts, np.diff(starts, append=len(key))) + 1
    return found


def tables(layout: str, rows: Rows, organisations: pl.DataFrame, bodies: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """Yield the rows as text in the template's fields, at most PART_ROWS at a time."""
    for start in range(0, len(rows.body), PART_ROWS):
        part = rows.part(start, start + PART_ROWS)
        yield (
            _management(part, organisations, bodies)
            if layout == "ms"
            else _product(layout, part, organisations, bodies)
        )


def _common(rows: Rows, number: pl.Series, organisations: pl.DataFrame, bodies: pl.DataFrame) -> dict[str, pl.Series]:
    who = {
        name: organisations[name].gather(rows.organisation)
        for name in ("name", "code", "country", "district", "address")
    }
    return {
        "RZJG_ID": bodies["RZJG_ID"].gather(rows.body),
        "ORG_NAME": who["name"],
        "ORG_CODE": who["code"],
        "ORG_COUNTRY": who["country"],
        "ORG_DISTRICT": who["district"],
        "ORG_ADDRESS": who["address"],
        "CERT_NUMBER": number,
        "AUTH_PROJ_CODE": names.pick([code.code for _, code in CODES], rows.code),
        "AUTH_PROJ_CODEDEC": _basis(rows),
        "AWARD_DATE": days.text(rows.awarded),
        "CERTI_E_DATE": days.text(rows.expires),
        "CERTI_STATUS": names.pick([VALID], np.zeros(len(rows.body), np.int64)),
    }


def _basis(rows: Rows) -> pl.Series:
    """Return the basis of each certificate's code that was in force when it was decided."""
    bases = [basis for _, code in CODES for basis in code.bases]
    starts = np.array([days.number(max(day, days.ORIGIN)) for day, _ in bases])
    ends = np.cumsum([len(code.bases) for _, code in CODES])
    oldest = np.append(0, ends[:-1])[rows.code]
    found = oldest
    for step in range(1, max(len(code.bases) for _, code in CODES)):
        later = np.minimum(oldest + step, ends[rows.code] - 1)
        found = np.where(starts[later] <= rows.decided, later, found)
    return names.pick([text for _, text in bases], found)


def _management(rows: Rows, organisations: pl.DataFrame, bodies: pl.DataFrame) -> pl.DataFrame:
    size = organisations["size"].gather(rows.organisation)
    number = _join(
        bodies["RZJG_CODE"].gather(rows.body),
        _digits(days.year(rows.awarded) % 100, 2),
        names.pick([scheme.letter for scheme in schemes.SCHEMES], rows.scheme),
        _digits(rows.serial, 6),
        pl.lit("R"),
        pl.Series(rows.cycle).cast(pl.String),
        size,
    )
    industry = organisations["industry"].gather(rows.organisation).to_numpy()
    own = {
        "ORG_NAME_EN": organisations["name_en"].gather(rows.organisation),
        "ORG_PEOP_NUM": organisations["staff"].gather(rows.organisation).cast(pl.String),
        "RELA_PEOP_NUM": organisations["covered"].gather(rows.organisation).cast(pl.String),
        "FIRST_CERT_DATE": days.text(rows.first),
        "BUSI_SCOP_CODE": names.pick([row[2] for row in names.INDUSTRIES], industry),
        "BUSI_COVER_SCOP": names.pick([row[3] for row in names.INDUSTRIES], industry),
        "A_AUTH_TIMES": pl.Series(rows.cycle).cast(pl.String),
        "APP_ASS_DATE": days.text(rows.decided),
    }
    return pl.DataFrame(_common(rows, number, organisations, bodies) | own).select(MANAGEMENT_FIELDS)


def _product(layout: str, rows: Rows, organisations: pl.DataFrame, bodies: pl.DataFrame) -> pl.DataFrame:
    body = bodies["RZJG_CODE"].gather(rows.body)
    year, product = days.year(rows.awarded), [p.number for p in schemes.PRODUCTS]
    kind = names.pick(product, rows.product)
    number = {
        "ccc": lambda: _join(_digits(year, 4), body.str.slice(1), kind, _digits(rows.serial, 6)),
        "voluntary": lambda: _join(body, pl.lit("-"), _digits(year, 4), pl.lit("-P"), _digits(rows.serial, 6)),
        "organic": lambda: _join(pl.lit("0"), body, pl.lit("OP"), _digits(year % 100, 2), _digits(rows.serial, 5)),
    }[layout]()
    maker = _makers(rows, len(organisations))
    own = {
        "MANU_NAME": organisations["name"].gather(maker),
        "FACT_NAME": organisations["name"].gather(maker),
        "PROD_NAME": names.pick([p.name for p in schemes.PRODUCTS], rows.product),
        "PROD_MODEL": _join(pl.lit("ZS-"), _digits(rows.serial % 10_000, 4)),
        "PROD_CLASS": kind,
        "IMPL_RULE": names.pick([p.rule for p in schemes.PRODUCTS], rows.product),
    }
    return pl.DataFrame(_common(rows, number, organisations, bodies) | own).select(PRODUCT_FIELDS)


def _makers(rows: Rows, count: int) -> NDArray[np.int64]:
    """Return who makes each product: mostly the applicant, else another invented organisation."""
    # A multiplicative hash of organisation and serial is chance enough, and the same for every part.
    mixed = (rows.organisation * 2_654_435_761 + rows.serial * 40_503) % (1 << 32)
    return np.where(mixed < OTHER_MAKER * (1 << 32), mixed % count, rows.organisation)


def _digits(values: NDArray[Any], width: int) -> pl.Series:
    return pl.Series(values).cast(pl.String).str.zfill(width)


def _join(*parts: pl.Series | pl.Expr) -> pl.Series:
    return pl.select(pl.concat_str([pl.lit(p) if isinstance(p, pl.Series) else p for p in parts])).to_series()


MANAGEMENT_FIELDS = [
    "RZJG_ID", "ORG_NAME", "ORG_NAME_EN", "ORG_CODE", "ORG_COUNTRY", "ORG_DISTRICT", "ORG_ADDRESS",
    "ORG_PEOP_NUM", "RELA_PEOP_NUM", "FIRST_CERT_DATE", "CERT_NUMBER", "AUTH_PROJ_CODE", "BUSI_SCOP_CODE",
    "AUTH_PROJ_CODEDEC", "BUSI_COVER_SCOP", "A_AUTH_TIMES", "APP_ASS_DATE", "AWARD_DATE", "CERTI_E_DATE",
    "CERTI_STATUS",
]  # fmt: skip
PRODUCT_FIELDS = [
    "RZJG_ID", "ORG_NAME", "ORG_CODE", "ORG_COUNTRY", "ORG_DISTRICT", "ORG_ADDRESS", "MANU_NAME", "FACT_NAME",
    "PROD_NAME", "PROD_MODEL", "PROD_CLASS", "IMPL_RULE", "CERT_NUMBER", "AUTH_PROJ_CODE", "AUTH_PROJ_CODEDEC",
    "AWARD_DATE", "CERTI_E_DATE", "CERTI_STATUS",
]  # fmt: skip
